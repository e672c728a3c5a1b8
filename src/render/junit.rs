//! JUnit XML for the test tab of CI systems: a suite per target, a test case per rule.
//!
//! Findings that make the run fail (`--fail-on`, `--min-confidence`) are failures, one case listing all of its rule in
//! that target; a rule with nothing but lesser ones passes and prints them. What is inconclusive is an error, unless gaps
//! are forgiven: it never reads as passed. What does not apply is skipped. So the tab and the exit status agree.
//! Suppressed findings and those that the baseline knows fail nothing: a case that has no others is skipped, with the
//! operator's reasons.
//! One more suite, named after the program, says whether everything was seen.

use std::collections::BTreeMap;
use std::io;

use quick_junit::{NonSuccessKind, Property, Report as Xml, TestCase, TestCaseStatus, TestSuite};

use super::text::{brief, clean, count, sentences};
use super::{Style, mounts, words};
use crate::model::SectionName;
use crate::report::v1::Finding;
use crate::report::v1::GapReport;
use crate::report::{FailOn, Report};
use crate::rules::{Severity, Verdict};

/// How many findings of one case are listed.
const LISTED: usize = 100;
/// The longest name in a listing.
const MAX_NAME_COLUMNS: usize = 120;

/// Findings by account, region and rule.
type ByCase<'a> = BTreeMap<(&'a str, &'a str, &'a str), Vec<&'a Finding>>;

/// A rule on a target.
#[derive(Clone, Copy)]
struct Judged<'a> {
    account: &'a str,
    region: &'a str,
    rule: &'a str,
    verdict: Verdict,
}

pub(super) fn write(report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut cases: ByCase<'_> = BTreeMap::new();
    for finding in &report.findings {
        cases.entry((&finding.account, &finding.region, &finding.rule)).or_default().push(finding);
    }
    let mut suites: BTreeMap<(&str, &str), TestSuite> = BTreeMap::new();
    for row in &report.verdicts {
        let places = row.targets.iter().map(|target| (target.account.as_str(), target.region.as_str()));
        for (account, region) in places.chain(row.targets.is_empty().then_some(("", ""))) {
            for (rule, verdict) in &row.rules {
                let found = cases.remove(&(account, region, rule.as_str())).unwrap_or_default();
                let judged = Judged { account, region, rule, verdict: *verdict };
                let case = case(report, style.fail_on, judged, &found);
                suite(&mut suites, report, account, region).add_test_case(case);
            }
        }
    }
    // Findings whose target has no verdict of that rule, so that none is lost.
    for ((account, region, rule), found) in cases {
        let judged = Judged { account, region, rule, verdict: Verdict::Findings };
        suite(&mut suites, report, account, region).add_test_case(case(report, style.fail_on, judged, &found));
    }
    let mut xml = Xml::new(clean(&report.tool.name).as_ref());
    xml.add_test_suite(coverage(report, style.fail_on));
    xml.add_test_suites(suites.into_values());
    let mut bytes = Vec::new();
    xml.serialize(&mut bytes).map_err(io::Error::other)?;
    let text = String::from_utf8(bytes).map_err(io::Error::other)?;
    out.write_all(without_skipped(&text).as_bytes())
}

/// Without the root's count of skipped cases: the suites have theirs, and the schema that Jenkins publishes
/// (`junit-10.xsd` of its xUnit plugin) does not know the attribute there.
fn without_skipped(text: &str) -> String {
    let end = text.find("<testsuites").and_then(|root| Some(root + text.get(root..)?.find('>')?));
    let (head, rest) = text.split_at_checked(end.unwrap_or(0)).unwrap_or(("", text));
    match head.split_once(" skipped=\"") {
        Some((before, after)) => {
            let after = after.split_once('"').map_or("", |(_, after)| after);
            format!("{before}{after}{rest}")
        }
        None => text.to_owned(),
    }
}

fn suite<'s, 'a>(
    suites: &'s mut BTreeMap<(&'a str, &'a str), TestSuite>,
    report: &Report,
    account: &'a str,
    region: &'a str,
) -> &'s mut TestSuite {
    suites.entry((account, region)).or_insert_with(|| {
        let mut suite = TestSuite::new(place(account, region));
        suite.set_timestamp(report.run.taken_at);
        suite
    })
}

fn place(account: &str, region: &str) -> String {
    let place = format!("{account} {region}");
    if place == " " { "terraform".to_owned() } else { clean(place.trim()).into_owned() }
}

/// The suite about the run itself.
fn coverage(report: &Report, fail_on: FailOn) -> TestSuite {
    let mut suite = TestSuite::new(clean(&report.tool.name).as_ref());
    suite.set_timestamp(report.run.taken_at);
    suite.add_properties([
        Property::new("version", clean(&report.tool.version).as_ref()),
        Property::new("suppressed", report.summary.suppressed.to_string()),
        Property::new("monthly_usd_measured", report.summary.monthly_usd.measured.0.to_string()),
        Property::new("monthly_usd_projected", report.summary.monthly_usd.projected.0.to_string()),
        Property::new("monthly_usd_at_risk", report.summary.monthly_usd.at_risk.0.to_string()),
        Property::new("one_time_usd", report.summary.one_time_usd.0.to_string()),
        Property::new("looked_at", words::looked_at(report)),
    ]);
    let open: Vec<_> = report.gaps.iter().filter(|gap| !gap.rules.is_empty()).collect();
    let status = if report.complete || fail_on.allow_gaps {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        let list = open.iter().map(|gap| gap_line(gap)).collect::<Vec<_>>().join("\n");
        status.set_type("gap").set_message(words::completeness(report)).set_description(list);
        status
    };
    let mut case = TestCase::new("everything was seen", status);
    case.set_classname(clean(&report.tool.name).as_ref()).set_time(std::time::Duration::ZERO);
    let mut out = vec![words::totals(report)];
    out.extend(report.run.terraform.is_none().then(|| words::prices(report)));
    out.extend(words::baseline(report));
    out.extend(words::skipped(report));
    out.extend(words::idle_suppressions(report).into_iter().map(|idle| idle.sentence));
    case.set_system_out(out.join("\n"));
    suite.add_test_case(case);
    suite
}

fn gap_line(gap: &GapReport) -> String {
    let resource = gap.resource.as_deref().map(|id| format!(" of {id}")).unwrap_or_default();
    let is_nowhere = gap.account.is_empty() && gap.section != SectionName::TerraformConfiguration;
    let place = if is_nowhere { "no known target".to_owned() } else { place(&gap.account, &gap.region) };
    let line =
        format!("{place}: {}{resource}: {} {}: {}", gap.section, gap.reason.as_str(), gap.operation, gap.message);
    clean(&line).into_owned()
}

fn case(report: &Report, fail_on: FailOn, judged: Judged<'_>, all: &[&Finding]) -> TestCase {
    let (silent, found): (Vec<&Finding>, Vec<&Finding>) =
        all.iter().partition(|finding| finding.suppressed.is_some() || words::is_known(finding));
    let failing: Vec<&Finding> = found.iter().copied().filter(|finding| fail_on.fails(report, finding)).collect();
    let worst = failing.iter().map(|finding| finding.severity).max();
    let text = listing(report, &found);
    let status = match judged.verdict {
        Verdict::Findings | Verdict::Inconclusive if worst.is_some() => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let number = u64::try_from(found.len()).unwrap_or(u64::MAX);
            let first = failing.first();
            let title = first.map(|first| format!("{}: {}", words::resource(first), words::headline(first)));
            let title = title.unwrap_or_default();
            let message = format!("{}, first: {title}", count(number, "finding", "findings"));
            status
                .set_type(worst.map_or("", Severity::as_str))
                .set_message(brief(&message, 300))
                .set_description(&*text);
            status
        }
        Verdict::Findings if found.is_empty() && !silent.is_empty() => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(number_of(&silent));
            status.set_description(reasons(&silent));
            status
        }
        Verdict::Findings | Verdict::Clean => TestCaseStatus::success(),
        Verdict::Inconclusive if fail_on.allow_gaps => {
            let mut status = TestCaseStatus::skipped();
            status.set_message("undecided: something unseen could be a finding, and gaps are allowed");
            status
        }
        Verdict::Inconclusive => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("inconclusive").set_message("undecided: something unseen could be a finding");
            status.set_description(gaps_of(report, judged));
            status
        }
        Verdict::NotApplicable => {
            let mut status = TestCaseStatus::skipped();
            status.set_message("nothing of the kind here");
            status
        }
    };
    let mut case = TestCase::new(clean(judged.rule).as_ref(), status);
    case.set_classname(place(judged.account, judged.region)).set_time(std::time::Duration::ZERO);
    let mut out = if worst.is_none() && !found.is_empty() { vec![text] } else { Vec::new() };
    if !found.is_empty() && !silent.is_empty() {
        out.push(format!("{} besides:\n{}", number_of(&silent), reasons(&silent)));
    }
    if !out.is_empty() {
        case.set_system_out(out.join("\n\n"));
    }
    case
}

/// `1 suppressed finding, 2 findings known in the baseline`.
fn number_of(silent: &[&Finding]) -> String {
    let suppressed = silent.iter().filter(|finding| finding.suppressed.is_some()).count();
    let [suppressed, known] = [suppressed, silent.len() - suppressed].map(|n| u64::try_from(n).unwrap_or(u64::MAX));
    let mut parts = Vec::new();
    if suppressed > 0 {
        parts.push(count(suppressed, "suppressed finding", "suppressed findings"));
    }
    if known > 0 {
        parts.push(format!("{} known in the baseline", count(known, "finding", "findings")));
    }
    parts.join(", ")
}

/// One line per finding that fails nothing.
fn reasons(silent: &[&Finding]) -> String {
    let line = |finding: &&Finding| {
        let id = brief(&finding.resource.id, MAX_NAME_COLUMNS);
        match words::suppression(finding) {
            Some(because) => format!("{id}: suppressed: {}", brief(&because, 300)),
            None => {
                format!(
                    "{id}: known in the baseline: {}, {}",
                    finding.severity.as_str(),
                    brief(words::headline(finding), 300)
                )
            }
        }
    };
    silent.iter().take(LISTED).map(line).collect::<Vec<_>>().join("\n")
}

fn gaps_of(report: &Report, judged: Judged<'_>) -> String {
    let of_rule = |gap: &&GapReport| gap.rules.iter().any(|of| of == judged.rule);
    report.gaps_at(judged.account, judged.region).iter().filter(of_rule).map(gap_line).collect::<Vec<_>>().join("\n")
}

/// One line of facts, one of text, who mounts it and one of advice per finding.
fn listing(report: &Report, found: &[&Finding]) -> String {
    let mut blocks: Vec<String> = found.iter().take(LISTED).map(|finding| one(report, finding)).collect();
    let more = found.len().saturating_sub(LISTED);
    if more > 0 {
        blocks.push(format!("and {}", count(u64::try_from(more).unwrap_or(u64::MAX), "more finding", "more findings")));
    }
    blocks.join("\n\n")
}

fn one(report: &Report, finding: &Finding) -> String {
    let name = finding
        .resource
        .name
        .as_deref()
        .map(|name| format!(" ({})", brief(name, MAX_NAME_COLUMNS)))
        .unwrap_or_default();
    let cost = match (&finding.cost, &finding.no_figure) {
        (Some(cost), _) => {
            let likely = if cost.monthly_usd.likely.is_some() { "likely " } else { "" };
            format!(
                ", {likely}{} a month, {} once",
                words::monthly(cost.monthly_usd),
                words::short_usd(cost.one_time_usd)
            )
        }
        (None, Some(_)) => ", no price".to_owned(),
        (None, None) => String::new(),
    };
    let mut lines = vec![
        format!(
            "{}{name}: {}{}, {} confidence{cost}",
            brief(&finding.resource.id, MAX_NAME_COLUMNS),
            if finding.new == Some(true) { "new, " } else { "" },
            finding.severity.as_str(),
            finding.confidence.as_str(),
        ),
        brief(words::headline(finding), 300),
        sentences(&finding.message, 1000),
    ];
    lines.extend(mounts::lines(finding, report.run.taken_at, mounts::ROOMY));
    lines.push(sentences(&words::advice(finding), 500));
    lines.join("\n")
}
