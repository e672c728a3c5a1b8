//! The sentences of Terraform's findings.

use super::told::Told;
use crate::report::v1;
use crate::rules::finding::terraform::{Assumption, Evidence, Item, Reason};

/// Headline and story.
pub(super) fn reason(reason: &Reason) -> Told {
    match *reason {}
}

/// One piece of evidence.
pub(super) fn evidence(evidence: &Evidence) -> v1::Evidence {
    match *evidence {}
}

/// One assumption, in a sentence.
pub(super) fn assumption(assumption: &Assumption) -> String {
    match *assumption {}
}

/// One item of a bill.
pub(super) fn item(item: Item) -> String {
    match item {}
}
