//! How much a run reads, and how little it could have read and still have been seen.

use super::decide::Bars;
use super::sample::Run;
use super::series::median;

/// So many samples of each kind, of which all but so many have to show it: 97 %, since the samples are made of one
/// sample.
const SAMPLES: u64 = 40;
const MISSED: usize = 1;
/// By how many quarters the answer is larger than what the samples say: runs do not all read the same.
const QUARTERS: i128 = 5;
/// More than a run can read.
const LIMIT: i128 = 1 << 60;

/// The least bytes a run that would have been seen with 95 %.
///
/// The noise is the file system's own. In some samples every run changes places with one of the windows that it is
/// compared with, chosen by lot, so that luck at the very runs does not count; in others the runs of a stretch of the
/// day stand for one another, so that what always happens at the runs, another job or a busy hour, does. To each run
/// bytes are added until the runs stand out. `None` where nothing would do.
pub(super) fn smallest_seen(bars: &Bars, runs: &[Run]) -> Option<u64> {
    let lots: Vec<Vec<Run>> = (0..SAMPLES).map(|number| exchanged(runs, &mut Lot(number))).collect();
    let others: Vec<Vec<Run>> = (0..SAMPLES).map(|number| drawn_again(runs, &mut Lot(number))).collect();
    let is_seen = |bytes: i128| {
        [&lots, &others].into_iter().all(|samples| {
            let missed = samples.iter().filter(|sample| !bars.stand_out(sample, bytes));
            missed.take(MISSED + 1).count() <= MISSED
        })
    };
    let mut high = 1_i128;
    while !is_seen(high) {
        high = high.checked_mul(4).filter(|bytes| *bytes <= LIMIT)?;
    }
    let mut low = high / 4;
    while high - low > (high / 64).max(1) {
        let middle = low + (high - low) / 2;
        if is_seen(middle) { high = middle } else { low = middle }
    }
    u64::try_from(high * QUARTERS / 4).ok()
}

/// The bytes of a run, and between what they lie with 95 %: the median over the stretches of the day of what the runs of
/// each read in the middle, so that a nightly job at one of four runs shifts nothing. The range is that of samples in
/// which the runs of a stretch stand for one another.
pub(super) fn per_run(runs: &[Run]) -> (u64, (u64, u64)) {
    let bytes = |bytes: Option<i128>| u64::try_from(bytes.unwrap_or(0).max(0)).unwrap_or(u64::MAX);
    let mut others: Vec<u64> = (0..2 * SAMPLES).map(|lot| bytes(middle(&drawn_again(runs, &mut Lot(lot))))).collect();
    others.sort_unstable();
    let here = bytes(middle(runs));
    // All but one of forty to each side.
    let at = |place: usize| others.get(place).copied().unwrap_or(here);
    (here, (at(2).min(here), at(others.len().saturating_sub(3)).max(here)))
}

fn middle(runs: &[Run]) -> Option<i128> {
    let mut stretches: Vec<Vec<i128>> = Vec::new();
    for run in runs {
        stretches.resize_with(stretches.len().max(run.stretch + 1), Vec::new);
        let beyond = median(&mut run.hours.clone()).map(|hours| run.here - hours);
        if let Some(stretch) = stretches.get_mut(run.stretch) {
            stretch.extend(beyond);
        }
    }
    median(&mut stretches.iter_mut().filter_map(|stretch| median(stretch)).collect::<Vec<_>>())
}

/// Each run in the place of one of the windows that it is compared with, or in its own.
fn exchanged(runs: &[Run], lot: &mut Lot) -> Vec<Run> {
    let mut sample = runs.to_vec();
    for run in &mut sample {
        let chosen = lot.below(run.hours.len() + 1);
        if let Some(other) = run.hours.get_mut(chosen) {
            std::mem::swap(&mut run.here, other);
        }
        for difference in run.parts.iter_mut().flatten().flatten() {
            if lot.below(2) == 0 {
                *difference = -*difference;
            }
        }
    }
    sample
}

/// As many runs of each stretch of the day, drawn from those of the stretch.
fn drawn_again(runs: &[Run], lot: &mut Lot) -> Vec<Run> {
    let draw = |run: &Run| {
        let of_stretch: Vec<&Run> = runs.iter().filter(|other| other.stretch == run.stretch).collect();
        of_stretch.get(lot.below(of_stretch.len())).copied().cloned()
    };
    runs.iter().filter_map(draw).collect()
}

/// Lots that are the same for the same file system, so that a report says the same twice (`splitmix64`,
/// <https://prng.di.unimi.it/splitmix64.c>).
struct Lot(u64);

impl Lot {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed >> 33).unwrap_or(0).checked_rem(count).unwrap_or(0)
    }
}
