//! `iam-policy`: the least-privilege policy for the chosen options.

use crate::app::print;
use crate::cli::{IamPolicyArgs, PricesFrom};
use crate::config::Config;
use crate::report::Status;
use crate::settings;

/// Prints the policy.
pub(crate) fn run(args: &IamPolicyArgs) -> anyhow::Result<Status> {
    let config = Config::load(&args.config)?;
    let mut args = args.clone();
    config.fill_rules(&mut args.rules, true)?;
    args.all_regions |= config.targets.all_regions;
    if args.role_arn.is_empty() {
        args.role_arn.clone_from(&config.targets.role_arns);
    }
    let rules = settings::live_rules(&args.rules)?;
    let sections = settings::sections(&rules, &args.rules, &args.sources);
    let live_prices = args.prices == Some(PricesFrom::Live);
    let document = args.sources.probe_document.as_deref();
    let policy = crate::permissions::policy(&sections, args.all_regions, live_prices, &args.role_arn, document);
    print(&serde_json::to_string_pretty(&policy)?)?;
    Ok(Status::Clean)
}
