//! The options of `scan`.

use std::path::PathBuf;

use clap::Args;
use rust_decimal::Decimal;

use super::config::ConfigArgs;
use super::evidence::EvidenceArgs;
use super::judgement::{JudgementArgs, fraction};
use super::prices::PriceArgs;
use super::report::ReportArgs;
use super::rules::RuleArgs;
use super::target::TargetArgs;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit scan --region ap-northeast-1
  inspector-audit scan --all-regions --profile prod --profile staging
  inspector-audit scan --region us-east-1 --role-arn arn:aws:iam::111122223333:role/auditor
  inspector-audit scan --organization --role-name inspector-audit --all-regions --concurrency 64 --group-by ou
  inspector-audit scan --snapshot account.json --format json | jq '.findings[].title'
  inspector-audit scan --snapshot sweep/ --expect targets.jsonl --group-by ou
  inspector-audit scan --region eu-west-1 --fail-on medium --output report.json";

/// `scan`.
#[derive(Debug, Clone, Args)]
pub struct ScanArgs {
    /// Judge these snapshots instead of asking AWS: files, or directories with all the .json and .json.gz in them. `-` is
    /// standard input, here and wherever a file is read
    #[arg(long, value_name = "PATH", num_args = 1.., help_heading = "Targets", conflicts_with_all = LIVE_ONLY)]
    pub snapshot: Vec<PathBuf>,
    /// The plan that the snapshots were collected by (JSON Lines): what it has and they lack is a gap
    #[arg(long, value_name = "FILE", requires = "snapshot", help_heading = "Targets")]
    pub expect: Option<PathBuf>,
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
    /// The share of the cold bytes that a scan reads, 0 to 1: figures then have an estimate
    #[arg(long, value_name = "SHARE", value_parser = fraction, allow_negative_numbers = true,
          help_heading = "Judgement")]
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
const LIVE_ONLY: [&str; 19] = [
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
    "accounts_file",
    "organization",
    "ou",
    "role_name",
    "exclude_account",
];
