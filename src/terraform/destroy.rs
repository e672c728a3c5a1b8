//! What a plan or a `removed` block switches off when it destroys.

use crate::rules::{Confidence, Evidence, Severity};

use super::observe::{Class, Doubt, Observation};
use super::place::Match;
use super::predicate::ECR;
use super::resources::{CONFIGURATION, Deletion, ENABLER};
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
        CONFIGURATION => does(
            deletion,
            Severity::Medium,
            "Destroying Inspector's configuration lengthens the re-scan windows",
            format!(
                "Destroying {what} sets the re-scan duration back to LIFETIME and the pull window to 90 days: more \
                 images stay under continuous scanning, and are billed."
            ),
        ),
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
            does(
                deletion,
                Severity::High,
                "Destroying the enabler switches Inspector off for whole accounts",
                format!(
                    "Destroying {what} disables every Inspector scan type in its accounts, whoever else relies on them; \
                     where none is left on, findings, filters and suppression rules are deleted."
                ),
            )
        }
        _ => {
            if had("BASIC") == Some(true) {
                return Effect::Harmless;
            }
            does(
                deletion,
                Severity::High,
                "Destroying the registry's scanning configuration switches Inspector's ECR scanning off",
                format!(
                    "Destroying {what} does not remove a configuration: it writes BASIC without rules, which switches \
                     Inspector's ECR type off for the whole account and region, and Inspector itself if that was its only \
                     type."
                ),
            )
        }
    }
}

fn does(deletion: &Deletion, severity: Severity, title: &'static str, message: String) -> Effect {
    let mut evidence = Vec::new();
    if let Some(before) = &deletion.before {
        evidence.push(Evidence::new("before", format!("{} before: {}", deletion.source.describe(), before.describe())));
    }
    evidence.push(Evidence::new(
        "prevent_destroy",
        "prevent_destroy helps only while the block is written: it goes with the block".to_owned(),
    ));
    let address = deletion.source.address.split('[').next().unwrap_or_default();
    Effect::Does(Box::new(Observation {
        class: Class::Destroys,
        subject: deletion.source.clone(),
        others: Vec::new(),
        confidence: Confidence::High,
        severity,
        account: None,
        region: deletion.region.name().map(str::to_owned),
        title: title.to_owned(),
        message,
        evidence,
        fix: "Take it out of the state without destroying it, unless switching scanning off is what you want."
            .to_owned(),
        ways: vec![
            "# take it out of the state and leave AWS as it is:".to_owned(),
            "# removed {".to_owned(),
            format!("#   from = {}", address.replace(|c: char| c.is_control(), " ")),
            "#   lifecycle {".to_owned(),
            "#     destroy = false".to_owned(),
            "#   }".to_owned(),
            "# }".to_owned(),
        ],
    }))
}
