//! `terraform-enabler-narrower-than-live`: applying this switches off scan types that are live.

use crate::model::SectionName;
use crate::rules::Rule;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    id: "terraform-enabler-narrower-than-live",
    title: "Applying this switches off scan types that are live",
    explain: EXPLAIN,
    needs: &[
        SectionName::EcrRegistryScanning,
        SectionName::InspectorAccountStatus,
        SectionName::TerraformConfiguration,
    ],
    needs_one_of: &[],
};

const EXPLAIN: &str = r"# What it finds

With a snapshot beside the Terraform input: an enabler that lists fewer types than Inspector scans in that account and
region now. An enabler disables what it does not list, also what somebody else switched on in the console. With medium
severity: a registry written as BASIC where ENHANCED is live.

# Why it costs

What was scanned no longer is; where no type is left on, findings, filters and suppression rules are deleted.

# How the figure is made

There is none: the damage is the missing scan.

# What it cannot see

* Anything without a snapshot: the rule is then not asked.
* Which target is meant, where the configuration names neither account nor region and the snapshot has several.

# Fix

List every type that has to stay on.

# References

* terraform-provider-aws: `internal/service/inspector2/enabler.go`, create and update (2026)
* Amazon Inspector API reference: `BatchGetAccountStatus` (2026-10)
";
