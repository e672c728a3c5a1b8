//! What stands around the findings: totals, charts, gaps, verdicts.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, PreEscaped, html};

use super::chart::{Bar, bars};
use super::history;
use super::names::{id, spaced};
use crate::price::Usd;
use crate::render::text::{brief, count};
use crate::render::words::{self, RunContext};
use crate::report::v1::Finding;
use crate::report::v1::GapReport;
use crate::report::{Report, bills};

/// How many bars a chart has.
const BARS: usize = 8;
/// How many file systems show their storage classes before the findings.
const HISTORIES: usize = 4;
/// How many rows a table has.
const ROWS: usize = 200;
/// The longest name.
const NAME: usize = 60;
/// The longest message.
const MESSAGE: usize = 600;

/// What the page is about: whose account, and when.
pub(super) fn title(report: &Report) -> String {
    let inventory = report.run.inventory;
    let whose = match report.run.targets.as_slice() {
        [] => String::new(),
        [only] => format!(" of {} in {}", brief(&only.account, NAME), brief(&only.region, NAME)),
        [first, ..] if inventory.accounts == 1 => format!(" of {}", brief(&first.account, NAME)),
        _ => format!(" of {}", count(inventory.accounts, "account", "accounts")),
    };
    format!("Amazon Inspector audit{whose}, {}", report.run.taken_at.format("%Y-%m-%d"))
}

/// The title, the totals and what has to be said before everything else.
pub(super) fn masthead(report: &Report, run: &RunContext) -> Markup {
    let summary = &report.summary;
    let monthly = &summary.monthly_usd;
    let open = open_gaps(report).count();
    let open = u64::try_from(open).unwrap_or(u64::MAX);
    let unpriced = report.without_figure();
    html! {
        header.masthead {
            a.skip href="#findings" { "Skip to the findings" }
            h1 { (title(report)) }
            p.lead { (words::in_short(report)) }
            p.soft { (words::looked_at(report)) }
            dl.tiles {
                div.tile {
                    dt { "A month" }
                    @for (usd, before, word) in words::parts(*monthly) {
                        dd.big {
                            @if unpriced > 0 { span.least { "at least " } }
                            @else if !before.is_empty() { span.least { (before) } }
                            (words::short_usd(usd))
                        }
                        dd.soft.small { (word) }
                    }
                    @if unpriced > 0 { dd.soft.small { (count(unpriced, "finding", "findings")) " without a price" } }
                }
                div.tile {
                    dt { "Once" }
                    dd.big { (words::short_usd(summary.one_time_usd)) }
                    dd.soft.small { "each dollar is counted once" }
                }
                div.tile {
                    dt { "Findings" }
                    dd.big { (summary.findings.total()) }
                    dd.soft.small {
                        @if let Some((_, severities)) = words::findings(summary.findings).split_once(": ") { (severities) }
                    }
                    @if summary.suppressed > 0 { dd.soft.small { (summary.suppressed) " more suppressed" } }
                }
                div.tile {
                    dt { "Coverage" }
                    dd.big { @if report.complete { "Complete" } @else { "Not complete" } }
                    dd.soft.small {
                        @if open > 0 {
                            a href="#gaps" { (count(open, "gap", "gaps")) } " could hide a finding"
                        } @else {
                            "nothing unseen could change a verdict"
                        }
                    }
                }
            }
            nav aria-label="Parts of this page" {
                a href="#findings" { "Findings" }
                @if report.findings.iter().any(|finding| !finding.conditions.is_empty()) {
                    " " a href="#conditions" { "The six conditions" }
                }
                @if !report.gaps.is_empty() { " " a href="#gaps" { "Not seen" } }
                @if !report.verdicts.is_empty() { " " a href="#verdicts" { "Verdicts" } }
            }
            @if let Some(unknown) = words::without_figure(report) { p.notice { (unknown) } }
            @if let Some(baseline) = words::baseline(report) { p.notice { (baseline) } }
            @if let Some(what_if) = words::what_if(report, run) { p.notice { (what_if) } }
        }
    }
}

/// Dollars by resource and by account, and when data moved.
pub(super) fn charts(report: &Report) -> Markup {
    let mut accounts: BTreeMap<String, Usd> = BTreeMap::new();
    let mut resources = Vec::new();
    for (finding, cost) in bills(&report.findings) {
        let amount = cost.monthly_usd.deciding();
        if amount > Usd::ZERO {
            let unknown = finding.account.is_empty();
            let account = if unknown { "unknown".to_owned() } else { words::account(report, &finding.account) };
            let sum = accounts.entry(account).or_default();
            *sum = sum.plus(amount);
            resources.push(Bar { label: label(finding), amount });
        }
    }
    let accounts: Vec<Bar> = accounts.into_iter().map(|(label, amount)| Bar { label, amount }).collect();
    html! {
        // One bar says nothing that the headline does not.
        @if resources.len() > 1 {
            h2 { "Where the money is" }
            div.panels {
                (panel("A month by file system and registry, likely or at most", "Resource", resources))
                @if accounts.len() > 1 { (panel("A month by account, likely or at most", "Account", accounts)) }
            }
        }
        (histories(report))
    }
}

/// The storage classes of the first file systems that have a history, each once.
fn histories(report: &Report) -> Markup {
    let mut seen = BTreeSet::new();
    let all: Vec<_> = (1..)
        .zip(&report.findings)
        .filter(|(_, finding)| finding.suppressed.is_none())
        .filter_map(|(rank, finding)| {
            let history = finding.history.as_ref().filter(|history| !history.points.is_empty())?;
            seen.insert((&finding.account, &finding.region, &finding.resource.id)).then_some((rank, finding, history))
        })
        .take(HISTORIES)
        .collect();
    html! {
        @if !all.is_empty() {
            h2 { "Storage classes over time" }
            div.panels.wide {
                @for (rank, finding, history) in all {
                    figure.panel {
                        h3 {
                            a href={ "#f" (rank) } { (id(finding)) }
                            @if let Some(name) = &finding.resource.name { " " bdi.soft { (brief(name, NAME)) } }
                        }
                        (history::figure(history, true))
                    }
                }
            }
        }
    }
}

fn label(finding: &Finding) -> String {
    match &finding.resource.name {
        Some(name) => format!("{} {name}", finding.resource.id),
        None if finding.resource.kind == "AWS::ECR::Registry" => {
            format!("registry {} {}", finding.resource.id, finding.region)
        }
        None => format!("{} {}", finding.resource.id, finding.region),
    }
}

fn panel(title: &str, heading: &str, mut all: Vec<Bar>) -> Markup {
    all.sort_by_key(|bar| std::cmp::Reverse(bar.amount));
    let hidden = all.len().saturating_sub(BARS);
    let shown = all.get(..BARS).unwrap_or(&all);
    html! {
        figure.panel {
            h3 { (title) }
            @if let Some(svg) = bars(shown) {
                div.chart.bars role="img" aria-label=(format!("Bar chart: {title}. The table below it has the figures.")) {
                    (PreEscaped(svg))
                }
            }
            @if hidden > 0 { p.soft.small { "and " (hidden) " smaller" } }
            details.data {
                summary { "As a table" }
                div.scroll tabindex="0" {
                    table {
                        thead { tr { th scope="col" { (heading) } th.number scope="col" { "A month, likely or at most" } } }
                        tbody {
                            @for bar in all.iter().take(ROWS) {
                                tr {
                                    th scope="row" { bdi { (brief(&bar.label, NAME)) } }
                                    td.number { (bar.amount.display()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn open_gaps(report: &Report) -> impl Iterator<Item = &GapReport> {
    report.gaps.iter().filter(|gap| !gap.rules.is_empty())
}

/// What was not seen.
pub(super) fn gaps(report: &Report) -> Markup {
    let all: Vec<_> = open_gaps(report).chain(report.gaps.iter().filter(|gap| gap.rules.is_empty())).collect();
    if all.is_empty() {
        return html! {};
    }
    html! {
        h2 id="gaps" { "Not seen" }
        p.soft { (words::completeness(report)) }
        div.scroll tabindex="0" {
            table.gaps {
                thead {
                    tr {
                        th scope="col" { "Section" } th scope="col" { "Where" }
                        th scope="col" { "Why, and what to do" } th scope="col" { "Keeps open" }
                    }
                }
                tbody {
                    @for gap in all.iter().take(ROWS) {
                        tr {
                            th scope="row" { (gap.section) }
                            td {
                                (brief(format!("{} {}", gap.account, gap.region).trim(), NAME))
                                @if let Some(resource) = &gap.resource { br; bdi { (brief(resource, NAME)) } }
                            }
                            td {
                                strong { (spaced(gap.reason.as_str())) }
                                @if !gap.operation.is_empty() { " " code { (brief(&gap.operation, NAME)) } }
                                br;
                                (brief(&gap.message, MESSAGE))
                            }
                            td {
                                @if gap.rules.is_empty() { span.soft { "nothing" } }
                                @for rule in &gap.rules { div { (brief(rule, NAME)) } }
                            }
                        }
                    }
                }
            }
        }
        @if all.len() > ROWS { p.soft.small { "and " (all.len() - ROWS) " more in the JSON report" } }
    }
}

/// The operator's suppressions, and what became of each.
pub(super) fn suppressions(report: &Report) -> Markup {
    let all = &report.run.suppressions;
    html! {
        @if !all.is_empty() {
            h2 id="suppressions" { "Suppressions" }
            div.scroll tabindex="0" {
                table {
                    thead {
                        tr {
                            th scope="col" { "Of" } th scope="col" { "State" } th.number scope="col" { "Findings" }
                            th scope="col" { "Reason" } th scope="col" { "Until" }
                        }
                    }
                    tbody {
                        @for one in all.iter().take(ROWS) {
                            tr {
                                th scope="row" { bdi { (brief(&one.scope(), MESSAGE)) } }
                                td.nowrap { (spaced(one.state.as_str())) }
                                td.number { (one.count) }
                                td { bdi { (brief(&one.reason, MESSAGE)) } }
                                td.nowrap { @match one.expires { Some(last) => { (last.to_string()) } None => { span.soft { "–" } } } }
                            }
                        }
                    }
                }
            }
            @if all.len() > ROWS { p.soft.small { "and " (all.len() - ROWS) " more in the JSON report" } }
        }
    }
}

/// Verdicts by rule, counted over the targets.
pub(super) fn verdicts(report: &Report) -> Markup {
    let mut rules: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for row in &report.verdicts {
        for (rule, verdict) in &row.rules {
            let counts = rules.entry(rule).or_default();
            for (count, _) in counts.iter_mut().zip(words::VERDICTS).filter(|(_, (kind, _))| kind == verdict) {
                *count += row.count();
            }
        }
    }
    if rules.is_empty() {
        return html! {};
    }
    html! {
        h2 id="verdicts" { "Verdicts" }
        p.soft { "Every rule on every target, counted." }
        div.scroll tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" { "Rule" }
                        @for (_, heading) in words::VERDICTS { th.number scope="col" { (heading) } }
                    }
                }
                tbody {
                    @for (rule, counts) in &rules {
                        tr {
                            th scope="row" { (brief(rule, NAME)) }
                            @for count in counts {
                                td.number { @if *count == 0 { span.soft { "–" } } @else { (count) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
