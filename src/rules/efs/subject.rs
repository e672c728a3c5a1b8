//! What a finding is about: its file system and instances, and what its reason makes of the ways out.

use crate::model::Instance;
use crate::rules::efs::exposure::Exposed;
use crate::rules::efs::facts::Facts;
use crate::rules::finding::efs::Reason;
use crate::rules::finding::{self, Finding};

fn reason(finding: &Finding) -> Option<&Reason> {
    match &finding.reason {
        finding::Reason::Efs(reason) => Some(reason),
        _ => None,
    }
}

/// Whether a finding has ways out.
pub(crate) fn has_ways(finding: &Finding) -> bool {
    matches!(
        reason(finding),
        Some(
            Reason::EfsTierRecall { .. }
                | Reason::EfsColdReadCharges { .. }
                | Reason::EfsTieringPinned { .. }
                | Reason::EfsExposureDormant { .. }
        )
    )
}

/// The file system that a finding is about.
pub(crate) fn exposed_of<'f, 'a>(facts: &'f Facts<'a>, id: &str) -> Option<&'f Exposed<'a>> {
    // Sorted by id.
    let all = &facts.exposure().file_systems;
    let at = all.binary_search_by(|exposed| exposed.file_system.id.as_str().cmp(id)).ok()?;
    all.get(at)
}

/// Whether one instance that goes on reading is enough to keep what a finding is about: a read then moves files, or keeps
/// them from becoming cold, rather than being paid for each time.
pub(crate) fn one_is_enough(facts: &Facts<'_>, finding: &Finding) -> bool {
    let returns = |exposed: &Exposed<'_>| !exposed.storage.returns_on_read.is_not_met();
    match reason(finding) {
        Some(Reason::EfsTieringPinned { .. }) => true,
        Some(Reason::EfsColdReadCharges { .. }) => false,
        _ => exposed_of(facts, &finding.resource.id).is_some_and(returns),
    }
}

/// The groups of instances that a finding is about.
pub(crate) fn groups_of<'e>(exposed: &'e Exposed<'_>, finding: &Finding) -> &'e [usize] {
    let is_dormant = matches!(reason(finding), Some(Reason::EfsExposureDormant { .. }));
    // What has moved is observed also where nobody awake is exposed any more.
    if is_dormant || exposed.groups.is_empty() { &exposed.dormant } else { &exposed.groups }
}

/// A finding's file system and every instance that the finding is about, by id: a finding itself lists at most a hundred.
pub(crate) fn instances<'f, 'a>(
    facts: &'f Facts<'a>,
    finding: &Finding,
) -> Option<(&'f Exposed<'a>, Vec<&'a Instance>)> {
    let exposed = exposed_of(facts, &finding.resource.id)?;
    let exposure = facts.exposure();
    let groups = groups_of(exposed, finding).iter().filter_map(|number| exposure.groups.get(*number));
    // Numbers go by id.
    let mut members: Vec<u32> = groups.flat_map(|group| &group.members).copied().collect();
    members.sort_unstable();
    let instances = members.into_iter().filter_map(|member| exposure.instances.get(member as usize).copied());
    Some((exposed, instances.collect()))
}
