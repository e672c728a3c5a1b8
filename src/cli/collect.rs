//! The options of `collect`.

use std::path::PathBuf;

use clap::Args;

use super::config::ConfigArgs;
use super::evidence::EvidenceArgs;
use super::rules::RuleArgs;
use super::target::TargetArgs;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit collect --region ap-northeast-1 --output account.json
  inspector-audit scan --snapshot account.json";

/// `collect`.
#[derive(Debug, Clone, Args)]
pub struct CollectArgs {
    /// Where to look.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Which rules the snapshot is for.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Which evidence.
    #[command(flatten)]
    pub evidence: EvidenceArgs,
    /// Write the snapshot to this file instead of standard output (`-`)
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Where settings come from.
    #[command(flatten)]
    pub config: ConfigArgs,
}
