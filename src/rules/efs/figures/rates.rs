//! The rates that hold for one file system.

use crate::model::FileSystem;
use crate::price::{EFS, MissingPrice, PriceTable, Rate, dimension};
use crate::rules::finding::efs::{Assumption, UnknownThroughput};

/// The rates of one file system.
#[derive(Debug)]
pub(crate) struct Rates<'a> {
    prices: &'a PriceTable,
    region: &'a str,
    /// Whether elastic throughput's prices hold.
    pub(crate) elastic: bool,
    one_zone: bool,
}

impl<'a> Rates<'a> {
    /// The rates that hold for `file_system`, which has `archive` bytes in Archive; what had to be assumed is added to
    /// `assumptions`.
    pub(crate) fn of(
        file_system: &FileSystem,
        archive: u64,
        region: &'a str,
        prices: &'a PriceTable,
        assumptions: &mut Vec<Assumption>,
    ) -> Self {
        Self {
            prices,
            region,
            elastic: is_elastic(file_system, archive, assumptions),
            one_zone: file_system.availability_zone.is_some(),
        }
    }

    /// One rate of EFS in the file system's region.
    pub(crate) fn rate(&self, dimension: &'static str) -> Result<&Rate, MissingPrice> {
        self.prices.rate(EFS, self.region, dimension)
    }

    /// Standard storage, per GiB-month.
    pub(crate) fn standard(&self) -> Result<&Rate, MissingPrice> {
        self.rate(if self.one_zone { dimension::ONE_ZONE_STANDARD } else { dimension::STANDARD })
    }

    /// IA storage, per GiB-month. One Zone IA has one price under any throughput mode.
    pub(crate) fn ia(&self) -> Result<&Rate, MissingPrice> {
        self.rate(match (self.one_zone, self.elastic) {
            (true, _) => dimension::ONE_ZONE_IA,
            (false, true) => dimension::IA_ELASTIC,
            (false, false) => dimension::IA,
        })
    }

    /// Archive storage, per GiB-month. AWS sells no One Zone Archive, so only a price file can have a price for it.
    pub(crate) fn archive(&self) -> Result<&Rate, MissingPrice> {
        self.rate(if self.one_zone { dimension::ONE_ZONE_ARCHIVE } else { dimension::ARCHIVE })
    }
}

/// Whether elastic throughput's prices hold.
fn is_elastic(file_system: &FileSystem, archive: u64, assumptions: &mut Vec<Assumption>) -> bool {
    match file_system.throughput_mode.as_deref() {
        Some("elastic") => true,
        Some("bursting" | "provisioned") => false,
        mode => {
            // Archive exists under elastic throughput only; else the API's default holds.
            let elastic = archive > 0;
            assumptions.push(Assumption::Throughput(UnknownThroughput { mode: mode.map(str::to_owned), elastic }));
            elastic
        }
    }
}
