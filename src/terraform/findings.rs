//! From judgements to the report's findings, gaps and verdicts.

use std::collections::BTreeSet;

use crate::model::SectionName;
use crate::rules::{
    Evidence, Finding, InstanceCounts, Location, OpenGap, OpenQuestion, Reason, Remedy, Resource, Rule, RuleVerdict,
    Severity, Verdict, WhyOpen, fingerprint,
};

use super::condition::Condition;
use super::judge::{Doubted, Holds, Judged, conditional_confidence};
use super::observe::{Class, Observation};
use super::rules;
use super::world::{Blind, Root};

/// The rule that an observation belongs to.
fn rule_of(class: Class, holds: &Holds) -> &'static Rule {
    match (class, holds) {
        (Class::Loop | Class::Hidden | Class::Conflict, Holds::When(_)) => &rules::coupling_loop_conditional::RULE,
        (Class::Loop, Holds::Always) => &rules::coupling_loop::RULE,
        (Class::Hidden, Holds::Always) => &rules::coupling_loop_hidden::RULE,
        (Class::Conflict, Holds::Always) | (Class::ThirdWriter, _) => &rules::enabler_conflict::RULE,
        (Class::Invalid, _) => &rules::scan_rules_invalid::RULE,
        (Class::Implicit, _) => &rules::implicit_continuous_scan::RULE,
        (Class::Destroys, _) => &rules::destroy_disables_scanning::RULE,
        (Class::Narrower, _) => &rules::enabler_narrower_than_live::RULE,
        (Class::Writers, _) => &rules::registry_several_writers::RULE,
        (Class::SwitchedOff, _) => &rules::scanning_switched_off::RULE,
    }
}

/// The rules that a doubt keeps open.
pub(crate) fn rules_of(doubted: &Doubted) -> Vec<&'static str> {
    let conditional = rules::coupling_loop_conditional::RULE.id;
    match doubted.doubt.class {
        Class::Loop | Class::Hidden | Class::Conflict if doubted.only_free => vec![conditional],
        // What an overridden default would bring along is its own matter: nothing of it is written.
        _ if doubted.only_free => Vec::new(),
        Class::Loop => vec![rules::coupling_loop::RULE.id, conditional],
        Class::Hidden => vec![rules::coupling_loop::RULE.id, conditional, rules::coupling_loop_hidden::RULE.id],
        Class::Conflict => vec![conditional, rules::enabler_conflict::RULE.id],
        other => vec![rule_of(other, &Holds::Always).id],
    }
}

/// The finding of one judgement.
pub(crate) fn finding(judged: &Judged, roots: &[Root]) -> Finding {
    let observation = &judged.observation;
    let rule = rule_of(observation.class, &judged.holds);
    let is_loop = matches!(observation.class, Class::Loop | Class::Hidden | Class::Conflict);
    let mut message = observation.message.clone();
    let mut evidence = observation.evidence.clone();
    let (mut severity, mut confidence, mut title) =
        (observation.severity, observation.confidence, observation.title.clone());
    let mut fix = observation.fix.clone();
    if let Holds::When(conditions) = &judged.holds {
        let conditions = words(conditions);
        message = format!("{message} This is so when {conditions}.");
        evidence.push(Evidence::new("condition", format!("it holds when {conditions}")));
        confidence = conditional_confidence(confidence);
        severity = milder(severity);
        title = format!("With some values of the variables: {}", lower_first(&title));
        if is_loop {
            fix = format!("Tie both resources to the same variable. {fix}");
        }
    } else if !judged.except.is_empty() {
        evidence.push(Evidence::new("condition", format!("it does not hold when {}", words(&judged.except))));
    }
    let subject = &observation.subject;
    let account = observation.account.clone().unwrap_or_default();
    let region = observation.region.clone().unwrap_or_default();
    let root = roots.get(subject.root).map_or("", |root| root.label.as_str());
    Finding {
        rule: rule.id,
        severity,
        confidence,
        fingerprint: fingerprint(rule.id, &account, &region, &format!("{root}\n{}", subject.address)),
        account,
        region,
        resource: resource(observation),
        location: Some(Location { file: subject.file.clone(), line: subject.line }),
        ways_out: Vec::new(),
        history: None,
        reason: Reason::Told { title, message },
        conditions: Vec::new(),
        instances: Vec::new(),
        instance_counts: InstanceCounts::default(),
        cost: None,
        no_figure: None,
        evidence,
        remedy: Remedy::Told { summary: fix, commands: observation.ways.clone() },
    }
}

/// One step down: it does not hold yet.
fn milder(severity: Severity) -> Severity {
    match severity {
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        other => other,
    }
}

fn resource(observation: &Observation) -> Resource {
    let address = &observation.subject.address;
    let from = ["awscc_", "aws_"].iter().find_map(|kind| address.rfind(kind)).unwrap_or(0);
    let kind = address.get(from..).unwrap_or(address).split('.').next().unwrap_or_default();
    Resource { kind: kind.to_owned(), id: address.clone(), arn: None, name: None }
}

fn words(conditions: &[Condition]) -> String {
    let words: Vec<String> = conditions.iter().map(ToString::to_string).collect();
    if words.is_empty() { "the variables are others".to_owned() } else { words.join(" and ") }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // A name keeps its capital.
        Some(_) if text.starts_with("Terraform") || text.starts_with("Inspector") => text.to_owned(),
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The gap that a doubt is, if it keeps a selected rule open.
pub(crate) fn gap_of_doubt(doubted: &Doubted, selected: &BTreeSet<&str>) -> Option<OpenGap> {
    let rules: Vec<&str> = rules_of(doubted).into_iter().filter(|rule| selected.contains(rule)).collect();
    let subject = &doubted.doubt.subject;
    (!rules.is_empty()).then(|| gap(&subject.address, &doubted.doubt.message, rules))
}

/// The gap that an unseen part of an input is, if it keeps a selected rule open.
pub(crate) fn gap_of_blind(blind: &Blind, selected: &BTreeSet<&str>) -> Option<OpenGap> {
    let conditional = rules::coupling_loop_conditional::RULE.id;
    let open = |rule: &&str| !blind.only_free || *rule == conditional;
    let rules: Vec<&str> = selected.iter().copied().filter(open).collect();
    (!rules.is_empty()).then(|| gap(&blind.place, &blind.message, rules))
}

fn gap(resource: &str, message: &str, rules: Vec<&str>) -> OpenGap {
    OpenGap {
        account: String::new(),
        region: String::new(),
        section: SectionName::TerraformConfiguration,
        resource: (!resource.is_empty()).then(|| resource.to_owned()),
        why: WhyOpen::Open(OpenQuestion::Told { operation: String::new(), message: message.to_owned() }),
        rules: rules.into_iter().map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect(),
    }
}

/// One verdict per selected rule.
pub(crate) fn verdicts(
    selected: &BTreeSet<&str>,
    findings: &[Finding],
    gaps: &[OpenGap],
    applicable: impl Fn(&str) -> bool,
) -> Vec<RuleVerdict> {
    let verdict = |rule: &str| {
        if findings.iter().any(|finding| finding.rule == rule) {
            Verdict::Findings
        } else if gaps.iter().any(|gap| gap.rules.iter().any(|open| open == rule)) {
            Verdict::Inconclusive
        } else if applicable(rule) {
            Verdict::Clean
        } else {
            Verdict::NotApplicable
        }
    };
    let verdicts = selected.iter().map(|rule| RuleVerdict {
        account: String::new(),
        region: String::new(),
        rule: (*rule).to_owned(),
        verdict: verdict(rule),
    });
    verdicts.collect()
}
