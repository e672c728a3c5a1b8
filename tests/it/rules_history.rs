//! Whether the cost has begun: every row of the verdict table, the thresholds, damaged series, the figures, the laws.

use crate::support::evaluate;
use chrono::{DateTime, Duration, Utc};
use inspector_audit::model::{
    AssociationRun, DeclaredMount, EfsMetrics, FileSystemMetrics, FindingPath, GapReason, HostMount,
    LifecycleConfiguration, MountKind, Observed, Point, Presence, Section, SectionName, Snapshot, Target,
};
use inspector_audit::price::{PriceTable, Provenance};
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::report::{MonthlyTotals, Report, ReportBuilder, TargetId};
use inspector_audit::rules::efs::evidence::{SourceState, source_states};
use inspector_audit::rules::efs::evidence_scope;
use inspector_audit::rules::{Basis, Confidence, MonthlyUsd, RULES, RuleSettings, Severity, Verdict, rule};
use proptest::prelude::*;

use crate::builders::efs::{
    TIB, account_status, denied, everything, exposed, gap, group, instance, lifecycle, node, now, with,
    with_file_system, with_instance,
};
use crate::builders::metrics::{
    PERIOD, POINTS, at, classes, efs_mount, host, measured, metrics, points, runs, s3, seen, step,
};

const GIB: u64 = 1 << 30;
const OBSERVED: &str = "efs-recall-observed";

fn judge(target: &Target) -> Evaluation {
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &RULES)
}

fn verdict(evaluation: &Evaluation, rule: &str) -> Option<Verdict> {
    evaluation.verdicts.iter().find(|verdict| verdict.rule == rule).map(|verdict| verdict.verdict)
}

fn found<'e>(evaluation: &'e Evaluation, rule: &str) -> &'e Finding {
    evaluation.findings.iter().find(|finding| finding.rule == rule).unwrap_or_else(|| panic!("no finding of {rule}"))
}

fn observed(target: &Target) -> Verdict {
    verdict(&judge(target), OBSERVED).expect("the rule ran")
}

/// What the gap that keeps the rule open says.
fn why_open(target: &Target) -> String {
    let evaluation = judge(target);
    assert_eq!(verdict(&evaluation, OBSERVED), Some(Verdict::Inconclusive));
    let open = evaluation.gaps.iter().find(|gap| gap.rules.iter().any(|rule| rule == OBSERVED)).expect("a gap");
    assert_eq!(open.section.as_str(), "cloudwatch.efs_metrics");
    open.message.clone()
}

fn said(finding: &Finding, kind: &str) -> String {
    let of_kind = finding.evidence.iter().filter(|evidence| evidence.kind == kind);
    of_kind.map(|evidence| evidence.detail.as_str()).collect::<Vec<_>>().join("\n")
}

/// All 10 TiB moved at point 90.
fn moved() -> Target {
    measured(step(90, 10 * TIB, 10 * TIB))
}

/// Nothing moves: 10 TiB stay in IA.
fn quiet() -> Target {
    measured(classes(|_| (TIB, 10 * TIB)))
}

fn activated(mut target: Target, when: DateTime<Utc>) -> Target {
    if let Section::Complete(configuration) = &mut target.inspector.configuration {
        configuration.vm_scanner_activated = Some(true);
        configuration.vm_scanner_activated_at = Some(when);
    }
    target
}

fn with_probe(mut target: Target, mount: HostMount) -> Target {
    target.evidence.probe = seen(vec![host("i-0a", mount)]);
    target
}

// The verdict table.

#[test]
fn scan_moving_data_is_a_move_within_a_day_of_the_vm_scanners_activation() {
    let evaluation = judge(&activated(moved(), at(90) - Duration::hours(5)));
    let finding = found(&evaluation, OBSERVED);
    assert_eq!((finding.severity, finding.confidence), (Severity::Critical, Confidence::High));
    assert!(finding.title.contains("10,240 cold GiB have moved to Standard since 2026-11-06"), "{}", finding.title);
    assert!(finding.message.contains("the VM Scanner was activated"), "{}", finding.message);
    assert!(finding.message.contains("AFTER_1_ACCESS, so one read"), "{}", finding.message);
    assert!(finding.message.contains("the full 30 days"), "{}", finding.message);
    let cost = finding.cost.as_ref().expect("a price");
    // 10,240 x (0.36 - 0.0272), whatever one assumes.
    assert_eq!(cost.monthly_usd.deciding().0.to_string(), "3407.872");
    assert_eq!(cost.monthly_usd, MonthlyUsd::exactly(cost.monthly_usd.high));
    assert_eq!(cost.basis, Basis::Measured);
    let history = finding.history.as_ref().expect("a history");
    assert_eq!((history.moved_at, history.moved_bytes), (Some(at(90)), Some(10 * TIB)));
    assert_eq!(history.points.len(), POINTS);
}

#[test]
fn a_move_in_step_with_the_scan_makes_every_finding_on_the_file_system_certain() {
    // Half of what was cold has moved, the other half still can.
    let part = |with_onset: bool| {
        let target = measured(step(90, 5 * TIB, 5 * TIB));
        let evaluation = judge(&if with_onset { activated(target, at(90) - Duration::hours(5)) } else { target });
        let finding = found(&evaluation, "efs-tier-recall").clone();
        (finding.confidence, finding.message, finding.reason["reads"].clone())
    };
    let (confidence, message, reads) = part(true);
    assert_eq!((confidence, reads), (Confidence::High, serde_json::json!("moved_in_step")));
    assert!(message.contains("here cold data has moved in step with the scan"), "{message}");
    let (confidence, message, reads) = part(false);
    assert_eq!((confidence, reads), (Confidence::Low, serde_json::json!("not_measured")));
    assert!(message.contains("has not been measured"), "{message}");
}

#[test]
fn scan_moving_data_is_a_move_within_a_day_of_the_associations_first_run() {
    let target = with(moved(), |target| target.evidence.association_runs = runs(at(90) - Duration::hours(2)));
    let evaluation = judge(&target);
    let finding = found(&evaluation, OBSERVED);
    assert_eq!((finding.severity, finding.confidence), (Severity::Critical, Confidence::High));
    // A first run at the window's edge, or one of a listing that was cut, is no beginning.
    let edge = with(measured(step(2, 10 * TIB, 10 * TIB)), |target| {
        target.evidence.association_runs = runs(at(1));
    });
    assert_eq!(found(&judge(&edge), OBSERVED).confidence, Confidence::Low);
    let cut = with(target, |target| {
        if let Section::Complete(runs) = &mut target.evidence.association_runs {
            runs.truncated = Some("stopped after 20 pages".into());
        }
    });
    assert_eq!(found(&judge(&cut), OBSERVED).confidence, Confidence::Low);
}

#[test]
fn scan_moving_data_is_a_move_with_the_scanner_seen_inside() {
    let listed = with_probe(moved(), efs_mount(Some(7)));
    let by_address = with_probe(
        moved(),
        HostMount {
            kind: MountKind::Unresolved,
            file_system_id: None,
            address: Some("10.0.2.20".parse().expect("an address")),
            ..efs_mount(Some(7))
        },
    );
    let path = |mut target: Target| {
        let row = FindingPath {
            instance_id: "i-0a".into(),
            path: "/mnt/shared/lib/a.jar".into(),
            last_observed: Some(now()),
        };
        target.evidence.finding_paths = Section::Complete(Observed { rows: vec![row], truncated: None });
        target
    };
    let reported = path(with_probe(moved(), efs_mount(None)));
    let declared = path(with(moved(), |target| {
        let row = DeclaredMount {
            instance_id: "i-0a".into(),
            file_system_id: Some("fs-0a".into()),
            mount_point: Some("/mnt/shared/".into()),
            ..DeclaredMount::default()
        };
        target.evidence.declared = Section::Complete(Observed { rows: vec![row], truncated: None });
    }));
    for target in [listed, by_address, reported, declared] {
        let evaluation = judge(&target);
        let finding = found(&evaluation, OBSERVED);
        assert_eq!((finding.severity, finding.confidence), (Severity::Critical, Confidence::High));
        assert!(said(finding, "scanner_seen_inside").contains("i-0a"), "{:?}", finding.evidence);
    }
}

#[test]
fn cold_data_moved_cause_unknown_lists_the_rival_readers() {
    let evaluation = judge(&activated(moved(), at(10)));
    let finding = found(&evaluation, OBSERVED);
    assert_eq!((finding.severity, finding.confidence), (Severity::High, Confidence::Low), "one step below the money");
    for rival in ["DataSync", "rsync", "antivirus", "updatedb", "CIS scans", "people"] {
        assert!(said(finding, "rival_explanation").contains(rival), "{rival}");
    }
    assert!(finding.message.contains("No sign of the scan itself"), "{}", finding.message);
    let small = measured(classes(|number| if number < 90 { (TIB, 40 * GIB) } else { (TIB + 40 * GIB, 0) }));
    assert_eq!(found(&judge(&small), OBSERVED).severity, Severity::Low, "40 x 0.3328 USD a month, unproven");
    let aligned = activated(small, at(90));
    assert_eq!(found(&judge(&aligned), OBSERVED).severity, Severity::Medium, "the money, proven");
}

#[test]
fn limits_of_deep_inspection_on_an_exposed_instance_are_a_weak_sign() {
    let limited = with(moved(), |target| {
        if let Section::Complete(rows) = &mut target.inspector.ec2_coverage {
            rows[0].reason = Some("DEEP_INSPECTION_COLLECTION_TIME_LIMIT_EXCEEDED".into());
        }
    });
    let evaluation = judge(&limited);
    let finding = found(&evaluation, OBSERVED);
    assert_eq!(finding.confidence, Confidence::Medium);
    assert!(said(finding, "scanner_limit").contains("weak sign"));
}

#[test]
fn scanner_seen_inside_alone_is_evidence_and_no_move() {
    let evaluation = judge(&with_probe(quiet(), efs_mount(Some(7))));
    assert_eq!(verdict(&evaluation, OBSERVED), Some(Verdict::Clean));
    let recall = found(&evaluation, "efs-tier-recall");
    assert!(
        said(recall, "scanner_seen_inside").contains("packages below the mount point /mnt/shared"),
        "{:?}",
        recall.evidence
    );
    let nothing = judge(&with_probe(quiet(), efs_mount(Some(0))));
    assert!(said(found(&nothing, "efs-tier-recall"), "scanner_seen_inside").is_empty());
}

#[test]
fn not_seen_is_said_as_not_seen() {
    let evaluation = judge(&quiet());
    assert_eq!(verdict(&evaluation, OBSERVED), Some(Verdict::Clean));
    let recall = found(&evaluation, "efs-tier-recall");
    let metrics = said(recall, "metrics");
    assert!(metrics.starts_with("no move seen in 30 days of StorageBytes"), "{metrics}");
    assert!(!metrics.contains("safe"));
    assert_eq!(recall.history.as_ref().expect("a history").moved_at, None);
}

#[test]
fn deleted_data_has_not_moved() {
    let evaluation = judge(&measured(step(90, 5 * TIB, 0)));
    assert_eq!(verdict(&evaluation, OBSERVED), Some(Verdict::Clean));
    assert!(said(found(&evaluation, "efs-tier-recall"), "metrics").contains("it was deleted"));
}

#[test]
fn a_mixed_drop_decides_nothing() {
    let target = measured(step(90, 5 * TIB, 2 * TIB));
    assert!(why_open(&target).contains("Standard rose by 2,048 GiB"));
    assert!(said(found(&judge(&target), "efs-tier-recall"), "metrics").contains("some of it moved"));
}

#[test]
fn unknown_covers_metrics_that_were_denied() {
    let target = with(exposed(), |target| target.evidence.efs_metrics = denied());
    assert_eq!(why_open(&target), "not seen");
    assert!(said(found(&judge(&target), "efs-tier-recall"), "metrics").contains("is not known"));
    let unreachable = with(target.clone(), |target| {
        target.inspector.account_status = account_status("DISABLED", "DISABLED");
    });
    assert_eq!(observed(&unreachable), Verdict::Clean, "nothing scans it");
    let nothing_at_stake = with(with_file_system(target, |fs| fs.size.ia = Some(0)), |target| {
        target.efs.lifecycle = [("fs-0a".to_owned(), LifecycleConfiguration::default())].into();
    });
    assert_eq!(observed(&nothing_at_stake), Verdict::Clean, "nothing cold, and nothing tiers");
    let unsupported = with(exposed(), |target| {
        target.evidence.efs_metrics = Section::Absent(gap(GapReason::Unsupported));
    });
    assert_eq!(observed(&unsupported), Verdict::Clean);
}

#[test]
fn unknown_covers_a_file_system_whose_exposure_is_open() {
    let target = with(quiet(), |target| target.ssm.managed_nodes = denied());
    assert_eq!(observed(&target), Verdict::Clean, "nothing moved, whoever scans");
    let target = with(moved(), |target| target.ssm.managed_nodes = denied());
    assert_eq!(observed(&target), Verdict::Inconclusive);
    assert!(judge(&target).findings.iter().all(|finding| finding.rule != OBSERVED));
}

#[test]
fn unknown_covers_a_series_that_is_short_stale_empty_or_partial() {
    let short = with(quiet(), |target| {
        let series = classes(|_| (TIB, 10 * TIB));
        let tail = |points: &[Point]| points[POINTS - 83..].to_vec();
        let mut whole = metrics(series.clone());
        whole.file_systems.insert(
            "fs-0a".into(),
            FileSystemMetrics { standard: tail(&series.standard), ia: tail(&series.ia), ..series },
        );
        target.evidence.efs_metrics = Section::Complete(whole);
    });
    assert!(why_open(&short).contains("covers only 13 days"), "{}", why_open(&short));
    let young = with_file_system(short, |fs| fs.creation_time = Some(now() - Duration::days(14)));
    assert_eq!(observed(&young), Verdict::Clean, "its whole life was seen");
    let cut = |series: fn(usize) -> Vec<Point>| {
        let series =
            FileSystemMetrics { standard: points(POINTS, |_| TIB), ia: series(POINTS), ..FileSystemMetrics::default() };
        with_file_system(measured(series), |fs| fs.size.ia = Some(10 * TIB))
    };
    let stale = cut(|count| points(count - 13, |_| 10 * TIB));
    assert!(why_open(&stale).contains("StorageBytes ends at 2026-11-18"), "{}", why_open(&stale));
    let no_cold = cut(|_| vec![]);
    assert!(why_open(&no_cold).contains("though EFS says that data is cold"));
    let empty = with(exposed(), |target| {
        target.evidence.efs_metrics = Section::Complete(metrics(FileSystemMetrics::default()));
    });
    assert!(why_open(&empty).contains("has no StorageBytes"));
    let unasked = with(exposed(), |target| {
        target.evidence.efs_metrics = Section::Complete(EfsMetrics::default());
    });
    assert!(why_open(&unasked).contains("no metrics of it were collected"));
    let mut series = classes(|_| (TIB, 10 * TIB));
    series.incomplete = Some("InternalError".into());
    assert!(why_open(&measured(series)).contains("InternalError"));
}

#[test]
fn unknown_covers_a_scan_that_has_only_begun_or_hardly_runs() {
    let activated_lately = activated(quiet(), now() - Duration::hours(47));
    assert!(why_open(&activated_lately).contains("less than 48 hours"));
    assert_eq!(observed(&activated(quiet(), now() - Duration::hours(48))), Verdict::Clean);
    let with_runs = |count: i64| {
        with(quiet(), |target| {
            let run = |number: i64| AssociationRun {
                at: now() - Duration::days(20) + Duration::hours(6 * number),
                status: "Success".into(),
            };
            let rows = (0..count).map(run).collect();
            target.evidence.association_runs = Section::Complete(Observed { rows, truncated: None });
        })
    };
    assert!(why_open(&with_runs(0)).contains("only 0 runs"));
    assert!(why_open(&with_runs(7)).contains("only 7 runs"));
    assert_eq!(observed(&with_runs(8)), Verdict::Clean);
    assert_eq!(observed(&activated(with_runs(0), at(0))), Verdict::Clean, "the VM Scanner has no association");
}

/// Eight runs are enough to say "not seen"; `rows` of them were read before a page failed.
fn cut_runs(rows: usize) -> Section<Observed<AssociationRun>> {
    let Section::Complete(mut runs) = runs(at(0)) else { panic!("runs are there") };
    runs.rows.truncate(rows);
    runs.truncated = Some("stopped after 20 pages".into());
    Section::Complete(runs)
}

#[test]
fn runs_that_were_not_read_leave_it_open_as_runs_that_are_not_there_do() {
    let with_runs =
        |runs: Section<Observed<AssociationRun>>| with(quiet(), |target| target.evidence.association_runs = runs);
    for (runs, why) in [(denied(), "not seen"), (cut_runs(0), "is not known"), (cut_runs(7), "stopped after 20 pages")]
    {
        let target = with_runs(runs);
        let evaluation = judge(&target);
        assert_eq!(verdict(&evaluation, OBSERVED), Some(Verdict::Inconclusive), "{why}");
        let open = evaluation.gaps.iter().find(|gap| gap.rules.iter().any(|rule| rule == OBSERVED)).expect("a gap");
        assert_eq!(open.section, SectionName::SsmAssociationRuns);
        assert!(open.message.contains(why), "{}", open.message);
        let metrics = said(found(&evaluation, "efs-tier-recall"), "metrics");
        assert!(metrics.contains("how often the scan ran is not known"), "{metrics}");
        assert_eq!(observed(&activated(target, at(0))), Verdict::Clean, "the VM Scanner has no association");
    }
    assert_eq!(observed(&with_runs(cut_runs(8))), Verdict::Clean);
    assert_eq!(observed(&with_runs(Section::Absent(gap(GapReason::Unsupported)))), Verdict::Clean);
    assert_eq!(observed(&with_runs(Section::default())), Verdict::Clean, "nobody asked");
    // The association's own gap is the one to mend.
    let no_association = with(with_runs(cut_runs(0)), |target| target.ssm.inspector_association = denied());
    let evaluation = judge(&no_association);
    let open = evaluation.gaps.iter().filter(|gap| gap.rules.iter().any(|rule| rule == OBSERVED));
    assert_eq!(open.map(|gap| gap.section).collect::<Vec<_>>(), [SectionName::SsmInspectorAssociation]);
    let moved = with(moved(), |target| target.evidence.association_runs = denied());
    assert_eq!(observed(&moved), Verdict::Findings);
    let state = |target: &Target| source_states(target).into_iter().find(|it| it.0 == SectionName::SsmAssociationRuns);
    assert_eq!(state(&moved), Some((SectionName::SsmAssociationRuns, SourceState::Denied)));
    assert_eq!(state(&with_runs(cut_runs(7))).map(|it| it.1), Some(SourceState::Truncated));
}

// Thresholds.

#[test]
fn a_drop_counts_from_one_gibibyte_and_five_percent_on() {
    let of_peak = |peak: u64, drop: u64| {
        measured(classes(|number| if number < 90 { (TIB, peak) } else { (TIB + drop, peak - drop) }))
    };
    for (peak, drop, expected) in [
        (10 * GIB, GIB, Verdict::Findings),
        (10 * GIB, GIB - 1, Verdict::Clean),
        (1000 * GIB, 50 * GIB, Verdict::Findings),
        (1000 * GIB, 50 * GIB - 1, Verdict::Clean),
    ] {
        assert_eq!(observed(&of_peak(peak, drop)), expected, "{drop} of {peak}");
    }
}

#[test]
fn standard_takes_eighty_percent_of_a_move_and_twenty_of_a_deletion() {
    let drop = 1000 * GIB;
    for (risen, expected) in [
        (800 * GIB, Verdict::Findings),
        (800 * GIB - 1, Verdict::Inconclusive),
        (200 * GIB + 1, Verdict::Inconclusive),
        (200 * GIB, Verdict::Clean),
    ] {
        assert_eq!(observed(&measured(step(90, drop, risen))), expected, "{risen}");
    }
}

#[test]
fn more_in_standard_than_left_the_cold_classes_is_not_counted_as_moved() {
    let evaluation = judge(&measured(step(90, TIB, 3 * TIB)));
    let history = found(&evaluation, OBSERVED).history.clone().expect("a history");
    assert_eq!(history.moved_bytes, Some(TIB));
    let partly = judge(&measured(step(90, 1000 * GIB, 900 * GIB)));
    assert_eq!(found(&partly, OBSERVED).history.as_ref().and_then(|it| it.moved_bytes), Some(900 * GIB));
}

#[test]
fn the_onset_is_a_day_after_the_start_and_within_the_period_of_the_first_step() {
    let period = Duration::seconds(i64::from(PERIOD));
    for (start, expected) in [
        (at(90) - Duration::hours(24), Confidence::High),
        (at(90) - Duration::hours(24) - Duration::seconds(1), Confidence::Low),
        (at(90) + period - Duration::seconds(1), Confidence::High),
        (at(90) + period, Confidence::Low),
    ] {
        assert_eq!(found(&judge(&activated(moved(), start)), OBSERVED).confidence, expected, "{start}");
    }
}

#[test]
fn a_step_after_a_silence_has_no_day_and_so_no_onset() {
    let mut series = step(90, 10 * TIB, 10 * TIB);
    for points in [&mut series.standard, &mut series.ia, &mut series.archive] {
        points.retain(|point| point.at <= at(80) || point.at >= at(90));
    }
    assert_eq!(found(&judge(&activated(measured(series), at(89))), OBSERVED).confidence, Confidence::Low);
}

#[test]
fn a_move_without_after_1_access_is_never_high() {
    let target = with(activated(moved(), at(89)), |target| {
        target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into();
    });
    let evaluation = judge(&target);
    let finding = found(&evaluation, OBSERVED);
    assert_eq!(finding.confidence, Confidence::Medium);
    assert!(finding.message.contains("the policy was changed since, or the files were rewritten"));
}

#[test]
fn a_slow_move_begins_with_its_first_step_and_noise_before_it_does_not() {
    // IA wobbles by 100 GiB for ten days, then 10 TiB leave over five days.
    let gone = |number: usize| match number {
        0..60 => (number as u64 % 2) * 100 * GIB,
        60..90 => (number as u64 - 59) * (10 * TIB / 30),
        _ => 10 * TIB / 30 * 30,
    };
    let target = measured(classes(|number| (TIB + gone(number), 10 * TIB - gone(number))));
    let history = found(&judge(&target), OBSERVED).history.clone().expect("a history");
    assert_eq!(history.moved_at, Some(at(60)));
}

// Who is looked at.

#[test]
fn a_dormant_exposure_is_observed_by_its_money_and_an_excluded_one_is_not() {
    let stopped = with_instance(activated(moved(), at(89)), |instance| instance.state = "stopped".into());
    let stopped = with(stopped, |target| target.ssm.managed_nodes = Section::Complete(vec![]));
    let evaluation = judge(&stopped);
    let finding = found(&evaluation, OBSERVED);
    assert_eq!(finding.confidence, Confidence::High);
    assert!(finding.message.contains("1 instance stopped or not Online"), "{}", finding.message);
    let excluded = with_instance(activated(moved(), at(89)), |instance| {
        instance.tags.push(inspector_audit::model::Tag { key: "InspectorEc2Exclusion".into(), value: String::new() });
        if let Some(options) = &mut instance.metadata_options {
            options.instance_metadata_tags = Some("enabled".into());
        }
    });
    assert_eq!(observed(&excluded), Verdict::Clean);
}

#[test]
fn a_file_system_that_the_network_alone_keeps_apart_is_worth_what_touches_nothing() {
    let nobody = || vec![group("sg-app", vec![], vec![everything()]), group("sg-efs", vec![], vec![])];
    let closed = |target: Target| with(target, |target| target.ec2.security_groups = Section::Complete(nobody()));
    let unreached = |target: &Target| {
        let wanted = evidence_scope(target);
        assert!(wanted.file_systems.is_empty() && wanted.instances.is_empty(), "{wanted:#?}");
        wanted.unreached.into_iter().collect::<Vec<_>>()
    };
    let target = closed(exposed());
    assert_eq!(unreached(&target), ["fs-0a"]);
    // Whatever a source said, nothing would come of it.
    let nothing = [] as [&str; 0];
    assert_eq!(
        unreached(&with_file_system(target.clone(), |file_system| file_system.number_of_mount_targets = 0)),
        nothing
    );
    assert_eq!(unreached(&with_instance(target.clone(), |instance| instance.state = "stopped".into())), nothing);
    assert_eq!(
        unreached(&with_instance(target.clone(), |instance| instance.platform = Some("windows".into()))),
        nothing
    );
    assert!(evidence_scope(&exposed()).unreached.is_empty());
}

#[test]
fn what_only_a_sleeping_instance_is_exposed_to_is_asked_about_and_missed() {
    let asleep = |target: Target| {
        let target = with_instance(target, |instance| instance.state = "stopped".into());
        with(target, |target| target.ssm.managed_nodes = Section::Complete(vec![]))
    };
    let wanted = evidence_scope(&asleep(exposed()));
    assert_eq!(wanted.file_systems.into_iter().collect::<Vec<_>>(), ["fs-0a"]);
    assert!(wanted.instances.is_empty(), "a stopped instance cannot be asked");
    let unread = with(asleep(exposed()), |target| target.evidence.efs_metrics = denied());
    assert_eq!(observed(&unread), Verdict::Inconclusive);
    let unasked = with(asleep(exposed()), |target| {
        target.evidence.efs_metrics = Section::Complete(EfsMetrics::default());
    });
    assert!(why_open(&unasked).contains("no metrics of it were collected"));
    assert_eq!(observed(&asleep(quiet())), Verdict::Clean);
    // Whether it would be exposed is open.
    let unknown = |target: Target| with(asleep(target), |target| target.ec2.security_groups = denied());
    assert!(evidence_scope(&unknown(exposed())).file_systems.contains("fs-0a"));
    assert_eq!(observed(&unknown(moved())), Verdict::Inconclusive);
    assert_eq!(observed(&unknown(quiet())), Verdict::Clean, "nothing moved, whoever comes back");
}

#[test]
fn without_metrics_the_rule_says_nothing_and_no_finding_mentions_them() {
    let evaluation = judge(&exposed());
    assert_eq!(verdict(&evaluation, OBSERVED), None);
    let recall = found(&evaluation, "efs-tier-recall");
    assert!(said(recall, "metrics").is_empty());
    assert_eq!(recall.history, None);
}

#[test]
fn the_rule_needs_what_every_rule_of_its_kind_needs_and_the_metrics() {
    let needs = rule(OBSERVED).expect("the rule").needs;
    let kin = rule("efs-tier-recall").expect("the rule").needs;
    assert!(kin.iter().all(|section| needs.contains(section)));
    assert_eq!(needs.len(), kin.len() + 1);
    assert!(needs.is_sorted());
}

// Figures.

fn report(target: &Target) -> Report {
    let prices = Provenance {
        source: "embedded".into(),
        as_of: "2025-09-25".into(),
        currency: "USD".into(),
        age_days: None,
        discount_percent: rust_decimal::Decimal::ZERO,
        overridden: 0,
    };
    let mut builder = ReportBuilder::new("snapshot", prices);
    let id = TargetId { account: target.account.clone(), region: target.region.clone() };
    builder.add(id, target.taken_at, judge(target));
    builder.build()
}

#[test]
fn moved_data_is_pinned_measured_and_counted_once() {
    let target = activated(moved(), at(89));
    let report = report(&target);
    let pinned = report.findings.iter().find(|finding| finding.rule == "efs-tiering-pinned").expect("the picture");
    let cost = pinned.cost.as_ref().expect("a price");
    assert_eq!(cost.monthly_usd.low.0.to_string(), "3407.872");
    assert_eq!(cost.monthly_usd.deciding().0.to_string(), "3407.872");
    // All 11 TiB of Standard.
    assert_eq!(cost.monthly_usd.high.0.to_string(), "3748.6592");
    assert_eq!(
        (cost.basis, pinned.severity, pinned.confidence),
        (Basis::Measured, Severity::Critical, Confidence::High)
    );
    let measured = MonthlyTotals { measured: cost.monthly_usd.low, ..MonthlyTotals::default() };
    assert_eq!(report.summary.monthly_usd, measured, "each dollar once");
}

#[test]
fn a_part_that_moved_is_likely_and_a_history_that_was_never_cold_is_said() {
    // All of IA goes, half of it to Standard.
    let mixed = measured(step(90, 10 * TIB, 5 * TIB));
    let evaluation = judge(&mixed);
    let cost = found(&evaluation, "efs-tiering-pinned").cost.clone().expect("a price");
    assert!(cost.monthly_usd.low.0.is_zero());
    assert_eq!(cost.monthly_usd.deciding().0.to_string(), "1703.936");
    assert_eq!(cost.basis, Basis::Estimate);
    assert_eq!(found(&evaluation, "efs-tiering-pinned").confidence, Confidence::Low);
    let never = judge(&measured(classes(|_| (11 * TIB, 0))));
    let cost = found(&never, "efs-tiering-pinned").cost.clone().expect("a price");
    assert_eq!(cost.monthly_usd.likely, None);
    assert!(cost.assumptions.iter().any(|said| said.contains("in 30 days of StorageBytes nothing was ever cold")));
}

#[test]
fn ia_and_archive_move_at_their_own_prices() {
    let mut series = step(90, 10 * TIB, 15 * TIB);
    series.archive = points(POINTS, |number| if number < 90 { 5 * TIB } else { 0 });
    let target = with_file_system(measured(series), |fs| fs.throughput_mode = Some("elastic".into()));
    let cost = found(&judge(&target), OBSERVED).cost.clone().expect("a price");
    // 10,240 x (0.36 - 0.02) + 5,120 x (0.36 - 0.01).
    assert_eq!(cost.monthly_usd.deciding().0.normalize().to_string(), "5273.6");
    assert_eq!(cost.lines.len(), 2);
}

/// Files that stay cold, with `gib` read in each period of the month.
fn reading(bytes: u64, count: usize) -> Target {
    let mut series = classes(|_| (TIB, 10 * TIB));
    series.data_read = points(POINTS, |_| bytes).split_off(POINTS - count);
    with(measured(series), |target| target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into())
}

#[test]
fn measured_reads_cap_the_read_charges_and_the_finding_says_so() {
    let cost = |target: &Target| found(&judge(target), "efs-cold-read-charges").cost.clone().expect("a price");
    // 180 x 1 GiB, charged 32 times over, x 0.012.
    let capped = cost(&reading(GIB, POINTS));
    assert_eq!((capped.monthly_usd.likely, capped.monthly_usd.high.0.to_string()), (None, "69.12".to_owned()));
    assert!(capped.assumptions.iter().any(|said| said.contains("capped at 32 times that")), "{capped:?}");
    // Ten days are scaled to thirty, three are not.
    assert_eq!(cost(&reading(GIB, 60)).monthly_usd.high.0.to_string(), "69.12");
    assert_eq!(cost(&reading(GIB, 18)).monthly_usd.high.0.to_string(), "379.6875");
    let more = cost(&reading(u64::MAX, POINTS));
    assert_eq!(more.monthly_usd.high.0.to_string(), "379.6875", "300 MiB/s for 15 minutes, 120 times");
    assert!(more.assumptions.iter().any(|said| said.contains("more than the figure takes")));
    assert!(cost(&reading(0, POINTS)).monthly_usd.high.0.is_zero());
}

#[test]
fn reads_before_the_scan_began_do_not_cap_it() {
    let mut target = activated(reading(0, POINTS), at(POINTS - 60));
    if let Section::Complete(metrics) = &mut target.evidence.efs_metrics {
        let series = metrics.file_systems.get_mut("fs-0a").expect("the series");
        series.data_read = points(POINTS, |number| if number < POINTS - 60 { 0 } else { GIB });
    }
    let cost = found(&judge(&target), "efs-cold-read-charges").cost.clone().expect("a price");
    assert_eq!(cost.monthly_usd.high.0.to_string(), "69.12", "ten days of scans, scaled to thirty");
}

#[test]
fn ia_and_archive_are_read_alike_where_both_are_cold() {
    let mut target = with_file_system(reading(GIB, POINTS), |fs| {
        fs.throughput_mode = Some("bursting".into());
        fs.size.archive = Some(10 * TIB);
    });
    if let Section::Complete(metrics) = &mut target.evidence.efs_metrics {
        let series = metrics.file_systems.get_mut("fs-0a").expect("the series");
        series.archive = points(POINTS, |_| 10 * TIB);
    }
    let cost = found(&judge(&target), "efs-cold-read-charges").cost.clone().expect("a price");
    // 32 x 180 GiB, half x 0.012 and half x 0.036.
    assert_eq!(cost.monthly_usd.high.0.to_string(), "138.24");
}

// Damaged series.

#[test]
fn a_cold_series_that_ends_when_its_class_is_empty_still_shows_the_move() {
    let mut series = step(90, 10 * TIB, 10 * TIB);
    series.ia.truncate(90);
    series.archive.clear();
    let target = with_file_system(measured(series), |fs| {
        fs.size.ia = Some(0);
        fs.size.archive = None;
    });
    let history = found(&judge(&target), OBSERVED).history.clone().expect("a history");
    assert_eq!((history.moved_at, history.moved_bytes), (Some(at(90)), Some(10 * TIB)));
}

#[test]
fn a_move_shows_in_a_short_series_and_across_a_gap() {
    let mut short = step(170, 10 * TIB, 10 * TIB);
    for points in [&mut short.standard, &mut short.ia, &mut short.archive] {
        *points = points.split_off(168);
    }
    assert_eq!(observed(&measured(short)), Verdict::Findings);
    let mut gappy = step(90, 10 * TIB, 10 * TIB);
    gappy.ia.retain(|point| point.at < at(60) || point.at > at(120));
    assert_eq!(observed(&measured(gappy)), Verdict::Findings);
}

#[test]
fn the_largest_numbers_and_times_stop_nothing() {
    let end = DateTime::<Utc>::MAX_UTC;
    let start = DateTime::<Utc>::MIN_UTC;
    for values in [(0, u64::MAX), (u64::MAX, u64::MAX), (0, 0)] {
        let mut series = classes(|number| if number < 90 { values } else { (u64::MAX, 0) });
        series.archive = series.ia.clone();
        series.data_read = points(POINTS, |_| u64::MAX);
        assert!(verdict(&judge(&measured(series.clone())), OBSERVED).is_some());
        for points in [&mut series.standard, &mut series.ia, &mut series.data_read] {
            points.push(Point { at: start, value: u64::MAX });
            points.push(Point { at: end, value: 0 });
        }
        for period in [0, 1, u32::MAX] {
            let target = with(measured(series.clone()), |target| {
                let mut all = metrics(series.clone());
                all.period = period;
                all.to = Some(end);
                all.from = Some(start);
                target.evidence.efs_metrics = Section::Complete(all);
            });
            assert!(verdict(&judge(&activated(target, start)), OBSERVED).is_some());
        }
    }
}

#[test]
fn a_long_series_is_thinned_out_and_keeps_its_ends() {
    let mut series = step(90, 10 * TIB, 10 * TIB);
    let fine = |value: &dyn Fn(i64) -> u64| -> Vec<Point> {
        (0..2880).map(|number| Point { at: at(0) + Duration::minutes(15 * number), value: value(number) }).collect()
    };
    series.standard = fine(&|number| if number < 1440 { TIB } else { 11 * TIB });
    series.ia = fine(&|number| if number < 1440 { 10 * TIB } else { 0 });
    series.archive.clear();
    let target = with(measured(series), |target| {
        if let Section::Complete(metrics) = &mut target.evidence.efs_metrics {
            metrics.period = 900;
        }
    });
    let history = found(&judge(&target), OBSERVED).history.clone().expect("a history");
    assert_eq!(history.points.len(), 200);
    assert_eq!(history.points[0].at, at(0));
    assert_eq!(history.points[199].at, at(0) + Duration::minutes(15 * 2879));
    assert!(history.points.is_sorted_by_key(|point| point.at));
    assert_eq!(history.moved_at, Some(at(90)));
}

// The fixture.

#[test]
fn ten_tebibytes_that_moved_after_the_vm_scanner_came_are_the_worst_finding() {
    let snapshot: Snapshot =
        serde_json::from_str(include_str!("../../fixtures/snapshots/cold-data-moved.json")).expect("a snapshot");
    let report = report(&snapshot.targets[0]);
    let worst = &report.findings[0];
    assert_eq!(
        (worst.rule.as_str(), worst.severity, worst.confidence),
        (OBSERVED, Severity::Critical, Confidence::High)
    );
    let history = worst.history.as_ref().expect("a history");
    assert_eq!(history.points.len(), 180);
    assert!(history.moved_bytes.is_some_and(|bytes| bytes > 99 * TIB / 10 && bytes <= 10 * TIB), "{history:?}");
    assert_eq!(report.summary.monthly_usd.all(), worst.deciding_monthly(), "each dollar counts once");
}

#[test]
fn the_texts_of_a_move_do_not_contradict_each_other() {
    let snapshot: Snapshot =
        serde_json::from_str(include_str!("../../fixtures/snapshots/cold-data-moved.json")).expect("a snapshot");
    let evaluation = judge(&snapshot.targets[0]);
    let observed = found(&evaluation, OBSERVED);
    assert_eq!(observed.title, "10,237.91 cold GiB have moved to Standard since 2026-11-07, $3,407.18 a month more");
    for said in [
        "1 instance scanned by Inspector most likely mounts it.",
        "first step in the period from 2026-11-07 08:00 to 12:00 UTC",
        "the VM Scanner was activated at 2026-11-07T09:12:31+00:00, within that period",
    ] {
        assert!(observed.message.contains(said), "{said} in {}", observed.message);
    }
    assert!(!observed.message.contains("could mount"), "{}", observed.message);
    let pinned = found(&evaluation, "efs-tiering-pinned");
    assert_eq!(pinned.title, "10,237.91 cold GiB are back in Standard, and nothing of 10,751.99 GiB is cold now");
    assert!(pinned.message.contains("moved back to Standard since 2026-11-07"), "{}", pinned.message);
    assert!(!pinned.message.contains("still nothing"), "{}", pinned.message);
    let before = judge(&activated(moved(), at(90) - Duration::hours(5)));
    let message = &found(&before, OBSERVED).message;
    assert!(message.contains("at most 24 hours before it"), "{message}");
    let deleted = judge(&measured(step(90, 10 * TIB, 0)));
    let pinned = found(&deleted, "efs-tiering-pinned");
    assert_eq!(pinned.title, "Nothing of 1,024 GiB is cold now, although the lifecycle policy tiers");
    let never = judge(&measured(classes(|_| (11 * TIB, 0))));
    assert_eq!(
        found(&never, "efs-tiering-pinned").title,
        "The lifecycle policy has tiered none of 11,264 GiB",
        "nothing was ever cold"
    );
}

#[test]
fn one_day_is_no_days() {
    let short = with(quiet(), |target| {
        let mut series = classes(|_| (TIB, 10 * TIB));
        for points in [&mut series.standard, &mut series.ia, &mut series.archive] {
            *points = points.split_off(POINTS - 6);
        }
        target.evidence.efs_metrics = Section::Complete(metrics(series));
    });
    assert!(why_open(&short).contains("covers only 1 day, and 14 are needed"), "{}", why_open(&short));
}

// S3.

#[test]
fn a_bucket_on_a_scanned_instance_is_one_finding_without_a_figure() {
    for presence in [Presence::Mounted, Presence::OnDemand, Presence::Likely] {
        let probed = with(exposed(), |target| {
            target.evidence.probe = seen(vec![host("i-0a", s3(presence))]);
            target.evidence.tables = seen(vec![host("i-0a", s3(presence))]);
        });
        let evaluation = judge(&probed);
        let finding = found(&evaluation, "s3-mount-scanned");
        assert_eq!((finding.severity, &finding.cost), (Severity::Info, &None));
        assert_eq!(finding.evidence.len(), 1, "the same mount once: {:?}", finding.evidence);
        assert!(finding.evidence[0].detail.starts_with("assets-111122223333 at /data with mount-s3"));
    }
}

#[test]
fn a_bucket_matters_only_where_the_agent_scans() {
    let target = with(exposed(), |target| {
        target.evidence.tables = seen(vec![host("i-0a", s3(Presence::Mounted)), host("i-0b", s3(Presence::Mounted))]);
    });
    let s3 = |target: &Target| verdict(&judge(target), "s3-mount-scanned");
    assert_eq!(s3(&target), Some(Verdict::Findings));
    let one = |change: fn(&mut Target)| s3(&with(target.clone(), change));
    assert_eq!(one(|target| target.ssm.managed_nodes = Section::Complete(vec![])), Some(Verdict::Clean));
    assert_eq!(one(|target| target.ssm.managed_nodes = denied()), Some(Verdict::Inconclusive));
    assert_eq!(one(|target| target.ec2.instances = denied()), Some(Verdict::Inconclusive));
    assert_eq!(
        one(|target| target.inspector.account_status = account_status("ENABLED", "DISABLED")),
        Some(Verdict::Clean)
    );
    let stopped = with_instance(target.clone(), |instance| instance.state = "stopped".into());
    assert_eq!(s3(&stopped), Some(Verdict::Clean));
    let both = with(target, |target| {
        target.ec2.instances = Section::Complete(vec![instance("i-0a"), instance("i-0b")]);
        target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Online"), node("i-0b", "Online")]);
    });
    assert_eq!(judge(&both).findings.iter().filter(|finding| finding.rule == "s3-mount-scanned").count(), 2);
}

#[test]
fn the_rule_about_buckets_is_silent_without_a_source_and_open_where_one_failed() {
    let s3_verdict = |target: &Target| verdict(&judge(target), "s3-mount-scanned");
    assert_eq!(s3_verdict(&exposed()), None);
    let refused = with(exposed(), |target| target.evidence.probe = denied());
    assert_eq!(s3_verdict(&refused), Some(Verdict::Inconclusive));
    let failed = with(exposed(), |target| {
        let mut row = host("i-0a", s3(Presence::Mounted));
        row.failed = Some("the command timed out".into());
        target.evidence.probe = seen(vec![row]);
    });
    assert_eq!(s3_verdict(&failed), Some(Verdict::Inconclusive));
    let nothing = with(exposed(), |target| target.evidence.probe = seen(vec![host("i-0a", efs_mount(None))]));
    assert_eq!(s3_verdict(&nothing), Some(Verdict::Clean));
    let nobody = with(exposed(), |target| target.evidence.probe = seen(vec![]));
    assert_eq!(s3_verdict(&nobody), Some(Verdict::NotApplicable));
}

// Laws.

/// Twelve levels of five days each, as GiB in (Standard, IA).
fn levels() -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec((0..40_u64, 0..40_u64), 2..12)
}

fn of_levels(levels: &[(u64, u64)]) -> FileSystemMetrics {
    classes(|number| {
        let (standard, ia) = levels[number * levels.len() / POINTS];
        (standard * GIB, ia * GIB)
    })
}

fn outcome(series: FileSystemMetrics) -> (Verdict, Option<Vec<u64>>) {
    let evaluation = judge(&measured(series));
    let finding = evaluation.findings.iter().find(|finding| finding.rule == OBSERVED);
    let moved = finding.and_then(|finding| finding.history.as_ref()).and_then(|history| history.moved_bytes);
    (verdict(&evaluation, OBSERVED).expect("the rule ran"), moved.map(|bytes| vec![bytes]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn order_and_repetition_of_points_change_nothing(levels in levels(), seed in any::<u64>(), twice in 0..POINTS) {
        let series = of_levels(&levels);
        let mut shaken = series.clone();
        for points in [&mut shaken.standard, &mut shaken.ia, &mut shaken.archive] {
            let again = points[twice];
            points.push(again);
            points.sort_by_key(|point| point.at.timestamp().cast_unsigned().wrapping_mul(seed | 1));
        }
        let (mut sane, mut odd) = (measured(series.clone()), measured(series.clone()));
        sane.evidence.efs_metrics = Section::Complete(metrics(series));
        odd.evidence.efs_metrics = Section::Complete(metrics(shaken));
        let (a, b) = (judge(&sane), judge(&odd));
        prop_assert_eq!(a.findings, b.findings);
        prop_assert_eq!(a.verdicts, b.verdicts);
    }

    #[test]
    fn earlier_history_that_is_constant_never_hides_a_move(levels in levels(), earlier in 1..400_usize) {
        let series = of_levels(&levels);
        let mut longer = series.clone();
        for points in [&mut longer.standard, &mut longer.ia, &mut longer.archive] {
            let first = points[0];
            let before = |number: usize| {
                let back = i64::try_from(number).expect("small") * i64::from(PERIOD);
                Point { at: first.at - Duration::seconds(back), value: first.value }
            };
            points.extend((1..=earlier).map(before));
        }
        let (short, long) = (outcome(series), outcome(longer));
        if short.0 == Verdict::Findings {
            prop_assert_eq!(short, long);
        } else {
            prop_assert_ne!(long.0, Verdict::Findings);
        }
    }

    #[test]
    fn scaling_up_never_makes_a_move_smaller(levels in levels(), factor in 1..1000_u64) {
        let scaled: Vec<(u64, u64)> = levels.iter().map(|(standard, ia)| (standard * factor, ia * factor)).collect();
        let (small, large) = (outcome(of_levels(&levels)), outcome(of_levels(&scaled)));
        prop_assert_eq!(small.0, large.0, "levels are whole GiB, so only shares decide");
        if let (Some(small), Some(large)) = (small.1, large.1) {
            prop_assert_eq!(small[0] * factor, large[0]);
        }
    }

    #[test]
    fn what_moved_never_exceeds_what_left_or_what_arrived(levels in levels()) {
        if let Some(moved) = outcome(of_levels(&levels)).1 {
            let cold = levels.iter().map(|(_, ia)| *ia).max().unwrap_or(0) * GIB;
            let standard = levels.iter().map(|(standard, _)| *standard).max().unwrap_or(0) * GIB;
            prop_assert!(moved[0] <= cold && moved[0] <= standard);
        }
    }
}

/// Any time that a file can hold, most of them at the edges.
fn any_time() -> impl Strategy<Value = DateTime<Utc>> {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let near = move |seconds: i64| now() + Duration::seconds(seconds);
    prop_oneof![
        Just(first),
        Just(last),
        (0..200_000_i64).prop_map(move |seconds| first + Duration::seconds(seconds)),
        (0..200_000_i64).prop_map(move |seconds| last - Duration::seconds(seconds)),
        (first.timestamp()..last.timestamp())
            .prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap_or_default()),
        (-4_000_000..4_000_000_i64).prop_map(near),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_time_in_the_evidence_stops_a_run(
        times in prop::collection::vec(any_time(), 16), period in prop::sample::select(vec![0, 1, PERIOD, u32::MAX]),
        step_at in 1..POINTS, taken_at in prop::sample::select(vec!["2000-01-01T00:00:00Z", "2199-12-31T23:59:59Z"]),
        edge in any::<bool>(),
    ) {
        let mut series = step(step_at, 10 * TIB, 10 * TIB);
        for (points, at) in [&mut series.standard, &mut series.ia, &mut series.archive].into_iter().zip(&times) {
            points.push(Point { at: *at, value: TIB });
        }
        series.data_read = times.iter().map(|at| Point { at: *at, value: TIB }).collect();
        series.client_connections = series.data_read.clone();
        let mut target = with(measured(series.clone()), |target| {
            let mut all = metrics(series);
            (all.from, all.to, all.period) = (Some(times[3]), Some(times[4]), period);
            target.evidence.efs_metrics = Section::Complete(all);
            let rows = times.iter().map(|at| AssociationRun { at: *at, status: "Success".into() }).collect();
            target.evidence.association_runs = Section::Complete(Observed { rows, truncated: None });
            let mut probed = host("i-0a", efs_mount(None));
            probed.observed_at = Some(times[5]);
            target.evidence.probe = seen(vec![probed]);
            if let Section::Complete(Some(association)) = &mut target.ssm.inspector_association {
                association.schedule_expression = Some("cron(0 2 ? * SUN *)".into());
            }
        });
        target = with_file_system(target, |fs| fs.creation_time = Some(times[6]));
        target = with_instance(target, |instance| instance.launch_time = Some(times[7]));
        if edge {
            target.taken_at = taken_at.parse().expect("a time");
        }
        let judged = judge(&activated(target, times[8]));
        prop_assert!(verdict(&judged, OBSERVED).is_some());
    }
}
