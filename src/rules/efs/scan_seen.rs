//! Whether the scan reads a file system: [`crate::alignment`] asked with what a snapshot has.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::fast_map::FastMap;
use crate::alignment::storage::{self, Movement, Opened, Stored, Visitor, Witness};
use crate::alignment::{self, Absent, Aligned, Reading, Reads, Scan, Verdict, Why};
use crate::model::{EfsReads, FileSystem, FileSystemReads, Instance, Point, Section, Target};
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
    /// The instances that are exposed to it.
    pub(crate) instances: &'m [&'a Instance],
    /// Set where the VM Scanner scans one of them, or may: when it ran is not known.
    pub(crate) untimed: Option<Unread>,
    /// Whether Inspector was seen inside.
    pub(crate) seen_inside: bool,
    /// Whether a read moves a file to Standard.
    pub(crate) returns_on_read: bool,
}

/// When the scan ran, and on which instances.
#[derive(Debug)]
pub(crate) struct ScanRuns<'a> {
    target: &'a Target,
    /// How often it runs in 30 days.
    per_month: Decimal,
    /// The times of runs, each list that of all instances that were reached alike.
    lists: Vec<Vec<DateTime<Utc>>>,
    /// Which of the lists is an instance's.
    of: FastMap<&'a str, usize>,
    /// When the oldest task that mounts a file system on an instance was started: an instance, a file system.
    oldest_task: FastMap<(&'a str, &'a str), DateTime<Utc>>,
    /// Why nothing is known of them.
    unread: Option<Unread>,
}

/// When the oldest task that mounts a file system on an instance was started: an instance, a file system.
fn oldest_tasks(target: &Target) -> FastMap<(&str, &str), DateTime<Utc>> {
    let mut oldest = FastMap::default();
    for task in target.evidence.efs_tasks.complete().into_iter().flat_map(|tasks| &tasks.rows) {
        if let Some(started) = task.started_at {
            let since = oldest.entry((task.instance_id.as_str(), task.file_system_id.as_str())).or_insert(started);
            *since = started.min(*since);
        }
    }
    oldest
}

impl<'a> ScanRuns<'a> {
    /// Those of `target`, whose scan runs so often in 30 days.
    pub(crate) fn of(target: &'a Target, per_month: Decimal) -> Self {
        let mut found = Self {
            target,
            per_month,
            lists: Vec::new(),
            of: FastMap::default(),
            oldest_task: oldest_tasks(target),
            unread: None,
        };
        let Some(runs) = target.evidence.association_runs.complete() else {
            return Self { unread: Some(Unread::NoRuns), ..found };
        };
        let Some(reach) = target.evidence.association_targets.complete() else {
            return Self { unread: Some(Unread::NoTargets), ..found };
        };
        let mut reach: Vec<_> = reach.rows.iter().collect();
        reach.sort_by_key(|row| row.at);
        let mut reached: BTreeMap<&'a str, Vec<bool>> = BTreeMap::new();
        for (number, row) in reach.iter().enumerate() {
            for id in &row.instances {
                let rows = reached.entry(id).or_insert_with(|| vec![false; reach.len()]);
                if let Some(place) = rows.get_mut(number) {
                    *place = true;
                }
            }
        }
        // Instances are many, and most were reached alike.
        let mut numbers: BTreeMap<Vec<bool>, usize> = BTreeMap::new();
        for (id, rows) in reached {
            let next = numbers.len();
            let number = *numbers.entry(rows).or_insert(next);
            found.of.insert(id, number);
        }
        found.lists.resize_with(numbers.len(), Vec::new);
        for (rows, number) in numbers {
            // Between two runs that both reached an instance, all did.
            let known = |at: DateTime<Utc>| {
                let both = |pair: (usize, usize)| rows.get(pair.0) == Some(&true) && rows.get(pair.1) == Some(&true);
                let before = reach.partition_point(|row| row.at <= at).checked_sub(1);
                before.is_some_and(|before| {
                    let exact = reach.get(before).is_some_and(|row| row.at == at);
                    both((before, if exact { before } else { before + 1 }))
                })
            };
            if let Some(list) = found.lists.get_mut(number) {
                list.extend(runs.rows.iter().map(|run| run.at).filter(|at| known(*at)));
                list.sort_unstable();
                list.dedup();
            }
        }
        found
    }

    /// What the meter says of a file system.
    pub(crate) fn seen(&self, scanned: Scanned<'_, '_>) -> ScanSeen {
        let mut numbers: BTreeSet<usize> = BTreeSet::new();
        let mut visitors: Vec<Visitor<'_>> = Vec::new();
        for instance in scanned.instances {
            let number = self.of.get(instance.id.as_str());
            let runs: &[DateTime<Utc>] = number.and_then(|number| self.lists.get(*number)).map_or(&[], Vec::as_slice);
            numbers.extend(number);
            // Of the time before the first run that is known the storage says nothing.
            let first = runs.first().copied().unwrap_or(self.target.taken_at);
            let launched = instance.launch_time.unwrap_or(first).max(first);
            visitors.push(Visitor { since: launched.max(self.mounted(instance, scanned.file_system)), runs });
        }
        if scanned.untimed.is_some() {
            // Its runs are not known: of what it does nothing is said.
            visitors.push(Visitor { since: self.target.taken_at, runs: &[] });
        }
        let mut runs: Vec<DateTime<Utc>> =
            numbers.iter().filter_map(|number| self.lists.get(*number)).flatten().copied().collect();
        runs.sort_unstable();
        runs.dedup();
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

    /// Since when an instance is known not to have mounted a file system before: the start of the oldest task that
    /// mounts it there.
    fn mounted(&self, instance: &Instance, file_system: &FileSystem) -> DateTime<Utc> {
        let since = self.oldest_task.get(&(instance.id.as_str(), file_system.id.as_str()));
        since.copied().unwrap_or(DateTime::<Utc>::MIN_UTC)
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
