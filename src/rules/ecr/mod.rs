//! R2: the coupling between the ECR registry's scanning configuration and Inspector.
//!
//! One file for each rule, or for two that read the same facts; [`coupling`] is the state machine behind them. Every
//! finding is about the registry of one account in one region.

pub mod all_types_enabled;
pub mod auto_disable;
pub mod change_blocked;
pub mod continuous_scan;
mod cost;
pub mod coupling;
pub mod enhanced_without_inspector;
pub mod filter_match;
pub mod filters;
pub mod free_trial;
mod frequency;
pub mod images_expired;
mod registry;
mod remedy;
pub mod repositories_unscanned;
pub mod repository_setting_ignored;
pub mod rescan_window;
pub mod stale_images;
