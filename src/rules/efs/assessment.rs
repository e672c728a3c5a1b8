//! What an exposed file system costs, and how bad that is.

use super::cost_pattern::CostPattern;
use super::exposure::{Exposed, Exposure};
use super::figures::{Figure, figure};
use super::meter::Metered;
use crate::rules::Severity;
use crate::rules::finding::Case;

/// A pattern with its figures.
#[derive(Debug)]
pub(crate) struct Assessment {
    pub(crate) pattern: CostPattern,
    pub(crate) figure: Figure,
    /// How bad that is, as if it were proven.
    pub(crate) severity: Severity,
}

impl Assessment {
    /// That of a file system; `None` where nobody is exposed, or it shows no pattern.
    pub(crate) fn of(
        case: Case<'_>,
        exposure: &Exposure<'_>,
        exposed: &Exposed<'_>,
        metered: &Metered,
    ) -> Option<Self> {
        let pattern = CostPattern::shown(&exposed.storage).filter(|_| !exposed.groups.is_empty())?;
        let figure = figure(pattern, exposed, metered, &exposure.scans(exposed, &exposed.groups), case);
        // What happens on paper alone is advice.
        let on_paper = metered.scan.on_paper.is_some() && pattern != CostPattern::Pinned;
        let severity = if on_paper { Severity::Info } else { figure.severity(case.settings) };
        Some(Self { pattern, figure, severity })
    }
}
