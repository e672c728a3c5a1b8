//! OCSF 1.5.0 (schema.ocsf.io, read 2026-11): a Detection Finding (class 2004) a line, as data lakes and SIEMs take them.
//!
//! OCSF has no place for money: it stands in `unmapped`, with the command that goes on. What was not seen is an event of its
//! own, so that a lake without one means that everything was seen.

#![expect(clippy::indexing_slicing, reason = "members of JSON objects that are made here")]

use std::io;

use serde_json::{Map, Value, json};

use super::{Style, json, rule_page, words};
use crate::report::Report;
use crate::report::v1::Finding;
use crate::rules::{Confidence, Rule, Severity};

/// Writes the events.
pub(super) fn write(report: &Report, rules: &[&Rule], style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    for finding in &report.findings {
        json::line(&event(report, finding, rules, style), out)?;
    }
    if !report.complete {
        json::line(&unseen(report), out)?;
    }
    Ok(())
}

/// What every event has.
fn base(report: &Report, severity: Severity, message: &str) -> Map<String, Value> {
    let (severity_id, severity) = match severity {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    };
    let event = json!({
        "activity_id": 1, "activity_name": "Create",
        "category_uid": 2, "category_name": "Findings",
        "class_uid": 2004, "class_name": "Detection Finding",
        "type_uid": 200_401, "type_name": "Detection Finding: Create",
        "severity_id": severity_id, "severity": severity,
        "time": report.run.taken_at.timestamp_millis(),
        "message": message,
        "metadata": {
            "version": "1.5.0",
            "product": {"name": report.tool.name, "vendor_name": report.tool.name, "version": report.tool.version},
            "profiles": ["cloud"],
        },
    });
    match event {
        Value::Object(event) => event,
        _ => Map::new(),
    }
}

/// Where something is. Terraform's account need not be known.
fn cloud(account: &str, region: &str) -> Value {
    let mut cloud = json!({"provider": "AWS"});
    if !account.is_empty() {
        cloud["account"] = json!({"uid": account, "type_id": 10, "type": "AWS Account"});
    }
    if !region.is_empty() {
        cloud["region"] = json!(region);
    }
    cloud
}

fn event(report: &Report, finding: &Finding, rules: &[&Rule], style: &Style) -> Map<String, Value> {
    let headline = words::headline(finding);
    let (confidence_id, confidence) = match finding.confidence {
        Confidence::Low => (1, "Low"),
        Confidence::Medium => (2, "Medium"),
        Confidence::High => (3, "High"),
    };
    let (status_id, status) = if finding.suppressed.is_some() { (3, "Suppressed") } else { (1, "New") };
    let title = rules.iter().find(|rule| rule.id == finding.rule).map_or(finding.rule.as_str(), |rule| rule.title);
    let resource = &finding.resource;
    let mut of_resource = json!({
        "uid": resource.arn.as_deref().unwrap_or(&resource.id),
        "name": resource.name.as_deref().unwrap_or(&resource.id),
        "type": resource.kind,
    });
    if !finding.region.is_empty() {
        of_resource["region"] = json!(finding.region);
    }
    let mut event = base(report, finding.severity, headline);
    event.extend([
        ("confidence_id".to_owned(), json!(confidence_id)),
        ("confidence".to_owned(), json!(confidence)),
        ("status_id".to_owned(), json!(status_id)),
        ("status".to_owned(), json!(status)),
        ("cloud".to_owned(), cloud(&finding.account, &finding.region)),
        (
            "finding_info".to_owned(),
            json!({
                "uid": finding.fingerprint, "title": headline, "desc": finding.message,
                "created_time": report.run.taken_at.timestamp_millis(),
                "analytic": {"uid": finding.rule, "name": title, "type_id": 1, "type": "Rule"},
            }),
        ),
        (
            "remediation".to_owned(),
            json!({"desc": words::advice(finding), "references": [rule_page::uri(&finding.rule)]}),
        ),
        ("resources".to_owned(), json!([of_resource])),
        (
            "unmapped".to_owned(),
            json!({
                "monthly_usd": finding.cost.as_ref().map(|cost| cost.monthly_usd),
                "one_time_usd": finding.cost.as_ref().map(|cost| cost.one_time_usd),
                "basis": finding.cost.as_ref().map(|cost| cost.basis.as_str()),
                "how_sure": words::sure(finding).map(|sure| format!("{}: {}", sure.word, sure.why)),
                "command": words::fix_command(finding, &style.run, usize::MAX),
                "suppressed": words::suppression(finding),
                "new": finding.new,
                "file": finding.location.as_ref().map(|location| &location.file),
                "line": finding.location.as_ref().and_then(|location| location.line),
            }),
        ),
    ]);
    event
}

fn unseen(report: &Report) -> Map<String, Value> {
    let message = words::completeness(report);
    let mut event = base(report, Severity::Info, &message);
    let gaps: Vec<_> = report.gaps.iter().filter(|gap| !gap.rules.is_empty()).collect();
    let (account, region) = match report.run.targets.as_slice() {
        [only] => (only.account.as_str(), only.region.as_str()),
        _ => ("", ""),
    };
    event.extend([
        ("cloud".to_owned(), cloud(account, region)),
        ("finding_info".to_owned(), json!({"uid": "not-everything-seen", "title": message})),
        ("unmapped".to_owned(), json!({"gaps": gaps})),
    ]);
    event
}
