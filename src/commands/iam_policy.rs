//! `iam-policy`: the least-privilege policy for the chosen options.

use crate::app::print;
use crate::cli::IamPolicyArgs;
use crate::report::Status;
use crate::settings;

/// Prints the policy.
pub(crate) fn run(args: &IamPolicyArgs) -> anyhow::Result<Status> {
    let rules = settings::live_rules(&args.rules)?;
    let policy = crate::iam_policy::policy(&settings::sections(&rules, &args.rules), args.all_regions, &args.role_arn);
    print(&serde_json::to_string_pretty(&policy)?)?;
    Ok(Status::Clean)
}
