//! Excluding instances: metadata tags first, then the tag, and what makes both last.
//!
//! Sources, read 2026-10: Inspector user guide, "Excluding EC2 instances"; EC2 user guide, "Work with instance tags in
//! instance metadata"; EC2 Auto Scaling user guide, "Tag Auto Scaling groups and instances".

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{Phase, Written};
use super::shell::Shell;
use crate::aws_cli::{NotAnId, Place};
use crate::model::Tag;
use crate::render::words::remedy::note_words;
use crate::rules::finding::{Excludable, ExclusionParts, Given, Note, ScanningStep, Step, exclusion, undo_exclusion};

/// Instances that one call names at most.
const MAX_PER_CALL: usize = 100;
/// Instances that one filter of Inspector's coverage takes (Inspector API reference, `CoverageFilterCriteria`, 2026-10).
const MAX_PER_FILTER: usize = 10;

fn ids(instances: &[&Excludable]) -> Vec<String> {
    instances.iter().map(|one| one.parts.instance.clone()).collect()
}

/// Excludes some instances from the scan. `all_or_none`: one instance that goes on reading is enough to keep the cost, so
/// nothing is changed while one of them cannot be excluded.
///
/// # Errors
/// When an instance's id is none.
pub(super) fn exclude(instances: &[Excludable], all_or_none: bool, plan: &mut Written) -> Result<(), NotAnId> {
    let (region, profile) = (plan.region.clone(), plan.profile.clone());
    let place = Written::place(&region, profile.as_ref());
    let (free, stuck): (Vec<&Excludable>, Vec<&Excludable>) =
        instances.iter().partition(|one| one.blocked_by.is_empty());
    let mut check = Shell::new(place);
    check
        .say("Metadata tags and endpoint of each instance, and its tag keys: only letters, digits and + - = . , _ : @");
    check.say("fit into the metadata; with any other key the step apply stops before a tag is set.");
    describe(&mut check, &instances.iter().collect::<Vec<_>>())?;
    for one in &stuck {
        let (instance, keys) = (one.parts.instance.clone(), one.blocked_by.clone());
        check.say(&note_words(&Note::Blocked { instance, keys, owned: one.owned }));
        check.say("It is left out; make the plan again once it is not blocked any more.");
    }
    plan.add(Phase::Check, check);
    if instances.iter().any(|one| one.vm_scanner) {
        plan.notes.push(format!("Not documented: {}", note_words(&Note::VmScannerTag)));
    }
    if let Some(why) = left_out(&stuck, &free, all_or_none) {
        plan.notes.push(why);
    }
    if free.is_empty() || all_or_none && !stuck.is_empty() {
        return Ok(());
    }
    let parts: Vec<&ExclusionParts> = free.iter().map(|one| &one.parts).collect();
    let mut apply = Shell::new(place);
    apply.say("Metadata tags first: with the tag alone an instance would report nothing and still be scanned.");
    if parts.iter().any(|one| one.needs_endpoint()) {
        apply.say("Where the metadata endpoint is off, or was not seen, this turns it on, or no tag can be read.");
    }
    for step in exclusion(parts.iter().copied()) {
        apply.run(step)?;
    }
    plan.add(Phase::Apply, apply);
    lasting(place, &free, plan)?;
    let mut confirm = Shell::new(place);
    confirm.say("Expected: enabled, enabled, applied, and the tag; within a day EXCLUDED_BY_TAG.");
    describe(&mut confirm, &free)?;
    for chunk in free.chunks(MAX_PER_FILTER) {
        confirm.run(ScanningStep::ListInstanceCoverage { instances: ids(chunk) })?;
    }
    plan.add(Phase::Confirm, confirm);
    undo(place, &parts, plan)
}

/// Why instances are left out, or nothing is done at all.
fn left_out(stuck: &[&Excludable], free: &[&Excludable], all_or_none: bool) -> Option<String> {
    if stuck.is_empty() {
        return None;
    }
    Some(if all_or_none {
        let named: Vec<&str> = stuck.iter().take(MAX_PER_CALL).map(|one| one.parts.instance.as_str()).collect();
        format!(
            "First: metadata-tags-blocked. {} cannot be excluded as they are, and one instance that goes on reading is \
             enough to keep the cost: excluding the others alone would give up their protection for nothing, so nothing \
             is changed here. Rename or remove the tag keys that the step check names, then make the plan again.",
            named.join(", ")
        )
    } else if free.is_empty() {
        "None of the instances can be excluded as they are: see the step check, and metadata-tags-blocked.".to_owned()
    } else {
        format!(
            "Instances left out because tag keys block them: {}. They go on reading, and paying for it, until they are \
             unblocked (metadata-tags-blocked); the figure holds once they are excluded, too.",
            stuck.len()
        )
    })
}

fn describe(shell: &mut Shell<'_>, instances: &[&Excludable]) -> Result<(), NotAnId> {
    instances.chunks(MAX_PER_CALL).try_for_each(|chunk| shell.run(Step::DescribeExclusion { instances: ids(chunk) }))
}

/// In reverse: the tag goes first, and only what this plan changed is put back.
fn undo(place: Place<'_>, parts: &[&ExclusionParts], plan: &mut Written) -> Result<(), NotAnId> {
    let mut undo = Shell::new(place);
    for step in undo_exclusion(parts.iter().copied()) {
        undo.run(step)?;
    }
    let unseen = parts.iter().filter(|one| one.metadata_tags.is_none() || one.endpoint.is_none());
    let unseen: Vec<&str> = unseen.map(|one| one.instance.as_str()).collect();
    if !unseen.is_empty() {
        undo.say(&format!(
            "Not all metadata options were seen; see what the step check printed for {}",
            unseen.join(", ")
        ));
    }
    plan.add(Phase::Undo, undo);
    Ok(())
}

/// What a group or a template launches next has neither the tag nor the option unless both are told.
fn lasting(place: Place<'_>, instances: &[&Excludable], plan: &mut Written) -> Result<(), NotAnId> {
    let mut templates: BTreeSet<(&str, &str)> = BTreeSet::new();
    // Each group, and whether all that was seen of it comes from a template.
    let mut groups: BTreeMap<&str, bool> = BTreeMap::new();
    for instance in instances {
        if let Some((template, Some(version))) = &instance.template {
            templates.insert((template, version));
        }
        if let Some(group) = &instance.group {
            *groups.entry(group).or_insert(true) &= instance.template.is_some();
        }
    }
    if groups.is_empty() && templates.is_empty() {
        return Ok(());
    }
    plan.notes.push(
        "Some instances come from an Auto Scaling group or a launch template: what is launched next is scanned again \
         unless the steps template and lasting are run, too."
            .to_owned(),
    );
    let mut versions = Shell::new(place);
    template_versions(&mut versions, &templates)?;
    plan.add(Phase::Template, versions);
    let mut shell = Shell::new(place);
    let mut tags: Vec<String> = Vec::new();
    for (group, from_template) in groups {
        shell.say("Which version does the group use? One that it names by number, or $Default, has to be moved on.");
        shell.run(Step::DescribeGroup { group: group.to_owned() })?;
        if !from_template {
            shell.say("This group launches from something else than a template: it needs one with metadata tags");
            shell.say("before it may get the tag, so the tag is not set here.");
            continue;
        }
        tags.push(group.to_owned());
    }
    if !tags.is_empty() {
        shell.say("The tag comes last, for with it alone new instances would report nothing and still be scanned.");
        shell.require("GROUP_USES_NEW_VERSION", "set it to yes once every group launches from the new version");
    }
    for group in &tags {
        shell.run(Step::TagGroup { group: group.clone() })?;
    }
    plan.add(Phase::Lasting, shell);
    let mut back = Shell::new(place);
    for group in &tags {
        back.run(Step::UntagGroup { group: group.clone() })?;
    }
    if !templates.is_empty() {
        back.say("Then the new versions, which nothing may use any more when they go.");
        back.require("GROUP_USES_OLD_VERSION", "set it to yes once every group launches from the version before");
    }
    let numbered = || templates.iter().zip(1_usize..);
    for (_, number) in numbered() {
        let version = format!("NEW_VERSION_{number}");
        back.require(&version, "set it to the version that the step template created");
    }
    for ((template, _), number) in numbered() {
        let version = Given::Later(format!("NEW_VERSION_{number}"));
        back.run(Step::DeleteTemplateVersion { template: (*template).to_owned(), version })?;
    }
    plan.add(Phase::Unlasting, back);
    Ok(())
}

/// A new version of each template. What is sent replaces the whole block of metadata options, among them whether tokens
/// are required, so the operator completes what is there; nothing is created before all of that is given.
fn template_versions(shell: &mut Shell<'_>, templates: &BTreeSet<(&str, &str)>) -> Result<(), NotAnId> {
    if !templates.is_empty() {
        shell.say(
            "With the tag and without metadata tags new instances would report nothing and still be scanned, so a",
        );
        shell.say("version of the template with metadata tags comes before the tag of the group (step lasting).");
    }
    let numbered = || templates.iter().zip(1_usize..);
    for ((template, version), number) in numbered() {
        shell.run(Step::DescribeTemplate { template: (*template).to_owned(), version: (*version).to_owned() })?;
        let what = "set it to the object printed above without State, with InstanceMetadataTags enabled";
        shell.require(&format!("METADATA_OPTIONS_{number}"), what);
    }
    for ((template, version), number) in numbered() {
        shell.run(Step::CreateTemplateVersion {
            template: (*template).to_owned(),
            source: (*version).to_owned(),
            metadata_options: format!("METADATA_OPTIONS_{number}"),
        })?;
    }
    Ok(())
}

/// Removes the tags that keep metadata tags from being enabled, if nobody needs them.
///
/// # Errors
/// When the instance's id is none.
pub(super) fn unblock(instance: &str, tags: &[Tag], owned: bool, plan: &mut Written) -> Result<(), NotAnId> {
    let (region, profile) = (plan.region.clone(), plan.profile.clone());
    let shell = || Shell::new(Written::place(&region, profile.as_ref()));
    let describe = Step::DescribeTags { instance: instance.to_owned() };
    let mut check = shell();
    check
        .say("Does anybody use these tags (cost allocation, access policies, tools)? Set them under other keys first.");
    check.run(describe.clone())?;
    plan.add(Phase::Check, check);
    if tags.is_empty() || owned {
        plan.notes.push("Nothing to change: the owner of some of these tags needs them.".to_owned());
        return Ok(());
    }
    let keys = tags.iter().map(|tag| tag.key.to_string()).collect();
    let mut apply = shell();
    apply.run(Step::DeleteTags { instance: instance.to_owned(), keys })?;
    plan.add(Phase::Apply, apply);
    let mut confirm = shell();
    confirm.say("Expected: none of these tags, so that metadata tags can be enabled.");
    confirm.run(describe)?;
    plan.add(Phase::Confirm, confirm);
    let mut undo = shell();
    undo.run(Step::SetTags { instance: instance.to_owned(), tags: tags.to_vec() })?;
    plan.add(Phase::Undo, undo);
    Ok(())
}
