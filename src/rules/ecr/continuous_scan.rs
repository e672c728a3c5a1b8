//! Repositories under continuous scanning: every image in its window is scanned again and again, and billed.

use super::cost::{self, Sum, rescans};
use super::frequency::{Frequencies, repositories_exist};
use super::registry::{
    Draft, all, conclude, finding, name_repositories, owned, registry, registry_evidence, registry_is, scans_ecr,
};
use super::remedy::{MAX_FILTERS, get_configuration, get_registry, scan_rule, shorter, update_configuration};
use crate::model::{RegistryScanning, ScanningFilter, ScanningRule, SectionName};
use crate::rules::finding::coupling::Setting;
use crate::rules::finding::ecr::{Evidence, Frequency, Reason, RepositoryFact, Scope};
use crate::rules::finding::{
    Action, Advice, Case, Choice, Finding, Note, Outcome, Remedy, Rule, ScanningStep, Severity,
};

pub(super) static RULE: Rule = Rule {
    id: "ecr-continuous-scan",
    title: "Repositories are scanned continuously, at a price per re-scan",
    explain: "# What it finds\n\n\
        The registry is ENHANCED, Inspector scans ECR, and at least one repository's effective frequency is \
        CONTINUOUS_SCAN. It says when that is every repository, because a filter is `*` or because there are no rules at \
        all: an ENHANCED registry without rules scans everything continuously.\n\n\
        # Why it costs\n\n\
        Under SCAN_ON_PUSH an image is billed once. Under CONTINUOUS_SCAN it is scanned, and billed, again for every \
        vulnerability Inspector learns of that concerns it, as long as it is in the re-scan window.\n\n\
        # How the figure is made\n\n\
        Measured: the ECR_RESCAN figure of ListUsageTotals (last 30 days, AWS's own estimate). Where that cannot be read: \
        active images (ListCoverageStatistics) x re-scans of an image in a month x price; low 2, likely 10, high 30 are \
        assumptions, since AWS publishes no usual number. Where the region's own \
        price is not known, another region's stands in and is named. Severity follows the likely figure; without a figure it is \
        info. Accounts billed through Security Hub's plan pay otherwise.\n\n\
        # What it cannot see\n\n\
        Which images are worth it. Discounts. The estimate takes every active image as scanned continuously.\n\n\
        # Fix\n\n\
        Keep CONTINUOUS_SCAN for what is deployed and give the rest SCAN_ON_PUSH (the command that is printed gives it to all, to be \
        edited first: which repositories are deployed the registry does not say); shorten the re-scan window; delete or \
        archive old images. What is lost: a vulnerability published after the push is not reported for images that are \
        no longer scanned continuously.\n\n\
        # References\n\n\
        Inspector user guide, scanning Amazon ECR images and monitoring usage (2026-10). ECR user guide, enhanced scanning \
        (2026-10).\n",
    needs: &[
        SectionName::EcrRegistryScanning,
        SectionName::EcrRepositories,
        SectionName::EcrRepositoryScanning,
        SectionName::InspectorAccountStatus,
        SectionName::InspectorEcrImages,
        SectionName::InspectorUsageTotals,
    ],
    needs_one_of: &[],
};

pub(super) fn check(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let kind = all([repositories_exist(target), registry_is(target, Setting::Enhanced), scans_ecr(target)]);
    let frequencies = Frequencies::of(target);
    let continuous = frequencies.with(Frequency::Continuous);
    let everything = frequencies.open.is_empty() && continuous.len() == frequencies.by_repository.len();
    let fires = kind == Ok(true) && !continuous.is_empty();
    let Sum { cost, figure, evidence, open, no_figure } = rescans(facts);
    let mut outcome = conclude(kind, continuous, frequencies.open, |continuous| {
        let registry = registry(target).ok().flatten().map(|(_, registry)| registry);
        let mut seen: Vec<Evidence> = registry_evidence(target).into_iter().chain(evidence).collect();
        seen.extend(cost::list_prices(facts, "ecr"));
        seen.extend(name_repositories(continuous.iter().copied(), RepositoryFact::Scanned(Frequency::Continuous)));
        let severity = cost.as_ref().map_or(Severity::Info, |cost| facts.settings.severity(Some(cost.monthly_usd)));
        let draft = Draft {
            severity,
            reason: Reason::EcrContinuousScan {
                repositories: owned(&continuous),
                scope: if everything { why_all(registry) } else { Scope::Some },
                figure,
                billing: cost::billing(facts),
            },
            cost,
            evidence: seen,
            remediation: remediation(facts),
        };
        Finding { no_figure, ..finding(RULE.id, target, draft) }
    });
    if fires {
        outcome.undecided.extend(open);
    }
    outcome
}

/// Why it is every repository.
fn why_all(registry: Option<&RegistryScanning>) -> Scope {
    let Some(registry) = registry else { return Scope::All };
    let mut continuous = registry.rules.iter().filter(|rule| rule.scan_frequency == "CONTINUOUS_SCAN");
    if registry.rules.is_empty() {
        Scope::AllWithoutRules
    } else if continuous.any(|rule| rule.filters.iter().any(|filter| filter.filter == "*")) {
        Scope::AllByWildcard
    } else {
        Scope::All
    }
}

/// The registry's rules with the frequency changed and nothing else: what no rule scans stays unscanned. `None` where the
/// result is more than AWS takes.
fn on_push(registry: &RegistryScanning) -> Option<Vec<ScanningRule>> {
    if registry.rules.is_empty() {
        // Without rules an ENHANCED registry scans every repository continuously.
        return Some(vec![scan_rule("SCAN_ON_PUSH", ["*".to_owned()])]);
    }
    let is_changed = |rule: &&ScanningRule| matches!(rule.scan_frequency.as_str(), "CONTINUOUS_SCAN" | "SCAN_ON_PUSH");
    let mut filters: Vec<ScanningFilter> = Vec::new();
    for filter in registry.rules.iter().filter(is_changed).flat_map(|rule| &rule.filters) {
        if !filters.contains(filter) {
            filters.push(filter.clone());
        }
    }
    if filters.len() > MAX_FILTERS {
        return None;
    }
    let kept = registry.rules.iter().filter(|rule| !is_changed(rule)).cloned();
    Some(kept.chain([ScanningRule { scan_frequency: "SCAN_ON_PUSH".to_owned(), filters }]).collect())
}

fn remediation(facts: &Case<'_>) -> Remedy {
    let target = facts.target;
    let mut actions = vec![get_registry()];
    let enhanced = target.ecr.registry_scanning.complete().filter(|registry| registry.scan_type == "ENHANCED");
    if let Some(rules) = enhanced.and_then(on_push) {
        let step = ScanningStep::PutRegistryScanning { scan_type: "ENHANCED".to_owned(), rules: Some(rules) };
        actions.extend([Action::Note(Note::OnPushOnly), Action::Instead(Choice::DeployedKept, step.into())]);
    } else {
        actions.push(Action::Note(Note::TooManyFilters));
    }
    if let Some(shorter) = target.inspector.configuration.complete().and_then(shorter) {
        actions.extend([get_configuration(), Action::Note(Note::ShorterWindows)]);
        actions.push(update_configuration(target, shorter));
    }
    Remedy::Steps { advice: Advice::ScanOnPush, actions }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_frequency_changes_and_both_rules_become_one() {
        let registry = RegistryScanning {
            scan_type: "ENHANCED".to_owned(),
            rules: vec![
                scan_rule("SCAN_ON_PUSH", ["dev".to_owned(), "prod".to_owned()]),
                scan_rule("CONTINUOUS_SCAN", ["prod".to_owned(), "live/*".to_owned()]),
            ],
        };
        let expected = scan_rule("SCAN_ON_PUSH", ["dev", "prod", "live/*"].map(str::to_owned));
        assert_eq!(on_push(&registry), Some(vec![expected]));
        let many = (0..=MAX_FILTERS).map(|number| number.to_string());
        let rules = vec![scan_rule("CONTINUOUS_SCAN", many)];
        assert_eq!(on_push(&RegistryScanning { rules, ..registry }), None);
    }
}
