//! What is looked at together, and how its resources are named.

use super::place::Match;
use super::resources::{Enabler, Organization, Registry};
use super::world::Drift;

/// How many of several resources a finding names.
pub(crate) const SHOWN: usize = 3;

/// Whether places about which nothing is known are taken for one account and region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
    pub(crate) enablers: Vec<&'w Enabler>,
    pub(crate) registries: Vec<&'w Registry>,
    pub(crate) organizations: Vec<&'w Organization>,
    pub(crate) drift: Vec<&'w Drift>,
    /// The registry configurations of all other roots, in whatever picture; none where two roots are looked at.
    pub(crate) foreign: &'w [&'w Registry],
    /// How open places count.
    pub(crate) one: OneAccount,
}
