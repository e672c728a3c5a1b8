//! Amazon Inspector: status, configuration, coverage. Always of the target's own account.
//!
//! A delegated administrator's listings span the whole organization, so every call that can name the account does.

use std::collections::BTreeMap;

use aws_sdk_inspector2::types as sdk;
use chrono::{DateTime, Utc};
use futures::join;

use super::convert::{text, time};
use super::failure::Failure;
use super::inspector_ecr;
use super::pages::{Page, all_pages};
use super::site::{Site, section};
use crate::model::{
    AccountStatus, Configuration, DeepInspection, Ec2Coverage, Gap, GapReason, Inspector, Section, SectionName,
    TypeStatus,
};
use crate::permissions::{
    BATCH_GET_ACCOUNT_STATUS, GET_CONFIGURATION, GET_EC2_DEEP_INSPECTION_CONFIGURATION, LIST_COVERAGE,
};

/// The largest page of `ListCoverage` (Inspector API reference, 2026-10).
const PAGE_SIZE: i32 = 200;

/// The Inspector sections.
pub(super) async fn collect(site: &Site, wants: &impl Fn(SectionName) -> bool, taken_at: DateTime<Utc>) -> Inspector {
    // What is asked next depends on the status: an Inspector that scans no images has nothing to say about them.
    let status_first = async {
        let status = section(needs_status(wants), account_status(site)).await;
        let scans = Scans::of(&status);
        let more = join!(
            section(
                wants(SectionName::InspectorEcrImages),
                inspector_ecr::images(site, scans.images && wants(SectionName::InspectorEcrImageUse))
            ),
            section(wants(SectionName::InspectorEcrImageUse), inspector_ecr::image_use(site, scans, taken_at)),
            section(wants(SectionName::InspectorUsageTotals), inspector_ecr::usage_totals(site, scans)),
            section(wants(SectionName::InspectorFreeTrial), inspector_ecr::free_trial(site, scans)),
            section(
                wants(SectionName::InspectorDelegatedAdministrator),
                inspector_ecr::delegated_administrator(site, scans)
            ),
        );
        (status, more)
    };
    let ((account_status, more), configuration, deep_inspection, ec2_coverage) = join!(
        status_first,
        section(wants(SectionName::InspectorConfiguration), configuration(site)),
        section(wants(SectionName::InspectorDeepInspection), deep_inspection(site)),
        section(wants(SectionName::InspectorEc2Coverage), ec2_coverage(site)),
    );
    let (ecr_images, ecr_image_use, usage_totals, free_trial, delegated_administrator) = more;
    let mut inspector = Inspector {
        account_status,
        configuration,
        deep_inspection,
        delegated_administrator,
        ec2_coverage,
        ecr_image_use,
        ecr_images,
        free_trial,
        usage_totals,
    };
    excuse_denials(&mut inspector);
    inspector
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
    ]
    .into_iter()
    .any(wants)
}

/// What Inspector may be scanning, as far as its status says; `true` where it does not say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scans {
    /// Anything at all.
    pub(super) anything: bool,
    /// ECR images.
    pub(super) images: bool,
}

impl Scans {
    fn of(status: &Section<AccountStatus>) -> Self {
        let off = |state: Option<&str>| state == Some("DISABLED");
        let Some(status) = status.complete() else { return Self { anything: true, images: true } };
        let anything = !off(status.state.as_ref().map(|state| state.status.as_str()));
        Self { anything, images: anything && !off(status.of("ecr")) }
    }
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
async fn account_status(site: &Site) -> Result<AccountStatus, Failure> {
    let call = &BATCH_GET_ACCOUNT_STATUS;
    let request = site.inspector.batch_get_account_status().account_ids(&site.account);
    let answer = site.call(call, request.send()).await?;
    let own = answer.accounts().iter().find(|account| account.account_id() == site.account);
    let failed = answer.failed_accounts().iter().find(|account| account.account_id() == site.account);
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

/// One status.
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
async fn configuration(site: &Site) -> Result<Configuration, Failure> {
    // Without an account id it is the caller's own; with one, only a delegated administrator may ask.
    let answer = site.call(&GET_CONFIGURATION, site.inspector.get_configuration().send()).await?;
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
async fn deep_inspection(site: &Site) -> Result<DeepInspection, Failure> {
    let call = &GET_EC2_DEEP_INSPECTION_CONFIGURATION;
    let answer = site.call(call, site.inspector.get_ec2_deep_inspection_configuration().send()).await?;
    let status = text(answer.status()).ok_or_else(|| Failure::protocol(call, "the answer has no status"))?;
    Ok(DeepInspection {
        status,
        package_paths: answer.package_paths.unwrap_or_default(),
        org_package_paths: answer.org_package_paths.unwrap_or_default(),
        error_message: answer.error_message,
    })
}

/// A filter for one text.
pub(super) fn equals(
    call: &'static crate::permissions::Call,
    value: &str,
) -> Result<sdk::CoverageStringFilter, Failure> {
    sdk::CoverageStringFilter::builder()
        .comparison(sdk::CoverageStringComparison::Equals)
        .value(value)
        .build()
        .map_err(|error| Failure::protocol(call, error.to_string()))
}

/// The coverage of the account's EC2 instances, one row for each.
async fn ec2_coverage(site: &Site) -> Result<Vec<Ec2Coverage>, Failure> {
    let call = &LIST_COVERAGE;
    let criteria = sdk::CoverageFilterCriteria::builder()
        .account_id(equals(call, &site.account)?)
        .resource_type(equals(call, "AWS_EC2_INSTANCE")?)
        .build();
    let rows = all_pages(call, async |token| {
        let request = site.inspector.list_coverage().filter_criteria(criteria.clone());
        let answer = site.call(call, request.max_results(PAGE_SIZE).set_next_token(token).send()).await?;
        Ok(Page { items: answer.covered_resources, next: answer.next_token })
    })
    .await?;
    Ok(one_row_each(&rows, &site.account))
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

/// One coverage row.
fn coverage(id: &str, row: &sdk::CoveredResource) -> Ec2Coverage {
    let status = row.scan_status();
    let platform = row.resource_metadata().and_then(|metadata| metadata.ec2()).and_then(|ec2| text(ec2.platform()));
    Ec2Coverage {
        instance_id: id.to_owned(),
        scan_mode: text(row.scan_mode()),
        status: status.map(|status| status.status_code().as_str().to_owned()),
        reason: status.map(|status| status.reason().as_str().to_owned()),
        platform,
        last_scanned_at: time(row.last_scanned_at()),
    }
}

#[cfg(test)]
#[path = "inspector_tests.rs"]
mod tests;
