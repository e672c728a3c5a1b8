//! Series of CloudWatch points made comparable: sorted, each time once, three storage classes side by side.

use chrono::{DateTime, Duration, Utc};

use crate::model::{FileSystemMetrics, FileSystemSize, Point};
use crate::rules::StoragePoint;

/// The most points that a report keeps of one file system.
const MAX_POINTS: usize = 200;

/// The points sorted by time, each time once. CloudWatch promises no order, and a point that is sent twice must not
/// count twice; where two differ, the larger holds, whatever their order.
pub(crate) fn clean(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| a.at.cmp(&b.at).then(b.value.cmp(&a.value)));
    sorted.dedup_by_key(|point| point.at);
    sorted
}

/// One storage class, read forwards.
struct Class {
    points: Vec<Point>,
    next: usize,
    /// Whether EFS says that the class holds nothing now.
    empty_now: bool,
}

impl Class {
    fn of(points: &[Point], empty_now: bool) -> Self {
        Self { points: clean(points), next: 0, empty_now }
    }

    /// The value at `at`; asked in the order of time.
    fn at(&mut self, at: DateTime<Utc>) -> Option<u64> {
        while self.points.get(self.next).is_some_and(|point| point.at < at) {
            self.next += 1;
        }
        match self.points.get(self.next) {
            Some(point) if point.at == at => Some(point.value),
            // Nothing was there before the first point: that can only make a later drop smaller.
            Some(_) => (self.next == 0).then_some(0),
            None => (self.points.is_empty() || self.empty_now).then_some(0),
        }
    }
}

/// The storage classes at every time of which all series say something.
///
/// Values of different times are never put together: a move would show as a deletion where a point is missing. A cold
/// class is empty before its first point, and after its last one where EFS says that it is empty now; a class without
/// any point is empty.
pub(crate) fn timeline(series: &FileSystemMetrics, now: &FileSystemSize) -> Vec<StoragePoint> {
    let standard = clean(&series.standard);
    let mut ia = Class::of(&series.ia, now.ia == Some(0));
    let mut archive = Class::of(&series.archive, now.archive == Some(0));
    let at_once = |point: Point| {
        let (ia, archive) = (ia.at(point.at)?, archive.at(point.at)?);
        Some(StoragePoint { at: point.at, standard: point.value, ia, archive })
    };
    standard.into_iter().filter_map(at_once).collect()
}

/// How long the times cover: each its period, or the time to the next where that is shorter.
pub(crate) fn covered(times: impl IntoIterator<Item = DateTime<Utc>>, period: Duration) -> Duration {
    let mut total = Duration::zero();
    let mut last: Option<DateTime<Utc>> = None;
    for at in times {
        if let Some(last) = last {
            let step = at.signed_duration_since(last).min(period);
            total = total.checked_add(&step).unwrap_or(Duration::MAX);
        }
        last = Some(at);
    }
    if last.is_some() { total.checked_add(&period).unwrap_or(Duration::MAX) } else { total }
}

/// Thinned out evenly to what a report keeps; the first and the last stay.
pub(crate) fn thin(points: &[StoragePoint]) -> Vec<StoragePoint> {
    let count = points.len();
    if count <= MAX_POINTS {
        return points.to_vec();
    }
    (0..MAX_POINTS).filter_map(|number| points.get(number * (count - 1) / (MAX_POINTS - 1)).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::hours(hour)
    }

    fn points(values: &[(i64, u64)]) -> Vec<Point> {
        values.iter().map(|(hour, value)| Point { at: at(*hour), value: *value }).collect()
    }

    #[test]
    fn a_time_counts_once_with_its_larger_value_whatever_the_order() {
        let expected = points(&[(0, 5), (1, 9)]);
        assert_eq!(clean(&points(&[(1, 9), (0, 5), (1, 2), (0, 5)])), expected);
        assert_eq!(clean(&points(&[(1, 2), (0, 5), (1, 9)])), expected);
        assert!(clean(&[]).is_empty());
    }

    #[test]
    fn classes_meet_where_all_of_them_say_something() {
        let series = FileSystemMetrics {
            standard: points(&[(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)]),
            ia: points(&[(1, 7), (3, 8), (5, 9)]),
            ..FileSystemMetrics::default()
        };
        let ia = |now: FileSystemSize, series: &FileSystemMetrics| -> Vec<(DateTime<Utc>, u64)> {
            timeline(series, &now).iter().map(|point| (point.at, point.ia)).collect()
        };
        let unknown = FileSystemSize::default();
        assert_eq!(ia(unknown.clone(), &series), [(at(0), 0), (at(1), 7), (at(3), 8)]);
        let ended = FileSystemMetrics { ia: points(&[(1, 7)]), ..series };
        assert_eq!(ia(unknown, &ended), [(at(0), 0), (at(1), 7)]);
        let empty = FileSystemSize { ia: Some(0), ..FileSystemSize::default() };
        assert_eq!(ia(empty, &ended), [(at(0), 0), (at(1), 7), (at(2), 0), (at(3), 0), (at(4), 0)]);
    }

    #[test]
    fn times_cover_their_period_or_less() {
        let cover = |hours: &[i64], period: i64| {
            covered(hours.iter().map(|hour| at(*hour)), Duration::hours(period)).num_hours()
        };
        assert_eq!(cover(&[], 4), 0);
        assert_eq!(cover(&[0], 4), 4);
        assert_eq!(cover(&[0, 4, 8], 4), 12);
        assert_eq!(cover(&[0, 1, 100], 4), 9);
    }
}
