//! The GitHub Action: its scripts run here as a runner would run them.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest as _, Sha256};

const ACTION: &str = include_str!("../../.github/actions/scan/action.yml");
const BINARY: &str = env!("CARGO_BIN_EXE_inspector-audit");

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a script of the action in its own folder, and gives back what it left in the files of the runner.
fn run(script: &str, folder: &Path, inputs: &[(&str, &str)]) -> (Output, String, String) {
    let (outputs, summary) = (folder.join("outputs"), folder.join("summary"));
    let output = Command::new("bash")
        .arg(repository().join(".github/actions/scan").join(script))
        .current_dir(folder)
        .env("GITHUB_OUTPUT", &outputs)
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("RUNNER_TEMP", folder)
        .envs(inputs.iter().copied())
        .output()
        .expect("bash runs");
    let read = |path: PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    (output, read(outputs), read(summary))
}

fn snapshot(name: &str) -> String {
    repository().join("fixtures/snapshots").join(name).display().to_string()
}

#[test]
fn the_action_writes_every_report_and_keeps_the_status_for_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let snapshots = snapshot("cold-files-scanned.json");
    let inputs = [
        ("INPUT_BINARY", BINARY),
        ("INPUT_SNAPSHOTS", snapshots.as_str()),
        ("INPUT_ARGUMENTS", "--rule\nefs-tier-recall"),
        ("INPUT_OUTPUT", "reports of mine"),
    ];
    let (output, outputs, summary) = run("scan.sh", folder.path(), &inputs);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(outputs.starts_with("status=1\n"), "{outputs}");
    for (name, extension) in [("sarif", "sarif"), ("markdown", "md"), ("json", "json"), ("html", "html")] {
        let path = format!("reports of mine/inspector-audit.{extension}");
        assert!(outputs.contains(&format!("{name}={path}\n")), "{outputs}");
        assert!(folder.path().join(path).is_file());
    }
    assert!(summary.contains("efs-tier-recall") && !summary.contains("ecr-filter-substring"), "{summary}");
}

#[test]
fn the_action_says_why_there_is_no_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let inputs = [
        ("INPUT_BINARY", BINARY),
        ("INPUT_SNAPSHOTS", "$(touch\u{20}ran) * ;touch\u{20}ran"),
        ("INPUT_FAIL_ON", "high"),
    ];
    let (output, outputs, summary) = run("scan.sh", folder.path(), &inputs);
    assert!(output.status.success());
    assert_eq!((outputs.as_str(), summary.as_str()), ("status=2\n", ""));
    assert!(!folder.path().join("ran").exists());
}

/// A release as `gh release download` would leave it, and a `gh` that does so.
fn release(folder: &Path, checksum_of: &[u8]) -> String {
    let (bin, assets) = (folder.join("bin"), folder.join("assets"));
    let name = "inspector-audit-v9.9.9-x86_64-unknown-linux-musl";
    std::fs::create_dir_all(assets.join(name)).expect("a folder");
    std::fs::create_dir_all(&bin).expect("a folder");
    std::fs::write(assets.join(name).join("inspector-audit"), "#!/bin/sh\n").expect("written");
    let archive = format!("{name}.tar.gz");
    let packed = Command::new("tar").current_dir(&assets).args(["czf", &archive, name]).status().expect("tar runs");
    assert!(packed.success());
    let mut content = std::fs::read(assets.join(&archive)).expect("the archive");
    content.extend_from_slice(checksum_of);
    let sum = Sha256::digest(&content).iter().fold(String::new(), |sum, byte| format!("{sum}{byte:02x}"));
    std::fs::write(assets.join(format!("{archive}.sha256")), format!("{sum}  {archive}\n")).expect("written");
    let gh = bin.join("gh");
    std::fs::write(
        &gh,
        "#!/bin/sh\ncase \"$1 $2\" in\n'release view') echo v9.9.9 ;;\n'release download') cp \"$ASSETS\"/*.tar.gz* . ;;\n\
         'attestation verify') [ \"$PROVENANCE\" = good ] ;;\nesac\n",
    )
    .expect("written");
    let made = Command::new("chmod").arg("+x").arg(&gh).status().expect("chmod runs");
    assert!(made.success());
    format!("{}:{}", bin.display(), std::env::var("PATH").expect("a path"))
}

#[test]
fn a_release_is_installed_only_with_the_right_checksum_and_provenance() {
    for (spoiled, provenance, installed) in [(false, "good", true), (true, "good", false), (false, "bad", false)] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = release(folder.path(), if spoiled { b"more" } else { b"" });
        let assets = folder.path().join("assets").display().to_string();
        let inputs = [
            ("PATH", path.as_str()),
            ("ASSETS", &assets),
            ("PROVENANCE", provenance),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
            ("INPUT_VERSION", "latest"),
            ("INPUT_REPOSITORY", "owner/repository"),
        ];
        let (output, outputs, _) = run("install.sh", folder.path(), &inputs);
        assert_eq!(output.status.success(), installed, "{}", String::from_utf8_lossy(&output.stderr));
        let binary = outputs.trim_end().strip_prefix("binary=").map(PathBuf::from);
        assert_eq!(binary.is_some_and(|binary| binary.is_file()), installed, "{outputs}");
    }
}

#[test]
fn names_of_release_files_agree() {
    let release = include_str!("../../.github/workflows/release.yml");
    let install = include_str!("../../.github/actions/scan/install.sh");
    for target in install.split("target=").skip(1).filter_map(|rest| rest.split_whitespace().next()) {
        assert!(release.contains(&format!("target: {target}")), "{target} is not built");
    }
    assert!(release.contains("name=\"inspector-audit-$GITHUB_REF_NAME-$TARGET\""));
    assert!(install.contains("name=inspector-audit-$tag-$target"));
    assert!(include_str!("../../Cargo.toml").contains("{ name }-v{ version }-{ target }.tar.gz"));
}

#[test]
fn the_page_and_the_scripts_know_every_input() {
    let page = include_str!("../../.github/actions/scan/README.md");
    let example = include_str!("../../.github/actions/scan/example.yml");
    let inputs = ACTION.split_once("inputs:\n").and_then(|(_, rest)| rest.split_once("outputs:\n")).expect("inputs").0;
    let names: Vec<&str> = inputs
        .lines()
        .filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')))
        .filter_map(|line| line.strip_suffix(':'))
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for name in &names {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
        assert!(ACTION.contains(&format!("inputs.{name}")), "{name} does nothing");
    }
    let with = example.split_once("with:\n").expect("inputs").1;
    for name in with.lines().filter_map(|line| line.trim_start().split_once(':')).map(|(name, _)| name) {
        assert!(names.contains(&name), "{name}");
    }
}
