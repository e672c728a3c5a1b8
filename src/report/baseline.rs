//! A baseline: an earlier report, against which findings are new or known.

use std::collections::BTreeMap;

use super::v1::{Baseline, Finding, Report};
use crate::rules::Verdict;

/// A report, and which bytes it was read from.
#[derive(Debug)]
pub struct ReportFile {
    /// The report.
    pub report: Report,
    /// The SHA-256 of the file: `sha256:` and 64 hexadecimal digits.
    pub digest: String,
}

/// What became of a finding that a later report does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its rule was judged there, and nothing was left open.
    Gone,
    /// Its rule was not judged there, or something unseen could still be that finding.
    Unseen,
}

/// What became of `finding`, which `later` does not have.
///
/// A rule that a gap keeps open in the finding's account and region has not shown that the finding is gone, whatever
/// its verdict.
pub fn fate(finding: &Finding, later: &Report) -> Fate {
    if is_judged(&finding.rule, &finding.account, &finding.region, later) { Fate::Gone } else { Fate::Unseen }
}

/// Whether a report has judged a rule in an account and region, with nothing left open.
pub(crate) fn is_judged(rule: &str, account: &str, region: &str, report: &Report) -> bool {
    let judged = report.verdict(rule, account, region).is_some_and(|verdict| verdict != Verdict::Inconclusive);
    // A gap of no known place may be of any.
    let mut gaps = report.gaps_at(account, region).iter().chain(report.gaps_at("", ""));
    judged && !gaps.any(|gap| gap.rules.iter().any(|of| of == rule))
}

impl Report {
    /// Compares with an earlier report: says of each finding whether it is new, and of the earlier ones what became of
    /// them.
    ///
    /// Only unsuppressed findings of the earlier report are known: when a suppression ends, its finding is news.
    pub fn compare(&mut self, earlier: &Self, digest: &str) {
        let mut known: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in earlier.counted() {
            known.entry(&finding.fingerprint).or_default().push(finding);
        }
        let all = known.values().map(Vec::len).sum::<usize>();
        for finding in &mut self.findings {
            let before = known.get_mut(finding.fingerprint.as_str()).and_then(Vec::pop);
            finding.new = Some(before.is_none());
        }
        let (mut gone, mut unseen) = (0, 0);
        for finding in known.into_values().flatten() {
            match fate(finding, self) {
                Fate::Gone => gone += 1,
                Fate::Unseen => unseen += 1,
            }
        }
        self.run.baseline = Some(Baseline {
            digest: digest.to_owned(),
            taken_at: earlier.run.taken_at,
            findings: u64::try_from(all).unwrap_or(u64::MAX),
            gone,
            unseen,
        });
    }
}
