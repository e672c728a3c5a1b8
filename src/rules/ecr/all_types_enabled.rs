//! EC2, ECR and Lambda are all on: what the console's first activation does, asked for or not.

use super::cost::{billing, list_prices, usage_evidence};
use super::registry::{Draft, all, conclude_one, finding, status_evidence, type_is_on};
use super::remedy::run;
use crate::model::SectionName;
use crate::rules::finding::ecr::{Evidence, Reason};
use crate::rules::finding::{Action, Advice, Case, Choice, Outcome, Remedy, Rule, ScanningStep, Severity};

pub(super) static RULE: Rule = Rule {
    id: "inspector-all-types-enabled",
    title: "Inspector scans EC2, ECR and Lambda alike",
    explain: "# What it finds\n\n\
        Inspector's EC2, ECR and Lambda types are all enabled, which is what the console's first activation does.\n\n\
        # Why it costs\n\n\
        Each type is billed by itself: instances and functions by the hour, images by the scan. Who wanted one of them pays \
        for three. The EC2 scan also reads what is mounted on the instances.\n\n\
        # How the figure is made\n\n\
        The list price of each type that is on is in the evidence, by unit; a month has 720 hours. Where the region's own \
        price is not known, another region's stands in, an estimate that names that region. Where ListUsageTotals could be \
        read, so is what AWS metered in the last 30 days. It adds nothing to the totals. Accounts billed through Security \
        Hub's plan pay otherwise.\n\n\
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
    conclude_one(Ok(true), all(types.map(|resource| type_is_on(target, resource))), || {
        let mut evidence: Vec<Evidence> = status_evidence(target).into_iter().collect();
        // The other types are priced where they are on: they need not be.
        let others = ["lambda_code", "code_repository", "ami"].into_iter();
        let others = others.filter(|resource| type_is_on(target, resource).unwrap_or_default());
        evidence.extend(types.into_iter().chain(others).flat_map(|resource| list_prices(facts, resource)));
        evidence.push(Evidence::Billing(billing(facts)));
        evidence.extend(usage_evidence(facts));
        let draft = Draft {
            severity: Severity::Info,
            reason: Reason::InspectorAllTypesEnabled { billing: billing(facts) },
            cost: None,
            evidence,
            remediation: Remedy::Steps {
                advice: Advice::DisableUnwanted,
                actions: vec![
                    run(ScanningStep::ListUsageTotals),
                    Action::Instead(
                        Choice::ForUnwantedType,
                        ScanningStep::DisableTypes { types: vec!["TYPE".to_owned()], account: None }.into(),
                    ),
                ],
            },
        };
        finding(RULE.id, target, draft)
    })
}
