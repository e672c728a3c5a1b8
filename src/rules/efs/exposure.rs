//! Pairs of instances and file systems, in bulk: who is exposed to what, and what keeps that open.
//!
//! Instances alike in reachability and profile form a group; only groups meet file systems, so the work grows with
//! instances plus file systems plus the pairs of groups that the network really allows.

use std::collections::{BTreeMap, BTreeSet};

use super::conditions::{Agents, Profile, Trait, seen};
use super::evidence::EvidenceIndex;
use super::groups::{Group, group};
use super::reach::Reach;
use super::schedule::{ScanRate, scan_rate};
use super::storage::Storage;
use crate::model::{FileSystem, Instance, SectionName, Target};
use crate::rules::finding::efs::{NotExposed, OpenQuestion};
use crate::rules::{Blocker, MountEvidence};

/// One file system and who may scan it.
#[derive(Debug)]
pub(crate) struct Exposed<'a> {
    /// Its number among [`Exposure::file_systems`].
    pub(crate) number: usize,
    pub(crate) file_system: &'a FileSystem,
    pub(crate) storage: Storage<'a>,
    /// The groups that are exposed to it (conditions 1 to 5), by number.
    pub(crate) groups: Vec<usize>,
    /// What could still expose it, or expose it to more instances; empty when every pair is decided.
    pub(crate) undecided: BTreeSet<Blocker>,
    /// The same by what rules about one instance ask of it; `None` for instances that were not seen.
    pub(crate) undecided_by: BTreeMap<Option<Trait>, BTreeSet<Blocker>>,
    /// Instances that look concerned and are not exposed, counted by reason.
    pub(crate) not_exposed: BTreeMap<NotExposed, u64>,
    /// The groups that would be exposed if they were running and Online, by number.
    pub(crate) dormant: Vec<usize>,
    /// What could still make an instance that is not running, or not Online, one of those.
    pub(crate) dormant_undecided: BTreeSet<Blocker>,
    /// Whether it would be exposed if EC2 scanning, now off, were on.
    pub(crate) exposed_if_scanned: bool,
    /// How many running instances may be its clients, scanned or not, as far as is known.
    pub(crate) clients: u64,
    /// Whether somebody is connected and one instance alone is let in.
    pub(crate) sole_client: bool,
}

impl<'a> Exposed<'a> {
    /// A file system that nobody is paired with yet.
    fn unpaired(target: &'a Target, number: usize, file_system: &'a FileSystem) -> Self {
        Self {
            number,
            file_system,
            storage: Storage::of(target, file_system),
            groups: Vec::new(),
            undecided: BTreeSet::new(),
            undecided_by: BTreeMap::new(),
            not_exposed: BTreeMap::new(),
            dormant: Vec::new(),
            dormant_undecided: BTreeSet::new(),
            exposed_if_scanned: false,
            clients: 0,
            sole_client: false,
        }
    }

    /// Counts a group's instances among those that are not exposed.
    fn count(&mut self, group: &Group, why: NotExposed) {
        *self.not_exposed.entry(why).or_default() += group.members.len() as u64;
    }

    /// A pair with a running instance that is not decided, and what would decide it.
    fn leave_open<'b>(&mut self, profile: &Profile, blame: impl Iterator<Item = &'b Blocker> + Clone) {
        self.undecided.extend(blame.clone().cloned());
        self.undecided_by.entry(Some(profile.traits())).or_default().extend(blame.clone().cloned());
        // What is undecided because SSM's answer is missing may turn out to sleep.
        if profile.may_be_offline && !profile.managed.is_met() {
            self.dormant_undecided.extend(blame.cloned());
        }
    }

    /// Instances could not be listed, and one of them could be exposed.
    fn instances_unseen(&mut self) {
        let blocker = Blocker::section(SectionName::Ec2Instances);
        self.undecided.insert(blocker.clone());
        self.dormant_undecided.insert(blocker.clone());
        self.undecided_by.entry(None).or_default().insert(blocker);
    }
}

/// Who is exposed to what on one target, worked out once.
#[derive(Debug)]
pub(crate) struct Exposure<'a> {
    pub(crate) agents: Agents<'a>,
    /// The instances, sorted by id.
    pub(crate) instances: Vec<&'a Instance>,
    pub(crate) groups: Vec<Group>,
    /// The file systems that are `available`, sorted by id.
    pub(crate) file_systems: Vec<Exposed<'a>>,
    /// Reachability, with evidence applied.
    pub(crate) reach: Reach<'a>,
    /// What is known of mounts beside the network.
    pub(crate) evidence: EvidenceIndex,
    /// How often the association runs.
    pub(crate) rate: ScanRate,
    /// Set where the file systems could not be listed and could still matter.
    pub(crate) unseen_file_systems: Option<Blocker>,
}

impl<'a> Exposure<'a> {
    /// Reads a target, and judges every pair.
    pub(crate) fn of(target: &'a Target) -> Self {
        let agents = Agents::of(target);
        let instances_seen = seen(&target.ec2.instances);
        let mut instances: Vec<&Instance> = instances_seen.unwrap_or_default().iter().collect();
        instances.sort_by(|a, b| a.id.cmp(&b.id));
        instances.dedup_by(|a, b| a.id == b.id);
        let listed = seen(&target.efs.file_systems);
        let mut available: Vec<&FileSystem> =
            listed.unwrap_or_default().iter().filter(|fs| fs.state == "available").collect();
        available.sort_by(|a, b| a.id.cmp(&b.id));
        available.dedup_by(|a, b| a.id == b.id);
        let mut reach = Reach::of(target, &instances, &available);
        let evidence = EvidenceIndex::of(target, &instances, &available);
        evidence.apply_evidence(&mut reach);
        let groups = group(&agents, &reach, &instances);
        let unpaired = available.into_iter().enumerate();
        let unpaired = unpaired.map(|(number, file_system)| Exposed::unpaired(target, number, file_system)).collect();
        let pairs = Pairs { agents: &agents, groups: &groups, reach: &reach, evidence: &evidence };
        Self {
            file_systems: pairs.judged(unpaired, instances_seen.is_none()),
            rate: scan_rate(&target.ssm.inspector_association, target.taken_at),
            unseen_file_systems: (listed.is_none() && !agents.switched_off())
                .then(|| Blocker::section(SectionName::EfsFileSystems)),
            agents,
            instances,
            groups,
            reach,
            evidence,
        }
    }

    /// How many file systems would be exposed if EC2 scanning, now off, were switched on.
    pub(crate) fn exposed_if_scanned(&self) -> u64 {
        let would = |exposed: &&Exposed<'_>| {
            exposed.exposed_if_scanned && (exposed.storage.cold.is_met() || exposed.storage.pinned.is_met())
        };
        self.file_systems.iter().filter(would).map(|_| 1).sum()
    }
}

/// Both sides of the pairs.
struct Pairs<'p, 'a> {
    agents: &'p Agents<'a>,
    groups: &'p [Group],
    reach: &'p Reach<'a>,
    evidence: &'p EvidenceIndex,
}

impl<'a> Pairs<'_, 'a> {
    /// Judges every pair of a group and a file system.
    fn judged(&self, mut file_systems: Vec<Exposed<'a>>, instances_missing: bool) -> Vec<Exposed<'a>> {
        for (number, group) in self.groups.iter().enumerate() {
            let pattern = self.reach.pattern(group.pattern);
            for index in pattern.confirmed.iter().chain(&pattern.likely) {
                self.judge_possible(number, group, &mut file_systems[*index]);
            }
            for index in &pattern.possible {
                if self.evidence.nobody_connected(*index) {
                    file_systems[*index].count(group, NotExposed::NobodyConnected);
                } else {
                    self.judge_possible(number, group, &mut file_systems[*index]);
                }
            }
            for index in &pattern.ruled_out {
                file_systems[*index].count(group, NotExposed::NotMounted);
            }
            for (index, blame) in &pattern.unknown {
                self.judge_unknown(group, blame, &mut file_systems[*index]);
            }
        }
        // Pairs that are open for every instance alike are judged once per profile, not once per pair.
        let open = self.groups.iter().filter(|group| !self.reach.pattern(group.pattern).settled);
        let profiles: BTreeMap<&Profile, &Group> = open.map(|group| (&group.profile, group)).collect();
        for (index, blame) in self.reach.unknown_mounts() {
            for group in profiles.values() {
                self.judge_unknown(group, &BTreeSet::from([blame.clone()]), &mut file_systems[*index]);
            }
        }
        let blind = self.groups.iter().filter(|group| self.reach.pattern(group.pattern).blind && group.profile.running);
        let open = OpenQuestion::NoInterfaces;
        let no_interfaces = BTreeSet::from([Blocker::efs(SectionName::Ec2Instances, None, open)]);
        for group in blind {
            for (file_system, _) in
                file_systems.iter_mut().zip(&self.reach.can_be_reached).filter(|(_, reached)| **reached)
            {
                self.judge_unknown(group, &no_interfaces, file_system);
            }
        }
        if instances_missing && !self.agents.switched_off() {
            for file_system in &mut file_systems {
                // Evidence that names an instance says that somebody mounts it, whatever the rules let in.
                let number = file_system.number;
                if self.reach.can_be_reached[number]
                    || self.evidence.names_unseen(number) && self.reach.has_mount_target(number)
                {
                    file_system.instances_unseen();
                }
            }
        }
        for file_system in &mut file_systems {
            file_system.sole_client = file_system.clients == 1
                && !instances_missing
                && self
                    .evidence
                    .connected(file_system.number)
                    .is_some_and(|item| item.evidence == MountEvidence::ClientsConnected)
                && self.reach.admits_only_own_groups(file_system.number);
        }
        file_systems
    }

    /// A pair that the network allows.
    fn judge_possible(&self, number: usize, group: &Group, file_system: &mut Exposed<'a>) {
        let profile = &group.profile;
        let account = [&self.agents.inspector, &profile.scanned];
        let agent = [&profile.agent, &profile.managed];
        if profile.windows {
            return file_system.count(group, NotExposed::Windows);
        }
        file_system.clients += if profile.running { group.members.len() as u64 } else { 0 };
        if profile.is_excluded() {
            return file_system.count(group, NotExposed::Excluded);
        }
        let scans = account.iter().all(|condition| condition.is_met());
        let sleeps = |file_system: &mut Exposed<'a>| {
            if scans {
                file_system.dormant.push(number);
            } else if !account.iter().any(|condition| condition.is_not_met()) {
                file_system.dormant_undecided.extend(account.iter().flat_map(|condition| condition.blame.clone()));
            }
        };
        if !profile.running {
            file_system.count(group, NotExposed::Stopped);
            if profile.returns {
                sleeps(file_system);
            }
            return;
        }
        if agent.iter().any(|condition| condition.is_not_met()) {
            file_system.count(group, if profile.offline { NotExposed::NotOnline } else { NotExposed::NotManaged });
            if profile.offline {
                sleeps(file_system);
            }
            return;
        }
        let agent_met = agent.iter().all(|condition| condition.is_met());
        file_system.exposed_if_scanned |= agent_met && self.agents.switched_off();
        if account.iter().any(|condition| condition.is_not_met()) {
            return;
        }
        if agent_met && scans {
            file_system.groups.push(number);
        } else {
            file_system.leave_open(profile, account.into_iter().chain(agent).flat_map(|condition| &condition.blame));
        }
    }

    /// A pair of which the network says nothing.
    fn judge_unknown(&self, group: &Group, blame: &BTreeSet<Blocker>, file_system: &mut Exposed<'a>) {
        let profile = &group.profile;
        let account = [&self.agents.inspector, &profile.scanned];
        let agent = [&profile.agent, &profile.managed];
        if self.evidence.nobody_connected(file_system.number) {
            return;
        }
        file_system.clients += if profile.running && !profile.windows { group.members.len() as u64 } else { 0 };
        let out = profile.windows || profile.is_excluded();
        if out || account.iter().any(|condition| condition.is_not_met()) {
            return;
        }
        let offline = agent.iter().any(|condition| condition.is_not_met());
        let open = blame.iter().chain(account.into_iter().chain(agent).flat_map(|condition| &condition.blame));
        if profile.running && !offline {
            file_system.leave_open(profile, open);
        } else if profile.offline || profile.returns {
            file_system.dormant_undecided.extend(open.cloned());
        }
    }
}
