//! Two reports compared: what is new, gone, changed, newly suppressed, or no longer looked at. Pure.
//!
//! Findings are the same where their fingerprints are. Suppressed findings count as absent, on either side: one whose
//! suppression ended is new.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::model::Tool;
use crate::price::Usd;
use crate::report::v1::Finding;
use crate::report::{Fate, MonthlyTotals, ReportFile, fate};
use crate::rules::{Confidence, InstanceCounts, MonthlyUsd, Resource, Severity};

/// The version of the JSON form.
pub const DIFF_SCHEMA_VERSION: u32 = 1;

/// Two reports compared. Serialized as it stands: renaming a field breaks its readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// See [`DIFF_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Who compared.
    pub tool: Tool,
    /// The earlier report.
    pub old: Side,
    /// The later report.
    pub new: Side,
    /// What the monthly totals differ by, later minus earlier.
    pub monthly_usd_change: MonthlyTotals,
    /// Findings by what happened to them.
    pub counts: Counts,
    /// All but the unchanged: in the order of [`Change`], each kind in the order of the report it comes from.
    pub findings: Vec<Entry>,
}

/// One of the two reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The SHA-256 of its file.
    pub digest: String,
    /// `aws`, `snapshot` or `terraform`.
    pub source: String,
    /// When its data was taken, UTC.
    pub taken_at: DateTime<Utc>,
    /// Whether no gap could change its outcome.
    pub complete: bool,
    /// Its unsuppressed findings.
    pub findings: u64,
    /// Its monthly totals.
    pub monthly_usd: MonthlyTotals,
}

/// Findings by what happened to them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Only in the later report.
    pub new: u64,
    /// In both, with other figures or another judgement.
    pub changed: u64,
    /// Missing from the later report because it did not, or could not, look.
    pub unseen: u64,
    /// Suppressed in the later report only.
    pub suppressed: u64,
    /// Judged by the later report, and no longer there.
    pub gone: u64,
    /// The same in both.
    pub unchanged: u64,
}

/// What happened to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only in the later report.
    New,
    /// In both, with other figures or another judgement.
    Changed,
    /// Missing from the later report because it did not, or could not, look.
    Unseen,
    /// Suppressed in the later report only.
    Suppressed,
    /// Judged by the later report, and no longer there.
    Gone,
}

impl Change {
    /// As reports print it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unseen => "unseen",
            Self::Suppressed => "suppressed",
            Self::Gone => "gone",
        }
    }
}

/// A finding that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What happened.
    pub change: Change,
    /// The rule's id.
    pub rule: String,
    /// The account, `""` where it is not known.
    pub account: String,
    /// The region, `""` where it is not known.
    pub region: String,
    /// What it is about.
    pub resource: Resource,
    /// Its headline, from the later report where that has it.
    pub title: String,
    /// What tells it from others.
    pub fingerprint: String,
    /// How it was; `None` where it is new.
    pub old: Option<State>,
    /// How it is; `None` where it is gone, unseen or suppressed.
    pub new: Option<State>,
}

/// What of a finding is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct State {
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What it costs a month; `None` without a figure.
    pub monthly_usd: Option<MonthlyUsd>,
    /// What it costs once; `None` without a figure.
    pub one_time_usd: Option<Usd>,
    /// The exposed instances, counted.
    pub instance_counts: InstanceCounts,
}

impl State {
    fn of(finding: &Finding) -> Self {
        Self {
            severity: finding.severity,
            confidence: finding.confidence,
            monthly_usd: finding.cost.as_ref().map(|cost| cost.monthly_usd),
            one_time_usd: finding.cost.as_ref().map(|cost| cost.one_time_usd),
            instance_counts: finding.instance_counts,
        }
    }
}

impl Side {
    fn of(file: &ReportFile) -> Self {
        let report = &file.report;
        Self {
            digest: file.digest.clone(),
            source: report.run.source.clone(),
            taken_at: report.run.taken_at,
            complete: report.complete,
            findings: u64::try_from(report.counted().count()).unwrap_or(u64::MAX),
            monthly_usd: report.summary.monthly_usd,
        }
    }
}

/// Compares an earlier report with a later one.
pub fn diff(old: &ReportFile, new: &ReportFile) -> Diff {
    // The first of equal fingerprints is taken first: the lists are turned round because they are taken from the end.
    let mut before: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in old.report.counted() {
        before.entry(&finding.fingerprint).or_default().push(finding);
    }
    for findings in before.values_mut() {
        findings.reverse();
    }
    let mut counts = Counts::default();
    let mut findings = Vec::new();
    for finding in new.report.counted() {
        let earlier = before.get_mut(finding.fingerprint.as_str()).and_then(Vec::pop).map(State::of);
        let later = State::of(finding);
        let change = match earlier {
            None => Change::New,
            Some(earlier) if earlier == later => {
                counts.unchanged += 1;
                continue;
            }
            Some(_) => Change::Changed,
        };
        findings.push(entry(change, finding, earlier, Some(later)));
    }
    for finding in new.report.suppressed() {
        if let Some(earlier) = before.get_mut(finding.fingerprint.as_str()).and_then(Vec::pop) {
            findings.push(entry(Change::Suppressed, finding, Some(State::of(earlier)), None));
        }
    }
    // In the earlier report's order, which the map has lost.
    for finding in old.report.counted() {
        let left = before.get_mut(finding.fingerprint.as_str());
        if left.is_some_and(|left| left.pop().is_some()) {
            let change = match fate(finding, &new.report) {
                Fate::Gone => Change::Gone,
                Fate::Unseen => Change::Unseen,
            };
            findings.push(entry(change, finding, Some(State::of(finding)), None));
        }
    }
    findings.sort_by_key(|entry| entry.change);
    for entry in &findings {
        *match entry.change {
            Change::New => &mut counts.new,
            Change::Changed => &mut counts.changed,
            Change::Unseen => &mut counts.unseen,
            Change::Suppressed => &mut counts.suppressed,
            Change::Gone => &mut counts.gone,
        } += 1;
    }
    let (old, new) = (Side::of(old), Side::of(new));
    Diff {
        schema_version: DIFF_SCHEMA_VERSION,
        tool: Tool::this(),
        monthly_usd_change: new.monthly_usd.minus(old.monthly_usd),
        old,
        new,
        counts,
        findings,
    }
}

fn entry(change: Change, finding: &Finding, old: Option<State>, new: Option<State>) -> Entry {
    Entry {
        change,
        rule: finding.rule.clone(),
        account: finding.account.clone(),
        region: finding.region.clone(),
        resource: finding.resource.clone(),
        title: finding.title.clone(),
        fingerprint: finding.fingerprint.clone(),
        old,
        new,
    }
}
