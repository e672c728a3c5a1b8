//! Figures: what a picture costs a month and once, line by line.

use rust_decimal::Decimal;

use super::exposure::{Exposed, Picture};
use super::history::{Drop, History, Movement, Reads};
use super::listing::Scans;
use super::storage::{days_of, standard_bytes};
use crate::model::{FileSystem, LifecycleConfiguration};
use crate::price::{EFS, MissingPrice, PriceTable, Rate, Usd, bytes_to_gib, dimension};
use crate::rules::{Assumption, Basis, Cost, CostLine, MonthlyUsd, RuleSettings, Severity};

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

    /// Archive storage, per GiB-month. AWS sells no One Zone Archive, so only a price file can have a price for it.
    pub(crate) fn archive(&self) -> Result<&Rate, MissingPrice> {
        self.rate(if self.one_zone { dimension::ONE_ZONE_ARCHIVE } else { dimension::ARCHIVE })
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
            item: item.into(),
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
        Picture::Recall => {
            let least_days = scans.least_days;
            let interval = exposed.storage.lifecycle.map(|policy| Interval { policy, least_days });
            recall(&rates, [ia, archive], interval, settings.read_fraction, assumptions)
        }
        Picture::ColdRead => {
            let reads = exposed.history.as_ref().and_then(|history| history.reads);
            cold_read(&rates, [ia, archive], scans, settings.read_fraction, reads, assumptions)
        }
        Picture::Pinned => {
            pinned(&rates, standard_bytes(file_system).unwrap_or(0), exposed.history.as_ref(), assumptions)
        }
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

/// How far apart scans are, and what the policy makes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interval<'a> {
    /// The lifecycle configuration.
    pub(crate) policy: &'a LifecycleConfiguration,
    /// The least whole days between two scans.
    pub(crate) least_days: u32,
}

impl Interval<'_> {
    /// The share of the time that a file spends in Standard, and the scans of a month that move it there, if it becomes
    /// cold again between two scans.
    fn shares(self, age: Option<&str>) -> Option<(i64, Decimal, Decimal)> {
        let age = age.and_then(days_of).filter(|age| *age < i64::from(self.least_days))?;
        let every = Decimal::from(self.least_days);
        Some((age, Decimal::from(age) / every, MONTH / every))
    }
}

/// The days of the month that all figures are about.
const MONTH: Decimal = Decimal::from_parts(30, 0, 0, false, 0);

/// One cold storage class of [`recall`].
struct Class<'r> {
    name: &'static str,
    gib: Decimal,
    /// Standard's rate less the class's own.
    difference: Decimal,
    read: &'r Rate,
    tiering: &'r Rate,
    /// The transition age that moves files back.
    age: Option<&'r str>,
}

/// One read moves the whole file to Standard. Every later scan keeps it there, unless scans are further apart than the
/// transition age: then it becomes cold again, and each scan pays for the way there and back.
pub(crate) fn recall(
    rates: &Rates<'_>,
    [ia, archive]: [Decimal; 2],
    interval: Option<Interval<'_>>,
    read_fraction: Decimal,
    mut assumptions: Vec<String>,
) -> Result<Cost, MissingPrice> {
    let standard = rates.standard()?;
    let to_ia = interval.and_then(|interval| interval.policy.transition_to_ia.as_deref());
    let to_archive = interval.and_then(|interval| interval.policy.transition_to_archive.as_deref());
    let mut classes = Vec::new();
    if !ia.is_zero() {
        classes.push(Class {
            name: "IA",
            gib: ia,
            difference: standard.usd - rates.ia()?.usd,
            read: rates.rate(dimension::IA_READ)?,
            tiering: rates.rate(dimension::IA_TIERING)?,
            age: to_ia.or(to_archive),
        });
    }
    if !archive.is_zero() {
        classes.push(Class {
            name: "Archive",
            gib: archive,
            difference: standard.usd - rates.archive()?.usd,
            read: rates.rate(dimension::ARCHIVE_READ)?,
            tiering: rates.rate(dimension::ARCHIVE_TIERING)?,
            age: to_archive,
        });
    }
    let elastic = if rates.elastic { Some(rates.rate(dimension::ELASTIC_READ)?) } else { None };
    let build = |fraction: Decimal| -> Lines {
        let mut lines = Lines { lines: Vec::new() };
        let (mut once, mut each_month) = (Decimal::ZERO, Decimal::ZERO);
        for class in &classes {
            let Class { name, gib, difference, read, tiering, .. } = class;
            let gib = *gib * fraction;
            let storage = format!("{name} to Standard storage");
            match interval.and_then(|interval| interval.shares(class.age)) {
                None => {
                    lines.monthly(&storage, "GiB-month", gib, *difference, standard);
                    lines.once(&format!("reading from {name}"), gib, read);
                    lines.once(&format!("tiering from {name} to Standard"), gib, tiering);
                    once += gib;
                }
                Some((_, stays, scans)) => {
                    let moved = gib * scans;
                    lines.monthly(&storage, "GiB-month", gib * stays, *difference, standard);
                    lines.monthly(&format!("reading from {name}"), "GiB", moved, read.usd, read);
                    let both_ways = format!("tiering from {name} to Standard and back");
                    lines.monthly(&both_ways, "GiB", moved + moved, tiering.usd, tiering);
                    each_month += moved;
                }
            }
        }
        if let Some(read) = elastic {
            if !once.is_zero() || each_month.is_zero() {
                lines.once("elastic throughput reads", once, read);
            }
            if !each_month.is_zero() {
                lines.monthly("elastic throughput reads at each scan", "GiB", each_month, read.usd, read);
            }
        }
        lines
    };
    let lines = build(read_fraction);
    let high = build(Decimal::ONE).total(|line| line.monthly_usd);
    if rates.elastic {
        assumptions.push(BOTH_FEES.to_owned());
    }
    assumptions.push(fraction(read_fraction));
    for class in &classes {
        if let Some((interval, (age, ..))) =
            interval.and_then(|interval| interval.shares(class.age).map(|shares| (interval, shares)))
        {
            assumptions.push(format!(
                "Scans are at least {} days apart and the policy moves files back after {age} without access: what was \
                 read from {} spends {age} of {} days in Standard and becomes cold again before the next scan.",
                interval.least_days, class.name, interval.least_days
            ));
        }
    }
    let stays = |class: &Class<'_>| interval.and_then(|interval| interval.shares(class.age)).is_none();
    if classes.iter().any(stays) || classes.is_empty() {
        assumptions
            .push("Every file that is read moves to Standard as a whole and every later scan keeps it there.".into());
    }
    let likely = lines.total(|line| line.monthly_usd);
    Ok(Cost {
        monthly_usd: MonthlyUsd { low: Usd::ZERO, likely, high: high.max(likely) },
        one_time_usd: lines.total(|line| line.one_time_usd),
        basis: Basis::Bound,
        assumptions: assumptions.into_iter().map(Assumption::Told).collect(),
        lines: lines.lines,
    })
}

/// Files stay cold; each scan pays to read them, at most what was read in a month where that is measured.
pub(crate) fn cold_read(
    rates: &Rates<'_>,
    cold: [Decimal; 2],
    scans: &Scans,
    read_fraction: Decimal,
    reads: Option<Reads>,
    mut assumptions: Vec<String>,
) -> Result<Cost, MissingPrice> {
    let build = |[ia, archive]: [Decimal; 2]| -> Result<Lines, MissingPrice> {
        let mut lines = Lines { lines: Vec::new() };
        let mut add = |item: &str, gib: Decimal, rate: &Rate| lines.monthly(item, "GiB", gib, rate.usd, rate);
        if !cold[0].is_zero() {
            add("reading from IA at each scan", ia, rates.rate(dimension::IA_READ)?);
        }
        if !cold[1].is_zero() {
            add("reading from Archive at each scan", archive, rates.rate(dimension::ARCHIVE_READ)?);
        }
        if rates.elastic {
            let both = ia.saturating_add(archive);
            add("elastic throughput reads at each scan", both, rates.rate(dimension::ELASTIC_READ)?);
        }
        Ok(lines)
    };
    let read = |scans: Decimal| cold.map(|gib| gib.saturating_mul(scans * read_fraction));
    let measured = reads.map(|reads| bytes_to_gib(reads.monthly));
    let (most, all) = (read(scans.likely), read(scans.all));
    let (capped, most) = share(most, measured);
    let likely = build(most)?;
    let high = build(dearest(all, measured))?.total(|line| line.monthly_usd);
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
    if let Some(reads) = reads {
        assumptions.push(format!(
            "DataReadIOBytes: {} GiB were read in {} days, by whomever and from any class, which is {} GiB in 30 days: \
             {}.",
            bytes_to_gib(reads.measured),
            reads.covered.num_days(),
            bytes_to_gib(reads.monthly),
            if capped {
                "the figure is capped there (likely: IA and Archive alike; high: Archive first)"
            } else {
                "more than the figure takes"
            },
        ));
    }
    assumptions.push("Nothing is cached between scans.".to_owned());
    let monthly = likely.total(|line| line.monthly_usd);
    Ok(Cost {
        monthly_usd: MonthlyUsd { low: Usd::ZERO, likely: monthly, high: high.max(monthly) },
        one_time_usd: Usd::ZERO,
        basis: Basis::Bound,
        assumptions: assumptions.into_iter().map(Assumption::Told).collect(),
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
fn dearest([ia, archive]: [Decimal; 2], most: Option<Decimal>) -> [Decimal; 2] {
    let Some(most) = most else { return [ia, archive] };
    let archive = archive.min(most);
    [ia.min(most - archive), archive]
}

/// The lines of data that is in Standard and was cold.
fn moved_lines(rates: &Rates<'_>, drop: &Drop) -> Result<Lines, MissingPrice> {
    let mut lines = Lines { lines: Vec::new() };
    let standard = rates.standard()?;
    if drop.from_ia > 0 {
        let difference = standard.usd - rates.ia()?.usd;
        lines.monthly("Standard storage that was in IA", "GiB-month", bytes_to_gib(drop.from_ia), difference, standard);
    }
    if drop.from_archive > 0 {
        let difference = standard.usd - rates.archive()?.usd;
        let gib = bytes_to_gib(drop.from_archive);
        lines.monthly("Standard storage that was in Archive", "GiB-month", gib, difference, standard);
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
    let monthly = lines.total(|line| line.monthly_usd);
    assumptions.push(
        "Measured by StorageBytes at the ends of the window, at list price; what else was written to Standard meanwhile \
         counts as moved, up to what left IA and Archive."
            .to_owned(),
    );
    assumptions.push("The fees for reading and tiering were paid when the data moved and are not part of this.".into());
    Ok(Cost {
        monthly_usd: MonthlyUsd { low: monthly, likely: monthly, high: monthly },
        one_time_usd: Usd::ZERO,
        basis: Basis::Measured,
        assumptions: assumptions.into_iter().map(Assumption::Told).collect(),
        lines: lines.lines,
    })
}

/// The policy has tiered nothing: at most all of Standard would otherwise be cold, and where `StorageBytes` shows that
/// cold data has moved, at least that.
fn pinned(
    rates: &Rates<'_>,
    standard: u64,
    history: Option<&History>,
    mut assumptions: Vec<String>,
) -> Result<Cost, MissingPrice> {
    let from = rates.standard()?;
    let difference = from.usd - rates.ia()?.usd;
    let gib = bytes_to_gib(standard);
    let high = Usd::of(gib, difference);
    assumptions.push(format!(
        "High: all {gib} GiB of Standard would be in IA by now, at {difference} USD per GiB-month less ({}).",
        high.display(),
    ));
    let (lines, is_whole) = match history.map(|history| &history.movement) {
        Some(Movement::Moved(drop)) => (moved_lines(rates, drop)?, true),
        Some(Movement::Mixed(drop)) => (moved_lines(rates, drop)?, false),
        _ => {
            let mut lines = Lines { lines: Vec::new() };
            let item = "Standard storage that the policy would have moved to IA";
            lines.monthly(item, "GiB-month", Decimal::ZERO, difference, from);
            (lines, false)
        }
    };
    let likely = lines.total(|line| line.monthly_usd);
    assumptions.push(match history {
        Some(history) if is_whole => format!(
            "Low and likely: what StorageBytes shows to have been cold in the last {} days and to be in Standard now.",
            history.covered.num_days()
        ),
        Some(_) if likely > Usd::ZERO => "Likely: StorageBytes shows that so much left the cold classes and that \
                                          Standard took it or was written to; low is zero, for it may be the latter."
            .to_owned(),
        Some(history) if history.peak_cold == 0 && history.movement == Movement::None => format!(
            "Low and likely are zero: in {} days of StorageBytes nothing was ever cold, so what would be is not known.",
            history.covered.num_days()
        ),
        _ => "Low and likely are zero until StorageBytes shows what was once cold.".to_owned(),
    });
    Ok(Cost {
        monthly_usd: MonthlyUsd { low: if is_whole { likely } else { Usd::ZERO }, likely, high: high.max(likely) },
        one_time_usd: Usd::ZERO,
        basis: if is_whole { Basis::Measured } else { Basis::Bound },
        assumptions: assumptions.into_iter().map(Assumption::Told).collect(),
        lines: lines.lines,
    })
}
