//! The commands, one file each. `scan`, `what-if` and `collect` are the pipeline of [`crate::app`].

pub(crate) mod explain;
pub(crate) mod iam_policy;
pub(crate) mod terraform;
