//! What one resource gets wrong alone: rules that the API rejects, and scanning that nobody chose.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::finding::terraform::{Advice, Edit, Evidence, Fault, Side, What};
use crate::rules::finding::{Confidence, Severity};

use super::observe::{Class, Doubt, Observation, enabler_evidence, enabler_side, registry_evidence, registry_side};
use super::place::Match;
use super::predicate::ECR;
use super::resources::{Enabler, Registry, ScanRule, enabler_and_registry};
use super::scene::OneAccount;
use super::ways;

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
        wrong.push(Fault::ScanType { value: other.to_owned() });
    }
    if registry.rules.len() > MAX_RULES {
        wrong.push(Fault::TooManyRules { count: registry.rules.len(), limit: MAX_RULES });
    }
    let mut by_frequency: BTreeMap<&str, usize> = BTreeMap::new();
    for rule in &registry.rules {
        if let Some(frequency) = rule.frequency.known() {
            *by_frequency.entry(frequency).or_default() += 1;
        }
        one_rule(registry, rule, &mut wrong, &mut open);
    }
    for (frequency, count) in by_frequency.into_iter().filter(|(_, count)| *count > 1) {
        wrong.push(Fault::FrequencyTwice { frequency: frequency.to_owned(), count });
    }
    for dynamic in &registry.open_rules {
        if dynamic.same_frequency {
            wrong.push(Fault::RulePerElement { over: dynamic.over.clone() });
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

fn dedup<T: Clone + Ord>(reasons: &mut Vec<T>) {
    let mut seen = BTreeSet::new();
    reasons.retain(|reason| seen.insert(reason.clone()));
}

fn one_rule(registry: &Registry, rule: &ScanRule, wrong: &mut Vec<Fault>, open: &mut Vec<String>) {
    match (rule.frequency.known(), registry.enhanced_beside_rules()) {
        (Some("SCAN_ON_PUSH"), _) | (Some("CONTINUOUS_SCAN"), Some(true)) => {}
        (Some("CONTINUOUS_SCAN"), Some(false)) => wrong.push(Fault::ContinuousUnderBasic),
        (Some("MANUAL"), _) => wrong.push(Fault::Manual),
        (Some("CONTINUOUS_SCAN"), None) => open.push(format!("scan_type ({})", registry.scan_type.describe())),
        (Some(other), _) => wrong.push(Fault::NoFrequency { value: other.to_owned() }),
        (None, _) => open.push(format!("scan_frequency ({})", rule.frequency.describe())),
    }
    if rule.filters.is_empty() && !rule.open_filters {
        wrong.push(Fault::NoFilter);
    }
    if rule.filters.len() > MAX_FILTERS {
        wrong.push(Fault::TooManyFilters { count: rule.filters.len(), limit: MAX_FILTERS });
    }
    if rule.open_filters {
        open.push("the filters of a rule".to_owned());
    }
    for filter in &rule.filters {
        match filter.filter.known() {
            Some(text) if !is_filter(text) => wrong.push(Fault::Filter { value: shorten(text) }),
            Some(_) => {}
            None => open.push(format!("filter ({})", filter.filter.describe())),
        }
        match filter.filter_type.known() {
            Some("WILDCARD") => {}
            Some(other) => wrong.push(Fault::FilterType { value: shorten(other) }),
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

fn invalid(registry: &Registry, wrong: &[Fault]) -> Option<Observation> {
    if wrong.is_empty() {
        return None;
    }
    let (faults, more_faults) = first_ten(wrong);
    let mut evidence = vec![registry_evidence(registry)];
    evidence.extend(faults.iter().cloned().map(Evidence::Rejected));
    Some(Observation {
        class: Class::Invalid,
        subject: registry.source.clone(),
        others: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::Medium,
        account: registry.account.id().map(str::to_owned),
        region: registry.region.name().map(str::to_owned),
        what: What::TerraformScanRulesInvalid { faults, more_faults },
        sides: vec![registry_side(registry)],
        more_sides: 0,
        evidence,
        advice: Advice::OneRulePerFrequency,
        ways: vec![vec![Edit::OneRule { address: ways::local_address(&registry.source.address) }]],
    })
}

/// A list of a thousand bad filters says no more than ten of them.
pub(crate) fn first_ten(faults: &[Fault]) -> (Vec<Fault>, usize) {
    (faults.iter().take(10).cloned().collect(), faults.len().saturating_sub(10))
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
        return (Some(implicit(registry_part(registry), What::TerraformEnhancedWithoutRules)), None);
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
    let filters = swallowed.into_iter().map(str::to_owned).collect();
    let mut observation = implicit(registry_part(registry), What::TerraformContinuousScanWins { filters });
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
            let part = Part {
                subject: enabler.source.clone(),
                evidence: enabler_evidence(enabler),
                side: enabler_side(enabler),
                account: enabler.accounts.first().and_then(|account| account.id()).map(str::to_owned),
                region: enabler.region.name().map(str::to_owned),
            };
            (Some(implicit(part, What::TerraformEnablerWithoutRules)), None)
        }
    }
}

struct Part {
    subject: super::resources::Source,
    evidence: Evidence,
    side: Side,
    account: Option<String>,
    region: Option<String>,
}

fn registry_part(registry: &Registry) -> Part {
    Part {
        subject: registry.source.clone(),
        evidence: registry_evidence(registry),
        side: registry_side(registry),
        account: registry.account.id().map(str::to_owned),
        region: registry.region.name().map(str::to_owned),
    }
}

fn implicit(part: Part, what: What) -> Observation {
    Observation {
        class: Class::Implicit,
        subject: part.subject,
        others: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::Medium,
        account: part.account,
        region: part.region,
        what,
        sides: vec![part.side],
        more_sides: 0,
        evidence: vec![part.evidence],
        advice: Advice::WriteRules,
        ways: vec![vec![Edit::NewRegistry]],
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
