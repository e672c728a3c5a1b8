//! What stands around the findings: totals, charts, gaps, verdicts.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, PreEscaped, html};

use super::chart::{Bar, bars};
use super::names::spaced;
use crate::price::Usd;
use crate::render::text::{brief, count, grouped};
use crate::render::words::{self, RunContext};
use crate::report::v1::Finding;
use crate::report::v1::GapReport;
use crate::report::{Report, bills};

/// How many bars a chart has.
const BARS: usize = 8;
/// How many resources a chart has at least: fewer are seen at a glance in the findings.
const FEWEST: usize = 4;
/// How many reasons are named why something without effect was not seen.
const ABSENT: usize = 8;
/// How many resources of one row are named.
const RESOURCES: usize = 5;
/// How many rows a table has.
const ROWS: usize = 200;
/// The longest name.
const NAME: usize = 60;
/// The longest message.
const MESSAGE: usize = 600;

/// What the page is about: whose account, and when.
pub(super) fn title(report: &Report) -> String {
    format!("{}, {}", subject(report), day(report))
}

fn day(report: &Report) -> String {
    report.run.taken_at.format("%Y-%m-%d").to_string()
}

fn subject(report: &Report) -> String {
    let inventory = report.run.inventory;
    let whose = match report.run.targets.as_slice() {
        [] => String::new(),
        [only] => format!(" of {} in {}", brief(&only.account, NAME), brief(&only.region, NAME)),
        [first, ..] if inventory.accounts == 1 => format!(" of {}", brief(&first.account, NAME)),
        _ => format!(" of {}", count(inventory.accounts, "account", "accounts")),
    };
    format!("Amazon Inspector audit{whose}")
}

/// The title, the totals and what has to be said before everything else.
pub(super) fn masthead(report: &Report, run: &RunContext) -> Markup {
    let summary = &report.summary;
    let monthly = &summary.monthly_usd;
    let open = open_gaps(report).count();
    let open = u64::try_from(open).unwrap_or(u64::MAX);
    let unpriced = report.without_figure();
    // Findings without a cost of their own have no sum, and Terraform has no prices.
    let has_money =
        report.run.terraform.is_none() && (monthly.all() > Usd::ZERO || unpriced > 0 || summary.findings.total() == 0);
    html! {
        header.masthead {
            a.skip href="#findings" { "Skip to the findings" }
            h1 { (subject(report)) ", " span.nowrap { (day(report)) } }
            p.lead { (words::in_short(report)) }
            p.soft { (words::looked_at(report)) }
            @if let Some(what_if) = words::what_if(report, run) { p.notice { (what_if) } }
            @if let Some(unknown) = words::without_figure(report) { p.notice { (unknown) } }
            @if let Some(baseline) = words::baseline(report) { p.notice { (baseline) } }
            dl.tiles {
                @if has_money {
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
                }
                @if summary.one_time_usd > Usd::ZERO {
                    div.tile {
                        dt { "Once" }
                        dd.big {
                            @if summary.monthly_usd.at_risk > Usd::ZERO { span.least { "up to " } }
                            (words::short_usd(summary.one_time_usd))
                        }
                        dd.soft.small { "each dollar is counted once" }
                    }
                }
                div.tile {
                    dt { "Findings" }
                    dd.big { (grouped(summary.findings.total())) }
                    dd.soft.small {
                        @if let Some((_, severities)) = words::findings(summary.findings).split_once(": ") { (severities) }
                    }
                    @if summary.suppressed > 0 { dd.soft.small { (summary.suppressed) " more suppressed" } }
                }
                div.tile {
                    dt { "Coverage" }
                    dd.big.words { @if report.complete { "Complete" } @else { "Not complete" } }
                    dd.soft.small {
                        @if open > 0 {
                            a href="#gaps" { (count(open, "gap", "gaps")) } " could hide a finding"
                        } @else {
                            "AWS answered all that the rules asked"
                        }
                    }
                }
            }
            nav aria-label="Parts of this page" {
                a href="#findings" { "Findings" }
                @if report.findings.iter().any(|finding| !finding.conditions.is_empty()) {
                    " " a href="#conditions" { "The six conditions" }
                }
                @if open > 0 { " " a href="#gaps" { "Not seen" } }
                @if !report.verdicts.is_empty() { " " a href="#verdicts" { "Verdicts" } }
            }
        }
    }
}

/// Dollars by resource and by account, where a picture says more than the findings do.
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
    let mut accounts: Vec<Bar> = accounts.into_iter().map(|(label, amount)| Bar { label, amount }).collect();
    accounts.sort_by_key(|bar| std::cmp::Reverse(bar.amount));
    resources.sort_by_key(|bar| std::cmp::Reverse(bar.amount));
    // Bars that are all alike say nothing.
    let ends = (resources.first(), resources.get(BARS - 1).or(resources.last()));
    let differ = matches!(ends, (Some(first), Some(last)) if first.amount != last.amount);
    let (by_resource, by_account) = (resources.len() >= FEWEST && differ, accounts.len() > 1);
    html! {
        @if by_resource || by_account {
            h2 { "Where the money is" }
            div.panels {
                @if by_resource { (panel("A month by resource, likely or at most", "Resource", &resources)) }
                @if by_account { (panel("A month by account, likely or at most", "Account", &accounts)) }
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

/// Bars, the largest first.
fn panel(title: &str, heading: &str, all: &[Bar]) -> Markup {
    let hidden = all.len().saturating_sub(BARS);
    let shown = all.get(..BARS).unwrap_or(all);
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

/// What was not seen and could hide a finding; the same of several resources in one row.
pub(super) fn gaps(report: &Report) -> Markup {
    let mut rows: Vec<(&GapReport, Vec<&str>)> = Vec::new();
    let mut order = BTreeMap::new();
    for gap in open_gaps(report) {
        let key =
            (&gap.account, &gap.region, gap.section, &gap.operation, gap.reason.as_str(), &gap.message, &gap.rules);
        let at = *order.entry(key).or_insert(rows.len());
        if at == rows.len() {
            rows.push((gap, Vec::new()));
        }
        if let Some((_, resources)) = rows.get_mut(at) {
            resources.extend(gap.resource.as_deref());
        }
    }
    if rows.is_empty() {
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
                    @for (gap, resources) in rows.iter().take(ROWS) {
                        tr {
                            th scope="row" { (gap.section) }
                            td {
                                (brief(format!("{} {}", gap.account, gap.region).trim(), NAME))
                                @for resource in resources.iter().take(RESOURCES) { br; bdi { (brief(resource, NAME)) } }
                                @if resources.len() > RESOURCES { br; span.soft { "and " (resources.len() - RESOURCES) " more" } }
                            }
                            td {
                                strong { (spaced(gap.reason.as_str())) }
                                @if !gap.operation.is_empty() { " " code { (brief(&gap.operation, NAME)) } }
                                br;
                                (brief(&gap.message, MESSAGE))
                            }
                            td { @for rule in &gap.rules { div { (brief(rule, NAME)) } } }
                        }
                    }
                }
            }
        }
        @if rows.len() > ROWS { p.soft.small { "and " (rows.len() - ROWS) " more in the JSON report" } }
    }
}

/// What is not there or was not asked for and keeps no rule open: the sections by what is said of them.
pub(super) fn absent(report: &Report) -> Markup {
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for gap in report.gaps.iter().filter(|gap| gap.rules.is_empty()) {
        all.entry(gap.message.as_str()).or_default().insert(gap.section.as_str());
    }
    html! {
        @for (message, sections) in all.iter().take(ABSENT) {
            p {
                "Without effect on a verdict, not seen: "
                (brief(&sections.iter().copied().collect::<Vec<_>>().join(", "), MESSAGE)) ": " (brief(message, MESSAGE))
            }
        }
        @if all.len() > ABSENT { p.soft.small { "and " (all.len() - ABSENT) " more in the JSON report" } }
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

/// The rules by verdict, each with the number of its targets where there are several.
pub(super) fn verdicts(report: &Report) -> Markup {
    let several = report.run.targets.len() > 1;
    let rules = |wanted| {
        let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &report.verdicts {
            for (rule, _) in row.rules.iter().filter(|(_, verdict)| **verdict == wanted) {
                *rules.entry(rule).or_default() += row.count();
            }
        }
        rules
    };
    html! {
        @if !report.verdicts.is_empty() {
            h2 id="verdicts" { "Verdicts" }
            div.scroll tabindex="0" {
                table.verdicts {
                    tbody {
                        @for (verdict, heading) in words::VERDICTS {
                            @let rules = rules(verdict);
                            @if !rules.is_empty() {
                                tr {
                                    th scope="row" { (heading) }
                                    td {
                                        @for (index, (rule, targets)) in rules.iter().enumerate() {
                                            @if index > 0 { ", " }
                                            span.nowrap { (brief(rule, NAME)) }
                                            @if several { " (" (targets) ")" }
                                        }
                                    }
                                }
                            }
                        }
                        @if let Some(unasked) = words::unasked(report) {
                            tr { th scope="row" { "Not judged" } td { (unasked) } }
                        }
                    }
                }
            }
            @if several { p.soft.small { "In brackets: on how many of the " (report.run.targets.len()) " targets." } }
        }
    }
}
