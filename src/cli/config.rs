//! The options of the configuration file.

use std::path::PathBuf;

use clap::Args;

/// Where the settings of a project come from.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Configuration")]
pub struct ConfigArgs {
    /// The configuration file; without it inspector-audit.toml of the current directory, if there is one. What is typed
    /// wins over what it says
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
}
