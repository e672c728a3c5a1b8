//! EC2, ECR and Lambda are all on: what the console's first activation does, asked for or not.

use super::cost::{SECURITY_HUB_PLAN, list_price, usage_evidence};
use super::registry::{Draft, all, conclude, finding, status_evidence, type_is_on};
use crate::model::SectionName;
use crate::rules::shell::word;
use crate::rules::{Case, Evidence, Outcome, Remedy, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "inspector-all-types-enabled",
    title: "Inspector scans EC2, ECR and Lambda alike",
    explain: "# What it finds\n\n\
        Inspector's EC2, ECR and Lambda types are all enabled, which is what the console's first activation does.\n\n\
        # Why it costs\n\n\
        Each type is billed by itself: instances and functions by the hour, images by the scan. Who wanted one of them pays \
        for three. The EC2 scan also reads what is mounted on the instances.\n\n\
        # How the figure is made\n\n\
        The list price of each type is in the evidence, by unit; a month has 720 hours. Where ListUsageTotals could be read, \
        so is what AWS metered in the last 30 days. It adds nothing to the totals. Accounts billed through Security Hub's \
        plan pay otherwise.\n\n\
        # What it cannot see\n\n\
        Which types were meant.\n\n\
        # Fix\n\n\
        Disable the types nobody wants; their findings are lost. Disabling ECR sets the registry to BASIC.\n\n\
        # References\n\n\
        Inspector user guide, scan types, and deactivating a scan type (2026-10).\n",
    needs: &[SectionName::InspectorAccountStatus, SectionName::InspectorUsageTotals],
    needs_one_of: &[],
};

pub(super) fn check(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let types = ["ec2", "ecr", "lambda"];
    let (hits, open) = match all(types.map(|resource| type_is_on(target, resource))) {
        Ok(true) => (vec![()], Vec::new()),
        Ok(false) => (Vec::new(), Vec::new()),
        Err(open) => (Vec::new(), open),
    };
    conclude(Ok(true), hits, open, |_| {
        let region = word(&target.region);
        let mut evidence: Vec<Evidence> = status_evidence(target).into_iter().collect();
        evidence.extend(types.iter().filter_map(|resource| list_price(facts, resource)));
        evidence.push(Evidence::new("price", SECURITY_HUB_PLAN));
        evidence.extend(usage_evidence(facts));
        let draft = Draft {
            severity: Severity::Info,
            title: "Inspector scans EC2, ECR and Lambda alike".to_owned(),
            message: format!(
                "All three types are enabled, as the console's first activation does it; each is billed by itself. \
                 {SECURITY_HUB_PLAN}"
            ),
            cost: None,
            evidence,
            remediation: Remedy::Told {
                summary:
                    "Disable the types that nobody wants: their findings are lost, and disabling ECR sets the registry \
                     to BASIC. In Terraform: the resource_types of the one aws_inspector2_enabler."
                        .to_owned(),
                commands: vec![
                    format!("aws inspector2 list-usage-totals --region {region}"),
                    format!(
                        "# For a type nobody wants: aws inspector2 disable --resource-types TYPE --region {region}"
                    ),
                ],
            },
        };
        finding(RULE.id, target, draft)
    })
}
