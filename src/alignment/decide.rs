//! Whether the runs of one series stand out.

use super::ranks::{Chance, as_float, at_most_of, score, signed_ranks};
use super::sample::{PARTS, Run};
use super::series::median;

/// All runs together, and then the weaker half of the day alone, have to exceed the same minute of other hours by more
/// than chance does with this probability.
///
/// The weaker half is what keeps working days and nightly jobs out: they raise one or two of four stretches of the day
/// as high as they like, and the other two still have to come up by themselves, one time in fifty at most and rarely
/// that, since the two are the worst of four. A job at three of four runs is caught by [`AGAINST`].
const ALL: f64 = 1e-3;
const WEAKER_HALF: f64 = 0.02;
/// The same of a day whose runs fall into three stretches, where the weaker half is one.
const WEAKEST: f64 = 0.005;
/// The runs have to exceed one of the other ends of the parts of their interval likewise: a job every three hours meets
/// every run, and there it is no more than at the other end. Shared by the ends and the two tests on each.
const PART: f64 = 0.01;
/// A stretch of the day, or the runs off the schedule, in which so few runs have a quarter of what all have that as few
/// come of chance with this probability speak against the scan, which reads whenever it runs.
const AGAINST: f64 = 0.01;
const OFF_SCHEDULE: f64 = 0.05;
/// A stretch of the day says something with so many runs, and so many stretches have to.
const STRETCH_RUNS: usize = 2;
pub(super) const STRETCHES: usize = 3;

/// What the scores of some runs have to reach; it depends on their number only, not on what was read.
#[derive(Debug)]
pub(super) struct Bars {
    /// For each stretch of the day, how many runs it has and what comes of chance.
    stretches: Vec<(usize, Chance)>,
    all: i64,
    /// For each set of up to half of the stretches, as bits.
    half: Vec<i64>,
    /// For each end of each part: of the signs and of the signed ranks.
    parts: [Vec<(i64, i64)>; PARTS.len()],
}

/// The values of one test.
#[derive(Debug)]
struct Scores {
    stretches: Vec<i64>,
    /// The weaker stretches, as bits, and their score.
    weaker: (usize, i64),
}

impl Bars {
    pub(super) fn of(runs: &[Run], stretches: usize) -> Self {
        let of_stretch = |number: usize| {
            let runs = runs.iter().filter(|run| run.stretch == number);
            runs.fold((0, Chance::certain()), |(count, sum), run| (count + 1, sum.and_score(run.hours.len())))
        };
        let stretches: Vec<(usize, Chance)> = (0..stretches).map(of_stretch).collect();
        let all = stretches.iter().fold(Chance::certain(), |sum, (_, stretch)| sum.and(stretch)).bar(ALL);
        let level = if usable(&stretches) == STRETCHES { WEAKEST } else { WEAKER_HALF };
        let mut sets = vec![Chance::certain()];
        for set in 1_usize..1 << stretches.len() {
            let small = usize::try_from(set.count_ones()).is_ok_and(|count| count * 2 <= stretches.len());
            // The set without its lowest member, with that member.
            let (rest, lowest) = (set & (set - 1), usize::try_from(set.trailing_zeros()).unwrap_or(0));
            let sum = sets.get(rest).zip(stretches.get(lowest)).filter(|_| small);
            sets.push(sum.map_or_else(Chance::certain, |(rest, (_, lowest))| rest.and(lowest)));
        }
        let bars = |part: usize| {
            let ends = runs.iter().filter_map(|run| run.parts.get(part)).map(Vec::len).max().unwrap_or(0);
            (0..ends).map(|end| end_bars(runs, stretches.len(), (part, end), PART / as_float(2 * ends))).collect()
        };
        let parts = [bars(0), bars(1), bars(2), bars(3)];
        Self { half: sets.iter().map(|set| set.bar(level)).collect(), stretches, all, parts }
    }

    /// How many stretches of the day say something.
    pub(super) fn stretches(&self) -> usize {
        usable(&self.stretches)
    }

    fn scores(&self, runs: &[Run], more: i128) -> Option<Scores> {
        let mut stretches = vec![0; self.stretches.len()];
        for run in runs {
            *stretches.get_mut(run.stretch)? += run.score(more);
        }
        let mut ranked: Vec<(f64, usize, i64)> = Vec::new();
        for (number, ((count, chance), score)) in self.stretches.iter().zip(&stretches).enumerate() {
            if *count >= STRETCH_RUNS {
                ranked.push((chance.at_least(*score), number, *score));
            }
        }
        ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
        let weaker = ranked.iter().skip(ranked.len().div_ceil(2));
        let weaker = weaker.fold((0, 0), |(set, sum), (_, number, score)| (set | 1 << number, sum + score));
        (ranked.len() >= STRETCHES).then_some(Scores { stretches, weaker })
    }

    /// Whether the runs stand out, had each read `more` than it did.
    pub(super) fn stand_out(&self, runs: &[Run], more: i128) -> bool {
        let Some(scores) = self.scores(runs, more) else { return false };
        scores.stretches.iter().sum::<i64>() >= self.all
            && self.half.get(scores.weaker.0).is_some_and(|bar| scores.weaker.1 >= *bar)
            && (0..PARTS.len()).all(|part| self.exceeds(runs, part, more))
            && begins_with_the_run(runs, more)
            && (self.stretches() > STRETCHES || self.each_begins_with_the_run(runs, more))
            && nothing_speaks_against(runs, self.stretches.len(), more)
    }

    /// The same of every stretch of the day by itself: where there are but three, two busy hours and a nightly job fill
    /// them all.
    fn each_begins_with_the_run(&self, runs: &[Run], more: i128) -> bool {
        (0..self.stretches.len()).all(|number| {
            let runs = runs.iter().filter(|run| run.stretch == number);
            let runs: Vec<Run> = runs.cloned().collect();
            runs.len() < STRETCH_RUNS || begins_with_the_run(&runs, more)
        })
    }

    /// Whether the runs exceed one of the other ends of a part of their interval.
    fn exceeds(&self, runs: &[Run], part: usize, more: i128) -> bool {
        let ends = self.parts.get(part).map(Vec::as_slice).unwrap_or_default();
        let exceeds = |(end, (sign_bar, rank_bar)): (usize, &(i64, i64))| {
            let (mut signs, mut ranks) = (0, 0);
            for stretch in 0..self.stretches.len() {
                let mut differences: Vec<i128> =
                    differences(runs, stretch, (part, end)).map(|difference| difference + more).collect();
                signs += -score(0, &differences);
                ranks += signed_ranks(&mut differences);
            }
            signs >= *sign_bar || ranks >= *rank_bar
        };
        ends.is_empty() || ends.iter().enumerate().any(exceeds)
    }

    /// How likely chance does as well: the larger of the two for all runs and for the weaker half of the day.
    pub(super) fn chance(&self, runs: &[Run]) -> f64 {
        let Some(scores) = self.scores(runs, 0) else { return 1.0 };
        let weaker = self.stretches.iter().enumerate().filter(|(number, _)| scores.weaker.0 >> number & 1 == 1);
        let weaker = weaker.fold(Chance::certain(), |sum, (_, (_, stretch))| sum.and(stretch));
        let all = self.stretches.iter().fold(Chance::certain(), |sum, (_, stretch)| sum.and(stretch));
        all.at_least(scores.stretches.iter().sum()).max(weaker.at_least(scores.weaker.1))
    }
}

fn usable(stretches: &[(usize, Chance)]) -> usize {
    stretches.iter().filter(|(count, _)| *count >= STRETCH_RUNS).count()
}

/// By how much the runs of a stretch of the day exceed an end of a part.
fn differences(runs: &[Run], stretch: usize, (part, end): (usize, usize)) -> impl Iterator<Item = i128> {
    let runs = runs.iter().filter(move |run| run.stretch == stretch);
    runs.filter_map(move |run| *run.parts.get(part)?.get(end)?)
}

/// What signs and signed ranks against one end have to reach. Sizes are ranked within a stretch of the day, where the
/// noise is of one size: by day a run drowns, by night it stands out, and the signs count both alike.
fn end_bars(runs: &[Run], stretches: usize, end: (usize, usize), level: f64) -> (i64, i64) {
    let (mut signs, mut ranks) = (Chance::certain(), Chance::certain());
    for stretch in 0..stretches {
        let count = differences(runs, stretch, end).count();
        signs = (0..count).fold(signs, |sum, _| sum.and_score(1));
        ranks = ranks.and_signed_ranks(count);
    }
    (signs.bar(level), ranks.bar(level))
}

/// Whether the reads begin with the run and are at their most in its window.
///
/// What reads before a run is not the run: in the ten minutes before it the excess must be less than a third as dense as
/// in its window. What begins late in the window is not the run either: a fifth of it must be in the first ten minutes.
/// And what has only begun in it reads more in the next window, by more than half: a long run does not.
fn begins_with_the_run(runs: &[Run], more: i128) -> bool {
    let of = |excess: fn(&Run) -> Option<i128>| median(&mut runs.iter().filter_map(excess).collect::<Vec<_>>());
    let Some(here) = of(|run| Some(run.excess)).map(|here| here + more).filter(|here| *here > 0) else { return false };
    of(|run| run.before).is_none_or(|before| before * 3 <= here)
        && of(|run| run.first).is_none_or(|first| (first + more) * 5 >= here)
        && of(|run| run.after).is_none_or(|after| after * 2 <= here * 3)
}

/// Whether no stretch of the day, and not the runs off the schedule, lack the excess.
fn nothing_speaks_against(runs: &[Run], stretches: usize, more: i128) -> bool {
    let all = median(&mut runs.iter().map(|run| run.excess).collect::<Vec<_>>()).unwrap_or(0) + more;
    let has = |run: &&Run| (run.excess + more) * 4 >= all;
    let lacks = |runs: &[&Run], level: f64| at_most_of(runs.iter().filter(|run| has(run)).count(), runs.len()) <= level;
    let of_stretch = |number: usize| runs.iter().filter(|run| run.stretch == number).collect::<Vec<_>>();
    let off_schedule: Vec<&Run> = runs.iter().filter(|run| run.off_schedule).collect();
    !(0..stretches).any(|number| lacks(&of_stretch(number), AGAINST)) && !lacks(&off_schedule, OFF_SCHEDULE)
}
