//! `what-if` and what was measured, in words: the lines that table, Markdown and HTML share.

use super::text::{brief, clean, count};
use super::words;
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
    let mut facts = vec![("What if", brief(&changes, SENTENCE)), ("Difference", difference(what_if))];
    for line in &what_if.inspector_fees.lines {
        facts.push(("Inspector's fees", fee(line)));
    }
    if !what_if.inspector_fees.lines.is_empty() {
        facts.push(("Fees assume", brief(&what_if.inspector_fees.assumptions.join(" "), 2 * SENTENCE)));
    }
    for warning in what_if.warnings.iter().take(WARNINGS) {
        facts.push(("Warning", brief(warning, SENTENCE)));
    }
    if let Some(hidden) = what_if.warnings.len().checked_sub(WARNINGS).filter(|hidden| *hidden > 0) {
        facts.push(("Warning", format!("{hidden} more such instances in the JSON report.")));
    }
    for predicted in &what_if.predictions {
        facts.push(("AWS then", format!("{} {}: {}", predicted.account, predicted.region, predicted.steps)));
    }
    facts.into_iter().map(|(label, text)| (label, clean(&text).into_owned())).collect()
}

/// `Today $0.00 a month, then $3,407.87: +$3,407.87, plus Inspector's own +$12.58.`
fn difference(what_if: &WhatIf) -> String {
    let (today, then) = (&what_if.today, &what_if.then);
    let fees = &what_if.inspector_fees;
    let own = match fees.difference_usd {
        Some(usd) if usd == Usd::ZERO => "; nothing changes in Inspector's fees for instances".to_owned(),
        Some(usd) if usd < Usd::ZERO => format!(", less {} of Inspector's own fees", Usd::ZERO.minus(usd).display()),
        Some(usd) => format!(", plus Inspector's own {}", usd.signed()),
        None => unknown_fees(&fees.lines),
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
        words::sums(today.monthly_usd),
        least(then),
        words::sums(then.monthly_usd),
        words::changes(what_if.difference.monthly_usd),
    )];
    let once = what_if.difference.one_time_usd;
    match fees.one_time_usd {
        Some(first) if once.plus(first) == Usd::ZERO => {}
        Some(first) => sentences.push(format!("Once: {}.", once.plus(first).signed())),
        None => sentences.push(format!("Once: {}, and first scans of images.", once.signed())),
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
fn unknown_fees(lines: &[FeeLine]) -> String {
    let monthly = || lines.iter().filter(|line| !line.once);
    let known: Usd = monthly().filter_map(|line| line.difference_usd).sum();
    let falls = |line: &FeeLine| match (line.today_quantity, line.then_quantity) {
        (_, Some(then)) if then.is_zero() => true,
        (Some(today), Some(then)) => then < today,
        _ => false,
    };
    if known != Usd::ZERO {
        format!(", plus Inspector's own fees, of which {} is known", known.signed())
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
    let amount = |usd: Option<Usd>| usd.map_or_else(|| "not known".to_owned(), Usd::display);
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
            amount(one.today_usd, Usd::display, one.at_most),
            amount(one.then_usd, Usd::display, one.at_most),
            amount(one.difference_usd, Usd::signed, one.today_unseen),
        ]
    };
    let shown = differing.iter().take(ROWS).map(row).collect();
    let hidden = u64::try_from(differing.len().saturating_sub(ROWS)).unwrap_or(u64::MAX);
    (shown, (hidden > 0).then(|| format!("…and {} in the JSON report.", count(hidden, "more", "more"))))
}

/// The resource, its account and its region; of a registry, which has its account's id, that id once.
fn place(one: &FindingDifference) -> String {
    let FindingDifference { resource, account, region, .. } = one;
    match resource.kind.as_str() {
        "AWS::ECR::Registry" if resource.id == *account => format!("registry {account} {region}"),
        "AWS::ECR::Registry" => format!("registry {} {account} {region}", resource.id),
        _ => format!("{} {account} {region}", resource.id),
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
            let usd = usage.monthly_usd.map_or_else(|| "not in USD".to_owned(), Usd::display);
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
