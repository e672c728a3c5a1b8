//! What a plan switches off without destroying anything: ENHANCED becomes BASIC, an enabler lists less or fewer.

use crate::rules::{Confidence, Evidence, Severity};

use super::observe::{Class, Doubt, Observation};
use super::predicate::ECR;
use super::resources::{REGISTRY, REGISTRY_CC};
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
    observation(
        change,
        "The plan turns ENHANCED into BASIC, which switches Inspector's ECR scanning off".to_owned(),
        format!(
            "{} goes from ENHANCED to BASIC: AWS then switches Inspector's ECR type off for the whole account and region, \
             and Inspector itself if that was its only type; findings, filters and suppression rules go with it.",
            change.source.describe()
        ),
        "Keep ENHANCED with the rules that are meant, unless switching Inspector's ECR scanning off is what you want.",
        vec!["# scan_type = \"ENHANCED\"".to_owned()],
    )
}

fn narrowed(change: &Change, lost: &[&str]) -> Observation {
    let what = change.source.describe();
    let mut sentences = Vec::new();
    if !lost.is_empty() {
        sentences
            .push(format!("{what} no longer lists {}: Inspector stops scanning it in its accounts.", lost.join(", ")));
    }
    if lost.contains(&ECR) {
        sentences.push("Without ECR the registry falls back to BASIC.".to_owned());
    }
    if !change.lost_accounts.is_empty() {
        let accounts: Vec<&str> = change.lost_accounts.iter().take(3).map(String::as_str).collect();
        let more = change.lost_accounts.len() - accounts.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        sentences.push(format!("{what} no longer names {}{more}: everything is disabled there.", accounts.join(", ")));
    }
    let title = match lost {
        [] => "The plan takes accounts out of the enabler, which switches Inspector off there".to_owned(),
        lost => format!("The plan narrows the enabler, which switches {} off", lost.join(", ")),
    };
    let types: Vec<String> = change.before.known.iter().map(|name| format!("{name:?}")).collect();
    let ways = vec![format!("# resource_types = [{}]", types.join(", "))];
    observation(change, title, sentences.join(" "), "List every type and account that has to stay on.", ways)
}

fn observation(change: &Change, title: String, message: String, fix: &str, ways: Vec<String>) -> Observation {
    let detail = format!("before: {}, after: {}", change.before.describe(), change.after.describe());
    Observation {
        class: Class::SwitchedOff,
        subject: change.source.clone(),
        others: Vec::new(),
        confidence: Confidence::High,
        severity: Severity::High,
        account: change.account.clone(),
        region: change.region.name().map(str::to_owned),
        title,
        message,
        evidence: vec![Evidence::new("planned_update", detail)],
        fix: fix.to_owned(),
        ways,
    }
}
