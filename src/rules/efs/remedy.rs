//! Ways out of R1, as commands to paste.

use super::exclusion::{EXCLUSION_TAG, blocking_keys, is_owned_by_others};
use super::exposure::{Exposed, Exposure};
use crate::model::{FileSystem, Instance, LifecycleConfiguration};
use crate::rules::Remediation;

/// What excluding an instance gives up.
pub(crate) const COVERAGE_LOST: &str = "Inspector then reports nothing about these instances, and Security Hub's \
                                        control Inspector.1 may fail for them";

/// The most instances that one finding's commands name.
const MAX_IN_COMMANDS: usize = 20;

/// What to do about an exposed file system: verify the mount, then exclude the instances, or keep files cold.
pub(crate) fn for_file_system(
    exposure: &Exposure<'_>,
    exposed: &Exposed<'_>,
    groups: &[usize],
    region: &str,
) -> Remediation {
    let file_system = exposed.file_system;
    let region = word(region);
    let region = region.as_str();
    let listing = exposure.list(exposed, groups);
    let instances: Vec<&Instance> = listing.instances.iter().map(|listed| listed.instance).collect();
    let named = &instances[..instances.len().min(MAX_IN_COMMANDS)];
    let mut commands = verify(file_system, named, region);
    commands.extend(exclude(named, region));
    let unnamed = listing.counts.total() - named.len() as u64;
    if unnamed > 0 {
        commands.push(format!("# and the same for {unnamed} more instances"));
    }
    let mut summary = format!(
        "Exclude the instances that mount it: enable metadata tags, then set the tag {EXCLUSION_TAG}. {COVERAGE_LOST}."
    );
    if let Some(policy) = exposed.storage.lifecycle
        && policy.transition_to_primary_storage_class.is_some()
    {
        commands.extend(keep_cold(file_system, policy, region));
        summary.push_str(
            " Or stop files from returning to Standard when they are read (scans then pay for cold reads instead).",
        );
    }
    Remediation { summary, commands }
}

/// The command that shows whether an instance mounts the file system, without touching the mount.
fn verify(file_system: &FileSystem, instances: &[&Instance], region: &str) -> Vec<String> {
    let Some(first) = instances.first() else { return Vec::new() };
    vec![
        format!(
            "# 1. verify: which NFS mounts does the instance have ({} or 127.0.0.1 with a file named after it in /run/efs)?",
            word(&file_system.id)
        ),
        format!(
            "aws ssm send-command --region {region} --instance-ids {} --document-name AWS-RunShellScript --parameters \
             'commands=[\"grep -w -e nfs -e nfs4 /proc/1/mounts; ls /run/efs\"]'",
            word(&first.id)
        ),
    ]
}

/// Metadata tags first, then the tag: the other way round an instance without metadata tags would stop reporting and
/// still be scanned. Keys that make the first step fail are named before it.
pub(crate) fn exclude(instances: &[&Instance], region: &str) -> Vec<String> {
    let mut commands = vec!["# 2. exclude: metadata tags first, then the tag".to_owned()];
    for instance in instances {
        let blocking = blocking_keys(instance);
        if blocking.is_empty() {
            commands.push(format!(
                "aws ec2 modify-instance-metadata-options --region {region} --instance-id {} --http-endpoint enabled \
                 --instance-metadata-tags enabled && aws ec2 create-tags --region {region} --resources {} --tags \
                 Key={EXCLUSION_TAG},Value=",
                word(&instance.id),
                word(&instance.id)
            ));
        } else {
            let owned = blocking.iter().any(|key| is_owned_by_others(key));
            let advice = if owned {
                "needed by their owner, so this way out is not available"
            } else {
                "rename or remove them first"
            };
            let keys: Vec<String> = blocking.iter().map(|key| format!("{key:?}")).collect();
            commands.push(format!(
                "# {}: metadata tags cannot be enabled while it has the tag keys {} ({advice})",
                word(&instance.id),
                keys.join(", ")
            ));
        }
    }
    commands
}

/// `put-lifecycle-configuration` replaces the whole configuration, so the policies that stay are sent again.
fn keep_cold(file_system: &FileSystem, policy: &LifecycleConfiguration, region: &str) -> Vec<String> {
    let kept = LifecycleConfiguration { transition_to_primary_storage_class: None, ..policy.clone() };
    vec![
        "# or: files stay cold when they are read (the policies that stay are sent again: the call replaces all)"
            .into(),
        format!(
            "aws efs put-lifecycle-configuration --region {region} --file-system-id {} --lifecycle-policies {}",
            word(&file_system.id),
            word(&policies(&kept))
        ),
    ]
}

/// A lifecycle configuration as the CLI takes it: JSON, one transition in each object (EFS API reference,
/// `PutLifecycleConfiguration`, 2026-10).
pub(crate) fn policies(policy: &LifecycleConfiguration) -> String {
    let parts = [
        ("TransitionToIA", &policy.transition_to_ia),
        ("TransitionToArchive", &policy.transition_to_archive),
        ("TransitionToPrimaryStorageClass", &policy.transition_to_primary_storage_class),
    ];
    let set =
        parts.into_iter().filter_map(|(name, value)| value.as_ref().map(|value| serde_json::json!({ name: value })));
    crate::rules::ecr::ascii_json(&serde_json::Value::Array(set.collect()))
}

/// A word that the shell takes as it is, whatever a forged snapshot put into it.
pub(crate) fn word(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    // Only a NUL cannot be quoted, and control characters are gone.
    shlex::try_quote(&plain).map_or_else(|_| String::from("''"), std::borrow::Cow::into_owned)
}
