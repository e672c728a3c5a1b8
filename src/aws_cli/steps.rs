//! Every step as a call: instances, file systems, the association. Those of ECR and Inspector's switches are in
//! [`super::scanning`].

use std::net::IpAddr;

use serde_json::{Value, json};

use super::call::Call;
use super::scanning;
use super::word::{NotAnId, ascii_json, is_id};
use crate::model::{LifecycleConfiguration, Tag};
use crate::rules::finding::{AssociationPart, EXCLUSION_TAG, Step};

/// The association that invokes the plugin (Inspector user guide, "Scanning EC2 instances", 2026-10).
pub(crate) const ASSOCIATION: &str = "InvokeInspectorLinuxSsmPlugin-do-not-delete";

/// What `UpdateAssociation` takes and `DescribeAssociation` gives (Systems Manager API reference, 2026-10), but for the
/// version, which the update itself counts up.
const KEPT: [&str; 21] = [
    "AssociationId",
    "AssociationName",
    "Name",
    "DocumentVersion",
    "Parameters",
    "Targets",
    "TargetLocations",
    "TargetMaps",
    "AutomationTargetParameterName",
    "ScheduleExpression",
    "ScheduleOffset",
    "Duration",
    "ApplyOnlyAtCronInterval",
    "CalendarNames",
    "OutputLocation",
    "MaxErrors",
    "MaxConcurrency",
    "ComplianceSeverity",
    "SyncCompliance",
    "AlarmConfiguration",
    "AssociationDispatchAssumeRole",
];

/// Reads the mount table, for that file system's mounts alone where its addresses are known, and names what the mount
/// helper keeps a state file of. A mount through the helper shows 127.0.0.1.
fn list_mounts(file_system: Option<&str>, addresses: &[IpAddr]) -> Result<String, NotAnId> {
    let wanted = match file_system.filter(|_| !addresses.is_empty()) {
        Some(id) if !is_id(id) => return Err(NotAnId(id.to_owned())),
        Some(id) => {
            let addresses: Vec<String> = addresses.iter().map(|address| format!(" -e {address}")).collect();
            format!("grep -F -w -e {id}{} -e 127.0.0.1", addresses.concat())
        }
        None => "grep -w -e nfs -e nfs4".to_owned(),
    };
    // Where nothing is mounted so, that is no failure, and an answer: silence would be none.
    Ok(format!("{wanted} /proc/1/mounts || echo no such line in /proc/1/mounts; ls /run/efs 2>/dev/null; true"))
}

/// A lifecycle configuration as the API takes it: one transition in each object (EFS API reference,
/// `PutLifecycleConfiguration`, 2026-10).
fn policies(policy: &LifecycleConfiguration) -> Value {
    let parts = [
        ("TransitionToIA", &policy.transition_to_ia),
        ("TransitionToArchive", &policy.transition_to_archive),
        ("TransitionToPrimaryStorageClass", &policy.transition_to_primary_storage_class),
    ];
    parts.into_iter().filter_map(|(name, value)| value.as_ref().map(|value| json!({ name: value }))).collect()
}

/// The same in the CLI's words, to be compared with what it prints.
pub(crate) fn policies_text(policy: &LifecycleConfiguration) -> String {
    ascii_json(&policies(policy))
}

/// Tags: in the CLI's shorthand where that takes nothing apart.
fn tags(call: Call, tags: &[Tag]) -> Call {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if tags.iter().all(|tag| is_plain(&tag.key) && is_plain(&tag.value)) {
        let each: Vec<String> = tags.iter().map(|tag| format!("Key={},Value={}", tag.key, tag.value)).collect();
        let words: Vec<&str> = ["--tags"].into_iter().chain(each.iter().map(String::as_str)).collect();
        return call.own(&words);
    }
    call.json("--tags", &tags.iter().map(|tag| json!({ "Key": tag.key, "Value": tag.value })).collect())
}

fn group_tag(group: &str) -> Value {
    json!({ "ResourceId": group, "ResourceType": "auto-scaling-group", "Key": EXCLUSION_TAG })
}

fn strings(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(String::as_str)
}

/// What a step calls.
///
/// # Errors
/// When something in it has to be an id and is none.
pub(super) fn call(step: &Step) -> Result<Call, NotAnId> {
    const MODIFY: &str = "ec2 modify-instance-metadata-options";
    const JSON: [&str; 2] = ["--output", "json"];
    let call = match step {
        Step::DescribeExclusion { instances } => {
            let options = "MetadataOptions.[InstanceMetadataTags,HttpEndpoint,State]";
            let query = format!("Reservations[].Instances[].[InstanceId,{options},Tags[].Key]");
            Call::new("ec2 describe-instances")
                .ids("--instance-ids", strings(instances))?
                .own(&["--query", &query])
                .own(&JSON)
        }
        Step::DescribeTags { instance } => Call::new("ec2 describe-instances")
            .id("--instance-ids", instance)?
            .own(&["--query", "Reservations[].Instances[].Tags"])
            .own(&JSON),
        Step::EnableMetadataTags { instance, endpoint } => Call::new(MODIFY)
            .id("--instance-id", instance)?
            .own_if(*endpoint, &["--http-endpoint", "enabled"])
            .own(&["--instance-metadata-tags", "enabled"]),
        Step::DisableMetadata { instance, tags, endpoint } => Call::new(MODIFY)
            .id("--instance-id", instance)?
            .own_if(*tags, &["--instance-metadata-tags", "disabled"])
            .own_if(*endpoint, &["--http-endpoint", "disabled"]),
        Step::SetTags { instance, tags: set } => tags(Call::new("ec2 create-tags").id("--resources", instance)?, set),
        Step::DeleteTags { instance, keys } => Call::new("ec2 delete-tags")
            .id("--resources", instance)?
            .json("--tags", &keys.iter().map(|key| json!({ "Key": key })).collect()),
        Step::DescribeTemplate { template, version } => Call::new("ec2 describe-launch-template-versions")
            .id("--launch-template-id", template)?
            .id("--versions", version)?
            .own(&["--query", "LaunchTemplateVersions[].LaunchTemplateData.MetadataOptions"])
            .own(&JSON),
        Step::CreateTemplateVersion { template, source, metadata_options } => {
            Call::new("ec2 create-launch-template-version")
                .id("--launch-template-id", template)?
                .id("--source-version", source)?
                .raw("--launch-template-data", format!("\"{{\\\"MetadataOptions\\\":${metadata_options}}}\""))
        }
        Step::DeleteTemplateVersion { template, version } => Call::new("ec2 delete-launch-template-versions")
            .id("--launch-template-id", template)?
            .given("--versions", version)?,
        Step::DescribeGroup { group } => {
            let from = "LaunchTemplate,MixedInstancesPolicy.LaunchTemplate,LaunchConfigurationName";
            Call::new("autoscaling describe-auto-scaling-groups")
                .json("--auto-scaling-group-names", &json!([group]))
                .own(&["--query", &format!("AutoScalingGroups[].[{from}]")])
                .own(&JSON)
        }
        Step::TagGroup { group } => {
            let mut tag = group_tag(group);
            if let Some(tag) = tag.as_object_mut() {
                tag.insert("Value".to_owned(), "".into());
                tag.insert("PropagateAtLaunch".to_owned(), true.into());
            }
            Call::new("autoscaling create-or-update-tags").json("--tags", &json!([tag]))
        }
        Step::UntagGroup { group } => Call::new("autoscaling delete-tags").json("--tags", &json!([group_tag(group)])),
        Step::DescribeLifecycle { file_system } => {
            Call::new("efs describe-lifecycle-configuration").id("--file-system-id", file_system)?
        }
        Step::PutLifecycle { file_system, policy } => Call::new("efs put-lifecycle-configuration")
            .id("--file-system-id", file_system)?
            .json("--lifecycle-policies", &policies(policy)),
        Step::ListMounts { instance, file_system, addresses } => {
            let look = list_mounts(file_system.as_deref(), addresses)?;
            Call::new("ssm send-command")
                .id("--instance-ids", instance)?
                .own(&["--document-name", "AWS-RunShellScript"])
                .json("--parameters", &json!({ "commands": [look] }))
        }
        Step::AwaitCommand { command, instance } => {
            Call::new("ssm wait command-executed").given("--command-id", command)?.id("--instance-id", instance)?
        }
        Step::GetCommandOutput { command, instance } => Call::new("ssm get-command-invocation")
            .given("--command-id", command)?
            .id("--instance-id", instance)?
            .own(&["--query", "[Status,StandardOutputContent]", "--output", "text"]),
        Step::FindAssociation => Call::new("ssm list-associations")
            .own(&["--association-filter-list", &format!("key=AssociationName,value={ASSOCIATION}")])
            .own(&["--query", "Associations[0].AssociationId", "--output", "text"]),
        Step::DescribeAssociation { association, part } => {
            let kept = KEPT.map(|field| format!("{field}:{field}")).join(",");
            let call = Call::new("ssm describe-association").given("--association-id", association)?;
            match part {
                AssociationPart::Whole => {
                    call.own(&["--query", &format!("AssociationDescription.{{{kept}}}")]).own(&JSON)
                }
                AssociationPart::Schedule => {
                    call.own(&["--query", "AssociationDescription.[ScheduleExpression,ApplyOnlyAtCronInterval]"])
                }
            }
        }
        Step::UpdateAssociation { input } => {
            Call::new("ssm update-association").raw("--cli-input-json", format!("\"file://${input}\""))
        }
        Step::Scanning(step) => scanning::call(step)?,
    };
    Ok(call)
}
