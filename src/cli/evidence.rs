//! The options that decide which evidence is asked for, and what it costs.

use std::path::PathBuf;

use clap::Args;

use super::values::whole;

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
    /// RUN A SCRIPT ON HOSTS: Run Command reads the mount tables of the running Linux instances that nothing else has
    /// settled. The only option that touches a host; the instances are listed and confirmed first
    #[arg(long)]
    pub probe_mounts: bool,
    /// Run the probe as this document, made from `inspector-audit explain probe`, instead of AWS-RunShellScript
    #[arg(long, value_name = "NAME", requires = "probe_mounts")]
    pub probe_document: Option<String>,
}

/// Which evidence is asked for, and how.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Evidence")]
pub struct EvidenceArgs {
    /// The sources.
    #[command(flatten)]
    pub sources: SourceArgs,
    /// Days of metrics and of the association's runs
    #[arg(long, value_name = "DAYS", default_value = "30", value_parser = whole(1..=455_u16), allow_negative_numbers = true)]
    pub history: u16,
    /// Who mounts what, as you say: CSV or JSON with account, region, instance, `file_system` (or `none`), `mount_point`,
    /// `observed_at`, `expires_at`, note
    #[arg(long, value_name = "FILE")]
    pub mount_map: Option<PathBuf>,
    /// A mount table saved on an instance (`findmnt -J`, /proc/mounts or mountinfo); as old as the file; repeatable
    #[arg(long, value_name = "INSTANCE=FILE", value_parser = saved_table)]
    pub mount_table: Vec<(String, PathBuf)>,
    /// Run the probe without asking
    #[arg(long, requires = "probe_mounts")]
    pub yes: bool,
}

fn saved_table(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((instance, file)) if instance.starts_with("i-") && !file.is_empty() => {
            Ok((instance.to_owned(), PathBuf::from(file)))
        }
        _ => Err("give an instance's id and a file, such as i-0123456789abcdef0=mounts.json".to_owned()),
    }
}
