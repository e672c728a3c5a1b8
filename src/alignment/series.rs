//! Reads over time on an even grid of periods, so that a window of any place and length is one subtraction.

use chrono::{DateTime, Utc};

use crate::model::Point;

/// The most periods that are looked at, the latest of them. `CloudWatch` keeps minutes for 15 days, five minutes for 63
/// and hours for 455 (`CloudWatch` user guide, "Metrics retention", 2026-10): only a forged series has more.
const MAX_PERIODS: i64 = 100_000;
/// So much of a window has to be known, in thirds: a window with less says nothing.
const KNOWN_THIRDS: u64 = 2;

/// What a period without a point means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Nobody knows what was read then.
    Unknown,
    /// Nothing was read then. Only for who knows it: whether EFS sends a zero or nothing while no client reads is not
    /// documented.
    Nothing,
}

/// One metric of one file system: bytes read in each period.
#[derive(Debug, Clone, Copy)]
pub struct Reads<'p> {
    /// Bytes read from `at` to the end of its period; any order, and a time that is there twice counts once with its
    /// larger value.
    pub points: &'p [Point],
    /// Seconds of a period: 60, 300 or 3600.
    pub period: u32,
    /// The start of what was asked for.
    pub from: DateTime<Utc>,
    /// Its end.
    pub to: DateTime<Utc>,
    /// What a period without a point means.
    pub absent: Absent,
}

/// The same on a grid.
#[derive(Debug)]
pub(super) struct Series {
    /// Seconds of a period.
    pub(super) period: i64,
    /// Number of the first period, counted from the epoch.
    first: i64,
    /// Bytes before each period.
    bytes: Vec<u128>,
    /// Known periods before each period.
    known: Vec<u64>,
}

impl Series {
    /// `None` for a period of no length or a time that runs backwards.
    pub(super) fn of(reads: &Reads<'_>) -> Option<Self> {
        let period = i64::from(reads.period);
        let end = reads.to.timestamp().checked_div_euclid(period)?;
        let first = reads.from.timestamp().checked_div_euclid(period)?.max(end - MAX_PERIODS);
        let mut values: Vec<Option<u64>> = vec![None; usize::try_from(end - first).ok()?];
        for point in reads.points {
            let number = point.at.timestamp().div_euclid(period).checked_sub(first);
            let place = number.and_then(|number| usize::try_from(number).ok()).and_then(|at| values.get_mut(at));
            if let Some(place) = place {
                *place = (*place).max(Some(point.value));
            }
        }
        let mut series = Self { period, first, bytes: vec![0], known: vec![0] };
        let (mut bytes, mut known) = (0_u128, 0);
        for value in values {
            bytes += u128::from(value.unwrap_or(0));
            known += u64::from(value.is_some() || reads.absent == Absent::Nothing);
            series.bytes.push(bytes);
            series.known.push(known);
        }
        Some(series)
    }

    /// Bytes of `count` periods from number `from` on. Where a part is missing, what is known stands for it; `None`
    /// where less than two thirds are known.
    pub(super) fn window(&self, from: i64, count: i64) -> Option<i128> {
        let start = usize::try_from(from.checked_sub(self.first)?).ok()?;
        let end = start.checked_add(usize::try_from(count).ok()?)?;
        let known = self.known.get(end)?.checked_sub(*self.known.get(start)?)?;
        let bytes = self.bytes.get(end)?.checked_sub(*self.bytes.get(start)?)?;
        let count = u64::try_from(count).ok()?;
        if known == 0 || known * 3 < count * KNOWN_THIRDS {
            return None;
        }
        i128::try_from(bytes * u128::from(count) / u128::from(known)).ok()
    }
}

/// The median of some values, the mean of the middle two where their number is even; `None` of none.
pub(super) fn median(values: &mut [i128]) -> Option<i128> {
    let count = values.len();
    values.sort_unstable();
    let (low, high) = (values.get(count.checked_sub(1)? / 2)?, values.get(count / 2)?);
    Some(low + (high - low) / 2)
}
