//! The ways out of an exposed file system, compared: what each costs afterwards, what it gives up, who may take it.
//!
//! [`situation`] gathers plain numbers, [`bill`] prices them, [`weigh`] and [`scanning`] judge each way on its own, and
//! [`rank`] puts them in order. Nothing here decides whether a file system is exposed.

mod bill;
mod draft;
mod rank;
mod scanning;
mod situation;
mod weigh;

pub(crate) use scanning::Slow;

use self::situation::Survey;
use super::remedy;
use super::subject::{exposed_of, groups_of, has_ways};
use crate::model::Instance;
use crate::rules::Finding;
use crate::rules::efs::facts::Facts;

/// Fills in the ways out of every finding on an exposed file system, and what to do about it: the recommended one.
pub(crate) fn fill(facts: &Facts<'_>, findings: &mut [Finding]) {
    if !findings.iter().any(has_ways) {
        return;
    }
    let exposure = facts.exposure();
    // One look at every instance's tags for all file systems together.
    let survey = Survey::of(facts);
    for finding in findings.iter_mut().filter(|finding| has_ways(finding)) {
        let Some(exposed) = exposed_of(facts, &finding.resource.id) else { continue };
        let groups = groups_of(exposed, finding);
        if let Some((situation, bill)) = survey.situation(facts, exposed, finding) {
            finding.ways_out = rank::ranked(weigh::all(&situation, &bill), &situation);
        }
        let stuck = survey.stuck(groups, remedy::MAX_IN_COMMANDS).into_iter();
        let stuck: Vec<&Instance> = stuck.filter_map(|it| exposure.instances.get(it as usize).copied()).collect();
        finding.remedy = remedy::of_ways(facts, finding, groups, &stuck)
            .unwrap_or_else(|| remedy::for_file_system(facts.target, exposure, exposed, groups, None));
    }
}
