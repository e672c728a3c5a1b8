//! The ways out of a finding, compared: a table and a chart in the finding, a matrix over all findings.

use maud::{Markup, PreEscaped, html};

use super::chart::{Bar, bars};
use super::names::id;
use super::notes::{Notes, listed};
use crate::price::Usd;
use crate::render::text::{brief, count, dollars};
use crate::render::words;
use crate::report::Report;
use crate::report::v1::{Finding, WayOut};
use crate::rules::{MonthlyUsd, Way};

/// How many findings the matrix has.
const ROWS: usize = 50;
/// How many ways of one finding are listed; there are no more kinds than that.
const WAYS: usize = 12;
/// The longest name.
const NAME: usize = 60;
/// The longest sentence.
const TEXT: usize = 600;

/// The columns of the matrix.
const COLUMNS: [Way; 7] = [
    Way::DoNothing,
    Way::ExcludeInstances,
    Way::StopReturningToStandard,
    Way::StopTiering,
    Way::DeactivateDeepInspection,
    Way::SlowSchedule,
    Way::StopVmScanner,
];

fn name(way: Way) -> &'static str {
    match way {
        Way::DoNothing => "Leave it as it is",
        Way::ExcludeInstances => "Exclude the instances",
        Way::StopReturningToStandard => "Stop the return to Standard",
        Way::StopTiering => "Stop tiering",
        Way::DeactivateDeepInspection => "Deactivate deep inspection",
        Way::SlowSchedule => "Scan less often",
        Way::StopVmScanner => "Stop the VM Scanner",
    }
}

fn range(monthly: &MonthlyUsd) -> Option<String> {
    words::range(*monthly).map(|(low, high)| format!("{} to {}", dollars(low), dollars(high)))
}

/// The ways of one finding; with a chart if `drawn`.
pub(super) fn table(finding: &Finding, notes: &Notes<'_>, drawn: bool) -> Markup {
    let ways = &finding.ways_out;
    if ways.is_empty() {
        return html! {};
    }
    let amounts: Vec<Bar> = ways
        .iter()
        .filter(|way| way.available)
        .filter_map(|way| Some(Bar { label: name(way.way).to_owned(), amount: way.monthly_usd?.high }))
        .take(WAYS)
        .collect();
    let svg = if drawn && amounts.len() > 1 { bars(&amounts) } else { None };
    html! {
        h4 { "The ways out compared" }
        @if let Some(svg) = svg {
            div.chart.bars role="img" aria-label="Bar chart of what is left to pay a month at most. The table below has the figures." {
                (PreEscaped(svg))
            }
        }
        div.scroll tabindex="0" {
            table.ways {
                thead {
                    tr {
                        th scope="col" { "Way out" }
                        th.number scope="col" { "Left a month" }
                        th.number scope="col" { "Once" }
                        th scope="col" { "Protection lost" }
                        th scope="col" { "Who" }
                    }
                }
                tbody { @for way in ways.iter().take(WAYS) { (row(way)) } }
            }
        }
        (assumptions(ways, notes))
    }
}

/// Every assumption once, with the ways it is made for unless that is all of them.
fn assumptions(ways: &[WayOut], notes: &Notes<'_>) -> Markup {
    let mut all: Vec<(&str, Vec<&'static str>)> = Vec::new();
    for way in ways.iter().filter(|way| way.available).take(WAYS) {
        for assumption in way.assumptions.iter().take(WAYS) {
            match all.iter_mut().find(|(text, _)| text == assumption) {
                Some((_, made_for)) => made_for.push(name(way.way)),
                None => all.push((assumption, vec![name(way.way)])),
            }
        }
    }
    let available = ways.iter().filter(|way| way.available).take(WAYS).count();
    let remark = |made_for: Vec<&str>| if made_for.len() < available { made_for.join(", ") } else { String::new() };
    let all: Vec<(&str, String)> = all.into_iter().map(|(text, made_for)| (text, remark(made_for))).collect();
    html! {
        @if !all.is_empty() {
            p { "Assumed of the ways out:" }
            div.small { (listed(notes, &all)) }
        }
    }
}

fn row(way: &WayOut) -> Markup {
    html! {
        tr.best[way.recommended] {
            th scope="row" {
                (name(way.way))
                @if way.recommended { " " span.badge.good { "recommended" } }
                @if !way.available { " " span.badge { "not available" } }
                div.soft.small { (brief(&way.reason, TEXT)) }
            }
            td.number {
                @match &way.monthly_usd {
                    _ if !way.available => { span.soft { "–" } }
                    Some(monthly) => {
                        (words::monthly(*monthly))
                        @if let Some(range) = range(monthly) { div.soft.small { (range) } }
                        div.soft.small { (way.confidence.as_str()) " confidence" }
                    }
                    None => { span.soft { "no price" } }
                }
            }
            td.number {
                @match way.one_time_usd {
                    _ if !way.available => { span.soft { "–" } }
                    Some(once) => { (once.display()) }
                    None => { span.soft { "no price" } }
                }
            }
            td {
                @if way.protection_lost.is_empty() { span.soft { "none" } } @else { (brief(&way.protection_lost, TEXT)) }
                @if way.instances_unprotected > 0 {
                    div.soft.small { "on " (count(way.instances_unprotected, "instance", "instances")) }
                }
            }
            td { (brief(&way.who, NAME)) }
        }
    }
}

/// Findings by ways: what each leaves to pay.
pub(super) fn matrix(report: &Report) -> Markup {
    let all: Vec<(usize, &Finding)> = (1..)
        .zip(&report.findings)
        .filter(|(_, finding)| !finding.ways_out.is_empty() && finding.suppressed.is_none())
        .collect();
    if all.is_empty() {
        return html! {};
    }
    html! {
        h2 { "The ways out compared" }
        p.soft { "What each way leaves to pay a month, at most. ✔ marks the recommended one." }
        div.scroll tabindex="0" {
            table.matrix {
                thead {
                    tr {
                        th scope="col" { "Finding" }
                        @for way in COLUMNS { th.column scope="col" { (name(way)) } }
                    }
                }
                tbody {
                    @for (rank, finding) in all.iter().take(ROWS) {
                        tr {
                            th scope="row" {
                                a href={ "#f" (rank) } { (id(finding)) }
                                @if let Some(name) = &finding.resource.name { " " bdi.soft { (brief(name, NAME)) } }
                            }
                            @for way in COLUMNS {
                                (cell(finding.ways_out.iter().find(|one| one.way == way)))
                            }
                        }
                    }
                }
            }
        }
        @if all.len() > ROWS { p.soft.small { "The first " (ROWS) " of " (all.len()) "; each finding has its own." } }
    }
}

fn cell(way: Option<&WayOut>) -> Markup {
    let Some(way) = way.filter(|way| way.available) else {
        return html! { td.state { span.soft.small { "not available" } } };
    };
    html! {
        td.state.best[way.recommended] {
            @if way.recommended { span aria-hidden="true" { "✔ " } span.hidden-text { "recommended: " } }
            @match &way.monthly_usd {
                Some(monthly) => { (dollars(monthly.high)) }
                None => { span.soft { "no price" } }
            }
            @if let Some(once) = way.one_time_usd.filter(|once| *once != Usd::ZERO) {
                div.soft.small { (dollars(once)) " once" }
            }
        }
    }
}
