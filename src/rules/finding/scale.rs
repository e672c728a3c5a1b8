//! The words that findings share: how bad, how sure, in which state. Their serialized names are those of the report.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

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
    /// As bad as it is while nothing shows that the scan touches the file system: one step lower.
    #[must_use]
    pub fn unproven(self) -> Self {
        match self {
            Self::Critical => Self::High,
            Self::High => Self::Medium,
            Self::Medium | Self::Low => Self::Low,
            Self::Info => Self::Info,
        }
    }

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

/// How a figure is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// From AWS's own metering.
    Measured,
    /// A known quantity at list price.
    ListPrice,
    /// A quantity that is assumed, or a price that is another region's.
    Estimate,
    /// Only an upper bound is known.
    Bound,
}

impl Basis {
    /// As reports print it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::ListPrice => "list_price",
            Self::Estimate => "estimate",
            Self::Bound => "bound",
        }
    }
}

/// Which part of a resource's bill a figure is about: each dollar counts once, whatever the number of findings that name
/// it, and those of different parts add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillPart {
    /// Data that is in Standard and was cold, or should be.
    Moved,
    /// Everything else: of a file system, what is still cold.
    #[default]
    Rest,
}

/// A monthly figure with its range, USD a month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthlyUsd {
    /// What is certain.
    pub low: Usd,
    /// A point estimate: measured, a known quantity, or one that the operator gave; `None` where there is none.
    pub likely: Option<Usd>,
    /// The most that documented limits allow.
    pub high: Usd,
}

impl MonthlyUsd {
    /// Nothing, and that for certain.
    pub const NOTHING: Self = Self { low: Usd::ZERO, likely: Some(Usd::ZERO), high: Usd::ZERO };

    /// No more than that.
    pub fn at_most(high: Usd) -> Self {
        Self { low: Usd::ZERO, likely: None, high }
    }

    /// One amount, known as such.
    pub fn exactly(amount: Usd) -> Self {
        Self { low: amount, likely: Some(amount), high: amount }
    }

    /// The amount that severity and rank go by: the likely one, else the highest.
    pub fn deciding(self) -> Usd {
        self.likely.unwrap_or(self.high)
    }

    /// Whether the worst of it is more than the worst of another, or the likely figures are known and say so.
    pub fn is_more_than(self, other: Self) -> bool {
        self.high > other.high || self.likely.zip(other.likely).is_some_and(|(own, other)| own > other)
    }

    /// The smaller of two figures, part by part; likely where either is known.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        let likely = match (self.likely, other.likely) {
            (Some(own), Some(other)) => Some(own.min(other)),
            (own, other) => own.or(other),
        };
        let high = self.high.min(other.high);
        Self { low: self.low.min(other.low).min(high), likely: likely.map(|likely| likely.min(high)), high }
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

impl Location {
    /// `main.tf:12`.
    pub fn place(&self) -> String {
        self.line.map_or_else(|| self.file.clone(), |line| format!("{}:{line}", self.file))
    }
}

/// A suppression that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The operator's reason.
    pub reason: String,
    /// The last day on which it holds, if it ends.
    #[serde(default)]
    pub expires: Option<NaiveDate>,
    /// Where it stands, if it is a comment in the source rather than in the configuration.
    #[serde(default)]
    pub comment: Option<Location>,
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
