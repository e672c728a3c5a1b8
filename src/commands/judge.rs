//! The pipeline's middle: target by target from what was collected or loaded to a report.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::worlds::Worlds;
use crate::model::Target;
use crate::price::PriceTable;
use crate::render;
use crate::render::words::{DataSource, RunContext, say};
use crate::report::v1::Finding;
use crate::report::{MonthlyTotals, Report, ReportBuilder, ReportFile, Suppression, TargetId, bills};
use crate::rules::{Evaluation, evaluate};
use crate::settings::Judgement;
use crate::what_if::{Changes, Switch};

/// Judges targets one by one and keeps only what the rules say of them.
pub(super) struct Judge {
    prices: PriceTable,
    judgement: Judgement,
    /// Today beside the changed world; `None` where nothing is changed.
    worlds: Option<Worlds>,
    /// What printed commands repeat of this run.
    run: RunContext,
    builder: ReportBuilder,
    seen: BTreeSet<TargetId>,
}

impl Judge {
    /// `source` as reports name it; with `changes`, today is judged beside the changed world.
    pub(super) fn new(
        source: &str,
        prices: PriceTable,
        judgement: Judgement,
        run: RunContext,
        changes: Option<Changes>,
    ) -> Self {
        // Nothing holds the changed world, so nothing can be planned from it.
        let is_changed = changes.as_ref().is_some_and(|changes| *changes != Changes::default());
        let run = if is_changed { RunContext { source: DataSource::Imagined, ..run } } else { run };
        let builder = ReportBuilder::new(source, prices.provenance().clone());
        let worlds = changes.map(|changes| Worlds::new(changes, prices.provenance().clone()));
        Self { prices, judgement, worlds, run, builder, seen: BTreeSet::new() }
    }

    /// What printed commands repeat of this run.
    pub(super) fn run(&self) -> &RunContext {
        &self.run
    }

    /// Remembers when something of it was collected.
    pub(super) fn taken_at(&mut self, taken_at: DateTime<Utc>) {
        self.builder.taken_at(taken_at);
    }

    /// Judges one target; `false` if it was judged before.
    pub(super) fn add(&mut self, target: &Target) -> bool {
        let id = TargetId { account: target.account.clone(), region: target.region.clone() };
        if !self.seen.insert(id.clone()) {
            return false;
        }
        let Judgement { rules, settings, .. } = &self.judgement;
        let mut evaluation = evaluate(target, &self.prices, settings, rules);
        let changed;
        let mut judged = target;
        if let Some(worlds) = &mut self.worlds {
            changed = worlds.change(target, evaluation, &self.prices);
            evaluation = evaluate(&changed, &self.prices, settings, rules);
            judged = &changed;
        }
        let evaluation = say::evaluation(evaluation, &self.run);
        if evaluation.inventory.file_systems_exposed_if_scanned > 0 {
            let then = say::evaluation(self.if_scanned(judged), &self.run);
            self.builder.add_if_scanned(monthly_usd(&then.findings).minus(monthly_usd(&evaluation.findings)));
        }
        self.builder.add(id, target.taken_at, evaluation);
        self.builder.add_measured(target);
        true
    }

    /// What the rules say of a target once its EC2 scanning, now off, is on.
    fn if_scanned(&self, target: &Target) -> Evaluation {
        let mut changed = target.clone();
        Changes { inspector_ec2: Some(Switch::On), ..Changes::default() }.apply(&mut changed);
        evaluate(&changed, &self.prices, &self.judgement.settings, &self.judgement.rules)
    }

    /// The report of everything judged.
    ///
    /// # Errors
    /// When a change that was asked for concerns nothing that was judged.
    pub(super) fn report(mut self, baseline: Option<&ReportFile>) -> anyhow::Result<Report> {
        self.worlds.as_ref().map_or(Ok(()), Worlds::check)?;
        let regions = self.seen.iter().map(|target| target.region.as_str());
        self.builder.prices(self.prices.provenance_in(regions));
        let mut report = self.builder.build();
        mark_known(&mut report, &self.judgement.suppressions, baseline);
        report.what_if = self.worlds.map(|worlds| worlds.compare(&mut report, &self.judgement.suppressions));
        Ok(report)
    }
}

fn monthly_usd(findings: &[Finding]) -> MonthlyTotals {
    bills(findings).map(|(_, cost)| MonthlyTotals::of(cost)).sum()
}

/// Marks what is suppressed and what is new, and says on standard error which suppressions have had their day.
pub(super) fn mark_known(report: &mut Report, suppressions: &[Suppression], baseline: Option<&ReportFile>) {
    report.suppress(suppressions);
    if let Some(baseline) = baseline {
        report.compare(&baseline.report, &baseline.digest);
    }
    for idle in render::idle_suppressions(report).iter().filter(|idle| idle.to_mend) {
        tracing::warn!("{}", idle.sentence);
    }
}
