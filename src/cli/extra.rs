//! The options of the commands that look at no account: comparison, completions, manual pages.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::Shell;

use super::JudgementArgs;
use crate::render::DiffFormat;

/// `diff`.
#[derive(Debug, Clone, Args)]
pub struct DiffArgs {
    /// The earlier JSON report
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The later JSON report
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// The format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "table", help_heading = "Output")]
    pub format: DiffFormatChoice,
    /// Print only the first N differences in tables and Markdown; the counts say how many there are
    #[arg(long, value_name = "N", help_heading = "Output")]
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
}

impl From<DiffFormatChoice> for DiffFormat {
    fn from(choice: DiffFormatChoice) -> Self {
        match choice {
            DiffFormatChoice::Table => Self::Table,
            DiffFormatChoice::Json => Self::Json,
            DiffFormatChoice::Markdown => Self::Markdown,
        }
    }
}

/// `completions`.
#[derive(Debug, Clone, Copy, Args)]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// `man`.
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// The command; without it, the page of the program
    pub command: Option<String>,
}
