//! Signs that the scan itself is behind what the series show: when it began, and where it met its limits. Pure.
//!
//! Where it was seen inside a file system is in the index of evidence.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Duration, Utc};

use super::conditions::seen;
use super::exposure::Exposed;
use super::groups::Group;
use crate::model::{Instance, Section, SectionName, Target};
use crate::rules::Blocker;
use crate::rules::finding::efs::{NotRead, Onset, OpenQuestion, ScanStart, TooLittle};

/// Deep inspection gave up on an instance because it met too much: a weak sign of a large file system (Inspector user
/// guide, "Scanning status values", 2026-10).
const LIMITS: [&str; 2] =
    ["DEEP_INSPECTION_COLLECTION_TIME_LIMIT_EXCEEDED", "DEEP_INSPECTION_PACKAGE_COLLECTION_LIMIT_EXCEEDED"];
/// A first run is a beginning only where the window also shows so much time without one: how long Systems Manager
/// keeps runs is not documented.
const QUIET_BEFORE: Duration = Duration::days(1);
/// Scanning has to be older than this before "not seen" means anything.
const TOO_EARLY: Duration = Duration::days(2);
/// So many runs it takes to say "not seen" (starting value, synthetic data).
const ENOUGH_RUNS: usize = 8;
/// The most instances at their limits that are named for one file system.
const MAX_LIMITED: usize = 5;

/// What is known of the association's runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Runs {
    /// Nobody asked, or none exist here.
    #[default]
    NotAsked,
    /// So many.
    Read(usize),
    /// So many at least: what blocks the rest, and why, as the collector says.
    Open(usize, Blocker, String),
}

impl Runs {
    fn of(target: &Target) -> Self {
        // Without the association there is nobody whose runs could be asked for: that gap is the one to mend.
        if let Section::Missing(gap) = &target.ssm.inspector_association
            && target.evidence.association_runs.complete().is_some_and(|runs| runs.truncated.is_some())
        {
            return Self::Open(0, Blocker::section(SectionName::SsmInspectorAssociation), gap.message.clone());
        }
        match &target.evidence.association_runs {
            Section::Complete(runs) => match &runs.truncated {
                None => Self::Read(runs.rows.len()),
                Some(why) => {
                    let question = OpenQuestion::Runs(why.clone());
                    let blame = Blocker::efs(SectionName::SsmAssociationRuns, None, question);
                    Self::Open(runs.rows.len(), blame, why.clone())
                }
            },
            Section::Absent(_) | Section::NotAsked => Self::NotAsked,
            Section::Missing(gap) => {
                Self::Open(0, Blocker::section(SectionName::SsmAssociationRuns), gap.message.clone())
            }
        }
    }
}

/// Why "no move seen" would say nothing yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// The scan has only begun, or hardly runs.
    Early(TooLittle),
    /// How often the scan ran could not be read.
    Unread(Blocker, NotRead),
}

/// The signs of one target.
#[derive(Debug, Default)]
pub(crate) struct ScanActivity {
    starts: Vec<Onset>,
    /// The first time at which a scan is known to have run or been switched on.
    first_known: Option<DateTime<Utc>>,
    runs: Runs,
    vm_scanner: bool,
    /// By number of the group: instances on which deep inspection met its limits.
    limited: BTreeMap<usize, Vec<String>>,
}

impl ScanActivity {
    /// Gathers the signs of `target`, in one pass over each source.
    pub(crate) fn of(target: &Target, instances: &[&Instance], groups: &[Group]) -> Self {
        let configuration = target.inspector.configuration.complete();
        let vm_scanner = configuration.is_some_and(|it| it.vm_scanner_activated == Some(true));
        let activated = configuration.and_then(|it| it.vm_scanner_activated_at).filter(|_| vm_scanner);
        let runs = target.evidence.association_runs.complete();
        let first_run = runs.and_then(|runs| runs.rows.iter().map(|run| run.at).min());
        let whole = runs.is_some_and(|runs| runs.truncated.is_none());
        let window = target.evidence.efs_metrics.complete().and_then(|metrics| metrics.from);
        let first_run_is_first = whole
            && first_run.is_some_and(|run| window.is_some_and(|from| run.signed_duration_since(from) >= QUIET_BEFORE));
        let mut starts: Vec<Onset> =
            activated.map(|at| Onset { at, what: ScanStart::VmScannerActivated }).into_iter().collect();
        if let Some(at) = first_run.filter(|_| first_run_is_first) {
            starts.push(Onset { at, what: ScanStart::AssociationFirstRan });
        }
        starts.sort();
        Self {
            starts,
            first_known: [activated, first_run].into_iter().flatten().min(),
            runs: Runs::of(target),
            vm_scanner,
            limited: limited(target, instances, groups),
        }
    }

    /// The beginnings that a move may be in step with, earliest first.
    pub(crate) fn starts(&self) -> &[Onset] {
        &self.starts
    }

    /// Since when every read may be the scan's: its only known beginning.
    pub(crate) fn scanned_since(&self) -> Option<DateTime<Utc>> {
        self.starts.first().map(|start| start.at).filter(|at| self.first_known == Some(*at))
    }

    /// Whether a scan is known to have run, or to have been switched on, by then.
    pub(crate) fn scanned_by(&self, then: DateTime<Utc>) -> bool {
        self.first_known.is_some_and(|first| first <= then)
    }

    /// Exposed instances on which deep inspection met its limits; weak.
    pub(crate) fn limited(&self, exposed: &Exposed<'_>) -> Vec<&str> {
        let ids = exposed.groups.iter().filter_map(|number| self.limited.get(number)).flatten();
        ids.take(MAX_LIMITED).map(String::as_str).collect()
    }

    /// Why "no move seen" would say nothing yet.
    pub(crate) fn doubt(&self, end: DateTime<Utc>) -> Option<Doubt> {
        let is_young = |first: &DateTime<Utc>| end.signed_duration_since(*first) < TOO_EARLY;
        if let Some(first) = self.first_known.filter(is_young) {
            return Some(Doubt::Early(TooLittle::FirstScan(first)));
        }
        match &self.runs {
            // The VM Scanner has a timer of its own on each instance.
            _ if self.vm_scanner => None,
            Runs::Read(known) if *known < ENOUGH_RUNS => {
                Some(Doubt::Early(TooLittle::FewRuns { known: *known, needed: ENOUGH_RUNS }))
            }
            // A refused or broken-off listing is no sign that the scan never ran.
            Runs::Open(known, blame, why) if *known < ENOUGH_RUNS => {
                Some(Doubt::Unread(blame.clone(), NotRead::Runs(why.clone())))
            }
            Runs::NotAsked | Runs::Read(_) | Runs::Open(..) => None,
        }
    }
}

/// Instances on which deep inspection met its limits, by group.
fn limited(target: &Target, instances: &[&Instance], groups: &[Group]) -> BTreeMap<usize, Vec<String>> {
    let rows = seen(&target.inspector.ec2_coverage).unwrap_or_default();
    let ids: HashSet<&str> = rows
        .iter()
        .filter(|row| row.reason.as_deref().is_some_and(|reason| LIMITS.contains(&reason)))
        .map(|row| row.instance_id.as_str())
        .collect();
    let mut by_group: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    if ids.is_empty() {
        return by_group;
    }
    for (number, group) in groups.iter().enumerate() {
        for instance in group.members.iter().filter_map(|member| instances.get(*member as usize)) {
            if ids.contains(instance.id.as_str()) {
                by_group.entry(number).or_default().push(instance.id.clone());
            }
        }
    }
    by_group
}
