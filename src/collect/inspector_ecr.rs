//! Amazon Inspector and ECR images: counts, what was metered, trials. Images are counted by AWS, never listed.

use std::collections::BTreeMap;

use aws_sdk_inspector2::types as sdk;
use chrono::{DateTime, TimeDelta, Utc};
use futures::try_join;
use rust_decimal::Decimal;

use super::clients::TargetClients;
use super::convert::{text, time};
use super::error_class::{CallError, Kind, Stage};
use super::failure::Failure;
use super::pages::{Page, all_pages};
use crate::model::{
    AccountStatus, DelegatedAdministrator, EcrImageCounts, EcrImageUse, FreeTrial, Section, Usage, UsageTotals,
};
use crate::permissions::{
    BATCH_GET_FREE_TRIAL_INFO, Call, GET_DELEGATED_ADMIN_ACCOUNT, LIST_COVERAGE_STATISTICS, LIST_USAGE_TOTALS,
};

/// The largest page of `ListUsageTotals` (Inspector API reference, 2026-10).
const USAGE_PAGE_SIZE: i32 = 500;

/// What Inspector may be scanning, as far as its status says; `true` where it does not say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scans {
    pub(super) anything: bool,
    pub(super) images: bool,
}

impl Scans {
    /// An Inspector that scans nothing, or cannot be asked.
    pub(super) const NOTHING: Self = Self { anything: false, images: false };

    pub(super) fn of(status: &Section<AccountStatus>) -> Self {
        let off = |state: Option<&str>| state == Some("DISABLED");
        let Some(status) = status.complete() else { return Self { anything: true, images: true } };
        let anything = !off(status.state.as_ref().map(|state| state.status.as_str()));
        Self { anything, images: anything && !off(status.of("ecr")) }
    }
}

/// A filter for one text.
pub(super) fn equals(call: &'static Call, value: &str) -> Result<sdk::CoverageStringFilter, Failure> {
    sdk::CoverageStringFilter::builder()
        .comparison(sdk::CoverageStringComparison::Equals)
        .value(value)
        .build()
        .map_err(|error| Failure::protocol(call, error.to_string()))
}

/// The account's ECR images by scan status and, on request, by reason.
pub(super) async fn images(clients: &TargetClients, reasons: bool) -> Result<EcrImageCounts, Failure> {
    let by_status = count(clients, own_images(clients)?.build(), sdk::GroupKey::ScanStatusCode).await?;
    let by_reason = if reasons {
        count(clients, own_images(clients)?.build(), sdk::GroupKey::ScanStatusReason).await?
    } else {
        BTreeMap::new()
    };
    Ok(EcrImageCounts { by_status, by_reason })
}

/// Images by repository that are scanned for nobody, or needed and no longer scanned.
pub(super) async fn image_use(
    clients: &TargetClients,
    scans: Scans,
    taken_at: DateTime<Utc>,
) -> Result<EcrImageUse, Failure> {
    if !scans.images {
        return Ok(EcrImageUse::default());
    }
    let call = &LIST_COVERAGE_STATISTICS;
    let recent = taken_at - TimeDelta::days(i64::from(EcrImageUse::RECENT_DAYS));
    let recent = aws_smithy_types::DateTime::from_secs(recent.timestamp());
    let used = |lower, upper| {
        sdk::CoverageNumberFilter::builder().set_lower_inclusive(lower).set_upper_inclusive(upper).build()
    };
    let expired = || equals(call, "SCAN_ELIGIBILITY_EXPIRED");
    let by_repository = |criteria| count(clients, criteria, sdk::GroupKey::EcrRepositoryName);
    let stale = own_images(clients)?
        .scan_status_code(equals(call, "ACTIVE")?)
        .ecr_image_in_use_count(used(Some(0), Some(0)))
        .image_pulled_at(sdk::CoverageDateFilter::builder().end_inclusive(recent).build());
    let in_use = own_images(clients)?.scan_status_reason(expired()?).ecr_image_in_use_count(used(Some(1), None));
    let pulled = own_images(clients)?
        .scan_status_reason(expired()?)
        .image_pulled_at(sdk::CoverageDateFilter::builder().start_inclusive(recent).build());
    let (stale_active, expired_in_use, expired_recently_pulled) =
        try_join!(by_repository(stale.build()), by_repository(in_use.build()), by_repository(pulled.build()))?;
    Ok(EcrImageUse { stale_active, expired_in_use, expired_recently_pulled })
}

/// The filter for the account's own images.
fn own_images(clients: &TargetClients) -> Result<sdk::builders::CoverageFilterCriteriaBuilder, Failure> {
    let call = &LIST_COVERAGE_STATISTICS;
    Ok(sdk::CoverageFilterCriteria::builder()
        .account_id(equals(call, &clients.account)?)
        .resource_type(equals(call, "AWS_ECR_CONTAINER_IMAGE")?))
}

/// Counts by group, without the groups that are empty.
async fn count(
    clients: &TargetClients,
    criteria: sdk::CoverageFilterCriteria,
    group_by: sdk::GroupKey,
) -> Result<BTreeMap<String, u64>, Failure> {
    let call: &'static Call = &LIST_COVERAGE_STATISTICS;
    let rows = all_pages(call, async |token| {
        let request = clients.inspector().list_coverage_statistics().filter_criteria(criteria.clone());
        let request = request.group_by(group_by.clone()).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        // Where there is nothing to count there may be no groups at all, only a total of zero.
        let none = (answer.total_counts == 0).then(Vec::new);
        Ok(Page { items: answer.counts_by_group.or(none), next: answer.next_token })
    })
    .await?;
    let mut counts = BTreeMap::new();
    for row in &rows {
        let group = text(row.group_key()).ok_or_else(|| Failure::protocol(call, "a count has no group"))?;
        let counted = u64::try_from(row.count()).unwrap_or_default();
        if counted > 0 {
            *counts.entry(group).or_insert(0_u64) += counted;
        }
    }
    Ok(counts)
}

/// What Inspector metered in the last 30 days.
pub(super) async fn usage_totals(clients: &TargetClients, scans: Scans) -> Result<UsageTotals, Failure> {
    if !scans.images {
        return Ok(UsageTotals::default());
    }
    let call = &LIST_USAGE_TOTALS;
    let rows = all_pages(call, async |token| {
        let request =
            clients.inspector().list_usage_totals().account_ids(&clients.account).max_results(USAGE_PAGE_SIZE);
        let answer = clients.call(call, request.set_next_token(token).send()).await?;
        Ok(Page { items: answer.totals, next: answer.next_token })
    })
    .await?;
    let mut by_type = BTreeMap::new();
    let own = rows.iter().filter(|row| row.account_id() == Some(clients.account.as_str()));
    for usage in own.flat_map(sdk::UsageTotal::usage) {
        if !is_aws(usage.cloud_provider()) {
            continue;
        }
        let kind = text(usage.r#type()).ok_or_else(|| Failure::protocol(call, "a usage has no type"))?;
        // A type can have a row for each provider that counts as AWS's own.
        let sum: &mut Usage = by_type.entry(kind).or_default();
        let cost = decimal(call, usage.estimated_monthly_cost())?;
        sum.total = sum.total.saturating_add(decimal(call, usage.total())?);
        sum.estimated_monthly_cost = sum.estimated_monthly_cost.saturating_add(cost);
        sum.currency = text(usage.currency()).unwrap_or_default();
    }
    Ok(UsageTotals { by_type })
}

/// Whether a figure is about AWS's own resources, not about another cloud's that Inspector scans as well.
fn is_aws(provider: Option<&sdk::CloudProvider>) -> bool {
    provider.is_none_or(|provider| matches!(provider.as_str(), "AWS" | "NOT_APPLICABLE"))
}

/// A number as the decimal that its shortest text names: 0.1 is 0.1.
fn decimal(call: &'static Call, number: f64) -> Result<Decimal, Failure> {
    let text = number.to_string();
    text.parse().map_err(|_| Failure::protocol(call, format!("{text} is not a quantity")))
}

/// The account's free trials.
pub(super) async fn free_trial(clients: &TargetClients, scans: Scans) -> Result<Vec<FreeTrial>, Failure> {
    if !scans.anything {
        return Ok(Vec::new());
    }
    let call = &BATCH_GET_FREE_TRIAL_INFO;
    let request = clients.inspector().batch_get_free_trial_info().account_ids(&clients.account);
    let answer = clients.call(call, request.send()).await?;
    if let Some(failed) = answer.failed_accounts().iter().find(|failed| failed.account_id() == clients.account) {
        let error = CallError {
            code: Some(failed.code().as_str().to_owned()),
            message: failed.message().to_owned(),
            ..CallError::of(Kind::Service)
        };
        return Err(Failure::new(error, call, Stage::inside(false)));
    }
    let own = answer.accounts().iter().find(|account| account.account_id() == clients.account);
    let Some(own) = own else {
        return Err(Failure::protocol(call, "the answer does not have the account"));
    };
    let mut trials: Vec<FreeTrial> = own
        .free_trial_info()
        .iter()
        .map(|trial| FreeTrial {
            kind: trial.r#type().as_str().to_owned(),
            status: trial.status().as_str().to_owned(),
            start: time(Some(trial.start())),
            end: time(Some(trial.end())),
        })
        .collect();
    trials.sort();
    Ok(trials)
}

/// The organization's delegated administrator, if there is one.
pub(super) async fn delegated_administrator(
    clients: &TargetClients,
    scans: Scans,
) -> Result<DelegatedAdministrator, Failure> {
    if !scans.images {
        return Ok(DelegatedAdministrator::default());
    }
    let call = &GET_DELEGATED_ADMIN_ACCOUNT;
    match clients.call(call, clients.inspector().get_delegated_admin_account().send()).await {
        Ok(answer) => {
            let admin = answer.delegated_admin();
            Ok(DelegatedAdministrator {
                account_id: admin.and_then(|admin| admin.account_id()).map(str::to_owned),
                relationship_status: text(admin.and_then(|admin| admin.relationship_status())),
            })
        }
        // No organization, or none that has chosen an administrator.
        Err(failure) if failure.is(&["ResourceNotFoundException"]) => Ok(DelegatedAdministrator::default()),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_come_out_as_aws_wrote_them() {
        let read = |number| decimal(&LIST_USAGE_TOTALS, number).map(|amount| amount.to_string()).ok();
        assert_eq!(read(0.1).as_deref(), Some("0.1"));
        assert_eq!(read(1234.56).as_deref(), Some("1234.56"));
        assert_eq!(read(0.000_000_9).as_deref(), Some("0.0000009"));
        assert_eq!(read(f64::NAN), None);
        assert_eq!(read(f64::INFINITY), None);
    }

    #[test]
    fn other_clouds_are_not_billed_here() {
        assert!(is_aws(None));
        assert!(is_aws(Some(&"AWS".into())));
        assert!(is_aws(Some(&"NOT_APPLICABLE".into())));
        assert!(!is_aws(Some(&"AZURE".into())));
    }
}
