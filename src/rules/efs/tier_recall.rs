//! `efs-tier-recall`: a scan's read moves cold files back to Standard.

use super::cost_pattern::CostPattern;
use super::facts::Facts;
use super::finding_builder::{Draft, finding, scan_reads};
use super::needs::NEEDS;
use super::outcome::{outcome, showing};
use super::tri::both;
use crate::rules::finding::efs::Reason;
use crate::rules::{Outcome, Remedy, Rule};

pub(super) static RULE: Rule = Rule {
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

With I and A GiB in IA and Archive: monthly high = I x (Standard - IA) + A x (Standard - Archive): all of it moved, for one \
byte that is read moves a whole file. Likely is unknown, and the figure reads \"up to\", unless you say what share of the data \
a scan reads (--read-fraction): then likely is that share of high, or less where scans are further apart than the \
transition age and files become cold in between. Low is 0. Once: the fees for reading and tiering, I x (IA read + IA tiering) \
+ A x (Archive read + Archive tiering), plus the elastic read fee under elastic throughput. Prices are list prices of the \
file system's region, One Zone's where it is One Zone. The severity is that of likely, else high, and one step lower while \
nothing shows that the scan touches the file system (confidence low).

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
    for (exposed, assessment) in showing(facts, CostPattern::Recall) {
        let reads = scan_reads(facts, exposed);
        let (ia_bytes, archive_bytes) = (exposed.storage.ia, exposed.storage.archive);
        let draft = Draft {
            rule: RULE.id,
            severity: assessment.severity,
            reason: Reason::EfsTierRecall { ia_bytes, archive_bytes, reads },
            cost: &assessment.figure.cost,
            groups: &exposed.groups,
            remedy: Remedy::default(),
        };
        outcome.findings.push(finding(facts, exposed, reads, draft));
    }
    outcome
}
