//! Is the scan moving nothing? What storage classes, runs and reads say together.

use chrono::{DateTime, Duration, Utc};
use inspector_audit::alignment::storage::{Movement, Opened, Stored, Visitor, Why, Witness, movement, opened};
use inspector_audit::model::Point;

use super::sim::{Part, world};

const GIB: u64 = 1 << 30;
const DAYS: i64 = 15;

fn start() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::days(20_000)
}

/// A file system over fifteen days, a value an hour, with a scan every six hours.
struct Store {
    standard: Vec<Point>,
    ia: Vec<Point>,
    runs: Vec<DateTime<Utc>>,
}

impl Store {
    /// Standard and IA in GiB by the hour.
    fn of(standard: impl Fn(i64) -> i64, ia: impl Fn(i64) -> i64) -> Self {
        let points = |value: &dyn Fn(i64) -> i64| -> Vec<Point> {
            let point = |hour: i64| Point {
                at: start() + Duration::hours(hour),
                value: u64::try_from(value(hour)).unwrap_or(0) * GIB,
            };
            (0..DAYS * 24).map(point).collect()
        };
        let runs = (0..DAYS * 4).map(|run| start() + Duration::hours(6 * run) + Duration::minutes(70)).collect();
        Self { standard: points(&standard), ia: points(&ia), runs }
    }

    fn judge(&self, witness: Witness) -> Movement {
        self.judge_since(start() - Duration::days(30), witness)
    }

    fn judge_since(&self, since: DateTime<Utc>, witness: Witness) -> Movement {
        movement(&self.stored(), &[Visitor { since, runs: &self.runs }], witness)
    }

    fn stored(&self) -> Stored<'_> {
        let to = start() + Duration::days(DAYS);
        let now = self.ia.last().map(|point| point.value);
        Stored { standard: &self.standard, ia: &self.ia, archive: &[], ia_now: now, archive_now: Some(0), to }
    }
}

fn nothing(movement: &Movement) -> Option<(u64, u64)> {
    match movement {
        Movement::MovesNothing { moved_a_month, fallen_a_month, .. } => Some((*moved_a_month, *fallen_a_month)),
        _ => None,
    }
}

#[test]
fn a_still_file_system_is_enough_without_reads() {
    let still = Store::of(|_| 500, |_| 4_000);
    let found = still.judge(Witness::Unknown);
    let expected = Movement::MovesNothing { runs: 60, days: DAYS, fresh: 0, moved_a_month: 0, fallen_a_month: 0 };
    assert_eq!(found, expected);
    assert_eq!(still.judge(Witness::ReadsNothing), expected);
}

#[test]
fn storage_that_stands_still_while_the_scan_reads_is_a_balance() {
    assert_eq!(Store::of(|_| 500, |_| 4_000).judge(Witness::Reads), Movement::Unknown(Why::Balanced));
    // 5 GiB come back every day, and 5 GiB are tiered again.
    let wave = |hour: i64| hour % 24 / 12 * 5;
    let balanced = Store::of(|hour| 500 + wave(hour), |hour| 4_000 - wave(hour));
    assert!(matches!(balanced.judge(Witness::Unknown), Movement::Moves { moved_a_month } if moved_a_month > 100 * GIB));
}

#[test]
fn ingest_and_deletion_in_one_window_are_no_move() {
    // A GiB is written each hour; on the sixth day 300 GiB that were cold are deleted.
    let busy = Store::of(|hour| 500 + hour, |hour| if hour < 130 { 4_000 } else { 3_700 });
    assert!(
        matches!(busy.judge(Witness::Unknown), Movement::Unknown(Why::NotStill { swing_a_month }) if swing_a_month > 500 * GIB)
    );
    let (moved, fallen) = nothing(&busy.judge(Witness::ReadsNothing)).expect("three hours' ingest at most");
    assert!(moved <= 8 * GIB && fallen > 590 * GIB, "{moved} {fallen}");
    // The same 300 GiB are recalled instead.
    let recalled = Store::of(|hour| if hour < 130 { 500 } else { 800 }, |hour| if hour < 130 { 4_000 } else { 3_700 });
    for witness in [Witness::Unknown, Witness::ReadsNothing, Witness::Reads] {
        assert!(matches!(recalled.judge(witness), Movement::Moves { moved_a_month } if moved_a_month > 590 * GIB));
    }
}

#[test]
fn tiering_hides_recall_unless_nothing_is_read() {
    // A GiB is written and a GiB is tiered each hour: Standard stands still, cold grows.
    let archive = Store::of(|_| 500, |hour| 4_000 + hour);
    assert!(matches!(archive.judge(Witness::Unknown), Movement::Unknown(Why::NotStill { .. })));
    assert_eq!(nothing(&archive.judge(Witness::ReadsNothing)), Some((0, 0)));
}

#[test]
fn only_runs_after_the_mount_count() {
    let still = Store::of(|_| 500, |_| 4_000);
    let yesterday = start() + Duration::days(DAYS - 1);
    let few = Movement::Unknown(Why::TooFewRuns { have: 4, need: 8 });
    assert_eq!(still.judge_since(yesterday, Witness::ReadsNothing), few);
    let ten_days_ago = start() + Duration::days(DAYS - 10);
    let short = still.judge_since(ten_days_ago, Witness::ReadsNothing);
    assert!(matches!(short, Movement::Unknown(Why::TooShort { days: 9, need: 14 })), "{short:?}");
    // Beside one that has it for long, it is named.
    let visitors = [start(), yesterday].map(|since| Visitor { since, runs: &still.runs });
    let both = movement(&still.stored(), &visitors, Witness::Unknown);
    assert!(matches!(both, Movement::MovesNothing { runs: 60, fresh: 1, .. }), "{both:?}");
    assert_eq!(
        movement(&still.stored(), &[], Witness::Unknown),
        Movement::Unknown(Why::TooFewRuns { have: 0, need: 8 })
    );
}

#[test]
fn metrics_that_begin_in_the_middle_are_not_empty_before() {
    let mut store = Store::of(|_| 500, |_| 4_000);
    store.ia.drain(..100);
    let short = store.judge(Witness::ReadsNothing);
    assert!(matches!(short, Movement::Unknown(Why::TooShort { days: 10, need: 14 })), "{short:?}");
    store.ia.clear();
    let stored = Stored { ia_now: Some(GIB), ..store.stored() };
    let visitors = [Visitor { since: start(), runs: &store.runs }];
    assert_eq!(movement(&stored, &visitors, Witness::ReadsNothing), Movement::Unknown(Why::NoValues));
    let empty = Stored { ia_now: Some(0), ..store.stored() };
    assert_eq!(movement(&empty, &visitors, Witness::ReadsNothing), Movement::Unknown(Why::NothingCold));
}

#[test]
fn silence_of_days_says_nothing() {
    let mut stopped = Store::of(|_| 500, |_| 4_000);
    stopped.runs.truncate(40);
    assert!(matches!(stopped.judge(Witness::ReadsNothing), Movement::Unknown(Why::TooShort { days: 9, .. })));
    let mut holed = Store::of(|_| 500, |_| 4_000);
    holed.standard.drain(100..160);
    assert_eq!(holed.judge(Witness::ReadsNothing), Movement::Unknown(Why::NoValues));
}

#[test]
fn a_class_that_has_ended_empty_has_fallen_to_nothing() {
    let mut store = Store::of(|hour| if hour < 200 { 500 } else { 900 }, |_| 400);
    store.ia.truncate(200);
    let visitors = [Visitor { since: start(), runs: &store.runs }];
    let stored = Stored { ia_now: Some(0), ..store.stored() };
    assert!(matches!(movement(&stored, &visitors, Witness::Unknown), Movement::Moves { .. }));
}

#[test]
fn reads_near_zero_are_next_to_nothing_in_every_run() {
    let quiet = world(1, 300, &[]);
    assert!(matches!(opened(&quiet.reads(), &quiet.scan()), Opened::NearZero { runs: 50..=57, bytes_per_run: 0 }));
    let little = world(1, 300, &[Part::Scan(1e6)]);
    let found = opened(&little.reads(), &little.scan());
    assert!(matches!(found, Opened::NearZero { bytes_per_run: 900_000..=1_100_000, .. }), "{found:?}");
    let much = world(1, 300, &[Part::Scan(1e8)]);
    assert!(matches!(opened(&much.reads(), &much.scan()), Opened::Some { bytes_per_run: 90_000_000..=110_000_000 }));
    let few = inspector_audit::alignment::Scan { runs: &quiet.runs[..3], ..quiet.scan() };
    assert_eq!(opened(&quiet.reads(), &few), Opened::Unknown { shown: 3, need: 8 });
}
