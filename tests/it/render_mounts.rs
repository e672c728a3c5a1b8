//! Rendering: who mounts what, by what evidence, in every format that tells of it.

use std::process::Command;

use inspector_audit::render::{Format, Style, write};
use inspector_audit::report::Report;
use inspector_audit::report::v1::Evidence;
use inspector_audit::rules::{InstanceCounts, MountState, RULES};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::support::sample_exposure::exposed;
use crate::support::sample_report::{HOSTILE, endless, sample};

fn text(format: Format, report: &Report, width: Option<usize>) -> String {
    let mut out = Vec::new();
    write(format, report, &RULES, &Style { width, verbose: true, ..Style::default() }, &mut out)
        .expect("a vector takes everything");
    String::from_utf8(out).expect("UTF-8")
}

/// The sample's exposed file system alone: two confirmed mounts, one of them with hostile names, and a likely one.
fn mounted() -> Report {
    let mut report = sample();
    report.what_if = None;
    let mut finding = exposed();
    finding.instance_counts = InstanceCounts { confirmed: 4, likely: 1, possible: 0 };
    report.findings = vec![finding];
    report
}

/// A table's cells one after the other, without the line breaks of its layout.
fn joined(table: &str) -> String {
    table.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_table_names_the_strongest_instances_with_evidence_time_and_place() {
    for width in [80, 120] {
        let table = joined(&text(Format::Table, &mounted(), Some(width)));
        let first =
            "Mounts: i-0aaaaaaaaaaaaaa01 “batch-1” confirmed: the host's mount table (2026-11-21 02:04 UTC), at";
        for part in [first, "/usr/share/app, in a scan path;", "; +3 more"] {
            // The figures of the other columns stand between the words of the block.
            let words: Vec<&str> = part.split(' ').collect();
            assert!(words.iter().all(|word| table.contains(word)), "{width}: {part}\n{table}");
        }
    }
    // Where each fact has its own column, the line stands undisturbed.
    let markdown = text(Format::Markdown, &mounted(), None);
    assert!(
        markdown
            .contains("\nMounts: i-0aaaaaaaaaaaaaa01 “batch-1” confirmed: the host's mount table (2026-11-21 02:04")
    );
}

#[test]
fn a_narrow_table_names_one_instance_and_a_wide_one_two() {
    let named = |width: usize| {
        let table = text(Format::Table, &mounted(), Some(width));
        assert!(
            table.lines().all(|line| line.width() <= width || line.contains("inspector-audit ")),
            "{width}\n{table}"
        );
        // An id may be broken where a column is narrow.
        let ids = table.replace(['\n', ' '], "");
        (1..=3).filter(|number| ids.contains(&format!("“batch-{number}”"))).count()
    };
    assert_eq!((named(60), named(80), named(200)), (1, 2, 2));
}

#[test]
fn mounts_that_only_the_network_would_let_are_said_so() {
    let mut report = mounted();
    for instance in &mut report.findings[0].instances {
        (instance.mount, instance.evidence, instance.observed_at) = (MountState::Possible, None, None);
    }
    report.findings[0].instance_counts = InstanceCounts { confirmed: 0, likely: 0, possible: 3 };
    for format in [Format::Table, Format::Markdown, Format::Junit] {
        let text = text(format, &report, Some(120));
        assert!(text.contains("Mounts: possible by the network only"), "{format}\n{text}");
    }
    let log: Value = serde_json::from_str(&text(Format::Sarif, &report, None)).expect("JSON");
    let properties = &log["runs"][0]["results"][0]["properties"];
    assert_eq!(properties["strongest_mount"], Value::Null);
    assert_eq!(properties["instance_counts"]["possible"], 3);
    assert_eq!(csv_cells(&report)["strongest_mount"], "");
}

#[test]
fn no_word_about_mounts_where_no_instance_is_exposed() {
    let mut report = mounted();
    report.findings[0].instances.clear();
    report.findings[0].instance_counts = InstanceCounts::default();
    for format in [Format::Table, Format::Markdown, Format::Junit, Format::Sarif] {
        assert!(!text(format, &report, None).contains("Mounts:"), "{format}");
    }
}

#[test]
fn a_contradiction_is_shown_with_both_its_sides() {
    let mut report = mounted();
    let detail = "i-0aaaaaaaaaaaaaa03: for a mount: declared in mounts.csv, line 3; against it: the probe saw none";
    report.findings[0].evidence = vec![Evidence::new("conflict", detail), Evidence::new("conflict", HOSTILE[0])];
    for format in [Format::Markdown, Format::Junit, Format::Sarif] {
        let text = text(format, &report, None);
        assert!(text.contains(&format!("Contradiction: {detail}; +1 more")), "{format}\n{text}");
    }
    let table = joined(&text(Format::Table, &report, Some(200)));
    assert!(table.contains("Contradiction:"), "{table}");
}

#[test]
fn hostile_mount_points_and_evidence_are_cut_and_harmless() {
    let foreign = format!("/srv/\t\n\u{1b}[2J\u{202e}{}", endless());
    for hostile in HOSTILE.into_iter().chain([foreign.as_str()]) {
        let mut report = mounted();
        for instance in &mut report.findings[0].instances {
            instance.mount_point = Some(hostile.to_owned());
            instance.evidence = Some(hostile.to_owned());
        }
        report.findings[0].evidence = vec![Evidence::new("conflict", hostile)];
        for width in [60, 80, 200] {
            let table = text(Format::Table, &report, Some(width));
            for line in table.lines().filter(|line| !line.contains("inspector-audit ")) {
                assert!(line.width() <= width, "{width}: {line}");
            }
            let plain = text(Format::Table, &mounted(), Some(width));
            assert!(table.lines().count() <= plain.lines().count() + 30, "{width}\n{table}");
            assert!(!table.contains(['\u{1b}', '\u{202e}', '\t', '\u{7}', '\u{2028}']), "{table:?}");
        }
        let cells = csv_cells(&report);
        for column in ["strongest_evidence", "mount_point"] {
            assert!(!cells[column].starts_with('=') && !cells[column].contains('\u{1b}'), "{}", cells[column]);
        }
        let markdown = text(Format::Markdown, &report, None);
        let lines = markdown.lines().filter(|line| line.starts_with("Mounts:") || line.starts_with("Contradiction:"));
        let lines: Vec<&str> = lines.collect();
        assert_eq!(lines.len(), 2, "{markdown}");
        for bad in ["<img", "<script", " [link]", "@team", "\u{1b}", "\u{202e}"] {
            assert!(!lines.iter().any(|line| line.contains(bad)), "{bad}\n{lines:?}");
        }
    }
}

/// The cells of the first finding by their column.
fn csv_cells(report: &Report) -> std::collections::BTreeMap<String, String> {
    let csv = text(Format::Csv, report, None);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers().expect("headers").clone();
    let row = reader.records().next().expect("a row").expect("as many cells as headers");
    headers.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
}

#[test]
fn programs_read_the_strongest_evidence_from_cells_and_properties() {
    let cells = csv_cells(&mounted());
    let of = |column: &str| cells[column].as_str();
    assert_eq!(of("strongest_instance"), "i-0aaaaaaaaaaaaaa01");
    assert_eq!(of("strongest_mount"), "confirmed");
    assert_eq!(of("strongest_evidence"), "the host's mount table");
    assert_eq!(of("observed_at"), "2026-11-21T02:04:05Z");
    assert_eq!((of("mount_point"), of("scan_scope")), ("/usr/share/app", "inside"));
    let log: Value = serde_json::from_str(&text(Format::Sarif, &mounted(), None)).expect("JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["properties"]["strongest_mount"]["evidence"], "the host's mount table");
    assert_eq!(result["properties"]["strongest_mount"]["scan_scope"], "inside");
    assert_eq!(result["properties"]["instance_counts"]["confirmed"], 4);
    assert!(result["message"]["text"].as_str().is_some_and(|text| text.contains("Mounts: i-0aaaaaaaaaaaaaa01")));
    assert!(text(Format::Junit, &mounted(), None).contains("\nMounts: i-0aaaaaaaaaaaaaa01 “batch-1” confirmed"));
}

/// What the binary prints, with `COLUMNS` set or not.
fn printed(args: &[&str], columns: Option<&str>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inspector-audit"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    command.envs(columns.map(|columns| ("COLUMNS", columns)));
    String::from_utf8(command.output().expect("the binary runs").stdout).expect("text")
}

const EVERY_KIND: [&str; 7] = [
    "scan",
    "--snapshot",
    "fixtures/snapshots/mounts-of-every-kind.json",
    "--rule",
    "efs-tier-recall",
    "--format",
    "markdown",
];

#[test]
fn scan_prints_the_state_of_every_kind_of_evidence() {
    let report = printed(&EVERY_KIND, None);
    for (said, scope) in [
        ("“probe” confirmed: the mount probe saw it mounted at /srv/apps (2026-11-21 03:05 UTC), ", "in a scan path"),
        (
            "“task” confirmed: a running ECS task has it as the volume \"uploads\" (seen at the scan), ",
            "mount point not",
        ),
        (
            "“map” confirmed: declared in mounts.csv, line 2: asked the owner (2026-11-01 00:00 UTC, 20 days old), ",
            "at",
        ),
        ("“cloudtrail” confirmed: EFS authorised a connection of its role session, says CloudTrail (2026-11-18", ""),
        ("“log” likely: a log stream in /aws/efs/utils (2026-11-15 00:00 UTC, 6 days old), ", "mount point not known"),
        ("“sole” likely: clients are connected, says CloudWatch, and", ""),
        (
            "“conflict” likely: declared in mounts.csv, line 3 (2026-11-01 00:00 UTC, 20 days old), at /data, ",
            "outside",
        ),
        (
            "“ondemand” likely: the mount probe: mounted at /home when somebody looks (2026-11-21 03:05 UTC), ",
            "outside",
        ),
    ] {
        assert!(report.contains(&format!("{said}{scope}")), "{said}{scope}\n{report}");
    }
    assert!(report.contains("Contradiction: i-00909090909090909: for a mount: "), "{report}");
    assert!(report.contains("Mounts: possible by the network only"), "{report}");
}

#[test]
fn the_table_says_how_much_has_moved_and_since_when() {
    let args = ["scan", "--snapshot", "fixtures/snapshots/cold-data-moved.json", "--rule", "efs-recall-observed"];
    for columns in ["80", "200"] {
        let table = printed(&args, Some(columns));
        assert!(joined(&table).contains("10 TiB of cold data have moved to Standard since 2026-11-07."), "{table}");
    }
}

#[test]
fn a_pipe_is_as_wide_as_columns_says_and_else_120() {
    let widest = |columns| {
        let table = printed(&EVERY_KIND[..5], columns);
        table.lines().filter(|line| !line.contains("inspector-audit ")).map(UnicodeWidthStr::width).max()
    };
    assert_eq!(widest(None), Some(120));
    assert_eq!(widest(Some("80")), Some(80));
    assert_eq!(widest(Some("200")), Some(140), "beyond that a figure is too far from its line");
    assert_eq!(widest(Some("many")), Some(120));
}
