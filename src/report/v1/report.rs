//! The whole report.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::verdicts::{TargetId, TargetVerdicts};
use super::{Baseline, Finding, GapReport, Note, SuppressionUse, WhatIf};
use crate::model::{SectionName, Tool};
use crate::price::{Provenance, Usd};
use crate::report::measured::Measured;
use crate::report::totals::MonthlyTotals;
use crate::rules::finding::Verdict;

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
    /// A row for each set of targets that are alike, sorted by their first target.
    pub verdicts: Vec<TargetVerdicts>,
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

    /// The verdict of a rule on a target, if the rule was asked there.
    pub fn verdict(&self, rule: &str, account: &str, region: &str) -> Option<Verdict> {
        self.verdicts.iter().find(|row| row.covers(account, region))?.rules.get(rule).copied()
    }

    /// The gaps of one target.
    pub fn gaps_at(&self, account: &str, region: &str) -> &[GapReport] {
        let place = |gap: &GapReport| (gap.account.as_str(), gap.region.as_str()).cmp(&(account, region));
        let begin = self.gaps.partition_point(|gap| place(gap).is_lt());
        let end = self.gaps.partition_point(|gap| place(gap).is_le());
        self.gaps.get(begin..end).unwrap_or_default()
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
    /// What accounts are called, where a plan says so; sorted by account.
    #[serde(default)]
    pub accounts: Vec<AccountName>,
    /// What a plan left out, and nobody judged; sorted by reason.
    #[serde(default)]
    pub skipped: Vec<SkippedTargets>,
    /// The prices.
    pub prices: Provenance,
    /// What was looked at.
    pub inventory: ReportInventory,
    /// What was read of Terraform; `None` for a run about an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terraform: Option<TerraformRead>,
    /// The selected rules that read what nobody asked for on some target, and so say nothing there; each with the sections
    /// that are missing.
    #[serde(default)]
    pub unasked: BTreeMap<String, BTreeSet<SectionName>>,
    /// The operator's suppressions and what became of each, in the order of the configuration file.
    #[serde(default)]
    pub suppressions: Vec<SuppressionUse>,
    /// What the findings were compared with, if with anything.
    #[serde(default)]
    pub baseline: Option<Baseline>,
}

/// What an account is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountName {
    /// The account id.
    pub account: String,
    /// Its name.
    pub name: Option<String>,
    /// The organizational unit that it is in.
    pub ou: Option<String>,
}

/// Targets that a plan left out for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedTargets {
    /// Why, as the plan says; empty where it does not.
    pub why: String,
    /// Sorted; in JSON `ACCOUNT/REGION` each.
    #[serde(with = "super::verdicts::places")]
    pub targets: Vec<TargetId>,
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
