//! Loops, hidden loops and enablers that undo each other, in one picture.

use crate::rules::finding::Severity;
use crate::rules::finding::terraform::{Advice, Clash, Evidence, Sequence, What};

use super::observe::{
    Class, Doubt, Observation, confidence, enabler_evidence, enabler_side, registry_evidence, registry_side, side,
};
use super::place::Match;
use super::predicate::{ECR, Undecided, enablers_clash, registry_clash};
use super::resources::{Enabler, Organization, Registry, Source, TextSet, enabler_and_enabler, enabler_and_registry};
use super::scene::{OneAccount, SHOWN, Scene};
use super::world::Drift;
use super::{ways, writers};

/// Everything about the coupling in one scene.
pub(crate) fn observe(scene: &Scene<'_>, one: OneAccount) -> (Vec<Observation>, Vec<Doubt>) {
    let (mut observations, mut doubts) = (Vec::new(), Vec::new());
    for registry in &scene.registries {
        registry_against_enablers(scene, registry, one, &mut observations, &mut doubts);
        for organization in &scene.organizations {
            observations.extend(third_writer(organization, registry, one));
        }
    }
    observations.extend(scene.enablers.iter().filter(|enabler| enabler.emptied).map(|enabler| emptied(scene, enabler)));
    enablers_against_each_other(scene, one, &mut observations, &mut doubts);
    let (several, open) = writers::observe(scene, one);
    observations.extend(several);
    doubts.extend(open);
    (observations, doubts)
}

fn registry_against_enablers(
    scene: &Scene<'_>,
    registry: &Registry,
    one: OneAccount,
    observations: &mut Vec<Observation>,
    doubts: &mut Vec<Doubt>,
) {
    let matched: Vec<(&Enabler, Match)> = scene
        .enablers
        .iter()
        .filter(|enabler| !enabler.emptied)
        .map(|enabler| (*enabler, one.read(assume_apart(scene, enabler, registry))))
        .collect();
    let sure: Vec<(&Enabler, Match)> =
        matched.iter().copied().filter(|(_, matched)| *matched >= Match::Likely).collect();
    let types = |enablers: &[(&Enabler, Match)], masked_too: bool| -> Result<Option<Clash>, Undecided> {
        let enablers = enablers.iter().filter(|(enabler, _)| masked_too || !enabler.lifecycle.masked);
        let sets: Vec<&TextSet> = enablers.map(|(enabler, _)| &enabler.types).collect();
        registry_clash(&sets, registry.enhanced())
    };
    match types(&sure, true) {
        Ok(Some(clash)) => {
            let visible = !registry.lifecycle.masked && matches!(types(&sure, false), Ok(Some(_)));
            observations.push(loop_of(scene, registry, &sure, clash, visible));
            return;
        }
        Err(Undecided) => {
            let depends = what_decides(registry, &sure);
            doubts.push(doubt(
                class_of_doubt(registry, &sure),
                &registry.source,
                &format!("whether it contradicts {depends} is not known"),
            ));
            return;
        }
        Ok(None) => {}
    }
    for (enabler, _) in matched.iter().filter(|(_, matched)| *matched == Match::Maybe) {
        let mut together = sure.clone();
        together.push((enabler, Match::Maybe));
        if types(&together, true) != Ok(None) {
            let message = format!(
                "it contradicts {} if both are for the same account and region, which the configuration does not say",
                enabler.source.describe()
            );
            doubts.push(doubt(class_of_doubt(registry, &together), &registry.source, &message));
            return;
        }
    }
}

/// A doubt about a loop that would be hidden is one about hidden loops too.
fn class_of_doubt(registry: &Registry, enablers: &[(&Enabler, Match)]) -> Class {
    let masked = registry.lifecycle.masked || enablers.iter().any(|(enabler, _)| enabler.lifecycle.masked);
    if masked { Class::Hidden } else { Class::Loop }
}

/// A registry has one configuration per account and region. Where the enabler's own root writes one beside it, that of
/// another root is for another place, unless the configuration says that it is the same.
fn assume_apart(scene: &Scene<'_>, enabler: &Enabler, registry: &Registry) -> Match {
    let matched = enabler_and_registry(enabler, registry);
    let own = scene.registries.iter().any(|other| {
        other.source.root == enabler.source.root
            && other.source.root != registry.source.root
            && enabler_and_registry(enabler, other) >= Match::Likely
    });
    if own && matched == Match::Maybe { Match::Different } else { matched }
}

fn what_decides(registry: &Registry, enablers: &[(&Enabler, Match)]) -> String {
    let mut open: Vec<String> = Vec::new();
    if registry.enhanced().is_none() {
        open.push(format!("scan_type ({})", registry.scan_type.describe()));
    }
    for (enabler, _) in enablers {
        if enabler.types.contains(ECR).is_none() {
            open.push(format!("resource_types {}", enabler.types.describe()));
        }
    }
    let first = enablers.first().map_or_else(String::new, |(enabler, _)| enabler.source.describe());
    format!("{first}: it depends on {}", open.join(" and "))
}

fn doubt(class: Class, subject: &Source, message: &str) -> Doubt {
    Doubt { class, subject: subject.clone(), message: format!("{}: {message}", subject.describe()) }
}

fn loop_of(
    scene: &Scene<'_>,
    registry: &Registry,
    enablers: &[(&Enabler, Match)],
    clash: Clash,
    visible: bool,
) -> Observation {
    let involved: Vec<(&Enabler, Match)> = match clash {
        Clash::BasicAgainstEcr => {
            enablers.iter().copied().filter(|(enabler, _)| enabler.types.contains(ECR) == Some(true)).collect()
        }
        Clash::EnhancedWithoutEcr => enablers.to_vec(),
    };
    let alone = involved.iter().all(|(enabler, _)| enabler.types.known.len() == 1 && enabler.types.open.is_empty());
    let sequence = match clash {
        Clash::BasicAgainstEcr if alone => Sequence::BasicAgainstEcrAlone,
        Clash::BasicAgainstEcr => Sequence::BasicAgainstEcr,
        Clash::EnhancedWithoutEcr => Sequence::EnhancedWithoutEcr,
    };
    let mut evidence = vec![registry_evidence(registry)];
    evidence.extend(involved.iter().take(SHOWN).map(|(enabler, _)| enabler_evidence(enabler)));
    // Where nothing is seen, nothing is undone either.
    if visible {
        evidence.extend([Evidence::Sequence(sequence), Evidence::WeakestStep(sequence)]);
    }
    let protected =
        registry.lifecycle.prevents_destroy || involved.iter().any(|(enabler, _)| enabler.lifecycle.prevents_destroy);
    if protected {
        evidence.push(Evidence::PreventDestroy);
    }
    evidence.extend(drift_evidence(scene, &registry.source.address));
    for (enabler, _) in involved.iter().take(SHOWN) {
        evidence.extend(drift_evidence(scene, &enabler.source.address));
    }
    if let Some(kept) = &registry.kept {
        evidence.push(Evidence::Kept { written: registry.scan_type.describe().to_owned(), kept: kept.clone() });
    }
    let matched = involved.iter().map(|(_, matched)| *matched).max().unwrap_or(Match::Likely);
    let account = registry.account.id().map(str::to_owned);
    let account =
        account.or_else(|| involved.iter().find_map(|(enabler, _)| enabler.accounts.first()?.id().map(str::to_owned)));
    let region = registry.region.name().map(str::to_owned);
    Observation {
        class: if visible { Class::Loop } else { Class::Hidden },
        subject: registry.source.clone(),
        others: involved.iter().map(|(enabler, _)| enabler.source.clone()).collect(),
        confidence: confidence(matched),
        severity: Severity::High,
        account,
        region: region.or_else(|| involved.iter().find_map(|(enabler, _)| enabler.region.name().map(str::to_owned))),
        what: if visible { What::TerraformCouplingLoop { clash } } else { What::TerraformCouplingLoopHidden { clash } },
        sides: std::iter::once(registry_side(registry))
            .chain(involved.iter().take(SHOWN).map(|(enabler, _)| enabler_side(enabler)))
            .collect(),
        more_sides: involved.len().saturating_sub(SHOWN),
        evidence,
        advice: Advice::OneOwner,
        ways: ways::out_of_loop(
            clash,
            registry,
            &involved.iter().take(SHOWN).map(|(enabler, _)| *enabler).collect::<Vec<_>>(),
        ),
    }
}

fn drift_evidence(scene: &Scene<'_>, address: &str) -> Vec<Evidence> {
    let own = scene.drift.iter().filter(|drift| drift.address == address);
    let said = |drift: &&Drift| Evidence::Drift {
        address: drift.address.clone(),
        attribute: drift.attribute.clone(),
        before: drift.before.clone(),
        after: drift.after.clone(),
    };
    own.map(said).collect()
}

fn emptied(scene: &Scene<'_>, enabler: &Enabler) -> Observation {
    let mut evidence = vec![enabler_evidence(enabler)];
    if !enabler.was.is_empty() {
        evidence.push(Evidence::Was(enabler.was.iter().cloned().collect()));
    }
    evidence.extend(drift_evidence(scene, &enabler.source.address));
    Observation {
        class: Class::Hidden,
        subject: enabler.source.clone(),
        others: Vec::new(),
        confidence: confidence(Match::Likely),
        severity: Severity::High,
        account: enabler.accounts.first().and_then(|account| account.id()).map(str::to_owned),
        region: enabler.region.name().map(str::to_owned),
        what: What::TerraformEnablerEmptied,
        sides: vec![enabler_side(enabler)],
        more_sides: 0,
        evidence,
        advice: Advice::DropIgnoreChanges,
        ways: ways::drop_enabler(enabler),
    }
}

fn third_writer(organization: &Organization, registry: &Registry, one: OneAccount) -> Option<Observation> {
    let matched = one.read(organization.region.matches(&registry.region));
    let applies = organization.auto_enables_ecr == Some(true) && registry.enhanced() == Some(false);
    if !applies || matched == Match::Different {
        return None;
    }
    Some(Observation {
        class: Class::ThirdWriter,
        subject: organization.source.clone(),
        others: vec![registry.source.clone()],
        confidence: confidence(Match::Maybe),
        severity: Severity::Medium,
        account: None,
        region: registry.region.name().map(str::to_owned),
        what: What::TerraformOrganizationConflict,
        sides: vec![side(&organization.source, "auto_enable.ecr", "true".to_owned()), registry_side(registry)],
        more_sides: 0,
        evidence: vec![registry_evidence(registry)],
        advice: Advice::DecideInOnePlace,
        ways: Vec::new(),
    })
}

fn enablers_against_each_other(
    scene: &Scene<'_>,
    one: OneAccount,
    observations: &mut Vec<Observation>,
    doubts: &mut Vec<Doubt>,
) {
    let mut told: Vec<&Source> = Vec::new();
    for (position, enabler) in scene.enablers.iter().enumerate() {
        if enabler.repeated {
            let message = format!("several instances, each with types of its own ({})", enabler.types.describe());
            doubts.push(doubt(Class::Conflict, &enabler.source, &message));
        }
        let mut against: Vec<(&Enabler, Match)> = Vec::new();
        for other in scene.enablers.iter().skip(position + 1) {
            let matched = one.read(enabler_and_enabler(enabler, other));
            if matched == Match::Different || enabler.emptied || other.emptied {
                continue;
            }
            match (enablers_clash(&enabler.types, &other.types), matched) {
                (Ok(false), _) => {}
                (Ok(true), Match::Likely | Match::Same) => against.push((other, matched)),
                (Ok(true), _) => {
                    let message = format!(
                        "it and {} switch each other's types off if both are for the same account and region, which \
                         the configuration does not say",
                        other.source.describe()
                    );
                    doubts.push(doubt(Class::Conflict, &enabler.source, &message));
                }
                (Err(Undecided), _) => {
                    let message = format!(
                        "whether it lists the same types as {} is not known ({} and {})",
                        other.source.describe(),
                        enabler.types.describe(),
                        other.types.describe()
                    );
                    doubts.push(doubt(Class::Conflict, &enabler.source, &message));
                }
            }
        }
        if !against.is_empty() && !told.contains(&&enabler.source) {
            told.extend(against.iter().map(|(other, _)| &other.source));
            observations.push(conflict(scene, enabler, &against));
        }
    }
}

fn conflict(scene: &Scene<'_>, enabler: &Enabler, against: &[(&Enabler, Match)]) -> Observation {
    let all: Vec<&Enabler> = std::iter::once(enabler).chain(against.iter().map(|(other, _)| *other)).collect();
    // One enabler whose changes are seen has nobody to fight with.
    let visible = all.iter().filter(|enabler| !enabler.lifecycle.masked).count() > 1;
    let mut evidence: Vec<Evidence> = all.iter().take(SHOWN).map(|enabler| enabler_evidence(enabler)).collect();
    for enabler in all.iter().take(SHOWN) {
        evidence.extend(drift_evidence(scene, &enabler.source.address));
    }
    if visible {
        evidence.push(Evidence::Sequence(Sequence::Enablers));
    }
    Observation {
        class: if visible { Class::Conflict } else { Class::Hidden },
        subject: enabler.source.clone(),
        others: against.iter().map(|(other, _)| other.source.clone()).collect(),
        confidence: confidence(against.iter().map(|(_, matched)| *matched).max().unwrap_or(Match::Likely)),
        severity: Severity::High,
        account: enabler.accounts.first().and_then(|account| account.id()).map(str::to_owned),
        region: enabler.region.name().map(str::to_owned),
        what: What::TerraformEnablerConflict { hidden: !visible },
        sides: all.iter().take(SHOWN).map(|enabler| enabler_side(enabler)).collect(),
        more_sides: all.len().saturating_sub(SHOWN),
        evidence,
        advice: Advice::OneEnabler,
        ways: ways::one_enabler(all.get(..SHOWN.min(all.len())).unwrap_or_default()),
    }
}
