//! The options of `terraform`.

use std::path::PathBuf;

use clap::Args;

use super::config::ConfigArgs;
use super::judgement::JudgementArgs;
use super::report::ReportArgs;
use super::rules::RuleArgs;

pub(super) const EXAMPLES: &str = "\
Examples:
  terraform show -json plan.out | inspector-audit terraform -
  inspector-audit terraform infra/ecr infra/security --one-account
  inspector-audit terraform . --snapshot account.json --output loop.sarif

A comment in a block or directly above it hides what one rule finds there:
  # inspector-audit:ignore terraform-coupling-loop moves to one root until 2027-03-31";

/// `terraform`. What only asks AWS is not offered: nothing is asked here.
#[derive(Debug, Clone, Args)]
#[command(mut_arg("ecr_usage", |arg| arg.hide(true)), mut_arg("cost_explorer", |arg| arg.hide(true)))]
pub struct TerraformArgs {
    /// Plans or states from `show -json` (`-`: from standard input), raw state files, or directories with .tf, .tf.json or
    /// .tofu files
    #[arg(required = true, value_name = "PATH")]
    pub path: Vec<PathBuf>,
    /// Compare with what this snapshot says is live; repeatable
    #[arg(long, value_name = "FILE")]
    pub snapshot: Vec<PathBuf>,
    /// Take all inputs for one account and region wherever they do not say otherwise
    #[arg(long)]
    pub one_account: bool,
    /// Values of variables, as for `terraform plan`; repeatable: read after *.auto.tfvars, the last one wins. `TF_VAR_…` is
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
