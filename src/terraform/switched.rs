//! What a plan switches off without destroying anything: ENHANCED becomes BASIC, an enabler lists less or fewer.

use crate::rules::finding::terraform::{Advice, Edit, Evidence, What};
use crate::rules::finding::{Confidence, Severity};

use super::observe::{Class, Doubt, Observation, side};
use super::resources::{REGISTRY, REGISTRY_CC};
use super::ways::local_address;
use super::world::Change;

/// What one update switches off, or why it cannot be told.
pub(crate) fn effect(change: &Change) -> (Option<Observation>, Option<Doubt>) {
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

fn doubt(change: &Change, attribute: &str) -> Doubt {
    let what = change.source.describe();
    let message =
        format!("{what}: whether the update switches scanning off is not known: {attribute} is known after apply");
    Doubt { class: Class::SwitchedOff, subject: change.source.clone(), message }
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
    Observation {
        class: Class::SwitchedOff,
        subject: change.source.clone(),
        others: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::High,
        account: change.account.clone(),
        region: change.region.name().map(str::to_owned),
        what,
        sides: vec![side(&change.source, attribute, format!("{before} -> {after}"))],
        more_sides: 0,
        evidence: vec![Evidence::Update { before, after }],
        advice,
        ways: vec![vec![edit]],
    }
}
