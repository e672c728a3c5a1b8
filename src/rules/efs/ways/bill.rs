//! What a file system costs a month under changed circumstances, in the terms of [`crate::rules::efs::figures`].

use rust_decimal::Decimal;

use super::situation::Reader;
use crate::model::LifecycleConfiguration;
use crate::price::{MissingPrice, Usd};
use crate::rules::efs::figures::{Interval, Rates, cold_read, recall};
use crate::rules::efs::history::Reads;
use crate::rules::efs::listing::Scans;
use crate::rules::finding::efs::ScanBasis;
use crate::rules::{MonthlyUsd, MountState};

/// A file system's bytes and rates.
#[derive(Debug)]
pub(crate) struct Bill<'a> {
    /// Its rates.
    pub(crate) rates: Rates<'a>,
    /// GiB in IA.
    pub(crate) ia: Decimal,
    /// GiB in Archive.
    pub(crate) archive: Decimal,
    /// GiB in Standard.
    pub(crate) standard: Decimal,
    /// Of those, what `StorageBytes` shows to have been cold, GiB.
    pub(crate) moved: Decimal,
    /// The share of the cold bytes that a scan reads, 0 to 1.
    pub(crate) read_fraction: Decimal,
    /// What was read in a month, where that is measured: more than that no scan pays for.
    pub(crate) reads: Option<Reads>,
}

/// Nothing.
pub(crate) const NOTHING: MonthlyUsd = MonthlyUsd { low: Usd::ZERO, likely: Usd::ZERO, high: Usd::ZERO };

impl Bill<'_> {
    /// What scans pay to read cold files that stay cold.
    ///
    /// # Errors
    /// When a price is missing.
    pub(crate) fn cold_reads(&self, readers: &[Reader]) -> Result<MonthlyUsd, MissingPrice> {
        if readers.iter().all(|reader| reader.count == 0) {
            return Ok(NOTHING);
        }
        let cost = cold_read(
            &self.rates,
            [self.ia, self.archive],
            &scans(readers),
            self.read_fraction,
            self.reads,
            Vec::new(),
        )?;
        Ok(cost.monthly_usd)
    }

    /// What all that is cold would cost more in Standard.
    ///
    /// # Errors
    /// When a price is missing.
    pub(crate) fn all_in_standard(&self) -> Result<Usd, MissingPrice> {
        let standard = self.rates.standard()?.usd;
        let mut sum = Usd::ZERO;
        if !self.ia.is_zero() {
            sum = sum.plus(Usd::of(self.ia, standard - self.rates.ia()?.usd));
        }
        if !self.archive.is_zero() {
            sum = sum.plus(Usd::of(self.archive, standard - self.rates.archive()?.usd));
        }
        Ok(sum)
    }

    /// What it costs a month, and once, if one scan every `every` days moves to Standard what is cold and the policy
    /// moves it back at its age. `pinned`: it is Standard's bytes that would come and go.
    ///
    /// # Errors
    /// When a price is missing.
    pub(crate) fn comes_and_goes(
        &self,
        policy: &LifecycleConfiguration,
        every: u32,
        pinned: bool,
    ) -> Result<(MonthlyUsd, Usd), MissingPrice> {
        if !pinned {
            let interval = Some(Interval { policy, least_days: every });
            let cost = recall(&self.rates, [self.ia, self.archive], interval, self.read_fraction, Vec::new())?;
            return Ok((cost.monthly_usd, cost.one_time_usd));
        }
        // Of what is pinned, only what was cold once is known to come and go.
        let likely =
            if self.standard.is_zero() { Decimal::ZERO } else { self.moved.min(self.standard) / self.standard };
        let share = |usd: Usd| Usd::of(usd.0, likely);
        let interval = Some(Interval { policy, least_days: every });
        let most = recall(&self.rates, [self.standard, Decimal::ZERO], interval, Decimal::ONE, Vec::new())?;
        let high = most.monthly_usd.high;
        Ok((MonthlyUsd { low: Usd::ZERO, likely: share(high), high }, share(most.one_time_usd)))
    }
}

/// Likely: those whose mount is confirmed or likely, or, if there is none, the one that scans most often. High: all.
fn scans(readers: &[Reader]) -> Scans {
    let sum = |readers: &mut dyn Iterator<Item = &Reader>| -> Decimal {
        readers.map(|reader| reader.scans * Decimal::from(reader.count)).sum()
    };
    let is_sure = |reader: &&Reader| matches!(reader.mount, MountState::Confirmed | MountState::Likely);
    let sure = sum(&mut readers.iter().filter(is_sure));
    let most = readers.iter().filter(|reader| reader.count > 0).map(|reader| reader.scans).max();
    let most = if sure.is_zero() { most.unwrap_or_default() } else { sure };
    Scans {
        all: sum(&mut readers.iter()),
        likely: most,
        known: !sure.is_zero(),
        basis: ScanBasis::default(),
        least_days: 0,
    }
}
