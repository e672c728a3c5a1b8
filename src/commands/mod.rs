//! The commands, one file each. `scan`, `what-if` and `collect` are the pipeline of [`crate::app`].

pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod explain;
pub mod fix;
pub(crate) mod iam_policy;
pub(crate) mod man;
pub mod prices;
pub(crate) mod terraform;
pub mod what_if;
