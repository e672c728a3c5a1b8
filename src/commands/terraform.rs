//! `terraform`: judges plans, states and directories.

use super::judge::mark_known;
use super::outputs::Outputs;
use super::snapshots;
use crate::cli::{GlobalArgs, TerraformArgs};
use crate::io::{Hint, now, read_report, warn};
use crate::price::PriceTable;
use crate::render::words::{DataSource, RunContext, bad_ignore, say};
use crate::report::{Comment, ReportBuilder, Status, Suppression, TerraformRead};
use crate::rules::finding::terraform::Ignore;
use crate::settings::TerraformSettings;
use crate::terraform::{self, analyse};

/// Judges Terraform inputs, beside snapshots if there are any.
pub(super) fn run(args: &TerraformArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let settings = TerraformSettings::of(args, global)?;
    let outputs = Outputs::open(&settings.report);
    let baseline = settings.baseline.as_deref().map(read_report).transpose()?;
    let mut live = Vec::new();
    if !settings.snapshots.is_empty() {
        let read = snapshots::read(&settings.snapshots, global.quiet, &mut |target| {
            live.push(target);
            Ok(true)
        })?;
        if !read.unread.is_empty() {
            let unknown = "what is live is not known: not every snapshot could be read";
            return Err(Hint::on(unknown, "collect it again, or leave it out"));
        }
    }
    let given = terraform::TerraformSettings { one_account: settings.one_account, var_files: settings.var_files };
    let analysis = analyse(&settings.paths, &live, &given, &settings.rules)?;
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let read = TerraformRead {
        directories: count(analysis.inputs.iter().filter(|input| input.directory).count()),
        files: count(analysis.inputs.iter().map(|input| input.files).sum()),
        resources: count(analysis.inputs.iter().map(|input| input.resources).sum()),
    };
    let prices = PriceTable::embedded().provenance().clone();
    // Nothing of Terraform's is planned from AWS's data: no command of `fix` is printed.
    let run = RunContext { source: DataSource::Imagined, ..RunContext::default() };
    let warnings: Vec<String> = analysis.bad_ignores.iter().map(bad_ignore).collect();
    warn(&warnings, global.quiet);
    let suppressions: Vec<Suppression> =
        settings.suppressions.into_iter().chain(analysis.ignores.into_iter().map(suppression)).collect();
    let mut report = ReportBuilder::terraform(say::evaluation(analysis.evaluation, &run), read, prices, now());
    mark_known(&mut report, &suppressions, baseline.as_ref());
    outputs.write(&report, &run, settings.fail_on)?;
    Ok(settings.fail_on.status(&report))
}

/// A comment in the source as the suppression that it is.
fn suppression(ignore: Ignore) -> Suppression {
    let Ignore { at, rule, reason, until, findings } = ignore;
    let comment = Some(Comment { at, findings });
    Suppression { rule: Some(rule), reason, expires: until, comment, ..Suppression::default() }
}
