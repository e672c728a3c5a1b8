//! The options of the commands beside `scan`.

use std::path::PathBuf;

use clap::Args;

use super::{ConfigArgs, EvidenceArgs, JudgementArgs, PricesFrom, ReportArgs, RuleArgs, SourceArgs, TargetArgs};

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
    /// Write the snapshot to this file instead of standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Where settings come from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// `terraform`.
#[derive(Debug, Clone, Args)]
pub struct TerraformArgs {
    /// Plans or states from `show -json`, raw state files, or directories with .tf, .tf.json or .tofu files
    #[arg(required = true, value_name = "PATH")]
    pub path: Vec<PathBuf>,
    /// Compare with what this snapshot says is live; repeatable
    #[arg(long, value_name = "FILE")]
    pub snapshot: Vec<PathBuf>,
    /// Take all inputs for one account and region wherever they do not say otherwise
    #[arg(long)]
    pub one_account: bool,
    /// Values of variables, as for `terraform plan`; repeatable, read after *.auto.tfvars, the last one wins; `TF_VAR_` is
    /// not read
    #[arg(long, value_name = "FILE")]
    pub var_file: Vec<PathBuf>,
    /// Compare with this JSON report: only findings that it does not have make the run fail
    #[arg(long, value_name = "REPORT", help_heading = "Judgement")]
    pub baseline: Option<PathBuf>,
    /// Which rules.
    #[command(flatten)]
    pub rules: RuleArgs,
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

/// `explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainArgs {
    /// The rule, or `ecr-coupling` for the table of what switches what, or `probe` for the mount probe; without it, all
    /// rules are listed
    pub rule: Option<String>,
}

/// `iam-policy`.
#[derive(Debug, Clone, Args)]
pub struct IamPolicyArgs {
    /// Which rules the policy is for.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Which evidence the policy is for.
    #[command(flatten)]
    pub sources: SourceArgs,
    /// Allow what --all-regions needs
    #[arg(long)]
    pub all_regions: bool,
    /// Allow what --prices live and `prices --refresh` need; a file needs nothing
    #[arg(long, value_name = "FILE|live", value_parser = super::prices::from)]
    pub prices: Option<PricesFrom>,
    /// Allow assuming this role; repeatable
    #[arg(long, value_name = "ARN")]
    pub role_arn: Vec<String>,
    /// Where settings come from.
    #[command(flatten)]
    pub config: ConfigArgs,
}
