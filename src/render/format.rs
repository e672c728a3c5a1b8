//! The one table of output formats: names, extensions, help, completion and the tests' golden files are made from it.

use std::io;
use std::str::FromStr;

use super::Style;
use crate::report::Report;
use crate::rules::finding::Rule;

/// A row is a format: what it is (the help text says so), its variant, its name, its extensions without the dot, the
/// first of them its own, and what writes it, of the report, the rules and the style what it needs.
macro_rules! formats {
    ($($(#[doc = $about:literal])+ $variant:ident $name:literal [$($extension:literal)+] $write:expr;)+) => {
        /// An output format.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Format {
            $($(#[doc = $about])+ $variant,)+
        }

        impl Format {
            /// All formats, in the order of the help text.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As `--format` takes it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What it is, in a line.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => concat!($($about),+).trim().trim_end_matches('.')),+ }
            }

            /// The extensions that stand for it, without the dot, the one that is its own first.
            fn extensions(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($extension),+]),+ }
            }
        }

        /// Writes the report. `rules` are those that made it: a format that describes them finds their titles and pages
        /// there.
        ///
        /// # Errors
        /// Only those of `out`.
        pub fn write(
            format: Format,
            report: &Report,
            rules: &[&Rule],
            style: &Style,
            out: &mut dyn io::Write,
        ) -> io::Result<()> {
            type Write = fn(&Report, &[&Rule], &Style, &mut dyn io::Write) -> io::Result<()>;
            let write: Write = match format { $(Format::$variant => $write),+ };
            write(report, rules, style, out)
        }
    };
}

formats! {
    /// For a terminal.
    Table "table" ["txt"] |report, rules, style, out| super::table::write(report, rules, style, out);
    /// The report as one JSON object.
    Json "json" ["json"] |report, _, _, out| super::json::write(report, out);
    /// One JSON object per line: findings, then gaps, verdicts, and the summary last.
    Jsonl "jsonl" ["jsonl" "ndjson"] |report, _, _, out| super::jsonl::write(report, out);
    /// One row per finding, then one per gap, then one with the summary.
    Csv "csv" ["csv"] |report, _, style, out| super::csv::write(report, style, out);
    /// SARIF 2.1.0, for code scanning.
    Sarif "sarif" ["sarif"] |report, rules, _, out| super::sarif::write(report, rules, out);
    /// Code quality of GitLab, for the widget of a merge request.
    Gitlab "gitlab" ["gitlab"] |report, _, _, out| super::gitlab::write(report, out);
    /// OCSF 1.5, one Detection Finding per line, for data lakes.
    Ocsf "ocsf" ["ocsf"] |report, rules, style, out| super::ocsf::write(report, rules, style, out);
    /// Requests for `BatchImportFindings` of Security Hub, one per line: nothing is sent.
    Asff "asff" ["asff"] |report, _, style, out| super::asff::write(report, style, out);
    /// JUnit XML, for the test tab of CI systems.
    Junit "junit" ["xml"] |report, _, style, out| super::junit::write(report, style, out);
    /// Markdown, for job summaries and pull-request comments.
    Markdown "markdown" ["md" "markdown"] |report, _, style, out| super::markdown::write(report, style, out);
    /// A page of its own, for people.
    Html "html" ["html" "htm"] |report, rules, style, out| super::html::write(report, rules, style, out);
}

impl Format {
    /// The extension that stands for it, without the dot.
    pub fn extension(self) -> &'static str {
        self.extensions().first().copied().unwrap_or(self.as_str())
    }

    /// The format of a file with that extension (without the dot, any case), if there is one.
    pub fn from_extension(extension: &str) -> Option<Self> {
        let is_it = |known: &&str| known.eq_ignore_ascii_case(extension);
        Self::ALL.iter().copied().find(|format| format.extensions().iter().any(is_it))
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no output format: one of {all}", all = names())]
pub struct UnknownFormat(pub String);

fn names() -> String {
    Format::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ")
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let known = Self::ALL.iter().copied().find(|format| format.as_str() == name);
        known.ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}
