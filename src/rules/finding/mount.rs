//! What speaks for or against a mount.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::model::Presence;

/// One sign that a mount is there, or is not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum MountEvidence {
    /// A look at the host has it.
    OnHost {
        /// Who looked.
        source: HostSource,
        /// How it is there.
        presence: Presence,
        /// Where, if that is known.
        mount_point: Option<String>,
    },
    /// A running ECS task has it as a volume on this container instance.
    EcsTask {
        /// The volume's name.
        volume: String,
    },
    /// The operator's map says so.
    Declared {
        /// The map.
        origin: String,
        /// The operator's note.
        note: Option<String>,
        /// Where, if it says so.
        mount_point: Option<String>,
    },
    /// EFS authorised a client whose role session is named after the instance.
    CloudTrailInstance,
    /// EFS authorised a client at an address of the instance.
    CloudTrailAddress {
        /// The address.
        address: IpAddr,
        /// Whether only this instance had it, and then.
        is_certain: bool,
    },
    /// The EFS mount helper on the instance logged about it.
    EfsUtilsStream {
        /// The log group.
        group: String,
    },
    /// Somebody is connected, and no other instance is let in.
    SoleClient,
    /// Somebody is connected: who is not said.
    ClientsConnected,
    /// A complete answer of the host does not have it.
    NotOnHost(HostSource),
    /// The operator's map says that the instance mounts nothing.
    DeclaredNone {
        /// The map.
        origin: String,
        /// The operator's note.
        note: Option<String>,
    },
    /// Nobody was connected for 24 hours; the item's time is the start of them.
    NoConnections,
}

/// Who looked at a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostSource {
    /// The mount probe of this run.
    Probe,
    /// A mount table that the operator saved.
    SavedTable,
}

/// One piece of evidence about a mount.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MountItem {
    /// What it is.
    pub evidence: MountEvidence,
    /// When it was observed, UTC; `None` where it stands for the time of the snapshot.
    pub at: Option<DateTime<Utc>>,
}
