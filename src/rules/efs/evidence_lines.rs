//! The evidence of a finding about a file system, line by line.

use std::collections::{BTreeMap, BTreeSet};

use super::conditions::Profile;
use super::evidence::{Combined, Kind, Polarity, SourceState, source_states};
use super::exposure::{Exposed, Exposure};
use super::facts::Facts;
use super::listing::Listing;
use super::recall_state;
use crate::model::{Section, Target};
use crate::rules::finding::efs::{Admission, Evidence, ScanBasis};
use crate::rules::{MountItem, MountState, finding};

/// The most admissions that the evidence of one finding names, and the most instances whose admissions are looked up.
const MAX_ADMISSIONS: usize = 5;

/// Everything that was seen and bears on a finding, the mounts first.
pub(crate) fn of(
    facts: &Facts<'_>,
    exposed: &Exposed<'_>,
    groups: &[usize],
    listing: &Listing<'_, '_>,
    known: &[Combined],
) -> Vec<finding::Evidence> {
    let (target, exposure) = (facts.target, facts.exposure());
    let mut list = mounts(exposure, exposed, listing, known);
    // The rules that admit the instances listed first stand for those of all of them.
    let sample = listing.instances.iter().take(MAX_ADMISSIONS);
    let admissions: BTreeSet<Admission> =
        sample.flat_map(|listed| exposure.reach.admissions(listed.instance, exposed.number)).collect();
    let more = admissions.len().saturating_sub(MAX_ADMISSIONS);
    list.extend(admissions.into_iter().take(MAX_ADMISSIONS).map(Evidence::Admission));
    if more > 0 {
        list.push(Evidence::MoreAdmissions(more));
    }
    let foreign = exposure.reach.foreign[exposed.number].iter();
    list.extend(foreign.map(|account| Evidence::ForeignClient { account: account.clone() }));
    list.extend(exposed.not_exposed.iter().map(|(why, count)| Evidence::NotExposed { why: *why, instances: *count }));
    if let Section::Complete(setting) = &target.ssm.default_host_management
        && let Some(role) = &setting.role
    {
        list.push(Evidence::DefaultHostManagement { role: role.clone() });
    }
    list.extend(recall_state::evidence(facts, exposed));
    let mut list: Vec<finding::Evidence> = list.into_iter().map(finding::Evidence::Efs).collect();
    list.extend(
        scan_evidence(target, exposure, exposed, groups).into_iter().chain(sources(target)).map(finding::Evidence::Efs),
    );
    list
}

/// How often the scan runs, since when, and over which paths.
fn scan_evidence(target: &Target, exposure: &Exposure<'_>, exposed: &Exposed<'_>, groups: &[usize]) -> Vec<Evidence> {
    let mut list = Vec::new();
    let basis = exposure.scans(exposed, groups).basis;
    if basis != ScanBasis::default() {
        list.push(Evidence::Schedule(basis));
    }
    if let Section::Complete(Some(association)) = &target.ssm.inspector_association
        && let Some(last) = association.last_execution
    {
        list.push(Evidence::LastRun(last));
    }
    if let Section::Complete(configuration) = &target.inspector.configuration
        && let Some(since) =
            configuration.vm_scanner_activated_at.filter(|_| configuration.vm_scanner_activated == Some(true))
    {
        list.push(Evidence::VmScannerSince(since));
    }
    let tallies = exposure.tally(exposed, groups);
    let count = |holds: fn(&Profile) -> bool| {
        Some(tallies.iter().filter(|tally| holds(tally.profile)).map(|tally| tally.members).sum()).filter(|n| *n > 0)
    };
    list.extend(count(Profile::is_scanned_despite_tag).map(|instances| Evidence::ScannedDespiteTag { instances }));
    list.extend(count(|profile| profile.not_walked).map(|instances| Evidence::NotWalked { instances }));
    if let Section::Complete(deep) = &target.inspector.deep_inspection {
        let custom: Vec<String> = deep.package_paths.iter().chain(&deep.org_package_paths).cloned().collect();
        if !custom.is_empty() {
            list.push(Evidence::ScanPaths(custom));
        }
    }
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
    let seen_inside = exposure.evidence.scanner_seen(exposed.number);
    let mut list: Vec<Evidence> = seen_inside.cloned().map(Evidence::ScannerSeenInside).collect();
    let with_evidence = listing.instances.iter().zip(known).filter(|(_, known)| {
        known.conflict || known.items.iter().any(|item| item.kind().proves() <= MountState::Likely)
    });
    for (listed, known) in with_evidence.take(MAX_MOUNTS) {
        let side = |wanted: Polarity| -> Vec<MountItem> {
            // That somebody is connected is said once, for the file system.
            let items = known.items.iter().filter(|item| item.kind() != Kind::ClientsConnected);
            items.filter(|item| item.polarity() == wanted).cloned().collect()
        };
        let (instance, pro) = (listed.instance.id.clone(), side(Polarity::Positive));
        list.push(if known.conflict {
            Evidence::Conflict { instance, pro, contra: side(Polarity::Negative) }
        } else {
            Evidence::Mount { instance, items: pro }
        });
        if known.model_gap {
            list.push(Evidence::ModelGap { instance: listed.instance.id.clone() });
        }
    }
    let mut packages: BTreeMap<&str, u64> = BTreeMap::new();
    for package in listing.instances.iter().filter_map(|listed| exposure.evidence.nfs_client(listed.index)) {
        *packages.entry(package).or_default() += 1;
    }
    let listed = listing.instances.len();
    list.extend(packages.into_iter().map(|(package, installed)| Evidence::NfsClient {
        package: package.to_owned(),
        installed,
        listed,
    }));
    list.extend(exposure.evidence.connected(exposed.number).cloned().map(Evidence::Connections));
    list
}

/// What each source of evidence had to say.
fn sources(target: &Target) -> Option<Evidence> {
    let mut asked = source_states(target);
    asked.retain(|(_, state)| *state != SourceState::NotApplicable);
    (!asked.is_empty()).then_some(Evidence::Sources(asked))
}
