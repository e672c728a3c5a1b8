//! Plans: what they hold, that they are shell, and that no name in them ever becomes a command.

mod command;
mod hostile;
mod order;
mod replaced;

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use inspector_audit::fix::{Subject, plans as plans_of};
use inspector_audit::model::{DelegatedAdministrator, Section, Snapshot, Tag, Target, Tool};
use inspector_audit::price::PriceTable;
use inspector_audit::render::words::Ended;
use inspector_audit::render::words::script::{Script, Written, written};
use inspector_audit::render::words::{RunContext, say};
use inspector_audit::rules::{Case, Courses, Rule, RuleSettings, Way, evaluate as judge, live_rules};
use serde_json::Value;

use crate::builders::efs::{coverage, exposed, lifecycle, now, with, with_instance};
use crate::support::audit::Audit;
use crate::support::{evaluate, golden};

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
fn plans_by(target: &Target, way: Option<Way>, rules: &[&Rule]) -> Vec<Written> {
    let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
    let run = RunContext::default();
    let evaluation = judge(target, &prices, &settings, rules);
    let found = evaluation.findings.clone();
    let said = say::evaluation(evaluation, &run).findings;
    let of = |fingerprint: &str| found.iter().find(|one| one.fingerprint == fingerprint).expect("one");
    let subjects: Vec<Subject<'_>> =
        said.iter().map(|said| Subject { finding: of(&said.fingerprint), said, wanted: true }).collect();
    let courses = Courses::new(Case { target, prices: &prices, settings: &settings });
    let plans = plans_of(&subjects, way, &|finding, way| courses.of(finding, way));
    plans.iter().filter_map(|plan| written(plan, &Ended::default(), false, &run)).collect()
}

/// The plans for all findings of a target.
fn plans(target: &Target, way: Option<Way>) -> Vec<Written> {
    plans_by(target, way, &live_rules().collect::<Vec<_>>())
}

fn script(plans: &[Written]) -> String {
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
                case $2 in get-caller-identity) cat \"$HOME/account\" ;;\n\
                get-command-invocation) echo \"${ENDED:-Success}\tanswer\" ;; *) echo answer ;; esac\n";
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
    calls_with(script, step, &[])
}

/// The same with variables set.
fn calls_with(script: &str, step: &str, variables: &[(&str, &str)]) -> Vec<Vec<String>> {
    let ran = run(script, &[step, "1"], variables);
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

/// The steps that a script knows, as its arguments.
fn steps(script: &str) -> Vec<(&str, &str)> {
    let cases = script.lines().filter_map(|line| line.strip_prefix("  '")?.split_once("') "));
    cases.filter(|(_, call)| call.ends_with(";;")).filter_map(|(case, _)| case.split_once(' ')).collect()
}

fn snapshot(targets: Vec<Target>) -> Vec<u8> {
    let snapshot = Snapshot { schema_version: 1, tool: Tool::this(), taken_at: now(), targets };
    serde_json::to_vec(&snapshot).expect("JSON")
}

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots").join(name);
    std::fs::read(path).expect("a snapshot")
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
        // The one that the plan takes stands above them, and only there.
        let line = all.lines().find(|line| line.starts_with(&format!("-- Way {rank} of 7: ")));
        assert_eq!(line.is_some(), !way.recommended, "{all}");
        let named = format!("(--way {})", way.way.name());
        let is_named = |line: &str| line.contains(if way.available { named.as_str() } else { way.reason.as_str() });
        assert!(line.is_none_or(is_named), "{all}");
        assert_eq!(all.matches(way.reason.as_str()).count(), 1, "{all}");
        if way.available {
            assert!(all.contains(&way.who), "{all}");
            assert!(way.assumptions.iter().all(|one| all.contains(one.as_str())), "{all}");
        }
    }
    assert!(all.contains("Left to pay: at most $379.69 a month; once $0."), "{all}");
    assert!(all.contains("Left to pay a month: low $0, likely $0, high $0; once $0."), "{all}");
    assert!(!fix("--way keep-cold").contains("-- Way"));
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
    let shared: Vec<&Written> = plans.iter().filter(|plan| plan.findings.len() > 1).collect();
    assert_eq!(shared.len(), 1, "{plans:?}");
    // The VM Scanner scans here, and nobody says that the tag stops it: its own timer is the way.
    assert_eq!(shared[0].title, "stop the VM Scanner (--way stop-vm-scanner) for fs-0123456789abcdef0");
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

/// A plan that acts on the whole account makes others needless, and both say so.
#[test]
fn plans_say_which_of_them_end_which_others() {
    let text = String::from_utf8(fixture("cold-files-scanned.json")).expect("text");
    let text = Audit::new().file("s.json", text).args("fix --snapshot s.json").run().expect(0).stdout;
    let about = |number: &str| String::from_utf8(run(&text, &["about", number], &[]).output.stdout).expect("text");
    let ends = "It also ends what is behind these plans, which are then not needed: 2.";
    assert!(about("1").contains(ends), "{}", about("1"));
    assert!(about("2").contains("Not needed where one of these plans is carried out: 1."), "{}", about("2"));
    // Plans of instances and of ECR neither end others nor are ended.
    assert!(!about("4").contains("needed"), "{}", about("4"));
}

/// Silence of a host is no answer: a look that failed there says so, fails, and goes on to the next host.
#[test]
fn a_look_that_failed_on_a_host_is_not_taken_for_a_host_without_mounts() {
    let text = Audit::new().file("s.json", fixture("cold-files-scanned.json"));
    let text = text.args("fix --snapshot s.json --finding fs-0123456789abcdef0").run().expect(0).stdout;
    let ran = |ended: &str| {
        let ran = run(&text, &["look", "1"], &[("ENDED", ended)]);
        let (stdout, stderr) = (ran.output.stdout, ran.output.stderr);
        (ran.output.status.code(), String::from_utf8(stdout).expect("text"), String::from_utf8(stderr).expect("text"))
    };
    let (code, said, failed) = ran("Success");
    assert_eq!((code, failed.as_str()), (Some(0), ""), "{said}");
    assert_eq!(said.matches("Success\tanswer").count(), 2, "{said}");
    for ended in ["TimedOut", "Failed", ""] {
        let (code, said, failed) = ran(ended);
        let is_well = ended.is_empty();
        assert_eq!(code, Some(i32::from(!is_well)), "{ended}: {said}");
        assert_eq!(failed.matches("Nothing is known of i-0a").count(), if is_well { 0 } else { 2 }, "{failed}");
    }
}
