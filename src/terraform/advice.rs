//! What one resource gets wrong alone: rules that the API rejects, and scanning that nobody chose.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::{Confidence, Evidence, Severity};

use super::observe::{Class, Doubt, Observation, enabler_evidence, registry_evidence};
use super::place::Match;
use super::predicate::ECR;
use super::resources::{Enabler, Registry, ScanRule, enabler_and_registry};
use super::scene::OneAccount;

/// The most rules that `PutRegistryScanningConfiguration` takes (Amazon ECR API reference, 2026-10). The provider's
/// schema allows 100, so a plan does not show it.
const MAX_RULES: usize = 2;
/// The most filters of one rule (same source).
const MAX_FILTERS: usize = 100;
/// The longest filter (same source).
const MAX_FILTER_LENGTH: usize = 255;

/// What is wrong with a registry's rules: a list of reasons, and what could not be told.
pub(crate) fn scan_rules(registry: &Registry) -> (Option<Observation>, Option<Doubt>) {
    let (mut wrong, mut open) = (registry.faults.clone(), Vec::new());
    if let Some(other) = registry.scan_type.known().filter(|_| registry.enhanced_beside_rules().is_none()) {
        wrong.push(format!("scan_type is {other:?}; it can be BASIC or ENHANCED"));
    }
    if registry.rules.len() > MAX_RULES {
        wrong.push(format!(
            "there are {} rules, and the API takes {MAX_RULES}: write one rule per frequency with several \
             repository_filter blocks",
            registry.rules.len()
        ));
    }
    let mut by_frequency: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in &registry.rules {
        if let Some(frequency) = rule.frequency.known() {
            *by_frequency.entry(frequency).or_default() += 1;
        }
        one_rule(registry, rule, &mut wrong, &mut open);
    }
    for (frequency, count) in by_frequency.into_iter().filter(|(_, count)| *count > 1) {
        wrong.push(format!("{count} rules have the frequency {frequency}: one rule with all the filters says it"));
    }
    for dynamic in &registry.open_rules {
        if dynamic.same_frequency {
            wrong.push(format!(
                "a rule is made for {}, all of one frequency: as soon as there are two elements the API rejects them; \
                 make the repository_filter blocks dynamic instead",
                dynamic.over
            ));
        } else {
            open.push(format!("rules are made for {}, which is not known", dynamic.over));
        }
    }
    dedup(&mut wrong);
    dedup(&mut open);
    let doubt = (wrong.is_empty() && !open.is_empty()).then(|| Doubt {
        class: Class::Invalid,
        subject: registry.source.clone(),
        message: format!(
            "{}: whether the API takes its rules is not known: {}",
            registry.source.describe(),
            open.join("; ")
        ),
    });
    (invalid(registry, &wrong), doubt)
}

fn dedup(reasons: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    reasons.retain(|reason| seen.insert(reason.clone()));
    // A list of a thousand bad filters says no more than ten of them.
    let all = reasons.len();
    if all > 10 {
        reasons.truncate(10);
        reasons.push(format!("and {} more of the kind", all - 10));
    }
}

fn one_rule(registry: &Registry, rule: &ScanRule, wrong: &mut Vec<String>, open: &mut Vec<String>) {
    match (rule.frequency.known(), registry.enhanced_beside_rules()) {
        (Some("SCAN_ON_PUSH"), _) | (Some("CONTINUOUS_SCAN"), Some(true)) => {}
        (Some("CONTINUOUS_SCAN"), Some(false)) => {
            wrong.push("CONTINUOUS_SCAN under BASIC: only SCAN_ON_PUSH is supported there".to_owned());
        }
        (Some("MANUAL"), _) => wrong.push(
            "the frequency MANUAL cannot be written: it is what a repository has that no rule matches".to_owned(),
        ),
        (Some("CONTINUOUS_SCAN"), None) => open.push(format!("scan_type ({})", registry.scan_type.describe())),
        (Some(other), _) => wrong.push(format!("there is no frequency {other:?}")),
        (None, _) => open.push(format!("scan_frequency ({})", rule.frequency.describe())),
    }
    if rule.filters.is_empty() && !rule.open_filters {
        wrong.push("a rule has no repository_filter".to_owned());
    }
    if rule.filters.len() > MAX_FILTERS {
        wrong.push(format!("a rule has {} filters, and the API takes {MAX_FILTERS}", rule.filters.len()));
    }
    if rule.open_filters {
        open.push("the filters of a rule".to_owned());
    }
    for filter in &rule.filters {
        match filter.filter.known() {
            Some(text) if !is_filter(text) => wrong.push(format!(
                "the filter {:?} is not valid: lower-case letters, digits, `*`, and single . _ - / between them",
                shorten(text)
            )),
            Some(_) => {}
            None => open.push(format!("filter ({})", filter.filter.describe())),
        }
        match filter.filter_type.known() {
            Some("WILDCARD") => {}
            Some(other) => wrong.push(format!("filter_type is {:?}; only WILDCARD exists", shorten(other))),
            None => open.push(format!("filter_type ({})", filter.filter_type.describe())),
        }
    }
}

fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The API's pattern for a filter, `^[a-z0-9*](?:[._\-/a-z0-9*]?[a-z0-9*]+)*$`, 1 to 255 characters (Amazon ECR API
/// reference, `ScanningRepositoryFilter`, 2026-10): never two separators in a row, none at either end.
pub(crate) fn is_filter(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'*';
    let bytes = text.as_bytes();
    let ends = bytes.first().is_some_and(|byte| plain(*byte)) && bytes.last().is_some_and(|byte| plain(*byte));
    let middle = bytes.iter().all(|byte| plain(*byte) || matches!(byte, b'.' | b'_' | b'-' | b'/'));
    let separated = bytes.windows(2).all(|pair| pair.iter().any(|byte| plain(*byte)));
    ends && middle && separated && bytes.len() <= MAX_FILTER_LENGTH
}

fn invalid(registry: &Registry, wrong: &[String]) -> Option<Observation> {
    if wrong.is_empty() {
        return None;
    }
    let mut evidence = vec![registry_evidence(registry)];
    evidence.extend(wrong.iter().map(|reason| Evidence::new("rejected", reason.clone())));
    Some(Observation {
        class: Class::Invalid,
        subject: registry.source.clone(),
        others: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::Medium,
        account: registry.account.id().map(str::to_owned),
        region: registry.region.name().map(str::to_owned),
        title: "Amazon ECR will reject these scanning rules".to_owned(),
        message: format!(
            "{} passes validation and plan, but the apply fails: {}.",
            registry.source.describe(),
            wrong.join("; ")
        ),
        evidence,
        fix: "Write at most two rules, one per frequency, with all the filters of that frequency in it.".to_owned(),
        ways: vec![
            "# rule {".to_owned(),
            "#   scan_frequency = \"SCAN_ON_PUSH\"".to_owned(),
            "#   dynamic \"repository_filter\" {".to_owned(),
            "#     for_each = local.repositories".to_owned(),
            "#     content {".to_owned(),
            "#       filter      = repository_filter.value".to_owned(),
            "#       filter_type = \"WILDCARD\"".to_owned(),
            "#     }".to_owned(),
            "#   }".to_owned(),
            "# }".to_owned(),
        ],
    })
}

/// A registry that scans everything, or more than it says.
pub(crate) fn implicit_by_registry(registry: &Registry) -> (Option<Observation>, Option<Doubt>) {
    if registry.enhanced_beside_rules() == Some(false) {
        return (None, None);
    }
    if registry.rules.is_empty() {
        if registry.enhanced_beside_rules().is_none() || !registry.open_rules.is_empty() {
            let message =
                format!("{}: whether it has any rule under ENHANCED is not known", registry.source.describe());
            return (None, Some(Doubt { class: Class::Implicit, subject: registry.source.clone(), message }));
        }
        let message = format!(
            "{} asks for ENHANCED without a rule. Without rules every repository is scanned continuously: each new \
             vulnerability re-scans every image it concerns, at a price each.",
            registry.source.describe()
        );
        return (
            Some(implicit(registry_part(registry), "Every repository is scanned continuously by default", message)),
            None,
        );
    }
    let filters = |frequency: &str| -> BTreeSet<&str> {
        let rules = registry.rules.iter().filter(|rule| rule.frequency.known() == Some(frequency));
        rules.flat_map(|rule| &rule.filters).filter_map(|filter| filter.filter.known()).collect()
    };
    let (continuous, on_push) = (filters("CONTINUOUS_SCAN"), filters("SCAN_ON_PUSH"));
    let swallowed: Vec<&str> =
        on_push.iter().copied().filter(|filter| continuous.contains("*") || continuous.contains(filter)).collect();
    if swallowed.is_empty() || registry.enhanced_beside_rules() != Some(true) {
        return (None, None);
    }
    let message = format!(
        "{}: repositories that both rules match are scanned continuously, so the SCAN_ON_PUSH filters {} have no effect.",
        registry.source.describe(),
        swallowed.iter().map(|filter| format!("{filter:?}")).collect::<Vec<_>>().join(", ")
    );
    let mut observation = implicit(registry_part(registry), "CONTINUOUS_SCAN wins where both rules match", message);
    observation.severity = Severity::Low;
    (Some(observation), None)
}

/// An enabler that switches enhanced scanning on while nothing says what to scan.
pub(crate) fn implicit_by_enabler(
    enabler: &Enabler,
    registries: &[&Registry],
    one: OneAccount,
) -> (Option<Observation>, Option<Doubt>) {
    let nearest = registries.iter().map(|registry| one.read(enabler_and_registry(enabler, registry))).max();
    let doubt = |what: &str| Doubt {
        class: Class::Implicit,
        subject: enabler.source.clone(),
        message: format!("{}: {what}", enabler.source.describe()),
    };
    match (enabler.types.contains(ECR), nearest) {
        (Some(false), _) | (_, Some(Match::Likely | Match::Same)) => (None, None),
        (None, _) => (None, Some(doubt("whether it switches ECR scanning on is not known"))),
        (Some(true), Some(Match::Maybe)) => (
            None,
            Some(doubt("whether one of the registry configurations is for the same account and region is not known")),
        ),
        (Some(true), Some(Match::Different) | None) => {
            let message = format!(
                "{} switches Inspector's ECR scanning on, which sets the registry to ENHANCED. No resource here writes \
                 the registry's rules, so every repository is scanned continuously (that an activation through \
                 Inspector starts with these defaults is inferred from Amazon ECR's documentation).",
                enabler.source.describe()
            );
            let part = Part {
                subject: enabler.source.clone(),
                evidence: enabler_evidence(enabler),
                account: enabler.accounts.first().and_then(|account| account.id()).map(str::to_owned),
                region: enabler.region.name().map(str::to_owned),
            };
            (Some(implicit(part, "Inspector scans every repository continuously, and no rule says so", message)), None)
        }
    }
}

struct Part {
    subject: super::resources::Source,
    evidence: Evidence,
    account: Option<String>,
    region: Option<String>,
}

fn registry_part(registry: &Registry) -> Part {
    Part {
        subject: registry.source.clone(),
        evidence: registry_evidence(registry),
        account: registry.account.id().map(str::to_owned),
        region: registry.region.name().map(str::to_owned),
    }
}

fn implicit(part: Part, title: &str, message: String) -> Observation {
    Observation {
        class: Class::Implicit,
        subject: part.subject,
        others: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::Medium,
        account: part.account,
        region: part.region,
        title: title.to_owned(),
        message,
        evidence: vec![part.evidence],
        fix: "Write the rules: CONTINUOUS_SCAN for what is deployed, SCAN_ON_PUSH for the rest.".to_owned(),
        ways: vec![
            "# resource \"aws_ecr_registry_scanning_configuration\" \"this\" {".to_owned(),
            "#   scan_type = \"ENHANCED\"".to_owned(),
            "#   rule {".to_owned(),
            "#     scan_frequency = \"SCAN_ON_PUSH\"".to_owned(),
            "#     repository_filter {".to_owned(),
            "#       filter      = \"*\"".to_owned(),
            "#       filter_type = \"WILDCARD\"".to_owned(),
            "#     }".to_owned(),
            "#   }".to_owned(),
            "# }".to_owned(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::is_filter;

    #[test]
    fn filters_follow_the_apis_pattern() {
        for good in ["*", "prod", "prod*", "*/prod", "team-a/app.v1_x", "a", "0", "a*b", "**"] {
            assert!(is_filter(good), "{good}");
        }
        let long = "a".repeat(256);
        for bad in ["", "Prod", "a,b", "-a", "a-", "a--b", "a./b", "a b", "é", long.as_str()] {
            assert!(!is_filter(bad), "{bad}");
        }
        assert!(is_filter(&"a".repeat(255)));
    }
}
