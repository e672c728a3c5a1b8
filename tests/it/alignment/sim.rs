//! A seeded simulator of what a file system is read for: minutes of reads by people, jobs and, if it is there, the scan.
//!
//! No trace of a real file system is public; the worlds are those in which a test of alignment is likely to go wrong.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a simulated world is small, and nothing in it is exact"
)]

#[path = "worlds.rs"]
mod worlds;

use chrono::{DateTime, Duration, Utc};
use inspector_audit::alignment::{Absent, Reads, Scan};
use inspector_audit::model::Point;

pub(crate) use worlds::{SAME, WITH, WITHOUT};

const MINUTES_OF_DAY: usize = 1_440;

/// A generator of numbers that is the same everywhere (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Even between 0 and 1.
    fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }

    /// Even between two bounds.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    fn minute(&mut self, below: usize) -> usize {
        whole(self.between(0.0, below as f64 - 1e-6))
    }

    fn chance(&mut self, chance: f64) -> bool {
        self.unit() < chance
    }

    fn exponential(&mut self) -> f64 {
        -(1.0 - self.unit() * 0.999_999).ln()
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

fn whole(value: f64) -> usize {
    value.max(0.0) as usize
}

/// What happens on one file system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Part {
    /// People at their busiest so many bytes a minute: a bump, two bumps with a break, or office hours from 9 to 18.
    Bump(f64),
    TwoBumps(f64),
    Office(f64),
    /// A job every so many minutes, at a minute of its own (every six hours: not that of the runs): bytes, minutes it
    /// takes.
    Every(usize, f64, usize),
    /// The same, at any minute, that of the runs included.
    AnyMinute(usize, f64, usize),
    /// The same at the runs' own minute.
    EveryAtRun(usize, f64, usize),
    /// The same, so many minutes after the run.
    EveryBeside(usize, f64, usize, i64),
    /// A job every day at a time of its own, or of one run.
    Nightly(f64, usize),
    NightlyAtRun(f64, usize),
    /// Jobs at three of the four daily runs.
    ThreeOfFour(f64, usize),
    /// Bursts at any time, so many a day, of heavy-tailed size up to 45 minutes.
    Bursts(f64, f64),
    /// A level that drifts.
    Drift(f64),
    /// The run times stray by so many minutes.
    Stray(f64),
    /// Restarts: so many more runs, each with a burst of reads within the hour, not at once.
    Restarts(usize),
    /// So many more runs at any time, as after "apply association now".
    ByHand(usize),
    /// Of so many of a hundred periods nothing is known.
    Holes(f64),
    /// Two days of which nothing is known.
    Outage,
    /// Runs every so many minutes instead of 360.
    Interval(usize),
    /// So many days instead of 14.
    Days(usize),
    /// The scan: bytes a run.
    Scan(f64),
}

/// A simulated file system.
pub(crate) struct World {
    pub(crate) points: Vec<Point>,
    pub(crate) period: u32,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    pub(crate) runs: Vec<DateTime<Utc>>,
    pub(crate) every: Duration,
}

impl World {
    pub(crate) fn reads(&self) -> Reads<'_> {
        Reads { points: &self.points, period: self.period, from: self.from, to: self.to, absent: Absent::Unknown }
    }

    pub(crate) fn scan(&self) -> Scan<'_> {
        Scan { runs: &self.runs, every: self.every, lasts: Duration::minutes(15) }
    }
}

struct Minutes(Vec<f64>);

impl Minutes {
    fn add(&mut self, at: i64, bytes: f64) {
        if let Some(place) = usize::try_from(at).ok().and_then(|at| self.0.get_mut(at)) {
            *place += bytes;
        }
    }

    /// A job of about `bytes` over about `minutes`, begun about `at`.
    fn job(&mut self, dice: &mut Dice, at: i64, bytes: f64, minutes: usize) {
        let at = at + dice.between(-0.5, 1.5).round() as i64;
        let bytes = bytes * (1.0 + 0.2 * dice.normal()).max(0.1);
        for minute in 0..minutes {
            self.add(at + minute as i64, bytes / minutes as f64);
        }
    }

    fn every(&mut self, dice: &mut Dice, first: i64, every: usize, bytes: f64, minutes: usize) {
        let mut at = first.rem_euclid(every as i64) - every as i64;
        while at < self.0.len() as i64 {
            self.job(dice, at, bytes, minutes);
            at += every as i64;
        }
    }

    /// Adds one part; the first run is at minute `run`.
    fn of_part(&mut self, dice: &mut Dice, part: Part, weekday: usize, run: i64) {
        let length = self.0.len();
        match part {
            Part::Bump(peak) => {
                let centre = dice.between(10.0, 17.0);
                self.people(dice, weekday, peak, |hour| hump(hour, centre, 3.5));
            }
            Part::TwoBumps(peak) => {
                let first = dice.between(8.0, 11.0);
                self.people(dice, weekday, peak, |hour| hump(hour, first, 1.5) + hump(hour, first + 6.0, 1.5));
            }
            Part::Office(peak) => {
                self.people(dice, weekday, peak, |hour| if (9.0..18.0).contains(&hour) { 1.0 } else { 0.02 });
            }
            Part::Every(every, bytes, long) => {
                // At any minute but the quarter of an hour after the runs, where it is the scan as far as can be told.
                let mut first = dice.minute(every) as i64;
                if every == 360 {
                    first = run + 20 + dice.minute(320) as i64;
                }
                self.every(dice, first, every, bytes, long);
            }
            Part::AnyMinute(every, bytes, long) => {
                let first = dice.minute(every) as i64;
                self.every(dice, first, every, bytes, long);
            }
            Part::EveryAtRun(every, bytes, long) => self.every(dice, run, every, bytes, long),
            Part::EveryBeside(every, bytes, long, after) => self.every(dice, run + after, every, bytes, long),
            Part::Nightly(bytes, long) => {
                let first = dice.minute(MINUTES_OF_DAY) as i64;
                self.every(dice, first, MINUTES_OF_DAY, bytes, long);
            }
            Part::NightlyAtRun(bytes, long) => self.every(dice, run, MINUTES_OF_DAY, bytes, long),
            Part::ThreeOfFour(bytes, long) => {
                for step in 0..3 {
                    self.every(dice, run + step * 360, MINUTES_OF_DAY, bytes, long);
                }
            }
            Part::Bursts(a_day, bytes) => {
                for minute in 0..length {
                    if dice.chance(a_day / MINUTES_OF_DAY as f64) {
                        let size = bytes * (1.2 * dice.normal()).exp();
                        let long = 1 + dice.minute(45);
                        self.job(dice, minute as i64, size, long);
                    }
                }
            }
            Part::Drift(level) => {
                let mut log = 0.0;
                for minute in 0..length {
                    log = log * 0.9995 + 0.03 * dice.normal();
                    self.0[minute] += level * f64::exp(log) * dice.exponential();
                }
            }
            _ => {}
        }
    }

    /// People: a level for each minute of the day, less on weekends, uneven from five minutes to five minutes.
    fn people(&mut self, dice: &mut Dice, weekday: usize, peak_per_minute: f64, curve: impl Fn(f64) -> f64) {
        let mut noise = 1.0;
        for minute in 0..self.0.len() {
            if minute % 5 == 0 {
                noise = dice.exponential();
            }
            let hour = (minute % MINUTES_OF_DAY) as f64 / 60.0;
            let day = if (minute / MINUTES_OF_DAY + weekday) % 7 >= 5 { 0.1 } else { 1.0 };
            self.0[minute] += peak_per_minute * day * curve(hour) * noise;
        }
    }
}

fn hump(hour: f64, centre: f64, width: f64) -> f64 {
    (-((hour - centre) / width).powi(2)).exp()
}

/// Builds a world of some parts with points of `period` seconds.
pub(crate) fn world(seed: u64, period: u32, parts: &[Part]) -> World {
    let mut dice = Dice::new(seed);
    let (mut days, mut every, mut stray) = (14, 360, 0.5);
    for part in parts {
        match *part {
            Part::Days(count) => days = count,
            Part::Interval(minutes) => every = minutes,
            Part::Stray(minutes) => stray = minutes,
            _ => {}
        }
    }
    let length = days * MINUTES_OF_DAY;
    let weekday = dice.minute(7);
    // In minutes and their parts; the schedule keeps its phase.
    let phase = dice.between(0.0, every as f64);
    let mut runs: Vec<f64> = (0..=length / every)
        .map(|number| phase + (number * every) as f64 + stray * dice.between(-1.0, 1.0))
        .filter(|at| *at >= 0.0 && *at < length as f64 - 16.0)
        .collect();
    let mut minutes = Minutes(vec![0.0; length]);
    for part in parts {
        minutes.of_part(&mut dice, *part, weekday, phase.floor() as i64);
    }
    for part in parts {
        let more = match *part {
            Part::ByHand(count) | Part::Restarts(count) => count,
            _ => 0,
        };
        for _ in 0..more {
            let at = dice.between(0.0, length as f64 - 16.0);
            runs.push(at);
            if matches!(part, Part::Restarts(_)) {
                let delay = dice.between(-30.0, 30.0);
                minutes.job(&mut dice, (at + delay) as i64, 2e9, 10);
            }
        }
    }
    runs.sort_by(f64::total_cmp);
    for part in parts {
        if let Part::Scan(bytes) = *part {
            for at in &runs {
                let begins = at + dice.between(0.2, 3.0);
                let lasts = dice.between(3.0, 11.0);
                let bytes = bytes * dice.between(0.85, 1.15);
                for step in 0..20 {
                    let at = begins + lasts * f64::from(step) / 20.0;
                    minutes.add(at as i64, bytes / 20.0);
                }
            }
        }
    }
    let from = DateTime::UNIX_EPOCH + Duration::days(20_000);
    let span = period as usize / 60;
    let mut points: Vec<Point> = minutes
        .0
        .chunks(span)
        .enumerate()
        .map(|(number, chunk)| Point {
            at: from + Duration::seconds(i64::from(period) * number as i64),
            value: chunk.iter().sum::<f64>().round() as u64,
        })
        .collect();
    for part in parts {
        match *part {
            Part::Holes(percent) => points.retain(|_| !dice.chance(percent / 100.0)),
            Part::Outage => {
                let start = from + Duration::minutes(dice.minute(length - 2 * MINUTES_OF_DAY) as i64);
                points.retain(|point| point.at < start || point.at > start + Duration::days(2));
            }
            _ => {}
        }
    }
    World {
        points,
        period,
        from,
        to: from + Duration::days(days as i64),
        runs: runs.iter().map(|at| from + Duration::milliseconds((at * 60_000.0) as i64)).collect(),
        every: Duration::minutes(every as i64),
    }
}
