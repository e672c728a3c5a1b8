//! Mount tables that an operator saved on a host: `findmnt -J`, `/proc/mounts`, `/proc/self/mountinfo`.
//!
//! A table alone cannot say which file system is behind a proxy on the loopback address; such a mount is kept as unresolved
//! and makes the table incomplete. So does a table that is not of a whole host.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use thiserror::Error;

use super::clues::Clues;
use super::resolve::resolve;
use super::row::{Row, unescape};
use crate::model::HostMounts;

/// Bytes of a saved table that are read: a dozen times what a node with 6,000 mounts has.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Why a text is no mount table.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TableError {
    /// There is nothing in it. `findmnt` prints nothing where no mount fits its filter.
    #[error("no mounts in it; save the whole table with `findmnt -J` or `cat /proc/1/mountinfo`")]
    Empty,
    /// It is longer than [`MAX_BYTES`].
    #[error("longer than {} MiB, which is no mount table", MAX_BYTES >> 20)]
    TooLarge,
    /// A line is not of the format of the others.
    #[error("line {line}: {message}; save the table with `findmnt -J` or `cat /proc/1/mountinfo`")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        message: &'static str,
    },
    /// It begins like `findmnt -J` and is not.
    #[error("not the output of `findmnt -J`: {0}")]
    Json(String),
}

/// Reads a saved mount table, whichever of the three formats it has.
///
/// # Errors
/// When the text is none of them, or ends in the middle.
pub fn parse(instance_id: &str, observed_at: DateTime<Utc>, text: &str) -> Result<HostMounts, TableError> {
    if text.len() > MAX_BYTES {
        return Err(TableError::TooLarge);
    }
    let text = text.trim_start_matches('\u{feff}');
    let rows = if text.trim_start().starts_with('{') { findmnt(text)? } else { lines(text)? };
    if rows.is_empty() {
        return Err(TableError::Empty);
    }
    let resolved = resolve(&rows, &Clues::default());
    let doubts: Vec<String> = not_a_host(&rows).map(str::to_owned).into_iter().chain(resolved.doubt()).collect();
    Ok(HostMounts {
        instance_id: instance_id.to_owned(),
        observed_at: Some(observed_at),
        incomplete: (!doubts.is_empty()).then(|| doubts.join("; ")),
        mounts: resolved.mounts,
        ..HostMounts::default()
    })
}

/// Why the table is not that of a whole host, if so.
fn not_a_host(rows: &[Row]) -> Option<&'static str> {
    match rows.iter().find(|row| row.point.as_deref() == Some("/")) {
        None => Some("the table has no root, so it is not whole"),
        Some(root) if root.fstype == "overlay" => Some("the root is an overlay, so the table is a container's"),
        Some(_) => None,
    }
}

/// Reads a line of one of the formats of `/proc`.
type ReadLine = fn(&str) -> Result<Row, &'static str>;

/// Both formats of `/proc`.
fn lines(text: &str) -> Result<Vec<Row>, TableError> {
    let mut rows = Vec::new();
    let mut reader: Option<ReadLine> = None;
    // Not `lines()` alone: a name may hold a carriage return, but a line of the table never ends with a name.
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let read = reader.get_or_insert(if looks_like_mountinfo(line) { mountinfo } else { mounts });
        rows.push(read(line.trim_end()).map_err(|message| TableError::Line { line: index + 1, message })?);
    }
    Ok(rows)
}

fn looks_like_mountinfo(line: &str) -> bool {
    let mut fields = line.split(' ');
    let mut number = || fields.next().is_some_and(is_number);
    number() && number() && line.contains(" - ")
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// `36 35 0:30 / /mnt rw,noatime shared:1 - nfs4 server:/ rw,vers=4.1` (`proc(5)`).
fn mountinfo(line: &str) -> Result<Row, &'static str> {
    let (head, tail) = line.split_once(" - ").ok_or("not a line of mountinfo")?;
    let head: Vec<&str> = head.split(' ').collect();
    let [id, parent, device, _, point, _, ..] = *head.as_slice() else { return Err("not a line of mountinfo") };
    if !(is_number(id) && is_number(parent) && device.contains(':') && point.starts_with('/')) {
        return Err("not a line of mountinfo");
    }
    // A source may be empty, so no run of spaces is one separator.
    let tail: Vec<&str> = tail.split(' ').collect();
    let [fstype, source, options] = *tail.as_slice() else { return Err("ends in the middle") };
    Ok(Row::new(&unescape(point), fstype, &unescape(source), options))
}

/// `server:/ /mnt nfs4 rw,vers=4.1 0 0` (`proc(5)`).
fn mounts(line: &str) -> Result<Row, &'static str> {
    let fields: Vec<&str> = line.split(' ').collect();
    let [source, point, fstype, options, dump, pass] = *fields.as_slice() else {
        return Err("neither a line of /proc/mounts nor of mountinfo");
    };
    if !(point.starts_with('/') && is_number(dump) && is_number(pass)) {
        return Err("neither a line of /proc/mounts nor of mountinfo");
    }
    if ["UUID=", "LABEL=", "PARTUUID="].iter().any(|tag| source.starts_with(tag)) {
        return Err("a line of fstab, which says what may be mounted, not what is");
    }
    Ok(Row::new(&unescape(point), fstype, &unescape(source), options))
}

/// What `findmnt -J` prints; columns that are not read are ignored.
#[derive(Debug, Deserialize)]
struct Findmnt {
    filesystems: Vec<FindmntRow>,
}

#[derive(Debug, Deserialize)]
struct FindmntRow {
    target: String,
    #[serde(default)]
    source: Option<String>,
    fstype: String,
    #[serde(default)]
    options: Option<String>,
    #[serde(default)]
    children: Vec<Self>,
}

fn findmnt(text: &str) -> Result<Vec<Row>, TableError> {
    let whole: Findmnt = serde_json::from_str(text).map_err(|error| TableError::Json(error.to_string()))?;
    let mut rows = Vec::new();
    let mut waiting = whole.filesystems;
    while let Some(row) = waiting.pop() {
        let source = row.source.unwrap_or_default();
        let source = without_folder(&source);
        rows.push(Row::new(&row.target, &row.fstype, source, row.options.as_deref().unwrap_or_default()));
        waiting.extend(row.children);
    }
    Ok(rows)
}

/// The source without the folder of a bind mount: `server:/[/folder]`.
fn without_folder(source: &str) -> &str {
    match source.strip_suffix(']').and_then(|rest| rest.rfind("[/")) {
        Some(at) if at > 0 => source.get(..at).unwrap_or(source),
        _ => source,
    }
}
