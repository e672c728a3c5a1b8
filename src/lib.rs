//! `inspector-audit`: which EFS file systems does Amazon Inspector make expensive, and where do ECR scanning and
//! Inspector switch each other on and off?
//!
//! Data flows one way: arguments, settings, [`collect`] (or load), snapshot ([`model`]), [`rules`], [`report`],
//! [`render`], exit status.

#[cfg(feature = "aws")]
pub mod collect;
pub mod model;
pub mod price;
pub mod render;
pub mod report;
pub mod rules;
pub mod terraform;
