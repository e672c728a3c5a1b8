//! Runs the selected rules over one target and works out verdicts and gaps.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Check, Facts, Finding, Rule, RuleSettings, Undecided, Verdict};
use crate::model::{Gap, GapReason, SectionName, Target};
use crate::price::PriceTable;

/// The outcome of one rule on one target, as the report lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RuleVerdict {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The rule's id.
    pub rule: String,
    /// The verdict.
    pub verdict: Verdict,
}

/// A gap as the report lists it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GapReport {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The section's name.
    pub section: SectionName,
    /// The resource, if the gap is about one only.
    pub resource: Option<String>,
    /// The operation with its IAM prefix.
    pub operation: String,
    /// The class of the failure.
    pub reason: GapReason,
    /// What happened and what to do next.
    pub message: String,
    /// The selected rules whose outcome this gap could still change, sorted; empty if what was seen decides them.
    pub rules: Vec<String>,
}

/// What was looked at, so that "no findings" can be believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// Instances seen, in whatever state.
    pub instances: u64,
    /// File systems seen.
    pub file_systems: u64,
    /// Repositories seen.
    pub repositories: u64,
    /// File systems that would be exposed if Inspector's EC2 scanning, now off, were switched on.
    pub file_systems_exposed_if_scanned: u64,
}

/// What the selected rules say about one target.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// In the report's order.
    pub findings: Vec<Finding>,
    /// One per selected rule, sorted by rule.
    pub verdicts: Vec<RuleVerdict>,
    /// Sorted by section and resource.
    pub gaps: Vec<GapReport>,
    /// What was looked at.
    pub inventory: Inventory,
}

/// Judges one target by the selected rules.
pub fn evaluate(target: &Target, prices: &PriceTable, settings: &RuleSettings, selected: &[&Rule]) -> Evaluation {
    let facts = Facts::new(target, prices, settings);
    let mut evaluation = Evaluation { inventory: inventory(&facts), ..Evaluation::default() };
    let mut blocked: BTreeMap<Undecided, BTreeSet<&'static str>> = BTreeMap::new();
    for rule in selected {
        // A rule that reads what nobody asked for has nothing to say, and says nothing.
        let unasked = |section: &SectionName| target.was_not_asked(*section);
        let silent = rule.needs.iter().any(unasked) || !rule.any_of().is_empty() && rule.any_of().iter().all(unasked);
        if target.identity.is_complete() && silent {
            continue;
        }
        // A rule about Terraform has nothing to say about a target.
        let (Check::Live(check) | Check::LiveGivenAny(_, check)) = rule.check else { continue };
        let verdict = if target.identity.is_complete() {
            let outcome = check(&facts);
            let verdict = match (outcome.findings.is_empty(), outcome.undecided.is_empty(), outcome.applicable) {
                (false, _, _) => Verdict::Findings,
                (true, false, _) => Verdict::Inconclusive,
                (true, true, false) => Verdict::NotApplicable,
                (true, true, true) => Verdict::Clean,
            };
            for undecided in outcome.undecided {
                blocked.entry(undecided).or_default().insert(rule.id);
            }
            evaluation.findings.extend(outcome.findings);
            verdict
        } else {
            blocked.entry(Undecided::section(SectionName::StsIdentity)).or_default().insert(rule.id);
            Verdict::Inconclusive
        };
        evaluation.verdicts.push(RuleVerdict {
            account: target.account.clone(),
            region: target.region.clone(),
            rule: rule.id.to_owned(),
            verdict,
        });
    }
    evaluation.verdicts.sort();
    evaluation.gaps = gaps(target, blocked);
    super::efs::ways::fill(&facts, &mut evaluation.findings);
    Finding::rank(&mut evaluation.findings);
    evaluation
}

/// Every gap of the snapshot, and every one that the rules found inside a collected section, with the rules it
/// keeps open.
fn gaps(target: &Target, blocked: BTreeMap<Undecided, BTreeSet<&'static str>>) -> Vec<GapReport> {
    type Key = (SectionName, Option<String>);
    let mut found: BTreeMap<Key, (Gap, BTreeSet<&'static str>)> = target
        .gaps()
        .into_iter()
        .map(|(section, resource, gap)| ((section, resource.map(str::to_owned)), (gap.clone(), BTreeSet::new())))
        .collect();
    for (undecided, rules) in blocked {
        let whole = (undecided.section, None);
        let key = (undecided.section, undecided.resource.clone());
        // A resource that is missing because its whole section is missing is that section's gap.
        let key = if !found.contains_key(&key) && found.contains_key(&whole) { whole } else { key };
        let entry = found.entry(key).or_insert_with(|| (undecided.gap(None), BTreeSet::new()));
        entry.1.extend(rules);
    }
    found
        .into_iter()
        .map(|((section, resource), (gap, rules))| {
            // What is not there keeps no rule open; a target that could not be entered keeps all of them open.
            let decided = gap.reason.is_absence() && section != SectionName::StsIdentity;
            GapReport {
                account: target.account.clone(),
                region: target.region.clone(),
                section,
                resource,
                operation: gap.operation,
                reason: gap.reason,
                message: gap.message,
                rules: rules.into_iter().filter(|_| !decided).map(str::to_owned).collect(),
            }
        })
        .collect()
}

fn inventory(facts: &Facts<'_>) -> Inventory {
    let target = facts.target;
    let count = |length: Option<usize>| length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
    Inventory {
        instances: count(target.ec2.instances.complete().map(Vec::len)),
        file_systems: count(target.efs.file_systems.complete().map(Vec::len)),
        repositories: count(target.ecr.repositories.complete().map(Vec::len)),
        file_systems_exposed_if_scanned: facts.exposure().exposed_if_scanned(),
    }
}
