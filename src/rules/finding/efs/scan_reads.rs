//! Whether the scan reads a file system, as the meter says.

use serde::Serialize;

/// What settles here whether the scan reads the file system: AWS's documents and reports from the field contradict each
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanReads {
    /// Nothing does.
    NotMeasured,
    /// Cold data has moved in step with the scan.
    MovedInStep,
    /// Inspector was seen inside the mount.
    SeenInside,
    /// More data is read when the scan runs.
    ReadsAligned {
        /// What a run reads beyond what is read at other times.
        data: RunReads,
        /// The same of metadata, where that is aligned too.
        metadata: Option<RunReads>,
    },
    /// More metadata is read when the scan runs, and no more data: it walks the directories.
    WalksOnly {
        /// What a run reads of metadata.
        metadata: RunReads,
        /// A run that reads so much data would have been seen, bytes.
        smallest_seen: u64,
    },
    /// No more is read when the scan runs.
    NotSeen {
        /// Runs that were looked at.
        runs: usize,
        /// A run that reads so much data would have been seen, bytes.
        smallest_seen: u64,
    },
    /// It was measured and cannot be told.
    Unknown(Unread),
    /// The scan has run and moved nothing out of the cold classes.
    MovedNothing {
        /// Its runs.
        runs: usize,
        /// Days over which.
        days: i64,
        /// The most that moved, whoever moved it, bytes in 30 days.
        moved_a_month: u64,
    },
    /// Next to nothing is read while the scan runs.
    OpenedNothing {
        /// Its runs.
        runs: usize,
        /// Days over which.
        days: i64,
        /// Mean bytes that anybody read during a run.
        bytes_per_run: u64,
    },
}

/// What a run of the scan reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RunReads {
    /// Runs that were looked at.
    pub runs: usize,
    /// Bytes a run beyond what is read at other times.
    pub bytes_per_run: u64,
    /// Between what they lie with about 95 %: the lower end, bytes.
    pub at_least: u64,
    /// The upper end, bytes.
    pub at_most: u64,
}

/// Why it cannot be told whether the scan reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unread {
    /// The reads of the file system were not collected.
    NoReads,
    /// The times of the scan's runs could not be read.
    NoRuns,
    /// Which instances the runs reached could not be read.
    NoTargets,
    /// The VM Scanner scans an instance: when it ran is not known.
    VmScanner,
    /// Whether the VM Scanner scans an instance was not seen.
    VmScannerUnseen,
    /// Too few runs are known.
    TooFewRuns {
        /// Known runs.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// The reads at the runs are missing in part.
    TooLittleData {
        /// Known runs.
        runs: usize,
        /// Of these, those whose reads are known.
        shown: usize,
        /// How many it takes.
        need: usize,
    },
    /// The scan runs so often that there is nothing to compare with.
    TooOften,
    /// The runs lie at too few times of the day.
    FewClockTimes {
        /// So many.
        have: usize,
        /// How many it takes.
        need: usize,
    },
    /// One point of the reads covers more than a run.
    TooCoarse,
    /// So much else is read that a run would not show.
    TooNoisy {
        /// A run that reads so much would have been seen, bytes; `None` where nothing would.
        smallest_seen: Option<u64>,
    },
}
