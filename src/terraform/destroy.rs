//! What a plan or a `removed` block switches off when it destroys.

use crate::rules::finding::terraform::{Advice, Destroyed, Edit, Evidence, What};
use crate::rules::finding::{Confidence, Severity};

use super::observe::{Class, Doubt, Observation, side};
use super::place::Match;
use super::predicate::ECR;
use super::resources::{CONFIGURATION, Deletion, ENABLER, TextSet};
use super::ways;
use super::world::World;

/// What a `removed` block names that takes out a whole module.
pub(crate) const MODULE: &str = "module";

/// What the destruction of one resource does.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// Nothing that anybody would miss.
    Harmless,
    /// Terraform and `OpenTofu` disagree on whether it is destroyed.
    Unclear(Doubt),
    /// This.
    Does(Box<Observation>),
}

/// The effect of one deletion.
pub(crate) fn effect(deletion: &Deletion, world: &World) -> Effect {
    let what = deletion.source.describe();
    match deletion.certain {
        Some(false) => return Effect::Harmless,
        Some(true) if deletion.kind == MODULE => {
            let message = format!(
                "{what}: what was in this module is destroyed, and nobody can see here what that was: give the plan"
            );
            return Effect::Unclear(Doubt { class: Class::Destroys, subject: deletion.source.clone(), message });
        }
        None => {
            let message = format!(
                "{what}: this removed block does not say whether to destroy; Terraform does, OpenTofu does not. Write \
                 lifecycle {{ destroy = false }}"
            );
            return Effect::Unclear(Doubt { class: Class::Destroys, subject: deletion.source.clone(), message });
        }
        Some(true) => {}
    }
    let had = |member: &str| deletion.before.as_ref().and_then(|before| before.contains(member));
    match deletion.kind.as_str() {
        CONFIGURATION => does(deletion, Severity::Medium, Destroyed::Configuration),
        ENABLER => {
            // Taking the enabler away and leaving BASIC is the way out of the loop, not an accident.
            let only_ecr =
                deletion.before.as_ref().is_some_and(|before| before.known.len() == 1) && had(ECR) == Some(true);
            let basic_stays = world.registries.iter().any(|registry| {
                registry.enhanced() == Some(false) && registry.region.matches(&deletion.region) >= Match::Likely
            });
            let nothing = deletion.before.as_ref().is_some_and(|before| before.known.is_empty());
            if nothing || (only_ecr && basic_stays) {
                return Effect::Harmless;
            }
            does(deletion, Severity::High, Destroyed::Enabler)
        }
        _ => {
            if had("BASIC") == Some(true) {
                return Effect::Harmless;
            }
            does(deletion, Severity::High, Destroyed::Registry)
        }
    }
}

fn does(deletion: &Deletion, severity: Severity, resource: Destroyed) -> Effect {
    let attribute = match resource {
        Destroyed::Configuration => "",
        Destroyed::Enabler => "resource_types",
        Destroyed::Registry => "scan_type",
    };
    // A registry has one scan type, kept as a set of one.
    let value = |before: &TextSet| match resource {
        Destroyed::Registry => before.written().trim_matches(['[', ']']).to_owned(),
        Destroyed::Configuration | Destroyed::Enabler => before.written(),
    };
    let before = deletion.before.as_ref().map(value).filter(|_| !attribute.is_empty());
    let own = side(&deletion.source, before.as_ref().map_or("", |_| attribute), before.clone().unwrap_or_default());
    let mut evidence: Vec<Evidence> = before.iter().map(|_| Evidence::Before(own.clone())).collect();
    evidence.push(Evidence::PreventDestroyGoes);
    let tainted = deletion.tainted;
    Effect::Does(Box::new(Observation {
        class: Class::Destroys,
        subject: deletion.source.clone(),
        others: Vec::new(),
        confidence: Confidence::High,
        severity,
        account: None,
        region: deletion.region.name().map(str::to_owned),
        what: What::TerraformDestroy { resource, tainted },
        sides: vec![own],
        more_sides: 0,
        evidence,
        advice: if tainted { Advice::Untaint } else { Advice::ForgetInsteadOfDestroy },
        ways: vec![vec![if tainted {
            Edit::Untaint { address: deletion.source.address.clone() }
        } else {
            ways::forget(&deletion.source.address)
        }]],
    }))
}
