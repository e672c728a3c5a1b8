//! Code quality of GitLab (GitLab docs, "Code Quality report format", 2026-10): a list of issues, for the widget of a merge
//! request.
//!
//! The format knows no suppressions, so what is suppressed is left out, and nothing but issues, so what was not seen is
//! one of them: an empty list means that nothing was found and nothing missed.

use std::io;

use serde::Serialize;

use super::sarif::place;
use super::text::clean;
use super::{json, words};
use crate::report::Report;
use crate::report::v1::Finding;
use crate::rules::Severity;

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Writes the list.
pub(super) fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let unseen = (!report.complete).then(|| Issue {
        description: words::completeness(report),
        check_name: "not-everything-seen",
        fingerprint: "not-everything-seen",
        severity: "major",
        location: Location { path: "aws".to_owned(), lines: Lines { begin: 1 } },
    });
    json::list(report.counted().map(issue).chain(unseen), out)
}

fn issue(finding: &Finding) -> Issue<'_> {
    let (subject, step) = (words::resource(finding), words::step(finding));
    let step = if step.is_empty() { step } else { format!(" Next: {step}.") };
    let description = format!("{subject}: {}{step}", words::headline(finding));
    Issue {
        description: clean(&description).into_owned(),
        check_name: &finding.rule,
        fingerprint: &finding.fingerprint,
        severity: match finding.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        location: Location {
            path: place::path(finding),
            lines: Lines { begin: finding.location.as_ref().and_then(|location| location.line).unwrap_or(1).max(1) },
        },
    }
}
