//! The way out: what an instance's security groups let leave on NFS's port.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

use super::admission::{Family, covers_nfs, unread_prefix_list, unreadable_range, unseen_group};
use crate::model::{SectionName, SecurityGroup};
use crate::rules::Undecided;

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
    groups: HashMap<String, Egress>,
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
    pub(crate) fn new(groups: Option<&std::collections::BTreeMap<&str, &SecurityGroup>>) -> Self {
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

    /// Whether an interface with `groups`, let in for `family`, may reach a mount target.
    pub(crate) fn way(&self, groups: &[&str], family: Family, addresses: &[IpAddr], mount_groups: &[String]) -> Way {
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
                .filter(|address| family.holds_for(**address))
                .any(|address| egress.nets.iter().any(|net| net.contains(address)));
            if by_group || by_net {
                return Way::Open;
            }
            unknown.extend(egress.unknown.iter().cloned());
        }
        if unknown.is_empty() { Way::Closed } else { Way::Unknown(unknown) }
    }
}
