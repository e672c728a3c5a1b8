//! Amazon Inspector: status, configuration, coverage. Always of the target's own account.
//!
//! A delegated administrator's listings span the whole organization, so every call that can name the account does.

use std::collections::BTreeMap;

use aws_sdk_inspector2::types as sdk;
use chrono::{DateTime, Utc};
use futures::join;

use super::clients::{TargetClients, section};
use super::convert::{short_text, text, time};
use super::failure::Failure;
use super::gate::{Gate, Part, Sign};
use super::inspector_ecr::{self, Scans, equals};
use super::pages::{Page, all_pages};
use super::security_hub;
use crate::model::{
    AccountStatus, Configuration, DeepInspection, Ec2Coverage, EcrImageCounts, Gap, GapReason, Inspector, Section,
    SectionName, TypeStatus,
};
use crate::permissions::{
    BATCH_GET_ACCOUNT_STATUS, GET_CONFIGURATION, GET_EC2_DEEP_INSPECTION_CONFIGURATION, LIST_COVERAGE,
};

/// The largest page of `ListCoverage` (Inspector API reference, 2026-10).
const PAGE_SIZE: i32 = 200;

pub(super) async fn collect(
    clients: &TargetClients,
    wants: &impl Fn(SectionName) -> bool,
    taken_at: DateTime<Utc>,
    gate: &Gate,
) -> Inspector {
    // What is asked next depends on the status: an Inspector that scans no images has nothing to say about them.
    let status_first = async {
        let status = section(needs_status(wants), account_status(clients)).await;
        gate.said(Part::Inspector, || Sign::of(&status, is_off));
        let asks = gate.passes().await;
        let scans = if asks { Scans::of(&status) } else { Scans::NOTHING };
        let more = join!(
            section(wants(SectionName::InspectorEcrImages), async {
                // An Inspector that scans nothing counts none.
                if !asks {
                    return Ok(EcrImageCounts::default());
                }
                inspector_ecr::images(clients, scans.images && wants(SectionName::InspectorEcrImageUse)).await
            }),
            section(wants(SectionName::InspectorEcrImageUse), inspector_ecr::image_use(clients, scans, taken_at)),
            section(wants(SectionName::InspectorUsageTotals), inspector_ecr::usage_totals(clients, scans)),
            section(wants(SectionName::InspectorFreeTrial), inspector_ecr::free_trial(clients, scans)),
            section(
                wants(SectionName::InspectorDelegatedAdministrator),
                inspector_ecr::delegated_administrator(clients, scans)
            ),
            section(wants(SectionName::SecurityHub) && scans.anything, security_hub::hub(clients)),
        );
        (status, more)
    };
    let others = async {
        let asks = gate.passes().await;
        join!(
            section(asks && wants(SectionName::InspectorConfiguration), configuration(clients)),
            section(asks && wants(SectionName::InspectorDeepInspection), deep_inspection(clients)),
            section(asks && wants(SectionName::InspectorEc2Coverage), ec2_coverage(clients)),
        )
    };
    let ((account_status, more), (configuration, deep_inspection, ec2_coverage)) = join!(status_first, others);
    let (ecr_images, ecr_image_use, usage_totals, free_trial, delegated_administrator, security_hub) = more;
    let mut inspector = Inspector {
        account_status,
        configuration,
        deep_inspection,
        delegated_administrator,
        ec2_coverage,
        ecr_image_use,
        ecr_images,
        free_trial,
        security_hub,
        usage_totals,
    };
    excuse_denials(&mut inspector);
    inspector
}

/// Whether nothing is scanned, nothing is on its way, and nothing failed.
fn is_off(status: &AccountStatus) -> bool {
    let off = |status: &TypeStatus| status.status == "DISABLED";
    status.failed.is_none() && status.state.as_ref().is_some_and(off) && status.resources.values().all(off)
}

/// Whether any wanted section needs the account's status.
fn needs_status(wants: &impl Fn(SectionName) -> bool) -> bool {
    [
        SectionName::InspectorAccountStatus,
        SectionName::InspectorEcrImages,
        SectionName::InspectorEcrImageUse,
        SectionName::InspectorUsageTotals,
        SectionName::InspectorFreeTrial,
        SectionName::InspectorDelegatedAdministrator,
        SectionName::SecurityHub,
    ]
    .into_iter()
    .any(wants)
}

/// An Inspector that is off denies what it has no data for: that denial hides nothing.
fn excuse_denials(inspector: &mut Inspector) {
    let status = inspector.account_status.complete().and_then(|status| status.state.as_ref());
    if status.is_none_or(|state| state.status != "DISABLED") {
        return;
    }
    excuse(&mut inspector.configuration);
    excuse(&mut inspector.deep_inspection);
    excuse(&mut inspector.ec2_coverage);
    excuse(&mut inspector.ecr_images);
    excuse(&mut inspector.ecr_image_use);
    excuse(&mut inspector.usage_totals);
    excuse(&mut inspector.free_trial);
    excuse(&mut inspector.delegated_administrator);
}

/// Turns a denial into "not enabled".
fn excuse<T>(section: &mut Section<T>) {
    if let Section::Missing(gap) = section
        && gap.reason == GapReason::AccessDenied
    {
        let message = format!("Inspector is not enabled in this account and region ({})", gap.message);
        *section = Section::Absent(Gap { reason: GapReason::NotEnabled, message, ..gap.clone() });
    }
}

/// The status of the account and of each resource type.
async fn account_status(clients: &TargetClients) -> Result<AccountStatus, Failure> {
    let call = &BATCH_GET_ACCOUNT_STATUS;
    let request = clients.inspector().batch_get_account_status().account_ids(&clients.account);
    let answer = clients.call(call, request.send()).await?;
    let own = answer.accounts().iter().find(|account| account.account_id() == clients.account);
    let failed = answer.failed_accounts().iter().find(|account| account.account_id() == clients.account);
    Ok(AccountStatus {
        state: own.and_then(|account| account.state()).map(status),
        resources: own.and_then(|account| account.resource_state()).map(resources).unwrap_or_default(),
        failed: failed.map(|account| TypeStatus {
            status: text(account.status()).unwrap_or_default(),
            error_code: code(account.error_code()),
            error_message: Some(account.error_message().to_owned()).filter(|text| !text.is_empty()),
        }),
    })
}

/// The status of each resource type that AWS names.
fn resources(state: &sdk::ResourceState) -> BTreeMap<String, TypeStatus> {
    [
        ("ec2", state.ec2()),
        ("ecr", state.ecr()),
        ("lambda", state.lambda()),
        ("lambda_code", state.lambda_code()),
        ("code_repository", state.code_repository()),
        ("ami", state.ami()),
    ]
    .into_iter()
    .filter_map(|(name, state)| Some((name.to_owned(), status(state?))))
    .collect()
}

fn status(state: &sdk::State) -> TypeStatus {
    TypeStatus {
        status: state.status().as_str().to_owned(),
        error_code: code(state.error_code()),
        error_message: Some(state.error_message().to_owned()).filter(|text| !text.is_empty()),
    }
}

/// An error code. `ALREADY_ENABLED` is no error, and what the SDK fills in for none is `no value was set`.
fn code(code: &sdk::ErrorCode) -> Option<String> {
    Some(code.as_str().to_owned()).filter(|code| !code.is_empty() && code != "no value was set")
}

/// Re-scan durations and the EC2 scan mode.
async fn configuration(clients: &TargetClients) -> Result<Configuration, Failure> {
    // Without an account id it is the caller's own; with one, only a delegated administrator may ask.
    let answer = clients.call(&GET_CONFIGURATION, clients.inspector().get_configuration().send()).await?;
    let ec2 = answer.ec2_configuration();
    let scanner = ec2.and_then(|ec2| ec2.vm_scanner_state());
    let rescan = answer.ecr_configuration().and_then(|ecr| ecr.rescan_duration_state());
    Ok(Configuration {
        ec2_scan_mode: ec2.and_then(|ec2| ec2.scan_mode_state()).and_then(|mode| text(mode.scan_mode())),
        vm_scanner_activated: scanner.and_then(sdk::VmScannerState::activated),
        vm_scanner_activated_at: time(scanner.and_then(|scanner| scanner.activated_at())),
        ecr_rescan_duration: rescan.and_then(|rescan| text(rescan.rescan_duration())),
        ecr_pull_date_rescan_duration: rescan.and_then(|rescan| text(rescan.pull_date_rescan_duration())),
        ecr_pull_date_rescan_mode: rescan.and_then(|rescan| text(rescan.pull_date_rescan_mode())),
        ecr_rescan_status: rescan.and_then(|rescan| text(rescan.status())),
    })
}

/// The state and the paths of deep inspection.
async fn deep_inspection(clients: &TargetClients) -> Result<DeepInspection, Failure> {
    let call = &GET_EC2_DEEP_INSPECTION_CONFIGURATION;
    let answer = clients.call(call, clients.inspector().get_ec2_deep_inspection_configuration().send()).await?;
    let status = text(answer.status()).ok_or_else(|| Failure::protocol(call, "the answer has no status"))?;
    Ok(DeepInspection {
        status,
        package_paths: answer.package_paths.unwrap_or_default(),
        org_package_paths: answer.org_package_paths.unwrap_or_default(),
        error_message: answer.error_message,
    })
}

/// The coverage of the account's EC2 instances, one row for each.
async fn ec2_coverage(clients: &TargetClients) -> Result<Vec<Ec2Coverage>, Failure> {
    let call = &LIST_COVERAGE;
    let criteria = sdk::CoverageFilterCriteria::builder()
        .account_id(equals(call, &clients.account)?)
        .resource_type(equals(call, "AWS_EC2_INSTANCE")?)
        .build();
    let rows = all_pages(call, async |token| {
        let request = clients.inspector().list_coverage().filter_criteria(criteria.clone());
        let answer = clients.call(call, request.max_results(PAGE_SIZE).set_next_token(token).send()).await?;
        Ok(Page { items: answer.covered_resources, next: answer.next_token })
    })
    .await?;
    Ok(one_row_each(&rows, &clients.account))
}

/// The row that says most about each instance of `account`: its package scan, by an agent, the latest.
fn one_row_each(rows: &[sdk::CoveredResource], account: &str) -> Vec<Ec2Coverage> {
    let mut best: BTreeMap<&str, &sdk::CoveredResource> = BTreeMap::new();
    let rank = |row: &sdk::CoveredResource| {
        let mode = text(row.scan_mode()).unwrap_or_default();
        let scanned = row.last_scanned_at().map(aws_smithy_types::DateTime::as_nanos);
        (row.scan_type().as_str() == "PACKAGE", mode != "EC2_AGENTLESS", scanned, mode)
    };
    for row in rows {
        if row.account_id() != account || row.resource_type().as_str() != "AWS_EC2_INSTANCE" {
            continue;
        }
        let id = row.resource_id().rsplit('/').next().unwrap_or_default();
        let known = best.entry(id).or_insert(row);
        if rank(row) > rank(known) {
            *known = row;
        }
    }
    best.into_iter().map(|(id, row)| coverage(id, row)).collect()
}

fn coverage(id: &str, row: &sdk::CoveredResource) -> Ec2Coverage {
    let status = row.scan_status();
    let platform =
        row.resource_metadata().and_then(|metadata| metadata.ec2()).and_then(|ec2| short_text(ec2.platform()));
    Ec2Coverage {
        instance_id: id.to_owned(),
        scan_mode: short_text(row.scan_mode()),
        status: status.map(|status| status.status_code().as_str().into()),
        reason: status.map(|status| status.reason().as_str().into()),
        platform,
        last_scanned_at: time(row.last_scanned_at()),
    }
}

#[cfg(test)]
#[path = "inspector_tests.rs"]
mod tests;
