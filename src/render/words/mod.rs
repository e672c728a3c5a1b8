//! The words of the JSON contract for enums, and sentences that several formats share.

pub(crate) mod advice;
mod brief;
pub mod changes;
mod context;
mod cost;
pub(crate) mod ecr;
mod efs;
mod efs_money;
mod ended;
pub mod fees;
mod idle;
pub(crate) mod line;
pub(crate) mod remedy;
pub mod say;
pub mod script;
mod short;
mod status;
pub mod sweep;
pub(crate) mod terraform;
mod told;
mod ways;

pub(crate) use super::text::{short_signed, short_usd};
pub(crate) use context::on_snapshot;
pub use context::{DataSource, RunContext};
pub(crate) use sweep::{account, skipped};
pub(crate) use terraform::bad_ignore;

pub use ended::Ended;
pub(crate) use idle::{Idle, idle_suppressions};

pub(crate) use brief::{
    amount, fingerprint_length, fix_command, headline, in_short, look_command, looked_at_briefly, resource,
    shared_step, short_fingerprint, short_sums, short_totals, step, sure, what_if,
};

use std::collections::{BTreeMap, BTreeSet};

use super::text::{brief, clean, count, grouped};
use crate::price::Usd;
use crate::report::v1::Finding;
use crate::report::{MonthlyTotals, Report, ReportInventory, SeverityCounts, TerraformRead};
use crate::rules::{ConditionState, Confidence, Exclusion, MonthlyUsd, MountState, ScanScope, Verdict, Way};

/// From this age on, in days, prices are worth fetching anew.
pub(crate) const OLD_PRICES: i64 = 180;

/// How many reasons for a missing figure are named.
const REASONS: usize = 4;

/// As in `conditions[].state`.
pub(crate) fn condition_state(state: ConditionState) -> &'static str {
    match state {
        ConditionState::Met => "met",
        ConditionState::Unknown => "unknown",
        ConditionState::NotMet => "not_met",
    }
}

/// As in `instances[].mount`.
pub(crate) fn mount(mount: MountState) -> &'static str {
    match mount {
        MountState::Confirmed => "confirmed",
        MountState::Likely => "likely",
        MountState::Possible => "possible",
        MountState::Unknown => "unknown",
        MountState::RuledOut => "ruled_out",
    }
}

/// As in `instances[].exclusion`.
pub(crate) fn exclusion(exclusion: Exclusion) -> &'static str {
    match exclusion {
        Exclusion::Full => "full",
        Exclusion::TagOnly => "tag_only",
        Exclusion::MetadataOnly => "metadata_only",
        Exclusion::None => "none",
    }
}

/// Where the mount point lies, in words.
pub(crate) fn scan_scope(scope: ScanScope) -> &'static str {
    match scope {
        ScanScope::Inside => "in a scan path",
        ScanScope::Outside => "outside the documented scan paths",
        ScanScope::Unknown => "scan path not known",
    }
}

/// Every verdict in the order that a reader needs them, with its heading.
pub(crate) const VERDICTS: [(Verdict, &str); 4] = [
    (Verdict::Findings, "With findings"),
    (Verdict::Inconclusive, "Undecided"),
    (Verdict::Clean, "Clean"),
    (Verdict::NotApplicable, "Not applicable"),
];

/// What to do, in a line; where the confidence is low, verifying comes first.
pub(crate) fn advice(finding: &Finding) -> String {
    let summary = finding.remediation.summary.as_str();
    if finding.confidence == Confidence::Low { format!("Verify first. {summary}") } else { summary.to_owned() }
}

/// A way out in a few words.
pub(crate) fn way(way: Way) -> &'static str {
    match way {
        Way::DoNothing => "do nothing",
        // Not how many: of them only those that report something now lose protection.
        Way::ExcludeInstances => "exclude the instances",
        Way::StopReturningToStandard => "keep files cold when read",
        Way::StopTiering => "stop tiering",
        Way::DeactivateDeepInspection => "deactivate deep inspection",
        Way::SlowSchedule => "slow the schedule",
        Way::StopVmScanner => "stop the VM Scanner",
    }
}

/// The ways out that can be taken, the recommended one first, each with what is left to pay a month.
pub(crate) fn ways_out(finding: &Finding) -> Option<String> {
    let open = finding.ways_out.iter().filter(|way| way.available);
    let each = open.map(|one| {
        let left = one.monthly_usd.map_or_else(|| "no price".to_owned(), monthly);
        let dearer = if finding.is_dearer_than_nothing(one) { " (costs more than doing nothing)" } else { "" };
        let first = one.requires.as_ref().map_or_else(String::new, |rule| format!(" (after {rule})"));
        format!("{} {left}{first}{dearer}", way(one.way))
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty())
        .then(|| format!("Ways out, the recommended one first, then by what they leave: {}", each.join(" | ")))
}

/// One monthly figure: `$288.50`, or `up to $3,408` where there is no estimate.
pub(crate) fn monthly(monthly: MonthlyUsd) -> String {
    match monthly.likely {
        Some(likely) => short_usd(likely),
        None if monthly.high == Usd::ZERO => short_usd(monthly.high),
        None => format!("up to {}", short_usd(monthly.high)),
    }
}

/// The ends of a figure that is no single amount: `$12–$1,154`; nothing where "up to" says it all.
pub(crate) fn range(monthly: MonthlyUsd) -> Option<(Usd, Usd)> {
    let MonthlyUsd { low, likely, high } = monthly;
    let is_range = match likely {
        Some(likely) => low < likely || likely < high,
        None => low > Usd::ZERO,
    };
    is_range.then_some((low, high))
}

/// `$244 measured, $300 projected, up to $3,408 at risk`: monthly totals, by how they are known.
pub(crate) fn sums(totals: MonthlyTotals) -> String {
    each_sum(totals).join(", ")
}

pub(crate) fn each_sum(totals: MonthlyTotals) -> Vec<String> {
    let said =
        |(usd, before, word): (Usd, &str, &str)| format!("{before}{} {word}", short_usd(usd)).trim_end().to_owned();
    parts(totals).into_iter().map(said).collect()
}

/// The parts of monthly totals that are not zero, each with what stands before and behind it; zero where all are.
pub(crate) fn parts(totals: MonthlyTotals) -> Vec<(Usd, &'static str, &'static str)> {
    let MonthlyTotals { measured, projected, at_risk } = totals;
    let parts = [(measured, "", "measured"), (projected, "", "projected"), (at_risk, "up to ", "at risk")];
    let parts: Vec<_> = parts.into_iter().filter(|(usd, ..)| *usd != Usd::ZERO).collect();
    if parts.is_empty() { vec![(Usd::ZERO, "", "")] } else { parts }
}

/// The same of differences: `+$244.00 measured, up to +$3,407.87 at risk`.
pub(crate) fn changes(totals: MonthlyTotals, signed: fn(Usd) -> String) -> String {
    let MonthlyTotals { measured, projected, at_risk } = totals;
    let parts = [(measured, "measured"), (projected, "projected"), (at_risk, "at risk")];
    let parts = parts.into_iter().filter(|(usd, _)| *usd != Usd::ZERO);
    let parts: Vec<String> = parts.map(|(usd, word)| format!("{} {word}", signed(usd))).collect();
    if parts.is_empty() { signed(Usd::ZERO) } else { parts.join(", ") }
}

/// `3 findings: 1 critical, 2 low`, or `no findings`.
pub(crate) fn findings(counts: SeverityCounts) -> String {
    let by_severity = [
        (counts.critical, "critical"),
        (counts.high, "high"),
        (counts.medium, "medium"),
        (counts.low, "low"),
        (counts.info, "info"),
    ];
    let parts: Vec<_> = by_severity
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", grouped(number)))
        .collect();
    if parts.is_empty() {
        return "no findings".to_owned();
    }
    format!("{}: {}", count(counts.total(), "finding", "findings"), parts.join(", "))
}

/// What the summary says of money and of suppressed findings, in a sentence or two.
pub(crate) fn totals(report: &Report) -> String {
    let summary = &report.summary;
    let mut sentences = vec![findings(summary.findings)];
    // What Terraform writes has no figure yet.
    if summary.findings.total() > 0 && report.run.terraform.is_none() {
        let least = if report.without_figure() > 0 { "at least " } else { "" };
        let once = if summary.monthly_usd.at_risk > Usd::ZERO { "up to " } else { "" };
        sentences.push(format!(
            "A month: {least}{}; {once}{} once; each dollar is counted once, and each amount rounded by itself",
            sums(summary.monthly_usd),
            short_usd(summary.one_time_usd)
        ));
    }
    if summary.suppressed > 0 {
        sentences.push(format!("Suppressed besides: {}", grouped(summary.suppressed)));
    }
    format!("{}.", sentences.join(". "))
}

/// The rules that say nothing, since they read what nobody asked for, and how to ask: `efs-elastic-reads (collect without
/// --no-metrics)`. Those that are asked for alike stand together.
pub(crate) fn unasked(report: &Report) -> Option<String> {
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (rule, sections) in &report.run.unasked {
        let how: BTreeSet<&str> = sections.iter().map(|section| say::how_to_ask(*section)).collect();
        alike.entry(how.into_iter().collect::<Vec<_>>().join(" or ")).or_default().push(rule);
    }
    let alike: Vec<String> = alike.iter().map(|(how, rules)| format!("{} ({how})", rules.join(", "))).collect();
    (!alike.is_empty()).then(|| alike.join("; "))
}

/// How many findings have no figure, and why: `2 findings without a figure: no ... for cn-north-1; supply it ...`.
pub(crate) fn without_figure(report: &Report) -> Option<String> {
    let reasons: BTreeSet<&str> = report.counted().filter_map(|finding| finding.no_figure.as_deref()).collect();
    let number = count(report.without_figure(), "finding", "findings");
    // Reasons that end alike share their end, so that the remedy is said once.
    let mut remedies: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for reason in reasons {
        let (what, remedy) = reason.rsplit_once("; ").unwrap_or((reason, ""));
        remedies.entry(remedy).or_default().push(what);
    }
    let parts = remedies.into_iter().map(|(remedy, what)| {
        let hidden = what.len().saturating_sub(REASONS);
        let named = what.iter().take(REASONS).copied().collect::<Vec<_>>().join(", ");
        let named = if hidden > 0 { format!("{named} and {hidden} more") } else { named };
        if remedy.is_empty() { named } else { format!("{named}; {remedy}") }
    });
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| format!("{number} without a figure: {}.", clean(&parts.join(". Also "))))
}

/// Why a finding is suppressed, and until when: `until 2026-12-31: accepted by the data team`. The date comes first, so
/// that a long reason does not hide it.
pub(crate) fn suppression(finding: &Finding) -> Option<String> {
    finding.suppressed.as_ref().map(|suppressed| {
        let place = suppressed.comment.as_ref().map_or_else(String::new, |at| format!(" ({})", at.place()));
        match suppressed.expires {
            Some(last) => format!("until {last}: {}{place}", suppressed.reason),
            None => format!("{}{place}", suppressed.reason),
        }
    })
}

/// Whether the baseline has the finding too, so that it fails no run.
pub(crate) fn is_known(finding: &Finding) -> bool {
    finding.new == Some(false)
}

/// How the report compares with its baseline, where it has one.
pub(crate) fn baseline(report: &Report) -> Option<String> {
    let baseline = report.run.baseline.as_ref()?;
    let number = |new| report.counted().filter(|finding| finding.new == Some(new)).count();
    let mut parts = vec![format!("{} new", number(true)), format!("{} known", number(false))];
    parts.push(format!("{} gone", grouped(baseline.gone)));
    if baseline.unseen > 0 {
        parts.push(format!("{} no longer seen", grouped(baseline.unseen)));
    }
    let taken_at = baseline.taken_at.format("%Y-%m-%d %H:%M:%S UTC");
    Some(format!("Against the baseline of {taken_at}: {}. Only new findings fail the run.", parts.join(", ")))
}

/// What was read of Terraform: `1 directory, 3 files, 2 resources`.
pub(crate) fn terraform_read(report: &Report) -> Option<String> {
    let TerraformRead { directories, files, resources } = report.run.terraform?;
    let directories = (directories > 0).then(|| count(directories, "directory", "directories"));
    let rest = [count(files, "file", "files"), count(resources, "resource", "resources")];
    Some(directories.into_iter().chain(rest).collect::<Vec<_>>().join(", "))
}

/// What was looked at, so that "no findings" can be believed.
pub(crate) fn looked_at(report: &Report) -> String {
    let taken_at = report.run.taken_at.format("%Y-%m-%d %H:%M:%S UTC");
    if report.run.source == "terraform" {
        let read = terraform_read(report).map_or_else(String::new, |read| format!(": {read}"));
        return format!("Terraform input{read}; judged {taken_at}; AWS was not asked.");
    }
    let ReportInventory { accounts, regions, instances, file_systems, repositories, .. } = report.run.inventory;
    format!(
        "{}, {}, {}, {}, {}; {} of {taken_at}.",
        count(accounts, "account", "accounts"),
        count(regions, "region", "regions"),
        count(instances, "instance", "instances"),
        count(file_systems, "file system", "file systems"),
        count(repositories, "repository", "repositories"),
        if report.run.source == "snapshot" { "a snapshot" } else { "live data" },
    )
}

/// The longest name of a condition.
const CONDITION: usize = 90;

/// A condition's name as a heading: `ssm_agent_installed` is `SSM agent installed`.
pub(crate) fn condition_name(name: &str) -> String {
    // It is met by what was seen and by what the network allows: its name must not say more.
    if name == "efs_mounted" {
        return "EFS mounted or let in by the network".to_owned();
    }
    let mut words: Vec<String> = brief(name, CONDITION).replace('_', " ").split(' ').map(str::to_owned).collect();
    for (index, word) in words.iter_mut().enumerate() {
        if matches!(word.as_str(), "ssm" | "ec2" | "efs") {
            word.make_ascii_uppercase();
        } else if let Some(first) = word.get_mut(..1).filter(|_| index == 0) {
            first.make_ascii_uppercase();
        }
    }
    words.join(" ")
}

/// Whether everything was seen.
pub(crate) fn completeness(report: &Report) -> String {
    let open = report.gaps.iter().filter(|gap| !gap.rules.is_empty()).count();
    let unproven = report.counted().any(|finding| finding.confidence == Confidence::Low);
    if report.complete && unproven {
        "AWS answered all that the rules asked. What is unproven it cannot answer: look on the hosts first.".to_owned()
    } else if report.complete {
        "AWS answered all that the rules asked.".to_owned()
    } else {
        let open = u64::try_from(open).unwrap_or(u64::MAX);
        format!("Not complete: behind {} there could still be a finding.", count(open, "gap", "gaps"))
    }
}

/// Where the prices come from.
pub(crate) fn prices(report: &Report) -> String {
    let prices = &report.run.prices;
    let source = if prices.source == "embedded" { "the embedded table" } else { prices.source.as_str() };
    let as_of = if prices.as_of.is_empty() { "without a date" } else { prices.as_of.as_str() };
    let age = match prices.age_days {
        Some(days @ 1..=OLD_PRICES) => format!(", {} old", count(days.unsigned_abs(), "day", "days")),
        Some(days @ 1..) => format!(
            ", {} old (newer ones: inspector-audit prices --refresh prices.json, then --prices prices.json)",
            count(days.unsigned_abs(), "day", "days")
        ),
        _ => String::new(),
    };
    let discount = prices.discount_percent.normalize();
    let discount = if discount.is_zero() { String::new() } else { format!(", less your discount of {discount}%") };
    let contract = match (discount.is_empty(), prices.overridden) {
        (true, 0) => " List prices: your own contract may differ.".to_owned(),
        (false, 0) => String::new(),
        (_, number) => {
            format!(
                " Not list prices: {} by the price file.",
                count(number, "rate is overridden", "rates are overridden")
            )
        }
    };
    format!("{} of {source}, EFS as of {as_of}{age}{discount}.{contract}", prices.currency)
}
