//! What CloudWatch's series say of one file system: has cold data moved to Standard, how much, and since when. Pure.
//!
//! Storage is what it is at the ends of the window: files written to or deleted from Standard in the meantime count
//! too, and a move after which files have been tiered again shows only what is still in Standard. The thresholds are
//! starting values that were set on synthetic series; no public trace of a real incident exists.

use chrono::{DateTime, Duration, Utc};

use super::scan_activity::ScanActivity;
use super::timeline::{clean, covered, thin, timeline};
use crate::model::{EfsMetrics, FileSystem, FileSystemMetrics, Point, Target};
use crate::rules::finding::efs::{Fall, TooLittle};
use crate::rules::{StorageHistory, StoragePoint};

/// A drop below this is noise, bytes (starting value, synthetic data).
pub(crate) const MIN_DROP: u128 = 1 << 30;
/// A drop below this share of the peak is noise, percent (starting value, synthetic data).
pub(crate) const MIN_DROP_PERCENT: u128 = 5;
/// Standard has taken the data from this share of the drop on, percent (starting value, synthetic data).
pub(crate) const MOVED_PERCENT: u128 = 80;
/// Up to this share of the drop the data was deleted, percent (starting value, synthetic data).
pub(crate) const DELETED_PERCENT: u128 = 20;
/// The move begins where this share of the drop is gone for good, percent (starting value, synthetic data).
const FIRST_STEP_PERCENT: u128 = 2;
/// So much of `StorageBytes` it takes to say "not seen" (starting value, synthetic data).
const ENOUGH: Duration = Duration::days(14);
/// A series that ends earlier than this before the window's end says nothing of now: CloudWatch is minutes late, not
/// days.
const STALE: Duration = Duration::days(2);
/// A step after a longer silence than this has no day.
const MAX_STEP: Duration = Duration::days(1);
/// The move has to begin within this after the scan did.
const ONSET: Duration = Duration::days(1);
/// The month that figures are about.
const MONTH: Duration = Duration::days(30);
/// So much of `DataReadIOBytes` it takes to speak of a month's reads (starting value).
const ENOUGH_READS: Duration = Duration::days(7);

/// What became of cold data between the peak and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Movement {
    /// It is in Standard.
    Moved(Drop),
    /// Some of it is in Standard, some was deleted.
    Mixed(Drop),
    /// It is gone.
    Deleted(Drop),
    /// No drop in a window that is long enough to say so.
    None,
    /// The series do not say, and why.
    Unknown(TooLittle),
}

/// A drop of the cold bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drop {
    /// From the peak of IA plus Archive to now, bytes.
    pub(crate) fallen: u64,
    /// By how much Standard has risen since the drop began, bytes.
    pub(crate) risen: u64,
    /// Of what Standard took, what came from IA, bytes.
    pub(crate) from_ia: u64,
    /// … from Archive, bytes.
    pub(crate) from_archive: u64,
    /// The last time before the drop.
    pub(crate) before: DateTime<Utc>,
    /// The start of the period of the first step.
    pub(crate) began: DateTime<Utc>,
    /// How long that period is.
    period: Duration,
}

impl Drop {
    /// What left the cold classes and is in Standard now, bytes.
    pub(crate) fn moved(&self) -> u64 {
        self.from_ia.saturating_add(self.from_archive)
    }

    /// When the period of the first step ends.
    fn ends(&self) -> DateTime<Utc> {
        self.began.checked_add_signed(self.period).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// As findings carry it: the period of the first step is all that a series says of its time.
    pub(crate) fn fall(&self) -> Fall {
        Fall {
            fallen_bytes: self.fallen,
            risen_bytes: self.risen,
            moved_bytes: self.moved(),
            began: self.began,
            ended: self.ends(),
        }
    }

    /// Whether the first step lies within a day after `start`. A point is the average of its period, so a step that
    /// began in the middle of one already shows at its start.
    pub(crate) fn began_after(&self, start: DateTime<Utc>) -> bool {
        // The difference of two times never overflows.
        let silence = self.began.signed_duration_since(self.before);
        let after = self.began.signed_duration_since(start);
        silence <= MAX_STEP.max(self.period) && start < self.ends() && after <= ONSET
    }
}

/// What was read, scaled to a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reads {
    /// As measured, bytes.
    pub(crate) measured: u64,
    /// Scaled to 30 days, bytes.
    pub(crate) monthly: u64,
    /// How long was measured.
    pub(crate) covered: Duration,
}

/// The history of one file system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct History {
    /// What became of the cold data.
    pub(crate) movement: Movement,
    /// How long `StorageBytes` covers.
    pub(crate) covered: Duration,
    /// The most that was ever cold in the window, bytes.
    pub(crate) peak_cold: u64,
    /// What was read in a month; `None` where too little was measured.
    pub(crate) reads: Option<Reads>,
    points: Vec<StoragePoint>,
}

impl History {
    /// The history of `file_system`, where its metrics were collected.
    pub(crate) fn collected(target: &Target, file_system: &FileSystem, activity: &ScanActivity) -> Option<Self> {
        let metrics = target.evidence.efs_metrics.complete()?;
        let series = metrics.file_systems.get(&file_system.id)?;
        Some(Self::of(metrics, series, file_system, target.taken_at, activity.scanned_since()))
    }

    /// Reads the series of `file_system`. `scanned_since` is when its scan began, where that is known: reads before
    /// it say nothing of what the scan reads.
    pub(crate) fn of(
        metrics: &EfsMetrics,
        series: &FileSystemMetrics,
        file_system: &FileSystem,
        taken_at: DateTime<Utc>,
        scanned_since: Option<DateTime<Utc>>,
    ) -> Self {
        let period = Duration::seconds(i64::from(metrics.period));
        let end = metrics.to.unwrap_or(taken_at);
        let points = timeline(series, &file_system.size);
        let covered = covered(points.iter().map(|point| point.at), period);
        Self {
            movement: movement(&points, series, file_system, period, end, covered),
            covered,
            peak_cold: small(points.iter().map(cold).max().unwrap_or(0)),
            reads: reads(&series.data_read, period, end, scanned_since),
            points: thin(&points),
        }
    }

    /// As the report carries it.
    pub(crate) fn for_report(&self) -> StorageHistory {
        let moved = match &self.movement {
            Movement::Moved(drop) => Some(drop),
            _ => None,
        };
        StorageHistory {
            points: self.points.clone(),
            moved_at: moved.map(|drop| drop.began),
            moved_bytes: moved.map(Drop::moved),
        }
    }
}

fn cold(point: &StoragePoint) -> u128 {
    u128::from(point.ia) + u128::from(point.archive)
}

/// No file system holds more than `u64::MAX` bytes; a forged series may say so.
fn small(bytes: u128) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

fn movement(
    points: &[StoragePoint],
    series: &FileSystemMetrics,
    file_system: &FileSystem,
    period: Duration,
    end: DateTime<Utc>,
    covered: Duration,
) -> Movement {
    let Some(now) = points.last() else {
        return Movement::Unknown(TooLittle::NoSeries);
    };
    if let Some(why) = ends_early(points, series, file_system, end) {
        return Movement::Unknown(why);
    }
    let peak = points.iter().map(cold).max().unwrap_or(0);
    let fallen = peak.saturating_sub(cold(now));
    if fallen >= MIN_DROP && fallen.saturating_mul(100) >= peak.saturating_mul(MIN_DROP_PERCENT) {
        return dropped(points, now, peak, fallen, period);
    }
    if let Some(message) = &series.incomplete {
        return Movement::Unknown(TooLittle::Incomplete(message.clone()));
    }
    // A file system that is younger than the window is seen whole, but for the first day, when EFS meters nothing.
    let age = file_system.creation_time.map(|created| {
        let age = end.signed_duration_since(created);
        age.checked_sub(&Duration::days(1)).unwrap_or(age)
    });
    let needed = age.map_or(ENOUGH, |age| age.min(ENOUGH));
    if covered < needed {
        return Movement::Unknown(TooLittle::Short { days: covered.num_days(), needed: ENOUGH.num_days() });
    }
    Movement::None
}

/// Why the last values are not those of now.
fn ends_early(
    points: &[StoragePoint],
    series: &FileSystemMetrics,
    file_system: &FileSystem,
    end: DateTime<Utc>,
) -> Option<TooLittle> {
    let size = &file_system.size;
    let is_cold = size.ia.is_some_and(|bytes| bytes > 0) || size.archive.is_some_and(|bytes| bytes > 0);
    if series.ia.is_empty() && series.archive.is_empty() && is_cold {
        return Some(TooLittle::NoColdSeries);
    }
    let last = |points: &[Point]| points.iter().map(|point| point.at).max();
    let stale = |at: &DateTime<Utc>| end.signed_duration_since(*at) > STALE;
    let standard = last(&series.standard).filter(stale);
    // A cold series that ends where the class is empty has ended for good.
    let ia = last(&series.ia).filter(stale).filter(|_| size.ia != Some(0));
    let archive = last(&series.archive).filter(stale).filter(|_| size.archive != Some(0));
    let all = points.last().map(|point| point.at).filter(stale);
    let ended = [standard, ia, archive, all].into_iter().flatten().min()?;
    Some(TooLittle::Ended(ended))
}

/// Judges a drop that is more than noise.
fn dropped(points: &[StoragePoint], now: &StoragePoint, peak: u128, fallen: u128, period: Duration) -> Movement {
    // The last time at which next to nothing was gone: what falls and comes back is not the beginning.
    let near = peak - fallen * FIRST_STEP_PERCENT / 100;
    let base = points.iter().rposition(|point| cold(point) >= near).unwrap_or(0);
    let Some((before, first)) = points.get(base).zip(points.get(base + 1)) else { return Movement::None };
    let risen = u128::from(now.standard.saturating_sub(before.standard));
    let moved = fallen.min(risen);
    let (ia, archive) =
        (u128::from(before.ia.saturating_sub(now.ia)), u128::from(before.archive.saturating_sub(now.archive)));
    // Each part is below 2^64 and the product below 2^128, so nothing overflows; a class that grew gave nothing.
    let from_archive = (moved.min(u128::from(u64::MAX)) * archive).checked_div(ia + archive).unwrap_or(0);
    let drop = Drop {
        fallen: small(fallen),
        risen: small(risen),
        from_ia: small(moved - from_archive),
        from_archive: small(from_archive),
        before: before.at,
        began: first.at,
        period,
    };
    if risen.saturating_mul(100) >= fallen.saturating_mul(MOVED_PERCENT) {
        Movement::Moved(drop)
    } else if risen.saturating_mul(100) <= fallen.saturating_mul(DELETED_PERCENT) {
        Movement::Deleted(drop)
    } else {
        Movement::Mixed(drop)
    }
}

/// The reads of the last month, from the start of the scan on where that is later.
fn reads(
    points: &[Point],
    period: Duration,
    end: DateTime<Utc>,
    scanned_since: Option<DateTime<Utc>>,
) -> Option<Reads> {
    let month = end.checked_sub_signed(MONTH)?;
    let from = scanned_since.map_or(month, |since| since.max(month));
    let points: Vec<Point> = clean(points).into_iter().filter(|point| point.at >= from && point.at < end).collect();
    // Periods that are missing may be without reads or lost; scaling by what is there keeps the figure a bound.
    let covered = covered(points.iter().map(|point| point.at), period).min(MONTH);
    if covered < ENOUGH_READS {
        return None;
    }
    let measured: u128 = points.iter().map(|point| u128::from(point.value)).sum();
    let seconds = u128::try_from(covered.num_seconds()).ok().filter(|seconds| *seconds > 0)?;
    let month = u128::try_from(MONTH.num_seconds()).ok()?;
    let monthly = measured.saturating_mul(month).div_ceil(seconds);
    Some(Reads { measured: small(measured), monthly: small(monthly), covered })
}
