//! Plans of sweeps: JSON Lines, a target each.

use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use super::bounded_file::open_bounded;
use super::input::named;
use crate::model::PlannedTarget;

/// The most MiB of a plan: a million targets.
const MOST: u64 = 256;

/// Why a plan cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlanFileError {
    #[error("cannot read the plan {}", named(path))]
    Io {
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    #[error("line {line} of the plan {} is no target: {message}", named(path))]
    Line {
        path: PathBuf,
        line: usize,
        /// What is wrong.
        message: String,
    },
    #[error("the plan {} has no target, so nothing would be expected", named(path))]
    Empty { path: PathBuf },
}

impl PlanFileError {
    /// What to type next.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Io { .. } | Self::Empty { .. } => "write the plan again, or leave --expect out",
            Self::Line { .. } => {
                r#"a line is an object such as {"account":"111122223333","region":"us-east-1","state":"planned"}"#
            }
        }
    }
}

/// Reads a plan, compressed or not.
///
/// # Errors
/// When it cannot be read, a line is no target, or there is none.
pub(crate) fn read_plan(path: &Path) -> Result<Vec<PlannedTarget>, PlanFileError> {
    let io = |source| PlanFileError::Io { path: path.to_owned(), source };
    let reader = BufReader::new(open_bounded(path, MOST).map_err(io)?);
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
