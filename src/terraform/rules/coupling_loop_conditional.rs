//! `terraform-coupling-loop-conditional`: with some values of the variables, Terraform and AWS switch ECR scanning on and off in turn.

use crate::rules::Rule;
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::Class;

pub(super) static RULE: Rule = Rule::of_terraform(
    "terraform-coupling-loop-conditional",
    "With some values of the variables, Terraform and AWS switch ECR scanning on and off in turn",
    EXPLAIN,
);

/// What is not so, or not always, with the variables as they are: of loops, hidden ones and conflicts alike.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    let sometimes = case.coupling(|_, always| !always, &[Class::Loop, Class::Hidden, Class::Conflict]);
    Judgement { overridden: true, ..sometimes }
}

const EXPLAIN: &str = r#"# What it finds

The contradictions of `terraform-coupling-loop` and `terraform-enabler-conflict`, where they hold only for some values of
variables, data sources or the workspace: `scan_type = var.enhanced ? "ENHANCED" : "BASIC"` beside an enabler that always
lists `ECR`. What nothing decides is looked at in every way that matters: a boolean both ways, a key by the entries of the
map it is looked up in, a `scan_type` as BASIC and ENHANCED, a list with `ECR` in it and without, a number by the bounds it
is compared with, a variable by the values that its `validation` lists. The default of a boolean, and any default that is
compared, counts as overridable; a value in `terraform.tfvars`, `*.auto.tfvars` or a `--var-file` does not. All uses of one
variable see the same value, so resources that follow the same variable are never reported.

# Why it costs

It does not yet. The day somebody sets the variable, the loop begins, and the two resources look unrelated.

# How the figure is made

There is none; see `terraform-coupling-loop`.

# What it cannot see

* Defaults that decide without a condition: `scan_type = var.scan_type` is taken at its default.
* `TF_VAR_` variables of the environment and `-var`: write what they say into a file and name it with `--var-file`.
* Functions that are not read here, such as `regex`: what hangs on them alone is inconclusive.
* Plans and states: their variables are settled, so nothing in them is conditional.
* More than 16 open conditions at once, or 512 combinations: the rule is then inconclusive.

# Fix

Tie both resources to the same variable, for example `count = var.enhanced ? 1 : 0` on the enabler, or drop the enabler.

# References

* Amazon Inspector user guide: "Activating a scan type", "Deactivating a scan type" (2026-10)
* Terraform language: "Input variables", "Conditional expressions" (2026)
"#;
