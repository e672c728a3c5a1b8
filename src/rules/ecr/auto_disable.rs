//! The registry is BASIC while Inspector scans ECR: AWS will end that, and Inspector with it where ECR is all it scans.

use super::coupling::predict_reapplied;
use super::registry::{
    Draft, Known, all, conclude_one, finding, is_member, predicted_evidence, registry, registry_is, scans_ecr,
    scans_others, state,
};
use super::remedy::{get_registry, put_registry, run, scan_rule};
use crate::model::{SectionName, Target};
use crate::rules::finding::coupling::{Prediction, Setting};
use crate::rules::finding::ecr::Reason;
use crate::rules::finding::{
    Action, Advice, Case, Choice, Confidence, Finding, Note, Outcome, Remedy, Rule, ScanningStep, Severity,
};

const NEEDS: &[SectionName] = &[SectionName::EcrRegistryScanning, SectionName::InspectorAccountStatus];

/// Inspector's only enabled type is about to go.
pub(super) static AUTO_DISABLE: Rule = Rule {
    id: "ecr-inspector-auto-disable",
    title: "Inspector will be deactivated: it scans ECR alone and the registry is BASIC",
    explain: "# What it finds\n\n\
        The registry's scan type is BASIC, Inspector's ECR type is ENABLED, and no other type is. AWS keeps the two \
        equal: it will switch the ECR type off, and an account without any enabled type is deactivated.\n\n\
        # Why it costs\n\n\
        Deactivation deletes Inspector's findings, filters and suppression rules in this account and region. Where \
        Terraform also keeps aws_inspector2_enabler with ECR, the next apply enables it again, which turns the registry \
        ENHANCED with continuous scanning of every repository; the apply after that starts over. Each return scans \
        all eligible images again.\n\n\
        # How the figure is made\n\n\
        There is none: how often it flips is not visible from AWS.\n\n\
        # What it cannot see\n\n\
        When AWS acts: no document names the delay, one public article speaks of a while. Hence confidence medium. \
        Whether Terraform manages either side. `explain ecr-coupling` lists every step with its evidence.\n\n\
        # Fix\n\n\
        Decide which of the two is meant. To keep scanning, set the registry to ENHANCED with rules of your own. To stop, \
        export filters and findings first, then disable the ECR type yourself. In Terraform keep one owner.\n\n\
        # References\n\n\
        Inspector user guide, deactivating Amazon Inspector (2026-10); Amazon ECR integration (2026-10). ECR user guide, \
        IAM permissions for enhanced scanning (2026-10). Article at zhenjia.org, 2025-03-13.\n",
    needs: NEEDS,
    needs_one_of: &[],
};

/// Inspector's ECR type is about to go, the others stay.
pub(super) static DRIFT: Rule = Rule {
    id: "ecr-inspector-drift",
    title: "Inspector's ECR type is on while the registry is BASIC",
    explain: "# What it finds\n\n\
        The registry's scan type is BASIC, Inspector's ECR type is ENABLED, and other types are enabled too. Either AWS \
        has not yet switched the ECR type off, or something wrote the two sides apart.\n\n\
        # Why it costs\n\n\
        Image scanning ends without anybody having said so, and with it the findings on images. Where Terraform wants both \
        sides as they are, every apply flips them, and each return to ENHANCED scans all eligible images again.\n\n\
        # How the figure is made\n\n\
        There is none: images whose scanning is being switched off are not billed.\n\n\
        # What it cannot see\n\n\
        Whether this is a state on its way (run again later) or one that stays. Hence confidence medium.\n\n\
        # Fix\n\n\
        Make both sides say the same: ENHANCED with rules of your own, or the ECR type disabled. In Terraform keep one \
        owner.\n\n\
        # References\n\n\
        Inspector user guide, Amazon ECR integration (2026-10). ECR user guide, IAM permissions for enhanced scanning \
        (2026-10). Article at zhenjia.org, 2025-03-13.\n",
    needs: NEEDS,
    needs_one_of: &[],
};

pub(super) fn check_alone(facts: &Case<'_>) -> Outcome {
    judge(facts.target, scans_others(facts.target).map(|others| !others), alone)
}

pub(super) fn check_others(facts: &Case<'_>) -> Outcome {
    judge(facts.target, scans_others(facts.target), with_others)
}

fn judge(target: &Target, which: Known<bool>, build: fn(&Target) -> Finding) -> Outcome {
    // An ENHANCED registry is in order, whatever Inspector's status hides.
    if registry_is(target, Setting::Enhanced) == Ok(true) {
        return Outcome::judged();
    }
    let kind = all([scans_ecr(target), registry(target).map(|registry| registry.is_some())]);
    conclude_one(kind, all([registry_is(target, Setting::Basic), which]), || build(target))
}

fn alone(target: &Target) -> Finding {
    draft(
        AUTO_DISABLE.id,
        target,
        Severity::High,
        |prediction, member| Reason::EcrInspectorAutoDisable { prediction, member },
        vec![run(ScanningStep::ExportFilters), run(ScanningStep::ExportFindings)],
    )
}

fn with_others(target: &Target) -> Finding {
    draft(
        DRIFT.id,
        target,
        Severity::Medium,
        |prediction, member| Reason::EcrInspectorDrift { prediction, member },
        Vec::new(),
    )
}

fn draft(
    rule: &'static str,
    target: &Target,
    severity: Severity,
    reason: fn(Prediction, bool) -> Reason,
    mut actions: Vec<Action>,
) -> Finding {
    let prediction = predict_reapplied(&state(target));
    actions.extend([
        get_registry(),
        Action::Note(Note::KeepScanning),
        put_registry("ENHANCED", vec![scan_rule("SCAN_ON_PUSH", ["*".to_owned()])]),
        Action::Instead(
            Choice::ToStop,
            ScanningStep::DisableTypes { types: vec!["ECR".to_owned()], account: None }.into(),
        ),
        Action::Note(Note::TerraformOwner),
    ]);
    let draft = Draft {
        severity,
        evidence: predicted_evidence(target, &prediction),
        reason: reason(prediction, is_member(target) == Ok(true)),
        cost: None,
        remediation: Remedy::Steps { advice: Advice::EnhancedOrDisable, actions },
    };
    // When AWS acts is known from one article only.
    Finding { confidence: Confidence::Medium, ..finding(rule, target, draft) }
}
