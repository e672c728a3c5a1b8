//! What elastic throughput bills for reads, cold or not.

use super::lines::Lines;
use super::rates::Rates;
use crate::model::FileSystem;
use crate::price::{MissingPrice, PriceTable, Usd, bytes_to_gib, dimension};
use crate::rules::finding;
use crate::rules::finding::efs::{Assumption, Item, RunsRead};
use crate::rules::{Basis, BillPart, Cost, MonthlyUsd};

/// What was read of a file system in 30 days, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadBytes {
    pub(crate) data: u64,
    /// Metadata; `None` where that was not measured.
    pub(crate) metadata: Option<u64>,
    /// What a run of the scan reads of both, where that was seen.
    pub(crate) per_run: Option<RunsRead>,
}

/// All that was read in a month is the most that the scan can have read of it.
///
/// # Errors
/// When a price is missing.
pub(crate) fn elastic_reads(
    file_system: &FileSystem,
    read: ReadBytes,
    region: &str,
    prices: &PriceTable,
) -> Result<Cost, MissingPrice> {
    let rates = Rates::of(file_system, 0, region, prices, &mut Vec::new());
    let rate = rates.rate(dimension::ELASTIC_READ)?;
    let mut all = Lines::default();
    all.add_monthly(Item::ElasticDataReads, "GiB", bytes_to_gib(read.data), rate.usd, rate);
    if let Some(metadata) = read.metadata {
        all.add_monthly(Item::ElasticMetadataReads, "GiB", bytes_to_gib(metadata), rate.usd, rate);
    }
    let high = all.monthly();
    let own = read.per_run.map(|runs| {
        let mut lines = Lines::default();
        let most = bytes_to_gib(read.data.saturating_add(read.metadata.unwrap_or(0)));
        lines.add_monthly(Item::ElasticReadsEachScan, "GiB", runs.monthly().min(most), rate.usd, rate);
        lines
    });
    let mut assumptions = vec![Assumption::AllReaders { with_metadata: read.metadata.is_some() }];
    assumptions.extend(read.per_run.map(Assumption::RunsRead));
    let likely = own.as_ref().map(Lines::monthly).map(|likely| likely.min(high));
    Ok(Cost {
        monthly_usd: MonthlyUsd { likely, ..MonthlyUsd::at_most(high) },
        one_time_usd: Usd::ZERO,
        basis: if likely.is_some() { Basis::Measured } else { Basis::Bound },
        part: BillPart::Rest,
        assumptions: assumptions.into_iter().map(finding::Assumption::Efs).collect(),
        lines: own.unwrap_or(all).lines,
    })
}
