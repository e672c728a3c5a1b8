//! What the R2 rules share: three-valued readings of the registry and of Inspector's status, conclusions, findings.
//!
//! A reading is a value, or the gaps that keep it open. Transient, suspended, failed and unknown states are gaps: they
//! are reported and never judged.

use std::collections::BTreeSet;

use crate::model::{RegistryScanning, Section, SectionName, Target};
use crate::rules::finding::coupling::{Limits, Prediction, ResourceType, Rules, Setting, State};
use crate::rules::finding::ecr::{Evidence, OpenQuestion, Reason, RepositoryFact};
use crate::rules::finding::{self, Blocker, Cost, Finding, Outcome, Remedy, Resource, Severity};
use crate::rules::status::Account;

/// A value, or what keeps it open.
pub(super) type Known<T> = Result<T, Vec<Blocker>>;

/// The resource type of every R2 finding.
const REGISTRY: &str = "AWS::ECR::Registry";

/// Whether all hold. One that does not decides, whatever the others hide.
pub(super) fn all<const N: usize>(parts: [Known<bool>; N]) -> Known<bool> {
    let mut open = Vec::new();
    for part in parts {
        match part {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(gaps) => open.extend(gaps),
        }
    }
    if open.is_empty() { Ok(true) } else { Err(open) }
}

/// The outcome of a rule: `kind` is whether there is anything of its kind, `hits` what it objects to, `open` what may
/// hide more of that, `build` the finding.
///
/// Nothing of the kind wins over every gap; gaps about the kind matter only where something is objected to or may be.
pub(super) fn conclude<T>(
    kind: Known<bool>,
    hits: Vec<T>,
    open: Vec<Blocker>,
    build: impl FnOnce(Vec<T>) -> Finding,
) -> Outcome {
    match kind {
        Ok(false) => Outcome::not_applicable(),
        Ok(true) if hits.is_empty() => Outcome { undecided: open, ..Outcome::judged() },
        Ok(true) => Outcome { findings: vec![build(hits)], undecided: open, applicable: true },
        Err(_) if hits.is_empty() && open.is_empty() => Outcome::not_applicable(),
        Err(mut gaps) => {
            gaps.extend(open);
            Outcome { undecided: gaps, ..Outcome::judged() }
        }
    }
}

/// The same of a rule that objects to one thing, which is so, is not, or is open.
pub(super) fn conclude_one(kind: Known<bool>, hit: Known<bool>, build: impl FnOnce() -> Finding) -> Outcome {
    let (hit, open) = match hit {
        Ok(hit) => (hit, Vec::new()),
        Err(open) => (false, open),
    };
    conclude(kind, if hit { vec![()] } else { Vec::new() }, open, |_| build())
}

/// The registry's scanning configuration; `None` where the region has no ECR.
pub(super) fn registry(target: &Target) -> Known<Option<(Setting, &RegistryScanning)>> {
    let registry = match &target.ecr.registry_scanning {
        Section::Complete(registry) => registry,
        Section::Absent(_) => return Ok(None),
        Section::Missing(_) | Section::NotAsked => {
            return Err(vec![Blocker::section(SectionName::EcrRegistryScanning)]);
        }
    };
    match registry.scan_type.as_str() {
        "BASIC" => Ok(Some((Setting::Basic, registry))),
        "ENHANCED" => Ok(Some((Setting::Enhanced, registry))),
        other => Err(vec![Blocker::ecr(None, OpenQuestion::ScanType(other.to_owned()))]),
    }
}

/// Whether the registry is of that scan type; a region without ECR has neither.
pub(super) fn registry_is(target: &Target, setting: Setting) -> Known<bool> {
    registry(target).map(|registry| registry.is_some_and(|(found, _)| found == setting))
}

/// Whether Inspector scans that resource type (`ec2`, `ecr`, `lambda`, ...), nothing being on its way.
pub(super) fn type_is_on(target: &Target, resource: &str) -> Known<bool> {
    Account::of(target).settled(resource).map_err(|open| vec![Blocker::status(open)])
}

/// Whether Inspector scans ECR.
pub(super) fn scans_ecr(target: &Target) -> Known<bool> {
    type_is_on(target, "ecr")
}

/// The keys of every type but ECR that the status speaks of; `ec2` always.
fn other_types(target: &Target) -> BTreeSet<&str> {
    Account::of(target).kinds().chain(["ec2"]).filter(|resource| *resource != "ecr").collect()
}

/// Whether Inspector scans anything but ECR.
pub(super) fn scans_others(target: &Target) -> Known<bool> {
    let mut open = Vec::new();
    for resource in other_types(target) {
        match type_is_on(target, resource) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(gaps) => open.extend(gaps),
        }
    }
    if open.is_empty() { Ok(false) } else { Err(open) }
}

/// The state machine's state, as far as it is known: what is open counts as off, no limit as known.
pub(super) fn state(target: &Target) -> State {
    let mut state = State::untouched();
    if let Ok(Some((setting, registry))) = registry(target) {
        state.setting = setting;
        state.rules = if registry.rules.is_empty() { Rules::Absent } else { Rules::Written };
    }
    let on = |resource: &str| type_is_on(target, resource) == Ok(true);
    state.types = other_types(target)
        .into_iter()
        .chain(["ecr"])
        .filter(|resource| on(resource))
        .map(ResourceType::parse)
        .collect();
    state.limits = Limits {
        member: is_member(target) == Ok(true),
        organization_policy: blocked_types(target).contains("ecr"),
        registry_policy: false,
    };
    state
}

/// Whether another account administers Inspector for this one.
pub(super) fn is_member(target: &Target) -> Known<bool> {
    let administrator = match &target.inspector.delegated_administrator {
        Section::Complete(administrator) => administrator,
        Section::Absent(_) => return Ok(false),
        Section::Missing(_) | Section::NotAsked => {
            return Err(vec![Blocker::section(SectionName::InspectorDelegatedAdministrator)]);
        }
    };
    let Some(account) = &administrator.account_id else { return Ok(false) };
    if *account == target.account {
        return Ok(false);
    }
    match administrator.relationship_status.as_deref() {
        None | Some("ENABLED") => Ok(true),
        Some("DISABLED" | "REMOVED" | "RESIGNED" | "DELETED") => Ok(false),
        Some(other) => Err(vec![Blocker::ecr(None, OpenQuestion::Relationship(other.to_owned()))]),
    }
}

/// The resource types (`account` for the account itself) whose last change an organization policy refused.
pub(super) fn blocked_types(target: &Target) -> BTreeSet<&str> {
    const BLOCKED: Option<&str> = Some("BLOCKED_BY_ORGANIZATION_POLICY");
    let Some(status) = target.inspector.account_status.complete() else { return BTreeSet::new() };
    let account = [&status.state, &status.failed].into_iter().flatten().map(|status| ("account", status));
    let types = status.resources.iter().map(|(resource, status)| (resource.as_str(), status));
    account
        .chain(types)
        .filter(|(_, status)| status.error_code.as_deref() == BLOCKED)
        .map(|(resource, _)| resource)
        .collect()
}

/// The parts of a finding that differ from rule to rule.
pub(super) struct Draft {
    pub(super) severity: Severity,
    pub(super) reason: Reason,
    pub(super) cost: Option<Cost>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) remediation: Remedy,
}

/// A finding on the target's registry, of high confidence.
pub(super) fn finding(rule: &'static str, target: &Target, draft: Draft) -> Finding {
    let Draft { severity, reason, cost, evidence, remediation } = draft;
    let Target { account, region, .. } = target;
    // A registry has no ARN of its own and no name; its id is the account's.
    let resource = Resource { kind: REGISTRY.to_owned(), id: account.clone(), arn: None, name: None };
    let evidence = evidence.into_iter().map(finding::Evidence::Ecr).collect();
    let finding = Finding::new(rule, account, region, resource, account, finding::Reason::Ecr(reason));
    Finding { severity, cost, evidence, remedy: remediation, ..finding }
}

/// Names for a finding's reason, in the order given.
pub(super) fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// One piece of evidence for each repository, in the order given.
pub(super) fn name_repositories<'a>(
    names: impl IntoIterator<Item = &'a str>,
    fact: RepositoryFact,
) -> impl Iterator<Item = Evidence> {
    names.into_iter().map(move |name| Evidence::Repository { name: name.to_owned(), fact: fact.clone() })
}

/// The evidence of a finding about both sides of the coupling: the registry, Inspector, and what will become of them.
pub(super) fn predicted_evidence(target: &Target, prediction: &Prediction) -> Vec<Evidence> {
    let mut evidence: Vec<Evidence> = registry_evidence(target).into_iter().chain(status_evidence(target)).collect();
    evidence.push(Evidence::Prediction(prediction.clone()));
    evidence
}

/// What the registry says, where that could be read.
pub(super) fn registry_evidence(target: &Target) -> Option<Evidence> {
    registry(target).ok().flatten().map(|(_, registry)| Evidence::Registry(registry.clone()))
}

/// What Inspector's status says, where that could be read.
pub(super) fn status_evidence(target: &Target) -> Option<Evidence> {
    let status = target.inspector.account_status.complete()?;
    Some(Evidence::Inspector {
        account: status.state.as_ref().map(|state| state.status.clone()),
        types: status.resources.iter().map(|(resource, status)| (resource.clone(), status.status.clone())).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountStatus, Gap, GapReason, TypeStatus};
    use crate::rules::status::tests::{TABLE, target as of};
    use chrono::DateTime;

    fn target() -> Target {
        Target::unseen("111122223333", "ap-northeast-1", DateTime::UNIX_EPOCH)
    }

    fn status(account: &str, types: &[(&str, &str)]) -> Section<AccountStatus> {
        let read = |text: &str| TypeStatus { status: text.to_owned(), ..TypeStatus::default() };
        Section::Complete(AccountStatus {
            state: Some(read(account)),
            resources: types.iter().map(|(resource, text)| ((*resource).to_owned(), read(text))).collect(),
            failed: None,
        })
    }

    #[test]
    fn every_status_is_judged_as_the_table_says() {
        for (account, kind, [_, _, expected]) in TABLE {
            assert_eq!(scans_ecr(&of(account, kind)).ok(), expected, "{account} {kind:?}");
        }
    }

    #[test]
    fn a_type_that_the_region_does_not_offer_is_not_among_the_others() {
        let mut target = target();
        target.inspector.account_status = status("ENABLED", &[("ecr", "ENABLED"), ("ec2", "DISABLED")]);
        assert_eq!(scans_others(&target), Ok(false));
    }

    #[test]
    fn a_new_type_counts_among_the_others() {
        let mut target = target();
        target.inspector.account_status =
            status("ENABLED", &[("ecr", "ENABLED"), ("ec2", "DISABLED"), ("satellite", "ENABLED")]);
        assert_eq!(scans_others(&target), Ok(true));
        target.inspector.account_status =
            status("ENABLED", &[("ecr", "ENABLED"), ("ec2", "DISABLED"), ("satellite", "ENABLING")]);
        assert!(scans_others(&target).is_err());
    }

    #[test]
    fn a_denied_status_is_open_and_a_service_that_is_not_there_is_off() {
        let missing = |reason| {
            let mut target = target();
            target.inspector.account_status =
                Section::from(Gap { reason, operation: String::new(), message: String::new(), request_id: None });
            scans_ecr(&target)
        };
        let denied = missing(GapReason::AccessDenied);
        assert_eq!(denied, Err(vec![Blocker::section(SectionName::InspectorAccountStatus)]));
        assert_eq!(missing(GapReason::Unsupported), Ok(false));
        assert_eq!(missing(GapReason::NotEnabled), Ok(false));
    }
}
