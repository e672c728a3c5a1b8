//! Patterns of reachability, sharpened by evidence.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::book::Book;
use super::combine::Network;
use crate::rules::MountState;
use crate::rules::efs::reach::{Pattern, Reach};

impl Book {
    /// Gives every instance that has evidence of its own a pattern that says so. Instances alike in network and evidence
    /// share one, so the work grows with the evidence, not with instances times file systems.
    pub(crate) fn refine(&self, reach: &mut Reach<'_>) {
        let named = self.named_by();
        let none = BTreeSet::new();
        let mut numbers: HashMap<Pattern, usize> = HashMap::new();
        let everywhere: BTreeMap<usize, _> = reach.unknown_mounts().clone();
        for instance in self.concerned() {
            let Ok(index) = usize::try_from(instance) else { continue };
            let Some(before) = reach.pattern_at(index) else { continue };
            let before = before.clone();
            let settled = self.is_settled(instance);
            let mut after = Pattern { blind: before.blind && !settled, settled, ..Pattern::default() };
            let named = named.get(&instance).unwrap_or(&none);
            let concerned: BTreeSet<usize> =
                named.iter().chain(&before.possible).chain(before.unknown.keys()).copied().collect();
            for file_system in concerned {
                let network = if before.possible.binary_search(&file_system).is_ok() {
                    Network::Reachable
                } else if before.blind
                    || before.unknown.contains_key(&file_system)
                    || everywhere.contains_key(&file_system)
                {
                    Network::Unknown
                } else {
                    Network::Unreachable
                };
                match self.state(instance, file_system, network).state {
                    MountState::Confirmed => after.confirmed.push(file_system),
                    MountState::Likely => after.likely.push(file_system),
                    MountState::Possible => after.possible.push(file_system),
                    MountState::Unknown => {
                        let blame = before.unknown.get(&file_system).cloned().unwrap_or_default();
                        after.unknown.insert(file_system, blame);
                    }
                    MountState::RuledOut if network != Network::Unreachable => after.ruled_out.push(file_system),
                    MountState::RuledOut => {}
                }
            }
            let number = *numbers.entry(after).or_insert_with_key(|pattern| reach.add(pattern.clone()));
            reach.assign(index, number);
        }
    }
}
