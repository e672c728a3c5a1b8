//! Completions, manual pages, the rules' pages, and how findings are cut and grouped.

use std::process::Command;

use inspector_audit::rules::RULES;
use unicode_width::UnicodeWidthStr as _;

use crate::support::audit::Audit;

const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "elvish"];

fn printed(args: &str) -> String {
    let run = Audit::new().args(args).run().expect(0);
    assert_eq!(run.stderr, "");
    run.stdout
}

#[test]
fn every_shell_has_completions_for_every_command() {
    for shell in SHELLS {
        let script = printed(&format!("completions {shell}"));
        for word in ["scan", "terraform", "diff", "completions", "--baseline", "--group-by"] {
            let word = if shell == "fish" { word.trim_start_matches('-') } else { word };
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
    }
    Audit::new().args("completions tcsh").run().expect(2);
}

#[test]
fn completions_offer_rules_formats_and_values_and_help_lists_those_that_are_few() {
    for shell in ["bash", "zsh", "fish"] {
        let script = printed(&format!("completions {shell}"));
        for value in ["sarif", "severity", "deactivate-deep-inspection", "critical"] {
            assert!(script.contains(value), "{shell} does not complete {value}");
        }
        // The generator for fish leaves out what is no option.
        assert!(shell == "fish" || script.contains("ecr-coupling"), "{shell}");
        for rule in RULES.iter() {
            assert!(script.contains(rule.id), "{shell} does not complete {}", rule.id);
        }
    }
    let help = printed("scan --help");
    for value in ["- junit:", "[possible values: account, ou, region, rule, severity, resource]"] {
        assert!(help.contains(value), "{value} in {help}");
    }
    assert!(RULES.iter().all(|rule| !help.contains(rule.id)), "`explain` lists the rules: {help}");
}

#[test]
fn shells_can_read_their_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let Ok(probe) = Command::new(shell).arg("-c").arg("true").output() else { continue };
        assert!(probe.status.success());
        let folder = tempfile::tempdir().expect("a temporary directory");
        let script = folder.path().join("script");
        std::fs::write(&script, printed(&format!("completions {shell}"))).expect("a file");
        let output = Command::new(shell).arg("-n").arg(&script).output().expect("the shell runs");
        assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn there_is_a_manual_page_for_the_program_and_each_command() {
    let page = printed("man");
    assert!(page.contains(".TH inspector-audit 1") && page.contains("Exit status"), "{page}");
    for command in ["scan", "what-if", "collect", "explain", "terraform", "iam-policy", "diff", "completions", "man"] {
        let page = printed(&format!("man {command}"));
        assert!(page.contains(&format!(".TH inspector-audit-{command} 1")), "{command}: {page}");
    }
    let run = Audit::new().args("man sacn").run().expect(2);
    assert!(run.stderr.contains("did you mean `scan`?"), "{}", run.stderr);
}

#[test]
fn the_manual_page_renders() {
    let Ok(probe) = Command::new("groff").arg("--version").output() else { return };
    assert!(probe.status.success());
    let folder = tempfile::tempdir().expect("a temporary directory");
    let page = folder.path().join("page.1");
    std::fs::write(&page, printed("man scan")).expect("a file");
    let output = Command::new("groff").args(["-man", "-Tascii", "-ww"]).arg(&page).output().expect("groff runs");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("snapshot"));
}

#[test]
fn a_piped_page_is_plain_and_wrapped() {
    for rule in RULES.iter() {
        let page = printed(&format!("explain {}", rule.id));
        assert!(page.lines().all(|line| line.width() <= 80), "{page}");
        assert!(page.contains("# What it finds\n\n") && !page.contains('\u{1b}'), "{page}");
    }
    assert!(printed("--color always explain efs-tier-recall").contains("\u{1b}[1m# What it finds\u{1b}[0m"));
}

/// Two findings of the shipped snapshot.
const TWO: &str = "--rule efs-tier-recall --rule exclusion-tag-ineffective";

fn scan(options: &str) -> String {
    let snapshot = include_str!("../../fixtures/snapshots/cold-files-scanned.json");
    let audit = Audit::new().file("s.json", snapshot).args(&format!("scan --fail-on never {TWO} --snapshot s.json"));
    audit.args(options).run().expect(0).stdout
}

#[test]
fn the_top_is_printed_and_all_is_counted() {
    let table = scan("--top 1");
    assert!(table.contains("1 finding of lower rank") && table.contains("2 findings: 2 high"), "{table}");
    assert!(!table.contains("i-0a22222222222222b “web-2”"), "{table}");
    assert!(scan("--top 1 --format markdown").contains("…and 1 finding of lower rank."));
    assert!(scan("--top 0").contains("2 findings of lower rank"));
}

#[test]
fn findings_are_printed_in_groups() {
    for (by, heading) in [
        ("account", "account 111122223333  2 findings, a month: up to $3,408 at risk"),
        ("region", "region ap-northeast-1  2 findings, a month: up to $3,408 at risk"),
        ("rule", "rule efs-tier-recall  1 finding, a month: up to $3,408 at risk"),
        ("severity", "severity high  2 findings"),
        ("resource", "resource fs-0123456789abcdef0 (111122223333 ap-northeast-1)  1 finding"),
    ] {
        let table = scan(&format!("--group-by {by}"));
        assert!(table.contains(heading), "{heading}: {table}");
    }
    let run = Audit::new().args("scan --group-by colour --snapshot s.json").run().expect(2);
    assert!(run.stderr.contains("account, ou, region, rule"), "{}", run.stderr);
}

#[test]
fn a_file_is_cut_and_grouped_as_the_terminal_is() {
    let snapshot = include_str!("../../fixtures/snapshots/cold-files-scanned.json");
    let run = Audit::new()
        .file("s.json", snapshot)
        .args(&format!("scan --fail-on never {TWO} --snapshot s.json --top 1 --group-by rule"))
        .args("--output r.txt --output r.json")
        .run()
        .expect(0);
    let table = std::fs::read_to_string(run.path("r.txt")).expect("the table");
    assert!(table.contains("rule efs-tier-recall") && table.contains("of lower rank"), "{table}");
    assert_eq!(run.json_file("r.json")["findings"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_mount_table_of_another_day_is_told_and_one_of_the_same_is_not() {
    let snapshot = format!("{}/fixtures/snapshots/cold-files-scanned.json", env!("CARGO_MANIFEST_DIR"));
    for (saved_at, told) in [("202611210400", false), ("202611250400", true), ("202611100400", true)] {
        let audit = Audit::new().file("mounts.txt", "/dev/nvme0n1p1 / xfs rw 0 0\n");
        let file = audit.home.path().join("mounts.txt");
        let touched = Command::new("touch").env("TZ", "UTC").args(["-t", saved_at]).arg(file).status();
        assert!(touched.expect("touch runs").success());
        let run = audit
            .args(
                "scan --no-config --fail-on never --allow-gaps --mount-table i-0b11111111111111d=mounts.txt --snapshot",
            )
            .arg(&snapshot)
            .run()
            .expect(0);
        let warned =
            run.stderr.contains("the mount table of i-0b11111111111111d was saved") && run.stderr.contains("hours");
        assert_eq!(warned, told, "{saved_at}: {}", run.stderr);
    }
}
