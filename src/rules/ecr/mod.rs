//! R2: the coupling between the ECR registry's scanning configuration and Inspector.
//!
//! One file for each rule, or for two that read the same facts; `coupling` is the state machine behind them. Every
//! finding is about the registry of one account in one region.

mod all_types_enabled;
mod auto_disable;
mod change_blocked;
mod continuous_scan;
mod cost;
pub(crate) mod coupling;
mod enhanced_without_inspector;
mod filter_match;
mod filters;
mod free_trial;
mod frequency;
mod images_expired;
mod registry;
mod remedy;
mod repositories_unscanned;
mod repository_setting_ignored;
mod rescan_window;
mod stale_images;

use crate::model::{RegistryScanning, Target};
use crate::rules::finding::coupling::State;
use crate::rules::finding::{Case, Outcome, Rule};

/// How a rule judges.
type Check = fn(&Case<'_>) -> Outcome;

/// The rules of R2.
pub(crate) static RULES: &[(&Rule, Check)] = &[
    (&all_types_enabled::RULE, all_types_enabled::check),
    (&auto_disable::AUTO_DISABLE, auto_disable::check_alone),
    (&auto_disable::DRIFT, auto_disable::check_others),
    (&change_blocked::RULE, change_blocked::check),
    (&continuous_scan::RULE, continuous_scan::check),
    (&enhanced_without_inspector::RULE, enhanced_without_inspector::check),
    (&filter_match::OVERLAP, filter_match::check_overlap),
    (&filter_match::SUBSTRING, filter_match::check_substring),
    (&free_trial::RULE, free_trial::check),
    (&images_expired::EXPIRED_FROM_SCAN, images_expired::check_expired),
    (&images_expired::IN_USE_UNTRACKED, images_expired::check_untracked),
    (&repositories_unscanned::RULE, repositories_unscanned::check),
    (&repository_setting_ignored::RULE, repository_setting_ignored::check),
    (&rescan_window::DURATION_LONG, rescan_window::check_duration),
    (&rescan_window::PULL_RENEWS, rescan_window::check_pull),
    (&stale_images::RULE, stale_images::check),
];

/// What a rule of this family concludes.
pub(crate) fn judge(rule: &Rule, case: &Case<'_>) -> Option<Outcome> {
    RULES.iter().find(|(one, _)| one.id == rule.id).map(|(_, check)| check(case))
}

/// The state machine's state of a target, as far as it is known: what is open counts as off.
pub(crate) fn known_state(target: &Target) -> State {
    registry::state(target)
}

/// The scan frequency that a registry gives a repository, as AWS writes it, `on_push` being the repository's own setting;
/// `None` where only a filter of an unknown kind could say it.
pub(crate) fn effective_frequency(registry: &RegistryScanning, name: &str, on_push: bool) -> Option<&'static str> {
    use crate::rules::finding::ecr::Frequency;
    let own = if on_push { Frequency::OnPush } else { Frequency::Unscanned };
    let leaves_it = registry.rules.is_empty() && registry.scan_type != "ENHANCED";
    let frequency = if leaves_it { own } else { filters::expected_frequency(registry, name)? };
    Some(match frequency {
        Frequency::Continuous => "CONTINUOUS_SCAN",
        Frequency::OnPush => "SCAN_ON_PUSH",
        Frequency::Unscanned => "MANUAL",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ScanningRule;

    #[test]
    fn a_repositorys_own_setting_counts_where_the_registry_leaves_it() {
        let registry =
            |scan_type: &str, rules: Vec<ScanningRule>| RegistryScanning { scan_type: scan_type.to_owned(), rules };
        let none_matches = || vec![remedy::scan_rule("SCAN_ON_PUSH", ["other".to_owned()])];
        let of =
            |registry: &RegistryScanning| [true, false].map(|on_push| effective_frequency(registry, "api", on_push));
        assert_eq!(of(&registry("BASIC", Vec::new())), [Some("SCAN_ON_PUSH"), Some("MANUAL")]);
        assert_eq!(of(&registry("BASIC", none_matches())), [Some("MANUAL"); 2]);
        assert_eq!(of(&registry("ENHANCED", none_matches())), [Some("MANUAL"); 2]);
        assert_eq!(of(&registry("ENHANCED", Vec::new())), [Some("CONTINUOUS_SCAN"); 2]);
    }
}
