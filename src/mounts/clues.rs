//! What a host tells beside its mount table, and what is made of it all.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::row::Row;
use super::server::Server;
use crate::model::{HostMount, MountKind, Presence};

/// What a host tells beside its mount table; empty for a saved table.
#[derive(Debug, Default)]
pub(super) struct Clues {
    /// State files of the EFS mount helper.
    pub(super) states: Vec<State>,
    /// What the mount helper logged, oldest first: server, mount point.
    pub(super) log: Vec<(String, String)>,
    /// Servers of open connections on port 2049.
    pub(super) peers: Vec<IpAddr>,
    /// Lines of `fstab`.
    pub(super) fstab: Vec<Row>,
    /// Entries of automounter maps.
    pub(super) maps: Vec<MapEntry>,
    /// Processes of S3 FUSE tools.
    pub(super) tools: Vec<Tool>,
    /// Bytes read from the server, by mount point.
    pub(super) read: BTreeMap<String, u64>,
    /// Packages that Inspector's plugin listed, by mount point.
    pub(super) listed: BTreeMap<String, u64>,
    /// File systems that are mounted for certain, wherever.
    pub(super) live: BTreeSet<String>,
}

/// A state file of the EFS mount helper whose mount was there when the probe looked.
#[derive(Debug)]
pub(super) struct State {
    pub(super) id: String,
    pub(super) port: u16,
    /// The mount point with dots for slashes.
    pub(super) dotted: String,
    /// Whether it belongs to S3 Files.
    pub(super) s3_files: bool,
    /// Where the proxy connects to, if that is an address.
    pub(super) connects_to: Option<IpAddr>,
}

/// An entry of an automounter's map.
#[derive(Debug)]
pub(super) struct MapEntry {
    pub(super) file: String,
    /// The folder below the trigger, or a whole path.
    pub(super) key: String,
    /// The server and path.
    pub(super) location: String,
}

/// A process of an S3 FUSE tool.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: String,
    /// The bucket, where its arguments name one.
    pub(super) bucket: Option<String>,
    /// The mount point, where its arguments name one.
    pub(super) point: Option<String>,
}

/// What a host mounts.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    /// The mounts, sorted, each once.
    pub(super) mounts: Vec<HostMount>,
    /// Where the mounts are whose server could not be told.
    pub(super) unresolved: Vec<String>,
}

impl Resolved {
    /// Why a mount may be missing, if one may.
    pub(super) fn doubt(&self) -> Option<String> {
        let first = self.unresolved.first()?;
        let others = self.unresolved.len() - 1;
        let more = if others == 0 { String::new() } else { format!(" and {others} more") };
        Some(format!("the server of a mount could not be told: {first}{more}"))
    }

    /// Adds a mount; without a server or an address to look up, it is one that could not be resolved.
    pub(super) fn add(&mut self, mount: HostMount) {
        if mount.kind == MountKind::Unresolved && mount.address.is_none() {
            let at = mount.mount_point.as_deref().unwrap_or("a path that is too long to show");
            self.unresolved.push(at.chars().take(80).collect());
        }
        self.mounts.push(mount);
    }
}

/// A mount of which only the row is known.
pub(super) fn base(row: &Row, presence: Presence) -> HostMount {
    HostMount { presence, mount_point: row.point.clone(), source: row.source.clone(), ..HostMount::default() }
}

/// Writes into a mount what its server tells.
pub(super) fn apply(server: Server, mount: &mut HostMount) {
    match server {
        Server::Efs(id) => {
            mount.kind = MountKind::Efs;
            mount.file_system_id = Some(id);
        }
        Server::S3Files => mount.kind = MountKind::S3Files,
        Server::Fsx => mount.kind = MountKind::Fsx,
        Server::Address(address) => mount.address = Some(address),
        Server::Loopback | Server::Unknown => {}
    }
}
