//! The registry is ENHANCED while Inspector's ECR type is off: it looks scanned, and nothing scans.

use super::coupling::predict;
use super::registry::{Draft, conclude_one, finding, predicted_evidence, registry_is, scans_ecr, state};
use super::remedy::run;
use crate::model::{SectionName, Target};
use crate::rules::finding::coupling::{Event, ResourceType, Setting};
use crate::rules::finding::ecr::Reason;
use crate::rules::finding::{Action, Advice, Case, Choice, Finding, Outcome, Remedy, Rule, ScanningStep, Severity};

pub(super) static RULE: Rule = Rule {
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
        open => conclude_one(registry_is(target, Setting::Enhanced), open.map(|scans| !scans), || build(target)),
    }
}

fn build(target: &Target) -> Finding {
    let state = state(target);
    let prediction = predict(&state, &[Event::Settle, Event::Enable([ResourceType::Ecr].into())]);
    let draft = Draft {
        severity: Severity::High,
        evidence: predicted_evidence(target, &prediction),
        reason: Reason::EcrEnhancedWithoutInspector { prediction },
        cost: None,
        remediation: Remedy::Steps {
            advice: Advice::EnableOrBasic,
            actions: vec![
                run(ScanningStep::GetAccountStatus),
                run(ScanningStep::EnableTypes { types: vec!["ECR".to_owned()] }),
                Action::Instead(
                    Choice::ToStop,
                    ScanningStep::PutRegistryScanning { scan_type: "BASIC".to_owned(), rules: None }.into(),
                ),
            ],
        },
    };
    finding(RULE.id, target, draft)
}
