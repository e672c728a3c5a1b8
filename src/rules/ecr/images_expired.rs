//! Images that fell out of continuous scanning while they are still wanted.

use std::collections::BTreeMap;

use super::frequency::Frequencies;
use super::registry::{Draft, Known, conclude, finding, name_repositories};
use super::remedy::{get_configuration, run, update_configuration, with_mode};
use super::rescan_window::configuration;
use super::stale_images::image_use;
use crate::model::{EcrImageUse, Section, SectionName, Target};
use crate::rules::finding::ecr::{Evidence, Frequency, OpenQuestion, Reason, RepositoryFact};
use crate::rules::finding::{Advice, Blocker, Case, Outcome, Remedy, Rule, ScanningStep, Severity};

/// The reason AWS gives for an image whose window is over.
const EXPIRED: &str = "SCAN_ELIGIBILITY_EXPIRED";

/// Images outside their window.
pub(super) static EXPIRED_FROM_SCAN: Rule = Rule {
    id: "ecr-images-expired-from-scan",
    title: "Images are no longer re-scanned: their window is over",
    explain: "# What it finds\n\n\
        Images whose status reason is SCAN_ELIGIBILITY_EXPIRED. It is medium where clusters still run some of them, or where \
        that could not be read, and info where none was seen running.\n\n\
        # Why it costs\n\n\
        It costs no money: a vulnerability published after the window is not reported for an image that still runs. Raising \
        the duration does not bring such an image back.\n\n\
        # How the figure is made\n\n\
        There is none.\n\n\
        # What it cannot see\n\n\
        Use outside Amazon ECS and Amazon EKS. Images are counted by repository and never listed.\n\n\
        # Fix\n\n\
        Push the images again, and let the window follow use: pull-date mode LAST_IN_USE_AT. Or deploy newer images and \
        delete the old ones.\n\n\
        # References\n\n\
        Inspector user guide, scanning Amazon ECR images, and configuring the Amazon ECR re-scan duration (2026-10).\n",
    needs: &[SectionName::InspectorEcrImageUse, SectionName::InspectorEcrImages],
    needs_one_of: &[],
};

/// Images whose use the window does not follow.
pub(super) static IN_USE_UNTRACKED: Rule = Rule {
    id: "ecr-in-use-untracked",
    title: "The re-scan window follows use, but the use of some images is not tracked",
    explain: "# What it finds\n\n\
        Inspector's pull-date mode is LAST_IN_USE_AT, repositories are scanned continuously, and images that were pulled \
        in the last 30 days are out of scanning (SCAN_ELIGIBILITY_EXPIRED): their use is not tracked. That is so for images \
        of several architectures, and for images that run outside Amazon ECS and Amazon EKS.\n\n\
        # Why it costs\n\n\
        It costs no money: images that somebody uses are no longer re-scanned.\n\n\
        # How the figure is made\n\n\
        There is none.\n\n\
        # What it cannot see\n\n\
        Whether the images are of several architectures, and whether the pulls come from deployments or from CI.\n\n\
        # Fix\n\n\
        Use LAST_PULL_DATE where such images matter (every pull then renews the window, and re-scans are billed), and push the \
        expired ones again.\n\n\
        # References\n\n\
        Inspector user guide, configuring the Amazon ECR re-scan duration (2026-10).\n",
    needs: &[
        SectionName::EcrRepositories,
        SectionName::EcrRepositoryScanning,
        SectionName::InspectorConfiguration,
        SectionName::InspectorEcrImageUse,
        SectionName::InspectorEcrImages,
    ],
    needs_one_of: &[],
};

/// How many images are out of their window; `None` where Inspector covers no image.
fn expired(target: &Target) -> Known<Option<u64>> {
    let counts = match &target.inspector.ecr_images {
        Section::Complete(counts) => counts,
        Section::Absent(_) => return Ok(None),
        Section::Missing(_) | Section::NotAsked => {
            return Err(vec![Blocker::section(SectionName::InspectorEcrImages)]);
        }
    };
    let inactive: u64 = counts
        .by_status
        .iter()
        .filter(|(status, _)| *status != "ACTIVE")
        .fold(0, |sum, (_, number)| sum.saturating_add(*number));
    match counts.by_reason.get(EXPIRED) {
        Some(expired) => Ok(Some(*expired)),
        None if !counts.by_reason.is_empty() => Ok(Some(0)),
        None if counts.active() == 0 && inactive == 0 => Ok(None),
        None if inactive == 0 => Ok(Some(0)),
        None => Err(vec![Blocker::ecr(None, OpenQuestion::NoCountsByReason)]),
    }
}

fn total(counts: &BTreeMap<String, u64>) -> u64 {
    counts.values().fold(0, |sum, number| sum.saturating_add(*number))
}

fn by_repository(counts: &BTreeMap<String, u64>, fact: fn(u64) -> RepositoryFact) -> Vec<Evidence> {
    let counted = counts.iter().filter(|(_, number)| **number > 0);
    counted.flat_map(|(name, number)| name_repositories([name.as_str()], fact(*number))).collect()
}

pub(super) fn check_expired(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let expired = expired(target);
    let in_use = image_use(target).map(|counts| counts.map(|counts| &counts.expired_in_use));
    let seen_in_use = in_use.as_ref().ok().copied().flatten().map_or(0, total);
    let kind = match &expired {
        Ok(expired) => Ok(expired.is_some()),
        Err(_) if seen_in_use > 0 => Ok(true),
        Err(open) => Err(open.clone()),
    };
    let number = expired.clone().ok().flatten().unwrap_or(0).max(seen_in_use);
    let hits = if number > 0 { vec![number] } else { Vec::new() };
    // Whether they are in use decides how bad it is.
    let mut open = if number > 0 { in_use.clone().err().unwrap_or_default() } else { Vec::new() };
    open.extend(expired.err().unwrap_or_default());
    conclude(kind, hits, open, |_| {
        let running = in_use.as_ref().ok().map(|_| seen_in_use);
        let mut evidence = vec![Evidence::ExpiredImages(number)];
        if let Ok(Some(counts)) = in_use {
            evidence.extend(by_repository(counts, RepositoryFact::ExpiredInUse));
        }
        let draft = Draft {
            severity: if running == Some(0) { Severity::Info } else { Severity::Medium },
            reason: Reason::EcrImagesExpiredFromScan { images: number, in_use: running },
            cost: None,
            evidence,
            remediation: Remedy::Steps {
                advice: Advice::PushAgain,
                actions: vec![run(ScanningStep::ListExpiredImages)],
            },
        };
        finding(EXPIRED_FROM_SCAN.id, target, draft)
    })
}

pub(super) fn check_untracked(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let mode = match configuration(target) {
        Ok(None) => Ok(false),
        Ok(Some(configuration)) => match configuration.ecr_pull_date_rescan_mode.as_deref() {
            Some("LAST_IN_USE_AT") => Ok(true),
            Some("LAST_PULL_DATE") => Ok(false),
            // Neither a new mode nor a missing one says that use counts or that it does not.
            other => Err(vec![Blocker::ecr(None, OpenQuestion::PullDateMode(other.map(str::to_owned)))]),
        },
        Err(gap) => Err(vec![gap]),
    };
    let frequencies = Frequencies::of(target);
    let continuous = match (frequencies.with(Frequency::Continuous).is_empty(), frequencies.open.is_empty()) {
        (false, _) => Ok(true),
        (true, true) => Ok(false),
        (true, false) => Err(frequencies.open),
    };
    let expired = expired(target).map(|expired| expired.is_some_and(|images| images > 0));
    let kind = super::registry::all([mode, continuous, expired]);
    let (pulled, open) = match image_use(target) {
        Ok(counts) => {
            let pulled = counts.map(|counts| &counts.expired_recently_pulled).filter(|counts| total(counts) > 0);
            (pulled.into_iter().collect::<Vec<_>>(), Vec::new())
        }
        Err(open) => (Vec::new(), open),
    };
    conclude(kind, pulled, open, |pulled| {
        let mut evidence = vec![Evidence::FollowsUse];
        for counts in &pulled {
            evidence.extend(by_repository(counts, RepositoryFact::ExpiredPulled));
        }
        let images = pulled.into_iter().flatten().map(|(name, number)| (name.clone(), *number)).collect();
        // The durations stay as they are: only what renews them changes.
        let configuration = target.inspector.configuration.complete();
        let change = configuration.and_then(|seen| with_mode(seen, "LAST_PULL_DATE"));
        let change = change.map(|change| update_configuration(target, change));
        let draft = Draft {
            severity: Severity::Low,
            reason: Reason::EcrInUseUntracked { images, days: EcrImageUse::RECENT_DAYS },
            cost: None,
            evidence,
            remediation: Remedy::Steps {
                advice: Advice::CountPulls,
                actions: [run(ScanningStep::ListExpiredImages), get_configuration()]
                    .into_iter()
                    .chain(change)
                    .collect(),
            },
        };
        finding(IN_USE_UNTRACKED.id, target, draft)
    })
}
