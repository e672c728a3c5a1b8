//! `inspector-audit`: which EFS file systems does Amazon Inspector make expensive, and where do ECR scanning and
//! Inspector switch each other on and off?
//!
//! Data flows one way: arguments, settings, [`collect`] (or load), snapshot ([`model`]), [`rules`], [`report`],
//! [`render`], exit status.

pub mod app;
pub mod cli;
#[cfg(feature = "aws")]
pub mod collect;
pub mod commands;
pub mod config;
pub mod diff;
pub mod fix;
mod live;
mod live_prices;
pub mod log;
pub mod model;
pub mod mounts;
pub mod operator_mounts;
pub mod output;
mod permissions;
pub mod price;
pub mod progress;
pub mod render;
pub mod report;
pub mod report_file;
pub mod rules;
pub mod settings;
pub mod snapshot_file;
pub mod terraform;
pub mod what_if;
