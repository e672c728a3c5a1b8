//! What a collected section leaves open, of R2.

use crate::rules::finding::ecr::OpenQuestion;

/// A question of R2 in a phrase, for the report's gaps.
pub(in crate::render::words) fn question(question: &OpenQuestion) -> String {
    let unknown = |what: &str, found: &str| format!("the {what} {found:?} is not known to this version");
    match question {
        OpenQuestion::ScanType(found) => unknown("scan type", found),
        OpenQuestion::FilterType => "a filter has a type that this version does not know".to_owned(),
        OpenQuestion::ScanFrequency(found) => unknown("scan frequency", found),
        OpenQuestion::Relationship(found) => {
            format!("the relationship with the delegated administrator is {found:?}, which decides nothing")
        }
        OpenQuestion::RescanDuration(Some(found)) => unknown("re-scan duration", found),
        OpenQuestion::RescanDuration(None) => "AWS gave no re-scan duration".to_owned(),
        OpenQuestion::PullDateMode(Some(found)) => unknown("pull-date mode", found),
        OpenQuestion::PullDateMode(None) => "AWS gave no pull-date mode".to_owned(),
        OpenQuestion::NoCountsByReason => "images are inactive, and the snapshot has no counts by reason".to_owned(),
        OpenQuestion::TrialStatus(found) => unknown("trial's status", found),
    }
}
