//! Whether the cost has begun: the verdict on one file system from its history and the signs of the scan.

use chrono::{DateTime, Utc};

use super::any_picture;
use super::conditions::Judged;
use super::exposure::{Exposed, Exposure};
use super::history::{Drop, Movement};
use super::parts::plural;
use super::signs::{Doubt, Signs, Start};
use crate::model::{Section, SectionName, Target};
use crate::price::{bytes_to_gib, display_gib};
use crate::rules::{Confidence, Evidence, Undecided};

/// The operation behind the series.
const OPERATION: &str = "cloudwatch:GetMetricData";

/// What is known of one file system.
#[derive(Debug)]
pub(crate) enum Begun<'e> {
    /// Nobody asked for metrics, or none exist there, or the file system cannot cost anything.
    NotAsked,
    /// The series, or the scan's runs, are missing, and why.
    NotRead(Undecided, String),
    /// Cold data is in Standard.
    Moved(&'e Drop),
    /// Some of it is, or something else was written meanwhile.
    Mixed(&'e Drop),
    /// Cold data was deleted.
    Deleted(&'e Drop),
    /// No move in so many days.
    NotSeen(i64),
    /// The series, or too few runs of the scan, do not say, and why.
    Unknown(String),
}

/// The verdict on one file system.
pub(crate) fn begun<'e>(target: &Target, exposure: &'e Exposure<'_>, exposed: &'e Exposed<'_>) -> Begun<'e> {
    // What cannot cost anything is not asked about, and without series it is not missed.
    if exposed.history.is_none() && any_picture(exposed).is_not_met() {
        return Begun::NotAsked;
    }
    let metrics = match &target.evidence.efs_metrics {
        Section::Complete(metrics) => metrics,
        Section::Absent(_) | Section::NotAsked => return Begun::NotAsked,
        Section::Missing(gap) => {
            return Begun::NotRead(Undecided::section(SectionName::CloudWatchEfsMetrics), gap.message.clone());
        }
    };
    let Some(history) = &exposed.history else {
        let why = "no metrics of it were collected";
        return Begun::NotRead(open(&exposed.file_system.id, why), why.to_owned());
    };
    match &history.movement {
        Movement::Moved(drop) => Begun::Moved(drop),
        Movement::Mixed(drop) => Begun::Mixed(drop),
        Movement::Deleted(drop) => Begun::Deleted(drop),
        Movement::Unknown(why) => Begun::Unknown(why.clone()),
        Movement::None => match exposure.signs.doubt(metrics.to.unwrap_or(target.taken_at)) {
            Some(Doubt::Early(why)) => Begun::Unknown(why),
            Some(Doubt::Unread(blame, why)) => Begun::NotRead(blame, why),
            None => Begun::NotSeen(history.covered.num_days()),
        },
    }
}

fn open(id: &str, message: impl Into<String>) -> Undecided {
    Undecided::derived(SectionName::CloudWatchEfsMetrics, Some(id.to_owned()), OPERATION, message)
}

impl Begun<'_> {
    /// Whether data has moved, as a condition.
    pub(crate) fn judged(&self, exposed: &Exposed<'_>) -> Judged {
        let id = &exposed.file_system.id;
        match self {
            Self::Moved(_) => Judged::met(),
            Self::NotAsked | Self::Deleted(_) | Self::NotSeen(_) => Judged::not_met(),
            Self::NotRead(blame, _) => Judged::unknown([blame.clone()]),
            Self::Mixed(drop) => Judged::unknown([open(id, mixed(drop))]),
            Self::Unknown(why) => Judged::unknown([open(id, why)]),
        }
    }

    /// The beginning that a move is in step with.
    pub(crate) fn onset<'s>(&self, signs: &'s Signs) -> Option<&'s Start> {
        let Self::Moved(drop) = self else { return None };
        signs.starts().iter().find(|start| drop.began_after(start.at))
    }

    /// How sure it is that the scan has moved the data.
    ///
    /// High takes a move, `TransitionToPrimaryStorageClass` that is still set (else something else moved it, or
    /// somebody has changed the policy since), and either its onset within a day of the scan's beginning or the
    /// scanner seen inside. Medium takes one of the three, or an exposed instance that met the limits of deep
    /// inspection. Low is a move alone: every reader moves files.
    pub(crate) fn confidence(&self, exposure: &Exposure<'_>, exposed: &Exposed<'_>) -> Confidence {
        if !matches!(self, Self::Moved(_)) {
            return Confidence::Low;
        }
        let is_aligned =
            self.onset(&exposure.signs).is_some() || exposure.book.scanner_seen(exposed.number).next().is_some();
        if is_aligned && exposed.storage.returns_on_read.is_met() {
            Confidence::High
        } else if is_aligned || !exposure.signs.limited(exposed).is_empty() {
            Confidence::Medium
        } else {
            Confidence::Low
        }
    }

    /// In a sentence, for the evidence of every finding about the file system.
    fn sentence(&self) -> Option<String> {
        Some(match self {
            Self::NotAsked => return None,
            Self::NotRead(_, why) => format!("whether cold data has moved is not known: {why}"),
            Self::Moved(drop) => format!(
                "{} cold GiB moved to Standard since {} (see efs-recall-observed)",
                gib(drop.moved()),
                day(drop.began)
            ),
            Self::Mixed(drop) => mixed(drop),
            Self::Deleted(drop) => format!(
                "cold data fell by {} GiB since {} and Standard rose by {} GiB only: it was deleted",
                gib(drop.fallen),
                day(drop.began),
                gib(drop.risen)
            ),
            Self::NotSeen(days) => {
                let days = plural(u64::try_from(*days).unwrap_or(0), "day");
                format!("no move seen in {days} of StorageBytes; what moved before would not show")
            }
            Self::Unknown(why) => format!("whether cold data has moved cannot be told: {why}"),
        })
    }
}

fn mixed(drop: &Drop) -> String {
    format!(
        "cold data fell by {} GiB since {} while Standard rose by {} GiB: some of it moved, or was deleted while other \
         files were written",
        gib(drop.fallen),
        day(drop.began),
        gib(drop.risen)
    )
}

/// Bytes in GiB, for sentences.
pub(crate) fn gib(bytes: u64) -> String {
    display_gib(bytes_to_gib(bytes))
}

/// The day of a time, UTC.
pub(crate) fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// What metrics and the limits of deep inspection say of one file system, for the evidence of a finding.
pub(crate) fn evidence(target: &Target, exposure: &Exposure<'_>, exposed: &Exposed<'_>) -> Vec<Evidence> {
    let limited = exposure.signs.limited(exposed).into_iter().map(|id| {
        Evidence::new(
            "scanner_limit",
            format!("deep inspection met its limits on {id}: it walked something large (a weak sign)"),
        )
    });
    let verdict = begun(target, exposure, exposed).sentence();
    verdict.map(|sentence| Evidence::new("metrics", sentence)).into_iter().chain(limited).collect()
}
