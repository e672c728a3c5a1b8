//! The README and the pages under `.github/docs` keep their word: samples are what the program prints, one-liners work,
//! links lead somewhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use inspector_audit::render::Format;

const README: &str = include_str!("../../README.md");
const REPORTS: &str = include_str!("../../.github/docs/reports.md");

/// The README and every page.
fn pages() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join(".github/docs")).expect("the pages");
    let paths = docs.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
    paths.push(root.join("README.md"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(&path).expect("a page"))).collect()
}

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

/// The page with every sample made anew, and how many it has.
fn with_fresh_samples(page: &str) -> (String, usize) {
    let mut fresh = page.to_owned();
    let mut samples = 0;
    for line in page.lines() {
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
    (fresh, samples)
}

#[test]
fn the_samples_are_what_the_program_prints() {
    let mut samples = 0;
    for (path, page) in pages() {
        let (fresh, count) = with_fresh_samples(&page);
        samples += count;
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &fresh).expect("written");
        } else {
            let name = path.display();
            assert!(fresh == page, "a sample in {name} is out of date: UPDATE_GOLDEN=1 cargo test, and look");
        }
    }
    assert_eq!(samples, 6, "samples in the README and its pages");
}

#[test]
fn every_page_begins_with_a_command_and_every_link_leads_somewhere() {
    for (path, page) in pages() {
        let name = path.display();
        let folder = path.parent().expect("a folder");
        if !path.ends_with("README.md") {
            let first = page.split("```sh\n").nth(1).unwrap_or_else(|| panic!("{name} has no command"));
            assert!(first.starts_with("inspector-audit "), "{name}: {first}");
        }
        for link in page.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(link.starts_with("https://") || folder.join(link).exists(), "{name} links {link}");
        }
    }
}

/// The page lists them by hand, in the order of the table.
#[test]
fn the_page_on_reports_names_every_format_and_its_extension() {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
    let said = format!("is one of {};", names.join(", "));
    assert!(REPORTS.contains(&said), ".github/docs/reports.md does not say: {said}");
    for format in Format::ALL {
        let extension = format!("`.{}`", format.extension());
        assert!(REPORTS.contains(&extension), ".github/docs/reports.md does not name {extension} of {format}");
    }
}

#[test]
fn the_readme_is_read_in_one_sitting() {
    let lines = README.lines().count();
    assert!(lines <= 140, "README.md has {lines} lines: what is reference belongs to .github/docs");
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
        assert!(REPORTS.contains(key), "{key}");
    }
}

#[test]
fn jq_understands_the_one_liners() {
    let Ok(probe) = Command::new("jq").arg("--version").output() else { return };
    assert!(probe.status.success());
    let binary = env!("CARGO_BIN_EXE_inspector-audit");
    let mut tried = 0;
    for block in REPORTS.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()) {
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
    assert_eq!(tried, 7, "one-liners in the page about reports");
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
