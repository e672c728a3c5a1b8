//! `collect`: from AWS into a snapshot; nothing is judged.

use std::io::{self, IsTerminal as _};

use super::live;
use crate::cli::{CollectArgs, GlobalArgs};
use crate::io::snapshot_file::Writer;
use crate::io::{WholeFile, now, quiet_if_closed, warn};
use crate::report::Status;
use crate::settings::{CollectSettings, Verbosity};

pub(super) fn run(args: &CollectArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let CollectSettings { live, mounts, output, verbosity } = CollectSettings::of(args, global)?;
    let mounts = live::mounts(&mounts, verbosity)?;
    let taken_at = now();
    match output {
        Some(path) => {
            let mut writer = Writer::new(WholeFile::create(&path, "output")?, taken_at);
            live::targets(live, mounts.clone(), taken_at, verbosity, &mut |target| Ok(writer.target(&target)?))?;
            writer.end()?.finish()?;
        }
        None => quiet_if_closed(|| {
            let mut writer = Writer::new(io::BufWriter::new(io::stdout().lock()), taken_at);
            // A snapshot that runs over the terminal leaves no line to draw on.
            let progress = verbosity.progress && !io::stdout().is_terminal();
            let verbosity = Verbosity { progress, ..verbosity };
            live::targets(live, mounts.clone(), taken_at, verbosity, &mut |target| Ok(writer.target(&target)?))?;
            writer.end()?;
            Ok(())
        })?,
    }
    warn(&mounts.unknown(), verbosity.quiet);
    Ok(Status::Clean)
}
