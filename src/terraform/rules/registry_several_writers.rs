//! `terraform-registry-several-writers`: several resources write the scanning configuration of one registry.

use crate::rules::Rule;
use crate::rules::finding::Severity;
use crate::rules::finding::terraform::{self, Advice, Agreement, Evidence, Sequence, What};
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::{Doubt, Observation, Seen, confidence, registry_evidence, registry_side};
use crate::terraform::place::{Match, both};
use crate::terraform::resources::Registry;
use crate::terraform::scene::{SHOWN, Scene};
use crate::terraform::ways::one_writer;

pub(super) static RULE: Rule = Rule::of_terraform(
    "terraform-registry-several-writers",
    "Several resources write the scanning configuration of one registry",
    EXPLAIN,
);

/// Several writers of one registry: it has one configuration per account and region, and each write replaces the last.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    case.together(observe)
}

/// Registries that are written more than once, each told at its first writer.
fn observe(scene: &Scene<'_>) -> Seen {
    let mut seen = Seen::default();
    let mut told: Vec<&Registry> = Vec::new();
    for (position, registry) in scene.registries.iter().enumerate() {
        if told.contains(registry) {
            continue;
        }
        let mut writers: Vec<&Registry> = vec![registry];
        let mut surest = if registry.copies > 1 { Match::Same } else { Match::Different };
        for other in scene.registries.iter().skip(position + 1) {
            match scene.one.read(place(registry, other)) {
                Match::Maybe if registry.provider == other.provider => {
                    let open = terraform::Doubt::WritersIfOneRegion { other: other.source.place() };
                    seen.doubts.push(Doubt::of(&registry.source, open));
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
            seen.observations.push(several(registry, &writers, surest));
        }
    }
    seen
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
    let what = What::TerraformRegistrySeveralWriters { writers: count, agreement };
    let own = Observation::of_registry(registry, what, Advice::WriteOnce);
    Observation {
        others: writers.iter().skip(1).map(|writer| writer.source.clone()).collect(),
        confidence: confidence(matched),
        severity: if apart { Severity::High } else { Severity::Medium },
        account: writers.iter().find_map(|writer| writer.account.id()).map(str::to_owned),
        region: writers.iter().find_map(|writer| writer.region.name()).map(str::to_owned),
        sides: writers.iter().take(SHOWN).map(|writer| registry_side(writer)).collect(),
        more_sides: writers.len().saturating_sub(SHOWN),
        evidence,
        ways: one_writer(writers),
        ..own
    }
}

const EXPLAIN: &str = r"# What it finds

Two or more `aws_ecr_registry_scanning_configuration` or `awscc_ecr_registry_scanning_configuration` for one account and
region: two resources, instances of `count` or `for_each`, a module that is called once per repository, or several roots.
A registry has one scanning configuration; each of them replaces it as a whole. High where they disagree in scan type or
rules, medium where they still say the same.

# Why it costs

Each apply overwrites what another one wrote, so the plan is never empty and only the filters of the last writer hold.
Where ENHANCED and BASIC alternate, Inspector's ECR type is switched off and on with them, and every switch back on scans
all eligible images again.

# How the figure is made

There is none: which of them wrote last is not in the configuration.

# What it cannot see

* Writers in roots that are not given. Roots whose accounts are not known are taken to be for different places, unless
  `--one-account` says otherwise.
* CloudFormation stacks and people that write the same registry.

# Fix

One resource per account and region, outside of what exists per repository, with a `dynamic` block of
`repository_filter` blocks over all repositories.

# References

* Amazon ECR API reference: `PutRegistryScanningConfiguration` (2026-10)
* terraform-provider-aws: `internal/service/ecr/registry_scanning_configuration.go` (2026)
";
