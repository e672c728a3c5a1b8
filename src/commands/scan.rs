//! `scan`: collect or load, judge, report. The pipeline, readable aloud.

use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::judge::Judge;
use super::live::{self, Sweep};
use super::outputs::Outputs;
use super::price_table::{asking, price_table};
use super::run_context::run_context;
use super::snapshots;
use crate::cli::{GlobalArgs, ScanArgs};
use crate::io::{SortedSnapshot, WholeFile, now, read_plan, read_report, warn};
use crate::model::Target;
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
    let mut outputs = Outputs::open(&settings.report);
    let baseline = settings.baseline.as_deref().map(read_report).transpose()?;
    let mounts = live::mounts(&settings.mounts, settings.verbosity)?;
    let source = match &settings.source {
        Source::Aws(_) => "aws",
        Source::Snapshots(_) => "snapshot",
    };
    let plan = settings.expect.as_deref().map(read_plan).transpose()?;
    let run = run_context(&settings.source, settings.save_snapshot.as_deref(), settings.repeated);
    let mut judge = Judge::new(source, prices, settings.judgement, run, changes);
    match settings.source {
        Source::Aws(live) => {
            let taken_at = now();
            judge.taken_at(taken_at);
            let mut kept = Kept::open(settings.save_snapshot.as_deref(), taken_at, &mut outputs);
            outputs.warn_early(settings.verbosity.quiet);
            let sweep = Sweep::default();
            let known = live::targets(*live, mounts.clone(), taken_at, settings.verbosity, sweep, &mut |target| {
                kept.target(&target, &mut outputs);
                judge.add(target);
                Ok(())
            })?;
            judge.known(&known);
            kept.end(&mut outputs);
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

/// The snapshot that is kept of a live run. The report does not depend on it: what cannot be written of it is one lost
/// output among the others.
struct Kept(Option<(SortedSnapshot<WholeFile>, PathBuf)>);

impl Kept {
    fn open(path: Option<&Path>, taken_at: DateTime<Utc>, outputs: &mut Outputs<'_>) -> Self {
        let Some(path) = path else { return Self(None) };
        match WholeFile::create(path, "save-snapshot") {
            Ok(file) => Self(Some((SortedSnapshot::new(file, taken_at), path.to_owned()))),
            Err(error) => {
                outputs.lose(error);
                Self(None)
            }
        }
    }

    fn target(&mut self, target: &Target, outputs: &mut Outputs<'_>) {
        if let Some((writer, path)) = &mut self.0
            && let Err(error) = writer.target(target)
        {
            outputs.lose(lost(error, path));
            self.0 = None;
        }
    }

    fn end(self, outputs: &mut Outputs<'_>) {
        let Some((writer, path)) = self.0 else { return };
        match writer.end() {
            Err(error) => outputs.lose(lost(error, &path)),
            Ok(file) => {
                if let Err(error) = file.finish() {
                    outputs.lose(error);
                }
            }
        }
    }
}

fn lost(error: io::Error, path: &Path) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("cannot write {}", path.display()))
}
