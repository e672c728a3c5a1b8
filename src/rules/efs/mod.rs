//! R1: EFS file systems that Inspector's agent-based scan can make expensive.
//!
//! [`Exposure`] is worked out once per target; each rule is a file that turns one picture of it into findings.

mod cold_data_moved;
mod cold_read_charges;
mod companions;
mod conditions;
mod egress;
mod elastic_reads;
pub mod evidence;
mod evidence_lines;
mod evidence_scope;
mod exclusion;
mod exclusion_metadata_only;
mod exclusion_tag_ineffective;
mod exposure;
mod exposure_dormant;
mod facts;
mod figures;
mod finding_builder;
mod history;
mod ingress;
mod listing;
mod measure;
mod metadata_tags_blocked;
mod prefix_lists;
mod reach;
mod recall_observed;
mod recall_state;
mod remedy;
mod s3_mount_scanned;
mod scan_activity;
mod scan_seen;
mod schedule;
mod storage;
mod tier_recall;
mod tiering_pinned;
mod timeline;
mod vpc_links;
pub(crate) mod ways;

pub use evidence_scope::evidence_scope;
pub(crate) use exclusion::{blocking_keys, is_owned_by_others};
pub use exposure::Exposure;
pub use facts::Facts;
pub(crate) use measure::course;
pub use schedule::ScheduleError;

use std::collections::{BTreeSet, HashMap};

use crate::model::SectionName;
use crate::rules::finding::{Blocker, ConditionState, Confidence, Finding, Outcome, Rule};
use conditions::Tri;
use exposure::{Assessment, Exposed, Picture};

/// How a rule judges.
type Check = fn(&Facts<'_>) -> Outcome;

/// The rules of R1.
pub static RULES: &[(&Rule, Check)] = &[
    (&cold_data_moved::RULE, cold_data_moved::check),
    (&cold_read_charges::RULE, cold_read_charges::check),
    (&elastic_reads::RULE, elastic_reads::check),
    (&exclusion_metadata_only::RULE, exclusion_metadata_only::check),
    (&exclusion_tag_ineffective::RULE, exclusion_tag_ineffective::check),
    (&exposure_dormant::RULE, exposure_dormant::check),
    (&metadata_tags_blocked::RULE, metadata_tags_blocked::check),
    (&recall_observed::RULE, recall_observed::check),
    (&s3_mount_scanned::RULE, s3_mount_scanned::check),
    (&tier_recall::RULE, tier_recall::check),
    (&tiering_pinned::RULE, tiering_pinned::check),
];

/// What a rule of this family concludes.
pub(crate) fn judge(rule: &Rule, facts: &Facts<'_>) -> Option<Outcome> {
    let mut outcome = RULES.iter().find(|(one, _)| one.id == rule.id).map(|(_, check)| check(facts))?;
    // What is at stake on a file system is one step less bad while nothing shows that the scan touches it.
    let unproven =
        |finding: &&mut Finding| finding.resource.kind == FILE_SYSTEM && finding.confidence == Confidence::Low;
    for finding in outcome.findings.iter_mut().filter(unproven) {
        finding.severity = finding.severity.unproven();
    }
    Some(outcome)
}

/// The type of the resource that R1 is about.
const FILE_SYSTEM: &str = "AWS::EFS::FileSystem";

/// A map with a fast hasher, seeded anew in each process. Nothing ever depends on its order.
pub(crate) type FastMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// Whether State Manager takes the expression as an association's schedule.
///
/// # Errors
/// When it does not, with what to type.
pub fn check_schedule(expression: &str, now: chrono::DateTime<chrono::Utc>) -> Result<(), ScheduleError> {
    schedule::check(expression, now)
}

/// The sections that the rules read which also go by the meter.
pub(crate) const NEEDS_WITH_METRICS: &[SectionName] = &[
    SectionName::CloudWatchEfsMetrics,
    SectionName::Ec2Instances,
    SectionName::Ec2PrefixLists,
    SectionName::Ec2SecurityGroups,
    SectionName::Ec2TransitGatewayAttachments,
    SectionName::Ec2VpcPeering,
    SectionName::EfsFileSystems,
    SectionName::EfsLifecycle,
    SectionName::EfsMountTargets,
    SectionName::InspectorAccountStatus,
    SectionName::InspectorConfiguration,
    SectionName::InspectorDeepInspection,
    SectionName::InspectorEc2Coverage,
    SectionName::SsmDefaultHostManagement,
    SectionName::SsmInspectorAssociation,
    SectionName::SsmManagedNodes,
];

/// The sections that every rule of R1 reads: all of these but the meter, the first.
pub(crate) const NEEDS: &[SectionName] = match NEEDS_WITH_METRICS {
    [SectionName::CloudWatchEfsMetrics, rest @ ..] => rest,
    all => all,
};

/// An outcome with what is the same for all rules of R1: whether there is a file system at all, and what keeps the
/// rule open. `storage` says what of a file system's storage the rule depends on.
pub(crate) fn outcome(facts: &Facts<'_>, storage: impl Fn(&Exposed<'_>) -> Tri) -> Outcome {
    let exposure = facts.exposure();
    let mut undecided: BTreeSet<Blocker> = exposure.unseen_file_systems.iter().cloned().collect();
    for exposed in &exposure.file_systems {
        let depends = storage(exposed);
        if depends.is_not_met() {
            continue;
        }
        if exposed.groups.is_empty() {
            if !exposed.undecided.is_empty() {
                undecided.extend(exposed.undecided.iter().cloned());
                undecided.extend(depends.blame);
            }
        } else {
            undecided.extend(depends.blame);
        }
    }
    let file_systems = conditions::seen(&facts.target.efs.file_systems);
    let applicable = file_systems.is_none_or(|file_systems| !file_systems.is_empty());
    Outcome { findings: Vec::new(), undecided: undecided.into_iter().collect(), applicable }
}

/// Both conditions together: one that does not hold decides.
pub(crate) fn both(a: &Tri, b: &Tri) -> Tri {
    match (a.state, b.state) {
        (ConditionState::NotMet, _) | (_, ConditionState::NotMet) => Tri::not_met(),
        (ConditionState::Met, ConditionState::Met) => Tri::met(),
        _ => Tri::unknown(a.blame.iter().chain(&b.blame).cloned()),
    }
}

/// Either of two: one that holds decides.
pub(crate) fn either(a: &Tri, b: &Tri) -> Tri {
    match (a.state, b.state) {
        (ConditionState::Met, _) | (_, ConditionState::Met) => Tri::met(),
        (ConditionState::NotMet, ConditionState::NotMet) => Tri::not_met(),
        _ => Tri::unknown(a.blame.iter().chain(&b.blame).cloned()),
    }
}

/// The opposite.
pub(crate) fn not(judged: &Tri) -> Tri {
    match judged.state {
        ConditionState::Met => Tri::not_met(),
        ConditionState::NotMet => Tri::met(),
        ConditionState::Unknown => judged.clone(),
    }
}

/// The file systems that show `picture`, with their figures.
pub(crate) fn showing<'f, 'a>(
    facts: &'f Facts<'a>,
    picture: Picture,
) -> impl Iterator<Item = (&'f Exposed<'a>, &'f Assessment)> {
    facts.exposure().file_systems.iter().filter_map(move |exposed| {
        exposed.assessment.as_ref().filter(|assessment| assessment.picture == picture).map(|it| (exposed, it))
    })
}

/// What of a file system's storage decides whether it shows any picture at all.
pub(crate) fn any_picture(exposed: &Exposed<'_>) -> Tri {
    either(&exposed.storage.cold, &exposed.storage.pinned)
}
