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
fn a_directory_without_a_snapshot_is_named() {
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
fn a_target_that_is_there_twice_is_judged_once_and_said() {
    let mut twice = snapshot();
    let first = twice["targets"][0].clone();
    twice["targets"].as_array_mut().expect("a list").push(first);
    let run = scan("twice.json", twice.to_string()).expect(3);
    assert!(run.stderr.contains("111122223333/ap-northeast-1 is in the snapshots more than once"), "{}", run.stderr);
    assert_eq!(run.json()["run"]["targets"].as_array().map(Vec::len), Some(1));
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
fn an_output_never_replaces_what_the_run_reads() {
    let prepared = || {
        Audit::new()
            .file("snap.json", snapshot().to_string())
            .file("map.json", "[]")
            .file("prices.json", "{}")
            .file("conf.json", "")
            .file("sub/inside", "")
    };
    for (options, what) in [
        ("--output snap.json", "snapshot"),
        ("--output ./snap.json", "snapshot"),
        ("--output sub/../snap.json", "snapshot"),
        ("--mount-map map.json --output map.json", "mount map"),
        ("--mount-table i-0123456789abcdef0=map.json --output ./map.json", "mount table"),
        ("--prices prices.json --output prices.json", "price file"),
        ("--config conf.json --output conf.json", "configuration"),
    ] {
        let run = prepared().args("scan --snapshot snap.json").args(options).run().expect(2);
        assert!(run.stderr.contains(what) && run.stderr.contains("another file"), "{options}: {}", run.stderr);
        assert_eq!(run.json_file("snap.json"), snapshot(), "{options}");
        assert_eq!(run.json_file("map.json"), json!([]), "{options}");
    }
    let twice = prepared().args("scan --snapshot snap.json --output a.json --output ./a.json").run();
    refused(twice, &["a.json", "twice"]);
    let mine = prepared().args("what-if --inspector-ec2 on --snapshot snap.json --output snap.json").run();
    refused(mine, &["snap.json"]);
    let run = prepared().args("terraform sub --snapshot snap.json --output snap.json").run().expect(2);
    assert!(run.stderr.contains("replace the snapshot"), "{}", run.stderr);
    // To replace the baseline is how it is kept up to date.
    let old = scan("world.json", snapshot().to_string()).stdout;
    let rolled = prepared().file("old.json", old).args("scan --snapshot snap.json --baseline old.json");
    let run = rolled.args("--output old.json").run().expect(3);
    assert!(run.json_file("old.json")["run"]["baseline"].is_object());
}

#[test]
fn a_report_is_not_taken_for_a_snapshot() {
    let report = scan("world.json", snapshot().to_string()).stdout;
    let run = scan("report.json", &report).expect(2);
    assert!(run.stderr.contains("report.json is a report, not a snapshot"), "{}", run.stderr);
    for content in ["{}", report.as_str()] {
        let run = scan("mine.json", content).expect(2);
        assert!(run.stderr.contains("collect --output snapshot.json"), "{}", run.stderr);
        assert!(!run.stderr.contains("--output mine.json"), "{}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn an_output_follows_its_link_and_leaves_pipes_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("real.json"), "old").expect("a file");
    for (link, to) in [("link.json", "real.json"), ("dangling.json", "later.json"), ("round.json", "round.json")] {
        std::os::unix::fs::symlink(to, at(link)).expect("a link");
    }
    let status = std::process::Command::new("mkfifo").arg(at("pipe.json")).status();
    assert!(status.is_ok_and(|status| status.success()), "mkfifo");
    let scan = |name: &str| {
        let audit = Audit::new().file("s.json", snapshot().to_string()).args("scan --snapshot s.json --output");
        audit.arg(at(name)).run()
    };
    let kind = |name: &str| std::fs::symlink_metadata(at(name)).expect("it is there").file_type();
    for (link, to) in [("link.json", "real.json"), ("dangling.json", "later.json")] {
        scan(link).expect(3);
        assert!(kind(link).is_symlink() && kind(to).is_file(), "{link}");
        let written = std::fs::read_to_string(at(to)).expect("a report");
        assert!(written.contains("schema_version"), "{written}");
    }
    let run = scan("pipe.json").expect(2);
    assert!(run.stderr.contains("no regular file"), "{}", run.stderr);
    assert!(!kind("pipe.json").is_file());
    let run = scan("round.json").expect(2);
    assert!(run.stderr.contains("round in a circle"), "{}", run.stderr);
    // A link to what is read is what is read.
    std::fs::write(at("snap.json"), snapshot().to_string()).expect("a file");
    std::os::unix::fs::symlink("snap.json", at("hidden.json")).expect("a link");
    let over = Audit::new().args("scan --snapshot").arg(at("snap.json")).arg("--output").arg(at("hidden.json")).run();
    refused(over, &["hidden.json", "snapshot"]);
}

#[test]
fn a_closed_pipe_is_a_quiet_success_of_every_command() {
    let quiet = |audit: Audit, status| {
        let run = audit.run_with_closed_stdout().expect(status);
        assert_eq!(run.stderr, "");
    };
    for format in inspector_audit::render::Format::ALL.iter().map(|format| format.as_str()) {
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

#[test]
fn of_many_warnings_twenty_are_told_and_the_others_counted() {
    let broken = "[\n".to_owned() + &"  {\"instance\": \"x\"},\n".repeat(999);
    let good = "  {\"instance\": \"i-0123456789abcdef0\", \"file_system\": \"none\"}\n]";
    let scan = |map: String| {
        let audit = Audit::new().file("snap.json", snapshot().to_string()).file("map.json", map);
        audit.args("scan --snapshot snap.json --mount-map map.json --fail-on never --allow-gaps").run()
    };
    let run = scan(broken.clone() + good).expect(0);
    let warnings: Vec<&str> = run.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
    assert_eq!(warnings.len(), 21, "{}", run.stderr);
    assert_eq!(warnings.last(), Some(&"warning: and 979 more like these"));
    let none = scan(broken.trim_end().trim_end_matches(',').to_owned() + "\n]").expect(2);
    assert!(none.stderr.contains("and 998 more like it") && none.stderr.len() < 2_000, "{}", none.stderr);
}
