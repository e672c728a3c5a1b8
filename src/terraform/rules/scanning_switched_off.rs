//! `terraform-scanning-switched-off`: a plan switches scanning off without destroying anything.

use crate::model::SectionName;
use crate::rules::Rule;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "terraform-scanning-switched-off",
    title: "The plan switches scanning off by an update",
    explain: EXPLAIN,
    needs: &[SectionName::TerraformConfiguration],
    needs_one_of: &[],
};

const EXPLAIN: &str = r"# What it finds

A plan that updates a registry's scanning configuration from ENHANCED to BASIC, or an `aws_inspector2_enabler` so that it
lists fewer types or accounts than before. Nothing is destroyed, so the summary of the plan says `1 to change`; what AWS
does is the same as on deletion.

Not reported where the same resource is in a loop with another one: then the update is a phase of the loop.

# Why it costs

Images, instances or functions are no longer scanned, whoever relied on it. From BASIC on, Inspector's ECR type is switched
off for the whole account and region; where no type is left on, findings, filters and suppression rules are deleted.

# How the figure is made

There is none: the damage is the missing scan.

# What it cannot see

* Configurations without a plan: what is there before the apply is only in a plan.
* Whether somebody else's enabler keeps the type on; `terraform-enabler-conflict` tells if it is among the inputs.

# Fix

Keep ENHANCED, or the types and accounts that have to stay on. Where switching off is meant, apply it knowingly.

# References

* Amazon Inspector user guide: `Deactivating a scan type`, `Amazon ECR integration` (2026-10)
* terraform-provider-aws: `internal/service/inspector2/enabler.go`, update (2026)
";
