//! Rendering: one shared report in every format.

mod programs;
mod table;

use inspector_audit::render::{Format, Style, write};
use inspector_audit::report::Report;
use inspector_audit::report::v1::Evidence;
use inspector_audit::rules::{Location, RULES, Suppressed};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::golden;
use crate::support::sample_exposure::exposed;
use crate::support::sample_report::{compared, endless, many, sample};

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
    // All that the sample says, and what became of it since a baseline.
    let report = compared();
    for format in Format::ALL.iter().copied() {
        assert_harmless(&text(format, &report, &Style::default()));
    }
}

#[test]
fn every_format_says_what_was_not_seen() {
    let report = sample();
    let gap = report.gaps.iter().find(|gap| !gap.rules.is_empty()).expect("a gap");
    for format in Format::ALL.iter().copied() {
        let said = text(format, &report, &Style::default());
        let says = said.contains(gap.section.as_str()) || said.contains("Not complete");
        assert!(says, "{format} leaves out that not everything was seen: {said}");
    }
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
fn markdown_fits_into_a_comment() {
    // Far more than fits, and more than the table has rows: forty such findings are some 16 MB of text.
    let mut report = many(40);
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
        finding.suppressed = Some(Suppressed { reason: name.clone(), expires: None, comment: None });
        report.gaps[0].message.clone_from(&name);
        report.gaps[0].resource = Some(name);
        for format in Format::ALL.iter().copied() {
            assert_harmless(&text(format, &report, &columns(width)));
        }
        let back: Report = serde_json::from_slice(&bytes(Format::Json, &report, &Style::default())).expect("JSON");
        prop_assert_eq!(back, report);
    }
}
