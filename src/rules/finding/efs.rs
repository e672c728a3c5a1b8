//! What the rules of R1 say, in data.

use serde::Serialize;

pub use super::efs_money::{
    Assumption, ColdClass, Item, MeasuredReads, MonthLimit, NoSchedule, PinnedEstimate, PluginSchedule, ScanBasis,
    ScanLimit, Scanner, Throughput, UnknownThroughput,
};

/// Why a finding of this family is one: a variant a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// How often the scan runs.
    Schedule(ScanBasis),
}
