//! The comparison as Markdown: a line of totals, a table, what cannot be said.

use std::io;

use super::super::Style;
use super::super::markdown::{amount, code, text};
use super::super::text::count;
use super::said::{blind, compared, counts, differences, monthly, totals};
use crate::diff::{Change, Diff, Entry};

/// How many rows the table holds unless the style says otherwise: a comment may have 65,536 characters.
const ROWS: usize = 50;

pub(super) fn write(diff: &Diff, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "## Amazon Inspector audit: what changed\n")?;
    let icon = if diff.counts.new > 0 {
        "🔴"
    } else if diff.counts.changed > 0 || blind(diff).is_some() {
        "🟡"
    } else {
        "🟢"
    };
    writeln!(out, "{icon} **{}**\n", text(&counts(diff)))?;
    if let Some(blind) = blind(diff) {
        writeln!(out, "> [!WARNING]\n> {}\n", text(&blind))?;
    }
    let shown = diff.findings.get(..style.top.unwrap_or(ROWS)).unwrap_or(&diff.findings);
    if !shown.is_empty() {
        writeln!(out, "| Change | Resource | What | Monthly |")?;
        writeln!(out, "| :-- | :-- | :-- | --: |")?;
        for entry in shown {
            row(entry, out)?;
        }
        writeln!(out)?;
    }
    let hidden = diff.findings.len() - shown.len();
    if hidden > 0 {
        let hidden = u64::try_from(hidden).unwrap_or(u64::MAX);
        writeln!(out, "…and {}.\n", count(hidden, "more difference", "more differences"))?;
    }
    writeln!(out, "- A month: {}", amount(&totals(diff)))?;
    writeln!(out, "- Compared: {}", text(&compared(diff)))
}

fn row(entry: &Entry, out: &mut dyn io::Write) -> io::Result<()> {
    let mut resource = vec![code(&entry.resource.id)];
    resource.extend(entry.resource.name.as_deref().map(code));
    let place = format!("{} {}", entry.account, entry.region);
    resource.extend((!place.trim().is_empty()).then(|| code(place.trim())));
    resource.push(code(&entry.rule));
    let change = match entry.change {
        Change::New => "**new**",
        other => other.as_str(),
    };
    let what: Vec<_> = differences(entry).iter().map(|line| text(line)).collect();
    writeln!(
        out,
        "| {change} | {} | {} | {} |",
        resource.join("<br>"),
        what.join("<br>"),
        amount(&monthly(entry).join("<br>"))
    )
}
