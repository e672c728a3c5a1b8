//! What is asked of the test, and what it answers.

use chrono::{DateTime, Duration, Utc};

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
    pub(super) fn seconds(&self) -> i64 {
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
