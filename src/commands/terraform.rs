//! `terraform`: judges plans, states and directories.

use crate::app::{now, open, write_report};
use crate::cli::{GlobalArgs, TerraformArgs};
use crate::price::PriceTable;
use crate::report::Status;
use crate::settings;
use crate::snapshot_file;
use crate::terraform::TerraformSettings;

/// Judges Terraform inputs, beside snapshots if there are any.
pub(crate) fn run(args: &TerraformArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let rules = settings::terraform_rules(&args.rules)?;
    let outputs = open(&settings::outputs(&args.report)?)?;
    let mut live = Vec::new();
    for path in &args.snapshot {
        snapshot_file::read::<anyhow::Error>(path, &mut |target| {
            live.push(target);
            Ok(())
        })?;
    }
    let terraform_settings = TerraformSettings { one_account: args.one_account };
    let analysis = crate::terraform::analyse(&args.path, &live, terraform_settings, &rules)?;
    let report = analysis.into_report(PriceTable::embedded().provenance().clone(), now());
    write_report(&report, args.report.format, outputs, global)?;
    Ok(settings::fail_on(&args.judgement).status(&report))
}
