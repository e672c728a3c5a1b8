//! What the ways out are weighed on: plain numbers, taken from the exposure in one place.

use rust_decimal::Decimal;

use super::bill::{Bill, Reader};
use crate::model::{LifecycleConfiguration, Section, Target};
use crate::price::{Usd, bytes_to_gib};
use crate::rules::efs::conditions::ScannedBy;
use crate::rules::efs::cost_pattern::CostPattern;
use crate::rules::efs::exclusion::{blocking_keys, is_blocked, is_owned_by_others};
use crate::rules::efs::exposure::Exposed;
use crate::rules::efs::facts::Facts;
use crate::rules::efs::figures::{Limits, Rates};
use crate::rules::efs::groups::Group;
use crate::rules::efs::history::Movement;
use crate::rules::efs::meter::Metered;
use crate::rules::efs::storage::standard_bytes;
use crate::rules::efs::subject::groups_of;
use crate::rules::{Confidence, Exclusion, Finding, MonthlyUsd};

/// Who may deactivate deep inspection in this account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Administrator {
    /// The account itself: it is in no organization, or is the delegated administrator.
    Itself,
    /// Another account, the delegated administrator.
    Other,
    Unknown,
}

/// The association that invokes the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Association {
    There,
    Absent,
    Unseen,
}

/// Everything a way out is weighed on.
#[derive(Debug)]
pub(crate) struct Situation<'a> {
    /// What the file system shows.
    pub(crate) pattern: CostPattern,
    /// Whether the figures begin only when an instance returns.
    pub(crate) dormant: bool,
    pub(crate) readers: Vec<Reader>,
    /// Instances of the whole account and region that the plugin scans and that report findings.
    pub(crate) plugin_in_account: u64,
    /// Who may deactivate deep inspection.
    pub(crate) administrator: Administrator,
    /// The lifecycle configuration, if it was read.
    pub(crate) policy: Option<&'a LifecycleConfiguration>,
    /// Runs of the association in 30 days.
    pub(crate) runs: Decimal,
    /// The least whole days between two of them.
    pub(crate) least_days: u32,
    /// Whether there is an association whose schedule could be changed.
    pub(crate) association: Association,
    /// What doing nothing costs a month and once; `None` without a price.
    pub(crate) today: Option<(MonthlyUsd, Usd)>,
    /// How sure the finding is.
    pub(crate) confidence: Confidence,
    /// What a way out has to save a month to be worth giving up protection.
    pub(crate) worth: Usd,
}

impl Situation<'_> {
    /// How many of them the plugin scans and report findings, which an instance with the exclusion tag does not.
    pub(crate) fn plugin_reports(&self) -> u64 {
        self.readers.iter().filter(|reader| !reader.is_vm_scanner() && !reader.tagged).map(|reader| reader.count).sum()
    }

    /// How many instances read it.
    pub(crate) fn count(&self) -> u64 {
        self.readers.iter().map(|reader| reader.count).sum()
    }

    /// How many of them the VM Scanner scans.
    pub(crate) fn vm_scanner(&self) -> u64 {
        self.readers.iter().filter(|reader| reader.is_vm_scanner()).map(|reader| reader.count).sum()
    }

    /// Of how many it is not known whether it does.
    pub(crate) fn vm_scanner_open(&self) -> u64 {
        self.readers.iter().filter(|reader| reader.by == ScannedBy::Either).map(|reader| reader.count).sum()
    }

    /// Whether the configuration says that files return to Standard when they are read.
    pub(crate) fn returns(&self) -> bool {
        self.policy.is_some_and(|policy| policy.transition_to_primary_storage_class.is_some())
    }
}

/// One group's tag keys, counted.
#[derive(Debug, Clone, Default)]
struct Keys {
    blocked: u64,
    owned: u64,
    /// The instances that cannot get metadata tags, by number, ascending.
    stuck: Vec<u32>,
}

/// What is the same for all file systems of a target.
#[derive(Debug)]
pub(crate) struct Survey {
    keys: Vec<Keys>,
    plugin_in_account: u64,
    administrator: Administrator,
    association: Association,
}

impl Survey {
    /// Looks at every instance once.
    pub(crate) fn of(facts: &Facts<'_>) -> Self {
        let exposure = facts.exposure();
        let keys = exposure.groups.iter().map(|group| keys(group, &exposure.instances)).collect();
        let scanned = exposure.groups.iter().filter(|group| plugin_reports(group));
        Self {
            keys,
            plugin_in_account: scanned.map(|group| group.members.len() as u64).sum(),
            administrator: administrator(facts.target),
            association: match &facts.target.ssm.inspector_association {
                Section::Complete(Some(_)) => Association::There,
                Section::Complete(None) => Association::Absent,
                _ => Association::Unseen,
            },
        }
    }

    /// The instances of some groups that cannot get metadata tags, by number, ascending, at most `most`.
    pub(crate) fn stuck(&self, groups: &[usize], most: usize) -> Vec<u32> {
        let keys = groups.iter().filter_map(|number| self.keys.get(*number));
        let mut stuck: Vec<u32> = keys.flat_map(|keys| &keys.stuck).copied().collect();
        stuck.sort_unstable();
        stuck.truncate(most);
        stuck
    }

    /// The situation of one finding on an exposed file system, and what it is priced with. The one place that knows how
    /// exposure is kept.
    pub(crate) fn situation<'a>(
        &self,
        facts: &Facts<'a>,
        exposed: &Exposed<'a>,
        finding: &Finding,
    ) -> Option<(Situation<'a>, Bill<'a>)> {
        let exposure = facts.exposure();
        let storage = &exposed.storage;
        let (metered, assessment) = (facts.metered(exposed), facts.assessment(exposed));
        let pattern = match assessment {
            Some(assessment) => assessment.pattern,
            None => CostPattern::of_cold(storage)?,
        };
        // Groups are many, but few of them differ in what counts here.
        let mut readers: Vec<(usize, Reader)> = Vec::new();
        for number in groups_of(exposed, finding) {
            let Some((group, keys)) = exposure.groups.get(*number).zip(self.keys.get(*number)) else { continue };
            let (mount, count) = (exposure.mount(exposed, *number), group.members.len() as u64);
            let alike =
                |(profile, reader): &&mut (usize, Reader)| *profile == group.profile_number && reader.mount == mount;
            if let Some((_, reader)) = readers.iter_mut().find(alike) {
                reader.count += count;
                reader.blocked += keys.blocked;
                reader.owned += keys.owned;
                continue;
            }
            let reader = Reader {
                count,
                runs: exposure.rate.per_month,
                mount,
                tagged: matches!(group.profile.exclusion, Exclusion::TagOnly | Exclusion::Full),
                excluded: group.profile.exclusion == Exclusion::Full,
                by: group.profile.scanned_by(),
                blocked: keys.blocked,
                owned: keys.owned,
            };
            readers.push((group.profile_number, reader));
        }
        let situation = Situation {
            pattern,
            dormant: assessment.is_none(),
            readers: readers.into_iter().map(|(_, reader)| reader).collect(),
            plugin_in_account: self.plugin_in_account,
            administrator: self.administrator,
            policy: storage.lifecycle,
            runs: exposure.rate.per_month,
            least_days: exposure.rate.least_days,
            association: self.association,
            today: finding.cost.as_ref().map(|cost| (cost.monthly_usd, cost.one_time_usd)),
            confidence: finding.confidence,
            worth: facts.settings.medium_from,
        };
        let region = facts.target.region.as_str();
        let bill = Bill {
            // What had to be assumed about the rates stands in the finding already.
            rates: Rates::of(exposed.file_system, storage.archive, region, facts.prices, &mut Vec::new()),
            ia: bytes_to_gib(storage.ia),
            archive: bytes_to_gib(storage.archive),
            standard: bytes_to_gib(standard_bytes(exposed.file_system).unwrap_or(0)),
            moved: bytes_to_gib(moved(metered)),
            read_fraction: facts.settings.read_fraction,
            limits: Limits::of(exposed.file_system),
            reads: metered.history.as_ref().and_then(|history| history.reads),
            per_run: metered.scan.per_run,
        };
        Some((situation, bill))
    }
}

/// What was cold once and is in Standard now, bytes; some of it may have been written there.
fn moved(metered: &Metered) -> u64 {
    match metered.history.as_ref().map(|history| &history.movement) {
        Some(Movement::Moved(drop) | Movement::Mixed(drop)) => drop.moved(),
        _ => 0,
    }
}

fn keys(group: &Group, instances: &[&crate::model::Instance]) -> Keys {
    let mut keys = Keys::default();
    let members = group.members.iter().filter_map(|member| Some((*member, instances.get(*member as usize)?)));
    for (member, instance) in members.filter(|(_, instance)| is_blocked(instance)) {
        if blocking_keys(instance).iter().any(|key| is_owned_by_others(key)) {
            keys.owned += 1;
        } else {
            keys.blocked += 1;
        }
        keys.stuck.push(member);
    }
    keys
}

/// Whether the plugin scans these instances now and Inspector reports what it finds.
fn plugin_reports(group: &Group) -> bool {
    let profile = &group.profile;
    let on = [&profile.agent, &profile.managed, &profile.scanned].iter().all(|condition| condition.is_met());
    on && profile.running
        && !profile.windows
        && !profile.vm_scanner
        && !matches!(profile.exclusion, Exclusion::Full | Exclusion::TagOnly)
}

fn administrator(target: &Target) -> Administrator {
    match &target.inspector.delegated_administrator {
        Section::Complete(administrator) => match administrator.account_id.as_deref() {
            Some(other) if other != target.account => Administrator::Other,
            _ => Administrator::Itself,
        },
        _ => Administrator::Unknown,
    }
}
