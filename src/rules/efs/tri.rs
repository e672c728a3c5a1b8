//! Conditions of three states, and what joins them.

use std::collections::BTreeSet;

use crate::rules::{Blocker, ConditionState};

/// A condition's state, and what would decide it while it is unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tri {
    pub(crate) state: ConditionState,
    /// Empty unless the state is unknown.
    pub(crate) blame: BTreeSet<Blocker>,
}

impl Tri {
    pub(crate) fn met() -> Self {
        Self { state: ConditionState::Met, blame: BTreeSet::new() }
    }

    pub(crate) fn not_met() -> Self {
        Self { state: ConditionState::NotMet, blame: BTreeSet::new() }
    }

    /// It depends on what was not seen.
    pub(crate) fn unknown(blame: impl IntoIterator<Item = Blocker>) -> Self {
        Self { state: ConditionState::Unknown, blame: blame.into_iter().collect() }
    }

    pub(crate) fn is_met(&self) -> bool {
        self.state == ConditionState::Met
    }

    pub(crate) fn is_not_met(&self) -> bool {
        self.state == ConditionState::NotMet
    }
}

/// Both conditions together: one that does not hold decides.
pub(crate) fn both(a: &Tri, b: &Tri) -> Tri {
    match (a.state, b.state) {
        (ConditionState::NotMet, _) | (_, ConditionState::NotMet) => Tri::not_met(),
        (ConditionState::Met, ConditionState::Met) => Tri::met(),
        _ => Tri::unknown(a.blame.iter().chain(&b.blame).cloned()),
    }
}

/// Either of two: one that holds decides.
pub(crate) fn either(a: &Tri, b: &Tri) -> Tri {
    match (a.state, b.state) {
        (ConditionState::Met, _) | (_, ConditionState::Met) => Tri::met(),
        (ConditionState::NotMet, ConditionState::NotMet) => Tri::not_met(),
        _ => Tri::unknown(a.blame.iter().chain(&b.blame).cloned()),
    }
}

pub(crate) fn not(judged: &Tri) -> Tri {
    match judged.state {
        ConditionState::Met => Tri::not_met(),
        ConditionState::NotMet => Tri::met(),
        ConditionState::Unknown => judged.clone(),
    }
}
