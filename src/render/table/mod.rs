//! The table on the terminal: what it comes to, then a short block a finding, then what to type next.
//!
//! `-v` adds what a reader may want to check: who mounts what, the ways out, verdicts, gaps in full, prices.

mod block;
mod foot;
mod layout;
mod lines;
pub(super) mod paint;
mod terraform;
mod verbose;

use std::io;

pub(super) use self::layout::{NARROWEST, PIPED, fixed, layout, print, right, strong};

use self::block::Blocks;
use self::layout::MAX_NAME_COLUMNS;
use self::lines::{Lines, wrapped};
use self::paint::{Paint, write_line};
use super::group_by::{Group, groups};
use super::text::{brief, count};
use super::{Style, words};
use crate::report::v1::Finding;
use crate::report::{Report, bills};
use crate::rules::Rule;

/// Beyond this width a figure at the right is too far from what it belongs to.
const WIDEST: usize = 140;
/// The shortest that a group's name is cut to.
const SHORTEST: usize = 24;

pub(super) fn write(report: &Report, rules: &[&Rule], style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    if report.run.source == "terraform" {
        return terraform::write(report, style, out);
    }
    let width = style.width.unwrap_or(PIPED).clamp(NARROWEST, WIDEST);
    let counted: Vec<&Finding> = report.counted().collect();
    let shown = counted.len().min(style.top.unwrap_or(usize::MAX));
    verbose::differences(report, width, style.color, style.verbose, out)?;
    head(report, width, style.color, out)?;
    findings(report, rules, style, width, &counted, shown, out)?;
    foot::write(report, style, width, shown, out)
}

/// The findings, the first `shown` of them, in groups where that is asked for.
fn findings(
    report: &Report,
    rules: &[&Rule],
    style: &Style,
    width: usize,
    counted: &[&Finding],
    shown: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let summed = bills(&report.findings).map(|(finding, _)| finding.fingerprint.as_str()).collect();
    let (fingerprint, ended) = (words::fingerprint_length(report), words::Ended::of(report));
    let blocks = Blocks { report, rules, style, width, fingerprint, summed, ended };
    if let Some(by) = style.group_by {
        for group in groups(report, counted.iter().copied(), by) {
            write_line(out, &heading(by.as_str(), &group, width), style.color)?;
            let first = group.findings.iter().filter(|(rank, _)| *rank <= shown).map(|(_, finding)| *finding);
            blocks.write(&first.collect::<Vec<_>>(), out)?;
            writeln!(out)?;
        }
    } else if let Some(shown) = counted.get(..shown).filter(|shown| !shown.is_empty()) {
        blocks.write(shown, out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// What was looked at, and what it comes to.
fn head(report: &Report, width: usize, color: bool, out: &mut dyn io::Write) -> io::Result<()> {
    let mut lines = Lines::new(color);
    for line in wrapped(&words::looked_at_briefly(report), width) {
        lines.push(&Paint::Faint.on(&line));
    }
    for line in wrapped(&words::in_short(report), width) {
        lines.push(&Paint::Strong.on(&line));
    }
    lines.blank();
    lines.write(out)
}

fn heading(by: &str, group: &Group<'_>, width: usize) -> String {
    let number = u64::try_from(group.findings.len()).unwrap_or(u64::MAX);
    let (number, sums) = (count(number, "finding", "findings"), words::short_totals(group.monthly));
    let sum = format!("{number}, a month: {}", sums.join(", "));
    // Where even that is too long for a line, each part of it has its own.
    let sum = if sum.len() > width { format!("{number}, a month:\n{}", sums.join(",\n")) } else { sum };
    let room = width.saturating_sub(by.len() + sum.len() + 3);
    // Where both do not fit, the sum stands on a line of its own.
    let (room, gap) = if room < SHORTEST { (width.saturating_sub(by.len() + 1), "\n") } else { (room, "  ") };
    let key =
        if group.key.is_empty() { "(unknown)".to_owned() } else { brief(&group.key, room.min(MAX_NAME_COLUMNS * 2)) };
    format!("{}{gap}{sum}", Paint::Strong.on(&format!("{by} {key}")))
}
