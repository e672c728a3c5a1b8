//! Steps that the R2 rules share.

use crate::model::{Configuration, ScanningFilter, ScanningRule, Target};
use crate::rules::finding::{Action, Choice, ScanningStep};

/// One rule with wildcard filters.
pub(super) fn scan_rule(frequency: &str, filters: impl IntoIterator<Item = String>) -> ScanningRule {
    let filters =
        filters.into_iter().map(|filter| ScanningFilter { filter, filter_type: "WILDCARD".to_owned() }).collect();
    ScanningRule { scan_frequency: frequency.to_owned(), filters }
}

pub(super) fn run(step: ScanningStep) -> Action {
    Action::Run(step.into())
}

/// Shows the registry's configuration, to be kept before it is replaced.
pub(super) fn get_registry() -> Action {
    run(ScanningStep::GetRegistryScanning)
}

/// Replaces the registry's scan type and all its rules.
pub(super) fn put_registry(scan_type: &str, rules: Vec<ScanningRule>) -> Action {
    run(ScanningStep::PutRegistryScanning { scan_type: scan_type.to_owned(), rules: Some(rules) })
}

/// Filters that one rule takes at most (ECR API reference, `RegistryScanningRule`, 2026-10).
pub(super) const MAX_FILTERS: usize = 100;

/// Shows Inspector's configuration, to be kept before it is changed.
pub(super) fn get_configuration() -> Action {
    run(ScanningStep::GetConfiguration { ecr_only: false })
}

/// Sets the re-scan windows; shown only where another account alone can set them.
pub(super) fn update_configuration(target: &Target, configuration: Configuration) -> Action {
    let step = ScanningStep::UpdateConfiguration { configuration };
    let administrator = target.inspector.delegated_administrator.complete().and_then(|one| one.account_id.as_deref());
    match administrator {
        Some(other) if other != target.account => {
            Action::Instead(Choice::ByAdministrator(Some(other.to_owned())), step.into())
        }
        _ => run(step),
    }
}

/// The same with another pull-date mode; `None` where the window that each call has to send was not seen.
pub(super) fn with_mode(configuration: &Configuration, mode: &str) -> Option<Configuration> {
    configuration.ecr_rescan_duration.as_ref()?;
    Some(Configuration { ecr_pull_date_rescan_mode: Some(mode.to_owned()), ..configuration.clone() })
}

/// The same with the long windows shortened to 14 days; `None` where none would become shorter.
pub(super) fn shorter(configuration: &Configuration) -> Option<Configuration> {
    let mut after = configuration.clone();
    for duration in [&mut after.ecr_rescan_duration, &mut after.ecr_pull_date_rescan_duration].into_iter().flatten() {
        // What nobody knows yet is left alone.
        let days = duration.strip_prefix("DAYS_").and_then(|days| days.parse::<u32>().ok());
        if duration == "LIFETIME" || days.is_some_and(|days| days > 14) {
            "DAYS_14".clone_into(duration);
        }
    }
    (after != *configuration && after.ecr_rescan_duration.is_some()).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_only_ever_shortened() {
        let of = |push: Option<&str>, pull: Option<&str>| Configuration {
            ecr_rescan_duration: push.map(str::to_owned),
            ecr_pull_date_rescan_duration: pull.map(str::to_owned),
            ecr_pull_date_rescan_mode: Some("LAST_PULL_DATE".to_owned()),
            ..Configuration::default()
        };
        assert_eq!(shorter(&of(Some("DAYS_3"), Some("DAYS_14"))), None);
        assert_eq!(shorter(&of(Some("DAYS_3"), None)), None);
        assert_eq!(shorter(&of(Some("FORTNIGHT"), None)), None);
        assert_eq!(shorter(&of(None, Some("DAYS_90"))), None);
        assert_eq!(shorter(&of(Some("DAYS_3"), Some("DAYS_90"))), Some(of(Some("DAYS_3"), Some("DAYS_14"))));
        assert_eq!(shorter(&of(Some("LIFETIME"), None)), Some(of(Some("DAYS_14"), None)));
        assert_eq!(with_mode(&of(None, None), "LAST_IN_USE_AT"), None);
    }
}
