//! Whether the cost has begun: the verdict on one file system from its history and the signs of the scan.

use super::exposure::Exposed;
use super::facts::Facts;
use super::history::{Drop, Movement};
use super::scan_activity::{Doubt, ScanActivity};
use super::tri::Tri;
use crate::model::{Section, SectionName};
use crate::rules::finding::efs::{ColdDataSeen, Evidence, NotRead, Onset, OpenQuestion, ScanReads, TooLittle};
use crate::rules::{Blocker, Confidence};

/// What is known of one file system.
#[derive(Debug)]
pub(crate) enum RecallState<'e> {
    /// Nobody asked for metrics, or none exist there, or the file system cannot cost anything.
    NotAsked,
    /// The series, or the scan's runs, are missing, and why.
    NotRead(Blocker, NotRead),
    /// Cold data is in Standard.
    Moved(&'e Drop),
    /// Some of it is, or something else was written meanwhile.
    Mixed(&'e Drop),
    /// Cold data was deleted.
    Deleted(&'e Drop),
    /// No move in so many days.
    NotSeen(i64),
    /// The series, or too few runs of the scan, do not say, and why.
    Unknown(TooLittle),
}

/// The verdict on one file system.
pub(crate) fn recall_state<'f>(facts: &'f Facts<'_>, exposed: &Exposed<'_>) -> RecallState<'f> {
    let metered = facts.metered(exposed);
    // What cannot cost anything is not asked about, and without series it is not missed.
    if metered.history.is_none() && exposed.storage.may_cost().is_not_met() {
        return RecallState::NotAsked;
    }
    let metrics = match &facts.target.evidence.efs_metrics {
        Section::Complete(metrics) => metrics,
        Section::Absent(_) | Section::NotAsked => return RecallState::NotAsked,
        Section::Missing(gap) => {
            return RecallState::NotRead(
                Blocker::section(SectionName::CloudWatchEfsMetrics),
                NotRead::Series(gap.message.clone()),
            );
        }
    };
    let Some(history) = &metered.history else {
        return RecallState::NotRead(open(exposed, OpenQuestion::NoMetrics), NotRead::NotCollected);
    };
    match &history.movement {
        Movement::Moved(drop) => RecallState::Moved(drop),
        Movement::Mixed(drop) => RecallState::Mixed(drop),
        Movement::Deleted(drop) => RecallState::Deleted(drop),
        Movement::Unknown(why) => RecallState::Unknown(why.clone()),
        Movement::None => match facts.meter().activity.doubt(metrics.to.unwrap_or(facts.target.taken_at)) {
            Some(Doubt::Early(why)) => RecallState::Unknown(why),
            Some(Doubt::Unread(blame, why)) => RecallState::NotRead(blame, why),
            None => RecallState::NotSeen(history.covered.num_days()),
        },
    }
}

fn open(exposed: &Exposed<'_>, question: OpenQuestion) -> Blocker {
    Blocker::efs(SectionName::CloudWatchEfsMetrics, Some(&exposed.file_system.id), question)
}

impl RecallState<'_> {
    /// Whether data has moved, as a condition.
    pub(crate) fn judged(&self, exposed: &Exposed<'_>) -> Tri {
        match self {
            Self::Moved(_) => Tri::met(),
            Self::NotAsked | Self::Deleted(_) | Self::NotSeen(_) => Tri::not_met(),
            Self::NotRead(blame, _) => Tri::unknown([blame.clone()]),
            Self::Mixed(drop) => Tri::unknown([open(exposed, OpenQuestion::MixedFall(drop.fall()))]),
            Self::Unknown(why) => Tri::unknown([open(exposed, OpenQuestion::Metrics(why.clone()))]),
        }
    }

    /// The beginning that a move is in step with.
    pub(crate) fn onset<'s>(&self, activity: &'s ScanActivity) -> Option<&'s Onset> {
        let Self::Moved(drop) = self else { return None };
        activity.starts().iter().find(|start| drop.began_after(start.at))
    }

    /// How sure it is that the scan has moved the data.
    ///
    /// High takes a move, `TransitionToPrimaryStorageClass` that is still set (else something else moved it, or
    /// somebody has changed the policy since), and either its onset within a day of the scan's beginning or the
    /// scanner seen inside. Medium takes one of the three, or an exposed instance that met the limits of deep
    /// inspection. Low is a move alone: every reader moves files.
    pub(crate) fn confidence(&self, facts: &Facts<'_>, exposed: &Exposed<'_>) -> Confidence {
        if !matches!(self, Self::Moved(_)) {
            return Confidence::Low;
        }
        let activity = &facts.meter().activity;
        let metered = facts.metered(exposed).scan.reads;
        let measured = metered.filter(|reads| !matches!(reads, ScanReads::Unknown(_)));
        // Where reads were measured, they decide rather than a beginning on the same day.
        let is_aligned = matches!(metered, Some(ScanReads::ReadsAligned { .. }))
            || measured.is_none() && self.onset(activity).is_some()
            || facts.exposure().evidence.is_scanner_seen(exposed.number);
        if is_aligned && exposed.storage.returns_on_read.is_met() {
            Confidence::High
        } else if is_aligned || !activity.limited(exposed).is_empty() {
            Confidence::Medium
        } else {
            Confidence::Low
        }
    }

    /// What the metrics say; `None` where nobody asked.
    fn seen(&self) -> Option<ColdDataSeen> {
        Some(match self {
            Self::NotAsked => return None,
            Self::NotRead(_, why) => ColdDataSeen::NotRead(why.clone()),
            Self::Moved(drop) => ColdDataSeen::Moved(drop.fall()),
            Self::Mixed(drop) => ColdDataSeen::Mixed(drop.fall()),
            Self::Deleted(drop) => ColdDataSeen::Deleted(drop.fall()),
            Self::NotSeen(days) => ColdDataSeen::NotSeen { days: *days },
            Self::Unknown(why) => ColdDataSeen::Unknown(why.clone()),
        })
    }
}

/// What metrics and the limits of deep inspection say of one file system, for the evidence of a finding.
pub(crate) fn evidence(facts: &Facts<'_>, exposed: &Exposed<'_>) -> Vec<Evidence> {
    let limited = facts.meter().activity.limited(exposed).into_iter();
    let limited = limited.map(|id| Evidence::ScannerLimit { instance: id.to_owned() });
    let seen = recall_state(facts, exposed).seen();
    let reads = facts.metered(exposed).scan.reads.map(Evidence::ScanReads);
    seen.map(Evidence::ColdData).into_iter().chain(reads).chain(limited).collect()
}
