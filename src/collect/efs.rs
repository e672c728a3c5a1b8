//! Amazon EFS: file systems, and the lifecycle configuration of each.

use std::collections::BTreeMap;

use aws_sdk_efs::types as sdk;
use futures::future::join_all;
use futures::join;
use rust_decimal::Decimal;

use super::clients::TargetClients;
use super::convert::{tags, text, time};
use super::failure::Failure;
use super::gate::{Gate, Part, Sign};
use super::mount_targets::{self, GONE, MountTargets};
use super::pages::{Page, all_pages, by_id};
use crate::model::{Efs, FileSystem, FileSystemSize, Gap, LifecycleConfiguration, Section, SectionName};
use crate::permissions::{DESCRIBE_FILE_SYSTEMS, DESCRIBE_LIFECYCLE_CONFIGURATION};

/// The largest page of `DescribeFileSystems` (EFS API reference, 2026-10).
const PAGE_SIZE: i32 = 100;

/// The EFS sections. Lifecycle and mount targets need the list of file systems, wanted or not.
pub(super) async fn collect(clients: &TargetClients, wants: &impl Fn(SectionName) -> bool, gate: &Gate) -> Efs {
    let (wants_lifecycle, wants_mounts) = (wants(SectionName::EfsLifecycle), wants(SectionName::EfsMountTargets));
    if !(wants(SectionName::EfsFileSystems) || wants_lifecycle || wants_mounts) {
        return Efs::default();
    }
    let listed = async {
        let listed = file_systems(clients, gate).await;
        gate.said(Part::FileSystems, || match &listed {
            Ok(file_systems) if file_systems.is_empty() => Sign::Nothing,
            Ok(_) => Sign::Something,
            Err(failure) => Sign::of_gap(failure.gap()),
        });
        listed
    };
    // The interfaces of all mount targets come in one listing that needs no list of file systems.
    let (listed, interfaces) = join!(listed, async {
        if wants_mounts && gate.passes().await { Some(mount_targets::interfaces(clients).await) } else { None }
    });
    let mut file_systems = match listed {
        Ok(file_systems) => file_systems,
        Err(failure) => {
            // What the interfaces show stands as it is: without the list no file system is judged, and the gap is
            // that of the list.
            let mount_targets = interfaces.map_or_else(Section::default, Section::from);
            return Efs { file_systems: failure.into(), mount_targets, ..Efs::default() };
        }
    };
    let (lifecycle, mounts) = join!(
        async { if wants_lifecycle { lifecycle_of_all(clients, &file_systems).await } else { Lifecycle::default() } },
        async {
            match interfaces {
                Some(interfaces) => Some(mount_targets::complete(clients, &file_systems, interfaces).await),
                None => None,
            }
        },
    );
    let mounts = match mounts {
        Some(mounts) => mounts,
        // Without a file system there is none.
        None if wants_mounts && file_systems.is_empty() => MountTargets::none(),
        None => MountTargets::unwanted(),
    };
    let gone: Vec<String> = lifecycle.gone.into_iter().chain(mounts.gone).collect();
    file_systems.retain(|file_system| !gone.contains(&file_system.id));
    let mut efs = Efs {
        file_systems: Section::Complete(file_systems),
        lifecycle: lifecycle.found,
        lifecycle_gaps: lifecycle.gaps,
        mount_targets: mounts.section,
        mount_target_gaps: mounts.gaps,
    };
    for id in &gone {
        efs.lifecycle.remove(id);
        efs.lifecycle_gaps.remove(id);
        efs.mount_target_gaps.remove(id);
        if let Section::Complete(targets) = &mut efs.mount_targets {
            targets.retain(|target| &target.file_system_id != id);
        }
    }
    efs
}

async fn file_systems(clients: &TargetClients, gate: &Gate) -> Result<Vec<FileSystem>, Failure> {
    let call = &DESCRIBE_FILE_SYSTEMS;
    let rows = all_pages(call, async |token| {
        let request = clients.efs().describe_file_systems().max_items(PAGE_SIZE).set_marker(token);
        let answer = clients.call(call, request.send()).await?;
        let rows: Option<Vec<_>> = answer.file_systems.map(|rows| rows.iter().map(file_system).collect());
        if rows.as_ref().is_some_and(|rows| !rows.is_empty()) {
            gate.said(Part::FileSystems, || Sign::Something);
        }
        Ok(Page { items: rows, next: answer.next_marker })
    })
    .await?;
    by_id(call, rows, |file_system: &FileSystem| &file_system.id)
}

fn file_system(file_system: &sdk::FileSystemDescription) -> FileSystem {
    let bytes = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
    FileSystem {
        id: file_system.file_system_id().to_owned(),
        arn: file_system.file_system_arn().map(str::to_owned),
        name: file_system.name().filter(|name| !name.is_empty()).map(str::to_owned),
        state: file_system.life_cycle_state().as_str().to_owned(),
        creation_time: time(Some(file_system.creation_time())).filter(|time| time.timestamp() > 0),
        throughput_mode: text(file_system.throughput_mode()),
        provisioned_mibps: file_system
            .provisioned_throughput_in_mibps()
            .and_then(|mibps| Decimal::try_from(mibps).ok())
            .and_then(|mibps| u64::try_from(mibps.ceil()).ok()),
        performance_mode: text(Some(file_system.performance_mode())).filter(|mode| !mode.is_empty()),
        availability_zone: file_system.availability_zone_name().map(str::to_owned),
        number_of_mount_targets: u32::try_from(file_system.number_of_mount_targets()).unwrap_or_default(),
        size: file_system.size_in_bytes().map_or_else(FileSystemSize::default, |size| FileSystemSize {
            total: bytes(Some(size.value())),
            standard: bytes(size.value_in_standard()),
            ia: bytes(size.value_in_ia()),
            archive: bytes(size.value_in_archive()),
            timestamp: time(size.timestamp()),
        }),
        tags: tags(file_system.tags().iter().map(|tag| (Some(tag.key()), Some(tag.value())))),
    }
}

/// The lifecycle configurations by file system.
#[derive(Debug, Default)]
struct Lifecycle {
    /// Those that were read.
    found: BTreeMap<String, LifecycleConfiguration>,
    /// Those that were not, and why.
    gaps: BTreeMap<String, Gap>,
    /// File systems that have been deleted meanwhile.
    gone: Vec<String>,
}

/// The lifecycle configuration of every file system: one call each, for EFS has no other way.
async fn lifecycle_of_all(clients: &TargetClients, file_systems: &[FileSystem]) -> Lifecycle {
    let mut lifecycle = Lifecycle::default();
    let outcomes = join_all(file_systems.iter().map(|file_system| lifecycle_of(clients, &file_system.id))).await;
    for (outcome, file_system) in outcomes.into_iter().zip(file_systems) {
        let id = file_system.id.clone();
        match outcome {
            Ok(configuration) => _ = lifecycle.found.insert(id, configuration),
            Err(failure) if failure.is(GONE) => lifecycle.gone.push(id),
            Err(failure) => _ = lifecycle.gaps.insert(id, failure.gap()),
        }
    }
    lifecycle
}

/// The lifecycle configuration of one file system: up to three policies with one field each.
async fn lifecycle_of(clients: &TargetClients, id: &str) -> Result<LifecycleConfiguration, Failure> {
    let call = &DESCRIBE_LIFECYCLE_CONFIGURATION;
    let answer = clients.call(call, clients.efs().describe_lifecycle_configuration().file_system_id(id).send()).await?;
    let policies = answer.lifecycle_policies.ok_or_else(|| Failure::protocol(call, "the answer has no list"))?;
    let mut configuration = LifecycleConfiguration::default();
    for policy in &policies {
        if let Some(rule) = text(policy.transition_to_ia()) {
            configuration.transition_to_ia = Some(rule);
        }
        if let Some(rule) = text(policy.transition_to_archive()) {
            configuration.transition_to_archive = Some(rule);
        }
        if let Some(rule) = text(policy.transition_to_primary_storage_class()) {
            configuration.transition_to_primary_storage_class = Some(rule);
        }
    }
    Ok(configuration)
}
