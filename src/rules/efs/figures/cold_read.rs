//! What it costs when cold files are read at each scan and stay cold.

use rust_decimal::Decimal;

use super::lines::Lines;
use super::rates::Rates;
use crate::price::{MissingPrice, Rate, Usd, bytes_to_gib, dimension};
use crate::rules::efs::history::Reads;
use crate::rules::efs::listing::Scans;
use crate::rules::finding;
use crate::rules::finding::efs::{Assumption, ColdClass, Item, MeasuredReads};
use crate::rules::{Basis, Cost, MonthlyUsd};

/// Files stay cold; each scan pays to read them, at most what was read in a month where that is measured.
pub(crate) fn cold_read(
    rates: &Rates<'_>,
    cold: [Decimal; 2],
    scans: &Scans,
    read_fraction: Decimal,
    reads: Option<Reads>,
    mut assumptions: Vec<Assumption>,
) -> Result<Cost, MissingPrice> {
    let build = |[ia, archive]: [Decimal; 2]| -> Result<Lines, MissingPrice> {
        let mut lines = Lines::default();
        let mut add = |item: Item, gib: Decimal, rate: &Rate| lines.monthly(item, "GiB", gib, rate.usd, rate);
        if !cold[0].is_zero() {
            add(Item::ReadingEachScan(ColdClass::Ia), ia, rates.rate(dimension::IA_READ)?);
        }
        if !cold[1].is_zero() {
            add(Item::ReadingEachScan(ColdClass::Archive), archive, rates.rate(dimension::ARCHIVE_READ)?);
        }
        if rates.elastic {
            let both = ia.saturating_add(archive);
            add(Item::ElasticReadsEachScan, both, rates.rate(dimension::ELASTIC_READ)?);
        }
        Ok(lines)
    };
    let read = |scans: Decimal| cold.map(|gib| gib.saturating_mul(scans * read_fraction));
    let measured = reads.map(|reads| bytes_to_gib(reads.monthly));
    let (most, all) = (read(scans.likely), read(scans.all));
    let (capped, most) = share(most, measured);
    let likely = build(most)?;
    let high = build(cap_high(all, measured))?.total(|line| line.monthly_usd);
    if rates.elastic {
        assumptions.push(Assumption::BothFees);
    }
    assumptions.push(Assumption::ReadFraction(read_fraction));
    assumptions.push(Assumption::Scans {
        likely: scans.likely,
        known: scans.known,
        all: scans.all,
        basis: scans.basis.clone(),
    });
    if let Some(reads) = reads {
        assumptions.push(Assumption::Reads(MeasuredReads {
            measured: bytes_to_gib(reads.measured),
            days: reads.covered.num_days(),
            monthly: bytes_to_gib(reads.monthly),
            capped,
        }));
    }
    assumptions.push(Assumption::NoCache);
    let monthly = likely.total(|line| line.monthly_usd);
    Ok(Cost {
        monthly_usd: MonthlyUsd { low: Usd::ZERO, likely: monthly, high: high.max(monthly) },
        one_time_usd: Usd::ZERO,
        basis: Basis::Bound,
        assumptions: assumptions.into_iter().map(finding::Assumption::Efs).collect(),
        lines: likely.lines,
    })
}

/// IA and Archive reads, both cut by the same factor where more was not read; whether that was so.
fn share([ia, archive]: [Decimal; 2], most: Option<Decimal>) -> (bool, [Decimal; 2]) {
    let all = ia.saturating_add(archive);
    match most.filter(|most| *most < all) {
        None => (false, [ia, archive]),
        Some(most) => {
            let ia = (ia / all * most).round_dp(6);
            (true, [ia, most - ia])
        }
    }
}

/// The dearest way to read no more than `most`: Archive's reads cost more than IA's in every region.
fn cap_high([ia, archive]: [Decimal; 2], most: Option<Decimal>) -> [Decimal; 2] {
    let Some(most) = most else { return [ia, archive] };
    let archive = archive.min(most);
    [ia.min(most - archive), archive]
}
