//! The options that decide where a report goes, and in what form. The names come from the one list of formats.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use super::values::{MOST, whole};
use crate::render::{Format, GroupBy};

/// Where the report goes, and in what form.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct ReportArgs {
    /// The format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = formats())]
    pub format: Format,
    /// Also write the report to this file, in the format of its extension; repeatable. `-` is standard output, which has
    /// the report in any case, as --format says
    #[arg(long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Print only the N findings that cost most in tables and Markdown; totals count all of them
    #[arg(long, value_name = "N", value_parser = whole(0..=MOST), allow_negative_numbers = true)]
    pub top: Option<usize>,
    /// Print the table's findings in groups
    #[arg(long, value_name = "WHAT", value_parser = groups())]
    pub group_by: Option<GroupBy>,
}

/// What findings may be grouped by, for clap.
fn groups() -> impl TypedValueParser<Value = GroupBy> {
    PossibleValuesParser::new(GroupBy::ALL.map(GroupBy::as_str)).try_map(|name| name.parse::<GroupBy>())
}

/// The formats for clap: help, completion and errors list them.
fn formats() -> impl TypedValueParser<Value = Format> {
    let values = Format::ALL.iter().map(|format| PossibleValue::new(format.as_str()).help(format.about()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Format>())
}
