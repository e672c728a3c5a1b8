//! SARIF 2.1.0 (OASIS, 2020-03) for code scanning, streamed to the writer.
//!
//! GitHub drops a whole file in which one result lacks a physical location (GitHub Docs, "SARIF support for code
//! scanning", 2026-10), and cloud resources have none. Each gets a stable relative address,
//! `aws/<account>/<region>/<service>/<id>`, beside its logical location. Gaps are tool execution notifications, and
//! the execution counts as successful only when no gap could hide a finding.

mod model;

use std::collections::BTreeSet;
use std::io;

use serde::{Serialize, Serializer};

use self::model::{
    ArtifactLocation, AutomationDetails, Configuration, Descriptor, DescriptorReference, Driver, Fingerprints,
    GapProperties, Invocation, Location, Log, LogicalLocation, Message, Multiformat, Notification, PhysicalLocation,
    Region, ResultObject, ResultProperties, Run, RunProperties, Suppression, Tool,
};
use super::json;
use super::text::clean;
use super::words;
use crate::report::Report;
use crate::rules::{Finding, GapReport, Severity, rule};

/// The longest path segment that is kept as it is.
const SEGMENT: usize = 128;

/// Writes the log.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let ids: BTreeSet<&str> = report
        .verdicts
        .iter()
        .map(|verdict| verdict.rule.as_str())
        .chain(report.findings.iter().map(|finding| finding.rule.as_str()))
        .collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: &report.tool.name,
                version: &report.tool.version,
                semantic_version: &report.tool.version,
                rules: ids.iter().map(|id| descriptor(id)).collect(),
            },
        },
        automation_details: AutomationDetails { id: format!("{}/{}/", report.tool.name, report.run.source) },
        invocations: [Invocation {
            start_time_utc: report.run.taken_at,
            execution_successful: report.complete,
            tool_execution_notifications: Sequence(|| report.gaps.iter().map(notification)),
        }],
        results: Sequence(|| report.findings.iter().map(|finding| result(finding, &ids))),
        properties: RunProperties {
            complete: report.complete,
            targets: &report.run.targets,
            prices: &report.run.prices,
            inventory: &report.run.inventory,
            summary: &report.summary,
            suppressions: &report.run.suppressions,
            baseline: report.run.baseline.as_ref(),
        },
    };
    let log = Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
    json::pretty(&log, out)
}

/// A list that is made while it is written, so that memory does not grow with it.
struct Sequence<F>(F);

impl<F, I> Serialize for Sequence<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

fn descriptor(id: &str) -> Descriptor<'_> {
    let rule = rule(id);
    let title = rule.map_or(id, |rule| rule.title);
    Descriptor {
        id,
        name: id,
        short_description: Message { text: plain(title) },
        help: rule.map(|rule| Multiformat { text: plain(rule.title), markdown: rule.explain }),
        default_configuration: Configuration { level: "warning" },
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn result<'a>(finding: &'a Finding, ids: &[&str]) -> ResultObject<'a> {
    let text = [finding.title.as_str(), &finding.message, &words::advice(finding)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| format!("{}.", part.trim_end_matches('.')))
        .collect::<Vec<_>>()
        .join(" ");
    let resource = &finding.resource;
    ResultObject {
        rule_id: &finding.rule,
        rule_index: ids.binary_search(&finding.rule.as_str()).ok(),
        level: level(finding.severity),
        message: Message { text: plain(&text) },
        locations: [location(finding)],
        partial_fingerprints: Fingerprints {
            primary_location_line_hash: format!("{}:1", finding.fingerprint),
            own: &finding.fingerprint,
        },
        suppressions: words::suppression(finding).iter().map(|because| suppression(because)).collect(),
        baseline_state: finding.new.map(|new| if new { "new" } else { "unchanged" }),
        properties: ResultProperties {
            severity: finding.severity,
            confidence: finding.confidence,
            account: &finding.account,
            region: &finding.region,
            resource,
            instance_counts: finding.instance_counts,
            cost: finding.cost.as_ref(),
        },
    }
}

/// Suppressed from outside the source, and accepted: the configuration file is the operator's own.
fn suppression(because: &str) -> Suppression {
    Suppression { kind: "external", status: "accepted", justification: clean(because).into_owned() }
}

fn location(finding: &Finding) -> Location<'_> {
    let resource = &finding.resource;
    Location {
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(finding) },
            region: Region { start_line: 1, start_column: 1 },
        },
        logical_locations: [LogicalLocation {
            name: clean(resource.name.as_deref().unwrap_or(&resource.id)),
            fully_qualified_name: clean(resource.arn.as_deref().unwrap_or(&resource.id)),
            kind: "resource",
        }],
    }
}

/// `aws/<account>/<region>/<service>/<id>`.
fn uri(finding: &Finding) -> String {
    let service = finding.resource.kind.split("::").nth(1).unwrap_or("resource").to_ascii_lowercase();
    let parts = [finding.account.as_str(), &finding.region, &service, &finding.resource.id];
    let parts = parts.map(|part| segment(part, &finding.fingerprint));
    format!("aws/{}", parts.join("/"))
}

/// One segment of a relative URI (RFC 3986): only unreserved characters stay as they are, nothing can climb a
/// directory, and what is too long ends in the fingerprint so that it stays unique.
fn segment(text: &str, fingerprint: &str) -> String {
    if text.is_empty() || text.bytes().all(|byte| byte == b'.') {
        return "unknown".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        if out.len() > SEGMENT {
            return format!("{out}-{fingerprint}");
        }
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
        }
    }
    out
}

fn notification(gap: &GapReport) -> Notification<'_> {
    let what = gap.resource.as_deref().map_or_else(|| gap.section.to_string(), |id| format!("{} of {id}", gap.section));
    Notification {
        level: if gap.rules.is_empty() { "note" } else { "error" },
        descriptor: DescriptorReference { id: gap.section.as_str() },
        message: Message {
            text: plain(&format!("{what} in {} {}: {}: {}", gap.account, gap.region, gap.reason.as_str(), gap.message)),
        },
        properties: GapProperties {
            account: &gap.account,
            region: &gap.region,
            operation: &gap.operation,
            reason: gap.reason.as_str(),
            resource: gap.resource.as_deref(),
            rules: &gap.rules,
        },
    }
}

/// Plain message text: braces doubled, since they hold placeholders, and no link inside (SARIF 2.1.0, 3.11.5 and
/// 3.11.6).
fn plain(text: &str) -> String {
    clean(text).replace('{', "{{").replace('}', "}}").replace("](", "\\](")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_relative_and_bounded() {
        assert_eq!(segment("fs-0123", "f"), "fs-0123");
        assert_eq!(segment("../../etc/passwd", "f"), "..%2F..%2Fetc%2Fpasswd");
        assert_eq!(segment("..", "f"), "unknown");
        assert_eq!(segment("", "f"), "unknown");
        assert_eq!(segment("a:b\u{202e}", "f"), "a%3Ab%E2%80%AE");
        let long = segment(&"é".repeat(4000), "0123");
        assert!(long.len() < 160 && long.ends_with("-0123"), "{long}");
    }

    #[test]
    fn messages_hold_no_placeholder_and_no_link() {
        assert_eq!(plain("{0} [a](b)"), "{{0}} [a\\](b)");
    }
}
