//! Today and the changed world of `what-if`, gathered target by target and set side by side.

use crate::io::Hint;
use crate::model::{EcrImageCounts, Target};
use crate::price::{PriceTable, Provenance};
use crate::render::words::ecr::coupling;
use crate::render::words::{self, RunContext, say};
use crate::report::{Predicted, Report, ReportBuilder, Suppression, TargetId, WhatIf, v1};
use crate::rules::Evaluation;
use crate::what_if::fees::{self, Fee};
use crate::what_if::{Changes, Exclusions, Unblocked};

/// The two worlds of a run, gathered target by target.
#[derive(Debug)]
pub(super) struct Worlds {
    changes: Changes,
    today: ReportBuilder,
    fees: Vec<Fee>,
    predictions: Vec<Predicted>,
    exclusions: Exclusions,
    unblocked: Vec<Unblocked>,
    /// Whether the number of images that was given is needed anywhere.
    images_used: bool,
}

impl Worlds {
    pub(super) fn new(changes: Changes, prices: Provenance) -> Self {
        Self {
            exclusions: Exclusions::new(&changes.exclude),
            changes,
            today: ReportBuilder::new("today", prices),
            fees: Vec::new(),
            predictions: Vec::new(),
            unblocked: Vec::new(),
            images_used: false,
        }
    }

    /// Takes today's judgement of a target, and gives back the target as it would be.
    pub(super) fn change(&mut self, target: &Target, today: Evaluation, prices: &PriceTable) -> Target {
        let (account, region) = (target.account.clone(), target.region.clone());
        let steps = self.changes.prediction(target);
        self.predictions.extend(steps.map(|steps| Predicted {
            account: account.clone(),
            region: region.clone(),
            steps: coupling::prediction(&steps),
        }));
        self.today.add(TargetId { account, region }, target.taken_at, say::evaluation(today, &RunContext::default()));
        self.today.add_measured(target);
        self.unblocked.extend(self.exclusions.look(target));
        let mut changed = target.clone();
        self.changes.apply(&mut changed);
        self.images_used |= changed.inspector.ecr_images.complete().is_some_and(EcrImageCounts::is_given);
        self.fees.extend(fees::lines(target, &changed, prices));
        changed
    }

    /// Adds a target that was not judged, in either world.
    pub(super) fn add_unjudged(&mut self, target: Option<TargetId>, evaluation: v1::Evaluation) {
        self.today.add_unjudged(target, evaluation);
    }

    /// Whether everything that was asked for changes something.
    ///
    /// # Errors
    /// When an exclusion concerns no instance, or a number of images no registry.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.exclusions.check()?;
        if self.changes.ecr_images.is_none() || self.images_used {
            return Ok(());
        }
        Err(Hint::on(
            "--ecr-images changes nothing: it is for registries that Inspector does not scan today and then does",
            "give --inspector-ecr on or --ecr-scan-type enhanced with it",
        ))
    }

    /// Compares with the report of the changed world, whose meters are then set beside what is projected for today:
    /// AWS metered the world as it is.
    pub(super) fn compare(self, then: &mut Report, suppressions: &[Suppression]) -> WhatIf {
        let Self { changes, today, fees, predictions, unblocked, .. } = self;
        let mut today = today.build();
        today.suppress(suppressions);
        let what_if =
            WhatIf::compare(&today, then, words::changes::changes(&changes), words::fees::fees(fees), predictions);
        then.measured = today.measured;
        then.add_gaps(&what_if.today.gaps);
        WhatIf { warnings: words::changes::unblocked(&unblocked), ..what_if }
    }
}
