//! From judgements to the report's findings, gaps and verdicts.

use std::collections::BTreeSet;

use crate::model::SectionName;
use crate::rules::finding::{
    Confidence, Evidence, Finding, Location, OpenGap, OpenQuestion, Reason, Remedy, Resource, Rule, RuleVerdict,
    Severity, Verdict, WhyOpen, terraform,
};

use super::condition::Condition;
use super::judge::{Holds, Judged};
use super::observe::{Class, Observation};
use super::world::Root;

/// The finding of one judgement.
pub(crate) fn finding(rule: &Rule, judged: &Judged, roots: &[Root]) -> Finding {
    let observation = &judged.observation;
    let is_loop = observation.class != Class::Own;
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
        confidence: if conditional { confidence.min(Confidence::Medium) } else { confidence },
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

/// The gap that something open is.
pub(crate) fn gap(place: String, question: terraform::OpenQuestion, rules: &BTreeSet<&str>) -> OpenGap {
    OpenGap {
        account: String::new(),
        region: String::new(),
        section: SectionName::TerraformConfiguration,
        resource: (!place.is_empty()).then_some(place),
        why: WhyOpen::Open(OpenQuestion::Terraform(Box::new(question))),
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
    }
}

/// What becomes of a rule.
pub(crate) fn verdict(rule: &Rule, found: bool, open: bool, applicable: bool) -> RuleVerdict {
    let verdict = match (found, open, applicable) {
        (true, ..) => Verdict::Findings,
        (_, true, _) => Verdict::Inconclusive,
        (_, _, true) => Verdict::Clean,
        (..) => Verdict::NotApplicable,
    };
    RuleVerdict { rule: rule.id.to_owned(), verdict }
}
