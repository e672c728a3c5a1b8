//! The report's JSON contract, version 1, as its own data types: what a finding says, in the words it is printed with.
//!
//! Judgement speaks in data ([`crate::rules::finding`]); [`crate::render::words`] says it. These types are what comes
//! out of that, what files hold, and what renderers print: renaming a field breaks the readers of reports.

mod note;
mod operator;
mod report;
mod verdicts;
mod what_if;

pub use note::Note;
pub use operator::{Baseline, SuppressionState, SuppressionUse};
pub use report::{
    AccountName, REPORT_SCHEMA_VERSION, Report, ReportInventory, Run, SeverityCounts, SkippedTargets, Summary,
    TerraformRead,
};
pub(super) use verdicts::VerdictRows;
pub use verdicts::{TargetId, TargetVerdicts};
pub use what_if::{Difference, FeeLine, FindingDifference, InspectorFees, Predicted, Prospect, WhatIf, World};

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{GapReason, SectionName};
use crate::price::Usd;
use crate::rules::finding::{
    Basis, BillPart, ConditionState, Confidence, Exclusion, InstanceCounts, Inventory, Location, MonthlyUsd,
    MountState, Resource, RuleVerdict, ScanScope, Severity, StorageHistory, Suppressed, Way,
};

/// One of the six conditions, summed up over the instances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// 1 to 6.
    pub number: u8,
    /// Its name, e.g. `ssm_agent_installed`.
    pub name: String,
    /// Its state.
    pub state: ConditionState,
    /// What was seen.
    pub evidence: String,
}

/// One exposed instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceRef {
    /// Its id.
    pub id: String,
    /// Its `Name` tag.
    pub name: Option<String>,
    /// Whether it mounts the file system.
    pub mount: MountState,
    /// How far it is excluded.
    pub exclusion: Exclusion,
    /// The strongest evidence of the mount, in words.
    #[serde(default)]
    pub evidence: Option<String>,
    /// When that was observed; `None` where it has no time (the network as it is now).
    #[serde(default)]
    pub observed_at: Option<DateTime<Utc>>,
    /// Where the file system is mounted, if that is known.
    #[serde(default)]
    pub mount_point: Option<String>,
    /// Whether that lies in a path that the scan is documented to read.
    #[serde(default)]
    pub scan_scope: ScanScope,
}

/// One line of a figure: quantity x unit price = amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    /// What is paid for.
    pub item: String,
    /// How much of it.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub quantity: Decimal,
    /// The quantity's unit.
    pub unit: String,
    /// USD per unit; a difference of two rates where the item is a move.
    #[serde(with = "rust_decimal::serde::arbitrary_precision")]
    pub unit_price_usd: Decimal,
    /// USD a month, part of `monthly_usd.likely`, or of `high` where there is no estimate.
    pub monthly_usd: Usd,
    /// USD once, part of `one_time_usd`.
    pub one_time_usd: Usd,
    /// Where the rate comes from.
    pub price_source: String,
    /// The rate's date, if the source has one.
    pub price_as_of: Option<String>,
}

/// What a finding costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// A month.
    pub monthly_usd: MonthlyUsd,
    /// Once.
    pub one_time_usd: Usd,
    /// How it is known.
    pub basis: Basis,
    /// Which part of the resource's bill it is.
    #[serde(default)]
    pub part: BillPart,
    /// What was assumed, a sentence each.
    pub assumptions: Vec<String>,
    /// The lines; they add up to `monthly_usd.likely`, or `high` where there is no estimate, and `one_time_usd`.
    pub lines: Vec<CostLine>,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// Its kind, e.g. `reachability`, `not_exposed`, `foreign_client`, `repository`.
    pub kind: String,
    /// A sentence.
    pub detail: String,
}

impl Evidence {
    /// One piece of evidence.
    pub fn new(kind: &str, detail: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), detail: detail.into() }
    }
}

/// What to do about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remediation {
    /// In a line or two, with what it costs in coverage.
    pub summary: String,
    /// Commands to paste into a POSIX shell, in order; comments start with `#`.
    pub commands: Vec<String>,
    /// How many of the commands, from the first, only look on the instances whether the finding is true; those after them
    /// change something.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub looks: usize,
    /// What to write in a Terraform configuration; empty for what is not written in one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub configuration: Vec<Snippet>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Remediation {
    /// The commands that only look, and those that follow.
    pub fn look_and_change(&self) -> (&[String], &[String]) {
        self.commands.split_at(self.looks.min(self.commands.len()))
    }
}

/// A piece of configuration to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// Where, and what it does: a phrase.
    pub what: String,
    /// HCL, without foreign text outside quotes.
    pub hcl: String,
}

impl Finding {
    /// The monthly figure that it is ranked by: likely, else at most; zero where there is none.
    pub fn deciding_monthly(&self) -> Usd {
        self.cost.as_ref().map_or(Usd::ZERO, |cost| cost.monthly_usd.deciding())
    }

    /// Whether a way out may cost more than doing nothing.
    pub fn is_dearer_than_nothing(&self, way: &WayOut) -> bool {
        let nothing = self.ways_out.iter().find(|one| one.way == Way::DoNothing).and_then(|one| one.monthly_usd);
        way.monthly_usd.zip(nothing).is_some_and(|(after, today)| after.is_more_than(today))
    }

    /// Puts findings into the order of the report: severity, then likely (else highest) monthly cost, both descending,
    /// then rule, account, region, resource id.
    pub fn rank(findings: &mut [Self]) {
        findings.sort_by(|a, b| {
            b.severity
                .cmp(&a.severity)
                .then_with(|| b.deciding_monthly().cmp(&a.deciding_monthly()))
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| a.account.cmp(&b.account))
                .then_with(|| a.region.cmp(&b.region))
                .then_with(|| a.resource.id.cmp(&b.resource.id))
        });
    }
}

/// One problem on one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The account, `""` where it is not known (Terraform).
    pub account: String,
    /// The region, `""` where it is not known (Terraform).
    pub region: String,
    /// What it is about.
    pub resource: Resource,
    /// Where it is written; `None` for what was found in AWS.
    #[serde(default)]
    pub location: Option<Location>,
    /// What is wrong, in one sentence that stands beside the resource and the amount and repeats neither.
    #[serde(default)]
    pub headline: String,
    /// A headline that stands alone.
    pub title: String,
    /// The whole story in a few sentences.
    pub message: String,
    /// The same in data: an object whose `kind` says which of the rule's cases it is.
    #[serde(default)]
    pub reason: serde_json::Value,
    /// All six conditions for a file system, else empty.
    pub conditions: Vec<Condition>,
    /// The exposed instances, strongest mount first, then id; at most 100.
    pub instances: Vec<InstanceRef>,
    /// All of them, counted.
    pub instance_counts: InstanceCounts,
    /// What it costs; `None` where a price is missing or the rule has no figure.
    pub cost: Option<Cost>,
    /// Why a finding whose figure would count in the total has none, a phrase with what would supply it.
    #[serde(default)]
    pub no_figure: Option<String>,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// What to do.
    pub remediation: Remediation,
    /// The ways out of an R1 finding compared, the recommended one first; empty for other rules.
    #[serde(default)]
    pub ways_out: Vec<WayOut>,
    /// The file system's storage classes over time, where a snapshot has them.
    #[serde(default)]
    pub history: Option<StorageHistory>,
    /// Why the operator does not want to hear of it; such findings count nowhere but under `suppressed`.
    #[serde(default)]
    pub suppressed: Option<Suppressed>,
    /// Whether a baseline did not have it; `None` without a baseline.
    #[serde(default)]
    pub new: Option<bool>,
    /// Stable across runs: of rule, account, region and resource.
    pub fingerprint: String,
}

/// One way out, with what it costs and what it gives up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WayOut {
    /// Which.
    pub way: Way,
    /// Whether this is the one to take; exactly one of a finding's ways is.
    pub recommended: bool,
    /// Whether it can be taken at all.
    pub available: bool,
    /// The rule whose findings on the same instances have to be settled before it can be taken, if there is one.
    #[serde(default)]
    pub requires: Option<String>,
    /// What it does, and why it stands where it stands or cannot be taken.
    pub reason: String,
    /// What the file system costs a month more than cold storage left alone, once this is done; `None` without a price.
    pub monthly_usd: Option<MonthlyUsd>,
    /// What doing it costs once; `None` without a price.
    pub one_time_usd: Option<Usd>,
    /// What protection is lost; empty if none.
    pub protection_lost: String,
    /// On how many instances it is lost.
    pub instances_unprotected: u64,
    /// Who may do it, in words: the account, its delegated administrator, or whichever of the two applies.
    pub who: String,
    /// How sure it is that this ends the cost.
    pub confidence: Confidence,
    /// Of a way that leaves files cold: the share of the cold bytes, 0 to 1, that each scan would have to read before this
    /// costs more than doing nothing; `None` elsewhere, and where no share does.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision_option")]
    pub break_even_read_share: Option<Decimal>,
    /// What was assumed.
    pub assumptions: Vec<String>,
}

/// A gap as the report lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GapReport {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The section's name.
    pub section: SectionName,
    /// The resource, if the gap is about one only.
    pub resource: Option<String>,
    /// The operation with its IAM prefix.
    pub operation: String,
    /// The class of the failure.
    pub reason: GapReason,
    /// What happened and what to do next.
    pub message: String,
    /// The selected rules whose outcome this gap could still change, sorted; empty if what was seen decides them.
    pub rules: Vec<String>,
}

/// What the rules say about one target, said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// In the report's order.
    pub findings: Vec<Finding>,
    /// One per selected rule, sorted by rule.
    pub verdicts: Vec<RuleVerdict>,
    /// The selected rules that read what nobody asked for, and so say nothing; each with those sections.
    pub unasked: BTreeMap<String, Vec<SectionName>>,
    /// Sorted by section and resource.
    pub gaps: Vec<GapReport>,
    /// What was looked at.
    pub inventory: Inventory,
    /// What is worth knowing and no finding.
    pub notes: Vec<Note>,
}
