//! `efs-cold-read-charges`: cold files stay cold, and each scan pays to read them.

use super::exposure::Picture;
use super::parts::{Special, finding, who_mounts};
use super::{NEEDS, both, not, outcome, showing};
use crate::model::SectionName;
use crate::price::bytes_to_gib;
use crate::rules::efs::Facts;
use crate::rules::{Outcome, Remedy, Rule, Undecided};

/// The rule.
pub static RULE: Rule = Rule {
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

One full read costs R = I x IA read + A x Archive read, plus the elastic read fee under elastic throughput. Monthly = \
scans x read_fraction x R. Likely counts the scans of the instances whose mount is confirmed or likely, or, if there is \
none, of the one that scans most often; high counts all exposed instances; low is 0. Scans in 30 days: 240 with the VM \
Scanner, else from the schedule of the association InvokeInspectorLinuxSsmPlugin-do-not-delete (120 where it cannot be \
read). Where CloudWatch has DataReadIOBytes, what was read in a month, by whomever, caps both figures, and the finding \
says so: a charge for more than was read cannot be.

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
    for (exposed, assessment) in showing(facts, Picture::ColdRead) {
        let storage = &exposed.storage;
        let cold = bytes_to_gib(storage.ia.saturating_add(storage.archive));
        let counts = facts.exposure().counts(exposed, &exposed.groups);
        let monthly = assessment
            .figure
            .cost
            .as_ref()
            .map_or_else(|_| String::new(), |cost| format!(", about {} a month", cost.monthly_usd.likely.display()));
        outcome.findings.push(finding(
            facts,
            exposed,
            Special {
                rule: RULE.id,
                severity: assessment.severity,
                title: format!("Inspector's scan pays to read {} cold GiB each time{monthly}", cold.normalize()),
                message: format!(
                    "{}. {cold} GiB are in IA or Archive and stay there when they \
                     are read: each scan that reads them is billed for it.",
                    who_mounts(counts, &exposed.file_system.id),
                ),
                cost: &assessment.figure.cost,
                groups: &exposed.groups,
                // Filled in once the ways out are weighed.
                remediation: Remedy::default(),
            },
        ));
        // The schedule decides the figure, and so the severity: a schedule that was not seen keeps the rule open.
        let plugin = exposed.groups.iter().any(|number| !facts.exposure().groups[*number].profile.vm_scanner);
        let unseen = Undecided::section(SectionName::SsmInspectorAssociation);
        if plugin && facts.exposure().rate.unseen && !outcome.undecided.contains(&unseen) {
            outcome.undecided.push(unseen);
        }
    }
    outcome
}
