//! What the three companion rules share: each is about one exposed instance.

use std::collections::BTreeSet;

use super::assessment::Assessment;
use super::conditions::{Trait, seen};
use super::cost_pattern::CostPattern;
use super::exposure::Exposed;
use super::facts::Facts;
use super::finding_builder::{confidence, scan_reads};
use super::groups::Group;
use super::outcome::outcome;
use super::recall_state::recall_state;
use super::remedy::{exclude, mount_addresses};
use super::tiering_pinned;
use super::tri::Tri;
use crate::model::{Instance, Target};
use crate::price::Usd;
use crate::rules::finding::efs::{Evidence, Reason};
use crate::rules::finding::{Action, Advice, Note};
use crate::rules::{Blocker, Confidence, Exclusion, Finding, MountState, Outcome, Remedy, Resource, Severity, finding};

/// The most file systems that one finding names.
const MAX_NAMED: usize = 10;

/// The file systems that a group of instances is exposed to and that show a pattern.
pub(crate) struct ExposedTo {
    /// Their ids, dearest first, at most ten.
    pub(crate) named: Vec<String>,
    pub(crate) count: usize,
    /// The worst of their severities.
    pub(crate) worst: Severity,
    /// Whether one of the mounts is confirmed or likely.
    pub(crate) known: bool,
}

impl ExposedTo {
    /// Steps on an instance; where it is not known to mount any of the file systems, whether it does comes first.
    pub(crate) fn verified_first(&self, target: &Target, instance: &Instance, steps: Vec<Action>) -> Vec<Action> {
        let file_system = self.named.first().cloned();
        let addresses = file_system.as_ref().map(|id| mount_addresses(target, id)).unwrap_or_default();
        let verify = Action::Verify { file_system, addresses, instance: instance.id.clone() };
        let first = (!self.known).then_some(verify);
        first.into_iter().chain(steps).chain([Action::Note(Note::Plan)]).collect()
    }
}

/// What a companion finds on one instance.
pub(crate) struct Draft {
    pub(crate) severity: Severity,
    /// Why it is a finding.
    pub(crate) reason: Reason,
    pub(crate) remedy: Remedy,
    pub(crate) evidence: Option<Evidence>,
}

/// Judges every exposed instance whose exclusion has got just that far; the steps complete it. `always`: also where
/// nothing on the file systems is at stake.
pub(crate) fn judge_excluded(
    facts: &Facts<'_>,
    rule: &'static str,
    exclusion: Exclusion,
    always: bool,
    draft: impl Fn(&ExposedTo) -> (Severity, Reason, Advice),
) -> Outcome {
    let concerns = |(of, _): Trait| of == exclusion;
    judge(facts, rule, concerns, always, |instance, group, exposed_to| {
        let (severity, reason, advice) = draft(exposed_to);
        let actions = exclude(&[instance], group.profile.vm_scanner);
        let remedy = Remedy::Steps { advice, actions: exposed_to.verified_first(facts.target, instance, actions) };
        Some(Draft { severity, reason, remedy, evidence: None })
    })
}

/// Judges every exposed instance by `judge_one`; groups that `concerns` leaves out are not looked at twice, and nothing
/// that is open about them keeps the rule open.
pub(crate) fn judge(
    facts: &Facts<'_>,
    rule: &'static str,
    concerns: impl Fn(Trait) -> bool,
    always: bool,
    judge_one: impl Fn(&Instance, &Group, &ExposedTo) -> Option<Draft>,
) -> Outcome {
    let exposure = facts.exposure();
    let unseen = seen(&facts.target.ec2.instances).is_none();
    let is_concerned = |group: &Group| concerns(group.profile.traits());
    let any = unseen || exposure.groups.iter().any(|group| group.profile.may_be_scanned() && is_concerned(group));
    let mut outcome = outcome(facts, |_| Tri::not_met());
    let mut undecided: BTreeSet<Blocker> = outcome.undecided.drain(..).filter(|_| any).collect();
    for exposed in &exposure.file_systems {
        let depends = exposed.storage.may_cost();
        if depends.is_not_met() && !always {
            continue;
        }
        // A file system that one instance is exposed to may hide another instance of which that is not known.
        let open = exposed.undecided_by.iter().filter(|(of, _)| of.is_none_or(&concerns)).map(|(_, blame)| blame);
        let is_open = open.clone().next().is_some();
        undecided.extend(open.flatten().cloned());
        // What is at stake decides whether there is a finding, or how bad it is.
        if is_open || exposed.groups.iter().any(|number| is_concerned(&exposure.groups[*number])) {
            undecided.extend(depends.blame);
        }
    }
    outcome.undecided = undecided.into_iter().collect();
    // By group: the file systems with a finding. One pass over the pairs of groups, not of instances.
    let mut known = vec![false; exposure.groups.len()];
    let mut by_group: Vec<Vec<(Usd, &str, Severity)>> = vec![Vec::new(); exposure.groups.len()];
    for exposed in &exposure.file_systems {
        let Some(assessment) = facts.assessment(exposed) else {
            for number in exposed.groups.iter().filter(|_| always) {
                known[*number] |=
                    matches!(exposure.mount(exposed, *number), MountState::Confirmed | MountState::Likely);
                by_group[*number].push((Usd::ZERO, exposed.file_system.id.as_str(), Severity::Info));
            }
            continue;
        };
        let cost = assessment.figure.cost.as_ref().map_or(Usd::ZERO, |cost| cost.monthly_usd.deciding());
        let severity = match confidence_of(facts, exposed, assessment) {
            Confidence::Low => assessment.severity.unproven(),
            _ => assessment.severity,
        };
        for number in &exposed.groups {
            known[*number] |= matches!(exposure.mount(exposed, *number), MountState::Confirmed | MountState::Likely);
            by_group[*number].push((cost, exposed.file_system.id.as_str(), severity));
        }
    }
    for ((group, file_systems), known) in exposure.groups.iter().zip(&mut by_group).zip(known) {
        let Some(worst) = file_systems.iter().map(|(_, _, severity)| *severity).max() else { continue };
        if !is_concerned(group) {
            continue;
        }
        file_systems.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let named = file_systems.iter().take(MAX_NAMED).map(|(_, id, _)| (*id).to_owned()).collect();
        let exposed_to = ExposedTo { named, count: file_systems.len(), worst, known };
        for member in &group.members {
            let Some(instance) = exposure.instances.get(*member as usize) else { continue };
            if let Some(draft) = judge_one(instance, group, &exposed_to) {
                outcome.findings.push(finding(facts.target, rule, instance, &exposed_to, draft));
            }
        }
    }
    outcome
}

/// How sure the finding is on the file system itself.
fn confidence_of(facts: &Facts<'_>, exposed: &Exposed<'_>, assessment: &Assessment) -> Confidence {
    let exposure = facts.exposure();
    match assessment.pattern {
        // A mount does not show what keeps files warm: only the meter does.
        CostPattern::Pinned => tiering_pinned::confidence(facts, exposed, &recall_state(facts, exposed)),
        CostPattern::Recall | CostPattern::ColdRead => {
            confidence(scan_reads(facts, exposed), exposure.proving(exposed, &exposed.groups))
        }
    }
}

fn finding(target: &Target, rule: &'static str, instance: &Instance, exposed_to: &ExposedTo, draft: Draft) -> Finding {
    let (file_systems, more) = (exposed_to.named.clone(), exposed_to.count - exposed_to.named.len());
    let evidence = [Evidence::ExposedTo { file_systems, more }].into_iter().chain(draft.evidence);
    Finding {
        severity: draft.severity,
        confidence: if exposed_to.known { Confidence::Medium } else { Confidence::Low },
        evidence: evidence.map(finding::Evidence::Efs).collect(),
        remedy: draft.remedy,
        ..instance_finding(target, rule, instance, draft.reason)
    }
}

/// A finding about an instance that has nothing yet but its reason.
pub(crate) fn instance_finding(target: &Target, rule: &'static str, instance: &Instance, reason: Reason) -> Finding {
    let (account, region) = (&target.account, &target.region);
    let resource = instance_resource(target, instance);
    Finding::new(rule, account, region, resource, &instance.id, finding::Reason::Efs(reason))
}

/// An instance as what a finding is about.
fn instance_resource(target: &Target, instance: &Instance) -> Resource {
    let (partition, region, account) = (target.partition(), &target.region, &target.account);
    Resource {
        kind: "AWS::EC2::Instance".to_owned(),
        id: instance.id.clone(),
        arn: Some(format!("arn:{partition}:ec2:{region}:{account}:instance/{}", instance.id)),
        name: instance.name().map(str::to_owned),
    }
}
