//! Managed prefix lists that security group rules for NFS name: only those, each once.

use std::collections::BTreeSet;

use aws_sdk_ec2::types as sdk;
use futures::future::join_all;
use ipnet::IpNet;

use super::clients::TargetClients;
use super::failure::Failure;
use super::pages::{Page, all_pages};
use crate::model::{MountTarget, PrefixList, Section, SecurityGroup};
use crate::permissions::GET_MANAGED_PREFIX_LIST_ENTRIES;

/// The largest page (EC2 API reference, `GetManagedPrefixListEntries`, 2026-10).
const PAGE_SIZE: i32 = 100;
/// How EC2 answers for a list that does not exist, or that another account has not shared.
const NOT_THERE: &[&str] = &["InvalidPrefixListID.NotFound", "InvalidPrefixListId.NotFound"];

/// The lists that `groups` name; none where the groups are not known, which is a gap of theirs.
pub(super) async fn collect(clients: &TargetClients, groups: &Section<Vec<SecurityGroup>>) -> Section<Vec<PrefixList>> {
    let ids = named(groups.complete().map(Vec::as_slice).unwrap_or_default());
    let outcomes = join_all(ids.iter().map(|id| Box::pin(entries(clients, id)))).await;
    // A list of another account may be closed to us. That all are closed says something about our permissions.
    let closed = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    let denied: Vec<&Failure> = closed.filter(|failure| !failure.is(NOT_THERE)).collect();
    if let [first, ..] = denied.as_slice()
        && denied.len() == ids.len()
    {
        return first.gap().into();
    }
    let list = |(id, outcome): (&str, Result<PrefixList, Failure>)| {
        outcome.unwrap_or_else(|failure| PrefixList {
            id: id.to_owned(),
            unread: Some(failure.gap().message),
            ..PrefixList::default()
        })
    };
    Section::Complete(ids.into_iter().zip(outcomes).map(list).collect())
}

/// The lists that rules for TCP 2049 name, sorted.
fn named(groups: &[SecurityGroup]) -> BTreeSet<&str> {
    groups
        .iter()
        .flat_map(|group| group.ingress.iter().chain(&group.egress))
        .filter(|permission| permission.covers_tcp(MountTarget::NFS_PORT))
        .flat_map(|permission| permission.prefix_lists.iter().map(String::as_str))
        .collect()
}

/// One list with its entries.
async fn entries(clients: &TargetClients, id: &str) -> Result<PrefixList, Failure> {
    let call = &GET_MANAGED_PREFIX_LIST_ENTRIES;
    let rows = all_pages(call, async |token| {
        let request = clients.ec2().get_managed_prefix_list_entries().prefix_list_id(id).max_results(PAGE_SIZE);
        let answer = clients.call(call, request.set_next_token(token).send()).await?;
        Ok(Page { items: answer.entries, next: answer.next_token })
    })
    .await?;
    let mut list = PrefixList { id: id.to_owned(), ..PrefixList::default() };
    for row in &rows {
        // A range that is lost would make an instance seem to reach less than it does.
        match range(row).ok_or_else(|| Failure::protocol(call, format!("{id} has an entry that is no range")))? {
            IpNet::V4(net) => list.ipv4.push(net),
            IpNet::V6(net) => list.ipv6.push(net),
        }
    }
    list.ipv4.sort();
    list.ipv4.dedup();
    list.ipv6.sort();
    list.ipv6.dedup();
    Ok(list)
}

/// The range of an entry.
fn range(entry: &sdk::PrefixListEntry) -> Option<IpNet> {
    entry.cidr()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IpPermission;

    fn permission(protocol: &str, ports: Option<(i32, i32)>, lists: &[&str]) -> IpPermission {
        IpPermission {
            protocol: protocol.to_owned(),
            from_port: ports.map(|ports| ports.0),
            to_port: ports.map(|ports| ports.1),
            prefix_lists: lists.iter().map(|&list| list.to_owned()).collect(),
            ..IpPermission::default()
        }
    }

    #[test]
    fn only_lists_of_rules_for_nfs_are_read_and_each_once() {
        let group = SecurityGroup {
            ingress: vec![permission("tcp", Some((2049, 2049)), &["pl-2", "pl-1"]), permission("-1", None, &["pl-2"])],
            egress: vec![permission("tcp", Some((443, 443)), &["pl-3"]), permission("udp", Some((1, 9999)), &["pl-4"])],
            ..SecurityGroup::default()
        };
        assert_eq!(named(&[group]), BTreeSet::from(["pl-1", "pl-2"]));
    }
}
