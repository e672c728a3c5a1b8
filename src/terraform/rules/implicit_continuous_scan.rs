//! `terraform-implicit-continuous-scan`: every repository is scanned continuously, and nobody wrote that.

use crate::model::SectionName;
use crate::rules::Rule;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "terraform-implicit-continuous-scan",
    title: "Every repository is scanned continuously, and nobody wrote that",
    explain: EXPLAIN,
    needs: &[SectionName::TerraformConfiguration],
    needs_one_of: &[],
};

const EXPLAIN: &str = r#"# What it finds

A registry that asks for ENHANCED without a rule, and an enabler that lists `ECR` while no registry configuration is
written beside it: both scan every repository continuously. With low severity: filters under SCAN_ON_PUSH that a
CONTINUOUS_SCAN rule matches too, and which therefore have no effect.

# Why it costs

Under continuous scanning every new vulnerability that concerns an image re-scans it, at a price each, for as long as the
image is pushed, pulled or in use.

# How the figure is made

There is none: how many images there are is not in the configuration. The live rule `ecr-continuous-scan` has it.

# What it cannot see

* A registry configuration that is written elsewhere, or set by hand.
* That an activation through Inspector starts with these defaults is inferred from the Amazon ECR user guide.

# Fix

Write the rules: CONTINUOUS_SCAN for the repositories that are deployed, SCAN_ON_PUSH for the rest.

# References

* Amazon ECR user guide: "Enhanced scanning" (2026-10): without rules all repositories are scanned continuously
* Amazon Inspector pricing page (2026-10)
"#;
