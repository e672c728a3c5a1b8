//! What it costs when reads move files to Standard.

use rust_decimal::Decimal;

use super::lines::Lines;
use super::rates::Rates;
use crate::model::LifecycleConfiguration;
use crate::price::{MissingPrice, Rate, Usd, dimension};
use crate::rules::efs::storage::days_of;
use crate::rules::finding;
use crate::rules::finding::efs::{Assumption, ColdClass, Item};
use crate::rules::{Basis, Cost, MonthlyUsd};

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
/// transition age: then it becomes cold again, and each scan pays for the way there and back.
pub(crate) fn recall(
    rates: &Rates<'_>,
    [ia, archive]: [Decimal; 2],
    interval: Option<Interval<'_>>,
    read_fraction: Decimal,
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
    let build = |fraction: Decimal| -> Lines {
        let mut lines = Lines::default();
        let (mut once, mut each_month) = (Decimal::ZERO, Decimal::ZERO);
        for class in &classes {
            let Class { class, gib, difference, read, tiering, age } = class;
            let gib = *gib * fraction;
            let storage = Item::ToStandard(*class);
            match interval.and_then(|interval| interval.shares(*age)) {
                None => {
                    lines.monthly(storage, "GiB-month", gib, *difference, standard);
                    lines.once(Item::Reading(*class), gib, read);
                    lines.once(Item::Tiering(*class), gib, tiering);
                    once += gib;
                }
                Some((_, stays, scans)) => {
                    let moved = gib * scans;
                    lines.monthly(storage, "GiB-month", gib * stays, *difference, standard);
                    lines.monthly(Item::Reading(*class), "GiB", moved, read.usd, read);
                    lines.monthly(Item::TieringBothWays(*class), "GiB", moved + moved, tiering.usd, tiering);
                    each_month += moved;
                }
            }
        }
        if let Some(read) = elastic {
            if !once.is_zero() || each_month.is_zero() {
                lines.once(Item::ElasticReads, once, read);
            }
            if !each_month.is_zero() {
                lines.monthly(Item::ElasticReadsEachScan, "GiB", each_month, read.usd, read);
            }
        }
        lines
    };
    let lines = build(read_fraction);
    let high = build(Decimal::ONE).total(|line| line.monthly_usd);
    if rates.elastic {
        assumptions.push(Assumption::BothFees);
    }
    assumptions.push(Assumption::ReadFraction(read_fraction));
    for class in &classes {
        if let Some((interval, (age, ..))) =
            interval.and_then(|interval| interval.shares(class.age).map(|shares| (interval, shares)))
        {
            assumptions.push(Assumption::ComesAndGoes { class: class.class, every: interval.least_days, age });
        }
    }
    let stays = |class: &Class<'_>| interval.and_then(|interval| interval.shares(class.age)).is_none();
    if classes.iter().any(stays) || classes.is_empty() {
        assumptions.push(Assumption::WholeFilesStay);
    }
    let likely = lines.total(|line| line.monthly_usd);
    Ok(Cost {
        monthly_usd: MonthlyUsd { low: Usd::ZERO, likely, high: high.max(likely) },
        one_time_usd: lines.total(|line| line.one_time_usd),
        basis: Basis::Bound,
        assumptions: assumptions.into_iter().map(finding::Assumption::Efs).collect(),
        lines: lines.lines,
    })
}
