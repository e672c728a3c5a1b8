//! The options that decide when a run fails, and the share of the cold bytes that figures rest on.

use clap::{Args, ValueEnum};
use rust_decimal::Decimal;
use serde::Deserialize;

/// What makes a run fail.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Judgement")]
pub struct JudgementArgs {
    /// The least severity that makes the run fail [default: high]
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOnChoice>,
    /// The least confidence that a finding needs to make the run fail [default: low]
    #[arg(long, value_name = "CONFIDENCE")]
    pub min_confidence: Option<ConfidenceChoice>,
    /// Do not fail because something could not be seen; `--allow-gaps=false` takes back what the configuration says
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub allow_gaps: Option<bool>,
}

/// `--fail-on`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOnChoice {
    /// Any finding, advice included.
    Info,
    /// `low` or worse.
    Low,
    /// `medium` or worse.
    Medium,
    /// `high` or worse.
    High,
    /// `critical` only.
    Critical,
    /// No finding: for reports.
    Never,
}

/// `--min-confidence`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConfidenceChoice {
    /// Any.
    Low,
    /// `medium` or `high`.
    Medium,
    /// `high` only.
    High,
}

/// A share, 0 to 1.
pub(super) fn fraction(text: &str) -> Result<Decimal, String> {
    let value: Decimal = text.parse().map_err(|_| "give a number from 0 to 1, such as 0.25".to_owned())?;
    if value < Decimal::ZERO || value > Decimal::ONE {
        return Err("give a number from 0 to 1, such as 0.25".to_owned());
    }
    Ok(value)
}
