//! Inspector's ECR type and the registry's scan type: what is switched, and what AWS then does by itself.

use std::collections::BTreeSet;

use crate::model::{
    EcrImageCounts, Gap, GapReason, RegistryScanning, RepositoryScanning, ScanningFilter, ScanningRule, Section, Target,
};
use crate::rules::ecr::coupling::predict;
use crate::rules::ecr::{effective_frequency, known_state};
use crate::rules::finding::coupling::{Event, Prediction, ResourceType, Rules, Setting, State};

use super::changes::{Changes, ScanType, Switch};
use super::inspector::set_type;

/// The state before, and what happens to it; `None` where nothing about ECR changes or the region has no ECR.
fn events(changes: &Changes, target: &Target) -> Option<(State, Vec<Event>)> {
    if target.ecr.registry_scanning.is_absent() {
        return None;
    }
    let start = known_state(target);
    let mut events: Vec<Event> = Vec::new();
    // Both types switched in one call are one event; EC2 alone says nothing of ECR.
    let ec2 =
        changes.inspector_ec2.filter(|switch| (*switch == Switch::On) != start.types.contains(&ResourceType::Ec2));
    let concerns_ecr = changes.inspector_ecr.is_some() || changes.ecr_scan_type.is_some();
    for switch in [Switch::On, Switch::Off].into_iter().filter(|_| concerns_ecr) {
        let switched = [(ec2, ResourceType::Ec2), (changes.inspector_ecr, ResourceType::Ecr)].into_iter();
        let types: BTreeSet<_> = switched.filter(|(to, _)| *to == Some(switch)).map(|(_, kind)| kind).collect();
        if !types.is_empty() {
            events.push(if switch == Switch::On { Event::Enable(types) } else { Event::Disable(types) });
        }
    }
    // Rules that somebody wrote stay with a change of the scan type.
    events.extend(changes.ecr_scan_type.map(|scan_type| match scan_type {
        ScanType::Basic => Event::PutBasic(start.rules),
        ScanType::Enhanced => Event::PutEnhanced(start.rules),
    }));
    if events.is_empty() {
        return None;
    }
    events.push(Event::Settle);
    Some((start, events))
}

pub(super) fn prediction(changes: &Changes, target: &Target) -> Option<Prediction> {
    events(changes, target).map(|(start, events)| predict(&start, &events))
}

/// Brings the target into the state that the events lead to.
pub(super) fn apply(changes: &Changes, target: &mut Target) {
    let Some((start, events)) = events(changes, target) else { return };
    let end = events.iter().fold(start.clone(), |state, event| state.apply(event).0);
    if end.scans_ecr() != start.scans_ecr() || target.inspector.account_status.complete().is_none() {
        set_type(target, "ecr", if end.scans_ecr() { Switch::On } else { Switch::Off });
        forget_counts(target, end.scans_ecr(), changes.ecr_images);
    }
    if end.setting != start.setting || end.rules != start.rules || !target.ecr.registry_scanning.is_complete() {
        write_registry(target, &end);
    }
}

/// Inspector counts images and re-scans only where it scans them: what it counted before says nothing of a world in
/// which that has changed.
fn forget_counts(target: &mut Target, on: bool, given: Option<u64>) {
    if let Section::Complete(usage) = &mut target.inspector.usage_totals {
        usage.by_type.retain(|kind, _| !kind.starts_with("ECR_"));
    }
    let empty = target.ecr.repositories.complete().is_some_and(Vec::is_empty);
    target.inspector.ecr_images = if let (true, false, Some(images)) = (on, empty, given) {
        Section::Complete(EcrImageCounts::given(images))
    } else if on {
        Section::Absent(Gap {
            reason: GapReason::NotEnabled,
            operation: "inspector2:ListCoverageStatistics".to_owned(),
            message: "Inspector counts images once it scans them".to_owned(),
            request_id: None,
        })
    } else {
        Section::Complete(EcrImageCounts::default())
    };
}

fn write_registry(target: &mut Target, state: &State) {
    let basic = state.setting == Setting::Basic;
    let mut written =
        target.ecr.registry_scanning.complete().map(|registry| registry.rules.clone()).unwrap_or_default();
    // ECR refuses continuous scanning under BASIC, so whoever sets BASIC has to leave such rules out.
    written.retain(|rule| !(basic && rule.scan_frequency == "CONTINUOUS_SCAN"));
    let everything = ScanningFilter { filter: "*".to_owned(), filter_type: "WILDCARD".to_owned() };
    let registry = RegistryScanning {
        scan_type: if basic { "BASIC" } else { "ENHANCED" }.to_owned(),
        rules: match state.rules {
            Rules::Absent => Vec::new(),
            Rules::ContinuousAll => {
                vec![ScanningRule { scan_frequency: "CONTINUOUS_SCAN".to_owned(), filters: vec![everything] }]
            }
            Rules::Written => written,
        },
    };
    if let Section::Complete(repositories) = &target.ecr.repositories {
        let rows = repositories.iter().map(|repository| {
            let frequency = effective_frequency(&registry, &repository.name, repository.scan_on_push);
            RepositoryScanning {
                name: repository.name.clone(),
                scan_on_push: frequency.is_some_and(|frequency| frequency != "MANUAL"),
                // A filter of a kind that nobody knows yet decides nothing, and the rules say so.
                scan_frequency: Some(frequency.unwrap_or("UNKNOWN").to_owned()),
                applied_filters: Vec::new(),
            }
        });
        target.ecr.repository_scanning = Section::Complete(rows.collect());
        target.ecr.repository_scanning_gaps.clear();
    }
    target.ecr.registry_scanning = Section::Complete(registry);
}
