//! What mending a finding takes in full, for its plan.

use super::exclusion::{blocking_keys, is_blocked, is_owned_by_others};
use super::exposure::Exposed;
use super::facts::Facts;
use super::remedy::{exclusion_parts, mount_addresses};
use super::storage::{Age, transition_age};
use super::subject;
use super::ways::Slow;
use crate::model::{Instance, LifecycleConfiguration, Section};
use crate::rules::finding::{Advice, Course, Excludable, Finding, Measure, SlowSchedule, Way};

/// Set by EC2 Auto Scaling on the instances of a group (EC2 Auto Scaling user guide, "Tag Auto Scaling groups and
/// instances", 2026-10).
const GROUP_TAG: &str = "aws:autoscaling:groupName";
/// Set by EC2 on instances that come from a launch template, beside its version.
const TEMPLATE_TAG: &str = "aws:ec2launchtemplate:id";
const VERSION_TAG: &str = "aws:ec2launchtemplate:version";

/// The most instances that are looked at first.
const MAX_LOOKED_AT: usize = 3;

/// What mending a finding takes, by the way asked for or its own; `None` where it has no such way.
pub(crate) fn course(facts: &Facts<'_>, finding: &Finding, wanted: Option<Way>) -> Option<Course> {
    match finding.remedy.advice()? {
        Advice::RecommendedWay | Advice::Exclude { .. } | Advice::StopVmScanner { .. } => {
            of_file_system(facts, finding, wanted.or(finding.way())?)
        }
        // Where reads move nothing there is nothing to set: who reads has to be found.
        Advice::FindTheReader => {
            let way = wanted.or(finding.way())?;
            let policy = facts.target.efs.lifecycle.get(&finding.resource.id)?;
            let returns = policy.transition_to_primary_storage_class.is_some();
            (way == Way::StopReturningToStandard && returns).then(|| of_file_system(facts, finding, way)).flatten()
        }
        Advice::LookThenExclude | Advice::CompleteByMetadataTags | Advice::CompleteByTag
            if wanted.is_none_or(|way| way == Way::ExcludeInstances) =>
        {
            let instance = instance(facts, &finding.resource.id)?;
            let measure = Measure::Exclude { instances: vec![excludable(facts, instance)], all_or_none: false };
            Some(Course { look_at: Some(running(&[instance])), file_system: None, addresses: Vec::new(), measure })
        }
        Advice::RenameTagKeys | Advice::TakeAnotherWay if wanted.is_none() => {
            let instance = instance(facts, &finding.resource.id)?;
            let keys = blocking_keys(instance);
            let measure = Measure::Unblock {
                instance: instance.id.clone(),
                owned: keys.iter().any(|key| is_owned_by_others(key)),
                tags: instance.tags.iter().filter(|tag| keys.contains(&tag.key.as_str())).cloned().collect(),
            };
            Some(Course { look_at: Some(running(&[instance])), file_system: None, addresses: Vec::new(), measure })
        }
        _ => None,
    }
}

fn instance<'a>(facts: &Facts<'a>, id: &str) -> Option<&'a Instance> {
    facts.target.ec2.instances.complete()?.iter().find(|one| one.id == id)
}

fn running(instances: &[&Instance]) -> Vec<String> {
    let running = instances.iter().filter(|one| one.state == "running" && !one.is_windows());
    running.take(MAX_LOOKED_AT).map(|one| one.id.clone()).collect()
}

fn of_file_system(facts: &Facts<'_>, finding: &Finding, way: Way) -> Option<Course> {
    if !finding.ways_out.is_empty() && finding.ways_out.iter().all(|one| one.way != way) {
        return None;
    }
    let (exposed, instances) = subject::instances(facts, finding)?;
    let id = &finding.resource.id;
    // The finding lists those most likely to mount it first.
    let listed: Vec<&Instance> =
        finding.instances.iter().filter_map(|one| instances.iter().find(|it| it.id == one.id).copied()).collect();
    let target = facts.target;
    let set = |after: fn(&LifecycleConfiguration) -> LifecycleConfiguration| match target.efs.lifecycle.get(id) {
        Some(before) => Measure::SetPolicy { before: before.clone(), after: after(before) },
        None => Measure::PolicyUnseen,
    };
    let measure = match way {
        Way::DoNothing => Measure::DoNothing,
        Way::ExcludeInstances => Measure::Exclude {
            instances: instances.iter().map(|one| excludable(facts, one)).collect(),
            all_or_none: subject::one_is_enough(facts, finding),
        },
        Way::StopReturningToStandard => {
            set(|before| LifecycleConfiguration { transition_to_primary_storage_class: None, ..before.clone() })
        }
        Way::StopTiering => set(|_| LifecycleConfiguration::default()),
        Way::DeactivateDeepInspection => {
            let administrator = target.inspector.delegated_administrator.complete();
            Measure::DeactivateDeepInspection {
                administrator: administrator
                    .and_then(|one| one.account_id.clone())
                    .filter(|account| *account != target.account),
                administrator_seen: administrator.is_some(),
                package_paths: match &target.inspector.deep_inspection {
                    Section::Complete(deep) => deep.package_paths.clone(),
                    _ => Vec::new(),
                },
            }
        }
        Way::SlowSchedule => slow(facts, exposed, finding)?,
        Way::StopVmScanner => {
            let agents = &facts.exposure().agents;
            let scanned = instances.iter().filter(|one| agents.profile(one).vm_scanner);
            Measure::StopVmScanner { instances: scanned.map(|one| one.id.clone()).collect() }
        }
    };
    let addresses = mount_addresses(target, id);
    Some(Course { look_at: Some(running(&listed)), file_system: Some(id.clone()), addresses, measure })
}

fn slow(facts: &Facts<'_>, exposed: &Exposed<'_>, finding: &Finding) -> Option<Measure> {
    let policy = exposed.storage.lifecycle;
    let slow = Slow::for_age(policy.map_or(Age::None, transition_age), !subject::one_is_enough(facts, finding))?;
    let known = facts.target.ssm.inspector_association.complete().and_then(Option::as_ref);
    Some(Measure::SlowSchedule {
        association: known.map(|one| one.id.clone()),
        before: known.and_then(|one| one.schedule_expression.clone()),
        schedule: SlowSchedule { expression: slow.expression, days: slow.days },
    })
}

fn excludable(facts: &Facts<'_>, instance: &Instance) -> Excludable {
    let tag = |key: &str| instance.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.to_string());
    let keys = if is_blocked(instance) { blocking_keys(instance) } else { Vec::new() };
    Excludable {
        parts: exclusion_parts(instance),
        owned: keys.iter().any(|key| is_owned_by_others(key)),
        blocked_by: keys.into_iter().map(str::to_owned).collect(),
        vm_scanner: facts.exposure().agents.profile(instance).vm_scanner,
        group: tag(GROUP_TAG),
        template: tag(TEMPLATE_TAG).map(|template| (template, tag(VERSION_TAG))),
    }
}
