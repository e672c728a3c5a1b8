//! Changes that this account cannot make: an organization policy refuses them, or the delegated administrator alone may.

use super::coupling::{Event, Rules, Setting, predict};
use super::registry::{
    Draft, all, blocked_types, conclude, finding, is_member, registry, registry_evidence, registry_is, scans_ecr,
    state, status_evidence,
};
use crate::model::{SectionName, Target};
use crate::rules::shell::word;
use crate::rules::{Case, Evidence, Finding, Outcome, Remedy, Rule, Severity, Undecided};

/// The rule.
pub static RULE: Rule = Rule {
    id: "ecr-change-blocked",
    title: "A change of image scanning cannot take effect from this account",
    explain: "# What it finds\n\n\
        Either AWS's status says that an organization policy refused the last change of Inspector \
        (BLOCKED_BY_ORGANIZATION_POLICY), or the registry of a member account is BASIC while Inspector's ECR type is on: in \
        a member account only the delegated administrator can switch it off.\n\n\
        # Why it costs\n\n\
        Terraform or a script that asks for the change again and again never gets it, and what is scanned and billed is not \
        what the configuration says.\n\n\
        # How the figure is made\n\n\
        There is none; what re-scans cost is on ecr-continuous-scan.\n\n\
        # What it cannot see\n\n\
        The policy itself, and whether AWS answers a member's change with an error or with silence: no document says.\n\n\
        # Fix\n\n\
        Make the change where it can be made: in the organization's Inspector policy, or as the delegated administrator.\n\n\
        # References\n\n\
        Inspector user guide, Amazon ECR integration, and managing accounts (2026-10). AWS Organizations user guide, Amazon \
        Inspector policies (2026-10).\n",
    needs: &[
        SectionName::EcrRegistryScanning,
        SectionName::InspectorAccountStatus,
        SectionName::InspectorDelegatedAdministrator,
    ],
    needs_one_of: &[],
};

pub(super) fn check(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let blocked: Vec<&str> =
        blocked_types(target).into_iter().filter(|resource| matches!(*resource, "ecr" | "account")).collect();
    if !blocked.is_empty() {
        return conclude(Ok(true), blocked, Vec::new(), |blocked| by_policy(target, &blocked));
    }
    // Without a status nobody knows whether a policy refused something, member or not.
    if let Some(gap) = unknown_status(target) {
        return Outcome { undecided: gap, ..Outcome::judged() };
    }
    let (hits, open) = match all([registry_is(target, Setting::Basic), scans_ecr(target)]) {
        Ok(true) => (vec![()], Vec::new()),
        Ok(false) => (Vec::new(), Vec::new()),
        Err(open) => (Vec::new(), open),
    };
    conclude(is_member(target), hits, open, |_| by_administrator(target))
}

/// The gap of a status that could not be read at all, error codes included.
fn unknown_status(target: &Target) -> Option<Vec<Undecided>> {
    let seen = target.inspector.account_status.complete().is_some_and(|status| status.failed.is_none());
    if seen { None } else { scans_ecr(target).err() }
}

fn evidence(target: &Target) -> Vec<Evidence> {
    let registry = registry(target).ok().flatten().map(|(_, registry)| registry_evidence(registry));
    registry.into_iter().chain(status_evidence(target)).collect()
}

fn by_policy(target: &Target, blocked: &[&str]) -> Finding {
    let draft = Draft {
        severity: Severity::Medium,
        title: "An organization policy refuses changes of Inspector here".to_owned(),
        message: format!(
            "AWS reports BLOCKED_BY_ORGANIZATION_POLICY for {}: what this account, or its delegated administrator, asks for does \
             not take effect.",
            blocked.join(", ")
        ),
        cost: None,
        evidence: evidence(target),
        remediation: Remedy::Told {
            summary: "Change the organization's Inspector policy (its effect reaches every account it is attached to), or take \
                 the change out of this account's Terraform."
                .to_owned(),
            commands: vec![
                "# In the organization's management account or as its policy administrator:".to_owned(),
                format!(
                    "# aws organizations describe-effective-policy --policy-type INSPECTOR_POLICY --target-id {}",
                    word(&target.account)
                ),
            ],
        },
    };
    finding(RULE.id, target, draft)
}

fn by_administrator(target: &Target) -> Finding {
    let administrator = target
        .inspector
        .delegated_administrator
        .complete()
        .and_then(|administrator| administrator.account_id.as_deref())
        .unwrap_or("not given");
    let prediction = predict(&state(target), &[Event::Settle, Event::PutBasic(Rules::Absent)]);
    let mut evidence = evidence(target);
    evidence.push(Evidence::new("delegated_administrator", format!("account {administrator}")));
    evidence.push(Evidence::new("prediction", prediction.to_string()));
    let draft = Draft {
        severity: Severity::Medium,
        title: "Only the delegated administrator can switch image scanning off here".to_owned(),
        message: format!(
            "The registry is BASIC while Inspector's ECR type is on, in a member account of {administrator}: asking for BASIC \
             here does not switch Inspector off. Predicted: {prediction}"
        ),
        cost: None,
        evidence,
        remediation: Remedy::Told {
            summary: "Let the delegated administrator disable the ECR type for this account (its findings on images are \
                 lost), or set the registry to ENHANCED again. In Terraform, let the administrator's configuration own it."
                .to_owned(),
            commands: vec![
                "# As the delegated administrator:".to_owned(),
                format!(
                    "aws inspector2 disable --account-ids {} --resource-types ECR --region {}",
                    word(&target.account),
                    word(&target.region)
                ),
            ],
        },
    };
    finding(RULE.id, target, draft)
}
