//! Findings of one rule with the same remedy: a heading with their sum, the remedy once, and their cards.

use maud::{Markup, PreEscaped, html};

use super::finding::ADVICE;
use crate::render::text::{brief, count};
use crate::render::words;
use crate::report::bills;
use crate::report::v1::Finding;
use crate::rules::Rule;

/// The longest name.
const NAME: usize = 90;

/// The heading, and the beginning of what holds the cards.
pub(super) fn open(findings: &[(usize, &Finding)], rules: &[&Rule]) -> Markup {
    let Some((_, first)) = findings.first() else { return html! {} };
    let rule = rules.iter().find(|rule| rule.id == first.rule);
    let number = u64::try_from(findings.len()).unwrap_or(u64::MAX);
    let sum = words::short_sums(bills(findings.iter().map(|(_, finding)| *finding)).map(|(_, cost)| cost));
    let severity = first.severity.as_str();
    let step = words::shared_step(first);
    html! {
        (PreEscaped(format!("<section class=\"block {severity}\">")))
        header {
            div.what {
                h3 { (brief(rule.map_or(first.rule.as_str(), |rule| rule.title), ADVICE)) }
                div {
                    span.severity.(severity) { (severity) } ", " (count(number, "finding", "findings"))
                    " of " bdi { (brief(&first.rule, NAME)) }
                    @if first.new == Some(true) { " " span.badge { "new" } }
                    @if first.suppressed.is_some() { " " span.badge { "suppressed" } }
                }
                @if !step.is_empty() { p.step { "→ " (step) } }
                p.soft.small { (brief(&first.remediation.summary, ADVICE)) }
            }
            @if !sum.is_empty() { div.money { div.big { (sum) } div.soft.small { "a month in all" } } }
        }
        (PreEscaped("<div class=\"members\">"))
    }
}

/// The end of both.
pub(super) fn close() -> Markup {
    PreEscaped("</div></section>".to_owned())
}
