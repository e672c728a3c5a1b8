//! Storage classes over time, as reports carry them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Storage classes over time, thinned out for a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageHistory {
    /// By time, at most 200.
    pub points: Vec<StoragePoint>,
    /// When cold data began to move to Standard, if it did.
    pub moved_at: Option<DateTime<Utc>>,
    /// How much of it moved, bytes.
    pub moved_bytes: Option<u64>,
}

/// The storage classes at one time, bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoragePoint {
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// Standard.
    pub standard: u64,
    /// Infrequent Access.
    pub ia: u64,
    /// Archive.
    pub archive: u64,
}
