//! Amazon Inspector's bill: metered usage, free trials, who administers it, and how the scanned images are used.
//!
//! As in [`super::inspector`], every call that can name the account does.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use aws_sdk_inspector2::types as sdk;
use chrono::Days;
use futures::try_join;
use rust_decimal::Decimal;

use super::convert::{text, time};
use super::failure::Failure;
use super::inspector::{counts, image_criteria, text_filter};
use super::pages::{Page, all_pages};
use super::site::Site;
use super::symptom::{Kind, Stage, Symptom};
use crate::model::{DelegatedAdministrator, EcrImageUse, FreeTrial, Usage, UsageTotals};
use crate::permissions::{
    BATCH_GET_FREE_TRIAL_INFO, Call, GET_DELEGATED_ADMIN_ACCOUNT, LIST_COVERAGE_STATISTICS, LIST_USAGE_TOTALS,
};

/// The largest page of `ListUsageTotals` (Inspector API reference, 2026-10).
const PAGE_SIZE: i32 = 500;

/// The organization's administrator for Inspector.
pub(super) async fn delegated_administrator(site: &Site) -> Result<DelegatedAdministrator, Failure> {
    let request = site.inspector.get_delegated_admin_account();
    match site.call(&GET_DELEGATED_ADMIN_ACCOUNT, request.send()).await {
        Ok(answer) => Ok(DelegatedAdministrator {
            account_id: answer.delegated_admin().and_then(|admin| admin.account_id()).map(str::to_owned),
            relationship_status: answer.delegated_admin().and_then(|admin| text(admin.relationship_status())),
        }),
        // The organization has none, or there is no organization.
        Err(failure) if failure.is(&["ResourceNotFoundException"]) => Ok(DelegatedAdministrator::default()),
        Err(failure) => Err(failure),
    }
}

/// The account's free trials.
pub(super) async fn free_trial(site: &Site) -> Result<Vec<FreeTrial>, Failure> {
    let call = &BATCH_GET_FREE_TRIAL_INFO;
    let request = site.inspector.batch_get_free_trial_info().account_ids(&site.account);
    let answer = site.call(call, request.send()).await?;
    if let Some(failed) = answer.failed_accounts().iter().find(|failed| failed.account_id() == site.account) {
        let symptom = Symptom {
            code: Some(failed.code().as_str().to_owned()),
            message: failed.message().to_owned(),
            ..Symptom::of(Kind::Service)
        };
        return Err(Failure::new(symptom, call, Stage::inside(false)));
    }
    let own = answer.accounts().iter().filter(|account| account.account_id() == site.account);
    let mut trials: Vec<FreeTrial> = own
        .flat_map(sdk::FreeTrialAccountInfo::free_trial_info)
        .filter(|trial| is_aws(trial.cloud_provider()))
        .map(|trial| FreeTrial {
            kind: trial.r#type().as_str().to_owned(),
            status: trial.status().as_str().to_owned(),
            start: time(Some(trial.start())).filter(|time| time.timestamp() > 0),
            end: time(Some(trial.end())).filter(|time| time.timestamp() > 0),
        })
        .collect();
    trials.sort();
    trials.dedup();
    Ok(trials)
}

/// Whether usage is of AWS's own resources, not of another cloud's that Inspector scans as well.
fn is_aws(provider: Option<&sdk::CloudProvider>) -> bool {
    provider.is_none_or(|provider| matches!(provider.as_str(), "AWS" | "NOT_APPLICABLE"))
}

/// What the account used in the last 30 days.
pub(super) async fn usage_totals(site: &Site) -> Result<UsageTotals, Failure> {
    let call = &LIST_USAGE_TOTALS;
    let rows = all_pages(call, async |token| {
        let request = site.inspector.list_usage_totals().account_ids(&site.account).max_results(PAGE_SIZE);
        let answer = site.call(call, request.set_next_token(token).send()).await?;
        Ok(Page { items: answer.totals, next: answer.next_token })
    })
    .await?;
    let own = rows.iter().filter(|row| row.account_id() == Some(site.account.as_str()));
    let mut totals = UsageTotals::default();
    for usage in own.flat_map(sdk::UsageTotal::usage).filter(|usage| is_aws(usage.cloud_provider())) {
        let kind = text(usage.r#type()).ok_or_else(|| Failure::protocol(call, "a usage has no type"))?;
        let sum: &mut Usage = totals.by_type.entry(kind).or_default();
        sum.total = sum.total.saturating_add(decimal(call, usage.total())?);
        sum.estimated_monthly_cost =
            sum.estimated_monthly_cost.saturating_add(decimal(call, usage.estimated_monthly_cost())?);
        sum.currency = text(usage.currency()).unwrap_or_default();
    }
    Ok(totals)
}

/// The number as AWS wrote it: the SDK reads it into binary, whose shortest decimal form is the original.
fn decimal(call: &'static Call, number: f64) -> Result<Decimal, Failure> {
    let written = number.to_string();
    Decimal::from_str(&written).map_err(|_| Failure::protocol(call, format!("`{written}` is not an amount")))
}

/// The account's ECR images by use and repository: three counts, so that no image is ever listed.
pub(super) async fn ecr_image_use(site: &Site) -> Result<EcrImageUse, Failure> {
    let call = &LIST_COVERAGE_STATISTICS;
    let recent = site.taken_at.checked_sub_days(Days::new(EcrImageUse::RECENT_DAYS.into())).unwrap_or(site.taken_at);
    let recent = aws_smithy_types::DateTime::from_secs(recent.timestamp());
    let active = text_filter(call, "ACTIVE")?;
    let expired = text_filter(call, "SCAN_ELIGIBILITY_EXPIRED")?;
    let count = sdk::CoverageNumberFilter::builder;
    let pulled = sdk::CoverageDateFilter::builder;
    let stale_active = image_criteria(site)?
        .scan_status_code(active)
        .ecr_image_in_use_count(count().upper_inclusive(0).build())
        .image_pulled_at(pulled().end_inclusive(recent).build());
    let expired_in_use = image_criteria(site)?
        .scan_status_reason(expired.clone())
        .ecr_image_in_use_count(count().lower_inclusive(1).build());
    let expired_recently_pulled =
        image_criteria(site)?.scan_status_reason(expired).image_pulled_at(pulled().start_inclusive(recent).build());
    let by_repository =
        async |criteria: sdk::builders::CoverageFilterCriteriaBuilder| -> Result<BTreeMap<String, u64>, Failure> {
            let found = counts(site, criteria.build(), sdk::GroupKey::EcrRepositoryName).await?;
            Ok(found.into_iter().filter(|(_, count)| *count > 0).collect())
        };
    let (stale_active, expired_in_use, expired_recently_pulled) = try_join!(
        Box::pin(by_repository(stale_active)),
        Box::pin(by_repository(expired_in_use)),
        Box::pin(by_repository(expired_recently_pulled)),
    )?;
    Ok(EcrImageUse { stale_active, expired_in_use, expired_recently_pulled })
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
        assert!(!is_aws(Some(&"AZURE".into())));
    }
}
