//! The AWS Security Finding Format (Security Hub user guide, "ASFF syntax", read 2026-11): a request for
//! `BatchImportFindings` a line. Nothing is sent.
//!
//! A request is of one account and region, to be made with credentials of that account there, and has at most a hundred
//! findings. What has no account (Terraform's findings may have none) cannot be imported and is left out. What was not seen
//! is a finding of its own.

#![expect(clippy::indexing_slicing, reason = "members of JSON objects that are made here")]

use std::collections::BTreeMap;
use std::io;

use serde_json::{Map, Value, json};

use super::text::clean;
use super::{Style, json, rule_page, words};
use crate::report::Report;
use crate::report::v1::{Finding, GapReport};
use crate::rules::Severity;

/// How many findings a request takes.
const BATCH: usize = 100;
/// The longest texts, in characters.
const TITLE: usize = 256;
const DESCRIPTION: usize = 1024;
const RECOMMENDATION: usize = 512;
const FIELD: usize = 1024;

/// What a request is about.
type Place<'a> = (&'a str, &'a str);

/// Writes the requests.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut findings: BTreeMap<Place<'_>, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| is_account(&finding.account) && !finding.region.is_empty()) {
        findings.entry((&finding.account, &finding.region)).or_default().push(finding);
    }
    let mut gaps: BTreeMap<Place<'_>, Vec<&GapReport>> = BTreeMap::new();
    for gap in
        report.gaps.iter().filter(|gap| !gap.rules.is_empty() && is_account(&gap.account) && !gap.region.is_empty())
    {
        gaps.entry((&gap.account, &gap.region)).or_default().push(gap);
    }
    for (place, found) in findings {
        for batch in found.chunks(BATCH) {
            request(batch.iter().map(|finding| imported(report, finding, style)), out)?;
        }
        if let Some(gaps) = gaps.remove(&place) {
            request(std::iter::once(unseen(report, place, &gaps)), out)?;
        }
    }
    for (place, gaps) in gaps {
        request(std::iter::once(unseen(report, place, &gaps)), out)?;
    }
    Ok(())
}

fn request(findings: impl Iterator<Item = Value>, out: &mut dyn io::Write) -> io::Result<()> {
    json::line(&json!({"Findings": findings.collect::<Vec<_>>()}), out)
}

fn is_account(account: &str) -> bool {
    account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())
}

/// The partition of a region's ARNs.
fn partition(region: &str) -> &'static str {
    match region.split_once('-') {
        Some(("cn", _)) => "aws-cn",
        Some(("us", rest)) if rest.starts_with("gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// At most so many characters; never empty, which the service refuses.
fn text(text: &str, longest: usize) -> String {
    let text = clean(text);
    let text = text.trim();
    match text.chars().count() {
        0 => "–".to_owned(),
        all if all > longest => text.chars().take(longest - 1).chain(['…']).collect(),
        _ => text.to_owned(),
    }
}

/// What every finding has.
fn base(report: &Report, (account, region): Place<'_>, id: &str, rule: &str, severity: Severity) -> Value {
    let label = match severity {
        Severity::Info => "INFORMATIONAL",
        Severity::Low => "LOW",
        Severity::Medium => "MEDIUM",
        Severity::High => "HIGH",
        Severity::Critical => "CRITICAL",
    };
    let at = report.run.taken_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let (name, partition) = (&report.tool.name, partition(region));
    json!({
        "SchemaVersion": "2018-10-08",
        "Id": format!("{name}/{account}/{region}/{id}"),
        "ProductArn": format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default"),
        "ProductName": name,
        "CompanyName": name,
        "GeneratorId": rule,
        "AwsAccountId": account,
        "Region": region,
        "Types": ["Software and Configuration Checks"],
        "CreatedAt": at,
        "UpdatedAt": at,
        "Severity": {"Label": label, "Original": severity.as_str()},
        "RecordState": "ACTIVE",
    })
}

fn imported(report: &Report, finding: &Finding, style: &Style) -> Value {
    let place = (finding.account.as_str(), finding.region.as_str());
    let mut value = base(report, place, &finding.fingerprint, &text(&finding.rule, FIELD), finding.severity);
    value["Title"] = json!(text(words::headline(finding), TITLE));
    value["Description"] = json!(text(&finding.message, DESCRIPTION));
    value["Remediation"] = json!({"Recommendation": {
        "Text": text(&words::advice(finding), RECOMMENDATION), "Url": rule_page::uri(&finding.rule),
    }});
    value["Workflow"] = json!({"Status": if finding.suppressed.is_some() { "SUPPRESSED" } else { "NEW" }});
    let resource = &finding.resource;
    value["Resources"] = json!([{
        "Type": if resource.kind == "AWS::EC2::Instance" { "AwsEc2Instance" } else { "Other" },
        "Id": text(resource.arn.as_deref().unwrap_or(&resource.id), FIELD),
        "Partition": partition(&finding.region),
        "Region": finding.region,
    }]);
    value["ProductFields"] = Value::Object(fields(finding, style));
    value
}

/// What the format has no place for, as text.
fn fields(finding: &Finding, style: &Style) -> Map<String, Value> {
    let cost = finding.cost.as_ref();
    let name = finding.resource.name.clone();
    let all = [
        ("resource_type", Some(finding.resource.kind.clone())),
        ("resource_name", name),
        ("confidence", Some(finding.confidence.as_str().to_owned())),
        ("how_sure", words::sure(finding).map(|sure| format!("{}: {}", sure.word, sure.why))),
        ("monthly_usd_low", cost.map(|cost| cost.monthly_usd.low.0.to_string())),
        ("monthly_usd_likely", cost.and_then(|cost| cost.monthly_usd.likely).map(|usd| usd.0.to_string())),
        ("monthly_usd_high", cost.map(|cost| cost.monthly_usd.high.0.to_string())),
        ("one_time_usd", cost.map(|cost| cost.one_time_usd.0.to_string())),
        ("basis", cost.map(|cost| cost.basis.as_str().to_owned())),
        ("command", words::fix_command(finding, &style.run, usize::MAX)),
        ("suppressed", words::suppression(finding)),
    ];
    let given = all.into_iter().filter_map(|(key, value)| Some((key, value?)));
    given.map(|(key, value)| (format!("inspector-audit/{key}"), json!(text(&value, FIELD)))).collect()
}

fn unseen(report: &Report, place: Place<'_>, gaps: &[&GapReport]) -> Value {
    let (account, region) = place;
    let mut value = base(report, place, "not-everything-seen", "not-everything-seen", Severity::Info);
    let each: Vec<String> = gaps.iter().map(|gap| format!("{}: {}", gap.section, gap.message)).collect();
    value["Title"] = json!("Not everything was seen: there could still be a finding");
    value["Description"] = json!(text(&each.join("; "), DESCRIPTION));
    value["Resources"] = json!([{
        "Type": "AwsAccount",
        "Id": format!("AWS::::Account:{account}"),
        "Partition": partition(region),
        "Region": region,
    }]);
    value
}
