//! How long an image stays under continuous scanning: windows that are long, and windows that every pull renews.

use super::frequency::{Frequencies, repositories_exist};
use super::registry::{Draft, all, conclude, finding, name_repositories, owned, registry_is, scans_ecr};
use super::remedy::{get_configuration, shorter, update_configuration, with_mode};
use crate::model::{Configuration, Section, SectionName, Target};
use crate::rules::finding::coupling::Setting;
use crate::rules::finding::ecr::{
    Evidence, Frequency, LongDuration, OpenQuestion, Reason, RepositoryFact, WindowStart,
};
use crate::rules::finding::{Advice, Blocker, Case, Finding, Outcome, Remedy, Rule, Severity};

const NEEDS: &[SectionName] = &[
    SectionName::EcrRegistryScanning,
    SectionName::EcrRepositories,
    SectionName::EcrRepositoryScanning,
    SectionName::InspectorAccountStatus,
    SectionName::InspectorConfiguration,
];

/// From this many days on a window is long.
const LONG: u32 = 90;

/// A re-scan window of 90 days or more.
pub(super) static DURATION_LONG: Rule = Rule {
    id: "ecr-rescan-duration-long",
    title: "Images stay under continuous scanning for 90 days or more",
    explain: "# What it finds\n\n\
        Inspector's re-scan duration, by push or by pull date, is LIFETIME or at least 90 days, and at least one repository \
        is scanned continuously. While Inspector's ECR type is off nothing is scanned, and it says nothing.\n\n\
        # Why it costs\n\n\
        An image is re-scanned as long as it was pushed, pulled or used within its window. A long window keeps images in it \
        that nobody runs any more; LIFETIME keeps all that were ever pushed.\n\n\
        # How the figure is made\n\n\
        The money sits on ecr-continuous-scan; this names one of its causes.\n\n\
        # What it cannot see\n\n\
        How many images a shorter window would drop: that needs each image's dates.\n\n\
        # Fix\n\n\
        Shorten both durations to 14 or 30 days. Images that fall out of the window are no longer re-scanned, also \
        when they still run somewhere Inspector does not see; raising the duration later does not revive them.\n\n\
        # References\n\n\
        Inspector user guide, configuring the Amazon ECR re-scan duration (2026-10).\n",
    needs: NEEDS,
    needs_one_of: &[],
};

/// A window that every pull renews.
pub(super) static PULL_RENEWS: Rule = Rule {
    id: "ecr-pull-renews-scan-window",
    title: "Every pull of an image renews its re-scan window",
    explain: "# What it finds\n\n\
        Inspector's pull-date mode is LAST_PULL_DATE while at least one repository is scanned continuously. While Inspector's \
        ECR type is off nothing is scanned, and it says nothing.\n\n\
        # Why it costs\n\n\
        CI jobs, caches, mirrors and other scanners pull images as well. Each pull keeps the image in its window for the \
        whole pull duration, so images that nothing runs stay billed.\n\n\
        # How the figure is made\n\n\
        The money sits on ecr-continuous-scan; this names one of its causes.\n\n\
        # What it cannot see\n\n\
        Who pulls. If only deployments do, the mode does no harm.\n\n\
        # Fix\n\n\
        Use LAST_IN_USE_AT, which counts what runs on Amazon ECS and Amazon EKS. It does not see images of several \
        architectures, nor images that run elsewhere: those fall out of the window. Or register pull-time update \
        exclusions in ECR for the roles of scanners and CI.\n\n\
        # References\n\n\
        Inspector user guide, configuring the Amazon ECR re-scan duration (2026-10).\n",
    needs: NEEDS,
    needs_one_of: &[],
};

/// The ECR part of Inspector's configuration; `None` where Inspector is not enabled.
pub(super) fn configuration(target: &Target) -> Result<Option<&Configuration>, Blocker> {
    match &target.inspector.configuration {
        Section::Complete(configuration) => Ok(Some(configuration)),
        Section::Absent(_) => Ok(None),
        Section::Missing(_) | Section::NotAsked => Err(Blocker::section(SectionName::InspectorConfiguration)),
    }
}

/// Whether a duration is long; `None` for a text that nobody knows yet.
fn is_long(duration: &str) -> Option<bool> {
    if duration == "LIFETIME" {
        return Some(true);
    }
    let days: u32 = duration.strip_prefix("DAYS_")?.parse().ok()?;
    Some(days >= LONG)
}

/// The long durations, and what keeps others open.
fn long_durations(configuration: &Configuration) -> Reading<LongDuration> {
    let durations = [
        (WindowStart::Push, &configuration.ecr_rescan_duration),
        (WindowStart::Pull, &configuration.ecr_pull_date_rescan_duration),
    ];
    let mut long = Vec::new();
    let mut gaps = Vec::new();
    for (by, duration) in durations {
        let Some(duration) = duration else { continue };
        match is_long(duration) {
            Some(true) => long.push(LongDuration { by, duration: duration.clone() }),
            Some(false) => {}
            None => gaps.push(Blocker::ecr(None, OpenQuestion::RescanDuration(Some(duration.clone())))),
        }
    }
    if durations.iter().all(|(_, duration)| duration.is_none()) {
        gaps.push(Blocker::ecr(None, OpenQuestion::RescanDuration(None)));
    }
    (long, gaps)
}

/// What is wrong with a configuration, and what keeps it open.
type Reading<T> = (Vec<T>, Vec<Blocker>);

pub(super) fn check_duration(facts: &Case<'_>) -> Outcome {
    judge(facts.target, long_durations, |target, durations, continuous| {
        let draft = Draft {
            severity: Severity::Medium,
            reason: Reason::EcrRescanDurationLong { durations, repositories: owned(&continuous) },
            cost: None,
            evidence: evidence(target, &continuous),
            remediation: remediation(
                target,
                Advice::ShortenWindows,
                configuration(target).ok().flatten().and_then(shorter),
            ),
        };
        finding(DURATION_LONG.id, target, draft)
    })
}

/// Whether pulls renew the window.
fn pull_mode(configuration: &Configuration) -> Reading<()> {
    match configuration.ecr_pull_date_rescan_mode.as_deref() {
        Some("LAST_PULL_DATE") => (vec![()], Vec::new()),
        Some("LAST_IN_USE_AT") => (Vec::new(), Vec::new()),
        // Without a pull window there is nothing that a pull could renew.
        None if configuration.ecr_pull_date_rescan_duration.is_none()
            && configuration.ecr_rescan_duration.is_some() =>
        {
            (Vec::new(), Vec::new())
        }
        other => (Vec::new(), vec![Blocker::ecr(None, OpenQuestion::PullDateMode(other.map(str::to_owned)))]),
    }
}

pub(super) fn check_pull(facts: &Case<'_>) -> Outcome {
    judge(facts.target, pull_mode, |target, _, continuous| {
        let current = configuration(target).ok().flatten();
        let window = current.and_then(|configuration| configuration.ecr_pull_date_rescan_duration.clone());
        // The API wants the push duration with every change: all that is set is kept, but for the mode.
        let change = current.and_then(|seen| with_mode(seen, "LAST_IN_USE_AT"));
        let draft = Draft {
            severity: Severity::Medium,
            reason: Reason::EcrPullRenewsScanWindow { window, repositories: owned(&continuous) },
            cost: None,
            evidence: evidence(target, &continuous),
            remediation: remediation(target, Advice::CountUse, change),
        };
        finding(PULL_RENEWS.id, target, draft)
    })
}

/// Objections of `read` to the configuration, where something is scanned continuously: a frequency alone scans nothing
/// while Inspector's ECR type is off.
fn judge<T>(
    target: &Target,
    read: fn(&Configuration) -> Reading<T>,
    build: fn(&Target, Vec<T>, Vec<&str>) -> Finding,
) -> Outcome {
    let frequencies = Frequencies::of(target);
    let continuous = frequencies.with(Frequency::Continuous);
    let exists = if continuous.is_empty() && registry_is(target, Setting::Basic) == Ok(true) {
        // A BASIC registry knows no continuous scanning.
        Ok(false)
    } else if continuous.is_empty() && !frequencies.open.is_empty() {
        repositories_exist(target).and_then(|exist| if exist { Err(frequencies.open) } else { Ok(false) })
    } else {
        Ok(!continuous.is_empty())
    };
    let (objections, gaps) = match configuration(target) {
        Ok(Some(configuration)) => read(configuration),
        Ok(None) => (Vec::new(), Vec::new()),
        Err(gap) => (Vec::new(), vec![gap]),
    };
    conclude(all([exists, scans_ecr(target)]), objections, gaps, |objections| build(target, objections, continuous))
}

fn evidence(target: &Target, continuous: &[&str]) -> Vec<Evidence> {
    let settings = configuration(target).ok().flatten().map(|configuration| Evidence::Windows {
        push: configuration.ecr_rescan_duration.clone(),
        pull: configuration.ecr_pull_date_rescan_duration.clone(),
        mode: configuration.ecr_pull_date_rescan_mode.clone(),
        status: configuration.ecr_rescan_status.clone(),
    });
    let names = name_repositories(continuous.iter().copied(), RepositoryFact::Scanned(Frequency::Continuous));
    settings.into_iter().chain([Evidence::Continuous(continuous.len())]).chain(names).collect()
}

fn remediation(target: &Target, advice: Advice, change: Option<Configuration>) -> Remedy {
    let change = change.map(|change| update_configuration(target, change));
    Remedy::Steps { advice, actions: [get_configuration()].into_iter().chain(change).collect() }
}
