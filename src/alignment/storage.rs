//! Is the scan moving nothing? Told from the storage classes: one byte that is read moves a whole file, so a scan that
//! has run for two weeks on instances that may mount the file system has either moved data or opens none.
//!
//! Pure, and whole bytes throughout.

use chrono::{DateTime, Duration, Utc};

pub use super::levels::Stored;
use super::levels::{fallen, levels, moved, risen};
use super::reading::{FEWEST_RUNS, Scan, Verdict};
use super::sample;
use super::series::{Reads, Series};

/// So long the scan has to have run (design of the report: eight runs over fourteen days).
const ENOUGH: Duration = Duration::days(14);
/// So much of it may be missing at the ends of the series: a window of fourteen days shows less than that whole.
const ENDS: Duration = Duration::hours(12);
/// So long the runs, or the values, may be silent in between and at the ends.
const SILENCE: Duration = Duration::days(2);
/// Runs on several instances within this time are one run of the scan.
const ONE_RUN: Duration = Duration::minutes(15);
/// The month that figures are about.
const MONTH: Duration = Duration::days(30);
/// What a change of the stored bytes has to exceed to be one: a thousandth of what is cold, at least 256 MiB. EFS samples
/// sizes by the hour, and a size is that of a file system only if nobody has written to it for some hours (EFS user
/// guide, "Metering", 2026-10); how exact it is then is not documented. Starting values.
const ERROR_PARTS: u64 = 1_000;
const LEAST_ERROR: u64 = 256 << 20;
/// Data that moves at this rate or below is nothing, in errors a month and in bytes: two errors, at least 1 GiB, which
/// costs less than 0.40 USD a month in any region.
const NOTHING_ERRORS: u64 = 2;
const LEAST_SOMETHING: u64 = 1 << 30;
/// A run that reads no more than this on average reads nothing, bytes: 120 such runs a month, charged up to 32 times
/// (IA and Archive reads are metered in 128 KiB), are 15 GiB, or 0.15 USD at 0.01 USD per GiB.
const NEAR_ZERO: u64 = 4 << 20;

/// The runs on one instance that may mount the file system.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'r> {
    /// Since when it may mount it: its mount where that is known, else its launch. Runs before say nothing.
    pub since: DateTime<Utc>,
    /// When runs began on it, in any order.
    pub runs: &'r [DateTime<Utc>],
}

/// What the reads say beside the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Witness {
    /// The scan reads data: where the storage stands still, files are tiered again as fast as they are recalled.
    Reads,
    /// It was not seen to read data.
    ReadsNothing,
    /// Nobody knows.
    Unknown,
}

impl From<&Verdict> for Witness {
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::ReadsAligned { .. } => Self::Reads,
            Verdict::WalksOnly { .. } | Verdict::NotSeen { .. } => Self::ReadsNothing,
            Verdict::Unknown { .. } => Self::Unknown,
        }
    }
}

/// What the storage says of the scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Movement {
    /// The scan has run and moved nothing.
    MovesNothing {
        /// Runs of the scan.
        runs: usize,
        /// Days over which.
        days: i64,
        /// Instances that may mount it and have not had enough runs yet: of them nothing is said.
        fresh: usize,
        /// The most that moved to Standard, whoever moved it, bytes in 30 days.
        moved_a_month: u64,
        /// By how much the cold bytes fell in all, deletion included, bytes in 30 days.
        fallen_a_month: u64,
    },
    /// Cold bytes fell while Standard rose.
    Moves {
        /// The most that moved, bytes in 30 days.
        moved_a_month: u64,
    },
    /// It cannot be told.
    Unknown(Why),
}

/// Why it cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Too few runs on instances that may mount it, or none of late.
    TooFewRuns {
        /// Runs that count.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// The storage, or the runs, cover too little time.
    TooShort {
        /// Days that are covered.
        days: i64,
        /// How many it takes.
        need: i64,
    },
    /// A storage class that holds data has no values, or they have ended, or there is a hole of days.
    NoValues,
    /// Nothing was ever cold: a scan that keeps files from cooling would look the same.
    NothingCold,
    /// The storage hardly changes, but the scan reads: recall and tiering may be in balance.
    Balanced,
    /// Reads are not known, and the storage is not still: recall may hide in what is tiered or deleted meanwhile.
    NotStill {
        /// The largest of what Standard rose and fell and cold storage rose and fell, bytes in 30 days.
        swing_a_month: u64,
    },
}

/// Whether the scan is moving cold data to Standard.
pub fn movement(stored: &Stored<'_>, visitors: &[Visitor<'_>], witness: Witness) -> Movement {
    judged(stored, visitors, witness).unwrap_or_else(Movement::Unknown)
}

fn judged(stored: &Stored<'_>, visitors: &[Visitor<'_>], witness: Witness) -> Result<Movement, Why> {
    let too_few = |have| Why::TooFewRuns { have, need: FEWEST_RUNS };
    let since = visitors.iter().map(|visitor| visitor.since).min().ok_or(too_few(0))?;
    let mut levels = levels(stored).ok_or(Why::NoValues)?;
    levels.retain(|level| level.at >= since && level.at <= stored.to);
    let (first, last) =
        levels.first().zip(levels.last()).map(|(first, last)| (first.at, last.at)).ok_or(Why::NoValues)?;
    let counts = |visitor: &Visitor<'_>| -> Vec<DateTime<Utc>> {
        let from = visitor.since.max(first);
        visitor.runs.iter().copied().filter(|run| (from..=stored.to).contains(run)).collect()
    };
    let fresh = visitors.iter().filter(|visitor| distinct(counts(visitor)).len() < FEWEST_RUNS).count();
    let runs = distinct(visitors.iter().flat_map(counts).collect());
    if runs.len() < FEWEST_RUNS {
        return Err(too_few(runs.len()));
    }
    let too_short = |span: Duration| Why::TooShort { days: span.num_days(), need: ENOUGH.num_days() };
    let span = last - first;
    if span < ENOUGH - ENDS {
        return Err(too_short(span));
    }
    // While the scan did not run the storage says nothing of it.
    if let Some(silent) = silence(first, &runs, stored.to) {
        return Err(too_short(silent - first));
    }
    if silence(first, &levels.iter().map(|level| level.at).collect::<Vec<_>>(), stored.to).is_some() {
        return Err(Why::NoValues);
    }
    let cold: Vec<u64> = levels.iter().map(|level| level.cold).collect();
    let standard: Vec<u64> = levels.iter().map(|level| level.standard).collect();
    let peak = cold.iter().copied().max().filter(|peak| *peak > 0).ok_or(Why::NothingCold)?;
    let error = (peak / ERROR_PARTS).max(LEAST_ERROR);
    let nothing = error.saturating_mul(NOTHING_ERRORS).max(LEAST_SOMETHING);
    let moved_a_month = a_month(moved(&levels, error), span);
    if moved_a_month > nothing {
        return Ok(Movement::Moves { moved_a_month });
    }
    let fallen_a_month = a_month(fallen(&cold, error), span);
    // What Standard does not take in, nobody moved there, and what neither gives hides nothing that was moved.
    let swing = [risen(&cold, error), fallen(&standard, error), risen(&standard, error)];
    let swing = swing.into_iter().map(|bytes| a_month(bytes, span)).max().unwrap_or(0);
    let swing_a_month = swing.max(fallen_a_month);
    match witness {
        Witness::Reads => Err(Why::Balanced),
        Witness::Unknown if swing_a_month > nothing => Err(Why::NotStill { swing_a_month }),
        Witness::ReadsNothing | Witness::Unknown => Ok(Movement::MovesNothing {
            runs: runs.len(),
            days: (span + ENDS).num_days(),
            fresh,
            moved_a_month,
            fallen_a_month,
        }),
    }
}

/// The runs, those on several instances at once counted once.
fn distinct(mut runs: Vec<DateTime<Utc>>) -> Vec<DateTime<Utc>> {
    runs.sort_unstable();
    let mut last: Option<DateTime<Utc>> = None;
    runs.retain(|run| {
        let is_new = last.is_none_or(|last| *run - last >= ONE_RUN);
        if is_new {
            last = Some(*run);
        }
        is_new
    });
    runs
}

/// The start of the first silence that is too long, from `first` to `to`.
fn silence(first: DateTime<Utc>, times: &[DateTime<Utc>], to: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let starts = [first].into_iter().chain(times.iter().copied());
    let ends = times.iter().copied().chain([to]);
    starts.zip(ends).find(|(start, end)| *end - *start > SILENCE).map(|(start, _)| start)
}

/// Bytes in so long, in a month; at most what fits.
fn a_month(bytes: u128, span: Duration) -> u64 {
    let seconds = |span: Duration| u128::try_from(span.num_seconds()).unwrap_or(0);
    let scaled = bytes.saturating_mul(seconds(MONTH)).div_ceil(seconds(span).max(1));
    u64::try_from(scaled).unwrap_or(u64::MAX)
}

/// How much is read while the scan runs, by whomever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// Next to nothing: the scan opens no file to speak of, and pays for none.
    NearZero {
        /// Runs whose windows the series shows.
        runs: usize,
        /// Mean bytes of a run's window, rounded up.
        bytes_per_run: u64,
    },
    /// More than that: what of it is the scan's is another question (see [`super::read`]).
    Some {
        /// Mean bytes of a run's window, rounded up: the scan cannot have read more.
        bytes_per_run: u64,
    },
    /// The series shows the windows of too few runs.
    Unknown {
        /// So many.
        shown: usize,
        /// How many it takes.
        need: usize,
    },
}

/// How much was read in the windows of the runs.
pub fn opened(reads: &Reads<'_>, scan: &Scan<'_>) -> Opened {
    let unknown = |shown| Opened::Unknown { shown, need: FEWEST_RUNS };
    let Some(series) = Series::of(reads) else { return unknown(0) };
    let windows = sample::windows(&series, scan);
    let bytes: Vec<u128> =
        windows.iter().filter_map(|(_, window)| window.bytes(&series)).map(i128::unsigned_abs).collect();
    if bytes.len() < FEWEST_RUNS {
        return unknown(bytes.len());
    }
    let runs = bytes.len();
    let mean = bytes.into_iter().sum::<u128>().div_ceil(runs as u128);
    let bytes_per_run = u64::try_from(mean).unwrap_or(u64::MAX);
    if bytes_per_run <= NEAR_ZERO { Opened::NearZero { runs, bytes_per_run } } else { Opened::Some { bytes_per_run } }
}
