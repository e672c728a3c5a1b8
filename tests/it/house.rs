//! The house itself: `rules` is pure, the list of rules is in order, every rule explains itself and fires somewhere.

use std::fs;
use std::path::{Path, PathBuf};

use inspector_audit::rules::{EXPLAIN_HEADINGS, RULES};

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

/// What of `forbidden` the code of some folders says, outside comments.
fn offences(folders: &[&str], forbidden: &[&str]) -> Vec<String> {
    let mut offences = Vec::new();
    for path in folders.iter().flat_map(|folder| sources(folder)) {
        let text = fs::read_to_string(&path).expect("a source");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            offences.extend(
                forbidden
                    .iter()
                    .filter(|word| code.contains(**word))
                    .map(|word| format!("{}:{}: {word}", path.display(), number + 1)),
            );
        }
    }
    offences
}

#[test]
fn judgement_is_pure() {
    let found = offences(
        &["src/rules", "src/model", "src/price", "src/mounts"],
        &[
            "aws_sdk",
            "aws_config",
            "aws_smithy",
            "tokio",
            "async ",
            ".await",
            "std::fs",
            "std::env",
            "std::net::Tcp",
            "std::process",
            "std::time",
            "SystemTime",
            "Instant::now",
            "Utc::now",
            "Local::now",
            "crate::collect",
            "crate::app",
            "crate::cli",
            "crate::render",
            "crate::report",
            "println!",
            "f64",
            "f32",
        ],
    );
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn renderers_read_no_file_no_clock_and_no_terminal() {
    let found = offences(&["src/render"], &["std::fs", "std::env", "Utc::now", "SystemTime", "aws_", "crate::collect"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn only_main_ends_the_process() {
    let exits: Vec<String> =
        offences(&["src"], &["process::exit"]).into_iter().filter(|offence| !offence.contains("main.rs")).collect();
    assert!(exits.is_empty(), "{exits:#?}");
}

#[test]
fn rules_are_sorted_unique_and_explain_themselves() {
    let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted);
    for rule in RULES.iter() {
        assert!(
            rule.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{}",
            rule.id
        );
        let headings: Vec<&str> = rule.explain.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        assert_eq!(headings, EXPLAIN_HEADINGS, "{}", rule.id);
    }
}

#[test]
fn no_source_is_longer_than_one_sitting() {
    for path in sources("src") {
        let lines = fs::read_to_string(&path).expect("a source").lines().count();
        assert!(lines <= 500, "{} has {lines} lines", path.display());
    }
}
