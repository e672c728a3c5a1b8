//! `what-if`: from what was typed to a changed world, and the two judged worlds side by side.

use chrono::{DateTime, Utc};

use crate::cli::{EcrScanTypeChoice, SwitchChoice, WhatIfArgs};
use crate::model::Target;
use crate::price::{PriceTable, Provenance};
use crate::report::{FeeLine, InspectorFees, Predicted, Report, ReportBuilder, Suppression, TargetId, WhatIf};
use crate::rules::Evaluation;
use crate::what_if::{Changes, ScanType, Switch, fees};

/// The changes that the options ask for.
///
/// # Errors
/// When the schedule is none that the rules can count.
pub fn changes(args: &WhatIfArgs, now: DateTime<Utc>) -> anyhow::Result<Changes> {
    let switch = |choice: Option<SwitchChoice>| {
        choice.map(|choice| match choice {
            SwitchChoice::On => Switch::On,
            SwitchChoice::Off => Switch::Off,
        })
    };
    if let Some(schedule) = &args.scan_schedule {
        anyhow::ensure!(
            crate::rules::efs::is_readable_schedule(schedule, now),
            "`{schedule}` is not a schedule: give rate(12 hours) or cron(0 2 * * ? *)"
        );
    }
    Ok(Changes {
        inspector_ec2: switch(args.inspector_ec2),
        inspector_ecr: switch(args.inspector_ecr),
        ecr_scan_type: args.ecr_scan_type.map(|choice| match choice {
            EcrScanTypeChoice::Basic => ScanType::Basic,
            EcrScanTypeChoice::Enhanced => ScanType::Enhanced,
        }),
        deep_inspection: switch(args.deep_inspection),
        scan_schedule: args.scan_schedule.clone(),
        transition_to_standard: switch(args.transition_to_standard),
        exclude: args.exclude.clone(),
    })
}

/// The two worlds of a run, gathered target by target.
#[derive(Debug)]
pub struct Worlds {
    changes: Changes,
    today: ReportBuilder,
    fees: Vec<FeeLine>,
    predictions: Vec<Predicted>,
}

impl Worlds {
    /// No target yet.
    pub fn new(changes: Changes, prices: Provenance) -> Self {
        Self { changes, today: ReportBuilder::new("today", prices), fees: Vec::new(), predictions: Vec::new() }
    }

    /// Takes today's judgement of a target, and gives back the target as it would be.
    pub fn change(&mut self, target: &Target, today: Evaluation, prices: &PriceTable) -> Target {
        let (account, region) = (target.account.clone(), target.region.clone());
        let steps = self.changes.prediction(target);
        self.predictions.extend(steps.map(|steps| Predicted {
            account: account.clone(),
            region: region.clone(),
            steps,
        }));
        self.today.add(TargetId { account, region }, target.taken_at, today);
        let mut changed = target.clone();
        self.changes.apply(&mut changed);
        self.fees.extend(fees::lines(target, &changed, prices));
        changed
    }

    /// Compares with the report of the changed world.
    pub fn compare(self, then: &Report, suppressions: &[Suppression]) -> WhatIf {
        let Self { changes, today, mut fees, predictions } = self;
        fees.sort_by(|a, b| (&a.account, &a.region, &a.item).cmp(&(&b.account, &b.region, &b.item)));
        let assumptions = fees::ASSUMPTIONS.map(str::to_owned).to_vec();
        let fees = InspectorFees::of(fees, assumptions);
        let mut today = today.build();
        today.suppress(suppressions);
        WhatIf::compare(&today, then, changes.describe(), fees, predictions)
    }
}
