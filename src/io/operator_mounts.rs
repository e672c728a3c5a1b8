//! What the operator says of mounts, read from files: a mount map, and mount tables saved on hosts.
//!
//! It is put into targets before they are judged, live ones and those of snapshots alike. What fits no target is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use chrono::{DateTime, Duration, Utc};

use super::clock::now;
use super::hint::Hint;
use super::input::{is_standard, named, open};
use super::stderr::warn;
use crate::model::{HostMounts, Observed, Section, Target};
use crate::mounts::map::{self, MapProblem, MapRow};
use crate::mounts::table;
use crate::text::count;

/// The operator's files, read.
#[derive(Debug, Default)]
pub struct OperatorMounts {
    /// The map's file and rows, if there is a map.
    map: Option<(PathBuf, Vec<MapRow>)>,
    tables: Vec<HostMounts>,
    /// What the targets so far have.
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    instances: BTreeSet<String>,
    file_systems: BTreeSet<String>,
    /// A list was missing somewhere, so that nothing can be called unknown.
    partly: bool,
    /// Instances whose table is too old or too new to say what was not mounted, and how much later than the data it is.
    other_days: BTreeMap<String, Duration>,
}

impl OperatorMounts {
    /// Reads the files, and warns of what cannot be used of them, unless `quiet`.
    ///
    /// # Errors
    /// When a file cannot be read, is no mount table, or a map has no usable row.
    pub(crate) fn read(map: Option<&Path>, tables: &[(String, PathBuf)], quiet: bool) -> anyhow::Result<Self> {
        let mut read = Self::default();
        let mut warnings = Vec::new();
        if let Some(path) = map {
            let name = path.file_name().map_or_else(|| named(path), |name| named(Path::new(name)));
            let (text, _) = text_of(path, map::MAX_BYTES)?;
            let parsed = map::parse(&name, &text);
            warnings.extend(parsed.problems.iter().map(|problem| told(path, problem)));
            anyhow::ensure!(!parsed.rows.is_empty(), "the mount map has no usable row: {}", first_of(&warnings));
            read.map = Some((path.to_path_buf(), parsed.rows));
        }
        for (instance, path) in tables {
            let (text, saved_at) = text_of(path, table::MAX_BYTES)?;
            let host = table::parse(instance, saved_at, &text);
            read.tables.push(host.with_context(|| format!("{} is no mount table", named(path)))?);
        }
        warn(&warnings, quiet);
        Ok(read)
    }

    /// Puts into `target` what is said of it.
    pub fn put_into(&self, target: &mut Target) {
        if self.map.is_none() && self.tables.is_empty() {
            return;
        }
        let ids = target.ec2.instances.complete().map(|rows| rows.iter().map(|row| row.id.clone()).collect());
        let file_systems = target.efs.file_systems.complete();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.partly |= ids.is_none() || file_systems.is_none();
        seen.instances.extend(ids.iter().flatten().cloned());
        seen.file_systems.extend(file_systems.into_iter().flatten().map(|row| row.id.clone()));
        let ids: Option<BTreeSet<String>> = ids;
        // An instance that is not in the list belongs to another target.
        let has = |id: &str| ids.as_ref().is_none_or(|ids| ids.contains(id));
        if let Some((_, rows)) = &self.map {
            let fits = |row: &&MapRow| {
                row.account.as_ref().is_none_or(|account| *account == target.account)
                    && row.region.as_ref().is_none_or(|region| *region == target.region)
                    && has(&row.declared.instance_id)
            };
            let rows = rows.iter().filter(fits).map(|row| row.declared.clone()).collect();
            add(&mut target.evidence.declared, rows);
        }
        if !self.tables.is_empty() {
            let rows: Vec<HostMounts> = self.tables.iter().filter(|host| has(&host.instance_id)).cloned().collect();
            for host in &rows {
                let Some(apart) = host.observed_at.map(|at| at - target.taken_at) else { continue };
                if apart < -HostMounts::HOLDS || apart > HostMounts::AHEAD {
                    seen.other_days.insert(host.instance_id.clone(), apart);
                }
            }
            add(&mut target.evidence.tables, rows);
        }
    }

    /// What no target so far has, and what is of another day, in words.
    pub(crate) fn unknown(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let other_day = |(instance, apart): (&String, &Duration)| {
            let when = if *apart > Duration::zero() { "after" } else { "before" };
            format!(
                "the mount table of {instance} was saved {} {when} the data was taken: what it does not show may have been \
                 mounted then; save the table first, then collect, within a day",
                count(u64::try_from(apart.abs().num_hours()).unwrap_or(u64::MAX), "hour", "hours")
            )
        };
        let mut unknown: Vec<String> = seen.other_days.iter().map(other_day).collect();
        if seen.partly {
            return unknown;
        }
        if let Some((path, rows)) = &self.map {
            let problems = map::unknown_ids(rows, &seen.instances, &seen.file_systems);
            unknown.extend(problems.iter().map(|problem| told(path, problem)));
        }
        let lost = self.tables.iter().filter(|host| !seen.instances.contains(&host.instance_id));
        unknown.extend(lost.map(|host| format!("no target has the instance {} of a mount table", host.instance_id)));
        unknown
    }
}

/// Adds rows to what a section has; they stand beside what a snapshot says already.
fn add<T: Ord>(section: &mut Section<Observed<T>>, rows: Vec<T>) {
    let mut all = if let Section::Complete(known) = std::mem::take(section) { known } else { Observed::default() };
    all.rows.extend(rows);
    all.rows.sort();
    all.rows.dedup();
    *section = Section::Complete(all);
}

/// The first of some warnings, and how many there are.
fn first_of(warnings: &[String]) -> String {
    match warnings {
        [first, others @ ..] if !others.is_empty() => format!("{first}; and {} more like it", others.len()),
        _ => warnings.concat(),
    }
}

/// A problem with its file and line.
fn told(path: &Path, problem: &MapProblem) -> String {
    let end = if problem.rejected { "; the row is left out" } else { "" };
    format!("{}, line {}: {}{end}", named(path), problem.line, problem.message)
}

/// A file's text, whatever bytes it has, and when it was last changed.
fn text_of(path: &Path, most: usize) -> anyhow::Result<(String, DateTime<Utc>)> {
    let read = || -> std::io::Result<(Vec<u8>, DateTime<Utc>)> {
        let changed = if is_standard(path) { now() } else { fs::metadata(path)?.modified()?.into() };
        let mut bytes = Vec::new();
        // One more than the most, so that the reader sees that it is too long.
        open(path)?.take(u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut bytes)?;
        Ok((bytes, changed))
    };
    let (bytes, changed) = read()
        .with_context(|| format!("cannot read {}", named(path)))
        .map_err(|error| error.context(Hint("name a file that is there; `-` is standard input".to_owned())))?;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), changed))
}
