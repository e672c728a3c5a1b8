//! A comparison of two reports: for a terminal, as JSON, as Markdown.

mod markdown;
mod said;

use std::io;

use comfy_table::{Cell, ColumnConstraint, Width};

use self::said::{blind, compared, counts, differences, monthly, totals};
use super::table::paint::Paint;
use super::table::{NARROWEST, PIPED, fixed, layout, print, right, strong};
use super::text::{brief, count};
use super::{Style, json};
use crate::diff::{Change, Diff, Entry};

/// The longest name, resource id or rule that is printed.
const MAX_NAME_COLUMNS: usize = 48;

/// How a comparison can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiffFormat {
    /// For a terminal.
    Table,
    /// As one JSON object.
    Json,
    /// For job summaries and pull-request comments.
    Markdown,
}

/// Writes the comparison.
///
/// # Errors
/// Only those of `out`.
pub fn write_diff(format: DiffFormat, diff: &Diff, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        DiffFormat::Table => table(diff, style, out),
        DiffFormat::Json => json::pretty(diff, out),
        DiffFormat::Markdown => markdown::write(diff, style, out),
    }
}

fn table(diff: &Diff, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let width = style.width.unwrap_or(PIPED).max(NARROWEST);
    let shown = diff.findings.get(..style.top.unwrap_or(usize::MAX)).unwrap_or(&diff.findings);
    if !shown.is_empty() {
        let block = ColumnConstraint::LowerBoundary(Width::Fixed(14));
        let columns = [fixed(12), block, fixed(if width < 70 { 13 } else { 25 })];
        let heading = Some(strong(&["Change", "Finding", "Monthly"], 2..3));
        print(out, &layout(width, &columns, heading, shown.iter().map(row).collect()), style.color)?;
        writeln!(out)?;
    }
    let mut facts = Vec::new();
    let hidden = diff.findings.len() - shown.len();
    if hidden > 0 {
        let hidden = u64::try_from(hidden).unwrap_or(u64::MAX);
        facts.push(("Not shown", count(hidden, "more difference", "more differences")));
    }
    facts.push(("Findings", counts(diff)));
    facts.push(("A month", totals(diff)));
    facts.push(("Compared", compared(diff)));
    facts.extend(blind(diff).map(|text| ("Coverage", Paint::Warning.on(&text))));
    let rows =
        facts.into_iter().map(|(label, text)| vec![Cell::new_owned(Paint::Strong.on(label)), Cell::new_owned(text)]);
    let columns = [fixed(12), ColumnConstraint::LowerBoundary(Width::Fixed(20))];
    print(out, &layout(width, &columns, None, rows.collect()), style.color)
}

fn row(entry: &Entry) -> Vec<Cell> {
    let paint = match entry.change {
        Change::New => Paint::Bad,
        Change::Changed | Change::Unseen => Paint::Warning,
        Change::Suppressed => Paint::Faint,
        Change::Gone => Paint::Good,
    };
    let mut block = vec![Paint::Strong.on(&brief(&entry.resource.id, MAX_NAME_COLUMNS))];
    block.extend(entry.resource.name.as_deref().map(|name| format!("“{}”", brief(name, MAX_NAME_COLUMNS))));
    let place = format!("{} {}", entry.account, entry.region);
    let parts = [brief(place.trim(), MAX_NAME_COLUMNS), brief(&entry.rule, MAX_NAME_COLUMNS)];
    block.push(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
    block.extend(differences(entry));
    vec![
        Cell::new_owned(paint.on(entry.change.as_str())),
        Cell::new_owned(block.join("\n")),
        right(monthly(entry).join("\n")),
    ]
}
