//! Whether the cost has begun: every row of the verdict table.

use chrono::{DateTime, Duration, Utc};
use inspector_audit::model::{
    AssociationRun, DeclaredMount, EfsMetrics, FileSystemMetrics, FindingPath, GapReason, HostMount,
    LifecycleConfiguration, MountKind, Observed, Point, Section, SectionName, Target,
};
use inspector_audit::price::PriceTable;
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::rules::efs::evidence::{SourceState, source_states};
use inspector_audit::rules::{Basis, Confidence, MonthlyUsd, RULES, RuleSettings, Severity, Verdict};

use crate::builders::efs::{TIB, account_status, denied, exposed, gap, now, with, with_file_system};
use crate::builders::metrics::{POINTS, at, classes, efs_mount, host, measured, metrics, points, runs, seen, step};
use crate::support::evaluate;

pub(crate) const GIB: u64 = 1 << 30;
pub(crate) const OBSERVED: &str = "efs-recall-observed";

pub(crate) fn judge(target: &Target) -> Evaluation {
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &RULES)
}

pub(crate) fn verdict(evaluation: &Evaluation, rule: &str) -> Option<Verdict> {
    evaluation.verdicts.iter().find(|verdict| verdict.rule == rule).map(|verdict| verdict.verdict)
}

pub(crate) fn found<'e>(evaluation: &'e Evaluation, rule: &str) -> &'e Finding {
    evaluation.findings.iter().find(|finding| finding.rule == rule).unwrap_or_else(|| panic!("no finding of {rule}"))
}

pub(crate) fn observed(target: &Target) -> Verdict {
    verdict(&judge(target), OBSERVED).expect("the rule ran")
}

/// What the gap that keeps the rule open says.
pub(crate) fn why_open(target: &Target) -> String {
    let evaluation = judge(target);
    assert_eq!(verdict(&evaluation, OBSERVED), Some(Verdict::Inconclusive));
    let open = evaluation.gaps.iter().find(|gap| gap.rules.iter().any(|rule| rule == OBSERVED)).expect("a gap");
    assert_eq!(open.section.as_str(), "cloudwatch.efs_metrics");
    open.message.clone()
}

pub(crate) fn said(finding: &Finding, kind: &str) -> String {
    let of_kind = finding.evidence.iter().filter(|evidence| evidence.kind == kind);
    of_kind.map(|evidence| evidence.detail.as_str()).collect::<Vec<_>>().join("\n")
}

/// All 10 TiB moved at point 90.
pub(crate) fn moved() -> Target {
    measured(step(90, 10 * TIB, 10 * TIB))
}

/// Nothing moves: 10 TiB stay in IA.
pub(crate) fn quiet() -> Target {
    measured(classes(|_| (TIB, 10 * TIB)))
}

pub(crate) fn activated(mut target: Target, when: DateTime<Utc>) -> Target {
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
fn reads_that_were_asked_for_and_not_had_leave_the_beginning_to_speak() {
    let mut target = activated(moved(), at(89));
    assert_eq!(found(&judge(&target), OBSERVED).confidence, Confidence::High);
    target.evidence.efs_reads = denied();
    assert_eq!(found(&judge(&target), OBSERVED).confidence, Confidence::High);
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
