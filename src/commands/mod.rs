//! Commands that are more than a few lines, each with its arguments.

pub mod fix;
