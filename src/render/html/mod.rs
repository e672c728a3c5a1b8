//! HTML: one file that opens offline, asks nothing from any network, and runs only its own script.
//!
//! The head carries a content security policy with the hashes of the one style sheet and the one script, so that
//! nothing a name may smuggle in could run. Findings are written one by one.

mod block;
mod chart;
mod conditions;
mod finding;
mod history;
mod instances;
mod names;
mod notes;
mod overview;
mod ways;
mod what_if;

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use self::finding::Shared;
use super::group_by::blocks;
use super::text::clean;
use super::{Style, words};
use crate::report::Report;
use crate::rules::{Rule, Severity};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// How many findings are told in full: the first ones. The others keep what decides and what a filter looks for, so that
/// thousands of findings stay a page.
const FULL: usize = 500;

/// Writes the page.
pub(super) fn write(report: &Report, rules: &[&Rule], style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut put = |markup: Markup| out.write_all(markup.into_string().as_bytes());
    let histories = history::Histories::of(report);
    put(html! { (DOCTYPE) (PreEscaped("<html lang=\"en\">")) (head(report)) (PreEscaped("<body>")) })?;
    put(overview::masthead(report, &style.run))?;
    put(html! {
        (PreEscaped("<main>"))
        (what_if::differences(report))
        (controls(report))
    })?;
    if !report.findings.is_empty() {
        put(PreEscaped("<div id=\"list\">".to_owned()))?;
        let shared = Shared {
            run: &style.run,
            fingerprint: words::fingerprint_length(report),
            one_target: report.run.targets.len() == 1,
            notes: notes::Notes::of(report.findings.get(..FULL).unwrap_or(&report.findings)),
            histories: &histories,
        };
        for block in blocks(&report.findings) {
            if let [(rank, finding)] = block.as_slice() {
                put(finding::card(*rank, finding, &shared, finding::Place::Alone { full: *rank <= FULL }))?;
                continue;
            }
            put(block::open(&block, rules))?;
            for (rank, finding) in &block {
                put(finding::card(*rank, finding, &shared, finding::Place::InBlock { full: *rank <= FULL }))?;
            }
            put(block::close())?;
        }
        put(html! { (PreEscaped("</div>")) button #more type="button" hidden { "Show more" } })?;
        put(shared.notes.list())?;
    }
    put(overview::charts(report))?;
    put(histories.section())?;
    put(ways::matrix(report))?;
    put(conditions::matrix(report))?;
    put(overview::gaps(report))?;
    put(overview::suppressions(report))?;
    put(overview::verdicts(report))?;
    put(html! {
        (PreEscaped("</main>"))
        footer {
            (what_if::meters(report))
            p { "Looked at: " (words::looked_at(report)) }
            @if let Some(skipped) = words::skipped(report) { p { "Skipped: " (skipped) } }
            @if report.run.terraform.is_none() { p { "Prices: " (clean(&words::prices(report))) } }
            (overview::absent(report))
            p.soft.small {
                (clean(&report.tool.name)) " " (clean(&report.tool.version)) ". Figures are projections; every finding \
                 names the basis and the assumptions of its own."
            }
        }
        script { (PreEscaped(SCRIPT)) }
        (PreEscaped("</body></html>\n"))
    })
}

fn head(report: &Report) -> Markup {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT),
    );
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="referrer" content="no-referrer";
            title { (overview::title(report)) }
            link rel="icon" href="data:,";
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// What filters and sorts; shown only where the script runs.
fn controls(report: &Report) -> Markup {
    html! {
        h2 id="findings" { "Findings" }
        @if report.findings.is_empty() {
            p { "No findings." }
        } @else {
            @if report.findings.len() > FULL {
                p.notice { "The first " (FULL) " findings are told in full here, all of them in the JSON report." }
            }
            div.controls {
                div."field grow" {
                    label for="query" { "Filter" }
                    input type="search" id="query" autocomplete="off" spellcheck="false"
                        placeholder="id, ARN, instance, account, word";
                }
                fieldset id="severities" {
                    legend.hidden-text { "Severity" }
                    @for severity in Severity::ALL {
                        @let value = finding::severity_rank(severity);
                        label { input type="checkbox" value=(value) checked; " " (severity.as_str()) }
                    }
                }
                div.field {
                    label for="confidence" { "Confidence" }
                    select id="confidence" {
                        option value="0" { "any" }
                        option value="1" { "medium or high" }
                        option value="2" { "high" }
                    }
                }
                @if report.findings.iter().any(|finding| finding.suppressed.is_some() || finding.new.is_some()) {
                    div.field {
                        label for="state" { "Show" }
                        select id="state" {
                            option value="" { "all" }
                            option value="open new" { "without suppressed" }
                            option value="new" { "new only" }
                            option value="suppressed" { "suppressed only" }
                        }
                    }
                }
                div.field {
                    label for="order" { "Order" }
                    select id="order" {
                        option value="rank" { "monthly cost" }
                        option value="severity" { "severity" }
                        option value="confidence" { "confidence" }
                        option value="once" { "one-time cost" }
                        option value="place" { "account and region" }
                    }
                }
                p.soft.small id="status" role="status" {}
            }
        }
    }
}
