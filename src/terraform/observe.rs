//! What a rule says about one picture, before it is known in how many pictures it holds.

use crate::rules::finding::terraform::{self, Advice, Edit, Evidence, Side, What};
use crate::rules::finding::{Confidence, Severity};

use super::place::{Account, Match};
use super::resources::{Enabler, Registry, Source};

/// Which rules of the coupling may say it: that depends on in how many pictures it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// Terraform and AWS undo each other on every apply.
    Loop,
    /// They would, but something keeps Terraform from looking.
    Hidden,
    /// Two enablers undo each other.
    Conflict,
    /// The one rule that looked.
    Own,
}

/// One observation in one picture.
#[derive(Debug, Clone)]
pub(crate) struct Observation {
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
    pub(crate) what: What,
    /// The sides, the subject's first; at most a few.
    pub(crate) sides: Vec<Side>,
    /// How many more sides there are.
    pub(crate) more_sides: usize,
    pub(crate) evidence: Vec<Evidence>,
    /// What to do, in a word.
    pub(crate) advice: Advice,
    /// The ways to do it.
    pub(crate) ways: Vec<Vec<Edit>>,
}

impl Observation {
    /// Of one resource, sure and of medium severity; what is otherwise, or known besides, is set beside it.
    pub(crate) fn of(subject: &Source, side: Side, what: What, advice: Advice) -> Self {
        Self {
            class: Class::Own,
            subject: subject.clone(),
            others: Vec::new(),
            confidence: Confidence::High,
            severity: Severity::Medium,
            account: None,
            region: None,
            what,
            sides: vec![side],
            more_sides: 0,
            evidence: Vec::new(),
            advice,
            ways: Vec::new(),
        }
    }

    pub(crate) fn of_enabler(enabler: &Enabler, what: What, advice: Advice) -> Self {
        Self {
            account: enabler.accounts.iter().find_map(Account::id).map(str::to_owned),
            region: enabler.region.name().map(str::to_owned),
            evidence: vec![enabler_evidence(enabler)],
            ..Self::of(&enabler.source, enabler_side(enabler), what, advice)
        }
    }

    /// Of a registry configuration.
    pub(crate) fn of_registry(registry: &Registry, what: What, advice: Advice) -> Self {
        Self {
            account: registry.account.id().map(str::to_owned),
            region: registry.region.name().map(str::to_owned),
            evidence: vec![registry_evidence(registry)],
            ..Self::of(&registry.source, registry_side(registry), what, advice)
        }
    }
}

/// Something that could be an observation if one knew more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Doubt {
    /// What it could be.
    pub(crate) class: Class,
    /// The resource it is about.
    pub(crate) subject: Source,
    /// What is not known.
    pub(crate) open: terraform::Doubt,
}

impl Doubt {
    pub(crate) fn of(subject: &Source, open: terraform::Doubt) -> Self {
        Self { class: Class::Own, subject: subject.clone(), open }
    }
}

/// What a rule sees in one picture.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) observations: Vec<Observation>,
    /// What keeps the rule from deciding.
    pub(crate) doubts: Vec<Doubt>,
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
