//! What rules conclude: findings, what keeps a rule open, and what a whole target comes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Finding, UnsettledStatus, Verdict, ecr, efs, terraform};
use crate::model::{Gap, SectionName};

/// What a rule concludes about one target.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The problems.
    pub findings: Vec<Finding>,
    /// What could not be seen and could still be a problem; empty when everything is decided.
    pub undecided: Vec<Blocker>,
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
pub struct Blocker {
    /// The section.
    pub section: SectionName,
    /// The one resource it is about, if it is not the whole section.
    pub resource: Option<String>,
    /// Set where the section was collected but says something that decides nothing (a suspended status, a size
    /// that AWS left out). `None` where the snapshot itself has the gap.
    pub open: Option<OpenQuestion>,
}

/// What a collected section leaves open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenQuestion {
    /// Of R1.
    Efs(efs::OpenQuestion),
    /// Of R2.
    Ecr(ecr::OpenQuestion),
    /// Of Inspector's account status.
    Status(UnsettledStatus),
    /// Of Terraform.
    Terraform(Box<terraform::OpenQuestion>),
}

impl Blocker {
    /// The whole section is missing.
    pub fn section(section: SectionName) -> Self {
        Self { section, resource: None, open: None }
    }

    /// One resource of the section is missing.
    pub fn resource(section: SectionName, resource: impl Into<String>) -> Self {
        Self { section, resource: Some(resource.into()), open: None }
    }

    /// The section is there but leaves a question of R1 open.
    pub fn efs(section: SectionName, resource: Option<&str>, question: efs::OpenQuestion) -> Self {
        Self { section, resource: resource.map(str::to_owned), open: Some(OpenQuestion::Efs(question)) }
    }

    /// A section is there but leaves a question of R2 open, for one repository or for all.
    pub fn ecr(resource: Option<&str>, question: ecr::OpenQuestion) -> Self {
        let section = question.section();
        Self { section, resource: resource.map(str::to_owned), open: Some(OpenQuestion::Ecr(question)) }
    }

    /// Inspector's account status is missing, or decides nothing.
    pub fn status(open: UnsettledStatus) -> Self {
        let open = (open != UnsettledStatus::Unread).then_some(OpenQuestion::Status(open));
        Self { open, ..Self::section(SectionName::InspectorAccountStatus) }
    }
}

/// Something that was not seen, and the rules whose outcome it could still change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenGap {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The section.
    pub section: SectionName,
    /// The resource, if the gap is about one only.
    pub resource: Option<String>,
    /// Why it was not seen.
    pub why: WhyOpen,
    /// The selected rules, sorted; empty if what was seen decides them.
    pub rules: Vec<String>,
}

/// Why something was not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyOpen {
    /// The collector met this.
    Met(Gap),
    /// The section is there, and its answer leaves this open.
    Open(OpenQuestion),
    /// The snapshot does not have the section.
    NotInSnapshot,
}

/// The outcome of one rule on one target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleVerdict {
    /// The rule's id.
    pub rule: String,
    /// The verdict.
    pub verdict: Verdict,
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
    /// The selected rules that read what nobody asked for, and so say nothing; each with those sections.
    pub unasked: BTreeMap<String, Vec<SectionName>>,
    /// Sorted by section and resource.
    pub gaps: Vec<OpenGap>,
    /// What was looked at.
    pub inventory: Inventory,
}
