//! JSON Lines: one object per line, each with a `type`.
//!
//! `finding` lines come first, in the report's order, with the fields of `findings[]`; then `gap` and `verdict`
//! lines with those of `gaps[]` and `verdicts[]` (targets that are alike share one); the last line is the `summary` with
//! everything else of the report. A file without its `summary` line was cut short.
//!
//! Tables have no room for what lies in what: a finding says its resource and its amounts flat as well, and how much of it
//! each sum of the summary counts, so that adding up lines counts no dollar twice. Every line says when its data was taken.

use std::io;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::json;
use crate::model::Tool;
use crate::price::Usd;
use crate::report::v1::Finding;
use crate::report::{Measured, MonthlyTotals, Report, Run, Summary, WhatIf, bills};

#[derive(Serialize)]
struct Line<'a, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    taken_at: DateTime<Utc>,
    #[serde(flatten)]
    item: &'a T,
}

/// A finding, and what of it a table has room for.
#[derive(Serialize)]
struct Row<'a> {
    resource_id: &'a str,
    resource_name: Option<&'a str>,
    monthly_usd_low: Option<Usd>,
    monthly_usd_likely: Option<Usd>,
    monthly_usd_high: Option<Usd>,
    one_time_usd: Option<Usd>,
    /// What `summary.monthly_usd.measured` counts of it, and so on.
    counted_measured: Usd,
    counted_projected: Usd,
    counted_at_risk: Usd,
    #[serde(flatten)]
    finding: &'a Finding,
}

impl<'a> Row<'a> {
    fn of(finding: &'a Finding, counted: MonthlyTotals) -> Self {
        let cost = finding.cost.as_ref();
        let MonthlyTotals { measured, projected, at_risk } = counted;
        Self {
            resource_id: &finding.resource.id,
            resource_name: finding.resource.name.as_deref(),
            monthly_usd_low: cost.map(|cost| cost.monthly_usd.low),
            monthly_usd_likely: cost.and_then(|cost| cost.monthly_usd.likely),
            monthly_usd_high: cost.map(|cost| cost.monthly_usd.high),
            one_time_usd: cost.map(|cost| cost.one_time_usd),
            counted_measured: measured,
            counted_projected: projected,
            counted_at_risk: at_risk,
            finding,
        }
    }
}

/// What the report says besides its lists.
#[derive(Serialize)]
struct Rest<'a> {
    schema_version: u32,
    tool: &'a Tool,
    run: &'a Run,
    complete: bool,
    summary: &'a Summary,
    what_if: Option<&'a WhatIf>,
    measured: &'a [Measured],
}

/// Writes the report line by line.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let taken_at = report.run.taken_at;
    let mut counted = bills(&report.findings).peekable();
    for finding in &report.findings {
        // Both are in the report's order.
        let counts = counted.next_if(|(counts, _)| std::ptr::eq(*counts, finding));
        let totals = counts.map(|(_, cost)| MonthlyTotals::of(cost)).unwrap_or_default();
        json::line(&Line { kind: "finding", taken_at, item: &Row::of(finding, totals) }, out)?;
    }
    for item in &report.gaps {
        json::line(&Line { kind: "gap", taken_at, item }, out)?;
    }
    for item in &report.verdicts {
        json::line(&Line { kind: "verdict", taken_at, item }, out)?;
    }
    let Report { schema_version, tool, run, complete, summary, what_if, measured, .. } = report;
    let what_if = what_if.as_ref();
    let rest = Rest { schema_version: *schema_version, tool, run, complete: *complete, summary, what_if, measured };
    json::line(&Line { kind: "summary", taken_at, item: &rest }, out)
}
