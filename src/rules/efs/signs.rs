//! Signs that the scan itself is behind what the series show: when it began, and where it has been. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};

use super::conditions::seen;
use super::exposure::{Exposed, Group};
use crate::model::{HostMounts, Instance, MountKind, Target};

/// Deep inspection gave up on an instance because it met too much: a weak sign of a large file system (Inspector user
/// guide, "Scanning status values", 2026-10).
const LIMITS: [&str; 2] =
    ["DEEP_INSPECTION_COLLECTION_TIME_LIMIT_EXCEEDED", "DEEP_INSPECTION_PACKAGE_COLLECTION_LIMIT_EXCEEDED"];
/// A first run is a beginning only where the window also shows so much time without one: how long Systems Manager
/// keeps runs is not documented.
const QUIET_BEFORE: Duration = Duration::days(1);
/// Scanning has to be older than this before "not seen" means anything.
const TOO_EARLY: Duration = Duration::days(2);
/// So many runs it takes to say "not seen" (starting value, synthetic data).
const ENOUGH_RUNS: usize = 8;
/// The most sentences about one file system.
const MAX_SAID: usize = 5;

/// Something that may have set the move off.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Start {
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// What, e.g. `the VM Scanner was activated`.
    pub(crate) what: &'static str,
}

/// The signs of one target.
#[derive(Debug, Default)]
pub(crate) struct Signs {
    /// By time.
    starts: Vec<Start>,
    /// The first time at which a scan is known to have run or been switched on.
    first_known: Option<DateTime<Utc>>,
    /// Known runs of the association, where all were read.
    runs: Option<usize>,
    vm_scanner: bool,
    /// By file system: where the scanner has been seen inside.
    inside: BTreeMap<String, BTreeSet<String>>,
    /// By number of the group: instances on which deep inspection met its limits.
    limited: BTreeMap<usize, Vec<String>>,
}

impl Signs {
    /// Gathers the signs of `target`, in one pass over each source.
    pub(crate) fn of(target: &Target, instances: &[&Instance], groups: &[Group]) -> Self {
        let configuration = target.inspector.configuration.complete();
        let vm_scanner = configuration.is_some_and(|it| it.vm_scanner_activated == Some(true));
        let activated = configuration.and_then(|it| it.vm_scanner_activated_at).filter(|_| vm_scanner);
        let runs = target.evidence.association_runs.complete();
        let first_run = runs.and_then(|runs| runs.rows.iter().map(|run| run.at).min());
        let whole = runs.is_some_and(|runs| runs.truncated.is_none());
        let window = target.evidence.efs_metrics.complete().and_then(|metrics| metrics.from);
        let first_run_is_first = whole
            && first_run.is_some_and(|run| window.is_some_and(|from| run.signed_duration_since(from) >= QUIET_BEFORE));
        let mut starts: Vec<Start> =
            activated.map(|at| Start { at, what: "the VM Scanner was activated" }).into_iter().collect();
        if let Some(at) = first_run.filter(|_| first_run_is_first) {
            starts.push(Start { at, what: "the scan's association first ran" });
        }
        starts.sort();
        Self {
            starts,
            first_known: [activated, first_run].into_iter().flatten().min(),
            runs: runs.filter(|_| whole).map(|runs| runs.rows.len()),
            vm_scanner,
            inside: inside(target),
            limited: limited(target, instances, groups),
        }
    }

    /// The beginnings that a move may be in step with, earliest first.
    pub(crate) fn starts(&self) -> &[Start] {
        &self.starts
    }

    /// Since when every read may be the scan's: its only known beginning.
    pub(crate) fn scanned_since(&self) -> Option<DateTime<Utc>> {
        self.starts.first().map(|start| start.at).filter(|at| self.first_known == Some(*at))
    }

    /// Where the scanner has been seen inside a file system; decisive.
    pub(crate) fn inside(&self, file_system: &str) -> Vec<&str> {
        let said = self.inside.get(file_system).into_iter().flatten();
        said.take(MAX_SAID).map(String::as_str).collect()
    }

    /// Exposed instances on which deep inspection met its limits; weak.
    pub(crate) fn limited(&self, exposed: &Exposed<'_>) -> Vec<&str> {
        let ids = exposed.groups.iter().filter_map(|number| self.limited.get(number)).flatten();
        ids.take(MAX_SAID).map(String::as_str).collect()
    }

    /// Why "no move seen" would say nothing yet.
    pub(crate) fn too_early(&self, end: DateTime<Utc>) -> Option<String> {
        if let Some(first) = self.first_known.filter(|first| end - *first < TOO_EARLY) {
            return Some(format!("the first known scan is of {}, less than 48 hours before", first.to_rfc3339()));
        }
        let runs = self.runs.filter(|runs| *runs < ENOUGH_RUNS && !self.vm_scanner)?;
        Some(format!("only {runs} runs of the scan are known, and {ENOUGH_RUNS} are needed"))
    }
}

/// All hosts whose mounts were seen.
pub(crate) fn hosts(target: &Target) -> impl Iterator<Item = &HostMounts> {
    let sources = [&target.evidence.probe, &target.evidence.tables];
    sources.into_iter().filter_map(|section| section.complete()).flat_map(|observed| &observed.rows)
}

/// Instances on which deep inspection met its limits, by group.
fn limited(target: &Target, instances: &[&Instance], groups: &[Group]) -> BTreeMap<usize, Vec<String>> {
    let rows = seen(&target.inspector.ec2_coverage).unwrap_or_default();
    let is_limit = |reason: &String| LIMITS.contains(&reason.as_str());
    let ids: HashSet<&str> = rows
        .iter()
        .filter(|row| row.reason.as_ref().is_some_and(is_limit))
        .map(|row| row.instance_id.as_str())
        .collect();
    let mut by_group: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    if ids.is_empty() {
        return by_group;
    }
    for (number, group) in groups.iter().enumerate() {
        for instance in group.members.iter().filter_map(|member| instances.get(*member as usize)) {
            if ids.contains(instance.id.as_str()) {
                by_group.entry(number).or_default().push(instance.id.clone());
            }
        }
    }
    by_group
}

/// A mount point of an instance, and the EFS file system there, if it is one.
type Mounted<'a> = (&'a str, Option<&'a str>);

/// Where the scanner has been: packages that the plugin listed below a mount point, and packages that Inspector
/// reported there.
fn inside(target: &Target) -> BTreeMap<String, BTreeSet<String>> {
    let mut inside: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut mounts: HashMap<&str, Vec<Mounted<'_>>> = HashMap::new();
    let by_address: HashMap<IpAddr, &str> = seen(&target.efs.mount_targets)
        .unwrap_or_default()
        .iter()
        .flat_map(|mount| {
            let addresses = [mount.ipv4.map(IpAddr::V4), mount.ipv6.map(IpAddr::V6)];
            addresses.into_iter().flatten().map(|address| (address, mount.file_system_id.as_str()))
        })
        .collect();
    for host in hosts(target) {
        for mount in &host.mounts {
            let by_address = || mount.address.and_then(|address| by_address.get(&address).copied());
            let may_be_efs = matches!(mount.kind, MountKind::Efs | MountKind::Unresolved | MountKind::OtherNfs);
            let file_system = mount.file_system_id.as_deref().or_else(by_address).filter(|_| may_be_efs);
            let place = mount.mount_point.as_deref().unwrap_or("its mount point");
            if let (Some(id), Some(count)) = (file_system, mount.packages_listed.filter(|count| *count > 0)) {
                let said = format!("Inspector's plugin on {} listed {count} packages below {place}", host.instance_id);
                inside.entry(id.to_owned()).or_default().insert(said);
            }
            if let Some(point) = &mount.mount_point {
                mounts.entry(&host.instance_id).or_default().push((trimmed(point), file_system));
            }
        }
    }
    let declared = target.evidence.declared.complete().into_iter().flat_map(|observed| &observed.rows);
    for row in declared.filter(|row| row.expires_at.is_none_or(|until| until >= target.taken_at)) {
        if let (Some(id), Some(point)) = (&row.file_system_id, &row.mount_point) {
            mounts.entry(&row.instance_id).or_default().push((trimmed(point), Some(id)));
        }
    }
    for found in target.evidence.finding_paths.complete().into_iter().flat_map(|observed| &observed.rows) {
        let of_instance = mounts.get(found.instance_id.as_str()).map_or(&[][..], Vec::as_slice);
        if let Some((point, id)) = mounted_at(of_instance, &found.path) {
            let said = format!("Inspector reported {} on {}, below {point}", found.path, found.instance_id);
            inside.entry(id.to_owned()).or_default().insert(said);
        }
    }
    inside
}

fn trimmed(point: &str) -> &str {
    point.trim_end_matches('/')
}

/// The file system at `path`: that of the longest mount point above it. None where another kind of mount lies there,
/// or where two sources disagree. A mount at `/` says nothing: everything lies below it.
fn mounted_at<'a>(mounts: &[Mounted<'a>], path: &str) -> Option<(&'a str, &'a str)> {
    let is_below = |point: &str| {
        !point.is_empty() && path.strip_prefix(point).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let above: Vec<&Mounted<'a>> = mounts.iter().filter(|(point, _)| is_below(point)).collect();
    let longest = above.iter().map(|(point, _)| point.len()).max()?;
    let mut there = above.into_iter().filter(|(point, _)| point.len() == longest);
    let (point, id) = there.next()?;
    let id = (*id)?;
    there.all(|(_, other)| *other == Some(id)).then_some((point, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_longest_mount_point_above_it() {
        let mounts =
            [("/mnt/efs", Some("fs-0a")), ("/mnt/efs/inner", None), ("", Some("fs-0b")), ("/x", Some("fs-0a"))];
        for (path, expected) in [
            ("/mnt/efs", Some("fs-0a")),
            ("/mnt/efs/lib/a.jar", Some("fs-0a")),
            ("/mnt/efs2/lib/a.jar", None),
            ("/mnt/efs/inner/a.jar", None),
            ("/usr/lib/a.jar", None),
            ("", None),
        ] {
            assert_eq!(mounted_at(&mounts, path).map(|(_, id)| id), expected, "{path:?}");
        }
        let disagreeing = [("/x", Some("fs-0a")), ("/x", Some("fs-0b"))];
        assert_eq!(mounted_at(&disagreeing, "/x/y"), None);
    }
}
