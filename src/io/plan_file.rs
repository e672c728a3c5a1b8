//! Plans of sweeps: JSON Lines, a target each.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use super::bounded_file;
use crate::model::PlannedTarget;

/// The most bytes of a plan: a million targets.
const MOST: u64 = 256 << 20;

/// Why a plan cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanFileError {
    #[error("cannot read the plan {path}: {source}")]
    Io {
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    #[error(
        "line {line} of the plan {path} is no target: {message}; a line is an object such as {{\"account\":\"111122223333\",\"region\":\"us-east-1\",\"state\":\"planned\"}}"
    )]
    Line {
        path: PathBuf,
        line: usize,
        /// What is wrong.
        message: String,
    },
    #[error("the plan {path} has no target, so nothing would be expected: leave --expect out, or write the plan again")]
    Empty { path: PathBuf },
}

/// Reads a plan, compressed or not.
///
/// # Errors
/// When it cannot be read, a line is no target, or there is none.
pub(crate) fn read_plan(path: &Path) -> Result<Vec<PlannedTarget>, PlanFileError> {
    let io = |source| PlanFileError::Io { path: path.to_owned(), source };
    let reader = BufReader::new(bounded_file::open_bounded(path, MOST).map_err(io)?);
    let mut plan = Vec::new();
    for (index, line) in reader.lines().enumerate() {
        let line = line.map_err(io)?;
        if line.trim().is_empty() {
            continue;
        }
        let fail = |message| PlanFileError::Line { path: path.to_owned(), line: index + 1, message };
        let target: PlannedTarget = serde_json::from_str(&line).map_err(|error| fail(error.to_string()))?;
        if target.account.is_empty() || target.region.is_empty() {
            return Err(fail("account and region are needed".to_owned()));
        }
        plan.push(target);
    }
    if plan.is_empty() { Err(PlanFileError::Empty { path: path.to_owned() }) } else { Ok(plan) }
}
