//! The world that `what-if` judges.

use chrono::{DateTime, Utc};

use crate::cli::{EcrScanTypeChoice, SwitchChoice, WhatIfArgs};
use crate::io::Hint;
use crate::rules::efs::check_schedule;
use crate::what_if::{Changes, ScanType, Switch};

/// The changes that the options ask for.
///
/// # Errors
/// When nothing is asked for, or the schedule is none that State Manager takes and the rules can count.
pub(crate) fn changes(args: &WhatIfArgs, now: DateTime<Utc>) -> anyhow::Result<Changes> {
    let switch = |choice: Option<SwitchChoice>| {
        choice.map(|choice| match choice {
            SwitchChoice::On => Switch::On,
            SwitchChoice::Off => Switch::Off,
        })
    };
    if let Some(schedule) = &args.scan_schedule {
        check_schedule(schedule, now)?;
    }
    let changes = Changes {
        inspector_ec2: switch(args.inspector_ec2),
        inspector_ecr: switch(args.inspector_ecr),
        ecr_scan_type: args.ecr_scan_type.map(|choice| match choice {
            EcrScanTypeChoice::Basic => ScanType::Basic,
            EcrScanTypeChoice::Enhanced => ScanType::Enhanced,
        }),
        ecr_images: args.ecr_images,
        deep_inspection: switch(args.deep_inspection),
        scan_schedule: args.scan_schedule.clone(),
        transition_to_standard: switch(args.transition_to_standard),
        exclude: args.exclude.clone(),
    };
    if changes == Changes::default() {
        return Err(Hint::on(
            "what-if needs a change",
            "say what changes, such as --inspector-ec2 on; `inspector-audit what-if --help` lists all under Changes",
        ));
    }
    Ok(changes)
}
