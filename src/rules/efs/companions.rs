//! What the three companion rules share: each is about one exposed instance.

use std::collections::BTreeSet;

use super::any_picture;
use super::conditions::Judged;
use super::exposure::Group;
use super::remedy::exclude;
use crate::model::{Instance, Target};
use crate::price::Usd;
use crate::rules::efs::Facts;
use crate::rules::{
    Confidence, Evidence, Exclusion, Finding, InstanceCounts, MountState, Outcome, Reason, Remedy, Resource, Severity,
    Undecided, fingerprint,
};

/// The most file systems that one finding names.
const MAX_NAMED: usize = 10;

/// The file systems that a group of instances is exposed to and that show a picture.
pub(crate) struct ExposedTo {
    /// Their ids, dearest first, at most ten.
    pub(crate) named: Vec<String>,
    /// How many they are.
    pub(crate) count: usize,
    /// The worst of their severities.
    pub(crate) worst: Severity,
    /// Whether one of the mounts is confirmed or likely.
    pub(crate) known: bool,
}

/// What one companion says of one instance.
pub(crate) struct Said {
    /// How bad.
    pub(crate) severity: Severity,
    /// The headline.
    pub(crate) title: String,
    /// The story.
    pub(crate) message: String,
    /// What to do.
    pub(crate) remediation: Remedy,
    /// More evidence.
    pub(crate) evidence: Vec<Evidence>,
}

/// What a companion says of an instance whose exclusion has only one of its two halves.
pub(crate) struct Half {
    /// How bad.
    pub(crate) severity: Severity,
    /// The headline.
    pub(crate) title: String,
    /// The story.
    pub(crate) message: String,
    /// What to do, in words.
    pub(crate) summary: String,
}

/// Judges every exposed instance whose exclusion has got just that far; the commands complete it.
pub(crate) fn judge_excluded(
    facts: &Facts<'_>,
    rule: &'static str,
    exclusion: Exclusion,
    say: impl Fn(&Instance, &ExposedTo) -> Half,
) -> Outcome {
    judge(
        facts,
        rule,
        |group| group.profile.exclusion == exclusion,
        |instance, _, exposed_to| {
            let Half { severity, title, message, summary } = say(instance, exposed_to);
            let commands = exclude(&[instance], &facts.target.region);
            let remediation = Remedy::Told { summary, commands };
            Some(Said { severity, title, message, remediation, evidence: Vec::new() })
        },
    )
}

/// Judges every exposed instance by `say`; groups that `concerns` leaves out are not looked at twice.
pub(crate) fn judge(
    facts: &Facts<'_>,
    rule: &'static str,
    concerns: impl Fn(&Group) -> bool,
    say: impl Fn(&Instance, &Group, &ExposedTo) -> Option<Said>,
) -> Outcome {
    let exposure = facts.exposure();
    let unseen = super::conditions::seen(&facts.target.ec2.instances).is_none();
    let any = unseen || exposure.groups.iter().any(&concerns);
    let mut outcome = super::outcome(facts, |exposed| if any { any_picture(exposed) } else { Judged::not_met() });
    // A file system that one instance is exposed to may hide another instance of which that is not known.
    let hidden = exposure.file_systems.iter().filter(|exposed| any && !any_picture(exposed).is_not_met());
    let mut undecided: BTreeSet<Undecided> = outcome.undecided.drain(..).collect();
    undecided.extend(hidden.flat_map(|exposed| exposed.undecided.iter().cloned()));
    outcome.undecided = undecided.into_iter().collect();
    // By group: the file systems with a finding. One pass over the pairs of groups, not of instances.
    let mut known = vec![false; exposure.groups.len()];
    let mut by_group: Vec<Vec<(Usd, &str, Severity)>> = vec![Vec::new(); exposure.groups.len()];
    for exposed in &exposure.file_systems {
        let Some(assessment) = &exposed.assessment else { continue };
        let likely = assessment.figure.cost.as_ref().map_or(Usd::ZERO, |cost| cost.monthly_usd.likely);
        for number in &exposed.groups {
            known[*number] |= matches!(exposure.mount(exposed, *number), MountState::Confirmed | MountState::Likely);
            by_group[*number].push((likely, exposed.file_system.id.as_str(), assessment.severity));
        }
    }
    for ((group, file_systems), known) in exposure.groups.iter().zip(&mut by_group).zip(known) {
        let Some(worst) = file_systems.iter().map(|(_, _, severity)| *severity).max() else { continue };
        if !concerns(group) {
            continue;
        }
        file_systems.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let named = file_systems.iter().take(MAX_NAMED).map(|(_, id, _)| (*id).to_owned()).collect();
        let exposed_to = ExposedTo { named, count: file_systems.len(), worst, known };
        for member in &group.members {
            let Some(instance) = exposure.instances.get(*member as usize) else { continue };
            if let Some(said) = say(instance, group, &exposed_to) {
                outcome.findings.push(finding(facts, rule, instance, &exposed_to, said));
            }
        }
    }
    outcome
}

fn finding(facts: &Facts<'_>, rule: &'static str, instance: &Instance, exposed_to: &ExposedTo, said: Said) -> Finding {
    let target = facts.target;
    let more = exposed_to.count - exposed_to.named.len();
    let mut list = exposed_to.named.join(", ");
    if more > 0 {
        list = format!("{list} and {more} more");
    }
    let mut evidence = vec![Evidence::new("exposed_to", list)];
    evidence.extend(said.evidence);
    Finding {
        rule,
        severity: said.severity,
        confidence: if exposed_to.known { Confidence::Medium } else { Confidence::Low },
        account: target.account.clone(),
        region: target.region.clone(),
        resource: instance_resource(target, instance),
        reason: Reason::Told { title: said.title, message: said.message },
        conditions: Vec::new(),
        instances: Vec::new(),
        instance_counts: InstanceCounts::default(),
        cost: None,
        no_figure: None,
        evidence,
        remedy: said.remediation,
        location: None,
        ways_out: Vec::new(),
        history: None,
        fingerprint: fingerprint(rule, &target.account, &target.region, &instance.id),
    }
}

/// An instance as what a finding is about.
pub(crate) fn instance_resource(target: &Target, instance: &Instance) -> Resource {
    let (partition, region, account) = (target.partition(), &target.region, &target.account);
    Resource {
        kind: "AWS::EC2::Instance".to_owned(),
        id: instance.id.clone(),
        arn: Some(format!("arn:{partition}:ec2:{region}:{account}:instance/{}", instance.id)),
        name: instance.name().map(str::to_owned),
    }
}
