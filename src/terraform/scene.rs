//! What is looked at together, and how its resources are named.

use super::place::{Account, Match};
use super::resources::{Enabler, Organization, Registry};
use super::world::Drift;

/// How many of several resources a finding names.
pub(crate) const SHOWN: usize = 3;

/// Whether places about which nothing is known are taken for one account and region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OneAccount(pub(crate) bool);

impl OneAccount {
    /// How a match counts.
    pub(crate) fn read(self, matched: Match) -> Match {
        if self.0 && matched == Match::Maybe { Match::Likely } else { matched }
    }
}

/// The resources that are looked at together: those of one picture, or of two pictures of two roots.
#[derive(Debug, Default)]
pub(crate) struct Scene<'w> {
    /// Enablers.
    pub(crate) enablers: Vec<&'w Enabler>,
    /// Registry configurations.
    pub(crate) registries: Vec<&'w Registry>,
    /// Organization configurations.
    pub(crate) organizations: Vec<&'w Organization>,
    /// Drift.
    pub(crate) drift: Vec<&'w Drift>,
}

/// The account, where one of several says which.
pub(crate) fn account_of<'a>(mut accounts: impl Iterator<Item = &'a Account>) -> Option<String> {
    accounts.find_map(Account::id).map(str::to_owned)
}
