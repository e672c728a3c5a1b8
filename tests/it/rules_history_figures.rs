//! What has moved and what is read in money, and the sentences that say so.

use chrono::Duration;
use inspector_audit::model::{Section, Snapshot, Target};
use inspector_audit::price::Provenance;
use inspector_audit::report::{MonthlyTotals, Report, ReportBuilder, TargetId};
use inspector_audit::rules::{Basis, Confidence, Severity};

use crate::builders::efs::{TIB, lifecycle, with, with_file_system};
use crate::builders::metrics::{POINTS, at, classes, measured, metrics, points, step};
use crate::rules_history::{GIB, OBSERVED, activated, found, judge, moved, quiet, why_open};

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
    assert_eq!(cost.lines.len(), 1, "nothing was in Archive: {:?}", cost.lines);
    let seen = "what StorageBytes shows to have been cold in the last 30 days";
    assert!(cost.assumptions.iter().any(|said| said.contains(seen)), "{:?}", cost.assumptions);
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
    assert!(cost.assumptions.iter().any(|said| said.contains("Standard took it or was written to")));
    assert_eq!(found(&evaluation, "efs-tiering-pinned").confidence, Confidence::Low);
    let never = judge(&measured(classes(|_| (11 * TIB, 0))));
    let cost = found(&never, "efs-tiering-pinned").cost.clone().expect("a price");
    assert_eq!(cost.monthly_usd.likely, None);
    let never = "in 30 days of StorageBytes nothing was ever cold";
    assert!(cost.assumptions.iter().any(|said| said.contains(never)));
    // What was cold and was deleted was cold.
    let deleted = judge(&measured(step(90, 10 * TIB, 0)));
    let cost = found(&deleted, "efs-tiering-pinned").cost.clone().expect("a price");
    assert!(!cost.assumptions.iter().any(|said| said.contains(never)), "{:?}", cost.assumptions);
    let little = judge(&measured(classes(|number| if number < 90 { (11 * TIB, GIB / 2) } else { (11 * TIB, 0) })));
    let cost = found(&little, "efs-tiering-pinned").cost.clone().expect("a price");
    assert!(!cost.assumptions.iter().any(|said| said.contains(never)), "{:?}", cost.assumptions);
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
    assert_eq!(observed.title, "10,237.91 cold GiB have moved to Standard since 2026-11-07, $3,407 a month more");
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
