//! `efs-tiering-pinned`: the picture after the damage.

use super::cost_pattern::CostPattern;
use super::exposure::Exposed;
use super::facts::Facts;
use super::finding_builder::{Draft, finding, scan_reads};
use super::needs::NEEDS;
use super::outcome::{outcome, showing};
use super::recall_state::{RecallState, recall_state};
use super::storage::standard_bytes;
use crate::rules::finding::efs::{ColdOnce, Reason, ScanReads};
use crate::rules::{Confidence, Outcome, Remedy, Rule};

pub(super) static RULE: Rule = Rule {
    id: "efs-tiering-pinned",
    title: "A lifecycle policy has tiered nothing on a file system that Inspector scans",
    needs: NEEDS,
    needs_one_of: &[],
    explain: "\
# What it finds

An exposed EFS file system (conditions 1 to 5 of efs-tier-recall) with a policy that moves files to IA or Archive, at \
least 1 GiB in Standard, nothing cold, and older than the policy's age. Scans may be restarting the timers: it is the \
picture after the damage, so \"nothing is cold\" is not taken for \"nothing to lose\".

# Why it costs

What the policy should have moved to IA is billed at Standard's price.

# How the figure is made

Monthly high = GiB in Standard x (Standard - IA): all of it would be cold by now. Where CloudWatch's StorageBytes shows that \
cold data has moved to Standard (see efs-recall-observed), low and likely are that data at the same difference, measured; \
where it shows a drop of which Standard took a part, likely is that part and low is 0; else likely is unknown. The severity \
is that of likely, else high, and one step lower while nothing shows that the scan touches the file system. The same GiB \
count once in totals.

# What it cannot see

Why nothing is cold: files that people really use look the same, so the confidence is low, however sure the mount is, until \
the meter shows a move or Inspector was seen inside. Whether the scan reads the mount at all.

# Fix

Find out who reads: exclude one instance from the scan and look whether files become cold after the policy's age.

# References

EFS user guide, \"Managing storage lifecycle\"; Inspector user guide, \"Deep inspection\". Read 2026-10.
",
};

/// How sure it is that the scan keeps the files from becoming cold: not at all, however sure the mount is, until the meter
/// shows what was once cold or Inspector was seen inside.
pub(super) fn confidence(facts: &Facts<'_>, exposed: &Exposed<'_>, state: &RecallState<'_>) -> Confidence {
    match scan_reads(facts, exposed) {
        ScanReads::MovedInStep | ScanReads::SeenInside | ScanReads::ReadsAligned { .. } => Confidence::High,
        ScanReads::NotMeasured | ScanReads::Unknown(_) => state.confidence(facts, exposed),
        ScanReads::WalksOnly { .. }
        | ScanReads::NotSeen { .. }
        | ScanReads::MovedNothing { .. }
        | ScanReads::OpenedNothing { .. } => Confidence::Low,
    }
}

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    let mut outcome = outcome(facts, |exposed| exposed.storage.pinned.clone());
    for (exposed, assessment) in showing(facts, CostPattern::Pinned) {
        let state = recall_state(facts, exposed);
        let reads = scan_reads(facts, exposed);
        let reason = Reason::EfsTieringPinned {
            standard_bytes: standard_bytes(exposed.file_system).unwrap_or(0),
            policy: exposed.storage.lifecycle.cloned(),
            cold_once: match &state {
                RecallState::Moved(drop) => ColdOnce::Moved(drop.fall()),
                RecallState::Mixed(drop) | RecallState::Deleted(drop) => ColdOnce::Gone(drop.fall()),
                RecallState::NotAsked
                | RecallState::NotRead(..)
                | RecallState::NotSeen(_)
                | RecallState::Unknown(_) => ColdOnce::NothingSeen,
            },
            reads,
        };
        let draft = Draft {
            rule: RULE.id,
            severity: assessment.severity,
            reason,
            cost: &assessment.figure.cost,
            groups: &exposed.groups,
            remedy: Remedy::default(),
        };
        let mut pinned = finding(facts, exposed, reads, draft);
        pinned.confidence = confidence(facts, exposed, &state);
        outcome.findings.push(pinned);
    }
    outcome
}
