//! `terraform-destroy-disables-scanning`: destroying this switches scanning off for the whole account.

use crate::rules::Rule;
use crate::rules::finding::Severity;
use crate::rules::finding::terraform::{self, Advice, Destroyed, Edit, Evidence, What};
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::{Doubt, Observation, Seen, side};
use crate::terraform::place::Match;
use crate::terraform::predicate::ECR;
use crate::terraform::resources::{CONFIGURATION, Deletion, ENABLER, MODULE, TextSet};
use crate::terraform::ways;
use crate::terraform::world::World;

pub(super) static RULE: Rule = Rule::of_terraform(
    "terraform-destroy-disables-scanning",
    "Destroying this switches scanning off for the whole account",
    EXPLAIN,
);

/// What a plan or a `removed` block destroys.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    let judgement = case.definite(|world| {
        let mut seen = Seen::default();
        world.deletions.iter().for_each(|deletion| effect(deletion, world, &mut seen));
        seen
    });
    Judgement { applicable: case.any(|world| !world.deletions.is_empty()), ..judgement }
}

/// The effect of one deletion; none that anybody would miss is not told.
fn effect(deletion: &Deletion, world: &World, seen: &mut Seen) {
    // Terraform and OpenTofu disagree on whether it is destroyed, or what it is cannot be seen.
    let mut unclear = |open| seen.doubts.push(Doubt::of(&deletion.source, open));
    match deletion.certain {
        Some(false) => return,
        Some(true) if deletion.kind == MODULE => return unclear(terraform::Doubt::RemovedModule),
        None => return unclear(terraform::Doubt::DestroyNotSaid),
        Some(true) => {}
    }
    let had = |member: &str| deletion.before.as_ref().and_then(|before| before.contains(member));
    match deletion.kind.as_str() {
        CONFIGURATION => seen.observations.push(does(deletion, Severity::Medium, Destroyed::Configuration)),
        ENABLER => {
            // Taking the enabler away and leaving BASIC is the way out of the loop, not an accident.
            let only_ecr =
                deletion.before.as_ref().is_some_and(|before| before.known.len() == 1) && had(ECR) == Some(true);
            let basic_stays = world.registries.iter().any(|registry| {
                registry.enhanced() == Some(false) && registry.region.matches(&deletion.region) >= Match::Likely
            });
            let nothing = deletion.before.as_ref().is_some_and(|before| before.known.is_empty());
            if nothing || (only_ecr && basic_stays) {
                return;
            }
            seen.observations.push(does(deletion, Severity::High, Destroyed::Enabler));
        }
        _ => {
            if had("BASIC") == Some(true) {
                return;
            }
            seen.observations.push(does(deletion, Severity::High, Destroyed::Registry));
        }
    }
}

fn does(deletion: &Deletion, severity: Severity, resource: Destroyed) -> Observation {
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
    let advice = if tainted { Advice::Untaint } else { Advice::ForgetInsteadOfDestroy };
    let address = deletion.source.address.clone();
    let way = match deletion.source.line {
        _ if tainted => Edit::Untaint { address },
        // In a configuration, what says so is a `removed` block already.
        Some(_) => Edit::ForgetInRemoved { address },
        None => ways::forget(&address),
    };
    Observation {
        severity,
        region: deletion.region.name().map(str::to_owned),
        evidence,
        ways: vec![vec![way]],
        ..Observation::of(&deletion.source, own, What::TerraformDestroy { resource, tainted }, advice)
    }
}

const EXPLAIN: &str = r#"# What it finds

A plan, or a `removed` block, that destroys an `aws_ecr_registry_scanning_configuration` or an `aws_inspector2_enabler`.
Destroying the first writes BASIC without rules; destroying the second disables every type of its accounts. With medium
severity: destroying `aws_inspector2_configuration`, which sets the re-scan durations back to their longest.

Not reported: destroying a registry that was BASIC, and an enabler of ECR alone where the registry stays BASIC, which is
the way out of the loop.

# Why it costs

Images and instances are no longer scanned, whoever relied on it. Where no type is left on, findings, filters and
suppression rules are deleted.

# How the figure is made

There is none: the damage is the missing scan.

# What it cannot see

* `terraform destroy` that nobody has planned yet, and stacks of CloudFormation, whose deletion does the same.
* What was in a module that a `removed` block names: the rule is inconclusive, and only the plan tells.
* A block that was simply deleted from the configuration: only the plan shows that.

# Fix

A `removed` block with `lifecycle { destroy = false }`, or `terraform state rm`. `prevent_destroy` goes with the block, and
protects nothing once it is deleted.

# References

* terraform-provider-aws: `internal/service/ecr/registry_scanning_configuration.go`,
  `internal/service/inspector2/enabler.go`, delete (2026)
* Amazon Inspector user guide: "Deactivating Amazon Inspector" (2026-10)
"#;
