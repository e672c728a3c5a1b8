//! Excluding instances: metadata tags before the tag, and back in reverse.

use inspector_audit::model::{Section, Tag, Target};
use inspector_audit::rules::Way;

use super::{argument, assert_is_shell, calls, cold_reads, json, plans, run, scaled, script, steps, text};
use crate::builders::efs::{exposed, instance, node, with, with_instance};

#[test]
fn metadata_tags_come_before_the_tag_and_undo_goes_back_the_other_way() {
    let text = text(&scaled(exposed(), "web"), Some(Way::ExcludeInstances));
    let applied = calls(&text, "apply");
    assert_eq!(applied[0][..2], ["ec2", "modify-instance-metadata-options"]);
    assert_eq!(argument(&applied[0], "--http-endpoint"), "enabled");
    assert_eq!(applied[1][..2], ["ec2", "create-tags"]);
    let undone = calls(&text, "undo");
    assert_eq!(undone[0][..2], ["ec2", "delete-tags"]);
    assert_eq!(argument(&undone[1], "--instance-metadata-tags"), "disabled");
    assert_eq!(argument(&undone[1], "--http-endpoint"), "disabled");
    assert_eq!(undone.len(), 2);
}

#[test]
fn what_was_there_before_is_neither_set_nor_taken_away() {
    let tagged = with_instance(exposed(), |instance| {
        instance.tags.push(Tag { key: "inspectorec2exclusion".into(), value: "yes".into() });
    });
    let text = text(&tagged, Some(Way::ExcludeInstances));
    for step in ["apply", "undo"] {
        let calls = calls(&text, step);
        assert_eq!(calls.len(), 1, "{calls:?}");
        assert_eq!(calls[0][..2], ["ec2", "modify-instance-metadata-options"]);
    }
}

#[test]
fn a_group_gets_the_tag_only_after_its_template_has_metadata_tags() {
    let text = text(&scaled(exposed(), "web"), Some(Way::ExcludeInstances));
    let without = run(&text, &["template", "1"], &[]);
    assert!(!without.output.status.success(), "it asks for the present metadata options");
    assert!(without.calls.iter().all(|call| !call[1].starts_with("create")), "{:?}", without.calls);
    let options = r#"{"HttpTokens":"required","InstanceMetadataTags":"enabled"}"#;
    let ran = run(&text, &["template", "1"], &[("METADATA_OPTIONS_1", options)]);
    assert!(ran.output.status.success(), "{}", String::from_utf8_lossy(&ran.output.stderr));
    let version = ran.calls.iter().find(|call| call[1] == "create-launch-template-version").expect("called");
    assert_eq!(json(version, "--launch-template-data")["MetadataOptions"]["HttpTokens"], "required");
    assert!(ran.calls.iter().all(|call| call[1] != "create-or-update-tags"), "the tag is a step of its own");
    // The tag waits until somebody says that the group uses the version.
    let early = run(&text, &["lasting", "1"], &[]);
    assert!(!early.output.status.success());
    assert!(early.calls.iter().all(|call| call[1] != "create-or-update-tags"), "{:?}", early.calls);
    let ran = run(&text, &["lasting", "1"], &[("GROUP_USES_NEW_VERSION", "yes")]);
    let tagged = ran.calls.iter().find(|call| call[1] == "create-or-update-tags").expect("called");
    let tag = &json(tagged, "--tags")[0];
    assert_eq!((tag["ResourceId"].as_str(), tag["PropagateAtLaunch"].as_bool()), (Some("web"), Some(true)));
}

#[test]
fn what_launches_later_can_be_put_back_the_tag_before_the_version() {
    let text = text(&scaled(exposed(), "web"), Some(Way::ExcludeInstances));
    let early = run(&text, &["unlasting", "1"], &[("NEW_VERSION_1", "4")]);
    assert!(early.calls.iter().any(|call| call[..2] == ["autoscaling", "delete-tags"]));
    assert!(early.calls.iter().all(|call| call[1] != "delete-launch-template-versions"), "{:?}", early.calls);
    let ran = run(&text, &["unlasting", "1"], &[("NEW_VERSION_1", "4"), ("GROUP_USES_OLD_VERSION", "yes")]);
    assert!(ran.output.status.success());
    let last = ran.calls.last().expect("a call");
    assert_eq!((last[1].as_str(), argument(last, "--versions")), ("delete-launch-template-versions", "4"));
}

#[test]
fn a_group_without_a_template_does_not_get_the_tag() {
    let target = with_instance(exposed(), |instance| {
        instance.tags.push(Tag { key: "aws:autoscaling:groupName".into(), value: "old".into() });
    });
    let called = calls(&text(&target, Some(Way::ExcludeInstances)), "lasting");
    assert_eq!(called.len(), 1, "{called:?}");
    assert_eq!(called[0][1], "describe-auto-scaling-groups");
}

/// Two instances on one file system, of which the first has a tag key that blocks metadata tags.
fn half_blocked(target: Target) -> Target {
    let target = with(target, |target| {
        target.ec2.instances = Section::Complete(vec![instance("i-0a"), instance("i-0b")]);
        target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Online"), node("i-0b", "Online")]);
    });
    with_instance(target, |one| one.tags.push(Tag { key: "cost center".into(), value: "7".into() }))
}

#[test]
fn nobody_is_excluded_while_one_who_cannot_be_keeps_the_cost() {
    let steps_of = |target: &Target| {
        let plan = plans(target, Some(Way::ExcludeInstances)).into_iter().take(1).collect::<Vec<_>>();
        script(&plan)
    };
    let recall = steps_of(&half_blocked(exposed()));
    assert_is_shell(&recall);
    assert_eq!(
        steps(&recall).iter().map(|(step, _)| *step).collect::<Vec<_>>(),
        ["about", "look", "check"],
        "{recall}"
    );
    assert!(recall.contains("First: metadata-tags-blocked"));
    // Cold reads are paid one by one: fewer readers are fewer reads.
    let reads = steps_of(&half_blocked(cold_reads(exposed())));
    let tagged: Vec<_> = calls(&reads, "apply").into_iter().filter(|call| call[1] == "create-tags").collect();
    assert_eq!((tagged.len(), argument(&tagged[0], "--resources")), (1, "i-0b"));
}

#[test]
fn thirty_instances_are_a_loop_that_names_each() {
    let ids: Vec<String> = (0..30).map(|number| format!("i-{number:017x}")).collect();
    let target = with(exposed(), |target| {
        target.ec2.instances = Section::Complete(ids.iter().map(|id| instance(id)).collect());
        target.ssm.managed_nodes = Section::Complete(ids.iter().map(|id| node(id, "Online")).collect());
    });
    let text = text(&target, Some(Way::ExcludeInstances));
    assert_is_shell(&text);
    let applied = calls(&text, "apply");
    let tagged = applied.iter().filter(|call| call[1] == "create-tags").map(|call| argument(call, "--resources"));
    assert_eq!(tagged.collect::<Vec<_>>(), ids);
    assert_eq!(applied.len(), 60);
}
