//! Snapshot files: read target by target, written target by target, whole or not at all.
//!
//! A file is one JSON object (`schema_version`, `tool`, `taken_at`, `targets`). Neither side holds more than one target,
//! so a sweep over hundreds of accounts needs no more memory than its largest one, and that is bounded.

use std::io::{self, BufReader, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike as _, Utc};
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::bounded_file::Weighed;
use super::input::{named, open_document};
use crate::model::{SNAPSHOT_SCHEMA_VERSION, Section, Target, Tool};

/// The years in which a snapshot can have been taken.
const YEARS: Range<i32> = 2000..2200;

/// Why a snapshot cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file cannot be opened or read.
    #[error("cannot read the snapshot {}", named(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file ends too early.
    #[error("the snapshot {} ends in the middle (line {line}): it was not written or copied whole", named(path))]
    Truncated {
        /// The file.
        path: PathBuf,
        /// The last line.
        line: usize,
    },
    /// The file is not a snapshot.
    #[error("{} is not a snapshot of inspector-audit: {message}", named(path))]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// The file is a report.
    #[error("{} is a report, not a snapshot", named(path))]
    Report {
        /// The file.
        path: PathBuf,
    },
    /// The file is of another version.
    #[error("the snapshot {} has schema_version {found}, this version reads {SNAPSHOT_SCHEMA_VERSION}", named(path))]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u64,
    },
}

impl SnapshotError {
    /// What to type next.
    pub(crate) fn help(&self) -> String {
        let collect = "`inspector-audit collect --output snapshot.json`";
        match self {
            Self::Io { source, .. } if source.kind() == io::ErrorKind::IsADirectory => {
                "name the snapshot in it; a directory of Terraform is for `inspector-audit terraform`".to_owned()
            }
            Self::Io { .. } | Self::Format { .. } => format!("{collect} writes one"),
            Self::Truncated { .. } => format!("collect it again: {collect}"),
            Self::Report { .. } => format!("give the snapshot that it was made from, or write one with {collect}"),
            Self::Version { .. } => format!("upgrade inspector-audit, or collect again with this version: {collect}"),
        }
    }
}

/// What a snapshot says besides its targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// When it was taken, UTC.
    pub taken_at: DateTime<Utc>,
}

/// Reads a snapshot and hands over each target as soon as it is read.
///
/// # Errors
/// When the file cannot be read or is no snapshot of a version this build reads; and whatever `each` fails with.
pub fn read<E: From<SnapshotError>>(path: &Path, each: &mut dyn FnMut(Target) -> Result<(), E>) -> Result<Header, E> {
    let io = |source| SnapshotError::Io { path: path.to_owned(), source };
    let file = Weighed::new(open_document(path).map_err(io)?);
    let relief = file.relief();
    read_from(BufReader::with_capacity(1 << 20, file), path, &mut |target| {
        relief();
        each(target)
    })
}

fn read_from<E: From<SnapshotError>>(
    reader: impl Read,
    path: &Path,
    each: &mut dyn FnMut(Target) -> Result<(), E>,
) -> Result<Header, E> {
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    let mut failed: Option<E> = None;
    let mut other: Option<u64> = None;
    let mut field = None;
    let mut report = false;
    let visitor =
        DocumentVisitor { each, failed: &mut failed, other: &mut other, report: &mut report, field: &mut field };
    let document = deserializer.deserialize_map(visitor);
    let is_alone = document.is_err() || deserializer.end().is_ok();
    if let Some(error) = failed {
        return Err(error);
    }
    if let Some(found) = other {
        return Err(SnapshotError::Version { path: path.to_owned(), found }.into());
    }
    if report && document.is_err() {
        return Err(SnapshotError::Report { path: path.to_owned() }.into());
    }
    let header = document.map_err(|error| to_error(&error, path, field))?;
    if !is_alone {
        let message = "something follows its JSON document: a snapshot is one object, and nothing else".to_owned();
        return Err(SnapshotError::Format { path: path.to_owned(), message }.into());
    }
    Ok(header)
}

fn to_error(error: &serde_json::Error, path: &Path, field: Option<String>) -> SnapshotError {
    let path = path.to_owned();
    match error.classify() {
        serde_json::error::Category::Io => {
            let source = io::Error::new(error.io_error_kind().unwrap_or(io::ErrorKind::Other), error.to_string());
            SnapshotError::Io { path, source }
        }
        serde_json::error::Category::Eof if error.line() > 0 && error.column() + error.line() > 1 => {
            SnapshotError::Truncated { path, line: error.line() }
        }
        _ => {
            let message = field.map_or_else(|| error.to_string(), |field| format!("{error}, at {field}"));
            SnapshotError::Format { path, message }
        }
    }
}

/// Refuses a time at which no snapshot was ever taken: every rule counts days back and forth from it.
fn check_time(taken_at: &DateTime<Utc>) -> Result<(), String> {
    if YEARS.contains(&taken_at.year()) {
        return Ok(());
    }
    Err(format!("taken_at is {}, which is not between 2000-01-01 and 2200-01-01", taken_at.to_rfc3339()))
}

/// Reads the outer object.
struct DocumentVisitor<'v, E> {
    each: &'v mut dyn FnMut(Target) -> Result<(), E>,
    failed: &'v mut Option<E>,
    /// The version, where it is not this one's.
    other: &'v mut Option<u64>,
    /// Whether it has findings, and no targets before them.
    report: &'v mut bool,
    field: &'v mut Option<String>,
}

impl<'de, E> Visitor<'de> for DocumentVisitor<'_, E> {
    type Value = Header;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a snapshot: an object with schema_version, taken_at and targets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let Self { each, failed, other, report, field } = self;
        let (mut version, mut taken_at, mut targets) = (None::<u64>, None, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "schema_version" => {
                    let found: u64 = map.next_value()?;
                    if found != u64::from(SNAPSHOT_SCHEMA_VERSION) {
                        *other = Some(found);
                        return Err(A::Error::custom("another schema_version"));
                    }
                    version = Some(found);
                }
                "taken_at" => {
                    let time = map.next_value()?;
                    check_time(&time).map_err(A::Error::custom)?;
                    taken_at = Some(time);
                }
                "targets" => {
                    if version.is_none() {
                        return Err(A::Error::custom("schema_version has to come before targets"));
                    }
                    map.next_value_seed(TargetsSeed { each: &mut *each, failed: &mut *failed, field: &mut *field })?;
                    targets = true;
                }
                key => {
                    *report |= key == "findings" && !targets;
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        version.ok_or_else(|| A::Error::missing_field("schema_version"))?;
        if !targets {
            return Err(A::Error::missing_field("targets"));
        }
        Ok(Header { taken_at: taken_at.ok_or_else(|| A::Error::missing_field("taken_at"))? })
    }
}

/// Reads the list of targets, one at a time.
struct TargetsSeed<'v, E> {
    each: &'v mut dyn FnMut(Target) -> Result<(), E>,
    failed: &'v mut Option<E>,
    field: &'v mut Option<String>,
}

impl<'de, E> DeserializeSeed<'de> for TargetsSeed<'_, E> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, E> Visitor<'de> for TargetsSeed<'_, E> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a list of targets")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(target) = seq.next_element_seed(TargetSeed { number, field: &mut *self.field })? {
            number += 1;
            if let Err(error) = (self.each)(target) {
                *self.failed = Some(error);
                return Err(A::Error::custom("stopped"));
            }
        }
        // A snapshot of nothing would read as complete and clean.
        if number == 0 {
            return Err(A::Error::custom("it has no target, so it says nothing of any account"));
        }
        Ok(())
    }
}

/// Refuses rows that name nothing: they would be taken for each other.
fn check_ids(target: &Target) -> Result<(), String> {
    if target.account.is_empty() || target.region.is_empty() {
        return Err("account and region are needed".to_owned());
    }
    let (ec2, inspector, efs) = (&target.ec2, &target.inspector, &target.efs);
    let nameless = [
        ("ec2.instances", without(&ec2.instances, |row| &row.id)),
        ("ec2.security_groups", without(&ec2.security_groups, |row| &row.id)),
        ("ec2.prefix_lists", without(&ec2.prefix_lists, |row| &row.id)),
        ("ssm.managed_nodes", without(&target.ssm.managed_nodes, |row| &row.id)),
        ("inspector.ec2_coverage", without(&inspector.ec2_coverage, |row| &row.instance_id)),
        ("efs.file_systems", without(&efs.file_systems, |row| &row.id)),
        ("efs.mount_targets", without(&efs.mount_targets, |row| &row.file_system_id)),
        ("ecr.repositories", without(&target.ecr.repositories, |row| &row.name)),
    ];
    let found = nameless.into_iter().find_map(|(section, row)| Some((section, row?)));
    found.map_or(Ok(()), |(section, row)| Err(format!("row {row} of {section} has no id")))
}

/// The first row without an id.
fn without<T>(section: &Section<Vec<T>>, id: fn(&T) -> &String) -> Option<usize> {
    section.complete()?.iter().position(|row| id(row).is_empty())
}

/// Reads one target, and remembers where it broke.
struct TargetSeed<'v> {
    number: usize,
    field: &'v mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for TargetSeed<'_> {
    type Value = Target;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Target, D::Error> {
        let target: Target = serde_path_to_error::deserialize(deserializer).map_err(|error| {
            *self.field = Some(format!("targets[{}].{}", self.number, error.path()));
            error.into_inner()
        })?;
        check_time(&target.taken_at).map_err(|message| {
            *self.field = Some(format!("targets[{}].taken_at", self.number));
            D::Error::custom(message)
        })?;
        check_ids(&target).map_err(|message| {
            *self.field = Some(format!("targets[{}]", self.number));
            D::Error::custom(message)
        })?;
        Ok(target)
    }
}

/// Writes a snapshot, target by target.
#[derive(Debug)]
pub struct Writer<W: Write> {
    out: W,
    taken_at: DateTime<Utc>,
    /// Whether anything was written.
    begun: bool,
}

impl<W: Write> Writer<W> {
    /// A snapshot taken at `taken_at`. Nothing is written before there is a target or the end.
    pub fn new(out: W, taken_at: DateTime<Utc>) -> Self {
        Self { out, taken_at, begun: false }
    }

    fn begin(&mut self) -> io::Result<()> {
        let out = &mut self.out;
        write!(out, "{{\"schema_version\":{SNAPSHOT_SCHEMA_VERSION},\"tool\":")?;
        serde_json::to_writer(&mut *out, &Tool::this())?;
        out.write_all(b",\"taken_at\":")?;
        serde_json::to_writer(&mut *out, &self.taken_at)?;
        out.write_all(b",\"targets\":[\n")
    }

    /// Adds a target.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn target(&mut self, target: &Target) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            self.out.write_all(b",\n")?;
        } else {
            self.begin()?;
        }
        serde_json::to_writer(&mut self.out, target)?;
        Ok(())
    }

    /// Ends the snapshot and gives `out` back.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn end(mut self) -> io::Result<W> {
        if !self.begun {
            self.begin()?;
        }
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()?;
        Ok(self.out)
    }
}
