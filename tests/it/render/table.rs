//! The table on the terminal.

use inspector_audit::render::{Format, GroupBy, Style};
use unicode_width::UnicodeWidthStr as _;

use super::{bytes, columns, text};
use crate::support::golden;
use crate::support::sample_report::{compared, empty, many, sample};

#[test]
fn the_table_is_as_it_was() {
    golden::check("report.80.txt", &bytes(Format::Table, &sample(), &columns(80)));
    golden::check("report.60.txt", &bytes(Format::Table, &sample(), &columns(60)));
    let colored = Style { color: true, top: Some(3), ..columns(140) };
    golden::check("report.140-color.txt", &bytes(Format::Table, &sample(), &colored));
    let grouped = Style { group_by: Some(GroupBy::Account), ..columns(140) };
    golden::check("report.by-account.txt", &bytes(Format::Table, &sample(), &grouped));
    golden::check("report.compared.txt", &bytes(Format::Table, &compared(), &columns(80)));
    golden::check("empty.txt", &bytes(Format::Table, &empty(), &Style::default()));
}

#[test]
fn no_line_of_the_table_is_wider_than_the_terminal() {
    for width in [40, 60, 72, 80, 120, 131, 132, 140, 200] {
        for group_by in [None, Some(GroupBy::Resource)] {
            let style = Style { group_by, ..columns(width) };
            for line in text(Format::Table, &sample(), &style).lines() {
                // A command is one line, to be copied.
                let command = line.contains("inspector-audit ");
                assert!(command || line.width() <= width, "{} > {width}: {line}", line.width());
            }
        }
    }
}

#[test]
fn advice_and_rules_keep_their_words_whole() {
    let mut report = compared();
    report.findings.truncate(1);
    let advice = "Exclude instances wherever deep inspection reads archived directories, repeatedly and expensively";
    report.findings[0].remediation.summary = [advice; 8].join(", ");
    let words: Vec<&str> = advice.split(' ').collect();
    for width in [60, 80, 109, 110, 140, 200] {
        let table = text(Format::Table, &report, &columns(width));
        let cut: Vec<_> = table.split_whitespace().filter_map(|word| word.strip_suffix('…')).collect();
        assert!(!cut.is_empty(), "{width}: {table}");
        assert!(cut.iter().all(|word| words.contains(word)), "{width}: {cut:?}");
        let what_if = table.split(" · ").next().expect("the comparison");
        let what_if = what_if.split_whitespace().collect::<Vec<_>>().join(" ");
        for finding in report.what_if.iter().flat_map(|what_if| &what_if.findings) {
            assert!(what_if.contains(&finding.rule), "{width}: {}\n{what_if}", finding.rule);
        }
        assert!(what_if.contains("registry 444455556666 us-east-1"), "{width}: {what_if}");
    }
    let markdown = text(Format::Markdown, &report, &Style::default());
    let cut: Vec<_> = markdown.split_whitespace().filter_map(|word| word.strip_suffix('…')).collect();
    assert!(cut.iter().any(|word| words.contains(word)), "{markdown}");
}

#[test]
fn colour_adds_escapes_and_nothing_else() {
    let plain = text(Format::Table, &sample(), &columns(100));
    let colored = text(Format::Table, &sample(), &Style { color: true, ..columns(100) });
    assert!(colored.contains("\u{1b}[1;31mCRITICAL\u{1b}[0m"));
    let mut stripped = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        stripped.push_str(before);
        rest = after.split_once('m').expect("an SGR sequence ends in m").1;
    }
    stripped.push_str(rest);
    assert_eq!(stripped, plain);
}

#[test]
fn top_hides_findings_but_counts_them() {
    let all = text(Format::Table, &sample(), &Style::default());
    let top = text(Format::Table, &sample(), &Style { top: Some(2), ..Style::default() });
    assert!(all.contains("ecr-scan-rules-overlap\n") || all.contains("ecr-scan-rules-overlap "));
    assert!(top.contains("6 findings of lower rank"));
    let total = |text: &str| text.lines().find(|line| line.starts_with("8 findings: ")).map(str::to_owned);
    assert!(total(&all).is_some());
    assert_eq!(total(&all), total(&top));
}

#[test]
fn groups_count_what_is_not_shown() {
    let grouped = |top| {
        let style = Style { group_by: Some(GroupBy::Account), top, ..Style::default() };
        let table = text(Format::Table, &sample(), &style);
        table.lines().filter(|line| line.starts_with("account ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(grouped(Some(1)), grouped(None));
    assert_eq!(grouped(None).len(), 2);
}

#[test]
fn findings_of_one_rule_with_the_same_step_share_it() {
    let table = text(Format::Table, &many(12), &columns(120));
    assert_eq!(table.lines().filter(|line| line.trim_start().starts_with('→')).count(), 1, "{table}");
    assert_eq!(table.lines().filter(|line| line.starts_with("  fs-")).count(), 12, "{table}");
}

#[test]
fn low_confidence_says_verify_first() {
    for width in [80, 140] {
        assert!(text(Format::Table, &sample(), &columns(width)).to_lowercase().contains("verify first"));
    }
}

#[test]
fn an_empty_account_says_what_was_checked() {
    let table = text(Format::Table, &empty(), &Style { verbose: true, ..Style::default() });
    assert!(table.contains("1 instance, 1 file system, 0 repositories"));
    assert!(table.contains("efs-tier-recall"));
    assert!(!table.contains("what-if"));
    let last = text(Format::Table, &sample(), &Style::default());
    let regions = "--region ap-northeast-1 --region us-east-1";
    assert!(last.trim_end().ends_with(&format!("inspector-audit what-if {regions} --inspector-ec2 on")));
}

/// An unproven finding says what is not proven, and the command to prove it comes before the one that pays for a change.
#[test]
fn what_is_unproven_says_what_and_how_to_prove_it_first() {
    let scan = |options: &str| {
        let audit = crate::support::audit::Audit::new();
        audit.file("s.json", include_str!("../../../fixtures/snapshots/cold-files-scanned.json")).args(options).run()
    };
    let table = scan("scan --snapshot s.json").expect(1).stdout;
    assert!(table.contains("Not proven: no mount or read of them was seen."), "{table}");
    assert!(table.contains("no mount seen; the network lets web-1, web-2 in: verify first."), "{table}");
    let (prove, fix) = (table.find("Verify  ").expect("a way"), table.find("Fix it ").expect("a plan"));
    assert!(prove < fix, "{table}");
    let command = table[prove..].lines().next().expect("a line").trim_start_matches("Verify").trim();
    // Nothing runs on the instances before the plan was read.
    let (command, look) = command.split_once(" > plan.sh && ").expect("a command and what follows it");
    // No comment: where lines are pasted, zsh runs it.
    assert_eq!(look, "less plan.sh && sh plan.sh look 1");
    let script = scan(command.trim_start_matches("inspector-audit ")).expect(0).stdout;
    let body = script.split("look_1() {").nth(1).and_then(|rest| rest.split("\n}").next()).expect("the step");
    for part in [
        // The address of the mount target.
        "grep -F -w -e fs-0fedcba9876543210 -e 10.0.2.",
        "inspector-audit scan --snapshot s.json --mount-map mounts.csv",
        "inspector-audit scan --snapshot s.json --mount-table i-0b11111111111111d=mounts.txt",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    let markdown = scan("scan --snapshot s.json --format markdown").expect(1).stdout;
    assert!(!markdown.contains("could change a verdict"), "{markdown}");
    assert!(markdown.contains("EFS mounted or let in by the network: met (possible for "), "{markdown}");
    assert!(markdown.contains("| 4 | medium | ECR registry<br>"), "{markdown}");
    // What looks and what changes are no one block to paste.
    let parts = [
        "Look first; this changes nothing:",
        "aws ssm send-command",
        "Then, if it shows that:",
        "aws inspector2 update-",
    ];
    let at: Vec<usize> = parts.iter().map(|part| markdown.find(part).expect(part)).collect();
    assert!(at.is_sorted(), "{markdown}");
}

/// Nothing in the column at the right looks like a command, since none is complete there.
#[test]
fn the_column_at_the_right_has_ids_and_one_complete_command_takes_them() {
    let table = text(Format::Table, &sample(), &columns(120));
    for line in table.lines().filter(|line| line.contains("fix --finding") || line.contains(" --finding ")) {
        assert!(line.contains("inspector-audit fix --region "), "{line}");
    }
    assert!(table.lines().any(|line| line.starts_with("LOW") && line.contains("  id ")), "{table}");
}

/// A step that acts on the whole account ends more than the finding that it is printed for.
#[test]
fn a_step_says_what_it_ends_besides() {
    let audit = crate::support::audit::Audit::new();
    let snapshot = include_str!("../../../fixtures/snapshots/cold-files-scanned.json");
    let table = audit.file("s.json", snapshot).args("scan --snapshot s.json").run().expect(1).stdout;
    assert!(table.contains("deactivate deep inspection: $0 left, less coverage; also ends: home"), "{table}");
}

/// Two findings about one file system have one plan: the step of both is the way that it takes, and their one bill stands
/// once in the sum.
#[test]
fn findings_of_one_file_system_say_the_step_of_their_plan_and_whose_bill_counts() {
    let run = |options: &str| {
        let audit = crate::support::audit::Audit::new();
        audit.file("s.json", include_str!("../../../fixtures/snapshots/cold-data-moved.json")).args(options).run()
    };
    let table = run("scan --snapshot s.json").expect(1).stdout;
    assert_eq!(table.matches("→ stop the VM Scanner").count(), 2, "{table}");
    assert_eq!(table.matches(", counted once").count(), 1, "{table}");
    assert!(table.contains("$3,407 a month is being paid"), "{table}");
    for finding in table.lines().filter_map(|line| line.rsplit_once("  id ")).map(|(_, id)| id) {
        let plan = run(&format!("fix --snapshot s.json --finding {finding}")).expect(0).stdout;
        assert!(plan.contains("Plan 1 of 1: stop the VM Scanner (--way stop-vm-scanner)"), "{finding}: {plan}");
    }
}
