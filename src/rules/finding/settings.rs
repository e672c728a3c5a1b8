//! What the operator may turn in judgement.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{MonthlyUsd, Severity};
use crate::price::Usd;

/// What the operator may turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSettings {
    /// The share of the cold bytes that a scan reads, 0 to 1, where the operator says so: figures then have an estimate.
    pub read_fraction: Option<Decimal>,
    /// Monthly cost, likely or else at most, from which a finding is `critical`.
    pub critical_from: Usd,
    /// … `high`.
    pub high_from: Usd,
    /// … `medium`.
    pub medium_from: Usd,
    /// The rules that were asked for by name: where nothing was collected for one of them, it is inconclusive and not silent.
    pub named: BTreeSet<&'static str>,
}

impl Default for RuleSettings {
    fn default() -> Self {
        Self {
            read_fraction: None,
            critical_from: Usd(Decimal::from(1000)),
            high_from: Usd(Decimal::from(100)),
            medium_from: Usd(Decimal::from(10)),
            named: BTreeSet::new(),
        }
    }
}

impl RuleSettings {
    /// The severity of a monthly cost; `medium` where there is no price.
    pub fn severity(&self, monthly: Option<MonthlyUsd>) -> Severity {
        match monthly.map(MonthlyUsd::deciding) {
            None => Severity::Medium,
            Some(usd) if usd >= self.critical_from => Severity::Critical,
            Some(usd) if usd >= self.high_from => Severity::High,
            Some(usd) if usd >= self.medium_from => Severity::Medium,
            Some(_) => Severity::Low,
        }
    }
}
