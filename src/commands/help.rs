//! What to type next, of every error that knows it.

use std::error::Error;

use super::fix::FixError;
use crate::io::snapshot_file::SnapshotError;
use crate::io::snapshot_files::NoSnapshots;
use crate::io::{Hint, OutputError, PlanFileError, ReportFileError};
use crate::settings::{ConfigError, SettingsError};
use crate::terraform::TerraformError;

/// The error with what can be done about it, where something in it knows and nobody said so yet.
pub(super) fn with_help(error: anyhow::Error) -> anyhow::Error {
    if error.downcast_ref::<Hint>().is_some() {
        return error;
    }
    match error.chain().find_map(help) {
        Some(help) => error.context(Hint(help)),
        None => error,
    }
}

fn help(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(error) = error.downcast_ref::<SettingsError>() {
        Some(error.help())
    } else if let Some(error) = error.downcast_ref::<ConfigError>() {
        Some(error.help().to_owned())
    } else if let Some(error) = error.downcast_ref::<SnapshotError>() {
        Some(error.help())
    } else if let Some(error) = error.downcast_ref::<NoSnapshots>() {
        Some(error.help())
    } else if let Some(error) = error.downcast_ref::<PlanFileError>() {
        Some(error.help().to_owned())
    } else if let Some(error) = error.downcast_ref::<ReportFileError>() {
        Some(error.help())
    } else if let Some(error) = error.downcast_ref::<FixError>() {
        Some(error.help())
    } else if let Some(error) = error.downcast_ref::<TerraformError>() {
        error.help().map(str::to_owned)
    } else {
        error.downcast_ref::<OutputError>().map(OutputError::help).or_else(|| of_accounts(error))
    }
}

#[cfg(feature = "aws")]
fn of_accounts(error: &(dyn Error + 'static)) -> Option<String> {
    error.downcast_ref::<crate::io::AccountsFileError>().map(|error| error.help().to_owned())
}

/// The offline build enters no accounts.
#[cfg(not(feature = "aws"))]
fn of_accounts(_: &(dyn Error + 'static)) -> Option<String> {
    None
}
