//! `diff`: two reports compared, in three formats.

use std::sync::LazyLock;

use inspector_audit::diff::{Change, Diff, diff};
use inspector_audit::render::{DiffFormat, Style, write_diff};
use inspector_audit::report::{Report, ReportFile};
use inspector_audit::rules::{Severity, fingerprint};
use proptest::prelude::*;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::schema::{assert_valid, schema, strict, with_a_key_missing};
use crate::support::audit::Audit;
use crate::support::golden;
use crate::support::sample_report::sample;

fn file(report: Report) -> ReportFile {
    ReportFile { report, digest: format!("sha256:{}", "00".repeat(32)) }
}

/// One finding of every fate: one new, one changed, one gone, one unseen, two suppressed.
fn differences() -> Diff {
    let mut old = sample();
    for finding in &mut old.findings {
        finding.suppressed = None;
    }
    old.findings.retain(|finding| finding.rule != "efs-cold-read-charges");
    let first = old.findings.iter_mut().find(|finding| finding.rule == "efs-tier-recall").expect("a finding");
    first.severity = Severity::Medium;
    first.instance_counts.possible = 7;
    let cost = first.cost.as_mut().expect("a cost");
    cost.monthly_usd.likely = Some("200.5".parse().map(inspector_audit::price::Usd).expect("an amount"));
    let gone = old.findings.iter().find(|finding| finding.rule == "ecr-continuous-scan");
    let mut gone = gone.expect("a finding").clone();
    gone.rule = "ecr-inspector-auto-disable".into();
    gone.fingerprint = fingerprint(&gone.rule, &gone.account, &gone.region, &gone.resource.id);
    let mut unseen = gone.clone();
    "123456789012".clone_into(&mut unseen.account);
    unseen.fingerprint = fingerprint(&unseen.rule, &unseen.account, &unseen.region, &unseen.resource.id);
    old.findings.extend([gone, unseen]);
    let mut difference = diff(&file(old), &file(sample()));
    // Golden files outlive releases.
    difference.tool.version = "0.0.0".into();
    difference
}

fn text(format: DiffFormat, style: &Style) -> String {
    let mut out = Vec::new();
    write_diff(format, &differences(), style, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn every_fate_is_told() {
    let difference = differences();
    let counts = difference.counts;
    assert_eq!((counts.new, counts.changed, counts.unseen, counts.suppressed, counts.gone), (1, 1, 1, 2, 1));
    assert_eq!(counts.unchanged, 6);
    let changes: Vec<_> = difference.findings.iter().map(|entry| entry.change).collect();
    assert!(changes.is_sorted());
    let unseen = difference.findings.iter().find(|entry| entry.change == Change::Unseen).expect("one");
    assert_eq!((unseen.account.as_str(), unseen.new), ("123456789012", None));
}

#[test]
fn the_formats_are_as_they_were() {
    golden::check("diff.txt", text(DiffFormat::Table, &Style::default()).as_bytes());
    golden::check("diff.60.txt", text(DiffFormat::Table, &Style { width: Some(60), ..Style::default() }).as_bytes());
    golden::check("diff.json", text(DiffFormat::Json, &Style::default()).as_bytes());
    golden::check("diff.md", text(DiffFormat::Markdown, &Style::default()).as_bytes());
    golden::check("diff.slack.json", text(DiffFormat::Slack, &Style::default()).as_bytes());
}

#[test]
fn a_message_keeps_to_the_limits_of_slack_and_nothing_in_it_is_a_mark() {
    let mut difference = differences();
    let entry = difference.findings[0].clone();
    difference.findings.resize(300, entry);
    difference.findings[0].resource.id = "<!channel> *x* `y` & <https://example.com|z>".into();
    difference.findings[0].resource.name = Some("n".repeat(5_000));
    let style = Style { top: Some(1_000), ..Style::default() };
    let mut out = Vec::new();
    write_diff(DiffFormat::Slack, &difference, &style, &mut out).expect("a vector takes everything");
    let message: Value = serde_json::from_slice(&out).expect("JSON");
    let blocks = message["blocks"].as_array().expect("blocks");
    assert!(blocks.len() <= 50, "{}", blocks.len());
    for block in blocks.iter().filter(|block| block["type"] == "section") {
        let text = block["text"]["text"].as_str().expect("text");
        assert!(text.chars().count() <= 3_000 && !text.contains(['<', '>']), "{text}");
    }
    assert!(message["blocks"].to_string().contains("&lt;!channel&gt;"));
    let last = blocks.last().expect("a block")["elements"][0]["text"].as_str().expect("text").to_owned();
    assert!(last.starts_with("260 more differences not shown."), "{last}");
}

#[test]
fn the_json_keeps_to_its_schema_which_requires_every_key() {
    let document: Value = serde_json::from_str(&text(DiffFormat::Json, &Style::default())).expect("JSON");
    assert_valid(&strict(schema("diff-v1.json")), &document);
    // Only the second entry, the changed one, has both states.
    let mut changed = document;
    changed["findings"].as_array_mut().expect("a list").swap(0, 1);
    let validator = jsonschema::validator_for(&schema("diff-v1.json")).expect("a schema");
    for (pointer, copy) in with_a_key_missing(&changed) {
        assert!(!validator.is_valid(&copy), "the schema does not require {pointer}");
    }
}

#[test]
fn no_line_of_the_table_is_wider_than_the_terminal() {
    for width in [40, 60, 80, 120] {
        for line in text(DiffFormat::Table, &Style { width: Some(width), ..Style::default() }).lines() {
            assert!(line.width() <= width, "{} > {width}: {line}", line.width());
        }
    }
}

#[test]
fn hostile_names_are_harmless() {
    for format in [DiffFormat::Table, DiffFormat::Json, DiffFormat::Markdown, DiffFormat::Slack] {
        let text = text(format, &Style::default());
        assert!(!text.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{format:?}");
    }
}

#[test]
fn the_top_of_the_list_is_printed_and_all_is_counted() {
    let style = Style { top: Some(1), ..Style::default() };
    let table = text(DiffFormat::Table, &style);
    assert!(table.contains("5 more differences") && table.contains("1 new, 1 changed"), "{table}");
    assert!(text(DiffFormat::Markdown, &style).contains("…and 5 more differences."));
}

#[test]
fn a_gap_keeps_a_finding_from_being_called_gone() {
    // The sample's gap on the registry keeps this rule open in that account and region.
    let mut old = sample();
    let mut finding = old.findings[0].clone();
    finding.rule = "ecr-continuous-scan".into();
    finding.fingerprint = fingerprint(&finding.rule, &finding.account, &finding.region, "x");
    old.findings.insert(0, finding);
    let difference = diff(&file(old), &file(sample()));
    assert_eq!((difference.counts.unseen, difference.counts.gone), (1, 0));
}

#[test]
fn the_command_compares_files_and_ends_like_a_scan_beside_a_baseline() {
    let snapshot = include_str!("../../fixtures/snapshots/cold-files-scanned.json");
    let scan = |options: &str| {
        let audit = Audit::new().file("s.json", snapshot).args("scan --format json --snapshot s.json");
        audit.args(options).run().stdout
    };
    let two = "--rule efs-tier-recall --rule exclusion-tag-ineffective";
    let (full, half) = (scan(two), scan(&format!("{two} --read-fraction 0.5")));
    let none = scan("--rule ecr-scan-rules-overlap");
    let compare = |old: &str, new: &str, options: &str| {
        Audit::new().file("old.json", old).file("new.json", new).args("diff old.json new.json").args(options).run()
    };
    let changed = compare(&full, &half, "--format json").expect(0).json();
    assert_eq!(changed["counts"]["changed"], 1);
    assert_eq!(changed["monthly_usd_change"]["at_risk"].as_f64(), Some(-3407.872));
    assert_eq!(changed["monthly_usd_change"]["projected"].as_f64(), Some(1703.936));
    let state = |side: &str, part: &str| changed["findings"][0][side]["monthly_usd"][part].as_f64();
    assert_eq!((state("old", "likely"), state("old", "high")), (None, Some(3407.872)));
    assert_eq!((state("new", "likely"), state("new", "high")), (Some(1703.936), Some(3407.872)));
    compare(&none, &full, "").expect(1);
    compare(&none, &full, "--fail-on never").expect(0);
    let unseen = compare(&full, &none, "--format json").expect(0).json();
    assert_eq!((unseen["counts"]["gone"].as_u64(), unseen["counts"]["unseen"].as_u64()), (Some(0), Some(2)));
    let same: Value = compare(&full, &full, "--format json").expect(0).json();
    assert_eq!(same["findings"].as_array().map(Vec::len), Some(0));
    assert!(compare(&full, &full, "").expect(0).stdout.contains("2 unchanged"));
}

/// Made once, and without what no comparison looks at: a property copies it hundreds of times.
static SAMPLE: LazyLock<Report> = LazyLock::new(|| {
    let mut report = sample();
    (report.what_if, report.measured) = (None, Vec::new());
    for finding in &mut report.findings {
        finding.message.clear();
        finding.history = None;
        finding.remediation.commands.clear();
        (finding.conditions, finding.evidence) = (Vec::new(), Vec::new());
        (finding.instances, finding.ways_out) = (Vec::new(), Vec::new());
    }
    report
});

proptest! {
    #[test]
    fn every_finding_is_counted_once(keep in proptest::collection::vec((any::<bool>(), any::<bool>(), any::<bool>()), 8)) {
        let all: Vec<_> = SAMPLE.counted().cloned().collect();
        let side = |pick: &dyn Fn(&(bool, bool, bool)) -> bool| {
            let mut report = SAMPLE.clone();
            report.findings =
                all.iter().zip(&keep).filter(|(_, keep)| pick(keep)).map(|(finding, _)| finding.clone()).collect();
            report
        };
        let old = side(&|keep| keep.0);
        let mut new = side(&|keep| keep.1);
        for (finding, keep) in new.findings.iter_mut().zip(&keep) {
            finding.instance_counts.likely += u64::from(keep.2);
        }
        let (before, after) = (old.findings.len() as u64, new.findings.len() as u64);
        let counts = diff(&file(old), &file(new)).counts;
        prop_assert_eq!(after, counts.new + counts.changed + counts.unchanged);
        prop_assert_eq!(before, counts.gone + counts.unseen + counts.suppressed + counts.changed + counts.unchanged);
    }

    #[test]
    fn the_other_way_round_new_and_missing_change_places(keep in proptest::collection::vec(any::<bool>(), 8)) {
        let part = |wanted: bool| {
            let mut report = SAMPLE.clone();
            let counted = SAMPLE.counted().zip(&keep);
            report.findings = counted.filter(|(_, keep)| **keep == wanted).map(|(finding, _)| finding.clone()).collect();
            file(report)
        };
        let forth = diff(&part(true), &part(false)).counts;
        let back = diff(&part(false), &part(true)).counts;
        prop_assert_eq!(forth.new, back.gone + back.unseen);
        prop_assert_eq!(back.new, forth.gone + forth.unseen);
    }
}
