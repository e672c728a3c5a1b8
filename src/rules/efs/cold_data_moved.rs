//! `efs-cold-data-moved`: cold data is in Standard, and it was not Inspector's scan that read it.

use std::collections::BTreeSet;

use super::conditions::seen;
use super::exposure::Exposed;
use super::facts::Facts;
use super::figures::observed;
use super::finding_builder::{Draft, finding};
use super::history::Drop;
use super::needs::NEEDS_WITH_METRICS;
use super::outcome::outcome;
use super::recall_state::{RecallState, recall_state};
use super::remedy;
use super::tri::Tri;
use crate::model::{Section, SectionName};
use crate::rules::finding::efs::{self, NotExposed, NotRead, NotTheReader, Reason, ScanReads};
use crate::rules::{Blocker, Confidence, Evidence, Finding, Outcome, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "efs-cold-data-moved",
    title: "Cold data has moved to Standard, and Inspector's scan did not read it",
    needs: NEEDS_WITH_METRICS,
    needs_one_of: &[],
    explain: "\
# What it finds

A file system whose cold bytes (IA plus Archive in CloudWatch's StorageBytes) have fallen while Standard rose, as in \
efs-recall-observed, where Inspector's scan is not the reader: its EC2 scanning is off, no instance that it scans may mount \
the file system, or it runs and no more is read then than at other times. Where the scan is known to have run before the \
move and has been switched off since, or an instance has been excluded in full, nothing is said: if it was the reader, the \
files become cold by themselves.

# Why it costs

The moved data is billed at Standard's price, whoever read it.

# How the figure is made

Monthly = GiB that came from IA x (Standard - IA) + GiB from Archive x (Standard - Archive), measured: low, likely and \
high are the same. The fees for reading and tiering were paid when the data moved and are named, not added up.

# What it cannot see

Who read. A move of which the series show a part only, because other data was deleted or the series are short. Whether \
a scan that was switched off after the move read then, where its runs are not known. Clients in accounts that are not \
targets. Files written to or deleted from Standard in the meantime, which count as part of its rise.

# Fix

Find the reader: look at DataReadIOBytes by the hour and at what runs then (AWS DataSync tasks, backup agents, AIDE, \
antivirus, updatedb, find and rsync jobs, people). Let it skip the file system, or remove TransitionToPrimaryStorageClass \
so that reads move nothing.

# References

EFS user guide, \"CloudWatch metrics\" and \"Managing storage lifecycle\". Read 2026-10.
",
};

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    // Where the scan may be the reader, `efs-recall-observed` speaks and keeps open what is open.
    let mut outcome = outcome(facts, |_| Tri::not_met());
    // Others move data whether Inspector scans or not.
    let unlisted = seen(&facts.target.efs.file_systems).is_none();
    let unlisted = unlisted.then(|| Blocker::section(SectionName::EfsFileSystems));
    let mut undecided: BTreeSet<Blocker> = outcome.undecided.drain(..).chain(unlisted).collect();
    for exposed in &facts.exposure().file_systems {
        let Some(why) = not_the_reader(facts, exposed) else {
            undecided.extend(left_open(facts, exposed));
            continue;
        };
        match recall_state(facts, exposed) {
            // A scan that has stopped since may have been the reader: the files then become cold by themselves.
            RecallState::Moved(drop) if has_stopped(why) && facts.meter().activity.scanned_by(drop.fall().ended) => {}
            RecallState::Moved(drop) => outcome.findings.push(found(facts, exposed, drop, why)),
            // Series that were read and do not show a move show none; what was not read could.
            RecallState::NotRead(blame, NotRead::Series(_)) => undecided.extend([blame]),
            _ => {}
        }
    }
    outcome.undecided = undecided.into_iter().collect();
    outcome
}

/// What keeps open whether others moved the data of a file system that the scan may read: nothing where it is known to read,
/// or where somebody awake is exposed, of whom `efs-recall-observed` speaks.
fn left_open(facts: &Facts<'_>, exposed: &Exposed<'_>) -> BTreeSet<Blocker> {
    let exposure = facts.exposure();
    if !exposed.groups.is_empty() || exposure.evidence.is_scanner_seen(exposed.number) {
        return BTreeSet::new();
    }
    let asleep = exposed.dormant.is_empty() && !exposed.not_exposed.contains_key(&NotExposed::Excluded);
    let asleep = exposed.dormant_undecided.iter().filter(|_| asleep);
    let mut open: BTreeSet<Blocker> =
        exposed.undecided.iter().chain(exposure.agents.open()).chain(asleep).cloned().collect();
    match recall_state(facts, exposed) {
        RecallState::Moved(drop) if may_be_others(facts, drop) => open,
        RecallState::NotRead(blame, NotRead::Series(_)) if !open.is_empty() => {
            open.insert(blame);
            open
        }
        _ => BTreeSet::new(),
    }
}

/// Whether others may turn out to have moved it: a scan that ran before is ruled out by measured reads alone.
fn may_be_others(facts: &Facts<'_>, drop: &Drop) -> bool {
    let measured = !matches!(facts.target.evidence.efs_reads, Section::NotAsked);
    measured || !facts.meter().activity.scanned_by(drop.fall().ended)
}

/// Whether it is known only that the scan does not read now.
fn has_stopped(why: NotTheReader) -> bool {
    matches!(why, NotTheReader::ScanningOff | NotTheReader::NobodyExposed)
}

/// Why the scan does not read a file system; `None` where it may.
pub(crate) fn not_the_reader(facts: &Facts<'_>, exposed: &Exposed<'_>) -> Option<NotTheReader> {
    let exposure = facts.exposure();
    if exposure.evidence.is_scanner_seen(exposed.number) {
        return None;
    }
    if exposure.agents.switched_off() {
        return Some(NotTheReader::ScanningOff);
    }
    if exposed.groups.is_empty() {
        // What an excluded instance has read becomes cold by itself; one that sleeps may have read it.
        let excluded = exposed.not_exposed.contains_key(&NotExposed::Excluded);
        let asleep = !excluded && exposed.dormant.is_empty() && exposed.dormant_undecided.is_empty();
        return (asleep && exposed.undecided.is_empty()).then_some(NotTheReader::NobodyExposed);
    }
    match facts.metered(exposed).scan.reads? {
        ScanReads::NotSeen { runs, smallest_seen } => Some(NotTheReader::NotAligned { runs, smallest_seen }),
        ScanReads::WalksOnly { metadata, smallest_seen } => {
            Some(NotTheReader::NotAligned { runs: metadata.runs, smallest_seen })
        }
        _ => None,
    }
}

fn found(facts: &Facts<'_>, exposed: &Exposed<'_>, drop: &Drop, why: NotTheReader) -> Finding {
    let cost = observed(exposed, drop, &facts.target.region, facts.prices);
    let severity = facts.settings.severity(cost.as_ref().ok().map(|cost| cost.monthly_usd));
    let returns_on_read = exposed.storage.returns_on_read.state;
    let draft = Draft {
        rule: RULE.id,
        severity,
        reason: Reason::EfsColdDataMoved { fall: drop.fall(), why, returns_on_read },
        cost: &cost,
        groups: &exposed.groups,
        remedy: remedy::find_the_reader(exposed),
    };
    let mut finding = finding(facts, exposed, ScanReads::NotMeasured, draft);
    // That the data moved was measured. That it was not the scan is certain where none runs, else as good as the test.
    finding.confidence = match why {
        NotTheReader::ScanningOff | NotTheReader::NobodyExposed => Confidence::High,
        NotTheReader::NotAligned { .. } => Confidence::Medium,
    };
    finding.evidence.push(Evidence::Efs(efs::Evidence::RivalExplanation));
    finding
}
