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

impl FailOn {
    /// The status of a report.
    pub fn status(&self, report: &Report) -> Status {
        let Some(severity) = self.severity else {
            return if report.complete || self.allow_gaps { Status::Clean } else { Status::Incomplete };
        };
        let compared = report.run.baseline.is_some();
        let fails = |finding: &Finding| {
            finding.severity >= severity
                && finding.confidence >= self.confidence
                && (!compared || finding.new != Some(false))
        };
        if report.counted().any(fails) {
            Status::Findings
        } else if report.complete || self.allow_gaps {
            Status::Clean
        } else {
            Status::Incomplete
        }
    }
}
