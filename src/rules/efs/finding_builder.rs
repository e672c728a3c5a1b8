//! Builds findings about a file system from what they share.

use super::conditions::Profile;
use super::evidence::{Combined, Polarity, scan_scope};
use super::evidence_lines;
use super::exposure::{Exposed, Exposure};
use super::facts::Facts;
use super::history::History;
use super::listing::Listed;
use super::recall_state::recall_state;
use crate::model::Target;
use crate::price::MissingPrice;
use crate::rules::finding::efs::{Reason, ScanReads};
use crate::rules::{
    Condition, ConditionEvidence, ConditionState, Confidence, Cost, Finding, InstanceCounts, InstanceRef, MountState,
    NoFigure, Remedy, Resource, ScanScope, Severity, finding,
};

/// The type of the resource that R1 is about.
pub(crate) const FILE_SYSTEM: &str = "AWS::EFS::FileSystem";

/// What is special about one finding.
pub(crate) struct Draft<'d> {
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    pub(crate) reason: Reason,
    pub(crate) cost: &'d Result<Cost, MissingPrice>,
    /// The groups of instances it is about.
    pub(crate) groups: &'d [usize],
    /// What to do; empty where the ways out are weighed later.
    pub(crate) remedy: Remedy,
}

/// What settles whether the scan reads a file system.
pub(crate) fn scan_reads(facts: &Facts<'_>, exposed: &Exposed<'_>) -> ScanReads {
    let exposure = facts.exposure();
    let scan = &facts.metered(exposed).scan;
    let metered = scan.reads.unwrap_or(ScanReads::NotMeasured);
    if exposure.evidence.is_scanner_seen(exposed.number) {
        ScanReads::SeenInside
    } else if matches!(metered, ScanReads::ReadsAligned { .. }) {
        metered
    } else if let Some(on_paper) = scan.on_paper {
        on_paper
    } else if matches!(metered, ScanReads::WalksOnly { .. } | ScanReads::NotSeen { .. }) {
        metered
    } else if recall_state(facts, exposed).confidence(facts, exposed) == Confidence::High {
        ScanReads::MovedInStep
    } else {
        metered
    }
}

/// How sure it is that the scan touches a file system which so many instances are exposed to.
pub(crate) fn confidence(reads: ScanReads, counts: InstanceCounts) -> Confidence {
    match reads {
        ScanReads::NotMeasured | ScanReads::Unknown(_) if counts.confirmed + counts.likely > 0 => Confidence::Medium,
        // Looked for and not seen is no more than possible, whoever mounts it.
        ScanReads::NotMeasured
        | ScanReads::Unknown(_)
        | ScanReads::WalksOnly { .. }
        | ScanReads::NotSeen { .. }
        | ScanReads::MovedNothing { .. }
        | ScanReads::OpenedNothing { .. } => Confidence::Low,
        ScanReads::SeenInside | ScanReads::MovedInStep | ScanReads::ReadsAligned { .. } => Confidence::High,
    }
}

/// A finding on a file system.
pub(crate) fn finding(facts: &Facts<'_>, exposed: &Exposed<'_>, reads: ScanReads, draft: Draft<'_>) -> Finding {
    let exposure = facts.exposure();
    let target = facts.target;
    let listing = exposure.list(exposed, draft.groups);
    let known: Vec<Combined> = listing.instances.iter().map(|it| exposure.evidence_of(exposed, it)).collect();
    let instances: Vec<InstanceRef> =
        listing.instances.iter().zip(&known).map(|(listed, known)| instance(target, listed, known)).collect();
    let confidence = confidence(reads, exposure.proving(exposed, draft.groups));
    // The figure of advice is in no total.
    let missing = draft.cost.as_ref().err().filter(|_| draft.severity != Severity::Info);
    let (resource, id) = (resource(target, exposed), &exposed.file_system.id);
    let reason = finding::Reason::Efs(draft.reason);
    Finding {
        severity: draft.severity,
        confidence,
        conditions: conditions(exposure, exposed, draft.groups, instances.first()),
        instances,
        instance_counts: listing.counts,
        cost: draft.cost.as_ref().ok().cloned(),
        no_figure: missing.cloned().map(NoFigure::MissingPrice),
        evidence: evidence_lines::of(facts, exposed, draft.groups, &listing, &known),
        remedy: draft.remedy,
        history: facts.metered(exposed).history.as_ref().map(History::for_report),
        ..Finding::new(draft.rule, &target.account, &target.region, resource, id, reason)
    }
}

fn resource(target: &Target, exposed: &Exposed<'_>) -> Resource {
    let file_system = exposed.file_system;
    let arn = file_system.arn.clone().unwrap_or_else(|| {
        format!(
            "arn:{}:elasticfilesystem:{}:{}:file-system/{}",
            target.partition(),
            target.region,
            target.account,
            file_system.id
        )
    });
    Resource {
        kind: FILE_SYSTEM.to_owned(),
        id: file_system.id.clone(),
        arn: Some(arn),
        name: file_system.name.clone().filter(|name| !name.is_empty()),
    }
}

/// All six conditions, summed up over the instances of `groups`.
fn conditions(
    exposure: &Exposure<'_>,
    exposed: &Exposed<'_>,
    groups: &[usize],
    strongest: Option<&InstanceRef>,
) -> Vec<Condition> {
    let tallies = exposure.tally(exposed, groups);
    let count = |holds: fn(&Profile) -> bool| -> u64 {
        tallies.iter().filter(|tally| holds(tally.profile)).map(|tally| tally.members).sum()
    };
    let all = count(|_| true);
    let state = |condition: fn(&Profile) -> ConditionState| {
        tallies.iter().map(|tally| condition(tally.profile)).max().unwrap_or(ConditionState::Unknown)
    };
    let vm_scanner = count(|profile| profile.vm_scanner);
    let online = count(|profile| !profile.vm_scanner && profile.managed.is_met());
    let storage = &exposed.storage;
    let strongest = strongest.and_then(|it| Some((it.id.clone(), it.evidence.clone()?)));
    let parts: [(&str, ConditionState, ConditionEvidence); 6] = [
        (
            "ssm_agent_installed",
            state(|profile| profile.agent.state),
            ConditionEvidence::Agents { with_agent: count(|profile| profile.agent.is_met()), of: all },
        ),
        (
            "ssm_managed",
            state(|profile| profile.managed.state),
            ConditionEvidence::Managed { online, of: all, vm_scanner },
        ),
        (
            "inspector_enabled",
            exposure.agents.inspector.state,
            ConditionEvidence::Inspector(exposure.agents.account_seen.clone()),
        ),
        (
            "ec2_scanning_enabled",
            state(|profile| profile.scanned.state),
            ConditionEvidence::Scanning {
                ec2: exposure.agents.ec2_seen.clone(),
                deep_inspection: exposure.agents.deep_inspection_seen.clone(),
            },
        ),
        (
            "efs_mounted",
            ConditionState::Met,
            ConditionEvidence::Mounted { counts: exposure.counts(exposed, groups), strongest },
        ),
        (
            "cold_data",
            storage.cold.state,
            ConditionEvidence::ColdData {
                ia: storage.ia,
                archive: storage.archive,
                policy: storage.lifecycle.cloned(),
            },
        ),
    ];
    parts
        .into_iter()
        .zip(1..)
        .map(|((name, state, evidence), number)| Condition { number, name, state, evidence })
        .collect()
}

/// One listed instance with the strongest evidence of its mount.
fn instance(target: &Target, listed: &Listed<'_, '_>, known: &Combined) -> InstanceRef {
    let strongest = known.items.iter().find(|item| item.polarity() == Polarity::Positive);
    let strongest = strongest.filter(|_| matches!(listed.mount, MountState::Confirmed | MountState::Likely));
    // Of several mount points the one nearest to the scan decides.
    let positive = known.items.iter().filter(|item| item.polarity() == Polarity::Positive);
    let nearest = positive
        .filter_map(|item| item.evidence.mount_point())
        .map(|point| (scan_scope(Some(point), &target.inspector.deep_inspection), point))
        .min_by_key(|(scope, _)| match scope {
            ScanScope::Inside => 0,
            ScanScope::Unknown => 1,
            ScanScope::Outside => 2,
        });
    InstanceRef {
        id: listed.instance.id.clone(),
        name: listed.instance.name().map(str::to_owned),
        mount: listed.mount,
        exclusion: listed.profile.exclusion,
        evidence: strongest.cloned(),
        scan_scope: nearest.map_or(ScanScope::Unknown, |(scope, _)| scope),
        mount_point: nearest.map(|(_, point)| point.to_owned()),
    }
}
