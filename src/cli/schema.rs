//! The options of `schema`.

use clap::{Args, ValueEnum};

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit schema report > report-v1.json
  inspector-audit schema config > .inspector-audit.schema.json";

/// `schema`.
#[derive(Debug, Clone, Args)]
pub struct SchemaArgs {
    /// Of what
    #[arg(value_name = "DOCUMENT")]
    pub of: SchemaOf,
}

/// What has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// What `scan --format json` prints
    Report,
    /// What `collect` writes
    Snapshot,
    /// What `diff --format json` prints
    Diff,
    /// inspector-audit.toml, for editors
    Config,
}
