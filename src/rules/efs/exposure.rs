//! Pairs of instances and file systems, in bulk: who is exposed to what, and what keeps that open.
//!
//! Instances alike in reachability and profile form a group; only groups meet file systems, so the work grows with
//! instances plus file systems plus the pairs of groups that the network really allows.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use rust_decimal::Decimal;

use super::conditions::{Agents, Profile, seen};
use super::figures::{Figure, figure};
use super::history::History;
use super::reach::Reach;
use super::schedule::{ScanRate, scan_rate};
use super::signs::Signs;
use super::storage::Storage;
use crate::model::{FileSystem, Instance, SectionName, Target};
use crate::price::PriceTable;
use crate::rules::{Exclusion, InstanceCounts, MAX_LISTED_INSTANCES, MountState, RuleSettings, Severity, Undecided};

/// Instances alike in everything that decides exposure, by index, ascending.
#[derive(Debug)]
pub(crate) struct Group {
    /// What they share.
    pub(crate) profile: Profile,
    /// Their reachability, by number.
    pub(crate) pattern: usize,
    /// Their indexes into [`Exposure::instances`].
    pub(crate) members: Vec<u32>,
}

/// Why an instance that could reach a file system is not exposed to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NotExposed {
    /// Not running.
    Stopped,
    /// A row in SSM that is not `Online`.
    NotOnline,
    /// Not a managed node at all.
    NotManaged,
    /// Excluded in full.
    Excluded,
    /// Windows.
    Windows,
}

impl NotExposed {
    /// For the evidence.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Stopped => "not running",
            Self::NotOnline => "managed by SSM but not Online",
            Self::NotManaged => "not managed by SSM and not scanned by the VM Scanner",
            Self::Excluded => "excluded in full by tag and metadata tags",
            Self::Windows => "Windows, which cannot mount EFS",
        }
    }
}

/// Which of the three pictures a file system shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Picture {
    /// Cold data that returns to Standard when it is read.
    Recall,
    /// Cold data that stays cold, and is paid for at each read.
    ColdRead,
    /// A policy that has tiered nothing.
    Pinned,
}

/// A picture with its figures.
#[derive(Debug)]
pub(crate) struct Assessment {
    /// Which.
    pub(crate) picture: Picture,
    /// What it costs.
    pub(crate) figure: Figure,
    /// How bad that is.
    pub(crate) severity: Severity,
}

/// One file system and everything that concerns it.
#[derive(Debug)]
pub(crate) struct Exposed<'a> {
    /// The file system.
    pub(crate) file_system: &'a FileSystem,
    /// Its storage.
    pub(crate) storage: Storage<'a>,
    /// The groups that are exposed to it (conditions 1 to 5), by number.
    pub(crate) groups: Vec<usize>,
    /// What could still expose it while nothing does; empty when every pair is decided.
    pub(crate) undecided: BTreeSet<Undecided>,
    /// Instances that look concerned and are not exposed, counted by reason.
    pub(crate) not_exposed: BTreeMap<NotExposed, u64>,
    /// The groups that would be exposed if they were running and Online, by number.
    pub(crate) dormant: Vec<usize>,
    /// What could still make an instance that is not running, or not Online, one of those.
    pub(crate) dormant_undecided: BTreeSet<Undecided>,
    /// Whether it would be exposed if EC2 scanning, now off, were on.
    pub(crate) exposed_if_scanned: bool,
    /// What its metrics show, where they were collected.
    pub(crate) history: Option<History>,
    /// The picture it shows, if it is exposed.
    pub(crate) assessment: Option<Assessment>,
}

/// All of R1 about one target, worked out once and read by every R1 rule.
#[derive(Debug)]
pub struct Exposure<'a> {
    /// The account's side.
    pub(crate) agents: Agents<'a>,
    /// The instances, sorted by id.
    pub(crate) instances: Vec<&'a Instance>,
    /// The groups.
    pub(crate) groups: Vec<Group>,
    /// The file systems that are `available`, sorted by id.
    pub(crate) file_systems: Vec<Exposed<'a>>,
    /// Reachability.
    pub(crate) reach: Reach<'a>,
    /// How often the association runs.
    pub(crate) rate: ScanRate,
    /// Set where the file systems could not be listed and could still matter.
    pub(crate) unseen_file_systems: Option<Undecided>,
    /// Signs that the scan is behind what the metrics show.
    pub(crate) signs: Signs,
}

impl<'a> Exposure<'a> {
    pub(crate) fn of(target: &'a Target, prices: &PriceTable, settings: &RuleSettings) -> Self {
        let mut exposure = Self::judged(target);
        exposure.signs = Signs::of(target, &exposure.instances, &exposure.groups);
        let mut file_systems = std::mem::take(&mut exposure.file_systems);
        for file_system in &mut file_systems {
            file_system.history = History::collected(target, file_system.file_system, &exposure.signs);
            file_system.assessment = exposure.assess(target, file_system, prices, settings);
        }
        exposure.file_systems = file_systems;
        exposure
    }

    /// The pairs alone, without figures.
    pub(crate) fn judged(target: &'a Target) -> Self {
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
        let reach = Reach::of(target, &instances, &available);
        let groups = group(&agents, &reach, &instances);
        let mut exposure = Self {
            rate: scan_rate(&target.ssm.inspector_association, target.taken_at),
            unseen_file_systems: (listed.is_none() && !agents.switched_off())
                .then(|| Undecided::section(SectionName::EfsFileSystems)),
            agents,
            instances,
            groups,
            reach,
            file_systems: Vec::new(),
            signs: Signs::default(),
        };
        let mut file_systems: Vec<Exposed<'a>> = available
            .into_iter()
            .map(|file_system| Exposed {
                file_system,
                storage: Storage::of(target, file_system),
                groups: Vec::new(),
                undecided: BTreeSet::new(),
                not_exposed: BTreeMap::new(),
                dormant: Vec::new(),
                dormant_undecided: BTreeSet::new(),
                exposed_if_scanned: false,
                history: None,
                assessment: None,
            })
            .collect();
        exposure.meet(&mut file_systems, instances_seen.is_none());
        exposure.file_systems = file_systems;
        exposure
    }

    /// Brings groups and file systems together.
    fn meet(&self, file_systems: &mut [Exposed<'a>], instances_missing: bool) {
        for (number, group) in self.groups.iter().enumerate() {
            let pattern = self.reach.pattern(group.pattern);
            for index in &pattern.possible {
                self.judge_possible(number, group, &mut file_systems[*index]);
            }
            for (index, blame) in &pattern.unknown {
                self.judge_unknown(group, blame, &mut file_systems[*index]);
            }
        }
        // Pairs that are open for every instance alike are judged once per profile, not once per pair.
        let profiles: BTreeMap<&Profile, &Group> = self.groups.iter().map(|group| (&group.profile, group)).collect();
        for (index, blame) in self.reach.unknown_mounts() {
            for group in profiles.values() {
                self.judge_unknown(group, &BTreeSet::from([blame.clone()]), &mut file_systems[*index]);
            }
        }
        let blind = self.groups.iter().filter(|group| self.reach.pattern(group.pattern).blind && group.profile.running);
        let no_interfaces = BTreeSet::from([Undecided::derived(
            SectionName::Ec2Instances,
            None,
            "ec2:DescribeInstances",
            "a running instance came without network interfaces",
        )]);
        for group in blind {
            for (file_system, _) in
                file_systems.iter_mut().zip(&self.reach.can_be_reached).filter(|(_, reached)| **reached)
            {
                self.judge_unknown(group, &no_interfaces, file_system);
            }
        }
        if instances_missing && !self.agents.switched_off() {
            for (file_system, _) in
                file_systems.iter_mut().zip(&self.reach.can_be_reached).filter(|(_, reached)| **reached)
            {
                file_system.undecided.insert(Undecided::section(SectionName::Ec2Instances));
            }
        }
    }

    /// A pair that the network allows.
    fn judge_possible(&self, number: usize, group: &Group, file_system: &mut Exposed<'a>) {
        let profile = &group.profile;
        let account = [&self.agents.inspector, &profile.scanned];
        let agent = [&profile.agent, &profile.managed];
        let count = |file_system: &mut Exposed<'a>, why: NotExposed| {
            *file_system.not_exposed.entry(why).or_default() += u64::try_from(group.members.len()).unwrap_or(u64::MAX);
        };
        if profile.windows {
            return count(file_system, NotExposed::Windows);
        }
        if profile.exclusion == Exclusion::Full {
            return count(file_system, NotExposed::Excluded);
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
            count(file_system, NotExposed::Stopped);
            if profile.returns {
                sleeps(file_system);
            }
            return;
        }
        if agent.iter().any(|condition| condition.is_not_met()) {
            count(file_system, if profile.offline { NotExposed::NotOnline } else { NotExposed::NotManaged });
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
            for condition in account.into_iter().chain(agent) {
                file_system.undecided.extend(condition.blame.iter().cloned());
            }
        }
    }

    /// A pair of which the network says nothing.
    fn judge_unknown(&self, group: &Group, blame: &BTreeSet<Undecided>, file_system: &mut Exposed<'a>) {
        let profile = &group.profile;
        let account = [&self.agents.inspector, &profile.scanned];
        let agent = [&profile.agent, &profile.managed];
        let out = profile.windows || profile.exclusion == Exclusion::Full;
        if out || account.iter().any(|condition| condition.is_not_met()) {
            return;
        }
        let offline = agent.iter().any(|condition| condition.is_not_met());
        let open = if profile.running && !offline {
            &mut file_system.undecided
        } else if profile.offline || profile.returns {
            &mut file_system.dormant_undecided
        } else {
            return;
        };
        open.extend(blame.iter().cloned());
        open.extend(account.into_iter().chain(agent).flat_map(|condition| condition.blame.clone()));
    }

    /// The picture that an exposed file system shows.
    fn assess(
        &self,
        target: &Target,
        exposed: &Exposed<'a>,
        prices: &PriceTable,
        settings: &RuleSettings,
    ) -> Option<Assessment> {
        if exposed.groups.is_empty() {
            return None;
        }
        let storage = &exposed.storage;
        let picture = if storage.cold.is_met() && storage.returns_on_read.is_met() {
            Picture::Recall
        } else if storage.cold.is_met() && storage.returns_on_read.is_not_met() {
            Picture::ColdRead
        } else if storage.pinned.is_met() {
            Picture::Pinned
        } else {
            return None;
        };
        let figure = figure(picture, exposed, &self.scans(&exposed.groups), &target.region, prices, settings);
        let severity = match (picture, &figure.cost) {
            // Its likely figure is zero until measured, so the highest one decides between the two lowest.
            (Picture::Pinned, Ok(cost)) if cost.monthly_usd.high >= settings.medium_from => {
                figure.severity(settings).max(Severity::Medium)
            }
            _ => figure.severity(settings),
        };
        Some(Assessment { picture, figure, severity })
    }

    /// How often the instances of some groups scan in 30 days.
    pub(crate) fn scans(&self, groups: &[usize]) -> Scans {
        let mut scans = Scans { all: Decimal::ZERO, most: Decimal::ZERO, basis: String::new() };
        let (mut vm_scanner, mut plugin) = (0_usize, 0_usize);
        for number in groups {
            let group = &self.groups[*number];
            let each = group.profile.scans(self.rate.per_month);
            scans.most = scans.most.max(each);
            scans.all += each * Decimal::from(group.members.len());
            *if group.profile.vm_scanner { &mut vm_scanner } else { &mut plugin } += group.members.len();
        }
        let mut parts = Vec::new();
        if plugin > 0 {
            parts.push(self.rate.basis.clone());
        }
        if vm_scanner > 0 {
            parts.push(format!("the VM Scanner scans {vm_scanner} of them every 3 hours: 240 scans a month each"));
        }
        scans.basis = parts.join("; ");
        scans
    }

    /// How many file systems would be exposed if EC2 scanning, now off, were switched on.
    pub(crate) fn exposed_if_scanned(&self) -> u64 {
        let would = |exposed: &&Exposed<'_>| {
            exposed.exposed_if_scanned && (exposed.storage.cold.is_met() || exposed.storage.pinned.is_met())
        };
        self.file_systems.iter().filter(would).map(|_| 1).sum()
    }

    /// The exposed instances of some groups, in the order of the report, at most [`MAX_LISTED_INSTANCES`], and all of
    /// them counted.
    pub(crate) fn list(&self, groups: &[usize]) -> (Vec<(&'a Instance, &Profile, MountState)>, InstanceCounts) {
        let mut heap: BinaryHeap<Reverse<(u32, usize, usize)>> = groups
            .iter()
            .filter_map(|number| self.groups[*number].members.first().map(|first| Reverse((*first, *number, 0))))
            .collect();
        let mut listed = Vec::new();
        while listed.len() < MAX_LISTED_INSTANCES
            && let Some(Reverse((index, number, position))) = heap.pop()
        {
            let group = &self.groups[number];
            if let Some(instance) = self.instances.get(index as usize) {
                listed.push((*instance, &group.profile, MountState::Possible));
            }
            if let Some(next) = group.members.get(position + 1) {
                heap.push(Reverse((*next, number, position + 1)));
            }
        }
        let possible = groups.iter().map(|number| self.groups[*number].members.len() as u64).sum();
        (listed, InstanceCounts { possible, ..InstanceCounts::default() })
    }
}

/// Scans per 30 days over some instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scans {
    /// Of all of them together.
    pub(crate) all: Decimal,
    /// Of the one that scans most often.
    pub(crate) most: Decimal,
    /// How that is known.
    pub(crate) basis: String,
}

fn group(agents: &Agents<'_>, reach: &Reach<'_>, instances: &[&Instance]) -> Vec<Group> {
    // Profiles are few and long to compare, so each gets a number first.
    let mut profiles: BTreeMap<Profile, usize> = BTreeMap::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut numbers: HashMap<(usize, usize), usize> = HashMap::new();
    for (index, instance) in instances.iter().enumerate() {
        let Ok(member) = u32::try_from(index) else { break };
        let profile = agents.profile(instance);
        let count = profiles.len();
        let profile_number = *profiles.entry(profile.clone()).or_insert(count);
        let pattern = reach.pattern_of(index);
        let number = *numbers.entry((pattern, profile_number)).or_insert_with(|| {
            groups.push(Group { profile, pattern, members: Vec::new() });
            groups.len() - 1
        });
        groups[number].members.push(member);
    }
    groups
}
