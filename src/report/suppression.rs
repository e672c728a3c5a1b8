//! Suppressions: findings that the operator knows of and does not want to be told about again.
//!
//! A suppressed finding stays in the report with the operator's reason. It counts in no total and fails no run, and the
//! report says what became of every suppression, so that none outlives its use unnoticed.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use wildmatch::WildMatchPattern;

use super::summary::summarize;
use super::v1::{Finding, Report, SuppressionState, SuppressionUse, TargetVerdicts};
use crate::rules::finding::Location;
use crate::rules::{Suppressed, Verdict};

/// What not to be told about. What is `None` fits anything; `*` in a pattern stands for any characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suppression {
    /// The rule's id.
    pub rule: Option<String>,
    /// The account's id.
    pub account: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// The resource: its id, its ARN or, in Terraform, its address.
    pub resource: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, UTC.
    pub expires: Option<NaiveDate>,
    /// The comment that it is, which covers findings at its place alone.
    pub comment: Option<Comment>,
}

/// A suppression that stands in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Where.
    pub at: Location,
    /// The fingerprints of the findings at that place.
    pub findings: BTreeSet<String>,
}

impl Suppression {
    fn covers(&self, finding: &Finding) -> bool {
        if self.comment.as_ref().is_some_and(|comment| !comment.findings.contains(&finding.fingerprint)) {
            return false;
        }
        let resource = self.resource.as_deref().is_none_or(|pattern| {
            fits(pattern, &finding.resource.id) || finding.resource.arn.as_deref().is_some_and(|arn| fits(pattern, arn))
        });
        resource && self.covers_place(&finding.rule, &finding.account, &finding.region)
    }

    fn covers_place(&self, rule: &str, account: &str, region: &str) -> bool {
        let fits_all = |pattern: &Option<String>, text: &str| pattern.as_deref().is_none_or(|it| fits(it, text));
        fits_all(&self.rule, rule) && fits_all(&self.account, account) && fits_all(&self.region, region)
    }

    /// Whether a rule that this is about was judged, with an outcome that is not open.
    fn was_judged(&self, verdicts: &[TargetVerdicts]) -> bool {
        verdicts.iter().any(|row| {
            let places = row.targets.iter().map(|target| (target.account.as_str(), target.region.as_str()));
            let mut places = places.chain(row.targets.is_empty().then_some(("", "")));
            let judged = row.rules.iter().filter(|(_, verdict)| **verdict != Verdict::Inconclusive);
            places.any(|(account, region)| judged.clone().any(|(rule, _)| self.covers_place(rule, account, region)))
        })
    }
}

/// Whether a name fits a pattern: equal, or with `*` for any characters.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    // `*` is the only wildcard: no name and no pattern has a NUL.
    WildMatchPattern::<'*', '\0'>::new(pattern).matches(name)
}

impl Report {
    /// Marks what the suppressions cover, as of the day when the data was taken, and adds everything up again.
    ///
    /// Where several cover a finding, the first gives its reason, and all of them count it.
    pub fn suppress(&mut self, suppressions: &[Suppression]) {
        let today = self.run.taken_at.date_naive();
        for suppression in suppressions {
            let expired = suppression.expires.is_some_and(|last| last < today);
            let mut count = 0;
            for finding in self.findings.iter_mut().filter(|finding| suppression.covers(finding)) {
                count += 1;
                if !expired && finding.suppressed.is_none() {
                    finding.suppressed = Some(Suppressed {
                        reason: suppression.reason.clone(),
                        expires: suppression.expires,
                        comment: suppression.comment.as_ref().map(|comment| comment.at.clone()),
                    });
                }
            }
            let state = if expired {
                SuppressionState::Expired
            } else if count > 0 {
                SuppressionState::Used
            } else if suppression.was_judged(&self.verdicts) {
                SuppressionState::Unmatched
            } else {
                SuppressionState::NotJudged
            };
            let Suppression { rule, account, region, resource, reason, expires, comment } = suppression.clone();
            self.run.suppressions.push(SuppressionUse {
                rule,
                account,
                region,
                resource,
                reason,
                expires,
                comment: comment.map(|comment| comment.at),
                state,
                count,
            });
        }
        // Stable: the rank within each half stays.
        self.findings.sort_by_key(|finding| finding.suppressed.is_some());
        self.summary = summarize(&self.findings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_anchored() {
        assert!(fits("fs-1", "fs-1"));
        assert!(!fits("fs-1", "fs-12"));
        assert!(fits("fs-*", "fs-12"));
        assert!(fits("*", ""));
        assert!(!fits("module.*.enabler", "module.a.registry"));
        assert!(fits("a*b*b", "abcbb") && !fits("a*b*b", "ab"));
        assert!(!fits("fs-?", "fs-1"), "only the star stands for something else");
    }
}
