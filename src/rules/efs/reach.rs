//! Network reachability: which instances could open TCP 2049 to which file systems.
//!
//! Nothing here compares every instance with every file system. Mount targets with the same security groups form a
//! class; an index leads from group references and address ranges to classes; interfaces alike in VPC, groups and
//! matching ranges share one answer, a [`Pattern`].
//!
//! Source of the rules: EFS user guide, "Network access" and "Mounting from another VPC", 2026-10. A mount target's
//! own egress is never looked at: EFS does not use it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::admission::{Admission, ClassIndex, EgressTable, Way};
use super::vpc_links::{Link, VpcLinks};
use crate::model::{FileSystem, Instance, MountTarget, NetworkInterface, Section, SectionName, Target};
use crate::rules::Undecided;

/// What instances alike in network terms can reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pattern {
    /// File systems (by index) that they could mount, and what admits them.
    pub(crate) possible: BTreeMap<usize, Admission>,
    /// File systems of which that cannot be said, and what would decide.
    pub(crate) unknown: BTreeMap<usize, BTreeSet<Undecided>>,
    /// Nothing can be said at all: the answer held no network interface.
    pub(crate) blind: bool,
}

/// Reachability of one target's file systems.
#[derive(Debug)]
pub(crate) struct Reach {
    patterns: Vec<Pattern>,
    of_instance: Vec<usize>,
    /// By file system: set where its mount targets are not known, for every instance alike.
    pub(crate) unknown_mounts: BTreeMap<usize, Undecided>,
    /// By file system: whether anything at all could come in, as far as is known.
    pub(crate) can_be_reached: Vec<bool>,
    /// By file system: the foreign accounts whose groups its mount targets admit.
    pub(crate) foreign: Vec<BTreeSet<String>>,
}

impl Reach {
    /// Works out what `instances` can reach of `file_systems`.
    pub(crate) fn of(target: &Target, instances: &[&Instance], file_systems: &[&FileSystem]) -> Self {
        Mounts::of(target, file_systems).reach(instances)
    }

    /// The number of the pattern of the instance at `index`.
    pub(crate) fn pattern_of(&self, index: usize) -> usize {
        self.of_instance[index]
    }

    /// A pattern.
    pub(crate) fn pattern(&self, number: usize) -> &Pattern {
        &self.patterns[number]
    }
}

/// One mount target.
struct Mount<'a> {
    file_system: usize,
    vpc: &'a str,
    addresses: Vec<IpAddr>,
    groups: &'a [String],
}

/// What interfaces have to share to share an answer.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct InterfaceKey<'a> {
    vpc: Option<&'a str>,
    groups: Vec<&'a str>,
    nets: Vec<usize>,
}

/// The file systems' side.
struct Mounts<'a> {
    mounts: Vec<Mount<'a>>,
    classes: Vec<Vec<usize>>,
    index: ClassIndex,
    egress: EgressTable,
    links: VpcLinks<'a>,
    unknown_mounts: BTreeMap<usize, Undecided>,
    file_systems: usize,
    groups_seen: bool,
}

impl<'a> Mounts<'a> {
    fn of(target: &'a Target, file_systems: &[&FileSystem]) -> Self {
        let by_id: BTreeMap<&str, usize> =
            file_systems.iter().enumerate().map(|(index, fs)| (fs.id.as_str(), index)).collect();
        let groups = match &target.ec2.security_groups {
            Section::Complete(groups) => Some(groups.iter().map(|group| (group.id.as_str(), group)).collect()),
            Section::Missing(_) => None,
        };
        let (listed, unknown_mounts) = listed_mounts(target, file_systems, &by_id);
        let mut mounts = Vec::new();
        let mut class_of: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
        let mut classes: Vec<Vec<usize>> = Vec::new();
        for mount in listed.iter().filter(|mount| mount.state == "available") {
            let Some(file_system) = by_id.get(mount.file_system_id.as_str()) else { continue };
            let class = *class_of.entry(sorted(&mount.security_groups)).or_insert_with(|| {
                classes.push(Vec::new());
                classes.len() - 1
            });
            classes[class].push(mounts.len());
            let addresses = mount.ipv4.map(IpAddr::V4).into_iter().chain(mount.ipv6.map(IpAddr::V6)).collect();
            let (vpc, groups) = (mount.vpc_id.as_str(), mount.security_groups.as_slice());
            mounts.push(Mount { file_system: *file_system, vpc, addresses, groups });
        }
        Self {
            index: ClassIndex::new(&class_of, groups.as_ref(), &target.account),
            egress: EgressTable::new(groups.as_ref()),
            links: VpcLinks::of(target),
            groups_seen: groups.is_some(),
            file_systems: file_systems.len(),
            mounts,
            classes,
            unknown_mounts,
        }
    }

    fn reach(self, instances: &[&'a Instance]) -> Reach {
        let mut patterns = Interned::default();
        let mut of_interface: BTreeMap<InterfaceKey<'a>, usize> = BTreeMap::new();
        let mut of_combination: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let mut of_instance = Vec::with_capacity(instances.len());
        for instance in instances {
            let mut parts: Vec<usize> = instance
                .network_interfaces
                .iter()
                .map(|interface| {
                    let key = self.key(instance, interface);
                    if let Some(known) = of_interface.get(&key) {
                        return *known;
                    }
                    let number = patterns.number(self.judge(&key));
                    of_interface.insert(key, number);
                    number
                })
                .collect();
            parts.sort_unstable();
            parts.dedup();
            of_instance.push(match parts.as_slice() {
                [] => patterns.number(Pattern { blind: true, ..Pattern::default() }),
                [one] => *one,
                _ => match of_combination.get(&parts) {
                    Some(known) => *known,
                    None => {
                        let number = patterns.number(merge(parts.iter().map(|part| &patterns.all[*part])));
                        of_combination.insert(parts, number);
                        number
                    }
                },
            });
        }
        let mut can_be_reached = vec![false; self.file_systems];
        let mut foreign = vec![BTreeSet::new(); self.file_systems];
        for (class, members) in self.classes.iter().enumerate() {
            for mount in members {
                let file_system = self.mounts[*mount].file_system;
                can_be_reached[file_system] |= self.index.may_admit(class);
                foreign[file_system].extend(self.index.foreign_accounts(class).iter().cloned());
            }
        }
        for file_system in self.unknown_mounts.keys() {
            can_be_reached[*file_system] = true;
        }
        Reach { patterns: patterns.all, of_instance, unknown_mounts: self.unknown_mounts, can_be_reached, foreign }
    }

    fn key(&self, instance: &'a Instance, interface: &'a NetworkInterface) -> InterfaceKey<'a> {
        let vpc = interface.vpc_id.as_deref().or(instance.vpc_id.as_deref());
        if !self.groups_seen {
            // Without the groups' rules every interface of a VPC has the same answer.
            return InterfaceKey { vpc, groups: Vec::new(), nets: Vec::new() };
        }
        InterfaceKey { vpc, groups: sorted(&interface.security_groups), nets: self.index.nets_of(interface) }
    }

    /// What an interface can reach.
    fn judge(&self, key: &InterfaceKey<'_>) -> Pattern {
        let mut pattern = Pattern::default();
        let admissions = self.index.admissions(&key.groups, &key.nets);
        for (class, admissions) in &admissions {
            for mount in &self.classes[*class] {
                for admission in admissions {
                    self.judge_mount(key, &self.mounts[*mount], Some(admission), &BTreeSet::new(), &mut pattern);
                }
            }
        }
        for class in self.index.unknown_classes() {
            for mount in &self.classes[class] {
                self.judge_mount(key, &self.mounts[*mount], None, self.index.unknown(class), &mut pattern);
            }
        }
        pattern.unknown.retain(|file_system, _| !pattern.possible.contains_key(file_system));
        pattern
    }

    fn judge_mount(
        &self,
        key: &InterfaceKey<'_>,
        mount: &Mount<'_>,
        admission: Option<&Admission>,
        unseen: &BTreeSet<Undecided>,
        pattern: &mut Pattern,
    ) {
        if pattern.possible.contains_key(&mount.file_system) {
            return;
        }
        let link = key.vpc.map_or(Link::Apart, |vpc| self.links.between(vpc, mount.vpc));
        let mut blame = match link {
            Link::Apart => return,
            Link::Connected => BTreeSet::new(),
            Link::Unknown(blame) => blame,
        };
        match self.egress.way(&key.groups, admission, &mount.addresses, mount.groups) {
            Way::Closed => return,
            Way::Open => {}
            Way::Unknown(unknown) => blame.extend(unknown),
        }
        blame.extend(unseen.iter().cloned());
        match admission {
            Some(admission) if blame.is_empty() => {
                pattern.possible.insert(mount.file_system, admission.clone());
            }
            _ => pattern.unknown.entry(mount.file_system).or_default().extend(blame),
        }
    }
}

/// The mount targets that were listed, and the file systems whose mount targets were not.
fn listed_mounts<'a>(
    target: &'a Target,
    file_systems: &[&FileSystem],
    by_id: &BTreeMap<&str, usize>,
) -> (&'a [MountTarget], BTreeMap<usize, Undecided>) {
    let mut unknown = BTreeMap::new();
    let listed: &[MountTarget] = match &target.efs.mount_targets {
        Section::Complete(mounts) => mounts,
        Section::Missing(gap) => {
            let may_have = file_systems.iter().enumerate().filter(|(_, fs)| fs.number_of_mount_targets > 0);
            if !gap.reason.hides_nothing() {
                unknown.extend(may_have.map(|(index, _)| (index, Undecided::section(SectionName::EfsMountTargets))));
            }
            &[]
        }
    };
    for id in target.efs.mount_target_gaps.keys() {
        if let Some(index) = by_id.get(id.as_str()) {
            unknown.insert(*index, Undecided::resource(SectionName::EfsMountTargets, id.clone()));
        }
    }
    (listed, unknown)
}

/// Patterns by number, each once.
#[derive(Default)]
struct Interned {
    numbers: BTreeMap<Pattern, usize>,
    all: Vec<Pattern>,
}

impl Interned {
    fn number(&mut self, pattern: Pattern) -> usize {
        if let Some(known) = self.numbers.get(&pattern) {
            return *known;
        }
        self.all.push(pattern.clone());
        self.numbers.insert(pattern, self.all.len() - 1);
        self.all.len() - 1
    }
}

fn merge<'p>(parts: impl Iterator<Item = &'p Pattern>) -> Pattern {
    let mut whole = Pattern::default();
    for part in parts {
        for (file_system, admission) in &part.possible {
            whole.possible.entry(*file_system).or_insert_with(|| admission.clone());
        }
        for (file_system, blame) in &part.unknown {
            whole.unknown.entry(*file_system).or_default().extend(blame.iter().cloned());
        }
    }
    whole.unknown.retain(|file_system, _| !whole.possible.contains_key(file_system));
    whole
}

fn sorted(ids: &[String]) -> Vec<&str> {
    let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
