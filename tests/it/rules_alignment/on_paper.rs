//! Exposed on paper: where the scan runs and neither moves nor reads anything.

use chrono::Duration;
use inspector_audit::model::{EfsTask, Observed, Section, Target};
use inspector_audit::rules::{Basis, Confidence, Severity};

use super::{CHARGES, GIB, MIB, RECALL, elastic, found, judge, read, reading, scanned, stays_cold, still};
use crate::builders::efs::{TIB, denied, instance, node, now};
use crate::builders::metrics::{classes, efs_mount, host, measured, points, seen};

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
    second.ssm.managed_nodes = Section::Complete(["i-0a", "i-0b"].map(|id| node(id, "Online")).into());
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
        target.ssm.managed_nodes = Section::Complete(["i-0a", "i-0b"].map(|id| node(id, "Online")).into());
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
