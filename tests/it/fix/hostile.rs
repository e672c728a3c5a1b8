//! Names that would be commands stay names.

use std::collections::BTreeSet;
use std::process::Command;

use inspector_audit::model::{LifecycleConfiguration, Section, Tag, Target};
use inspector_audit::price::PriceTable;
use inspector_audit::render::words::script::Written;
use inspector_audit::rules::{RuleSettings, Way, live_rules};
use proptest::prelude::*;

use super::{OPERATIONS, WAYS, assert_is_shell, calls, json, plan_of, plans, run, scaled, script, steps, text};
use crate::builders::efs::{exposed, with, with_instance};
use crate::support::evaluate;
use crate::support::sample_report::HOSTILE;

/// Words that try to be commands.
const ATTACKS: [&str; 9] = [
    "$(touch CANARY)",
    "`touch CANARY`",
    "'; touch CANARY; '",
    "\"; touch CANARY; \"",
    "x\ntouch CANARY\n",
    "x\r\ntouch CANARY\r\n",
    "\\'; touch CANARY #",
    "}; touch CANARY; x() {",
    "\u{2028}touch CANARY\u{85}touch CANARY ${CANARY:=x} !! $0 *",
];

/// A target in which every foreign word that is no id is `name`.
fn hostile(name: &str) -> Target {
    let own = name.to_owned();
    let mut target = with(scaled(exposed(), name), |target| {
        let policy = LifecycleConfiguration {
            transition_to_ia: Some("AFTER_1_DAY".into()),
            transition_to_archive: Some(own.clone()),
            transition_to_primary_storage_class: Some("AFTER_1_ACCESS".into()),
        };
        target.efs.lifecycle = [("fs-0a".to_owned(), policy)].into();
    });
    if let Section::Complete(file_systems) = &mut target.efs.file_systems {
        file_systems[0].name = Some(own.clone());
    }
    if let Section::Complete(instances) = &mut target.ec2.instances {
        instances[0].tags[0].value = own.as_str().into();
    }
    if let Section::Complete(Some(association)) = &mut target.ssm.inspector_association {
        association.schedule_expression = Some(own.clone());
    }
    if let Section::Complete(deep) = &mut target.inspector.deep_inspection {
        deep.package_paths = vec![own];
    }
    target
}

/// Every step of every plan calls what plans call, and nothing else happens.
fn assert_harmless(target: &Target) -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    let plans: Vec<Written> = [None].into_iter().chain(WAYS.map(Some)).flat_map(|way| plans(target, way)).collect();
    let text = script(&plans);
    assert_is_shell(&text);
    let list = run(&text, &[], &[]);
    assert!(list.output.status.success() && !list.touched && list.calls.is_empty());
    let steps = steps(&text);
    assert!(steps.len() > 20, "{text}");
    for (step, number) in steps {
        let variables = [
            ("METADATA_OPTIONS_1", "{}"),
            ("ASSOCIATION_INPUT", "/dev/null"),
            ("GROUP_USES_NEW_VERSION", "yes"),
            ("GROUP_USES_OLD_VERSION", "yes"),
            ("NEW_VERSION_1", "4"),
        ];
        let ran = run(&text, &[step, number], &variables);
        assert!(!ran.touched, "{step} of {text}");
        for call in ran.calls.iter().filter(|call| call[0] != "sts") {
            let operation = call[..2].join(" ");
            assert!(OPERATIONS.contains(&operation.as_str()), "{call:?}");
            called.insert(operation);
        }
    }
    called
}

#[test]
fn hostile_names_stay_names() {
    let mut called = BTreeSet::new();
    for attack in ATTACKS.into_iter().chain(HOSTILE) {
        called.extend(assert_harmless(&hostile(attack)));
    }
    // The attack was carried through, not left out: most of what a plan can call was called with it.
    assert!(called.len() >= 14, "{called:?}");
}

#[test]
fn what_should_be_an_id_and_is_none_is_in_no_command() {
    for attack in ATTACKS.into_iter().chain(["-i-0a", "--profile", "a b"]) {
        let mut target = exposed();
        if let Section::Complete(instances) = &mut target.ec2.instances {
            instances[0].id = attack.to_owned();
        }
        if let Section::Complete(nodes) = &mut target.ssm.managed_nodes {
            nodes[0].id = attack.to_owned();
        }
        let elsewhere = with(exposed(), |target| target.region = attack.to_owned());
        for target in [target, elsewhere] {
            let text = text(&target, Some(Way::ExcludeInstances));
            assert_is_shell(&text);
            assert_eq!(steps(&text), [("about", "1")], "{text}");
            let about = run(&text, &["about", "1"], &[]);
            assert!(String::from_utf8_lossy(&about.output.stdout).contains("is no id of AWS"), "{text}");
            assert!(!about.touched && about.calls.is_empty());
        }
    }
}

#[test]
fn a_hostile_name_arrives_in_json_as_it_is() {
    for attack in ATTACKS {
        let target = scaled(exposed(), attack);
        let ran =
            run(&text(&target, Some(Way::ExcludeInstances)), &["lasting", "1"], &[("GROUP_USES_NEW_VERSION", "yes")]);
        let tags = ran.calls.iter().find(|call| call[1] == "create-or-update-tags").expect("called");
        assert_eq!(json(tags, "--tags")[0]["ResourceId"], attack);
    }
}

#[test]
fn blocking_tag_keys_are_removed_and_set_again_as_json() {
    let key = "a b,Key=c'; touch CANARY #";
    let target =
        with_instance(exposed(), |one| one.tags.push(Tag { key: key.into(), value: "$(touch CANARY)".into() }));
    let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
    let rules: Vec<_> = live_rules().filter(|rule| rule.id == "metadata-tags-blocked").collect();
    let found = evaluate(&target, &prices, &settings, &rules).findings;
    let text = plan_of(&target, "metadata-tags-blocked");
    assert_is_shell(&text);
    assert_eq!(json(&calls(&text, "apply")[0], "--tags")[0]["Key"], key);
    assert_eq!(json(&calls(&text, "undo")[0], "--tags")[0]["Value"], "$(touch CANARY)");
    // The command in the finding itself, too.
    let command = found[0].remediation.commands.iter().find(|command| command.contains("delete-tags")).expect("one");
    let ran = run(command, &[], &[]);
    assert!(!ran.touched);
    assert_eq!(json(&ran.calls[0], "--tags")[0]["Key"], key);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_name_breaks_the_script(name in "\\PC{0,24}|[\\x00-\\x7f]{1,24}") {
        let plans: Vec<Written> = [None].into_iter().chain(WAYS.map(Some)).flat_map(|way| plans(&hostile(&name), way)).collect();
        let text = script(&plans);
        let home = tempfile::tempdir().expect("a directory");
        std::fs::write(home.path().join("plan.sh"), &text).expect("written");
        let checked = Command::new("/bin/sh").args(["-n", "plan.sh"]).current_dir(home.path()).output().expect("a shell");
        prop_assert!(checked.status.success(), "{}", text);
        let ran = run(&text, &["apply", "1"], &[]);
        for call in ran.calls.iter().filter(|call| call[0] != "sts") {
            prop_assert!(OPERATIONS.contains(&call[..2].join(" ").as_str()), "{:?}", call);
        }
    }
}
