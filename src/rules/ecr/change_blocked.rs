//! Changes that this account cannot make: an organization policy refuses them, or the delegated administrator alone may.

use super::coupling::predict;
use super::registry::{
    Draft, all, blocked_types, conclude, conclude_one, finding, is_member, owned, registry_evidence, registry_is,
    scans_ecr, state, status_evidence,
};
use super::remedy::run;
use crate::model::{SectionName, Target};
use crate::rules::finding::coupling::{Event, Rules, Setting};
use crate::rules::finding::ecr::{Evidence, Reason};
use crate::rules::finding::{
    Action, Advice, Blocker, Case, Choice, Finding, Note, Outcome, Remedy, Rule, ScanningStep, Severity,
};

pub(super) static RULE: Rule = Rule {
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
    let hit = all([registry_is(target, Setting::Basic), scans_ecr(target)]);
    conclude_one(is_member(target), hit, || by_administrator(target))
}

/// The gap of a status that could not be read at all, error codes included.
fn unknown_status(target: &Target) -> Option<Vec<Blocker>> {
    let seen = target.inspector.account_status.complete().is_some_and(|status| status.failed.is_none());
    if seen { None } else { scans_ecr(target).err() }
}

fn evidence(target: &Target) -> Vec<Evidence> {
    registry_evidence(target).into_iter().chain(status_evidence(target)).collect()
}

fn by_policy(target: &Target, blocked: &[&str]) -> Finding {
    let draft = Draft {
        severity: Severity::Medium,
        reason: Reason::EcrChangeBlockedByPolicy { blocked: owned(blocked) },
        cost: None,
        evidence: evidence(target),
        remediation: Remedy::Steps {
            advice: Advice::ChangePolicy,
            actions: vec![Action::Instead(
                Choice::InManagementAccount,
                ScanningStep::DescribeInspectorPolicy { account: target.account.clone() }.into(),
            )],
        },
    };
    finding(RULE.id, target, draft)
}

fn by_administrator(target: &Target) -> Finding {
    let administrator =
        target.inspector.delegated_administrator.complete().and_then(|administrator| administrator.account_id.clone());
    let prediction = predict(&state(target), &[Event::Settle, Event::PutBasic(Rules::Absent)]);
    let mut evidence = evidence(target);
    evidence.push(Evidence::DelegatedAdministrator(administrator.clone()));
    evidence.push(Evidence::Prediction(prediction.clone()));
    let draft = Draft {
        severity: Severity::Medium,
        reason: Reason::EcrChangeBlockedByAdministrator { administrator, prediction },
        cost: None,
        evidence,
        remediation: Remedy::Steps {
            advice: Advice::AdministratorDisables,
            actions: vec![
                Action::Note(Note::AsAdministrator),
                run(ScanningStep::DisableTypes {
                    types: vec!["ECR".to_owned()],
                    account: Some(target.account.clone()),
                }),
            ],
        },
    };
    finding(RULE.id, target, draft)
}
