//! What the rules say about one picture, before it is known in how many pictures it holds.

use crate::rules::{Confidence, Evidence, Severity};

use super::place::{Account, Match};
use super::resources::{Enabler, Registry, Source};

/// What kind of thing was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Terraform and AWS undo each other on every apply.
    Loop,
    /// They would, but something keeps Terraform from looking.
    Hidden,
    /// Two enablers undo each other.
    Conflict,
    /// A third writer of the same bit.
    ThirdWriter,
    /// The API will reject it.
    Invalid,
    /// Everything is scanned for ever, because nobody said otherwise.
    Implicit,
    /// Destroying it switches scanning off.
    Destroys,
    /// It asks for less than what is live.
    Narrower,
    /// Several resources write one registry.
    Writers,
    /// A plan switches scanning off by an update.
    SwitchedOff,
}

/// One observation in one picture.
#[derive(Debug, Clone)]
pub(crate) struct Observation {
    /// Its kind.
    pub(crate) class: Class,
    /// The resource to point at.
    pub(crate) subject: Source,
    /// The others that take part.
    pub(crate) others: Vec<Source>,
    /// How sure it is that they act on the same account and region.
    pub(crate) confidence: Confidence,
    /// How bad it is when it holds in every picture.
    pub(crate) severity: Severity,
    /// The account's id, where it is known.
    pub(crate) account: Option<String>,
    /// The region, where it is known.
    pub(crate) region: Option<String>,
    /// A headline.
    pub(crate) title: String,
    /// What contradicts what, in sentences.
    pub(crate) message: String,
    /// What was seen.
    pub(crate) evidence: Vec<Evidence>,
    /// What to do, in a line or two.
    pub(crate) fix: String,
    /// What to write instead, as configuration.
    pub(crate) ways: Vec<String>,
}

/// Something that could be an observation if one knew more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Doubt {
    /// What it could be.
    pub(crate) class: Class,
    /// The resource it is about.
    pub(crate) subject: Source,
    /// What is not known.
    pub(crate) message: String,
}

/// The confidence that a match gives.
pub(crate) fn confidence(matched: Match) -> Confidence {
    match matched {
        Match::Same => Confidence::High,
        Match::Likely => Confidence::Medium,
        Match::Maybe | Match::Different => Confidence::Low,
    }
}

/// What an enabler says, as evidence.
pub(crate) fn enabler_evidence(enabler: &Enabler) -> Evidence {
    let accounts: Vec<String> = enabler.accounts.iter().map(describe_account).collect();
    let accounts = if accounts.is_empty() { "not known".to_owned() } else { accounts.join(", ") };
    let types = enabler.types.describe();
    let detail = format!("{}: resource_types {types}, accounts: {accounts}", enabler.source.describe());
    Evidence::new("terraform_resource", detail)
}

/// What a registry configuration says, as evidence.
pub(crate) fn registry_evidence(registry: &Registry) -> Evidence {
    let rules = match (registry.rules.len(), registry.open_rules.is_empty()) {
        (count, true) => format!("{count} rule(s)"),
        (count, false) => format!("{count} rule(s) and others that are not known"),
    };
    let scan_type = registry.scan_type.describe();
    Evidence::new("terraform_resource", format!("{}: scan_type {scan_type}, {rules}", registry.source.describe()))
}

fn describe_account(account: &Account) -> String {
    match account {
        Account::Id(id) => id.clone(),
        Account::Of(provider) => format!("that of provider {}", provider.name),
        Account::Expression(_, expression) => expression.clone(),
    }
}
