//! The command line, as clap types: it says what may be typed and does nothing. A file a command, and one for each
//! group of options that several commands share.

mod accounts;
mod collect;
mod completions;
mod config;
mod diff;
mod evidence;
mod explain;
mod fix;
mod iam_policy;
mod judgement;
mod man;
mod prices;
mod report;
mod rules;
mod scan;
mod schema;
mod target;
mod targets;
mod terraform;
mod values;
mod what_if;

pub use accounts::AccountArgs;
pub use collect::{Age, CollectArgs, ShardChoice};
pub use completions::CompletionsArgs;
pub use config::ConfigArgs;
pub use diff::{DiffArgs, DiffFormatChoice};
pub use evidence::{EvidenceArgs, SourceArgs};
pub use explain::ExplainArgs;
pub use fix::{FixArgs, WayChoice};
pub use iam_policy::IamPolicyArgs;
pub use judgement::{ConfidenceChoice, FailOnChoice, JudgementArgs};
pub use man::ManArgs;
pub use prices::{PriceArgs, PriceFormat, PricesArgs, PricesFrom};
pub use report::ReportArgs;
pub use rules::RuleArgs;
pub use scan::ScanArgs;
pub use schema::{SchemaArgs, SchemaOf};
pub use target::{Seconds, TargetArgs};
pub use targets::{PreselectChoice, TargetsArgs};
pub use terraform::TerraformArgs;
pub use what_if::{EcrScanTypeChoice, SwitchChoice, WhatIfArgs};

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// Which EFS file systems does Amazon Inspector make expensive, and where do ECR scanning and Inspector fight?
///
/// Reads what AWS knows, read-only, judges it, and prints ranked findings with the monthly dollars at stake, the
/// evidence, and the cheapest way out. What it could not see is named, never guessed.
#[derive(Debug, Parser)]
#[command(name = "inspector-audit", version, max_term_width = 100, after_help = EXIT_STATUS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What holds for every command.
    #[command(flatten)]
    pub global: GlobalArgs,
}

const EXIT_STATUS: &str = "\
Exit status:
  0  complete, and nothing at or above --fail-on
  1  at least one finding at or above --fail-on that is not suppressed and, with --baseline, new
  2  wrong usage, bad input, no credentials: nothing could be evaluated; or an output could not be written
  3  no such finding, but something that could not be seen could be one (0 with --allow-gaps)";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect from AWS (or read snapshots), judge, and report
    #[command(after_help = scan::EXAMPLES)]
    Scan(Box<ScanArgs>),
    /// The same report for a changed world: what would it cost if Inspector were switched on?
    #[command(after_help = what_if::EXAMPLES)]
    WhatIf(Box<WhatIfArgs>),
    /// Collect from AWS into a snapshot, or a directory of them, and judge nothing
    #[command(after_help = collect::EXAMPLES)]
    Collect(Box<CollectArgs>),
    /// Which accounts and regions there are to audit: the plan of a sweep
    #[command(after_help = targets::EXAMPLES)]
    Targets(Box<TargetsArgs>),
    /// Show a rule's page: what it finds, why it costs, how the figure is made, what it cannot see, the fix
    Explain(ExplainArgs),
    /// Look into Terraform or OpenTofu plans, states and directories for the loop of ECR and Inspector; calls nothing
    #[command(after_help = terraform::EXAMPLES)]
    Terraform(Box<TerraformArgs>),
    /// Show the prices that figures are made with, or fetch the current ones into a file
    #[command(after_help = prices::EXAMPLES)]
    Prices(PricesArgs),
    /// Print the plan for one finding or all as a script to read; changes nothing
    #[command(after_help = fix::EXAMPLES)]
    Fix(Box<FixArgs>),
    /// Print the least-privilege IAM policy for the chosen options; calls nothing
    IamPolicy(IamPolicyArgs),
    /// Compare two JSON reports: what is new, gone, changed in dollars or judgement; calls nothing
    #[command(after_help = diff::EXAMPLES)]
    Diff(Box<DiffArgs>),
    /// Print a configuration file with every key, explained
    ConfigExample,
    /// Print the JSON Schema of a report, a snapshot, a comparison or the configuration file
    #[command(after_help = schema::EXAMPLES)]
    Schema(SchemaArgs),
    /// Print a completion script for a shell
    #[command(after_help = completions::EXAMPLES)]
    Completions(CompletionsArgs),
    /// Print the manual page of the program or of one command
    #[command(after_help = man::EXAMPLES)]
    Man(ManArgs),
}

/// What holds for every command.
#[derive(Debug, Clone, Args)]
pub struct GlobalArgs {
    /// Print all that the table knows, and on standard error what is done; twice: every call
    #[arg(short, long, action = ArgAction::Count, global = true, help_heading = "Output")]
    pub verbose: u8,
    /// Say nothing on standard error but errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Output")]
    pub color: ColorChoice,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
