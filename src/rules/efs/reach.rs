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

use super::egress::{Egress, EgressTable};
use super::evidence::Network;
use super::fast_map::FastMap;
use super::ingress::{ClassIndex, Families, GroupNumber};
use super::pattern::{Interned, Pattern, merge};
use super::prefix_lists::PrefixLists;
use super::vpc_links::{Link, VpcLinks};
use crate::model::{FileSystem, Instance, MountTarget, NetworkInterface, Section, SectionName, Target};
use crate::rules::Blocker;
use crate::rules::finding::efs::Admission;

/// Reachability of one target's file systems.
#[derive(Debug)]
pub(crate) struct Reach<'a> {
    mounts: Mounts<'a>,
    patterns: Vec<Pattern>,
    of_instance: Vec<usize>,
    /// The pattern of the network alone, of instances that evidence gave another one.
    of_network: FastMap<usize, usize>,
    /// By file system: whether anything at all could come in, as far as is known.
    pub(crate) can_be_reached: Vec<bool>,
    /// By file system: the foreign accounts whose groups its mount targets admit.
    pub(crate) foreign: Vec<BTreeSet<String>>,
}

impl<'a> Reach<'a> {
    /// Works out what `instances` can reach of `file_systems`.
    pub(crate) fn of(target: &'a Target, instances: &[&'a Instance], file_systems: &[&FileSystem]) -> Self {
        let mut mounts = Mounts::of(target, file_systems);
        let (patterns, of_instance) = mounts.patterns(instances);
        let mut can_be_reached = vec![false; file_systems.len()];
        let mut foreign = vec![BTreeSet::new(); file_systems.len()];
        for (class, members) in mounts.classes.iter().enumerate() {
            for mount in members {
                let file_system = mounts.mounts[*mount].file_system;
                can_be_reached[file_system] |= mounts.index.may_admit(class, mounts.mounts[*mount].families());
                foreign[file_system].extend(mounts.index.foreign_accounts(class).iter().cloned());
            }
        }
        for file_system in mounts.unknown_mounts.keys() {
            can_be_reached[*file_system] = true;
        }
        Self { mounts, patterns, of_instance, of_network: FastMap::default(), can_be_reached, foreign }
    }

    /// By file system: set where its mount targets are not known, for every instance alike.
    pub(crate) fn unknown_mounts(&self) -> &BTreeMap<usize, Blocker> {
        &self.mounts.unknown_mounts
    }

    /// The number of the pattern of the instance at `index`.
    pub(crate) fn pattern_of(&self, index: usize) -> usize {
        self.of_instance[index]
    }

    pub(crate) fn pattern(&self, number: usize) -> &Pattern {
        &self.patterns[number]
    }

    /// The number of the pattern of the instance at `index`, if there is such an instance.
    pub(crate) fn number_at(&self, index: usize) -> Option<usize> {
        self.of_instance.get(index).copied()
    }

    /// What the network alone says of a pair, whatever evidence has made of it.
    pub(crate) fn network(&self, index: usize, file_system: usize) -> Network {
        let before = self.of_network.get(&index).copied().or_else(|| self.number_at(index));
        let Some(pattern) = before.and_then(|number| self.patterns.get(number)) else { return Network::Unknown };
        if pattern.possible.binary_search(&file_system).is_ok() {
            Network::Reachable
        } else if pattern.blind
            || pattern.unknown.contains_key(&file_system)
            || self.mounts.unknown_mounts.contains_key(&file_system)
        {
            Network::Unknown
        } else {
            Network::Unreachable
        }
    }

    /// Adds a pattern and gives its number.
    pub(crate) fn add(&mut self, pattern: Pattern) -> usize {
        self.patterns.push(pattern);
        self.patterns.len() - 1
    }

    /// Gives the instance at `index` another pattern.
    pub(crate) fn assign(&mut self, index: usize, number: usize) {
        if let Some(of) = self.of_instance.get_mut(index) {
            self.of_network.entry(index).or_insert(*of);
            *of = number;
        }
    }

    /// Whether a file system's mount targets let in nothing but groups of this account: no range of addresses, no list
    /// of them, no foreign group, and nothing unseen.
    pub(crate) fn admits_only_own_groups(&self, file_system: usize) -> bool {
        let classes = self.mounts.classes_of.get(file_system);
        self.foreign.get(file_system).is_some_and(BTreeSet::is_empty)
            && !self.mounts.unknown_mounts.contains_key(&file_system)
            && classes.is_some_and(|classes| classes.iter().all(|class| self.mounts.index.admits_only_groups(*class)))
    }

    /// Whether a file system has an available mount target, as far as is known.
    pub(crate) fn has_mount_target(&self, file_system: usize) -> bool {
        self.mounts.unknown_mounts.contains_key(&file_system)
            || self.mounts.classes_of.get(file_system).is_some_and(|classes| !classes.is_empty())
    }

    /// The rules that admit `instance` to a file system.
    pub(crate) fn admissions(&self, instance: &Instance, file_system: usize) -> Vec<Admission> {
        self.mounts.admissions(instance, file_system)
    }
}

#[derive(Debug)]
struct Mount<'a> {
    file_system: usize,
    vpc: &'a str,
    addresses: Vec<IpAddr>,
    groups: &'a [String],
}

impl Mount<'_> {
    fn families(&self) -> Families {
        Families::of(self.addresses.iter().copied())
    }
}

/// What interfaces have to share to share an answer.
#[derive(PartialEq, Eq, Hash)]
struct InterfaceKey<'a> {
    vpc: Option<&'a str>,
    groups: Vec<GroupNumber>,
    nets: Vec<u32>,
    families: Families,
}

#[derive(Debug)]
struct Mounts<'a> {
    mounts: Vec<Mount<'a>>,
    classes: Vec<Vec<usize>>,
    /// By file system: the classes of its mount targets.
    classes_of: Vec<BTreeSet<usize>>,
    index: ClassIndex,
    egress: EgressTable,
    links: VpcLinks<'a>,
    unknown_mounts: BTreeMap<usize, Blocker>,
    groups_seen: bool,
}

impl<'a> Mounts<'a> {
    fn of(target: &'a Target, file_systems: &[&FileSystem]) -> Self {
        let by_id: BTreeMap<&str, usize> =
            file_systems.iter().enumerate().map(|(index, fs)| (fs.id.as_str(), index)).collect();
        let groups = target.ec2.security_groups.complete();
        let groups = groups.map(|groups| groups.iter().map(|group| (group.id.as_str(), group)).collect());
        let (listed, unknown_mounts) = listed_mounts(target, file_systems, &by_id);
        let mut mounts = Vec::new();
        let mut class_of: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
        let mut classes: Vec<Vec<usize>> = Vec::new();
        let mut classes_of = vec![BTreeSet::new(); file_systems.len()];
        for mount in listed.iter().filter(|mount| mount.state == "available") {
            let Some(file_system) = by_id.get(mount.file_system_id.as_str()) else { continue };
            let mut key: Vec<&str> = mount.security_groups.iter().map(String::as_str).collect();
            key.sort_unstable();
            key.dedup();
            let class = *class_of.entry(key).or_insert_with(|| {
                classes.push(Vec::new());
                classes.len() - 1
            });
            classes[class].push(mounts.len());
            classes_of[*file_system].insert(class);
            let addresses = mount.ipv4.map(IpAddr::V4).into_iter().chain(mount.ipv6.map(IpAddr::V6)).collect();
            let (vpc, groups) = (mount.vpc_id.as_str(), mount.security_groups.as_slice());
            mounts.push(Mount { file_system: *file_system, vpc, addresses, groups });
        }
        let lists = PrefixLists::of(target);
        let mut index = ClassIndex::new(&class_of, groups.as_ref(), &lists, &target.account);
        Self {
            egress: EgressTable::new(groups.as_ref(), &lists, &mut index),
            index,
            links: VpcLinks::of(target),
            groups_seen: groups.is_some(),
            mounts,
            classes,
            classes_of,
            unknown_mounts,
        }
    }

    /// All distinct patterns, and that of each instance.
    fn patterns(&mut self, instances: &[&'a Instance]) -> (Vec<Pattern>, Vec<usize>) {
        let mut patterns = Interned::default();
        let mut of_interface: FastMap<InterfaceKey<'a>, usize> = FastMap::default();
        let mut of_combination: FastMap<Vec<usize>, usize> = FastMap::default();
        let mut of_instance = Vec::with_capacity(instances.len());
        for instance in instances {
            let mut parts: Vec<usize> = Vec::with_capacity(instance.network_interfaces.len());
            for interface in &instance.network_interfaces {
                let key = self.key(instance, interface);
                parts.push(match of_interface.get(&key) {
                    Some(known) => *known,
                    None => {
                        let number = patterns.number(self.judge(&key));
                        of_interface.insert(key, number);
                        number
                    }
                });
            }
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
        (patterns.all, of_instance)
    }

    fn key(&mut self, instance: &'a Instance, interface: &'a NetworkInterface) -> InterfaceKey<'a> {
        let vpc = interface.vpc_id.as_deref().or(instance.vpc_id.as_deref());
        let families = families(interface);
        if !self.groups_seen {
            // Without the groups' rules every interface of a VPC has the same answer.
            return InterfaceKey { vpc, groups: Vec::new(), nets: Vec::new(), families };
        }
        let mut groups: Vec<GroupNumber> = interface.security_groups.iter().map(|id| self.index.number(id)).collect();
        groups.sort_unstable();
        groups.dedup();
        InterfaceKey { vpc, groups, nets: self.index.nets_of(interface), families }
    }

    /// What an interface can reach.
    fn judge(&self, key: &InterfaceKey<'_>) -> Pattern {
        let mut pattern = Pattern::default();
        for (class, families) in self.index.admitted(&key.groups, &key.nets) {
            for mount in &self.classes[class] {
                self.judge_mount(key, &self.mounts[*mount], families, None, &mut pattern);
            }
        }
        for class in self.index.unknown_classes() {
            let unseen = Some(self.index.unknown(class));
            for mount in &self.classes[class] {
                self.judge_mount(key, &self.mounts[*mount], Families::ALL, unseen, &mut pattern);
            }
        }
        pattern.possible.sort_unstable();
        pattern.possible.dedup();
        pattern.unknown.retain(|file_system, _| pattern.possible.binary_search(file_system).is_err());
        pattern
    }

    fn judge_mount(
        &self,
        key: &InterfaceKey<'_>,
        mount: &Mount<'_>,
        admitted: Families,
        unseen: Option<&BTreeSet<Blocker>>,
        pattern: &mut Pattern,
    ) {
        let link = key.vpc.map_or(Link::Apart, |vpc| self.links.between(vpc, mount.vpc));
        let mut blame = match link {
            Link::Apart => return,
            Link::Connected => BTreeSet::new(),
            Link::Unknown(blame) => blame,
        };
        // A family of addresses counts only where both sides have it.
        let families = admitted.shared(key.families).shared(mount.families());
        if families.is_empty() {
            return;
        }
        match self.egress.towards(&self.index, &key.groups, families, &mount.addresses, mount.groups) {
            Egress::Closed => return,
            Egress::Open => {}
            Egress::Unknown(unknown) => blame.extend(unknown),
        }
        if blame.is_empty() && unseen.is_none() {
            pattern.possible.push(mount.file_system);
            return;
        }
        blame.extend(unseen.into_iter().flatten().cloned());
        pattern.unknown.entry(mount.file_system).or_default().extend(blame);
    }

    fn admissions(&self, instance: &Instance, file_system: usize) -> Vec<Admission> {
        let mut found = Vec::new();
        for interface in &instance.network_interfaces {
            let nets = self.index.nets_of(interface);
            let groups: Vec<GroupNumber> =
                interface.security_groups.iter().filter_map(|id| self.index.known(id)).collect();
            for class in &self.classes_of[file_system] {
                let own = self.classes[*class].iter().map(|mount| &self.mounts[*mount]);
                let own = own.filter(|mount| mount.file_system == file_system);
                let families = own.map(Mount::families).fold(Families::default(), Families::or);
                let families = families.shared(self::families(interface));
                found.extend(self.index.admissions(&groups, &nets, *class, families));
            }
        }
        found
    }
}

/// The families of an interface's addresses.
fn families(interface: &NetworkInterface) -> Families {
    let v4 = interface.private_ipv4.iter().copied().map(IpAddr::V4);
    Families::of(v4.chain(interface.ipv6.iter().copied().map(IpAddr::V6)))
}

/// The mount targets that were listed, and the file systems whose mount targets were not.
fn listed_mounts<'a>(
    target: &'a Target,
    file_systems: &[&FileSystem],
    by_id: &BTreeMap<&str, usize>,
) -> (&'a [MountTarget], BTreeMap<usize, Blocker>) {
    let mut unknown = BTreeMap::new();
    let listed: &[MountTarget] = match &target.efs.mount_targets {
        Section::Complete(mounts) => mounts,
        Section::Absent(_) => &[],
        Section::Missing(_) | Section::NotAsked => {
            let may_have = file_systems.iter().enumerate().filter(|(_, fs)| fs.number_of_mount_targets > 0);
            unknown.extend(may_have.map(|(index, _)| (index, Blocker::section(SectionName::EfsMountTargets))));
            &[]
        }
    };
    for id in target.efs.mount_target_gaps.keys() {
        if let Some(index) = by_id.get(id.as_str()) {
            unknown.insert(*index, Blocker::resource(SectionName::EfsMountTargets, id.clone()));
        }
    }
    (listed, unknown)
}
