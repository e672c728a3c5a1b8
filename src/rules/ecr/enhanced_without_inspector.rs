//! The registry is ENHANCED while Inspector's ECR type is off: it looks scanned, and nothing scans.

use super::coupling::{Event, ResourceType, Setting, predict};
use super::registry::{Draft, conclude, finding, predicted_evidence, registry_is, scans_ecr, state};
use super::remedy::TERRAFORM_ONE_OWNER;
use crate::model::{SectionName, Target};
use crate::rules::shell::word;
use crate::rules::{Case, Finding, Outcome, Remedy, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "ecr-enhanced-without-inspector",
    title: "The registry is ENHANCED but Inspector does not scan ECR",
    explain: "# What it finds\n\n\
        The registry's scan type is ENHANCED and Inspector's ECR type is DISABLED. Enhanced scanning is done by Inspector, \
        so no image is scanned, by push or otherwise, while ECR looks as if it were.\n\n\
        # Why it costs\n\n\
        It costs no money. Vulnerable images stay unseen, and manual scans are refused under ENHANCED.\n\n\
        # How the figure is made\n\n\
        There is none.\n\n\
        # What it cannot see\n\n\
        Why: an enabling that failed, permissions missing for inspector2:Enable, an organization policy, a registry policy \
        that denies ecr actions, or an aws_inspector2_enabler in Terraform that leaves ECR out.\n\n\
        # Fix\n\n\
        Enable Inspector's ECR type (images are then billed), or set the registry to BASIC with SCAN_ON_PUSH.\n\n\
        # References\n\n\
        ECR user guide, enhanced scanning (2026-10). Inspector user guide, Amazon ECR integration (2026-10).\n",
    needs: &[SectionName::EcrRegistryScanning, SectionName::InspectorAccountStatus],
    needs_one_of: &[],
};

pub(super) fn check(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    // Inspector that scans ECR is in order, whatever the registry hides.
    match scans_ecr(target) {
        Ok(true) => Outcome::judged(),
        Ok(false) => conclude(registry_is(target, Setting::Enhanced), vec![()], Vec::new(), |_| build(target)),
        Err(open) => conclude(registry_is(target, Setting::Enhanced), Vec::<()>::new(), open, |_| build(target)),
    }
}

fn build(target: &Target) -> Finding {
    let region = word(&target.region);
    let state = state(target);
    let prediction = predict(&state, &[Event::Settle, Event::Enable([ResourceType::Ecr].into())]);
    let draft = Draft {
        severity: Severity::High,
        title: "The registry looks enhanced, but nothing scans its images".to_owned(),
        message: format!(
            "The registry's scan type is ENHANCED while Inspector's ECR type is disabled: no image is scanned, and manual \
             scans are refused. Nothing is documented to end this by itself. Predicted: {prediction}"
        ),
        cost: None,
        evidence: predicted_evidence(target, &prediction),
        remediation: Remedy::Told {
            summary: format!(
                "Enable Inspector's ECR type (first scans and re-scans are then billed), or set the registry to BASIC \
                 (its results take the place of Inspector's). {TERRAFORM_ONE_OWNER}"
            ),
            commands: vec![
                format!("aws inspector2 batch-get-account-status --region {region}"),
                format!("aws inspector2 enable --resource-types ECR --region {region}"),
                format!(
                    "# To stop instead: aws ecr put-registry-scanning-configuration --region {region} --scan-type BASIC"
                ),
            ],
        },
    };
    finding(RULE.id, target, draft)
}
