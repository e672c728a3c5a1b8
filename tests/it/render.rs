//! Rendering: one shared report in every format.

use std::io::{self, Write};

use inspector_audit::render::{Format, GroupBy, Style, write};
use inspector_audit::report::v1::Evidence;
use inspector_audit::report::{FailOn, Report, Status};
use inspector_audit::rules::{Confidence, Location, RULES, Severity, Suppressed};
use proptest::prelude::*;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::support::golden;
use crate::support::sample_exposure::exposed;
use crate::support::sample_report::{HOSTILE, compared, empty, endless, many, sample};

fn bytes(format: Format, report: &Report, style: &Style) -> Vec<u8> {
    let mut out = Vec::new();
    write(format, report, &RULES, style, &mut out).expect("a vector takes everything");
    out
}

fn text(format: Format, report: &Report, style: &Style) -> String {
    String::from_utf8(bytes(format, report, style)).expect("UTF-8")
}

fn columns(width: usize) -> Style {
    Style { width: Some(width), ..Style::default() }
}

/// Characters that no format may let through as they are: a newline is the only control character in any of them.
fn assert_harmless(text: &str) {
    let harmful = |c: &char| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let found = text.char_indices().find(|(_, c)| harmful(c));
    assert_eq!(found, None, "near {:?}", found.map(|(at, _)| text[..at].chars().rev().take(40).collect::<String>()));
}

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
fn every_format_is_as_it_was() {
    for format in Format::ALL.iter().copied() {
        let mut written = bytes(format, &sample(), &Style::default());
        // SARIF without the rules' own pages, which change for other reasons.
        if format == Format::Sarif {
            let mut log: Value = serde_json::from_slice(&written).expect("JSON");
            for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array_mut().expect("a list") {
                let rule = rule.as_object_mut().expect("an object");
                for key in ["help", "shortDescription", "fullDescription"] {
                    rule.remove(key).expect("every rule has one");
                }
            }
            written = format!("{log:#}\n").into_bytes();
        }
        golden::check(&format!("report.{}", format.extension()), &written);
    }
}

#[test]
fn hostile_names_are_harmless_in_every_format() {
    for format in Format::ALL.iter().copied() {
        assert_harmless(&text(format, &sample(), &Style::default()));
        assert_harmless(&text(format, &compared(), &Style::default()));
    }
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
fn markdown_joins_sentences_without_doubling_their_stops() {
    let markdown = text(Format::Markdown, &sample(), &Style::default());
    assert!(markdown.contains("Assumptions: "));
    for line in markdown.lines().filter(|line| line.contains("Assumptions: ")) {
        assert!(!line.contains(".;") && !line.contains(".."), "{line}");
    }
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
    assert_eq!(table.matches("fix --finding ID").count(), 1, "{table}");
    assert_eq!(table.lines().filter(|line| line.starts_with("  fs-")).count(), 12, "{table}");
}

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
fn no_name_is_a_command_to_a_runner() {
    let mut report = sample();
    for finding in &mut report.findings {
        for text in [&mut finding.resource.id, &mut finding.headline, &mut finding.message, &mut finding.rule] {
            *text = "::error file=x::pwned ##[error]pwned ##vso[task.x]".repeat(8);
        }
    }
    for &format in Format::ALL {
        for width in 40..140 {
            let text = text(format, &report, &columns(width));
            let command =
                |line: &&str| line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[");
            assert_eq!(text.lines().find(command), None, "{format} {width}");
            if format != Format::Table {
                break;
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
fn every_format_has_a_name_and_its_errors_list_them() {
    for format in Format::ALL.iter().copied() {
        assert_eq!(format.as_str().parse::<Format>(), Ok(format));
    }
    let error = "yaml".parse::<Format>().expect_err("no format").to_string();
    assert!(Format::ALL.iter().all(|format| error.contains(format.as_str())), "{error}");
    let mut extensions: Vec<&str> = Format::ALL.iter().map(|format| format.extension()).collect();
    for (extension, format) in extensions.iter().zip(Format::ALL) {
        assert_eq!(Format::from_extension(extension), Some(*format));
    }
    extensions.sort_unstable();
    extensions.dedup();
    assert_eq!(extensions.len(), Format::ALL.len(), "two formats have one extension: {extensions:?}");
    assert_eq!(Format::from_extension("JSON"), Some(Format::Json));
    assert_eq!(Format::from_extension("exe"), None);
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
fn markdown_fits_into_a_comment() {
    // Far more than fits: two hundred such findings are some 80 MB of text.
    let mut report = many(200);
    let instances = exposed().instances;
    for finding in &mut report.findings {
        finding.resource.name = Some(endless());
        finding.message = endless();
        finding.remediation.summary = endless();
        finding.remediation.commands = vec![endless(); 3];
        finding.instances = instances.clone();
        for instance in &mut finding.instances {
            instance.evidence = Some("@".repeat(4_000));
            instance.mount_point = Some(format!("/{}", "_".repeat(4_095)));
        }
    }
    report.gaps = vec![report.gaps[0].clone(); 500];
    let length = text(Format::Markdown, &report, &Style::default()).chars().count();
    assert!(length < 65_536, "{length}");
}

#[test]
fn markdown_tables_keep_their_columns() {
    for line in text(Format::Markdown, &sample(), &Style::default()).lines().filter(|line| line.starts_with('|')) {
        let bars = line.replace("\\|", "").matches('|').count();
        assert!([4, 5, 6, 7, 8].contains(&bars), "{bars} in {line}");
    }
}

#[test]
fn junit_has_a_case_per_verdict_and_counts_add_up() {
    let xml = text(Format::Junit, &sample(), &Style::default());
    let of = |needle: &str| xml.matches(needle).count();
    // One case more: that everything was seen.
    assert_eq!(of("<testcase "), sample().verdicts.len() + 1);
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_is_harmless_in_any_format(name in any::<String>(), width in 0_usize..160) {
        let mut report = sample();
        report.findings.truncate(1);
        let finding = &mut report.findings[0];
        finding.resource.name = Some(name.clone());
        finding.resource.id.clone_from(&name);
        finding.title.clone_from(&name);
        finding.message.clone_from(&name);
        finding.rule.clone_from(&name);
        finding.account.clone_from(&name);
        finding.region.clone_from(&name);
        finding.fingerprint.clone_from(&name);
        finding.remediation.commands = vec![name.clone()];
        finding.location = Some(Location { file: name.clone(), line: None });
        finding.ways_out = exposed().ways_out;
        for way in &mut finding.ways_out {
            way.reason.clone_from(&name);
            way.who.clone_from(&name);
            way.protection_lost.clone_from(&name);
            way.assumptions = vec![name.clone()];
        }
        finding.instances = exposed().instances;
        for instance in &mut finding.instances {
            instance.evidence = Some(name.clone());
            instance.mount_point = Some(name.clone());
            instance.name = Some(name.clone());
            instance.id.clone_from(&name);
        }
        finding.evidence = vec![Evidence::new("conflict", name.clone())];
        finding.suppressed = Some(Suppressed { reason: name.clone(), expires: None });
        report.gaps[0].message.clone_from(&name);
        report.gaps[0].resource = Some(name);
        for format in Format::ALL.iter().copied() {
            assert_harmless(&text(format, &report, &columns(width)));
        }
        let back: Report = serde_json::from_slice(&bytes(Format::Json, &report, &Style::default())).expect("JSON");
        prop_assert_eq!(back, report);
    }
}
