//! Today beside the changed world, and what was measured.

use maud::{Markup, html};

use crate::render::what_if::{HEADINGS, facts, measured, rows};
use crate::report::Report;

/// The section; empty for a plain scan.
pub(super) fn differences(report: &Report) -> Markup {
    let facts = facts(report);
    if facts.is_empty() {
        return html! {};
    }
    let (rows, more) = rows(report);
    html! {
        h2 { "What if" }
        @for (label, text) in facts { p { strong { (label) } ": " (text) } }
        @if !rows.is_empty() {
            div.scroll {
                table {
                    thead { tr { @for (index, heading) in HEADINGS.iter().enumerate() {
                        @if index < 2 { th scope="col" { (heading) } } @else { th.number scope="col" { (heading) } }
                    } } }
                    tbody { @for [rule, resource, today, then, difference] in rows {
                        tr {
                            th scope="row" { (rule) }
                            td { bdi { (resource) } }
                            @for usd in [today, then, difference] { td.number { (usd) } }
                        }
                    } }
                }
            }
        }
        @if let Some(more) = more { p.soft.small { (more) } }
    }
}

/// What was metered and paid; empty where nothing was.
pub(super) fn meters(report: &Report) -> Markup {
    let sentences = measured(report);
    html! { @for sentence in sentences { p { "Measured: " (sentence) } } }
}
