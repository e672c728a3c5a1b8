//! The report: what was found, what was not seen, and what it adds up to.
//!
//! Renderers print this; at most they count and add up what they group. The exit status is a function of it alone. What
//! is in it are the types of [`v1`]; here is what makes them, compares them and adds them up.

mod baseline;
mod measured;
mod status;
mod summary;
mod suppression;
mod sweep;
mod totals;
pub mod v1;
mod what_if;

pub(crate) use baseline::is_judged;
pub use baseline::{Fate, ReportFile, fate};
pub use measured::{Bill, BilledClass, BilledLine, Measured, MeasuredUsage};
pub use status::{FailOn, Status};
pub(crate) use suppression::fits;
pub use suppression::{Comment, Suppression};
pub use sweep::{Damage, Unjudged};
pub use totals::MonthlyTotals;
pub(crate) use totals::{bills, is_billed};
pub use v1::{
    AccountName, Baseline, Difference, FeeLine, FindingDifference, InspectorFees, Predicted, Prospect,
    REPORT_SCHEMA_VERSION, Report, ReportInventory, Run, SeverityCounts, Summary, SuppressionState, SuppressionUse,
    TargetId, TargetVerdicts, TerraformRead, WhatIf, World,
};

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use self::summary::summarize;
use self::v1::{Evaluation, Finding, GapReport, Note, VerdictRows};
use crate::model::{Target, Tool};
use crate::price::Provenance;

/// Gathers evaluations, target by target, into a report.
#[derive(Debug)]
pub struct ReportBuilder {
    run: Run,
    findings: Vec<Finding>,
    gaps: Vec<GapReport>,
    notes: Vec<Note>,
    verdicts: VerdictRows,
    measured: Vec<Measured>,
}

impl ReportBuilder {
    /// An empty report about `source`.
    pub fn new(source: &str, prices: Provenance) -> Self {
        Self {
            run: Run {
                source: source.to_owned(),
                taken_at: DateTime::<Utc>::UNIX_EPOCH,
                targets: Vec::new(),
                accounts: Vec::new(),
                skipped: Vec::new(),
                prices,
                inventory: ReportInventory::default(),
                terraform: None,
                unasked: BTreeMap::new(),
                suppressions: Vec::new(),
                baseline: None,
            },
            findings: Vec::new(),
            gaps: Vec::new(),
            notes: Vec::new(),
            verdicts: VerdictRows::default(),
            measured: Vec::new(),
        }
    }

    /// Says which prices were used, where that is known better at the end.
    pub fn prices(&mut self, prices: Provenance) {
        self.run.prices = prices;
    }

    /// Adds what AWS metered and billed on one target, where anything of that was collected.
    pub fn add_measured(&mut self, target: &Target) {
        self.measured.extend(measured::of(target));
    }

    /// Sets when the run began, if it is later than what is known; for a report that may have no target.
    pub fn taken_at(&mut self, at: DateTime<Utc>) {
        self.run.taken_at = self.run.taken_at.max(at);
    }

    /// Adds what the rules say of one target.
    pub fn add(&mut self, id: TargetId, taken_at: DateTime<Utc>, evaluation: Evaluation) {
        self.taken_at(taken_at);
        self.run.targets.push(id.clone());
        self.take(Some(id), evaluation);
    }

    fn take(&mut self, id: Option<TargetId>, evaluation: Evaluation) {
        let Evaluation { findings, verdicts, unasked, gaps, notes, inventory: seen } = evaluation;
        for (rule, sections) in unasked {
            self.run.unasked.entry(rule).or_default().extend(sections);
        }
        self.findings.extend(findings);
        self.gaps.extend(gaps);
        let (account, region) = id.as_ref().map(|id| (id.account.clone(), id.region.clone())).unwrap_or_default();
        self.notes.extend(notes.into_iter().map(|note| Note {
            account: account.clone(),
            region: region.clone(),
            ..note
        }));
        self.verdicts.add(id, verdicts.into_iter().map(|one| (one.rule, one.verdict)).collect());
        let inventory = &mut self.run.inventory;
        inventory.instances += seen.instances;
        inventory.file_systems += seen.file_systems;
        inventory.repositories += seen.repositories;
        inventory.file_systems_exposed_if_scanned += seen.file_systems_exposed_if_scanned;
    }

    /// Adds what findings would come to more a month on a target if Inspector's EC2 scanning, now off, were switched on.
    pub fn add_if_scanned(&mut self, monthly_usd: MonthlyTotals) {
        let inventory = &mut self.run.inventory;
        inventory.monthly_usd_if_scanned = inventory.monthly_usd_if_scanned.plus(monthly_usd);
    }

    /// The report about Terraform inputs: without targets, since their accounts need not be known. `read_at` is when they
    /// were read; nothing is judged by it.
    pub fn terraform(
        evaluation: Evaluation,
        read: TerraformRead,
        prices: Provenance,
        read_at: DateTime<Utc>,
    ) -> Report {
        let mut builder = Self::new("terraform", prices);
        builder.run.terraform = Some(read);
        builder.taken_at(read_at);
        builder.take(None, evaluation);
        builder.build()
    }

    /// The report: sorted, counted, added up.
    pub fn build(self) -> Report {
        let Self { mut run, mut findings, mut gaps, mut notes, verdicts, measured } = self;
        run.targets.sort();
        run.prices.aged(run.taken_at);
        gaps.sort();
        notes.sort();
        Finding::rank(&mut findings);
        let distinct = |values: BTreeSet<&str>| u64::try_from(values.len()).unwrap_or(u64::MAX);
        run.inventory.accounts = distinct(run.targets.iter().map(|target| target.account.as_str()).collect());
        run.inventory.regions = distinct(run.targets.iter().map(|target| target.region.as_str()).collect());
        Report {
            schema_version: REPORT_SCHEMA_VERSION,
            tool: Tool::this(),
            complete: gaps.iter().all(|gap| gap.rules.is_empty()),
            summary: summarize(&findings),
            measured: measured::finish(measured, &findings),
            what_if: None,
            notes,
            run,
            gaps,
            verdicts: verdicts.finish(),
            findings,
        }
    }
}
