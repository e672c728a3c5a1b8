//! The options of `iam-policy`.

use clap::Args;

use super::accounts::role_name;
use super::config::ConfigArgs;
use super::evidence::SourceArgs;
use super::prices::{PricesFrom, from};
use super::rules::RuleArgs;

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
    #[arg(long, value_name = "FILE|live", value_parser = from)]
    pub prices: Option<PricesFrom>,
    /// Allow assuming this role; repeatable
    #[arg(long, value_name = "ARN")]
    pub role_arn: Vec<String>,
    /// Allow what --organization needs: reading accounts and organizational units
    #[arg(long)]
    pub organization: bool,
    /// Allow what `targets --preselect config=AGGREGATOR@REGION` needs
    #[arg(long)]
    pub config_aggregator: bool,
    /// Allow assuming the role of that name in any account
    #[arg(long, value_name = "NAME", value_parser = role_name)]
    pub role_name: Option<String>,
    /// Where settings come from.
    #[command(flatten)]
    pub config: ConfigArgs,
}
