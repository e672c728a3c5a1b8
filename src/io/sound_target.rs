//! What a target of a snapshot has to have before anything is judged by it.

use std::ops::Range;

use chrono::{DateTime, Datelike as _, Utc};

use crate::model::{Section, Target};

/// The years in which a snapshot can have been taken.
const YEARS: Range<i32> = 2000..2200;

/// Refuses a time at which no snapshot was ever taken: every rule counts days back and forth from it.
pub(super) fn check_time(taken_at: &DateTime<Utc>) -> Result<(), String> {
    if YEARS.contains(&taken_at.year()) {
        return Ok(());
    }
    Err(format!("taken_at is {}, which is not between 2000-01-01 and 2200-01-01", taken_at.to_rfc3339()))
}

/// Refuses rows that name nothing: they would be taken for each other.
pub(super) fn check_ids(target: &Target) -> Result<(), String> {
    if target.account.is_empty() || target.region.is_empty() {
        return Err("account and region are needed".to_owned());
    }
    let (ec2, inspector, efs) = (&target.ec2, &target.inspector, &target.efs);
    let nameless = [
        ("ec2.instances", without(&ec2.instances, |row| &row.id)),
        ("ec2.security_groups", without(&ec2.security_groups, |row| &row.id)),
        ("ec2.prefix_lists", without(&ec2.prefix_lists, |row| &row.id)),
        ("ssm.managed_nodes", without(&target.ssm.managed_nodes, |row| &row.id)),
        ("inspector.ec2_coverage", without(&inspector.ec2_coverage, |row| &row.instance_id)),
        ("efs.file_systems", without(&efs.file_systems, |row| &row.id)),
        ("efs.mount_targets", without(&efs.mount_targets, |row| &row.file_system_id)),
        ("ecr.repositories", without(&target.ecr.repositories, |row| &row.name)),
    ];
    let found = nameless.into_iter().find_map(|(section, row)| Some((section, row?)));
    found.map_or(Ok(()), |(section, row)| Err(format!("row {row} of {section} has no id")))
}

/// Whether a target is one that can be judged.
pub(super) fn check_sound(target: &Target) -> Result<(), String> {
    check_time(&target.taken_at)?;
    check_ids(target)
}

/// The first row without an id.
fn without<T>(section: &Section<Vec<T>>, id: fn(&T) -> &String) -> Option<usize> {
    section.complete()?.iter().position(|row| id(row).is_empty())
}
