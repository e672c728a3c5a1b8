//! `inspector-audit`: which EFS file systems does Amazon Inspector make expensive, and where do ECR scanning and
//! Inspector switch each other on and off?
//!
//! Data flows one way: arguments ([`cli`]), [`settings`], `collect` (or a file, [`io`]), snapshot ([`model`]), [`rules`],
//! [`report`], [`render`], exit status. [`commands`] drive it. Which room may use which is held by a test.

// What comes from files, AWS and people indexes nothing: where numbers are given out by the crate itself, the module says so.
#![warn(clippy::indexing_slicing)]

pub mod alignment;
mod aws_cli;
pub mod cli;
#[cfg(feature = "aws")]
mod collect;
pub mod commands;
pub mod diff;
pub mod fix;
pub mod io;
pub mod model;
pub mod mounts;
mod permissions;
pub mod price;
pub mod render;
pub mod report;
pub mod rules;
pub mod settings;
pub mod terraform;
mod text;
pub mod what_if;
