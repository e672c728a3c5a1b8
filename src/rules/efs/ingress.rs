//! The way in: from group references and address ranges to the mount targets that they open on NFS's port.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::fast_map::FastMap;
use super::prefix_lists::PrefixLists;
use crate::model::{IpPermission, MountTarget, NetworkInterface, SectionName, SecurityGroup};
use crate::rules::Blocker;
use crate::rules::finding::efs::{Admission, Admitted, OpenQuestion};

/// Families of addresses: those that a side has, or for which an admission holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Families {
    v4: bool,
    v6: bool,
}

impl Families {
    /// What a reference to a group holds for: whichever both sides have.
    pub(super) const ALL: Self = Self { v4: true, v6: true };

    fn of_net(net: &IpNet) -> Self {
        match net {
            IpNet::V4(_) => Self { v4: true, v6: false },
            IpNet::V6(_) => Self { v4: false, v6: true },
        }
    }

    /// Those of a side with these addresses. A side of which none is known may have either.
    pub(super) fn of(addresses: impl Iterator<Item = IpAddr>) -> Self {
        let mut families = Self::default();
        for address in addresses {
            *if address.is_ipv4() { &mut families.v4 } else { &mut families.v6 } = true;
        }
        if families == Self::default() { Self::ALL } else { families }
    }

    /// Those that both have.
    pub(super) fn shared(self, other: Self) -> Self {
        Self { v4: self.v4 && other.v4, v6: self.v6 && other.v6 }
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self { v4: self.v4 || other.v4, v6: self.v6 || other.v6 }
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::default()
    }

    pub(super) fn holds_for(self, address: IpAddr) -> bool {
        if address.is_ipv4() { self.v4 } else { self.v6 }
    }
}

/// Whether a permission covers NFS.
pub(super) fn covers_nfs(permission: &IpPermission) -> bool {
    permission.covers_tcp(MountTarget::NFS_PORT)
}

pub(super) fn unseen_group(group: &str) -> Blocker {
    let question = OpenQuestion::UnseenGroup(group.to_owned());
    Blocker::efs(SectionName::Ec2SecurityGroups, Some(group), question)
}

pub(super) fn unreadable_range(group: &str, range: &str) -> Blocker {
    let question = OpenQuestion::UnreadableRange { group: group.to_owned(), range: range.to_owned() };
    Blocker::efs(SectionName::Ec2SecurityGroups, Some(group), question)
}

/// A class of mount targets that a rule opens, and the group whose rule it is.
#[derive(Debug, Clone, Copy)]
struct Opens {
    class: u32,
    of: GroupNumber,
}

/// The number of a security group, for keys that are compared a hundred thousand times.
pub(crate) type GroupNumber = u32;

/// From group references and address ranges to the classes of mount targets that they open.
///
/// A class is a set of security groups that some mount targets share.
#[derive(Debug, Default)]
pub(crate) struct ClassIndex {
    numbers: FastMap<String, GroupNumber>,
    names: Vec<String>,
    by_group: FastMap<GroupNumber, Vec<Opens>>,
    nets: Vec<(IpNet, Vec<Opens>)>,
    by_net4: BTreeMap<u8, FastMap<Ipv4Net, u32>>,
    by_net6: BTreeMap<u8, FastMap<Ipv6Net, u32>>,
    unknown: Vec<BTreeSet<Blocker>>,
    /// The classes of which `unknown` has something: asked for every interface, so they are gathered once.
    with_unknown: Vec<usize>,
    /// By class: the families of addresses that anything at all is admitted for.
    open: Vec<Families>,
    by_range: Vec<bool>,
    foreign: Vec<BTreeSet<String>>,
}

impl ClassIndex {
    /// Indexes the classes' ingress rules. `groups` is `None` where the security groups could not be read.
    pub(crate) fn new(
        class_of: &BTreeMap<Vec<&str>, usize>,
        groups: Option<&BTreeMap<&str, &SecurityGroup>>,
        lists: &PrefixLists<'_>,
        account: &str,
    ) -> Self {
        let count = class_of.len();
        let mut index = Self {
            unknown: vec![BTreeSet::new(); count],
            open: vec![Families::default(); count],
            by_range: vec![false; count],
            foreign: vec![BTreeSet::new(); count],
            ..Self::default()
        };
        let mut net_ids: BTreeMap<IpNet, usize> = BTreeMap::new();
        for (ids, class) in class_of {
            let Some(groups) = groups else {
                index.unknown[*class].insert(Blocker::section(SectionName::Ec2SecurityGroups));
                continue;
            };
            for id in ids {
                let Some(group) = groups.get(id) else {
                    index.unknown[*class].insert(unseen_group(id));
                    continue;
                };
                for permission in group.ingress.iter().filter(|permission| covers_nfs(permission)) {
                    index.add(*class, id, permission, account, lists, &mut net_ids);
                }
            }
        }
        index.with_unknown = (0..count).filter(|class| !index.unknown[*class].is_empty()).collect();
        for (id, (net, _)) in (0..).zip(&index.nets) {
            match net {
                IpNet::V4(net) => index.by_net4.entry(net.prefix_len()).or_default().insert(*net, id),
                IpNet::V6(net) => index.by_net6.entry(net.prefix_len()).or_default().insert(*net, id),
            };
        }
        index
    }

    fn add(
        &mut self,
        class: usize,
        of: &str,
        permission: &IpPermission,
        account: &str,
        lists: &PrefixLists<'_>,
        net_ids: &mut BTreeMap<IpNet, usize>,
    ) {
        let opens = Opens { class: u32::try_from(class).unwrap_or(u32::MAX), of: self.number(of) };
        let mut ranges = Vec::new();
        for list in &permission.prefix_lists {
            self.by_range[class] = true;
            match lists.nets(of, list) {
                Ok(nets) => ranges.extend(nets),
                Err(unread) => {
                    self.unknown[class].insert(unread);
                }
            }
        }
        for reference in &permission.groups {
            // A reference over a peering connection that is gone admits nobody.
            if reference.peering_status.as_deref().is_some_and(|status| status != "active") {
                continue;
            }
            if let Some(owner) = reference.account.as_deref().filter(|owner| *owner != account) {
                self.foreign[class].insert(owner.to_owned());
            }
            self.open[class] = Families::ALL;
            let reference = self.number(&reference.group_id);
            self.by_group.entry(reference).or_default().push(opens);
        }
        for text in permission.ipv4.iter().chain(&permission.ipv6) {
            let Ok(net) = text.parse::<IpNet>() else {
                self.unknown[class].insert(unreadable_range(of, text));
                continue;
            };
            ranges.push(net);
        }
        for net in ranges {
            let net = net.trunc();
            self.by_range[class] = true;
            let id = *net_ids.entry(net).or_insert_with(|| {
                self.nets.push((net, Vec::new()));
                self.nets.len() - 1
            });
            self.open[class] = self.open[class].or(Families::of_net(&net));
            self.nets[id].1.push(opens);
        }
    }

    /// The number of a group, a new one where it has none.
    pub(crate) fn number(&mut self, id: &str) -> GroupNumber {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = GroupNumber::try_from(self.names.len()).unwrap_or(GroupNumber::MAX);
        self.numbers.insert(id.to_owned(), number);
        self.names.push(id.to_owned());
        number
    }

    /// The number of a group that has one.
    pub(crate) fn known(&self, id: &str) -> Option<GroupNumber> {
        self.numbers.get(id).copied()
    }

    pub(crate) fn name(&self, number: GroupNumber) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    /// The ranges (by number, ascending) that hold an address of the interface.
    pub(crate) fn nets_of(&self, interface: &NetworkInterface) -> Vec<u32> {
        let mut found = Vec::new();
        for address in &interface.private_ipv4 {
            for (length, nets) in &self.by_net4 {
                let net = Ipv4Net::new(*address, *length).map(|net| net.trunc());
                found.extend(net.ok().and_then(|net| nets.get(&net)).copied());
            }
        }
        for address in &interface.ipv6 {
            for (length, nets) in &self.by_net6 {
                let net = Ipv6Net::new(*address, *length).map(|net| net.trunc());
                found.extend(net.ok().and_then(|net| nets.get(&net)).copied());
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The classes that an interface with these groups and ranges is admitted to, each with the families of addresses it
    /// holds for; a class comes once per rule that opens it.
    pub(crate) fn admitted(&self, groups: &[GroupNumber], nets: &[u32]) -> impl Iterator<Item = (usize, Families)> {
        let by_group = groups.iter().filter_map(|group| self.by_group.get(group)).flatten();
        let by_group = by_group.map(|opens| (opens.class as usize, Families::ALL));
        let by_net = nets.iter().filter_map(|net| self.nets.get(*net as usize)).flat_map(|(net, opens)| {
            let families = Families::of_net(net);
            opens.iter().map(move |opens| (opens.class as usize, families))
        });
        by_group.chain(by_net)
    }

    /// The rules that admit such an interface to mount targets of a class with addresses of `families`.
    pub(crate) fn admissions(
        &self,
        groups: &[GroupNumber],
        nets: &[u32],
        class: usize,
        families: Families,
    ) -> Vec<Admission> {
        let of_class = |opens: &&Opens| opens.class as usize == class;
        let mut found = Vec::new();
        for reference in groups {
            for opens in self.by_group.get(reference).into_iter().flatten().filter(of_class) {
                let admits = if opens.of == *reference {
                    Admitted::Itself
                } else {
                    Admitted::Group(self.name(*reference).to_owned())
                };
                found.push(Admission { group: self.name(opens.of).to_owned(), admits });
            }
        }
        let nets = nets.iter().filter_map(|net| self.nets.get(*net as usize));
        for (net, opens) in nets.filter(|(net, _)| !Families::of_net(net).shared(families).is_empty()) {
            let admits =
                |opens: &Opens| Admission { group: self.name(opens.of).to_owned(), admits: Admitted::Net(*net) };
            found.extend(opens.iter().filter(of_class).map(admits));
        }
        found
    }

    /// What of a class's ingress could not be seen; empty if all was.
    pub(crate) fn unknown(&self, class: usize) -> &BTreeSet<Blocker> {
        &self.unknown[class]
    }

    /// The classes of whose ingress something could not be seen.
    pub(crate) fn unknown_classes(&self) -> impl Iterator<Item = usize> + '_ {
        self.with_unknown.iter().copied()
    }

    /// Whether anything at all may come in to a mount target with addresses of `families`, as far as is known.
    pub(crate) fn may_admit(&self, class: usize, families: Families) -> bool {
        !self.open[class].shared(families).is_empty() || !self.unknown[class].is_empty()
    }

    /// Whether the class admits groups and nothing else, as far as everything was seen.
    pub(crate) fn admits_only_groups(&self, class: usize) -> bool {
        !self.by_range[class] && self.unknown[class].is_empty()
    }

    /// The foreign accounts whose groups the class admits.
    pub(crate) fn foreign_accounts(&self, class: usize) -> &BTreeSet<String> {
        &self.foreign[class]
    }
}
