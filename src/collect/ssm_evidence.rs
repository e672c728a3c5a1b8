//! Evidence from Systems Manager: when the plugin's association ran and whom it reached, and which NFS and S3 clients are
//! installed.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_ssm::types as sdk;
use chrono::{DateTime, TimeDelta, Utc};

use super::clients::TargetClients;
use super::convert::time;
use super::failure::Failure;
use super::pages::{Page, Part, first_pages};
use super::series::FINE_DAYS;
use super::ssm::inspector_association;
use crate::model::{Association, AssociationReach, AssociationRun, InstalledClient, Observed, Section, Target};
use crate::permissions::{DESCRIBE_ASSOCIATION_EXECUTION_TARGETS, DESCRIBE_ASSOCIATION_EXECUTIONS, GET_INVENTORY};

/// The largest page of all listings (Systems Manager API reference, 2026-10).
const PAGE_SIZE: u8 = 50;
/// A thousand runs: eight months of a run every six hours.
const MOST_PAGES_OF_RUNS: usize = 20;
/// Two thousand instances in one run, or 250 in each of the eight that are asked about.
const MOST_PAGES_OF_TARGETS: usize = 40;
/// Twenty thousand instances with one of the packages.
const MOST_PAGES_OF_INVENTORY: usize = 400;
/// The type of inventory that lists packages.
const APPLICATIONS: &str = "AWS:Application";
/// The packages that mount EFS or S3 (EFS user guide, "Installing the Amazon EFS client", 2026-10).
const CLIENTS: [&str; 7] = ["amazon-efs-utils", "goofys", "mount-s3", "nfs-common", "nfs-utils", "s3fs", "s3fs-fuse"];

/// A run with what it is asked about by.
#[derive(Debug)]
pub(super) struct Execution {
    run: AssociationRun,
    /// The association, and its run.
    ids: (String, String),
    /// How many instances it was for; `None` where that is not said.
    instances: Option<usize>,
}

/// The association's runs since `from`, newest first.
pub(super) async fn executions(
    clients: &TargetClients,
    target: &Target,
    from: DateTime<Utc>,
) -> Section<Observed<Execution>> {
    let association = match &target.ssm.inspector_association {
        Section::Complete(association) => Ok(association.clone()),
        Section::NotAsked => inspector_association(clients).await,
        // That is a gap of its own already; what nobody asked for here is no second one.
        Section::Absent(gap) | Section::Missing(gap) => {
            let truncated = Some(format!("the association is not known: {}", gap.message));
            return Section::Complete(Observed { rows: Vec::new(), truncated });
        }
    };
    match association {
        Ok(Some(association)) => executions_of(clients, &association, from).await.into(),
        Ok(None) => Section::Complete(Observed::default()),
        Err(failure) => failure.into(),
    }
}

/// The runs of one association.
async fn executions_of(
    clients: &TargetClients,
    association: &Association,
    from: DateTime<Utc>,
) -> Result<Observed<Execution>, Failure> {
    let call = &DESCRIBE_ASSOCIATION_EXECUTIONS;
    // The order is not documented: only a page that is sorted newest first can show that the rest is too old.
    let past = |page: &[Execution]| {
        page.is_sorted_by(|a, b| a.run.at >= b.run.at) && page.last().is_some_and(|oldest| oldest.run.at < from)
    };
    let Part { mut rows, truncated } = first_pages(call, MOST_PAGES_OF_RUNS, past, async |token| {
        let request = clients.ssm().describe_association_executions().association_id(&association.id);
        let answer = clients.call(call, request.max_results(PAGE_SIZE.into()).set_next_token(token).send()).await?;
        let execution = |row: &sdk::AssociationExecution| execution(association, row);
        Ok(Page {
            items: answer.association_executions.map(|rows| rows.iter().filter_map(execution).collect()),
            next: answer.next_token,
        })
    })
    .await?;
    rows.retain(|row| row.run.at >= from);
    rows.sort_by(|a, b| (&b.run, &b.ids).cmp(&(&a.run, &a.ids)));
    rows.dedup_by(|a, b| a.run == b.run);
    Ok(Observed { rows, truncated })
}

/// One run; one without a time says nothing.
fn execution(association: &Association, row: &sdk::AssociationExecution) -> Option<Execution> {
    let at = time(row.created_time())?;
    let run = AssociationRun { at, status: row.status().unwrap_or_default().to_owned() };
    let instances = row.resource_count_by_status().and_then(counted);
    Some(Execution { run, instances, ids: (association.id.clone(), row.execution_id().unwrap_or_default().to_owned()) })
}

/// How many there are in counts such as `{Success=3, Failed=1}` (Systems Manager API reference, `AssociationExecution`, whose
/// `ResourceCountByStatus` is a text; the form is that of the AWS CLI's examples, 2026-11).
fn counted(text: &str) -> Option<usize> {
    let mut counts = text.strip_prefix('{')?.strip_suffix('}')?.split(',');
    counts.try_fold(0_usize, |all, count| all.checked_add(count.split_once('=')?.1.trim().parse().ok()?))
}

/// The runs as the snapshot has them.
pub(super) fn runs(executions: Section<Observed<Execution>>) -> Section<Observed<AssociationRun>> {
    match executions {
        Section::Complete(Observed { rows, truncated }) => {
            Section::Complete(Observed { rows: rows.into_iter().map(|row| row.run).collect(), truncated })
        }
        Section::Absent(gap) => Section::Absent(gap),
        Section::NotAsked => Section::NotAsked,
        Section::Missing(gap) => Section::Missing(gap),
    }
}

/// Which instances a few of the runs of the last two weeks reached, newest first; no call where `is_idle`: nobody matters.
///
/// All runs would be a call each and four calls a second. A run every other day and the oldest show as much, as long as
/// the instances stay the same.
pub(super) async fn association_targets(
    clients: &TargetClients,
    executions: &Section<Observed<Execution>>,
    is_idle: bool,
    now: DateTime<Utc>,
) -> Result<Observed<AssociationReach>, Failure> {
    let Section::Complete(Observed { rows: executions, .. }) = executions else {
        // That is a gap of its own already.
        return Ok(Observed { rows: Vec::new(), truncated: Some("the association's runs are not known".to_owned()) });
    };
    let mut found = Observed::default();
    let mut pages = MOST_PAGES_OF_TARGETS;
    for execution in if is_idle { Vec::new() } else { chosen(executions, now) } {
        // A part of a run shows nothing: those that it does not name are not those that the run left out.
        if let Some(instances) = execution.instances
            && instances.div_ceil(PAGE_SIZE.into()) > pages
        {
            let action = DESCRIBE_ASSOCIATION_EXECUTION_TARGETS.action;
            found.truncated = Some(format!("{action} was not asked for a run on {instances} instances"));
            break;
        }
        match targets_of(clients, execution, &mut pages).await {
            // The run is no longer kept.
            Err(failure) if failure.is(&["AssociationExecutionDoesNotExist", "AssociationDoesNotExist"]) => {}
            Err(failure) if found.rows.is_empty() => return Err(failure),
            Err(failure) => {
                found.truncated = Some(format!("broke off after {} runs: {}", found.rows.len(), failure.gap().message));
                break;
            }
            Ok(Part { truncated: Some(why), .. }) => {
                found.truncated = Some(why);
                break;
            }
            Ok(Part { mut rows, .. }) => {
                rows.sort();
                rows.dedup();
                found.rows.push(AssociationReach { at: execution.run.at, instances: rows });
            }
        }
    }
    Ok(found)
}

/// The same of `instances` alone.
pub(super) fn among(
    mut reach: Section<Observed<AssociationReach>>,
    instances: &BTreeSet<String>,
) -> Section<Observed<AssociationReach>> {
    if let Section::Complete(reach) = &mut reach {
        for run in &mut reach.rows {
            run.instances.retain(|id| instances.contains(id));
        }
    }
    reach
}

/// The newest run of every two days, and the oldest of the two weeks; the executions come newest first.
fn chosen(executions: &[Execution], now: DateTime<Utc>) -> Vec<&Execution> {
    let begun = |row: &&Execution| {
        let age = now - row.run.at;
        row.run.status != "Pending" && !row.ids.1.is_empty() && age <= TimeDelta::days(i64::from(FINE_DAYS))
    };
    let rows: Vec<&Execution> = executions.iter().filter(begun).collect();
    let mut chosen: Vec<&Execution> = Vec::new();
    for row in &rows {
        let days = |row: &Execution| (now - row.run.at).num_hours().div_euclid(48);
        if chosen.last().is_none_or(|last| days(last) != days(row)) {
            chosen.push(row);
        }
    }
    match rows.last() {
        Some(oldest) if chosen.last().is_some_and(|last| last.run.at != oldest.run.at) => chosen.push(oldest),
        _ => {}
    }
    chosen
}

/// The instances on which one run succeeded; takes its pages from those that are left.
async fn targets_of(
    clients: &TargetClients,
    execution: &Execution,
    pages: &mut usize,
) -> Result<Part<String>, Failure> {
    let call = &DESCRIBE_ASSOCIATION_EXECUTION_TARGETS;
    let budget = *pages;
    first_pages(
        call,
        budget,
        |_| false,
        async |token| {
            *pages = pages.saturating_sub(1);
            let request = clients.ssm().describe_association_execution_targets();
            let request = request.association_id(&execution.ids.0).execution_id(&execution.ids.1);
            let answer = clients.call(call, request.max_results(PAGE_SIZE.into()).set_next_token(token).send()).await?;
            let succeeded = |row: &sdk::AssociationExecutionTarget| {
                row.resource_id().filter(|_| row.status() == Some("Success")).map(str::to_owned)
            };
            Ok(Page {
                items: answer.association_execution_targets.map(|rows| rows.iter().filter_map(succeeded).collect()),
                next: answer.next_token,
            })
        },
    )
    .await
}

/// The instances on which one of the packages is installed, by instance and package.
pub(super) async fn nfs_clients(clients: &TargetClients) -> Result<Observed<InstalledClient>, Failure> {
    let call = &GET_INVENTORY;
    let broken = |error: aws_smithy_types::error::operation::BuildError| Failure::protocol(call, error.to_string());
    let filter = sdk::InventoryFilter::builder()
        .key(format!("{APPLICATIONS}.Name"))
        .set_values(Some(CLIENTS.map(str::to_owned).to_vec()))
        .r#type(sdk::InventoryQueryOperatorType::Equal)
        .build()
        .map_err(broken)?;
    let wanted = sdk::ResultAttribute::builder().type_name(APPLICATIONS).build().map_err(broken)?;
    let Part { rows, truncated } = first_pages(
        call,
        MOST_PAGES_OF_INVENTORY,
        |_| false,
        async |token| {
            let request = clients.ssm().get_inventory().filters(filter.clone()).result_attributes(wanted.clone());
            let answer = clients.call(call, request.max_results(PAGE_SIZE.into()).set_next_token(token).send()).await?;
            Ok(Page { items: answer.entities, next: answer.next_token })
        },
    )
    .await?;
    let mut rows: Vec<InstalledClient> = rows.iter().flat_map(installed).collect();
    rows.sort();
    rows.dedup();
    Ok(Observed { rows, truncated })
}

/// The packages of one instance that matter; what else is installed stays out.
fn installed(entity: &sdk::InventoryResultEntity) -> Vec<InstalledClient> {
    let id = entity.id().filter(|id| id.starts_with("i-"));
    let (Some(id), Some(item)) = (id, entity.data().and_then(|data| data.get(APPLICATIONS))) else { return Vec::new() };
    let captured_at = item.capture_time().and_then(|text| text.parse().ok());
    let client = |package: &HashMap<String, String>| {
        let name = package.get("Name").filter(|name| CLIENTS.contains(&name.as_str()))?;
        let version = package.get("Version").filter(|version| !version.is_empty()).cloned();
        Some(InstalledClient { instance_id: id.to_owned(), package: name.clone(), version, captured_at })
    };
    item.content().iter().filter_map(client).collect()
}
