//! Every rule, and how the selected ones judge a target: verdicts, gaps and findings of all families alike.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::efs::Facts;
use super::finding::{
    Blocker, Case, Course, Evaluation, Finding, Inventory, Measure, OpenGap, Outcome, Rule, RuleSettings, RuleVerdict,
    Verdict, Way, WhyOpen,
};
use super::{ecr, efs};
use crate::model::{EvidenceScope, SectionName, Target};
use crate::price::PriceTable;
use crate::terraform::rules as terraform;

/// Every rule, sorted by id. The one list: help, `explain`, selection and the meta tests all read it.
pub static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let live = efs::RULES.iter().map(|(rule, _)| *rule).chain(ecr::RULES.iter().map(|(rule, _)| *rule));
    let mut rules: Vec<&'static Rule> = live.chain(terraform::RULES.iter().map(|(rule, _)| *rule)).collect();
    rules.sort_by_key(|rule| rule.id);
    rules
});

/// The rules that judge targets, sorted by id.
pub fn live_rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| rule.is_live())
}

/// The rules that judge Terraform inputs, sorted by id.
pub fn terraform_rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().copied().filter(|rule| !rule.is_live())
}

/// The rule with that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// What the family of a live rule concludes; `None` for a rule of Terraform, which has nothing to say about a target.
fn judge(rule: &Rule, case: &Case<'_>, facts: &Facts<'_>) -> Option<Outcome> {
    efs::judge(rule, facts).or_else(|| ecr::judge(rule, case))
}

/// Judges one target by the selected rules.
pub fn evaluate(target: &Target, prices: &PriceTable, settings: &RuleSettings, selected: &[&Rule]) -> Evaluation {
    let case = Case { target, prices, settings };
    let facts = Facts::new(case);
    let mut evaluation = Evaluation { inventory: inventory(&facts), ..Evaluation::default() };
    let mut blocked: BTreeMap<Blocker, BTreeSet<&'static str>> = BTreeMap::new();
    for rule in selected {
        if !rule.is_live() {
            continue;
        }
        let unasked = if target.identity.is_complete() { unasked(rule, target) } else { Vec::new() };
        if !unasked.is_empty() {
            // A rule that reads what nobody asked for has nothing to say, and says nothing; but somebody who named it would
            // take that for an answer. Everybody else is told which rules these are.
            if settings.named.contains(rule.id) && !target.nothing_here {
                for section in unasked {
                    blocked.entry(Blocker::section(section)).or_default().insert(rule.id);
                }
                let verdict = Verdict::Inconclusive;
                evaluation.verdicts.push(RuleVerdict { rule: rule.id.to_owned(), verdict });
            } else if !target.nothing_here {
                evaluation.unasked.insert(rule.id.to_owned(), unasked);
            }
            continue;
        }
        let verdict = if target.identity.is_complete() {
            let Some(outcome) = judge(rule, &case, &facts) else { continue };
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
            blocked.entry(Blocker::section(SectionName::StsIdentity)).or_default().insert(rule.id);
            Verdict::Inconclusive
        };
        evaluation.verdicts.push(RuleVerdict { rule: rule.id.to_owned(), verdict });
    }
    evaluation.verdicts.sort();
    evaluation.gaps = gaps(target, blocked);
    efs::ways::fill(&facts, &mut evaluation.findings);
    evaluation
}

/// The optional sections without which a rule has nothing to say, if nobody asked for them.
fn unasked(rule: &Rule, target: &Target) -> Vec<SectionName> {
    let is_unasked = |section: &&SectionName| target.was_not_asked(**section);
    let needed = rule.needs.iter().filter(is_unasked);
    let none_of = if rule.needs_one_of.iter().all(|section| is_unasked(&section)) { rule.needs_one_of } else { &[] };
    needed.chain(none_of).copied().collect()
}

/// What evidence could still change a verdict on this target, whose other sections are collected.
pub fn evidence_scope(target: &Target) -> EvidenceScope {
    efs::evidence_scope(target)
}

/// What mending the findings of one target takes, worked out when somebody asks.
pub struct Courses<'a> {
    facts: Facts<'a>,
}

impl<'a> Courses<'a> {
    /// Of the target that the findings are about.
    pub fn new(case: Case<'a>) -> Self {
        Self { facts: Facts::new(case) }
    }

    /// What mending a finding takes, by the way asked for or its own; `None` where it has no such way.
    pub fn of(&self, finding: &Finding, wanted: Option<Way>) -> Option<Course> {
        let target = self.facts.target;
        let as_remedy = || Course {
            look_at: None,
            file_system: None,
            addresses: Vec::new(),
            measure: Measure::AsRemedy {
                registry: target.ecr.registry_scanning.complete().cloned(),
                windows: target.inspector.configuration.complete().cloned(),
            },
        };
        efs::course(&self.facts, finding, wanted).or_else(|| wanted.is_none().then(as_remedy))
    }
}

/// Every gap of the snapshot, and every one that the rules found inside a collected section, with the rules it
/// keeps open.
fn gaps(target: &Target, blocked: BTreeMap<Blocker, BTreeSet<&'static str>>) -> Vec<OpenGap> {
    type Key = (SectionName, Option<String>);
    let met = target.gaps().into_iter();
    let mut found: BTreeMap<Key, (WhyOpen, BTreeSet<&'static str>)> = met
        .map(|(section, resource, gap)| {
            ((section, resource.map(str::to_owned)), (WhyOpen::Met(gap.clone()), BTreeSet::new()))
        })
        .collect();
    for (Blocker { section, resource, open }, rules) in blocked {
        let (whole, key) = ((section, None), (section, resource));
        // A resource that is missing because its whole section is missing is that section's gap.
        let key = if !found.contains_key(&key) && found.contains_key(&whole) { whole } else { key };
        let why = open.map_or(WhyOpen::NotInSnapshot, WhyOpen::Open);
        let entry = found.entry(key).or_insert_with(|| (why, BTreeSet::new()));
        entry.1.extend(rules);
    }
    found
        .into_iter()
        .map(|((section, resource), (why, rules))| {
            // What is not there keeps no rule open; a target that could not be entered keeps all of them open.
            let is_absent = matches!(&why, WhyOpen::Met(gap) if gap.reason.is_absence());
            let decided = is_absent && section != SectionName::StsIdentity;
            OpenGap {
                account: target.account.clone(),
                region: target.region.clone(),
                section,
                resource,
                why,
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
