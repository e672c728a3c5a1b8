//! The way out: what an instance's security groups let leave on NFS's port.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::ingress::{ClassIndex, Family, GroupNumber, covers_nfs, unreadable_range, unseen_group};
use super::prefix_lists::PrefixLists;
use crate::model::{SectionName, SecurityGroup};
use crate::rules::Blocker;

/// Whether traffic may leave towards a mount target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Egress {
    Open,
    Closed,
    /// What decides was not seen.
    Unknown(BTreeSet<Blocker>),
}

/// What each security group lets out on NFS's port.
#[derive(Debug, Default)]
pub(crate) struct EgressTable {
    /// By the group's number; `None` for a group that was not described.
    groups: Vec<Option<Allowed>>,
    /// Whether the security groups were read at all.
    seen: bool,
}

#[derive(Debug, Default)]
struct Allowed {
    nets: Vec<IpNet>,
    groups: BTreeSet<String>,
    unknown: BTreeSet<Blocker>,
}

impl EgressTable {
    /// Reads the egress rules of all groups, under the numbers that `index` gives them.
    pub(crate) fn new(
        groups: Option<&BTreeMap<&str, &SecurityGroup>>,
        lists: &PrefixLists<'_>,
        index: &mut ClassIndex,
    ) -> Self {
        let Some(groups) = groups else { return Self::default() };
        let mut table = Self { seen: true, ..Self::default() };
        for (id, group) in groups {
            let mut allowed = Allowed::default();
            for permission in group.egress.iter().filter(|permission| covers_nfs(permission)) {
                for list in &permission.prefix_lists {
                    match lists.nets(id, list) {
                        Ok(nets) => allowed.nets.extend(nets),
                        Err(unread) => {
                            allowed.unknown.insert(unread);
                        }
                    }
                }
                allowed.groups.extend(permission.groups.iter().map(|group| group.group_id.clone()));
                for text in permission.ipv4.iter().chain(&permission.ipv6) {
                    match text.parse::<IpNet>() {
                        Ok(net) => allowed.nets.push(net),
                        Err(_) => {
                            allowed.unknown.insert(unreadable_range(id, text));
                        }
                    }
                }
            }
            // The widest first: nearly every group lets out everything, and then one look is enough.
            allowed.nets.sort_by_key(IpNet::prefix_len);
            let number = index.number(id) as usize;
            if table.groups.len() <= number {
                table.groups.resize_with(number + 1, || None);
            }
            table.groups[number] = Some(allowed);
        }
        table
    }

    /// Whether an interface with `groups`, let in for `family`, may reach a mount target.
    pub(crate) fn towards(
        &self,
        index: &ClassIndex,
        groups: &[GroupNumber],
        family: Family,
        addresses: &[IpAddr],
        mount_groups: &[String],
    ) -> Egress {
        if !self.seen {
            return Egress::Unknown(BTreeSet::from([Blocker::section(SectionName::Ec2SecurityGroups)]));
        }
        let mut unknown = BTreeSet::new();
        for number in groups {
            let Some(allowed) = self.groups.get(*number as usize).and_then(Option::as_ref) else {
                unknown.insert(unseen_group(index.name(*number)));
                continue;
            };
            let by_net = addresses
                .iter()
                .filter(|address| family.holds_for(**address))
                .any(|address| allowed.nets.iter().any(|net| net.contains(address)));
            if by_net || mount_groups.iter().any(|group| allowed.groups.contains(group)) {
                return Egress::Open;
            }
            unknown.extend(allowed.unknown.iter().cloned());
        }
        if unknown.is_empty() { Egress::Closed } else { Egress::Unknown(unknown) }
    }
}
