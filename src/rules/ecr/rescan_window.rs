//! How long an image stays under continuous scanning: windows that are long, and windows that every pull renews.

use super::coupling::Setting;
use super::frequency::{Frequencies, Frequency, repositories_exist};
use super::registry::{Draft, conclude, count, finding, name_repositories, registry_is, repositories};
use super::remedy::{get_configuration, shorter, update_configuration, windows};
use crate::model::{Configuration, Section, SectionName, Target};
use crate::rules::{Case, Evidence, Finding, Outcome, Remedy, Rule, Severity, Undecided};

const NEEDS: &[SectionName] = &[
    SectionName::EcrRegistryScanning,
    SectionName::EcrRepositories,
    SectionName::EcrRepositoryScanning,
    SectionName::InspectorConfiguration,
];

/// From this many days on a window is long.
const LONG: u32 = 90;

/// A re-scan window of 90 days or more.
pub static DURATION_LONG: Rule = Rule {
    id: "ecr-rescan-duration-long",
    title: "Images stay under continuous scanning for 90 days or more",
    explain: "# What it finds\n\n\
        Inspector's re-scan duration, by push or by pull date, is LIFETIME or at least 90 days, and at least one repository \
        is scanned continuously.\n\n\
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
pub static PULL_RENEWS: Rule = Rule {
    id: "ecr-pull-renews-scan-window",
    title: "Every pull of an image renews its re-scan window",
    explain: "# What it finds\n\n\
        Inspector's pull-date mode is LAST_PULL_DATE while at least one repository is scanned continuously.\n\n\
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
pub(super) fn configuration(target: &Target) -> Result<Option<&Configuration>, Undecided> {
    match &target.inspector.configuration {
        Section::Complete(configuration) => Ok(Some(configuration)),
        Section::Absent(_) => Ok(None),
        Section::Missing(_) | Section::NotAsked => Err(Undecided::section(SectionName::InspectorConfiguration)),
    }
}

/// A setting that AWS left open, or that this version does not know.
fn open(message: String) -> Undecided {
    Undecided::derived(SectionName::InspectorConfiguration, None, "inspector2:GetConfiguration", message)
}

/// Whether a duration is long; `None` for a text that nobody knows yet.
fn is_long(duration: &str) -> Option<bool> {
    if duration == "LIFETIME" {
        return Some(true);
    }
    let days: u32 = duration.strip_prefix("DAYS_")?.parse().ok()?;
    Some(days >= LONG)
}

/// The long durations in words, and what keeps others open.
fn long_durations(configuration: &Configuration) -> (Vec<String>, Vec<Undecided>) {
    let durations = [
        ("push date", &configuration.ecr_rescan_duration),
        ("pull date or last use", &configuration.ecr_pull_date_rescan_duration),
    ];
    let mut long = Vec::new();
    let mut gaps = Vec::new();
    for (by, duration) in durations {
        let Some(duration) = duration else { continue };
        match is_long(duration) {
            Some(true) => long.push(format!("{duration} by {by}")),
            Some(false) => {}
            None => gaps.push(open(format!("the re-scan duration {duration:?} is not known to this version"))),
        }
    }
    if durations.iter().all(|(_, duration)| duration.is_none()) {
        gaps.push(open("AWS gave no re-scan duration".to_owned()));
    }
    (long, gaps)
}

/// What is wrong with a configuration, in words, and what keeps it open.
type Reading = (Vec<String>, Vec<Undecided>);

pub(super) fn check_duration(facts: &Case<'_>) -> Outcome {
    judge(facts.target, long_durations, |target, durations, continuous| {
        let draft = Draft {
            severity: Severity::Medium,
            title: format!("Images stay under continuous scanning for long: {}", durations.join(", ")),
            message: format!(
                "{} scanned continuously, and an image stays so for {}. Images that nobody runs any more are re-scanned \
                 and billed; what that comes to is part of ecr-continuous-scan.",
                are(continuous.len()),
                durations.join(" and for ")
            ),
            cost: None,
            evidence: evidence(target, &continuous),
            remediation: remediation(
                target,
                "Shorten the long durations to 14 or 30 days. Images that fall out of the window are no longer re-scanned, also \
                 where they still run unseen by Inspector, and raising the duration later does not revive them.",
                configuration(target).ok().flatten().and_then(shorter),
            ),
        };
        finding(DURATION_LONG.id, target, draft)
    })
}

fn pull_mode(configuration: &Configuration) -> Reading {
    match configuration.ecr_pull_date_rescan_mode.as_deref() {
        Some("LAST_PULL_DATE") => (vec!["LAST_PULL_DATE".to_owned()], Vec::new()),
        Some("LAST_IN_USE_AT") => (Vec::new(), Vec::new()),
        Some(other) => (Vec::new(), vec![open(format!("the pull-date mode {other:?} is not known to this version"))]),
        // Without a pull window there is nothing that a pull could renew.
        None if configuration.ecr_pull_date_rescan_duration.is_none()
            && configuration.ecr_rescan_duration.is_some() =>
        {
            (Vec::new(), Vec::new())
        }
        None => (Vec::new(), vec![open("AWS gave no pull-date mode".to_owned())]),
    }
}

pub(super) fn check_pull(facts: &Case<'_>) -> Outcome {
    judge(facts.target, pull_mode, |target, _, continuous| {
        let current = configuration(target).ok().flatten();
        let window = current
            .and_then(|configuration| configuration.ecr_pull_date_rescan_duration.as_deref())
            .unwrap_or("its duration");
        // The API wants the push duration with every change: all that is set is kept, but for the mode.
        let mode = Some("LAST_IN_USE_AT".to_owned());
        let change =
            current.and_then(|seen| windows(&Configuration { ecr_pull_date_rescan_mode: mode, ..seen.clone() }));
        let draft = Draft {
            severity: Severity::Medium,
            title: "Every pull renews an image's re-scan window".to_owned(),
            message: format!(
                "{} scanned continuously and the pull-date mode is LAST_PULL_DATE: each pull, also by CI, a cache or a \
                 scanner, keeps the image under re-scans for {window} more. Who pulls is not visible here; what it comes \
                 to is part of ecr-continuous-scan.",
                are(continuous.len())
            ),
            cost: None,
            evidence: evidence(target, &continuous),
            remediation: remediation(
                target,
                "Count use instead of pulls: LAST_IN_USE_AT (not for images of several architectures or images outside \
                 ECS and EKS: those fall out of the window). Or exclude the roles of CI and scanners from pull-time updates \
                 in ECR.",
                change,
            ),
        };
        finding(PULL_RENEWS.id, target, draft)
    })
}

/// Objections of `read` to the configuration, where something is scanned continuously.
fn judge(
    target: &Target,
    read: fn(&Configuration) -> Reading,
    build: fn(&Target, Vec<String>, Vec<&str>) -> Finding,
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
    conclude(exists, objections, gaps, |objections| build(target, objections, continuous))
}

fn are(number: usize) -> String {
    count(number, "repository is", "repositories are")
}

fn evidence(target: &Target, continuous: &[&str]) -> Vec<Evidence> {
    let configuration = configuration(target).ok().flatten();
    let text = |value: Option<&String>| value.map_or("not given", String::as_str).to_owned();
    let settings = configuration.map(|configuration| {
        let status = configuration.ecr_rescan_status.as_deref().unwrap_or("not given");
        Evidence::new(
            "configuration",
            format!(
                "re-scan duration {} by push, {} by pull, mode {}, status {status}",
                text(configuration.ecr_rescan_duration.as_ref()),
                text(configuration.ecr_pull_date_rescan_duration.as_ref()),
                text(configuration.ecr_pull_date_rescan_mode.as_ref())
            ),
        )
    });
    let summary = Evidence::new("scope", format!("{} under CONTINUOUS_SCAN", repositories(continuous.len())));
    settings
        .into_iter()
        .chain([summary])
        .chain(name_repositories(continuous.iter().copied(), "CONTINUOUS_SCAN"))
        .collect()
}

fn remediation(target: &Target, summary: &str, change: Option<String>) -> Remedy {
    let change = change.map(|change| update_configuration(target, &change)).unwrap_or_default();
    Remedy::Told {
        summary: format!(
            "{summary} In an organization the delegated administrator sets it. In Terraform it is the provider's \
             aws_inspector2_configuration where it has one: keep it, since its removal resets to LIFETIME."
        ),
        commands: [get_configuration(target)].into_iter().chain(change).collect(),
    }
}
