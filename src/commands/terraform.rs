//! `terraform`: judges plans, states and directories.

use std::path::PathBuf;

use crate::app::{now, open, settle, write_report};
use crate::cli::{GlobalArgs, TerraformArgs};
use crate::config::Config;
use crate::price::PriceTable;
use crate::report::Status;
use crate::report_file;
use crate::settings;
use crate::snapshot_file;
use crate::terraform::TerraformSettings;

/// Judges Terraform inputs, beside snapshots if there are any.
pub(crate) fn run(args: &TerraformArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let config = Config::load(&args.config)?;
    let mut args = args.clone();
    config.fill_rules(&mut args.rules, false)?;
    config.fill_judgement(&mut args.judgement);
    config.fill_report(&mut args.report);
    let rules = settings::terraform_rules(&args.rules)?;
    let outputs = settings::outputs(&args.report)?;
    let inputs = args.path.iter().map(|path| ("a Terraform input", path.as_path()));
    let inputs = inputs.chain(args.snapshot.iter().map(|path| ("the snapshot", path.as_path())));
    let inputs = inputs.chain(Config::path(&args.config).map(|path| ("the configuration", path)));
    settings::apart(args.report.output.iter().map(PathBuf::as_path), inputs)?;
    let outputs = open(&outputs)?;
    let baseline = args.baseline.as_deref().map(report_file::read).transpose()?;
    let mut live = Vec::new();
    for path in &args.snapshot {
        snapshot_file::read::<anyhow::Error>(path, &mut |target| {
            live.push(target);
            Ok(())
        })?;
    }
    let terraform_settings = TerraformSettings { one_account: args.one_account, var_files: args.var_file.clone() };
    let analysis = crate::terraform::analyse(&args.path, &live, terraform_settings, &rules)?;
    let mut report = analysis.into_report(PriceTable::embedded().provenance().clone(), now());
    settle(&mut report, &config.suppressions(), baseline.as_ref());
    write_report(&report, &args.report, outputs, global)?;
    Ok(settings::fail_on(&args.judgement).status(&report))
}
