//! Loops, hidden loops and enablers that undo each other, in one picture.

use crate::rules::finding::Severity;
use crate::rules::finding::terraform::{self, Advice, Clash, Evidence, Part, Sequence, What};

use super::observe::{Class, Doubt, Observation, Seen, confidence, enabler_evidence, enabler_side, registry_evidence};
use super::place::Match;
use super::predicate::{ECR, Undecided, enablers_clash, registry_clash};
use super::resources::{Enabler, Registry, Source, TextSet, enabler_and_enabler, enabler_and_registry};
use super::scene::{SHOWN, Scene};
use super::ways;
use super::world::Drift;

/// Everything about the coupling in one scene.
pub(crate) fn observe(scene: &Scene<'_>) -> Seen {
    let (mut observations, mut doubts) = (Vec::new(), Vec::new());
    let enablers: Vec<(&Enabler, bool)> = scene
        .enablers
        .iter()
        .filter(|enabler| !enabler.emptied)
        .map(|enabler| (*enabler, has_own_registry(scene, enabler)))
        .collect();
    for registry in &scene.registries {
        registry_against_enablers(scene, registry, &enablers, &mut observations, &mut doubts);
    }
    observations.extend(scene.enablers.iter().filter(|enabler| enabler.emptied).map(|enabler| emptied(scene, enabler)));
    enablers_against_each_other(scene, &mut observations, &mut doubts);
    Seen { observations, doubts }
}

fn registry_against_enablers(
    scene: &Scene<'_>,
    registry: &Registry,
    enablers: &[(&Enabler, bool)],
    observations: &mut Vec<Observation>,
    doubts: &mut Vec<Doubt>,
) {
    let matched: Vec<(&Enabler, Match)> = enablers
        .iter()
        .map(|(enabler, has_own)| (*enabler, scene.one.read(assume_apart(enabler, *has_own, registry))))
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
            let open = what_decides(registry, &sure);
            doubts.push(Doubt { class: class_of_doubt(registry, &sure), ..Doubt::of(&registry.source, open) });
            return;
        }
        Ok(None) => {}
    }
    for (enabler, _) in matched.iter().filter(|(_, matched)| *matched == Match::Maybe) {
        let mut together = sure.clone();
        together.push((enabler, Match::Maybe));
        if types(&together, true) != Ok(None) {
            let open = terraform::Doubt::ContradictsIfOnePlace { enabler: enabler.source.place() };
            doubts.push(Doubt { class: class_of_doubt(registry, &together), ..Doubt::of(&registry.source, open) });
            return;
        }
    }
}

/// A doubt about a loop that would be hidden is one about hidden loops too.
fn class_of_doubt(registry: &Registry, enablers: &[(&Enabler, Match)]) -> Class {
    let masked = registry.lifecycle.masked || enablers.iter().any(|(enabler, _)| enabler.lifecycle.masked);
    if masked { Class::Hidden } else { Class::Loop }
}

/// Whether the enabler's own root writes the configuration of a registry beside it.
fn has_own_registry(scene: &Scene<'_>, enabler: &Enabler) -> bool {
    let mut own = scene.registries.iter().filter(|registry| registry.source.root == enabler.source.root);
    own.any(|registry| enabler_and_registry(enabler, registry) >= Match::Likely)
}

/// A registry has one configuration per account and region. Where the enabler's own root writes one beside it, that of
/// another root is for another place, unless the configuration says that it is the same.
fn assume_apart(enabler: &Enabler, has_own: bool, registry: &Registry) -> Match {
    let matched = enabler_and_registry(enabler, registry);
    let is_others = has_own && enabler.source.root != registry.source.root;
    if is_others && matched == Match::Maybe { Match::Different } else { matched }
}

fn what_decides(registry: &Registry, enablers: &[(&Enabler, Match)]) -> terraform::Doubt {
    let mut open = Vec::new();
    if registry.enhanced().is_none() {
        open.push(Part::Attribute("scan_type", registry.scan_type.content().to_owned()));
    }
    let unclear = enablers.iter().filter(|(enabler, _)| enabler.types.contains(ECR).is_none());
    open.extend(unclear.map(|(enabler, _)| Part::Types(enabler.types.members())));
    terraform::Doubt::Contradicts { enabler: enablers.first().map(|(enabler, _)| enabler.source.place()), open }
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
        evidence.push(Evidence::Kept { written: registry.scan_type.content().to_owned(), kept: kept.clone() });
    }
    let matched = involved.iter().map(|(_, matched)| *matched).max().unwrap_or(Match::Likely);
    let what =
        if visible { What::TerraformCouplingLoop { clash } } else { What::TerraformCouplingLoopHidden { clash } };
    let shown: Vec<&Enabler> = involved.iter().take(SHOWN).map(|(enabler, _)| *enabler).collect();
    // What is ignored stays as it is, whatever is written.
    let advice = if visible { Advice::OneOwner } else { Advice::DropIgnoreChanges };
    let own = Observation::of_registry(registry, what, advice);
    let named =
        |name: fn(&Enabler) -> Option<&str>| involved.iter().find_map(|(enabler, _)| name(enabler)).map(str::to_owned);
    Observation {
        class: if visible { Class::Loop } else { Class::Hidden },
        others: involved.iter().map(|(enabler, _)| enabler.source.clone()).collect(),
        confidence: confidence(matched),
        severity: Severity::High,
        account: own.account.clone().or_else(|| named(|enabler| enabler.accounts.first()?.id())),
        region: own.region.clone().or_else(|| named(|enabler| enabler.region.name())),
        sides: own.sides.iter().cloned().chain(shown.iter().map(|enabler| enabler_side(enabler))).collect(),
        more_sides: involved.len().saturating_sub(SHOWN),
        evidence,
        ways: ways::out_of_loop(clash, registry, &shown),
        ..own
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
    let mut own = Observation::of_enabler(enabler, What::TerraformEnablerEmptied, Advice::DropIgnoreChanges);
    if !enabler.was.is_empty() {
        own.evidence.push(Evidence::Was(enabler.was.iter().cloned().collect()));
    }
    own.evidence.extend(drift_evidence(scene, &enabler.source.address));
    Observation {
        class: Class::Hidden,
        confidence: confidence(Match::Likely),
        severity: Severity::High,
        ways: ways::drop_enabler(enabler),
        ..own
    }
}

fn enablers_against_each_other(scene: &Scene<'_>, observations: &mut Vec<Observation>, doubts: &mut Vec<Doubt>) {
    let mut told: Vec<&Source> = Vec::new();
    for (position, enabler) in scene.enablers.iter().enumerate() {
        let mut doubt = |open| doubts.push(Doubt { class: Class::Conflict, ..Doubt::of(&enabler.source, open) });
        if enabler.repeated {
            doubt(terraform::Doubt::TypesOfInstances { types: enabler.types.members() });
        }
        let mut against: Vec<(&Enabler, Match)> = Vec::new();
        for other in scene.enablers.iter().skip(position + 1) {
            let matched = scene.one.read(enabler_and_enabler(enabler, other));
            if matched == Match::Different || enabler.emptied || other.emptied {
                continue;
            }
            match (enablers_clash(&enabler.types, &other.types), matched) {
                (Ok(false), _) => {}
                (Ok(true), Match::Likely | Match::Same) => against.push((other, matched)),
                (Ok(true), _) => doubt(terraform::Doubt::ConflictIfOnePlace { other: other.source.place() }),
                (Err(Undecided), _) => {
                    let (own, others) = (enabler.types.members(), other.types.members());
                    doubt(terraform::Doubt::SameTypes { other: other.source.place(), own, others });
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
    let what = What::TerraformEnablerConflict { hidden: !visible };
    Observation {
        class: if visible { Class::Conflict } else { Class::Hidden },
        others: against.iter().map(|(other, _)| other.source.clone()).collect(),
        confidence: confidence(against.iter().map(|(_, matched)| *matched).max().unwrap_or(Match::Likely)),
        severity: Severity::High,
        sides: all.iter().take(SHOWN).map(|enabler| enabler_side(enabler)).collect(),
        more_sides: all.len().saturating_sub(SHOWN),
        evidence,
        ways: ways::one_enabler(all.get(..SHOWN.min(all.len())).unwrap_or_default()),
        ..Observation::of_enabler(enabler, what, Advice::OneEnabler)
    }
}
