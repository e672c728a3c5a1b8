//! `terraform-destroy-disables-scanning`: destroying this switches scanning off for the whole account.

use crate::model::SectionName;
use crate::rules::Rule;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "terraform-destroy-disables-scanning",
    title: "Destroying this switches scanning off for the whole account",
    explain: EXPLAIN,
    needs: &[SectionName::TerraformConfiguration],
    needs_one_of: &[],
};

const EXPLAIN: &str = r#"# What it finds

A plan, or a `removed` block, that destroys an `aws_ecr_registry_scanning_configuration` or an `aws_inspector2_enabler`.
Destroying the first writes BASIC without rules; destroying the second disables every type of its accounts. With medium
severity: destroying `aws_inspector2_configuration`, which sets the re-scan durations back to their longest.

Not reported: destroying a registry that was BASIC, and an enabler of ECR alone where the registry stays BASIC, which is
the way out of the loop.

# Why it costs

Images and instances are no longer scanned, whoever relied on it. Where no type is left on, findings, filters and
suppression rules are deleted.

# How the figure is made

There is none: the damage is the missing scan.

# What it cannot see

* `terraform destroy` that nobody has planned yet, and stacks of CloudFormation, whose deletion does the same.
* What was in a module that a `removed` block names: the rule is inconclusive, and only the plan tells.
* A block that was simply deleted from the configuration: only the plan shows that.

# Fix

A `removed` block with `lifecycle { destroy = false }`, or `terraform state rm`. `prevent_destroy` goes with the block, and
protects nothing once it is deleted.

# References

* terraform-provider-aws: `internal/service/ecr/registry_scanning_configuration.go`,
  `internal/service/inspector2/enabler.go`, delete (2026)
* Amazon Inspector user guide: "Deactivating Amazon Inspector" (2026-10)
"#;
