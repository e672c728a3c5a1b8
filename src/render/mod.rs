//! Outputs: a report in, bytes out.
//!
//! Renderers print what the report says. They may count and add up what they group, never judge; they read no
//! file, no clock and no terminal, so the same report and style give the same bytes.

mod csv;
mod diff;
mod html;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod mounts;
pub mod page;
mod rollup;
mod sarif;
mod table;
mod text;
mod what_if;
pub mod words;

pub use diff::{DiffFormat, write_diff};
pub(crate) use words::idle_suppressions;

pub use rollup::{GroupBy, UnknownGroup};

use std::io;
use std::str::FromStr;

use crate::report::{FailOn, Report};

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a terminal.
    Table,
    /// The report as one JSON object.
    Json,
    /// One JSON object per line: findings, then gaps, verdicts, and the summary last.
    Jsonl,
    /// One row per finding, then one per gap, then one with the summary.
    Csv,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML, for the test tab of CI systems.
    Junit,
    /// Markdown, for job summaries and pull-request comments.
    Markdown,
    /// A page of its own, for people.
    Html,
}

impl Format {
    /// All formats, in the order of the help text.
    pub const ALL: [Self; 8] =
        [Self::Table, Self::Json, Self::Jsonl, Self::Csv, Self::Sarif, Self::Junit, Self::Markdown, Self::Html];

    /// As `--format` takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The extension that stands for it, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Sarif => "sarif",
            Self::Junit => "xml",
            Self::Markdown => "md",
            Self::Html => "html",
        }
    }

    /// The format of a file with that extension (without the dot, any case), if there is one.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Some(match extension.to_ascii_lowercase().as_str() {
            "txt" => Self::Table,
            "json" => Self::Json,
            "jsonl" | "ndjson" => Self::Jsonl,
            "csv" => Self::Csv,
            "sarif" => Self::Sarif,
            "xml" => Self::Junit,
            "md" | "markdown" => Self::Markdown,
            "html" | "htm" => Self::Html,
            _ => return None,
        })
    }
}

/// `text` without what could act on a terminal: control characters and marks that turn the direction of writing.
pub fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    text::clean(text)
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no output format: one of {all}", all = Format::ALL.map(Format::as_str).join(", "))]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.as_str() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// How to print what is meant for people; formats for programs ignore it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Style {
    /// The terminal's width in columns; `None` where the output is piped or a file.
    pub width: Option<usize>,
    /// Whether the table may use colour.
    pub color: bool,
    /// Print only the first so many findings; the totals still count all of them.
    pub top: Option<usize>,
    /// Print the table's findings in groups.
    pub group_by: Option<GroupBy>,
    /// Print all that the table knows: who mounts what, the ways out, verdicts, gaps, prices.
    pub verbose: bool,
    /// What printed commands repeat of the run.
    pub run: words::RunContext,
    /// What makes the run fail: JUnit's test cases fail for that and nothing else.
    pub fail_on: FailOn,
}

/// Writes the report.
///
/// # Errors
/// Only those of `out`.
pub fn write(format: Format, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, style, out),
        Format::Json => json::write(report, out),
        Format::Jsonl => jsonl::write(report, out),
        Format::Csv => csv::write(report, style, out),
        Format::Sarif => sarif::write(report, out),
        Format::Junit => junit::write(report, style, out),
        Format::Markdown => markdown::write(report, style, out),
        Format::Html => html::write(report, style, out),
    }
}
