//! `terraform-enabler-conflict`: several enablers for one account and region list different types.

use crate::rules::Rule;
use crate::rules::finding::Confidence;
use crate::rules::finding::terraform::{Advice, What};
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::{Class, Observation, Seen, registry_evidence, registry_side, side};
use crate::terraform::place::Match;
use crate::terraform::resources::{Organization, Registry};
use crate::terraform::scene::OneAccount;

pub(super) static RULE: Rule = Rule::of_terraform(
    "terraform-enabler-conflict",
    "Several enablers for one account and region list different types",
    EXPLAIN,
);

/// Enablers that undo each other, and a third writer of the same setting.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    let mut judgement =
        case.coupling(|class, always| always && class == Class::Conflict, &[Class::Conflict]).into_written();
    let writers = case.together(|scene| {
        let registries = scene.registries.iter();
        let pairs = registries.flat_map(|registry| scene.organizations.iter().map(move |other| (other, registry)));
        let writers = pairs.filter_map(|(organization, registry)| third_writer(organization, registry, scene.one));
        Seen { observations: writers.collect(), ..Seen::default() }
    });
    judgement.judged.extend(writers.judged);
    judgement
}

fn third_writer(organization: &Organization, registry: &Registry, one: OneAccount) -> Option<Observation> {
    let matched = one.read(organization.region.matches(&registry.region));
    let applies = organization.auto_enables_ecr == Some(true) && registry.enhanced() == Some(false);
    let own = side(&organization.source, "auto_enable.ecr", "true".to_owned());
    (applies && matched != Match::Different).then(|| Observation {
        others: vec![registry.source.clone()],
        confidence: Confidence::Low,
        region: registry.region.name().map(str::to_owned),
        sides: vec![own.clone(), registry_side(registry)],
        evidence: vec![registry_evidence(registry)],
        ..Observation::of(&organization.source, own, What::TerraformOrganizationConflict, Advice::DecideInOnePlace)
    })
}

const EXPLAIN: &str = r"# What it finds

Two or more instances of `aws_inspector2_enabler` for one account and region with different `resource_types`, also when
`for_each` makes one instance per type. An enabler is exclusive: creating it disables every type that it does not list, and
reading it back shows the types of the others as drift.

With medium severity: an `aws_inspector2_organization_configuration` that switches ECR scanning on for new members beside a
registry that is set to BASIC.

# Why it costs

Every apply switches types off that the next one switches on; each time everything eligible is scanned again, and in
between it is not scanned.

# How the figure is made

There is none: how much is scanned again is not in the configuration.

# What it cannot see

* Enablers of roots that are not given, and those made in the console.
* Whether account ids that come from data sources are the same.

# Fix

One enabler per account and region, with all types in it.

# References

* terraform-provider-aws: `internal/service/inspector2/enabler.go` (2026), issue 34039
* Amazon Inspector API reference: `Enable`, `Disable` (2026-10)
";
