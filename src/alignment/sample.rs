//! The windows of the runs, and those that they are compared with.

use super::ranks::score;
use super::reading::Scan;
use super::series::{Series, median};

/// Seconds of an hour and of a day.
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// How far the same minute of other hours is looked at to both sides: further away it is another part of the day.
const HOURS: i64 = 3;
/// Into how many equal parts a job's own interval may divide that of the scan: a job every three hours meets every run
/// of a scan every six. Six parts are the hours, which are compared anyway; shorter parts divide an hour too.
pub(super) const PARTS: [i64; 4] = [2, 3, 4, 5];
/// The day is cut into at least and at most so many stretches.
const STRETCHES: (i64, i64) = (4, 8);
/// A run further from the schedule than this was made off it, seconds.
const OFF_SCHEDULE: i64 = 1_800;
/// The first part of a run and the time before it in which reads are looked for, seconds.
const EDGE: i64 = 600;
/// The most runs that are looked at, the latest of them: 63 days of a scan every six hours.
const MAX_RUNS: usize = 256;

/// One run with what it is compared with, bytes.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The stretch of the day, from zero.
    pub(super) stretch: usize,
    /// Whether it was made off the schedule.
    pub(super) off_schedule: bool,
    /// In its window, above the level around it.
    pub(super) here: i128,
    /// The same at the same minute of other hours: what a job every hour, half hour, … reads is there too.
    pub(super) hours: Vec<i128>,
    /// By how much the run exceeds each other end of the parts of its interval, for each of [`PARTS`].
    pub(super) parts: [Vec<Option<i128>>; PARTS.len()],
    /// In its window, beyond the median of the same minute of other hours.
    pub(super) excess: i128,
    /// The same in its first ten minutes alone, from the start of the period on in which it begins.
    pub(super) first: Option<i128>,
    /// The same in the ten minutes before, as if they were as long as the window.
    pub(super) before: Option<i128>,
    /// The same in the window after it.
    pub(super) after: Option<i128>,
}

impl Run {
    /// The score of the run against other hours, had it read `more`.
    pub(super) fn score(&self, more: i128) -> i64 {
        score(self.here + more, &self.hours)
    }
}

/// Some periods of a series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    from: i64,
    count: i64,
}

impl Window {
    fn shifted(self, periods: i64) -> Self {
        Self { from: self.from + periods, ..self }
    }

    fn meets(self, other: Self) -> bool {
        self.from < other.from + other.count && other.from < self.from + self.count
    }

    /// What was read in it.
    pub(super) fn bytes(self, series: &Series) -> Option<i128> {
        series.window(self.from, self.count)
    }

    /// What was read in it above the level around it.
    ///
    /// The level is the second least of the three windows before and the three after: what rises and falls with the
    /// working day is gone, and other jobs may read in up to four of them. Where a period is an hour the windows beside
    /// it are no level.
    fn above_level(self, series: &Series) -> Option<i128> {
        let value = self.bytes(series)?;
        if series.period >= HOUR {
            return Some(value);
        }
        let beside = [-3, -2, -1, 1, 2, 3].map(|step| self.shifted(step * self.count));
        let mut beside: Vec<i128> = beside.iter().filter_map(|window| window.bytes(series)).collect();
        beside.sort_unstable();
        beside.get(1).map(|level| value - level)
    }
}

/// Into how many stretches the day is cut, so that a run of the schedule falls into each of them once a day.
pub(super) fn stretches(scan: &Scan<'_>) -> i64 {
    (DAY / scan.every.num_seconds().max(1)).clamp(STRETCHES.0, STRETCHES.1)
}

/// The runs of a scan in windows of a series: the second at which each began, and its window.
///
/// The windows are those of the periods that a run touches; runs that share one are one.
pub(super) fn windows(series: &Series, scan: &Scan<'_>) -> Vec<(i64, Window)> {
    let mut begins: Vec<i64> = scan.runs.iter().map(chrono::DateTime::timestamp).collect();
    begins.sort_unstable();
    let mut windows: Vec<(i64, Window)> = Vec::new();
    for begin in begins.into_iter().rev() {
        let from = begin.div_euclid(series.period);
        let end = (begin + scan.seconds() - 1).div_euclid(series.period);
        let window = Window { from, count: end - from + 1 };
        // Of runs in one window the first counts.
        if windows.last().is_some_and(|(_, last)| last.meets(window)) {
            windows.pop();
        }
        if windows.len() == MAX_RUNS {
            break;
        }
        windows.push((begin, window));
    }
    windows.reverse();
    windows
}

/// What stands beside a series and a scan to make a [`Run`] of a window.
struct Sampler<'s> {
    series: &'s Series,
    every: i64,
    runs: &'s [(i64, Window)],
    hours: Vec<i64>,
}

/// The runs that the series shows, with what they are compared with, in order of time.
pub(super) fn runs(series: &Series, scan: &Scan<'_>, windows: &[(i64, Window)]) -> Vec<Run> {
    let (every, stretch) = (scan.every.num_seconds(), DAY / stretches(scan));
    let sampler = Sampler { series, every, runs: windows, hours: hours(series.period, every) };
    let times: Vec<i64> = windows.iter().map(|(at, _)| *at).collect();
    let (start, on_schedule) = (phase(&times, stretch), phase(&times, every));
    let ends = PARTS.map(|parts| (parts, ends(series.period, every, parts)));
    let run = |(at, window): &(i64, Window)| {
        let first = Window { count: (EDGE / series.period).clamp(1, window.count), ..*window };
        let dense = |bytes: i128| bytes * i128::from(window.count) / i128::from(first.count);
        Some(Run {
            stretch: usize::try_from((at - start + stretch / 2).rem_euclid(DAY) / stretch).ok()?,
            off_schedule: distance(*at, on_schedule, every) > OFF_SCHEDULE,
            here: window.above_level(series)?,
            hours: sampler.same_minute(*window, Window::above_level),
            parts: ends.each_ref().map(|(parts, ends)| sampler.against(*window, *parts, ends)),
            excess: sampler.excess(*window)?,
            first: sampler.excess(first),
            before: sampler.excess(first.shifted(-first.count)).map(dense),
            after: sampler.excess(window.shifted(window.count)),
        })
    };
    windows.iter().filter_map(run).filter(|run| run.hours.len() >= 2).collect()
}

impl Sampler<'_> {
    /// Whether a window is of no run.
    fn is_free(&self, window: &Window) -> bool {
        let near = self.runs.partition_point(|(_, run)| run.from + run.count <= window.from);
        !self.runs.get(near).is_some_and(|(_, run)| run.meets(*window))
    }

    /// A value at the same minute of other hours.
    fn same_minute(&self, window: Window, value: fn(Window, &Series) -> Option<i128>) -> Vec<i128> {
        let others = self.hours.iter().map(|shift| window.shifted(*shift)).filter(|other| self.is_free(other));
        others.filter_map(|other| value(other, self.series)).collect()
    }

    /// What was read beyond the median of the same minute of other hours.
    fn excess(&self, window: Window) -> Option<i128> {
        Some(window.bytes(self.series)? - median(&mut self.same_minute(window, Window::bytes))?)
    }

    /// By how much a window exceeds the other ends of the parts of the interval.
    ///
    /// Where a part is not whole hours, an hourly job reads in one of the two: then what goes beyond other hours is
    /// compared.
    fn against(&self, window: Window, parts: i64, ends: &[i64]) -> Vec<Option<i128>> {
        let value = |window: Window| {
            let value = window.above_level(self.series)?;
            if (self.every / parts) % HOUR == 0 {
                return Some(value);
            }
            Some(value - median(&mut self.same_minute(window, Window::above_level))?)
        };
        let here = value(window);
        let end = |shift: &i64| Some(here? - value(Some(window.shifted(*shift)).filter(|end| self.is_free(end))?)?);
        ends.iter().map(end).collect()
    }
}

/// The same minute of other hours, in periods.
pub(super) fn hours(period: i64, every: i64) -> Vec<i64> {
    let all = (1..=HOURS).flat_map(|hours| [-hours * HOUR, hours * HOUR]);
    all.filter(|shift| is_nearest(*shift, every)).map(|shift| shift / period).collect()
}

/// The other ends of `parts` equal parts of the interval, in periods; none where the periods are too coarse for it, or
/// where a part is so short that other hours show it.
fn ends(period: i64, every: i64, parts: i64) -> Vec<i64> {
    let length = every / parts;
    if length < HOUR / 2 || (length % period != 0 && period > length / 8) {
        return Vec::new();
    }
    let all = (1..parts).flat_map(|end| [-end * length, end * length]);
    all.filter(|shift| is_nearest(*shift, every)).map(|shift| (shift + period / 2).div_euclid(period)).collect()
}

/// Whether a window so many seconds from a run is nearer to it than to the next one: no window stands against two runs.
fn is_nearest(shift: i64, every: i64) -> bool {
    -every < 2 * shift && 2 * shift <= every
}

/// How far apart two times are, modulo `every`.
fn distance(a: i64, b: i64, every: i64) -> i64 {
    ((a - b + every / 2).rem_euclid(every) - every / 2).abs()
}

/// The time, modulo `every`, about which the runs gather: that of the run with the least distance to all others.
fn phase(times: &[i64], every: i64) -> i64 {
    let to_all = |at: &&i64| times.iter().map(|other| distance(**at, *other, every)).sum::<i64>();
    times.iter().min_by_key(to_all).copied().unwrap_or(0)
}
