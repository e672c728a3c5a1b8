//! The rules about Terraform and `OpenTofu`, a page each. How they judge is in the modules above: several of them look at
//! the same picture, and which of them speaks depends on in how many pictures the same thing holds.

pub(super) mod coupling_loop;
pub(super) mod coupling_loop_conditional;
pub(super) mod coupling_loop_hidden;
pub(super) mod destroy_disables_scanning;
pub(super) mod enabler_conflict;
pub(super) mod enabler_narrower_than_live;
pub(super) mod implicit_continuous_scan;
pub(super) mod registry_several_writers;
pub(super) mod scan_rules_invalid;
pub(super) mod scanning_switched_off;

use crate::rules::Rule;

/// All of them, sorted by id.
pub static ALL: [&Rule; 10] = [
    &coupling_loop::RULE,
    &coupling_loop_conditional::RULE,
    &coupling_loop_hidden::RULE,
    &destroy_disables_scanning::RULE,
    &enabler_conflict::RULE,
    &enabler_narrower_than_live::RULE,
    &implicit_continuous_scan::RULE,
    &registry_several_writers::RULE,
    &scan_rules_invalid::RULE,
    &scanning_switched_off::RULE,
];
