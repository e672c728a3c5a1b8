//! Does the scan read the file system: verdicts of the meter in findings, and what they do to figures and severities. What is
//! exposed on paper only, and the rules that go by the meter alone, are below.

mod by_the_meter;
mod on_paper;

use chrono::{DateTime, Duration, Utc};
use inspector_audit::model::{
    AssociationReach, EfsReads, FileSystemReads, LifecycleConfiguration, Observed, Point, Section, Steps, Target,
};
use inspector_audit::price::PriceTable;
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::rules::{Basis, Confidence, RULES, RuleSettings, Severity, Verdict};

use crate::builders::efs::{TIB, denied, instance, lifecycle, now, with_file_system};
use crate::builders::metrics::{classes, efs_mount, host, measured, points, runs, seen};
use crate::support::evaluate;

const GIB: u64 = 1 << 30;
const MIB: u64 = 1 << 20;
/// Seconds of a step, and steps of a fortnight.
const STEP: u32 = 300;
const STEPS: i64 = 14 * 288;

const RECALL: &str = "efs-tier-recall";
const CHARGES: &str = "efs-cold-read-charges";
const OBSERVED: &str = "efs-recall-observed";
const MOVED: &str = "efs-cold-data-moved";
const ELASTIC: &str = "efs-elastic-reads";

fn judge(target: &Target) -> Evaluation {
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &RULES)
}

fn verdict(evaluation: &Evaluation, rule: &str) -> Option<Verdict> {
    evaluation.verdicts.iter().find(|verdict| verdict.rule == rule).map(|verdict| verdict.verdict)
}

fn found<'e>(evaluation: &'e Evaluation, rule: &str) -> &'e Finding {
    evaluation.findings.iter().find(|finding| finding.rule == rule).unwrap_or_else(|| panic!("no finding of {rule}"))
}

fn said(finding: &Finding, kind: &str) -> String {
    let of_kind = finding.evidence.iter().filter(|evidence| evidence.kind == kind);
    of_kind.map(|evidence| evidence.detail.as_str()).collect::<Vec<_>>().join("\n")
}

/// A fortnight of steps: a little noise, and at each run of [`scanned`] so many bytes more.
fn read(quiet: u64, run: u64) -> Steps {
    let from = first_step();
    let begins: Vec<DateTime<Utc>> = run_times().collect();
    let value = |number: i64| {
        let start = from + Duration::seconds(number * i64::from(STEP));
        let noise = u64::try_from((number * 7_919) % 101).expect("small") * quiet / 100;
        let runs = begins.iter().filter(|begin| (start..start + Duration::seconds(i64::from(STEP))).contains(begin));
        Point { at: start, value: noise + run * u64::try_from(runs.count()).expect("small") }
    };
    let series: Vec<Point> = (0..STEPS).map(value).collect();
    Steps::of(&series, from, STEP, u32::try_from(STEPS).expect("small"))
}

/// The start of the first: CloudWatch's periods begin at whole ones.
fn first_step() -> DateTime<Utc> {
    let end = DateTime::from_timestamp(now().timestamp() / i64::from(STEP) * i64::from(STEP), 0).expect("a time");
    end - Duration::seconds(STEPS * i64::from(STEP))
}

fn run_times() -> impl Iterator<Item = DateTime<Utc>> {
    let first = now() - Duration::days(20) + Duration::minutes(47);
    std::iter::successors(Some(first), |at| Some(*at + Duration::hours(6))).take_while(|at| *at < now())
}

/// Runs every six hours for 20 days, which have reached i-0a all the time.
fn scanned(mut target: Target) -> Target {
    let times: Vec<DateTime<Utc>> = run_times().collect();
    target.evidence.association_runs = runs(times[0]);
    let reach = |at: &DateTime<Utc>| AssociationReach { at: *at, instances: vec!["i-0a".into()] };
    let rows = times.iter().rev().step_by(8).map(reach).chain([reach(&times[0])]).collect();
    target.evidence.association_targets = Section::Complete(Observed { rows, truncated: None });
    if let Section::Complete(instances) = &mut target.ec2.instances {
        instances[0].launch_time = Some(now() - Duration::days(100));
    }
    target
}

/// These reads of data and metadata.
fn reading(mut target: Target, data: Steps, metadata: Steps) -> Target {
    let reads = FileSystemReads { data, metadata, incomplete: None };
    target.evidence.efs_reads = Section::Complete(EfsReads {
        from: Some(first_step()),
        to: Some(first_step() + Duration::seconds(STEPS * i64::from(STEP))),
        period: STEP,
        requested: 2,
        file_systems: [("fs-0a".to_owned(), reads)].into(),
    });
    target
}

/// Nothing moves: 10 TiB stay in IA.
fn still() -> Target {
    scanned(measured(classes(|_| (TIB, 10 * TIB))))
}

fn stays_cold(mut target: Target) -> Target {
    target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into();
    target
}

fn elastic(target: Target) -> Target {
    with_file_system(target, |fs| fs.throughput_mode = Some("elastic".into()))
}

/// Nothing cold and no policy, 30 days in which so much was read.
pub(crate) fn all_standard(data: u64) -> Target {
    let mut series = classes(|_| (TIB, 0));
    series.data_read = points(180, |_| data / 180);
    let mut target = elastic(scanned(measured(series)));
    target.efs.lifecycle = [("fs-0a".to_owned(), LifecycleConfiguration::default())].into();
    target
}

/// 800 of 900 cold GiB have moved on a file system of 1,000.
pub(crate) fn backed_up() -> Target {
    let series = classes(|number| if number < 90 { (100 * GIB, 900 * GIB) } else { (900 * GIB, 100 * GIB) });
    measured(series)
}

#[test]
fn aligned_reads_make_charges_sure_and_measured() {
    let target = reading(stays_cold(still()), read(5 * MIB, GIB), read(MIB, 0));
    let evaluation = judge(&target);
    let finding = found(&evaluation, CHARGES);
    assert_eq!(finding.confidence, Confidence::High);
    let cost = finding.cost.as_ref().expect("a figure");
    assert_eq!(cost.basis, Basis::Measured);
    // About a GiB a run, 120 runs at 0.012 USD: 1.44.
    let likely = cost.monthly_usd.likely.expect("measured").0.to_string().parse::<f64>().expect("a number");
    assert!((1.3..1.6).contains(&likely), "{likely}");
    assert!(cost.monthly_usd.likely <= Some(cost.monthly_usd.high));
    assert!(finding.message.contains("more is read when the scan runs"), "{}", finding.message);
    assert!(said(finding, "scan_reads").contains("reads are aligned with"), "{:?}", finding.evidence);
}

#[test]
fn aligned_reads_make_recall_sure_and_give_it_no_estimate() {
    let evaluation = judge(&reading(still(), read(5 * MIB, GIB), read(MIB, 0)));
    let finding = found(&evaluation, RECALL);
    assert_eq!((finding.severity, finding.confidence), (Severity::Critical, Confidence::High));
    assert_eq!(finding.cost.as_ref().expect("a figure").monthly_usd.likely, None);
}

#[test]
fn reads_that_are_not_seen_lower_the_bound_to_what_would_have_been_seen() {
    let unmeasured = judge(&stays_cold(still()));
    let high = |evaluation: &Evaluation| found(evaluation, CHARGES).cost.as_ref().expect("a figure").monthly_usd.high;
    // Enough is read during the runs, and as much at other times.
    let evaluation = judge(&reading(stays_cold(still()), read(500 * MIB, 0), read(MIB, 0)));
    let finding = found(&evaluation, CHARGES);
    assert!(high(&evaluation) < high(&unmeasured), "{:?}", finding.cost);
    assert_eq!(finding.confidence, Confidence::Low);
    assert!(finding.message.contains("was not seen to read in"), "{}", finding.message);
    assert!(finding.message.contains("would have been seen"), "{}", finding.message);
    // Whoever mounts it.
    let mut mounted = reading(stays_cold(still()), read(500 * MIB, 0), read(MIB, 0));
    mounted.evidence.probe = seen(vec![host("i-0a", efs_mount(None))]);
    assert_eq!(found(&judge(&mounted), CHARGES).confidence, Confidence::Low);
}

#[test]
fn a_walk_is_no_read() {
    let evaluation = judge(&reading(stays_cold(still()), read(500 * MIB, 0), read(MIB, GIB)));
    let finding = found(&evaluation, CHARGES);
    assert_eq!(finding.confidence, Confidence::Low);
    assert!(finding.message.contains("walk directories"), "{}", finding.message);
}

#[test]
fn what_cannot_be_told_says_why_and_lowers_nothing() {
    let asked = |change: fn(&mut Target)| {
        let mut target = reading(stays_cold(still()), read(500 * MIB, 0), read(MIB, 0));
        change(&mut target);
        target
    };
    let plain = judge(&stays_cold(still()));
    for (change, why) in [
        ((|target| target.evidence.association_runs = denied()) as fn(&mut Target), "when the scan ran was not read"),
        (|target| target.evidence.association_targets = denied(), "which instances the scan's runs reached"),
        (|target| target.evidence.efs_reads = denied(), "its reads were not collected"),
    ] {
        let evaluation = judge(&asked(change));
        let finding = found(&evaluation, CHARGES);
        assert!(finding.message.contains(why), "{}", finding.message);
        assert_eq!(finding.cost, found(&plain, CHARGES).cost);
        assert_eq!(finding.severity, found(&plain, CHARGES).severity);
    }
    // The VM Scanner has a clock of its own.
    let evaluation = judge(&asked(|target| {
        let row = crate::builders::efs::coverage("i-0a", "EC2_INSPECTOR_AGENT_BASED");
        target.inspector.ec2_coverage = Section::Complete(vec![row]);
    }));
    assert!(found(&evaluation, CHARGES).message.contains("when the VM Scanner ran"), "the scanner's runs are unknown");
    let evaluation = judge(&asked(|target| target.inspector.ec2_coverage = denied()));
    let message = &found(&evaluation, CHARGES).message;
    assert!(message.contains("whether the VM Scanner runs as well was not seen"), "{message}");
    // Where it scans an instance that cannot mount the file system, it changes nothing.
    let evaluation = judge(&asked(|target| {
        let row = crate::builders::efs::coverage("i-0b", "EC2_INSPECTOR_AGENT_BASED");
        target.inspector.ec2_coverage = Section::Complete(vec![row]);
        if let Section::Complete(instances) = &mut target.ec2.instances {
            let mut apart = instance("i-0b");
            apart.network_interfaces.iter_mut().for_each(|one| one.security_groups = vec!["sg-other".into()]);
            instances.push(apart);
        }
    }));
    assert!(found(&evaluation, CHARGES).message.contains("was not seen to read in"), "the plugin alone can read it");
}
