//! What other systems import: GitLab's code quality, OCSF, and the AWS Security Finding Format.

use inspector_audit::render::{Format, Style, write};
use inspector_audit::report::Report;
use inspector_audit::rules::RULES;
use serde_json::Value;

use crate::schema::{assert_valid, schema, strict};
use crate::support::sample_report::{compared, empty, many, sample};

fn text(format: Format, report: &Report) -> String {
    let mut out = Vec::new();
    write(format, report, &RULES, &Style::default(), &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("UTF-8")
}

fn lines(format: Format, report: &Report) -> Vec<Value> {
    text(format, report).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn gitlab_gets_a_list_of_issues_and_no_suppressed_one() {
    for report in [sample(), empty(), compared()] {
        let issues: Value = serde_json::from_str(&text(Format::Gitlab, &report)).expect("JSON");
        assert_valid(&strict(schema("gitlab-code-quality.json")), &issues);
        let issues = issues.as_array().expect("a list");
        assert_eq!(issues.len(), report.counted().count() + usize::from(!report.complete));
    }
}

#[test]
fn gitlab_is_told_the_file_and_the_line() {
    let mut report = sample();
    report.findings.truncate(1);
    report.findings[0].location =
        Some(inspector_audit::rules::Location { file: "./infra/../live/main file.tf".to_owned(), line: Some(12) });
    let issues: Value = serde_json::from_str(&text(Format::Gitlab, &report)).expect("JSON");
    assert_eq!(issues[0]["location"], serde_json::json!({"path": "live/main file.tf", "lines": {"begin": 12}}));
}

#[test]
fn ocsf_events_are_what_the_schema_says() {
    let schema = strict(schema("ocsf-detection-finding-1.5.0.json"));
    for report in [sample(), empty(), compared()] {
        let events = lines(Format::Ocsf, &report);
        assert_eq!(events.len(), report.findings.len() + usize::from(!report.complete));
        for event in &events {
            let mut event = event.clone();
            // What the schema does not know is free.
            event.as_object_mut().expect("an event").remove("unmapped");
            assert_valid(&schema, &event);
        }
    }
    let events = lines(Format::Ocsf, &sample());
    let cost = sample().findings.iter().find_map(|finding| finding.cost.clone()).expect("a cost");
    assert!(
        events.iter().any(|event| event["unmapped"]["monthly_usd"]["high"] == serde_json::json!(cost.monthly_usd.high))
    );
}

#[test]
fn security_hub_gets_requests_of_one_place_and_a_hundred_findings() {
    let schema = strict(schema("asff-batch-import-findings.json"));
    for report in [sample(), empty(), compared(), many(250)] {
        let requests = lines(Format::Asff, &report);
        let findings: Vec<&Value> =
            requests.iter().flat_map(|request| request["Findings"].as_array().expect("findings")).collect();
        let told = findings.iter().filter(|one| one["GeneratorId"] != "not-everything-seen").count();
        assert_eq!(told, report.findings.len());
        for request in &requests {
            assert_valid(&schema, request);
            let of = request["Findings"].as_array().expect("findings");
            let place = |one: &Value| (one["AwsAccountId"].clone(), one["Region"].clone());
            assert!(of.iter().all(|one| place(one) == place(&of[0])));
        }
    }
}

#[test]
fn security_hub_is_sent_nothing_of_no_account() {
    let mut report = many(3);
    report.gaps.clear();
    report.findings[0].account = String::new();
    report.findings[1].account = "organization".to_owned();
    report.findings[2].message = "é".repeat(5_000);
    let requests = lines(Format::Asff, &report);
    assert_eq!(requests.len(), 1);
    let findings = requests[0]["Findings"].as_array().expect("findings");
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["Description"].as_str().map(|text| text.chars().count()), Some(1024));
}
