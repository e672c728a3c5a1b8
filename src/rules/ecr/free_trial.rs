//! A free trial of Inspector still runs: the bill comes later.

use super::cost::list_prices;
use super::registry::{Draft, conclude, finding, type_is_on};
use super::remedy::run;
use crate::model::{FreeTrial, Section, SectionName};
use crate::rules::finding::ecr::{Evidence, OpenQuestion, Reason};
use crate::rules::finding::{Advice, Blocker, Case, Finding, Outcome, Remedy, Rule, ScanningStep, Severity};

pub(super) static RULE: Rule = Rule {
    id: "inspector-free-trial",
    title: "Inspector is still free of charge here: the bill comes later",
    explain: "# What it finds\n\n\
        A scan type whose free trial (15 days for each type and account) is ACTIVE and has not ended.\n\n\
        # Why it costs\n\n\
        Nothing yet. When the trial ends the type is billed without another word. The trial also runs on while the type is \
        disabled.\n\n\
        # How the figure is made\n\n\
        There is none; the list price of each type in its trial is in the evidence. Accounts billed through Security Hub's \
        plan pay otherwise.\n\n\
        # What it cannot see\n\n\
        How much will be scanned after the trial.\n\n\
        # Fix\n\n\
        Read the projected cost before the trial ends, and disable what is not worth it; a disabled type's findings are \
        lost.\n\n\
        # References\n\n\
        Inspector user guide, monitoring usage (2026-10). Inspector API reference, BatchGetFreeTrialInfo (2026-10).\n",
    needs: &[SectionName::InspectorAccountStatus, SectionName::InspectorFreeTrial],
    needs_one_of: &[],
};

pub(super) fn check(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let trials = match &target.inspector.free_trial {
        Section::Complete(trials) => trials.as_slice(),
        Section::Absent(_) => &[],
        Section::Missing(_) | Section::NotAsked => {
            let gap = Blocker::section(SectionName::InspectorFreeTrial);
            return Outcome { undecided: vec![gap], ..Outcome::judged() };
        }
    };
    let (mut running, mut open) = (Vec::new(), Vec::new());
    for trial in trials {
        let ended = trial.end.is_some_and(|end| end <= target.taken_at);
        match trial.status.as_str() {
            _ if ended => {}
            "ACTIVE" => running.push(trial),
            "INACTIVE" => {}
            other => open.push(Blocker::ecr(None, OpenQuestion::TrialStatus(other.to_owned()))),
        }
    }
    running.sort();
    conclude(Ok(!trials.is_empty()), running, open, |running| build(facts, &running))
}

fn build(facts: &Case<'_>, running: &[&FreeTrial]) -> Finding {
    let target = facts.target;
    let mut evidence = Vec::new();
    for trial in running {
        let resource = trial.kind.to_ascii_lowercase();
        let on = type_is_on(target, &resource).ok();
        evidence.push(Evidence::FreeTrial { kind: trial.kind.clone(), until: trial.end, on });
        evidence.extend(list_prices(facts, &resource));
    }
    evidence.push(Evidence::Billing(super::cost::billing(facts)));
    let draft = Draft {
        severity: Severity::Info,
        reason: Reason::InspectorFreeTrial {
            types: running.iter().map(|trial| trial.kind.clone()).collect(),
            billing: super::cost::billing(facts),
        },
        cost: None,
        evidence,
        remediation: Remedy::Steps {
            advice: Advice::ReadProjectedCost,
            actions: vec![run(ScanningStep::ListUsageTotals)],
        },
    };
    finding(RULE.id, target, draft)
}
