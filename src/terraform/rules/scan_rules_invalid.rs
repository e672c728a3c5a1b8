//! `terraform-scan-rules-invalid`: Amazon ECR will reject the scanning rules at apply.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::Rule;
use crate::rules::finding::terraform::{self, Advice, Edit, Evidence, Fault, Part, What};
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::{Doubt, Observation, Seen};
use crate::terraform::resources::{Enabler, MAX_FILTERS, Registry, ScanRule, Text};
use crate::terraform::schema;
use crate::terraform::ways::{filters, local_address};

pub(super) static RULE: Rule =
    Rule::of_terraform("terraform-scan-rules-invalid", "Amazon ECR will reject the scanning rules at apply", EXPLAIN);

/// What the API or the provider rejects.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    case.alone(|scene| {
        let mut seen = Seen::default();
        scene.registries.iter().for_each(|registry| scan_rules(registry, &mut seen));
        scene.enablers.iter().for_each(|one| enabler(one, &mut seen));
        seen
    })
}

/// The most rules that `PutRegistryScanningConfiguration` takes (Amazon ECR API reference, 2026-10). The provider's
/// schema allows 100, so a plan does not show it.
const MAX_RULES: usize = 2;
/// The longest filter (same source).
const MAX_FILTER_LENGTH: usize = 255;

/// What is wrong with a registry's rules: a list of reasons, and what could not be told.
fn scan_rules(registry: &Registry, seen: &mut Seen) {
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
            open.push(Part::RulesFor(dynamic.over.clone()));
        }
    }
    dedup(&mut wrong);
    dedup(&mut open);
    if wrong.is_empty() && !open.is_empty() {
        seen.doubts.push(Doubt::of(&registry.source, terraform::Doubt::Rules { open }));
    }
    seen.observations.extend(rejected(&wrong, |faults, more_faults| {
        let what = What::TerraformScanRulesInvalid { faults, more_faults };
        // What is wrong with a filter would be wrong in one rule as well.
        let is_of_rules = |fault: &Fault| matches!(fault, Fault::TooManyRules { .. } | Fault::FrequencyTwice { .. });
        let rules = filters(std::iter::once(registry)).filter(|_| wrong.iter().all(is_of_rules));
        let way = Edit::OneRule { address: local_address(&registry.source.address), rules };
        (Observation::of_registry(registry, what, Advice::OneRulePerFrequency), way)
    }));
}

/// What is wrong with an enabler as it is written: arguments and resource types that do not exist, or not in its region.
fn enabler(enabler: &Enabler, seen: &mut Seen) {
    let mut wrong = enabler.faults.clone();
    wrong.extend(schema::region_faults(&enabler.types, enabler.region.name()));
    seen.observations.extend(rejected(&wrong, |faults, more_faults| {
        let what = What::TerraformEnablerInvalid { faults, more_faults };
        let way = Edit::KnownTypes { address: local_address(&enabler.source.address) };
        (Observation::of_enabler(enabler, what, Advice::AsTheProviderHasIt), way)
    }));
}

/// An observation of faults, if there are any. A list of a thousand bad filters says no more than ten of them.
fn rejected(all: &[Fault], of: impl FnOnce(Vec<Fault>, usize) -> (Observation, Edit)) -> Option<Observation> {
    let faults: Vec<Fault> = all.iter().take(10).cloned().collect();
    let rejected: Vec<Evidence> = faults.iter().cloned().map(Evidence::Rejected).collect();
    (!all.is_empty()).then(|| {
        let (mut observation, way) = of(faults, all.len().saturating_sub(10));
        observation.evidence.extend(rejected);
        Observation { ways: vec![vec![way]], ..observation }
    })
}

fn dedup<T: Clone + Ord>(reasons: &mut Vec<T>) {
    let mut seen = BTreeSet::new();
    reasons.retain(|reason| seen.insert(reason.clone()));
}

fn one_rule(registry: &Registry, rule: &ScanRule, wrong: &mut Vec<Fault>, open: &mut Vec<Part>) {
    match (rule.frequency.known(), registry.enhanced_beside_rules()) {
        (Some("SCAN_ON_PUSH"), _) | (Some("CONTINUOUS_SCAN"), Some(true)) => {}
        (Some("CONTINUOUS_SCAN"), Some(false)) => wrong.push(Fault::ContinuousUnderBasic),
        (Some("MANUAL"), _) => wrong.push(Fault::Manual),
        (Some("CONTINUOUS_SCAN"), None) => open.push(unknown("scan_type", &registry.scan_type)),
        (Some(other), _) => wrong.push(Fault::NoFrequency { value: other.to_owned() }),
        (None, _) => open.push(unknown("scan_frequency", &rule.frequency)),
    }
    if rule.filters.is_empty() && !rule.open_filters {
        wrong.push(Fault::NoFilter);
    }
    if rule.filters.len() > MAX_FILTERS {
        wrong.push(Fault::TooManyFilters { count: rule.filters.len(), limit: MAX_FILTERS });
    }
    if rule.open_filters {
        open.push(Part::Filters);
    }
    for filter in &rule.filters {
        match filter.filter.known() {
            Some(text) if !is_filter(text) => wrong.push(Fault::Filter { value: shorten(text) }),
            Some(_) => {}
            None => open.push(unknown("filter", &filter.filter)),
        }
        match filter.filter_type.known() {
            Some("WILDCARD") => {}
            Some(other) => wrong.push(Fault::FilterType { value: shorten(other) }),
            None => open.push(unknown("filter_type", &filter.filter_type)),
        }
    }
}

fn unknown(attribute: &'static str, text: &Text) -> Part {
    Part::Attribute(attribute, text.content().to_owned())
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
fn is_filter(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'*';
    let bytes = text.as_bytes();
    let ends = bytes.first().is_some_and(|byte| plain(*byte)) && bytes.last().is_some_and(|byte| plain(*byte));
    let middle = bytes.iter().all(|byte| plain(*byte) || matches!(byte, b'.' | b'_' | b'-' | b'/'));
    let separated = bytes.windows(2).all(|pair| pair.iter().any(|byte| plain(*byte)));
    ends && middle && separated && bytes.len() <= MAX_FILTER_LENGTH
}

const EXPLAIN: &str = r#"# What it finds

Rules that pass validation and plan but that `PutRegistryScanningConfiguration` rejects: more than two rules, two rules of
one frequency, a rule made for each element of a list (two elements are enough to fail), `CONTINUOUS_SCAN` under BASIC,
`MANUAL` as a written frequency, filters with upper-case letters, commas or doubled separators, a filter type other than
`WILDCARD`, more than 100 filters in a rule.

Also what the provider itself rejects, in a configuration that nobody has planned yet: arguments and blocks that it does
not have (`resource_type`, `rules {}`), required arguments that are missing, resource types of an enabler that do not exist
(`Lambda`), or not in their region (`LAMBDA_CODE` in eu-west-3).

# Why it costs

The apply stops half way: what was applied before it stays, and the registry keeps its old configuration.

# How the figure is made

There is none.

# What it cannot see

* Whether a filter matches any repository.
* Rules made for a list that is not known and differ in frequency: the rule is then inconclusive.

# Fix

One rule per frequency, with a `dynamic "repository_filter"` inside it instead of a `dynamic "rule"`.

# References

* Amazon ECR API reference: `PutRegistryScanningConfiguration`, `RegistryScanningRule`, `ScanningRepositoryFilter` (2026-10)
* AWS Config developer guide: `inspector-lambda-code-scan-enabled`, for the regions of Lambda code scanning (2026-11)
* Amazon ECR user guide: "Filters to choose which repositories are scanned" (2026-10)
"#;

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
