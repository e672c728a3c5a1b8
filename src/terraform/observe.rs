//! What the rules say about one picture, before it is known in how many pictures it holds.

use crate::rules::finding::terraform::{self, Advice, Edit, Evidence, Side, What};
use crate::rules::finding::{Confidence, Severity};

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
    /// What is so.
    pub(crate) what: What,
    /// The sides of it, the subject's first; at most a few.
    pub(crate) sides: Vec<Side>,
    /// How many more sides there are.
    pub(crate) more_sides: usize,
    /// What was seen.
    pub(crate) evidence: Vec<Evidence>,
    /// What to do, in a word.
    pub(crate) advice: Advice,
    /// The ways to do it.
    pub(crate) ways: Vec<Vec<Edit>>,
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

/// One side, with no condition yet.
pub(crate) fn side(source: &Source, attribute: &str, value: String) -> Side {
    let Source { file, line, address, .. } = source.clone();
    Side { address, file, line, attribute: attribute.to_owned(), value, when: Vec::new() }
}

/// What an enabler says, as a side.
pub(crate) fn enabler_side(enabler: &Enabler) -> Side {
    side(&enabler.source, "resource_types", enabler.types.written())
}

/// What a registry says, as a side.
pub(crate) fn registry_side(registry: &Registry) -> Side {
    side(&registry.source, "scan_type", registry.scan_type.written())
}

/// What an enabler says, as evidence.
pub(crate) fn enabler_evidence(enabler: &Enabler) -> Evidence {
    let account = |account: &Account| match account {
        Account::Id(id) => terraform::Account::Id(id.clone()),
        Account::Of(provider) => terraform::Account::OfProvider(provider.name.to_string()),
        Account::Expression(_, expression) => terraform::Account::Expression(expression.clone()),
    };
    Evidence::Enabler { side: enabler_side(enabler), accounts: enabler.accounts.iter().map(account).collect() }
}

/// What a registry configuration says, as evidence.
pub(crate) fn registry_evidence(registry: &Registry) -> Evidence {
    let (rules, open) = (registry.rules.len(), !registry.open_rules.is_empty());
    Evidence::Registry { side: registry_side(registry), rules, open }
}
