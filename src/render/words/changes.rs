//! What a changed world changes, and what it takes for granted.

use crate::what_if::{Changes, Excluded, ScanType, Switch, Unblocked};

/// The most tag keys that a warning names.
const KEYS: usize = 5;

/// What is changed, a phrase each.
pub fn changes(changes: &Changes) -> Vec<String> {
    let mut phrases = Vec::new();
    let mut switch = |what: &str, switch: Option<Switch>| {
        phrases.extend(switch.map(|switch| format!("{what} {}", if switch == Switch::On { "on" } else { "off" })));
    };
    switch("Inspector's EC2 scanning", changes.inspector_ec2);
    switch("Inspector's ECR scanning", changes.inspector_ecr);
    switch("deep inspection", changes.deep_inspection);
    switch("files return to Standard when they are read:", changes.transition_to_standard);
    phrases.extend(changes.ecr_scan_type.map(|scan_type| match scan_type {
        ScanType::Basic => "the registry's scan type BASIC".to_owned(),
        ScanType::Enhanced => "the registry's scan type ENHANCED".to_owned(),
    }));
    let images = |images| format!("{images} images in each registry that Inspector then scans");
    phrases.extend(changes.ecr_images.map(images));
    phrases.extend(changes.scan_schedule.as_ref().map(|schedule| format!("the scan's schedule {schedule}")));
    phrases.extend(changes.exclude.iter().map(|excluded| match excluded {
        Excluded::Instance(id) => format!("{id} excluded"),
        Excluded::Tag { key, value } => format!("every instance with the tag {key}={value} excluded"),
    }));
    phrases
}

/// What exclusions take for granted although it does not hold today, a sentence each, sorted.
pub fn unblocked(all: &[Unblocked]) -> Vec<String> {
    let mut sentences: Vec<String> = all.iter().map(assumes).collect();
    sentences.sort();
    sentences
}

fn assumes(of: &Unblocked) -> String {
    let mut parts = Vec::new();
    if !of.own.is_empty() {
        parts.push(format!(
            "assumes that its tag keys {} are renamed or removed first: with them metadata tags cannot be enabled",
            named(&of.own)
        ));
    }
    if !of.others.is_empty() {
        parts.push(format!(
            "assumes that its tag keys {} are gone first, which Kubernetes or AWS needs: with them the exclusion is not \
             possible",
            named(&of.others)
        ));
    }
    format!("{} ({} {}) {}.", of.instance, of.account, of.region, parts.join("; and "))
}

fn named(keys: &[String]) -> String {
    let mut names: Vec<String> = keys.iter().take(KEYS).map(|key| format!("{key:?}")).collect();
    if keys.len() > KEYS {
        names.push(format!("{} more", keys.len() - KEYS));
    }
    names.join(", ")
}
