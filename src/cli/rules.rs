//! The options that choose rules.

use clap::Args;

use super::values::RuleNames;

const NAMES: RuleNames = RuleNames { beside: &[] };

/// Which rules judge, and with what assumptions.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Rules")]
pub struct RuleArgs {
    /// Only this rule; repeatable. `inspector-audit explain` lists them
    #[arg(long, value_name = "RULE", value_parser = NAMES, hide_possible_values = true)]
    pub rule: Vec<String>,
    /// Not this rule; repeatable
    #[arg(long, value_name = "RULE", value_parser = NAMES, hide_possible_values = true)]
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
