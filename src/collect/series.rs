//! CloudWatch series put in order: whatever comes unsorted, twice, late or broken. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::prelude::ToPrimitive as _;

use crate::model::Point;

/// The most metrics in one `GetMetricData` (CloudWatch API reference, 2026-10).
pub(super) const MOST_METRICS: usize = 500;
/// The most points in its answer (the same).
pub(super) const MOST_POINTS: usize = 100_800;
/// Seconds of a day.
const DAY: u32 = 86_400;
/// The periods used, in seconds. CloudWatch wants multiples of 300 beyond 15 days and of 3600 beyond 63 (the same), and
/// knows none longer than a day; EFS reports `StorageBytes` every 900.
const PERIODS: [u32; 8] = [900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200];

/// The most messages about a series that are kept; the others are counted.
const MAX_MESSAGES: usize = 20;
/// Seconds of a fine step, and the days that are read in them.
const FINE_PERIOD: u32 = 300;
pub(super) const FINE_DAYS: u16 = 14;

/// What is asked about: from where to where, in which steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// The start, inclusive.
    pub(super) from: DateTime<Utc>,
    /// The end, exclusive.
    pub(super) to: DateTime<Utc>,
    /// Seconds of one point.
    pub(super) period: u32,
    /// How many metrics fit into one call.
    pub(super) metrics_per_call: usize,
}

impl Window {
    /// The last `days` days (1 to 455) before `now`, in the finest steps in which 500 metrics fit into one answer.
    pub(super) fn of(days: u16, now: DateTime<Utc>) -> Self {
        let seconds = u32::from(days.clamp(1, 455)) * DAY;
        let fits = |period: &u32| points(seconds, *period) * MOST_METRICS <= MOST_POINTS;
        let old_enough = |period: &u32| seconds <= 63 * DAY || period.is_multiple_of(3600);
        let period = PERIODS.into_iter().filter(old_enough).find(fits).unwrap_or(DAY);
        let into_period = now.timestamp().rem_euclid(i64::from(period));
        let to = now - TimeDelta::seconds(into_period);
        let to = chrono::SubsecRound::trunc_subsecs(to, 0);
        let from = to - TimeDelta::seconds(i64::from(seconds));
        let metrics_per_call = (MOST_POINTS / points(seconds, period).max(1)).clamp(1, MOST_METRICS);
        Self { from, to, period, metrics_per_call }
    }

    /// The last two weeks, or `days` if that is less, in steps of five minutes.
    ///
    /// A run of the scan reads for up to fifteen minutes: three steps. CloudWatch has minutes too, for fifteen days, but
    /// they are five times the points in answers and snapshots, and the test on them looks at whole windows of a run.
    pub(super) fn fine(days: u16, now: DateTime<Utc>) -> Self {
        let to = now - TimeDelta::seconds(now.timestamp().rem_euclid(i64::from(FINE_PERIOD)));
        let to = chrono::SubsecRound::trunc_subsecs(to, 0);
        let seconds = u32::from(days.clamp(1, FINE_DAYS)) * DAY;
        let from = to - TimeDelta::seconds(i64::from(seconds));
        // As many as one answer has room for, so that none is asked for twice because of a second page.
        let metrics_per_call = (MOST_POINTS / points(seconds, FINE_PERIOD)).clamp(1, MOST_METRICS);
        Self { from, to, period: FINE_PERIOD, metrics_per_call }
    }

    /// The steps of the window.
    pub(super) fn steps(&self) -> u32 {
        u32::try_from((self.to - self.from).num_seconds() / i64::from(self.period.max(1))).unwrap_or(u32::MAX)
    }
}

/// The points of one series.
fn points(seconds: u32, period: u32) -> usize {
    usize::try_from(seconds.div_ceil(period)).unwrap_or(usize::MAX)
}

/// A series that arrives in pieces.
#[derive(Debug, Default)]
pub(super) struct Series {
    /// As they came, which is by time. (There may be millions of points: no tree.)
    points: Vec<Point>,
    /// Points that were no whole number from 0 up, or without a partner.
    refused: usize,
    /// What the last piece said of itself.
    status: Option<String>,
    /// What CloudWatch had to say, as far as it is worth keeping.
    messages: Vec<String>,
    /// How often it had more to say.
    unsaid: usize,
}

impl Series {
    /// Adds a piece. Times outside `window` are none of ours.
    pub(super) fn add(&mut self, window: &Window, times: &[Option<DateTime<Utc>>], values: &[f64]) {
        self.refused += times.len().abs_diff(values.len());
        for (time, value) in times.iter().zip(values) {
            // A sum or an average of bytes or connections is never below zero and always finite.
            let whole = Some(*value).filter(|value| *value >= 0.0).and_then(|value| value.round().to_u64());
            match (time, whole) {
                (Some(time), Some(_)) if *time < window.from || *time >= window.to => {}
                (Some(time), Some(whole)) => self.points.push(Point { at: *time, value: whole }),
                _ => self.refused += 1,
            }
        }
    }

    /// Notes what a piece says of itself; the last one counts.
    pub(super) fn note(&mut self, status: Option<&str>, messages: impl Iterator<Item = String>) {
        self.status = Some(status.unwrap_or_default().to_owned());
        for message in messages {
            if self.messages.len() == MAX_MESSAGES {
                self.unsaid += 1;
            } else {
                self.messages.push(message);
            }
        }
    }

    /// Adds what was said of all series of a call.
    pub(super) fn remark(&mut self, messages: &[String]) {
        self.messages.extend_from_slice(messages);
    }

    /// The points by time, of several of one time the largest; and why there may be fewer than there should be.
    pub(super) fn finish(mut self) -> (Vec<Point>, Option<String>) {
        if !self.points.is_sorted_by(|a, b| a.at < b.at) {
            self.points.sort_by(|a, b| (a.at, b.value).cmp(&(b.at, a.value)));
            self.points.dedup_by(|a, b| a.at == b.at);
        }
        let mut doubts = Vec::new();
        match self.status.as_deref() {
            Some("Complete") => {}
            Some("") => doubts.push("CloudWatch does not say whether the series is complete".to_owned()),
            Some(status) => doubts.push(format!("CloudWatch says {status}")),
            None => doubts.push("CloudWatch did not answer for the series".to_owned()),
        }
        doubts.extend(self.messages);
        if self.unsaid > 0 {
            doubts.push(format!("{} messages more", self.unsaid));
        }
        if self.refused > 0 {
            doubts.push(format!("{} points could not be read", self.refused));
        }
        (self.points, (!doubts.is_empty()).then(|| doubts.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-21T03:04:05.5Z".parse().expect("test data is good")
    }

    #[expect(clippy::unnecessary_wraps, reason = "AWS's times are optional, and so are these")]
    fn at(seconds: i64) -> Option<DateTime<Utc>> {
        Some(Window::of(30, now()).from + TimeDelta::seconds(seconds))
    }

    #[test]
    fn thirty_days_are_read_in_steps_of_four_hours_that_end_at_a_step() {
        let window = Window::of(30, now());
        assert_eq!((window.period, window.metrics_per_call), (14_400, 500));
        assert_eq!(window.to.to_rfc3339(), "2026-11-21T00:00:00+00:00");
        assert_eq!(window.from.to_rfc3339(), "2026-10-22T00:00:00+00:00");
    }

    #[test]
    fn two_weeks_are_read_in_steps_of_five_minutes() {
        let window = Window::fine(30, now());
        assert_eq!((window.period, window.steps(), window.metrics_per_call), (300, 4032, 25));
        assert_eq!(window.to.to_rfc3339(), "2026-11-21T03:00:00+00:00");
        assert_eq!(window.from.to_rfc3339(), "2026-11-07T03:00:00+00:00");
        assert_eq!(Window::fine(1, now()).steps(), 288);
        assert!((1..=455).all(|days| {
            let window = Window::fine(days, now());
            usize::try_from(window.steps()).expect("small") * window.metrics_per_call <= MOST_POINTS
        }));
    }

    proptest! {
        #[test]
        fn every_window_fits_into_its_calls_and_is_aligned(days in 1_u16..=455) {
            let window = Window::of(days, now());
            let seconds = u32::from(days) * DAY;
            prop_assert!(points(seconds, window.period) * window.metrics_per_call <= MOST_POINTS);
            prop_assert_eq!(window.to.timestamp() % i64::from(window.period), 0);
            prop_assert_eq!((window.to - window.from).num_days(), i64::from(days));
            prop_assert!(window.to <= now() && now() - window.to < TimeDelta::seconds(i64::from(window.period)));
            prop_assert!(days <= 15 || window.period.is_multiple_of(300));
            prop_assert!(days <= 63 || window.period.is_multiple_of(3600));
            prop_assert!(days > 201 || window.metrics_per_call == MOST_METRICS);
        }

        #[test]
        fn a_series_is_sorted_and_has_each_time_once(
            pieces in proptest::collection::vec((0_i64..40, proptest::num::f64::ANY), 0..60),
        ) {
            let window = Window::of(30, now());
            let mut series = Series::default();
            for (step, value) in &pieces {
                series.add(&window, &[at(step * 14_400)], &[*value]);
            }
            let (points, _) = series.finish();
            prop_assert!(points.is_sorted_by(|a, b| a.at < b.at));
        }
    }

    #[test]
    fn unsorted_and_repeated_points_are_put_in_order() {
        let window = Window::of(30, now());
        let mut series = Series::default();
        series.add(&window, &[at(28_800), at(0)], &[3.4, 1.0]);
        series.add(&window, &[at(14_400), at(0), at(-14_400), at(40 * 86_400)], &[2.5, 0.0, 9.0, 9.0]);
        series.note(Some("PartialData"), std::iter::empty());
        series.note(Some("Complete"), std::iter::empty());
        let (points, doubt) = series.finish();
        let values: Vec<u64> = points.iter().map(|point| point.value).collect();
        assert_eq!((values, doubt), (vec![1, 3, 3], None));
    }

    #[test]
    fn what_is_no_quantity_is_refused_and_counted() {
        let window = Window::of(30, now());
        let mut series = Series::default();
        let bad = [-1.0, -0.2, f64::NAN, f64::INFINITY, 1e30];
        series.add(&window, &[at(0); 5], &bad);
        series.add(&window, &[None, at(0)], &[1.0]);
        series.note(Some("Complete"), std::iter::empty());
        let (points, doubt) = series.finish();
        assert_eq!((points.len(), doubt.as_deref()), (0, Some("7 points could not be read")));
    }

    #[test]
    fn a_series_that_broke_off_or_never_came_says_so() {
        assert!(Series::default().finish().1.is_some_and(|doubt| doubt.contains("did not answer")));
        let mut series = Series::default();
        series.note(Some("InternalError"), std::iter::once("try again".to_owned()));
        assert_eq!(series.finish().1.as_deref(), Some("CloudWatch says InternalError; try again"));
        let mut series = Series::default();
        series.note(Some("Complete"), (0..1_000).map(|number| number.to_string()));
        assert!(series.finish().1.is_some_and(|doubt| doubt.ends_with("; 19; 980 messages more")));
    }
}
