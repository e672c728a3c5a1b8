//! The six conditions of every file system as a matrix: one row for each, however many rules report it.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::names::{id, spaced};
use crate::render::text::{brief, count};
use crate::render::words;
use crate::report::Report;
use crate::report::v1::{Condition, Finding};
use crate::rules::ConditionState;

/// How many rows the matrix has.
const ROWS: usize = 200;
/// The longest name.
const NAME: usize = 60;
/// The longest message.
const MESSAGE: usize = 600;

/// What a row is about; the file tells resources of Terraform apart.
type Place<'a> = (&'a str, &'a str, &'a str, Option<&'a str>);

/// The findings on one resource whose conditions are in the same states; the first stands for them.
struct Row<'a> {
    rank: usize,
    finding: &'a Finding,
    rules: Vec<&'a str>,
    /// Whether the resource has another row, so that the rules have to tell them apart.
    divided: bool,
}

fn place(finding: &Finding) -> Place<'_> {
    let file = finding.location.as_ref().map(|location| location.file.as_str());
    (&finding.account, &finding.region, &finding.resource.id, file)
}

fn agree(a: &Finding, b: &Finding) -> bool {
    let states = |finding: &Finding| finding.conditions.iter().map(|one| (one.number, one.state)).collect::<Vec<_>>();
    states(a) == states(b)
}

fn rows(findings: &[Finding]) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut places: BTreeMap<Place<'_>, Vec<usize>> = BTreeMap::new();
    for (rank, finding) in (1..).zip(findings).filter(|(_, finding)| !finding.conditions.is_empty()) {
        let here = places.entry(place(finding)).or_default();
        let same = here.iter().copied().find(|at| rows.get(*at).is_some_and(|row| agree(row.finding, finding)));
        if let Some(row) = same.and_then(|at| rows.get_mut(at)) {
            row.rules.push(&finding.rule);
        } else {
            here.push(rows.len());
            rows.push(Row { rank, finding, rules: vec![&finding.rule], divided: false });
        }
    }
    for at in places.into_values().filter(|here| here.len() > 1).flatten() {
        if let Some(row) = rows.get_mut(at) {
            row.divided = true;
        }
    }
    rows
}

/// The matrix, or a sentence where all conditions hold everywhere; empty where no finding has conditions.
pub(super) fn matrix(report: &Report) -> Markup {
    let all = rows(&report.findings);
    let Some(first) = all.first() else { return html! {} };
    let is_met = |row: &Row<'_>| row.finding.conditions.iter().all(|one| one.state == ConditionState::Met);
    if all.iter().all(is_met) {
        let number = u64::try_from(all.len()).unwrap_or(u64::MAX);
        return html! {
            h2 id="conditions" { "The six conditions" }
            p { "All of them are met on " (count(number, "file system", "file systems")) ": " (named(&first.finding.conditions)) "." }
        };
    }
    html! {
        h2 id="conditions" { "The six conditions" }
        p.soft { "All six must hold together. What is unknown is never counted as safe." }
        div.scroll tabindex="0" {
            table.matrix {
                thead {
                    tr {
                        th scope="col" { "File system" }
                        @for condition in &first.finding.conditions {
                            th.column scope="col" { (condition.number) ". " (words::condition_name(&condition.name)) }
                        }
                    }
                }
                tbody { @for row in all.iter().take(ROWS) { (line(row)) } }
            }
        }
        p.soft.small {
            "● met, ? unknown, ○ not met."
            @if all.len() > ROWS { " The first " (ROWS) " of " (all.len()) "; each finding has its own." }
        }
    }
}

fn named(conditions: &[Condition]) -> String {
    conditions.iter().map(|condition| words::condition_name(&condition.name)).collect::<Vec<_>>().join(", ")
}

fn line(row: &Row<'_>) -> Markup {
    let finding = row.finding;
    let place = format!("{} {}", finding.account, finding.region);
    html! {
        tr {
            th scope="row" {
                a href={ "#f" (row.rank) } { (id(finding)) }
                @if let Some(name) = &finding.resource.name { " " bdi.soft { (brief(name, NAME)) } }
                @if !place.trim().is_empty() { div.soft.small { bdi { (brief(place.trim(), NAME)) } } }
                @if row.divided { div.soft.small { "as " bdi { (brief(&row.rules.join(", "), MESSAGE)) } " sees it" } }
            }
            @for condition in &finding.conditions {
                @let state = words::condition_state(condition.state);
                td.state.(state) title=(brief(&condition.evidence, MESSAGE)) {
                    span aria-hidden="true" { (symbol(condition.state)) }
                    span.hidden-text { (spaced(state)) }
                }
            }
        }
    }
}

fn symbol(state: ConditionState) -> &'static str {
    match state {
        ConditionState::Met => "●",
        ConditionState::Unknown => "?",
        ConditionState::NotMet => "○",
    }
}
