//! Filters that do other than they look: rules that overlap, and filters that match parts of names.

use std::collections::{BTreeMap, BTreeSet};

use super::filters::{expected_frequency, matches, rule_matches};
use super::frequency::{Frequencies, repositories_exist};
use super::registry::{Draft, Known, all, conclude, finding, name_repositories, owned, registry, registry_evidence};
use super::remedy::get_registry;
use crate::model::{RegistryScanning, Section, SectionName, Target};
use crate::rules::finding::ecr::{Evidence, OpenQuestion, Reason, RepositoryFact};
use crate::rules::finding::{Advice, Blocker, Case, Finding, Outcome, Remedy, Rule, Severity};

const NEEDS: &[SectionName] =
    &[SectionName::EcrRegistryScanning, SectionName::EcrRepositories, SectionName::EcrRepositoryScanning];

/// Two rules for one repository.
pub(super) static OVERLAP: Rule = Rule {
    id: "ecr-scan-rules-overlap",
    title: "Two scanning rules match the same repository",
    explain: "# What it finds\n\n\
        Repositories that both rules of the registry match. CONTINUOUS_SCAN wins; the SCAN_ON_PUSH rule has no effect on \
        them.\n\n\
        # Why it costs\n\n\
        Somebody who reads the SCAN_ON_PUSH rule believes that these images are billed once; they are re-scanned.\n\n\
        # How the figure is made\n\n\
        The money sits on ecr-continuous-scan.\n\n\
        # What it cannot see\n\n\
        Which of the two rules was meant. Filters are matched here as the user guide describes them; where AWS's own \
        answer for a repository differs, the evidence says so.\n\n\
        # Fix\n\n\
        Make the filters disjoint, or drop the rule that has no effect.\n\n\
        # References\n\n\
        ECR user guide, enhanced scanning, and filters to choose which repositories are scanned (2026-10).\n",
    needs: NEEDS,
    needs_one_of: &[],
};

/// A filter that matches parts of names.
pub(super) static SUBSTRING: Rule = Rule {
    id: "ecr-filter-substring",
    title: "A filter without a wildcard matches more repositories than it names",
    explain: "# What it finds\n\n\
        A filter without `*` matches every repository whose name contains it: `prod` matches `nonprod-api` too. It lists \
        the repositories that such a filter matches without being equal to it.\n\n\
        # Why it costs\n\n\
        Repositories that nobody meant are scanned, and under ENHANCED billed; under CONTINUOUS_SCAN again and again.\n\n\
        # How the figure is made\n\n\
        The money sits on ecr-continuous-scan.\n\n\
        # What it cannot see\n\n\
        Whether the substring was meant. Filters are matched here as the user guide describes them; where AWS's own answer \
        for a repository differs, the evidence says so.\n\n\
        # Fix\n\n\
        Anchor the filter: `prod*` for a prefix, `*/prod` for a suffix. A filter cannot ask for one exact name.\n\n\
        # References\n\n\
        ECR user guide, filters to choose which repositories are scanned (2026-10).\n",
    needs: NEEDS,
    needs_one_of: &[],
};

/// The registry's configuration, or an empty one where the region has no ECR.
fn configuration(target: &Target) -> Known<Option<&RegistryScanning>> {
    registry(target).map(|registry| registry.map(|(_, registry)| registry))
}

/// The names of all repositories, sorted; `repositories_exist` says whether they were seen.
fn names(target: &Target) -> BTreeSet<&str> {
    target.ecr.repositories.complete().into_iter().flatten().map(|repository| repository.name.as_str()).collect()
}

/// The rules are there but the repositories are not: what would match is open.
fn unseen(target: &Target) -> Vec<Blocker> {
    match target.ecr.repositories {
        Section::Complete(_) | Section::Absent(_) => Vec::new(),
        Section::Missing(_) | Section::NotAsked => vec![Blocker::section(SectionName::EcrRepositories)],
    }
}

pub(super) fn check_overlap(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let configuration = configuration(target);
    let two = configuration.clone().map(|registry| registry.is_some_and(|registry| registry.rules.len() > 1));
    let kind = all([two.clone(), repositories_exist(target)]);
    let mut hits = Vec::new();
    let mut open = if two == Ok(false) { Vec::new() } else { unseen(target) };
    if let Ok(Some(registry)) = &configuration {
        for name in names(target) {
            let found: Vec<_> = registry.rules.iter().map(|rule| rule_matches(rule, name)).collect();
            let certain = found.iter().filter(|found| **found == Some(true)).count();
            let possible = certain + found.iter().filter(|found| found.is_none()).count();
            if certain > 1 {
                hits.push(name);
            } else if possible > 1 {
                open.push(Blocker::ecr(None, OpenQuestion::FilterType));
            }
        }
    }
    if repositories_exist(target) == Ok(true) {
        // The kind names the registry's gap; whether it objects to anything is open for the same reason.
        open.extend(configuration.err().unwrap_or_default());
    }
    conclude(kind, hits, open, |hits| overlap(target, &hits))
}

fn overlap(target: &Target, hits: &[&str]) -> Finding {
    let registry = configuration(target).ok().flatten();
    let continuous_wins = registry.is_some_and(|registry| {
        registry.rules.iter().any(|rule| rule.scan_frequency == "CONTINUOUS_SCAN")
            && registry.rules.iter().any(|rule| rule.scan_frequency != "CONTINUOUS_SCAN")
    });
    let mut evidence: Vec<Evidence> = registry_evidence(target).into_iter().collect();
    evidence.extend(name_repositories(hits.iter().copied(), RepositoryFact::BothRules));
    evidence.extend(disagreements(target, hits));
    let draft = Draft {
        severity: Severity::Low,
        reason: Reason::EcrScanRulesOverlap { repositories: owned(hits), continuous_wins },
        cost: None,
        evidence,
        remediation: Remedy::Steps { advice: Advice::SeparateFilters, actions: vec![get_registry()] },
    };
    finding(OVERLAP.id, target, draft)
}

pub(super) fn check_substring(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let configuration = configuration(target);
    let plain =
        configuration.clone().map(|registry| registry.is_some_and(|registry| !plain_filters(registry).is_empty()));
    let kind = all([plain.clone(), repositories_exist(target)]);
    let mut open = if plain == Ok(false) { Vec::new() } else { unseen(target) };
    let mut hits: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for filter in configuration.as_ref().ok().copied().flatten().map(plain_filters).into_iter().flatten() {
        for name in names(target).into_iter().filter(|name| *name != filter && matches(filter, name)) {
            hits.entry(filter).or_default().push(name);
        }
    }
    if repositories_exist(target) == Ok(true) {
        open.extend(configuration.err().unwrap_or_default());
    }
    conclude(kind, hits.into_iter().collect(), open, |hits| substring(target, &hits))
}

/// The filters without `*`.
fn plain_filters(registry: &RegistryScanning) -> Vec<&str> {
    let filters = registry.rules.iter().flat_map(|rule| &rule.filters);
    filters.map(|filter| filter.filter.as_str()).filter(|filter| !filter.contains('*')).collect()
}

fn substring(target: &Target, hits: &[(&str, Vec<&str>)]) -> Finding {
    let mut evidence: Vec<Evidence> = registry_evidence(target).into_iter().collect();
    let mut names = Vec::new();
    for (filter, matched) in hits {
        evidence.extend(name_repositories(matched.iter().copied(), RepositoryFact::Filter((*filter).to_owned())));
        names.extend_from_slice(matched);
    }
    names.sort_unstable();
    names.dedup();
    evidence.extend(disagreements(target, &names));
    let filters = hits.iter().map(|(filter, matched)| ((*filter).to_owned(), owned(matched))).collect();
    let draft = Draft {
        severity: Severity::Low,
        reason: Reason::EcrFilterSubstring { filters },
        cost: None,
        evidence,
        remediation: Remedy::Steps { advice: Advice::AnchorFilters, actions: vec![get_registry()] },
    };
    finding(SUBSTRING.id, target, draft)
}

/// Where AWS's frequency for a repository is another than our matching of the filters gives.
fn disagreements(target: &Target, names: &[&str]) -> Vec<Evidence> {
    let Ok(Some(registry)) = configuration(target) else { return Vec::new() };
    let frequencies = Frequencies::of(target);
    names
        .iter()
        .filter_map(|name| {
            let said = frequencies.by_repository.get(name)?;
            let expected = expected_frequency(registry, name)?;
            let said = *said;
            (said != expected).then(|| Evidence::Disagreement { name: (*name).to_owned(), said, expected })
        })
        .collect()
}
