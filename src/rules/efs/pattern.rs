//! What instances can reach, as a pattern that those alike share.

use std::collections::{BTreeMap, BTreeSet};

use super::fast_map::FastMap;
use crate::rules::{Blocker, MountState};

/// What instances alike in network terms can reach.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Pattern {
    /// File systems (by index, ascending) that they could mount.
    pub(crate) possible: Vec<usize>,
    /// File systems of which that cannot be said, and what would decide.
    pub(crate) unknown: BTreeMap<usize, BTreeSet<Blocker>>,
    /// Nothing can be said at all: the answer held no network interface.
    pub(crate) blind: bool,
    /// File systems (by index, ascending) that evidence says they mount.
    pub(crate) confirmed: Vec<usize>,
    /// File systems (by index, ascending) that evidence says they likely mount.
    pub(crate) likely: Vec<usize>,
    /// File systems (by index, ascending) that the network would allow, but that evidence rules out.
    pub(crate) ruled_out: Vec<usize>,
    /// Evidence of the instance itself speaks about every file system that it does not name.
    pub(crate) settled: bool,
}

impl Pattern {
    /// The state of the pair with a file system; `None` where there is nothing between them.
    pub(crate) fn state(&self, file_system: usize) -> Option<MountState> {
        let has = |list: &Vec<usize>| list.binary_search(&file_system).is_ok();
        if has(&self.confirmed) {
            Some(MountState::Confirmed)
        } else if has(&self.likely) {
            Some(MountState::Likely)
        } else if has(&self.possible) {
            Some(MountState::Possible)
        } else {
            self.unknown.contains_key(&file_system).then_some(MountState::Unknown)
        }
    }
}

/// Patterns by number, each once.
#[derive(Default)]
pub(crate) struct Interned {
    numbers: FastMap<Pattern, usize>,
    pub(crate) all: Vec<Pattern>,
}

impl Interned {
    /// The number of a pattern.
    pub(crate) fn number(&mut self, pattern: Pattern) -> usize {
        if let Some(known) = self.numbers.get(&pattern) {
            return *known;
        }
        self.all.push(pattern.clone());
        self.numbers.insert(pattern, self.all.len() - 1);
        self.all.len() - 1
    }
}

/// What somebody can reach who has several interfaces.
pub(crate) fn merge<'p>(parts: impl Iterator<Item = &'p Pattern>) -> Pattern {
    let mut whole = Pattern::default();
    for part in parts {
        whole.possible.extend_from_slice(&part.possible);
        for (file_system, blame) in &part.unknown {
            whole.unknown.entry(*file_system).or_default().extend(blame.iter().cloned());
        }
    }
    whole.possible.sort_unstable();
    whole.possible.dedup();
    whole.unknown.retain(|file_system, _| whole.possible.binary_search(file_system).is_err());
    whole
}
