//! SARIF 2.1.0 (OASIS, 2020-03) for code scanning, streamed to the writer.
//!
//! GitHub drops a whole file in which one result lacks a physical location (GitHub Docs, "SARIF support for code
//! scanning", 2026-10), and cloud resources have none. What Terraform declares is placed on its file and line; each cloud
//! resource gets a stable relative address, `aws/<account>/<region>/<service>/<id>`, beside its logical location. Gaps are
//! tool execution notifications, and the execution counts as successful only when no gap could hide a finding. GitHub
//! takes at most 25,000 results of a file; nothing is left out here for that.

mod model;
pub(super) mod place;

use std::collections::BTreeSet;
use std::io;

use serde::{Serialize, Serializer};

use self::model::{
    AutomationDetails, Base, Bases, Configuration, Descriptor, DescriptorProperties, DescriptorReference, Driver,
    Fingerprints, GapProperties, Invocation, Location, Log, LogicalLocation, Message, Multiformat, Notification,
    ResultObject, ResultProperties, Run, RunProperties, Suppression, Tool,
};
use super::json;
use super::text::clean;
use super::{mounts, rule_page, words};
use crate::report::Report;
use crate::report::v1::Finding;
use crate::report::v1::GapReport;
use crate::rules::finding::{Rule, Severity};

pub(super) fn write(report: &Report, rules: &[&Rule], out: &mut dyn io::Write) -> io::Result<()> {
    let ids: BTreeSet<&str> = report
        .verdicts
        .iter()
        .flat_map(|row| row.rules.keys().map(String::as_str))
        .chain(report.findings.iter().map(|finding| finding.rule.as_str()))
        .collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: &report.tool.name,
                version: &report.tool.version,
                semantic_version: &report.tool.version,
                rules: ids.iter().map(|id| descriptor(id, rules, report)).collect(),
            },
        },
        automation_details: AutomationDetails { id: format!("{}/{}/", report.tool.name, report.run.source) },
        invocations: [Invocation {
            start_time_utc: report.run.taken_at,
            execution_successful: report.complete,
            tool_execution_notifications: Sequence(|| report.gaps.iter().map(notification)),
        }],
        original_uri_base_ids: Bases {
            root: Base { description: Message { text: "The root of the repository.".to_owned() } },
        },
        results: Sequence(|| report.findings.iter().map(|finding| result(report, finding, &ids))),
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

/// The rule's severity on GitHub's scale (GitHub Docs, "SARIF support for code scanning", 2026-10: over 9.0 is critical,
/// from 7.0 high, from 4.0 medium): a rule has one, so it is that of its worst finding here.
fn security_severity(worst: Severity) -> &'static str {
    match worst {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

/// A rule with its page, and its worst finding in the report.
fn descriptor<'a>(id: &'a str, rules: &[&'a Rule], report: &Report) -> Descriptor<'a> {
    let rule = rules.iter().find(|rule| rule.id == id);
    let title = rule.map_or(id, |rule| rule.title);
    let page = rule.map_or(id, |rule| rule.explain);
    let worst = report.findings.iter().filter(|finding| finding.rule == id).map(|finding| finding.severity).max();
    Descriptor {
        id,
        name: id,
        short_description: Message { text: plain(title) },
        full_description: Message { text: plain(&first_paragraph(page)) },
        help_uri: rule_page::uri(id),
        help: Multiformat { text: plain(title), markdown: page },
        default_configuration: Configuration { level: "warning" },
        properties: DescriptorProperties {
            tags: ["security"].into_iter().chain(id.split('-').take(1)).collect(),
            security_severity: worst.map(security_severity),
        },
    }
}

/// The first paragraph below the page's first heading.
fn first_paragraph(page: &str) -> String {
    let lines = page.lines().skip_while(|line| line.starts_with('#') || line.trim().is_empty());
    lines.take_while(|line| !line.trim().is_empty()).collect::<Vec<_>>().join(" ")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn result<'a>(report: &Report, finding: &'a Finding, ids: &[&str]) -> ResultObject<'a> {
    let mounts = mounts::lines(finding, report.run.taken_at, mounts::ROOMY);
    let headline = match finding.location {
        // Nothing but the sentence says on what: the place is a made-up one.
        None => format!("{}: {}", words::resource(finding), words::headline(finding)),
        Some(_) => words::headline(finding).to_owned(),
    };
    let text = [headline.as_str(), &finding.message]
        .into_iter()
        .chain(mounts.iter().map(String::as_str))
        .chain([words::advice(finding).as_str()])
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
        suppressions: suppression(finding).into_iter().collect(),
        baseline_state: finding.new.map(|new| if new { "new" } else { "unchanged" }),
        properties: ResultProperties {
            severity: finding.severity,
            confidence: finding.confidence,
            account: &finding.account,
            region: &finding.region,
            resource,
            instance_counts: finding.instance_counts,
            strongest_mount: mounts::strongest(finding),
            cost: finding.cost.as_ref(),
        },
    }
}

/// Accepted: the comment in the source and the configuration file outside of it are the operator's own.
fn suppression(finding: &Finding) -> Option<Suppression> {
    let is_in_source = finding.suppressed.as_ref()?.comment.is_some();
    let because = words::suppression(finding)?;
    Some(Suppression {
        kind: if is_in_source { "inSource" } else { "external" },
        status: "accepted",
        justification: clean(&because).into_owned(),
    })
}

fn location(finding: &Finding) -> Location<'_> {
    let resource = &finding.resource;
    Location {
        physical_location: place::physical(finding),
        logical_locations: [LogicalLocation {
            name: clean(resource.name.as_deref().unwrap_or(&resource.id)),
            fully_qualified_name: clean(resource.arn.as_deref().unwrap_or(&resource.id)),
            kind: "resource",
        }],
    }
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
    fn messages_hold_no_placeholder_and_no_link() {
        assert_eq!(plain("{0} [a](b)"), "{{0}} [a\\](b)");
    }
}
