//! The options that decide where a report goes, and in what form. The names come from the one list of formats.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::render::{Format, GroupBy, UnknownGroup};

/// Where the report goes, and in what form.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct ReportArgs {
    /// The format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = formats())]
    pub format: Format,
    /// Also write the report to this file, in the format of its extension; repeatable
    #[arg(long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Print only the N findings that cost most in tables and Markdown; totals count all of them
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// Print the table's findings in groups
    #[arg(long, value_name = "WHAT", value_parser = group)]
    pub group_by: Option<GroupBy>,
}

fn group(text: &str) -> Result<GroupBy, String> {
    text.parse().map_err(|error: UnknownGroup| error.to_string())
}

/// The formats for clap: help, completion and errors list them.
fn formats() -> impl TypedValueParser<Value = Format> {
    let values = Format::ALL.iter().map(|format| PossibleValue::new(format.as_str()).help(format.about()));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Format>())
}
