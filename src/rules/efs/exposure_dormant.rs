//! `efs-exposure-dormant`: nothing is exposed now, but would be if an instance came back.

use std::collections::BTreeSet;

use super::cost_pattern::CostPattern;
use super::exposure::Exposed;
use super::facts::Facts;
use super::figures::figure;
use super::finding_builder::{Draft, finding, scan_reads};
use super::needs::NEEDS;
use super::outcome::outcome;
use super::tri::Tri;
use crate::rules::finding::efs::Reason;
use crate::rules::{Blocker, Outcome, Remedy, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "efs-exposure-dormant",
    title: "Cold files would be exposed if a stopped or offline instance returned",
    needs: NEEDS,
    needs_one_of: &[],
    explain: "\
# What it finds

A file system with cold data that no running instance is exposed to, but that would be if an instance that is stopped, \
or is not Online in Systems Manager, returned.

# Why it costs

Nothing today. The day the instance returns, the figures of efs-tier-recall or efs-cold-read-charges begin.

# How the figure is made

As if the instance were running and Online. The figure is not part of any total, and the severity is info.

# What it cannot see

Systems Manager drops stopped instances from its list, so a stopped instance counts even where nothing says that it \
was ever managed.

# Fix

Exclude the instance before it returns, or decide on the lifecycle policy first.

# References

Systems Manager API reference, DescribeInstanceInformation; Inspector user guide, \"Scanning EC2 instances\". Read \
2026-10.
",
};

/// Whether the file system is one that only sleeping instances would expose.
fn concerns(exposed: &Exposed<'_>) -> Tri {
    let cold = &exposed.storage.cold;
    if !exposed.groups.is_empty() || cold.is_not_met() {
        return Tri::not_met();
    }
    // Whatever becomes of instances that are awake: where none sleeps, nothing is dormant.
    if exposed.dormant.is_empty() && exposed.dormant_undecided.is_empty() {
        return Tri::not_met();
    }
    if exposed.undecided.is_empty() && !exposed.dormant.is_empty() {
        return cold.clone();
    }
    let open: Vec<Blocker> = exposed.undecided.iter().chain(&exposed.dormant_undecided).cloned().collect();
    if open.is_empty() { Tri::not_met() } else { Tri::unknown(open.into_iter().chain(cold.blame.clone())) }
}

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    let exposure = facts.exposure();
    let mut outcome = outcome(facts, |_| Tri::not_met());
    let mut undecided: BTreeSet<Blocker> = outcome.undecided.drain(..).collect();
    for exposed in &exposure.file_systems {
        let concern = concerns(exposed);
        if !concern.is_met() {
            undecided.extend(concern.blame);
            continue;
        }
        let Some(pattern) = CostPattern::of_cold(&exposed.storage) else {
            undecided.extend(exposed.storage.returns_on_read.blame.iter().cloned());
            continue;
        };
        if pattern == CostPattern::ColdRead {
            // The figure adds up instances: one that may sleep, too, would make it larger.
            undecided.extend(exposed.dormant_undecided.iter().cloned());
        }
        let scans = exposure.scans(exposed, &exposed.dormant);
        let would = figure(pattern, exposed, facts.metered(exposed), &scans, facts.case());
        let reads = scan_reads(facts, exposed);
        let missing_price = would.cost.as_ref().err().cloned();
        let draft = Draft {
            rule: RULE.id,
            severity: Severity::Info,
            reason: Reason::EfsExposureDormant { missing_price, reads },
            cost: &would.cost,
            groups: &exposed.dormant,
            remedy: Remedy::default(),
        };
        outcome.findings.push(finding(facts, exposed, reads, draft));
    }
    outcome.undecided = undecided.into_iter().collect();
    outcome
}
