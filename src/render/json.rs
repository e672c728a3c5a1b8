//! JSON: the report as it stands, streamed to the writer.
//!
//! The data is exact; only its spelling is careful: characters that steer a terminal or a text layout are written
//! as `\u` escapes, which every JSON reader turns back.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::text::is_harmful;
use crate::report::Report;

/// Writes the report, indented, with a newline at the end.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    pretty(report, out)
}

/// Writes any document, indented, with a newline at the end.
pub(super) fn pretty(document: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Escaped(PrettyFormatter::new()));
    document.serialize(&mut serializer)?;
    writeln!(out)
}

/// Writes a list of documents one by one, each on a line, so that memory does not grow with it.
pub(super) fn list<T: Serialize>(items: impl Iterator<Item = T>, out: &mut dyn io::Write) -> io::Result<()> {
    write!(out, "[")?;
    for (index, item) in items.enumerate() {
        writeln!(out, "{}", if index > 0 { "," } else { "" })?;
        item.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Escaped(CompactFormatter)))?;
    }
    writeln!(out, "\n]")
}

/// Writes any document on one line, with a newline at the end.
pub(super) fn line(document: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Escaped(CompactFormatter));
    document.serialize(&mut serializer)?;
    writeln!(out)
}

/// `##[` and `##vso[` are commands to CI systems' runners wherever they stand in a line of a log.
fn is_second_hash(text: &str, at: usize) -> bool {
    text.get(..at).is_some_and(|before| before.ends_with('#'))
        && text.get(at..).is_some_and(|rest| rest.starts_with('#'))
}

/// Another formatter with the harmful characters inside strings escaped.
struct Escaped<F>(F);

impl<F: Formatter> Formatter for Escaped<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !fragment.contains("##") {
            return self.0.write_string_fragment(writer, fragment);
        }
        let mut plain = 0;
        for (at, c) in fragment.char_indices().filter(|(at, c)| is_harmful(*c) || is_second_hash(fragment, *at)) {
            self.0.write_string_fragment(writer, &fragment[plain..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        self.0.write_string_fragment(writer, &fragment[plain..])
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}
