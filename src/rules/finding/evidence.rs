//! What was seen: the six conditions, the instances, and everything else that bears on a finding.

use chrono::{DateTime, Utc};

use super::{ConditionState, Exclusion, MountState, ScanScope, ecr, efs, terraform};

/// One of the six conditions, summed up over the instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// 1 to 6.
    pub number: u8,
    /// Its name, e.g. `ssm_agent_installed`.
    pub name: &'static str,
    /// Its state.
    pub state: ConditionState,
    /// What was seen.
    pub evidence: ConditionEvidence,
}

/// One exposed instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRef {
    /// Its id.
    pub id: String,
    /// Its `Name` tag.
    pub name: Option<String>,
    /// Whether it mounts the file system.
    pub mount: MountState,
    /// How far it is excluded.
    pub exclusion: Exclusion,
    /// The strongest evidence of the mount, in words.
    pub evidence: Option<MountEvidence>,
    /// When that was observed; `None` where it has no time (the network as it is now).
    pub observed_at: Option<DateTime<Utc>>,
    /// Where the file system is mounted, if that is known.
    pub mount_point: Option<String>,
    /// Whether that lies in a path that the scan is documented to read.
    pub scan_scope: ScanScope,
}

/// What a condition was judged by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConditionEvidence {
    /// Said by the rule itself, until it speaks in data.
    Told(String),
}

impl<T: Into<String>> From<T> for ConditionEvidence {
    fn from(text: T) -> Self {
        Self::Told(text.into())
    }
}

/// The strongest evidence of a mount.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MountEvidence {
    /// Said by the rule itself, until it speaks in data.
    Told(String),
}

impl<T: Into<String>> From<T> for MountEvidence {
    fn from(text: T) -> Self {
        Self::Told(text.into())
    }
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// Of R1.
    Efs(efs::Evidence),
    /// Of R2.
    Ecr(ecr::Evidence),
    /// Of Terraform.
    Terraform(terraform::Evidence),
    /// Said by the rule itself, until it speaks in data.
    Told {
        /// Its kind, e.g. `reachability`, `not_exposed`, `foreign_client`, `repository`.
        kind: String,
        /// A sentence.
        detail: String,
    },
}

impl Evidence {
    /// One piece of evidence.
    pub fn new(kind: &str, detail: impl Into<String>) -> Self {
        Self::Told { kind: kind.to_owned(), detail: detail.into() }
    }
}

/// The most instances a finding lists.
pub const MAX_LISTED_INSTANCES: usize = 100;
