//! The options of `fix`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rust_decimal::Decimal;

use super::config::ConfigArgs;
use super::evidence::EvidenceArgs;
use super::judgement::fraction;
use super::prices::PriceArgs;
use super::rules::RuleArgs;
use super::target::TargetArgs;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit fix --snapshot account.json > plan.sh && less plan.sh
  inspector-audit fix --region ap-northeast-1 --finding 3f9c2a --way keep-cold
  inspector-audit fix --snapshot account.json --report report.json

It changes nothing: it prints a script to read. `sh plan.sh` lists the plans, `sh plan.sh STEP NUMBER` runs one step.";

/// `fix`.
#[derive(Debug, Clone, Args)]
pub struct FixArgs {
    /// Plan from these snapshots instead of asking AWS: files, or directories with all the .json and .json.gz in them. `-`
    /// is standard input
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Targets",
          conflicts_with_all = ["region", "all_regions", "profile", "role_arn", "external_id", "accounts_file",
                                "organization", "ou", "role_name", "exclude_account"])]
    pub snapshot: Vec<PathBuf>,
    /// Where to look.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Only this finding: its fingerprint as JSON reports have it, or the beginning of it; or all of a resource, by its id
    #[arg(long, value_name = "FINGERPRINT|ID", help_heading = "Plan")]
    pub finding: Option<String>,
    /// By this way out instead of the recommended one
    #[arg(long, value_name = "WAY", help_heading = "Plan")]
    pub way: Option<WayChoice>,
    /// Only the findings of this JSON report (`scan --format json`)
    #[arg(long, value_name = "FILE", help_heading = "Plan")]
    pub report: Option<PathBuf>,
    /// Which rules.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Which evidence.
    #[command(flatten)]
    pub evidence: EvidenceArgs,
    /// The share of the cold bytes that a scan reads, 0 to 1: figures then have an estimate
    #[arg(long, value_name = "SHARE", value_parser = fraction, allow_negative_numbers = true, help_heading = "Rules")]
    pub read_fraction: Option<Decimal>,
    /// Which prices.
    #[command(flatten)]
    pub prices: PriceArgs,
    /// The configuration file: its suppressed findings get no plan unless they are asked for.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// `--way`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WayChoice {
    /// Metadata tags and the exclusion tag on the exposed instances.
    Exclude,
    /// Files no longer return to Standard when they are read.
    KeepCold,
    /// No lifecycle policy at all.
    StopTiering,
    /// Deep inspection off for the account.
    DeactivateDeepInspection,
    /// The plugin runs less often.
    SlowSchedule,
    /// The VM Scanner's timer is off on the instances that it scans.
    StopVmScanner,
}
