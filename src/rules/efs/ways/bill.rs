//! What a file system costs a month under changed circumstances, in the terms of [`crate::rules::efs::figures`].

use rust_decimal::Decimal;

use super::situation::Reader;
use crate::model::LifecycleConfiguration;
use crate::price::{MissingPrice, Usd, dimension};
use crate::rules::efs::figures::{Rates, cold_read};
use crate::rules::efs::history::Reads;
use crate::rules::efs::listing::Scans;
use crate::rules::efs::storage::days_of;
use crate::rules::{MonthlyUsd, MountState};

/// The days of the month that all figures are about.
const MONTH: Decimal = Decimal::from_parts(30, 0, 0, false, 0);

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
        let to_ia = policy.transition_to_ia.as_deref().and_then(days_of);
        let to_archive = policy.transition_to_archive.as_deref().and_then(days_of);
        let ia = if pinned { self.standard } else { self.ia };
        let archive = if pinned { Decimal::ZERO } else { self.archive };
        let (mut monthly, mut once) = (Usd::ZERO, Usd::ZERO);
        let mut add = |part: (Usd, Usd)| {
            monthly = monthly.plus(part.0);
            once = once.plus(part.1);
        };
        if !ia.is_zero() {
            let fees = (self.rates.rate(dimension::IA_READ)?.usd, self.rates.rate(dimension::IA_TIERING)?.usd);
            let age = to_ia.or(to_archive);
            add(self.part(ia, self.rates.ia()?.usd, fees, age, every)?);
        }
        if !archive.is_zero() {
            let fees =
                (self.rates.rate(dimension::ARCHIVE_READ)?.usd, self.rates.rate(dimension::ARCHIVE_TIERING)?.usd);
            add(self.part(archive, self.rates.archive()?.usd, fees, to_archive, every)?);
        }
        // Of what is pinned, only what was cold once is known to come and go.
        let likely = match ia {
            ia if pinned && ia.is_zero() => Decimal::ZERO,
            ia if pinned => self.moved.min(ia) / ia,
            _ => self.read_fraction,
        };
        let share = |usd: Usd| Usd::of(usd.0, likely);
        Ok((MonthlyUsd { low: Usd::ZERO, likely: share(monthly), high: monthly }, share(once)))
    }

    /// One storage class of [`Self::comes_and_goes`]: a month, and once.
    fn part(
        &self,
        gib: Decimal,
        cold: Decimal,
        (read, tiering): (Decimal, Decimal),
        age: Option<i64>,
        every: u32,
    ) -> Result<(Usd, Usd), MissingPrice> {
        let difference = self.rates.standard()?.usd - cold;
        let read = if self.rates.elastic { read + self.rates.rate(dimension::ELASTIC_READ)?.usd } else { read };
        let every = Decimal::from(every);
        match age.map(Decimal::from).filter(|age| *age < every) {
            // The next scan comes before it is cold again: it moves once and stays.
            None => Ok((Usd::of(gib, difference), Usd::of(gib, read + tiering))),
            // In Standard for the age, then moved back; out and in are both tiered.
            Some(age) => {
                let stays = Usd::of(gib, difference * age / every);
                Ok((stays.plus(Usd::of(gib, (read + tiering + tiering) * MONTH / every)), Usd::ZERO))
            }
        }
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
    Scans { all: sum(&mut readers.iter()), likely: most, known: !sure.is_zero(), basis: String::new() }
}
