//! What the rules of R1 share when they conclude: what keeps them open, and the file systems that show a pattern.

use std::collections::BTreeSet;

use super::assessment::Assessment;
use super::conditions;
use super::cost_pattern::CostPattern;
use super::exposure::Exposed;
use super::facts::Facts;
use super::tri::Tri;
use crate::rules::finding::{Blocker, Outcome};

/// An outcome with what is the same for all rules of R1: whether there is a file system at all, and what keeps the
/// rule open. `storage` says what of a file system's storage the rule depends on.
pub(crate) fn outcome(facts: &Facts<'_>, storage: impl Fn(&Exposed<'_>) -> Tri) -> Outcome {
    let exposure = facts.exposure();
    let mut undecided: BTreeSet<Blocker> = exposure.unseen_file_systems.iter().cloned().collect();
    for exposed in &exposure.file_systems {
        let depends = storage(exposed);
        if depends.is_not_met() {
            continue;
        }
        if exposed.groups.is_empty() {
            if !exposed.undecided.is_empty() {
                undecided.extend(exposed.undecided.iter().cloned());
                undecided.extend(depends.blame);
            }
        } else {
            undecided.extend(depends.blame);
        }
    }
    let file_systems = conditions::seen(&facts.target.efs.file_systems);
    let applicable = file_systems.is_none_or(|file_systems| !file_systems.is_empty());
    Outcome { findings: Vec::new(), undecided: undecided.into_iter().collect(), applicable }
}

/// The file systems that show a pattern, with their figures.
pub(crate) fn showing<'f, 'a>(
    facts: &'f Facts<'a>,
    pattern: CostPattern,
) -> impl Iterator<Item = (&'f Exposed<'a>, &'f Assessment)> {
    facts.exposure().file_systems.iter().filter_map(move |exposed| {
        facts.assessment(exposed).filter(|assessment| assessment.pattern == pattern).map(|it| (exposed, it))
    })
}
