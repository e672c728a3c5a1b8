//! The options of `what-if`.

use clap::{Args, ValueEnum};

use super::scan::ScanArgs;
use super::values::whole;
use crate::what_if::Excluded;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit what-if --snapshot account.json --inspector-ec2 on
  inspector-audit what-if --region ap-northeast-1 --transition-to-standard off
  inspector-audit what-if --snapshot account.json --exclude i-0123456789abcdef0 --exclude Team=batch
  inspector-audit what-if --snapshot account.json --inspector-ecr on --ecr-images 400
  inspector-audit what-if --snapshot account.json --ecr-scan-type basic";

/// More images than any region's registry can hold: 100 000 repositories of 100 000 images (ECR user guide, "Service
/// quotas", 2026-10).
const MOST_IMAGES: u64 = 10_000_000_000;

/// `what-if`.
#[derive(Debug, Clone, Args)]
pub struct WhatIfArgs {
    /// Inspector's EC2 scanning
    #[arg(long, value_name = "on|off", hide_possible_values = true, help_heading = "Changes")]
    pub inspector_ec2: Option<SwitchChoice>,
    /// Inspector's ECR scanning, and what AWS then does to the registry
    #[arg(long, value_name = "on|off", hide_possible_values = true, help_heading = "Changes")]
    pub inspector_ecr: Option<SwitchChoice>,
    /// The registry's scan type, and what AWS then does to Inspector
    #[arg(long, value_name = "basic|enhanced", help_heading = "Changes")]
    pub ecr_scan_type: Option<EcrScanTypeChoice>,
    /// How many container images each registry has that Inspector would then scan: their first scans, and 2, 10 or 30
    /// re-scans of each a month
    #[arg(long, value_name = "N", help_heading = "Changes", value_parser = whole(0..=MOST_IMAGES),
          allow_negative_numbers = true)]
    pub ecr_images: Option<u64>,
    /// Deep inspection, which runs the plugin
    #[arg(long, value_name = "on|off", hide_possible_values = true, help_heading = "Changes")]
    pub deep_inspection: Option<SwitchChoice>,
    /// The schedule of the scan's association, such as 'rate(12 hours)'
    #[arg(long, value_name = "EXPRESSION", help_heading = "Changes")]
    pub scan_schedule: Option<String>,
    /// Whether files return to Standard when they are read, on every file system
    #[arg(long, value_name = "on|off", hide_possible_values = true, help_heading = "Changes")]
    pub transition_to_standard: Option<SwitchChoice>,
    /// Exclude an instance from the scan, by id or by tag; repeatable
    #[arg(long, value_name = "INSTANCE|TAG=VALUE", help_heading = "Changes", value_parser = excluded)]
    pub exclude: Vec<Excluded>,
    /// Everything that `scan` takes.
    #[command(flatten)]
    pub scan: ScanArgs,
}

/// `on` or `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SwitchChoice {
    /// On.
    On,
    /// Off.
    Off,
}

/// `--ecr-scan-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EcrScanTypeChoice {
    /// ECR scans by itself.
    Basic,
    /// Inspector scans.
    Enhanced,
}

fn excluded(text: &str) -> Result<Excluded, String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok(Excluded::Tag { key: key.to_owned(), value: value.to_owned() }),
        None if text.starts_with("i-") => Ok(Excluded::Instance(text.to_owned())),
        _ => Err("give an instance's id (i-...) or TAG=VALUE".to_owned()),
    }
}
