//! The options that say where to look, as whom, and how hard.

use clap::Args;

/// Where to look, as whom, and how hard.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Targets")]
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
    #[arg(long, value_name = "ARN")]
    pub role_arn: Vec<String>,
    /// The external id for all roles
    #[arg(long, value_name = "ID", requires = "role_arn")]
    pub external_id: Option<String>,
    /// How many calls may be under way at once
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub concurrency: u16,
    /// Seconds until a connection stands
    #[arg(long, value_name = "SECONDS", default_value = "3.1", value_parser = seconds)]
    pub connect_timeout: Seconds,
    /// Seconds for one attempt of a call
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = seconds)]
    pub attempt_timeout: Seconds,
    /// Seconds for a call with all its retries
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    pub operation_timeout: Seconds,
    /// Attempts per call. Without it: AWS_MAX_ATTEMPTS or the profile, else 5
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=50))]
    pub max_attempts: Option<u32>,
}

/// A number of seconds, more than zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seconds(pub std::time::Duration);

fn seconds(text: &str) -> Result<Seconds, String> {
    let value: f64 = text.parse().map_err(|_| "give a number of seconds, such as 10 or 0.5".to_owned())?;
    let duration = std::time::Duration::try_from_secs_f64(value).map_err(|error| error.to_string())?;
    if duration.is_zero() || value > 86_400.0 {
        return Err("give more than 0 and at most 86400 seconds".to_owned());
    }
    Ok(Seconds(duration))
}
