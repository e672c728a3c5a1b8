//! Markdown (GitHub flavour) for job summaries and pull-request comments.
//!
//! Short enough for a comment (GitHub refuses more than 65,536 characters): the findings that cost most, and how
//! many more there are. Names stand in code spans and sentences are escaped, so that nothing foreign becomes a link, an
//! image, a mention or markup.

mod escape;

use std::io;

use chrono::{DateTime, Utc};

use self::escape::{fence, html, within};
use super::group_by::GroupBy;
use super::text::{brief, clean_lines, count, grouped, sentences};
use super::{Style, mounts, what_if, words};
use crate::price::Usd;
use crate::report::v1::GapReport;
use crate::report::v1::{Finding, WayOut};
use crate::report::{Report, TargetVerdicts};
use crate::rules::{Confidence, Severity, Verdict};

pub(super) use self::escape::{amount, code, text};

/// How many findings the table holds unless the style says otherwise.
const ROWS: usize = 25;
/// The most that a comment takes, in characters, but for a line by which a workflow knows its own comment again.
const COMMENT: usize = 65_536 - 512;
/// How many of them are told in full at most.
const DETAILS: usize = 10;
/// How many gaps are listed.
const GAPS: usize = 20;
/// The longest sentence in a table.
const CELL: usize = 160;
/// The longest advice in a table.
const ADVICE: usize = 300;
/// The longest message.
const MESSAGE: usize = 800;
/// The longest line about mounts, escaped.
const MOUNTS: usize = 600;
/// The longest block of commands.
const COMMANDS: usize = 2_500;

/// Writes the report, with as many findings in full as a comment has room for.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = Vec::new();
    for details in [DETAILS, DETAILS / 3, 0] {
        text.clear();
        compose(report, style, details, &mut text)?;
        if String::from_utf8_lossy(&text).chars().count() <= COMMENT {
            break;
        }
    }
    out.write_all(&text)
}

fn compose(report: &Report, style: &Style, details: usize, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "## Amazon Inspector audit\n")?;
    // What the baseline knows fails no run: it is counted and listed, and does not alarm.
    let alarming = report.counted().filter(|finding| !words::is_known(finding));
    let icon = match alarming.map(|finding| finding.severity).max() {
        Some(Severity::Critical | Severity::High) => "🔴",
        Some(_) => "🟡",
        None if report.complete => "🟢",
        None => "⚪",
    };
    writeln!(out, "{icon} **{}**\n", text(&words::in_short(report)))?;
    if let Some(baseline) = words::baseline(report) {
        writeln!(out, "{}\n", text(&baseline))?;
    }
    if let Some(unknown) = words::without_figure(report) {
        writeln!(out, "> [!WARNING]\n> {}\n", text(&unknown))?;
    }
    if !report.complete {
        writeln!(out, "> [!WARNING]\n> {}\n", text(&words::completeness(report)))?;
    }
    writeln!(out, "{}\n", text(&words::totals(report)))?;
    differences(report, out)?;
    let counted: Vec<&Finding> = report.counted().collect();
    let shown = counted.get(..style.top.unwrap_or(ROWS)).unwrap_or(&counted);
    findings(shown, details, counted.len() - shown.len(), report.run.taken_at, out)?;
    by_account(report, out)?;
    suppressed(report, out)?;
    gaps(report, out)?;
    verdicts(report, out)?;
    for sentence in what_if::measured(report) {
        writeln!(out, "- Measured: {}", text(&sentence))?;
    }
    writeln!(out, "- Looked at {}", text(&words::looked_at(report)))?;
    if let Some(skipped) = words::skipped(report) {
        writeln!(out, "- Skipped: {}", text(&skipped))?;
    }
    if report.run.terraform.is_none() {
        writeln!(out, "- Prices: {}", text(&words::prices(report)))?;
    }
    for idle in words::idle_suppressions(report).iter().take(ROWS) {
        writeln!(out, "- Hides nothing: {}", text(&brief(&idle.sentence, ADVICE)))?;
    }
    if let Some(next) = words::what_if(report, &style.run) {
        writeln!(out, "- {}", text(&next))?;
    }
    Ok(())
}

/// Today beside the changed world, where there is one.
fn differences(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let facts = what_if::facts(report);
    if facts.is_empty() {
        return Ok(());
    }
    writeln!(out, "### What if\n")?;
    for (label, sentence) in facts {
        writeln!(out, "- {}: {}", text(label), text(&sentence))?;
    }
    let (rows, more) = what_if::rows(report);
    if !rows.is_empty() {
        writeln!(out, "\n| {} |\n| :-- | :-- | --: | --: | --: |", what_if::HEADINGS.join(" | "))?;
        for [rule, resource, today, then, difference] in rows {
            let amounts = [today, then, difference].map(|usd| amount(&usd));
            writeln!(out, "| {} | {} | {} |", code(&rule), code(&resource), amounts.join(" | "))?;
        }
    }
    if let Some(more) = more {
        writeln!(out, "\n{}", text(&more))?;
    }
    writeln!(out)
}

fn findings(
    shown: &[&Finding],
    in_full: usize,
    hidden: usize,
    taken_at: DateTime<Utc>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(out, "| # | Severity | Resource | What is wrong | A month | Next step |")?;
    writeln!(out, "| --: | :-- | :-- | :-- | --: | :-- |")?;
    for (finding, rank) in shown.iter().zip(1..) {
        row(rank, finding, out)?;
    }
    writeln!(out)?;
    if hidden > 0 {
        let hidden = u64::try_from(hidden).unwrap_or(u64::MAX);
        writeln!(out, "…and {} of lower rank.\n", count(hidden, "finding", "findings"))?;
    }
    for (finding, rank) in shown.iter().take(in_full).zip(1..) {
        details(rank, finding, taken_at, out)?;
    }
    if shown.len() > in_full || hidden > 0 {
        let in_full = in_full.min(shown.len());
        writeln!(
            out,
            "Told in full: the first {in_full}. `--output report.html` and `--output report.json` tell all.\n"
        )?;
    }
    Ok(())
}

fn row(rank: usize, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    // A registry's id is its account's, which stands below it.
    let is_registry = finding.resource.kind == "AWS::ECR::Registry";
    let mut resource = vec![if is_registry { "ECR registry".to_owned() } else { code(&finding.resource.id) }];
    resource.extend(finding.resource.name.as_deref().map(code));
    resource.extend((!place(finding).is_empty()).then(|| code(&place(finding))));
    let mut wrong = vec![text(&brief(words::headline(finding), CELL))];
    wrong.extend(finding.location.as_ref().map(|location| code(&location.place())));
    wrong.extend(words::sure(finding).map(|sure| format!("*{}*: {}", sure.word, text(&brief(&sure.why, CELL)))));
    let mut monthly = finding.cost.as_ref().map_or_else(|| "–".to_owned(), |cost| words::amount(cost.monthly_usd));
    let once = finding.cost.as_ref().map(|cost| cost.one_time_usd).filter(|usd| *usd != Usd::ZERO);
    monthly.extend(once.map(|once| format!("<br>once {}", words::short_usd(once))));
    let verify = if finding.confidence == Confidence::Low { "verify first, then " } else { "" };
    writeln!(
        out,
        "| {rank} | {}{} | {} | {} | {} | {} |",
        finding.severity.as_str(),
        if finding.new == Some(true) { "<br>**new**" } else { "" },
        resource.join("<br>"),
        wrong.join("<br>"),
        amount(&monthly),
        text(&format!("{verify}{}", words::step(finding))),
    )
}

fn details(rank: usize, finding: &Finding, taken_at: DateTime<Utc>, out: &mut dyn io::Write) -> io::Result<()> {
    let title = if finding.title.is_empty() { &finding.rule } else { &finding.title };
    writeln!(out, "<details><summary>{rank}. {}</summary>\n", html(&brief(title, CELL)))?;
    writeln!(out, "{}, {} confidence.\n", code(&finding.rule), finding.confidence.as_str())?;
    writeln!(out, "{}\n", text(&sentences(&finding.message, MESSAGE)))?;
    for line in mounts::lines(finding, taken_at, mounts::ROOMY) {
        writeln!(out, "{}\n", within(&line, MOUNTS))?;
    }
    if !finding.conditions.is_empty() {
        let states = finding.conditions.iter().map(|condition| {
            let state = words::condition_state(condition.state).replace('_', " ");
            // A mount counts as met where the network lets it in: what that rests on stands beside it.
            let rests = if condition.name == "efs_mounted" { brief(&condition.evidence, CELL) } else { String::new() };
            let rests = if rests.is_empty() { rests } else { format!(" ({rests})") };
            text(&format!("{}: {state}{rests}", words::condition_name(&condition.name)))
        });
        writeln!(out, "Conditions: {}.\n", states.collect::<Vec<_>>().join("; "))?;
    }
    if let Some(cost) = &finding.cost {
        // Each is a sentence; in a list its full stop would stand before the semicolon.
        let each = cost.assumptions.iter().map(|one| text(sentences(one, ADVICE).trim_end_matches('.')));
        let assumptions: Vec<_> = each.collect();
        let assumptions = if assumptions.is_empty() { "none".to_owned() } else { assumptions.join("; ") };
        writeln!(out, "Basis of the figure: {}. Assumptions: {assumptions}.\n", text(cost.basis.as_str()))?;
    }
    writeln!(out, "**{}**\n", text(&sentences(&words::advice(finding), MESSAGE)))?;
    ways_out(finding, out)?;
    for snippet in &finding.remediation.configuration {
        let hcl = shorten_lines(&clean_lines(&snippet.hcl));
        let fence = fence(&hcl);
        writeln!(out, "{}:\n\n{fence}hcl\n{hcl}\n{fence}\n", text(&brief(&snippet.what, MESSAGE)))?;
    }
    let (looks, changes) = finding.remediation.look_and_change();
    let then = if looks.is_empty() { None } else { Some("Then, if it shows that:") };
    for (what, commands) in [(Some("Look first; this changes nothing:"), looks), (then, changes)] {
        if commands.is_empty() {
            continue;
        }
        let commands = shorten_lines(&clean_lines(&commands.join("\n")));
        let fence = fence(&commands);
        if let Some(what) = what {
            writeln!(out, "{what}\n")?;
        }
        writeln!(out, "{fence}sh\n{commands}\n{fence}\n")?;
    }
    writeln!(out, "</details>\n")
}

/// The ways out, the recommended one first; those that cannot be taken are only counted.
fn ways_out(finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    let open: Vec<&WayOut> = finding.ways_out.iter().filter(|way| way.available).collect();
    let Some(best) = open.first() else { return Ok(()) };
    writeln!(out, "| Way out | Likely a month | At most | Once | Protection lost on | Who | How sure |")?;
    writeln!(out, "| :-- | --: | --: | --: | --: | :-- | :-- |")?;
    for way in &open {
        let usd = |usd: Option<Usd>| amount(&usd.map_or_else(|| "–".to_owned(), words::short_usd));
        let name = text(words::way(way.way));
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            if way.recommended { format!("**{name}**") } else { name },
            usd(way.monthly_usd.and_then(|monthly| monthly.likely)),
            usd(way.monthly_usd.map(|monthly| monthly.high)),
            usd(way.one_time_usd),
            grouped(way.instances_unprotected),
            text(&brief(&way.who, escape::MAX_NAME_COLUMNS)),
            way.confidence.as_str(),
        )?;
    }
    writeln!(out, "\n{}", text(&sentences(&best.reason, MESSAGE)))?;
    let closed = u64::try_from(finding.ways_out.len() - open.len()).unwrap_or(u64::MAX);
    if closed > 0 {
        writeln!(out, "\nNot possible here, or no help: {}.", count(closed, "other way", "other ways"))?;
    }
    writeln!(out)
}

/// At most [`COMMANDS`] characters, whole lines only.
fn shorten_lines(commands: &str) -> String {
    let mut length = 0;
    let all = commands.lines().count();
    let kept: Vec<_> = commands
        .lines()
        .take_while(|line| {
            length += line.len() + 1;
            length <= COMMANDS
        })
        .collect();
    let more = all - kept.len();
    let mut text = kept.join("\n");
    if more > 0 {
        text.push_str("\n# and more: inspector-audit fix prints all commands");
    }
    text
}

fn place(finding: &Finding) -> String {
    format!("{} {}", finding.account, finding.region).trim().to_owned()
}

/// Dollars by account, where there are several.
fn by_account(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let mut groups = super::group_by::groups(report, &report.findings, GroupBy::Account);
    groups.sort_by_key(|group| std::cmp::Reverse(group.monthly.all()));
    if groups.len() < 2 {
        return Ok(());
    }
    writeln!(out, "| Account | Findings | A month |")?;
    writeln!(out, "| :-- | --: | --: |")?;
    for group in groups.iter().take(ROWS) {
        let account = if group.key.is_empty() { "unknown" } else { &group.key };
        writeln!(out, "| {} | {} | {} |", code(account), group.findings.len(), amount(&words::sums(group.monthly)))?;
    }
    if groups.len() > ROWS {
        writeln!(out, "\n…and {} more accounts.", groups.len() - ROWS)?;
    }
    writeln!(out)
}

/// The findings that the operator does not want to hear of, folded up.
fn suppressed(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let all: Vec<&Finding> = report.suppressed().collect();
    if all.is_empty() {
        return Ok(());
    }
    let number = u64::try_from(all.len()).unwrap_or(u64::MAX);
    writeln!(out, "<details><summary>{}</summary>\n", count(number, "suppressed finding", "suppressed findings"))?;
    for finding in all.iter().take(ROWS) {
        let because = text(&brief(&words::suppression(finding).unwrap_or_default(), CELL));
        writeln!(out, "- {} {}: {because}", code(&finding.rule), code(&finding.resource.id))?;
    }
    let hidden = all.len().saturating_sub(ROWS);
    if hidden > 0 {
        writeln!(out, "- …and {}", count(u64::try_from(hidden).unwrap_or(u64::MAX), "more", "more"))?;
    }
    writeln!(out, "\n</details>\n")
}

fn gaps(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let open: Vec<&GapReport> = report.gaps.iter().filter(|gap| !gap.rules.is_empty()).collect();
    if open.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Not seen | Where | Why, and what to do | Keeps open |")?;
    writeln!(out, "| :-- | :-- | :-- | :-- |")?;
    for gap in open.iter().take(GAPS) {
        let mut place = vec![code(format!("{} {}", gap.account, gap.region).trim())];
        place.extend(gap.resource.as_deref().map(code));
        let rules = gap.rules.iter().take(12).map(|rule| code(rule)).collect::<Vec<_>>();
        writeln!(
            out,
            "| {} | {} | {}: {} | {} |",
            code(gap.section.as_str()),
            place.join("<br>"),
            text(gap.reason.as_str()),
            text(&sentences(&gap.message, ADVICE)),
            rules.join("<br>"),
        )?;
    }
    writeln!(out)?;
    let hidden = open.len().saturating_sub(GAPS);
    if hidden > 0 {
        let hidden = u64::try_from(hidden).unwrap_or(u64::MAX);
        writeln!(out, "…and {}.\n", count(hidden, "more gap", "more gaps"))?;
    }
    Ok(())
}

/// One line of counts.
fn verdicts(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let number = |wanted: Verdict| {
        let of_row =
            |row: &TargetVerdicts| row.count() * row.rules.values().filter(|verdict| **verdict == wanted).count();
        report.verdicts.iter().map(of_row).sum::<usize>()
    };
    let parts = words::VERDICTS.map(|(verdict, heading)| format!("{} {}", heading.to_lowercase(), number(verdict)));
    writeln!(out, "- Verdicts, a rule on a target each: {}.", parts.join(", "))?;
    match words::unasked(report) {
        Some(unasked) => writeln!(out, "- Not judged: {}.", text(&unasked)),
        None => Ok(()),
    }
}
