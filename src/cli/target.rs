//! The options that say where to look, as whom, and how hard.

use std::time::Duration;

use clap::{ArgGroup, Args};

use super::accounts::AccountArgs;
use super::values::whole;

/// Where to look, as whom, and how hard.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Targets", group(ArgGroup::new("entered").multiple(true)))]
pub struct TargetArgs {
    /// A region to look at; repeatable. Without it: the region of the environment or the profile
    #[arg(long, value_name = "REGION")]
    pub region: Vec<String>,
    /// Every region that is enabled in each account
    #[arg(long, conflicts_with = "region")]
    pub all_regions: bool,
    /// A profile of the AWS configuration; repeatable
    #[arg(long, value_name = "NAME")]
    pub profile: Vec<String>,
    /// A role to assume; repeatable, and then at most one --profile. The roles' accounts are the targets
    #[arg(long, value_name = "ARN", group = "entered")]
    pub role_arn: Vec<String>,
    /// The external id for all roles
    #[arg(long, value_name = "ID", requires = "entered")]
    pub external_id: Option<String>,
    /// Which accounts.
    #[command(flatten)]
    pub accounts: AccountArgs,
    /// How many calls may be under way at once; a sweep of many accounts is as fast as this
    #[arg(long, value_name = "N", help_heading = "Targets", default_value = "16", value_parser = whole(1..=512_u16), allow_negative_numbers = true)]
    pub concurrency: u16,
    /// The connection timeout in seconds
    #[arg(long, value_name = "SECONDS", help_heading = "Targets", default_value = "3.1", value_parser = seconds, allow_negative_numbers = true)]
    pub connect_timeout: Seconds,
    /// Seconds for one attempt of a call
    #[arg(long, value_name = "SECONDS", help_heading = "Targets", default_value = "10", value_parser = seconds, allow_negative_numbers = true)]
    pub attempt_timeout: Seconds,
    /// Seconds for a call with all its retries
    #[arg(long, value_name = "SECONDS", help_heading = "Targets", default_value = "60", value_parser = seconds, allow_negative_numbers = true)]
    pub operation_timeout: Seconds,
    /// Attempts per call. Without it: AWS_MAX_ATTEMPTS or the profile, else 5
    #[arg(long, value_name = "N", help_heading = "Targets", value_parser = whole(1..=50_u32), allow_negative_numbers = true)]
    pub max_attempts: Option<u32>,
}

/// A number of seconds, more than zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seconds(pub Duration);

fn seconds(text: &str) -> Result<Seconds, String> {
    let value = text.parse().ok().filter(|value: &f64| *value <= 86_400.0);
    let duration = value.and_then(|value| Duration::try_from_secs_f64(value).ok()).filter(|given| !given.is_zero());
    duration.map(Seconds).ok_or_else(|| "give more than 0 and at most 86400 seconds, such as 10 or 0.5".to_owned())
}
