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
    /// Skip targets of which a source says that there is nothing to find. config=AGGREGATOR@REGION asks AWS Config's
    /// aggregator where it records no file system and no repository, free of charge. costs asks Cost Explorer as the
    /// account that pays where nothing of EFS and ECR was used since last month, $0.01 a region. inspector asks Inspector's
    /// delegated administrator where neither EC2 nor ECR is scanned, free of charge; it says nothing about file systems
    #[arg(long, value_name = "none|config=AGGREGATOR@REGION|costs|inspector", default_value = "none", value_parser = preselect)]
    pub preselect: PreselectChoice,
    /// Ask Cost Explorer without a question first
    #[arg(long)]
    pub yes: bool,
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
    /// By Cost Explorer.
    Costs,
    /// By Inspector's delegated administrator.
    Inspector,
}

fn preselect(text: &str) -> Result<PreselectChoice, String> {
    match text {
        "none" => return Ok(PreselectChoice::None),
        "costs" => return Ok(PreselectChoice::Costs),
        "inspector" => return Ok(PreselectChoice::Inspector),
        _ => {}
    }
    match text.strip_prefix("config=").and_then(|rest| rest.rsplit_once('@')) {
        Some((aggregator, region)) if !aggregator.is_empty() && region.contains('-') => {
            Ok(PreselectChoice::Config { aggregator: aggregator.to_owned(), region: region.to_owned() })
        }
        _ => Err("give none, costs, inspector, or config=AGGREGATOR@REGION, such as config=organization@us-east-1"
            .to_owned()),
    }
}
