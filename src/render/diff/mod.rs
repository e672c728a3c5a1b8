//! A comparison of two reports: for a terminal, as JSON, as Markdown.

mod markdown;

use std::io;

use comfy_table::{Cell, ColumnConstraint, Width};

use super::table::paint::Paint;
use super::table::{NARROWEST, PIPED, fixed, layout, print, right, strong};
use super::text::{brief, count, dollars};
use super::{Style, json, words};
use crate::diff::{Change, Diff, Entry, State};
use crate::price::Usd;

/// The longest name, resource id or rule that is printed.
const NAME: usize = 48;

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
    let shown = &diff.findings[..style.top.unwrap_or(usize::MAX).min(diff.findings.len())];
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
    let mut block = vec![Paint::Strong.on(&brief(&entry.resource.id, NAME))];
    block.extend(entry.resource.name.as_deref().map(|name| format!("“{}”", brief(name, NAME))));
    let place = format!("{} {}", entry.account, entry.region);
    let parts = [brief(place.trim(), NAME), brief(&entry.rule, NAME)];
    block.push(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "));
    block.extend(differences(entry));
    vec![
        Cell::new_owned(paint.on(entry.change.as_str())),
        Cell::new_owned(block.join("\n")),
        right(monthly(entry).join("\n")),
    ]
}

/// What the two states differ in besides money, a line each; for one state alone, what it is.
fn differences(entry: &Entry) -> Vec<String> {
    let (Some(old), Some(new)) = (&entry.old, &entry.new) else {
        return entry.new.or(entry.old).map(|state| judged(&state)).into_iter().collect();
    };
    let mut lines = Vec::new();
    if (old.severity, old.confidence) == (new.severity, new.confidence) {
        lines.push(judged(new));
    } else {
        lines.push(format!("{} → {}", judged(old), judged(new)));
    }
    let mounts = [
        ("confirmed", old.instance_counts.confirmed, new.instance_counts.confirmed),
        ("likely", old.instance_counts.likely, new.instance_counts.likely),
        ("possible", old.instance_counts.possible, new.instance_counts.possible),
    ];
    let changed: Vec<_> = mounts
        .into_iter()
        .filter(|(_, old, new)| old != new)
        .map(|(word, old, new)| format!("{word} {old} → {new}"))
        .collect();
    if !changed.is_empty() {
        lines.push(format!("mounts: {}", changed.join(", ")));
    }
    lines
}

fn judged(state: &State) -> String {
    format!("{}, {} confidence", state.severity.as_str(), state.confidence.as_str())
}

/// The likely figures, and below them what else of the money changed.
fn monthly(entry: &Entry) -> Vec<String> {
    let likely = |state: &State| state.monthly_usd.map_or_else(|| "–".to_owned(), words::monthly);
    let (Some(old), Some(new)) = (&entry.old, &entry.new) else {
        return vec![entry.new.or(entry.old).map_or_else(|| "–".to_owned(), |state| likely(&state))];
    };
    let (before, after) = (likely(old), likely(new));
    let mut lines = if before == after { vec![after] } else { vec![before, format!("→ {after}")] };
    let range = |state: &State| {
        let (low, high) = words::range(state.monthly_usd?)?;
        Some(format!("{}–{}", dollars(low), dollars(high)))
    };
    if old.monthly_usd != new.monthly_usd
        && let Some(range) = range(new)
    {
        lines.push(range);
    }
    if old.one_time_usd != new.one_time_usd {
        lines.push(format!("once {}", new.one_time_usd.unwrap_or(Usd::ZERO).display()));
    }
    lines
}

/// `1 new, 2 gone, 40 unchanged`.
fn counts(diff: &Diff) -> String {
    let counts = diff.counts;
    let parts = [
        (counts.new, "new"),
        (counts.changed, "changed"),
        (counts.unseen, "no longer seen"),
        (counts.suppressed, "suppressed"),
        (counts.gone, "gone"),
        (counts.unchanged, "unchanged"),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", super::text::grouped(number)))
        .collect();
    if parts.is_empty() { "none in either report.".to_owned() } else { format!("{}.", parts.join(", ")) }
}

fn totals(diff: &Diff) -> String {
    format!(
        "{} before, {} now; the change: {}.",
        words::sums(diff.old.monthly_usd),
        words::sums(diff.new.monthly_usd),
        words::changes(diff.monthly_usd_change)
    )
}

fn compared(diff: &Diff) -> String {
    let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%S UTC");
    format!("{} with {}.", day(diff.old.taken_at), day(diff.new.taken_at))
}

/// What the comparison cannot say.
fn blind(diff: &Diff) -> Option<String> {
    let mut sentences = Vec::new();
    if diff.counts.unseen > 0 {
        sentences.push(format!(
            "{} not looked at again, or something unseen could still be it: not gone.",
            count(diff.counts.unseen, "finding was", "findings were")
        ));
    }
    if !diff.new.complete {
        sentences.push("The later report is not complete: there could be more that is new.".to_owned());
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}
