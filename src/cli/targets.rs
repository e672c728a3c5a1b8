//! The options of `targets`.

use std::path::PathBuf;

use clap::Args;

use super::config::ConfigArgs;
use super::target::TargetArgs;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit targets --organization --role-name inspector-audit --all-regions --output targets.jsonl
  inspector-audit targets --accounts-file accounts.csv --region ap-northeast-1 --region us-east-1
  inspector-audit collect --targets targets.jsonl --into sweep/
  inspector-audit scan --snapshot sweep/ --expect targets.jsonl";

/// `targets`.
#[derive(Debug, Clone, Args)]
pub struct TargetsArgs {
    /// Where to look.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Write the plan to this file instead of standard output (`-`): JSON Lines, a target each
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Where settings come from.
    #[command(flatten)]
    pub config: ConfigArgs,
}
