//! `efs-tiering-pinned`: the picture after the damage.

use super::begun::{Begun, begun, day, gib};
use super::exposure::Picture;
use super::parts::{Special, finding, who_mounts};
use super::storage::{describe_policy, standard_bytes};
use super::{NEEDS, outcome, showing};
use crate::rules::efs::Facts;
use crate::rules::{Outcome, Remedy, Rule};

/// The rule.
pub static RULE: Rule = Rule {
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

Monthly high = GiB in Standard x (Standard - IA): all of it would be cold by now. Where CloudWatch's StorageBytes \
shows that cold data has moved to Standard (see efs-recall-observed), low and likely are that data at the same \
difference, measured; where it shows a drop of which Standard took a part, likely is that part and low is 0; else both \
are 0. Severity is that of likely, at least medium from 10 USD of the high figure. The same GiB count once in totals.

# What it cannot see

Why nothing is cold: files that people really use look the same. Whether the scan reads the mount at all.

# Fix

Find out who reads: exclude one instance from the scan and look whether files become cold after the policy's age.

# References

EFS user guide, \"Managing storage lifecycle\"; Inspector user guide, \"Deep inspection\". Read 2026-10.
",
};

/// The title, and what is cold now, of a file system with `standard` GiB: what was cold once was tiered.
fn told(verdict: &Begun<'_>, standard: &str) -> (String, String) {
    match verdict {
        Begun::Moved(drop) => {
            let moved = gib(drop.moved());
            (
                format!("{moved} cold GiB are back in Standard, and nothing of {standard} GiB is cold now"),
                format!(
                    "{moved} GiB that it had tiered have moved back to Standard since {} (see efs-recall-observed), and \
                     nothing of the {standard} GiB there is cold now.",
                    day(drop.began)
                ),
            )
        }
        Begun::Mixed(drop) | Begun::Deleted(drop) => (
            format!("Nothing of {standard} GiB is cold now, although the lifecycle policy tiers"),
            format!(
                "{} cold GiB have gone since {}, and nothing of the {standard} GiB in Standard is cold now.",
                gib(drop.fallen),
                day(drop.began)
            ),
        ),
        Begun::NotAsked | Begun::NotRead(..) | Begun::NotSeen(_) | Begun::Unknown(_) => (
            format!("The lifecycle policy has tiered none of {standard} GiB"),
            format!("Still nothing of its {standard} GiB is cold."),
        ),
    }
}

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    let mut outcome = outcome(facts, |exposed| exposed.storage.pinned.clone());
    for (exposed, assessment) in showing(facts, Picture::Pinned) {
        let verdict = begun(facts.target, facts.exposure(), exposed);
        let (title, now) = told(&verdict, &gib(standard_bytes(exposed.file_system).unwrap_or(0)));
        let counts = facts.exposure().counts(exposed, &exposed.groups);
        let mut pinned = finding(
            facts,
            exposed,
            Special {
                rule: RULE.id,
                severity: assessment.severity,
                title,
                message: format!(
                    "{} has the policy {} and is older than its age. {now} {}: the scan may be restarting the timers of the files that \
                     it reads, or people simply use them.",
                    exposed.file_system.id,
                    describe_policy(exposed.storage.lifecycle),
                    who_mounts(counts, "it"),
                ),
                cost: &assessment.figure.cost,
                groups: &exposed.groups,
                // Filled in once the ways out are weighed.
                remediation: Remedy::default(),
            },
        );
        let exposure = facts.exposure();
        let measured = verdict.confidence(exposure, exposed);
        pinned.confidence = pinned.confidence.max(measured);
        outcome.findings.push(pinned);
    }
    outcome
}
