//! Repositories that nothing scans: their effective frequency is manual or none.

use super::frequency::{Frequencies, repositories_exist};
use super::registry::{Draft, conclude, finding, name_repositories, owned, registry, registry_evidence};
use super::remedy::{MAX_FILTERS, get_registry, put_registry, scan_rule};
use crate::model::{RegistryScanning, ScanningRule, SectionName};
use crate::rules::finding::coupling::Setting;
use crate::rules::finding::ecr::{Evidence, Frequency, Reason, RepositoryFact};
use crate::rules::finding::{Action, Advice, Case, Finding, Note, Outcome, Remedy, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "ecr-repositories-unscanned",
    title: "Repositories whose images are never scanned by themselves",
    explain: "# What it finds\n\n\
        Repositories whose effective scan frequency is MANUAL or none. Under ENHANCED a repository that no rule matches is \
        never scanned: there are no manual scans, and one that is started by hand is refused. Under BASIC it is scanned only when somebody starts a scan.\n\n\
        # Why it costs\n\n\
        It costs no money: vulnerable images stay unseen.\n\n\
        # How the figure is made\n\n\
        There is none. Scanning them on push would cost the price of a first scan for each image pushed, under ENHANCED; \
        nothing under BASIC.\n\n\
        # What it cannot see\n\n\
        Whether something outside AWS scans the images, or starts manual scans.\n\n\
        # Fix\n\n\
        Add filters for these repositories to the registry's SCAN_ON_PUSH rule.\n\n\
        # References\n\n\
        ECR user guide, enhanced scanning and basic scanning (2026-10).\n",
    needs: &[SectionName::EcrRegistryScanning, SectionName::EcrRepositories, SectionName::EcrRepositoryScanning],
    needs_one_of: &[],
};

pub(super) fn check(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let frequencies = Frequencies::of(target);
    let unscanned = frequencies.with(Frequency::Unscanned);
    let mut open = frequencies.open;
    // The registry decides how bad it is, not whether.
    if !unscanned.is_empty()
        && let Err(gaps) = registry(target)
    {
        open.extend(gaps);
    }
    conclude(repositories_exist(target), unscanned, open, |unscanned| build(facts, &unscanned))
}

fn build(facts: &Case<'_>, unscanned: &[&str]) -> Finding {
    let target = facts.target;
    let registry = registry(target).ok().flatten();
    let scan_type = registry.map(|(setting, _)| setting);
    let severity = if scan_type == Some(Setting::Basic) { Severity::Low } else { Severity::Medium };
    let mut evidence: Vec<Evidence> = registry_evidence(target).into_iter().collect();
    if scan_type != Some(Setting::Basic) {
        evidence.extend(super::cost::list_prices(facts, "ecr"));
        evidence.push(Evidence::Billing(super::cost::billing(facts)));
    }
    evidence.extend(name_repositories(unscanned.iter().copied(), RepositoryFact::Scanned(Frequency::Unscanned)));
    let draft = Draft {
        severity,
        reason: Reason::EcrRepositoriesUnscanned { repositories: owned(unscanned), scan_type },
        cost: None,
        evidence,
        remediation: remediation(registry.map(|(_, registry)| registry), unscanned),
    };
    finding(RULE.id, target, draft)
}

fn remediation(registry: Option<&RegistryScanning>, unscanned: &[&str]) -> Remedy {
    let mut actions = vec![get_registry()];
    if let Some(registry) = registry {
        actions.push(Action::Note(Note::ReplacesRules));
        actions.push(put_registry(&registry.scan_type, with_on_push(registry, unscanned)));
    }
    Remedy::Steps { advice: Advice::ScanUnscanned, actions }
}

/// The present rules with the repositories added to the one that scans on push.
fn with_on_push(registry: &RegistryScanning, unscanned: &[&str]) -> Vec<ScanningRule> {
    // The only other frequency that a rule can have, and only under ENHANCED.
    let continuous =
        |rule: &&ScanningRule| registry.scan_type == "ENHANCED" && rule.scan_frequency == "CONTINUOUS_SCAN";
    let mut rules: Vec<ScanningRule> = registry.rules.iter().filter(continuous).cloned().collect();
    let present =
        registry.rules.iter().filter(|rule| rule.scan_frequency == "SCAN_ON_PUSH").flat_map(|rule| &rule.filters);
    let filters: Vec<String> =
        present.map(|filter| filter.filter.clone()).chain(unscanned.iter().map(|name| (*name).to_owned())).collect();
    // More than one rule takes: every repository, of which those under CONTINUOUS_SCAN stay so.
    let filters = if filters.len() > MAX_FILTERS { vec!["*".to_owned()] } else { filters };
    rules.push(scan_rule("SCAN_ON_PUSH", filters));
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_join_the_rule_on_push_as_far_as_it_has_room() {
        let present = |number: usize| {
            let filters = (0..number).map(|number| format!("team-{number}"));
            RegistryScanning {
                scan_type: "ENHANCED".to_owned(),
                rules: vec![scan_rule("SCAN_ON_PUSH", filters), scan_rule("CONTINUOUS_SCAN", ["live/*".to_owned()])],
            }
        };
        let on_push = |number| with_on_push(&present(number), &["tools"]).pop().expect("a rule");
        let full = on_push(MAX_FILTERS - 1);
        assert_eq!(
            (full.filters.len(), full.filters.last().map(|one| one.filter.as_str())),
            (MAX_FILTERS, Some("tools"))
        );
        assert_eq!(on_push(MAX_FILTERS), scan_rule("SCAN_ON_PUSH", ["*".to_owned()]));
        let all = with_on_push(&present(1), &["tools"]);
        assert_eq!(all.first(), Some(&scan_rule("CONTINUOUS_SCAN", ["live/*".to_owned()])), "continuous stays");
        let basic = RegistryScanning { scan_type: "BASIC".to_owned(), ..present(1) };
        assert_eq!(with_on_push(&basic, &["tools"]).len(), 1, "BASIC knows no continuous scanning");
    }
}
