//! Why a finding of R1 is one.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Fall, ScanReads, SeenInside};
use crate::model::LifecycleConfiguration;
use crate::price::MissingPrice;
use crate::rules::finding::{ConditionState, Recovery};

/// Why a finding of this family is one: a variant a rule. What stands elsewhere in the finding (the resource, the
/// instances, the figure) is not said again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// A read moves cold files to Standard.
    EfsTierRecall {
        /// Bytes in IA.
        ia_bytes: u64,
        /// Bytes in Archive.
        archive_bytes: u64,
        /// Whether the scan reads.
        reads: ScanReads,
    },
    /// Each scan pays to read cold files.
    EfsColdReadCharges {
        /// Bytes in IA.
        ia_bytes: u64,
        /// Bytes in Archive.
        archive_bytes: u64,
        /// Whether the scan reads.
        reads: ScanReads,
    },
    /// A policy has tiered nothing.
    EfsTieringPinned {
        /// Bytes in Standard.
        standard_bytes: u64,
        /// The policy.
        policy: Option<LifecycleConfiguration>,
        /// What was cold once.
        cold_once: ColdOnce,
        /// Whether the scan reads.
        reads: ScanReads,
    },
    /// Nothing is exposed, but would be if an instance returned.
    EfsExposureDormant {
        /// The price without which there is no figure.
        missing_price: Option<MissingPrice>,
        /// Whether the scan reads.
        reads: ScanReads,
    },
    /// Cold data has moved to Standard.
    EfsRecallObserved {
        /// What moved, and when.
        fall: Fall,
        /// Whether an instance is exposed now, rather than one that may return.
        is_scanned_now: bool,
        /// What points to the scan.
        sign: ScanSign,
        /// Whether a read moves a file now.
        returns_on_read: ConditionState,
        /// When the data becomes cold again, once nothing reads it.
        recovery: Recovery,
        /// Whether the scan reads.
        reads: ScanReads,
    },
    /// Elastic throughput bills every read.
    EfsElasticReads {
        /// Bytes of data read in 30 days, by whomever.
        data_bytes: u64,
        /// Bytes of metadata read in 30 days; `None` where that was not measured.
        metadata_bytes: Option<u64>,
        /// Whether the scan reads.
        reads: ScanReads,
    },
    /// Cold data has moved to Standard, and not by the scan.
    EfsColdDataMoved {
        /// What moved, and when.
        fall: Fall,
        /// Why it was not the scan.
        why: NotTheReader,
        /// Whether a read moves a file now.
        returns_on_read: ConditionState,
    },
    /// Metadata tags without the exclusion tag.
    ExclusionMetadataOnly,
    /// The exclusion tag without metadata tags.
    ExclusionTagIneffective,
    /// Tag keys keep metadata tags from being enabled.
    MetadataTagsBlocked {
        /// The keys.
        tag_keys: Vec<String>,
    },
    /// An instance that is scanned has buckets mounted.
    S3MountScanned {
        /// How many.
        mounts: usize,
        /// How many of them are of Amazon S3 Files.
        s3_files: usize,
    },
}

/// Why it is not the scan that moves cold data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotTheReader {
    /// Its scan of EC2 is off.
    ScanningOff,
    /// No instance that it scans may mount the file system.
    NobodyExposed,
    /// It runs, and no more is read then than at other times.
    NotAligned {
        /// Runs that were looked at.
        runs: usize,
        /// A run that reads so much would have been seen, bytes.
        smallest_seen: u64,
    },
}

/// What was cold once on a file system on which nothing is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColdOnce {
    /// As far as is known nothing ever was.
    NothingSeen,
    /// It has moved to Standard.
    Moved(Fall),
    /// It has gone, part of it perhaps to Standard.
    Gone(Fall),
}

/// What points to the scan as the cause of a move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanSign {
    /// Nothing.
    None,
    /// The move began with the scan.
    Onset(Onset),
    /// Inspector was seen inside the mount.
    SeenInside(SeenInside),
}

/// A beginning of the scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Onset {
    /// When.
    pub at: DateTime<Utc>,
    /// What began.
    pub what: ScanStart,
}

/// How a scan began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanStart {
    /// The scan's association ran for the first time.
    AssociationFirstRan,
    /// The VM Scanner was activated.
    VmScannerActivated,
}
