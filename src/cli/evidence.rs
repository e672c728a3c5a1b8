//! The options that decide which evidence is asked for, and what it costs.

use clap::Args;

/// Which sources of evidence are asked.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Evidence")]
pub struct SourceArgs {
    /// Do not ask CloudWatch for metrics ($0.01 per 1,000; five for each file system that can still matter), nor when
    /// the scan's association ran
    #[arg(long)]
    pub no_metrics: bool,
    /// Do not look for mounts in ECS tasks, EFS log streams, SSM's inventory and Inspector's findings
    #[arg(long)]
    pub no_mount_evidence: bool,
    /// Look up in CloudTrail which clients EFS authorised: two requests a second, up to 200 pages, 30 days back
    #[arg(long)]
    pub cloudtrail: bool,
}

/// Which evidence is asked for, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Evidence")]
pub struct EvidenceArgs {
    /// The sources.
    #[command(flatten)]
    pub sources: SourceArgs,
    /// Days of metrics and of the association's runs
    #[arg(long, value_name = "DAYS", default_value = "30", value_parser = clap::value_parser!(u16).range(1..=455))]
    pub history: u16,
}
