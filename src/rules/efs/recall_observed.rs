//! `efs-recall-observed`: cold data has moved to Standard, in step with the scan or for a cause that is not known.

use std::collections::BTreeSet;

use super::cold_data_moved::not_the_reader;
use super::exposure::Exposed;
use super::facts::Facts;
use super::figures::observed;
use super::finding_builder::{Draft, finding, scan_reads};
use super::history::Drop;
use super::needs::NEEDS_WITH_METRICS;
use super::outcome::outcome;
use super::recall_state::{RecallState, recall_state};
use super::remedy;
use super::storage::{Age, transition_age};
use super::tri::Tri;
use crate::rules::finding::efs::{self, Reason, ScanSign};
use crate::rules::{Blocker, Confidence, Evidence, Finding, Outcome, Recovery, Rule};

pub(super) static RULE: Rule = Rule {
    id: "efs-recall-observed",
    title: "Cold data has moved to Standard on a file system that Inspector scans",
    needs: NEEDS_WITH_METRICS,
    needs_one_of: &[],
    explain: "\
# What it finds

A file system whose cold bytes (IA plus Archive in CloudWatch's StorageBytes) have fallen from their peak by at least \
1 GiB and 5 % while Standard rose by at least 80 % of that: the data was not deleted, it moved. Looked at are file \
systems that an instance is exposed to, and those that a stopped or offline instance would be exposed to again. One \
whose instances have all been excluded since is left out: its files become cold by themselves. So is one where no more is read when the scan runs than at \
other times: efs-cold-data-moved speaks of it.

The severity is that of the figure. Confidence is high only if the scan shows too: the period of the first step begins \
within 24 hours after the VM Scanner's activation or the first run of the association, or holds it, or Inspector has listed packages below the mount \
point; and TransitionToPrimaryStorageClass is still set. A move without such a sign has \
confidence medium (one of these signs, or an exposed instance on which deep inspection met its limits) or low (none), and \
low makes the severity one step lower.

# Why it costs

The moved data is billed at Standard's price, and each scan that reads it keeps it there.

# How the figure is made

Monthly = GiB that came from IA x (Standard - IA) + GiB from Archive x (Standard - Archive), measured: low, likely and \
high are the same. The fees for reading and tiering were paid when the data moved and are named, not added up.

# What it cannot see

Who read. DataSync, rsync, backups, antivirus, updatedb, CIS scans and people move files in the same way. Data that \
moved before the window, or has become cold again since. Files written to or deleted from Standard in the meantime, \
which count as part of its rise. Without the VM Scanner, \"not seen\" takes eight known runs of the association. A drop of which Standard took between 20 and 80 % decides nothing. The thresholds are \
starting values, set on synthetic series.

# Fix

Stop the reads: exclude the instances that mount it (metadata tags, then the tag InspectorEc2Exclusion), or remove \
TransitionToPrimaryStorageClass before the files are cold again. Recovery takes the full TransitionToIA age from the \
last read of each file on.

# References

EFS user guide, \"CloudWatch metrics\" and \"Managing storage lifecycle\"; Inspector user guide, \"Inspector VM \
Scanner\" and \"Deep inspection\". Read 2026-10.
",
};

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    let exposure = facts.exposure();
    let mut outcome = outcome(facts, |exposed| recall_state(facts, exposed).judged(exposed));
    let mut undecided: BTreeSet<Blocker> = outcome.undecided.drain(..).collect();
    for exposed in &exposure.file_systems {
        let groups = if exposed.groups.is_empty() { &exposed.dormant } else { &exposed.groups };
        let state = recall_state(facts, exposed);
        if exposed.groups.is_empty() && exposed.undecided.is_empty() {
            undecided.extend(asleep(exposed, state.judged(exposed)));
        }
        if let RecallState::Moved(drop) = state
            && !groups.is_empty()
            && not_the_reader(facts, exposed).is_none()
        {
            outcome.findings.push(observe(facts, exposed, groups, &state, drop));
        }
    }
    outcome.undecided = undecided.into_iter().collect();
    outcome
}

/// What keeps the rule open about a file system that nobody awake is exposed to.
fn asleep(exposed: &Exposed<'_>, moved: Tri) -> BTreeSet<Blocker> {
    if !exposed.dormant.is_empty() {
        return moved.blame.into_iter().collect();
    }
    if exposed.dormant_undecided.is_empty() || moved.is_not_met() {
        return BTreeSet::new();
    }
    exposed.dormant_undecided.iter().cloned().chain(moved.blame).collect()
}

fn observe(
    facts: &Facts<'_>,
    exposed: &Exposed<'_>,
    groups: &[usize],
    state: &RecallState<'_>,
    drop: &Drop,
) -> Finding {
    let exposure = facts.exposure();
    let cost = observed(exposed, drop, &facts.target.region, facts.prices);
    let confidence = state.confidence(facts, exposed);
    let severity = facts.settings.severity(cost.as_ref().ok().map(|cost| cost.monthly_usd));
    let is_scanned_now = !exposed.groups.is_empty();
    let reads = scan_reads(facts, exposed);
    let inside = || exposure.evidence.scanner_seen(exposed.number).next().cloned();
    let sign = match state.onset(&facts.meter().activity) {
        Some(onset) => ScanSign::Onset(*onset),
        None => inside().map_or(ScanSign::None, ScanSign::SeenInside),
    };
    let recovery = match exposed.storage.lifecycle.map(transition_age) {
        Some(Age::Days(days)) => Recovery::Days(days),
        Some(Age::None) => Recovery::Never,
        Some(Age::Unreadable(_)) | None => Recovery::PolicyAge,
    };
    let returns_on_read = exposed.storage.returns_on_read.state;
    let fall = drop.fall();
    let draft = Draft {
        rule: RULE.id,
        severity,
        reason: Reason::EfsRecallObserved { fall, is_scanned_now, sign, returns_on_read, recovery, reads },
        cost: &cost,
        groups,
        remedy: remedy::for_file_system(facts.target, exposure, exposed, groups, Some(recovery)),
    };
    let mut finding = finding(facts, exposed, reads, draft);
    let has_mount = finding.instance_counts.confirmed + finding.instance_counts.likely > 0;
    // A mount that is confirmed or likely makes a move without a sign of the scan medium, as it does elsewhere.
    finding.confidence = if has_mount { confidence.max(Confidence::Medium) } else { confidence };
    finding.evidence.push(Evidence::Efs(efs::Evidence::RivalExplanation));
    finding
}
