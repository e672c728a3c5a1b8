//! What rules conclude: findings, what keeps a rule open, and what a whole target comes to.

use serde::{Deserialize, Serialize};

use super::{Finding, Verdict};
use crate::model::{Gap, GapReason, SectionName};

/// What a rule concludes about one target.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The problems.
    pub findings: Vec<Finding>,
    /// What could not be seen and could still be a problem; empty when everything is decided.
    pub undecided: Vec<Undecided>,
    /// Whether there was anything of the rule's kind to judge.
    pub applicable: bool,
}

impl Outcome {
    /// All was seen, and there is nothing of the rule's kind.
    pub fn not_applicable() -> Self {
        Self::default()
    }

    /// All was seen, and it is in order (until findings or gaps are added).
    pub fn judged() -> Self {
        Self { applicable: true, ..Self::default() }
    }
}

/// A part of the snapshot that keeps a rule from deciding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Undecided {
    /// The section.
    pub section: SectionName,
    /// The one resource it is about, if it is not the whole section.
    pub resource: Option<String>,
    /// Set where the section was collected but says something that decides nothing (a suspended status, a size
    /// that AWS left out): the gap to report. `None` where the snapshot itself has the gap.
    pub derived: Option<DerivedGap>,
}

/// A gap that the rules found inside a collected section.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DerivedGap {
    /// The operation whose answer leaves it open.
    pub operation: String,
    /// What is open.
    pub message: String,
}

impl Undecided {
    /// The whole section is missing.
    pub fn section(section: SectionName) -> Self {
        Self { section, resource: None, derived: None }
    }

    /// One resource of the section is missing.
    pub fn resource(section: SectionName, resource: impl Into<String>) -> Self {
        Self { section, resource: Some(resource.into()), derived: None }
    }

    /// The section is there but leaves the question open.
    pub fn derived(
        section: SectionName,
        resource: Option<String>,
        operation: &str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            section,
            resource,
            derived: Some(DerivedGap { operation: operation.to_owned(), message: message.into() }),
        }
    }

    /// The gap to report, given what the snapshot has for this section.
    pub(crate) fn gap(&self, in_snapshot: Option<&Gap>) -> Gap {
        if let Some(gap) = in_snapshot {
            return gap.clone();
        }
        let (operation, message) = self.derived.as_ref().map_or_else(
            || (String::new(), format!("{} is not in this snapshot", self.section)),
            |derived| (derived.operation.clone(), derived.message.clone()),
        );
        Gap { reason: GapReason::Other, operation, message, request_id: None }
    }
}

/// The outcome of one rule on one target, as the report lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleVerdict {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The rule's id.
    pub rule: String,
    /// The verdict.
    pub verdict: Verdict,
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

/// What was looked at, so that "no findings" can be believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// Instances seen, in whatever state.
    pub instances: u64,
    /// File systems seen.
    pub file_systems: u64,
    /// Repositories seen.
    pub repositories: u64,
    /// File systems that would be exposed if Inspector's EC2 scanning, now off, were switched on.
    pub file_systems_exposed_if_scanned: u64,
}

/// What the selected rules say about one target.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// In the report's order.
    pub findings: Vec<Finding>,
    /// One per selected rule, sorted by rule.
    pub verdicts: Vec<RuleVerdict>,
    /// Sorted by section and resource.
    pub gaps: Vec<GapReport>,
    /// What was looked at.
    pub inventory: Inventory,
}
