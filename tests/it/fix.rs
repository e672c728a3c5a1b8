//! Plans: what they hold, that they are shell, and that no name in them ever becomes a command.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::evaluate;
use inspector_audit::fix::{Plan, Script, Subject, plans as plans_of};
use inspector_audit::model::{
    DelegatedAdministrator, LifecycleConfiguration, RegistryScanning, ScanningFilter, ScanningRule, Section, Snapshot,
    Tag, Target, Tool,
};
use inspector_audit::price::PriceTable;
use inspector_audit::render::words::{RunContext, say};
use inspector_audit::rules::{Case, Courses, Rule, RuleSettings, Way, evaluate as judge, live_rules};
use proptest::prelude::*;
use serde_json::Value;

use crate::builders::efs::{coverage, exposed, instance, lifecycle, node, now, with, with_instance};
use crate::support::audit::Audit;
use crate::support::golden;
use crate::support::sample_report::HOSTILE;

const WAYS: [Way; 6] = [
    Way::ExcludeInstances,
    Way::StopReturningToStandard,
    Way::StopTiering,
    Way::DeactivateDeepInspection,
    Way::SlowSchedule,
    Way::StopVmScanner,
];

/// All that a plan may ever call.
const OPERATIONS: [&str; 24] = [
    "autoscaling create-or-update-tags",
    "autoscaling delete-tags",
    "autoscaling describe-auto-scaling-groups",
    "ec2 create-launch-template-version",
    "ec2 create-tags",
    "ec2 delete-launch-template-versions",
    "ec2 delete-tags",
    "ec2 describe-instances",
    "ec2 describe-launch-template-versions",
    "ec2 modify-instance-metadata-options",
    "efs describe-lifecycle-configuration",
    "efs put-lifecycle-configuration",
    "inspector2 batch-get-member-ec2-deep-inspection-status",
    "inspector2 batch-update-member-ec2-deep-inspection-status",
    "inspector2 get-delegated-admin-account",
    "inspector2 get-ec2-deep-inspection-configuration",
    "inspector2 list-coverage",
    "inspector2 update-ec2-deep-inspection-configuration",
    "ssm describe-association",
    "ssm get-command-invocation",
    "ssm list-associations",
    "ssm send-command",
    "ssm update-association",
    "ssm wait",
];

/// The plans for a target's findings of some rules.
fn plans_by(target: &Target, way: Option<Way>, rules: &[&Rule]) -> Vec<Plan> {
    let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
    let run = RunContext::default();
    let evaluation = judge(target, &prices, &settings, rules);
    let found = evaluation.findings.clone();
    let said = say::evaluation(evaluation, &run).findings;
    let of = |fingerprint: &str| found.iter().find(|one| one.fingerprint == fingerprint).expect("one");
    let subjects: Vec<Subject<'_>> =
        said.iter().map(|said| Subject { finding: of(&said.fingerprint), said, wanted: true }).collect();
    let courses = Courses::new(Case { target, prices: &prices, settings: &settings });
    plans_of(&subjects, way, &|finding, way| courses.of(finding, way), &run)
}

/// The plans for all findings of a target.
fn plans(target: &Target, way: Option<Way>) -> Vec<Plan> {
    plans_by(target, way, &live_rules().collect::<Vec<_>>())
}

fn script(plans: &[Plan]) -> String {
    Script { plans: plans.to_vec(), left_open: Vec::new() }.text(now())
}

fn text(target: &Target, way: Option<Way>) -> String {
    script(&plans(target, way))
}

/// Every call that one run of a script makes, argument by argument.
struct Ran {
    output: Output,
    calls: Vec<Vec<String>>,
    touched: bool,
}

/// Runs a script with an `aws` that only takes notes, and nothing else of ours on the path.
fn run(script: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let home = tempfile::tempdir().expect("a directory");
    let path = |name: &str| home.path().join(name);
    let stub = "#!/bin/sh\n{ printf '%s\\n' BEGIN; printf '<%s>\\n' \"$@\"; } >> \"$HOME/calls\"\n\
                if [ \"$1\" = sts ]; then cat \"$HOME/account\"; else echo answer; fi\n";
    std::fs::write(path("aws"), stub).expect("written");
    std::fs::set_permissions(path("aws"), std::fs::Permissions::from_mode(0o755)).expect("executable");
    std::fs::write(path("plan.sh"), script).expect("written");
    // The stub is in whatever account it is asked about: the account in the script is quoted like all else.
    let account = if script.contains("444455556666") { "444455556666" } else { "111122223333" };
    std::fs::write(path("account"), account).expect("written");
    let output = Command::new("/bin/sh")
        .arg("plan.sh")
        .args(arguments)
        .current_dir(home.path())
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", format!("{}:/usr/bin:/bin", home.path().display()))
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    let notes = std::fs::read_to_string(path("calls")).unwrap_or_default();
    let calls = notes.split("BEGIN\n").skip(1).map(|call| {
        let words =
            call.trim_end().split(">\n").map(|word| word.trim_start_matches('<').trim_end_matches('>').to_owned());
        words.collect()
    });
    Ran { output, calls: calls.collect(), touched: path("CANARY").exists() }
}

/// The calls of one step, which has to succeed; the question for the account comes first and is left out.
fn calls(script: &str, step: &str) -> Vec<Vec<String>> {
    let ran = run(script, &[step, "1"], &[]);
    assert!(ran.output.status.success(), "{step}: {}\n{script}", String::from_utf8_lossy(&ran.output.stderr));
    assert_eq!(ran.calls[0][..2], ["sts", "get-caller-identity"]);
    ran.calls[1..].to_vec()
}

fn argument<'c>(call: &'c [String], name: &str) -> &'c str {
    let at = call.iter().position(|word| word == name).unwrap_or_else(|| panic!("{name} in {call:?}"));
    &call[at + 1]
}

fn json(call: &[String], name: &str) -> Value {
    serde_json::from_str(argument(call, name)).expect("JSON")
}

/// `sh -n`, and shellcheck where it is installed.
fn assert_is_shell(script: &str) {
    let home = tempfile::tempdir().expect("a directory");
    let file = home.path().join("plan.sh");
    std::fs::write(&file, script).expect("written");
    let check = |command: &mut Command| {
        let output = command.arg(&file).output().expect("it runs");
        assert!(output.status.success(), "{}\n{script}", String::from_utf8_lossy(&output.stdout));
    };
    check(Command::new("/bin/sh").arg("-n"));
    if Command::new("shellcheck").arg("--version").output().is_ok() {
        check(Command::new("shellcheck").arg("--color=never"));
    }
}

/// An instance of an Auto Scaling group that comes from a launch template.
fn scaled(target: Target, group: &str) -> Target {
    with_instance(target, |instance| {
        for (key, value) in [
            ("aws:autoscaling:groupName", group),
            ("aws:ec2launchtemplate:id", "lt-0123456789abcdef0"),
            ("aws:ec2launchtemplate:version", "3"),
        ] {
            instance.tags.push(Tag { key: key.into(), value: value.into() });
        }
        if let Some(options) = &mut instance.metadata_options {
            options.http_endpoint = Some("disabled".into());
        }
    })
}

fn administered(target: Target) -> Target {
    with(target, |target| {
        target.inspector.delegated_administrator = Section::Complete(DelegatedAdministrator {
            account_id: Some("444455556666".into()),
            relationship_status: Some("ENABLED".into()),
        });
    })
}

fn cold_reads(target: Target) -> Target {
    with(target, |target| {
        target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into();
    })
}

/// Scanned by the VM Scanner rather than the plugin.
fn vm_scanned(target: Target) -> Target {
    with(target, |target| {
        target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", "EC2_INSPECTOR_AGENT_BASED")]);
    })
}

#[test]
fn plans_are_as_they_were_and_are_shell() {
    let stories: Vec<(&str, Target, Option<Way>)> = vec![
        ("exclude", exposed(), Some(Way::ExcludeInstances)),
        ("lasting", scaled(exposed(), "web fleet"), Some(Way::ExcludeInstances)),
        ("keep-cold", exposed(), None),
        ("stop-tiering", exposed(), Some(Way::StopTiering)),
        ("deep-inspection", exposed(), Some(Way::DeactivateDeepInspection)),
        ("administrator", administered(exposed()), Some(Way::DeactivateDeepInspection)),
        ("slow-schedule", cold_reads(exposed()), Some(Way::SlowSchedule)),
        ("stop-vm-scanner", vm_scanned(exposed()), Some(Way::StopVmScanner)),
    ];
    for (name, target, way) in stories {
        let text = text(&target, way);
        assert_is_shell(&text);
        golden::check(&format!("fix-{name}.sh"), text.as_bytes());
    }
    let nothing = script(&[]);
    assert_is_shell(&nothing);
    golden::check("fix-nothing.sh", nothing.as_bytes());
}

#[test]
fn printing_and_listing_call_nothing() {
    let text = text(&exposed(), None);
    for arguments in [&[][..], &["list"], &["apply"], &["apply", "2"], &["nonsense", "1"], &["apply 1"]] {
        let ran = run(&text, arguments, &[]);
        assert!(ran.calls.is_empty(), "{arguments:?}: {:?}", ran.calls);
        let listed = arguments.first().is_none_or(|first| *first == "list");
        assert_eq!(ran.output.status.code(), Some(if listed { 0 } else { 2 }), "{arguments:?}");
    }
}

#[test]
fn credentials_of_another_account_stop_every_step() {
    let text = text(&exposed(), None).replace("account_is 111122223333", "account_is 123456789012");
    let ran = run(&text, &["apply", "1"], &[]);
    assert!(!ran.output.status.success());
    assert_eq!(ran.calls.len(), 1, "{:?}", ran.calls);
}

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

#[test]
fn lifecycle_policies_that_stay_are_sent_again_and_undo_sends_all_as_they_were() {
    let policy = LifecycleConfiguration {
        transition_to_ia: Some("AFTER_30_DAYS".into()),
        transition_to_archive: Some("AFTER_90_DAYS".into()),
        transition_to_primary_storage_class: Some("AFTER_1_ACCESS".into()),
    };
    let target = with(exposed(), |target| target.efs.lifecycle = [("fs-0a".to_owned(), policy)].into());
    let before = r#"[{"TransitionToIA":"AFTER_30_DAYS"},{"TransitionToArchive":"AFTER_90_DAYS"},{"TransitionToPrimaryStorageClass":"AFTER_1_ACCESS"}]"#;
    let kept = r#"[{"TransitionToIA":"AFTER_30_DAYS"},{"TransitionToArchive":"AFTER_90_DAYS"}]"#;
    for (way, after) in [(Way::StopReturningToStandard, kept), (Way::StopTiering, "[]")] {
        let text = text(&target, Some(way));
        assert_eq!(argument(&calls(&text, "apply")[0], "--lifecycle-policies"), after);
        assert_eq!(argument(&calls(&text, "undo")[0], "--lifecycle-policies"), before);
    }
}

#[test]
fn the_association_is_never_updated_with_less_than_all_of_it() {
    let text = text(&cold_reads(exposed()), Some(Way::SlowSchedule));
    for line in text.lines().filter(|line| line.contains("aws ssm update-association")) {
        assert!(line.contains("--cli-input-json"), "{line}");
    }
    assert!(text.contains("runs the scan at once"));
    let home = tempfile::tempdir().expect("a directory");
    let file = |name: &str, content: &str| {
        let path = home.path().join(name);
        std::fs::write(&path, content).expect("written");
        path.display().to_string()
    };
    let target = cold_reads(exposed());
    let id = target.ssm.inspector_association.complete().and_then(Option::as_ref).expect("one").id.clone();
    let whole = |schedule: &str, waits: &str| {
        format!(
            r#"{{ "AssociationId": "{id}", "AssociationName": "InvokeInspectorLinuxSsmPlugin-do-not-delete",
                 "Targets": [{{"Key": "InstanceIds", "Values": ["*"]}}],
                 "ScheduleExpression": "{schedule}", "ApplyOnlyAtCronInterval": {waits} }}"#
        )
    };
    let cases = [
        (String::new(), false),
        (whole("cron(0 2 ? * SUN *)", "true"), true),
        (whole("cron(0 2 ? * SUN *)", "false"), false),
        (whole("rate(7 days)", "true"), false),
        (whole("cron(0 2 ? * SUN *)", "true").replace(&id, "another"), false),
        (whole("cron(0 2 ? * SUN *)", "true").replace("InvokeInspector", "Other"), false),
        (whole("cron(0 2 ? * SUN *)", "true").replace(r#"[{"Key": "InstanceIds", "Values": ["*"]}]"#, "[]"), false),
        (whole("cron(0 2 ? * SUN *)", "true").replace("Targets", "Target"), false),
    ];
    for (content, sent) in cases {
        let path = file("input.json", &content);
        for step in ["apply", "undo"] {
            let ran = run(&text, &[step, "1"], &[("ASSOCIATION_INPUT", &path)]);
            assert_eq!(ran.output.status.success(), sent, "{step} {content}");
            assert_eq!(ran.calls.iter().any(|call| call[1] == "update-association"), sent, "{step} {content}");
        }
    }
    assert!(!run(&text, &["apply", "1"], &[]).output.status.success(), "no file was named");
}

#[test]
fn a_registry_that_is_changed_can_be_put_back() {
    let filters = vec![ScanningFilter { filter: "prod".into(), filter_type: "WILDCARD".into() }];
    let rules = vec![ScanningRule { scan_frequency: "CONTINUOUS_SCAN".into(), filters }];
    let target = with(exposed(), |target| {
        target.ec2.instances = Section::Complete(vec![]);
        target.ecr.registry_scanning = Section::Complete(RegistryScanning { scan_type: "ENHANCED".into(), rules });
    });
    let text = text(&target, None);
    assert_is_shell(&text);
    let undone = calls(&text, "undo");
    assert_eq!(json(&undone[0], "--rules")[0]["repositoryFilters"][0]["filter"], "prod");
    assert_eq!(argument(&undone[0], "--scan-type"), "ENHANCED");
}

/// The story of cold files, with other re-scan windows.
fn story(push: &str, pull: &str) -> Target {
    let mut snapshot: Snapshot = serde_json::from_slice(&fixture("cold-files-scanned.json")).expect("a snapshot");
    let mut target = snapshot.targets.remove(0);
    if let Section::Complete(configuration) = &mut target.inspector.configuration {
        configuration.ecr_rescan_duration = Some(push.into());
        configuration.ecr_pull_date_rescan_duration = Some(pull.into());
    }
    target
}

/// The plan of one rule's finding alone.
fn plan_of(target: &Target, rule: &str) -> String {
    let rules: Vec<_> = live_rules().filter(|one| one.id == rule).collect();
    let plans = plans_by(target, None, &rules);
    assert!(!plans.is_empty(), "{rule}");
    script(&plans[..1])
}

#[test]
fn continuous_scanning_is_changed_in_frequency_alone_and_windows_only_shorten() {
    let short = plan_of(&story("DAYS_3", "DAYS_14"), "ecr-continuous-scan");
    assert_is_shell(&short);
    let applied = calls(&short, "apply");
    assert_eq!(applied.len(), 1, "{applied:?}");
    let rules = json(&applied[0], "--rules");
    assert_eq!(rules[0]["scanFrequency"], "SCAN_ON_PUSH");
    assert_eq!(rules[0]["repositoryFilters"][0]["filter"], "prod", "what nothing scanned is not scanned now");
    assert_eq!(json(&calls(&short, "undo")[0], "--rules")[0]["scanFrequency"], "CONTINUOUS_SCAN");
    for step in ["check", "confirm"] {
        assert!(calls(&short, step).iter().all(|call| call[1].starts_with("get-")), "{step}");
    }
    let long = plan_of(&story("DAYS_3", "DAYS_90"), "ecr-continuous-scan");
    let sent = |step: &str| {
        let calls = calls(&long, step);
        let windows = calls.iter().find(|call| call[1] == "update-configuration").expect("called");
        argument(windows, "--ecr-configuration").to_owned()
    };
    let windows =
        |pull: &str| format!("rescanDuration=DAYS_3,pullDateRescanDuration={pull},pullDateRescanMode=LAST_IN_USE_AT");
    assert_eq!((sent("apply"), sent("undo")), (windows("DAYS_14"), windows("DAYS_90")));
    let duration = plan_of(&story("DAYS_3", "DAYS_90"), "ecr-rescan-duration-long");
    assert_eq!(argument(&calls(&duration, "undo")[0], "--ecr-configuration"), windows("DAYS_90"));
}

#[test]
fn plans_that_replace_the_same_rules_say_that_they_exclude_each_other() {
    let text = text(&story("DAYS_90", "DAYS_90"), None);
    let notes: Vec<&str> = text.lines().filter(|line| line.contains("Run only one of the plans")).collect();
    assert!(notes.len() >= 4, "{text}");
    assert!(notes.iter().any(|note| note.contains("rules in ap-northeast-1")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("re-scan windows")), "{notes:?}");
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
fn one_finding_without_a_way_shows_every_way_in_full() {
    let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
    let rules: Vec<_> = live_rules().filter(|rule| rule.id == "efs-tier-recall").collect();
    let found = evaluate(&exposed(), &prices, &settings, &rules).findings.remove(0);
    let fix = |arguments: &str| {
        let audit = Audit::new().file("s.json", snapshot(vec![exposed()]));
        audit.args(&format!("fix --snapshot s.json --finding {} {arguments}", found.fingerprint)).run().expect(0).stdout
    };
    let text = fix("");
    assert_is_shell(&text);
    let all = String::from_utf8(run(&text, &["about", "1"], &[]).output.stdout).expect("text");
    for (way, rank) in found.ways_out.iter().zip(1..) {
        assert!(all.contains(&format!("-- Way {rank} of 7: {}", way.way.name())), "{all}");
        assert!(all.contains(&way.reason) && all.contains(&way.who), "{all}");
        assert!(way.assumptions.iter().all(|one| all.contains(one.as_str())), "{all}");
    }
    assert!(all.contains("Left to pay a month: low $0.00, likely not known, high $379.69; once $0.00."), "{all}");
    assert!(!fix("--way keep-cold").contains("-- Way"));
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
        instances[0].tags[0].value.clone_from(&own);
    }
    if let Section::Complete(Some(association)) = &mut target.ssm.inspector_association {
        association.schedule_expression = Some(own.clone());
    }
    if let Section::Complete(deep) = &mut target.inspector.deep_inspection {
        deep.package_paths = vec![own];
    }
    target
}

/// The steps that a script knows, as its arguments.
fn steps(script: &str) -> Vec<(&str, &str)> {
    let cases = script.lines().filter_map(|line| line.strip_prefix("  '")?.split_once("') "));
    cases.filter(|(_, call)| call.ends_with(";;")).filter_map(|(case, _)| case.split_once(' ')).collect()
}

/// Every step of every plan calls what plans call, and nothing else happens.
fn assert_harmless(target: &Target) -> BTreeSet<String> {
    let mut called = BTreeSet::new();
    let plans: Vec<Plan> = [None].into_iter().chain(WAYS.map(Some)).flat_map(|way| plans(target, way)).collect();
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
        let plans: Vec<Plan> = [None].into_iter().chain(WAYS.map(Some)).flat_map(|way| plans(&hostile(&name), way)).collect();
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

fn snapshot(targets: Vec<Target>) -> Vec<u8> {
    let snapshot = Snapshot { schema_version: 1, tool: Tool::this(), taken_at: now(), targets };
    serde_json::to_vec(&snapshot).expect("JSON")
}

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots").join(name);
    std::fs::read(path).expect("a snapshot")
}

#[test]
fn every_story_gives_a_script_and_nothing_else_on_standard_output() {
    let stories =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots")).expect("a folder");
    for story in stories {
        let name = story.expect("an entry").file_name().into_string().expect("a name");
        for way in ["", " --way exclude", " --way keep-cold", " --way slow-schedule"] {
            let run = Audit::new().file("s.json", fixture(&name)).args(&format!("fix --snapshot s.json{way}")).run();
            let run = run.expect(0);
            assert!(run.stdout.starts_with("#!/bin/sh\n"), "{name}");
            assert_is_shell(&run.stdout);
        }
    }
}

#[test]
fn one_finding_is_chosen_by_the_beginning_of_its_fingerprint() {
    let fix = |arguments: &str| {
        Audit::new().file("s.json", snapshot(vec![exposed()])).args("fix --snapshot s.json").args(arguments).run()
    };
    let report =
        Audit::new().file("s.json", snapshot(vec![exposed()])).args("scan --format json --snapshot s.json").run();
    let report: Value = serde_json::from_str(&report.stdout).expect("JSON");
    let fingerprint = report["findings"][0]["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let one = fix(&format!("--finding {}", &fingerprint[..8])).expect(0);
    assert!(one.stdout.contains("Plan 1 of 1") && one.stdout.contains(&fingerprint));
    let unknown = fix("--finding 0123456789").expect(2);
    assert!(unknown.stderr.contains("the nearest is") && unknown.stdout.is_empty(), "{}", unknown.stderr);
    let cased = fix(&format!("--finding {}", fingerprint.to_uppercase())).expect(0);
    assert_eq!(cased.stdout, one.stdout);
}

#[test]
fn a_beginning_that_several_findings_share_lists_them() {
    let run = Audit::new()
        .file("s.json", fixture("cold-files-scanned.json"))
        .args("fix --snapshot s.json --finding")
        .arg("")
        .run()
        .expect(2);
    assert!(run.stderr.contains("efs-tier-recall") && run.stderr.contains("ecr-"), "{}", run.stderr);
}

#[test]
fn a_way_that_a_finding_does_not_have_is_refused() {
    let all = Audit::new()
        .file("s.json", fixture("cold-files-scanned.json"))
        .args("scan --format json --snapshot s.json")
        .run();
    let report: Value = serde_json::from_str(&all.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    let registry = findings.iter().find(|one| one["rule"] == "ecr-filter-substring").expect("one");
    let run = Audit::new()
        .file("s.json", fixture("cold-files-scanned.json"))
        .args("fix --snapshot s.json --way keep-cold --finding")
        .arg(registry["fingerprint"].as_str().expect("text"))
        .run()
        .expect(2);
    assert!(run.stderr.contains("keep-cold"), "{}", run.stderr);
}

#[test]
fn a_report_narrows_the_plans_to_its_findings() {
    let scan = "scan --format json --snapshot s.json --rule efs-tier-recall";
    let report = Audit::new().file("s.json", fixture("cold-files-scanned.json")).args(scan).run().stdout;
    let fix = |report: &[u8]| {
        let audit = Audit::new().file("s.json", fixture("cold-files-scanned.json")).file("report.json", report);
        audit.args("fix --snapshot s.json --report report.json").run()
    };
    let narrowed = fix(report.as_bytes()).expect(0);
    assert!(narrowed.stdout.contains("Plan 1 of 1"), "{}", narrowed.stdout);
    let broken = fix(b"{}").expect(2);
    assert!(broken.stderr.contains("report.json"), "{}", broken.stderr);
}

#[test]
fn the_same_target_twice_is_planned_for_once() {
    let fix = |targets| Audit::new().file("s.json", snapshot(targets)).args("fix --snapshot s.json").run().expect(0);
    let run = fix(vec![exposed(), exposed()]);
    assert!(run.stderr.contains("more than once"), "{}", run.stderr);
    assert_eq!(run.stdout, fix(vec![exposed()]).stdout);
}

#[test]
fn a_suppressed_finding_gets_no_plan_unless_it_is_asked_for() {
    let config = "[[suppress]]\nrule = \"efs-tier-recall\"\nreason = \"known\"\n";
    let fix = |arguments: &str| {
        let audit = Audit::new().file("s.json", snapshot(vec![exposed()])).file("c.toml", config);
        audit
            .args("fix --snapshot s.json --config c.toml --rule efs-tier-recall")
            .args(arguments)
            .run()
            .expect(0)
            .stdout
    };
    assert!(fix("").contains("nothing to do"));
    let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
    let rules: Vec<_> = live_rules().filter(|rule| rule.id == "efs-tier-recall").collect();
    let fingerprint = &evaluate(&exposed(), &prices, &settings, &rules).findings[0].fingerprint;
    assert!(fix(&format!("--finding {fingerprint}")).contains("Plan 1 of 1"));
}

/// The phases of a plan in the script.
fn phases(script: &str, number: &str) -> Vec<String> {
    steps(script).iter().filter(|(_, of)| *of == number).map(|(phase, _)| (*phase).to_owned()).collect()
}

#[test]
fn every_plan_of_r1_looks_checks_applies_confirms_and_goes_back() {
    let whole = ["about", "look", "check", "apply", "confirm", "undo"];
    let mut planned = BTreeSet::new();
    let stories =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots")).expect("a folder");
    for story in stories {
        let name = story.expect("an entry").file_name().into_string().expect("a name");
        let Ok(snapshot) = serde_json::from_slice::<Snapshot>(&fixture(&name)) else { continue };
        for target in &snapshot.targets {
            for rule in live_rules().filter(|rule| !rule.id.starts_with("ecr-") && !rule.id.starts_with("inspector-")) {
                let plans = plans_by(target, None, &[rule]);
                let text = script(&plans);
                for (plan, number) in plans.iter().zip(1..) {
                    let phases = phases(&text, &number.to_string());
                    // What recommends to do nothing, or cannot be done, shows what is there.
                    let only_shows = plan.title.starts_with("do-nothing") || !phases.contains(&"apply".to_owned());
                    let expected: &[&str] = if only_shows { &whole[..3] } else { &whole };
                    let missing: Vec<_> = expected.iter().filter(|one| !phases.iter().any(|it| it == *one)).collect();
                    assert!(missing.is_empty(), "{name}: {} lacks {missing:?}", plan.title);
                    if !only_shows {
                        planned.insert(rule.id);
                    }
                }
            }
        }
    }
    assert!(planned.contains("efs-recall-observed") && planned.len() >= 4, "{planned:?}");
}

#[test]
fn one_plan_serves_all_findings_of_a_file_system() {
    let mut snapshot: Snapshot = serde_json::from_slice(&fixture("cold-data-moved.json")).expect("a snapshot");
    let target = snapshot.targets.remove(0);
    let plans = plans(&target, None);
    let shared: Vec<&Plan> = plans.iter().filter(|plan| plan.findings.len() > 1).collect();
    assert_eq!(shared.len(), 1, "{plans:?}");
    // The VM Scanner scans here, and nobody says that the tag stops it: its own timer is the way.
    assert_eq!(shared[0].title, "stop-vm-scanner for fs-0123456789abcdef0");
    let about = run(&script(&plans), &["about", "1"], &[]).output.stdout;
    let about = String::from_utf8(about).expect("text");
    assert!(about.contains("efs-recall-observed") && about.contains("Also settles"), "{about}");
    let exclude = self::plans(&target, Some(Way::ExcludeInstances));
    let about = run(&script(&exclude), &["about", "1"], &[]).output.stdout;
    let about = String::from_utf8(about).expect("text");
    assert!(about.contains("Not documented:"), "{about}");
    // Either finding leads to the same plan.
    let fix = |asked: &str| {
        let audit = Audit::new().file("s.json", fixture("cold-data-moved.json"));
        audit.args("fix --snapshot s.json --finding").arg(asked).run().expect(0).stdout
    };
    let all: Vec<String> = shared[0].findings.iter().map(|one| fix(one)).collect();
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], fix("fs-0123456789abcdef0"), "the resource's id, too");
    assert!(all[0].contains("Plan 1 of 1"), "{}", all[0]);
}

#[test]
fn what_a_report_names_and_cannot_be_planned_is_named() {
    let scan = "scan --format json --snapshot s.json --fail-on never --allow-gaps";
    let other = Audit::new().file("s.json", fixture("cold-data-moved.json")).args(scan).run().stdout;
    let audit = Audit::new().file("s.json", fixture("cold-files-scanned.json")).file("report.json", other.as_bytes());
    let run_of = audit.args("fix --snapshot s.json --report report.json").run().expect(0);
    assert!(run_of.stderr.contains("could not be seen or planned"), "{}", run_of.stderr);
    let listed = run(&run_of.stdout, &[], &[]).output.stdout;
    let listed = String::from_utf8(listed).expect("text");
    assert!(listed.contains("Not planned: efs-recall-observed on fs-0123456789abcdef0"), "{listed}");
    assert!(listed.contains("nothing to do"), "{listed}");
}

#[test]
fn gaps_that_may_hide_findings_are_named() {
    let run_of = Audit::new().file("s.json", fixture("half-denied.json")).args("fix --snapshot s.json").run().expect(0);
    let listed = String::from_utf8(run(&run_of.stdout, &[], &[]).output.stdout).expect("text");
    assert!(listed.contains("Not seen in ") && listed.contains("It may hide findings of "), "{listed}");
}
