//! The sentences of R2's findings.

pub(crate) mod coupling;
mod evidence;
mod money;
mod open;

use std::collections::BTreeMap;

use self::coupling::prediction as predicted;
use self::money::{figure, who_bills};
use super::told::Told;
use crate::render::text::{count, grouped};
use crate::rules::finding::coupling::{Prediction, Setting};
use crate::rules::finding::ecr::{Figure, InspectorBilling, LongDuration, Reason, Scope, WindowStart};

pub(super) use evidence::evidence;
pub(super) use money::{assumption, how_to_supply, item, no_figure, security_hub_plan};
pub(super) use open::question;

pub(super) fn reason(reason: &Reason) -> Told {
    match reason {
        Reason::EcrInspectorAutoDisable { prediction, member } => auto_disable(prediction, *member),
        Reason::EcrInspectorDrift { prediction, member } => drift(prediction, *member),
        Reason::EcrEnhancedWithoutInspector { prediction } => told(
            "The registry looks enhanced, but nothing scans its images",
            format!(
                "The registry's scan type is ENHANCED while Inspector's ECR type is disabled: no image is scanned, and \
                 manual scans are refused. Nothing is documented to end this by itself. Predicted: {}",
                predicted(prediction)
            ),
        ),
        Reason::EcrChangeBlockedByPolicy { blocked } => told(
            "An organization policy refuses changes of Inspector here",
            format!(
                "AWS reports BLOCKED_BY_ORGANIZATION_POLICY for {}: what this account, or its delegated administrator, \
                 asks for does not take effect.",
                blocked.join(", ")
            ),
        ),
        Reason::EcrChangeBlockedByAdministrator { administrator, prediction } => told(
            "Only the delegated administrator can switch image scanning off here",
            format!(
                "The registry is BASIC while Inspector's ECR type is on, in a member account of {}: asking for BASIC here \
                 does not switch Inspector off. Predicted: {}",
                administrator.as_deref().unwrap_or("not given"),
                predicted(prediction)
            ),
        ),
        Reason::EcrContinuousScan { repositories, scope, figure, billing } => {
            continuous(repositories, *scope, figure, billing)
        }
        Reason::EcrRescanDurationLong { durations, repositories } => long_durations(durations, repositories),
        Reason::EcrPullRenewsScanWindow { window, repositories } => told(
            "Every pull renews an image's re-scan window",
            format!(
                "{} scanned continuously and the pull-date mode is LAST_PULL_DATE: each pull, also by CI, a cache or a \
                 scanner, keeps the image under re-scans for {} more. Who pulls is not visible here; what it comes to is \
                 part of ecr-continuous-scan.",
                repositories_are(repositories),
                window.as_deref().unwrap_or("its duration")
            ),
        ),
        Reason::EcrRepositoriesUnscanned { repositories, scan_type } => unscanned(repositories, *scan_type),
        Reason::EcrScanRulesOverlap { repositories, continuous_wins } => overlap(repositories, *continuous_wins),
        Reason::EcrFilterSubstring { filters } => substring(filters),
        Reason::EcrRepositorySettingIgnored { repositories: names } => {
            let names = repositories(names);
            told(
                format!("The scan-on-push setting of {names} has no effect"),
                format!(
                    "scanOnPush is set on {names}, but the registry decides, and none of its rules scans them: the images \
                     are not scanned."
                ),
            )
        }
        Reason::EcrStaleImagesScanned { images, days, figure } => stale(total(images), *days, figure),
        Reason::EcrImagesExpiredFromScan { images, in_use } => expired(*images, *in_use),
        Reason::EcrInUseUntracked { images: pulled, days } => {
            let pulled = images(total(pulled));
            told(
                format!("Pulled lately, no longer re-scanned: {pulled}"),
                format!(
                    "The re-scan window follows use on ECS and EKS, yet {pulled}, pulled in the last {days} days, fell out \
                     of it: the use of images of several architectures, and of images that run elsewhere, is not tracked."
                ),
            )
        }
        Reason::InspectorAllTypesEnabled { billing } => told(
            "Inspector scans EC2, ECR and Lambda alike",
            format!(
                "All three types are enabled, as the console's first activation does it; each is billed by itself. {}",
                who_bills(billing)
            ),
        ),
        Reason::InspectorFreeTrial { types, billing } => {
            let types = types.join(", ");
            told(
                format!("Inspector's free trial still runs for {types}"),
                format!(
                    "Nothing is billed for {types} until the trial ends; then list prices apply. {}",
                    who_bills(billing)
                ),
            )
        }
    }
}

fn told(title: impl Into<String>, message: String) -> Told {
    Told { title: title.into(), message }
}

fn auto_disable(prediction: &Prediction, member: bool) -> Told {
    told(
        "Inspector is about to be deactivated: the registry is BASIC and ECR is the only type it scans",
        format!(
            "The registry's scan type is BASIC and ECR is Inspector's only enabled type. AWS will switch that type off, and \
             Inspector with it: its findings, filters and suppression rules in this account and region are deleted. \
             Predicted: {}{}",
            predicted(prediction),
            only_the_administrator(member)
        ),
    )
}

fn drift(prediction: &Prediction, member: bool) -> Told {
    told(
        "Inspector's ECR type is on while the registry is BASIC",
        format!(
            "The registry's scan type is BASIC, yet Inspector's ECR type is enabled beside others. AWS will switch the ECR \
             type off, or something keeps writing the two sides apart; the other types stay on. Predicted: {}{}",
            predicted(prediction),
            only_the_administrator(member)
        ),
    )
}

fn only_the_administrator(member: bool) -> &'static str {
    if member {
        " This is a member account: only the delegated administrator can switch the type off, so it may stay as it is."
    } else {
        ""
    }
}

fn continuous(names: &[String], scope: Scope, comes_to: &Figure, billing: &InspectorBilling) -> Told {
    let some = repositories(names);
    let title = if scope == Scope::Some {
        format!("{some} scanned continuously")
    } else {
        format!("Every repository ({}) is scanned continuously", grouped(len(names)))
    };
    let how = match scope {
        Scope::Some => "",
        Scope::AllWithoutRules => {
            "; it is every repository, because an ENHANCED registry without rules scans everything continuously"
        }
        Scope::AllByWildcard => "; it is every repository, by the filter `*`",
        Scope::All => "; it is every repository",
    };
    let message = format!(
        "Images in {some} are scanned again for every new vulnerability that concerns them{how}. {} {}",
        figure(comes_to),
        who_bills(billing)
    );
    told(title, message)
}

fn long_durations(durations: &[LongDuration], names: &[String]) -> Told {
    let by = |start| match start {
        WindowStart::Push => "push date",
        WindowStart::Pull => "pull date or last use",
    };
    let durations: Vec<String> = durations.iter().map(|long| format!("{} by {}", long.duration, by(long.by))).collect();
    told(
        format!("Images stay under continuous scanning for long: {}", durations.join(", ")),
        format!(
            "{} scanned continuously, and an image stays so for {}. Images that nobody runs any more are re-scanned and \
             billed; what that comes to is part of ecr-continuous-scan.",
            repositories_are(names),
            durations.join(" and for ")
        ),
    )
}

fn overlap(names: &[String], continuous_wins: bool) -> Told {
    let names = repositories(names);
    let consequence = if continuous_wins {
        "CONTINUOUS_SCAN wins there, and the other rule has no effect on them"
    } else {
        "both ask for the same frequency, so one of them is superfluous there"
    };
    let message = format!("Both rules of the registry match {names}: {consequence}.");
    told(format!("Two scanning rules match {names}"), message)
}

fn stale(number: u64, days: u32, comes_to: &Figure) -> Told {
    let number = grouped(number);
    told(
        format!("{number} images that nobody pulls or runs are still scanned"),
        format!(
            "{number} images are still re-scanned although no cluster runs them and their last pull is more than {days} \
             days ago; images that were never pulled come on top. {} It is a part of what ecr-continuous-scan costs.",
            figure(comes_to)
        ),
    )
}

fn expired(number: u64, in_use: Option<u64>) -> Told {
    let use_sentence = match in_use {
        Some(0) => "None of them was seen running in a cluster.".to_owned(),
        Some(running) => format!("Clusters still run {}.", images(running)),
        None => "Whether clusters still run them could not be read.".to_owned(),
    };
    let number = images(number);
    told(
        format!("Out of re-scans: {number}"),
        format!(
            "The re-scan window of {number} is over: vulnerabilities published since then are not reported for them. \
             {use_sentence} Raising the duration does not revive them."
        ),
    )
}

/// ECR's `StartImageScan` is refused in an ENHANCED registry (ECR user guide, enhanced scanning, 2026-10): no matching
/// rule means no scan at all, and the headline says so.
fn unscanned(names: &[String], scan_type: Option<Setting>) -> Told {
    let names = repositories(names);
    let (title, consequence) = match scan_type {
        Some(Setting::Basic) => {
            (format!("{names} never scanned automatically"), "only somebody who starts a scan by hand gets one")
        }
        Some(Setting::Enhanced) => (
            format!("{names} never scanned: no rule does it, and under ENHANCED there are no manual scans"),
            "under ENHANCED they are never scanned, and there are no manual scans: a scan started by hand is refused",
        ),
        None => (
            format!("{names} never scanned automatically"),
            "whether a manual scan is possible is not known: the registry could not be read",
        ),
    };
    told(title, format!("No rule of the registry scans the images of {names}: {consequence}."))
}

fn substring(filters: &BTreeMap<String, Vec<String>>) -> Told {
    let mut names: Vec<String> = filters.values().flatten().cloned().collect();
    names.sort_unstable();
    names.dedup();
    let names = repositories(&names);
    let quoted: Vec<_> = filters.keys().map(|filter| format!("`{filter}`")).collect();
    let number = u64::try_from(filters.len()).unwrap_or(u64::MAX);
    told(
        format!(
            "{} without a wildcard match{} {names} by a part of the name",
            count(number, "filter", "filters"),
            if number == 1 { "es" } else { "" },
        ),
        format!(
            "A filter without `*` matches every name that contains it. Matched by a part of the name only: {names}, by {}.",
            quoted.join(", ")
        ),
    )
}

fn len<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

fn total(images: &BTreeMap<String, u64>) -> u64 {
    images.values().fold(0, |sum, number| sum.saturating_add(*number))
}

fn repositories(names: &[String]) -> String {
    count(len(names), "repository", "repositories")
}

fn repositories_are(names: &[String]) -> String {
    count(len(names), "repository is", "repositories are")
}

fn images(number: u64) -> String {
    count(number, "image", "images")
}
