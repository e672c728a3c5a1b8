//! `scan`: collect or load, judge, report. The pipeline, readable aloud.

use std::path::Path;

use super::judge::Judge;
use super::live;
use super::outputs::Outputs;
use super::price_table::{asking, price_table};
use super::run_context::run_context;
use super::snapshots;
use crate::cli::{GlobalArgs, ScanArgs};
use crate::io::{WholeFile, now, read_plan, read_report, snapshot_file, warn};
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
    let plan = settings.expect.as_deref().map(read_plan).transpose()?;
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
                if let Some(kept) = &mut kept {
                    kept.target(&target)?;
                }
                judge.add(target);
                Ok(())
            })?;
            if let Some(kept) = kept {
                kept.end()?.finish()?;
            }
        }
        Source::Snapshots(paths) => {
            let read = snapshots::read(&paths, settings.verbosity.quiet, &mut |mut target| {
                mounts.put_into(&mut target);
                Ok(judge.add(target))
            })?;
            judge.read(read);
            if let Some(plan) = plan {
                warn(&judge.expect(&plan), settings.verbosity.quiet);
            }
        }
    }
    warn(&mounts.unknown(), settings.verbosity.quiet);
    let run = judge.run().clone();
    let report = judge.report(baseline.as_ref())?;
    outputs.write(&report, &run, settings.fail_on)?;
    Ok(settings.fail_on.status(&report))
}
