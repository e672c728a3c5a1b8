//! `iam-policy`: the least-privilege policy for the chosen options.

use crate::app::print;
use crate::cli::IamPolicyArgs;
use crate::report::Status;
use crate::settings;

/// Prints the policy.
pub(crate) fn run(args: &IamPolicyArgs) -> anyhow::Result<Status> {
    let rules = settings::live_rules(&args.rules)?;
    let sections = settings::sections(&rules, &args.rules, &args.sources);
    let policy = crate::iam_policy::policy(&sections, args.all_regions, &args.role_arn);
    print(&serde_json::to_string_pretty(&policy)?)?;
    Ok(Status::Clean)
}
