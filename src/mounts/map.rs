//! The operator's mount map: who mounts what, as somebody says who knows.
//!
//! CSV with a header, or a JSON array of objects, with the same columns: `account`, `region`, `instance`, `file_system` (an
//! id, or `none` for an instance that mounts none), `mount_point`, `observed_at`, `expires_at`, `note`. Nothing is dropped in
//! silence: what is not taken over is a [`MapProblem`] with its line.

mod cells;
mod conflicts;
mod row;

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use super::is_file_system;
use crate::model::DeclaredMount;
use crate::text::is_instance;
use cells::Cells;

pub use row::{MapProblem, MapRow};

/// Bytes of a map that are read.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Rows of a map that are read.
pub const MAX_ROWS: usize = 500_000;

/// Characters of a note that are kept.
const MAX_NOTE: usize = 500;

/// A map as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MountMap {
    /// The rows that can be used, as they stand.
    pub rows: Vec<MapRow>,
    /// What is wrong, by line.
    pub problems: Vec<MapProblem>,
}

/// Reads a map. `name` is how the file is called in [`DeclaredMount::origin`].
#[must_use]
pub fn parse(name: &str, text: &str) -> MountMap {
    let mut map = MountMap::default();
    if text.len() > MAX_BYTES {
        map.problems.push(MapProblem::rejected(1, format!("the map is longer than {} MiB", MAX_BYTES >> 20)));
        return map;
    }
    let text = text.trim_start_matches('\u{feff}');
    let read = if text.trim_start().starts_with(['[', '{']) { cells::json } else { cells::csv };
    read(text, &mut map.problems, &mut |line, cells, problems| {
        if map.rows.len() == MAX_ROWS {
            problems.push(MapProblem::rejected(
                line,
                format!("the map has more than {MAX_ROWS} rows; the rest is not read"),
            ));
            return false;
        }
        match row(name, line, &cells) {
            Ok(row) => map.rows.push(row),
            Err(message) => problems.push(MapProblem::rejected(line, message)),
        }
        true
    });
    if map.rows.is_empty() && map.problems.is_empty() {
        map.problems.push(MapProblem::rejected(1, "the map has no rows"));
    }
    map.problems.extend(conflicts::among(&map.rows));
    map.problems.sort();
    map
}

/// The instances and file systems of a map that no target has, each with its first line.
///
/// An id may belong to an account or region that was not asked about, or to something that is gone; or it is mistyped.
#[must_use]
pub fn unknown_ids(rows: &[MapRow], instances: &BTreeSet<String>, file_systems: &BTreeSet<String>) -> Vec<MapProblem> {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for row in rows {
        let instance = Some(&row.declared.instance_id).filter(|id| !instances.contains(*id));
        let file_system = row.declared.file_system_id.as_ref().filter(|id| !file_systems.contains(*id));
        for (what, id) in [("instance", instance), ("file system", file_system)] {
            if let Some(id) = id.filter(|id| seen.insert((*id).clone())) {
                problems.push(MapProblem::noted(row.line, format!("no target has the {what} {id}")));
            }
        }
    }
    problems
}

fn row(name: &str, line: usize, cells: &Cells) -> Result<MapRow, String> {
    let instance = cells.get("instance").ok_or("the instance is missing")?;
    if !is_instance(instance) {
        return Err(format!("{instance:?} is not the id of an instance: i- and 8 or 17 hexadecimal digits"));
    }
    let file_system =
        cells.get("file_system").ok_or("file_system is missing; write `none` for an instance that mounts none")?;
    if file_system != "none" && !is_file_system(file_system) {
        return Err(format!(
            "{file_system:?} is neither `none` nor the id of a file system: fs- and 8 to 40 hexadecimal digits"
        ));
    }
    let account = cells.get("account");
    if let Some(account) = account.filter(|id| id.len() != 12 || !id.bytes().all(|digit| digit.is_ascii_digit())) {
        return Err(format!("{account:?} is not an account: 12 digits; a spreadsheet drops zeros in front"));
    }
    let region = cells.get("region");
    if let Some(region) = region.filter(|region| !is_region(region)) {
        return Err(format!("{region:?} is not a region such as ap-northeast-1"));
    }
    let mount_point = cells.get("mount_point");
    match mount_point {
        Some(_) if file_system == "none" => return Err("a mount point, but the file system is `none`".to_owned()),
        Some(point) if !point.starts_with('/') => {
            return Err(format!("the mount point {point:?} does not begin with /"));
        }
        _ => {}
    }
    let observed_at = cells.get("observed_at").map(|text| time("observed_at", text, Days::new(0))).transpose()?;
    // A day without a time is valid until it ends.
    let expires_at = cells.get("expires_at").map(|text| time("expires_at", text, Days::new(1))).transpose()?;
    if observed_at.zip(expires_at).is_some_and(|(observed, expires)| expires <= observed) {
        return Err("it expires before it was observed".to_owned());
    }
    Ok(MapRow {
        line,
        account: account.map(str::to_owned),
        region: region.map(str::to_owned),
        declared: DeclaredMount {
            instance_id: instance.to_owned(),
            file_system_id: (file_system != "none").then(|| file_system.to_owned()),
            mount_point: mount_point.map(str::to_owned),
            observed_at,
            expires_at,
            note: cells.get("note").map(|note| note.chars().take(MAX_NOTE).collect()),
            origin: format!("{name}, line {line}"),
        },
    })
}

/// Words of small letters and a number, joined by `-`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [words @ .., number] => {
            words.len() >= 2
                && words.iter().all(|word| !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_lowercase()))
                && (1..=2).contains(&number.len())
                && number.bytes().all(|digit| digit.is_ascii_digit())
        }
        [] => false,
    }
}

/// A time, or a day; `later` is what a day stands for beyond its first moment, UTC.
fn time(column: &str, text: &str, later: Days) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| text.len() == 10)
        .and_then(|day| day.checked_add_days(later))
        .map(|day| day.and_time(NaiveTime::MIN).and_utc())
        .ok_or_else(|| {
            format!("{column} {text:?} is neither a day such as 2026-11-22 nor a time such as 2026-11-22T03:04:05Z")
        })
}
