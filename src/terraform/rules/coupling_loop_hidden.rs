//! `terraform-coupling-loop-hidden`: a contradiction between Inspector and the ECR registry is hidden by `ignore_changes`.

use crate::rules::Rule;
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::Class;

pub(super) static RULE: Rule = Rule::of_terraform(
    "terraform-coupling-loop-hidden",
    "A contradiction between Inspector and the ECR registry is hidden by ignore_changes",
    EXPLAIN,
);

/// The same, where nobody sees it.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    let is_hidden = |class, always| always && class == Class::Hidden;
    case.coupling(is_hidden, &[Class::Hidden]).into_written()
}

const EXPLAIN: &str = r#"# What it finds

The contradictions of `terraform-coupling-loop` and `terraform-enabler-conflict` where `lifecycle.ignore_changes` covers the
attribute that would show them: no endless plan, but what is written is not what is live. In a plan: a written constant that
the plan does not follow, or an enabler that is planned to enable nothing. In a state: an enabler that enables nothing.

# Why it costs

Either Inspector is off while the code says that it scans, or the registry is ENHANCED and scans everything continuously
while the code says BASIC. Nobody is told.

# How the figure is made

There is none: what is live is not in the configuration.

# What it cannot see

* Which of the two is live. `inspector-audit scan` tells.
* `ignore_changes` in a plan, unless the written value is a constant or the enabler is planned empty.

# Fix

Drop `ignore_changes`, and let one resource own the setting.

# References

* Terraform language: "The lifecycle meta-argument" (2026)
* Amazon Inspector user guide: "Deactivating a scan type" (2026-10)
"#;
