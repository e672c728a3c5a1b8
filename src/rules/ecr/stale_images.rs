//! Images that nobody has pulled or run for a month are still scanned, and billed.

use super::cost::{Sum, active_images, estimate};
use super::registry::{Draft, Known, all, conclude, finding, name_repositories, registry_is, scans_ecr};
use super::remedy::run;
use crate::model::{EcrImageUse, Section, SectionName, Target};
use crate::rules::finding::coupling::Setting;
use crate::rules::finding::ecr::{Item, Reason, RepositoryFact};
use crate::rules::finding::{
    Action, Advice, Blocker, Case, Finding, Note, Outcome, Remedy, Rule, ScanningStep, Severity,
};

/// From this many images on it is a pile and not a remainder.
const PILE: u64 = 10;

pub(super) static RULE: Rule = Rule {
    id: "ecr-stale-images-scanned",
    title: "Images that nobody pulls or runs are still scanned",
    explain: "# What it finds\n\n\
        At least 10 images that Inspector keeps scanning (status ACTIVE) although no cluster runs them and their last pull is \
        more than 30 days ago. Images that were never pulled are not counted, so there may be more.\n\n\
        # Why it costs\n\n\
        Every re-scan of such an image is billed like one of an image that matters. Piled-up old images are the usual bulk \
        of an image-scanning bill.\n\n\
        # How the figure is made\n\n\
        Stale images x re-scans of an image in a month (2, 10, 30: assumptions) x price of a re-scan. It is a part of the \
        figure on ecr-continuous-scan, and the totals count the registry once. Accounts billed through Security Hub's plan \
        pay otherwise.\n\n\
        # What it cannot see\n\n\
        Use outside Amazon ECS and Amazon EKS, and lifecycle policies that will delete the images soon. Images are counted \
        by repository and never listed.\n\n\
        # Fix\n\n\
        Give the repositories a lifecycle policy, or archive the images: archived images are not scanned. Shorten the \
        re-scan window. What a policy deletes is gone.\n\n\
        # References\n\n\
        Inspector user guide, scanning Amazon ECR images (2026-10). ECR user guide, lifecycle policies (2026-10).\n",
    needs: &[
        SectionName::EcrRegistryScanning,
        SectionName::InspectorAccountStatus,
        SectionName::InspectorEcrImageUse,
        SectionName::InspectorEcrImages,
    ],
    needs_one_of: &[],
};

/// Image counts by use; `None` where Inspector covers nothing.
pub(super) fn image_use(target: &Target) -> Known<Option<&EcrImageUse>> {
    match &target.inspector.ecr_image_use {
        Section::Complete(counts) => Ok(Some(counts)),
        Section::Absent(_) => Ok(None),
        Section::Missing(_) | Section::NotAsked => Err(vec![Blocker::section(SectionName::InspectorEcrImageUse)]),
    }
}

pub(super) fn check(facts: &Case<'_>) -> Outcome {
    let target = facts.target;
    let (stale, open) = match image_use(target) {
        Ok(counts) => (counts.map(|counts| &counts.stale_active).into_iter().flatten().collect::<Vec<_>>(), Vec::new()),
        Err(open) => (Vec::new(), open),
    };
    let total = stale.iter().fold(0_u64, |sum, (_, images)| sum.saturating_add(**images));
    let pile = match active_images(facts) {
        // Fewer active images than a pile need no second look.
        Ok(active) => Ok(active >= PILE),
        Err(_) if target.inspector.ecr_images.is_absent() => Ok(false),
        // A pile of stale ones is a pile, whatever else there is.
        Err(_) if total >= PILE => Ok(true),
        Err(open) => Err(open),
    };
    let kind = all([pile, registry_is(target, Setting::Enhanced), scans_ecr(target)]);
    let stale = if total >= PILE { stale } else { Vec::new() };
    conclude(kind, stale, open, |stale| {
        let Sum { cost, figure, mut evidence, open: _, no_figure } = estimate(facts, total, Item::StaleImages);
        for (name, images) in &stale {
            evidence.extend(name_repositories([name.as_str()], RepositoryFact::StaleImages(**images)));
        }
        let images = stale.iter().map(|(name, images)| ((*name).clone(), **images)).collect();
        let draft = Draft {
            severity: Severity::Medium,
            reason: Reason::EcrStaleImagesScanned { images, days: EcrImageUse::RECENT_DAYS, figure },
            cost,
            evidence,
            remediation: remediation(stale.first().map(|(name, _)| name.as_str()).unwrap_or_default()),
        };
        Finding { no_figure, ..finding(RULE.id, target, draft) }
    })
}

fn remediation(example: &str) -> Remedy {
    let repository = example.to_owned();
    let actions = vec![
        run(ScanningStep::PreviewLifecycle { repository: repository.clone() }),
        run(ScanningStep::GetLifecyclePreview { repository }),
        Action::Note(Note::PutLifecyclePolicy),
    ];
    Remedy::Steps { advice: Advice::ExpireStale, actions }
}
