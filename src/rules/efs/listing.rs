//! What findings print of an exposure: instances in order, their states and counts, and how often they scan.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rust_decimal::Decimal;

use super::conditions::Profile;
use super::evidence::{Combined, Network};
use super::exposure::{Exposed, Exposure};
use crate::model::Instance;
use crate::rules::finding::efs::ScanBasis;
use crate::rules::{InstanceCounts, MAX_LISTED_INSTANCES, MountEvidence, MountItem, MountState};

/// One listed instance.
#[derive(Debug)]
pub(crate) struct Listed<'e, 'a> {
    /// Its number.
    pub(crate) index: u32,
    /// The instance.
    pub(crate) instance: &'a Instance,
    /// What is special about it.
    pub(crate) profile: &'e Profile,
    /// Whether it mounts the file system.
    pub(crate) mount: MountState,
}

/// Instances alike in profile and in the state of their mount.
#[derive(Debug)]
pub(crate) struct Tally<'e> {
    number: usize,
    /// What they share.
    pub(crate) profile: &'e Profile,
    /// Whether they mount the file system.
    pub(crate) mount: MountState,
    /// How many they are.
    pub(crate) members: u64,
}

/// The instances that a finding lists, strongest mount first, then id, and all of them counted.
#[derive(Debug)]
pub(crate) struct Listing<'e, 'a> {
    /// At most [`MAX_LISTED_INSTANCES`].
    pub(crate) instances: Vec<Listed<'e, 'a>>,
    /// All.
    pub(crate) counts: InstanceCounts,
}

impl InstanceCounts {
    /// All of them.
    pub fn total(self) -> u64 {
        self.confirmed + self.likely + self.possible
    }
}

/// Scans per 30 days over the instances that count: those whose mount is confirmed or likely; if there is none, all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scans {
    /// By the plugin.
    pub(crate) plugin: Decimal,
    /// By the VM Scanner.
    pub(crate) vm_scanner: Decimal,
    /// Whether the mount of those instances is confirmed or likely.
    pub(crate) known: bool,
    /// How that is known.
    pub(crate) basis: ScanBasis,
    /// The least whole days between two scans; 0 where it is less, or the VM Scanner scans one of them.
    pub(crate) least_days: u32,
}

impl Scans {
    /// All of them.
    pub(crate) fn all(&self) -> Decimal {
        self.plugin + self.vm_scanner
    }

    /// Adds up instances alike: how many they are, how often each is scanned, whether by the VM Scanner, and the state of
    /// their mount.
    pub(crate) fn of(alike: impl Iterator<Item = (u64, Decimal, bool, MountState)> + Clone) -> Self {
        let is_sure = |mount| matches!(mount, MountState::Confirmed | MountState::Likely);
        let known = alike.clone().any(|(count, _, _, mount)| count > 0 && is_sure(mount));
        let mut scans = Self { known, ..Self::default() };
        for (count, each, vm_scanner, _) in alike.filter(|(_, _, _, mount)| !known || is_sure(*mount)) {
            *if vm_scanner { &mut scans.vm_scanner } else { &mut scans.plugin } += each * Decimal::from(count);
        }
        scans
    }
}

impl<'a> Exposure<'a> {
    /// Whether the instances of a group mount a file system, with which they are paired.
    pub(crate) fn mount(&self, exposed: &Exposed<'_>, group: usize) -> MountState {
        let pattern = self.reach.pattern(self.groups[group].pattern);
        // Most patterns know the network alone, and a group is paired only with what it can reach.
        let state = if pattern.confirmed.is_empty() && pattern.likely.is_empty() {
            MountState::Possible
        } else {
            pattern.state(exposed.number).unwrap_or(MountState::Unknown)
        };
        match state {
            MountState::Possible if exposed.sole_client => MountState::Likely,
            other => other,
        }
    }

    /// The instances of some groups, counted by what they have in common: groups are many, profiles are few.
    pub(crate) fn tally(&self, exposed: &Exposed<'_>, groups: &[usize]) -> Vec<Tally<'_>> {
        let mut tallies: Vec<Tally<'_>> = Vec::new();
        for number in groups {
            let group = &self.groups[*number];
            let mount = self.mount(exposed, *number);
            let members = group.members.len() as u64;
            match tallies.iter_mut().find(|tally| tally.number == group.profile_number && tally.mount == mount) {
                Some(tally) => tally.members += members,
                None => {
                    let (number, profile) = (group.profile_number, &group.profile);
                    tallies.push(Tally { number, profile, mount, members });
                }
            }
        }
        tallies
    }

    /// How many instances of some groups there are, by the state of their mount.
    pub(crate) fn counts(&self, exposed: &Exposed<'_>, groups: &[usize]) -> InstanceCounts {
        let mut counts = InstanceCounts::default();
        for number in groups {
            let members = self.groups[*number].members.len() as u64;
            *match self.mount(exposed, *number) {
                MountState::Confirmed => &mut counts.confirmed,
                MountState::Likely => &mut counts.likely,
                _ => &mut counts.possible,
            } += members;
        }
        counts
    }

    /// The instances of some groups in the order of the report, and all of them counted.
    pub(crate) fn list(&self, exposed: &Exposed<'_>, groups: &[usize]) -> Listing<'_, 'a> {
        type Next = Reverse<(MountState, u32, usize, usize)>;
        let next = |number: usize, mount: MountState, position: usize| -> Option<Next> {
            let member = self.groups[number].members.get(position)?;
            Some(Reverse((mount, *member, number, position)))
        };
        let mut heap: BinaryHeap<Next> =
            groups.iter().filter_map(|number| next(*number, self.mount(exposed, *number), 0)).collect();
        let mut instances = Vec::new();
        while instances.len() < MAX_LISTED_INSTANCES
            && let Some(Reverse((mount, index, number, position))) = heap.pop()
        {
            if let Some(instance) = self.instances.get(index as usize) {
                let profile = &self.groups[number].profile;
                instances.push(Listed { index, instance, profile, mount });
            }
            heap.extend(next(number, mount, position + 1));
        }
        Listing { instances, counts: self.counts(exposed, groups) }
    }

    /// All that is known of one pair, in the state that the report gives it.
    pub(crate) fn evidence_of(&self, exposed: &Exposed<'_>, listed: &Listed<'_, '_>) -> Combined {
        let network =
            usize::try_from(listed.index).map_or(Network::Unknown, |index| self.reach.network(index, exposed.number));
        let mut combined = self.evidence.state(listed.index, exposed.number, network);
        if exposed.sole_client && combined.state == MountState::Possible {
            combined.state = MountState::Likely;
            let connected = |item: &&mut MountItem| item.evidence == MountEvidence::ClientsConnected;
            if let Some(item) = combined.items.iter_mut().find(connected) {
                item.evidence = MountEvidence::SoleClient;
            }
        }
        combined
    }

    /// How often the instances of some groups scan in 30 days.
    pub(crate) fn scans(&self, exposed: &Exposed<'_>, groups: &[usize]) -> Scans {
        let tallies = self.tally(exposed, groups);
        let sum = |vm_scanner: bool| -> u64 {
            tallies.iter().filter(|it| it.profile.vm_scanner == vm_scanner).map(|it| it.members).sum()
        };
        let (plugin, vm_scanner) = (sum(false), sum(true));
        let alike = tallies.iter().map(|tally| {
            (tally.members, tally.profile.scans(self.rate.per_month), tally.profile.vm_scanner, tally.mount)
        });
        Scans {
            basis: ScanBasis { plugin: (plugin > 0).then(|| self.rate.basis.clone()), vm_scanner },
            least_days: if vm_scanner == 0 { self.rate.least_days } else { 0 },
            ..Scans::of(alike)
        }
    }
}
