//! The command line, as clap types: it says what may be typed and does nothing.

mod commands;
mod config;
mod evidence;
mod extra;
mod prices;
mod what_if;

pub use commands::{CollectArgs, ExplainArgs, IamPolicyArgs, TerraformArgs};
pub use config::ConfigArgs;
pub use evidence::{EvidenceArgs, SourceArgs};
pub use extra::{CompletionsArgs, DiffArgs, DiffFormatChoice, ManArgs};
pub use prices::{PriceArgs, PriceFormat, PricesArgs, PricesFrom};
pub use what_if::{EcrScanTypeChoice, SwitchChoice, WhatIfArgs};

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use rust_decimal::Decimal;
use serde::Deserialize;

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
  2  wrong usage, bad input, no credentials: nothing could be evaluated
  3  no such finding, but something that could not be seen could be one (0 with --allow-gaps)";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect from AWS (or read snapshots), judge, and report
    #[command(after_help = SCAN_EXAMPLES)]
    Scan(Box<ScanArgs>),
    /// The same report for a changed world: what would it cost if Inspector were switched on?
    #[command(after_help = what_if::EXAMPLES)]
    WhatIf(Box<WhatIfArgs>),
    /// Collect from AWS into a snapshot, and judge nothing
    #[command(after_help = COLLECT_EXAMPLES)]
    Collect(Box<CollectArgs>),
    /// Show a rule's page: what it finds, why it costs, how the figure is made, what it cannot see, the fix
    Explain(ExplainArgs),
    /// Look into Terraform or OpenTofu plans, states and directories for the loop of ECR and Inspector; calls nothing
    #[command(after_help = TERRAFORM_EXAMPLES)]
    Terraform(Box<TerraformArgs>),
    /// Show the prices that figures are made with, or fetch the current ones into a file
    #[command(after_help = prices::EXAMPLES)]
    Prices(PricesArgs),
    /// Print the plan for one finding or all as a script to read; changes nothing
    #[command(after_help = crate::commands::fix::EXAMPLES)]
    Fix(Box<crate::commands::fix::FixArgs>),
    /// Print the least-privilege IAM policy for the chosen options; calls nothing
    IamPolicy(IamPolicyArgs),
    /// Compare two JSON reports: what is new, gone, changed in dollars or judgement; calls nothing
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(Box<DiffArgs>),
    /// Print a configuration file with every key, explained
    ConfigExample,
    /// Print a completion script for a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArgs),
    /// Print the manual page of the program or of one command
    #[command(after_help = MAN_EXAMPLES)]
    Man(ManArgs),
}

const SCAN_EXAMPLES: &str = "\
Examples:
  inspector-audit scan --region ap-northeast-1
  inspector-audit scan --all-regions --profile prod --profile staging
  inspector-audit scan --region us-east-1 --role-arn arn:aws:iam::111122223333:role/auditor
  inspector-audit scan --snapshot account.json --format json | jq '.findings[].title'
  inspector-audit scan --region eu-west-1 --fail-on medium --output report.json";

const COLLECT_EXAMPLES: &str = "\
Examples:
  inspector-audit collect --region ap-northeast-1 --output account.json
  inspector-audit scan --snapshot account.json";

const TERRAFORM_EXAMPLES: &str = "\
Examples:
  terraform show -json plan.out > plan.json && inspector-audit terraform plan.json
  inspector-audit terraform infra/ecr infra/security --one-account
  inspector-audit terraform . --snapshot account.json --output loop.sarif";

const DIFF_EXAMPLES: &str = "\
The exit status is that of `scan --baseline OLD`: 1 if a finding that OLD does not have is at or above --fail-on, 3 if
NEW is not complete. What changed, is gone or is no longer seen fails nothing. No configuration file is read.

Examples:
  inspector-audit diff last-week.json today.json
  inspector-audit diff main.json branch.json --format markdown >> $GITHUB_STEP_SUMMARY
  inspector-audit diff a.json b.json --format json | jq '.findings[] | select(.change == \"new\")'";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  inspector-audit completions bash > ~/.local/share/bash-completion/completions/inspector-audit
  inspector-audit completions zsh > ~/.zfunc/_inspector-audit
  inspector-audit completions fish > ~/.config/fish/completions/inspector-audit.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  inspector-audit man | man -l -
  inspector-audit man scan > inspector-audit-scan.1";

/// What holds for every command.
#[derive(Debug, Clone, Args)]
pub struct GlobalArgs {
    /// Say more on standard error; twice: every call
    #[arg(short, long, action = ArgAction::Count, global = true, help_heading = "Output")]
    pub verbose: u8,
    /// Say nothing on standard error but errors
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub quiet: bool,
    /// When to use colour; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Output")]
    pub color: ColorChoice,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where to look, as whom, and how hard.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Targets")]
pub struct TargetArgs {
    /// A region to look at; repeatable. Without it: the region of the environment or the profile
    #[arg(long, value_name = "REGION")]
    pub region: Vec<String>,
    /// Every region that is enabled in each account
    #[arg(long, conflicts_with = "region")]
    pub all_regions: bool,
    /// A profile of the AWS configuration; repeatable
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,
    /// A role to assume; repeatable, and then at most one --profile. The roles' accounts are the targets
    #[arg(long, value_name = "ARN")]
    pub role_arn: Vec<String>,
    /// The external id for all roles
    #[arg(long, value_name = "ID", requires = "role_arn")]
    pub external_id: Option<String>,
    /// How many calls may be under way at once
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Seconds until a connection stands
    #[arg(long, value_name = "SECONDS", default_value = "3.1", value_parser = seconds)]
    pub connect_timeout: Seconds,
    /// Seconds for one attempt of a call
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub attempt_timeout: Seconds,
    /// Seconds for a call with all its retries
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub operation_timeout: Seconds,
    /// Attempts per call. Without it: AWS_MAX_ATTEMPTS or the profile, else 5
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=50))]
    pub max_attempts: Option<u32>,
}

/// A number of seconds, more than zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seconds(pub std::time::Duration);

fn seconds(text: &str) -> Result<Seconds, String> {
    let value: f64 = text.parse().map_err(|_| "give a number of seconds, such as 10 or 0.5".to_owned())?;
    let duration = std::time::Duration::try_from_secs_f64(value).map_err(|error| error.to_string())?;
    if duration.is_zero() || value > 86_400.0 {
        return Err("give more than 0 and at most 86400 seconds".to_owned());
    }
    Ok(Seconds(duration))
}

/// Which rules judge, and with what assumptions.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Rules")]
pub struct RuleArgs {
    /// Only this rule; repeatable. `inspector-audit explain` lists them
    #[arg(long, value_name = "RULE")]
    pub rule: Vec<String>,
    /// Not this rule; repeatable
    #[arg(long, value_name = "RULE")]
    pub skip_rule: Vec<String>,
    /// Also ask how ECR images are used, about free trials and the delegated administrator (up to six more calls where
    /// Inspector scans images); the rules that need it are silent otherwise
    #[arg(long)]
    pub ecr_usage: bool,
    /// Also ask Cost Explorer what was paid in the last three months and this one, by usage type; AWS bills USD 0.01 for
    /// each request, most often one for each target
    #[arg(long)]
    pub cost_explorer: bool,
}

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

pub(crate) fn fraction(text: &str) -> Result<Decimal, String> {
    let value: Decimal = text.parse().map_err(|_| "give a number from 0 to 1, such as 0.25".to_owned())?;
    if value < Decimal::ZERO || value > Decimal::ONE {
        return Err("give a number from 0 to 1, such as 0.25".to_owned());
    }
    Ok(value)
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

/// Where the report goes, and in what form.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct ReportArgs {
    /// The format on standard output
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = format)]
    pub format: crate::render::Format,
    /// Also write the report to this file, in the format of its extension; repeatable
    #[arg(long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Print only the N findings that cost most in tables and Markdown; totals count all of them
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,
    /// Print the table's findings in groups
    #[arg(long, value_name = "WHAT", value_parser = group)]
    pub group_by: Option<crate::render::GroupBy>,
}

fn group(text: &str) -> Result<crate::render::GroupBy, String> {
    text.parse().map_err(|error: crate::render::UnknownGroup| error.to_string())
}

fn format(text: &str) -> Result<crate::render::Format, String> {
    text.parse().map_err(|_| {
        let names: Vec<&str> = crate::render::Format::ALL.iter().map(|format| format.as_str()).collect();
        format!("the formats are {}", names.join(", "))
    })
}

/// `scan`.
#[derive(Debug, Clone, Args)]
pub struct ScanArgs {
    /// Judge this snapshot instead of asking AWS; repeatable
    #[arg(long, value_name = "FILE", help_heading = "Targets", conflicts_with_all = LIVE_ONLY)]
    pub snapshot: Vec<PathBuf>,
    /// Where to look.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Keep what was collected in this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub save_snapshot: Option<PathBuf>,
    /// Which rules.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Which evidence.
    #[command(flatten)]
    pub evidence: EvidenceArgs,
    /// The share of the cold bytes that a scan is taken to read, 0 to 1 [default: 1]
    #[arg(long, value_name = "SHARE", value_parser = fraction, help_heading = "Judgement")]
    pub read_fraction: Option<Decimal>,
    /// Compare with this JSON report: only findings that it does not have make the run fail
    #[arg(long, value_name = "REPORT", help_heading = "Judgement")]
    pub baseline: Option<PathBuf>,
    /// Which prices.
    #[command(flatten)]
    pub prices: PriceArgs,
    /// What makes the run fail.
    #[command(flatten)]
    pub judgement: JudgementArgs,
    /// Where the report goes.
    #[command(flatten)]
    pub report: ReportArgs,
    /// Where settings come from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// The options that make no sense beside a snapshot.
const LIVE_ONLY: [&str; 14] = [
    "region",
    "all_regions",
    "profile",
    "role_arn",
    "external_id",
    "save_snapshot",
    "cost_explorer",
    "no_metrics",
    "no_mount_evidence",
    "cloudtrail",
    "history",
    "probe_mounts",
    "probe_document",
    "yes",
];
