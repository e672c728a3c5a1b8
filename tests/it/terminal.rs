//! What a terminal is shown, and what not: a pseudo-terminal made by util-linux's `script`.

use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::audit::Audit;

/// A directory with a snapshot of four regions, and its findings: more than twenty.
fn many() -> (TempDir, usize) {
    let text = include_str!("../../fixtures/snapshots/cold-files-scanned.json");
    let mut snapshot: Value = serde_json::from_str(text).expect("JSON");
    let first = snapshot["targets"][0].clone();
    for region in ["us-east-1", "us-east-2", "eu-west-1"] {
        let mut target = first.clone();
        target["region"] = region.into();
        snapshot["targets"].as_array_mut().expect("a list").push(target);
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("many.json"), snapshot.to_string()).expect("a file");
    let run = Audit::new().within(folder.path()).args("scan --snapshot many.json --format json").run().expect(1);
    let found = run.json()["findings"].as_array().map_or(0, Vec::len);
    assert!(found > 20, "{found}");
    (folder, found)
}

/// What is printed on a terminal; nothing where there is no `script` to make one.
fn on_a_terminal(folder: &TempDir, variables: &[(&str, &str)], options: &str) -> Option<String> {
    let command = format!("{} scan --snapshot many.json {options}", env!("CARGO_BIN_EXE_inspector-audit"));
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    script.env_remove("NO_COLOR").env_remove("COLUMNS").env("TERM", "xterm").envs(variables.iter().copied());
    let output = script.current_dir(folder.path()).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.contains("at risk").then_some(text)
}

#[test]
fn a_terminal_is_shown_the_worst_twenty_in_color_and_a_pipe_everything() {
    let (folder, found) = many();
    let piped = Audit::new().within(folder.path()).args("scan --snapshot many.json --output all.txt").run().expect(1);
    let written = std::fs::read_to_string(folder.path().join("all.txt")).expect("a report");
    for text in [&piped.stdout, &written] {
        assert!(!text.contains("Not shown") && !text.contains('\u{1b}'), "{text}");
    }
    let Some(shown) = on_a_terminal(&folder, &[], "") else { return };
    assert!(shown.contains(&format!("{} findings of lower rank", found - 20)), "{shown}");
    assert!(shown.contains("\u{1b}["), "{shown}");
    let all = on_a_terminal(&folder, &[], "--top 1000").expect("a terminal");
    assert!(!all.contains("of lower rank"), "{all}");
    for variables in [&[("TERM", "dumb")][..], &[("NO_COLOR", "1")]] {
        let plain = on_a_terminal(&folder, variables, "").expect("a terminal");
        assert!(!plain.contains('\u{1b}'), "{variables:?}: {plain}");
        let asked = on_a_terminal(&folder, variables, "--color always").expect("a terminal");
        assert!(asked.contains("\u{1b}["), "{variables:?}: {asked}");
    }
    // A group's heading counts what is not shown of it too.
    let grouped = on_a_terminal(&folder, &[("NO_COLOR", "1")], "--group-by account --top 3").expect("a terminal");
    assert!(grouped.contains(&format!("{found} findings, a month: ")), "{grouped}");
}
