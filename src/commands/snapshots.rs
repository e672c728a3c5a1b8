//! Snapshots of a run: read file by file and target by target, so that one that is broken costs its own target only.

use std::error::Error as _;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::io::snapshot_file::{self, SnapshotError};
use crate::io::snapshot_files::{self, SnapshotFile};
use crate::io::{named, warn};
use crate::model::Target;
use crate::report::{TargetId, Unjudged};

/// What the files of a run came to besides their targets.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// When each file was taken.
    pub(super) taken_at: Vec<DateTime<Utc>>,
    /// Files that could not be read, and the targets that their places name.
    pub(super) unread: Vec<(Option<TargetId>, Unjudged)>,
}

/// What ends the reading of a file early.
enum Stop {
    Unread(SnapshotError),
    /// The run itself failed.
    Failed(anyhow::Error),
}

impl From<SnapshotError> for Stop {
    fn from(error: SnapshotError) -> Self {
        Self::Unread(error)
    }
}

/// Hands each target of the snapshots to `each`, which says whether it took it or had it already.
///
/// # Errors
/// When there is no snapshot, none could be read, a file that was named is not there, or `each` fails.
pub(super) fn read(
    paths: &[PathBuf],
    quiet: bool,
    each: &mut dyn FnMut(Target) -> anyhow::Result<bool>,
) -> anyhow::Result<Read> {
    let files = snapshot_files::find(paths)?;
    let (several, mut any) = (files.len() > 1, false);
    let (mut read, mut warnings, mut first_error) = (Read::default(), Vec::new(), None);
    for SnapshotFile { path, target: file_target, named: is_named_itself } in files {
        let shown = named(&path);
        let mut judged_here = false;
        let header = snapshot_file::read(&path, &mut |target| {
            let id = TargetId { account: target.account.clone(), region: target.region.clone() };
            any = true;
            let is_expected = Some(&id) == file_target.as_ref();
            if each(target).map_err(Stop::Failed)? {
                judged_here |= is_expected;
            } else {
                warnings.push(format!("{id} is in the snapshots more than once: judged once, and not as in {shown}"));
            }
            Ok(())
        });
        let error = match header {
            Ok(header) => {
                read.taken_at.push(header.taken_at);
                continue;
            }
            Err(Stop::Failed(error)) => return Err(error),
            Err(Stop::Unread(error)) => error,
        };
        if !several || is_named_itself && error.is_not_found() {
            return Err(error.into());
        }
        if !is_named_itself && matches!(error, SnapshotError::Report { .. }) {
            warnings.push(format!("{shown} is a report, not a snapshot: passed over"));
        } else {
            let source = error.source().map_or_else(String::new, |source| format!(": {source}"));
            warnings.push(format!("not judged: {error}{source}; {}", error.help()));
            // One that breaks behind its own target may have had others.
            let target = file_target.filter(|_| !judged_here);
            read.unread.push((target, Unjudged::Unreadable { file: shown, damage: error.damage() }));
        }
        first_error.get_or_insert(error);
    }
    match first_error.filter(|_| !any) {
        Some(error) => Err(anyhow::Error::new(error).context("no snapshot could be read")),
        None => {
            warn(&warnings, quiet);
            Ok(read)
        }
    }
}
