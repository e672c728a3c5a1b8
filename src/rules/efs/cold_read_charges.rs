//! `efs-cold-read-charges`: cold files stay cold, and each scan pays to read them.

use std::collections::BTreeSet;

use super::cost_pattern::CostPattern;
use super::facts::Facts;
use super::finding_builder::{Draft, finding, scan_reads};
use super::needs::NEEDS;
use super::outcome::{outcome, showing};
use super::tri::{both, not};
use crate::model::SectionName;
use crate::rules::finding::efs::Reason;
use crate::rules::{Blocker, Outcome, Remedy, Rule};

pub(super) static RULE: Rule = Rule {
    id: "efs-cold-read-charges",
    title: "Each Inspector scan pays to read cold files",
    needs: NEEDS,
    needs_one_of: &[],
    explain: "\
# What it finds

An EFS file system with data in Infrequent Access or Archive, whose lifecycle configuration leaves files cold when they \
are read, that an instance scanned by Inspector's agent could mount (the same six conditions as efs-tier-recall).

# Why it costs

IA and Archive bill each GiB that is read, and a scan that reads files reads them again every time: every 6 hours by \
the SSM plugin, every 3 hours by the VM Scanner.

# How the figure is made

A scan reads at most the cold bytes, and at most what documented limits allow: a collection of the plugin lasts 15 \
minutes, the VM Scanner starts again after 3 hours; a client reads 500 MiB/s (1,500 under elastic throughput), a bursting \
file system 300 MiB/s for each TiB in Standard (at least 300), one with provisioned throughput three times that. A month is \
also limited by what bursting sustains (150 KiB/s for each GiB in Standard, at least 3 MiB/s) plus 6.3 TiB of burst credits. \
High = the scans of 30 days x that many GiB x the fees for reading IA and Archive, by what is in them, plus the elastic read \
fee under elastic throughput. Scans: 240 by the VM Scanner, else from the schedule of the association \
InvokeInspectorLinuxSsmPlugin-do-not-delete (120 where it cannot be read), or whichever of the two reads more where coverage \
does not say which of them scans an instance, of the instances whose mount is confirmed or \
likely, or, if there is none, of all exposed ones. Likely is unknown, and the figure reads \"up to\", unless you say what share \
of the cold bytes a scan reads (--read-fraction). Low is 0. Where CloudWatch has DataReadIOBytes, 32 times what was read in \
a month caps high: access is metered in steps of 128 KiB, so that reads of 4 KiB are charged 32 times over.

# What it cannot see

Whether the scan really opens files on a network mount, and how many bytes it reads: a scanner that looks for package \
manifests reads fewer than all. Whether the instance really mounts the file system. What the NFS client caches.

# Fix

Exclude the instances that mount it: enable metadata tags, then set the tag InspectorEc2Exclusion. Or deactivate deep \
inspection, or slow its schedule down. Excluded instances get no findings.

# References

EFS user guide, \"Managing storage lifecycle\" and \"Billing and usage reports\"; Inspector user guide, \"Deep \
inspection\" and \"Inspector VM Scanner\"; EFS pricing. Read 2026-10.
",
};

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    let mut outcome = outcome(facts, |exposed| both(&exposed.storage.cold, &not(&exposed.storage.returns_on_read)));
    let mut open: BTreeSet<Blocker> = outcome.undecided.drain(..).collect();
    for (exposed, assessment) in showing(facts, CostPattern::ColdRead) {
        let reads = scan_reads(facts, exposed);
        let (ia_bytes, archive_bytes) = (exposed.storage.ia, exposed.storage.archive);
        let draft = Draft {
            rule: RULE.id,
            severity: assessment.severity,
            reason: Reason::EfsColdReadCharges { ia_bytes, archive_bytes, reads },
            cost: &assessment.figure.cost,
            groups: &exposed.groups,
            remedy: Remedy::default(),
        };
        outcome.findings.push(finding(facts, exposed, reads, draft));
        // The figure adds up instances: one that may be scanned, too, would make it larger.
        open.extend(exposed.undecided.iter().cloned());
        // The schedule decides the figure, and so the severity: a schedule that was not seen keeps the rule open.
        let plugin = exposed.groups.iter().any(|number| !facts.exposure().groups[*number].profile.vm_scanner);
        if plugin && facts.exposure().rate.unseen {
            open.insert(Blocker::section(SectionName::SsmInspectorAssociation));
        }
    }
    outcome.undecided = open.into_iter().collect();
    outcome
}
