//! `what-if`: the same report as `scan`'s, for a changed world.

use super::scan;
use crate::cli::{GlobalArgs, WhatIfArgs};
use crate::io::now;
use crate::report::Status;
use crate::settings::{ScanSettings, changes};

/// Judges today and the changed world, and writes the report.
pub(super) fn run(args: &WhatIfArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let changes = changes(args, now())?;
    scan::judge_and_report(ScanSettings::of(&args.scan, global)?, Some(changes))
}
