//! The commands, one file each. `scan`, `what-if` and `collect` are the pipeline of [`crate::app`].

pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod iam_policy;
pub(crate) mod man;
pub(crate) mod terraform;
