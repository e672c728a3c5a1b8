//! The whole report.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Baseline, Finding, GapReport, Note, SuppressionUse, WhatIf};
use crate::model::Tool;
use crate::price::{Provenance, Usd};
use crate::report::measured::Measured;
use crate::report::totals::MonthlyTotals;
use crate::rules::finding::RuleVerdict;

/// The version of the JSON report.
pub const REPORT_SCHEMA_VERSION: u32 = 1;

/// A report. Serialized as it stands: renaming a field breaks its readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// See [`REPORT_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// What was judged.
    pub run: Run,
    /// Whether no gap could still change an outcome.
    pub complete: bool,
    /// Sorted by account, region, section, resource.
    pub gaps: Vec<GapReport>,
    /// Sorted by account, region, rule.
    pub verdicts: Vec<RuleVerdict>,
    /// Counts and totals.
    pub summary: Summary,
    /// Today beside the changed world that the rest is about; `None` for the world as it is.
    #[serde(default)]
    pub what_if: Option<WhatIf>,
    /// What was really used and paid, by account and region.
    #[serde(default)]
    pub measured: Vec<Measured>,
    /// What is worth knowing and no finding, sorted by kind, account, region.
    #[serde(default)]
    pub notes: Vec<Note>,
    /// Ranked; the suppressed ones, ranked among themselves, stand behind the others.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The findings that count, in the report's order: those that are not suppressed.
    pub fn counted(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.suppressed.is_none())
    }

    /// How many findings have no figure although it would count: the totals are then least ones.
    pub fn without_figure(&self) -> u64 {
        u64::try_from(self.counted().filter(|finding| finding.no_figure.is_some()).count()).unwrap_or(u64::MAX)
    }

    /// The suppressed findings, in the report's order.
    pub fn suppressed(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.suppressed.is_some())
    }
}

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// `aws`, `snapshot` or `terraform`.
    pub source: String,
    /// When it was collected, UTC; the latest of several snapshots.
    pub taken_at: DateTime<Utc>,
    /// Sorted.
    pub targets: Vec<TargetId>,
    /// The prices.
    pub prices: Provenance,
    /// What was looked at.
    pub inventory: ReportInventory,
    /// What was read of Terraform; `None` for a run about an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terraform: Option<TerraformRead>,
    /// The operator's suppressions and what became of each, in the order of the configuration file.
    #[serde(default)]
    pub suppressions: Vec<SuppressionUse>,
    /// What the findings were compared with, if with anything.
    #[serde(default)]
    pub baseline: Option<Baseline>,
}

/// What was read of Terraform.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerraformRead {
    /// Root modules; plans and states are not among them.
    pub directories: u64,
    /// Plans, states and configuration files, those of called modules with them.
    pub files: u64,
    /// Resources that the rules look at, each instance counted.
    pub resources: u64,
}

/// What was looked at in all targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportInventory {
    /// Distinct accounts.
    pub accounts: u64,
    /// Distinct regions.
    pub regions: u64,
    /// Instances, in whatever state.
    pub instances: u64,
    /// File systems.
    pub file_systems: u64,
    /// Repositories.
    pub repositories: u64,
    /// File systems that would be exposed if Inspector's EC2 scanning were switched on where it is off.
    pub file_systems_exposed_if_scanned: u64,
    /// What findings would come to more a month then.
    #[serde(default)]
    pub monthly_usd_if_scanned: MonthlyTotals,
}

/// One (account, region).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TargetId {
    /// The account id.
    pub account: String,
    /// The region.
    pub region: String,
}

/// Counts and totals over the unsuppressed findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// By severity.
    pub findings: SeverityCounts,
    /// Suppressed findings: they are in the report's list, and in no other number here.
    pub suppressed: u64,
    /// The one-time cost of all of them.
    pub one_time_usd: Usd,
    /// The monthly cost, each dollar once.
    pub monthly_usd: MonthlyTotals,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityCounts {
    /// Critical ones.
    pub critical: u64,
    /// High ones.
    pub high: u64,
    /// Medium ones.
    pub medium: u64,
    /// Low ones.
    pub low: u64,
    /// Advice.
    pub info: u64,
}

impl SeverityCounts {
    /// All of them.
    pub fn total(self) -> u64 {
        self.critical + self.high + self.medium + self.low + self.info
    }
}
