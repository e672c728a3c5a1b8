//! What findings print of an exposure: instances in order, their states and counts, and how often they scan.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rust_decimal::Decimal;

use super::conditions::{Profile, ScannedBy};
use super::evidence::{Combined, Network};
use super::exposure::{Exposed, Exposure};
use super::schedule::VM_SCANNER_SCANS;
use crate::model::Instance;
use crate::rules::finding::efs::ScanBasis;
use crate::rules::{InstanceCounts, MAX_LISTED_INSTANCES, MountEvidence, MountItem, MountState};

#[derive(Debug)]
pub(crate) struct Listed<'e, 'a> {
    pub(crate) index: u32,
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
    pub(crate) profile: &'e Profile,
    /// Whether they mount the file system.
    pub(crate) mount: MountState,
    pub(crate) members: u64,
}

/// The instances that a finding lists, strongest mount first, then id, and all of them counted.
#[derive(Debug)]
pub(crate) struct Listing<'e, 'a> {
    /// At most [`MAX_LISTED_INSTANCES`].
    pub(crate) instances: Vec<Listed<'e, 'a>>,
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
    pub(crate) plugin: Decimal,
    pub(crate) vm_scanner: Decimal,
    /// Of instances that one of the two scans, which is not known: if it is the plugin, and if it is the VM Scanner.
    pub(crate) either: [Decimal; 2],
    /// Whether the mount of those instances is confirmed or likely.
    pub(crate) known: bool,
    pub(crate) basis: ScanBasis,
    /// The least whole days between two scans; 0 where it is less, or the VM Scanner scans one of them.
    pub(crate) least_days: u32,
}

impl Scans {
    pub(crate) fn all(&self) -> Decimal {
        self.plugin + self.vm_scanner + self.either[0].max(self.either[1])
    }

    /// Adds up instances alike: how many they are, how often the plugin runs, what scans them, and the state of their
    /// mount.
    pub(crate) fn of(alike: impl Iterator<Item = (u64, Decimal, ScannedBy, MountState)> + Clone) -> Self {
        let is_sure = |mount| matches!(mount, MountState::Confirmed | MountState::Likely);
        let known = alike.clone().any(|(count, _, _, mount)| count > 0 && is_sure(mount));
        let mut scans = Self { known, ..Self::default() };
        for (count, plugin, by, _) in alike.filter(|(_, _, _, mount)| !known || is_sure(*mount)) {
            let count = Decimal::from(count);
            let (plugin, vm_scanner) = (plugin * count, VM_SCANNER_SCANS * count);
            match by {
                ScannedBy::Plugin => scans.plugin += plugin,
                ScannedBy::VmScanner => scans.vm_scanner += vm_scanner,
                ScannedBy::Either => {
                    scans.either[0] += plugin;
                    scans.either[1] += vm_scanner;
                }
            }
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

    /// How many instances of some groups there are whose mount shows that the scan may touch it: of those that the VM
    /// Scanner alone could scan despite their exclusion it shows nothing.
    pub(crate) fn proving(&self, exposed: &Exposed<'_>, groups: &[usize]) -> InstanceCounts {
        let proves = |number: &&usize| !self.groups[**number].profile.is_scanned_despite_tag();
        let proving: Vec<usize> = groups.iter().filter(proves).copied().collect();
        self.counts(exposed, &proving)
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
        let sum = |by: ScannedBy| -> u64 {
            tallies.iter().filter(|it| it.profile.scanned_by() == by).map(|it| it.members).sum()
        };
        let [plugin, vm_scanner, open] = [ScannedBy::Plugin, ScannedBy::VmScanner, ScannedBy::Either].map(sum);
        let alike =
            tallies.iter().map(|tally| (tally.members, self.rate.per_month, tally.profile.scanned_by(), tally.mount));
        Scans {
            basis: ScanBasis { plugin: (plugin + open > 0).then(|| self.rate.basis.clone()), vm_scanner, open },
            least_days: if vm_scanner + open == 0 { self.rate.least_days } else { 0 },
            ..Scans::of(alike)
        }
    }
}
