//! `terraform-scan-rules-invalid`: Amazon ECR will reject the scanning rules at apply.

use crate::model::SectionName;
use crate::rules::Rule;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "terraform-scan-rules-invalid",
    title: "Amazon ECR will reject the scanning rules at apply",
    explain: EXPLAIN,
    needs: &[SectionName::TerraformConfiguration],
    needs_one_of: &[],
};

const EXPLAIN: &str = r#"# What it finds

Rules that pass validation and plan but that `PutRegistryScanningConfiguration` rejects: more than two rules, two rules of
one frequency, a rule made for each element of a list (two elements are enough to fail), `CONTINUOUS_SCAN` under BASIC,
`MANUAL` as a written frequency, filters with upper-case letters, commas or doubled separators, a filter type other than
`WILDCARD`, more than 100 filters in a rule.

Also what the provider itself rejects, in a configuration that nobody has planned yet: arguments and blocks that it does
not have (`resource_type`, `rules {}`), required arguments that are missing, resource types of an enabler that do not exist
(`Lambda`), or not in their region (`LAMBDA_CODE` in eu-west-3).

# Why it costs

The apply stops half way: what was applied before it stays, and the registry keeps its old configuration.

# How the figure is made

There is none.

# What it cannot see

* Whether a filter matches any repository.
* Rules made for a list that is not known and differ in frequency: the rule is then inconclusive.

# Fix

One rule per frequency, with a `dynamic "repository_filter"` inside it instead of a `dynamic "rule"`.

# References

* Amazon ECR API reference: `PutRegistryScanningConfiguration`, `RegistryScanningRule`, `ScanningRepositoryFilter` (2026-10)
* AWS Config developer guide: `inspector-lambda-code-scan-enabled`, for the regions of Lambda code scanning (2026-11)
* Amazon ECR user guide: "Filters to choose which repositories are scanned" (2026-10)
"#;
