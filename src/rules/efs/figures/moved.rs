//! What it costs that data is in Standard which was, or would be, cold.

use super::lines::Lines;
use super::rates::Rates;
use crate::price::{MissingPrice, PriceTable, Usd, bytes_to_gib};
use crate::rules::efs::exposure::Exposed;
use crate::rules::efs::history::{Drop, History, Movement};
use crate::rules::finding;
use crate::rules::finding::efs::{Assumption, ColdClass, Item, PinnedEstimate};
use crate::rules::{Basis, BillPart, Cost, MonthlyUsd};

/// The lines of data that is in Standard and was cold.
fn moved_lines(rates: &Rates<'_>, drop: &Drop) -> Result<Lines, MissingPrice> {
    let mut lines = Lines::default();
    let standard = rates.standard()?;
    if drop.from_ia > 0 {
        let difference = standard.usd - rates.ia()?.usd;
        lines.add_monthly(Item::WasCold(ColdClass::Ia), "GiB-month", bytes_to_gib(drop.from_ia), difference, standard);
    }
    if drop.from_archive > 0 {
        let difference = standard.usd - rates.archive()?.usd;
        let gib = bytes_to_gib(drop.from_archive);
        lines.add_monthly(Item::WasCold(ColdClass::Archive), "GiB-month", gib, difference, standard);
    }
    Ok(lines)
}

/// What the move already costs a month, measured.
pub(crate) fn observed(
    exposed: &Exposed<'_>,
    drop: &Drop,
    region: &str,
    prices: &PriceTable,
) -> Result<Cost, MissingPrice> {
    let mut assumptions = Vec::new();
    let archive = exposed.storage.archive.max(drop.from_archive);
    let rates = Rates::of(exposed.file_system, archive, region, prices, &mut assumptions);
    let lines = moved_lines(&rates, drop)?;
    let monthly = lines.monthly();
    assumptions.extend([Assumption::MeasuredAtEnds, Assumption::MoveFeesApart]);
    Ok(Cost {
        monthly_usd: MonthlyUsd::exactly(monthly),
        one_time_usd: Usd::ZERO,
        basis: Basis::Measured,
        part: BillPart::Moved,
        assumptions: assumptions.into_iter().map(finding::Assumption::Efs).collect(),
        lines: lines.lines,
    })
}

/// The policy has tiered nothing: at most all of Standard would otherwise be cold, and where `StorageBytes` shows that
/// cold data has moved, at least that.
pub(super) fn pinned(
    rates: &Rates<'_>,
    standard: u64,
    history: Option<&History>,
    mut assumptions: Vec<Assumption>,
) -> Result<Cost, MissingPrice> {
    let from = rates.standard()?;
    let difference = from.usd - rates.ia()?.usd;
    let gib = bytes_to_gib(standard);
    let high = Usd::of(gib, difference);
    assumptions.push(Assumption::AllOfStandard { gib, difference, high });
    let (seen, is_whole) = match history.map(|history| &history.movement) {
        Some(Movement::Moved(drop)) => (Some(moved_lines(rates, drop)?), true),
        Some(Movement::Mixed(drop)) => (Some(moved_lines(rates, drop)?), false),
        _ => (None, false),
    };
    let likely = seen.as_ref().map(Lines::monthly);
    assumptions.push(Assumption::Pinned(match history {
        Some(history) if is_whole => PinnedEstimate::Seen { days: history.covered.num_days() },
        Some(_) if likely.is_some() => PinnedEstimate::Partly,
        Some(history) if history.peak_cold == 0 && history.movement == Movement::None => {
            PinnedEstimate::NeverCold { days: history.covered.num_days() }
        }
        _ => PinnedEstimate::Unmeasured,
    }));
    let lines = seen.unwrap_or_else(|| {
        let mut lines = Lines::default();
        lines.add_monthly(Item::NotTiered, "GiB-month", gib, difference, from);
        lines
    });
    let low = likely.filter(|_| is_whole).unwrap_or(Usd::ZERO);
    Ok(Cost {
        monthly_usd: MonthlyUsd { low, likely, high: likely.map_or(high, |likely| high.max(likely)) },
        one_time_usd: Usd::ZERO,
        basis: match (is_whole, likely) {
            (true, _) => Basis::Measured,
            (false, Some(_)) => Basis::Estimate,
            (false, None) => Basis::Bound,
        },
        part: BillPart::Moved,
        assumptions: assumptions.into_iter().map(finding::Assumption::Efs).collect(),
        lines: lines.lines,
    })
}
