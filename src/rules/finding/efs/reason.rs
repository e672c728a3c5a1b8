//! Why a finding of R1 is one.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Fall, SeenInside};
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
    },
}

/// What settles here whether the scan reads the file system: AWS's documents and reports from the field contradict each
/// other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanReads {
    /// Nothing does.
    NotMeasured,
    /// Cold data has moved in step with the scan.
    MovedInStep,
    /// Inspector was seen inside the mount.
    SeenInside,
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
