//! The pipeline's middle: target by target from what was collected or loaded to a report.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::snapshots;
use super::worlds::Worlds;
use crate::model::{PlanState, PlannedTarget, Target};
use crate::price::PriceTable;
use crate::render;
use crate::render::words::{DataSource, RunContext, say, sweep};
use crate::report::v1::Finding;
use crate::report::{MonthlyTotals, Report, ReportBuilder, ReportFile, Suppression, TargetId, Unjudged, bills};
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
    pub(super) fn add(&mut self, target: Target) -> bool {
        let id = TargetId { account: target.account.clone(), region: target.region.clone() };
        if !self.seen.insert(id.clone()) {
            return false;
        }
        let Judgement { rules, settings, .. } = &self.judgement;
        let mut evaluation = evaluate(&target, &self.prices, settings, rules);
        self.builder.add_measured(&target);
        let taken_at = target.taken_at;
        let mut judged = target;
        if let Some(worlds) = &mut self.worlds {
            judged = worlds.change(&judged, evaluation, &self.prices);
            evaluation = evaluate(&judged, &self.prices, settings, rules);
        }
        let is_exposed = evaluation.inventory.file_systems_exposed_if_scanned > 0;
        let if_scanned = is_exposed.then(|| self.if_scanned(&mut judged));
        // What is said of it takes room of its own.
        drop(judged);
        let evaluation = say::evaluation(evaluation, &self.run);
        if let Some(then) = if_scanned {
            let then = say::evaluation(then, &self.run);
            self.builder.add_if_scanned(monthly_usd(&then.findings).minus(monthly_usd(&evaluation.findings)));
        }
        self.builder.add(id, taken_at, evaluation);
        true
    }

    /// Takes over when snapshots were taken, and which of them could not be read.
    pub(super) fn read(&mut self, read: snapshots::Read) {
        read.taken_at.into_iter().for_each(|at| self.taken_at(at));
        for (target, why) in read.unread {
            self.add_unjudged(target, &why);
        }
    }

    /// Adds a target that could not be judged, unless it was judged from elsewhere.
    fn add_unjudged(&mut self, target: Option<TargetId>, why: &Unjudged) {
        if target.as_ref().is_none_or(|target| self.seen.insert(target.clone())) {
            let evaluation = sweep::unjudged(target.as_ref(), why, &self.judgement.rules);
            if let Some(worlds) = &mut self.worlds {
                worlds.add_unjudged(target.clone(), evaluation.clone());
            }
            self.builder.add_unjudged(target, evaluation);
        }
    }

    /// Holds what was judged against a plan: what it has and nobody judged is open. Returns what is odd, to be told.
    pub(super) fn expect(&mut self, plan: &[PlannedTarget]) -> Vec<String> {
        let id = |target: &PlannedTarget| TargetId { account: target.account.clone(), region: target.region.clone() };
        let known: BTreeSet<TargetId> = plan.iter().map(id).collect();
        let strange: Vec<_> = self.seen.difference(&known).collect();
        let number = strange.len();
        let odd = strange.first().map(|first| {
            format!("judged, though the plan does not have them: {number} of the targets, the first {first}")
        });
        let odd = odd.into_iter().collect();
        for target in plan.iter().filter(|target| target.state == PlanState::Planned) {
            self.add_unjudged(Some(id(target)), &Unjudged::NotCollected);
        }
        self.builder.plan(plan, |target| self.seen.contains(target));
        odd
    }

    /// Takes from a list of accounts what they are called, and what of them was left out.
    pub(super) fn known(&mut self, list: &[PlannedTarget]) {
        self.builder.plan(list, |target| self.seen.contains(target));
    }

    /// What the rules say of a target once its EC2 scanning, now off, is on.
    fn if_scanned(&self, target: &mut Target) -> Evaluation {
        Changes { inspector_ec2: Some(Switch::On), ..Changes::default() }.apply(target);
        evaluate(target, &self.prices, &self.judgement.settings, &self.judgement.rules)
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
