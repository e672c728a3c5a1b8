//! Does the scan read the file system: verdicts of the meter in findings, what they do to figures and severities, and the
//! rules that go by the meter.

use chrono::{DateTime, Duration, Utc};
use inspector_audit::model::{
    AssociationReach, EfsReads, EfsTask, FileSystemReads, HostMount, LifecycleConfiguration, MetadataOptions,
    MountKind, Observed, Point, Presence, Section, Steps, Tag, Target,
};
use inspector_audit::price::PriceTable;
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::rules::{Basis, Confidence, RULES, RuleSettings, Severity, Verdict};

use crate::builders::efs::{TIB, account_status, denied, exposed, instance, lifecycle, now, with, with_file_system};
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

// Verdicts.

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

// Exposed on paper.

#[test]
fn a_scan_that_has_moved_nothing_for_weeks_is_advice() {
    let evaluation = judge(&still());
    let finding = found(&evaluation, RECALL);
    assert_eq!(finding.severity, Severity::Info);
    assert!(finding.title.starts_with("Exposed on paper: "), "{}", finding.title);
    assert!(finding.title.contains("have moved nothing of 10,240 cold GiB"), "{}", finding.title);
    assert!(finding.message.contains("a custom path of deep inspection or the VM Scanner"), "{}", finding.message);
    let cost = finding.cost.as_ref().expect("a figure");
    assert_eq!((cost.basis, cost.monthly_usd.high.0.to_string().as_str()), (Basis::Measured, "0"));
}

#[test]
fn nothing_is_advice_while_something_is_open() {
    let critical = |target: &Target, why: &str| {
        let severity = found(&judge(target), RECALL).severity;
        assert_ne!(severity, Severity::Info, "{why}");
    };
    critical(&measured(classes(|_| (TIB, 10 * TIB))), "no run is known");
    let mut fresh = still();
    if let Section::Complete(instances) = &mut fresh.ec2.instances {
        instances[0].launch_time = Some(now() - Duration::days(1));
    }
    critical(&fresh, "the instance is of yesterday");
    let mut second = still();
    if let Section::Complete(instances) = &mut second.ec2.instances {
        instances.push(instance("i-0b"));
    }
    second.ssm.managed_nodes =
        Section::Complete(["i-0a", "i-0b"].map(|id| crate::builders::efs::node(id, "Online")).into());
    critical(&second, "no run has reached the other instance");
    let mut unreached = still();
    unreached.evidence.association_targets = denied();
    critical(&unreached, "whom the runs reached is not known");
    let mut short = measured(classes(|_| (TIB, 10 * TIB)));
    if let Section::Complete(metrics) = &mut short.evidence.efs_metrics {
        for series in metrics.file_systems.values_mut() {
            series.ia.retain(|point| point.at > now() - Duration::days(5));
        }
    }
    critical(&scanned(short), "five days are no fortnight");
    critical(&reading(still(), read(5 * MIB, GIB), read(MIB, 0)), "it reads: recall and tiering may be in balance");
    let mut inside = still();
    inside.evidence.probe = seen(vec![host("i-0a", efs_mount(Some(3)))]);
    critical(&inside, "it was seen inside");
    let moving = scanned(measured(classes(|number| {
        let moved = GIB * u64::try_from(number).expect("small");
        (TIB + moved, 10 * TIB - moved)
    })));
    critical(&moving, "a GiB moves at each point");
}

#[test]
fn a_task_says_since_when_its_instance_mounts_and_nothing_of_another() {
    let severity = |launched_days_ago: i64, task_days_ago: Option<i64>| {
        let mut target = still();
        if let Section::Complete(instances) = &mut target.ec2.instances {
            instances[0].launch_time = Some(now() - Duration::days(launched_days_ago));
            let mut other = instance("i-0b");
            other.launch_time = Some(now() - Duration::days(100));
            instances.push(other);
        }
        target.ssm.managed_nodes =
            Section::Complete(["i-0a", "i-0b"].map(|id| crate::builders::efs::node(id, "Online")).into());
        if let Section::Complete(reach) = &mut target.evidence.association_targets {
            reach.rows.iter_mut().for_each(|row| row.instances.push("i-0b".into()));
        }
        let task = |days: i64| EfsTask {
            instance_id: "i-0b".into(),
            file_system_id: "fs-0a".into(),
            volume: "home".into(),
            started_at: Some(now() - Duration::days(days)),
            ..EfsTask::default()
        };
        let rows = task_days_ago.map(task).into_iter().collect();
        target.evidence.efs_tasks = Section::Complete(Observed { rows, truncated: None });
        found(&judge(&target), RECALL).severity
    };
    assert_eq!(severity(100, None), Severity::Info);
    assert_eq!(severity(100, Some(50)), Severity::Info);
    assert_ne!(severity(100, Some(1)), Severity::Info, "it has mounted for a day");
    assert_ne!(severity(1, None), Severity::Info, "the other is of yesterday");
    assert_ne!(severity(1, Some(50)), Severity::Info, "whatever task runs elsewhere");
}

#[test]
fn charges_are_advice_where_nothing_is_read_during_runs() {
    let evaluation = judge(&reading(stays_cold(still()), read(0, 0), read(0, 0)));
    let finding = found(&evaluation, CHARGES);
    assert_eq!(finding.severity, Severity::Info);
    assert!(finding.title.contains("read next to nothing"), "{}", finding.title);
    let mut fresh = reading(stays_cold(still()), read(0, 0), read(0, 0));
    if let Section::Complete(instances) = &mut fresh.ec2.instances {
        instances[0].launch_time = Some(now() - Duration::days(1));
    }
    assert_ne!(found(&judge(&fresh), CHARGES).severity, Severity::Info, "it has had four runs");
    // 500 MiB at most times are no proof of anything.
    let evaluation = judge(&reading(stays_cold(still()), read(500 * MIB, 0), read(0, 0)));
    assert_ne!(found(&evaluation, CHARGES).severity, Severity::Info);
}

#[test]
fn a_schedule_of_today_changes_nothing_in_what_was_measured() {
    let mut target = reading(stays_cold(still()), read(5 * MIB, GIB), read(MIB, 0));
    let before = found(&judge(&target), CHARGES).confidence;
    if let Section::Complete(Some(association)) = &mut target.ssm.inspector_association {
        association.schedule_expression = Some("rate(7 days)".into());
    }
    let evaluation = judge(&target);
    let finding = found(&evaluation, CHARGES);
    assert_eq!((before, finding.confidence), (Confidence::High, Confidence::High));
    // A GiB at each of 4.29 runs.
    let likely = finding.cost.as_ref().and_then(|cost| cost.monthly_usd.likely).expect("measured");
    assert!(likely.0.to_string().parse::<f64>().is_ok_and(|usd| usd < 0.06), "{likely:?}");
}

#[test]
fn what_moved_and_what_was_read_on_paper_is_counted_by_class() {
    // Two GiB of 15,360 left the cold classes within the month: far from a move, and all that a scan can have moved.
    let tiered = |moved: u64, archive: u64| {
        let mut series = classes(|number| if number < 90 { (TIB, 10 * TIB) } else { (TIB + moved, 10 * TIB - moved) });
        series.archive = points(180, |_| archive);
        scanned(measured(series))
    };
    let lines = |target: &Target, rule: &str| -> Vec<(String, String)> {
        let evaluation = judge(target);
        let cost = found(&evaluation, rule).cost.clone().expect("a figure");
        assert_eq!((cost.basis, cost.monthly_usd.likely), (Basis::Measured, None));
        cost.lines
            .iter()
            .map(|line| {
                (line.item.clone(), format!("{} x {}", line.quantity.normalize(), line.unit_price_usd.normalize()))
            })
            .collect()
    };
    let item = |class: &str| format!("{class} to Standard storage, as measured in a month");
    let line = |item: &str, amount: &str| (item.to_owned(), amount.to_owned());
    // 12 GiB in 19.7 days are 18.3 in 30.
    assert_eq!(lines(&tiered(12 * GIB, 0), RECALL), [line(&item("IA"), "18.305085 x 0.3328")]);
    assert_eq!(lines(&elastic(tiered(12 * GIB, 0)), RECALL), [line(&item("IA"), "18.305085 x 0.34")]);
    // By what is in the classes now: 10,224 of 15,344 GiB.
    assert_eq!(
        lines(&elastic(tiered(16 * GIB, 5 * TIB)), RECALL),
        [line(&item("IA"), "16.262703 x 0.34"), line(&item("Archive"), "8.144077 x 0.35")]
    );
    // Reads of 4 KiB are metered as 128: 32 times what was read.
    let read = |target: Target| reading(stays_cold(target), read(MIB, 0), read(0, 0));
    assert_eq!(lines(&read(tiered(0, 0)), CHARGES), [line("reading from IA at each scan", "7.60704 x 0.012")]);
    assert_eq!(
        lines(&read(elastic(tiered(0, 5 * TIB))), CHARGES),
        [
            line("reading from IA at each scan", "5.07136 x 0.012"),
            line("reading from Archive at each scan", "2.53568 x 0.036"),
            line("elastic throughput reads at each scan", "0.23772 x 0.04"),
        ]
    );
}

// Elastic throughput.

#[test]
fn elastic_throughput_bills_what_is_not_cold_too() {
    let target = reading(all_standard(1000 * GIB), read(500 * MIB, 0), read(500 * MIB, 0));
    let evaluation = judge(&target);
    let finding = found(&evaluation, ELASTIC);
    let cost = finding.cost.as_ref().expect("a figure");
    assert_eq!((cost.basis, cost.monthly_usd.likely), (Basis::Bound, None));
    let quantities: Vec<String> = cost.lines.iter().map(|line| line.item.clone()).collect();
    assert_eq!(quantities.len(), 2, "data and metadata: {quantities:?}");
    // 250 MiB in each of 8,640 steps on average.
    let metadata = cost.lines[1].quantity.to_string().parse::<f64>().expect("a number");
    assert!((2_050.0..2_170.0).contains(&metadata), "{metadata}");
    assert_eq!(finding.confidence, Confidence::Low);
    // Walks are billed, and sure.
    let walked = judge(&reading(all_standard(1000 * GIB), read(500 * MIB, 0), read(MIB, GIB)));
    let walks = found(&walked, ELASTIC);
    let cost = walks.cost.as_ref().expect("a figure");
    assert_eq!((walks.confidence, cost.basis), (Confidence::High, Basis::Measured));
    assert!(cost.monthly_usd.likely.is_some_and(|likely| likely <= cost.monthly_usd.high));
    // So are aligned reads, by what a run reads of both.
    let aligned = judge(&reading(all_standard(1000 * GIB), read(5 * MIB, GIB), read(MIB, 0)));
    let cost = found(&aligned, ELASTIC).cost.as_ref().expect("a figure").clone();
    assert_eq!(cost.basis, Basis::Measured);
    let with_metadata = judge(&reading(all_standard(1000 * GIB), read(5 * MIB, GIB), read(MIB, GIB)));
    let both = found(&with_metadata, ELASTIC).cost.as_ref().expect("a figure");
    assert!(both.monthly_usd.likely > cost.monthly_usd.likely, "{:?} {:?}", both.monthly_usd, cost.monthly_usd);
}

#[test]
fn elastic_throughput_says_nothing_without_reads_metrics_or_exposure() {
    let fires = |target: &Target| judge(target).findings.iter().any(|finding| finding.rule == ELASTIC);
    assert!(fires(&all_standard(1000 * GIB)));
    assert!(!fires(&all_standard(GIB)), "less than a dollar");
    assert!(!fires(&with_file_system(all_standard(1000 * GIB), |fs| fs.throughput_mode = Some("bursting".into()))));
    let mut off = all_standard(1000 * GIB);
    off.inspector.account_status = account_status("DISABLED", "DISABLED");
    assert!(!fires(&off));
    let mut silent = all_standard(1000 * GIB);
    silent.evidence.efs_metrics = Section::NotAsked;
    assert_eq!(verdict(&judge(&silent), ELASTIC), None, "nobody asked");
    let mut gap = all_standard(1000 * GIB);
    gap.evidence.efs_metrics = denied();
    assert_eq!(verdict(&judge(&gap), ELASTIC), Some(Verdict::Inconclusive));
}

// Cold data that others moved.

/// 800 of 900 cold GiB have moved on a file system of 1,000.
pub(crate) fn backed_up() -> Target {
    let series = classes(|number| if number < 90 { (100 * GIB, 900 * GIB) } else { (900 * GIB, 100 * GIB) });
    measured(series)
}

#[test]
fn data_that_moved_while_inspector_is_off_is_measured_and_not_its() {
    let mut target = backed_up();
    target.inspector.account_status = account_status("DISABLED", "DISABLED");
    let evaluation = judge(&target);
    assert_eq!(verdict(&evaluation, OBSERVED), Some(Verdict::Clean));
    let finding = found(&evaluation, MOVED);
    let cost = finding.cost.as_ref().expect("a figure");
    assert_eq!((finding.severity, finding.confidence, cost.basis), (Severity::High, Confidence::High, Basis::Measured));
    // 800 GiB x (0.36 - 0.0272) USD.
    assert_eq!(cost.monthly_usd.high.0.normalize().to_string(), "266.24");
    assert_eq!(cost.monthly_usd.low, cost.monthly_usd.high);
    assert!(finding.message.contains("scan of EC2 is off"), "{}", finding.message);
    assert!(finding.remediation.summary.contains("AIDE"), "{}", finding.remediation.summary);
    assert!(finding.remediation.commands.iter().any(|command| command.contains("put-lifecycle-configuration")));
}

#[test]
fn data_that_moved_is_the_scans_or_others_never_both() {
    let rules = |target: &Target| -> Vec<&'static str> {
        let evaluation = judge(target);
        let has = |rule: &str| evaluation.findings.iter().any(|finding| finding.rule == rule);
        [OBSERVED, MOVED].into_iter().filter(|rule| has(rule)).collect()
    };
    assert_eq!(rules(&backed_up()), [OBSERVED], "not measured");
    let measured = |run: u64| reading(scanned(backed_up()), read(500 * MIB, run), read(MIB, 0));
    assert_eq!(rules(&measured(20 * GIB)), [OBSERVED], "aligned");
    assert_eq!(found(&judge(&measured(20 * GIB)), OBSERVED).confidence, Confidence::High);
    assert_eq!(rules(&measured(0)), [MOVED], "not aligned");
    let walked = reading(scanned(backed_up()), read(500 * MIB, 0), read(MIB, GIB));
    assert_eq!(rules(&walked), [MOVED], "a walk reads no data");
    assert_eq!(found(&judge(&measured(0)), MOVED).confidence, Confidence::Medium);
    let mut alone = backed_up();
    if let Section::Complete(groups) = &mut alone.ec2.security_groups {
        for group in groups {
            group.ingress.clear();
        }
    }
    assert_eq!(rules(&alone), [MOVED], "nobody is let in");
    let mut excluded = backed_up();
    if let Section::Complete(instances) = &mut excluded.ec2.instances {
        instances[0].tags.push(Tag { key: "InspectorEc2Exclusion".into(), value: "".into() });
        let options = MetadataOptions {
            state: Some("applied".into()),
            http_endpoint: Some("enabled".into()),
            instance_metadata_tags: Some("enabled".into()),
        };
        instances[0].metadata_options = Some(options);
    }
    assert_eq!(rules(&excluded), [] as [&str; 0], "its files become cold by themselves");
    let mut stopped = scanned(backed_up());
    stopped.inspector.account_status = account_status("DISABLED", "DISABLED");
    assert_eq!(rules(&stopped), [] as [&str; 0], "it ran before, and may have been the reader");
    stopped.evidence.association_runs = runs(now() - Duration::days(10));
    assert_eq!(rules(&stopped), [MOVED], "its first run is later than the move's beginning");
    let mut denied_metrics = backed_up();
    denied_metrics.evidence.efs_metrics = denied();
    assert_eq!(rules(&denied_metrics), [] as [&str; 0]);
    assert_eq!(rules(&measured_still()), [] as [&str; 0]);
}

fn measured_still() -> Target {
    let mut target = still();
    target.inspector.account_status = account_status("DISABLED", "DISABLED");
    target
}

// S3 Files.

#[test]
fn a_mount_of_s3_files_is_billed_by_a_walk_alone() {
    let mount = HostMount {
        kind: MountKind::S3Files,
        presence: Presence::Mounted,
        mount_point: Some("/usr/local/lib/models".into()),
        source: "fs-0c.s3files.us-east-1.amazonaws.com:/".into(),
        ..HostMount::default()
    };
    let target = with(exposed(), |target| target.evidence.tables = seen(vec![host("i-0a", mount)]));
    let evaluation = judge(&target);
    let finding = found(&evaluation, "s3-mount-scanned");
    assert!(finding.message.contains("to list a directory is one"), "{}", finding.message);
    assert!(said(finding, "s3_mount").contains("with Amazon S3 Files"), "{:?}", finding.evidence);
}
