//! `collect`: from AWS into a snapshot, or a directory of them; nothing is judged.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::live::{self, Sweep};
use crate::cli::{CollectArgs, GlobalArgs};
use crate::io::{OperatorMounts, SortedSnapshot, SweepDirectory, WholeFile, note, now, quiet_if_closed, warn};
use crate::report::Status;
use crate::settings::{CollectOutput, CollectSettings, Live, Verbosity};

pub(super) fn run(args: &CollectArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let CollectSettings { live, mounts, output, verbosity } = CollectSettings::of(args, global)?;
    let mounts = live::mounts(&mounts, verbosity)?;
    let taken_at = now();
    let mut status = Status::Clean;
    match output {
        CollectOutput::File(path) => {
            let file = WholeFile::create(&path, "output")?;
            one_snapshot(live, &mounts, taken_at, verbosity, file)?.finish()?;
        }
        CollectOutput::Standard => quiet_if_closed(|| {
            // A snapshot that runs over the terminal leaves no line to draw on.
            let progress = verbosity.progress && !io::stdout().is_terminal();
            let verbosity = Verbosity { progress, ..verbosity };
            one_snapshot(live, &mounts, taken_at, verbosity, io::BufWriter::new(io::stdout().lock()))?;
            Ok(())
        })?,
        CollectOutput::Directory { path, max_age, retry_gaps } => {
            let directory = SweepDirectory::open(&path, taken_at, max_age, retry_gaps)?;
            status = into(live, &mounts, taken_at, verbosity, &Into { path: &path, directory, max_age })?;
        }
    }
    warn(&mounts.unknown(), verbosity.quiet);
    Ok(status)
}

/// All targets in one document.
fn one_snapshot<W: Write>(
    live: Live,
    mounts: &Arc<OperatorMounts>,
    taken_at: DateTime<Utc>,
    verbosity: Verbosity,
    out: W,
) -> anyhow::Result<W> {
    let mut snapshot = SortedSnapshot::new(out, taken_at);
    let sweep = Sweep::default();
    live::targets(live, mounts.clone(), taken_at, verbosity, sweep, &mut |target| Ok(snapshot.target(&target)?))?;
    Ok(snapshot.end()?)
}

/// Where a sweep writes, and what of it stays.
struct Into<'a> {
    path: &'a Path,
    directory: SweepDirectory,
    max_age: Duration,
}

/// Each target in a file of its own, as soon as it is done; what is there and young is not collected again.
fn into(
    live: Live,
    mounts: &Arc<OperatorMounts>,
    taken_at: DateTime<Utc>,
    verbosity: Verbosity,
    Into { path, directory, max_age }: &Into<'_>,
) -> anyhow::Result<Status> {
    let there = Arc::new(AtomicUsize::new(0));
    let sweep = Sweep {
        wanted: Arc::new({
            let (directory, there) = (directory.clone(), there.clone());
            move |account, region| {
                let is_there = directory.has(account, region);
                there.fetch_add(usize::from(is_there), Ordering::Relaxed);
                !is_there
            }
        }),
        only_find: false,
    };
    let (mut written, mut with_gaps) = (0_usize, 0_usize);
    live::targets(live, mounts.clone(), taken_at, verbosity, sweep, &mut |target| {
        directory.write(&target)?;
        written += 1;
        let hides = |(.., gap): &(_, _, &crate::model::Gap)| !gap.reason.is_absence();
        with_gaps += usize::from(target.gaps().iter().any(hides));
        Ok(())
    })?;
    let there = match there.load(Ordering::Relaxed) {
        0 => String::new(),
        there => format!("; {there} were there and younger than {} h", max_age.as_secs() / 3600),
    };
    let gaps = if with_gaps == 0 { String::new() } else { format!(", {with_gaps} of them with gaps") };
    note(&format!("{written} targets written to {}{gaps}{there}", path.display()), verbosity.quiet);
    Ok(if with_gaps == 0 { Status::Clean } else { Status::Incomplete })
}
