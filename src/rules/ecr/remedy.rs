//! Commands and ways out that the R2 rules share. Nothing is run; the operator pastes.

use crate::model::{Configuration, ScanningFilter, ScanningRule, Target};
use crate::rules::shell::{ascii_json, word};

/// One rule with wildcard filters.
pub(super) fn scan_rule(frequency: &str, filters: impl IntoIterator<Item = String>) -> ScanningRule {
    let filters =
        filters.into_iter().map(|filter| ScanningFilter { filter, filter_type: "WILDCARD".to_owned() }).collect();
    ScanningRule { scan_frequency: frequency.to_owned(), filters }
}

/// The command that shows the registry's configuration, to be kept before it is replaced.
pub(super) fn get_registry(target: &Target) -> String {
    format!("aws ecr get-registry-scanning-configuration --region {}", word(&target.region))
}

/// The command that replaces the registry's scan type and all its rules.
pub(super) fn put_registry(target: &Target, scan_type: &str, rules: &[ScanningRule]) -> String {
    let rules: Vec<serde_json::Value> = rules
        .iter()
        .map(|rule| {
            let filters: Vec<_> = rule
                .filters
                .iter()
                .map(|filter| {
                    let kind = if filter.filter_type.is_empty() { "WILDCARD" } else { filter.filter_type.as_str() };
                    serde_json::json!({"filter": filter.filter, "filterType": kind})
                })
                .collect();
            serde_json::json!({"scanFrequency": rule.scan_frequency, "repositoryFilters": filters})
        })
        .collect();
    format!(
        "aws ecr put-registry-scanning-configuration --region {} --scan-type {scan_type} --rules {}",
        word(&target.region),
        word(&ascii_json(&serde_json::Value::Array(rules)))
    )
}

/// Filters that one rule takes at most (ECR API reference, `RegistryScanningRule`, 2026-10).
pub(super) const MAX_FILTERS: usize = 100;

/// The command that shows Inspector's configuration, to be kept before it is changed.
pub(super) fn get_configuration(target: &Target) -> String {
    format!("aws inspector2 get-configuration --region {}", word(&target.region))
}

/// The command that sets the re-scan windows; a comment where another account alone can set them.
pub(super) fn update_configuration(target: &Target, settings: &str) -> Vec<String> {
    let command = format!(
        "aws inspector2 update-configuration --region {} --ecr-configuration {}",
        word(&target.region),
        word(settings)
    );
    let administrator = target.inspector.delegated_administrator.complete().and_then(|one| one.account_id.as_deref());
    match administrator {
        Some(other) if other != target.account => {
            vec![format!("# The delegated administrator {} sets it for its members: {command}", word(other))]
        }
        _ => vec![command],
    }
}

/// The re-scan windows as they were seen, in the CLI's words; `None` where the one that each call has to send was not.
pub(crate) fn windows(configuration: &Configuration) -> Option<String> {
    let parts = [
        ("rescanDuration", Some(configuration.ecr_rescan_duration.as_ref()?)),
        ("pullDateRescanDuration", configuration.ecr_pull_date_rescan_duration.as_ref()),
        ("pullDateRescanMode", configuration.ecr_pull_date_rescan_mode.as_ref()),
    ];
    let set = parts.into_iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}")));
    Some(set.collect::<Vec<_>>().join(","))
}

/// The same with the long ones shortened to 14 days; `None` where none would become shorter.
pub(super) fn shorter(configuration: &Configuration) -> Option<String> {
    let mut after = configuration.clone();
    for duration in [&mut after.ecr_rescan_duration, &mut after.ecr_pull_date_rescan_duration].into_iter().flatten() {
        // What nobody knows yet is left alone.
        let days = duration.strip_prefix("DAYS_").and_then(|days| days.parse::<u32>().ok());
        if duration == "LIFETIME" || days.is_some_and(|days| days > 14) {
            "DAYS_14".clone_into(duration);
        }
    }
    if after == *configuration { None } else { windows(&after) }
}

/// The way out in Terraform: one owner of the one bit.
pub(super) const TERRAFORM_ONE_OWNER: &str = "In Terraform keep one owner: manage aws_ecr_registry_scanning_configuration \
     alone and drop aws_inspector2_enabler from code and state without destroying it (a removed block with destroy = \
     false, or terraform state rm: its destruction disables every type of the account); AWS then switches Inspector \
     along with scan_type. Give the registry at most two rules, one for each frequency, with one repository_filter for \
     each repository that is to be scanned. Or keep both resources and let one variable decide ECR and ENHANCED alike.";

/// The same as a comment among commands.
pub(super) const TERRAFORM_COMMENT: &str =
    "# Terraform: keep aws_ecr_registry_scanning_configuration alone; terraform state rm aws_inspector2_enabler.NAME";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_only_ever_shortened() {
        let of = |push: &str, pull: Option<&str>| Configuration {
            ecr_rescan_duration: Some(push.to_owned()),
            ecr_pull_date_rescan_duration: pull.map(str::to_owned),
            ecr_pull_date_rescan_mode: Some("LAST_PULL_DATE".to_owned()),
            ..Configuration::default()
        };
        assert_eq!(shorter(&of("DAYS_3", Some("DAYS_14"))), None);
        assert_eq!(shorter(&of("DAYS_3", None)), None);
        assert_eq!(shorter(&of("FORTNIGHT", None)), None);
        let mixed = "rescanDuration=DAYS_3,pullDateRescanDuration=DAYS_14,pullDateRescanMode=LAST_PULL_DATE";
        assert_eq!(shorter(&of("DAYS_3", Some("DAYS_90"))).as_deref(), Some(mixed));
        let life = "rescanDuration=DAYS_14,pullDateRescanMode=LAST_PULL_DATE";
        assert_eq!(shorter(&of("LIFETIME", None)).as_deref(), Some(life));
        assert_eq!(windows(&Configuration::default()), None);
    }

    #[test]
    fn json_in_commands_is_ascii_and_says_the_same() {
        let value = serde_json::json!(["a\u{202e}b", "日本", "\u{1f600}\u{7f}\n", "it's"]);
        let text = ascii_json(&value);
        assert!(text.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{text}");
        assert!(text.contains("a\\u202eb") && text.contains("\\ud83d\\ude00"), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), value);
        let target = Target::unseen("111122223333", "ap-northeast-1", chrono::DateTime::UNIX_EPOCH);
        let command = put_registry(&target, "ENHANCED", &[scan_rule("SCAN_ON_PUSH", ["team\u{202e}*".to_owned()])]);
        assert!(command.is_ascii(), "{command}");
    }

    #[test]
    fn hostile_words_cannot_leave_their_quotes() {
        assert_eq!(word("ap-northeast-1"), "ap-northeast-1");
        assert_eq!(word("x; rm -rf ~"), "'x; rm -rf ~'");
        let quoted = word("a'b$(id)\0\n");
        assert_eq!(shlex::split(&quoted), Some(vec!["a'b$(id)".to_owned()]));
        let target = Target::unseen("111122223333", "ap-northeast-1", chrono::DateTime::UNIX_EPOCH);
        let command = put_registry(&target, "ENHANCED", &[scan_rule("SCAN_ON_PUSH", ["it's".to_owned()])]);
        let words = shlex::split(&command).expect("words");
        assert_eq!(
            words.last().map(String::as_str),
            Some(
                r#"[{"scanFrequency":"SCAN_ON_PUSH","repositoryFilters":[{"filter":"it's","filterType":"WILDCARD"}]}]"#
            )
        );
    }
}
