//! What evidence could still change a verdict: asked between the two halves of a collection, and by nobody else.

use std::collections::BTreeSet;

use super::any_picture;
use super::exposure::Exposure;
use crate::model::{EvidenceScope, Target};

/// What evidence could still change a verdict on this target, whose other sections are collected.
pub fn evidence_scope(target: &Target) -> EvidenceScope {
    let exposure = Exposure::judged(target);
    let mut scope = EvidenceScope::default();
    let mut groups = BTreeSet::new();
    let mut open = false;
    for exposed in &exposure.file_systems {
        let awake = !exposed.groups.is_empty() || !exposed.undecided.is_empty();
        // What a stopped or offline instance read before it slept shows in the series; the instance cannot be asked.
        let concerned = awake || !exposed.dormant.is_empty() || !exposed.dormant_undecided.is_empty();
        if !concerned || any_picture(exposed).is_not_met() {
            continue;
        }
        scope.file_systems.insert(exposed.file_system.id.clone());
        groups.extend(exposed.groups.iter().copied());
        open |= !exposed.undecided.is_empty();
    }
    for (number, group) in exposure.groups.iter().enumerate() {
        let profile = &group.profile;
        let may_scan = profile.running && !profile.windows && !profile.offline;
        if groups.contains(&number) || open && may_scan {
            let members = group.members.iter().filter_map(|member| exposure.instances.get(*member as usize));
            scope.instances.extend(members.map(|instance| instance.id.clone()));
        }
    }
    scope
}
