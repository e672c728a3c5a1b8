//! What evidence could still change a verdict: asked between the two halves of a collection, and by nobody else.

use std::collections::BTreeSet;

use super::conditions::{Profile, seen};
use super::exposure::Exposure;
use super::storage::is_elastic;
use crate::model::{EvidenceScope, Target};

/// What evidence could still change a verdict on this target, whose other sections are collected.
pub fn evidence_scope(target: &Target) -> EvidenceScope {
    let exposure = Exposure::of(target);
    let mut scope = EvidenceScope::default();
    let mut groups = BTreeSet::new();
    let mut open = false;
    let unlisted = seen(&target.ec2.instances).is_none();
    let may_be_client = unlisted || exposure.groups.iter().any(|group| may_scan(&group.profile));
    for exposed in &exposure.file_systems {
        let awake = !exposed.groups.is_empty() || !exposed.undecided.is_empty();
        // What a stopped or offline instance read before it slept shows in the series; the instance cannot be asked.
        let concerned = awake || !exposed.dormant.is_empty() || !exposed.dormant_undecided.is_empty();
        // Elastic throughput bills reads of what is not cold, too: the meter alone says how many there are.
        let billed = awake && is_elastic(exposed.file_system);
        if exposed.storage.may_cost().is_not_met() && !billed {
            continue;
        }
        if !concerned {
            // Nothing but the network is in between, and that is a model; without a mount target nothing is.
            if exposure.agents.switched_off() {
                scope.metered.insert(exposed.file_system.id.clone());
            } else if may_be_client && exposed.file_system.number_of_mount_targets > 0 {
                scope.unreached.insert(exposed.file_system.id.clone());
            }
            continue;
        }
        scope.file_systems.insert(exposed.file_system.id.clone());
        groups.extend(exposed.groups.iter().copied());
        open |= !exposed.undecided.is_empty();
    }
    for (number, group) in exposure.groups.iter().enumerate() {
        if groups.contains(&number) || open && may_scan(&group.profile) {
            let members = group.members.iter().filter_map(|member| exposure.instances.get(*member as usize));
            scope.instances.extend(members.map(|instance| instance.id.clone()));
        }
    }
    scope
}

/// Whether the scan runs on such instances and they could mount EFS.
fn may_scan(profile: &Profile) -> bool {
    profile.running && !profile.windows && !profile.offline
}
