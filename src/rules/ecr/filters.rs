//! Matching repository names with the registry's filters.
//!
//! A filter without `*` matches every name that contains it; `*` stands for zero or more characters and anchors the
//! rest at both ends (ECR user guide, filters to choose which repositories are scanned, 2026-10). What a repository's
//! frequency is says AWS (`BatchGetRepositoryScanningConfiguration`); this serves overlaps, substrings and Terraform.

use crate::model::{RegistryScanning, ScanningRule};
use crate::rules::finding::ecr::Frequency;

/// Whether `filter` matches the repository `name`, in time linear in the two lengths.
pub(super) fn matches(filter: &str, name: &str) -> bool {
    let Some((prefix, rest)) = filter.split_once('*') else {
        return name.contains(filter);
    };
    let Some(mut name) = name.strip_prefix(prefix) else { return false };
    let (middle, suffix) = rest.rsplit_once('*').unwrap_or(("", rest));
    // The leftmost place for each piece leaves the most room for those behind it, so no choice is ever taken back.
    for piece in middle.split('*') {
        let Some(at) = name.find(piece) else { return false };
        name = &name[at + piece.len()..];
    }
    name.ends_with(suffix)
}

/// Whether a rule holds for a repository; `None` where only a filter of an unknown type could say so.
pub(super) fn rule_matches(rule: &ScanningRule, name: &str) -> Option<bool> {
    // A snapshot without the type means the only one there is.
    let (known, unknown): (Vec<_>, Vec<_>) =
        rule.filters.iter().partition(|filter| matches!(filter.filter_type.as_str(), "WILDCARD" | ""));
    if known.iter().any(|filter| matches(&filter.filter, name)) {
        Some(true)
    } else if unknown.is_empty() {
        Some(false)
    } else {
        None
    }
}

/// The frequency that the registry's rules give a repository by our own matching; `None` where it cannot be told.
pub(super) fn expected_frequency(registry: &RegistryScanning, name: &str) -> Option<Frequency> {
    let enhanced = registry.scan_type == "ENHANCED";
    if registry.rules.is_empty() {
        // A BASIC registry without rules leaves it to each repository's own setting.
        return enhanced.then_some(Frequency::Continuous);
    }
    let mut frequency = Frequency::Unscanned;
    for rule in &registry.rules {
        if rule_matches(rule, name)? {
            frequency = frequency.max(Frequency::parse(Some(&rule.scan_frequency))?);
        }
    }
    Some(frequency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ScanningFilter;
    use proptest::prelude::*;

    const NAMES: [&str; 5] = ["prod", "repo-prod", "prod-repo", "repo-prod-repo", "prodrepo"];

    #[test]
    fn filters_match_as_the_user_guide_says() {
        for (filter, expected) in [
            ("prod", [true, true, true, true, true]),
            ("*prod", [true, true, false, false, false]),
            ("prod*", [true, false, true, false, true]),
            ("*prod*", [true, true, true, true, true]),
            ("prod*repo", [false, false, true, false, true]),
            ("*", [true, true, true, true, true]),
            ("**", [true, true, true, true, true]),
            ("*repo*repo*", [false, false, false, true, false]),
        ] {
            assert_eq!(NAMES.map(|name| matches(filter, name)), expected, "{filter}");
        }
    }

    #[test]
    fn the_two_ends_of_a_filter_never_share_a_character() {
        assert!(!matches("aba*ba", "aba"));
        assert!(matches("aba*ba", "ababa"));
        assert!(!matches("a*b*b", "ab"));
    }

    /// The definition, by trying everything.
    fn slow(filter: &[char], name: &[char]) -> bool {
        match filter.split_first() {
            None => name.is_empty(),
            Some(('*', rest)) => (0..=name.len()).any(|skip| slow(rest, &name[skip..])),
            Some((first, rest)) => name.split_first().is_some_and(|(head, tail)| head == first && slow(rest, tail)),
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_definition(filter in "[ab*é]{0,6}", name in "[abé]{0,8}") {
            let anchored = if filter.contains('*') { filter.clone() } else { format!("*{filter}*") };
            let slow = slow(&anchored.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>());
            prop_assert_eq!(matches(&filter, &name), slow);
        }
    }

    #[test]
    fn a_long_hostile_filter_is_matched_in_linear_time() {
        // Backtracking would need 2^500 steps and never come back.
        let filter = "a*".repeat(500) + "b";
        assert!(!matches(&filter, &"a".repeat(100_000)));
    }

    fn rule(frequency: &str, filter: &str) -> ScanningRule {
        let filter = ScanningFilter { filter: filter.to_owned(), filter_type: "WILDCARD".to_owned() };
        ScanningRule { scan_frequency: frequency.to_owned(), filters: vec![filter] }
    }

    fn expected(scan_type: &str, rules: Vec<ScanningRule>) -> Option<Frequency> {
        expected_frequency(&RegistryScanning { scan_type: scan_type.to_owned(), rules }, "prod/api")
    }

    #[test]
    fn continuous_wins_and_an_unmatched_repository_is_not_scanned() {
        let push = || rule("SCAN_ON_PUSH", "*");
        let continuous = || rule("CONTINUOUS_SCAN", "prod/*");
        assert_eq!(expected("ENHANCED", vec![push(), continuous()]), Some(Frequency::Continuous));
        assert_eq!(expected("ENHANCED", vec![continuous(), push()]), Some(Frequency::Continuous));
        assert_eq!(expected("BASIC", vec![push()]), Some(Frequency::OnPush));
        assert_eq!(expected("ENHANCED", vec![rule("SCAN_ON_PUSH", "dev")]), Some(Frequency::Unscanned));
        assert_eq!(expected("ENHANCED", vec![]), Some(Frequency::Continuous));
        assert_eq!(expected("BASIC", vec![]), None);
    }

    #[test]
    fn a_filter_type_or_a_frequency_that_aws_adds_decides_nothing() {
        let mut odd = rule("SCAN_ON_PUSH", "dev");
        odd.filters[0].filter_type = "REGEX".to_owned();
        assert_eq!(expected("ENHANCED", vec![odd]), None);
        assert_eq!(expected("ENHANCED", vec![rule("HOURLY", "*")]), None);
        assert_eq!(expected("ENHANCED", vec![rule("HOURLY", "dev")]), Some(Frequency::Unscanned));
    }
}
