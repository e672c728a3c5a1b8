//! Judgement: from a target's snapshot, prices and settings to findings. Pure.
//!
//! Nothing here reads a clock, a file, the environment or the network, and nothing is async: the same snapshot and
//! the same settings give the same findings on every machine. [`finding`] is the vocabulary at the bottom, the families
//! stand on it side by side, and `catalog` on top knows them all.

mod catalog;
pub mod ecr;
pub mod efs;
pub mod finding;
pub(crate) mod status;

pub use catalog::{Courses, RULES, evaluate, evidence_scope, live_rules, rule, terraform_rules};
pub use finding::*;
