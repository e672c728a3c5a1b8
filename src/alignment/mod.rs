//! Does the scan read this file system? Told from the meter: a test of whether more is read when the scan runs.
//!
//! Pure: series and times in, data out. Bytes are whole numbers and never leave them; what is `f64` here are
//! probabilities, which no money is made of.
//!
//! # How
//! A run's window is compared with windows near it in which the scan does not run:
//!
//! 1. the **same minute of other hours**, up to three to each side, each above the level of the quarters of an hour
//!    around it. Jobs that repeat within the hour read there too, and working days are level over half an hour. How many
//!    of them a run exceeds is a rank, and the sum of the ranks has a distribution that can be counted out (see
//!    `ranks`): if the scan reads nothing, every order is equally likely. All runs together must stand out, and the
//!    weaker half of the day by itself, so that one nightly job or one busy afternoon decides nothing;
//! 2. the **other ends of the equal parts of the interval**, by sign and by signed rank: a job every two or three hours
//!    meets every run and is found there too;
//! 3. the **minutes before and after**: the scan's reads begin with the run.
//!
//! What all of these let through is another reader with the scan's own interval that begins within the scan's window:
//! it cannot be told from the scan, and who words the verdict has to say so. Where runs off the schedule are known, such
//! a reader gives itself away by not following them.
//!
//! The thresholds are in `decide`, each with its reason. They were set on simulated file systems
//! (`tests/it/alignment`), since no trace of a real one is public.

mod decide;
mod levels;
mod power;
mod ranks;
mod sample;
mod series;
pub mod storage;

use chrono::{DateTime, Duration, Utc};

pub use series::{Absent, Reads};

use decide::Bars;
use sample::Run;
use series::Series;

/// So few runs say nothing (design of the report: eight runs for "not seen").
pub const FEWEST_RUNS: usize = 8;
/// Reads in which a run of more than this could hide are too noisy to say anything, bytes: 120 runs a month of it, at
/// 0.01 USD per GiB read from IA (list price of us-east-1), cost 10 USD, a finding of medium severity.
pub const TOO_NOISY: u64 = 8 << 30;
/// A longer run is looked at for so long: with more, the windows of comparison would meet each other.
const LONGEST_WINDOW: Duration = Duration::minutes(30);

/// When the scan ran.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'r> {
    /// When each known run began on an instance that may mount the file system, in any order. Runs that are not known
    /// take nothing but power from the test.
    pub runs: &'r [DateTime<Utc>],
    /// The interval of the schedule: six hours of the plugin's association by default, three of the VM Scanner (Amazon
    /// Inspector user guide, "Scanning Amazon EC2 instances", 2026-10).
    pub every: Duration,
    /// How long a run reads: 15 minutes, the documented limit of a collection (Amazon Inspector user guide, "Deep
    /// inspection", 2026-10). Of more than half an hour, the first half.
    pub lasts: Duration,
}

impl Scan<'_> {
    /// Seconds of a window.
    fn seconds(&self) -> i64 {
        self.lasts.min(LONGEST_WINDOW).num_seconds().max(1)
    }
}

/// What one metric says.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// More is read when the scan runs.
    Aligned(Aligned),
    /// No more than at other times, as far as the noise lets it be seen.
    NotSeen(NotSeen),
    /// It cannot be told.
    Unknown(Why),
}

/// More is read when the scan runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Aligned {
    /// Bytes of a run beyond what is read at the same minute of other hours, in the middle of the runs and of the day.
    pub bytes_per_run: u64,
    /// Between what they lie with about 95 %, bytes; what another job reads at the very runs is no noise and shifts both.
    pub range: (u64, u64),
    /// Runs whose windows the series shows.
    pub runs: usize,
    /// Chance does as well with this probability at most.
    pub chance: f64,
}

/// No more is read when the scan runs than at other times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSeen {
    /// Runs whose windows the series shows.
    pub runs: usize,
    /// A run that reads so many bytes would have been seen with 95 %; what reads less may hide.
    pub smallest_seen: u64,
}

/// Why it cannot be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Too few runs are known.
    TooFewRuns {
        /// Known runs.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// The series shows the windows of too few runs.
    TooLittleData {
        /// Known runs.
        runs: usize,
        /// Of these, those whose window and surroundings the series shows.
        shown: usize,
        /// How many it takes.
        need: usize,
    },
    /// The scan runs too often: there is no same minute of another hour between two runs.
    TooOften {
        /// The interval.
        every: Duration,
    },
    /// The runs lie at too few times of the day: a job that runs daily then would look the same.
    FewClockTimes {
        /// Stretches of the day with at least two runs.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// More is read in the hours of the runs, but one point covers more than a run: another reader of the same hour
    /// would look the same. Finer points would tell.
    TooCoarse {
        /// Seconds that a point covers.
        period: u32,
    },
    /// A run that reads much would not be seen.
    TooNoisy {
        /// The least that would have been seen, bytes a run; `None` where nothing would, since another reader begins
        /// before the runs or reads most after them.
        smallest_seen: Option<u64>,
    },
}

/// What both metrics say of a file system.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The scan opens files: it recalls them and pays for the reads. Or another reader of its interval and times does.
    ReadsAligned {
        /// Of `DataReadIOBytes`.
        data: Aligned,
        /// Of `MetadataReadIOBytes`, where it is aligned too.
        metadata: Option<Aligned>,
    },
    /// The scan walks the directories and opens nothing that shows: no class moves, elastic throughput bills the walk.
    WalksOnly {
        /// Of `MetadataReadIOBytes`.
        metadata: Aligned,
        /// Of `DataReadIOBytes`.
        data: NotSeen,
    },
    /// Neither shows.
    NotSeen {
        /// Of `DataReadIOBytes`.
        data: NotSeen,
        /// Of `MetadataReadIOBytes`, where that could be told.
        metadata: Option<NotSeen>,
    },
    /// Of `DataReadIOBytes` it cannot be told.
    Unknown {
        /// Why.
        why: Why,
    },
}

/// Puts both metrics together. What is not known of the data is not known of the file system: a walk that shows while
/// reads cannot be told is no proof that nothing is opened.
pub fn verdict(data: Reading, metadata: Option<Reading>) -> Verdict {
    match (data, metadata) {
        (Reading::Unknown(why), _) => Verdict::Unknown { why },
        (Reading::Aligned(data), Some(Reading::Aligned(metadata))) => {
            Verdict::ReadsAligned { data, metadata: Some(metadata) }
        }
        (Reading::Aligned(data), _) => Verdict::ReadsAligned { data, metadata: None },
        (Reading::NotSeen(data), Some(Reading::Aligned(metadata))) => Verdict::WalksOnly { metadata, data },
        (Reading::NotSeen(data), Some(Reading::NotSeen(metadata))) => {
            Verdict::NotSeen { data, metadata: Some(metadata) }
        }
        (Reading::NotSeen(data), _) => Verdict::NotSeen { data, metadata: None },
    }
}

/// Whether more is read when the scan runs.
pub fn read(reads: &Reads<'_>, scan: &Scan<'_>) -> Reading {
    let judged = sampled(reads, scan).and_then(|(bars, runs)| {
        if let Some(aligned) = standing_out(reads, scan, &bars, &runs)? {
            return Ok(Reading::Aligned(aligned));
        }
        let smallest_seen = power::smallest_seen(&bars, &runs);
        match smallest_seen.filter(|bytes| *bytes <= TOO_NOISY) {
            Some(smallest_seen) => Ok(Reading::NotSeen(NotSeen { runs: runs.len(), smallest_seen })),
            None => Err(Why::TooNoisy { smallest_seen }),
        }
    });
    judged.unwrap_or_else(Reading::Unknown)
}

/// The same without the power of the test, which takes most of the time; `None` where nothing was seen.
///
/// # Errors
/// Why it cannot be told, but for noise.
pub fn aligned(reads: &Reads<'_>, scan: &Scan<'_>) -> Result<Option<Aligned>, Why> {
    sampled(reads, scan).and_then(|(bars, runs)| standing_out(reads, scan, &bars, &runs))
}

/// The runs that the series shows, and what they have to reach.
fn sampled(reads: &Reads<'_>, scan: &Scan<'_>) -> Result<(Bars, Vec<Run>), Why> {
    let too_little = |runs, shown| Why::TooLittleData { runs, shown, need: FEWEST_RUNS };
    let series = Series::of(reads).ok_or(too_little(scan.runs.len(), 0))?;
    let windows = sample::windows(&series, scan);
    if windows.len() < FEWEST_RUNS {
        return Err(Why::TooFewRuns { have: windows.len(), need: FEWEST_RUNS });
    }
    if sample::hours(series.period, scan.every.num_seconds()).len() < 2 {
        return Err(Why::TooOften { every: scan.every });
    }
    let runs = sample::runs(&series, scan, &windows);
    if runs.len() < FEWEST_RUNS {
        return Err(too_little(windows.len(), runs.len()));
    }
    let bars = Bars::of(&runs, usize::try_from(sample::stretches(scan)).unwrap_or(0));
    if bars.stretches() < decide::STRETCHES {
        return Err(Why::FewClockTimes { have: bars.stretches(), need: decide::STRETCHES });
    }
    Ok((bars, runs))
}

fn standing_out(reads: &Reads<'_>, scan: &Scan<'_>, bars: &Bars, runs: &[Run]) -> Result<Option<Aligned>, Why> {
    if !bars.stand_out(runs, 0) {
        return Ok(None);
    }
    if i64::from(reads.period) > scan.seconds() {
        Err(Why::TooCoarse { period: reads.period })
    } else {
        Ok(Some(estimate(bars, runs)))
    }
}

/// What a run reads.
fn estimate(bars: &Bars, runs: &[Run]) -> Aligned {
    let (bytes_per_run, range) = power::per_run(runs);
    Aligned { bytes_per_run, range, runs: runs.len(), chance: bars.chance(runs) }
}
