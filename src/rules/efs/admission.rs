//! What security groups let through on NFS's port: an index for the way in, a table for the way out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::model::{IpPermission, NetworkInterface, SectionName, SecurityGroup};
use crate::rules::Undecided;

/// NFS, the one port of a mount target (EFS user guide, "Network access", 2026-10).
const NFS: i32 = 2049;

/// What lets an interface in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Admission {
    /// A rule of group `of` names the interface's group `reference`.
    Group {
        /// The mount target's group.
        of: String,
        /// The interface's group.
        reference: String,
    },
    /// A rule of group `of` names a range that holds one of the interface's addresses.
    Net {
        /// The mount target's group.
        of: String,
        /// The range.
        net: IpNet,
    },
}

impl Admission {
    /// For the evidence.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Group { of, reference } if of == reference => format!("{of} admits itself on TCP 2049"),
            Self::Group { of, reference } => format!("{of} admits {reference} on TCP 2049"),
            Self::Net { of, net } => format!("{of} admits {net} on TCP 2049"),
        }
    }

    /// Whether the admission holds for a mount target's `address`.
    fn holds_for(&self, address: IpAddr) -> bool {
        match self {
            Self::Group { .. } => true,
            Self::Net { net: IpNet::V4(_), .. } => address.is_ipv4(),
            Self::Net { net: IpNet::V6(_), .. } => address.is_ipv6(),
        }
    }
}

/// Whether a permission covers NFS.
fn covers_nfs(permission: &IpPermission) -> bool {
    let all = |port: Option<i32>| port.is_none_or(|port| port == -1);
    match permission.protocol.as_str() {
        "-1" => true,
        "tcp" | "6" => {
            all(permission.from_port)
                || permission.from_port.is_some_and(|from| from <= NFS)
                    && permission.to_port.is_some_and(|to| NFS <= to || to == -1)
        }
        _ => false,
    }
}

fn unread_prefix_list(group: &str, list: &str) -> Undecided {
    Undecided::derived(
        SectionName::Ec2SecurityGroups,
        Some(group.to_owned()),
        "ec2:GetManagedPrefixListEntries",
        format!("a rule of {group} on TCP 2049 names the prefix list {list}, whose entries were not read"),
    )
}

fn unseen_group(group: &str) -> Undecided {
    Undecided::derived(
        SectionName::Ec2SecurityGroups,
        Some(group.to_owned()),
        "ec2:DescribeSecurityGroups",
        format!("the security group {group} is not visible to this account; its owner has to look"),
    )
}

fn unreadable_range(group: &str, range: &str) -> Undecided {
    Undecided::derived(
        SectionName::Ec2SecurityGroups,
        Some(group.to_owned()),
        "ec2:DescribeSecurityGroups",
        format!("a rule of {group} on TCP 2049 has a range that cannot be read: {range:?}"),
    )
}

/// From group references and address ranges to the classes of mount targets that they open.
///
/// A class is a set of security groups that some mount targets share.
#[derive(Debug, Default)]
pub(crate) struct ClassIndex {
    by_group: BTreeMap<String, Vec<(usize, String)>>,
    nets: Vec<(IpNet, Vec<(usize, String)>)>,
    by_net4: BTreeMap<u8, HashMap<Ipv4Net, usize>>,
    by_net6: BTreeMap<u8, HashMap<Ipv6Net, usize>>,
    unknown: Vec<BTreeSet<Undecided>>,
    open: Vec<bool>,
    foreign: Vec<BTreeSet<String>>,
}

impl ClassIndex {
    /// Indexes the classes' ingress rules. `groups` is `None` where the security groups could not be read.
    pub(crate) fn new(
        class_of: &BTreeMap<Vec<&str>, usize>,
        groups: Option<&BTreeMap<&str, &SecurityGroup>>,
        account: &str,
    ) -> Self {
        let count = class_of.len();
        let mut index = Self {
            unknown: vec![BTreeSet::new(); count],
            open: vec![false; count],
            foreign: vec![BTreeSet::new(); count],
            ..Self::default()
        };
        let mut net_ids: BTreeMap<IpNet, usize> = BTreeMap::new();
        for (ids, class) in class_of {
            let Some(groups) = groups else {
                index.unknown[*class].insert(Undecided::section(SectionName::Ec2SecurityGroups));
                continue;
            };
            for id in ids {
                let Some(group) = groups.get(id) else {
                    index.unknown[*class].insert(unseen_group(id));
                    continue;
                };
                for permission in group.ingress.iter().filter(|permission| covers_nfs(permission)) {
                    index.add(*class, id, permission, account, &mut net_ids);
                }
            }
        }
        for (id, (net, _)) in index.nets.iter().enumerate() {
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
        net_ids: &mut BTreeMap<IpNet, usize>,
    ) {
        for list in &permission.prefix_lists {
            self.unknown[class].insert(unread_prefix_list(of, list));
        }
        for reference in &permission.groups {
            // A reference over a peering connection that is gone admits nobody.
            if reference.peering_status.as_deref().is_some_and(|status| status != "active") {
                continue;
            }
            if let Some(owner) = reference.account.as_deref().filter(|owner| *owner != account) {
                self.foreign[class].insert(owner.to_owned());
            }
            self.open[class] = true;
            self.by_group.entry(reference.group_id.clone()).or_default().push((class, of.to_owned()));
        }
        for text in permission.ipv4.iter().chain(&permission.ipv6) {
            let Ok(net) = text.parse::<IpNet>() else {
                self.unknown[class].insert(unreadable_range(of, text));
                continue;
            };
            let net = net.trunc();
            let id = *net_ids.entry(net).or_insert_with(|| {
                self.nets.push((net, Vec::new()));
                self.nets.len() - 1
            });
            self.open[class] = true;
            self.nets[id].1.push((class, of.to_owned()));
        }
    }

    /// The ranges (by number) that hold an address of the interface.
    pub(crate) fn nets_of(&self, interface: &NetworkInterface) -> Vec<usize> {
        let mut found = BTreeSet::new();
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
        found.into_iter().collect()
    }

    /// What an interface with these groups and ranges is admitted to: class, and what admits it, references first,
    /// then the narrowest range.
    pub(crate) fn admissions(&self, groups: &[&str], nets: &[usize]) -> BTreeMap<usize, Vec<Admission>> {
        let mut admitted: BTreeMap<usize, Vec<Admission>> = BTreeMap::new();
        for reference in groups {
            for (class, of) in self.by_group.get(*reference).into_iter().flatten() {
                let admission = Admission::Group { of: of.clone(), reference: (*reference).to_owned() };
                admitted.entry(*class).or_default().push(admission);
            }
        }
        let mut nets: Vec<&(IpNet, Vec<(usize, String)>)> = nets.iter().map(|net| &self.nets[*net]).collect();
        nets.sort_by_key(|(net, _)| (std::cmp::Reverse(net.prefix_len()), *net));
        for (net, classes) in nets {
            for (class, of) in classes {
                admitted.entry(*class).or_default().push(Admission::Net { of: of.clone(), net: *net });
            }
        }
        admitted
    }

    /// What of a class's ingress could not be seen; empty if all was.
    pub(crate) fn unknown(&self, class: usize) -> &BTreeSet<Undecided> {
        &self.unknown[class]
    }

    /// The classes of whose ingress something could not be seen.
    pub(crate) fn unknown_classes(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.unknown.len()).filter(|class| !self.unknown[*class].is_empty())
    }

    /// Whether anything at all may come in, as far as is known.
    pub(crate) fn may_admit(&self, class: usize) -> bool {
        self.open[class] || !self.unknown[class].is_empty()
    }

    /// The foreign accounts whose groups the class admits.
    pub(crate) fn foreign_accounts(&self, class: usize) -> &BTreeSet<String> {
        &self.foreign[class]
    }
}

/// Whether traffic may leave towards a mount target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// It may.
    Open,
    /// It may not.
    Closed,
    /// What decides was not seen.
    Unknown(BTreeSet<Undecided>),
}

/// What each security group lets out on NFS's port.
#[derive(Debug, Default)]
pub(crate) struct EgressTable {
    groups: BTreeMap<String, Egress>,
    /// Whether the security groups were read at all.
    seen: bool,
}

#[derive(Debug, Default)]
struct Egress {
    nets: Vec<IpNet>,
    groups: BTreeSet<String>,
    unknown: BTreeSet<Undecided>,
}

impl EgressTable {
    /// Reads the egress rules of all groups.
    pub(crate) fn new(groups: Option<&BTreeMap<&str, &SecurityGroup>>) -> Self {
        let Some(groups) = groups else { return Self::default() };
        let mut table = Self { seen: true, ..Self::default() };
        for (id, group) in groups {
            let mut egress = Egress::default();
            for permission in group.egress.iter().filter(|permission| covers_nfs(permission)) {
                egress.unknown.extend(permission.prefix_lists.iter().map(|list| unread_prefix_list(id, list)));
                egress.groups.extend(permission.groups.iter().map(|group| group.group_id.clone()));
                for text in permission.ipv4.iter().chain(&permission.ipv6) {
                    match text.parse::<IpNet>() {
                        Ok(net) => egress.nets.push(net),
                        Err(_) => {
                            egress.unknown.insert(unreadable_range(id, text));
                        }
                    }
                }
            }
            // The widest first: nearly every group lets out everything, and then one look is enough.
            egress.nets.sort_by_key(IpNet::prefix_len);
            table.groups.insert((*id).to_owned(), egress);
        }
        table
    }

    /// Whether an interface with `groups`, let in by `admission` (or by something unseen), may reach a mount target.
    pub(crate) fn way(
        &self,
        groups: &[&str],
        admission: Option<&Admission>,
        addresses: &[IpAddr],
        mount_groups: &[String],
    ) -> Way {
        if !self.seen {
            return Way::Unknown(BTreeSet::from([Undecided::section(SectionName::Ec2SecurityGroups)]));
        }
        let mut unknown = BTreeSet::new();
        for id in groups {
            let Some(egress) = self.groups.get(*id) else {
                unknown.insert(unseen_group(id));
                continue;
            };
            let by_group = mount_groups.iter().any(|group| egress.groups.contains(group));
            let by_net = addresses
                .iter()
                .filter(|address| admission.is_none_or(|admission| admission.holds_for(**address)))
                .any(|address| egress.nets.iter().any(|net| net.contains(address)));
            if by_group || by_net {
                return Way::Open;
            }
            unknown.extend(egress.unknown.iter().cloned());
        }
        if unknown.is_empty() { Way::Closed } else { Way::Unknown(unknown) }
    }
}
