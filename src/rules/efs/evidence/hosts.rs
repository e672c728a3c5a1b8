//! What one host said of its mounts, as items.

use super::numbers::Numbers;
use crate::model::{HostMount, HostMounts, MountKind, Presence};
use crate::rules::finding::efs::SeenInside;
use crate::rules::{HostSource, MountEvidence, MountItem};

pub(super) struct Host<'h> {
    pub(super) instance: &'h str,
    /// Its EFS mounts, by number of the file system.
    pub(super) mounts: Vec<(usize, MountItem)>,
    /// Set where the answer speaks about every file system that it does not have.
    pub(super) absent: Option<MountItem>,
    /// Where Inspector's plugin listed packages below a mount point.
    pub(super) inside: Vec<(usize, SeenInside)>,
}

/// Reads one host. A table that the operator saved is the operator's word: what it has does not age, but what it lacks is
/// proof for a day only, like the probe's answer.
pub(super) fn read<'h>(host: &'h HostMounts, source: HostSource, numbers: &Numbers<'_>) -> Host<'h> {
    let mut read = Host { instance: &host.instance_id, mounts: Vec::new(), absent: None, inside: Vec::new() };
    if host.failed.is_some() {
        return read;
    }
    let mut resolved = true;
    for mount in &host.mounts {
        let known = number(mount, &host.instance_id, numbers);
        // An NFS mount that nobody could name, or whose address several VPCs use, may be any file system.
        let nameless =
            mount.kind == MountKind::Unresolved || mount.address.is_some_and(|it| numbers.addresses.contains_key(&it));
        resolved &= known.is_some_and(|(_, certain)| certain) || !nameless;
        let Some((number, certain)) = known else { continue };
        let presence = if certain || mount.presence == Presence::OnDemand { mount.presence } else { Presence::Likely };
        let mount_point = mount.mount_point.clone();
        if mount.packages_listed.is_some_and(|count| count > 0) {
            let (instance, mount_point) = (host.instance_id.clone(), mount_point.clone());
            read.inside.push((number, SeenInside::PluginList { instance, mount_point }));
        }
        let evidence = MountEvidence::OnHost { source, presence, mount_point };
        read.mounts.push((number, MountItem { evidence, at: host.observed_at }));
    }
    if host.incomplete.is_none() && resolved && host.observed_at.is_some() {
        read.absent = Some(MountItem { evidence: MountEvidence::NotOnHost(source), at: host.observed_at });
    }
    read
}

/// The file system behind a mount, by its id or by the address of one of its mount targets, and whether that is certain.
fn number(mount: &HostMount, instance: &str, numbers: &Numbers<'_>) -> Option<(usize, bool)> {
    if !matches!(mount.kind, MountKind::Efs | MountKind::Unresolved | MountKind::OtherNfs) {
        return None;
    }
    let by_id = mount.file_system_id.as_deref().and_then(|id| numbers.file_systems.get(id));
    by_id.map(|number| (*number, true)).or_else(|| numbers.at(mount.address?, instance))
}
