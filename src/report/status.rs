//! The exit status: a function of the report alone, the same in every format.

use super::Report;
use super::v1::Finding;
use crate::rules::{Confidence, Severity};

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 0: complete, and nothing at or above the threshold.
    Clean,
    /// 1: at least one finding at or above the threshold that is not suppressed and, beside a baseline, new.
    Findings,
    /// 2: wrong usage, bad input, no credentials; no target could be evaluated.
    Fatal,
    /// 3: no such finding, but something unseen could be one.
    Incomplete,
}

impl Status {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Fatal => 2,
            Self::Incomplete => 3,
        }
    }
}

/// From which findings on a run fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailOn {
    /// The least severity; `None`: never.
    pub severity: Option<Severity>,
    /// The least confidence.
    pub confidence: Confidence,
    /// Whether gaps are forgiven.
    pub allow_gaps: bool,
}

/// As `scan` without options: high, whatever the confidence, and gaps are not forgiven.
impl Default for FailOn {
    fn default() -> Self {
        Self { severity: Some(Severity::High), confidence: Confidence::Low, allow_gaps: false }
    }
}

impl FailOn {
    /// Whether a finding of that report makes the run fail.
    pub fn fails(&self, report: &Report, finding: &Finding) -> bool {
        let compared = report.run.baseline.is_some();
        self.severity.is_some_and(|severity| finding.severity >= severity)
            && finding.confidence >= self.confidence
            && finding.suppressed.is_none()
            && (!compared || finding.new != Some(false))
    }

    /// The status of a report.
    pub fn status(&self, report: &Report) -> Status {
        if report.findings.iter().any(|finding| self.fails(report, finding)) {
            Status::Findings
        } else if report.complete || self.allow_gaps {
            Status::Clean
        } else {
            Status::Incomplete
        }
    }
}
