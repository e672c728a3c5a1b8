//! What one piece of evidence about a mount can prove, and for how long.

use chrono::{DateTime, Duration, Utc};

use crate::model::{HostMounts, Presence};
use crate::rules::{HostSource, MountEvidence, MountItem, MountState};

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
            Self::HostMounted | Self::HostOnDemand | Self::HostLikely | Self::HostAbsent => Some(HostMounts::HOLDS),
            Self::CloudTrailInstance | Self::CloudTrailAddress | Self::CloudTrailAmbiguous => Some(Duration::days(30)),
            Self::EfsUtilsStream => Some(Duration::days(14)),
            _ => None,
        }
    }
}

impl MountEvidence {
    /// Where it comes from.
    pub fn kind(&self) -> Kind {
        match self {
            Self::OnHost { source: HostSource::Probe, presence: Presence::Mounted, .. } => Kind::HostMounted,
            // A table that the operator saved is the operator's word.
            Self::OnHost { source: HostSource::SavedTable, presence: Presence::Mounted, .. }
            | Self::Declared { .. } => Kind::Declared,
            Self::OnHost { presence: Presence::Likely, .. } => Kind::HostLikely,
            Self::OnHost { presence: Presence::OnDemand, .. } => Kind::HostOnDemand,
            Self::EcsTask { .. } => Kind::EcsTask,
            Self::CloudTrailInstance => Kind::CloudTrailInstance,
            Self::CloudTrailAddress { is_certain: true, .. } => Kind::CloudTrailAddress,
            Self::CloudTrailAddress { is_certain: false, .. } => Kind::CloudTrailAmbiguous,
            Self::EfsUtilsStream { .. } => Kind::EfsUtilsStream,
            Self::SoleClient => Kind::SoleClient,
            Self::ClientsConnected => Kind::ClientsConnected,
            Self::NotOnHost(_) => Kind::HostAbsent,
            Self::DeclaredNone { .. } => Kind::DeclaredNone,
            Self::NoConnections => Kind::NoConnections,
        }
    }

    /// Where the file system is mounted, if it says so.
    pub(crate) fn mount_point(&self) -> Option<&str> {
        match self {
            Self::OnHost { mount_point, .. } | Self::Declared { mount_point, .. } => mount_point.as_deref(),
            _ => None,
        }
    }
}

impl MountItem {
    /// Where it comes from.
    pub fn kind(&self) -> Kind {
        self.evidence.kind()
    }

    /// Whether it speaks for or against a mount.
    pub fn polarity(&self) -> Polarity {
        self.kind().polarity()
    }

    /// Whether it still holds. What was seen a little later than `now`, by a probe of the same run, holds too; what is
    /// said to have been seen in the future rules nothing out, for then some clock or date is wrong.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        let negative = self.polarity() == Polarity::Negative;
        if negative && self.at.is_some_and(|at| at.signed_duration_since(now) > HostMounts::AHEAD) {
            return false;
        }
        match (self.kind().holds_for(), self.at) {
            (Some(span), Some(at)) => now.signed_duration_since(at) <= span,
            // Evidence that ages but has no time cannot be relied on, unless it is positive: then it is still a sign.
            (Some(_), None) => self.polarity() == Polarity::Positive,
            (None, _) => true,
        }
    }

    /// Whether it was observed at that time or later.
    pub(super) fn is_since(&self, time: DateTime<Utc>) -> bool {
        self.at.is_none_or(|at| at >= time)
    }
}
