//! Instances alike in reachability and profile, in groups: only these meet file systems.

use std::collections::BTreeMap;

use super::conditions::{Agents, Profile};
use super::fast_map::FastMap;
use super::reach::Reach;
use crate::model::Instance;

/// Instances alike in everything that decides exposure, by index, ascending.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) profile: Profile,
    /// The profile's number: groups with the same one have the same profile.
    pub(crate) profile_number: usize,
    /// Their reachability, by number.
    pub(crate) pattern: usize,
    /// Their indexes into [`Exposure::instances`].
    pub(crate) members: Vec<u32>,
}

/// The groups of some instances.
pub(crate) fn group(agents: &Agents<'_>, reach: &Reach<'_>, instances: &[&Instance]) -> Vec<Group> {
    // Profiles are few and long to compare, so each gets a number first.
    let mut profiles: BTreeMap<Profile, usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut numbers: FastMap<(usize, usize), usize> = FastMap::default();
    for (index, instance) in instances.iter().enumerate() {
        let Ok(member) = u32::try_from(index) else { break };
        let profile = agents.profile(instance);
        let count = profiles.len();
        let profile_number = match profiles.get(&profile) {
            Some(known) => *known,
            None => *profiles.entry(profile.clone()).or_insert(count),
        };
        let pattern = reach.pattern_of(index);
        let number = *numbers.entry((pattern, profile_number)).or_insert_with(|| {
            groups.push(Group { profile, profile_number, pattern, members: Vec::new() });
            groups.len() - 1
        });
        groups[number].members.push(member);
    }
    groups
}
