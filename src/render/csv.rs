//! CSV: a row per finding for spreadsheets, then a row per gap, one per suppression that hides nothing, one summary row.
//!
//! The first column tells them apart, so that a file without a finding still says what was not seen. Amounts stand
//! in `finding` rows only: summing a column never counts a total twice. A suppressed finding has the operator's reason
//! in the column `suppressed`; the amounts of such rows are in no total of the report. The last
//! columns tell of the instance that most likely mounts the file system (empty where only the network lets it), say what is
//! wrong in a sentence, where it is written, which command prints the plan, and what the account is called.

use std::io;

use chrono::SecondsFormat;

use super::text::csv_cell;
use super::{Style, mounts, words};
use crate::report::Report;
use crate::report::v1::Finding;
use crate::report::v1::GapReport;
use crate::rules::ConditionState;

/// The columns, in order.
const COLUMNS: [&str; 39] = [
    "record",
    "rank",
    "severity",
    "confidence",
    "rule",
    "account",
    "region",
    "resource_type",
    "resource_id",
    "resource_name",
    "resource_arn",
    "title",
    "monthly_usd_low",
    "monthly_usd_likely",
    "monthly_usd_high",
    "one_time_usd",
    "basis",
    "instances_confirmed",
    "instances_likely",
    "instances_possible",
    "conditions_met",
    "message",
    "remediation",
    "commands",
    "fingerprint",
    "suppressed",
    "new",
    "strongest_instance",
    "strongest_mount",
    "strongest_evidence",
    "observed_at",
    "mount_point",
    "scan_scope",
    "headline",
    "file",
    "line",
    "command",
    "account_name",
    "ou",
];

/// Writes the header and the rows.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    // Every cell in quotes: editions that take `;` or a tab for the separator then see the same cells.
    let mut writer = ::csv::WriterBuilder::new().quote_style(::csv::QuoteStyle::NonNumeric).from_writer(out);
    writer.write_record(COLUMNS).map_err(io_error)?;
    for (index, finding) in report.findings.iter().enumerate() {
        row(&mut writer, &of_finding(index + 1, finding, report, style))?;
    }
    for gap in &report.gaps {
        row(&mut writer, &of_gap(gap))?;
    }
    for idle in words::idle_suppressions(report) {
        row(&mut writer, &of_suppression(&idle))?;
    }
    let summary = &report.summary;
    let message = format!(
        "{} findings, {} suppressed; {}",
        summary.findings.total(),
        summary.suppressed,
        if report.complete { "complete" } else { "not complete: something unseen could still be a finding" },
    );
    row(&mut writer, &[("record", "summary".to_owned()), ("message", message)])?;
    writer.flush()
}

/// One row: the cells that are given, the others empty.
fn row(writer: &mut ::csv::Writer<&mut dyn io::Write>, cells: &[(&str, String)]) -> io::Result<()> {
    let cell = |column: &str| cells.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| value.as_str());
    writer.write_record(COLUMNS.map(cell)).map_err(io_error)
}

/// The writer's own error, so that a closed pipe stays one.
fn io_error(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn of_finding(rank: usize, finding: &Finding, report: &Report, style: &Style) -> Vec<(&'static str, String)> {
    let text = |value: &str| csv_cell(value).into_owned();
    let optional = |value: Option<&str>| value.map(text).unwrap_or_default();
    let Finding { resource, instance_counts, .. } = finding;
    let mut cells = vec![
        ("record", "finding".to_owned()),
        ("rank", rank.to_string()),
        ("severity", finding.severity.as_str().to_owned()),
        ("confidence", finding.confidence.as_str().to_owned()),
        ("rule", text(&finding.rule)),
        ("account", text(&finding.account)),
        ("region", text(&finding.region)),
        ("resource_type", text(&resource.kind)),
        ("resource_id", text(&resource.id)),
        ("resource_name", optional(resource.name.as_deref())),
        ("resource_arn", optional(resource.arn.as_deref())),
        ("title", text(&finding.title)),
        ("instances_confirmed", instance_counts.confirmed.to_string()),
        ("instances_likely", instance_counts.likely.to_string()),
        ("instances_possible", instance_counts.possible.to_string()),
        ("conditions_met", conditions_met(finding)),
        ("message", text(&finding.message)),
        ("remediation", text(&finding.remediation.summary)),
        ("commands", text(&commands(&finding.remediation.commands))),
        ("fingerprint", text(&finding.fingerprint)),
        ("headline", text(words::headline(finding))),
        // All of the fingerprint: a row leaves its file.
        ("command", words::fix_command(finding, &style.run, usize::MAX).as_deref().map(text).unwrap_or_default()),
    ];
    if let Some(called) = report.account(&finding.account) {
        cells.push(("account_name", optional(called.name.as_deref())));
        cells.push(("ou", optional(called.ou.as_deref())));
    }
    if let Some(location) = &finding.location {
        cells.push(("file", text(&location.file)));
        cells.push(("line", location.line.map(|line| line.to_string()).unwrap_or_default()));
    }
    if let Some(because) = words::suppression(finding) {
        cells.push(("suppressed", text(&because)));
    }
    if let Some(new) = finding.new {
        cells.push(("new", if new { "yes" } else { "no" }.to_owned()));
    }
    if let Some(cost) = &finding.cost {
        cells.extend([
            ("monthly_usd_low", cost.monthly_usd.low.0.to_string()),
            ("monthly_usd_likely", cost.monthly_usd.likely.map(|likely| likely.0.to_string()).unwrap_or_default()),
            ("monthly_usd_high", cost.monthly_usd.high.0.to_string()),
            ("one_time_usd", cost.one_time_usd.0.to_string()),
            ("basis", cost.basis.as_str().to_owned()),
        ]);
    }
    if let Some(instance) = mounts::strongest(finding) {
        let observed_at = instance.observed_at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
        cells.extend([
            ("strongest_instance", text(&instance.id)),
            ("strongest_mount", words::mount(instance.mount).to_owned()),
            ("strongest_evidence", optional(instance.evidence.as_deref())),
            ("observed_at", observed_at.unwrap_or_default()),
            ("mount_point", optional(instance.mount_point.as_deref())),
            ("scan_scope", instance.scan_scope.as_str().to_owned()),
        ]);
    }
    cells
}

/// Commands on one line; without comments, behind which nothing of the line would run.
fn commands(all: &[String]) -> String {
    all.iter().map(String::as_str).filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join(" ; ")
}

/// The numbers of the conditions that hold, e.g. `1 2 3 4 5 6`.
fn conditions_met(finding: &Finding) -> String {
    let met = finding.conditions.iter().filter(|condition| condition.state == ConditionState::Met);
    met.map(|condition| condition.number.to_string()).collect::<Vec<_>>().join(" ")
}

fn of_suppression(idle: &words::Idle<'_>) -> Vec<(&'static str, String)> {
    let text = |value: &str| csv_cell(value).into_owned();
    let optional = |value: &Option<String>| value.as_deref().map(text).unwrap_or_default();
    vec![
        ("record", "suppression".to_owned()),
        ("rule", optional(&idle.of.rule)),
        ("account", optional(&idle.of.account)),
        ("region", optional(&idle.of.region)),
        ("resource_id", optional(&idle.of.resource)),
        ("title", idle.of.state.as_str().to_owned()),
        ("message", text(&idle.sentence)),
        ("suppressed", text(&idle.of.reason)),
    ]
}

fn of_gap(gap: &GapReport) -> Vec<(&'static str, String)> {
    let text = |value: &str| csv_cell(value).into_owned();
    vec![
        ("record", "gap".to_owned()),
        ("rule", text(&gap.rules.join(" "))),
        ("account", text(&gap.account)),
        ("region", text(&gap.region)),
        ("resource_type", text(gap.section.as_str())),
        ("resource_id", gap.resource.as_deref().map(text).unwrap_or_default()),
        ("title", text(&format!("{}: {}", gap.reason.as_str(), gap.operation))),
        ("message", text(&gap.message)),
    ]
}
