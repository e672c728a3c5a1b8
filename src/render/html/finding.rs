//! One finding as a card: the facts that decide, what to do, and the rest behind a fold.

use maud::{Markup, html};

use super::history::Histories;
use super::names::{id, spaced};
use super::notes::{Notes, link, listed, pasted};
use super::{history, instances, ways};
use crate::price::Usd;
use crate::render::rule_page;
use crate::render::text::{brief, clean, dollars, grouped_decimal};
use crate::render::words::{self, RunContext};
use crate::report::v1::{Cost, CostLine, Finding};
use crate::rules::{Confidence, Severity};

/// The longest name that is shown outside the fold.
const NAME: usize = 90;
/// The longest advice that is shown outside the fold.
pub(super) const ADVICE: usize = 420;
/// The longest text inside the fold; the JSON report has all of it.
const TEXT: usize = 1_500;
/// The longest name inside the fold.
const LONG_NAME: usize = 300;
/// How many pieces of evidence are listed.
const EVIDENCE: usize = 40;

/// For sorting: worst highest.
pub(super) fn severity_rank(severity: Severity) -> usize {
    Severity::ALL.iter().rev().position(|one| *one == severity).unwrap_or(0)
}

fn confidence_rank(confidence: Confidence) -> u8 {
    match confidence {
        Confidence::Low => 0,
        Confidence::Medium => 1,
        Confidence::High => 2,
    }
}

/// What the cards of a page share.
pub(super) struct Shared<'a> {
    pub(super) run: &'a RunContext,
    /// How many characters of a fingerprint tell findings apart.
    pub(super) fingerprint: usize,
    /// Whether the page's title has the account and the region of all.
    pub(super) one_target: bool,
    pub(super) notes: Notes<'a>,
    pub(super) histories: &'a Histories<'a>,
}

/// Where a card stands, and whether it tells everything or only what decides and what a filter looks for.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Alone {
        full: bool,
    },
    /// Below a heading that has severity, rule and remedy.
    InBlock {
        full: bool,
    },
}

/// The card.
pub(super) fn card(rank: usize, finding: &Finding, shared: &Shared<'_>, place: Place) -> Markup {
    let severity = finding.severity.as_str();
    let region = format!("{} {}", finding.account, finding.region);
    let region = region.trim();
    let once = finding.cost.as_ref().map_or(Usd::ZERO, |cost| cost.one_time_usd);
    let (is_alone, full) = match place {
        Place::Alone { full } => (true, full),
        Place::InBlock { full } => (false, full),
    };
    let fix = words::fix_command(finding, shared.run, shared.fingerprint);
    let is_unproven = words::sure(finding).is_some_and(|sure| sure.word == "unproven");
    let look = words::look_command(finding, shared.run, shared.fingerprint).filter(|_| is_unproven);
    let name = html! {
        span.soft { (rank) ". " }
        (id(finding))
        @if let Some(name) = &finding.resource.name { " " bdi.name { (brief(name, NAME)) } }
    };
    html! {
        article.finding.(severity) id={ "f" (rank) }
            data-rank=(rank) data-severity=(severity_rank(finding.severity))
            data-confidence=(confidence_rank(finding.confidence))
            data-state=(state(finding)) data-monthly=(finding.deciding_monthly().0) data-once=(once.0) data-place=(clean(region))
        {
            header {
                div.what {
                    @if is_alone { h3 { (name) } } @else { h4 { (name) } }
                    p.headline { (brief(words::headline(finding), ADVICE)) }
                    @if let Some(location) = &finding.location {
                        p.at { "at " code { bdi { (brief(&location.file, LONG_NAME)) } @if let Some(line) = location.line { ":" (line) } } }
                    }
                    (sure(finding, is_alone, (!shared.one_target).then_some(region)))
                }
                (money(finding))
            }
            @if let Some(because) = words::suppression(finding) {
                p.todo.soft { "Suppressed: " (brief(&because, ADVICE)) }
            }
            @if is_alone {
                div.todo.next {
                    @let step = words::step(finding);
                    @if !step.is_empty() { span { "→ " (step) } }
                    @if let Some(look) = &look { div.whole { "Verify first, by a command that only reads on the instances: " code { (clean(look)) } } }
                    @if let Some(fix) = &fix {
                        @if look.is_some() { div.whole { "Then: " code { (clean(fix)) } } } @else { code { (clean(fix)) } }
                    }
                }
            }
            details {
                @if full {
                    summary { "Why, how much, and the way out" }
                    div.inside {
                        @if is_alone {
                            p { strong { (brief(&words::advice(finding), TEXT)) } }
                        } @else if let Some(fix) = &fix {
                            @if let Some(look) = &look { p.next { "Verify first: " code { (clean(look)) } } }
                            p.next { code { (clean(fix)) } }
                        }
                        (inside(finding, shared))
                    }
                } @else {
                    summary { "Which resource and which instances" }
                    div.inside {
                        (instances::named(&finding.instances))
                        (resource(finding))
                        p.soft.small { "The JSON report has the rest." }
                    }
                }
            }
        }
    }
}

/// How bad where no heading says it, how sure, by which rule, and where unless the page's title says that.
fn sure(finding: &Finding, is_alone: bool, region: Option<&str>) -> Markup {
    let severity = finding.severity.as_str();
    let sure = words::sure(finding);
    let rule = is_alone.then_some(finding.rule.as_str());
    html! {
        div {
            @if is_alone {
                span.severity.(severity) { (severity) }
                @if finding.new == Some(true) { " " span.badge { "new" } }
                @if finding.suppressed.is_some() { " " span.badge { "suppressed" } }
                ", "
            }
            (finding.confidence.as_str()) " confidence"
            @if finding.confidence == Confidence::Low { ", " span.verify { "verify first" } }
            @if let Some(sure) = &sure { span.soft { " – " (sure.word) ": " bdi { (sure.why) } } }
            @for name in [rule, region].into_iter().flatten().filter(|name| !name.is_empty()) {
                span.tags { " · " bdi { (brief(name, NAME)) } }
            }
        }
    }
}

/// For the filter: what the operator and the baseline say of it.
fn state(finding: &Finding) -> &'static str {
    match (&finding.suppressed, finding.new) {
        (Some(_), _) => "suppressed",
        (None, Some(true)) => "new",
        (None, _) => "open",
    }
}

fn money(finding: &Finding) -> Markup {
    html! {
        @if let Some(cost) = &finding.cost {
            div.money {
                div.big {
                    @if cost.monthly_usd.likely.is_none() && cost.monthly_usd.high > Usd::ZERO { span.least { "up to " } }
                    (words::short_usd(cost.monthly_usd.deciding()))
                }
                div.soft.small {
                    "a month"
                    @if let Some((low, high)) = words::range(cost.monthly_usd) { ", " (dollars(low)) " to " (dollars(high)) }
                }
                @if cost.one_time_usd != Usd::ZERO { div.soft.small { (words::short_usd(cost.one_time_usd)) " once" } }
            }
        } @else if finding.no_figure.is_some() {
            div.money { div.soft { "no price" } }
        }
    }
}

fn inside(finding: &Finding, shared: &Shared<'_>) -> Markup {
    let notes = &shared.notes;
    html! {
        p { (brief(&finding.message, TEXT)) }
        (conditions(finding))
        (instances::table(finding))
        @if let Some(cost) = &finding.cost { (figure(cost, notes)) }
        @if let Some(history) = finding.history.as_ref().filter(|history| !history.points.is_empty()) {
            h4 { "Storage classes over time" }
            p {
                (history::spoken(history))
                @if let Some(drawn) = shared.histories.drawn(finding) { " " a href={ "#h" (drawn) } { "Drawn below" } "." }
            }
        }
        (ways::table(finding, notes))
        @for snippet in &finding.remediation.configuration {
            h4 { (brief(&snippet.what, TEXT)) }
            (pasted(std::slice::from_ref(&snippet.hcl)))
        }
        @let (looks, changes) = finding.remediation.look_and_change();
        (commands("Look first; this changes nothing", looks, notes))
        @let way = if looks.is_empty() { "Commands of the recommended way" } else { "Then, if it shows that: the recommended way" };
        (commands(way, changes, notes))
        @if !finding.evidence.is_empty() {
            h4 { "Evidence" }
            ul {
                @for evidence in finding.evidence.iter().take(EVIDENCE) {
                    li { span.soft { (spaced(&brief(&evidence.kind, NAME))) ": " } bdi { (brief(&evidence.detail, TEXT)) } }
                }
                (more(finding.evidence.len(), EVIDENCE))
            }
        }
        (resource(finding))
    }
}

fn resource(finding: &Finding) -> Markup {
    html! {
        h4 { "Resource" }
        p.small {
            (brief(&finding.resource.kind, NAME)) " "
            bdi { (brief(finding.resource.arn.as_deref().unwrap_or(&finding.resource.id), TEXT)) }
            @if let Some(name) = finding.resource.name.as_deref() { ", " bdi { (brief(name, LONG_NAME)) } }
            br;
            span.soft { "Fingerprint " (brief(&finding.fingerprint, NAME)) ". The rule: " (rule(finding)) }
        }
    }
}

/// Where the rule's page is: its address, else the command that prints it.
fn rule(finding: &Finding) -> Markup {
    html! {
        @match rule_page::address(&finding.rule) {
            Some(address) => { a href=(address) rel="noreferrer" { (brief(&finding.rule, NAME)) } }
            None => { code { "inspector-audit explain " (brief(&finding.rule, NAME)) } }
        }
    }
}

fn conditions(finding: &Finding) -> Markup {
    html! {
        @if !finding.conditions.is_empty() {
            h4 { "The six conditions" }
            div.scroll tabindex="0" {
                table.conditions {
                    thead { tr { th scope="col" { "Condition" } th scope="col" { "State" } th scope="col" { "Evidence" } } }
                    tbody {
                        @for condition in &finding.conditions {
                            @let state = words::condition_state(condition.state);
                            tr {
                                th scope="row" { (condition.number) ". " (words::condition_name(&condition.name)) }
                                td.(state) { (spaced(state)) }
                                td { (brief(&condition.evidence, TEXT)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn figure(cost: &Cost, notes: &Notes<'_>) -> Markup {
    let source = |line: &CostLine| {
        let date = line.price_as_of.as_deref().map(|date| format!(", {date}")).unwrap_or_default();
        brief(&format!("{}{date}", line.price_source), LONG_NAME)
    };
    let mut sources: Vec<String> = cost.lines.iter().map(source).collect();
    sources.dedup();
    // Usually all prices come from one place, which need not stand in every line.
    let one = sources.len() == 1;
    let assumptions: Vec<(&str, String)> =
        cost.assumptions.iter().map(|assumption| (assumption.as_str(), String::new())).collect();
    html! {
        h4 { "How the figure is made" }
        p {
            "Basis: " (spaced(cost.basis.as_str())) ". "
            @if let Some(likely) = cost.monthly_usd.likely { "Likely " (likely.display()) " a month, at" } @else { "At" }
            " least " (cost.monthly_usd.low.display()) " a month, at most " (cost.monthly_usd.high.display()) "."
        }
        @if !cost.lines.is_empty() {
            div.scroll tabindex="0" {
                table {
                    thead {
                        tr {
                            th scope="col" { "Item" }
                            th.number scope="col" { "Quantity" }
                            th.number scope="col" { "Unit price" }
                            th.number scope="col" { "Monthly" }
                            th.number scope="col" { "One-time" }
                            @if !one { th scope="col" { "Price from" } }
                        }
                    }
                    tbody {
                        @for line in &cost.lines {
                            tr {
                                th scope="row" { (brief(&line.item, TEXT)) }
                                td.number { (grouped_decimal(line.quantity)) " " (brief(&line.unit, NAME)) }
                                td.number { "$" (line.unit_price_usd.normalize()) }
                                td.number { (line.monthly_usd.display()) }
                                td.number { (line.one_time_usd.display()) }
                                @if !one { td { (source(line)) } }
                            }
                        }
                    }
                }
            }
            @if one { p.soft.small { "Price from: " (sources.concat()) } }
        }
        @if !assumptions.is_empty() {
            p { "Assumptions:" }
            (listed(notes, &assumptions))
        }
    }
}

/// A last list item where the list was cut.
fn more(all: usize, listed: usize) -> Markup {
    html! {
        @if all > listed {
            li.soft { "and " (u64::try_from(all - listed).unwrap_or(u64::MAX)) " more in the JSON report" }
        }
    }
}

/// Commands under a heading, or the note that has them.
fn commands(heading: &str, commands: &[String], notes: &Notes<'_>) -> Markup {
    html! {
        @if !commands.is_empty() {
            h4 { (heading) }
            @match notes.commands(commands) {
                Some(number) => { p { "Those of " (link(number)) "." } }
                None => { (pasted(commands)) }
            }
        }
    }
}
