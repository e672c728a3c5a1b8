//! The options of `diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::judgement::JudgementArgs;
use super::values::{MOST, whole};
use crate::render::DiffFormat;

pub(super) const EXAMPLES: &str = "\
The exit status is that of `scan --baseline OLD`: 1 if a finding that OLD does not have is at or above --fail-on, 3 if
NEW is not complete. What changed, is gone or is no longer seen fails nothing. No configuration file is read.

Examples:
  inspector-audit diff last-week.json today.json
  inspector-audit diff main.json branch.json --format markdown >> $GITHUB_STEP_SUMMARY
  inspector-audit diff last-week.json today.json --format slack | curl --data @- \"$SLACK_WEBHOOK\"
  inspector-audit diff a.json b.json --format json | jq '.findings[] | select(.change == \"new\")'";

/// `diff`.
#[derive(Debug, Clone, Args)]
pub struct DiffArgs {
    /// The earlier JSON report; `-` is standard input, for one of the two
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The later JSON report
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// The format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: DiffFormatChoice,
    /// Print only the first N differences in tables, Markdown and messages; the counts say how many there are
    #[arg(long, value_name = "N", value_parser = whole(0..=MOST), allow_negative_numbers = true, help_heading = "Output")]
    pub top: Option<usize>,
    /// What makes the run fail.
    #[command(flatten)]
    pub judgement: JudgementArgs,
}

/// `diff --format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormatChoice {
    /// For a terminal.
    Table,
    /// One JSON object.
    Json,
    /// For job summaries and pull-request comments.
    Markdown,
    /// A message of blocks, as an incoming webhook of Slack takes it; nothing is sent.
    Slack,
}

impl From<DiffFormatChoice> for DiffFormat {
    fn from(choice: DiffFormatChoice) -> Self {
        match choice {
            DiffFormatChoice::Table => Self::Table,
            DiffFormatChoice::Json => Self::Json,
            DiffFormatChoice::Markdown => Self::Markdown,
            DiffFormatChoice::Slack => Self::Slack,
        }
    }
}
