//! Ways out of R1 as steps.

use std::net::IpAddr;

use super::exclusion::{EXCLUSION_TAG, blocking_keys, is_blocked, is_owned_by_others};
use super::exposure::{Exposed, Exposure};
use super::facts::Facts;
use super::subject;
use crate::model::{Instance, LifecycleConfiguration, MetadataOptions, ShortText, Target};
use crate::rules::finding::{
    Action, Advice, Choice, ExclusionParts, Note, Recovery, ScanningStep, Step, Who, exclusion,
};
use crate::rules::{Finding, Remedy, Way};

/// The most instances that one finding's steps name.
pub(crate) const MAX_IN_COMMANDS: usize = 20;
/// The most addresses of one file system that a command looks for.
const MAX_ADDRESSES: usize = 16;

/// What to do about an exposed file system where no way out is weighed: verify the mount, then exclude the instances, or stop
/// the VM Scanner where it alone scans them.
pub(crate) fn for_file_system(
    target: &Target,
    exposure: &Exposure<'_>,
    exposed: &Exposed<'_>,
    groups: &[usize],
    recovery: Option<Recovery>,
) -> Remedy {
    let listing = exposure.list(exposed, groups);
    let instances: Vec<&Instance> = listing.instances.iter().map(|listed| listed.instance).collect();
    let named = &instances[..instances.len().min(MAX_IN_COMMANDS)];
    let mut actions: Vec<Action> = verify(target, &exposed.file_system.id, named).into_iter().collect();
    let mut profiles = groups.iter().filter_map(|number| exposure.groups.get(*number)).map(|group| &group.profile);
    if !groups.is_empty() && profiles.all(|profile| profile.vm_scanner) {
        actions.extend([Action::Note(Note::StopVmScanner), Action::Note(Note::Plan)]);
        return Remedy::Steps { advice: Advice::StopVmScanner { recovery }, actions };
    }
    actions.extend(exclude(named, is_scanned_by_vm_scanner(exposure, groups)));
    actions.extend(unnamed(listing.counts.total() - named.len() as u64));
    actions.push(Action::Note(Note::Plan));
    Remedy::Steps { advice: Advice::Exclude { recovery }, actions }
}

/// What to do about data that somebody else than the scan moved: where reads move files, they need not.
pub(crate) fn find_the_reader(exposed: &Exposed<'_>) -> Remedy {
    let policy = exposed.storage.lifecycle.filter(|policy| policy.transition_to_primary_storage_class.is_some());
    let kept = policy.map(|policy| {
        let policy = LifecycleConfiguration { transition_to_primary_storage_class: None, ..policy.clone() };
        Action::Run(Step::PutLifecycle { file_system: exposed.file_system.id.clone(), policy })
    });
    let actions = kept.into_iter().flat_map(|step| [Action::Note(Note::KeepCold), step, Action::Note(Note::Plan)]);
    Remedy::Steps { advice: Advice::FindTheReader, actions: actions.collect() }
}

/// Whether the VM Scanner scans one of these groups of instances.
pub(crate) fn is_scanned_by_vm_scanner(exposure: &Exposure<'_>, groups: &[usize]) -> bool {
    groups.iter().filter_map(|number| exposure.groups.get(*number)).any(|group| group.profile.vm_scanner)
}

/// What to do about a finding whose ways out are weighed: the recommended one. `None` where none is.
/// `groups` are those of its instances, `stuck` the first of them that cannot get metadata tags.
pub(crate) fn of_ways(facts: &Facts<'_>, finding: &Finding, groups: &[usize], stuck: &[&Instance]) -> Option<Remedy> {
    let way = finding.ways_out.iter().find(|way| way.recommended.is_some())?;
    let target = facts.target;
    let all = &facts.exposure().instances;
    let by_id = |id: &str| all.binary_search_by(|one| one.id.as_str().cmp(id)).ok().and_then(|at| all.get(at).copied());
    let listed = finding.instances.iter().take(MAX_IN_COMMANDS).filter_map(|listed| by_id(&listed.id));
    let named: Vec<&Instance> = listed.collect();
    let id = &finding.resource.id;
    let mut actions: Vec<Action> = verify(target, id, &named).into_iter().collect();
    let put = |policy: LifecycleConfiguration| Action::Run(Step::PutLifecycle { file_system: id.clone(), policy });
    match way.way {
        Way::DoNothing => {}
        Way::ExcludeInstances => {
            if stuck.is_empty() || !subject::one_is_enough(facts, finding) {
                actions.extend(exclude(&named, is_scanned_by_vm_scanner(facts.exposure(), groups)));
                actions.extend(unnamed(finding.instance_counts.total().saturating_sub(named.len() as u64)));
            } else {
                actions.push(Action::Note(Note::ExcludeBlocked));
                actions.extend(stuck.iter().map(|one| blocked(one)));
            }
        }
        Way::StopReturningToStandard => {
            if let Some(policy) = target.efs.lifecycle.get(id) {
                let kept = LifecycleConfiguration { transition_to_primary_storage_class: None, ..policy.clone() };
                actions.extend([Action::Note(Note::KeepCold), put(kept)]);
            }
        }
        Way::StopTiering => {
            actions.extend([Action::Note(Note::StopTiering), put(LifecycleConfiguration::default())]);
        }
        Way::DeactivateDeepInspection => {
            actions.push(Action::Note(Note::DeactivateDeepInspection));
            actions.push(if way.who == Who::Administrator {
                let account = target.account.clone();
                let step = ScanningStep::UpdateMemberDeepInspection { account, activate: false };
                Action::Instead(Choice::ByAdministrator(None), step.into())
            } else {
                Action::Run(ScanningStep::UpdateDeepInspection { activate: false, package_paths: Vec::new() }.into())
            });
        }
        Way::StopVmScanner => actions.push(Action::Note(Note::StopVmScanner)),
        Way::SlowSchedule => actions.push(Action::Note(Note::AssociationTrap)),
    }
    if way.way != Way::DoNothing {
        actions.push(Action::Note(Note::Plan));
    }
    Some(Remedy::Steps { advice: Advice::RecommendedWay, actions })
}

/// What stands for instances that the steps do not name.
fn unnamed(count: u64) -> Option<Action> {
    (count > 0).then_some(Action::Note(Note::MoreInstances(count)))
}

/// Whether the first of some instances mounts the file system.
fn verify(target: &Target, file_system: &str, instances: &[&Instance]) -> Option<Action> {
    let instance = instances.first()?.id.clone();
    let addresses = mount_addresses(target, file_system);
    Some(Action::Verify { file_system: Some(file_system.to_owned()), addresses, instance })
}

/// The addresses of a file system's mount targets: one for each Availability Zone at most, of each family.
pub(crate) fn mount_addresses(target: &Target, file_system: &str) -> Vec<IpAddr> {
    let all = target.efs.mount_targets.complete().into_iter().flatten();
    let its = all.filter(|one| one.file_system_id == file_system);
    let both = its.flat_map(|one| [one.ipv4.map(IpAddr::from), one.ipv6.map(IpAddr::from)]);
    both.flatten().take(MAX_ADDRESSES).collect()
}

/// Excludes instances one by one, each as far as it is not; those whose tag keys make that fail are named instead.
/// `vm_scanner`: whether the VM Scanner scans one of them.
pub(crate) fn exclude(instances: &[&Instance], vm_scanner: bool) -> Vec<Action> {
    let mut actions = vec![Action::Note(Note::Exclude)];
    for instance in instances {
        if is_blocked(instance) {
            actions.push(blocked(instance));
            continue;
        }
        let steps = exclusion(&[exclusion_parts(instance)]);
        if !steps.is_empty() {
            actions.push(Action::Chain(steps));
        }
    }
    actions.extend(vm_scanner.then_some(Action::Note(Note::VmScannerTag)));
    actions
}

/// How far an instance is excluded.
pub(crate) fn exclusion_parts(instance: &Instance) -> ExclusionParts {
    let is_on = |option: fn(&MetadataOptions) -> &Option<ShortText>| {
        instance
            .metadata_options
            .as_ref()
            .and_then(|options| option(options).as_deref())
            .map(|value| value == "enabled")
    };
    ExclusionParts {
        instance: instance.id.clone(),
        metadata_tags: is_on(|options| &options.instance_metadata_tags),
        endpoint: is_on(|options| &options.http_endpoint),
        tagged: instance.tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(EXCLUSION_TAG)),
    }
}

fn blocked(instance: &Instance) -> Action {
    let keys = blocking_keys(instance);
    Action::Note(Note::Blocked {
        instance: instance.id.clone(),
        owned: keys.iter().any(|key| is_owned_by_others(key)),
        keys: keys.into_iter().map(str::to_owned).collect(),
    })
}
