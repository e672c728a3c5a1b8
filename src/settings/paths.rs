//! Files that a run writes, against those that it reads.

use std::collections::BTreeSet;
use std::path::Path;

use super::error::SettingsError;
use crate::io::{is_standard, resolved};

/// A file that a run reads, with what it is to it: `the snapshot`.
pub(super) type Input<'a> = (&'static str, &'a Path);

/// Refuses standard input for more than one of the files that a run reads.
///
/// # Errors
/// [`SettingsError::StandardInputTwice`].
pub(crate) fn one_standard_input<'a>(inputs: impl IntoIterator<Item = Input<'a>>) -> Result<(), SettingsError> {
    let mut standard = inputs.into_iter().filter(|(_, path)| is_standard(path)).map(|(what, _)| what);
    match (standard.next(), standard.next()) {
        (Some(first), Some(second)) => Err(SettingsError::StandardInputTwice { first, second }),
        _ => Ok(()),
    }
}

/// Refuses files to write that are the same, or that the run reads; links and `./` hide neither.
///
/// A baseline is no input here: to replace it by the report that was compared with it is how it is kept up to date.
///
/// # Errors
/// [`SettingsError::SameOutput`] and [`SettingsError::OverInput`].
pub(super) fn refuse_overlapping_paths<'a>(
    outputs: impl IntoIterator<Item = &'a Path>,
    inputs: impl IntoIterator<Item = Input<'a>>,
) -> Result<(), SettingsError> {
    // A path that leads nowhere fails where it is opened, with a better reason.
    let place = |path: &Path| resolved(path).unwrap_or_else(|_| path.to_owned());
    let inputs: Vec<_> = inputs.into_iter().map(|(what, path)| (what, place(path))).collect();
    let mut seen = BTreeSet::new();
    for path in outputs {
        let output = place(path);
        if let Some((what, _)) = inputs.iter().find(|(_, input)| *input == output) {
            return Err(SettingsError::OverInput { path: path.to_owned(), what });
        }
        if !seen.insert(output) {
            return Err(SettingsError::SameOutput(path.to_owned()));
        }
    }
    Ok(())
}
