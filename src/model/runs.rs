//! What Systems Manager says of the scan's runs, whom they reached, and what is installed there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One run of the association that invokes the plugin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AssociationRun {
    /// When it began.
    pub at: DateTime<Utc>,
    /// `Success`, `Failed`, `Pending`, or what AWS adds.
    #[serde(default)]
    pub status: String,
}

/// Which of the instances that matter a run of the association reached.
///
/// A few runs stand for all: an instance that two of them reached was reached by the runs between, and about the runs
/// between two that differ nothing is known. What is older than the oldest, or newer than the newest, is not known
/// either.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AssociationReach {
    /// When the run began.
    pub at: DateTime<Utc>,
    /// The instances on which it succeeded, among those that evidence was asked about, sorted.
    #[serde(default)]
    pub instances: Vec<String>,
}

/// A package that SSM's inventory lists.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct InstalledClient {
    /// The instance.
    pub instance_id: String,
    /// `amazon-efs-utils`, `nfs-utils`, `nfs-common`, `mount-s3`, `s3fs-fuse` and the like.
    pub package: String,
    /// Its version.
    pub version: Option<String>,
    /// When the inventory was taken.
    pub captured_at: Option<DateTime<Utc>>,
}
