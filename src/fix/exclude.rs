//! Excluding instances: metadata tags first, then the tag, and what makes both last.
//!
//! Sources, read 2026-10: Inspector user guide, "Excluding EC2 instances"; EC2 user guide, "Work with instance tags in
//! instance metadata"; EC2 Auto Scaling user guide, "Tag Auto Scaling groups and instances".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::script::{Shell, json as json_word, word};
use super::{Plan, Step};
use crate::model::Instance;
use crate::rules::efs::Facts;
use crate::rules::efs::{EXCLUSION_TAG, blocking_keys, is_blocked, is_owned_by_others};

/// Instances that one call names at most.
const PER_CALL: usize = 100;
/// Instances that one filter of Inspector's coverage takes (Inspector API reference, `CoverageFilterCriteria`, 2026-10).
const PER_FILTER: usize = 10;
/// Set by EC2 Auto Scaling on the instances of a group.
const GROUP_TAG: &str = "aws:autoscaling:groupName";
/// Set by EC2 on instances that come from a launch template.
const TEMPLATE_TAG: &str = "aws:ec2launchtemplate:id";
/// Set beside it.
const VERSION_TAG: &str = "aws:ec2launchtemplate:version";

fn tag<'i>(instance: &'i Instance, key: &str) -> Option<&'i str> {
    instance.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str())
}

fn is_tagged(instance: &Instance) -> bool {
    instance.tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(EXCLUSION_TAG))
}

/// Whether a metadata option is `enabled`; `None` where it was not seen.
fn enabled(option: Option<&String>) -> Option<bool> {
    option.map(|value| value == "enabled")
}

fn endpoint(instance: &Instance) -> Option<bool> {
    enabled(instance.metadata_options.as_ref().and_then(|options| options.http_endpoint.as_ref()))
}

fn metadata_tags(instance: &Instance) -> Option<bool> {
    enabled(instance.metadata_options.as_ref().and_then(|options| options.instance_metadata_tags.as_ref()))
}

fn ids<'i>(instances: impl IntoIterator<Item = &'i &'i Instance>) -> Vec<&'i str> {
    instances.into_iter().map(|instance| instance.id.as_str()).collect()
}

/// The steps that exclude some instances from the scan. `all_or_none`: one instance that goes on reading is enough to
/// keep the cost, so nothing is changed while one of them cannot be excluded.
pub(super) fn exclude(facts: &Facts<'_>, instances: &[&Instance], all_or_none: bool, plan: &mut Plan) {
    let region = &facts.target.region;
    let shell = || Shell::new(region);
    let (stuck, free): (Vec<&Instance>, Vec<&Instance>) = instances.iter().partition(|instance| is_blocked(instance));
    let mut check = shell();
    check.comment(
        "Metadata tags and endpoint of each instance, and its tag keys: only letters, digits and + - = . , _ : @",
    );
    check.comment("fit into the metadata; with any other key the step apply stops before a tag is set.");
    for chunk in ids(instances).chunks(PER_CALL) {
        describe(&mut check, chunk);
    }
    for instance in &stuck {
        say_blocked(&mut check, instance);
    }
    plan.step(Step::Check, check);
    if all_or_none && !stuck.is_empty() {
        plan.notes.push(format!(
            "First: metadata-tags-blocked. {} cannot be excluded as they are, and one instance that goes on reading is \
             enough to keep the cost: excluding the others alone would give up their protection for nothing, so nothing \
             is changed here. Rename or remove the tag keys that the step check names, then make the plan again.",
            stuck.iter().take(PER_CALL).map(|one| one.id.as_str()).collect::<Vec<_>>().join(", ")
        ));
        return;
    }
    if !stuck.is_empty() && !free.is_empty() {
        plan.notes.push(format!(
            "Instances left out because tag keys block them: {}. They go on reading, and paying for it, until they are \
             unblocked (metadata-tags-blocked); the figure holds once they are excluded, too.",
            stuck.len()
        ));
    }
    if free.is_empty() {
        plan.notes.push(
            "None of the instances can be excluded as they are: see the step check, and metadata-tags-blocked."
                .to_owned(),
        );
        return;
    }
    let mut apply = shell();
    let modify = "ec2 modify-instance-metadata-options";
    let needs_tags: Vec<&Instance> =
        free.iter().copied().filter(|one| metadata_tags(one) != Some(true) || endpoint(one) != Some(true)).collect();
    let (on, off): (Vec<&Instance>, Vec<&Instance>) = needs_tags.iter().partition(|one| endpoint(one) == Some(true));
    let untagged: Vec<&Instance> = free.iter().copied().filter(|instance| !is_tagged(instance)).collect();
    if !needs_tags.is_empty() {
        apply.comment("Metadata tags first: with the tag alone an instance would report nothing and still be scanned.");
        apply.each(&ids(&on), modify, |id| format!("--instance-id {id} --instance-metadata-tags enabled"));
    }
    if !off.is_empty() {
        apply.comment(
            "Of these the metadata endpoint is off, or was not seen: this turns it on, or no tag can be read.",
        );
        let arguments = "--http-endpoint enabled --instance-metadata-tags enabled";
        apply.each(&ids(&off), modify, |id| format!("--instance-id {id} {arguments}"));
    }
    if !untagged.is_empty() {
        apply.comment("Then the tag.");
        let tags = json_word(&json!([{ "Key": EXCLUSION_TAG, "Value": "" }]));
        apply.each(&ids(&untagged), "ec2 create-tags", |id| format!("--resources {id} --tags {tags}"));
    }
    plan.step(Step::Apply, apply);
    lasting(region, &free, plan);
    let mut confirm = shell();
    confirm.comment("Expected: enabled, enabled, applied, and the tag; within a day EXCLUDED_BY_TAG.");
    for chunk in ids(&free).chunks(PER_CALL) {
        describe(&mut confirm, chunk);
    }
    for chunk in ids(&free).chunks(PER_FILTER) {
        let equals: Vec<_> = chunk.iter().map(|id| json!({ "comparison": "EQUALS", "value": id })).collect();
        let criteria = json_word(&json!({ "resourceId": equals }));
        let query = "'coveredResources[].[resourceId,scanType,scanStatus.statusCode,scanStatus.reason]'";
        confirm.run("inspector2 list-coverage", &format!("--filter-criteria {criteria} --query {query} --output text"));
    }
    plan.step(Step::Confirm, confirm);
    undo(region, &needs_tags, &untagged, plan);
}

fn describe(shell: &mut Shell, chunk: &[&str]) {
    let list = chunk.iter().map(|id| word(id)).collect::<Vec<_>>().join(" ");
    let options = "MetadataOptions.[InstanceMetadataTags,HttpEndpoint,State]";
    let query = format!("'Reservations[].Instances[].[InstanceId,{options},Tags[].Key]'");
    shell.run("ec2 describe-instances", &format!("--instance-ids {list} --query {query} --output json"));
}

fn say_blocked(shell: &mut Shell, instance: &Instance) {
    let keys = blocking_keys(instance);
    let owned = keys.iter().any(|key| is_owned_by_others(key));
    let advice = if owned {
        "their owner needs them, so it cannot be excluded; it is left out"
    } else {
        "rename or remove them, then make the plan again; it is left out"
    };
    let keys: Vec<String> = keys.iter().map(|key| format!("{key:?}")).collect();
    shell.comment(&format!(
        "{}: metadata tags are blocked by the tag keys {} ({advice})",
        instance.id,
        keys.join(", ")
    ));
}

/// In reverse: the tag goes first, and only what this plan changed is put back.
fn undo(region: &str, needs_tags: &[&Instance], untagged: &[&Instance], plan: &mut Plan) {
    let mut undo = Shell::new(region);
    if !untagged.is_empty() {
        let tags = json_word(&json!([{ "Key": EXCLUSION_TAG }]));
        undo.each(&ids(untagged), "ec2 delete-tags", |id| format!("--resources {id} --tags {tags}"));
    }
    let modify = "ec2 modify-instance-metadata-options";
    let was = |tags: Option<bool>, on: bool| -> Vec<&Instance> {
        let matching = |one: &&Instance| metadata_tags(one) == tags && (endpoint(one) == Some(false)) != on;
        needs_tags.iter().copied().filter(matching).collect()
    };
    let disable = "--instance-metadata-tags disabled";
    undo.each(&ids(&was(Some(false), true)), modify, |id| format!("--instance-id {id} {disable}"));
    undo.each(&ids(&was(Some(false), false)), modify, |id| {
        format!("--instance-id {id} {disable} --http-endpoint disabled")
    });
    undo.each(&ids(&was(Some(true), false)), modify, |id| format!("--instance-id {id} --http-endpoint disabled"));
    let unseen = ids(needs_tags.iter().filter(|one| metadata_tags(one).is_none() || endpoint(one).is_none()));
    if !unseen.is_empty() {
        undo.comment(&format!(
            "Not all metadata options were seen; see what the step check printed for {}",
            unseen.join(", ")
        ));
    }
    plan.step(Step::Undo, undo);
}

/// What a group or a template launches next has neither the tag nor the option unless both are told.
fn lasting(region: &str, instances: &[&Instance], plan: &mut Plan) {
    let mut templates: BTreeSet<(&str, &str)> = BTreeSet::new();
    // Each group, and whether all that was seen of it comes from a template.
    let mut groups: BTreeMap<&str, bool> = BTreeMap::new();
    for instance in instances {
        let template = tag(instance, TEMPLATE_TAG);
        templates.extend(template.zip(tag(instance, VERSION_TAG)));
        if let Some(group) = tag(instance, GROUP_TAG) {
            *groups.entry(group).or_insert(true) &= template.is_some();
        }
    }
    if groups.is_empty() && templates.is_empty() {
        return;
    }
    plan.notes.push(
        "Some instances come from an Auto Scaling group or a launch template: what is launched next is scanned again \
         unless the steps template and lasting are run, too."
            .to_owned(),
    );
    let mut versions = Shell::new(region);
    template_versions(&mut versions, &templates);
    plan.step(Step::Template, versions);
    let mut shell = Shell::new(region);
    let mut tags: Vec<&str> = Vec::new();
    let query = "'AutoScalingGroups[].[LaunchTemplate,MixedInstancesPolicy.LaunchTemplate,LaunchConfigurationName]'";
    for (group, from_template) in groups {
        let name = json_word(&json!([group]));
        shell
            .comment("Which version does the group use? One that it names by number, or $Default, has to be moved on.");
        shell.run(
            "autoscaling describe-auto-scaling-groups",
            &format!("--auto-scaling-group-names {name} --query {query} --output json"),
        );
        if !from_template {
            shell.comment("This group launches from something else than a template: it needs one with metadata tags");
            shell.comment("before it may get the tag, so the tag is not set here.");
            continue;
        }
        tags.push(group);
    }
    if !tags.is_empty() {
        shell.comment("The tag comes last, for with it alone new instances would report nothing and still be scanned.");
        shell.line(": \"${GROUP_USES_NEW_VERSION:?set it to yes once every group launches from the new version}\"");
    }
    let key = |group: &str| json!({ "ResourceId": group, "ResourceType": "auto-scaling-group", "Key": EXCLUSION_TAG });
    for group in &tags {
        let mut tag = key(group);
        tag["Value"] = "".into();
        tag["PropagateAtLaunch"] = true.into();
        shell.run("autoscaling create-or-update-tags", &format!("--tags {}", json_word(&json!([tag]))));
    }
    plan.step(Step::Lasting, shell);
    let mut back = Shell::new(region);
    for group in &tags {
        back.run("autoscaling delete-tags", &format!("--tags {}", json_word(&json!([key(group)]))));
    }
    if !templates.is_empty() {
        back.comment("Then the new versions, which nothing may use any more when they go.");
        back.line(": \"${GROUP_USES_OLD_VERSION:?set it to yes once every group launches from the version before}\"");
    }
    let numbered = || templates.iter().zip(1_usize..);
    for (_, number) in numbered() {
        back.line(&format!(": \"${{NEW_VERSION_{number}:?set it to the version that the step template created}}\""));
    }
    for ((template, _), number) in numbered() {
        let version = format!("--launch-template-id {} --versions \"$NEW_VERSION_{number}\"", word(template));
        back.run("ec2 delete-launch-template-versions", &version);
    }
    plan.step(Step::Unlasting, back);
}

/// A new version of each template. What is sent replaces the whole block of metadata options, among them whether tokens
/// are required, so the operator completes what is there; nothing is created before all of that is given.
fn template_versions(shell: &mut Shell, templates: &BTreeSet<(&str, &str)>) {
    if !templates.is_empty() {
        shell.comment(
            "With the tag and without metadata tags new instances would report nothing and still be scanned, so a",
        );
        shell.comment("version of the template with metadata tags comes before the group's tag (step lasting).");
    }
    let numbered = || templates.iter().zip(1_usize..);
    for ((template, version), number) in numbered() {
        let source = format!("--launch-template-id {} --versions {}", word(template), word(version));
        let query = "'LaunchTemplateVersions[].LaunchTemplateData.MetadataOptions'";
        shell.run("ec2 describe-launch-template-versions", &format!("{source} --query {query} --output json"));
        let what = "the object printed above without State, with InstanceMetadataTags enabled";
        shell.line(&format!(": \"${{METADATA_OPTIONS_{number}:?set it to {what}}}\""));
    }
    for ((template, version), number) in numbered() {
        let source = format!("--launch-template-id {} --source-version {}", word(template), word(version));
        let data = format!("\"{{\\\"MetadataOptions\\\":$METADATA_OPTIONS_{number}}}\"");
        shell.run("ec2 create-launch-template-version", &format!("{source} --launch-template-data {data}"));
    }
}

/// Removes the tags that keep metadata tags from being enabled, if nobody needs them.
pub(super) fn unblock(facts: &Facts<'_>, instance: &Instance, plan: &mut Plan) {
    let keys = blocking_keys(instance);
    if keys.is_empty() || keys.iter().any(|key| is_owned_by_others(key)) {
        plan.notes.push("Nothing to run: the owner of some of these tags needs them.".to_owned());
        return;
    }
    let shell = || Shell::new(&facts.target.region);
    let id = word(&instance.id);
    let mut check = shell();
    check.comment(
        "Does anybody use these tags (cost allocation, access policies, tools)? Set them under other keys first.",
    );
    check.run(
        "ec2 describe-instances",
        &format!("--instance-ids {id} --query 'Reservations[].Instances[].Tags' --output json"),
    );
    plan.step(Step::Check, check);
    let delete: Vec<_> = keys.iter().map(|key| json!({ "Key": key })).collect();
    let restore = instance.tags.iter().filter(|tag| keys.contains(&tag.key.as_str()));
    let restore: Vec<_> = restore.map(|tag| json!({ "Key": tag.key, "Value": tag.value })).collect();
    let mut apply = shell();
    apply.run("ec2 delete-tags", &format!("--resources {id} --tags {}", json_word(&json!(delete))));
    plan.step(Step::Apply, apply);
    let mut undo = shell();
    undo.run("ec2 create-tags", &format!("--resources {id} --tags {}", json_word(&json!(restore))));
    plan.step(Step::Undo, undo);
}
