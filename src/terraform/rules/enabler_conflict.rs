//! `terraform-enabler-conflict`: several enablers for one account and region list different types.

use crate::model::SectionName;
use crate::rules::Rule;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "terraform-enabler-conflict",
    title: "Several enablers for one account and region list different types",
    explain: EXPLAIN,
    needs: &[SectionName::TerraformConfiguration],
    needs_one_of: &[],
};

const EXPLAIN: &str = r"# What it finds

Two or more instances of `aws_inspector2_enabler` for one account and region with different `resource_types`, also when
`for_each` makes one instance per type. An enabler is exclusive: creating it disables every type that it does not list, and
reading it back shows the types of the others as drift.

With medium severity: an `aws_inspector2_organization_configuration` that switches ECR scanning on for new members beside a
registry that is set to BASIC.

# Why it costs

Every apply switches types off that the next one switches on; each time everything eligible is scanned again, and in
between it is not scanned.

# How the figure is made

There is none: how much is scanned again is not in the configuration.

# What it cannot see

* Enablers of roots that are not given, and those made in the console.
* Whether account ids that come from data sources are the same.

# Fix

One enabler per account and region, with all types in it.

# References

* terraform-provider-aws: `internal/service/inspector2/enabler.go` (2026), issue 34039
* Amazon Inspector API reference: `Enable`, `Disable` (2026-10)
";
