//! The ways out of a finding, compared: a table in the finding, a matrix over all findings.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::names::id;
use super::notes::{Notes, listed};
use crate::price::Usd;
use crate::render::text::{brief, count, dollars};
use crate::render::words;
use crate::report::Report;
use crate::report::v1::{Finding, WayOut};
use crate::rules::{MonthlyUsd, Way};

/// How many rows the matrix has.
const ROWS: usize = 50;
/// How many findings of one row are named.
const LINKS: usize = 5;
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

/// Its name, as the beginning of a cell.
fn name(way: Way) -> String {
    let mut characters = words::way(way).chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn range(monthly: &MonthlyUsd) -> Option<String> {
    words::range(*monthly).map(|(low, high)| format!("{} to {}", dollars(low), dollars(high)))
}

/// The ways of one finding.
pub(super) fn table(finding: &Finding, notes: &Notes<'_>) -> Markup {
    let ways = &finding.ways_out;
    if ways.is_empty() {
        return html! {};
    }
    html! {
        h4 { "The ways out compared" }
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
                Some((_, made_for)) => made_for.push(words::way(way.way)),
                None => all.push((assumption, vec![words::way(way.way)])),
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
                @if let Some(rule) = &way.requires { div.small { "Settle " code { (rule) } " first." } }
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

/// Findings by ways: what each leaves to pay; those to which the same holds in one row.
pub(super) fn matrix(report: &Report) -> Markup {
    let mut rows: Vec<(Vec<(usize, &Finding)>, &Finding)> = Vec::new();
    let mut order = BTreeMap::new();
    for (rank, finding) in (1..).zip(&report.findings) {
        if finding.ways_out.is_empty() || finding.suppressed.is_some() {
            continue;
        }
        let at = *order.entry(cells(finding).map(key)).or_insert(rows.len());
        match rows.get_mut(at) {
            Some((all, _)) => all.push((rank, finding)),
            None => rows.push((vec![(rank, finding)], finding)),
        }
    }
    if rows.is_empty() {
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
                    @for (alike, first) in rows.iter().take(ROWS) {
                        tr {
                            th scope="row" { (links(alike)) }
                            @for way in cells(first) { (cell(way)) }
                        }
                    }
                }
            }
        }
        @if rows.len() > ROWS { p.soft.small { "The first " (ROWS) " of " (rows.len()) " rows; each finding has its own." } }
    }
}

/// The ways of a finding by column.
fn cells(finding: &Finding) -> [Option<&WayOut>; 7] {
    COLUMNS.map(|way| finding.ways_out.iter().find(|one| one.way == way))
}

/// What a cell shows.
fn key(way: Option<&WayOut>) -> Option<(bool, Option<Usd>, Option<Usd>)> {
    let way = way.filter(|way| way.available)?;
    Some((way.recommended, way.monthly_usd.map(|monthly| monthly.high), way.one_time_usd))
}

/// References to findings, the first ones by name.
fn links(findings: &[(usize, &Finding)]) -> Markup {
    html! {
        @for (rank, finding) in findings.iter().take(LINKS) {
            div {
                a href={ "#f" (rank) } { (id(finding)) }
                @if let Some(name) = &finding.resource.name { " " bdi.soft { (brief(name, NAME)) } }
            }
        }
        @if findings.len() > LINKS { div.soft.small { "and " (findings.len() - LINKS) " more" } }
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
