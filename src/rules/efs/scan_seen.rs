//! Whether the scan reads a file system: [`crate::alignment`] asked with what a snapshot has.

use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::scan_runs::ScanRuns;
use crate::alignment::storage::{self, Movement, Opened, Stored, Visitor, Witness};
use crate::alignment::{self, Absent, Aligned, Reading, Reads, Scan, Verdict, Why};
use crate::model::{EfsReads, FileSystem, FileSystemReads, Point, Section};
use crate::price::bytes_to_gib;
use crate::rules::finding::efs::{RunReads, RunsRead, ScanReads, Unread};

/// The documented limit of a collection (Amazon Inspector user guide, "Deep inspection", 2026-10).
const LASTS: Duration = Duration::minutes(15);
/// So many seconds of `MetadataReadIOBytes` it takes to speak of a month: a week, as of `DataReadIOBytes`.
const ENOUGH_METADATA: u128 = 7 * 24 * 60 * 60;
/// Schedules are made in steps of half an hour, the shortest that State Manager takes; runs begin seconds late.
const SCHEDULE_STEP: i64 = 1_800;
/// Seconds of the month that figures are about.
const MONTH_SECONDS: i64 = 30 * 24 * 60 * 60;

/// What the meter says of one file system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ScanSeen {
    /// Whether more is read when the scan runs; `None` where nobody asked.
    pub(crate) reads: Option<ScanReads>,
    /// Set where the storage, or the reads, show that the scan runs without effect.
    pub(crate) on_paper: Option<ScanReads>,
    /// What a run reads, or the most of it that would not have been seen.
    pub(crate) per_run: Option<RunsRead>,
    /// Bytes of metadata read in 30 days, by whomever; `None` where too little was measured.
    pub(crate) metadata_a_month: Option<u64>,
}

/// Who may mount a file system, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scanned<'m, 'a> {
    pub(crate) file_system: &'a FileSystem,
    /// The groups of instances that are exposed to it, by number.
    pub(crate) groups: &'m [usize],
    /// Set where the VM Scanner scans one of them, or may: when it ran is not known.
    pub(crate) untimed: Option<Unread>,
    /// Whether Inspector was seen inside.
    pub(crate) seen_inside: bool,
    /// Whether a read moves a file to Standard.
    pub(crate) returns_on_read: bool,
}

impl<'a> ScanRuns<'a> {
    /// What the meter says of a file system.
    pub(crate) fn seen(&self, scanned: Scanned<'_, '_>) -> ScanSeen {
        let mut visitors = self.visitors(&scanned.file_system.id, scanned.groups);
        if scanned.untimed.is_some() {
            // Its runs are not known: of what it does nothing is said.
            visitors.push(Visitor { since: self.target.taken_at, runs: &[] });
        }
        let runs = self.all(scanned.groups);
        let scan = self.every(&runs).map(|every| Scan { runs: &runs, every, lasts: LASTS });
        let collected = self.collected(scanned.file_system);
        let verdict = match (&collected, &scan, self.unread) {
            (Collected::NotAsked, ..) => None,
            (_, _, Some(why)) => Some(Err(why)),
            (Collected::Missing, ..) => Some(Err(Unread::NoReads)),
            (Collected::Read { .. }, None, _) => Some(Err(Unread::TooOften)),
            (Collected::Read { section, series }, Some(scan), _) => {
                Some(section_reads(section, series).map(|(data, metadata)| judge(&data, &metadata, scan)))
            }
        };
        let verdict = verdict.unwrap_or(Err(Unread::NoReads));
        let is_asked = !matches!(collected, Collected::NotAsked);
        let mut reads = match &verdict {
            Ok(verdict) => said(verdict),
            Err(why) => ScanReads::Unknown(*why),
        };
        if let Some(why) = scanned.untimed
            && matches!(reads, ScanReads::NotSeen { .. } | ScanReads::WalksOnly { .. })
        {
            reads = ScanReads::Unknown(why);
        }
        let witness = match &verdict {
            _ if scanned.seen_inside => Witness::Reads,
            Ok(verdict) => Witness::from(verdict),
            Err(_) => Witness::Unknown,
        };
        let on_paper = if witness == Witness::Reads {
            None
        } else if scanned.returns_on_read {
            self.moved_nothing(scanned.file_system, &visitors, witness)
        } else {
            opened_nothing(&collected, scan.as_ref(), &visitors)
        };
        ScanSeen {
            reads: is_asked.then_some(reads),
            on_paper,
            per_run: self.per_run(reads),
            metadata_a_month: metadata_a_month(&collected),
        }
    }

    /// The interval of runs: the middle one in fact, since a schedule may be of today; the schedule's where hardly any
    /// run is known.
    fn every(&self, runs: &[DateTime<Utc>]) -> Option<Duration> {
        let mut gaps: Vec<i64> = runs.iter().zip(runs.iter().skip(1)).map(|(a, b)| (*b - *a).num_seconds()).collect();
        gaps.sort_unstable();
        let seconds = match gaps.get(gaps.len() / 2) {
            Some(middle) => (middle + SCHEDULE_STEP / 2) / SCHEDULE_STEP * SCHEDULE_STEP,
            None => Decimal::from(MONTH_SECONDS).checked_div(self.per_month)?.round().to_i64()?,
        };
        Duration::try_seconds(seconds).filter(|every| *every >= LASTS)
    }

    fn collected(&self, file_system: &FileSystem) -> Collected<'a> {
        let section: &'a Section<EfsReads> = &self.target.evidence.efs_reads;
        match section {
            Section::NotAsked | Section::Absent(_) => Collected::NotAsked,
            Section::Missing(_) => Collected::Missing,
            Section::Complete(section) => match section.file_systems.get(&file_system.id) {
                Some(series) => Collected::Read { section, series },
                None => Collected::Missing,
            },
        }
    }

    /// Whether the storage stands still although the scan runs.
    fn moved_nothing(&self, file_system: &FileSystem, visitors: &[Visitor<'_>], witness: Witness) -> Option<ScanReads> {
        let metrics = self.target.evidence.efs_metrics.complete()?;
        let series = metrics.file_systems.get(&file_system.id).filter(|series| series.incomplete.is_none())?;
        let stored = Stored {
            standard: &series.standard,
            ia: &series.ia,
            archive: &series.archive,
            ia_now: file_system.size.ia,
            archive_now: file_system.size.archive,
            to: metrics.to.unwrap_or(self.target.taken_at),
        };
        match storage::movement(&stored, visitors, witness) {
            Movement::MovesNothing { runs, days, fresh: 0, moved_a_month, .. } => {
                Some(ScanReads::MovedNothing { runs, days, moved_a_month })
            }
            _ => None,
        }
    }

    /// What a run reads, or could read unseen.
    fn per_run(&self, reads: ScanReads) -> Option<RunsRead> {
        let (bytes, measured) = match reads {
            ScanReads::ReadsAligned { data, .. } => (data.bytes_per_run, true),
            ScanReads::WalksOnly { smallest_seen, .. } | ScanReads::NotSeen { smallest_seen, .. } => {
                (smallest_seen, false)
            }
            _ => return None,
        };
        Some(RunsRead { gib: bytes_to_gib(bytes), runs: self.per_month, measured })
    }
}

/// The reads of one file system.
enum Collected<'a> {
    NotAsked,
    Missing,
    Read { section: &'a EfsReads, series: &'a FileSystemReads },
}

/// One metric of one file system as points.
struct Series {
    points: Vec<Point>,
    period: u32,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Series {
    fn reads(&self) -> Reads<'_> {
        let Self { points, period, from, to } = self;
        Reads { points, period: *period, from: *from, to: *to, absent: Absent::Unknown }
    }
}

/// `DataReadIOBytes` and `MetadataReadIOBytes`.
fn section_reads(section: &EfsReads, series: &FileSystemReads) -> Result<(Series, Series), Unread> {
    let (from, to) = section.from.zip(section.to).ok_or(Unread::NoReads)?;
    let period = section.period;
    let of = |steps: &crate::model::Steps| Series { points: steps.points(from, period), period, from, to };
    Ok((of(&series.data), of(&series.metadata)))
}

/// Bytes of metadata read in 30 days, by whomever, as far as the fine steps show.
fn metadata_a_month(collected: &Collected<'_>) -> Option<u64> {
    let Collected::Read { section, series } = collected else { return None };
    let (_, metadata) = section_reads(section, series).ok()?;
    let seconds = u128::from(metadata.period) * metadata.points.len() as u128;
    let bytes: u128 = metadata.points.iter().map(|point| u128::from(point.value)).sum();
    let month = bytes.saturating_mul(u128::try_from(MONTH_SECONDS).ok()?).checked_div(seconds)?;
    (seconds >= ENOUGH_METADATA).then(|| u64::try_from(month).unwrap_or(u64::MAX))
}

/// Whether next to nothing is read while the scan runs, on every instance often enough.
fn opened_nothing(collected: &Collected<'_>, scan: Option<&Scan<'_>>, visitors: &[Visitor<'_>]) -> Option<ScanReads> {
    let (Collected::Read { section, series }, Some(scan)) = (collected, scan) else { return None };
    let (data, _) = section_reads(section, series).ok()?;
    let seen_often = |visitor: &Visitor<'_>| {
        let in_window = |run: &&DateTime<Utc>| **run >= visitor.since && (data.from..data.to).contains(*run);
        visitor.runs.iter().filter(in_window).count() >= alignment::FEWEST_RUNS
    };
    if !visitors.iter().all(seen_often) {
        return None;
    }
    match storage::opened(&data.reads(), scan) {
        Opened::NearZero { runs, bytes_per_run } => {
            let days = (data.to - data.from).num_days();
            Some(ScanReads::OpenedNothing { runs, days, bytes_per_run })
        }
        Opened::Some { .. } | Opened::Unknown { .. } => None,
    }
}

/// Both metrics put together; of metadata only whether it is aligned is asked, for its power says nothing that matters.
fn judge(data: &Series, metadata: &Series, scan: &Scan<'_>) -> Verdict {
    let data = alignment::read(&data.reads(), scan);
    let metadata = alignment::aligned(&metadata.reads(), scan).ok().flatten();
    alignment::verdict(data, metadata.map(Reading::Aligned))
}

fn said(verdict: &Verdict) -> ScanReads {
    match verdict {
        Verdict::ReadsAligned { data, metadata } => {
            ScanReads::ReadsAligned { data: run_reads(data), metadata: metadata.as_ref().map(run_reads) }
        }
        Verdict::WalksOnly { metadata, data } => {
            ScanReads::WalksOnly { metadata: run_reads(metadata), smallest_seen: data.smallest_seen }
        }
        Verdict::NotSeen { data, .. } => ScanReads::NotSeen { runs: data.runs, smallest_seen: data.smallest_seen },
        Verdict::Unknown { why } => ScanReads::Unknown(match why {
            Why::TooFewRuns { have, need } => Unread::TooFewRuns { have: *have, need: *need },
            Why::TooLittleData { runs, shown, need } => {
                Unread::TooLittleData { runs: *runs, shown: *shown, need: *need }
            }
            Why::TooOften { .. } => Unread::TooOften,
            Why::FewClockTimes { have, need } => Unread::FewClockTimes { have: *have, need: *need },
            Why::TooCoarse { .. } => Unread::TooCoarse,
            Why::TooNoisy { smallest_seen } => Unread::TooNoisy { smallest_seen: *smallest_seen },
        }),
    }
}

fn run_reads(aligned: &Aligned) -> RunReads {
    let Aligned { bytes_per_run, range: (at_least, at_most), runs, .. } = aligned;
    RunReads { runs: *runs, bytes_per_run: *bytes_per_run, at_least: *at_least, at_most: *at_most }
}
