//! The ways out of an exposed file system, compared: what each costs afterwards, what it gives up, who may take it.
//!
//! [`situation`] gathers plain numbers from the exposure, [`bill`] prices them, [`weigh`] and [`scanning`] judge
//! each way on its own, and [`rank`] puts them in order. Nothing here decides whether a file system is exposed.

mod bill;
mod rank;
mod scanning;
mod situation;
mod weigh;

pub(crate) use scanning::Slow;

use self::situation::Survey;
use super::{cold_read_charges, exposure_dormant, remedy, tier_recall, tiering_pinned};
use crate::model::Instance;
use crate::rules::Finding;
use crate::rules::efs::Facts;
use crate::rules::efs::exposure::Exposed;

/// Whether the findings of a rule have ways out.
pub(crate) fn has_ways(rule: &str) -> bool {
    let rules = [&tier_recall::RULE, &cold_read_charges::RULE, &tiering_pinned::RULE, &exposure_dormant::RULE];
    rules.iter().any(|other| other.id == rule)
}

/// Fills in the ways out of every finding on an exposed file system, and what to do about it: the recommended one.
pub(crate) fn fill(facts: &Facts<'_>, findings: &mut [Finding]) {
    if !findings.iter().any(|finding| has_ways(finding.rule)) {
        return;
    }
    let exposure = facts.exposure();
    // One look at every instance's tags for all file systems together.
    let survey = Survey::of(facts);
    for finding in findings.iter_mut().filter(|finding| has_ways(finding.rule)) {
        let Some(exposed) = exposed_of(facts, &finding.resource.id) else { continue };
        let groups = groups_of(exposed, finding.rule);
        if let Some((situation, bill)) = survey.situation(facts, exposed, finding) {
            finding.ways_out = rank::ranked(weigh::all(&situation, &bill), &situation);
        }
        let stuck = survey.stuck(groups, remedy::MAX_IN_COMMANDS).into_iter();
        let stuck: Vec<&Instance> = stuck.filter_map(|it| exposure.instances.get(it as usize).copied()).collect();
        finding.remedy = remedy::of_ways(facts, finding, groups, &stuck)
            .unwrap_or_else(|| remedy::for_file_system(exposure, exposed, groups, None));
    }
}

fn exposed_of<'f, 'a>(facts: &'f Facts<'a>, id: &str) -> Option<&'f Exposed<'a>> {
    // Sorted by id.
    let all = &facts.exposure().file_systems;
    let at = all.binary_search_by(|exposed| exposed.file_system.id.as_str().cmp(id)).ok()?;
    all.get(at)
}

/// Whether one instance that goes on reading is enough to keep what a finding is about: a read then moves files, or keeps
/// them from becoming cold, rather than being paid for each time.
pub(crate) fn one_is_enough(facts: &Facts<'_>, finding: &Finding) -> bool {
    let (rule, id) = (finding.rule, finding.resource.id.as_str());
    let returns = |exposed: &Exposed<'_>| !exposed.storage.returns_on_read.is_not_met();
    rule == tiering_pinned::RULE.id || rule != cold_read_charges::RULE.id && exposed_of(facts, id).is_some_and(returns)
}

/// The groups of instances that a finding of `rule` is about.
fn groups_of<'e>(exposed: &'e Exposed<'_>, rule: &str) -> &'e [usize] {
    // What has moved is observed also where nobody awake is exposed any more.
    if rule == exposure_dormant::RULE.id || exposed.groups.is_empty() { &exposed.dormant } else { &exposed.groups }
}

/// A finding's file system and every instance that the finding is about, by id: a finding itself lists at most a hundred.
pub(crate) fn instances<'f, 'a>(
    facts: &'f Facts<'a>,
    finding: &Finding,
) -> Option<(&'f Exposed<'a>, Vec<&'a Instance>)> {
    let exposed = exposed_of(facts, &finding.resource.id)?;
    let exposure = facts.exposure();
    let groups = groups_of(exposed, finding.rule).iter().filter_map(|number| exposure.groups.get(*number));
    // Numbers go by id.
    let mut members: Vec<u32> = groups.flat_map(|group| &group.members).copied().collect();
    members.sort_unstable();
    let instances = members.into_iter().filter_map(|member| exposure.instances.get(member as usize).copied());
    Some((exposed, instances.collect()))
}
