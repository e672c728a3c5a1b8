//! Snapshots are written target by target, whole or not at all.

use std::io::{self, Read, Write};

use chrono::{DateTime, Utc};

use crate::model::{SNAPSHOT_SCHEMA_VERSION, Target, Tool};

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
        self.next()?;
        serde_json::to_writer(&mut self.out, target)?;
        Ok(())
    }

    /// Adds a target that is written down already.
    pub(super) fn text(&mut self, target: &mut dyn Read) -> io::Result<()> {
        self.next()?;
        io::copy(target, &mut self.out)?;
        Ok(())
    }

    fn next(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) { self.out.write_all(b",\n") } else { self.begin() }
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
