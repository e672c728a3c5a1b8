//! The sentences of R1's findings.

mod condition;
mod evidence;
mod mount;
mod open;
mod reads;
mod reason;

pub(super) use super::efs_money::{assumption, item};

pub(super) use condition::condition;
pub(super) use evidence::evidence;
pub(super) use mount::mount;
pub(super) use open::question;
pub(super) use reason::reason;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::model::LifecycleConfiguration;
use crate::price::{bytes_to_gib, display_gib};
use crate::render::text::count;

/// Who else moves files.
const RIVALS: &str = "every reader moves files, so DataSync tasks, rsync and backup jobs, antivirus, updatedb, CIS \
                      scans and people explain it as well";

fn instances(number: u64) -> String {
    count(number, "instance", "instances")
}

fn days(number: i64) -> String {
    count(u64::try_from(number).unwrap_or(0), "day", "days")
}

/// Bytes in GiB.
fn gib(bytes: u64) -> String {
    display_gib(bytes_to_gib(bytes))
}

/// The day of a time, UTC.
fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A lifecycle configuration in a few words.
fn policy(policy: Option<&LifecycleConfiguration>) -> String {
    let Some(policy) = policy else { return "lifecycle configuration not read".to_owned() };
    let parts = [
        ("TransitionToIA", &policy.transition_to_ia),
        ("TransitionToArchive", &policy.transition_to_archive),
        ("TransitionToPrimaryStorageClass", &policy.transition_to_primary_storage_class),
    ];
    let set = parts.iter().filter_map(|(name, value)| value.as_deref().map(|value| format!("{name} {value}")));
    let set: Vec<String> = set.collect();
    if set.is_empty() { "no lifecycle policy".to_owned() } else { set.join(", ") }
}
