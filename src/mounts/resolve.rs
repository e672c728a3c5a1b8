//! From rows and clues to mounts: the one place that decides what a mount is.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::clues::{Clues, Resolved, State, Tool, apply, base};
use super::on_demand;
use super::row::{Class, Row, s3_tool};
use super::server::Server;
use crate::model::{HostMount, MountKind, Presence};

/// Decides what each row is.
pub(super) fn resolve(rows: &[Row], clues: &Clues) -> Resolved {
    let mut resolved = Resolved::default();
    let loops = Loops::of(rows, clues);
    for row in rows {
        let mut mount = base(row, Presence::Mounted);
        match row.class() {
            Class::Nfs => loops.identify(row, &mut mount),
            Class::Lustre => mount.kind = MountKind::Fsx,
            Class::Smb if Server::of(&row.source, None) == Server::Fsx => mount.kind = MountKind::Fsx,
            Class::Fuse(tool) => match fuse(row, tool, clues, rows) {
                Some((tool, bucket)) => {
                    mount.kind = MountKind::S3Fuse;
                    mount.tool = Some(tool.to_owned());
                    mount.source = bucket.unwrap_or(mount.source);
                }
                None => continue,
            },
            Class::Smb | Class::Trigger | Class::Local => continue,
        }
        if let Some(point) = &row.point {
            mount.read_bytes = clues.read.get(point).copied();
            mount.packages_listed = clues.listed.get(point).copied();
        }
        resolved.add(mount);
    }
    on_demand::add(rows, clues, &mut resolved);
    // Where the rows and the state files are at hand, they tell better: one of two states of a port may be stale.
    let judged =
        |id: &String| clues.states.iter().any(|state| &state.id == id && rows.iter().any(|row| row.port == state.port));
    for id in clues.live.iter().filter(|id| !judged(id)) {
        let named = resolved
            .mounts
            .iter()
            .any(|mount| mount.presence != Presence::OnDemand && mount.file_system_id.as_ref() == Some(id));
        if !named {
            resolved.add(HostMount {
                kind: MountKind::Efs,
                presence: Presence::Mounted,
                file_system_id: Some(id.clone()),
                ..HostMount::default()
            });
        }
    }
    resolved.mounts.sort();
    resolved.mounts.dedup();
    resolved.unresolved.sort();
    resolved
}

/// The tool and bucket of a FUSE mount over S3: from its name, from the process that names its mount point, or from the
/// one process and the one mount of a tool that are left over.
fn fuse<'a>(
    row: &Row,
    named: Option<&'static str>,
    clues: &'a Clues,
    rows: &[Row],
) -> Option<(&'a str, Option<String>)> {
    let own = || row.bucket().map(str::to_owned);
    let of_tool = |tool: &Tool, name: &str| s3_tool(&tool.name) == Some(name);
    let at_point = |tool: &&Tool| tool.point.is_some() && tool.point == row.point;
    if let Some(tool) = clues.tools.iter().find(at_point) {
        return Some((named.unwrap_or(&tool.name), tool.bucket.clone().or_else(own)));
    }
    let named = named?;
    let stated = clues.fstab.iter().find(|line| line.point.is_some() && line.point == row.point);
    let mut free = clues.tools.iter().filter(|tool| tool.point.is_none() && of_tool(tool, named));
    let lone_tool = match (free.next(), free.next()) {
        (Some(tool), None) => Some(tool),
        _ => None,
    };
    let linked = |other: &Row| clues.tools.iter().any(|tool| tool.point.is_some() && tool.point == other.point);
    let lone_row = rows.iter().filter(|other| other.class() == Class::Fuse(Some(named)) && !linked(other)).count() == 1;
    let left_over = lone_tool.filter(|_| lone_row).and_then(|tool| tool.bucket.clone());
    let bucket = stated.and_then(Row::bucket).map(str::to_owned).or(left_over).or_else(own);
    Some((named, bucket))
}

/// What the state files say of a mount.
enum Known<'a> {
    /// None has its port.
    Nothing,
    One(&'a State),
    /// They name several file systems.
    Contradictory,
}

/// Mounts on the loopback address: proxies of the mount helper, tunnels, local servers.
struct Loops<'a> {
    clues: &'a Clues,
    /// The only server that no other mount explains, where only one port is unexplained too.
    lone_peer: Option<IpAddr>,
}

impl<'a> Loops<'a> {
    fn of(rows: &[Row], clues: &'a Clues) -> Self {
        let mut loops = Self { clues, lone_peer: None };
        let mut explained: BTreeSet<IpAddr> = BTreeSet::new();
        let mut unexplained_ports = BTreeSet::new();
        let mut used_ports = BTreeSet::new();
        for row in rows.iter().filter(|row| row.class() == Class::Nfs) {
            explained.extend(row.address.map(|address| address.to_canonical()));
            match Server::of(&row.source, row.address) {
                Server::Loopback => {
                    used_ports.insert(row.port);
                    let mut trial = base(row, Presence::Mounted);
                    loops.identify(row, &mut trial);
                    if trial.kind == MountKind::Unresolved {
                        unexplained_ports.insert(row.port);
                    }
                }
                Server::Address(address) => {
                    explained.insert(address);
                }
                _ => {}
            }
        }
        let states = || clues.states.iter().filter(|state| used_ports.contains(&state.port));
        explained.extend(states().filter_map(|state| state.connects_to));
        // A proxy that connects by name explains some peer, but not which.
        let vague = states().any(|state| state.connects_to.is_none());
        let peers: BTreeSet<IpAddr> = clues.peers.iter().map(IpAddr::to_canonical).collect();
        let mut left = peers.iter().filter(|peer| !peer.is_loopback() && !explained.contains(peer));
        if let (Some(peer), None, false, 1) = (left.next(), left.next(), vague, unexplained_ports.len()) {
            loops.lone_peer = Some(*peer);
        }
        loops
    }

    /// Decides what an NFS mount is.
    fn identify(&self, row: &Row, mount: &mut HostMount) {
        match Server::of(&row.source, row.address) {
            Server::Loopback => self.identify_loop(row, mount),
            server => apply(server, mount),
        }
    }

    /// By the state file of the same port, else what the helper logged last for the mount point, else the version, else
    /// `fstab`, else the only connection that is left.
    fn identify_loop(&self, row: &Row, mount: &mut HostMount) {
        match self.state(row) {
            Known::Nothing => {}
            Known::One(state) if state.s3_files => return apply(Server::S3Files, mount),
            Known::One(state) => return apply(Server::Efs(state.id.clone()), mount),
            Known::Contradictory => return,
        }
        let same_point = |point: &str| row.point.as_deref() == Some(point);
        let logged = self.clues.log.iter().rev().find(|(_, point)| same_point(point));
        let logged = logged.map(|(server, _)| Server::of_helper(server, None));
        let stated = self.clues.fstab.iter().find(|line| line.point.as_deref().is_some_and(same_point));
        let stated = stated.map(on_demand::stated_server);
        for server in [logged, stated].into_iter().flatten() {
            if matches!(server, Server::Efs(_) | Server::S3Files) {
                mount.presence = Presence::Likely;
                return apply(server, mount);
            }
        }
        if row.is_no_version_of_efs() {
            mount.kind = MountKind::OtherNfs;
        } else if let Some(peer) = self.lone_peer {
            mount.presence = Presence::Likely;
            mount.address = Some(peer);
        }
    }

    /// What the state files say of a mount, by its port and where that is not enough by its mount point.
    fn state(&self, row: &Row) -> Known<'a> {
        let all: Vec<&State> = self.clues.states.iter().filter(|state| state.port == row.port).collect();
        let Some(first) = all.first() else { return Known::Nothing };
        let same = |states: &[&State]| {
            let one = states.first();
            states.iter().all(|state| one.is_some_and(|one| state.id == one.id && state.s3_files == one.s3_files))
        };
        if same(&all) {
            return Known::One(first);
        }
        let dotted = row.point.as_deref().map(|point| point.replace('/', ".").trim_start_matches('.').to_owned());
        let here: Vec<&State> = all.into_iter().filter(|state| Some(&state.dotted) == dotted.as_ref()).collect();
        here.first().copied().filter(|_| same(&here)).map_or(Known::Contradictory, Known::One)
    }
}
