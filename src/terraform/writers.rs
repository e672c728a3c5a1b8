//! Several writers of one registry: it has one configuration per account and region, and each write replaces the last.

use crate::rules::finding::Severity;
use crate::rules::finding::terraform::{Advice, Agreement, Edit, Evidence, Sequence, What};

use super::observe::{Class, Doubt, Observation, confidence, registry_evidence, registry_side};
use super::place::{Match, both};
use super::resources::Registry;
use super::scene::{OneAccount, SHOWN, Scene, account_of};

/// Registries that are written more than once, each told at its first writer.
pub(crate) fn observe(scene: &Scene<'_>, one: OneAccount) -> (Vec<Observation>, Vec<Doubt>) {
    let (mut observations, mut doubts) = (Vec::new(), Vec::new());
    let mut told: Vec<&Registry> = Vec::new();
    for (position, registry) in scene.registries.iter().enumerate() {
        if told.contains(registry) {
            continue;
        }
        let mut writers: Vec<&Registry> = vec![registry];
        let mut surest = if registry.copies > 1 { Match::Same } else { Match::Different };
        for other in scene.registries.iter().skip(position + 1) {
            match one.read(place(registry, other)) {
                Match::Maybe if registry.provider == other.provider => {
                    let message = format!(
                        "{}: it and {} write the same registry if both are for one region, which the configuration does \
                         not say",
                        registry.source.describe(),
                        other.source.describe()
                    );
                    doubts.push(Doubt { class: Class::Writers, subject: registry.source.clone(), message });
                }
                // Two configurations of the provider, and two roots, exist because they are for two places.
                Match::Different | Match::Maybe => {}
                matched => {
                    surest = surest.max(matched);
                    writers.push(other);
                }
            }
        }
        if writers.len() > 1 || registry.copies > 1 {
            told.extend(&writers);
            observations.push(several(registry, &writers, surest));
        }
    }
    (observations, doubts)
}

fn place(a: &Registry, b: &Registry) -> Match {
    both(a.account.matches(&b.account), a.region.matches(&b.region))
}

/// Whether two writers want different things, as far as that is known.
fn disagree(a: &Registry, b: &Registry) -> bool {
    let scan_types = a.scan_type.known().zip(b.scan_type.known()).is_some_and(|(a, b)| a != b);
    let known = a.open_rules.is_empty() && b.open_rules.is_empty();
    let rules = |registry: &Registry| {
        let mut rules = registry.rules.clone();
        rules.sort();
        rules
    };
    scan_types || (known && rules(a) != rules(b))
}

fn several(registry: &Registry, writers: &[&Registry], matched: Match) -> Observation {
    let apart = writers.iter().any(|other| disagree(registry, other));
    let count: usize = writers.iter().map(|writer| writer.copies).sum();
    let both_types = ["BASIC", "ENHANCED"]
        .iter()
        .all(|scan_type| writers.iter().any(|writer| writer.scan_type.known() == Some(scan_type)));
    let agreement = match (both_types, apart) {
        (true, _) => Agreement::BothScanTypes,
        (false, true) => Agreement::Differ,
        (false, false) => Agreement::Same,
    };
    let mut evidence: Vec<Evidence> = writers.iter().take(SHOWN).map(|writer| registry_evidence(writer)).collect();
    evidence.push(Evidence::Writers(count));
    if apart {
        evidence.push(Evidence::Sequence(Sequence::Writers));
    }
    Observation {
        class: Class::Writers,
        subject: registry.source.clone(),
        others: writers.iter().skip(1).map(|writer| writer.source.clone()).collect(),
        confidence: confidence(matched),
        severity: if apart { Severity::High } else { Severity::Medium },
        account: account_of(writers.iter().map(|writer| &writer.account)),
        region: writers.iter().find_map(|writer| writer.region.name()).map(str::to_owned),
        what: What::TerraformRegistrySeveralWriters { writers: count, agreement },
        sides: writers.iter().take(SHOWN).map(|writer| registry_side(writer)).collect(),
        more_sides: writers.len().saturating_sub(SHOWN),
        evidence,
        advice: Advice::WriteOnce,
        ways: vec![vec![Edit::RegistryForAll]],
    }
}
