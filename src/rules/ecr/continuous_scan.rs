//! Repositories under continuous scanning: every image in its window is scanned again and again, and billed.

use super::cost::{self, Figure, SECURITY_HUB_PLAN, rescans};
use super::coupling::Setting;
use super::frequency::{Frequencies, Frequency, repositories_exist};
use super::registry::{
    Draft, all, conclude, finding, name_repositories, registry, registry_evidence, registry_is, repositories, scans_ecr,
};
use super::remedy::{
    MAX_FILTERS, get_configuration, get_registry, put_registry, scan_rule, shorter, update_configuration,
};
use crate::model::{RegistryScanning, ScanningFilter, ScanningRule, SectionName};
use crate::rules::{Case, Evidence, Finding, Outcome, Remedy, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
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
        assumptions, since AWS publishes no usual number. Severity follows the likely figure; without a figure it is \
        info. Accounts billed through Security Hub's plan pay otherwise.\n\n\
        # What it cannot see\n\n\
        Which images are worth it. Discounts. The bound takes every active image as scanned continuously.\n\n\
        # Fix\n\n\
        Keep CONTINUOUS_SCAN for what is deployed and give the rest SCAN_ON_PUSH; shorten the re-scan window; delete or \
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
    let Figure { cost, sentence, evidence, open, no_figure } = rescans(facts);
    let mut outcome = conclude(kind, continuous, frequencies.open, |continuous| {
        let registry = registry(target).ok().flatten().map(|(_, registry)| registry);
        let how = registry.map_or("", |registry| why_all(registry, everything));
        let mut seen: Vec<Evidence> = registry.map(registry_evidence).into_iter().chain(evidence).collect();
        seen.extend(cost::list_price(facts, "ecr"));
        seen.extend(name_repositories(continuous.iter().copied(), "CONTINUOUS_SCAN"));
        let severity =
            cost.as_ref().map_or(Severity::Info, |cost| facts.settings.severity(Some(cost.monthly_usd.likely)));
        let scope = repositories(continuous.len());
        let title = if everything {
            format!("Every repository ({}) is scanned continuously", continuous.len())
        } else {
            format!("{scope} scanned continuously")
        };
        let draft = Draft {
            severity,
            title,
            message: format!(
                "Images in {scope} are scanned again for every new vulnerability that concerns them{how}. {sentence} \
                 {SECURITY_HUB_PLAN}"
            ),
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

/// Why it is every repository, as the tail of a sentence.
fn why_all(registry: &RegistryScanning, everything: bool) -> &'static str {
    let continuous = registry.rules.iter().filter(|rule| rule.scan_frequency == "CONTINUOUS_SCAN");
    let star = continuous.flat_map(|rule| &rule.filters).any(|filter| filter.filter == "*");
    match (everything, registry.rules.is_empty(), star) {
        (true, true, _) => {
            "; it is every repository, because an ENHANCED registry without rules scans everything continuously"
        }
        (true, false, true) => "; it is every repository, by the filter `*`",
        (true, false, false) => "; it is every repository",
        (false, _, _) => "",
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
    let mut commands = vec![get_registry(target)];
    let enhanced = target.ecr.registry_scanning.complete().filter(|registry| registry.scan_type == "ENHANCED");
    if let Some(rules) = enhanced.and_then(on_push) {
        commands.push(
            "# Replaces all rules: the same repositories, on push only. Images get no report of vulnerabilities published \
             after their push; leave the filters of what is deployed in a CONTINUOUS_SCAN rule."
                .to_owned(),
        );
        commands.push(put_registry(target, "ENHANCED", &rules));
    } else {
        commands.push(
            "# put-registry-scanning-configuration replaces all rules: send those printed above again, with \
             SCAN_ON_PUSH for what need not be scanned continuously"
                .to_owned(),
        );
    }
    if let Some(shorter) = target.inspector.configuration.complete().and_then(shorter) {
        commands.push(get_configuration(target));
        commands.push("# Shorter windows; what is 14 days or less stays as it is:".to_owned());
        commands.extend(update_configuration(target, &shorter));
    }
    Remedy::Told {
        summary: "Scan on push, and continuously only what is deployed: images that are no longer scanned continuously \
             get no report of vulnerabilities published after their push. Shorten long re-scan windows and delete or \
             archive old images. In Terraform write the rules out in aws_ecr_registry_scanning_configuration: at most two, \
             one for each frequency, with one repository_filter for each repository; never leave them out under ENHANCED."
            .to_owned(),
        commands,
    }
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
