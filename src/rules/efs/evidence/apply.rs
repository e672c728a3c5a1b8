//! Evidence applied to the patterns of reachability.

use std::collections::{BTreeSet, HashMap};

use super::index::EvidenceIndex;
use crate::rules::MountState;
use crate::rules::efs::pattern::Pattern;
use crate::rules::efs::reach::Reach;

/// What instances have to share to share a pattern with evidence: the pattern of the network, whether their own answer
/// speaks about every file system, and the states of the pairs that evidence names.
type Applied = (usize, bool, Vec<(usize, MountState)>);

impl EvidenceIndex {
    /// Gives every instance that has evidence of its own a pattern that says so.
    ///
    /// Only pairs that evidence names are combined one by one. For all others of an instance its own answer decides, or
    /// else the network; so the work grows with the evidence, not with instances times file systems.
    pub(crate) fn apply_evidence(&self, reach: &mut Reach<'_>) {
        let named = self.named_by();
        let none = BTreeSet::new();
        let mut known: HashMap<Applied, usize> = HashMap::new();
        for instance in self.concerned() {
            let Ok(index) = usize::try_from(instance) else { continue };
            let Some(before) = reach.number_at(index) else { continue };
            let settled = self.is_settled(instance);
            let of_named = named.get(&instance).unwrap_or(&none).iter();
            // Without a mount target nothing can be mounted, whatever a source says.
            let states: Vec<(usize, MountState)> = of_named
                .filter(|file_system| reach.has_mount_target(**file_system))
                .map(|file_system| {
                    let network = reach.network(index, *file_system);
                    (*file_system, self.state(instance, *file_system, network).state)
                })
                .collect();
            if states.is_empty() && !settled {
                continue;
            }
            let key = (before, settled, states);
            let number = match known.get(&key) {
                Some(number) => *number,
                None => {
                    let number = reach.add(self.applied(reach.pattern(before), settled, &key.2));
                    known.insert(key, number);
                    number
                }
            };
            reach.assign(index, number);
        }
    }

    fn applied(&self, before: &Pattern, settled: bool, named: &[(usize, MountState)]) -> Pattern {
        let state_of = |file_system: usize| {
            named.binary_search_by_key(&file_system, |(named, _)| *named).ok().map(|index| named[index].1)
        };
        let mut after = Pattern { blind: before.blind && !settled, settled, ..Pattern::default() };
        for file_system in &before.possible {
            match state_of(*file_system) {
                Some(_) => {}
                None if settled => after.ruled_out.push(*file_system),
                None => after.possible.push(*file_system),
            }
        }
        for (file_system, blame) in &before.unknown {
            if state_of(*file_system).is_none() && !settled {
                after.unknown.insert(*file_system, blame.clone());
            }
        }
        for (file_system, state) in named {
            let possible = before.possible.binary_search(file_system).is_ok();
            match state {
                MountState::Confirmed => after.confirmed.push(*file_system),
                MountState::Likely => after.likely.push(*file_system),
                MountState::Possible => after.possible.push(*file_system),
                MountState::Unknown => {
                    let blame = before.unknown.get(file_system).cloned().unwrap_or_default();
                    after.unknown.insert(*file_system, blame);
                }
                // That nobody is connected is said of the file system, not of the instance.
                MountState::RuledOut if possible && !settled && self.nobody_connected(*file_system) => {
                    after.possible.push(*file_system);
                }
                MountState::RuledOut if possible => after.ruled_out.push(*file_system),
                MountState::RuledOut => {}
            }
        }
        after.possible.sort_unstable();
        after.ruled_out.sort_unstable();
        after
    }
}
