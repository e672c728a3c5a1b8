//! `terraform-registry-several-writers`: several resources write the scanning configuration of one registry.

use crate::model::SectionName;
use crate::rules::Rule;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "terraform-registry-several-writers",
    title: "Several resources write the scanning configuration of one registry",
    explain: EXPLAIN,
    needs: &[SectionName::TerraformConfiguration],
    needs_one_of: &[],
};

const EXPLAIN: &str = r"# What it finds

Two or more `aws_ecr_registry_scanning_configuration` or `awscc_ecr_registry_scanning_configuration` for one account and
region: two resources, instances of `count` or `for_each`, a module that is called once per repository, or several roots.
A registry has one scanning configuration; each of them replaces it as a whole. High where they disagree in scan type or
rules, medium where they still say the same.

# Why it costs

Each apply overwrites what another one wrote, so the plan is never empty and only the filters of the last writer hold.
Where ENHANCED and BASIC alternate, Inspector's ECR type is switched off and on with them, and every switch back on scans
all eligible images again.

# How the figure is made

There is none: which of them wrote last is not in the configuration.

# What it cannot see

* Writers in roots that are not given. Roots whose accounts are not known are taken to be for different places, unless
  `--one-account` says otherwise.
* CloudFormation stacks and people that write the same registry.

# Fix

One resource per account and region, outside of what exists per repository, with a `dynamic` block of
`repository_filter` blocks over all repositories.

# References

* Amazon ECR API reference: `PutRegistryScanningConfiguration` (2026-10)
* terraform-provider-aws: `internal/service/ecr/registry_scanning_configuration.go` (2026)
";
