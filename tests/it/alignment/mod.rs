//! Does the scan read this file system? The test on simulated file systems, and the storage beside it.

pub(crate) mod sim;
mod storage;

use chrono::{DateTime, Duration, Utc};
use inspector_audit::alignment::{Absent, Reading, Reads, Scan, Verdict, Why, aligned, read, verdict};
use inspector_audit::model::Point;
use proptest::prelude::*;

use sim::Part::{self, Bump, EveryAtRun, Interval, Restarts};
use sim::{SAME, WITH, WITHOUT, World, world};

/// People at their busiest, bytes a minute.
const BUSY: f64 = 6e7;

fn sees(world: &World) -> bool {
    matches!(aligned(&world.reads(), &world.scan()), Ok(Some(_)))
}

/// How many of `seeds` worlds are seen.
fn seen(seeds: std::ops::Range<u64>, period: u32, parts: &[Part]) -> usize {
    seeds.filter(|seed| sees(&world(*seed, period, parts))).count()
}

#[test]
fn next_to_no_world_without_a_scan_alarms() {
    let (mut worlds, mut alarms) = (0, Vec::new());
    for (offset, (name, parts)) in (0..).step_by(1_000).zip(WITHOUT) {
        let is_long = parts.iter().any(|part| matches!(part, Part::Days(15..)));
        for (period, count) in [(300, if is_long { 1 } else { 4 }), (3_600, 1)] {
            let found = seen(offset..offset + count, period, parts);
            worlds += count;
            alarms.extend((found > 0).then_some((*name, period, found)));
        }
    }
    let count: usize = alarms.iter().map(|(_, _, found)| found).sum();
    // At most 1 % is promised. The seeds are fixed, so this does not fail by chance.
    assert!(worlds >= 170 && count <= 1, "{alarms:?}");
}

#[test]
fn scans_are_found_as_often_as_promised() {
    for (name, parts, promised) in WITH.iter().filter(|(_, _, promised)| *promised > 0) {
        let found = seen(0..20, 300, parts) * 5;
        assert!(found >= *promised as usize, "{name}: {found} of 100");
    }
    // The finest points see as much.
    assert!(seen(0..4, 60, &[Bump(BUSY), Part::Scan(2e8)]) == 4);
}

#[test]
fn what_a_run_reads_is_measured() {
    for seed in 0..5 {
        let world = world(seed, 300, &[Bump(BUSY), Part::Scan(1e9)]);
        let Ok(Some(found)) = aligned(&world.reads(), &world.scan()) else { panic!("not seen with seed {seed}") };
        assert!((900_000_000..1_100_000_000).contains(&found.bytes_per_run), "{found:?}");
        assert!(found.range.0 <= found.bytes_per_run && found.bytes_per_run <= found.range.1, "{found:?}");
        assert!(found.range.1 - found.range.0 < 400_000_000, "{found:?}");
        assert!((50..=57).contains(&found.runs) && found.chance < 1e-3, "{found:?}");
    }
}

#[test]
fn what_would_have_been_seen_is_seen_when_it_is_there() {
    let worlds: [&[Part]; 3] = [&[Bump(BUSY)], &[Bump(BUSY), EveryAtRun(60, 5e9, 8)], &[Bump(BUSY), Restarts(5)]];
    for (seed, parts) in (0..6).zip(worlds.into_iter().cycle()) {
        let without = world(seed, 300, parts);
        let Reading::NotSeen(not_seen) = read(&without.reads(), &without.scan()) else { panic!("seed {seed}") };
        assert!((50..=62).contains(&not_seen.runs) && not_seen.smallest_seen > 10_000_000, "{not_seen:?}");
        #[expect(clippy::cast_precision_loss, reason = "megabytes")]
        let scan = Part::Scan(not_seen.smallest_seen as f64);
        let with: Vec<Part> = parts.iter().copied().chain([scan]).collect();
        assert!(sees(&world(seed, 300, &with)), "seed {seed}: {not_seen:?}");
    }
}

#[test]
fn a_silent_file_system_would_show_any_byte() {
    let world = world(1, 300, &[]);
    let Reading::NotSeen(found) = read(&world.reads(), &world.scan()) else { panic!("not seen") };
    assert!(found.smallest_seen <= 4, "{found:?}");
}

#[test]
fn a_reader_that_begins_elsewhere_is_not_the_scan() {
    for (after, long) in [(-10, 30), (-20, 8), (18, 8), (15, 45), (60, 20), (170, 20)] {
        let parts = [Bump(BUSY), Part::EveryBeside(360, 5e9, long, after)];
        assert_eq!(seen(0..4, 300, &parts), 0, "{after} min after the run, {long} min long");
    }
}

#[test]
fn a_reader_of_the_same_times_gives_itself_away_off_the_schedule() {
    let [(_, same), (_, by_hand), _] = SAME else { panic!("three worlds") };
    assert_eq!(seen(0..4, 300, same), 4, "it cannot be told from the scan");
    assert!(seen(0..6, 300, by_hand) <= 1, "it does not follow runs off the schedule");
}

fn why(reads: &Reads<'_>, scan: &Scan<'_>) -> Why {
    match read(reads, scan) {
        Reading::Unknown(why) => why,
        reading => panic!("{reading:?}"),
    }
}

#[test]
fn what_cannot_be_told_says_why() {
    let scanned = world(3, 300, &[Bump(BUSY), Part::Scan(1e9)]);
    let (reads, scan) = (scanned.reads(), scanned.scan());
    let few = Scan { runs: &scanned.runs[..7], ..scan };
    assert_eq!(why(&reads, &few), Why::TooFewRuns { have: 7, need: 8 });
    assert!(matches!(why(&Reads { points: &[], ..reads }, &scan), Why::TooLittleData { shown: 0, need: 8, .. }));
    let short = Reads { points: &scanned.points[..288], ..reads };
    assert!(matches!(why(&short, &scan), Why::TooLittleData { shown: 2..=4, need: 8, .. }));
    let hourly = Scan { every: Duration::hours(1), ..scan };
    assert_eq!(why(&reads, &hourly), Why::TooOften { every: Duration::hours(1) });
    let daily = world(3, 300, &[Interval(1_440), Part::Scan(1e9)]);
    assert_eq!(why(&daily.reads(), &daily.scan()), Why::FewClockTimes { have: 1, need: 3 });
    let coarse = world(3, 3_600, &[Part::Scan(1e9)]);
    assert_eq!(why(&coarse.reads(), &coarse.scan()), Why::TooCoarse { period: 3_600 });
    let noisy = world(3, 300, &[EveryAtRun(180, 5e12, 10)]);
    assert!(matches!(why(&noisy.reads(), &noisy.scan()), Why::TooNoisy { smallest_seen: Some(1_000_000_000_000..) }));
}

#[test]
fn what_is_missing_is_no_zero_unless_the_caller_says_so() {
    let mut scanned = world(5, 300, &[Part::Scan(1e9)]);
    scanned.points.retain(|point| point.value > 0);
    assert!(matches!(why(&scanned.reads(), &scanned.scan()), Why::TooLittleData { .. }));
    let reads = Reads { absent: Absent::Nothing, ..scanned.reads() };
    assert!(matches!(read(&reads, &scanned.scan()), Reading::Aligned(_)));
}

#[test]
fn data_and_metadata_are_put_together() {
    let (quiet, loud) = (world(1, 300, &[Bump(BUSY)]), world(1, 300, &[Bump(BUSY), Part::Scan(1e9)]));
    let (quiet, loud) = (|| read(&quiet.reads(), &quiet.scan()), || read(&loud.reads(), &loud.scan()));
    let unknown = || Reading::Unknown(Why::TooFewRuns { have: 0, need: 8 });
    assert!(matches!(verdict(loud(), Some(loud())), Verdict::ReadsAligned { metadata: Some(_), .. }));
    assert!(matches!(verdict(loud(), Some(quiet())), Verdict::ReadsAligned { metadata: None, .. }));
    assert!(matches!(verdict(quiet(), Some(loud())), Verdict::WalksOnly { .. }));
    assert!(matches!(verdict(quiet(), Some(quiet())), Verdict::NotSeen { metadata: Some(_), .. }));
    assert!(matches!(verdict(quiet(), None), Verdict::NotSeen { metadata: None, .. }));
    assert!(matches!(verdict(unknown(), Some(loud())), Verdict::Unknown { .. }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// The order of points and runs, points that are sent twice, and a level that is always read change nothing.
    #[test]
    fn only_what_is_read_counts(seed in 0..1_000_u64, scan in prop::bool::ANY, level in 0..1_u64 << 40) {
        let parts: &[Part] = if scan { &[Bump(BUSY), Part::Scan(5e8)] } else { &[Bump(BUSY)] };
        let mut world = world(seed, 300, parts);
        let before = aligned(&world.reads(), &world.scan());
        for point in &mut world.points {
            point.value += level;
        }
        world.points.extend_from_within(..100);
        world.points.reverse();
        world.runs.reverse();
        prop_assert_eq!(before, aligned(&world.reads(), &world.scan()));
    }

    /// No input panics.
    #[test]
    fn anything_is_judged(
        values in prop::collection::vec((any::<u32>(), any::<u64>()), 0..200),
        runs in prop::collection::vec(any::<i32>(), 0..40),
        (period, every, lasts) in (any::<u32>(), any::<i32>(), any::<i32>()),
        (from, to) in (any::<i32>(), any::<i32>()),
    ) {
        let at = |seconds: i64| DateTime::<Utc>::UNIX_EPOCH + Duration::seconds(seconds);
        let points: Vec<Point> = values.iter().map(|(time, value)| Point { at: at(i64::from(*time)), value: *value }).collect();
        let runs: Vec<DateTime<Utc>> = runs.iter().map(|run| at(i64::from(*run))).collect();
        let scan = Scan { runs: &runs, every: Duration::seconds(every.into()), lasts: Duration::seconds(lasts.into()) };
        for period in [period, 0, 1, 300, 3_600] {
            let (from, to) = (at(from.into()), at(to.into()));
            let reads = Reads { points: &points, period, from, to, absent: Absent::Nothing };
            let _ = read(&reads, &scan);
        }
    }
}
