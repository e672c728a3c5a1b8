//! The sentences of R1's findings.

use super::efs_money;
use super::say::Told;
use crate::report::v1;
use crate::rules::finding::efs::{Evidence, Reason};

pub(super) use super::efs_money::{assumption, item};

/// Headline and story.
pub(super) fn reason(reason: &Reason) -> Told {
    match *reason {}
}

/// One piece of evidence.
pub(super) fn evidence(evidence: &Evidence) -> v1::Evidence {
    match evidence {
        Evidence::Schedule(basis) => v1::Evidence::new("schedule", efs_money::scan_basis(basis)),
    }
}
