//! What `-v` adds: totals, gaps, verdicts, what was looked at, prices; and the comparison of `what-if`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use comfy_table::{Cell, ColumnConstraint, Table, Width};

use super::layout::{MAX_NAME_COLUMNS, fixed, layout, print, right, strong};
use super::lines::{self, Lines};
use super::paint::{Paint, write_line};
use crate::model::{GapReason, SectionName};
use crate::render::text::{brief, count, sentences, width as text_width};
use crate::render::{what_if, words};
use crate::report::Report;
use crate::report::v1::GapReport;
use crate::rules::Verdict;

/// The width of a fact's label.
const LABEL: u16 = 17;
/// The longest message of a gap that is printed.
const MESSAGE: usize = 400;
/// The longest reason of a suppression that is printed.
const REASON: usize = 120;
/// From this width on every fact of a differing finding has its own column.
const COLUMNS: usize = 110;
/// How many places or resources of a gap are named.
const PLACES: usize = 3;

/// Writes all that `-v` adds below the findings.
pub(super) fn write(report: &Report, width: usize, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
    print(out, &facts(vec![fact("Total", &words::totals(report))], width), color)?;

    let (open, settled): (Vec<_>, Vec<_>) = report.gaps.iter().partition(|gap| !gap.rules.is_empty());
    if !open.is_empty() {
        writeln!(out)?;
        print(out, &gaps(&open, width), color)?;
    }

    writeln!(out)?;
    let mut said = vec![fact("Coverage", &seen(report))];
    if !settled.is_empty() {
        said.push(fact("Not needed", &not_needed(&settled)));
    }
    for (verdict, heading) in words::VERDICTS {
        let rules = by_verdict(report, verdict);
        if !rules.is_empty() {
            said.push(fact(heading, &rules));
        }
    }
    if let Some(text) = words::unasked(report) {
        said.push(fact("Not judged", &text));
    }
    said.push(fact("Looked at", &words::looked_at(report)));
    said.push(fact("Prices", &brief(&words::prices(report), MESSAGE)));
    print(out, &facts(said, width), color)?;
    writeln!(out)
}

/// The suppressed findings: the first few, and how many more with the operator's reason.
pub(super) fn suppressed(report: &Report) -> Vec<String> {
    let lines = report.suppressed().map(|finding| {
        let because = words::suppression(finding).unwrap_or_default();
        format!(
            "{} {}: {}",
            brief(&finding.rule, MAX_NAME_COLUMNS),
            brief(&finding.resource.id, MAX_NAME_COLUMNS),
            brief(&because, REASON)
        )
    });
    let lines: Vec<_> = lines.collect();
    some(lines.into_iter(), "suppressed finding", "suppressed findings")
}

/// Today beside the changed world, where there is one.
pub(super) fn differences(
    report: &Report,
    width: usize,
    color: bool,
    verbose: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let all = what_if::facts(report);
    if all.is_empty() {
        return Ok(());
    }
    if !verbose {
        return differences_in_short(report, width, color, out);
    }
    print(out, &facts(all.iter().map(|(label, text)| fact(label, text)).collect(), width), color)?;
    let (rows, more) = what_if::rows(report);
    if !rows.is_empty() {
        writeln!(out)?;
        print(out, &differing(rows, width), color)?;
    }
    if let Some(more) = more {
        write_line(out, &more, color)?;
    }
    writeln!(out)
}

/// A line a fact and a line a finding, without how they come about.
fn differences_in_short(report: &Report, width: usize, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let mut lines = Lines::new(color);
    for (label, text) in what_if::facts_in_short(report) {
        lines.under(label, &text, width.saturating_sub(lines::LABEL));
    }
    let (rows, more) = what_if::rows_in_short(report);
    if !rows.is_empty() {
        lines.blank();
    }
    for what_if::Differing { fate, what, difference } in rows {
        lines.beside(fate, &what, &difference, width.saturating_sub(lines::LABEL));
    }
    if let Some(more) = more {
        lines.push(&more);
    }
    lines.blank();
    lines.write(out)
}

/// The findings that differ: a column for every fact where words stay whole in it, else a block beside the difference.
fn differing(rows: Vec<[String; 5]>, width: usize) -> Table {
    if width >= COLUMNS {
        let longest = rows.iter().map(|[rule, ..]| text_width(rule)).max().unwrap_or(0).min(MAX_NAME_COLUMNS);
        let rule = fixed(u16::try_from(longest).unwrap_or(u16::MAX) + 2);
        let cells = |row: [String; 5]| {
            let cell = |(index, text): (usize, String)| if index < 2 { Cell::new_owned(text) } else { right(text) };
            row.into_iter().enumerate().map(cell).collect()
        };
        let resource = ColumnConstraint::LowerBoundary(Width::Fixed(12));
        let rows = rows.into_iter().map(cells).collect();
        layout(width, &[rule, resource], Some(strong(&what_if::HEADINGS, 2..5)), rows)
    } else {
        let longest = rows.iter().map(|[.., difference]| text_width(difference)).max().unwrap_or(0).max(10);
        let block = |[rule, resource, today, then, difference]: [String; 5]| {
            vec![Cell::new_owned(format!("{rule}\n{resource}\ntoday {today}, then {then}")), right(difference)]
        };
        let difference = fixed(u16::try_from(longest).unwrap_or(u16::MAX) + 2);
        let finding = ColumnConstraint::LowerBoundary(Width::Fixed(12));
        let rows = rows.into_iter().map(block).collect();
        layout(width, &[finding, difference], Some(strong(&["Finding", "Difference"], 1..2)), rows)
    }
}

fn seen(report: &Report) -> String {
    let text = words::completeness(report);
    if report.complete { Paint::Good.on(&text) } else { Paint::Warning.on(&text) }
}

fn fact(label: &str, text: &str) -> Vec<Cell> {
    vec![Cell::new_owned(Paint::Strong.on(label)), Cell::new(text)]
}

fn facts(rows: Vec<Vec<Cell>>, width: usize) -> Table {
    layout(width, &[fixed(LABEL), ColumnConstraint::LowerBoundary(Width::Fixed(20))], None, rows)
}

/// The rules of one verdict; where there are several targets, in how many of them.
fn by_verdict(report: &Report, verdict: Verdict) -> String {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &report.verdicts {
        for (rule, _) in row.rules.iter().filter(|(_, of)| **of == verdict) {
            *rules.entry(rule).or_default() += row.count();
        }
    }
    let several = report.run.targets.len() > 1;
    let name = |(rule, times): (&&str, &usize)| {
        let rule = brief(rule, MAX_NAME_COLUMNS);
        if several { format!("{rule} ×{times}") } else { rule }
    };
    rules.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Gaps of one kind, wherever they are.
pub(super) struct Alike<'a> {
    pub(super) message: &'a str,
    pub(super) places: BTreeSet<String>,
    pub(super) resources: BTreeSet<&'a str>,
    pub(super) rules: BTreeSet<&'a str>,
}

pub(super) type Kind<'a> = (SectionName, &'a str, GapReason);

/// Gaps put together by section, operation and reason: a missing permission shows once, not once per target.
pub(super) fn alike<'a>(gaps: &[&'a GapReport]) -> BTreeMap<Kind<'a>, Alike<'a>> {
    let mut kinds: BTreeMap<Kind<'a>, Alike<'a>> = BTreeMap::new();
    for gap in gaps {
        let kind = kinds.entry((gap.section, &gap.operation, gap.reason)).or_insert_with(|| Alike {
            message: &gap.message,
            places: BTreeSet::new(),
            resources: BTreeSet::new(),
            rules: BTreeSet::new(),
        });
        kind.places.insert(brief(format!("{} {}", gap.account, gap.region).trim(), MAX_NAME_COLUMNS));
        kind.resources.extend(gap.resource.as_deref());
        kind.rules.extend(gap.rules.iter().map(String::as_str));
    }
    kinds
}

fn gaps(gaps: &[&GapReport], width: usize) -> Table {
    let rows = alike(gaps).into_iter().map(|((section, operation, reason), alike)| {
        let mut what = vec![section.as_str().to_owned()];
        what.extend(some(alike.places.into_iter(), "place", "places"));
        what.extend(some(alike.resources.into_iter().map(|id| brief(id, MAX_NAME_COLUMNS)), "resource", "resources"));
        let call =
            if operation.is_empty() { String::new() } else { format!(" from {}", brief(operation, MAX_NAME_COLUMNS)) };
        let rules = alike.rules.into_iter().map(|rule| brief(rule, MAX_NAME_COLUMNS)).collect::<Vec<_>>().join(", ");
        // `other` says nothing: the sentence below does.
        let reason = if reason == GapReason::Other { "open" } else { reason.as_str() };
        let why = [
            Paint::Warning.on(&format!("{reason}{call}")),
            sentences(alike.message, MESSAGE),
            format!("Keeps open: {rules}"),
        ];
        vec![Cell::new_owned(what.join("\n")), Cell::new_owned(why.join("\n"))]
    });
    let what = ColumnConstraint::UpperBoundary(Width::Percentage(45));
    let why = ColumnConstraint::LowerBoundary(Width::Fixed(20));
    layout(width, &[what, why], Some(strong(&["Not seen", "Why, and what to do"], 0..0)), rows.collect())
}

/// The first few, a line each, and how many more there are.
fn some(values: impl ExactSizeIterator<Item = String>, singular: &str, plural: &str) -> Vec<String> {
    let more = u64::try_from(values.len().saturating_sub(PLACES)).unwrap_or(u64::MAX);
    let mut lines: Vec<_> = values.take(PLACES).collect();
    if more > 0 {
        lines.push(format!("and {}", count(more, &format!("more {singular}"), &format!("more {plural}"))));
    }
    lines
}

/// The gaps that no verdict depends on, in a sentence.
fn not_needed(gaps: &[&GapReport]) -> String {
    let kinds = alike(gaps);
    let names = kinds.keys().map(|(section, _, reason)| format!("{section} ({})", reason.as_str()));
    let names: BTreeSet<_> = names.collect();
    format!("{}; no verdict depends on it.", names.into_iter().collect::<Vec<_>>().join(", "))
}
