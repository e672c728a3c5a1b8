//! JSON Lines: one object per line, each with a `type`.
//!
//! `finding` lines come first, in the report's order, with the fields of `findings[]`; then `gap` and `verdict`
//! lines with those of `gaps[]` and `verdicts[]` (targets that are alike share one); the last line is the `summary` with
//! everything else of the report. A file without its `summary` line was cut short.

use std::io;

use serde::Serialize;

use super::json;
use crate::model::Tool;
use crate::report::{Measured, Report, Run, Summary, WhatIf};

#[derive(Serialize)]
struct Line<'a, T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    item: &'a T,
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
    for item in &report.findings {
        json::line(&Line { kind: "finding", item }, out)?;
    }
    for item in &report.gaps {
        json::line(&Line { kind: "gap", item }, out)?;
    }
    for item in &report.verdicts {
        json::line(&Line { kind: "verdict", item }, out)?;
    }
    let Report { schema_version, tool, run, complete, summary, what_if, measured, .. } = report;
    let what_if = what_if.as_ref();
    let rest = Rest { schema_version: *schema_version, tool, run, complete: *complete, summary, what_if, measured };
    json::line(&Line { kind: "summary", item: &rest }, out)
}
