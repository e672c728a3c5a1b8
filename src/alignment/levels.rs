//! Storage classes side by side over time, and what in them is a change.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::model::Point;

/// The storage classes of one file system over time (`StorageBytes`, average of each period).
#[derive(Debug, Clone, Copy)]
pub struct Stored<'p> {
    /// Bytes in Standard.
    pub standard: &'p [Point],
    /// Bytes in IA.
    pub ia: &'p [Point],
    /// Bytes in Archive.
    pub archive: &'p [Point],
    /// Bytes in IA now, as EFS says.
    pub ia_now: Option<u64>,
    /// Bytes in Archive now, as EFS says.
    pub archive_now: Option<u64>,
    /// The end of what was asked for.
    pub to: DateTime<Utc>,
}

/// The storage at one time, bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    pub(super) at: DateTime<Utc>,
    pub(super) standard: u64,
    pub(super) cold: u64,
}

/// The storage at every time of which all classes that ever hold data say something; `None` where one that holds data
/// now never does.
///
/// A class is not taken for empty before its first value: its metric may have begun in the middle.
pub(super) fn levels(stored: &Stored<'_>) -> Option<Vec<Level>> {
    let values = |points: &[Point]| {
        let mut values: BTreeMap<DateTime<Utc>, u64> = BTreeMap::new();
        for point in points {
            // A time that is there twice counts once, with its larger value.
            values.entry(point.at).and_modify(|value| *value = point.value.max(*value)).or_insert(point.value);
        }
        values
    };
    let (ia, archive) = (values(stored.ia), values(stored.archive));
    let at = |class: &BTreeMap<DateTime<Utc>, u64>, now: Option<u64>, at: DateTime<Utc>| match class.get(&at) {
        Some(value) => Some(*value),
        // Nothing says that it was ever filled, or it has ended because it is empty.
        None => class.last_key_value().is_none_or(|(last, _)| *last < at).then_some(0).filter(|_| now == Some(0)),
    };
    let without = |class: &BTreeMap<DateTime<Utc>, u64>, now: Option<u64>| class.is_empty() && now != Some(0);
    if without(&ia, stored.ia_now) || without(&archive, stored.archive_now) {
        return None;
    }
    let level = |(time, standard): (DateTime<Utc>, u64)| {
        let cold = at(&ia, stored.ia_now, time)?.saturating_add(at(&archive, stored.archive_now, time)?);
        Some(Level { at: time, standard, cold })
    };
    Some(values(stored.standard).into_iter().filter_map(level).collect())
}

/// The stretches in which a value falls, each from its highest to its lowest; what does not come to `error` before it
/// turns round is none.
pub(super) fn falls(values: &[u64], error: u64) -> Vec<(usize, usize)> {
    let value = |at: usize| values.get(at).copied().unwrap_or(0);
    let (mut found, mut high, mut low) = (Vec::new(), 0, None);
    for at in 0..values.len() {
        if let Some(lowest) = low {
            if value(at) < value(lowest) {
                low = Some(at);
            } else if value(at) - value(lowest) >= error {
                found.push((high, lowest));
                (high, low) = (at, None);
            }
        } else if value(at) >= value(high) {
            high = at;
        } else if value(high) - value(at) >= error {
            low = Some(at);
        }
    }
    found.extend(low.map(|low| (high, low)));
    found
}

/// By how much a value falls in all, beyond `error`.
pub(super) fn fallen(values: &[u64], error: u64) -> u128 {
    let fall = |(high, low): (usize, usize)| values.get(high).zip(values.get(low)).map(|(high, low)| high - low);
    falls(values, error).into_iter().filter_map(fall).map(u128::from).sum()
}

/// By how much a value rises in all, beyond `error`.
pub(super) fn risen(values: &[u64], error: u64) -> u128 {
    fallen(&values.iter().map(|value| u64::MAX - value).collect::<Vec<_>>(), error)
}

/// The most that can have moved from the cold classes to Standard, bytes.
///
/// What leaves the cold classes and does not come up in Standard was deleted. In a step of at least `error` the two are
/// compared within a step of each other, since EFS does not sample both at once; what falls more slowly is compared
/// with all that Standard rose during the fall. Files that are written as cold ones are deleted count as moved: it is
/// a bound.
pub(super) fn moved(levels: &[Level], error: u64) -> u128 {
    let cold: Vec<u64> = levels.iter().map(|level| level.cold).collect();
    let rise = |from: usize, to: usize| {
        let (from, to) = (levels.get(from), levels.get(to.min(levels.len().saturating_sub(1))));
        from.zip(to).map_or(0, |(from, to)| u128::from(to.standard.saturating_sub(from.standard)))
    };
    let mut all = 0;
    for (high, low) in falls(&cold, error) {
        let (mut slow, mut risen) = (0_u128, 0_u128);
        for step in high..low {
            let of = |at: usize| cold.get(at).copied().unwrap_or(0);
            let fall = u128::from(of(step).saturating_sub(of(step + 1)));
            if fall >= u128::from(error) {
                all += fall.min(rise(step.saturating_sub(1), step + 2));
            } else {
                slow += fall;
                risen += rise(step, step + 1);
            }
        }
        all += slow.min(risen);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    #[test]
    fn what_turns_round_below_the_error_is_no_fall() {
        assert_eq!(falls(&[100, 99, 101, 100, 102], 5), []);
        assert_eq!(falls(&[100, 97, 94, 96, 90, 99, 80], 5), [(0, 4), (5, 6)]);
        assert_eq!((fallen(&[100, 97, 94, 96, 90, 99, 80], 5), risen(&[100, 97, 94, 96, 90, 99, 80], 5)), (29, 9));
        assert_eq!((fallen(&[], 5), fallen(&[7], 5), risen(&[1, 50], 5)), (0, 0, 49));
    }

    fn series(levels: &[(u64, u64)]) -> Vec<Level> {
        let at = |hour: usize| DateTime::UNIX_EPOCH + Duration::hours(i64::try_from(hour).expect("small"));
        levels
            .iter()
            .enumerate()
            .map(|(hour, (standard, cold))| Level { at: at(hour), standard: *standard, cold: *cold })
            .collect()
    }

    #[test]
    fn what_standard_does_not_take_was_deleted() {
        assert_eq!(moved(&series(&[(10, 900), (10, 500), (10, 500)]), 50), 0);
        assert_eq!(moved(&series(&[(10, 900), (410, 500), (410, 500)]), 50), 400);
        // Standard is sampled a step later.
        assert_eq!(moved(&series(&[(10, 900), (10, 500), (410, 500), (410, 500)]), 50), 400);
        // Written long after the deletion.
        assert_eq!(moved(&series(&[(10, 900), (10, 500), (10, 500), (10, 500), (410, 500)]), 50), 0);
        // Slowly.
        assert_eq!(moved(&series(&[(10, 900), (30, 880), (50, 860), (70, 840)]), 50), 60);
    }
}
