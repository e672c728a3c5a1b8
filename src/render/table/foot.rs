//! What stands below the findings: what was not shown or not seen, what to type next, and the rest in two lines.

use std::collections::BTreeSet;
use std::io;

use super::block::fact;
use super::lines::{Lines, wrapped};
use super::paint::Paint;
use super::verbose;
use crate::model::SectionName;
use crate::render::text::{brief, count, grouped, sentences};
use crate::render::{Style, what_if, words};
use crate::report::Report;
use crate::report::v1::Finding;
use crate::rules::Verdict;

/// The longest sentence of a gap or a suppression.
const SENTENCE: usize = 200;

/// The longest sentence of what was measured, or has no figure.
const MEASURED: usize = 400;

/// Writes everything below the findings, of which the first `shown` were printed.
pub(super) fn write(
    report: &Report,
    style: &Style,
    width: usize,
    shown: usize,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut lines = Lines::new(style.color);
    let hidden = report.counted().count().saturating_sub(shown);
    if hidden > 0 {
        let hidden = count(u64::try_from(hidden).unwrap_or(u64::MAX), "finding", "findings");
        let how = if style.top.is_some() { "; --top N shows more" } else { "" };
        fact("Not shown", &format!("{hidden} of lower rank{how}."), width, &mut lines);
    }
    if let Some(text) = words::without_figure(report) {
        fact("No figure", &brief(&text, MEASURED), width, &mut lines);
    }
    if let Some(text) = words::baseline(report) {
        fact("Baseline", &text, width, &mut lines);
    }
    if let Some(text) = words::skipped(report) {
        fact("Skipped", &text, width, &mut lines);
    }
    for (index, line) in verbose::suppressed(report).iter().enumerate() {
        fact(if index == 0 { "Silenced" } else { "" }, line, width, &mut lines);
    }
    for idle in words::idle_suppressions(report) {
        let text = brief(&idle.sentence, SENTENCE);
        fact("Note", &if idle.to_mend { Paint::Warning.on(&text) } else { text }, width, &mut lines);
    }
    for sentence in what_if::measured(report) {
        fact("Measured", &brief(&sentence, MEASURED), width, &mut lines);
    }
    if !style.verbose {
        open(report, width, &mut lines);
    }
    lines.write(out)?;
    if style.verbose {
        verbose::write(report, width, style.color, out)?;
    }
    next(report, style, shown, out)?;
    let mut lines = Lines::new(style.color);
    if !style.verbose {
        for line in wrapped(&rest(report), width) {
            lines.push(&Paint::Faint.on(&line));
        }
    }
    if let Some(next) = words::what_if(report, &style.run) {
        // One line, however narrow the terminal: it holds a command to copy.
        lines.push(&Paint::Strong.on(&next));
    }
    lines.write(out)
}

/// The gaps that keep rules open, one kind a line.
fn open(report: &Report, width: usize, lines: &mut Lines) {
    let open: Vec<_> = report.gaps.iter().filter(|gap| !gap.rules.is_empty()).collect();
    if open.is_empty() {
        return;
    }
    lines.push(&Paint::Warning.on("Undecided because of this:"));
    for ((section, ..), alike) in verbose::alike(&open) {
        let places = u64::try_from(alike.places.len()).unwrap_or(u64::MAX);
        let resources = u64::try_from(alike.resources.len()).unwrap_or(u64::MAX);
        let mut on = Vec::new();
        on.extend((resources > 1).then(|| count(resources, "resource", "resources")));
        on.extend((resources == 1).then(|| alike.resources.iter().map(|id| brief(id, 48)).collect()));
        // Of a target of which nothing was seen at all there is nothing else to name.
        let first =
            alike.places.first().filter(|_| section == SectionName::StsIdentity && report.run.targets.len() > 1);
        match first {
            Some(first) if places > 1 => on.push(format!("{first} and {} more", grouped(places - 1))),
            Some(first) => on.push(first.clone()),
            None => on.extend((places > 1).then(|| count(places, "place", "places"))),
        }
        let on = if on.is_empty() { String::new() } else { format!(" ({})", on.join(", ")) };
        let rules: Vec<String> = alike.rules.iter().take(3).map(|rule| brief(rule, 48)).collect();
        let more = alike.rules.len().saturating_sub(rules.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = sentences(alike.message, SENTENCE);
        let text = format!("{message}{on}: {}{more}", rules.join(", "));
        for (index, line) in wrapped(&format!("{section}: {text}"), width.saturating_sub(2)).into_iter().enumerate() {
            lines.push(&if index == 0 { format!("- {line}") } else { format!("  {line}") });
        }
    }
    lines.blank();
}

/// Complete commands, each on a line of its own however narrow the terminal: they are there to be copied.
fn next(report: &Report, style: &Style, shown: usize, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(worst) = report.counted().next() else { return Ok(()) };
    let mut lines = Lines::new(style.color);
    let length = words::fingerprint_length(report);
    let fix = words::fix_command(worst, &style.run, length);
    let is_unproven = |finding: &&Finding| words::sure(finding).is_some_and(|sure| sure.word == "unproven");
    if let Some(unproven) = report.counted().take(shown).find(is_unproven) {
        let look = words::look_command(unproven, &style.run, length);
        lines.labelled("Verify", look.as_deref().unwrap_or("inspector-audit explain probe"));
    }
    lines.labelled("Why", &format!("inspector-audit explain {}", brief(&worst.rule, 48)));
    if let Some(fix) = fix {
        lines.labelled("Fix it", &fix);
    }
    lines.write(out)
}

/// Rules, coverage and prices.
fn rest(report: &Report) -> String {
    let number = |wanted| {
        let all = report.verdicts.iter().flat_map(|row| &row.rules).filter(|(_, verdict)| **verdict == wanted);
        all.map(|(rule, _)| rule).collect::<BTreeSet<_>>().len()
    };
    let rules: BTreeSet<_> = report.verdicts.iter().flat_map(|row| row.rules.keys()).collect();
    let several = report.run.targets.len() > 1;
    let parts = [
        (Verdict::Findings, "with findings"),
        (Verdict::Inconclusive, "undecided"),
        (Verdict::Clean, "clean"),
        (Verdict::NotApplicable, "not applicable"),
    ];
    let parts = parts.into_iter().map(|(verdict, word)| (number(verdict), word)).filter(|(number, _)| *number > 0);
    let mut parts: Vec<String> = parts.map(|(number, word)| format!("{number} {word}")).collect();
    let unasked = report.run.unasked.len();
    parts.extend((unasked > 0).then(|| format!("{unasked} lack data")));
    let rules = count(u64::try_from(rules.len().saturating_add(unasked)).unwrap_or(u64::MAX), "rule", "rules");
    let somewhere = if several { " (in one target or another)" } else { "" };
    let prices = if report.run.source == "terraform" { String::new() } else { format!(" {}", prices(report)) };
    let found = report.summary.findings;
    let findings = if found.total() > 0 { format!("{}. ", words::findings(found)) } else { String::new() };
    format!("{findings}{rules}: {}{somewhere}; see -v.{prices}", parts.join(", "))
}

/// Whose prices, and how old.
fn prices(report: &Report) -> String {
    let prices = &report.run.prices;
    let source = if prices.source == "embedded" { "Prices".to_owned() } else { brief(&prices.source, 60) };
    let discount = prices.discount_percent.normalize();
    let discount = if discount.is_zero() { String::new() } else { format!(", less {discount}%") };
    let own =
        if prices.overridden > 0 { format!(", {} of your own", grouped(prices.overridden)) } else { String::new() };
    let age = prices
        .age_days
        .filter(|days| *days > 0)
        .map(|days| {
            if days > words::OLD_PRICES { ", old: prices --refresh".to_owned() } else { format!(" ({days} days old)") }
        })
        .unwrap_or_default();
    format!("{source} of {}{age}{discount}{own}.", brief(&prices.as_of, 20))
}
