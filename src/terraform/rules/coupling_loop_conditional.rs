//! `terraform-coupling-loop-conditional`: with some values of the variables, Terraform and AWS switch ECR scanning on and off in turn.

use crate::model::SectionName;
use crate::rules::Rule;

/// The rule.
pub static RULE: Rule = Rule {
    id: "terraform-coupling-loop-conditional",
    title: "With some values of the variables, Terraform and AWS switch ECR scanning on and off in turn",
    explain: EXPLAIN,
    needs: &[SectionName::TerraformConfiguration],
    needs_one_of: &[],
};

const EXPLAIN: &str = r#"# What it finds

The contradictions of `terraform-coupling-loop` and `terraform-enabler-conflict`, where they hold only for some values of
variables, data sources or the workspace: `scan_type = var.enhanced ? "ENHANCED" : "BASIC"` beside an enabler that always
lists `ECR`. Every condition that nothing decides is looked at both ways; a default counts as overridable, a value in
`terraform.tfvars` or `*.auto.tfvars` does not. All uses of one variable see the same value, so resources that follow the
same variable are never reported.

# Why it costs

It does not yet. The day somebody sets the variable, the loop begins, and the two resources look unrelated.

# How the figure is made

There is none; see `terraform-coupling-loop`.

# What it cannot see

* Values that decide without a condition: `scan_type = var.scan_type` is taken at its default. So is a condition on
  anything but a boolean or an equality, such as `length(var.repositories) > 0`.
* Files that only `-var-file` names.
* Plans and states: their variables are settled, so nothing in them is conditional.
* More than 16 open conditions at once, or 512 combinations: the rule is then inconclusive.

# Fix

Tie both resources to the same variable, for example `count = var.enhanced ? 1 : 0` on the enabler, or drop the enabler.

# References

* Amazon Inspector user guide: "Activating a scan type", "Deactivating a scan type" (2026-10)
* Terraform language: "Input variables", "Conditional expressions" (2026)
"#;
