//! A snapshot file whose targets arrive in no order, and stand in it by account and region.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek as _, SeekFrom, Write};

use chrono::{DateTime, Utc};
use tempfile::SpooledTempFile;

use super::snapshot_writer::Writer;
use crate::model::Target;

/// How much is held in memory before it goes to a nameless temporary file.
const HELD: usize = 16 << 20;

/// Gathers targets, and writes them in order at the end.
pub(crate) struct SortedSnapshot<W: Write> {
    writer: Writer<W>,
    /// The targets as they came, one behind the other.
    spool: SpooledTempFile,
    /// Where each begins, and its length.
    places: BTreeMap<(String, String), (u64, u64)>,
    end: u64,
}

impl<W: Write> SortedSnapshot<W> {
    /// A snapshot taken at `taken_at`. Nothing is written before the end.
    pub(crate) fn new(out: W, taken_at: DateTime<Utc>) -> Self {
        Self { writer: Writer::new(out, taken_at), spool: SpooledTempFile::new(HELD), places: BTreeMap::new(), end: 0 }
    }

    /// Adds a target.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub(crate) fn target(&mut self, target: &Target) -> io::Result<()> {
        let text = serde_json::to_vec(target)?;
        self.spool.write_all(&text)?;
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.places.insert((target.account.clone(), target.region.clone()), (self.end, length));
        self.end += length;
        Ok(())
    }

    /// Writes all of it, and gives `out` back.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub(crate) fn end(mut self) -> io::Result<W> {
        for (start, length) in self.places.into_values() {
            self.spool.seek(SeekFrom::Start(start))?;
            self.writer.text(&mut Read::by_ref(&mut self.spool).take(length))?;
        }
        self.writer.end()
    }
}
