//! `terraform-scanning-switched-off`: a plan switches scanning off without destroying anything.

use crate::rules::Rule;
use crate::rules::finding::Severity;
use crate::rules::finding::terraform::{self, Advice, Edit, Evidence, What};
use crate::terraform::judge::{Case, Judgement};
use crate::terraform::observe::{Doubt, Observation, Seen, side};
use crate::terraform::resources::{REGISTRY, REGISTRY_CC};
use crate::terraform::ways::local_address;
use crate::terraform::world::Change;

pub(super) static RULE: Rule =
    Rule::of_terraform("terraform-scanning-switched-off", "The plan switches scanning off by an update", EXPLAIN);

/// What a plan's updates switch off. An update that switches off what a loop switches on again is a phase of that loop.
pub(super) fn check(case: &Case<'_>) -> Judgement {
    let mut judgement = case.definite(|world| {
        let (observations, doubts): (Vec<_>, Vec<_>) = world.changes.iter().map(effect).unzip();
        Seen {
            observations: observations.into_iter().flatten().collect(),
            doubts: doubts.into_iter().flatten().collect(),
        }
    });
    let coupled = case.coupled();
    judgement.judged.retain(|judged| !coupled.contains(&judged.observation.subject));
    Judgement { applicable: case.any(|world| world.plan && !world.is_empty()), ..judgement }
}

/// What one update switches off, or why it cannot be told.
fn effect(change: &Change) -> (Option<Observation>, Option<Doubt>) {
    let registry = [REGISTRY, REGISTRY_CC].iter().any(|kind| change.source.address.contains(kind));
    if registry {
        return match (change.before.contains("ENHANCED"), change.after.contains("BASIC")) {
            (Some(true), Some(true)) => (Some(to_basic(change)), None),
            (Some(true), None) => (None, Some(doubt(change, "scan_type"))),
            _ => (None, None),
        };
    }
    let lost: Vec<&str> = change
        .before
        .known
        .iter()
        .map(String::as_str)
        .filter(|member| change.after.contains(member) == Some(false))
        .collect();
    if lost.is_empty() && change.lost_accounts.is_empty() {
        let open = change.before.known.iter().any(|member| change.after.contains(member).is_none());
        return (None, open.then(|| doubt(change, "resource_types")));
    }
    (Some(narrowed(change, &lost)), None)
}

fn doubt(change: &Change, attribute: &'static str) -> Doubt {
    Doubt::of(&change.source, terraform::Doubt::Update { attribute })
}

fn to_basic(change: &Change) -> Observation {
    let edit = Edit::ScanTypeEnhanced { address: local_address(&change.source.address) };
    let values = [r#""ENHANCED""#, r#""BASIC""#].map(str::to_owned);
    observation(change, What::TerraformPlanToBasic, "scan_type", values, Advice::KeepEnhanced, edit)
}

fn narrowed(change: &Change, lost: &[&str]) -> Observation {
    let types = lost.iter().map(|name| (*name).to_owned()).collect();
    let what = What::TerraformPlanNarrowsEnabler { types, accounts: change.lost_accounts.clone() };
    let edit = Edit::Types { address: local_address(&change.source.address), types: change.before.known.clone() };
    let values = [change.before.written(), change.after.written()];
    observation(change, what, "resource_types", values, Advice::KeepTypesAndAccounts, edit)
}

fn observation(
    change: &Change,
    what: What,
    attribute: &str,
    [before, after]: [String; 2],
    advice: Advice,
    edit: Edit,
) -> Observation {
    let side = side(&change.source, attribute, format!("{before} -> {after}"));
    Observation {
        severity: Severity::High,
        account: change.account.clone(),
        region: change.region.name().map(str::to_owned),
        evidence: vec![Evidence::Update { before, after }],
        ways: vec![vec![edit]],
        ..Observation::of(&change.source, side, what, advice)
    }
}

const EXPLAIN: &str = r"# What it finds

A plan that updates a registry's scanning configuration from ENHANCED to BASIC, or an `aws_inspector2_enabler` so that it
lists fewer types or accounts than before. Nothing is destroyed, so the summary of the plan says `1 to change`; what AWS
does is the same as on deletion.

Not reported where the same resource is in a loop with another one: then the update is a phase of the loop.

# Why it costs

Images, instances or functions are no longer scanned, whoever relied on it. From BASIC on, Inspector's ECR type is switched
off for the whole account and region; where no type is left on, findings, filters and suppression rules are deleted.

# How the figure is made

There is none: the damage is the missing scan.

# What it cannot see

* Configurations without a plan: what is there before the apply is only in a plan.
* Whether somebody else's enabler keeps the type on; `terraform-enabler-conflict` tells if it is among the inputs.

# Fix

Keep ENHANCED, or the types and accounts that have to stay on. Where switching off is meant, apply it knowingly.

# References

* Amazon Inspector user guide: `Deactivating a scan type`, `Amazon ECR integration` (2026-10)
* terraform-provider-aws: `internal/service/inspector2/enabler.go`, update (2026)
";
