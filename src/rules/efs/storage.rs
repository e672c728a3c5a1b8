//! Condition 6 and the lifecycle policy: what is cold, and what a read does to it.

use chrono::{DateTime, Duration, Utc};

use super::tri::{Tri, either};
use crate::model::{FileSystem, LifecycleConfiguration, SectionName, Target};
use crate::rules::Blocker;
use crate::rules::finding::efs::OpenQuestion;

const GIB: u64 = 1 << 30;

/// The shortest age that a policy can have, days (EFS API reference, `LifecyclePolicy`: `AFTER_1_DAY`, 2026-10).
const LEAST_AGE: i64 = 1;

/// A file system's storage as the rules see it.
#[derive(Debug)]
pub(crate) struct Storage<'a> {
    /// The lifecycle configuration, if it could be read.
    pub(crate) lifecycle: Option<&'a LifecycleConfiguration>,
    pub(crate) ia: u64,
    pub(crate) archive: u64,
    /// Condition 6.
    pub(crate) cold: Tri,
    /// Whether a read moves a file to Standard (`TransitionToPrimaryStorageClass`).
    pub(crate) returns_on_read: Tri,
    /// Whether the policy has tiered nothing although it should have: conditions of `efs-tiering-pinned` but for
    /// exposure.
    pub(crate) pinned: Tri,
}

impl<'a> Storage<'a> {
    pub(crate) fn of(target: &'a Target, file_system: &'a FileSystem) -> Self {
        let lifecycle = target.efs.lifecycle.get(&file_system.id);
        let no_lifecycle = || Blocker::resource(SectionName::EfsLifecycle, file_system.id.clone());
        let size = &file_system.size;
        let no_size = || Blocker::efs(SectionName::EfsFileSystems, Some(&file_system.id), OpenQuestion::NoSize);
        let odd_policy = |question| Blocker::efs(SectionName::EfsLifecycle, Some(&file_system.id), question);
        let known = size.ia.is_some() || size.archive.is_some();
        let (ia, archive) = (size.ia.unwrap_or(0), size.archive.unwrap_or(0));
        let is_cold = ia > 0 || archive > 0;
        let cold = match (known, is_cold, lifecycle) {
            (false, _, _) => Tri::unknown([no_size()]),
            (true, false, _) => Tri::not_met(),
            (true, true, Some(_)) => Tri::met(),
            (true, true, None) => Tri::unknown([no_lifecycle()]),
        };
        let returns_on_read = match lifecycle.map(|policy| policy.transition_to_primary_storage_class.as_deref()) {
            None => Tri::unknown([no_lifecycle()]),
            Some(None) => Tri::not_met(),
            Some(Some("AFTER_1_ACCESS")) => Tri::met(),
            Some(Some(other)) => Tri::unknown([odd_policy(OpenQuestion::PrimaryTransition(other.to_owned()))]),
        };
        // What is too small or too young for any policy is decided whatever else was not seen.
        let is_small = standard_bytes(file_system).is_some_and(|bytes| bytes < GIB);
        let is_young = |days| file_system.creation_time.is_some_and(|created| is_younger(target, created, days));
        let pinned = if is_cold || is_small || is_young(LEAST_AGE) {
            Tri::not_met()
        } else {
            match lifecycle {
                None => Tri::unknown([no_lifecycle()]),
                Some(policy) => match (transition_age(policy), known, standard_bytes(file_system)) {
                    (Age::None, _, _) => Tri::not_met(),
                    (Age::Days(days), _, _) if is_young(days) => Tri::not_met(),
                    (_, false, _) | (_, _, None) => Tri::unknown([no_size()]),
                    (Age::Days(_), _, Some(_)) => Tri::met(),
                    // A policy is set, but its age is one this version cannot read: what it should have tiered by
                    // now is open.
                    (Age::Unreadable(text), _, Some(_)) => {
                        Tri::unknown([odd_policy(OpenQuestion::TransitionAge(text.to_owned()))])
                    }
                },
            }
        };
        Self { lifecycle, ia, archive, cold, returns_on_read, pinned }
    }

    /// Whether it shows any pattern of cost at all.
    pub(crate) fn may_cost(&self) -> Tri {
        either(&self.cold, &self.pinned)
    }
}

/// Whether a file system bills its reads.
pub(crate) fn is_elastic(file_system: &FileSystem) -> bool {
    file_system.throughput_mode.as_deref() == Some("elastic")
}

/// Whether a file system has existed for no more than `days`.
fn is_younger(target: &Target, created: DateTime<Utc>, days: i64) -> bool {
    target.taken_at.signed_duration_since(created) <= Duration::try_days(days).unwrap_or(Duration::MAX)
}

/// Bytes in Standard; where EFS leaves the class out, the total, for nothing is cold where this is asked.
pub(crate) fn standard_bytes(file_system: &FileSystem) -> Option<u64> {
    file_system.size.standard.or(file_system.size.total)
}

/// The age at which a policy first makes a file cold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age<'a> {
    /// Nothing tiers.
    None,
    /// After so many days without access.
    Days(i64),
    /// A policy is set, but its age cannot be read.
    Unreadable(&'a str),
}

/// The transition age of a policy: into IA, or into Archive where nothing goes to IA.
pub(crate) fn transition_age(policy: &LifecycleConfiguration) -> Age<'_> {
    let text = policy.transition_to_ia.as_deref().or(policy.transition_to_archive.as_deref());
    let Some(text) = text else { return Age::None };
    days_of(text).map_or(Age::Unreadable(text), Age::Days)
}

/// The days of `AFTER_30_DAYS` and the like.
pub(crate) fn days_of(text: &str) -> Option<i64> {
    let rest = text.strip_prefix("AFTER_")?;
    rest.trim_end_matches("_DAYS").trim_end_matches("_DAY").parse::<u32>().ok().map(i64::from)
}
