//! The options of `targets`.

use std::path::PathBuf;

use clap::Args;

use super::config::ConfigArgs;
use super::target::TargetArgs;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit targets --organization --role-name inspector-audit --all-regions --output targets.jsonl
  inspector-audit targets --accounts-file accounts.csv --region ap-northeast-1 --region us-east-1
  inspector-audit collect --targets targets.jsonl --into sweep/
  inspector-audit scan --snapshot sweep/ --expect targets.jsonl";

/// `targets`.
#[derive(Debug, Clone, Args)]
pub struct TargetsArgs {
    /// Where to look.
    #[command(flatten)]
    pub target: TargetArgs,
    /// Skip targets of which a source says that they have no file system and no repository: config=AGGREGATOR@REGION asks
    /// AWS Config's aggregator, free of charge. It says nothing about Inspector's settings there
    #[arg(long, value_name = "none|config=AGGREGATOR@REGION", default_value = "none", value_parser = preselect)]
    pub preselect: PreselectChoice,
    /// Write the plan to this file instead of standard output (`-`): JSON Lines, a target each
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Where settings come from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// `--preselect`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreselectChoice {
    /// By nothing: every target is planned.
    None,
    /// By AWS Config.
    Config {
        /// The aggregator's name.
        aggregator: String,
        /// Where it is.
        region: String,
    },
}

fn preselect(text: &str) -> Result<PreselectChoice, String> {
    if text == "none" {
        return Ok(PreselectChoice::None);
    }
    match text.strip_prefix("config=").and_then(|rest| rest.rsplit_once('@')) {
        Some((aggregator, region)) if !aggregator.is_empty() && region.contains('-') => {
            Ok(PreselectChoice::Config { aggregator: aggregator.to_owned(), region: region.to_owned() })
        }
        _ => Err("give none, or config=AGGREGATOR@REGION, such as config=organization@us-east-1".to_owned()),
    }
}
