//! The vocabulary of judgement: rules as data, and findings that say what is so without a sentence for people.
//!
//! [`crate::render::words`] says it. Nothing here knows a rule, a family or a format.

mod cost;
pub mod ecr;
pub mod efs;
mod evidence;
mod outcome;
mod reason;
mod remedy;
mod rule;
mod scale;
mod settings;
mod storage_history;
pub mod terraform;
mod way;

pub use cost::{Assumption, Cost, CostItem, CostLine, NoFigure};
pub use evidence::{Condition, ConditionEvidence, Evidence, InstanceRef, MAX_LISTED_INSTANCES, MountEvidence};
pub use outcome::{DerivedGap, Evaluation, GapReport, Inventory, Outcome, RuleVerdict, Undecided};
pub use reason::Reason;
pub use remedy::Remedy;
pub use rule::{Case, EXPLAIN_HEADINGS, Rule};
pub use scale::{
    Basis, ConditionState, Confidence, Exclusion, InstanceCounts, Location, MonthlyUsd, MountState, Resource,
    ScanScope, Severity, Suppressed, Verdict, fingerprint,
};
pub use settings::RuleSettings;
pub use storage_history::{StorageHistory, StoragePoint};
pub use way::{Way, WayOut, WayReason};

use crate::price::Usd;

/// One problem on one resource, in data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
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
    pub location: Option<Location>,
    /// What is so.
    pub reason: Reason,
    /// All six conditions for a file system, else empty.
    pub conditions: Vec<Condition>,
    /// The exposed instances, strongest mount first, then id; at most 100.
    pub instances: Vec<InstanceRef>,
    /// All of them, counted.
    pub instance_counts: InstanceCounts,
    /// What it costs; `None` where a price is missing or the rule has no figure.
    pub cost: Option<Cost>,
    /// Why a finding whose figure would count in a total has none.
    pub no_figure: Option<NoFigure>,
    /// What was seen.
    pub evidence: Vec<Evidence>,
    /// What to do.
    pub remedy: Remedy,
    /// The ways out of an R1 finding compared, the recommended one first; empty for other rules.
    pub ways_out: Vec<WayOut>,
    /// The file system's storage classes over time, where a snapshot has them.
    pub history: Option<StorageHistory>,
    /// Stable across runs: of rule, account, region and resource.
    pub fingerprint: String,
}

impl Finding {
    /// A finding that says nothing yet but which rule it is of and what it is about. `key` tells it from the rule's other
    /// findings in the same account and region; mostly the resource's id.
    pub fn new(rule: &'static str, account: &str, region: &str, resource: Resource, key: &str, reason: Reason) -> Self {
        Self {
            rule,
            severity: Severity::Info,
            confidence: Confidence::High,
            account: account.to_owned(),
            region: region.to_owned(),
            resource,
            location: None,
            reason,
            conditions: Vec::new(),
            instances: Vec::new(),
            instance_counts: InstanceCounts::default(),
            cost: None,
            no_figure: None,
            evidence: Vec::new(),
            remedy: Remedy::default(),
            ways_out: Vec::new(),
            history: None,
            fingerprint: fingerprint(rule, account, region, key),
        }
    }

    /// The likely monthly figure, zero where there is none.
    pub fn likely_monthly(&self) -> Usd {
        self.cost.as_ref().map_or(Usd::ZERO, |cost| cost.monthly_usd.likely)
    }
}
