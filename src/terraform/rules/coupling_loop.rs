//! `terraform-coupling-loop`: Terraform and AWS switch ECR scanning on and off in turn.

use crate::rules::Rule;
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::Class;

pub(super) static RULE: Rule =
    Rule::of_terraform("terraform-coupling-loop", "Terraform and AWS switch ECR scanning on and off in turn", EXPLAIN);

/// A loop that is there whatever the variables are.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    let is_loop = |class, always| always && class == Class::Loop;
    case.coupling(is_loop, &[Class::Loop, Class::Hidden]).into_written()
}

const EXPLAIN: &str = r#"# What it finds

An `aws_inspector2_enabler` and an `aws_ecr_registry_scanning_configuration` for one account and region that contradict
each other: the enabler lists `ECR` and the registry says `BASIC`, or the registry says `ENHANCED` and no enabler lists
`ECR`. Types beside `ECR` do not help: the account then stays enabled, but its ECR type still flips.

AWS keeps one setting, "Inspector scans ECR images", behind two APIs. Enabling the type sets the registry to ENHANCED,
setting the registry to BASIC disables the type some time later. Each apply undoes what the last one left, so the plan is
never empty and the registry alternates.

# Why it costs

In every other phase the registry is ENHANCED with AWS's defaults, which scan all repositories continuously. Each switch
back on scans all eligible images again. Where ECR is Inspector's only type, each switch off deletes findings, filters and
suppression rules.

# How the figure is made

There is none: how many images are scanned again, and how often somebody applies, is not in the configuration. The live
rule `ecr-continuous-scan` has the figures of the phase that is switched on.

# What it cannot see

* Resources of another root that is not given. Give several paths to have them looked at together.
* Whether two provider aliases without a region, or two roots without an account, mean the same place. Aliases of one root
  are taken to differ; roots that each write a registry configuration too; other roots are a gap (see `--one-account`).
* Which account a number is. Several enablers that each name one, or one that names numbers beside one for the caller's own
  account, are a delegated administrator's, and their accounts are taken for members'.
* In a plan: what `ignore_changes` covers. A plan that contradicts itself is reported as a loop.
* The delay before AWS switches Inspector off after BASIC. No document states it.

# Fix

Let one resource own the setting. Either drop the enabler (with a `removed` block and `destroy = false`, so that nothing is
switched off on the way) and let the registry decide alone, or write `ENHANCED` with explicit rules and tie both resources
to the same variable.

# References

* Amazon Inspector user guide: "Activating a scan type", "Deactivating a scan type", "Amazon ECR integration" (2026-10)
* Amazon ECR user guide: "Scan images for OS and programming language package vulnerabilities" (2026-10)
* terraform-provider-aws: `internal/service/inspector2/enabler.go`,
  `internal/service/ecr/registry_scanning_configuration.go` (2026)
"#;
