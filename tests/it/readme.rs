//! The README keeps its word: samples are what the program prints, one-liners work, the status table is the help's.

use std::process::Command;

const README: &str = include_str!("../../README.md");

/// What the binary prints in the repository's own folder, with nothing of the caller's environment but the path.
fn printed(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_inspector-audit"))
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .output()
        .expect("the binary runs");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_samples_are_what_the_program_prints() {
    let mut fresh = README.to_owned();
    let mut samples = 0;
    for line in README.lines() {
        let Some(command) =
            line.strip_prefix("<!-- sample: inspector-audit ").and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        samples += 1;
        let args: Vec<&str> = command.split(' ').collect();
        let expected = printed(&args);
        let after = &fresh[fresh.find(line).expect("the marker") + line.len()..];
        let begin = after.find('\n').and_then(|first| after[first + 1..].find('\n').map(|second| first + second + 2));
        let begin = begin.expect("a fence");
        let end = begin + after[begin..].find("```").expect("the end of the sample");
        let (begin, end) = (fresh.len() - after.len() + begin, fresh.len() - after.len() + end);
        fresh.replace_range(begin..end, &format!("{}\n", expected.trim_end()));
    }
    assert_eq!(samples, 5, "samples in the README");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"), &fresh).expect("written");
    } else {
        assert!(fresh == README, "a sample in README.md is out of date: UPDATE_GOLDEN=1 cargo test, and look");
    }
}

#[test]
fn the_one_liners_say_something_true() {
    let report: serde_json::Value = serde_json::from_str(&printed(&[
        "scan",
        "--snapshot",
        "fixtures/snapshots/cold-files-scanned.json",
        "--format",
        "json",
    ]))
    .expect("JSON");
    for path in ["/findings/0/severity", "/findings/0/resource/id", "/summary/monthly_usd/at_risk"] {
        assert!(report.pointer(path).is_some_and(|value| !value.is_null()), "{path}");
    }
    for key in [".summary.monthly_usd", ".gaps[]", ".findings[]"] {
        assert!(README.contains(key), "{key}");
    }
}

#[test]
fn jq_understands_the_one_liners() {
    let Ok(probe) = Command::new("jq").arg("--version").output() else { return };
    assert!(probe.status.success());
    let binary = env!("CARGO_BIN_EXE_inspector-audit");
    let mut tried = 0;
    for block in README.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        for command in block
            .split("inspector-audit scan")
            .skip(1)
            .filter(|command| command.contains("| jq") || command.contains("|\n  jq"))
        {
            let script = format!("'{binary}' scan{command}");
            let output = Command::new("sh")
                .args(["-c", &script])
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .output()
                .expect("a shell");
            assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
            assert!(!output.stdout.is_empty(), "{script}");
            tried += 1;
        }
    }
    assert_eq!(tried, 3, "one-liners in the README");
}

#[test]
fn the_table_is_short() {
    let lines = |name: &str, columns: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_inspector-audit"))
            .args(["scan", "--no-config", "--snapshot", &format!("fixtures/snapshots/{name}.json")])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_clear()
            .env("COLUMNS", columns)
            .output()
            .expect("the binary runs");
        String::from_utf8(output.stdout).expect("text").lines().count()
    };
    assert!(lines("cold-files-scanned", "80") <= 32);
    assert!(lines("mounts-of-every-kind", "120") <= 40);
}
