//! Figures: what a picture costs a month and once, line by line.

use rust_decimal::Decimal;

use super::exposure::{Exposed, Picture};
use super::listing::Scans;
use super::storage::standard_bytes;
use crate::model::FileSystem;
use crate::price::{EFS, MissingPrice, PriceTable, Rate, Usd, bytes_to_gib, dimension};
use crate::rules::{Basis, Cost, CostLine, MonthlyUsd, RuleSettings, Severity};

/// A cost, or the price that is missing for it.
#[derive(Debug)]
pub(crate) struct Figure {
    /// `Err`: no figure without a price.
    pub(crate) cost: Result<Cost, MissingPrice>,
}

impl Figure {
    /// How bad its likely figure is; `medium` where there is none.
    pub(crate) fn severity(&self, settings: &RuleSettings) -> Severity {
        settings.severity(self.cost.as_ref().ok().map(|cost| cost.monthly_usd.likely))
    }
}

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
        assumptions: &mut Vec<String>,
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

    /// Archive storage, per GiB-month. There is no One Zone Archive, so there is no price for it either.
    pub(crate) fn archive(&self) -> Result<&Rate, MissingPrice> {
        if self.one_zone {
            return Err(MissingPrice {
                service: EFS,
                region: self.region.to_owned(),
                dimension: "onezone_archive_storage",
            });
        }
        self.rate(dimension::ARCHIVE)
    }
}

/// Gathers lines; a line of quantity zero asks for no price.
struct Lines {
    lines: Vec<CostLine>,
}

impl Lines {
    fn monthly(&mut self, item: &str, unit: &str, quantity: Decimal, price: Decimal, from: &Rate) {
        self.push(item, unit, quantity, price, from, true);
    }

    fn once(&mut self, item: &str, quantity: Decimal, from: &Rate) {
        self.push(item, "GiB", quantity, from.usd, from, false);
    }

    fn push(&mut self, item: &str, unit: &str, quantity: Decimal, price: Decimal, from: &Rate, monthly: bool) {
        let amount = Usd::of(quantity, price);
        self.lines.push(CostLine {
            item: item.to_owned(),
            quantity: quantity.round_dp(6).normalize(),
            unit: unit.to_owned(),
            unit_price_usd: price.normalize(),
            monthly_usd: if monthly { amount } else { Usd::ZERO },
            one_time_usd: if monthly { Usd::ZERO } else { amount },
            price_source: from.source.clone(),
            price_as_of: from.as_of.clone(),
        });
    }

    fn total(&self, part: fn(&CostLine) -> Usd) -> Usd {
        self.lines.iter().map(part).sum()
    }
}

/// The figure of one picture (see each rule's page for the formula).
pub(crate) fn figure(
    picture: Picture,
    exposed: &Exposed<'_>,
    scans: &Scans,
    region: &str,
    prices: &PriceTable,
    settings: &RuleSettings,
) -> Figure {
    let file_system = exposed.file_system;
    let mut assumptions = Vec::new();
    let rates = Rates::of(file_system, exposed.storage.archive, region, prices, &mut assumptions);
    let ia = bytes_to_gib(exposed.storage.ia);
    let archive = bytes_to_gib(exposed.storage.archive);
    let cost = match picture {
        Picture::Recall => recall(&rates, ia, archive, settings.read_fraction, assumptions),
        Picture::ColdRead => cold_read(&rates, ia, archive, scans, settings.read_fraction, assumptions),
        Picture::Pinned => pinned(&rates, bytes_to_gib(standard_bytes(file_system).unwrap_or(0)), assumptions),
    };
    Figure { cost }
}

/// Whether elastic throughput's prices hold.
fn is_elastic(file_system: &FileSystem, archive: u64, assumptions: &mut Vec<String>) -> bool {
    match file_system.throughput_mode.as_deref() {
        Some("elastic") => true,
        Some("bursting" | "provisioned") => false,
        mode => {
            // Archive exists under elastic throughput only; else the API's default holds.
            let elastic = archive > 0;
            let taken = if elastic { "elastic" } else { "bursting" };
            assumptions.push(format!(
                "The throughput mode is {}: the prices of {taken} throughput are used.",
                mode.map_or("not given".to_owned(), |mode| format!("{mode:?}, which this version does not know")),
            ));
            elastic
        }
    }
}

const BOTH_FEES: &str = "Under elastic throughput the fee for cold reads and the fee for elastic reads are added up; no AWS document says so.";

fn fraction(read_fraction: Decimal) -> String {
    format!("A scan is taken to read {} of the cold bytes (read_fraction).", percent(read_fraction))
}

fn percent(fraction: Decimal) -> String {
    format!("{}%", (fraction * Decimal::ONE_HUNDRED).normalize())
}

/// One read moves the whole file to Standard, and every later scan keeps it there.
fn recall(
    rates: &Rates<'_>,
    ia: Decimal,
    archive: Decimal,
    read_fraction: Decimal,
    mut assumptions: Vec<String>,
) -> Result<Cost, MissingPrice> {
    let mut lines = Lines { lines: Vec::new() };
    let mut high = Usd::ZERO;
    let standard = rates.standard()?;
    if !ia.is_zero() {
        let from = rates.ia()?;
        let difference = standard.usd - from.usd;
        high = high.plus(Usd::of(ia, difference));
        lines.monthly("IA to Standard storage", "GiB-month", ia * read_fraction, difference, standard);
        lines.once("reading from IA", ia * read_fraction, rates.rate(dimension::IA_READ)?);
        lines.once("tiering from IA to Standard", ia * read_fraction, rates.rate(dimension::IA_TIERING)?);
    }
    if !archive.is_zero() {
        let from = rates.archive()?;
        let difference = standard.usd - from.usd;
        high = high.plus(Usd::of(archive, difference));
        lines.monthly("Archive to Standard storage", "GiB-month", archive * read_fraction, difference, standard);
        lines.once("reading from Archive", archive * read_fraction, rates.rate(dimension::ARCHIVE_READ)?);
        lines.once(
            "tiering from Archive to Standard",
            archive * read_fraction,
            rates.rate(dimension::ARCHIVE_TIERING)?,
        );
    }
    if rates.elastic {
        let read = rates.rate(dimension::ELASTIC_READ)?;
        lines.once("elastic throughput reads", (ia + archive) * read_fraction, read);
        assumptions.push(BOTH_FEES.to_owned());
    }
    assumptions.push(fraction(read_fraction));
    assumptions
        .push("Every file that is read moves to Standard as a whole and every later scan keeps it there.".into());
    let likely = lines.total(|line| line.monthly_usd);
    Ok(Cost {
        monthly_usd: MonthlyUsd { low: Usd::ZERO, likely, high: high.max(likely) },
        one_time_usd: lines.total(|line| line.one_time_usd),
        basis: Basis::Bound,
        assumptions,
        lines: lines.lines,
    })
}

/// Files stay cold; each scan pays to read them.
pub(crate) fn cold_read(
    rates: &Rates<'_>,
    ia: Decimal,
    archive: Decimal,
    scans: &Scans,
    read_fraction: Decimal,
    mut assumptions: Vec<String>,
) -> Result<Cost, MissingPrice> {
    let build = |scans: Decimal| -> Result<Lines, MissingPrice> {
        let mut lines = Lines { lines: Vec::new() };
        let times = scans * read_fraction;
        let mut add = |item: &str, gib: Decimal, rate: &Rate| {
            lines.monthly(item, "GiB", gib.saturating_mul(times), rate.usd, rate);
        };
        if !ia.is_zero() {
            add("reading from IA at each scan", ia, rates.rate(dimension::IA_READ)?);
        }
        if !archive.is_zero() {
            add("reading from Archive at each scan", archive, rates.rate(dimension::ARCHIVE_READ)?);
        }
        if rates.elastic {
            add("elastic throughput reads at each scan", ia + archive, rates.rate(dimension::ELASTIC_READ)?);
        }
        Ok(lines)
    };
    let likely = build(scans.likely)?;
    let high = build(scans.all)?.total(|line| line.monthly_usd);
    if rates.elastic {
        assumptions.push(BOTH_FEES.to_owned());
    }
    assumptions.push(fraction(read_fraction));
    assumptions.push(format!(
        "Scans in 30 days: {} by {} (likely), {} by all that could mount it (high); {}.",
        scans.likely.normalize(),
        if scans.known {
            "the instances whose mount is confirmed or likely"
        } else {
            "the one instance that scans most often"
        },
        scans.all.normalize(),
        scans.basis,
    ));
    assumptions.push("Nothing is cached between scans.".to_owned());
    let monthly = likely.total(|line| line.monthly_usd);
    Ok(Cost {
        monthly_usd: MonthlyUsd { low: Usd::ZERO, likely: monthly, high: high.max(monthly) },
        one_time_usd: Usd::ZERO,
        basis: Basis::Bound,
        assumptions,
        lines: likely.lines,
    })
}

/// The policy has tiered nothing: at most all of Standard would otherwise be cold.
fn pinned(rates: &Rates<'_>, standard: Decimal, mut assumptions: Vec<String>) -> Result<Cost, MissingPrice> {
    let from = rates.standard()?;
    let difference = from.usd - rates.ia()?.usd;
    let high = Usd::of(standard, difference);
    let mut lines = Lines { lines: Vec::new() };
    lines.monthly(
        "Standard storage that the policy would have moved to IA",
        "GiB-month",
        Decimal::ZERO,
        difference,
        from,
    );
    assumptions.push(format!(
        "High: all {standard} GiB of Standard would be in IA by now, at {difference} USD per GiB-month less ({}).",
        high.display(),
    ));
    assumptions.push("Low and likely are zero until StorageBytes shows what was once cold.".to_owned());
    Ok(Cost {
        monthly_usd: MonthlyUsd { low: Usd::ZERO, likely: Usd::ZERO, high },
        one_time_usd: Usd::ZERO,
        basis: Basis::Bound,
        assumptions,
        lines: lines.lines,
    })
}
