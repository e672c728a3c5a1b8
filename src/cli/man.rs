//! The options of `man`.

use clap::Args;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit man | man -l -
  inspector-audit man scan > inspector-audit-scan.1";

/// `man`.
#[derive(Debug, Clone, Args)]
pub struct ManArgs {
    /// The command; without it, the page of the program
    pub command: Option<String>,
}
