//! The vocabulary of judgement: rules as data, and findings that say what is so without a sentence for people.
//!
//! [`crate::render::words`] says it. Nothing here knows a rule, a family or a format.

mod advice;
mod cost;
pub mod coupling;
pub mod ecr;
pub mod efs;
mod efs_money;
mod evidence;
mod measure;
mod mount;
mod outcome;
mod reason;
mod remedy;
mod rule;
mod scale;
mod settings;
mod step;
mod storage_history;
pub mod terraform;
mod unsettled;
mod way;

pub use advice::{Advice, Recovery};
pub use cost::{Assumption, Cost, CostItem, CostLine, NoFigure};
pub use evidence::{Condition, ConditionEvidence, Evidence, InstanceRef, MAX_LISTED_INSTANCES, StatusSeen};
pub use measure::{Course, Excludable, Measure, SlowSchedule};
pub use mount::{HostSource, MountEvidence, MountItem};
pub use outcome::{Blocker, Evaluation, Inventory, OpenGap, OpenQuestion, Outcome, RuleVerdict, WhyOpen};
pub use reason::Reason;
pub use remedy::{Action, Choice, Note, Remedy};
pub use rule::{Case, EXPLAIN_HEADINGS, Rule};
pub use scale::{
    Basis, BillPart, ConditionState, Confidence, Exclusion, InstanceCounts, Location, MonthlyUsd, MountState, Resource,
    ScanScope, Severity, Suppressed, Verdict, fingerprint,
};
pub use settings::RuleSettings;
pub use step::{
    AssociationPart, EXCLUSION_TAG, ExclusionParts, Given, Replaced, ScanningStep, Step, exclusion, undo_exclusion,
};
pub use storage_history::{StorageHistory, StoragePoint};
pub use unsettled::{StatusOf, UnsettledStatus};
pub use way::{AtRisk, Effect, Obstacle, ProtectionLost, Recommendation, Slower, Way, WayOut, Who};

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

    /// The way out that its remedy takes, where it is one.
    pub fn way(&self) -> Option<Way> {
        match self.remedy.advice()? {
            Advice::RecommendedWay => self.ways_out.iter().find(|way| way.recommended.is_some()).map(|way| way.way),
            Advice::Exclude { .. } => Some(Way::ExcludeInstances),
            Advice::StopVmScanner { .. } => Some(Way::StopVmScanner),
            Advice::FindTheReader => Some(Way::StopReturningToStandard),
            _ => None,
        }
    }
}
