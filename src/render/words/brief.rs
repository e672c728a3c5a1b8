//! A finding at a glance: its amount, how sure it is, the step to take; and what all of them come to.

use std::collections::BTreeMap;

use super::{RunContext, status, way};
use crate::price::Usd;
use crate::render::text::{brief, count, dollars, grouped, says_at, sentences, short_usd};
use crate::report::v1::{Cost, Finding, WayOut};
use crate::report::{MonthlyTotals, Report, ReportInventory, bills};
use crate::rules::finding::Basis;
use crate::rules::{Confidence, MonthlyUsd, Way};

const MAX_NAME_COLUMNS: usize = 48;
/// The longest evidence.
const EVIDENCE: usize = 120;
/// How many instances are named.
const NAMED: usize = 3;
/// The fewest characters of a fingerprint that are printed.
const SHORTEST: usize = 7;

/// The sentence that says what is wrong; a report written before there was one has its title.
pub(crate) fn headline(finding: &Finding) -> &str {
    [&finding.headline, &finding.title, &finding.rule].into_iter().find(|text| !text.is_empty()).map_or("", |text| text)
}

/// Monthly totals for reading, each with its word: `$42 projected`, `up to $3,408 at risk`.
pub(crate) fn short_totals(totals: MonthlyTotals) -> Vec<String> {
    let said = |(usd, before, word): (Usd, &str, &str)| format!("{before}{} {word}", short_usd(usd));
    super::parts(totals).into_iter().map(said).map(|text| text.trim_end().to_owned()).collect()
}

/// `$42 ($8–$126)`, `up to $3,408`.
pub(crate) fn amount(monthly: MonthlyUsd) -> String {
    match monthly.likely {
        Some(likely) => match super::range(monthly) {
            Some((low, high)) => format!("{} ({}–{})", short_usd(likely), dollars(low), dollars(high)),
            None => short_usd(likely),
        },
        None if monthly.high == Usd::ZERO => short_usd(monthly.high),
        None => format!("up to {}", short_usd(monthly.high)),
    }
}

/// The resource as people call it: its id and its name. A registry has its account's id, which says nothing.
pub(crate) fn resource(finding: &Finding) -> String {
    if finding.resource.kind == "AWS::ECR::Registry" {
        return "ECR".to_owned();
    }
    let id = brief(&finding.resource.id, MAX_NAME_COLUMNS);
    match &finding.resource.name {
        Some(name) => format!("{id} {}", brief(name, MAX_NAME_COLUMNS)),
        None => id,
    }
}

/// The resource by its name alone, or its id where it has none.
pub(super) fn short_name(finding: &Finding) -> String {
    brief(finding.resource.name.as_deref().unwrap_or(&finding.resource.id), MAX_NAME_COLUMNS)
}

/// How sure a finding is: a word, and what that rests on.
#[derive(Debug)]
pub(crate) struct Sure {
    /// `confirmed`, `likely`, `disputed` or `unproven`.
    pub(crate) word: &'static str,
    /// Who mounts it by what evidence, or what is not proven.
    pub(crate) why: String,
}

/// What is longer than a line leaves out what stands in brackets at its end, rather than to break off in a word.
fn evidence_briefly(said: &str) -> String {
    let whole = said.chars().count() <= EVIDENCE;
    brief(if whole { said } else { said.split(" (").next().unwrap_or(said) }, EVIDENCE)
}

/// How sure it is; nothing where it stands in a configuration and there is no doubt.
pub(crate) fn sure(finding: &Finding) -> Option<Sure> {
    let counts = finding.instance_counts;
    let called = |id: &str, name: Option<&str>| brief(name.unwrap_or(id), MAX_NAME_COLUMNS);
    if counts.total() == 0 {
        let is_instance = finding.resource.kind == "AWS::EC2::Instance";
        let why = if is_instance { "no mount of cold data was seen on it" } else { "nothing shows it yet" };
        return (finding.confidence == Confidence::Low).then(|| Sure { word: "unproven", why: why.to_owned() });
    }
    let known = counts.confirmed.saturating_add(counts.likely);
    if let Some(first) = finding.instances.first().filter(|_| known > 0) {
        let word = match (is_disputed(finding), counts.confirmed) {
            (true, _) => "disputed",
            (false, 0) => "likely",
            (false, _) => "confirmed",
        };
        let evidence = first.evidence.as_deref().map_or_else(|| "mounts it".to_owned(), evidence_briefly);
        let at = first.mount_point.as_deref().map(|point| brief(point, MAX_NAME_COLUMNS));
        let at = at.filter(|at| !says_at(&evidence, at)).map(|at| format!(" at {at}")).unwrap_or_default();
        let inside = if first.mount_point.is_some() {
            format!(", {}", super::scan_scope(first.scan_scope))
        } else {
            String::new()
        };
        let more = if known > 1 { format!("; {} more", grouped(known - 1)) } else { String::new() };
        let why = format!("{}: {evidence}{at}{inside}{more}", called(&first.id, first.name.as_deref()));
        return Some(Sure { word, why });
    }
    if known > 0 {
        return Some(Sure { word: "likely", why: count(known, "instance mounts it", "instances mount it") });
    }
    let named = finding.instances.iter().take(NAMED).map(|one| called(&one.id, one.name.as_deref()));
    let named: Vec<String> = named.collect();
    let more = counts.possible.saturating_sub(u64::try_from(named.len()).unwrap_or(u64::MAX));
    let who = match (named.is_empty(), more) {
        (true, more) => count(more, "instance", "instances"),
        (false, 0) => named.join(", "),
        (false, more) => format!("{} and {} more", named.join(", "), grouped(more)),
    };
    Some(Sure { word: "unproven", why: format!("no mount seen; the network lets {who} in") })
}

/// Whether sources contradict each other on who mounts it.
fn is_disputed(finding: &Finding) -> bool {
    finding.evidence.iter().any(|evidence| evidence.kind == "conflict")
}

/// The step to take, in a line, with what is left to pay and whether it gives up protection.
pub(crate) fn step(finding: &Finding) -> String {
    match finding.ways_out.iter().find(|way| way.recommended) {
        Some(way) => recommended(way, finding),
        None => clause(&finding.remediation.summary),
    }
}

fn recommended(one: &WayOut, finding: &Finding) -> String {
    if one.way == Way::DoNothing {
        return "do nothing: no way out is worth what it gives up".to_owned();
    }
    let left = one.monthly_usd.map_or_else(String::new, |left| format!(": {} left", amount(left)));
    let lost = if one.protection_lost.is_empty() { "" } else { ", less coverage" };
    let named = finding.instances.iter().map(|one| brief(one.name.as_deref().unwrap_or(&one.id), MAX_NAME_COLUMNS));
    let named: Vec<String> = named.take(2).collect();
    let what = match one.way {
        Way::ExcludeInstances if finding.instance_counts.total() <= 2 && !named.is_empty() => {
            format!("exclude {}", named.join(" and "))
        }
        _ => way(one.way).to_owned(),
    };
    format!("{what}{left}{lost}")
}

/// The first clause of an advice, as it goes on behind an arrow.
fn clause(summary: &str) -> String {
    let end = [". ", ": ", "; ", ", so that ", ", if ", ", the rest ", " ("]
        .iter()
        .filter_map(|stop| summary.find(stop))
        .min()
        .unwrap_or(summary.len());
    let clause = sentences(summary.get(..end).unwrap_or(summary).trim_end_matches('.'), EVIDENCE);
    let mut characters = clause.chars();
    match (characters.next(), clause.chars().nth(1)) {
        // Abbreviations keep their capitals.
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(characters).collect(),
        _ => clause,
    }
}

/// How many characters of a fingerprint tell the findings of a report apart.
pub(crate) fn fingerprint_length(report: &Report) -> usize {
    let mut all: Vec<&str> = report.findings.iter().map(|finding| finding.fingerprint.as_str()).collect();
    all.sort_unstable();
    let alike = |pair: &[&str]| match pair {
        [a, b] if a != b => a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count(),
        _ => 0,
    };
    (all.windows(2).map(alike).max().unwrap_or(0) + 1).max(SHORTEST)
}

/// That many characters of its fingerprint.
pub(crate) fn short_fingerprint(finding: &Finding, length: usize) -> String {
    finding.fingerprint.chars().filter(char::is_ascii_alphanumeric).take(length).collect()
}

/// The complete command that prints the plan for a finding; nothing where none can be made from this run's data.
pub(crate) fn fix_command(finding: &Finding, run: &RunContext, length: usize) -> Option<String> {
    let id = short_fingerprint(finding, length);
    (!id.is_empty()).then(|| run.fix(&finding.region, &id, None)).flatten()
}

/// What was looked at, and when: `111122223333 ap-northeast-1 · snapshot of 2026-11-21 03:04 UTC · 5 instances, ...`.
pub(crate) fn looked_at_briefly(report: &Report) -> String {
    let run = &report.run;
    // Directories and plans are no accounts: they have neither targets nor an inventory.
    if run.source == "terraform" {
        return super::looked_at(report);
    }
    let ReportInventory { accounts, regions, instances, file_systems, repositories, .. } = run.inventory;
    let place = match run.targets.as_slice() {
        [only] => brief(format!("{} {}", only.account, only.region).trim(), MAX_NAME_COLUMNS),
        [first, others @ ..] if others.iter().all(|other| other.account == first.account) => {
            format!("{}, {}", brief(&first.account, MAX_NAME_COLUMNS), count(regions, "region", "regions"))
        }
        [first, others @ ..] if others.iter().all(|other| other.region == first.region) => {
            format!("{}, {}", count(accounts, "account", "accounts"), brief(&first.region, MAX_NAME_COLUMNS))
        }
        _ => format!("{}, {}", count(accounts, "account", "accounts"), count(regions, "region", "regions")),
    };
    format!(
        "{place} · {} of {} · {}, {}, {}",
        if run.source == "snapshot" { "snapshot" } else { "live data" },
        run.taken_at.format("%Y-%m-%d %H:%M UTC"),
        count(instances, "instance", "instances"),
        count(file_systems, "file system", "file systems"),
        count(repositories, "repository", "repositories"),
    )
}

/// What the run comes to, in money and words.
pub(crate) fn in_short(report: &Report) -> String {
    let mut said = money(report);
    let unpriced = report.without_figure();
    if unpriced > 0 {
        said.push(format!(
            "Amounts are at least so much: {} no figure.",
            count(unpriced, "finding has", "findings have")
        ));
    } else if report.summary.findings.total() == 0 {
        let seen = if report.complete { ", and everything that could change that was seen" } else { "" };
        said.push(format!("Nothing was found{seen}."));
    } else if said.is_empty() {
        said.push("Nothing that was found has a figure.".to_owned());
    }
    if !report.complete {
        said.push("Not everything was seen: there could still be more.".to_owned());
    }
    said.join(" ")
}

/// The sum of some figures, known in whatever way: `up to $3,067 a month`.
pub(crate) fn short_sums<'a>(costs: impl Iterator<Item = &'a Cost>) -> String {
    let totals: MonthlyTotals = costs.map(MonthlyTotals::of).sum();
    let MonthlyTotals { measured, projected, at_risk } = totals;
    let known = measured.plus(projected);
    let parts = [(known, ""), (at_risk, "up to ")].into_iter().filter(|(usd, _)| *usd > Usd::ZERO);
    parts.map(|(usd, word)| format!("{word}{}", short_usd(usd))).collect::<Vec<_>>().join(" and ")
}

/// The commands that write the plan of an unproven finding, show it, and take the step of it that looks on the hosts whether
/// it is true. No comment is among them: an interactive zsh would run it.
pub(crate) fn look_command(finding: &Finding, run: &RunContext, length: usize) -> Option<String> {
    let fix = fix_command(finding, run, length).filter(|_| finding.remediation.looks > 0)?;
    Some(format!("{fix} > plan.sh && less plan.sh && sh plan.sh look 1"))
}

/// The step of several findings that share it: without the figures and names of one.
pub(crate) fn shared_step(finding: &Finding) -> String {
    let mut alone = finding.clone();
    alone.instances.clear();
    // What one way leaves of one is not what it leaves of another, but for nothing.
    for way in &mut alone.ways_out {
        way.monthly_usd = way.monthly_usd.filter(|left| left.high == Usd::ZERO);
    }
    step(&alone)
}

/// What the run comes to in money, a sentence each, most certain first.
fn money(report: &Report) -> Vec<String> {
    let totals = report.summary.monthly_usd;
    let mut on: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for (finding, cost) in bills(&report.findings).filter(|(_, cost)| cost.monthly_usd.deciding() > Usd::ZERO) {
        let how = match cost.basis {
            Basis::Measured => "measured",
            Basis::Bound => "at risk",
            Basis::ListPrice | Basis::Estimate => "projected",
        };
        on.entry(how).or_default().push(finding);
    }
    let place = |how| on.get(how).map_or_else(String::new, |found| resources(found));
    let mut said = Vec::new();
    if totals.measured > Usd::ZERO {
        said.push(format!("{} a month is being paid, as measured{}.", short_usd(totals.measured), place("measured")));
    }
    if totals.at_risk > Usd::ZERO {
        said.push(format!("Up to {} a month is at risk{}.", short_usd(totals.at_risk), place("at risk")));
        said.extend(on.get("at risk").map(|found| proof(found)));
    }
    if totals.projected > Usd::ZERO {
        said.push(format!("{} a month is projected{}.", short_usd(totals.projected), place("projected")));
    }
    said
}

/// Whether it is shown that instances mount the file systems at risk.
fn proof(found: &[&Finding]) -> String {
    let known = |finding: &&&Finding| {
        finding.instance_counts.confirmed + finding.instance_counts.likely > 0 && !is_disputed(finding)
    };
    let possible = found.iter().filter(|finding| finding.instance_counts.total() > 0).count();
    match found.iter().filter(known).count() {
        0 if possible == 0 => "Not proven: no read of them was seen.".to_owned(),
        0 => "Not proven: no mount or read of them was seen.".to_owned(),
        all if all == found.len() => "Instances mount them; whether a scan reads them is not measured.".to_owned(),
        some => {
            format!("Mounts are shown on {some} of them, not on the others; whether a scan reads them is not measured.")
        }
    }
}

/// On how many of what, or for what.
fn resources(found: &[&Finding]) -> String {
    let number = u64::try_from(found.len()).unwrap_or(u64::MAX);
    let all = |kind: &str| found.iter().all(|finding| finding.resource.kind == kind);
    if all("AWS::EFS::FileSystem") {
        format!(" on {}", count(number, "file system", "file systems"))
    } else if all("AWS::ECR::Registry") {
        " for ECR re-scans".to_owned()
    } else {
        format!(" on {}", count(number, "resource", "resources"))
    }
}

/// What switching Inspector's EC2 scanning on would do, where it is off and would do something.
pub(crate) fn what_if(report: &Report, run: &RunContext) -> Option<String> {
    let exposed = report.run.inventory.file_systems_exposed_if_scanned;
    (exposed > 0).then(|| {
        let totals = report.run.inventory.monthly_usd_if_scanned;
        let sums = super::parts(totals)
            .into_iter()
            .map(|(usd, before, word)| format!("{before}{} a month {word}", short_usd(usd)));
        let sums =
            if totals.all() > Usd::ZERO { format!(", {}", sums.collect::<Vec<_>>().join(", ")) } else { String::new() };
        format!(
            "{}: {}",
            status::scanning_off(exposed, &sums),
            run.what_if(&report.run.targets).unwrap_or_else(|| "see what-if --inspector-ec2 on".to_owned())
        )
    })
}
