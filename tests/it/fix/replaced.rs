//! What a plan replaces as a whole, and puts back.

use inspector_audit::model::{LifecycleConfiguration, RegistryScanning, ScanningFilter, ScanningRule, Section};
use inspector_audit::rules::Way;

use super::{argument, assert_is_shell, calls, calls_with, cold_reads, json, plan_of, run, story, text};
use crate::builders::efs::{exposed, with};

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

#[test]
fn continuous_scanning_is_changed_in_frequency_alone_and_windows_only_shorten() {
    let short = plan_of(&story("DAYS_3", "DAYS_14"), "ecr-continuous-scan");
    assert_is_shell(&short);
    // What is deployed only the operator knows: nothing is sent before the rules were edited.
    let ran = run(&short, &["apply", "1"], &[]);
    assert!(!ran.output.status.success() && ran.calls.iter().all(|call| call[0] != "ecr"), "{:?}", ran.calls);
    let edited = [("EDITED", "yes")];
    let applied = calls_with(&short, "apply", &edited);
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
        let calls = calls_with(&long, step, &edited);
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
