//! What a file system's storage makes of reads: the pattern that its costs follow.

use super::storage::Storage;
use crate::rules::ConditionState;

/// Which of the three patterns a file system shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CostPattern {
    /// Cold data that returns to Standard when it is read.
    Recall,
    /// Cold data that stays cold, and is paid for at each read.
    ColdRead,
    /// A policy that has tiered nothing.
    Pinned,
}

impl CostPattern {
    /// The one that it shows, if any.
    pub(crate) fn shown(storage: &Storage<'_>) -> Option<Self> {
        let cold = storage.cold.is_met().then(|| Self::of_cold(storage)).flatten();
        cold.or(storage.pinned.is_met().then_some(Self::Pinned))
    }

    /// The one of cold data; `None` where what a read does to it is not known.
    pub(crate) fn of_cold(storage: &Storage<'_>) -> Option<Self> {
        match storage.returns_on_read.state {
            ConditionState::Met => Some(Self::Recall),
            ConditionState::NotMet => Some(Self::ColdRead),
            ConditionState::Unknown => None,
        }
    }
}
