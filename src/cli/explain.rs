//! The options of `explain`.

use clap::Args;

/// `explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainArgs {
    /// The rule, or `ecr-coupling` for the table of what switches what, or `probe` for the mount probe; without it, all
    /// rules are listed
    pub rule: Option<String>,
}
