//! What it costs when reads move files to Standard.

use rust_decimal::Decimal;

use super::lines::Lines;
use super::rates::Rates;
use crate::model::LifecycleConfiguration;
use crate::price::{MissingPrice, Rate, dimension};
use crate::rules::efs::storage::days_of;
use crate::rules::finding;
use crate::rules::finding::efs::{Assumption, ColdClass, Item};
use crate::rules::{Basis, BillPart, Cost, MonthlyUsd};

/// How far apart scans are, and what the policy makes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Interval<'a> {
    pub(crate) policy: &'a LifecycleConfiguration,
    /// The least whole days between two scans.
    pub(crate) least_days: u32,
}

impl Interval<'_> {
    /// The share of the time that a file spends in Standard, and the scans of a month that move it there, if it becomes
    /// cold again between two scans.
    fn duty_cycle(self, age: Option<&str>) -> Option<(i64, Decimal, Decimal)> {
        let age = age.and_then(days_of).filter(|age| *age < i64::from(self.least_days))?;
        let every = Decimal::from(self.least_days);
        Some((age, Decimal::from(age) / every, MONTH / every))
    }
}

/// The days of the month that all figures are about.
const MONTH: Decimal = Decimal::from_parts(30, 0, 0, false, 0);

/// One cold storage class of [`recall`].
struct Class<'r> {
    class: ColdClass,
    gib: Decimal,
    /// Standard's rate less the class's own.
    difference: Decimal,
    read: &'r Rate,
    tiering: &'r Rate,
    /// The transition age that moves files back.
    age: Option<&'r str>,
}

/// One read moves the whole file to Standard. Every later scan keeps it there, unless scans are further apart than the
/// transition age: then it becomes cold again, and each scan pays for the way there and back. That lowers an estimate, but
/// not the most it can be: others may read in between.
pub(crate) fn recall(
    rates: &Rates<'_>,
    [ia, archive]: [Decimal; 2],
    interval: Option<Interval<'_>>,
    read_fraction: Option<Decimal>,
    mut assumptions: Vec<Assumption>,
) -> Result<Cost, MissingPrice> {
    let standard = rates.standard()?;
    let to_ia = interval.and_then(|interval| interval.policy.transition_to_ia.as_deref());
    let to_archive = interval.and_then(|interval| interval.policy.transition_to_archive.as_deref());
    let mut classes = Vec::new();
    if !ia.is_zero() {
        classes.push(Class {
            class: ColdClass::Ia,
            gib: ia,
            difference: standard.usd - rates.ia()?.usd,
            read: rates.rate(dimension::IA_READ)?,
            tiering: rates.rate(dimension::IA_TIERING)?,
            age: to_ia.or(to_archive),
        });
    }
    if !archive.is_zero() {
        classes.push(Class {
            class: ColdClass::Archive,
            gib: archive,
            difference: standard.usd - rates.archive()?.usd,
            read: rates.rate(dimension::ARCHIVE_READ)?,
            tiering: rates.rate(dimension::ARCHIVE_TIERING)?,
            age: to_archive,
        });
    }
    let elastic = if rates.elastic { Some(rates.rate(dimension::ELASTIC_READ)?) } else { None };
    let build = |fraction: Decimal, interval: Option<Interval<'_>>| -> Lines {
        let mut lines = Lines::default();
        let (mut once, mut each_month) = (Decimal::ZERO, Decimal::ZERO);
        for class in &classes {
            let Class { class, gib, difference, read, tiering, age } = class;
            let gib = *gib * fraction;
            let storage = Item::ToStandard(*class);
            match interval.and_then(|interval| interval.duty_cycle(*age)) {
                None => {
                    lines.add_monthly(storage, "GiB-month", gib, *difference, standard);
                    lines.add_once(Item::Reading(*class), gib, read);
                    lines.add_once(Item::Tiering(*class), gib, tiering);
                    once += gib;
                }
                Some((_, stays, scans)) => {
                    let moved = gib * scans;
                    lines.add_monthly(storage, "GiB-month", gib * stays, *difference, standard);
                    lines.add_monthly(Item::Reading(*class), "GiB", moved, read.usd, read);
                    lines.add_monthly(Item::TieringBothWays(*class), "GiB", moved + moved, tiering.usd, tiering);
                    each_month += moved;
                }
            }
        }
        if let Some(read) = elastic {
            if !once.is_zero() || each_month.is_zero() {
                lines.add_once(Item::ElasticReads, once, read);
            }
            if !each_month.is_zero() {
                lines.add_monthly(Item::ElasticReadsEachScan, "GiB", each_month, read.usd, read);
            }
        }
        lines
    };
    let duty_cycle = |class: &Class<'_>| interval.and_then(|interval| interval.duty_cycle(class.age));
    let (stays, cycles) = (build(Decimal::ONE, None), build(Decimal::ONE, interval));
    let (high, high_cycles) = if cycles.monthly() > stays.monthly() { (cycles, true) } else { (stays, false) };
    let high_usd = high.monthly();
    let likely = read_fraction.map(|fraction| build(fraction, interval));
    let likely_usd = likely.as_ref().map(Lines::monthly);
    if rates.elastic {
        assumptions.push(Assumption::BothFees);
    }
    assumptions.extend(read_fraction.map(Assumption::ReadFraction));
    if likely.is_some() || high_cycles {
        for (class, interval, (age, ..)) in
            classes.iter().filter_map(|class| Some((class, interval?, duty_cycle(class)?)))
        {
            assumptions.push(Assumption::ComesAndGoes { class: class.class, every: interval.least_days, age });
        }
    }
    if !high_cycles || classes.is_empty() || classes.iter().any(|class| duty_cycle(class).is_none()) {
        assumptions.push(Assumption::WholeFilesStay);
    }
    let lines = likely.unwrap_or(high);
    Ok(Cost {
        monthly_usd: MonthlyUsd { likely: likely_usd, ..MonthlyUsd::at_most(high_usd) },
        one_time_usd: lines.once(),
        basis: if read_fraction.is_some() { Basis::Estimate } else { Basis::Bound },
        part: BillPart::Rest,
        assumptions: assumptions.into_iter().map(finding::Assumption::Efs).collect(),
        lines: lines.lines,
    })
}
