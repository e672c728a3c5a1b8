//! Of sweeps: targets that were not judged, and why.

use std::collections::BTreeSet;

use crate::model::{GapReason, SNAPSHOT_SCHEMA_VERSION, SectionName};
use crate::render::text::{brief, count};
use crate::report::v1::{Evaluation, GapReport};
use crate::report::{Damage, Report, TargetId, Unjudged};
use crate::rules::{Rule, RuleVerdict, Verdict};

/// The longest reason of a plan.
const WHY: usize = 120;
/// How many reasons of a plan are named.
const REASONS: usize = 4;

/// What there is to say of a target that was not judged by the selected rules: all of them are open, for one reason.
pub fn unjudged(id: Option<&TargetId>, why: &Unjudged, selected: &[&Rule]) -> Evaluation {
    let rules: BTreeSet<&str> = selected.iter().filter(|rule| rule.is_live()).map(|rule| rule.id).collect();
    let verdict = |rule: &&str| RuleVerdict { rule: (*rule).to_owned(), verdict: Verdict::Inconclusive };
    let (reason, resource, message) = match why {
        Unjudged::NotCollected => (
            GapReason::NotCollected,
            None,
            "planned, and not among the snapshots: collect this target again, or look for its file elsewhere"
                .to_owned(),
        ),
        Unjudged::Unreadable { file, damage } => (GapReason::Unreadable, Some(file.clone()), damaged(damage)),
    };
    let gap = GapReport {
        account: id.map(|id| id.account.clone()).unwrap_or_default(),
        region: id.map(|id| id.region.clone()).unwrap_or_default(),
        // As of a target that could not be entered: nothing behind it is known.
        section: SectionName::StsIdentity,
        resource,
        operation: String::new(),
        reason,
        message,
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
    };
    Evaluation { verdicts: rules.iter().map(verdict).collect(), gaps: vec![gap], ..Evaluation::default() }
}

fn damaged(damage: &Damage) -> String {
    match damage {
        Damage::Io(message) => {
            format!("the snapshot cannot be read ({message}): mend that, or collect this target again")
        }
        Damage::Truncated => {
            "the snapshot ends in the middle, it was not written or copied whole: collect this target again".to_owned()
        }
        Damage::Format(message) => {
            format!("this is no snapshot of inspector-audit ({message}): collect this target again")
        }
        Damage::Report => "this is a report, not a snapshot: give the snapshot that it was made from".to_owned(),
        Damage::Version(version) => format!(
            "the snapshot has schema_version {version}, this version reads {SNAPSHOT_SCHEMA_VERSION}: upgrade \
             inspector-audit, or collect this target again with this version"
        ),
    }
}

/// An account, with its name where a plan has it.
pub(crate) fn account(report: &Report, id: &str) -> String {
    match report.account(id).and_then(|called| called.name.as_deref()) {
        Some(name) => format!("{id} {name}"),
        None => id.to_owned(),
    }
}

/// What the plan left out, and why, where it left out anything.
pub(crate) fn skipped(report: &Report) -> Option<String> {
    let mut all: Vec<_> = report.run.skipped.iter().map(|one| (one.targets.len(), one.why.as_str())).collect();
    let total: usize = all.iter().map(|(number, _)| number).sum();
    all.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let number = |number: usize| count(u64::try_from(number).unwrap_or(u64::MAX), "target", "targets");
    let reason = |(of, why): &(usize, &str)| {
        let why = if why.is_empty() { "the plan does not say why".to_owned() } else { brief(why, WHY) };
        if all.len() == 1 { why } else { format!("{why} ({})", number(*of)) }
    };
    let mut reasons: Vec<String> = all.iter().take(REASONS).map(reason).collect();
    let rest: usize = all.iter().skip(REASONS).map(|(number, _)| number).sum();
    reasons.extend((rest > 0).then(|| format!("other reasons ({})", number(rest))));
    (total > 0).then(|| format!("{} by the plan: {}.", number(total), reasons.join("; ")))
}
