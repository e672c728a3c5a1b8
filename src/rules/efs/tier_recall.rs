//! `efs-tier-recall`: a scan's read moves cold files back to Standard.

use super::exposure::Picture;
use super::parts::{Special, finding, who_mounts};
use super::{NEEDS, both, outcome, showing};
use crate::price::bytes_to_gib;
use crate::rules::efs::Facts;
use crate::rules::{Outcome, Remedy, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    id: "efs-tier-recall",
    title: "Cold files return to Standard when Inspector's scan reads them",
    needs: NEEDS,
    needs_one_of: &[],
    explain: "\
# What it finds

An EFS file system with data in Infrequent Access or Archive, whose lifecycle configuration has \
TransitionToPrimaryStorageClass AFTER_1_ACCESS, that an instance scanned by Inspector's agent could mount. Six \
conditions have to hold together: the instance has the SSM agent, is Online as a managed node (or is scanned by the \
VM Scanner), Inspector is enabled, EC2 scanning with an agent is enabled, the instance may mount the file system, and \
data is cold.

# Why it costs

One read of a file in IA or Archive moves the whole file to Standard, at 12 to 20 times the price of IA. Every later \
scan (every 6 hours, every 3 with the VM Scanner) restarts the timer of the transition, so the file stays there.

# How the figure is made

With I and A GiB in IA and Archive: monthly high = I x (Standard - IA) + A x (Standard - Archive). Likely is that times \
the share of the data that a scan reads (read_fraction, 1 unless set); low is 0. Once: the fees for reading and \
tiering, I x (IA read + IA tiering) + A x (Archive read + Archive tiering), plus the elastic read fee under elastic \
throughput, times read_fraction. Prices are list prices of the file system's region, One Zone's where it is One Zone.

# What it cannot see

Whether the scan really opens files on a network mount: AWS's documents say it skips them, AWS Support is quoted as \
saying it reads them. Whether the instance really mounts the file system: EFS has no call that lists clients, so the \
mount is only possible until evidence says more. Clients in accounts that are not targets.

# Fix

Exclude the instances that mount it: enable metadata tags, then set the tag InspectorEc2Exclusion; the tag alone hides \
findings and does not stop the scan. Or remove TransitionToPrimaryStorageClass: files then stay cold and each scan \
pays for the cold reads instead. Or deactivate deep inspection for the account. Excluded instances get no findings.

# References

EFS user guide, \"Managing storage lifecycle\" and \"Metering\"; Inspector user guide, \"Scanning EC2 instances\", \
\"Deep inspection\" and \"Inspector VM Scanner\"; EFS pricing. Read 2026-10.
",
};

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    let mut outcome = outcome(facts, |exposed| both(&exposed.storage.cold, &exposed.storage.returns_on_read));
    for (exposed, assessment) in showing(facts, Picture::Recall) {
        let storage = &exposed.storage;
        let cold = bytes_to_gib(storage.ia.saturating_add(storage.archive));
        let counts = facts.exposure().counts(exposed, &exposed.groups);
        let monthly = assessment.figure.cost.as_ref().map_or_else(
            |_| String::new(),
            |cost| format!(", about {} a month more", cost.monthly_usd.likely.display()),
        );
        outcome.findings.push(finding(
            facts,
            exposed,
            Special {
                rule: RULE.id,
                severity: assessment.severity,
                title: format!(
                    "{} cold GiB return to Standard when Inspector's scan reads them{monthly}",
                    cold.normalize()
                ),
                message: format!(
                    "{}. Its lifecycle configuration moves a file to Standard as \
                     soon as it is read, and {cold} GiB are in IA or Archive.",
                    who_mounts(counts, &exposed.file_system.id),
                ),
                cost: &assessment.figure.cost,
                groups: &exposed.groups,
                // Filled in once the ways out are weighed.
                remediation: Remedy::default(),
            },
        ));
    }
    outcome
}
