//! One piece of evidence about a mount.

use chrono::{DateTime, Duration, Utc};

use crate::rules::MountState;

/// How long one run may take, from its beginning to the last answer of a host.
const RUN: Duration = Duration::hours(1);

/// Where an item comes from, and so what it can prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The host's mount table has it, as a probe saw.
    HostMounted,
    /// A running ECS task has it as a volume on this container instance.
    EcsTask,
    /// The operator says so, in a map or by a saved mount table.
    Declared,
    /// EFS authorised a client whose role session is named after the instance.
    CloudTrailInstance,
    /// EFS authorised a client at an address that only this instance had.
    CloudTrailAddress,
    /// EFS authorised a client at an address that this instance has, but perhaps not it alone, or not then.
    CloudTrailAmbiguous,
    /// An automounter or `fstab` names it, and it is not mounted now.
    HostOnDemand,
    /// The mount table has a mount that a log or a socket says is this file system.
    HostLikely,
    /// The EFS mount helper on the instance logged about it.
    EfsUtilsStream,
    /// Somebody is connected, and no other instance is let in.
    SoleClient,
    /// Somebody is connected: who is not said.
    ClientsConnected,
    /// A complete answer of the host does not have it.
    HostAbsent,
    /// The operator says that the instance mounts nothing.
    DeclaredNone,
    /// Nobody was connected for 24 hours; the item's time is the start of them.
    NoConnections,
}

/// Whether an item speaks for or against a mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Polarity {
    /// For it.
    Positive,
    /// Against it.
    Negative,
}

impl Kind {
    /// Whether it speaks for or against a mount.
    pub fn polarity(self) -> Polarity {
        match self {
            Self::HostAbsent | Self::DeclaredNone | Self::NoConnections => Polarity::Negative,
            _ => Polarity::Positive,
        }
    }

    /// What it proves if nothing contradicts it.
    pub fn proves(self) -> MountState {
        match self {
            Self::HostMounted | Self::EcsTask | Self::Declared | Self::CloudTrailInstance | Self::CloudTrailAddress => {
                MountState::Confirmed
            }
            Self::CloudTrailAmbiguous
            | Self::HostOnDemand
            | Self::HostLikely
            | Self::EfsUtilsStream
            | Self::SoleClient => MountState::Likely,
            Self::ClientsConnected => MountState::Possible,
            Self::HostAbsent | Self::DeclaredNone | Self::NoConnections => MountState::RuledOut,
        }
    }

    /// How long it holds; `None`: as long as the snapshot.
    ///
    /// A probe holds for a day, an authorised connection for 30 days, a log stream for the 14 days that the helper's log
    /// group keeps (EFS user guide, "Mount status", 2026-10). A task is running when it is listed, and the operator's
    /// rows carry their own end.
    fn holds_for(self) -> Option<Duration> {
        match self {
            Self::HostMounted | Self::HostOnDemand | Self::HostLikely | Self::HostAbsent => Some(Duration::hours(24)),
            Self::CloudTrailInstance | Self::CloudTrailAddress | Self::CloudTrailAmbiguous => Some(Duration::days(30)),
            Self::EfsUtilsStream => Some(Duration::days(14)),
            _ => None,
        }
    }

    /// As evidence names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HostMounted | Self::HostOnDemand | Self::HostLikely | Self::HostAbsent => "mount_probe",
            Self::EcsTask => "ecs_task",
            Self::Declared | Self::DeclaredNone => "mount_map",
            Self::CloudTrailInstance | Self::CloudTrailAddress | Self::CloudTrailAmbiguous => "cloudtrail",
            Self::EfsUtilsStream => "efs_utils_log",
            Self::SoleClient | Self::ClientsConnected | Self::NoConnections => "client_connections",
        }
    }
}

/// One piece of evidence about one pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Where it comes from.
    pub kind: Kind,
    /// When it was observed, UTC; `None` where it stands for the time of the snapshot.
    pub at: Option<DateTime<Utc>>,
    /// A few words with the names that it rests on.
    pub detail: String,
    /// Where the file system is mounted, if it says so.
    pub mount_point: Option<String>,
}

impl Item {
    /// An item without a mount point.
    pub fn new(kind: Kind, at: Option<DateTime<Utc>>, detail: impl Into<String>) -> Self {
        Self { kind, at, detail: detail.into(), mount_point: None }
    }

    /// The same with a mount point.
    #[must_use]
    pub fn mounted_at(mut self, mount_point: Option<String>) -> Self {
        self.mount_point = mount_point;
        self
    }

    /// Whether it still holds. What was seen a little later than `now`, by a probe of the same run, holds too; what is
    /// said to have been seen in the future rules nothing out, for then some clock or date is wrong.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        let negative = self.kind.polarity() == Polarity::Negative;
        if negative && self.at.is_some_and(|at| at.signed_duration_since(now) > RUN) {
            return false;
        }
        match (self.kind.holds_for(), self.at) {
            (Some(span), Some(at)) => now.signed_duration_since(at) <= span,
            // Evidence that ages but has no time cannot be relied on, unless it is positive: then it is still a sign.
            (Some(_), None) => self.kind.polarity() == Polarity::Positive,
            (None, _) => true,
        }
    }

    /// Whether it was observed at that time or later.
    pub(super) fn is_since(&self, time: DateTime<Utc>) -> bool {
        self.at.is_none_or(|at| at >= time)
    }

    /// The item in a sentence, with its age.
    pub fn describe(&self) -> String {
        match self.at {
            Some(at) => format!("{} (as of {})", self.detail, at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
            None => self.detail.clone(),
        }
    }
}
