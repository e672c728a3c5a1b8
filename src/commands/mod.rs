//! The commands, one file each, and what several of them share: how targets are judged and reports written, which prices
//! a run has, how a live run is driven.

#[cfg(feature = "aws")]
mod accounts;
mod collect;
#[cfg(feature = "aws")]
mod collector;
mod completions;
mod config_example;
mod diff;
mod explain;
mod fix;
mod help;
mod iam_policy;
mod judge;
mod live;
mod man;
mod outputs;
mod price_file;
mod price_table;
mod prices;
#[cfg(any(feature = "aws", test))]
mod progress;
mod run_context;
mod scan;
mod schema;
mod snapshots;
mod targets;
mod terraform;
mod usage;
mod what_if;
mod worlds;

pub use usage::refused;

use crate::cli::{Cli, Command};
use crate::report::Status;

/// Does what the command line says.
///
/// # Errors
/// When nothing could be evaluated or an output could not be written: status 2. The error's chain is for the operator.
pub fn run(cli: &Cli) -> anyhow::Result<Status> {
    let done = match &cli.command {
        Command::Scan(args) => scan::run(args, &cli.global),
        Command::WhatIf(args) => what_if::run(args, &cli.global),
        Command::Collect(args) => collect::run(args, &cli.global),
        Command::Targets(args) => targets::run(args, &cli.global),
        Command::Explain(args) => explain::run(args, &cli.global),
        Command::Terraform(args) => terraform::run(args, &cli.global),
        Command::Prices(args) => prices::run(args),
        Command::IamPolicy(args) => iam_policy::run(args),
        Command::Fix(args) => fix::run(args, &cli.global),
        Command::Diff(args) => diff::run(args, &cli.global),
        Command::ConfigExample => config_example::run(),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(*args),
        Command::Man(args) => man::run(args),
    };
    done.map_err(help::with_help)
}
