//! Repositories that ask for scan on push themselves, where the registry's rules leave them out.

use std::collections::BTreeSet;

use super::frequency::{Frequencies, repositories_exist};
use super::registry::{Draft, Known, all, conclude, finding, name_repositories, owned, registry, registry_evidence};
use super::remedy::get_registry;
use crate::model::{Section, SectionName, Target};
use crate::rules::finding::coupling::Setting;
use crate::rules::finding::ecr::{Evidence, Frequency, Reason, RepositoryFact};
use crate::rules::finding::{Advice, Blocker, Case, Finding, Outcome, Remedy, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "ecr-repository-setting-ignored",
    title: "A repository's own scan-on-push setting has no effect",
    explain: "# What it finds\n\n\
        Repositories whose own (deprecated) scanOnPush setting is true, while the registry decides otherwise: it is \
        ENHANCED or has rules, and none of them scans the repository.\n\n\
        # Why it costs\n\n\
        It costs no money. The setting, and every check that reads it, says that images are scanned; they are not.\n\n\
        # How the figure is made\n\n\
        There is none.\n\n\
        # What it cannot see\n\n\
        Whether the setting is a leftover.\n\n\
        # Fix\n\n\
        Add the repository to a rule of the registry, then drop its own setting.\n\n\
        # References\n\n\
        ECR API reference, PutImageScanningConfiguration (deprecated), 2026-10. ECR user guide, image scanning (2026-10).\n",
    needs: &[SectionName::EcrRegistryScanning, SectionName::EcrRepositories, SectionName::EcrRepositoryScanning],
    needs_one_of: &[],
};

pub(super) fn check(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let registry_decides = registry(target).map(|registry| {
        registry.is_some_and(|(setting, registry)| setting == Setting::Enhanced || !registry.rules.is_empty())
    });
    let repositories = target.ecr.repositories.complete().into_iter().flatten();
    let asking: BTreeSet<&str> =
        repositories.filter(|repository| repository.scan_on_push).map(|repository| repository.name.as_str()).collect();
    let somebody_asks: Known<bool> = match &target.ecr.repositories {
        Section::Missing(_) | Section::NotAsked => Err(vec![Blocker::section(SectionName::EcrRepositories)]),
        _ => repositories_exist(target).map(|_| !asking.is_empty()),
    };
    let kind = all([registry_decides, somebody_asks.clone()]);
    let frequencies = Frequencies::of(target);
    let ignored: Vec<&str> = asking
        .iter()
        .copied()
        .filter(|name| frequencies.by_repository.get(name) == Some(&Frequency::Unscanned))
        .collect();
    // Only what is open about the repositories that ask matters.
    let mut open: Vec<Blocker> = frequencies
        .open
        .into_iter()
        .filter(|gap| gap.resource.as_deref().is_none_or(|name| asking.contains(name)))
        .collect();
    open.extend(somebody_asks.err().unwrap_or_default());
    conclude(kind, ignored, open, |ignored| build(target, &ignored))
}

fn build(target: &Target, ignored: &[&str]) -> Finding {
    let mut evidence: Vec<Evidence> = registry_evidence(target).into_iter().collect();
    evidence.extend(name_repositories(ignored.iter().copied(), RepositoryFact::SettingIgnored));
    let draft = Draft {
        severity: Severity::Low,
        reason: Reason::EcrRepositorySettingIgnored { repositories: owned(ignored) },
        cost: None,
        evidence,
        remediation: Remedy::Steps { advice: Advice::AddToRules, actions: vec![get_registry()] },
    };
    finding(RULE.id, target, draft)
}
