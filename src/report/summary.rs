//! Counts and totals.

use super::totals::{MonthlyTotals, bills};
use super::v1::{Finding, Summary};
use crate::rules::finding::Severity;

/// Counts findings and adds up their figures, each dollar once; suppressed ones count only as suppressed.
pub(super) fn summarize(findings: &[Finding]) -> Summary {
    let mut summary = Summary::default();
    for finding in findings {
        if finding.suppressed.is_some() {
            summary.suppressed += 1;
            continue;
        }
        let counts = &mut summary.findings;
        *match finding.severity {
            Severity::Critical => &mut counts.critical,
            Severity::High => &mut counts.high,
            Severity::Medium => &mut counts.medium,
            Severity::Low => &mut counts.low,
            Severity::Info => &mut counts.info,
        } += 1;
    }
    for (_, cost) in bills(findings) {
        summary.one_time_usd = summary.one_time_usd.plus(cost.one_time_usd);
        summary.monthly_usd = summary.monthly_usd.plus(MonthlyTotals::of(cost));
    }
    summary
}
