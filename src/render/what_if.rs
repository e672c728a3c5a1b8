//! `what-if` and what was measured, in words: the lines that table, Markdown and HTML share.

use std::collections::BTreeMap;

use super::text::{brief, clean, count};
use super::words::{self, short_signed, short_totals, short_usd};
use crate::price::Usd;
use crate::report::{BilledClass, FeeLine, FindingDifference, Measured, Prospect, Report, WhatIf, World};
use crate::rules::Basis;

/// How many differing findings are shown.
const ROWS: usize = 20;
/// How many warnings are shown.
const WARNINGS: usize = 5;
const MAX_NAME_COLUMNS: usize = 60;
/// The longest sentence.
const SENTENCE: usize = 400;

/// A label and its text.
pub(super) type Fact = (&'static str, String);

/// What is compared, with the figures; empty for a plain scan.
pub(super) fn facts(report: &Report) -> Vec<Fact> {
    let Some(what_if) = &report.what_if else { return Vec::new() };
    let changes = if what_if.changes.is_empty() { "nothing".to_owned() } else { what_if.changes.join("; ") };
    let mut facts = vec![("What if", brief(&changes, SENTENCE)), ("Difference", difference(what_if, false))];
    for line in &what_if.inspector_fees.lines {
        facts.push(("Inspector's fees", fee(line)));
    }
    if !what_if.inspector_fees.lines.is_empty() {
        facts.push(("Fees assume", brief(&what_if.inspector_fees.assumptions.join(" "), 2 * SENTENCE)));
    }
    facts.extend(expected(what_if));
    facts.into_iter().map(|(label, text)| (label, clean(&text).into_owned())).collect()
}

/// The same in short: amounts for reading, and of the fees what changes.
pub(super) fn facts_in_short(report: &Report) -> Vec<Fact> {
    let Some(what_if) = &report.what_if else { return Vec::new() };
    let changes = if what_if.changes.is_empty() { "nothing".to_owned() } else { what_if.changes.join("; ") };
    let mut facts = vec![("What if", brief(&changes, SENTENCE)), ("Change", difference(what_if, true))];
    facts.extend(fees_in_short(&what_if.inspector_fees.lines).map(|text| ("Fees", text)));
    facts.extend(expected(what_if));
    facts.into_iter().map(|(label, text)| (label, clean(&text).into_owned())).collect()
}

/// What is to be expected of the changes.
fn expected(what_if: &WhatIf) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    for warning in what_if.warnings.iter().take(WARNINGS) {
        facts.push(("Warning", brief(warning, SENTENCE)));
    }
    if let Some(hidden) = what_if.warnings.len().checked_sub(WARNINGS).filter(|hidden| *hidden > 0) {
        facts.push(("Warning", format!("{hidden} more such instances in the JSON report.")));
    }
    for predicted in &what_if.predictions {
        facts.push(("AWS then", format!("{} {}: {}", predicted.account, predicted.region, predicted.steps)));
    }
    facts
}

/// What changes of Inspector's fees, an item at a time over all targets.
fn fees_in_short(lines: &[FeeLine]) -> Option<String> {
    let mut items: BTreeMap<(&str, bool), Vec<&FeeLine>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.difference_usd != Some(Usd::ZERO)) {
        items.entry((&line.item, line.once)).or_default().push(line);
    }
    // What is not known for one reason is said with it once, where the first of it stands.
    let mut said: Vec<(Vec<&str>, String)> = Vec::new();
    for ((item, once), lines) in &items {
        let often = if *once { "once" } else { "a month" };
        let known: Usd = lines.iter().filter_map(|line| line.difference_usd).sum();
        let open = lines.iter().find(|line| line.difference_usd.is_none());
        let what = open.map_or_else(
            || format!("{} {often}", short_signed(known)),
            |open| {
                let why = open.unknown.as_deref().map(|why| format!(" ({})", why.trim_end_matches('.')));
                format!("not known{}", why.unwrap_or_default())
            },
        );
        match said.iter_mut().find(|(_, other)| open.is_some() && *other == what) {
            Some((alike, _)) => alike.push(item),
            None => said.push((vec![item], what)),
        }
    }
    let estimated = items.values().flatten().any(|line| line.basis == Some(Basis::Estimate));
    let end = if estimated { "by another region's list price; -v shows how" } else { "-v shows how" };
    let said: Vec<String> = said.iter().map(|(items, what)| format!("{}: {what}", items.join(" and "))).collect();
    (!said.is_empty()).then(|| brief(&format!("{}; {end}.", said.join("; ")), 2 * SENTENCE))
}

/// `Today $0.00 a month, then $3,407.87: +$3,407.87, plus Inspector's own +$12.58.`
fn difference(what_if: &WhatIf, short: bool) -> String {
    let shown: fn(Usd) -> String = short_usd;
    let signed: fn(Usd) -> String = short_signed;
    let sums = |totals| if short { short_totals(totals).join(", ") } else { words::sums(totals) };
    let (today, then) = (&what_if.today, &what_if.then);
    let fees = &what_if.inspector_fees;
    let own = match fees.difference_usd {
        Some(usd) if usd == Usd::ZERO => "; nothing changes in Inspector's fees for instances".to_owned(),
        Some(usd) if usd < Usd::ZERO => format!(", less {} of Inspector's own fees", shown(Usd::ZERO.minus(usd))),
        Some(usd) => format!(", plus Inspector's own {}", signed(usd)),
        None => unknown_fees(&fees.lines, signed),
    };
    let least = |world: &World| if world.without_figure > 0 { "at least " } else { "" };
    let seen = if what_if.difference.at_most { " as far as it was seen" } else { "" };
    let most = if what_if.difference.at_most { "at most " } else { "" };
    let unknown = match (today.without_figure, then.without_figure) {
        (0, 0) => "",
        (0, _) => ", plus what is not known",
        (_, 0) => ", less what is not known",
        (_, _) => ", but for what is not known",
    };
    let mut sentences = vec![format!(
        "Today {}{} a month{seen}, then {}{}: {most}{}{unknown}{own}.",
        least(today),
        sums(today.monthly_usd),
        least(then),
        sums(then.monthly_usd),
        words::changes(what_if.difference.monthly_usd, signed),
    )];
    let once = what_if.difference.one_time_usd;
    match fees.one_time_usd {
        Some(first) if once.plus(first) == Usd::ZERO => {}
        Some(first) => sentences.push(format!("Once: {}.", signed(once.plus(first)))),
        None => sentences.push(format!("Once: {}, and first scans of images.", signed(once))),
    }
    for (world, name) in [(today, "today"), (then, "then")] {
        if world.without_figure > 0 {
            let number = count(world.without_figure, "finding", "findings");
            sentences.push(format!("{number} {name} without a figure."));
        }
    }
    match (today.gaps.is_empty(), then.gaps.is_empty()) {
        (true, true) => {}
        (true, false) => sentences.push("Not everything could be seen: it may be more.".to_owned()),
        (false, true) => {
            sentences.push("Not everything of today could be seen: what is new then may be there already.".to_owned());
        }
        (false, false) => sentences.push(
            "Not everything could be seen: what is new then may be there already, and either amount may be more."
                .to_owned(),
        ),
    }
    sentences.join(" ")
}

/// Inspector's monthly fees where a part of them is not known.
fn unknown_fees(lines: &[FeeLine], signed: fn(Usd) -> String) -> String {
    let monthly = || lines.iter().filter(|line| !line.once);
    let known: Usd = monthly().filter_map(|line| line.difference_usd).sum();
    let falls = |line: &FeeLine| match (line.today_quantity, line.then_quantity) {
        (_, Some(then)) if then.is_zero() => true,
        (Some(today), Some(then)) => then < today,
        _ => false,
    };
    if known != Usd::ZERO {
        format!(", plus Inspector's own fees, of which {} is known", signed(known))
    } else if monthly().filter(|line| line.difference_usd.is_none()).all(falls) {
        ", less Inspector's own fees, which are not known".to_owned()
    } else {
        ", plus Inspector's own fees, which are not known".to_owned()
    }
}

fn fee(line: &FeeLine) -> String {
    let quantity = |quantity: Option<rust_decimal::Decimal>| {
        quantity.map_or_else(|| "?".to_owned(), |quantity| quantity.normalize().to_string())
    };
    let price = line.unit_price_usd.map_or_else(|| "?".to_owned(), |usd| format!("${}", usd.normalize()));
    let amount = |usd: Option<Usd>| usd.map_or_else(|| "not known".to_owned(), short_usd);
    let often = match (line.then_usd, line.once) {
        (None, _) => "",
        (_, true) => " once",
        (_, false) => " a month",
    };
    let text = format!(
        "{} {}, {}: today {}, then {} {} at {price}: today {}, then {}{often}",
        line.account,
        line.region,
        line.item,
        quantity(line.today_quantity),
        quantity(line.then_quantity),
        line.unit,
        amount(line.today_usd),
        amount(line.then_usd),
    );
    let source = line.price_source.as_deref().map_or_else(String::new, |source| {
        let date = line.price_as_of.as_deref().map(|date| format!(", {date}")).unwrap_or_default();
        let known = if line.basis == Some(Basis::Estimate) { "an estimate: " } else { "" };
        format!(" ({known}{source}{date})")
    });
    let unknown = line.unknown.as_deref().map(|unknown| format!(" {unknown}")).unwrap_or_default();
    brief(&format!("{text}{source}.{unknown}"), SENTENCE)
}

/// The headings of [`rows`].
pub(super) const HEADINGS: [&str; 5] = ["Finding", "Resource", "Today", "Then", "Difference"];

/// The findings that differ, at most [`ROWS`], and how many more there are.
pub(super) fn rows(report: &Report) -> (Vec<[String; 5]>, Option<String>) {
    let all = report.what_if.iter().flat_map(|what_if| &what_if.findings);
    let differing: Vec<&FindingDifference> =
        all.filter(|one| one.fate != Prospect::Stays || one.difference_usd != Some(Usd::ZERO)).collect();
    let amount = |usd: Option<Usd>, show: fn(Usd) -> String, at_most: bool| {
        let most = if at_most && usd.is_some_and(|usd| usd != Usd::ZERO) { "up to " } else { "" };
        usd.map_or_else(|| "–".to_owned(), |usd| format!("{most}{}", show(usd)))
    };
    let row = |one: &&FindingDifference| {
        let fate = match one.fate {
            Prospect::Appears if one.today_unseen => " (today not seen)",
            Prospect::Appears => " (new)",
            Prospect::Disappears => " (gone)",
            Prospect::Stays => "",
        };
        [
            format!("{}{fate}", brief(&one.rule, MAX_NAME_COLUMNS)),
            brief(&place(one), MAX_NAME_COLUMNS),
            amount(one.today_usd, short_usd, one.at_most),
            amount(one.then_usd, short_usd, one.at_most),
            amount(one.difference_usd, short_signed, one.today_unseen),
        ]
    };
    let shown = differing.iter().take(ROWS).map(row).collect();
    (shown, more(differing.len()))
}

/// A differing finding in short: what becomes of it, what it is, and the difference.
pub(super) struct Differing {
    pub(super) fate: &'static str,
    pub(super) what: String,
    pub(super) difference: String,
}

/// The findings that differ in more than words, at most [`ROWS`], and how many more there are.
pub(super) fn rows_in_short(report: &Report) -> (Vec<Differing>, Option<String>) {
    let all = report.what_if.iter().flat_map(|what_if| &what_if.findings);
    let is_alike = |one: &FindingDifference| {
        one.fate == Prospect::Stays && (one.difference_usd == Some(Usd::ZERO) || one.today_usd == one.then_usd)
    };
    let differing: Vec<&FindingDifference> = all.filter(|one| !is_alike(one)).collect();
    let several = report.run.targets.len() > 1;
    let row = |one: &&FindingDifference| Differing {
        fate: match one.fate {
            Prospect::Appears if one.today_unseen => "new?",
            Prospect::Appears => "new",
            Prospect::Disappears => "gone",
            Prospect::Stays => "changed",
        },
        what: {
            let resource = if several { place(one) } else { resource(one) };
            format!("{} {}", brief(&one.rule, MAX_NAME_COLUMNS), brief(&resource, MAX_NAME_COLUMNS))
        },
        difference: one.difference_usd.map_or_else(|| "–".to_owned(), short_signed),
    };
    (differing.iter().take(ROWS).map(row).collect(), more(differing.len()))
}

fn more(differing: usize) -> Option<String> {
    let hidden = u64::try_from(differing.saturating_sub(ROWS)).unwrap_or(u64::MAX);
    (hidden > 0).then(|| format!("…and {} in the JSON report.", count(hidden, "more", "more")))
}

/// The resource, its account and its region; of a registry, which has its account's id, that id once.
fn place(one: &FindingDifference) -> String {
    format!("{} {} {}", resource(one), one.account, one.region)
}

fn resource(one: &FindingDifference) -> String {
    let FindingDifference { resource, account, .. } = one;
    match resource.kind.as_str() {
        "AWS::ECR::Registry" if resource.id == *account => "registry".to_owned(),
        "AWS::ECR::Registry" => format!("registry {}", resource.id),
        _ => resource.id.clone(),
    }
}

/// What was metered and paid beside what is projected, a sentence for each target.
pub(super) fn measured(report: &Report) -> Vec<String> {
    // AWS metered the world as it is: in a what-if it stands beside what is projected for that one.
    let findings = if report.what_if.is_some() { "today's findings" } else { "the findings" };
    report.measured.iter().map(|one| clean(&sentence(one, findings)).into_owned()).collect()
}

fn sentence(one: &Measured, findings: &str) -> String {
    let mut parts = Vec::new();
    if !one.inspector.is_empty() {
        let usage = one.inspector.iter().map(|usage| {
            let usd = usage.monthly_usd.map_or_else(|| "not in USD".to_owned(), short_usd);
            format!("{} {} ({usd})", usage.kind, usage.total.normalize())
        });
        let total = one.inspector_monthly_usd.map(|usd| format!(", {} a month in all", usd.display()));
        parts.push(format!(
            "Inspector metered {} in 30 days{}",
            usage.collect::<Vec<_>>().join(", "),
            total.unwrap_or_default()
        ));
    }
    for bill in &one.bills {
        let of = |class: BilledClass| bill.lines.iter().find(|line| line.class == class);
        let storage = [
            (BilledClass::IaStorage, "IA"),
            (BilledClass::ArchiveStorage, "Archive"),
            (BilledClass::StandardStorage, "Standard"),
        ];
        let storage = storage
            .iter()
            .filter_map(|(class, word)| of(*class).map(|line| format!("{word} {}", line.amount_usd.display())));
        let share = bill.cold_share_percent.map(|share| format!("{share}% of storage cold"));
        let words: Vec<String> = share.into_iter().chain(storage).collect();
        parts.push(format!("{} billed {} ({})", bill.month, bill.amount_usd.display(), words.join(", ")));
    }
    if one.cold_share_falling == Some(true) {
        parts.push("the share of cold storage is falling".to_owned());
    }
    parts.extend(one.bills_truncated.as_ref().map(|why| format!("not all bills were read: {why}")));
    parts.push(format!("{findings} come to {} a month", words::sums(one.findings_monthly_usd)));
    format!("{} {}: {}.", one.account, one.region, parts.join("; "))
}
