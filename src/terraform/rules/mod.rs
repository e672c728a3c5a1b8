//! The rules about Terraform and `OpenTofu`, a file each: its page and its check.

mod coupling_loop;
mod coupling_loop_conditional;
mod coupling_loop_hidden;
mod destroy_disables_scanning;
mod enabler_conflict;
mod enabler_narrower_than_live;
mod implicit_continuous_scan;
mod registry_several_writers;
mod scan_rules_invalid;
mod scanning_switched_off;

use super::judge::{Case, Judgement};
use crate::rules::Rule;

/// How a rule judges.
type Check = fn(&Case<'_>) -> Judgement;

/// All of them, sorted by id.
pub(crate) static RULES: &[(&Rule, Check)] = &[
    (&coupling_loop::RULE, coupling_loop::check),
    (&coupling_loop_conditional::RULE, coupling_loop_conditional::check),
    (&coupling_loop_hidden::RULE, coupling_loop_hidden::check),
    (&destroy_disables_scanning::RULE, destroy_disables_scanning::check),
    (&enabler_conflict::RULE, enabler_conflict::check),
    (&enabler_narrower_than_live::RULE, enabler_narrower_than_live::check),
    (&implicit_continuous_scan::RULE, implicit_continuous_scan::check),
    (&registry_several_writers::RULE, registry_several_writers::check),
    (&scan_rules_invalid::RULE, scan_rules_invalid::check),
    (&scanning_switched_off::RULE, scanning_switched_off::check),
];
