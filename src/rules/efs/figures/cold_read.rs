//! What it costs when cold files are read at each scan and stay cold.

use rust_decimal::Decimal;

use super::limits::Limits;
use super::lines::Lines;
use super::rates::Rates;
use crate::price::{MissingPrice, Rate, Usd, bytes_to_gib, dimension};
use crate::rules::efs::history::Reads;
use crate::rules::efs::listing::Scans;
use crate::rules::finding;
use crate::rules::finding::efs::{Assumption, ColdClass, Item, MeasuredReads, RunsRead};
use crate::rules::{Basis, BillPart, Cost, MonthlyUsd};

/// IA and Archive are metered in steps of 128 KiB, a read of 4 KiB included (EFS user guide, "Metering", 2026-10): so many
/// times what was read can be charged.
pub(super) const METERING: Decimal = Decimal::from_parts(32, 0, 0, false, 0);

/// Everything that reading cold files depends on.
#[derive(Debug)]
pub(crate) struct ColdReads<'a> {
    pub(crate) rates: &'a Rates<'a>,
    /// GiB in IA and in Archive.
    pub(crate) cold: [Decimal; 2],
    /// What the documented limits let scans read.
    pub(crate) limits: &'a Limits,
    /// The scans of 30 days.
    pub(crate) scans: &'a Scans,
    /// The share of the cold bytes that a scan reads, 0 to 1, where the operator says so.
    pub(crate) read_fraction: Option<Decimal>,
    /// What was read in a month, where that is measured.
    pub(crate) reads: Option<Reads>,
    /// What a run of the scan reads, where that was measured.
    pub(crate) per_run: Option<RunsRead>,
}

impl ColdReads<'_> {
    /// Files stay cold; each scan pays to read them, at most what the limits let it read, and in a month at most what can
    /// have been charged for what was read where that is measured.
    ///
    /// # Errors
    /// When a price is missing.
    pub(crate) fn cost(&self, mut assumptions: Vec<Assumption>) -> Result<Cost, MissingPrice> {
        let metered = self.reads.map(|reads| bytes_to_gib(reads.monthly));
        // Runs read at most what would not have been seen.
        let unseen = self.per_run.filter(|runs| !runs.measured).map(RunsRead::monthly);
        let measured = metered.into_iter().chain(unseen).min();
        let all = self.monthly(Decimal::ONE);
        let most = |times: Decimal| measured.map_or(all, |gib| gib.saturating_mul(times).min(all));
        let (charged, read) = (most(METERING), most(Decimal::ONE));
        let high = self.lines(charged, read)?;
        let aligned = self.per_run.filter(|runs| runs.measured).map(RunsRead::monthly);
        let likely = aligned.or(self.read_fraction.map(|fraction| self.monthly(fraction))).map(|read| {
            let read = measured.map_or(read, |measured| measured.min(read)).min(all);
            self.lines(read, read)
        });
        let likely = likely.transpose()?;
        self.assume(metered.is_some_and(|gib| gib.saturating_mul(METERING) < all), &mut assumptions);
        let (high_usd, likely_usd) = (high.monthly(), likely.as_ref().map(Lines::monthly));
        Ok(Cost {
            monthly_usd: MonthlyUsd { likely: likely_usd, ..MonthlyUsd::at_most(high_usd) },
            one_time_usd: Usd::ZERO,
            basis: match (aligned, &likely) {
                (Some(_), _) => Basis::Measured,
                (None, Some(_)) => Basis::Estimate,
                (None, None) => Basis::Bound,
            },
            part: BillPart::Rest,
            assumptions: assumptions.into_iter().map(finding::Assumption::Efs).collect(),
            lines: likely.unwrap_or(high).lines,
        })
    }

    /// What one full read of everything by each scan would cost a month, whatever the limits: what a share of the cold
    /// bytes that is read is a share of.
    ///
    /// # Errors
    /// When a price is missing.
    pub(crate) fn unlimited(&self) -> Result<Usd, MissingPrice> {
        let all = self.total().saturating_mul(self.scans.all());
        Ok(self.lines(all, all)?.monthly())
    }

    fn total(&self) -> Decimal {
        self.cold[0].saturating_add(self.cold[1])
    }

    /// GiB that the scans of 30 days read if each reads `fraction` of the cold bytes, or as much as it can.
    fn monthly(&self, fraction: Decimal) -> Decimal {
        let sum = self.by_scans(fraction);
        self.limits.month.as_ref().map_or(sum, |month| month.gib.min(sum))
    }

    /// The same, whatever the throughput mode sustains in a month.
    fn by_scans(&self, fraction: Decimal) -> Decimal {
        let wanted = self.total().saturating_mul(fraction);
        let plugin = |scans: Decimal| scans.saturating_mul(self.limits.plugin.gib.min(wanted));
        let vm_scanner = |scans: Decimal| scans.saturating_mul(self.limits.vm_scanner.gib.min(wanted));
        let Scans { either, .. } = self.scans;
        let known = plugin(self.scans.plugin).saturating_add(vm_scanner(self.scans.vm_scanner));
        known.saturating_add(plugin(either[0]).max(vm_scanner(either[1])))
    }

    /// The lines of so many GiB `charged` as read from cold classes and `read` in fact. IA and Archive alike: by what is
    /// in them.
    fn lines(&self, charged: Decimal, read: Decimal) -> Result<Lines, MissingPrice> {
        let mut lines = Lines::default();
        let mut add = |item: Item, gib: Decimal, rate: &Rate| lines.add_monthly(item, "GiB", gib, rate.usd, rate);
        let total = self.total();
        let ia = if total.is_zero() { Decimal::ZERO } else { (self.cold[0] / total * charged).round_dp(6) };
        if !self.cold[0].is_zero() {
            add(Item::ReadingEachScan(ColdClass::Ia), ia, self.rates.rate(dimension::IA_READ)?);
        }
        if !self.cold[1].is_zero() {
            add(Item::ReadingEachScan(ColdClass::Archive), charged - ia, self.rates.rate(dimension::ARCHIVE_READ)?);
        }
        if self.rates.elastic {
            add(Item::ElasticReadsEachScan, read, self.rates.rate(dimension::ELASTIC_READ)?);
        }
        Ok(lines)
    }

    fn assume(&self, capped: bool, assumptions: &mut Vec<Assumption>) {
        if self.rates.elastic {
            assumptions.push(Assumption::BothFees);
        }
        let is_measured = self.per_run.is_some_and(|runs| runs.measured);
        assumptions.extend(self.read_fraction.filter(|_| !is_measured).map(Assumption::ReadFraction));
        assumptions.extend(self.per_run.map(Assumption::RunsRead));
        let scans = self.scans;
        assumptions.push(Assumption::Scans { scans: scans.all(), known: scans.known, basis: scans.basis.clone() });
        let [plugin, vm_scanner] = scans.either;
        for (scans, limit) in
            [(scans.plugin + plugin, &self.limits.plugin), (scans.vm_scanner + vm_scanner, &self.limits.vm_scanner)]
        {
            if !scans.is_zero() && limit.gib < self.total() {
                assumptions.push(Assumption::ScanLimit(limit.clone()));
            }
        }
        let sum = self.by_scans(Decimal::ONE);
        assumptions.extend(self.limits.month.clone().filter(|month| month.gib < sum).map(Assumption::MonthLimit));
        if !self.cold[0].is_zero() && !self.cold[1].is_zero() {
            assumptions.push(Assumption::ReadAlike);
        }
        assumptions.extend(self.reads.map(|reads| {
            Assumption::Reads(MeasuredReads {
                measured: bytes_to_gib(reads.measured),
                days: reads.covered.num_days(),
                monthly: bytes_to_gib(reads.monthly),
                capped,
            })
        }));
        assumptions.extend([Assumption::WholeFilesRead, Assumption::NoCache]);
    }
}
