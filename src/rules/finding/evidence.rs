//! What was seen: the six conditions, the instances, and everything else that bears on a finding.

use super::mount::MountItem;
use super::{ConditionState, Exclusion, InstanceCounts, MountState, ScanScope, ecr, efs, terraform};
use crate::model::LifecycleConfiguration;

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
    /// The strongest evidence of the mount, beside the network as it is now.
    pub evidence: Option<MountItem>,
    /// Where the file system is mounted, if that is known.
    pub mount_point: Option<String>,
    /// Whether that lies in a path that the scan is documented to read.
    pub scan_scope: ScanScope,
}

/// What a condition was judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionEvidence {
    /// Condition 1: how many of all instances have a row in SSM or are scanned by the VM Scanner.
    Agents {
        /// So many.
        with_agent: u64,
        /// Of so many.
        of: u64,
    },
    /// Condition 2.
    Managed {
        /// So many are Online.
        online: u64,
        /// Of so many.
        of: u64,
        /// So many are scanned by the VM Scanner.
        vm_scanner: u64,
    },
    /// Condition 3.
    Inspector(StatusSeen),
    /// Condition 4: EC2 scanning, or why the account has no status, and deep inspection.
    Scanning {
        /// Of EC2 scanning.
        ec2: StatusSeen,
        /// Of deep inspection.
        deep_inspection: StatusSeen,
    },
    /// Condition 5.
    Mounted {
        /// The instances by the state of their mount.
        counts: InstanceCounts,
        /// One of those whose mount is surest, with the evidence of it.
        strongest: Option<(String, MountItem)>,
    },
    /// Condition 6.
    ColdData {
        /// Bytes in IA.
        ia: u64,
        /// Bytes in Archive.
        archive: u64,
        /// The lifecycle configuration; `None` if it was not read.
        policy: Option<LifecycleConfiguration>,
    },
}

/// A status as Inspector gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusSeen {
    /// The service does not exist or is not enabled here.
    Absent,
    /// It could not be read.
    Unread,
    /// Inspector could not give it.
    Failed,
    /// This one; empty if the answer had none.
    Status(String),
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
}

/// The most instances a finding lists.
pub const MAX_LISTED_INSTANCES: usize = 100;
