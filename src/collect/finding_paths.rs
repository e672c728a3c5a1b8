//! Inspector's findings below known mount points: packages that it read there, so that it was inside.

use std::collections::BTreeSet;

use aws_sdk_inspector2::types as sdk;
use futures::future::try_join_all;

use super::clients::TargetClients;
use super::convert::time;
use super::failure::Failure;
use super::pages::{Page, Part, first_pages};
use crate::model::{FindingPath, MountEvidence, MountKind, Observed};
use crate::permissions::LIST_FINDINGS;

/// The largest page (Inspector API reference, `ListFindings`, 2026-10).
const PAGE_SIZE: i32 = 100;
/// The most values of one filter (Inspector API reference, `FilterCriteria`, 2026-10).
const BATCH: usize = 10;
/// Two thousand findings for each batch of mount points.
const MOST_PAGES: usize = 20;
/// The most mount points asked about.
const MOST_PATHS: usize = 100;
/// The longest value of a filter (Inspector API reference, `StringFilter`, 2026-10).
const LONGEST_PATH: usize = 1024;
/// Where the agent of Amazon ECS mounts EFS volumes on a container instance (amazon-ecs-agent 1.9, `ecs-volumes`).
const ECS_VOLUMES: &str = "/var/lib/ecs/volumes/ecs-";

/// The paths of findings below the mount points that the other evidence names, sorted.
pub(super) async fn finding_paths(
    clients: &TargetClients,
    evidence: &MountEvidence,
) -> Result<Observed<FindingPath>, Failure> {
    let mut prefixes = prefixes(evidence);
    let mut doubts = BTreeSet::new();
    if prefixes.len() > MOST_PATHS {
        doubts.insert(format!("asked about {MOST_PATHS} of {} mount points", prefixes.len()));
        prefixes.truncate(MOST_PATHS);
    }
    let batches = prefixes.chunks(BATCH).map(|batch| Box::pin(below(clients, batch)));
    let mut rows = Vec::new();
    for part in try_join_all(batches).await? {
        rows.extend(part.rows);
        doubts.extend(part.truncated);
    }
    rows.sort();
    rows.dedup();
    let truncated = (!doubts.is_empty()).then(|| doubts.into_iter().collect::<Vec<_>>().join("; "));
    Ok(Observed { rows, truncated })
}

/// The prefixes of paths on EFS, sorted; none that lies below another.
fn prefixes(evidence: &MountEvidence) -> Vec<String> {
    let mut found = BTreeSet::new();
    if evidence.efs_tasks.complete().is_some_and(|tasks| !tasks.rows.is_empty()) {
        found.insert(ECS_VOLUMES.to_owned());
    }
    let of_hosts = evidence
        .hosts()
        .flat_map(|host| &host.mounts)
        // What was only an address is resolved by the rules, so it may be EFS.
        .filter(|mount| matches!(mount.kind, MountKind::Efs | MountKind::Unresolved))
        .filter_map(|mount| mount.mount_point.as_deref());
    let declared = evidence.declared.complete().into_iter().flat_map(|declared| &declared.rows);
    let declared = declared.filter(|row| row.file_system_id.is_some()).filter_map(|row| row.mount_point.as_deref());
    found.extend(of_hosts.chain(declared).filter_map(prefix));
    let mut kept: Vec<String> = Vec::new();
    for prefix in found {
        // In this order a prefix comes right before what it begins.
        if kept.last().is_none_or(|last| !prefix.starts_with(last.as_str())) {
            kept.push(prefix);
        }
    }
    kept
}

/// The prefix of everything below a mount point; `None` for the root and for what no filter can hold.
fn prefix(path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    let usable = path.starts_with('/') && path.len() < LONGEST_PATH && !path.chars().any(char::is_control);
    usable.then(|| format!("{path}/"))
}

/// The findings below some prefixes.
async fn below(clients: &TargetClients, prefixes: &[String]) -> Result<Part<FindingPath>, Failure> {
    let call = &LIST_FINDINGS;
    let filter = |comparison: sdk::StringComparison, value: &str| {
        sdk::StringFilter::builder()
            .comparison(comparison)
            .value(value)
            .build()
            .map_err(|error| Failure::protocol(call, error.to_string()))
    };
    let equals = |value| filter(sdk::StringComparison::Equals, value);
    let mut criteria = sdk::FilterCriteria::builder()
        .aws_account_id(equals(&clients.account)?)
        .resource_type(equals("AWS_EC2_INSTANCE")?)
        .finding_status(equals("ACTIVE")?)
        .finding_status(equals("SUPPRESSED")?);
    for prefix in prefixes {
        let path = filter(sdk::StringComparison::Prefix, prefix)?;
        criteria = criteria.vulnerable_packages(sdk::PackageFilter::builder().file_path(path).build());
    }
    let criteria = criteria.build();
    let part = first_pages(
        call,
        MOST_PAGES,
        |_| false,
        async |token| {
            let request = clients.inspector().list_findings().filter_criteria(criteria.clone()).max_results(PAGE_SIZE);
            let answer = clients.call(call, request.set_next_token(token).send()).await?;
            Ok(Page { items: answer.findings, next: answer.next_token })
        },
    )
    .await?;
    let rows = part.rows.iter().flat_map(|finding| paths(finding, &clients.account, prefixes)).collect();
    Ok(Part { rows, truncated: part.truncated })
}

/// The paths of one finding that lie below one of `prefixes`, on each of its instances.
fn paths(finding: &sdk::Finding, account: &str, prefixes: &[String]) -> Vec<FindingPath> {
    if finding.aws_account_id() != account {
        return Vec::new();
    }
    let packages = finding.package_vulnerability_details().map(sdk::PackageVulnerabilityDetails::vulnerable_packages);
    let paths = packages.into_iter().flatten().filter_map(sdk::VulnerablePackage::file_path);
    let paths: Vec<&str> =
        paths.filter(|path| prefixes.iter().any(|prefix| path.starts_with(prefix.as_str()))).collect();
    let instances = finding.resources().iter().map(|resource| resource.id().rsplit('/').next().unwrap_or_default());
    let last_observed = time(Some(finding.last_observed_at()));
    instances
        .filter(|id| id.starts_with("i-"))
        .flat_map(|id| {
            paths.iter().map(move |path| FindingPath {
                instance_id: id.to_owned(),
                path: (*path).to_owned(),
                last_observed,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeclaredMount, EfsTask, HostMount, HostMounts, Section};

    fn declared(paths: &[&str]) -> Section<Observed<DeclaredMount>> {
        let row = |path: &&str| DeclaredMount {
            file_system_id: Some("fs-01234567".to_owned()),
            mount_point: Some((*path).to_owned()),
            ..DeclaredMount::default()
        };
        Section::Complete(Observed { rows: paths.iter().map(row).collect(), truncated: None })
    }

    #[test]
    fn each_mount_point_is_asked_about_once_and_never_the_root() {
        let mount = |kind, path: &str| HostMount { kind, mount_point: Some(path.to_owned()), ..HostMount::default() };
        let host = HostMounts {
            mounts: vec![mount(MountKind::Efs, "/srv/a"), mount(MountKind::S3Fuse, "/s3"), mount(MountKind::Efs, "/")],
            ..HostMounts::default()
        };
        let evidence = MountEvidence {
            declared: declared(&["/mnt/efs/", "/mnt/efs", "/mnt/efs2", "/mnt/efs/deep", "relative", "/a\tb"]),
            tables: Section::Complete(Observed { rows: vec![host], truncated: None }),
            efs_tasks: Section::Complete(Observed { rows: vec![EfsTask::default()], truncated: None }),
            ..MountEvidence::default()
        };
        assert_eq!(prefixes(&evidence), ["/mnt/efs/", "/mnt/efs2/", "/srv/a/", ECS_VOLUMES]);
        assert_eq!(prefixes(&MountEvidence::default()), [] as [String; 0]);
    }
}
