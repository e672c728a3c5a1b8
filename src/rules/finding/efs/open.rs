//! What a collected section leaves open for R1.

use super::{Fall, TooLittle};

/// A question that a section answers in a way that decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenQuestion {
    /// A running instance came without network interfaces.
    NoInterfaces,
    /// A ping status that this version does not know.
    PingStatus {
        /// The instance.
        instance: String,
        /// The status.
        status: String,
    },
    /// A status of deep inspection that this version does not know; empty if there is none.
    DeepInspectionStatus(String),
    /// EFS gave no size by storage class.
    NoSize,
    /// A `TransitionToPrimaryStorageClass` that this version does not know.
    PrimaryTransition(String),
    /// A transition age that this version does not know.
    TransitionAge(String),
    /// No metrics of the file system were collected.
    NoMetrics,
    /// Cold data fell while Standard rose by a part of it.
    MixedFall(Fall),
    /// The metrics say too little.
    Metrics(TooLittle),
    /// How often the scan ran is not known, as the collector says.
    Runs(String),
    /// A security group that is not visible to this account.
    UnseenGroup(String),
    /// A range of addresses that cannot be read.
    UnreadableRange {
        /// The group whose rule has it.
        group: String,
        /// The range.
        range: String,
    },
    /// A prefix list whose entries were not read, for the reason that the collector gives.
    PrefixList {
        /// The group whose rule names it.
        group: String,
        /// The list.
        list: String,
        /// Why.
        why: Option<String>,
    },
    /// Mounts that the probe did not see, as the collector says.
    Probe(String),
    /// Mounts that a saved table does not hold, as its reader says.
    MountTable(String),
}

impl OpenQuestion {
    /// The operation whose answer leaves it open, with its IAM prefix; empty where no call was made.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::NoInterfaces => "ec2:DescribeInstances",
            Self::PingStatus { .. } => "ssm:DescribeInstanceInformation",
            Self::DeepInspectionStatus(_) => "inspector2:GetEc2DeepInspectionConfiguration",
            Self::NoSize => "elasticfilesystem:DescribeFileSystems",
            Self::PrimaryTransition(_) | Self::TransitionAge(_) => "elasticfilesystem:DescribeLifecycleConfiguration",
            Self::NoMetrics | Self::MixedFall(_) | Self::Metrics(_) => "cloudwatch:GetMetricData",
            Self::Runs(_) => "ssm:DescribeAssociationExecutions",
            Self::UnseenGroup(_) | Self::UnreadableRange { .. } => "ec2:DescribeSecurityGroups",
            Self::PrefixList { .. } => "ec2:GetManagedPrefixListEntries",
            Self::Probe(_) => "ssm:GetCommandInvocation",
            Self::MountTable(_) => "",
        }
    }
}
