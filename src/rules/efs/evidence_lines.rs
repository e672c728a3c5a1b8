//! The evidence of a finding about a file system, line by line.

use std::collections::{BTreeMap, BTreeSet};

use super::begun;
use super::evidence::{Combined, Item, Kind, Polarity, SourceState, source_states};
use super::exposure::{Exposed, Exposure};
use super::listing::Listing;
use super::parts::plural;
use crate::model::{Section, Target};
use crate::rules::Evidence;

/// The most admissions that the evidence of one finding names, and the most instances whose admissions are looked up.
const MAX_ADMISSIONS: usize = 5;

/// Everything that was seen and bears on a finding, the mounts first.
pub(crate) fn of(
    target: &Target,
    exposure: &Exposure<'_>,
    exposed: &Exposed<'_>,
    groups: &[usize],
    listing: &Listing<'_, '_>,
    known: &[Combined],
) -> Vec<Evidence> {
    let mut list = mounts(exposure, exposed, listing, known);
    // The rules that admit the instances listed first stand for those of all of them.
    let sample = listing.instances.iter().take(MAX_ADMISSIONS);
    let admissions: BTreeSet<String> =
        sample.flat_map(|listed| exposure.reach.describe(listed.instance, exposed.number)).collect();
    let more = admissions.len().saturating_sub(MAX_ADMISSIONS);
    list.extend(admissions.into_iter().take(MAX_ADMISSIONS).map(|detail| Evidence::new("reachability", detail)));
    if more > 0 {
        list.push(Evidence::new("reachability", format!("and {more} more rules that admit instances")));
    }
    for account in &exposure.reach.foreign[exposed.number] {
        list.push(Evidence::new(
            "foreign_client",
            format!(
                "a mount target's group admits a group of account {account}: its instances are judged only in that \
                 account"
            ),
        ));
    }
    for (reason, count) in &exposed.not_exposed {
        list.push(Evidence::new("not_exposed", format!("{}: {}", plural(*count, "instance"), reason.describe())));
    }
    if let Section::Complete(setting) = &target.ssm.default_host_management
        && let Some(role) = &setting.role
    {
        list.push(Evidence::new(
            "default_host_management",
            format!(
                "default host management is on with the role {role}: new instances become managed nodes by themselves"
            ),
        ));
    }
    list.extend(begun::evidence(target, exposure, exposed));
    list.extend(scan_evidence(target, exposure, exposed, groups));
    list.extend(sources(target));
    list
}

/// How often the scan runs, since when, and over which paths.
fn scan_evidence(target: &Target, exposure: &Exposure<'_>, exposed: &Exposed<'_>, groups: &[usize]) -> Vec<Evidence> {
    let mut list = vec![Evidence::new("schedule", exposure.scans(exposed, groups).basis)];
    if let Section::Complete(Some(association)) = &target.ssm.inspector_association
        && let Some(last) = association.last_execution
    {
        list.push(Evidence::new("schedule", format!("the scan's association last ran at {}", last.to_rfc3339())));
    }
    if let Section::Complete(configuration) = &target.inspector.configuration
        && let Some(since) =
            configuration.vm_scanner_activated_at.filter(|_| configuration.vm_scanner_activated == Some(true))
    {
        list.push(Evidence::new("vm_scanner", format!("the VM Scanner has been active since {}", since.to_rfc3339())));
    }
    if let Section::Complete(deep) = &target.inspector.deep_inspection {
        let custom: Vec<&str> = deep.package_paths.iter().chain(&deep.org_package_paths).map(String::as_str).collect();
        if !custom.is_empty() {
            let paths = custom.join(", ");
            list.push(Evidence::new("scan_path", format!("custom paths of deep inspection: {paths}")));
        }
    }
    list.retain(|evidence| !matches!(evidence, Evidence::Told { detail, .. } if detail.is_empty()));
    list
}

/// The most instances whose evidence of a mount one finding spells out; the others carry theirs in the list.
const MAX_MOUNTS: usize = 10;

/// Who mounts it, by what evidence; both sides where they contradict each other.
fn mounts(
    exposure: &Exposure<'_>,
    exposed: &Exposed<'_>,
    listing: &Listing<'_, '_>,
    known: &[Combined],
) -> Vec<Evidence> {
    let mut list: Vec<Evidence> =
        exposure.book.scanner_seen(exposed.number).map(|seen| Evidence::new("scanner_seen_inside", seen)).collect();
    let with_evidence = listing.instances.iter().zip(known).filter(|(_, known)| {
        known.conflict || known.items.iter().any(|item| item.kind.proves() <= crate::rules::MountState::Likely)
    });
    for (listed, known) in with_evidence.take(MAX_MOUNTS) {
        let side = |wanted: Polarity| {
            // That somebody is connected is said once, for the file system.
            let items = known.items.iter().filter(|item| item.kind != Kind::ClientsConnected);
            let items = items.filter(|item| item.kind.polarity() == wanted);
            items.map(Item::describe).collect::<Vec<_>>().join("; ")
        };
        let (id, pro, contra) = (&listed.instance.id, side(Polarity::Positive), side(Polarity::Negative));
        if known.conflict {
            list.push(Evidence::new("conflict", format!("{id}: for a mount: {pro}; against it: {contra}")));
        } else if let Some(first) = known.items.first() {
            list.push(Evidence::new(first.kind.as_str(), format!("{id}: {pro}")));
        }
        if known.model_gap {
            list.push(Evidence::new(
                "model_gap",
                format!(
                    "{id}: no rule that was seen lets it in, and still it mounts the file system: what is known of the \
                     network is wrong or too little"
                ),
            ));
        }
    }
    let mut installed: BTreeMap<&str, u64> = BTreeMap::new();
    for package in listing.instances.iter().filter_map(|listed| exposure.book.nfs_client(listed.index)) {
        *installed.entry(package).or_default() += 1;
    }
    for (package, count) in installed {
        let of = listing.instances.len();
        list.push(Evidence::new(
            "nfs_client",
            format!("{package} is installed on {count} of the {of} instances listed, says SSM's inventory"),
        ));
    }
    if let Some(item) = exposure.book.connected(exposed.number) {
        list.push(Evidence::new(item.kind.as_str(), item.describe()));
    }
    list
}

/// What each source of evidence had to say.
fn sources(target: &Target) -> Option<Evidence> {
    let asked: Vec<String> = source_states(target)
        .into_iter()
        .filter(|(_, state)| *state != SourceState::NotApplicable)
        .map(|(section, state)| format!("{section} {}", state.as_str()))
        .collect();
    (!asked.is_empty()).then(|| Evidence::new("sources", asked.join(", ")))
}
