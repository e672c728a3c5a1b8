//! Amazon Inspector as the rules need it. Field names follow the Inspector API (2020-06-08).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Section;

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
    /// `ListCoverage` of EC2 instances, sorted by instance id.
    pub ec2_coverage: Section<Vec<Ec2Coverage>>,
    /// `ListCoverageStatistics` of ECR images.
    pub ecr_images: Section<EcrImageCounts>,
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
    pub scan_mode: Option<String>,
    /// `ACTIVE` or `INACTIVE`.
    pub status: Option<String>,
    /// Why, e.g. `SUCCESSFUL`, `EXCLUDED_BY_TAG`; an open set.
    pub reason: Option<String>,
    /// `LINUX`, `WINDOWS`, `MACOS`, `UNKNOWN`.
    pub platform: Option<String>,
    /// When it was last scanned.
    pub last_scanned_at: Option<DateTime<Utc>>,
}

/// ECR images by scan status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EcrImageCounts {
    /// By status code: `ACTIVE`, `INACTIVE`.
    pub by_status: BTreeMap<String, u64>,
}

impl EcrImageCounts {
    /// Images that Inspector keeps scanning.
    pub fn active(&self) -> u64 {
        self.by_status.get("ACTIVE").copied().unwrap_or(0)
    }
}
