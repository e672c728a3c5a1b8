//! `scan`: collect or load, judge, report. The pipeline, readable aloud.

use std::path::Path;

use super::judge::Judge;
use super::live;
use super::outputs::Outputs;
use super::price_table::{asking, price_table};
use super::run_context::run_context;
use crate::cli::{GlobalArgs, ScanArgs};
use crate::io::{OperatorMounts, WholeFile, now, read_report, snapshot_file, warn};
use crate::report::Status;
use crate::settings::{ScanSettings, Source};
use crate::what_if::Changes;

/// Judges targets, and writes the report.
pub(super) fn run(args: &ScanArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    judge_and_report(ScanSettings::of(args, global)?, None)
}

/// The same, with `changes` for a changed world beside today's.
pub(super) fn judge_and_report(settings: ScanSettings, changes: Option<Changes>) -> anyhow::Result<Status> {
    let prices = price_table(&settings.prices, &asking(&settings.prices.asker), now())?;
    let outputs = Outputs::open(&settings.report)?;
    let baseline = settings.baseline.as_deref().map(read_report).transpose()?;
    let mounts = live::mounts(&settings.mounts, settings.verbosity)?;
    let source = match &settings.source {
        Source::Aws(_) => "aws",
        Source::Snapshots(_) => "snapshot",
    };
    let run = run_context(&settings.source);
    let mut judge = Judge::new(source, prices, settings.judgement, run, changes);
    match settings.source {
        Source::Aws(live) => {
            let taken_at = now();
            judge.taken_at(taken_at);
            let keep = |path: &Path| -> anyhow::Result<_> {
                Ok(snapshot_file::Writer::begin(WholeFile::create(path, "save-snapshot")?, taken_at)?)
            };
            let mut kept = settings.save_snapshot.as_deref().map(keep).transpose()?;
            live::targets(*live, mounts.clone(), taken_at, settings.verbosity, &mut |target| {
                judge.add(&target);
                if let Some(kept) = &mut kept {
                    kept.target(&target)?;
                }
                Ok(())
            })?;
            if let Some(kept) = kept {
                kept.end()?.finish()?;
            }
        }
        Source::Snapshots(paths) => {
            for path in &paths {
                load(path, &mounts, &mut judge)?;
            }
        }
    }
    warn(&mounts.unknown(), settings.verbosity.quiet);
    let run = judge.run().clone();
    let report = judge.report(baseline.as_ref())?;
    outputs.write(&report, &run, settings.fail_on)?;
    Ok(settings.fail_on.status(&report))
}

/// Reads and judges one snapshot.
fn load(path: &Path, mounts: &OperatorMounts, judge: &mut Judge) -> anyhow::Result<()> {
    let header = snapshot_file::read::<anyhow::Error>(path, &mut |mut target| {
        mounts.put_into(&mut target);
        anyhow::ensure!(
            judge.add(&target),
            "the target {}/{} is in the snapshots twice, the second time in {}: leave one of them out",
            target.account,
            target.region,
            path.display()
        );
        Ok(())
    })?;
    judge.taken_at(header.taken_at);
    Ok(())
}
