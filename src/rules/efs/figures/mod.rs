//! Figures: what a pattern costs a month and once, line by line.

mod cold_read;
mod elastic;
mod limits;
mod lines;
mod moved;
mod on_paper;
mod rates;
mod recall;

pub(crate) use cold_read::ColdReads;
pub(crate) use elastic::{ReadBytes, elastic_reads};
pub(crate) use limits::Limits;
pub(crate) use moved::observed;
pub(crate) use rates::Rates;
pub(crate) use recall::{Interval, recall};

use super::cost_pattern::CostPattern;
use super::exposure::Exposed;
use super::listing::Scans;
use super::meter::Metered;
use super::storage::standard_bytes;
use crate::price::{MissingPrice, bytes_to_gib};
use crate::rules::finding::Case;
use crate::rules::{Cost, RuleSettings, Severity};

/// A cost, or the price that is missing for it.
#[derive(Debug)]
pub(crate) struct Figure {
    /// `Err`: no figure without a price.
    pub(crate) cost: Result<Cost, MissingPrice>,
}

impl Figure {
    /// How bad its figure is, as if it were proven; `medium` where there is none.
    pub(crate) fn severity(&self, settings: &RuleSettings) -> Severity {
        settings.severity(self.cost.as_ref().ok().map(|cost| cost.monthly_usd))
    }
}

/// The figure of one pattern (see each rule's page for the formula).
pub(crate) fn figure(
    pattern: CostPattern,
    exposed: &Exposed<'_>,
    metered: &Metered,
    scans: &Scans,
    case: Case<'_>,
) -> Figure {
    let file_system = exposed.file_system;
    let Case { target, prices, settings } = case;
    let mut assumptions = Vec::new();
    let rates = Rates::of(file_system, exposed.storage.archive, &target.region, prices, &mut assumptions);
    let ia = bytes_to_gib(exposed.storage.ia);
    let archive = bytes_to_gib(exposed.storage.archive);
    if let Some(seen) = metered.scan.on_paper.filter(|_| pattern != CostPattern::Pinned) {
        return Figure { cost: on_paper::on_paper(&rates, [ia, archive], seen, scans.all(), assumptions) };
    }
    let cost = match pattern {
        CostPattern::Recall => {
            let least_days = scans.least_days;
            let interval = exposed.storage.lifecycle.map(|policy| Interval { policy, least_days });
            recall(&rates, [ia, archive], interval, settings.read_fraction, assumptions)
        }
        CostPattern::ColdRead => {
            let reads = metered.history.as_ref().and_then(|history| history.reads);
            let limits = &Limits::of(file_system);
            let (rates, read_fraction) = (&rates, settings.read_fraction);
            let per_run = metered.scan.per_run;
            ColdReads { rates, cold: [ia, archive], limits, scans, read_fraction, reads, per_run }.cost(assumptions)
        }
        CostPattern::Pinned => {
            moved::pinned(&rates, standard_bytes(file_system).unwrap_or(0), metered.history.as_ref(), assumptions)
        }
    };
    Figure { cost }
}
