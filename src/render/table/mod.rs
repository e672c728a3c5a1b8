//! The table on the terminal: findings first, then what they add up to, what was not seen and what was looked at.
//!
//! From 132 columns on every fact has its own column; below that a finding is a block of lines beside its figures.

mod layout;
pub(super) mod paint;
mod sheet;
mod terraform;

use std::io;

use chrono::{DateTime, Utc};
use comfy_table::{Cell, ColumnConstraint, Table, Width};

pub(super) use self::layout::{NARROWEST, PIPED, fixed, layout, print, right, strong};

use self::layout::NAME;
use self::paint::{Paint, write_line};
use super::rollup::{Group, groups};
use super::text::{brief, count, dollars, sentences};
use super::{Style, mounts, words};
use crate::price::Usd;
use crate::report::Report;
use crate::report::v1::Finding;
use crate::rules::Confidence;

/// From this width on every fact has its own column.
const WIDE: usize = 132;
/// The shortest that a group's name is cut to.
const SHORTEST: usize = 24;
/// The longest advice that is printed in a block.
const ADVICE: usize = 240;
/// The longest advice that is printed in its own column.
const ADVICE_WIDE: usize = 480;
/// The longest title that is printed.
const TITLE: usize = 160;
/// The longest line of ways out that is printed.
const WAYS: usize = 300;

/// Writes the table.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    if report.run.source == "terraform" {
        return terraform::write(report, style, out);
    }
    let width = style.width.unwrap_or(PIPED).max(NARROWEST);
    let counted: Vec<&Finding> = report.counted().collect();
    let taken_at = report.run.taken_at;
    let shown = &counted[..style.top.unwrap_or(usize::MAX).min(counted.len())];
    sheet::differences(report, width, style.color, out)?;
    if let Some(by) = style.group_by {
        for group in groups(shown.iter().copied(), by) {
            let heading = heading(by.as_str(), &group, width);
            write_line(out, &heading, style.color)?;
            print(out, &findings_table(&group.findings, taken_at, width), style.color)?;
            writeln!(out)?;
        }
    } else if !shown.is_empty() {
        let ranked: Vec<_> = shown.iter().enumerate().map(|(index, finding)| (index + 1, *finding)).collect();
        print(out, &findings_table(&ranked, taken_at, width), style.color)?;
        writeln!(out)?;
    }
    sheet::write(report, counted.len() - shown.len(), width, style.color, out)
}

fn heading(by: &str, group: &Group<'_>, width: usize) -> String {
    let number = u64::try_from(group.findings.len()).unwrap_or(u64::MAX);
    let (number, sums) = (count(number, "finding", "findings"), words::each_sum(group.monthly));
    let sum = format!("{number}, a month: {}", sums.join(", "));
    // Where even that is too long for a line, each part of it has its own.
    let sum = if sum.len() > width { format!("{number}, a month:\n{}", sums.join(",\n")) } else { sum };
    let room = width.saturating_sub(by.len() + sum.len() + 3);
    // Where both do not fit, the sum stands on a line of its own.
    let (room, gap) = if room < SHORTEST { (width.saturating_sub(by.len() + 1), "\n") } else { (room, "  ") };
    let key = if group.key.is_empty() { "(unknown)".to_owned() } else { brief(&group.key, room.min(NAME * 2)) };
    format!("{}{gap}{sum}", Paint::Strong.on(&format!("{by} {key}")))
}

fn findings_table(findings: &[(usize, &Finding)], taken_at: DateTime<Utc>, width: usize) -> Table {
    let last_rank = findings.iter().map(|(rank, _)| *rank).max().unwrap_or(0);
    let rank = fixed(u16::try_from(last_rank.to_string().len()).unwrap_or(9) + 2);
    if width >= WIDE {
        let advice = ColumnConstraint::LowerBoundary(Width::Fixed(20));
        let columns = [rank, fixed(10), fixed(14), fixed(37), fixed(16), fixed(17), fixed(13), advice];
        let headings = ["#", "Severity", "Confidence", "Resource", "Instances", "Monthly", "One-time", "What to do"];
        let rows = findings.iter().map(|(rank, finding)| wide_row(*rank, finding, taken_at, width)).collect();
        layout(width, &columns, Some(strong(&headings, 5..7)), rows)
    } else {
        let (instances, monthly) = if width < 70 { (12, 13) } else { (16, 17) };
        let block = ColumnConstraint::LowerBoundary(Width::Fixed(12));
        let columns = [rank, block, fixed(instances), fixed(monthly)];
        let rows = findings.iter().map(|(rank, finding)| narrow_row(*rank, finding, taken_at, width)).collect();
        layout(width, &columns, Some(strong(&["#", "Finding", "Instances", "Monthly"], 3..4)), rows)
    }
}

fn wide_row(rank: usize, finding: &Finding, taken_at: DateTime<Utc>, width: usize) -> Vec<Cell> {
    let confidence = match finding.confidence {
        Confidence::Low => format!("low\n{}", Paint::Warning.on("verify first")),
        other => other.as_str().to_owned(),
    };
    let mut severity = vec![Paint::of(finding.severity).on(finding.severity.as_str())];
    severity.extend((finding.new == Some(true)).then(|| Paint::Strong.on("new")));
    let mut resource = vec![id(finding)];
    resource.extend(name(finding));
    resource.extend([place(finding), Some(brief(&finding.rule, NAME))].into_iter().flatten());
    resource.extend(known(finding, taken_at, width));
    vec![
        Cell::new(rank),
        Cell::new_owned(severity.join("\n")),
        Cell::new_owned(confidence),
        Cell::new_owned(resource.join("\n")),
        Cell::new_owned(instances(finding)),
        right(monthly(finding).join("\n")),
        right(one_time(finding).unwrap_or_else(|| "–".to_owned())),
        Cell::new_owned(what_to_do(finding, ADVICE_WIDE).join("\n")),
    ]
}

fn narrow_row(rank: usize, finding: &Finding, taken_at: DateTime<Utc>, width: usize) -> Vec<Cell> {
    let what = [Some(id(finding)), name(finding)].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let where_from = [place(finding), Some(brief(&finding.rule, NAME))].into_iter().flatten().collect::<Vec<_>>();
    let mut block = vec![
        format!(
            "{}, {} confidence{}",
            Paint::of(finding.severity).on(finding.severity.as_str()),
            finding.confidence.as_str(),
            if finding.new == Some(true) { format!(", {}", Paint::Strong.on("new")) } else { String::new() }
        ),
        what,
        where_from.join(", "),
    ];
    block.extend(known(finding, taken_at, width));
    block.extend(what_to_do(finding, ADVICE).into_iter().map(|line| format!("→ {line}")));
    let mut figures = monthly(finding);
    figures.extend(one_time(finding).map(|usd| format!("once {usd}")));
    vec![
        Cell::new(rank),
        Cell::new_owned(block.join("\n")),
        Cell::new_owned(instances(finding)),
        right(figures.join("\n")),
    ]
}

/// What was measured, where the rule measures, and who mounts it by what evidence.
fn known(finding: &Finding, taken_at: DateTime<Utc>, width: usize) -> Vec<String> {
    let headline = words::headline(finding).map(|title| brief(title, TITLE));
    headline.into_iter().chain(mounts::lines(finding, taken_at, width)).collect()
}

/// The advice, and the ways out where there are any.
fn what_to_do(finding: &Finding, longest: usize) -> Vec<String> {
    let ways = words::ways_out(finding).map(|ways| brief(&ways, WAYS));
    [Some(sentences(&words::advice(finding), longest)), ways].into_iter().flatten().collect()
}

fn id(finding: &Finding) -> String {
    let id = brief(&finding.resource.id, NAME);
    // A registry has its account's id: without a word before it, it reads as a repetition.
    let registry = finding.resource.kind == "AWS::ECR::Registry";
    Paint::Strong.on(&if registry { format!("registry {id}") } else { id })
}

fn name(finding: &Finding) -> Option<String> {
    finding.resource.name.as_deref().map(|name| format!("“{}”", brief(name, NAME)))
}

/// Account and region, where they are known.
fn place(finding: &Finding) -> Option<String> {
    let place = format!("{} {}", finding.account, finding.region);
    (place != " ").then(|| brief(place.trim(), NAME))
}

fn instances(finding: &Finding) -> String {
    let counts = words::instances(finding.instance_counts);
    if counts.is_empty() { "–".to_owned() } else { counts.join("\n") }
}

/// The figure, and the range where there is one.
fn monthly(finding: &Finding) -> Vec<String> {
    let Some(cost) = &finding.cost else { return vec!["–".to_owned()] };
    let range = words::range(cost.monthly_usd).map(|(low, high)| format!("{}–{}", dollars(low), dollars(high)));
    std::iter::once(words::monthly(cost.monthly_usd)).chain(range).collect()
}

fn one_time(finding: &Finding) -> Option<String> {
    finding.cost.as_ref().map(|cost| cost.one_time_usd).filter(|usd| *usd != Usd::ZERO).map(Usd::display)
}
