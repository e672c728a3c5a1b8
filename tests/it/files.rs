//! Files going in and out of the binary without AWS: snapshots, reports, and what is wrong with them.

use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};

fn snapshot() -> Value {
    json!({
        "schema_version": 1,
        "tool": { "name": "inspector-audit", "version": "0.1.0" },
        "taken_at": "2026-11-21T03:04:05Z",
        "targets": [target("111122223333", "ap-northeast-1")],
    })
}

/// A target of which only the way in is known.
fn target(account: &str, region: &str) -> Value {
    json!({
        "account": account,
        "region": region,
        "taken_at": "2026-11-21T03:04:05Z",
        "identity": { "complete": { "arn": format!("arn:aws:iam::{account}:user/auditor"), "partition": "aws" } },
    })
}

fn scan(name: &str, content: impl AsRef<[u8]>) -> Run {
    Audit::new().file(name, content).args("scan --format json --snapshot").arg(name).run()
}

/// Asserts a run that could do nothing, and names the file and what is wrong.
fn refused(run: Run, words: &[&str]) {
    let run = run.expect(2);
    assert_eq!(run.stdout, "");
    for word in words {
        assert!(run.stderr.contains(word), "{word:?} in {}", run.stderr);
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
}

#[test]
fn a_missing_snapshot_is_named() {
    refused(Audit::new().args("scan --snapshot no-such-file.json").run(), &["no-such-file.json"]);
}

#[test]
fn a_directory_is_no_snapshot() {
    refused(Audit::new().file("folder/inside", "").args("scan --snapshot folder").run(), &["folder"]);
}

#[test]
fn a_file_that_is_no_json_is_named_with_the_place() {
    for content in ["", "   \n", "not JSON at all", "<!DOCTYPE html><html></html>", "\u{0}\u{1}", "[]", "42", "null"] {
        refused(scan("broken.json", content), &["broken.json"]);
    }
    refused(scan("binary.json", [0xff, 0xfe, 0x00]), &["binary.json"]);
}

#[test]
fn a_truncated_snapshot_is_refused_wherever_it_ends() {
    let whole = serde_json::to_string_pretty(&snapshot()).expect("JSON");
    for end in [1, 10, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        refused(scan("cut.json", &whole[..end]), &["cut.json"]);
    }
}

#[test]
fn a_snapshot_of_a_newer_format_is_refused_with_the_next_step() {
    let mut newer = snapshot();
    newer["schema_version"] = json!(2);
    newer["targets"] = json!("in a form that nobody knows yet");
    refused(scan("newer.json", newer.to_string()), &["newer.json", "2", "newer"]);
}

#[test]
fn a_snapshot_from_no_real_time_is_refused() {
    let years = ["-262143-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "+262142-12-31T23:59:59Z"];
    for time in years {
        let mut whole = snapshot();
        whole["taken_at"] = json!(time);
        refused(scan("odd.json", whole.to_string()), &["odd.json", "taken_at", "2000-01-01"]);
        let mut part = snapshot();
        part["targets"][0]["taken_at"] = json!(time);
        refused(scan("odd.json", part.to_string()), &["odd.json", "targets[0].taken_at", "2000-01-01"]);
    }
    let mut edge = snapshot();
    for time in ["2000-01-01T00:00:00Z", "2199-12-31T23:59:59Z"] {
        edge["taken_at"] = json!(time);
        edge["targets"][0]["taken_at"] = json!(time);
        assert_ne!(scan("edge.json", edge.to_string()).code(), 2, "{time}");
    }
}

#[test]
fn a_field_of_the_wrong_type_is_refused_with_its_place() {
    let mut wrong = snapshot();
    wrong["targets"][0]["ec2"] = json!({ "instances": { "complete": [{ "id": 7, "state": "running" }] } });
    refused(scan("wrong.json", wrong.to_string()), &["wrong.json", "line 1", "expected a string"]);
}

#[test]
fn duplicate_targets_are_refused_by_name() {
    let mut twice = snapshot();
    let first = twice["targets"][0].clone();
    twice["targets"].as_array_mut().expect("a list").push(first);
    refused(scan("twice.json", twice.to_string()), &["twice.json", "111122223333", "ap-northeast-1"]);
    let run = Audit::new()
        .file("a.json", snapshot().to_string())
        .file("b.json", snapshot().to_string())
        .args("scan --snapshot a.json --snapshot b.json")
        .run();
    refused(run, &["b.json", "111122223333", "ap-northeast-1"]);
}

#[test]
fn several_snapshots_make_one_report() {
    let mut other = snapshot();
    other["targets"][0] = target("444455556666", "us-east-1");
    let run = Audit::new()
        .file("a.json", snapshot().to_string())
        .file("b.json", other.to_string())
        .args("scan --format json --snapshot b.json --snapshot a.json")
        .run()
        .expect(3);
    let report = run.json();
    let targets = json!([
        { "account": "111122223333", "region": "ap-northeast-1" },
        { "account": "444455556666", "region": "us-east-1" },
    ]);
    assert_eq!(report["run"]["targets"], targets);
    assert_eq!(report["complete"], false, "a snapshot without sections decides nothing");
}

#[test]
fn the_same_snapshot_gives_the_same_bytes() {
    let run = || scan("world.json", snapshot().to_string()).expect(3).stdout;
    assert_eq!(run(), run());
}

#[test]
fn unknown_rules_are_named_with_the_known_ones_near_them() {
    for option in ["--rule", "--skip-rule"] {
        let run = Audit::new()
            .file("world.json", snapshot().to_string())
            .args("scan --snapshot world.json")
            .args(option)
            .arg("efs-tier-recal")
            .run();
        refused(run, &["efs-tier-recal", "efs-tier-recall"]);
    }
    refused(Audit::new().args("explain no-such-rule").run(), &["no-such-rule"]);
}

#[test]
fn an_output_that_cannot_be_written_is_named_and_leaves_nothing() {
    let run = Audit::new()
        .file("world.json", snapshot().to_string())
        .args("scan --snapshot world.json --output no-such-folder/report.json")
        .run();
    let code = run.code();
    assert_eq!(code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("no-such-folder"), "{}", run.stderr);
    assert!(!run.path("no-such-folder").exists());
}

#[test]
fn an_output_is_replaced_whole() {
    let run = Audit::new()
        .file("world.json", snapshot().to_string())
        .file("report.json", "an old report that is longer than nothing")
        .args("scan --snapshot world.json --output report.json --output report.csv")
        .run()
        .expect(3);
    assert_eq!(run.json_file("report.json")["schema_version"], 1);
    let left: Vec<_> = std::fs::read_dir(run.path("."))
        .expect("the run's directory")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
        .filter(|name| name.contains("tmp") || name.starts_with(".report"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_closed_pipe_is_a_quiet_success_of_every_command() {
    let quiet = |audit: Audit, status| {
        let run = audit.run_with_closed_stdout().expect(status);
        assert_eq!(run.stderr, "");
    };
    for format in ["table", "json", "jsonl", "csv", "sarif", "junit", "markdown", "html"] {
        let scan = Audit::new().file("world.json", snapshot().to_string());
        quiet(scan.args("scan --snapshot world.json --allow-gaps --format").arg(format), 0);
    }
    for command in ["explain", "explain efs-tier-recall", "iam-policy"] {
        quiet(Audit::new().args(command), 0);
    }
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let with = |options: &str| {
        Audit::new().file("world.json", snapshot().to_string()).args("scan --snapshot world.json").args(options).run()
    };
    for options in ["--region us-east-1", "--all-regions", "--profile x", "--role-arn arn:aws:iam::444455556666:role/a"]
    {
        refused(with(options), &["--snapshot"]);
    }
    refused(Audit::new().args("scan --region us-east-1 --all-regions").run(), &["--all-regions"]);
    refused(Audit::new().args("scan --region us-east-1 --external-id x").run(), &["--role-arn"]);
    for value in ["0", "1e9", "x"] {
        refused(
            Audit::new().args("scan --region us-east-1 --attempt-timeout").arg(value).run(),
            &["--attempt-timeout"],
        );
    }
}
