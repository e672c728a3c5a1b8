//! From when on a fall of cold bytes is a move, and when it began.

use chrono::Duration;
use inspector_audit::rules::{Confidence, Verdict};

use crate::builders::efs::{TIB, lifecycle, with};
use crate::builders::metrics::{PERIOD, at, classes, measured, step};
use crate::rules_history::{GIB, OBSERVED, activated, found, judge, moved, observed};

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
