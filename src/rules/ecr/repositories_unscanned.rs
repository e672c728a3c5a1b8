//! Repositories that nothing scans: their effective frequency is manual or none.

use super::coupling::Setting;
use super::frequency::{Frequencies, Frequency, repositories_exist};
use super::registry::{Draft, conclude, finding, name_repositories, registry, registry_evidence, repositories};
use super::remedy::{MAX_FILTERS, get_registry, put_registry, scan_rule};
use crate::model::{RegistryScanning, ScanningRule, SectionName, Target};
use crate::rules::{Case, Evidence, Finding, Outcome, Remedy, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
    id: "ecr-repositories-unscanned",
    title: "Repositories whose images are never scanned by themselves",
    explain: "# What it finds\n\n\
        Repositories whose effective scan frequency is MANUAL or none. Under ENHANCED a repository that no rule matches is \
        never scanned, and manual scans are refused. Under BASIC it is scanned only when somebody starts a scan.\n\n\
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
    let setting = registry.map(|(setting, _)| setting);
    let names = repositories(unscanned.len());
    let (severity, consequence) = match setting {
        Some(Setting::Basic) => (Severity::Low, "only somebody who starts a scan by hand gets one"),
        Some(Setting::Enhanced) => {
            (Severity::Medium, "under ENHANCED they are never scanned, and manual scans are refused")
        }
        None => (Severity::Medium, "whether a manual scan is possible is not known: the registry could not be read"),
    };
    let mut evidence: Vec<Evidence> = registry.map(|(_, registry)| registry_evidence(registry)).into_iter().collect();
    if setting != Some(Setting::Basic) {
        evidence.extend(super::cost::list_price(facts, "ecr"));
        evidence.push(Evidence::new("price", super::cost::SECURITY_HUB_PLAN));
    }
    evidence.extend(name_repositories(unscanned.iter().copied(), "MANUAL or none"));
    let draft = Draft {
        severity,
        title: format!("{names} never scanned automatically"),
        message: format!("No rule of the registry scans the images of {names}: {consequence}."),
        cost: None,
        evidence,
        remediation: remediation(target, registry.map(|(_, registry)| registry), unscanned),
    };
    finding(RULE.id, target, draft)
}

fn remediation(target: &Target, registry: Option<&RegistryScanning>, unscanned: &[&str]) -> Remedy {
    let summary =
        "Scan them on push: under ENHANCED each image pushed is then billed as a first scan, under BASIC scanning \
         is free. In Terraform add a repository_filter for each to the SCAN_ON_PUSH rule of \
         aws_ecr_registry_scanning_configuration."
            .to_owned();
    let mut commands = vec![get_registry(target)];
    if let Some(registry) = registry {
        commands.push("# Replaces all rules: the present ones, and these repositories on push:".to_owned());
        commands.push(put_registry(target, &registry.scan_type, &with_on_push(registry, unscanned)));
    }
    Remedy::Told { summary, commands }
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
