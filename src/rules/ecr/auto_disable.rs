//! The registry is BASIC while Inspector scans ECR: AWS will end that, and Inspector with it where ECR is all it scans.

use super::coupling::{Setting, predict_reapplied};
use super::registry::{
    Draft, Known, all, conclude, finding, is_member, predicted_evidence, registry, registry_is, scans_ecr,
    scans_others, state,
};
use super::remedy::{TERRAFORM_COMMENT, TERRAFORM_ONE_OWNER, get_registry, put_registry, scan_rule};
use crate::model::{SectionName, Target};
use crate::rules::shell::word;
use crate::rules::{Case, Confidence, Finding, Outcome, Remedy, Rule, Severity};

const NEEDS: &[SectionName] = &[SectionName::EcrRegistryScanning, SectionName::InspectorAccountStatus];

/// Inspector's only enabled type is about to go.
pub static AUTO_DISABLE: Rule = Rule {
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
pub static DRIFT: Rule = Rule {
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
    match all([registry_is(target, Setting::Basic), which]) {
        Ok(hit) => conclude(kind, if hit { vec![()] } else { Vec::new() }, Vec::new(), |_| build(target)),
        Err(open) => conclude(kind, Vec::<()>::new(), open, |_| build(target)),
    }
}

fn alone(target: &Target) -> Finding {
    let region = word(&target.region);
    draft(
        AUTO_DISABLE.id,
        target,
        Severity::High,
        "Inspector is about to be deactivated: the registry is BASIC and ECR is the only type it scans".to_owned(),
        "The registry's scan type is BASIC and ECR is Inspector's only enabled type. AWS will switch that type off, and \
         Inspector with it: its findings, filters and suppression rules in this account and region are deleted.",
        vec![
            format!("aws inspector2 list-filters --region {region} > inspector-filters.json"),
            format!("aws inspector2 list-findings --region {region} > inspector-findings.json"),
        ],
    )
}

fn with_others(target: &Target) -> Finding {
    draft(
        DRIFT.id,
        target,
        Severity::Medium,
        "Inspector's ECR type is on while the registry is BASIC".to_owned(),
        "The registry's scan type is BASIC, yet Inspector's ECR type is enabled beside others. AWS will switch the ECR \
         type off, or something keeps writing the two sides apart; the other types stay on.",
        Vec::new(),
    )
}

fn draft(
    rule: &'static str,
    target: &Target,
    severity: Severity,
    title: String,
    message: &str,
    mut commands: Vec<String>,
) -> Finding {
    let prediction = predict_reapplied(&state(target));
    let member = if is_member(target) == Ok(true) {
        " This is a member account: only the delegated administrator can switch the type off, so it may stay as it is."
    } else {
        ""
    };
    let message = format!("{message} Predicted: {prediction}{member}");
    commands.extend([
        get_registry(target),
        "# To keep scanning images (rules of your own, or AWS scans every repository continuously):".to_owned(),
        put_registry(target, "ENHANCED", &[scan_rule("SCAN_ON_PUSH", ["*".to_owned()])]),
        format!("# To stop instead: aws inspector2 disable --resource-types ECR --region {}", word(&target.region)),
        TERRAFORM_COMMENT.to_owned(),
    ]);
    let summary = format!(
        "Decide which side is meant: set the registry to ENHANCED with rules of your own (images are then billed), or \
         disable Inspector's ECR type (its findings on images, and with the last type also filters and suppression \
         rules, are lost: export them first). {TERRAFORM_ONE_OWNER}"
    );
    let draft = Draft {
        severity,
        title,
        message,
        cost: None,
        evidence: predicted_evidence(target, &prediction),
        remediation: Remedy::Told { summary, commands },
    };
    // When AWS acts is known from one article only.
    Finding { confidence: Confidence::Medium, ..finding(rule, target, draft) }
}
