//! What of a run's options a printed command has to repeat, so that it judges the same by the same.

use std::path::Path;

use rust_decimal::Decimal;

use crate::cli::{ConfigArgs, EvidenceArgs, PriceArgs, PricesFrom, RuleArgs};

/// Days of history where nothing else is asked for.
const HISTORY: u16 = 30;

/// The options of a run that decide what it finds.
#[derive(Clone, Copy)]
pub(super) struct Options<'a> {
    pub(super) config: &'a ConfigArgs,
    pub(super) rules: &'a RuleArgs,
    pub(super) evidence: &'a EvidenceArgs,
    pub(super) prices: &'a PriceArgs,
    pub(super) read_fraction: Option<Decimal>,
}

impl Options<'_> {
    /// They as words of a command on the same targets; those that decide what is asked of AWS only where it is asked
    /// again (`live`). What runs on hosts or is billed by the request is not repeated.
    pub(super) fn repeated(&self, live: bool) -> Vec<String> {
        let Self { config, rules, evidence, prices, read_fraction } = *self;
        let mut words = Vec::new();
        let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
        let shown = |path: &Path| path.display().to_string();
        if let Some(path) = &config.config {
            option("--config", shown(path));
        }
        if let Some(path) = &evidence.mount_map {
            option("--mount-map", shown(path));
        }
        for (instance, path) in &evidence.mount_table {
            option("--mount-table", format!("{instance}={}", shown(path)));
        }
        match &prices.prices {
            Some(PricesFrom::Live) => option("--prices", "live".to_owned()),
            Some(PricesFrom::File(path)) => option("--prices", shown(path)),
            None => {}
        }
        if let Some(percent) = prices.discount {
            option("--discount", percent.to_string());
        }
        if let Some(share) = read_fraction {
            option("--read-fraction", share.to_string());
        }
        if live {
            rules.rule.iter().for_each(|rule| option("--rule", rule.clone()));
            if evidence.history != HISTORY {
                option("--history", evidence.history.to_string());
            }
        }
        let sources = &evidence.sources;
        let flags = [
            ("--no-config", config.no_config),
            ("--ecr-usage", live && rules.ecr_usage),
            ("--no-metrics", live && sources.no_metrics),
            ("--no-mount-evidence", live && sources.no_mount_evidence),
            ("--cloudtrail", live && sources.cloudtrail),
        ];
        words.extend(flags.into_iter().filter(|(_, given)| *given).map(|(name, _)| name.to_owned()));
        words
    }
}
