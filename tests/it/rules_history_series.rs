//! Series that are damaged, long or forged, and laws on random ones.

use chrono::{DateTime, Duration, Utc};
use inspector_audit::model::{AssociationRun, FileSystemMetrics, Observed, Point, Section};
use inspector_audit::rules::Verdict;
use proptest::prelude::*;

use crate::builders::efs::{TIB, now, with, with_file_system, with_instance};
use crate::builders::metrics::{PERIOD, POINTS, at, classes, efs_mount, host, measured, metrics, points, seen, step};
use crate::rules_history::{GIB, OBSERVED, activated, found, judge, observed, verdict};

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
