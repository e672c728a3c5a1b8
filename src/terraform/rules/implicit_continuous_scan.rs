//! `terraform-implicit-continuous-scan`: every repository is scanned continuously, and nobody wrote that.

use std::collections::BTreeSet;

use crate::rules::Rule;
use crate::rules::finding::Severity;
use crate::rules::finding::terraform::{self, Advice, Edit, What};
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::{Doubt, Observation, Seen};
use crate::terraform::place::Match;
use crate::terraform::predicate::ECR;
use crate::terraform::resources::{Enabler, Registry, enabler_and_registry};
use crate::terraform::scene::Scene;
use crate::terraform::ways::local_address;

pub(super) static RULE: Rule = Rule::of_terraform(
    "terraform-implicit-continuous-scan",
    "Every repository is scanned continuously, and nobody wrote that",
    EXPLAIN,
);

/// Scanning that nobody chose.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    case.alone(|scene| {
        let mut seen = Seen::default();
        scene.registries.iter().for_each(|registry| by_registry(registry, &mut seen));
        scene.enablers.iter().for_each(|enabler| by_enabler(enabler, scene, &mut seen));
        seen
    })
}

/// A registry that scans everything, or more than it says.
fn by_registry(registry: &Registry, seen: &mut Seen) {
    if registry.enhanced_beside_rules() == Some(false) {
        return;
    }
    if registry.rules.is_empty() {
        if registry.enhanced_beside_rules().is_none() || !registry.open_rules.is_empty() {
            return seen.doubts.push(Doubt::of(&registry.source, terraform::Doubt::AnyRule));
        }
        return seen.observations.push(of_registry(registry, What::TerraformEnhancedWithoutRules));
    }
    let filters = |frequency: &str| -> BTreeSet<&str> {
        let rules = registry.rules.iter().filter(|rule| rule.frequency.known() == Some(frequency));
        rules.flat_map(|rule| &rule.filters).filter_map(|filter| filter.filter.known()).collect()
    };
    let (continuous, on_push) = (filters("CONTINUOUS_SCAN"), filters("SCAN_ON_PUSH"));
    let swallowed: Vec<&str> =
        on_push.iter().copied().filter(|filter| continuous.contains("*") || continuous.contains(filter)).collect();
    if swallowed.is_empty() || registry.enhanced_beside_rules() != Some(true) {
        return;
    }
    let filters = swallowed.into_iter().map(str::to_owned).collect();
    let own = of_registry(registry, What::TerraformContinuousScanWins { filters });
    seen.observations.push(Observation { severity: Severity::Low, ..own });
}

/// An enabler that switches enhanced scanning on while nothing says what to scan.
fn by_enabler(enabler: &Enabler, scene: &Scene<'_>, seen: &mut Seen) {
    let registries = scene.registries.iter().chain(scene.foreign);
    let nearest = registries.map(|registry| scene.one.read(enabler_and_registry(enabler, registry))).max();
    let mut doubt = |open| seen.doubts.push(Doubt::of(&enabler.source, open));
    match (enabler.types.contains(ECR), nearest) {
        (Some(false), _) | (_, Some(Match::Likely | Match::Same)) => {}
        (None, _) => doubt(terraform::Doubt::EnablesEcr),
        (Some(true), Some(Match::Maybe)) => doubt(terraform::Doubt::RegistryOfPlace),
        (Some(true), Some(Match::Different) | None) => {
            let own = Observation::of_enabler(enabler, What::TerraformEnablerWithoutRules, Advice::WriteRules);
            seen.observations.push(Observation { ways: vec![vec![Edit::NewRegistry]], ..own });
        }
    }
}

/// A second resource would write the same registry: the rules belong in the one that is there.
fn of_registry(registry: &Registry, what: What) -> Observation {
    let way = Edit::Enhanced { address: local_address(&registry.source.address), depends_on: None };
    Observation { ways: vec![vec![way]], ..Observation::of_registry(registry, what, Advice::WriteRules) }
}

const EXPLAIN: &str = r#"# What it finds

A registry that asks for ENHANCED without a rule, and an enabler that lists `ECR` while no registry configuration is
written beside it: both scan every repository continuously. With low severity: filters under SCAN_ON_PUSH that a
CONTINUOUS_SCAN rule matches too, and which therefore have no effect.

# Why it costs

Under continuous scanning every new vulnerability that concerns an image re-scans it, at a price each, for as long as the
image is pushed, pulled or in use.

# How the figure is made

There is none: how many images there are is not in the configuration. The live rule `ecr-continuous-scan` has it.

# What it cannot see

* A registry configuration that is written elsewhere, or set by hand.
* That an activation through Inspector starts with these defaults is inferred from the Amazon ECR user guide.

# Fix

Write the rules: CONTINUOUS_SCAN for the repositories that are deployed, SCAN_ON_PUSH for the rest.

# References

* Amazon ECR user guide: "Enhanced scanning" (2026-10): without rules all repositories are scanned continuously
* Amazon Inspector pricing page (2026-10)
"#;
