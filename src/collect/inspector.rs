//! Amazon Inspector: status, configuration, coverage. Always of the target's own account.
//!
//! A delegated administrator's listings span the whole organization, so every call that can name the account does.

use std::collections::BTreeMap;

use aws_sdk_inspector2::types as sdk;
use futures::{join, try_join};

use super::convert::{text, time};
use super::failure::Failure;
use super::inspector_usage as usage;
use super::pages::{Page, all_pages};
use super::site::{Site, section};
use crate::model::{
    AccountStatus, Configuration, DeepInspection, Ec2Coverage, EcrImageCounts, GapReason, Inspector, Section,
    SectionName, TypeStatus,
};
use crate::permissions::{
    BATCH_GET_ACCOUNT_STATUS, Call, GET_CONFIGURATION, GET_EC2_DEEP_INSPECTION_CONFIGURATION, LIST_COVERAGE,
    LIST_COVERAGE_STATISTICS,
};

/// The largest page of `ListCoverage` (Inspector API reference, 2026-10).
const PAGE_SIZE: i32 = 200;

/// The Inspector sections.
pub(super) async fn collect(site: &Site, wants: &impl Fn(SectionName) -> bool) -> Inspector {
    let (
        account_status,
        configuration,
        deep_inspection,
        ec2_coverage,
        ecr_images,
        delegated_administrator,
        free_trial,
        usage_totals,
        ecr_image_use,
    ) = join!(
        section(wants(SectionName::InspectorAccountStatus), account_status(site)),
        section(wants(SectionName::InspectorConfiguration), configuration(site)),
        section(wants(SectionName::InspectorDeepInspection), deep_inspection(site)),
        section(wants(SectionName::InspectorEc2Coverage), ec2_coverage(site)),
        section(wants(SectionName::InspectorEcrImages), ecr_images(site)),
        section(wants(SectionName::InspectorDelegatedAdministrator), usage::delegated_administrator(site)),
        section(wants(SectionName::InspectorFreeTrial), usage::free_trial(site)),
        section(wants(SectionName::InspectorUsageTotals), usage::usage_totals(site)),
        section(wants(SectionName::InspectorEcrImageUse), usage::ecr_image_use(site)),
    );
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
    excuse(&mut inspector.delegated_administrator);
    excuse(&mut inspector.free_trial);
    excuse(&mut inspector.usage_totals);
    excuse(&mut inspector.ecr_image_use);
}

/// Turns a denial into "not enabled".
fn excuse<T>(section: &mut Section<T>) {
    if let Section::Missing(gap) = section
        && gap.reason == GapReason::AccessDenied
    {
        gap.reason = GapReason::NotEnabled;
        gap.message = format!("Inspector is not enabled in this account and region ({})", gap.message);
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
pub(super) fn text_filter(call: &'static Call, value: &str) -> Result<sdk::CoverageStringFilter, Failure> {
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
        .account_id(text_filter(call, &site.account)?)
        .resource_type(text_filter(call, "AWS_EC2_INSTANCE")?)
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

/// The account's ECR images by scan status, and by its reason.
async fn ecr_images(site: &Site) -> Result<EcrImageCounts, Failure> {
    let (by_status, by_reason) = try_join!(
        counts(site, image_criteria(site)?.build(), sdk::GroupKey::ScanStatusCode),
        counts(site, image_criteria(site)?.build(), sdk::GroupKey::ScanStatusReason),
    )?;
    Ok(EcrImageCounts { by_status, by_reason })
}

/// The criteria of all the account's ECR images.
pub(super) fn image_criteria(site: &Site) -> Result<sdk::builders::CoverageFilterCriteriaBuilder, Failure> {
    let call = &LIST_COVERAGE_STATISTICS;
    Ok(sdk::CoverageFilterCriteria::builder()
        .account_id(text_filter(call, &site.account)?)
        .resource_type(text_filter(call, "AWS_ECR_CONTAINER_IMAGE")?))
}

/// How many resources fit, by group.
pub(super) async fn counts(
    site: &Site,
    criteria: sdk::CoverageFilterCriteria,
    group: sdk::GroupKey,
) -> Result<BTreeMap<String, u64>, Failure> {
    let call = &LIST_COVERAGE_STATISTICS;
    let rows = all_pages(call, async |token| {
        let request = site.inspector.list_coverage_statistics().filter_criteria(criteria.clone());
        let answer = site.call(call, request.group_by(group.clone()).set_next_token(token).send()).await?;
        // Where there is nothing to count there may be no groups at all, only a total of zero.
        let none = (answer.total_counts == 0).then(Vec::new);
        Ok(Page { items: answer.counts_by_group.or(none), next: answer.next_token })
    })
    .await?;
    let mut counts = BTreeMap::new();
    for row in &rows {
        let key = text(row.group_key()).ok_or_else(|| Failure::protocol(call, "a count has no group"))?;
        *counts.entry(key).or_insert(0_u64) += u64::try_from(row.count()).unwrap_or_default();
    }
    Ok(counts)
}

#[cfg(test)]
#[path = "inspector_tests.rs"]
mod tests;
