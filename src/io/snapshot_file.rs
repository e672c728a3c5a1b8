//! Snapshot files: read target by target, written target by target, whole or not at all.
//!
//! A file is one JSON object (`schema_version`, `tool`, `taken_at`, `targets`), compressed or not. Neither side holds more
//! than one target, so a sweep over hundreds of accounts needs no more memory than its largest one, and that is bounded. A
//! file is read once and plainly; where it breaks, it is read once more to tell at which field.

use std::io::{self, Read};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::bounded_file::open_snapshot;
use super::input::is_standard;
use super::row_lists;
use super::sound_target::{check_ids, check_time};
use crate::model::{SNAPSHOT_SCHEMA_VERSION, Target};

pub use super::snapshot_error::SnapshotError;
pub(super) use super::snapshot_error::{ENDINGS, is_snapshot};
pub use super::snapshot_writer::Writer;

/// The largest file that is held whole while it is read, which is faster than piece by piece: a target of 8,000 instances.
const HELD: u64 = 8 << 20;
/// How much of a larger one is read at once.
const PIECE: usize = 1 << 18;

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
    let mut reader = open_snapshot(path).map_err(io)?;
    let mut held = Vec::new();
    reader.by_ref().take(HELD).read_to_end(&mut held).map_err(|source| match source.kind() {
        io::ErrorKind::UnexpectedEof => {
            SnapshotError::Truncated { path: path.to_owned(), line: held.split(|byte| *byte == b'\n').count() }
        }
        _ => io(source),
    })?;
    let mut pass = Pass::default();
    let is_all = u64::try_from(held.len()).is_ok_and(|length| length < HELD);
    // Targets that were dealt with already.
    let mut handed = 0;
    if !is_all && can_be_read_again(path) {
        held = Vec::new();
        reader = open_snapshot(path).map_err(io)?;
        let relief = reader.relief();
        let text = io::BufReader::with_capacity(PIECE, reader.by_ref());
        match row_lists::read(text, &mut |target| {
            relief();
            each(target)
        }) {
            row_lists::Outcome::Whole(taken_at) => return Ok(Header { taken_at }),
            row_lists::Outcome::Refused(error) => return Err(error),
            row_lists::Outcome::Stopped(after) => handed = after,
        }
        reader = open_snapshot(path).map_err(io)?;
    }
    let relief = reader.relief();
    let each: &mut dyn FnMut(Target) -> Result<(), E> = &mut |target| {
        relief();
        if handed > 0 {
            handed -= 1;
            return Ok(());
        }
        each(target)
    };
    let document = if is_all {
        pass.over(&mut serde_json::Deserializer::from_slice(&held), each)
    } else {
        // What comes once only is tracked at once.
        pass.tracked = !can_be_read_again(path);
        let whole = any(io::Cursor::new(std::mem::take(&mut held)).chain(reader));
        pass.over(&mut serde_json::Deserializer::from_reader(whole), each)
    };
    let Pass { failed, other, report, follows, tracked, mut field, .. } = pass;
    let error = match (failed, other, document) {
        (Some(error), ..) => return Err(error),
        (None, Some(found), _) => return Err(SnapshotError::Version { path: path.to_owned(), found }.into()),
        (None, None, Ok(_)) if follows => {
            let message = "something follows its JSON document: a snapshot is one object, and nothing else".to_owned();
            return Err(SnapshotError::Format { path: path.to_owned(), message }.into());
        }
        (None, None, Ok(header)) => return Ok(header),
        (None, None, Err(_)) if report => return Err(SnapshotError::Report { path: path.to_owned() }.into()),
        (None, None, Err(error)) => error,
    };
    if field.is_none() && error.is_data() {
        if is_all {
            field = field_that_breaks(&mut serde_json::Deserializer::from_slice(&held));
        } else if !tracked {
            let again = open_snapshot(path).ok().map(any);
            field = again.and_then(|again| field_that_breaks(&mut serde_json::Deserializer::from_reader(again)));
        }
    }
    Err(to_error(&error, path, field).into())
}

/// Whether a file begins anew when it is opened again.
fn can_be_read_again(path: &Path) -> bool {
    !is_standard(path) && path.is_file()
}

/// Reads a broken file once more, and slowly, for the name of the field that breaks it.
fn field_that_breaks<'de, R: serde_json::de::Read<'de>>(
    deserializer: &mut serde_json::Deserializer<R>,
) -> Option<String> {
    let mut pass = Pass::<SnapshotError> { tracked: true, ..Pass::default() };
    pass.over(deserializer, &mut |_| Ok(())).err()?;
    pass.field
}

/// A reader of one type, whatever it reads: what reads a target is megabytes of code for each type of reader.
fn any<'r>(reader: impl Read + 'r) -> io::BufReader<Box<dyn Read + 'r>> {
    io::BufReader::with_capacity(PIECE, Box::new(reader))
}

/// When a snapshot was taken, where that can be told without reading its targets.
pub(crate) fn taken_at(path: &Path) -> Option<DateTime<Utc>> {
    let reader = any(can_be_read_again(path).then(|| open_snapshot(path).ok())??);
    let mut pass = Pass::<SnapshotError> { head_only: true, ..Pass::default() };
    let _stopped_at_the_targets = pass.over(&mut serde_json::Deserializer::from_reader(reader), &mut |_| Ok(()));
    pass.taken_at
}

/// One reading of a file, and what it met besides targets.
#[derive(Debug)]
struct Pass<E> {
    /// Whether the place of what breaks is kept, which takes twice as long.
    tracked: bool,
    /// Whether it stops at the targets.
    head_only: bool,
    taken_at: Option<DateTime<Utc>>,
    failed: Option<E>,
    /// The version, where it is not this one's.
    other: Option<u64>,
    /// Whether it has findings, and no targets before them.
    report: bool,
    /// Whether something follows the document.
    follows: bool,
    field: Option<String>,
}

impl<E> Default for Pass<E> {
    fn default() -> Self {
        Self {
            tracked: false,
            head_only: false,
            taken_at: None,
            failed: None,
            other: None,
            report: false,
            follows: false,
            field: None,
        }
    }
}

impl<E> Pass<E> {
    fn over<'de, R: serde_json::de::Read<'de>>(
        &mut self,
        deserializer: &mut serde_json::Deserializer<R>,
        each: &mut dyn FnMut(Target) -> Result<(), E>,
    ) -> serde_json::Result<Header> {
        let header = deserializer.deserialize_map(DocumentVisitor { pass: self, each })?;
        match deserializer.end() {
            Err(error) if error.is_io() => return Err(error),
            end => self.follows = end.is_err(),
        }
        Ok(header)
    }
}

fn to_error(error: &serde_json::Error, path: &Path, field: Option<String>) -> SnapshotError {
    let path = path.to_owned();
    match error.classify() {
        // Compressed, and cut short.
        serde_json::error::Category::Io if error.io_error_kind() == Some(io::ErrorKind::UnexpectedEof) => {
            SnapshotError::Truncated { path, line: error.line() }
        }
        serde_json::error::Category::Io => {
            let source = io::Error::new(error.io_error_kind().unwrap_or(io::ErrorKind::Other), error.to_string());
            SnapshotError::Io { path, source }
        }
        serde_json::error::Category::Eof if error.line() > 0 && error.column() + error.line() > 1 => {
            SnapshotError::Truncated { path, line: error.line() }
        }
        // Nothing of it could be read.
        serde_json::error::Category::Syntax if field.is_none() && error.line() == 1 && error.column() <= 1 => {
            SnapshotError::Format { path, message: format!("it is not JSON: {error}") }
        }
        _ => {
            let message = field.map_or_else(|| error.to_string(), |field| format!("{error}, at {field}"));
            SnapshotError::Format { path, message }
        }
    }
}

/// Reads the outer object.
struct DocumentVisitor<'v, E> {
    pass: &'v mut Pass<E>,
    each: &'v mut dyn FnMut(Target) -> Result<(), E>,
}

impl<'de, E> Visitor<'de> for DocumentVisitor<'_, E> {
    type Value = Header;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a snapshot: an object with schema_version, taken_at and targets")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let Self { pass, each } = self;
        let (mut version, mut targets) = (None::<u64>, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "schema_version" => {
                    let found: u64 = map.next_value()?;
                    if found != u64::from(SNAPSHOT_SCHEMA_VERSION) {
                        pass.other = Some(found);
                        return Err(A::Error::custom("another schema_version"));
                    }
                    version = Some(found);
                }
                "taken_at" => {
                    let time = map.next_value()?;
                    check_time(&time).map_err(A::Error::custom)?;
                    pass.taken_at = Some(time);
                }
                "targets" => {
                    if pass.head_only {
                        return Err(A::Error::custom("the head is read"));
                    }
                    if version.is_none() {
                        return Err(A::Error::custom("schema_version has to come before targets"));
                    }
                    map.next_value_seed(TargetsSeed { pass: &mut *pass, each: &mut *each })?;
                    targets = true;
                }
                key => {
                    pass.report |= key == "findings" && !targets;
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        version.ok_or_else(|| A::Error::missing_field("schema_version"))?;
        if !targets {
            return Err(A::Error::missing_field("targets"));
        }
        Ok(Header { taken_at: pass.taken_at.ok_or_else(|| A::Error::missing_field("taken_at"))? })
    }
}

/// Reads the list of targets, one at a time.
struct TargetsSeed<'v, E> {
    pass: &'v mut Pass<E>,
    each: &'v mut dyn FnMut(Target) -> Result<(), E>,
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
        while let Some(target) =
            seq.next_element_seed(TargetSeed { number, tracked: self.pass.tracked, field: &mut self.pass.field })?
        {
            number += 1;
            if let Err(error) = (self.each)(target) {
                self.pass.failed = Some(error);
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

/// Reads one target, and remembers where it broke.
struct TargetSeed<'v> {
    number: usize,
    tracked: bool,
    field: &'v mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for TargetSeed<'_> {
    type Value = Target;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Target, D::Error> {
        let target: Target = if self.tracked {
            serde_path_to_error::deserialize(deserializer).map_err(|error| {
                *self.field = Some(format!("targets[{}].{}", self.number, error.path()));
                error.into_inner()
            })?
        } else {
            serde::Deserialize::deserialize(deserializer)?
        };
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
