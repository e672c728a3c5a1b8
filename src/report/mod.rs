//! The report: what was found, what was not seen, and what it adds up to. Also the JSON contract, version 1.
//!
//! Renderers print this and compute nothing; the exit status is a function of it alone.

mod baseline;
mod measured;
mod status;
mod suppression;
mod totals;
pub mod v1;
mod what_if;

pub use baseline::{Baseline, Fate, ReportFile, fate};
pub use measured::{Bill, BilledClass, BilledLine, Measured, MeasuredUsage};
pub use status::{FailOn, Status};
pub(crate) use suppression::fits;
pub use suppression::{Suppression, SuppressionState, SuppressionUse};
pub use totals::MonthlyTotals;
pub(crate) use totals::bills;
pub use what_if::{Difference, FeeLine, FindingDifference, InspectorFees, Predicted, Prospect, WhatIf, World};

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use self::v1::{Evaluation, Finding};
use crate::model::{Target, Tool};
use crate::price::{Provenance, Usd};
use crate::report::v1::GapReport;
use crate::rules::{RuleVerdict, Severity};

/// The version of the JSON report.
pub const REPORT_SCHEMA_VERSION: u32 = 1;

/// A report. Serialized as it stands: renaming a field breaks its readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// See [`REPORT_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Who wrote it.
    pub tool: Tool,
    /// What was judged.
    pub run: Run,
    /// Whether no gap could still change an outcome.
    pub complete: bool,
    /// Sorted by account, region, section, resource.
    pub gaps: Vec<GapReport>,
    /// Sorted by account, region, rule.
    pub verdicts: Vec<RuleVerdict>,
    /// Counts and totals.
    pub summary: Summary,
    /// Today beside the changed world that the rest is about; `None` for the world as it is.
    #[serde(default)]
    pub what_if: Option<WhatIf>,
    /// What was really used and paid, by account and region.
    #[serde(default)]
    pub measured: Vec<Measured>,
    /// Ranked; the suppressed ones, ranked among themselves, stand behind the others.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The findings that count, in the report's order: those that are not suppressed.
    pub fn counted(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.suppressed.is_none())
    }

    /// How many findings have no figure although it would count: the totals are then least ones.
    pub fn without_figure(&self) -> u64 {
        u64::try_from(self.counted().filter(|finding| finding.no_figure.is_some()).count()).unwrap_or(u64::MAX)
    }

    /// The suppressed findings, in the report's order.
    pub fn suppressed(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.suppressed.is_some())
    }
}

/// What was judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// `aws`, `snapshot` or `terraform`.
    pub source: String,
    /// When it was collected, UTC; the latest of several snapshots.
    pub taken_at: DateTime<Utc>,
    /// Sorted.
    pub targets: Vec<TargetId>,
    /// The prices.
    pub prices: Provenance,
    /// What was looked at.
    pub inventory: ReportInventory,
    /// What was read of Terraform; `None` for a run about an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terraform: Option<TerraformRead>,
    /// The operator's suppressions and what became of each, in the order of the configuration file.
    #[serde(default)]
    pub suppressions: Vec<SuppressionUse>,
    /// What the findings were compared with, if with anything.
    #[serde(default)]
    pub baseline: Option<Baseline>,
}

/// What was read of Terraform.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerraformRead {
    /// Root modules; plans and states are not among them.
    pub directories: u64,
    /// Plans, states and configuration files, those of called modules with them.
    pub files: u64,
    /// Resources that the rules look at, each instance counted.
    pub resources: u64,
}

/// What was looked at in all targets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportInventory {
    /// Distinct accounts.
    pub accounts: u64,
    /// Distinct regions.
    pub regions: u64,
    /// Instances, in whatever state.
    pub instances: u64,
    /// File systems.
    pub file_systems: u64,
    /// Repositories.
    pub repositories: u64,
    /// File systems that would be exposed if Inspector's EC2 scanning were switched on where it is off.
    pub file_systems_exposed_if_scanned: u64,
}

/// One (account, region).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TargetId {
    /// The account id.
    pub account: String,
    /// The region.
    pub region: String,
}

/// Counts and totals over the unsuppressed findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// By severity.
    pub findings: SeverityCounts,
    /// Suppressed findings: they are in the report's list, and in no other number here.
    pub suppressed: u64,
    /// The one-time cost of all of them.
    pub one_time_usd: Usd,
    /// The monthly cost, each dollar once.
    pub monthly_usd: MonthlyTotals,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityCounts {
    /// Critical ones.
    pub critical: u64,
    /// High ones.
    pub high: u64,
    /// Medium ones.
    pub medium: u64,
    /// Low ones.
    pub low: u64,
    /// Advice.
    pub info: u64,
}

impl SeverityCounts {
    /// All of them.
    pub fn total(self) -> u64 {
        self.critical + self.high + self.medium + self.low + self.info
    }
}

/// Gathers evaluations, target by target, into a report.
#[derive(Debug)]
pub struct ReportBuilder {
    run: Run,
    evaluation: Evaluation,
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
                prices,
                inventory: ReportInventory::default(),
                terraform: None,
                suppressions: Vec::new(),
                baseline: None,
            },
            evaluation: Evaluation::default(),
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
        self.run.targets.push(id);
        let all = &mut self.evaluation;
        all.findings.extend(evaluation.findings);
        all.verdicts.extend(evaluation.verdicts);
        all.gaps.extend(evaluation.gaps);
        let inventory = &mut self.run.inventory;
        inventory.instances += evaluation.inventory.instances;
        inventory.file_systems += evaluation.inventory.file_systems;
        inventory.repositories += evaluation.inventory.repositories;
        inventory.file_systems_exposed_if_scanned += evaluation.inventory.file_systems_exposed_if_scanned;
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
        builder.evaluation = evaluation;
        builder.build()
    }

    /// The report: sorted, counted, added up.
    pub fn build(self) -> Report {
        let Self { mut run, evaluation, measured } = self;
        let Evaluation { mut findings, mut verdicts, mut gaps, .. } = evaluation;
        run.targets.sort();
        run.prices.aged(run.taken_at);
        verdicts.sort();
        gaps.sort();
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
            run,
            gaps,
            verdicts,
            findings,
        }
    }
}

/// Counts findings and adds up their figures, each dollar once; suppressed ones count only as suppressed.
fn summarize(findings: &[Finding]) -> Summary {
    let mut summary = Summary::default();
    for finding in findings {
        if finding.suppressed.is_some() {
            summary.suppressed += 1;
            continue;
        }
        let counts = &mut summary.findings;
        *match finding.severity {
            Severity::Critical => &mut counts.critical,
            Severity::High => &mut counts.high,
            Severity::Medium => &mut counts.medium,
            Severity::Low => &mut counts.low,
            Severity::Info => &mut counts.info,
        } += 1;
    }
    for (_, cost) in bills(findings) {
        summary.one_time_usd = summary.one_time_usd.plus(cost.one_time_usd);
        summary.monthly_usd = summary.monthly_usd.plus(MonthlyTotals::of(cost));
    }
    summary
}
