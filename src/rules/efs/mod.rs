//! R1: EFS file systems that Inspector's agent-based scan can make expensive.
//!
//! Reach and evidence say who may mount what (`exposure`), the meter what became of it (`meter`), figures what that costs
//! (`assessment`): each is worked out once per target, and `Facts` holds them. A rule is a file that turns them into
//! findings; `ways` weighs what can be done about those.

#![expect(
    clippy::indexing_slicing,
    reason = "groups, patterns and file systems are numbered here, by their place in the lists that are indexed"
)]

mod assessment;
mod cold_data_moved;
mod cold_read_charges;
mod companions;
mod conditions;
mod cost_pattern;
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
mod fast_map;
mod figures;
mod finding_builder;
mod groups;
mod history;
mod ingress;
mod listing;
mod measure;
mod metadata_tags_blocked;
mod meter;
mod needs;
mod outcome;
mod pattern;
mod prefix_lists;
mod reach;
mod recall_observed;
mod recall_state;
mod remedy;
mod s3_mount_scanned;
mod scan_activity;
mod scan_runs;
mod scan_seen;
mod schedule;
mod storage;
mod subject;
mod tier_recall;
mod tiering_pinned;
mod timeline;
mod tri;
mod vpc_links;
pub(crate) mod ways;

pub(crate) use conditions::is_vm_scanner;
pub use evidence_scope::evidence_scope;
pub(crate) use exclusion::{blocking_keys, is_owned_by_others};
pub(crate) use facts::Facts;
pub(crate) use measure::course;
pub use schedule::ScheduleError;

use crate::rules::finding::{Confidence, Finding, Outcome, Rule};
use finding_builder::FILE_SYSTEM;

type Check = fn(&Facts<'_>) -> Outcome;

pub(crate) static RULES: &[(&Rule, Check)] = &[
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

/// Whether State Manager takes the expression as an association's schedule.
///
/// # Errors
/// When it does not, with what to type.
pub fn check_schedule(expression: &str, now: chrono::DateTime<chrono::Utc>) -> Result<(), ScheduleError> {
    schedule::check(expression, now)
}
