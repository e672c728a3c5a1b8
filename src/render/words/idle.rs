//! Suppressions that hide nothing.

use super::super::text::{clean, count};
use crate::report::{Report, SuppressionState, SuppressionUse, TargetId, fits};

/// A suppression that hides nothing, in a sentence.
#[derive(Debug)]
pub(crate) struct Idle<'a> {
    pub(crate) of: &'a SuppressionUse,
    /// What became of it; harmless on a terminal.
    pub(crate) sentence: String,
    /// Whether the operator should mend it: it has ended, matches nothing, or can match nothing.
    pub(crate) to_mend: bool,
}

/// The suppressions that hide nothing, in the configuration's order.
pub(crate) fn idle_suppressions(report: &Report) -> Vec<Idle<'_>> {
    report.run.suppressions.iter().filter_map(|of| idle(of, &report.run.targets)).collect()
}

fn idle<'a>(of: &'a SuppressionUse, targets: &[TargetId]) -> Option<Idle<'a>> {
    // Without targets, as in Terraform, no account or region is known to be wrong.
    let misses = |pattern: &Option<String>, part: fn(&TargetId) -> &str| {
        pattern.as_deref().is_some_and(|it| !targets.is_empty() && !targets.iter().any(|target| fits(it, part(target))))
    };
    let elsewhere = match (misses(&of.account, |it| &it.account), misses(&of.region, |it| &it.region)) {
        (true, true) => Some("no target of this run has its account, none its region"),
        (true, false) => Some("no target of this run has its account"),
        (false, true) => Some("no target of this run has its region"),
        (false, false) => None,
    };
    let (what, to_mend) = match (of.state, of.expires, elsewhere) {
        (SuppressionState::Used, _, _) => return None,
        (SuppressionState::Expired, Some(last), _) => {
            let fits = count(of.count, "finding", "findings");
            (format!("ended on {last} and hides nothing any more; it fits {fits}"), true)
        }
        (_, _, Some(elsewhere)) => (format!("hides nothing: {elsewhere}"), true),
        (SuppressionState::NotJudged, _, None) => {
            ("hides nothing: its rule was not judged here, or not with certainty".to_owned(), false)
        }
        _ if of.comment.is_some() => ("matches no finding: take the comment out".to_owned(), true),
        _ => ("matches no finding: take it out of the configuration".to_owned(), true),
    };
    let sentence = format!("the suppression of {} {what}", of.scope());
    Some(Idle { of, sentence: clean(&sentence).into_owned(), to_mend })
}
