//! From judgements to the report's findings, gaps and verdicts.

use std::collections::BTreeSet;

use crate::model::SectionName;
use crate::rules::finding::{
    Evidence, Finding, Location, OpenGap, OpenQuestion, Reason, Remedy, Resource, Rule, RuleVerdict, Severity, Verdict,
    WhyOpen, terraform,
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
    let said = |conditions: &[Condition]| conditions.iter().map(Condition::said).collect::<Vec<_>>();
    let (when, except) = match &judged.holds {
        Holds::When(conditions) => (Some(said(conditions)), Vec::new()),
        Holds::Always => (None, said(&judged.except)),
    };
    let conditional = when.is_some();
    let mut evidence = observation.evidence.clone();
    evidence.extend(when.clone().map(terraform::Evidence::When));
    evidence.extend((!except.is_empty()).then(|| terraform::Evidence::Except(except.clone())));
    let subject = &observation.subject;
    let account = observation.account.as_deref().unwrap_or_default();
    let region = observation.region.as_deref().unwrap_or_default();
    let root = roots.get(subject.root).map_or("", |root| root.label.as_str());
    let reason = terraform::Reason {
        what: observation.what.clone(),
        sides: observation.sides.clone(),
        more_sides: observation.more_sides,
        when,
        except,
    };
    let remedy =
        terraform::Remedy { advice: observation.advice, tie: conditional && is_loop, ways: observation.ways.clone() };
    let key = format!("{root}\n{}", subject.address);
    let confidence = observation.confidence;
    Finding {
        severity: if conditional { milder(observation.severity) } else { observation.severity },
        confidence: if conditional { conditional_confidence(confidence) } else { confidence },
        location: Some(Location { file: subject.file.clone(), line: subject.line }),
        evidence: evidence.into_iter().map(Evidence::Terraform).collect(),
        remedy: Remedy::Configuration(remedy),
        ..Finding::new(rule.id, account, region, resource(observation), &key, Reason::Terraform(reason))
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
    selected.iter().map(|rule| RuleVerdict { rule: (*rule).to_owned(), verdict: verdict(rule) }).collect()
}
