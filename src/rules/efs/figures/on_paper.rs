//! What is left of a figure where the scan was seen to run without effect.

use rust_decimal::Decimal;

use super::cold_read::METERING;
use super::lines::Lines;
use super::rates::Rates;
use crate::price::{MissingPrice, Usd, bytes_to_gib, dimension};
use crate::rules::finding;
use crate::rules::finding::efs::{Assumption, ColdClass, Item, RunsRead, ScanReads};
use crate::rules::{Basis, BillPart, Cost, MonthlyUsd};

/// The most that was measured: what moved in a month, whoever moved it, or what was read during `scans` runs, whoever read
/// it, as if all of it were of the cold classes.
///
/// # Errors
/// When a price is missing.
pub(super) fn on_paper(
    rates: &Rates<'_>,
    cold: [Decimal; 2],
    seen: ScanReads,
    scans: Decimal,
    mut assumptions: Vec<Assumption>,
) -> Result<Cost, MissingPrice> {
    let mut lines = Lines::default();
    let total = cold[0].saturating_add(cold[1]);
    let of_ia = |gib: Decimal| if total.is_zero() { gib } else { (cold[0] / total * gib).round_dp(6) };
    match seen {
        ScanReads::OpenedNothing { bytes_per_run, .. } => {
            let runs = RunsRead { gib: bytes_to_gib(bytes_per_run), runs: scans, measured: true };
            let read = runs.monthly();
            let charged = read.saturating_mul(METERING);
            let ia = of_ia(charged);
            let mut add = |item, gib: Decimal, dimension| -> Result<(), MissingPrice> {
                let rate = rates.rate(dimension)?;
                lines.add_monthly(item, "GiB", gib, rate.usd, rate);
                Ok(())
            };
            if !cold[0].is_zero() {
                add(Item::ReadingEachScan(ColdClass::Ia), ia, dimension::IA_READ)?;
            }
            if !cold[1].is_zero() {
                add(Item::ReadingEachScan(ColdClass::Archive), charged - ia, dimension::ARCHIVE_READ)?;
            }
            if rates.elastic {
                add(Item::ElasticReadsEachScan, read, dimension::ELASTIC_READ)?;
            }
            assumptions.extend([Assumption::RunsRead(runs), Assumption::WholeFilesRead]);
        }
        ScanReads::MovedNothing { moved_a_month, .. } => {
            let moved = bytes_to_gib(moved_a_month);
            let ia = of_ia(moved);
            let standard = rates.standard()?;
            for (class, gib, is_there) in
                [(ColdClass::Ia, ia, !cold[0].is_zero()), (ColdClass::Archive, moved - ia, !cold[1].is_zero())]
            {
                if is_there {
                    let own = if class == ColdClass::Ia { rates.ia()? } else { rates.archive()? };
                    lines.add_monthly(Item::MovedInAMonth(class), "GiB-month", gib, standard.usd - own.usd, standard);
                }
            }
            assumptions.push(Assumption::MeasuredByStorage);
        }
        _ => {}
    }
    Ok(Cost {
        monthly_usd: MonthlyUsd::at_most(lines.monthly()),
        one_time_usd: Usd::ZERO,
        basis: Basis::Measured,
        part: BillPart::Rest,
        assumptions: assumptions.into_iter().map(finding::Assumption::Efs).collect(),
        lines: lines.lines,
    })
}
