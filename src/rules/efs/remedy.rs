//! Ways out of R1, as commands to paste.

use serde_json::json;

use super::exclusion::{EXCLUSION_TAG, blocking_keys, is_blocked, is_owned_by_others};
use super::exposure::{Exposed, Exposure};
use super::ways;
use crate::model::{Instance, LifecycleConfiguration, MetadataOptions};
use crate::rules::efs::Facts;
use crate::rules::shell::{ascii_json, word};
use crate::rules::{Finding, Remedy, Way};

/// What excluding an instance gives up.
pub(crate) const COVERAGE_LOST: &str = "Inspector then reports nothing about these instances, and Security Hub's \
                                        control Inspector.1 may fail for them";

/// The most instances that one finding's commands name.
pub(crate) const MAX_IN_COMMANDS: usize = 20;

/// What to do about an exposed file system where no way out is weighed: verify the mount, then exclude the instances.
pub(crate) fn for_file_system(
    exposure: &Exposure<'_>,
    exposed: &Exposed<'_>,
    groups: &[usize],
    region: &str,
) -> Remedy {
    let region = word(region);
    let region = region.as_str();
    let listing = exposure.list(exposed, groups);
    let instances: Vec<&Instance> = listing.instances.iter().map(|listed| listed.instance).collect();
    let named = &instances[..instances.len().min(MAX_IN_COMMANDS)];
    let mut commands = verify(&exposed.file_system.id, named, region);
    commands.extend(exclude(named, region));
    commands.extend(unnamed(listing.counts.total() - named.len() as u64));
    let summary = format!(
        "Exclude the instances that mount it: enable metadata tags, then set the tag {EXCLUSION_TAG}. {COVERAGE_LOST}."
    );
    Remedy::Told { summary, commands }
}

/// What to do about a finding whose ways out are weighed: the recommended one. `None` where none is.
/// `stuck` are the first of its instances that cannot get metadata tags.
pub(crate) fn of_ways(facts: &Facts<'_>, finding: &Finding, stuck: &[&Instance]) -> Option<Remedy> {
    let way = finding.ways_out.iter().find(|way| way.recommended)?;
    let target = facts.target;
    let (region, id) = (word(&target.region), word(&finding.resource.id));
    let all = &facts.exposure().instances;
    let by_id = |id: &str| all.binary_search_by(|one| one.id.as_str().cmp(id)).ok().and_then(|at| all.get(at).copied());
    let listed = finding.instances.iter().take(MAX_IN_COMMANDS).filter_map(|listed| by_id(&listed.id));
    let named: Vec<&Instance> = listed.collect();
    let named = named.as_slice();
    let mut commands = verify(&finding.resource.id, named, &region);
    let policy = target.efs.lifecycle.get(&finding.resource.id);
    let put = |policy: &LifecycleConfiguration| {
        format!(
            "aws efs put-lifecycle-configuration --region {region} --file-system-id {id} --lifecycle-policies {}",
            word(&policies(policy))
        )
    };
    let with_undo = format!(
        "# with checks and a way back: inspector-audit fix --finding {} --way {}",
        finding.fingerprint,
        way.way.name()
    );
    let summary = match way.way {
        Way::DoNothing => format!("Do nothing. {}", without_heading(&way.reason)),
        Way::ExcludeInstances => {
            if stuck.is_empty() || !ways::one_is_enough(facts, finding.rule, &finding.resource.id) {
                commands.extend(exclude(named, &region));
                commands.extend(unnamed(finding.instance_counts.total().saturating_sub(named.len() as u64)));
            } else {
                commands.push(
                    "# 2. exclude: first metadata-tags-blocked; one instance that goes on reading keeps the cost"
                        .into(),
                );
                commands.extend(stuck.iter().map(|one| blocked(one)));
            }
            let lost = if way.protection_lost.is_empty() { String::new() } else { format!(" {COVERAGE_LOST}.") };
            format!(
                "Exclude the instances that mount it: enable metadata tags, then set the tag {EXCLUSION_TAG}.{lost}"
            )
        }
        Way::StopReturningToStandard => {
            if let Some(policy) = policy {
                let kept = LifecycleConfiguration { transition_to_primary_storage_class: None, ..policy.clone() };
                commands.push("# 2. files stay cold when they are read (the call replaces all policies)".into());
                commands.push(put(&kept));
            }
            "Stop files from returning to Standard when they are read: remove TransitionToPrimaryStorageClass. Each \
             scan then pays for cold reads instead."
                .to_owned()
        }
        Way::StopTiering => {
            commands.push("# 2. nothing is tiered any more".into());
            commands.push(put(&LifecycleConfiguration::default()));
            "Stop tiering: remove the lifecycle policies. What is cold stays cold until it is written.".to_owned()
        }
        Way::DeactivateDeepInspection => {
            commands.push("# 2. deactivate deep inspection for the whole account in this region".into());
            commands.push(if way.who == ways::ADMINISTRATOR {
                format!(
                    "# by the delegated administrator: aws inspector2 \
                     batch-update-member-ec2-deep-inspection-status --region {region} --account-ids {}",
                    word(&json!([{ "accountId": target.account, "activateDeepInspection": false }]).to_string())
                )
            } else {
                format!(
                    "aws inspector2 update-ec2-deep-inspection-configuration --region {region} \
                     --no-activate-deep-inspection"
                )
            });
            format!("Deactivate deep inspection ({}). {}", way.who, way.protection_lost)
        }
        Way::SlowSchedule => {
            commands.push("# 2. update-association clears what is not sent again and runs the scan at once".into());
            format!("Slow the schedule of the scan's association. {}", without_heading(&way.reason))
        }
    };
    if way.way != Way::DoNothing {
        commands.push(with_undo);
    }
    Some(Remedy::Told { summary: summary.trim_end().to_owned(), commands })
}

/// A reason without the word that only a list of ways needs.
fn without_heading(reason: &str) -> &str {
    reason.strip_prefix("Recommended: ").unwrap_or(reason)
}

/// What stands for instances that the commands do not name.
fn unnamed(count: u64) -> Option<String> {
    (count > 0).then(|| format!("# and the same for {count} more instances"))
}

/// The command that shows whether an instance mounts the file system, without touching the mount.
fn verify(file_system: &str, instances: &[&Instance], region: &str) -> Vec<String> {
    let Some(first) = instances.first() else { return Vec::new() };
    vec![
        format!(
            "# 1. verify: which NFS mounts does the instance have ({} or 127.0.0.1 with a file named after it in /run/efs)?",
            word(file_system)
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
        if is_blocked(instance) {
            commands.push(blocked(instance));
            continue;
        }
        let id = word(&instance.id);
        let is_on = |option: fn(&MetadataOptions) -> &Option<String>| {
            instance.metadata_options.as_ref().is_some_and(|options| option(options).as_deref() == Some("enabled"))
        };
        let (tags, endpoint) =
            (is_on(|options| &options.instance_metadata_tags), is_on(|options| &options.http_endpoint));
        let modify = format!("aws ec2 modify-instance-metadata-options --region {region} --instance-id {id}");
        let endpoint_on = if endpoint { "" } else { " --http-endpoint enabled" };
        let tag = format!("aws ec2 create-tags --region {region} --resources {id} --tags Key={EXCLUSION_TAG},Value=");
        let is_tagged = instance.tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(EXCLUSION_TAG));
        let options = format!("{modify}{endpoint_on} --instance-metadata-tags enabled");
        match (tags && endpoint, is_tagged) {
            (true, true) => {}
            (true, false) => commands.push(tag),
            (false, true) => commands.push(options),
            (false, false) => commands.push(format!("{options} && {tag}")),
        }
    }
    commands
}

/// Says what blocks an instance.
fn blocked(instance: &Instance) -> String {
    let keys = blocking_keys(instance);
    let owned = keys.iter().any(|key| is_owned_by_others(key));
    let advice =
        if owned { "needed by their owner, so this way out is not available" } else { "rename or remove them first" };
    let keys: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
    format!(
        "# {}: metadata tags cannot be enabled while it has the tag keys {} ({advice})",
        word(&instance.id),
        keys.join(", ")
    )
}

/// A lifecycle configuration as the CLI takes it: JSON, one transition in each object (EFS API reference,
/// `PutLifecycleConfiguration`, 2026-10).
pub(crate) fn policies(policy: &LifecycleConfiguration) -> String {
    let parts = [
        ("TransitionToIA", &policy.transition_to_ia),
        ("TransitionToArchive", &policy.transition_to_archive),
        ("TransitionToPrimaryStorageClass", &policy.transition_to_primary_storage_class),
    ];
    let set = parts.into_iter().filter_map(|(name, value)| value.as_ref().map(|value| json!({ name: value })));
    ascii_json(&serde_json::Value::Array(set.collect()))
}
