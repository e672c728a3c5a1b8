//! Does the scan read this file system? Told from the meter: a test of whether more is read when the scan runs.
//!
//! Pure: series and times in, data out. Bytes are whole numbers and never leave them; what is `f64` here are
//! probabilities, which no money is made of.
//!
//! # How
//! A run's window is compared with windows near it in which the scan does not run:
//!
//! 1. the **same minute of other hours**, up to three to each side, each above the level of the quarters of an hour
//!    around it. Jobs that repeat within the hour read there too, and working days are level over half an hour. How many
//!    of them a run exceeds is a rank, and the sum of the ranks has a distribution that can be counted out (see
//!    `ranks`): if the scan reads nothing, every order is equally likely. All runs together must stand out, and the
//!    weaker half of the day by itself, so that one nightly job or one busy afternoon decides nothing;
//! 2. the **other ends of the equal parts of the interval**, by sign and by signed rank: a job every two or three hours
//!    meets every run and is found there too;
//! 3. the **minutes before and after**: the scan's reads begin with the run.
//!
//! What all of these let through is another reader with the scan's own interval that begins within the scan's window:
//! it cannot be told from the scan, and who words the verdict has to say so. Where runs off the schedule are known, such
//! a reader gives itself away by not following them.
//!
//! The thresholds are in `decide`, each with its reason. They were set on simulated file systems
//! (`tests/it/alignment`), since no trace of a real one is public.

mod decide;
mod levels;
mod power;
mod ranks;
mod reading;
mod sample;
mod series;
pub mod storage;

pub use reading::{Aligned, FEWEST_RUNS, NotSeen, Reading, Scan, TOO_NOISY, Verdict, Why};
pub use series::{Absent, Reads};

use decide::Bars;
use sample::Run;
use series::Series;

/// Puts both metrics together. What is not known of the data is not known of the file system: a walk that shows while
/// reads cannot be told is no proof that nothing is opened.
pub fn verdict(data: Reading, metadata: Option<Reading>) -> Verdict {
    match (data, metadata) {
        (Reading::Unknown(why), _) => Verdict::Unknown { why },
        (Reading::Aligned(data), Some(Reading::Aligned(metadata))) => {
            Verdict::ReadsAligned { data, metadata: Some(metadata) }
        }
        (Reading::Aligned(data), _) => Verdict::ReadsAligned { data, metadata: None },
        (Reading::NotSeen(data), Some(Reading::Aligned(metadata))) => Verdict::WalksOnly { metadata, data },
        (Reading::NotSeen(data), Some(Reading::NotSeen(metadata))) => {
            Verdict::NotSeen { data, metadata: Some(metadata) }
        }
        (Reading::NotSeen(data), _) => Verdict::NotSeen { data, metadata: None },
    }
}

/// Whether more is read when the scan runs.
pub fn read(reads: &Reads<'_>, scan: &Scan<'_>) -> Reading {
    let judged = sampled(reads, scan).and_then(|(bars, runs)| {
        if let Some(aligned) = standing_out(reads, scan, &bars, &runs)? {
            return Ok(Reading::Aligned(aligned));
        }
        let smallest_seen = power::smallest_seen(&bars, &runs);
        match smallest_seen.filter(|bytes| *bytes <= TOO_NOISY) {
            Some(smallest_seen) => Ok(Reading::NotSeen(NotSeen { runs: runs.len(), smallest_seen })),
            None => Err(Why::TooNoisy { smallest_seen }),
        }
    });
    judged.unwrap_or_else(Reading::Unknown)
}

/// The same without the power of the test, which takes most of the time; `None` where nothing was seen.
///
/// # Errors
/// Why it cannot be told, but for noise.
pub fn aligned(reads: &Reads<'_>, scan: &Scan<'_>) -> Result<Option<Aligned>, Why> {
    sampled(reads, scan).and_then(|(bars, runs)| standing_out(reads, scan, &bars, &runs))
}

/// The runs that the series shows, and what they have to reach.
fn sampled(reads: &Reads<'_>, scan: &Scan<'_>) -> Result<(Bars, Vec<Run>), Why> {
    let too_little = |runs, shown| Why::TooLittleData { runs, shown, need: FEWEST_RUNS };
    let series = Series::of(reads).ok_or(too_little(scan.runs.len(), 0))?;
    let windows = sample::windows(&series, scan);
    if windows.len() < FEWEST_RUNS {
        return Err(Why::TooFewRuns { have: windows.len(), need: FEWEST_RUNS });
    }
    if sample::hours(series.period, scan.every.num_seconds()).len() < 2 {
        return Err(Why::TooOften { every: scan.every });
    }
    let runs = sample::runs(&series, scan, &windows);
    if runs.len() < FEWEST_RUNS {
        return Err(too_little(windows.len(), runs.len()));
    }
    let bars = Bars::of(&runs, usize::try_from(sample::stretches(scan)).unwrap_or(0));
    if bars.stretches() < decide::STRETCHES {
        return Err(Why::FewClockTimes { have: bars.stretches(), need: decide::STRETCHES });
    }
    Ok((bars, runs))
}

fn standing_out(reads: &Reads<'_>, scan: &Scan<'_>, bars: &Bars, runs: &[Run]) -> Result<Option<Aligned>, Why> {
    if !bars.stand_out(runs, 0) {
        return Ok(None);
    }
    if i64::from(reads.period) > scan.seconds() {
        Err(Why::TooCoarse { period: reads.period })
    } else {
        Ok(Some(estimate(bars, runs)))
    }
}

/// What a run reads.
fn estimate(bars: &Bars, runs: &[Run]) -> Aligned {
    let (bytes_per_run, range) = power::per_run(runs);
    Aligned { bytes_per_run, range, runs: runs.len(), chance: bars.chance(runs) }
}
