//! The formats that programs read: JSON, JSON lines, CSV, JUnit and SARIF.

use std::io::{self, Write};

use inspector_audit::render::{Format, GroupBy, Style, write};
use inspector_audit::report::{FailOn, Report, Status};
use inspector_audit::rules::{Confidence, Location, RULES, Severity};
use serde_json::Value;

use super::{bytes, text};
use crate::support::sample_report::{HOSTILE, compared, empty, endless, many, sample};

#[test]
fn junit_fails_for_what_the_run_fails_for_and_nothing_else() {
    let severities = [None].into_iter().chain(Severity::ALL.map(Some));
    for (severity, allow_gaps) in severities.flat_map(|severity| [(severity, false), (severity, true)]) {
        for report in [sample(), empty(), compared()] {
            let fail_on = FailOn { severity, confidence: Confidence::Low, allow_gaps };
            let xml = text(Format::Junit, &report, &Style { fail_on, ..Style::default() });
            let (failures, errors) = (xml.matches("<failure ").count(), xml.matches("<error ").count());
            match fail_on.status(&report) {
                Status::Findings => assert!(failures > 0, "{fail_on:?}"),
                Status::Incomplete => assert!(failures == 0 && errors > 0, "{fail_on:?}"),
                Status::Clean | Status::Fatal => assert_eq!((failures, errors), (0, 0), "{fail_on:?}\n{xml}"),
            }
        }
    }
}

#[test]
fn no_cell_begins_a_formula_whatever_the_separator_is() {
    let mut report = sample();
    report.findings[0].message = "a;=cmd|' /C calc'!A0;\t+1; \"@SUM(1)".to_owned();
    let csv = bytes(Format::Csv, &report, &Style::default());
    for separator in [b';', b'\t', b','] {
        let reader = csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(&*csv);
        for cell in
            reader.into_records().flat_map(|row| row.expect("a row").iter().map(str::to_owned).collect::<Vec<_>>())
        {
            assert!(!cell.trim_start_matches([' ', '"']).starts_with(['=', '+', '-', '@']), "{separator} {cell}");
        }
    }
}

#[test]
fn json_reads_back_to_the_same_report() {
    let report: Report = serde_json::from_slice(&bytes(Format::Json, &sample(), &Style::default())).expect("JSON");
    assert_eq!(report, sample());
}

#[test]
fn json_lines_hold_every_list_and_end_in_the_summary() {
    let report = sample();
    let lines: Vec<Value> = text(Format::Jsonl, &report, &Style::default())
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"))
        .collect();
    let of = |kind: &str| lines.iter().filter(|line| line["type"] == kind).count();
    assert_eq!(of("finding"), report.findings.len());
    assert_eq!(of("gap"), report.gaps.len());
    assert_eq!(of("verdict"), report.verdicts.len());
    let last = lines.last().expect("a summary");
    assert_eq!(last["type"], "summary");
    assert_eq!(last["summary"]["monthly_usd"]["at_risk"].to_string(), "3578.272");
    assert_eq!(lines[1]["resource"]["type"], "AWS::EFS::FileSystem");
}

#[test]
fn csv_has_a_row_per_finding_and_sums_once() {
    let report = sample();
    let bytes = bytes(Format::Csv, &report, &Style::default());
    let rows: Vec<_> = csv::Reader::from_reader(&*bytes).into_records().map(|row| row.expect("a row")).collect();
    let of = |kind: &str| rows.iter().filter(|row| &row[0] == kind).count();
    assert_eq!((of("finding"), of("gap"), of("summary")), (report.findings.len(), report.gaps.len(), 1));
    for cell in rows.iter().flat_map(|row| row.iter().skip(1)) {
        assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
    }
    assert!(rows.iter().any(|row| row[11] == format!("'{}", HOSTILE[4])));
    assert!(rows.iter().any(|row| row[9] == endless()));
}

#[test]
fn csv_reads_back_to_what_was_written() {
    let report = sample();
    let bytes = bytes(Format::Csv, &report, &Style::default());
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(&*bytes);
    let headers = reader.headers().expect("headers").clone();
    let column = |name: &str| headers.iter().position(|header| header == name).expect("a column");
    let (kind, id) = (column("record"), column("resource_id"));
    let ids: Vec<String> = reader
        .into_records()
        .map(|row| row.expect("as many cells as headers"))
        .filter(|row| &row[kind] == "finding")
        .map(|row| row[id].to_owned())
        .collect();
    assert_eq!(ids, report.findings.iter().map(|finding| finding.resource.id.clone()).collect::<Vec<_>>());
}

#[test]
fn group_totals_add_up_to_the_summary() {
    for group_by in [GroupBy::Account, GroupBy::Region, GroupBy::Resource] {
        let table = text(Format::Table, &sample(), &Style { group_by: Some(group_by), ..Style::default() });
        let cents = |text: &str| {
            let plain = text.replace([',', '$'], "");
            // From 1,000 on there are none.
            let digits = if plain.contains('.') { plain.replace('.', "") } else { format!("{plain}00") };
            digits.parse::<u64>().expect("an amount")
        };
        let headings = table.lines().filter(|line| line.starts_with(&format!("{group_by} ")));
        let sums = headings.filter_map(|line| line.split_once("a month: "));
        let amounts = sums.flat_map(|(_, sum)| sum.split_whitespace().filter(|word| word.starts_with('$')));
        // 412.03 measured, 288.50 projected, 3,578.27 at risk.
        assert!(amounts.map(cents).sum::<u64>().abs_diff(427_880) < 50, "{group_by}\n{table}");
    }
}

#[test]
fn sarif_places_every_result_and_tells_them_apart() {
    let report = many(500);
    let log: Value = serde_json::from_slice(&bytes(Format::Sarif, &report, &Style::default())).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("a list");
    let mut places = std::collections::BTreeSet::new();
    for result in results {
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a URI");
        assert!(uri.starts_with("aws/111122223333/ap-northeast-1/efs/fs-"), "{uri}");
        places.insert((uri, result["partialFingerprints"]["inspectorAudit/v1"].as_str().expect("a fingerprint")));
    }
    assert_eq!(places.len(), report.findings.len());
}

#[test]
fn sarif_places_terraform_on_its_file_and_line() {
    let mut report = sample();
    let place = |file: &str, line| Some(Location { file: file.to_owned(), line });
    report.findings.truncate(3);
    report.findings[0].location = place("./infra/../infra/main file.tf", Some(12));
    report.findings[1].location = place("../plan.json", None);
    report.findings[2].location = place(&format!("infra/{}\u{202e}.tf", endless()), Some(0));
    let log: Value = serde_json::from_slice(&bytes(Format::Sarif, &report, &Style::default())).expect("JSON");
    let of = |index: usize| &log["runs"][0]["results"][index]["locations"][0]["physicalLocation"];
    assert_eq!(of(0)["artifactLocation"], serde_json::json!({"uri": "infra/main%20file.tf", "uriBaseId": "%SRCROOT%"}));
    assert_eq!(of(0)["region"]["startLine"], 12);
    assert_eq!((&of(1)["artifactLocation"]["uri"], &of(1)["region"]["startLine"]), (&"plan.json".into(), &1.into()));
    assert!(of(2)["artifactLocation"]["uri"].as_str().is_some_and(|uri| uri.len() < 200), "{}", of(2));
    assert_eq!(of(2)["region"]["startLine"], 1);
}

#[test]
fn sarif_says_what_was_not_seen() {
    let log = |report: &Report| -> Value {
        serde_json::from_slice(&bytes(Format::Sarif, report, &Style::default())).expect("JSON")
    };
    let invocation = &log(&sample())["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let levels: Vec<_> = invocation["toolExecutionNotifications"].as_array().expect("a list").iter().collect();
    assert_eq!(levels.len(), sample().gaps.len());
    assert_eq!((&levels[0]["level"], &levels[2]["level"]), (&"error".into(), &"note".into()));
    assert_eq!(log(&empty())["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn junit_has_a_case_per_verdict_and_counts_add_up() {
    let xml = text(Format::Junit, &sample(), &Style::default());
    let of = |needle: &str| xml.matches(needle).count();
    // One case more: that everything was seen.
    assert_eq!(of("<testcase "), sample().verdicts.iter().map(|row| row.count() * row.rules.len()).sum::<usize>() + 1);
    assert_eq!(of("<failure "), 4);
    assert_eq!(of("<error "), 3);
    assert_eq!(of("<skipped "), 3);
    assert!(xml.contains("tests=\"19\" failures=\"4\" errors=\"3\""), "{}", &xml[..300]);
    let clean = text(Format::Junit, &empty(), &Style::default());
    assert_eq!((clean.matches("<failure").count(), clean.matches("<error").count()), (0, 0));
}

/// Remembers the largest single write and counts bytes, keeping none.
struct Meter {
    largest: usize,
    total: usize,
}

impl Write for Meter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.largest = self.largest.max(bytes.len());
        self.total += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn formats_for_programs_stream() {
    let report = many(500);
    for format in [Format::Json, Format::Jsonl, Format::Csv, Format::Sarif, Format::Html] {
        let mut meter = Meter { largest: 0, total: 0 };
        write(format, &report, &RULES, &Style::default(), &mut meter).expect("a meter takes everything");
        assert!(meter.total > 400_000, "{format}: {}", meter.total);
        // Nothing but the HTML report's tables around the findings, which have a bounded number of rows, is written whole.
        let limit = if format == Format::Html { 256 * 1024 } else { 64 * 1024 };
        assert!(meter.largest <= limit, "{format}: one write of {}", meter.largest);
    }
}

/// Fails as a closed pipe does.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_keeps_its_error_kind() {
    for format in Format::ALL.iter().copied() {
        let error = write(format, &sample(), &RULES, &Style::default(), &mut Closed).expect_err("closed");
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}");
    }
}
