//! Mounts that appear when somebody looks: automounter triggers and lines of `fstab` that are not mounted.
//!
//! A scanner that walks the tree is somebody who looks.

use std::collections::BTreeSet;

use super::clues::{Clues, MapEntry, Resolved, apply, base};
use super::row::{Class, Row};
use super::server::Server;
use crate::model::{HostMount, MountKind, Presence};

/// Adds what is intended and not mounted.
pub(super) fn add(rows: &[Row], clues: &Clues, resolved: &mut Resolved) {
    let taken: BTreeSet<&str> =
        rows.iter().filter(|row| row.class() != Class::Trigger).filter_map(|row| row.point.as_deref()).collect();
    let is_taken = |point: &Option<String>| point.as_deref().is_some_and(|point| taken.contains(point));

    for line in clues.fstab.iter().filter(|line| !is_taken(&line.point)) {
        add_line(line, resolved);
    }
    let stated: BTreeSet<&str> = clues.fstab.iter().filter_map(|line| line.point.as_deref()).collect();
    let triggers: Vec<&Row> = rows.iter().filter(|row| row.class() == Class::Trigger).collect();
    for trigger in &triggers {
        let named = trigger.point.as_deref().is_some_and(|point| stated.contains(point));
        if !(trigger.map_read || named || is_taken(&trigger.point) || trigger.is_harmless_trigger()) {
            resolved.add(base(trigger, Presence::OnDemand));
        }
    }
    for entry in clues.maps.iter().filter(|entry| !entry.file.starts_with("/etc/auto.master")) {
        let trigger = triggers.iter().find(|trigger| {
            trigger.source == entry.file || entry.file.strip_prefix("/etc/") == Some(trigger.source.as_str())
        });
        let mount = entry_mount(entry, trigger.and_then(|trigger| trigger.point.as_deref()));
        // A map that no trigger uses is a file like any other, unless it names a file system.
        let counts = trigger.is_some() || mount.as_ref().is_some_and(|mount| mount.kind == MountKind::Efs);
        if let Some(mount) = mount.filter(|mount| counts && !is_taken(&mount.mount_point)) {
            resolved.add(mount);
        }
    }
}

/// What a line of `fstab` says of its server; the mount helper's own types settle it where the name does not.
pub(super) fn stated_server(line: &Row) -> Server {
    match line.fstype.as_str() {
        "efs" => Server::of_helper(&line.source, line.address),
        "s3files" => Server::S3Files,
        "lustre" => Server::Fsx,
        _ => Server::of(&line.source, line.address),
    }
}

fn add_line(line: &Row, resolved: &mut Resolved) {
    let mut mount = base(line, Presence::OnDemand);
    match line.class() {
        Class::Nfs | Class::Lustre => apply(stated_server(line), &mut mount),
        Class::Fuse(Some(tool)) => {
            mount.kind = MountKind::S3Fuse;
            mount.tool = Some(tool.to_owned());
            line.bucket().unwrap_or(&line.source).clone_into(&mut mount.source);
        }
        Class::Smb | Class::Trigger | Class::Fuse(None) | Class::Local => return,
    }
    resolved.add(mount);
}

/// The mount behind an entry of a map below a trigger; `None` where it is a local disk.
fn entry_mount(entry: &MapEntry, trigger: Option<&str>) -> Option<HostMount> {
    let point = match (trigger, entry.key.as_str()) {
        (_, key) if key.starts_with('/') => Some(key.to_owned()),
        // The wildcard stands for any name: what can be said is where the names appear.
        (Some(trigger), "*") => Some(trigger.to_owned()),
        (Some(trigger), key) => Some(format!("{}/{key}", trigger.trim_end_matches('/'))),
        (None, _) => None,
    };
    let mut mount = HostMount {
        presence: Presence::OnDemand,
        mount_point: point,
        source: entry.location.clone(),
        ..HostMount::default()
    };
    match entry.location.strip_prefix(':') {
        Some(local) => {
            let bucket = local.strip_prefix("s3fs").map(|rest| rest.trim_start_matches(['\\', '#']))?;
            mount.kind = MountKind::S3Fuse;
            mount.tool = Some("s3fs".to_owned());
            bucket.clone_into(&mut mount.source);
        }
        None => apply(Server::of_helper(&entry.location, None), &mut mount),
    }
    Some(mount)
}
