//! The simulated worlds.

use super::Part::{
    self, AnyMinute, Bump, Bursts, ByHand, Days, Drift, Every, EveryAtRun, EveryBeside, Holes, Interval, Nightly,
    NightlyAtRun, Office, Outage, Restarts, Scan, Stray, ThreeOfFour, TwoBumps,
};

/// A megabyte and a gigabyte, bytes.
const MB: f64 = 1e6;
const GB: f64 = 1e9;
/// Reads of people at their busiest, bytes a minute: 300 MB in five minutes.
const BUSY: f64 = 60.0 * MB;

/// Worlds in which the scan reads nothing.
pub(crate) const WITHOUT: &[(&str, &[Part])] = &[
    ("nothing at all", &[]),
    ("business, one bump", &[Bump(BUSY)]),
    ("business, two bumps", &[TwoBumps(BUSY)]),
    ("business, office hours", &[Office(BUSY)]),
    ("steady, drifting", &[Drift(BUSY)]),
    ("hourly 5 GB", &[Bump(BUSY), Every(60, 5.0 * GB, 8)]),
    ("hourly 5 GB at the run", &[Bump(BUSY), EveryAtRun(60, 5.0 * GB, 8)]),
    ("half-hourly 2 GB", &[Bump(BUSY), Every(30, 2.0 * GB, 5)]),
    ("ten-minutely 300 MB", &[Every(10, 0.3 * GB, 2)]),
    ("two-hourly 5 GB at the run", &[Bump(BUSY), EveryAtRun(120, 5.0 * GB, 8)]),
    ("three-hourly 5 GB at the run", &[Bump(BUSY), EveryAtRun(180, 5.0 * GB, 8)]),
    ("90-minutely 5 GB at the run", &[Bump(BUSY), EveryAtRun(90, 5.0 * GB, 8)]),
    ("four-hourly 5 GB at the run", &[Bump(BUSY), EveryAtRun(240, 5.0 * GB, 8)]),
    ("twelve-hourly 20 GB at the run", &[Bump(BUSY), EveryAtRun(720, 20.0 * GB, 20)]),
    ("nightly 50 GB", &[Bump(BUSY), Nightly(50.0 * GB, 40)]),
    ("nightly 50 GB at a run", &[Bump(BUSY), NightlyAtRun(50.0 * GB, 40)]),
    ("nightly at three of four runs", &[Bump(BUSY), ThreeOfFour(5.0 * GB, 10)]),
    ("six-hourly 5 GB elsewhere", &[Bump(BUSY), Every(360, 5.0 * GB, 10)]),
    ("six-hourly 5 GB elsewhere, quiet", &[Every(360, 5.0 * GB, 10)]),
    ("six-hourly, 10 min before, 30 long", &[EveryBeside(360, 5.0 * GB, 30, -10)]),
    ("six-hourly, 16 min after", &[EveryBeside(360, 5.0 * GB, 10, 16)]),
    ("bursts, 20 a day", &[Bursts(20.0, 2.0 * GB)]),
    ("bursts, 200 a day", &[Bump(BUSY), Bursts(200.0, 0.5 * GB)]),
    ("business, 5 % holes", &[Bump(BUSY), Holes(5.0)]),
    ("business, outage, nightly", &[Bump(BUSY), Outage, Nightly(50.0 * GB, 40)]),
    ("business, 10 restarts", &[Bump(BUSY), Restarts(10)]),
    ("business, runs stray 10 min", &[Bump(BUSY), Stray(10.0), Every(60, 5.0 * GB, 8)]),
    ("runs every 3 h, hourly 5 GB", &[Bump(BUSY), Interval(180), EveryAtRun(60, 5.0 * GB, 8)]),
    ("runs every 3 h, six-hourly at run", &[Bump(BUSY), Interval(180), EveryAtRun(360, 5.0 * GB, 8)]),
    ("runs every 7 h, two bumps", &[TwoBumps(BUSY), Interval(420), Every(60, 5.0 * GB, 8)]),
    ("runs every 8 h, nightly at run", &[TwoBumps(BUSY), Interval(480), NightlyAtRun(50.0 * GB, 40)]),
    ("4 days, business", &[Bump(BUSY), Days(4)]),
    ("4 days, hourly 5 GB at the run", &[Bump(BUSY), Days(4), EveryAtRun(60, 5.0 * GB, 8)]),
    ("60 days, two bumps, hourly", &[TwoBumps(BUSY), Days(60), Every(60, 5.0 * GB, 8)]),
    (
        "everything",
        &[
            TwoBumps(BUSY),
            Every(60, 5.0 * GB, 8),
            Nightly(50.0 * GB, 40),
            Every(360, 5.0 * GB, 10),
            Bursts(20.0, 2.0 * GB),
            Holes(2.0),
            Stray(3.0),
        ],
    ),
];

/// Worlds of another reader with the scan's own interval and times, which nothing can tell from it but runs off the
/// schedule: no false alarms are promised here.
pub(crate) const SAME: &[(&str, &[Part])] = &[
    ("six-hourly 5 GB at the run", &[Bump(BUSY), EveryAtRun(360, 5.0 * GB, 8)]),
    ("the same, 8 runs by hand", &[Bump(BUSY), EveryAtRun(360, 5.0 * GB, 8), ByHand(8)]),
    ("six-hourly 5 GB, any minute", &[Bump(BUSY), AnyMinute(360, 5.0 * GB, 8)]),
];

/// Worlds in which it reads, and how many of a hundred are to be found with 14 days at 300 s.
pub(crate) const WITH: &[(&str, &[Part], u32)] = &[
    ("200 MB, quiet", &[Scan(0.2 * GB)], 95),
    ("200 MB, one bump", &[Bump(BUSY), Scan(0.2 * GB)], 95),
    ("200 MB, two bumps", &[TwoBumps(BUSY), Scan(0.2 * GB)], 95),
    ("200 MB, office hours", &[Office(BUSY), Scan(0.2 * GB)], 95),
    ("200 MB, steady, drifting", &[Drift(BUSY / 3.0), Scan(0.2 * GB)], 0),
    ("200 MB, hourly 5 GB", &[Every(60, 5.0 * GB, 8), Scan(0.2 * GB)], 0),
    ("1 GB, hourly 5 GB", &[Bump(BUSY), Every(60, 5.0 * GB, 8), Scan(GB)], 80),
    ("1 GB, hourly 5 GB at the run", &[Bump(BUSY), EveryAtRun(60, 5.0 * GB, 8), Scan(GB)], 80),
    ("1 GB, half-hourly 2 GB", &[Bump(BUSY), Every(30, 2.0 * GB, 5), Scan(GB)], 0),
    ("1 GB, nightly 50 GB at a run", &[Bump(BUSY), NightlyAtRun(50.0 * GB, 40), Scan(GB)], 0),
    ("1 GB, six-hourly 5 GB elsewhere", &[Bump(BUSY), Every(360, 5.0 * GB, 10), Scan(GB)], 0),
    ("1 GB, bursts, 20 a day", &[Bursts(20.0, 2.0 * GB), Scan(GB)], 0),
    ("200 MB, bump, 5 % holes", &[Bump(BUSY), Holes(5.0), Scan(0.2 * GB)], 0),
    ("200 MB, bump, runs stray 10 min", &[Bump(BUSY), Stray(10.0), Scan(0.2 * GB)], 0),
    ("200 MB, bump, 10 restarts", &[Bump(BUSY), Restarts(10), Scan(0.2 * GB)], 0),
    ("200 MB, bump, 8 by hand", &[Bump(BUSY), ByHand(8), Scan(0.2 * GB)], 0),
    ("200 MB, bump, runs every 3 h", &[Bump(BUSY), Interval(180), Scan(0.2 * GB)], 0),
    ("200 MB, bump, runs every 8 h", &[Bump(BUSY), Interval(480), Scan(0.2 * GB)], 0),
    ("200 MB, bump, 4 days", &[Bump(BUSY), Days(4), Scan(0.2 * GB)], 0),
    (
        "1 GB, everything",
        &[
            TwoBumps(BUSY),
            Every(60, 5.0 * GB, 8),
            Nightly(50.0 * GB, 40),
            Every(360, 5.0 * GB, 10),
            Bursts(20.0, 2.0 * GB),
            Holes(2.0),
            Stray(3.0),
            Scan(GB),
        ],
        0,
    ),
];
