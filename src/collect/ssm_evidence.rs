//! Evidence from Systems Manager: when the plugin's association ran, and which NFS and S3 clients are installed.

use std::collections::HashMap;

use aws_sdk_ssm::types as sdk;
use chrono::{DateTime, Utc};

use super::convert::time;
use super::failure::Failure;
use super::pages::{Page, Part, first_pages};
use super::site::{IntoSection as _, Site};
use super::ssm::inspector_association;
use crate::model::{Association, AssociationRun, InstalledClient, Observed, Section, Target};
use crate::permissions::{DESCRIBE_ASSOCIATION_EXECUTIONS, GET_INVENTORY};

/// The largest page of both listings (Systems Manager API reference, 2026-10).
const PAGE_SIZE: i32 = 50;
/// A thousand runs: eight months of a run every six hours.
const MOST_PAGES_OF_RUNS: usize = 20;
/// Twenty thousand instances with one of the packages.
const MOST_PAGES_OF_INVENTORY: usize = 400;
/// The type of inventory that lists packages.
const APPLICATIONS: &str = "AWS:Application";
/// The packages that mount EFS or S3 (EFS user guide, "Installing the Amazon EFS client", 2026-10).
const CLIENTS: [&str; 7] = ["amazon-efs-utils", "goofys", "mount-s3", "nfs-common", "nfs-utils", "s3fs", "s3fs-fuse"];

/// The association's runs since `from`, newest first.
pub(super) async fn association_runs(
    site: &Site,
    target: &Target,
    from: DateTime<Utc>,
) -> Section<Observed<AssociationRun>> {
    let association = match &target.ssm.inspector_association {
        Section::Complete(association) => Ok(association.clone()),
        Section::NotAsked => inspector_association(site).await,
        // That is a gap of its own already; what nobody asked for here is no second one.
        Section::Absent(gap) | Section::Missing(gap) => {
            let truncated = Some(format!("the association is not known: {}", gap.message));
            return Section::Complete(Observed { rows: Vec::new(), truncated });
        }
    };
    match association {
        Ok(Some(association)) => runs(site, &association, from).await.into_section(),
        Ok(None) => Section::Complete(Observed::default()),
        Err(failure) => failure.into(),
    }
}

/// The runs of one association.
async fn runs(
    site: &Site,
    association: &Association,
    from: DateTime<Utc>,
) -> Result<Observed<AssociationRun>, Failure> {
    let call = &DESCRIBE_ASSOCIATION_EXECUTIONS;
    // The order is not documented: only a page that is sorted newest first can show that the rest is too old.
    let past = |page: &[AssociationRun]| {
        page.is_sorted_by(|a, b| a.at >= b.at) && page.last().is_some_and(|oldest| oldest.at < from)
    };
    let Part { mut rows, truncated } = first_pages(call, MOST_PAGES_OF_RUNS, past, async |token| {
        let request = site.ssm.describe_association_executions().association_id(&association.id);
        let answer = site.call(call, request.max_results(PAGE_SIZE).set_next_token(token).send()).await?;
        Ok(Page {
            items: answer.association_executions.map(|rows| rows.iter().filter_map(run).collect()),
            next: answer.next_token,
        })
    })
    .await?;
    rows.retain(|run| run.at >= from);
    rows.sort_by(|a, b| b.cmp(a));
    rows.dedup();
    Ok(Observed { rows, truncated })
}

/// One run; one without a time says nothing.
fn run(execution: &sdk::AssociationExecution) -> Option<AssociationRun> {
    let at = time(execution.created_time())?;
    Some(AssociationRun { at, status: execution.status().unwrap_or_default().to_owned() })
}

/// The instances on which one of the packages is installed, by instance and package.
pub(super) async fn nfs_clients(site: &Site) -> Result<Observed<InstalledClient>, Failure> {
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
            let request = site.ssm.get_inventory().filters(filter.clone()).result_attributes(wanted.clone());
            let answer = site.call(call, request.max_results(PAGE_SIZE).set_next_token(token).send()).await?;
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
