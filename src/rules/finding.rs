//! What rules say: findings, with every field that the report's contract names.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::storage_history::StorageHistory;
use super::way_out::{Way, WayOut};
use crate::price::Usd;

/// How bad: the money at stake, or `info` for advice without cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Advice without cost.
    Info,
    /// Below the `medium` threshold.
    Low,
    /// By default 10 USD a month or more.
    Medium,
    /// By default 100 USD a month or more.
    High,
    /// By default 1000 USD a month or more.
    Critical,
}

impl Severity {
    /// All, worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// As reports print it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// How sure: for R1, that the scan touches that file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The mount is merely possible.
    Low,
    /// The mount is confirmed or likely.
    Medium,
    /// Measured.
    High,
}

impl Confidence {
    /// As reports print it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The state of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionState {
    /// It holds.
    Met,
    /// Something that decides could not be seen.
    Unknown,
    /// It does not hold.
    NotMet,
}

/// Whether an instance mounts a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MountState {
    /// Seen.
    Confirmed,
    /// Strong signs.
    Likely,
    /// The network would let it.
    Possible,
    /// What decides could not be seen.
    Unknown,
    /// It cannot, or does not.
    RuledOut,
}

/// How far an instance is excluded from Inspector's scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exclusion {
    /// Tag and metadata tags: the plugin is not invoked.
    Full,
    /// The tag alone: no findings, still scanned.
    TagOnly,
    /// Metadata tags alone: no effect.
    MetadataOnly,
    /// Neither.
    None,
}

/// The resource a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Resource {
    /// The `CloudFormation` type, e.g. `AWS::EFS::FileSystem`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its ARN, if it has one.
    pub arn: Option<String>,
    /// Its name, if it has one.
    pub name: Option<String>,
}

/// Where a finding is written down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// The file, as it was reached from the path the operator gave.
    pub file: String,
    /// The line, from 1; `None` in JSON, where the resource's address says where.
    pub line: Option<u32>,
}

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

/// Whether a mount point equals, lies under or contains a path of deep inspection (Inspector user guide, "Deep
/// inspection", 2026-10).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScanScope {
    /// It does.
    Inside,
    /// It does not.
    Outside,
    /// The mount point or the paths are not known.
    #[default]
    Unknown,
}

impl ScanScope {
    /// As in `instances[].scan_scope`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Outside => "outside",
            Self::Unknown => "unknown",
        }
    }
}

/// All exposed instances, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceCounts {
    /// Mounts seen.
    pub confirmed: u64,
    /// Mounts with strong signs.
    pub likely: u64,
    /// Mounts the network would let.
    pub possible: u64,
}

/// How a figure is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// From AWS's own metering.
    Measured,
    /// Known quantities at list price.
    ListPrice,
    /// An upper bound and an assumption below it.
    Bound,
}

/// A monthly figure with its range, USD a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthlyUsd {
    /// At least.
    pub low: Usd,
    /// The figure that severity, ranking and totals use.
    pub likely: Usd,
    /// At most.
    pub high: Usd,
}

impl MonthlyUsd {
    /// Whether it is more than another figure, likely or at most.
    pub fn is_more_than(self, other: Self) -> bool {
        self.likely > other.likely || self.high > other.high
    }
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
    /// USD a month, part of `monthly_usd.likely`.
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
    /// What was assumed, a sentence each.
    pub assumptions: Vec<String>,
    /// The lines; they add up to `monthly_usd.likely` and `one_time_usd`.
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
}

/// A suppression that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The operator's reason.
    pub reason: String,
    /// The last day on which it holds, if it ends.
    #[serde(default)]
    pub expires: Option<NaiveDate>,
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
    /// A headline.
    pub title: String,
    /// The whole story in a few sentences.
    pub message: String,
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

/// The most instances a finding lists.
pub const MAX_LISTED_INSTANCES: usize = 100;

impl Finding {
    /// The likely monthly figure, zero where there is none.
    pub fn likely_monthly(&self) -> Usd {
        self.cost.as_ref().map_or(Usd::ZERO, |cost| cost.monthly_usd.likely)
    }

    /// Whether a way out costs more than doing nothing, likely or at most.
    pub fn is_dearer_than_nothing(&self, way: &WayOut) -> bool {
        let nothing = self.ways_out.iter().find(|one| one.way == Way::DoNothing).and_then(|one| one.monthly_usd);
        way.monthly_usd.zip(nothing).is_some_and(|(after, today)| after.is_more_than(today))
    }

    /// Puts findings into the order of the report: likely monthly cost descending, then severity, rule, account,
    /// region, resource id.
    pub fn rank(findings: &mut [Self]) {
        findings.sort_by(|a, b| {
            b.likely_monthly()
                .cmp(&a.likely_monthly())
                .then_with(|| b.severity.cmp(&a.severity))
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| a.account.cmp(&b.account))
                .then_with(|| a.region.cmp(&b.region))
                .then_with(|| a.resource.id.cmp(&b.resource.id))
        });
    }
}

/// The outcome of one rule on one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At least one finding.
    Findings,
    /// No finding, but something unknown could still be one.
    Inconclusive,
    /// Everything was seen and there is nothing of the rule's kind.
    NotApplicable,
    /// Everything was seen and it is in order.
    Clean,
}

/// The fingerprint of a finding: 128 bits of a SHA-256 in hex, over the four parts that identify it.
pub fn fingerprint(rule: &str, account: &str, region: &str, resource: &str) -> String {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    for part in [rule, account, region, resource] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    hash.finalize().iter().take(16).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
