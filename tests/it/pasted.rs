//! What is printed for pasting, pasted: remediation commands and plans under every shell there is, with names that try to
//! be commands and an `aws` that only takes notes.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use inspector_audit::fix::{Subject, plans};
use inspector_audit::model::{LifecycleConfiguration, Section, Snapshot, Tag, Target};
use inspector_audit::price::PriceTable;
use inspector_audit::render::words::Ended;
use inspector_audit::render::words::script::{Script, written};
use inspector_audit::render::words::{DataSource, RunContext, say};
use inspector_audit::report::v1;
use inspector_audit::rules::{Case, Courses, RuleSettings, Way, evaluate, live_rules};

use crate::builders::efs::{exposed, now, with, with_instance};

/// Names that do something if a shell gets to read them as anything but a name.
const ATTACKS: [&str; 10] = [
    "$(touch CANARY)",
    "`touch CANARY`",
    "'; touch CANARY; '",
    "\"; touch CANARY; \"",
    "it's $(touch CANARY) isn't",
    "x\ntouch CANARY\n",
    "# ' && touch CANARY #",
    "\u{202e}$(touch CANARY)\u{200b}!! =touch <(touch CANARY) *",
    "x\n::error file=x::pwned\n##[error]pwned ##vso[task.x]\u{2066}",
    "--endpoint-url=http://192.0.2.1;\t=cmd|'/C calc'!A0",
];

/// The shells, as somebody at a terminal has them or as a script gets them.
const SHELLS: [&[&str]; 6] =
    [&["sh"], &["dash"], &["bash"], &["bash", "--norc", "-i"], &["zsh", "-f"], &["zsh", "-f", "-i"]];

/// A target whose names, tags, groups and paths are all `name`.
fn hostile(name: &str) -> Target {
    let tag = |key: &str, value: &str| Tag { key: key.into(), value: value.into() };
    let target = with_instance(exposed(), |instance| {
        instance.tags = vec![
            tag("Name", name),
            tag("InspectorEc2Exclusion", name),
            tag(name, name),
            tag("aws:autoscaling:groupName", name),
            tag("aws:ec2launchtemplate:id", "lt-0123456789abcdef0"),
            tag("aws:ec2launchtemplate:version", "3"),
        ];
    });
    with(target, |target| {
        let policy = LifecycleConfiguration {
            transition_to_ia: Some("AFTER_1_DAY".into()),
            transition_to_archive: Some(name.to_owned()),
            transition_to_primary_storage_class: Some("AFTER_1_ACCESS".into()),
        };
        target.efs.lifecycle = [("fs-0a".to_owned(), policy)].into();
        if let Section::Complete(file_systems) = &mut target.efs.file_systems {
            file_systems[0].name = Some(name.to_owned());
        }
        if let Section::Complete(Some(association)) = &mut target.ssm.inspector_association {
            association.schedule_expression = Some(name.to_owned());
        }
        if let Section::Complete(deep) = &mut target.inspector.deep_inspection {
            deep.package_paths = vec![name.to_owned()];
        }
    })
}

/// The findings of a target in words, and the plans for them by each way.
fn printed(target: &Target, run: &RunContext) -> (Vec<v1::Finding>, String) {
    let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
    let rules: Vec<_> = live_rules().collect();
    let evaluation = evaluate(target, &prices, &settings, &rules);
    let findings = evaluation.findings.clone();
    let said = say::evaluation(evaluation, run).findings;
    let of = |fingerprint: &str| findings.iter().find(|one| one.fingerprint == fingerprint).expect("one");
    let subjects: Vec<Subject<'_>> =
        said.iter().map(|said| Subject { finding: of(&said.fingerprint), said, wanted: true }).collect();
    let courses = Courses::new(Case { target, prices: &prices, settings: &settings });
    let by = |way: Option<Way>| plans(&subjects, way, &|finding, way| courses.of(finding, way));
    let ways = [Way::ExcludeInstances, Way::StopTiering, Way::DeactivateDeepInspection, Way::SlowSchedule];
    let all = [None].into_iter().chain(ways.map(Some)).flat_map(by);
    let all = all.filter_map(|plan| written(&plan, &Ended::default(), false, run)).collect();
    (said.clone(), Script { plans: all, left_open: vec!["it's $(touch CANARY)".to_owned()] }.text(now()))
}

fn commands(findings: &[v1::Finding]) -> Vec<String> {
    findings.iter().flat_map(|finding| finding.remediation.commands.clone()).collect()
}

/// What pasting a text did.
struct Pasted {
    /// The calls of `aws`, their words.
    calls: Vec<Vec<String>>,
    /// Whether a name became a command.
    touched: bool,
    /// What was printed.
    said: String,
}

/// Types a text into a shell; `None` where the shell is not installed. `fails`: a word that makes `aws` fail.
fn paste(shell: &[&str], text: &str, fails: &str) -> Option<Pasted> {
    let home = tempfile::tempdir().expect("a directory");
    let path = |name: &str| home.path().join(name);
    let stub = "#!/bin/sh\n{ printf '%s\\n' BEGIN; printf '<%s>\\n' \"$@\"; } >> \"$HOME/calls\"\n\
                case \" $* \" in *\" $FAILS \"*) exit 1 ;; esac\n\
                if [ \"$1\" = sts ]; then echo 111122223333; else echo answer; fi\n";
    std::fs::write(path("aws"), stub).expect("written");
    std::fs::set_permissions(path("aws"), std::fs::Permissions::from_mode(0o755)).expect("executable");
    let child = Command::new(shell[0])
        .args(&shell[1..])
        .current_dir(home.path())
        .env_clear()
        .env("HOME", home.path())
        .env("FAILS", if fails.is_empty() { "nothing-fails" } else { fails })
        .env("PATH", format!("{}:/usr/bin:/bin", home.path().display()))
        .stdin(Stdio::piped())
        .stdout(std::fs::File::create(path("said")).expect("a file"))
        .stderr(Stdio::null())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            writeln!(std::io::stderr(), "skipped: {} is not installed", shell[0]).expect("a line");
            return None;
        }
        Err(error) => panic!("{shell:?}: {error}"),
    };
    // A shell that has stopped reading has had enough.
    let _ = child.stdin.take().expect("a pipe").write_all(format!("{text}\n").as_bytes());
    child.wait().expect("it ends");
    let notes = std::fs::read_to_string(path("calls")).unwrap_or_default();
    let calls = notes.split("BEGIN\n").skip(1).map(|call| {
        let words =
            call.trim_end().split(">\n").map(|word| word.trim_start_matches('<').trim_end_matches('>').to_owned());
        words.collect()
    });
    let said = String::from_utf8(std::fs::read(path("said")).expect("read")).expect("text");
    Some(Pasted { calls: calls.collect(), touched: path("CANARY").exists(), said })
}

fn calls_of<'c>(calls: &'c [Vec<String>], operation: &str) -> Vec<&'c Vec<String>> {
    calls.iter().filter(|call| call.get(1).is_some_and(|word| word == operation)).collect()
}

#[test]
fn pasted_names_stay_names_in_every_shell() {
    for attack in ATTACKS {
        let (findings, script) = printed(&hostile(attack), &RunContext::default());
        let commands = commands(&findings).join("\n");
        for shell in SHELLS {
            let Some(pasted) = paste(shell, &commands, "") else { continue };
            assert!(!pasted.touched, "{shell:?}:\n{commands}");
            assert!(!calls_of(&pasted.calls, "delete-tags").is_empty(), "{shell:?}: {:?}\n{commands}", pasted.calls);
            let pasted = paste(shell, &script, "").expect("installed");
            assert!(!pasted.touched, "{shell:?}:\n{script}");
            assert!(pasted.calls.is_empty(), "a plan does nothing by itself");
            let command =
                |line: &&str| line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[");
            assert_eq!(pasted.said.lines().find(command), None, "a script in a CI job has a log too: {shell:?}");
        }
    }
}

#[test]
fn what_is_no_id_and_no_region_is_in_no_command() {
    let ids = |target: &Target| -> Vec<String> {
        let instances = target.ec2.instances.complete().expect("instances").iter().map(|one| one.id.clone());
        let file_systems = target.efs.file_systems.complete().expect("file systems").iter().map(|one| one.id.clone());
        instances.chain(file_systems).chain([target.region.clone()]).collect()
    };
    for odd in ["-x", "--endpoint-url=http://192.0.2.1", "$(touch CANARY)", "us-east-1\u{202e}", "fs-0a i-0a"] {
        let honest = exposed();
        for id in ids(&honest) {
            let text = serde_json::to_string(&honest).expect("JSON");
            let (id, odd_text) = (serde_json::to_string(&id).expect("JSON"), serde_json::to_string(odd).expect("JSON"));
            let target: Target = serde_json::from_str(&text.replace(&id, &odd_text)).expect("a target");
            let (findings, script) = printed(&target, &RunContext::default());
            for text in [commands(&findings).join("\n"), script] {
                let pasted = paste(&["sh"], &text, "").expect("a shell");
                let words: Vec<&String> = pasted.calls.iter().flatten().collect();
                let named = words.iter().any(|word| *word == odd || odd.len() > 4 && word.contains(odd));
                assert!(!pasted.touched && !named, "{id} {odd}: {words:?}");
            }
        }
    }
}

/// Every snapshot that is shipped.
fn stories() -> Vec<Target> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots");
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let snapshots =
        files.filter_map(|path| serde_json::from_slice::<Snapshot>(&std::fs::read(path).expect("read")).ok());
    snapshots.flat_map(|snapshot| snapshot.targets).collect()
}

#[test]
fn comments_hold_nothing_that_a_shell_would_act_on() {
    let (mut comments, mut lines) = (0, 0);
    for target in stories().iter().chain(&ATTACKS.map(hostile)) {
        let (findings, script) = printed(target, &RunContext::default());
        let commands = commands(&findings);
        for line in commands.iter().map(String::as_str).chain(script.lines()) {
            lines += 1;
            let is_harmful = |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
            assert!(!line.chars().any(is_harmful), "{line:?}");
            let Some(comment) = line.trim_start().strip_prefix('#') else { continue };
            comments += 1;
            // What follows the colon is a command, whose words are quoted like those of any.
            let ours = [": aws ", ": inspector-audit "]
                .iter()
                .find_map(|of| comment.split_once(of))
                .map_or(comment, |it| it.0);
            let is_quiet = |c: char| c.is_ascii_alphanumeric() || " .,:/_@%+-=!".contains(c);
            assert!(ours.chars().all(is_quiet), "{line}");
        }
    }
    assert!(comments > 100 && lines > 1000, "{comments} of {lines}");
}

/// For each instance: no tag before its metadata tags, in the order of the calls.
fn assert_metadata_tags_first(calls: &[Vec<String>], what: &str) -> usize {
    let about = |call: &Vec<String>, option: &str| {
        call.iter().position(|word| word == option).and_then(|at| call.get(at + 1)).cloned()
    };
    let mut enabled: Vec<String> = Vec::new();
    let mut tagged = 0;
    for call in calls {
        match call.get(1).map(String::as_str) {
            Some("modify-instance-metadata-options") => enabled.extend(about(call, "--instance-id")),
            Some("create-tags") => {
                let instance = about(call, "--resources").expect("an instance");
                assert!(enabled.contains(&instance), "{what}: {instance} gets the tag first: {calls:?}");
                tagged += 1;
            }
            _ => {}
        }
    }
    tagged
}

#[test]
fn metadata_tags_come_before_the_tag_wherever_instances_are_excluded() {
    let (mut by_commands, mut by_plans) = (0, 0);
    for target in stories() {
        let target = with(target, |target| {
            if let Section::Complete(instances) = &mut target.ec2.instances {
                for options in instances.iter_mut().filter_map(|one| one.metadata_options.as_mut()) {
                    options.instance_metadata_tags = Some("disabled".into());
                }
            }
        });
        let (findings, script) = printed(&target, &RunContext::default());
        for finding in &findings {
            let text = finding.remediation.commands.join("\n");
            let pasted = paste(&["sh"], &text, "").expect("a shell");
            by_commands += assert_metadata_tags_first(&pasted.calls, finding.rule.as_str());
            // Where the first step fails the second is not made.
            let pasted = paste(&["sh"], &text, "modify-instance-metadata-options").expect("a shell");
            assert!(calls_of(&pasted.calls, "create-tags").is_empty(), "{text}");
        }
        let steps = script.lines().filter_map(|line| line.strip_prefix("  'apply ")?.split_once("') "));
        for (number, _) in
            steps.filter(|(number, _)| script.contains(&format!("about_{number}() {{\n  printf '%s\\n' ")))
        {
            let body = script.replace("${1:-list} ${2:-}", &format!("apply {number}"));
            let pasted = paste(&["sh"], &body, "").expect("a shell");
            by_plans += assert_metadata_tags_first(&pasted.calls, number);
        }
    }
    assert!(by_commands > 5 && by_plans > 5, "{by_commands} {by_plans}");
}

#[test]
fn printed_commands_carry_the_snapshot_the_region_and_the_profile_of_the_run() {
    let target = exposed();
    let of = |run: &RunContext| {
        let (findings, script) = printed(&target, run);
        (commands(&findings).join("\n"), script)
    };
    let snapshot = RunContext {
        source: DataSource::Snapshots(vec!["it's mine.json".into()]),
        options: vec!["--mount-map".into(), "who's.csv".into()],
        profile: None,
    };
    let (text, _) = of(&snapshot);
    assert!(
        text.contains("inspector-audit fix --snapshot 'it'\\''s mine.json' --mount-map 'who'\\''s.csv' --finding "),
        "{text}"
    );
    let live = RunContext {
        source: DataSource::Aws(vec!["--profile=night".into()]),
        profile: Some("night".into()),
        ..RunContext::default()
    };
    let (text, script) = of(&live);
    assert!(text.contains("inspector-audit fix --region ap-northeast-1 --profile=night --finding "), "{text}");
    for line in text.lines().chain(script.lines()).filter(|line| line.contains("aws ") && line.contains("--region ")) {
        assert!(line.contains("--region ap-northeast-1 --profile=night"), "{line}");
    }
    assert!(script.contains("account_is 111122223333 --profile=night"), "{script}");
    let (text, _) = of(&RunContext { source: DataSource::Imagined, ..RunContext::default() });
    assert!(!text.contains("inspector-audit"), "nothing holds that world: {text}");
}

#[test]
fn a_finding_of_low_confidence_names_first_what_verifies_it() {
    let mut seen = 0;
    for target in stories() {
        let (findings, _) = printed(&target, &RunContext::default());
        let low = findings.iter().filter(|one| one.confidence == inspector_audit::rules::Confidence::Low);
        for finding in low.filter(|one| !one.remediation.commands.is_empty()) {
            let first = finding.remediation.commands.iter().find(|command| !command.starts_with('#'));
            assert!(first.is_some_and(|first| first.contains("ssm send-command")), "{}: {first:?}", finding.rule);
            seen += 1;
        }
    }
    assert!(seen > 3, "{seen}");
}
