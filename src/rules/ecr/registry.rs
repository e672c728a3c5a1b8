//! What the R2 rules share: three-valued readings of the registry and of Inspector's status, conclusions, findings.
//!
//! A reading is a value, or the gaps that keep it open. Transient, suspended, failed and unknown states are gaps: they
//! are reported and never judged.

use std::collections::BTreeSet;

use super::coupling::{Limits, Prediction, ResourceType, Rules, Setting, State};
use crate::model::{AccountStatus, RegistryScanning, Section, SectionName, Target};
use crate::rules::{
    Confidence, Cost, Evidence, Finding, InstanceCounts, Outcome, Reason, Remedy, Resource, Severity, Undecided,
    fingerprint,
};

/// A value, or what keeps it open.
pub(super) type Known<T> = Result<T, Vec<Undecided>>;

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
    open: Vec<Undecided>,
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

/// The registry's scanning configuration; `None` where the region has no ECR.
pub(super) fn registry(target: &Target) -> Known<Option<(Setting, &RegistryScanning)>> {
    let registry = match &target.ecr.registry_scanning {
        Section::Complete(registry) => registry,
        Section::Absent(_) => return Ok(None),
        Section::Missing(_) | Section::NotAsked => {
            return Err(vec![Undecided::section(SectionName::EcrRegistryScanning)]);
        }
    };
    match registry.scan_type.as_str() {
        "BASIC" => Ok(Some((Setting::Basic, registry))),
        "ENHANCED" => Ok(Some((Setting::Enhanced, registry))),
        other => Err(vec![Undecided::derived(
            SectionName::EcrRegistryScanning,
            None,
            "ecr:GetRegistryScanningConfiguration",
            format!("the scan type {other:?} is not known to this version"),
        )]),
    }
}

/// Whether the registry is of that scan type; a region without ECR has neither.
pub(super) fn registry_is(target: &Target, setting: Setting) -> Known<bool> {
    registry(target).map(|registry| registry.is_some_and(|(found, _)| found == setting))
}

/// Types that AWS leaves out of its answer where the region does not offer them.
const OPTIONAL_TYPES: [&str; 4] = ["lambda", "lambda_code", "code_repository", "ami"];

/// Whether Inspector scans that resource type (`ec2`, `ecr`, `lambda`, ...).
pub(super) fn type_is_on(target: &Target, resource: &str) -> Known<bool> {
    match &target.inspector.account_status {
        Section::Complete(status) => read_type(status, resource).map_err(|message| {
            vec![Undecided::derived(
                SectionName::InspectorAccountStatus,
                None,
                "inspector2:BatchGetAccountStatus",
                message,
            )]
        }),
        // An Inspector that does not exist, or was never switched on, scans nothing.
        Section::Absent(_) => Ok(false),
        Section::Missing(_) | Section::NotAsked => Err(vec![Undecided::section(SectionName::InspectorAccountStatus)]),
    }
}

fn read_type(status: &AccountStatus, resource: &str) -> Result<bool, String> {
    if let Some(failed) = &status.failed {
        let code = failed.error_code.as_deref().unwrap_or("no error code");
        return Err(format!("AWS could not say the account's status ({code})"));
    }
    let account = status.state.as_ref().map(|state| state.status.as_str());
    match (account, status.of(resource)) {
        (Some(account), _) if !matches!(account, "ENABLED" | "DISABLED") => {
            Err(format!("the account's status is {account:?}, which is reported and not judged"))
        }
        (Some("DISABLED"), Some("ENABLED")) => {
            Err(format!("the account's status is DISABLED and that of {resource} ENABLED, which contradict each other"))
        }
        (_, Some("ENABLED")) => Ok(true),
        (_, Some("DISABLED")) | (Some("DISABLED"), None) => Ok(false),
        (_, Some(other)) => Err(format!("the status of {resource} is {other:?}, which is reported and not judged")),
        (_, None) if OPTIONAL_TYPES.contains(&resource) => Ok(false),
        (_, None) => Err(format!("AWS gave no status of {resource}")),
    }
}

/// Whether Inspector scans ECR.
pub(super) fn scans_ecr(target: &Target) -> Known<bool> {
    type_is_on(target, "ecr")
}

/// The keys of every type but ECR that the status speaks of; `ec2` always.
fn other_types(target: &Target) -> BTreeSet<&str> {
    let listed = target.inspector.account_status.complete().into_iter().flat_map(|status| status.resources.keys());
    listed.map(String::as_str).chain(["ec2"]).filter(|resource| *resource != "ecr").collect()
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
            return Err(vec![Undecided::section(SectionName::InspectorDelegatedAdministrator)]);
        }
    };
    let Some(account) = &administrator.account_id else { return Ok(false) };
    if *account == target.account {
        return Ok(false);
    }
    match administrator.relationship_status.as_deref() {
        None | Some("ENABLED") => Ok(true),
        Some("DISABLED" | "REMOVED" | "RESIGNED" | "DELETED") => Ok(false),
        Some(other) => Err(vec![Undecided::derived(
            SectionName::InspectorDelegatedAdministrator,
            None,
            "inspector2:GetDelegatedAdminAccount",
            format!("the relationship with the delegated administrator is {other:?}, which decides nothing"),
        )]),
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
    pub(super) title: String,
    pub(super) message: String,
    pub(super) cost: Option<Cost>,
    pub(super) evidence: Vec<Evidence>,
    pub(super) remediation: Remedy,
}

/// A finding on the target's registry, of high confidence.
pub(super) fn finding(rule: &'static str, target: &Target, draft: Draft) -> Finding {
    let Draft { severity, title, message, cost, evidence, remediation } = draft;
    Finding {
        rule,
        severity,
        confidence: Confidence::High,
        account: target.account.clone(),
        region: target.region.clone(),
        // A registry has no ARN of its own and no name; its id is the account's.
        resource: Resource { kind: REGISTRY.to_owned(), id: target.account.clone(), arn: None, name: None },
        reason: Reason::Told { title, message },
        conditions: Vec::new(),
        instances: Vec::new(),
        instance_counts: InstanceCounts::default(),
        cost,
        no_figure: None,
        evidence,
        remedy: remediation,
        location: None,
        ways_out: Vec::new(),
        history: None,
        fingerprint: fingerprint(rule, &target.account, &target.region, &target.account),
    }
}

/// `1 repository`, `2 repositories`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// `image` or `images` with their number.
pub(super) fn images(number: u64) -> String {
    if number == 1 { "1 image".to_owned() } else { format!("{number} images") }
}

/// `repository` or `repositories` with their number.
pub(super) fn repositories(number: usize) -> String {
    count(number, "repository", "repositories")
}

/// One piece of evidence for each repository, in the order given.
pub(super) fn name_repositories<'a>(names: impl IntoIterator<Item = &'a str>, what: &str) -> Vec<Evidence> {
    names.into_iter().map(|name| Evidence::new("repository", format!("{name}: {what}"))).collect()
}

/// The evidence of a finding about both sides of the coupling: the registry, Inspector, and what will become of them.
pub(super) fn predicted_evidence(target: &Target, prediction: &Prediction) -> Vec<Evidence> {
    let registry = registry(target).ok().flatten().map(|(_, registry)| registry_evidence(registry));
    let mut evidence: Vec<Evidence> = registry.into_iter().chain(status_evidence(target)).collect();
    evidence.push(Evidence::new("prediction", prediction.to_string()));
    evidence
}

/// What the registry says, in a line.
pub(super) fn registry_evidence(registry: &RegistryScanning) -> Evidence {
    let rules: Vec<String> = registry
        .rules
        .iter()
        .map(|rule| {
            let filters: Vec<_> = rule.filters.iter().map(|filter| filter.filter.as_str()).collect();
            format!("{} for {}", rule.scan_frequency, filters.join(", "))
        })
        .collect();
    let rules = if rules.is_empty() { "no rules".to_owned() } else { rules.join("; ") };
    Evidence::new("registry", format!("scan type {}, {rules}", registry.scan_type))
}

/// What Inspector's status says, in a line.
pub(super) fn status_evidence(target: &Target) -> Option<Evidence> {
    let status = target.inspector.account_status.complete()?;
    let types: Vec<_> =
        status.resources.iter().map(|(resource, status)| format!("{resource} {}", status.status)).collect();
    let account = status.state.as_ref().map_or("not given", |state| state.status.as_str());
    Some(Evidence::new("inspector", format!("account {account}; {}", types.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Gap, GapReason, TypeStatus};
    use chrono::DateTime;

    fn target() -> Target {
        Target::unseen("111122223333", "ap-northeast-1", DateTime::UNIX_EPOCH)
    }

    fn status(account: &str, types: &[(&str, &str)]) -> Section<AccountStatus> {
        let of = |text: &str| TypeStatus { status: text.to_owned(), ..TypeStatus::default() };
        Section::Complete(AccountStatus {
            state: Some(of(account)),
            resources: types.iter().map(|(resource, text)| ((*resource).to_owned(), of(text))).collect(),
            failed: None,
        })
    }

    #[test]
    fn only_enabled_and_disabled_are_judged() {
        for (account, ecr, expected) in [
            ("ENABLED", Some("ENABLED"), Some(true)),
            ("ENABLED", Some("DISABLED"), Some(false)),
            ("DISABLED", Some("DISABLED"), Some(false)),
            ("DISABLED", None, Some(false)),
            ("ENABLED", None, None),
            ("DISABLED", Some("ENABLED"), None),
            ("ENABLED", Some("ENABLING"), None),
            ("ENABLED", Some("DISABLING"), None),
            ("ENABLED", Some("SUSPENDED"), None),
            ("ENABLED", Some("PAUSED_BY_AWS"), None),
            ("SUSPENDED", Some("ENABLED"), None),
            ("ENABLING", Some("DISABLED"), None),
        ] {
            let mut target = target();
            let types: Vec<_> = ecr.map(|ecr| ("ecr", ecr)).into_iter().collect();
            target.inspector.account_status = status(account, &types);
            assert_eq!(scans_ecr(&target).ok(), expected, "{account} {ecr:?}");
        }
    }

    #[test]
    fn a_type_that_the_region_does_not_offer_is_off() {
        let mut target = target();
        target.inspector.account_status = status("ENABLED", &[("ecr", "ENABLED"), ("ec2", "DISABLED")]);
        assert_eq!(type_is_on(&target, "lambda"), Ok(false));
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
        assert_eq!(denied, Err(vec![Undecided::section(SectionName::InspectorAccountStatus)]));
        assert_eq!(missing(GapReason::Unsupported), Ok(false));
        assert_eq!(missing(GapReason::NotEnabled), Ok(false));
    }
}
