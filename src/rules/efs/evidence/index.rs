//! All items of one target, by number of instance and file system.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};

use super::combine::{Combined, Network, combine};
use super::hosts::{self, Host};
use super::numbers::{Numbers, rows};
use super::scope::is_below;
use crate::model::{ClientConnection, FileSystem, FileSystemMetrics, Instance, Target};
use crate::rules::finding::efs::SeenInside;
use crate::rules::{HostSource, MountEvidence, MountItem};

/// A client in CloudTrail: the file system, the instance or the address, and the access point that events name.
type Client<'e> = (&'e str, Option<&'e str>, Option<IpAddr>, Option<&'e str>);

/// What is known of mounts beside the network.
#[derive(Debug, Default)]
pub(crate) struct EvidenceIndex {
    now: DateTime<Utc>,
    pairs: HashMap<(u32, usize), Vec<MountItem>>,
    /// What an instance says of every file system but those that the same answer names.
    of_instance: HashMap<u32, Vec<(MountItem, BTreeSet<usize>)>>,
    /// By file system: whether anybody is connected.
    of_file_system: Vec<Option<MountItem>>,
    /// By file system: where Inspector was seen below its mount point.
    inside: BTreeMap<usize, BTreeSet<SeenInside>>,
    /// Instances that have anything of their own.
    concerned: BTreeSet<u32>,
    /// By instance: an NFS client that SSM's inventory lists.
    installed: HashMap<u32, String>,
    /// File systems that evidence names together with an instance that is not among those listed.
    named_unseen: BTreeSet<usize>,
}

impl EvidenceIndex {
    /// Reads the evidence of a target; `instances` and `file_systems` give the numbers.
    pub(crate) fn of(target: &Target, instances: &[&Instance], file_systems: &[&FileSystem]) -> Self {
        let numbers = Numbers::of(target, instances, file_systems);
        let mut index = Self {
            now: target.taken_at,
            of_file_system: file_systems.iter().map(|fs| connections(target, &fs.id)).collect(),
            ..Self::default()
        };
        let evidence = &target.evidence;
        for host in rows(&evidence.probe)
            .iter()
            .map(|row| (row, HostSource::Probe))
            .chain(rows(&evidence.tables).iter().map(|row| (row, HostSource::SavedTable)))
        {
            index.host(hosts::read(host.0, host.1, &numbers), &numbers);
        }
        for task in rows(&evidence.efs_tasks) {
            let item = MountItem { evidence: MountEvidence::EcsTask { volume: task.volume.clone() }, at: None };
            index.pair(&numbers, &task.instance_id, &task.file_system_id, item);
        }
        for stream in rows(&evidence.efs_utils_streams) {
            let evidence = MountEvidence::EfsUtilsStream { group: stream.group.clone() };
            let item = MountItem { evidence, at: stream.last_event };
            index.pair(&numbers, &stream.instance_id, &stream.file_system_id, item);
        }
        index.declared(target, &numbers);
        index.connections(target, instances, &numbers);
        index.scanner_inside(target, &numbers);
        for row in rows(&evidence.nfs_clients) {
            let nfs = ["amazon-efs-utils", "nfs-utils", "nfs-common"].contains(&row.package.as_str());
            if let Some(instance) = numbers.instances.get(row.instance_id.as_str()).filter(|_| nfs) {
                // The mount helper says more than a client for any NFS.
                let known = index.installed.entry(*instance).or_insert_with(|| row.package.clone());
                if row.package == "amazon-efs-utils" {
                    known.clone_from(&row.package);
                }
            }
        }
        index
    }

    /// The instances that have evidence of their own, ascending.
    pub(super) fn concerned(&self) -> impl Iterator<Item = u32> + '_ {
        self.concerned.iter().copied()
    }

    /// The file systems that items of an instance name.
    pub(super) fn named_by(&self) -> BTreeMap<u32, BTreeSet<usize>> {
        let mut named: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
        let keys: BTreeSet<&(u32, usize)> = self.pairs.keys().collect();
        for (instance, file_system) in keys {
            named.entry(*instance).or_default().insert(*file_system);
        }
        named
    }

    /// Whether an instance's own answer speaks about every file system.
    pub(super) fn is_settled(&self, instance: u32) -> bool {
        self.of_instance.get(&instance).is_some_and(|items| items.iter().any(|(item, _)| item.holds(self.now)))
    }

    /// Whether nobody was connected to a file system for a day.
    pub(crate) fn nobody_connected(&self, file_system: usize) -> bool {
        self.connected(file_system).is_some_and(|item| item.evidence == MountEvidence::NoConnections)
    }

    /// Whether evidence names the file system together with an instance that was not listed.
    pub(crate) fn names_unseen(&self, file_system: usize) -> bool {
        self.named_unseen.contains(&file_system)
    }

    /// What CloudWatch says of connections to a file system.
    pub(crate) fn connected(&self, file_system: usize) -> Option<&MountItem> {
        self.of_file_system.get(file_system).and_then(Option::as_ref)
    }

    /// Where Inspector was seen below a mount point of a file system.
    pub(crate) fn scanner_seen(&self, file_system: usize) -> impl Iterator<Item = &SeenInside> {
        self.inside.get(&file_system).into_iter().flatten()
    }

    /// Whether Inspector was seen below a mount point of a file system.
    pub(crate) fn is_scanner_seen(&self, file_system: usize) -> bool {
        self.scanner_seen(file_system).next().is_some()
    }

    /// The NFS client that SSM's inventory lists for an instance.
    pub(crate) fn nfs_client(&self, instance: u32) -> Option<&str> {
        self.installed.get(&instance).map(String::as_str)
    }

    /// The state of a pair.
    pub(crate) fn state(&self, instance: u32, file_system: usize, network: Network) -> Combined {
        let mut items: Vec<MountItem> = self.pairs.get(&(instance, file_system)).cloned().unwrap_or_default();
        let own = self.of_instance.get(&instance).into_iter().flatten();
        items.extend(own.filter(|(_, named)| !named.contains(&file_system)).map(|(item, _)| item.clone()));
        items.extend(self.connected(file_system).cloned());
        combine(&items, network, self.now)
    }

    fn pair(&mut self, numbers: &Numbers<'_>, instance: &str, file_system: &str, item: MountItem) {
        if let Some(file_system) = numbers.file_systems.get(file_system) {
            self.pair_of(numbers, instance, *file_system, item);
        }
    }

    fn pair_of(&mut self, numbers: &Numbers<'_>, instance: &str, file_system: usize, item: MountItem) {
        let Some(instance) = numbers.instances.get(instance).copied() else {
            self.named_unseen.insert(file_system);
            return;
        };
        self.concerned.insert(instance);
        self.pairs.entry((instance, file_system)).or_default().push(item);
    }

    fn host(&mut self, host: Host<'_>, numbers: &Numbers<'_>) {
        let named: BTreeSet<usize> = host.mounts.iter().map(|(file_system, _)| *file_system).collect();
        for (file_system, item) in host.mounts {
            self.pair_of(numbers, host.instance, file_system, item);
        }
        for (file_system, seen) in host.inside {
            self.inside.entry(file_system).or_default().insert(seen);
        }
        if let (Some(absent), Some(instance)) = (host.absent, numbers.instances.get(host.instance)) {
            self.concerned.insert(*instance);
            self.of_instance.entry(*instance).or_default().push((absent, named));
        }
    }

    fn declared(&mut self, target: &Target, numbers: &Numbers<'_>) {
        for row in rows(&target.evidence.declared) {
            if row.expires_at.is_some_and(|end| end < target.taken_at) {
                continue;
            }
            let (origin, note, at) = (row.origin.clone(), row.note.clone(), row.observed_at);
            match &row.file_system_id {
                Some(file_system) => {
                    let evidence = MountEvidence::Declared { origin, note, mount_point: row.mount_point.clone() };
                    self.pair(numbers, &row.instance_id, file_system, MountItem { evidence, at });
                }
                None => {
                    if let Some(instance) = numbers.instances.get(row.instance_id.as_str()) {
                        self.concerned.insert(*instance);
                        let item = MountItem { evidence: MountEvidence::DeclaredNone { origin, note }, at };
                        self.of_instance.entry(*instance).or_default().push((item, BTreeSet::new()));
                    }
                }
            }
        }
    }

    /// Authorised clients. The last event of a client without the permission to mount takes back what came before it.
    fn connections(&mut self, target: &Target, instances: &[&Instance], numbers: &Numbers<'_>) {
        let events = rows(&target.evidence.efs_connections);
        if events.is_empty() {
            return;
        }
        let mut owners: HashMap<IpAddr, Vec<&Instance>> = HashMap::new();
        for instance in instances {
            for interface in &instance.network_interfaces {
                let v4 = interface.private_ipv4.iter().copied().map(IpAddr::V4);
                for address in v4.chain(interface.ipv6.iter().copied().map(IpAddr::V6)) {
                    let owners = owners.entry(address).or_default();
                    if owners.last().is_none_or(|last| last.id != instance.id) {
                        owners.push(instance);
                    }
                }
            }
        }
        let mut newest: BTreeMap<Client<'_>, &ClientConnection> = BTreeMap::new();
        for event in events {
            let (file_system, instance) = (event.file_system_id.as_str(), event.instance_id.as_deref());
            let client = (file_system, instance, event.address, event.access_point.as_deref());
            let known = newest.entry(client).or_insert(event);
            if event.at > known.at {
                *known = event;
            }
        }
        for event in newest.into_values().filter(|event| event.client_mount != Some(false)) {
            if let Some(instance) = &event.instance_id {
                let number = numbers.instances.get(instance.as_str()).and_then(|number| usize::try_from(*number).ok());
                let since = number.and_then(|number| instances.get(number)).and_then(|it| it.launch_time);
                if since.is_none_or(|launched| launched <= event.at) {
                    let item = MountItem { evidence: MountEvidence::CloudTrailInstance, at: Some(event.at) };
                    self.pair(numbers, instance, &event.file_system_id, item);
                }
                continue;
            }
            let Some(address) = event.address else { continue };
            let owners = owners.get(&address).map(Vec::as_slice).unwrap_or_default();
            if owners.is_empty() {
                self.named_unseen.extend(numbers.file_systems.get(event.file_system_id.as_str()));
            }
            for owner in owners.iter().filter(|owner| owner.launch_time.is_none_or(|launched| launched <= event.at)) {
                let is_certain = owners.len() == 1 && owner.launch_time.is_some();
                let evidence = MountEvidence::CloudTrailAddress { address, is_certain };
                self.pair(numbers, &owner.id, &event.file_system_id, MountItem { evidence, at: Some(event.at) });
            }
        }
    }

    /// Packages that Inspector reported below the mount points that items name.
    fn scanner_inside(&mut self, target: &Target, numbers: &Numbers<'_>) {
        let paths = rows(&target.evidence.finding_paths);
        if paths.is_empty() {
            return;
        }
        let mut points: HashMap<u32, Vec<(usize, &str)>> = HashMap::new();
        let keys: BTreeSet<&(u32, usize)> = self.pairs.keys().collect();
        for key in keys {
            let items = self.pairs.get(key).into_iter().flatten();
            let at = items.filter_map(|item| Some((key.1, item.evidence.mount_point()?)));
            points.entry(key.0).or_default().extend(at);
        }
        let mut volumes: HashMap<u32, Vec<(usize, &str)>> = HashMap::new();
        for task in rows(&target.evidence.efs_tasks) {
            let instance = numbers.instances.get(task.instance_id.as_str());
            if let Some((instance, number)) = instance.zip(numbers.file_systems.get(task.file_system_id.as_str())) {
                volumes.entry(*instance).or_default().push((*number, &task.volume));
            }
        }
        let mut seen: Vec<(usize, SeenInside)> = Vec::new();
        for row in paths {
            let Some(instance) = numbers.instances.get(row.instance_id.as_str()) else { continue };
            // Of mounts inside each other, the innermost holds the file.
            let above = points.get(instance).into_iter().flatten().filter(|(_, point)| is_below(&row.path, point));
            if let Some((file_system, point)) = above.max_by_key(|(_, point)| point.trim_end_matches('/').len()) {
                let (mount_point, instance) = ((*point).to_owned(), row.instance_id.clone());
                seen.push((*file_system, SeenInside::Package { mount_point, instance }));
            } else if let Some(directory) = ecs_volume(&row.path) {
                let tasks = volumes.get(instance).into_iter().flatten();
                let named: BTreeSet<usize> = tasks
                    .filter(|(_, volume)| !volume.is_empty() && directory.contains(&format!("-{volume}-")))
                    .map(|(number, _)| *number)
                    .collect();
                // Two volumes of which one's name is part of the other's cannot be told apart.
                if let (Some(file_system), 1) = (named.first(), named.len()) {
                    let (directory, instance) = (directory.to_owned(), row.instance_id.clone());
                    seen.push((*file_system, SeenInside::EcsVolume { directory, instance }));
                }
            }
        }
        for (file_system, place) in seen {
            self.inside.entry(file_system).or_default().insert(place);
        }
    }
}

/// The directory of a task's volume below which a path lies. The ECS agent names it after the task's family and revision,
/// the volume and a random word (amazon-ecs-agent issues 2454 and efs-utils issue 83 show such mounts).
fn ecs_volume(path: &str) -> Option<&str> {
    path.strip_prefix("/var/lib/ecs/volumes/")?.split('/').next().filter(|directory| directory.starts_with("ecs-"))
}

/// How much of the last 24 hours the series must cover to say that nobody was connected.
const COVERED: Duration = Duration::hours(20);
/// How old the window's end may be: a mount made since then does not show.
const RECENT: Duration = Duration::hours(6);

/// What `ClientConnections` says of the last 24 hours; `None` where it says nothing.
///
/// Zero counts only while another metric of the file system has data in the same window: a file system without any data
/// says nothing (EFS user guide, "CloudWatch metrics", 2026-10; whether the metric is sent as 0 is not documented).
fn connections(target: &Target, file_system: &str) -> Option<MountItem> {
    let metrics = target.evidence.efs_metrics.complete()?;
    let series: &FileSystemMetrics = metrics.file_systems.get(file_system)?;
    let end = metrics.to.unwrap_or(target.taken_at);
    let since = end.checked_sub_signed(Duration::hours(24))?;
    if target.taken_at.signed_duration_since(end) > RECENT || metrics.period == 0 {
        return None;
    }
    let recent = series.client_connections.iter().filter(|point| point.at >= since && point.at < end);
    // The same time twice is one period, with the larger value.
    let mut periods: BTreeMap<DateTime<Utc>, u64> = BTreeMap::new();
    for point in recent {
        let value = periods.entry(point.at).or_default();
        *value = point.value.max(*value);
    }
    let connected = periods.values().any(|value| *value > 0);
    let last = periods.keys().next_back().copied();
    if connected {
        return Some(MountItem { evidence: MountEvidence::ClientsConnected, at: last });
    }
    let count = i32::try_from(periods.len()).ok()?;
    let covered = Duration::seconds(i64::from(metrics.period)).checked_mul(count)?;
    let others = [&series.standard, &series.ia, &series.archive, &series.data_read];
    let alive = others.into_iter().flatten().any(|point| point.at >= since && point.at < end);
    (alive && covered >= COVERED && series.incomplete.is_none())
        .then_some(MountItem { evidence: MountEvidence::NoConnections, at: Some(since) })
}
