//! Mount targets, from their network interfaces where possible.
//!
//! A mount target is an interface that EFS manages and describes as `EFS mount target for fs-… (fsmt-…)` (EFS user
//! guide, chapter on logging API calls, 2026-10). One listing of interfaces thus replaces two calls per file
//! system, and shows the security groups at once. It is believed only where it agrees with `NumberOfMountTargets`:
//! in a shared VPC the interface belongs to another account. The others are asked for one by one.

use std::collections::BTreeMap;

use aws_sdk_ec2::types as sdk;
use aws_sdk_efs::types::MountTargetDescription;
use futures::future::join_all;

use super::clients::TargetClients;
use super::convert::{address, ids};
use super::ec2::PAGE_SIZE;
use super::failure::Failure;
use super::pages::{Page, all_pages, by_id};
use crate::model::{FileSystem, Gap, MountTarget, Section};
use crate::permissions::{DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS, DESCRIBE_MOUNT_TARGETS, DESCRIBE_NETWORK_INTERFACES};

/// The largest page of `DescribeMountTargets` (EFS API reference, 2026-10).
const MOUNT_TARGET_PAGE_SIZE: i32 = 100;
/// What EFS says of a file system that has gone.
pub(super) const GONE: &[&str] = &["FileSystemNotFound"];
/// What EFS says of a mount target that has gone, or has not come yet.
const MOUNT_TARGET_GONE: &[&str] = &["MountTargetNotFound", "IncorrectMountTargetState"];

/// What was found out about mount targets.
#[derive(Debug)]
pub(super) struct MountTargets {
    pub(super) section: Section<Vec<MountTarget>>,
    /// File systems whose mount targets are not in it, and why.
    pub(super) gaps: BTreeMap<String, Gap>,
    /// File systems that have been deleted meanwhile.
    pub(super) gone: Vec<String>,
}

impl MountTargets {
    pub(super) fn unwanted() -> Self {
        Self { section: Section::NotAsked, gaps: BTreeMap::new(), gone: Vec::new() }
    }

    /// Those of no file system.
    pub(super) fn none() -> Self {
        Self { section: Section::Complete(Vec::new()), ..Self::unwanted() }
    }
}

/// The mount targets that can be seen as network interfaces.
pub(super) async fn interfaces(clients: &TargetClients) -> Result<Vec<MountTarget>, Failure> {
    let call = &DESCRIBE_NETWORK_INTERFACES;
    let filter = sdk::Filter::builder().name("description").values("EFS mount target for fs-*").build();
    let rows = all_pages(call, async |token| {
        let request = clients
            .ec2()
            .describe_network_interfaces()
            .filters(filter.clone())
            .include_managed_resources(true)
            .max_results(PAGE_SIZE)
            .set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        let rows = answer.network_interfaces.map(|rows| rows.iter().filter_map(of_interface).collect::<Vec<_>>());
        Ok(Page { items: rows, next: answer.next_token })
    })
    .await?;
    by_id(call, rows.into_iter().collect::<Result<_, _>>()?, |target: &MountTarget| &target.id)
}

/// The mount target that an interface is, if it is one in use and EFS's own: anybody can write a description.
fn of_interface(interface: &sdk::NetworkInterface) -> Option<Result<MountTarget, Failure>> {
    let (file_system, mount_target) = parse_description(interface.description()?)?;
    let in_use = interface.status().is_some_and(|status| status.as_str() == "in-use");
    if !in_use || interface.requester_managed() != Some(true) {
        return None;
    }
    let call = &DESCRIBE_NETWORK_INTERFACES;
    let ipv6 = interface.ipv6_addresses().first().and_then(|address| address.ipv6_address());
    let build = || {
        Ok(MountTarget {
            id: mount_target.to_owned(),
            file_system_id: file_system.to_owned(),
            state: "available".to_owned(),
            vpc_id: interface.vpc_id().unwrap_or_default().to_owned(),
            subnet_id: interface.subnet_id().map(str::to_owned),
            availability_zone: interface.availability_zone().map(str::to_owned),
            ipv4: address(call, interface.private_ip_address())?,
            ipv6: address(call, ipv6.or(interface.ipv6_address()))?,
            security_groups: ids(interface.groups().iter().map(|group| group.group_id())),
        })
    };
    Some(build())
}

/// The file system and the mount target of `EFS mount target for fs-… (fsmt-…)`, nothing else accepted.
fn parse_description(description: &str) -> Option<(&str, &str)> {
    let rest = description.strip_prefix("EFS mount target for ")?;
    let (file_system, rest) = rest.split_once(" (")?;
    let mount_target = rest.strip_suffix(')')?;
    let is_id = |id: &str, prefix: &str| {
        id.strip_prefix(prefix).is_some_and(|hex| {
            (8..=40).contains(&hex.len()) && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        })
    };
    (is_id(file_system, "fs-") && is_id(mount_target, "fsmt-")).then_some((file_system, mount_target))
}

/// The mount targets of `file_systems`, asking EFS for those whose count the interfaces do not match.
pub(super) async fn complete(
    clients: &TargetClients,
    file_systems: &[FileSystem],
    interfaces: Result<Vec<MountTarget>, Failure>,
) -> MountTargets {
    let (listed, denied) = match interfaces {
        Ok(listed) => (listed, None),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    let mut seen: BTreeMap<&str, Vec<MountTarget>> =
        file_systems.iter().map(|file_system| (file_system.id.as_str(), Vec::new())).collect();
    for target in listed {
        // An interface of a file system that is not listed belongs to another account.
        if let Some(mine) = seen.get_mut(target.file_system_id.as_str()) {
            mine.push(target);
        }
    }
    let disagreeing: Vec<&FileSystem> = file_systems
        .iter()
        .filter(|file_system| {
            let count = seen.get(file_system.id.as_str()).map_or(0, Vec::len);
            usize::try_from(file_system.number_of_mount_targets).ok() != Some(count)
        })
        .collect();
    let asked = join_all(disagreeing.iter().map(|file_system| ask(clients, &file_system.id))).await;
    if let Some(failure) = denied
        && !asked.is_empty()
        && asked.iter().all(|outcome| outcome.as_ref().is_err_and(|failure| !failure.is(GONE)))
    {
        // Neither way is open: one gap says it, not one per file system.
        return MountTargets { section: failure.into(), ..MountTargets::unwanted() };
    }
    let mut outcome = MountTargets::unwanted();
    for (answer, file_system) in asked.into_iter().zip(&disagreeing) {
        let id = file_system.id.as_str();
        match answer {
            Ok(targets) => _ = seen.insert(id, targets),
            Err(failure) => {
                seen.remove(id);
                if failure.is(GONE) {
                    outcome.gone.push(id.to_owned());
                } else {
                    outcome.gaps.insert(id.to_owned(), failure.gap());
                }
            }
        }
    }
    let mut all: Vec<MountTarget> = seen.into_values().flatten().collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    outcome.section = Section::Complete(all);
    outcome
}

/// The mount targets of one file system, from EFS itself.
async fn ask(clients: &TargetClients, file_system: &str) -> Result<Vec<MountTarget>, Failure> {
    let call = &DESCRIBE_MOUNT_TARGETS;
    let rows = all_pages(call, async |token| {
        let request = clients.efs().describe_mount_targets().file_system_id(file_system);
        let request = request.max_items(MOUNT_TARGET_PAGE_SIZE).set_marker(token);
        let answer = clients.call(call, request.send()).await?;
        Ok(Page { items: answer.mount_targets, next: answer.next_marker })
    })
    .await?;
    let rows = by_id(call, rows, |row| row.mount_target_id())?;
    let outcomes = join_all(rows.iter().map(|row| with_groups(clients, row))).await;
    outcomes.into_iter().filter_map(Result::transpose).collect()
}

/// One mount target with its security groups; `None` where it has gone meanwhile.
async fn with_groups(clients: &TargetClients, row: &MountTargetDescription) -> Result<Option<MountTarget>, Failure> {
    let call = &DESCRIBE_MOUNT_TARGETS;
    let state = row.life_cycle_state().as_str().to_owned();
    let mut security_groups = Vec::new();
    // Only a mount target in service has groups that count, and EFS refuses the question for the others.
    if state == "available" {
        let call = &DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS;
        let request = clients.efs().describe_mount_target_security_groups().mount_target_id(row.mount_target_id());
        match clients.call(call, request.send()).await {
            Ok(answer) => security_groups = ids(answer.security_groups().iter().map(|group| Some(group.as_str()))),
            Err(failure) if failure.is(MOUNT_TARGET_GONE) => return Ok(None),
            Err(failure) => return Err(failure),
        }
    }
    Ok(Some(MountTarget {
        id: row.mount_target_id().to_owned(),
        file_system_id: row.file_system_id().to_owned(),
        state,
        vpc_id: row.vpc_id().unwrap_or_default().to_owned(),
        subnet_id: Some(row.subnet_id().to_owned()).filter(|id| !id.is_empty()),
        availability_zone: row.availability_zone_name().map(str::to_owned),
        ipv4: address(call, row.ip_address())?,
        ipv6: address(call, row.ipv6_address())?,
        security_groups,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_efs_own_description_is_accepted() {
        let whole = "EFS mount target for fs-0123456789abcdef0 (fsmt-0123456789abcdef1)";
        assert_eq!(parse_description(whole), Some(("fs-0123456789abcdef0", "fsmt-0123456789abcdef1")));
        for other in [
            "",
            "EFS mount target for fs-0123456789abcdef0",
            "EFS mount target for fs-0123456789abcdef0 (fsmt-0123456789abcdef1) copy",
            "my EFS mount target for fs-0123456789abcdef0 (fsmt-0123456789abcdef1)",
            "EFS mount target for fs-xyz (fsmt-0123456789abcdef1)",
            "EFS mount target for fs-0123456789ABCDEF0 (fsmt-0123456789abcdef1)",
            "EFS mount target for fs-0123456789abcdef0 (eni-0123456789abcdef1)",
            "EFS mount target for fs- (fsmt-)",
        ] {
            assert_eq!(parse_description(other), None, "{other}");
        }
    }

    #[test]
    fn an_interface_counts_only_in_use_and_as_efs_own() {
        let interface = || {
            sdk::NetworkInterface::builder()
                .description("EFS mount target for fs-01234567 (fsmt-01234567)")
                .requester_managed(true)
                .status(sdk::NetworkInterfaceStatus::InUse)
                .private_ip_address("10.0.0.4")
        };
        let target = of_interface(&interface().build()).expect("test data is good").expect("test data is good");
        assert_eq!((target.id.as_str(), target.state.as_str()), ("fsmt-01234567", "available"));
        assert!(of_interface(&interface().requester_managed(false).build()).is_none());
        assert!(of_interface(&interface().status(sdk::NetworkInterfaceStatus::Attaching).build()).is_none());
        assert!(of_interface(&interface().private_ip_address("ten").build()).expect("test data is good").is_err());
    }
}
