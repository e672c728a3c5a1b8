//! Amazon Inspector as the rules need it. Field names follow the Inspector API (2020-06-08).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Section, ShortText};

/// The Inspector sections of a target, always about the target's own account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inspector {
    /// `BatchGetAccountStatus`.
    pub account_status: Section<AccountStatus>,
    /// `GetConfiguration`.
    pub configuration: Section<Configuration>,
    /// `GetEc2DeepInspectionConfiguration`.
    pub deep_inspection: Section<DeepInspection>,
    /// `GetDelegatedAdminAccount`.
    pub delegated_administrator: Section<DelegatedAdministrator>,
    /// `ListCoverage` of EC2 instances, sorted by instance id.
    pub ec2_coverage: Section<Vec<Ec2Coverage>>,
    /// `ListCoverageStatistics` of ECR images by use, see [`EcrImageUse`].
    pub ecr_image_use: Section<EcrImageUse>,
    /// `ListCoverageStatistics` of ECR images.
    pub ecr_images: Section<EcrImageCounts>,
    /// `BatchGetFreeTrialInfo`, sorted by type.
    pub free_trial: Section<Vec<FreeTrial>>,
    /// `DescribeSecurityHubV2`: who bills Inspector.
    pub security_hub: Section<SecurityHub>,
    /// `ListUsageTotals`: what Inspector metered in the last 30 days.
    pub usage_totals: Section<UsageTotals>,
}

/// A status with what AWS says of its failure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypeStatus {
    /// `ENABLING`, `ENABLED`, `DISABLING`, `DISABLED`, `SUSPENDING`, `SUSPENDED`, or what AWS adds.
    pub status: String,
    /// AWS's error code, e.g. `BLOCKED_BY_ORGANIZATION_POLICY`.
    pub error_code: Option<String>,
    /// AWS's error message.
    pub error_message: Option<String>,
}

/// The account's status and that of each resource type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountStatus {
    /// The account's state; absent when AWS gave none.
    pub state: Option<TypeStatus>,
    /// By resource type: `ec2`, `ecr`, `lambda`, `lambda_code`, `code_repository`, `ami`.
    pub resources: BTreeMap<String, TypeStatus>,
    /// Set when the account came back under `failedAccounts`.
    pub failed: Option<TypeStatus>,
}

impl AccountStatus {
    /// The status text of one resource type.
    pub fn of(&self, resource: &str) -> Option<&str> {
        self.resources.get(resource).map(|status| status.status.as_str())
    }
}

/// What `GetConfiguration` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Configuration {
    /// `EC2_SSM_AGENT_BASED` or `EC2_HYBRID`.
    pub ec2_scan_mode: Option<String>,
    /// Whether the VM Scanner ("Enhanced EC2 Scanning") is activated.
    pub vm_scanner_activated: Option<bool>,
    /// Since when.
    pub vm_scanner_activated_at: Option<DateTime<Utc>>,
    /// `rescanDuration`: `LIFETIME`, `DAYS_14` and the like, by push date.
    pub ecr_rescan_duration: Option<String>,
    /// `pullDateRescanDuration`: `DAYS_14` and the like.
    pub ecr_pull_date_rescan_duration: Option<String>,
    /// `LAST_PULL_DATE` or `LAST_IN_USE_AT`.
    pub ecr_pull_date_rescan_mode: Option<String>,
    /// `SUCCESS`, `PENDING`, `FAILED`.
    pub ecr_rescan_status: Option<String>,
}

/// What `GetEc2DeepInspectionConfiguration` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeepInspection {
    /// `ACTIVATED`, `DEACTIVATED`, `PENDING`, `FAILED`, or what AWS adds.
    pub status: String,
    /// The account's own paths.
    pub package_paths: Vec<String>,
    /// The organization's paths.
    pub org_package_paths: Vec<String>,
    /// AWS's error message.
    pub error_message: Option<String>,
}

/// One coverage row of an EC2 instance (scan type `PACKAGE`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ec2Coverage {
    /// `i-…`.
    pub instance_id: String,
    /// `EC2_SSM_AGENT_BASED`, `EC2_AGENTLESS`, `EC2_INSPECTOR_AGENT_BASED`, or what AWS adds.
    pub scan_mode: Option<ShortText>,
    /// `ACTIVE` or `INACTIVE`.
    pub status: Option<ShortText>,
    /// Why, e.g. `SUCCESSFUL`, `EXCLUDED_BY_TAG`; an open set.
    pub reason: Option<ShortText>,
    /// `LINUX`, `WINDOWS`, `MACOS`, `UNKNOWN`.
    pub platform: Option<ShortText>,
    /// When it was last scanned.
    pub last_scanned_at: Option<DateTime<Utc>>,
}

/// ECR images by scan status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EcrImageCounts {
    /// By status code: `ACTIVE`, `INACTIVE`.
    pub by_status: BTreeMap<String, u64>,
    /// By reason, e.g. `SUCCESSFUL`, `SCAN_ELIGIBILITY_EXPIRED`; an open set. Empty in snapshots of builds that did
    /// not ask.
    pub by_reason: BTreeMap<String, u64>,
}

impl EcrImageCounts {
    /// The reason of images that nobody counted; no reason of Inspector's has a space.
    const GIVEN: &str = "given by the operator";

    /// That many active images, said by the operator of a world in which Inspector would scan them.
    pub fn given(images: u64) -> Self {
        Self {
            by_status: BTreeMap::from([("ACTIVE".to_owned(), images)]),
            by_reason: BTreeMap::from([(Self::GIVEN.to_owned(), images)]),
        }
    }

    /// Whether the operator said the number and Inspector did not count it.
    pub fn is_given(&self) -> bool {
        self.by_reason.contains_key(Self::GIVEN)
    }

    /// Images that Inspector keeps scanning.
    pub fn active(&self) -> u64 {
        self.by_status.get("ACTIVE").copied().unwrap_or(0)
    }
}

/// ECR images counted by how they are used, each by repository name: counts of `ListCoverageStatistics` grouped by
/// `ECR_REPOSITORY_NAME`, so that no image is ever listed. Repositories without such an image are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EcrImageUse {
    /// Status `ACTIVE`, in-use count 0, last pulled more than [`Self::RECENT_DAYS`] days before the snapshot.
    pub stale_active: BTreeMap<String, u64>,
    /// Reason `SCAN_ELIGIBILITY_EXPIRED`, in-use count at least 1.
    pub expired_in_use: BTreeMap<String, u64>,
    /// Reason `SCAN_ELIGIBILITY_EXPIRED`, pulled in the [`Self::RECENT_DAYS`] days before the snapshot.
    pub expired_recently_pulled: BTreeMap<String, u64>,
}

impl EcrImageUse {
    /// How many days back a pull counts as recent.
    pub const RECENT_DAYS: u32 = 30;
}

/// What Inspector metered in the last 30 days, by usage type (`ECR_RESCAN`, `EC2_INSTANCE_HOURS`, ...; an open set).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UsageTotals {
    /// By type.
    pub by_type: BTreeMap<String, Usage>,
}

/// One usage type's total and AWS's own estimate of its cost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// How much, in the type's own unit: scans, instance hours, function hours.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub total: Decimal,
    /// What AWS estimates for a month, in `currency`; list prices, no discounts.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub estimated_monthly_cost: Decimal,
    /// `USD`, or what AWS adds; empty where AWS gave none.
    pub currency: String,
}

/// The free trial of one scan type.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct FreeTrial {
    /// `EC2`, `ECR`, `LAMBDA`, `LAMBDA_CODE`, or what AWS adds.
    #[serde(rename = "type")]
    pub kind: String,
    /// `ACTIVE`, `INACTIVE`, or what AWS adds.
    pub status: String,
    /// When it began.
    pub start: Option<DateTime<Utc>>,
    /// When it ends.
    pub end: Option<DateTime<Utc>>,
}

/// The organization's delegated administrator for Inspector.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DelegatedAdministrator {
    /// Its account id; absent when the organization has none, or the account is in no organization.
    pub account_id: Option<String>,
    /// `ENABLED`, `REMOVED` and the like; absent when AWS gave none.
    pub relationship_status: Option<String>,
}

/// Security Hub in the account and region. Where it is on, AWS bills Inspector by its essentials plan (Security Hub user
/// guide, "Monitoring usage and costs", 2026-10).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SecurityHub {
    /// Whether there is a hub.
    pub enabled: bool,
    /// Since when, in AWS's own words.
    pub subscribed_at: Option<String>,
}
