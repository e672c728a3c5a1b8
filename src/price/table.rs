//! The table of rates, and what a report says of it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::dimension::EFS;

/// How the source of an override begins.
pub(super) const OVERRIDE: &str = "override in ";
/// What stands in the source of a discounted rate.
const LESS: &str = ", less ";

/// One unit price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// USD per unit.
    pub usd: Decimal,
    /// The unit, e.g. `GiB-month`.
    pub unit: String,
    /// Where it comes from.
    pub source: String,
    /// Its date (`YYYY-MM-DD` or `YYYY-MM`), if the source has one.
    pub as_of: Option<String>,
    /// The region that it is of, where it stands in for want of the region's own: what is made with it is an estimate.
    pub stands_in: Option<&'static str>,
}

impl Rate {
    /// The rate less `percent` (0 to 100), which its source then says; `by` is who grants it.
    pub(super) fn less(&self, percent: Decimal, by: &str) -> Self {
        // A rate is at most a million and a percentage at most a hundred, so the product stays a decimal.
        let usd = self.usd * (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED;
        Self {
            usd: usd.normalize(),
            source: format!("{}{LESS}{}% ({by})", self.source, percent.normalize()),
            ..self.clone()
        }
    }

    /// Whether it is somebody's own price: its source says so, in the file that made it and in every copy of that.
    /// What the run itself takes off, `discounted`, does not count.
    fn is_overridden(&self, discounted: bool) -> bool {
        self.source.starts_with(OVERRIDE) || self.source.matches(LESS).count() > usize::from(discounted)
    }
}

/// What the report says of the whole table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// `embedded`, a file's name, or `live`.
    pub source: String,
    /// The date of the oldest EFS rate in the regions that the report is about; empty where none has a date.
    pub as_of: String,
    /// Always `USD`.
    pub currency: String,
    /// What `--discount` takes off every rate, percent.
    #[serde(default, with = "rust_decimal::serde::arbitrary_precision")]
    pub discount_percent: Decimal,
    /// Rates in those regions that the price file overrides or discounts: they are no list prices.
    #[serde(default)]
    pub overridden: u64,
    /// Days from `as_of` to the snapshot; `None` without a date. Negative where the prices are younger.
    #[serde(default)]
    pub age_days: Option<i64>,
}

impl Provenance {
    /// Works out [`Self::age_days`] at that time.
    pub fn aged(&mut self, at: DateTime<Utc>) {
        let month = format!("{}-01", self.as_of);
        let date = [self.as_of.as_str(), month.as_str()].into_iter().find_map(|text| text.parse::<NaiveDate>().ok());
        self.age_days = date.map(|date| at.date_naive().signed_duration_since(date).num_days());
    }
}

/// A rate that a figure needs and that the table does not have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, thiserror::Error)]
#[error("no price for {service} {dimension} in {region}")]
pub struct MissingPrice {
    /// Service code.
    pub service: &'static str,
    /// Region.
    pub region: String,
    /// Dimension.
    pub dimension: &'static str,
}

/// Why a price table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// Not the expected JSON.
    #[error("the price table is not readable at `{path}`: {message}")]
    Format {
        /// Where in the document.
        path: String,
        /// What is wrong there.
        message: String,
    },
    /// A newer format.
    #[error("the price table has schema_version {0}, this version reads 1")]
    Version(u32),
    /// Another currency.
    #[error("the price table is in {0:?}; only USD is read")]
    Currency(String),
    /// A rate names a source that is not in the list.
    #[error("the rate {0} {1} {2} names source number {3}, which is not in `sources`")]
    Source(String, String, String, usize),
    /// A rate or an override that makes no sense.
    #[error("{rate}: {what}")]
    Row {
        /// Which.
        rate: String,
        /// What is wrong with it.
        what: String,
    },
    /// A price list without one usable rate.
    #[error("the price list has no rate that can be used{0}")]
    Nothing(String),
    /// A price list that breaks off or is none.
    #[error("the price list cannot be read: {0}")]
    List(String),
}

type Rates = BTreeMap<String, BTreeMap<String, BTreeMap<String, Rate>>>;

/// All rates known to a run.
#[derive(Debug, Clone)]
pub struct PriceTable {
    pub(super) provenance: Provenance,
    pub(super) rates: Rates,
}

impl PriceTable {
    pub(super) fn empty(source: &str) -> Self {
        let provenance = Provenance {
            source: source.to_owned(),
            as_of: String::new(),
            currency: "USD".to_owned(),
            discount_percent: Decimal::ZERO,
            overridden: 0,
            age_days: None,
        };
        Self { provenance, rates: Rates::new() }
    }

    /// The table with another laid over it, under the other's name.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        for (service, region, dimension, rate) in other.iter() {
            self.insert(service, region, dimension, rate.clone());
        }
        self.provenance.source = other.provenance.source;
        self.date();
        self
    }

    /// The table less `percent` (0 to 100; beyond that the nearer end) on every rate, which each rate's source says.
    #[must_use]
    pub fn discounted(mut self, percent: Decimal) -> Self {
        let percent = percent.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED);
        if percent.is_zero() {
            return self;
        }
        let rates = self.rates.values_mut().flat_map(BTreeMap::values_mut).flat_map(BTreeMap::values_mut);
        for rate in rates {
            *rate = rate.less(percent, "--discount");
        }
        self.provenance.discount_percent = percent.normalize();
        self
    }

    pub(super) fn insert(&mut self, service: &str, region: &str, dimension: &str, rate: Rate) {
        let regions = self.rates.entry(service.to_owned()).or_default();
        regions.entry(region.to_owned()).or_default().insert(dimension.to_owned(), rate);
    }

    pub(super) fn date(&mut self) {
        let regions: Vec<String> = self.regions(EFS).map(str::to_owned).collect();
        self.provenance.as_of = self.oldest(regions.iter().map(String::as_str));
    }

    /// The oldest date of an EFS rate in those regions: a table is no younger than its oldest part.
    fn oldest<'r>(&self, regions: impl Iterator<Item = &'r str>) -> String {
        let efs = self.rates.get(EFS);
        let rates = regions.filter_map(|region| efs?.get(region)).flat_map(BTreeMap::values);
        rates.filter_map(|rate| rate.as_of.clone()).min().unwrap_or_default()
    }

    /// What the table is, in a line of the report.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The same for those regions only, where any of them has a rate: a file with fresh prices of one region is as old
    /// as they are.
    pub fn provenance_in<'r>(&self, regions: impl Iterator<Item = &'r str>) -> Provenance {
        let regions: Vec<&str> = regions.collect();
        let here = self.oldest(regions.iter().copied());
        let as_of = if here.is_empty() { self.provenance.as_of.clone() } else { here };
        let discounted = !self.provenance.discount_percent.is_zero();
        let own = self.iter().filter(|(_, region, _, rate)| regions.contains(region) && rate.is_overridden(discounted));
        let overridden = u64::try_from(own.count()).unwrap_or(u64::MAX);
        Provenance { as_of, overridden, ..self.provenance.clone() }
    }

    /// The table of those regions only; of all where none is named.
    #[must_use]
    pub fn of_regions(mut self, only: &[String]) -> Self {
        if !only.is_empty() {
            for regions in self.rates.values_mut() {
                regions.retain(|region, _| only.contains(region));
            }
        }
        self
    }

    /// One rate, if the table has it.
    pub fn get(&self, service: &str, region: &str, dimension: &str) -> Option<&Rate> {
        self.rates.get(service)?.get(region)?.get(dimension)
    }

    /// One rate.
    ///
    /// # Errors
    /// When the table has none for that region.
    pub fn rate(&self, service: &'static str, region: &str, dimension: &'static str) -> Result<&Rate, MissingPrice> {
        let missing = || MissingPrice { service, region: region.to_owned(), dimension };
        self.get(service, region, dimension).ok_or_else(missing)
    }

    /// Every rate with its service, region and dimension, sorted by these.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str, &Rate)> {
        self.rates.iter().flat_map(|(service, regions)| {
            regions.iter().flat_map(move |(region, dimensions)| {
                let row = move |(dimension, rate)| (service.as_str(), region.as_str(), String::as_str(dimension), rate);
                dimensions.iter().map(row)
            })
        })
    }

    /// The regions that have a rate of `service`, sorted.
    pub fn regions(&self, service: &str) -> impl Iterator<Item = &str> {
        self.rates.get(service).into_iter().flat_map(|regions| regions.keys().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::dimension;

    #[test]
    fn the_embedded_table_covers_36_regions() {
        let table = PriceTable::embedded();
        assert_eq!(table.regions(EFS).count(), 36);
        assert_eq!(table.provenance().as_of, "2025-09-25");
        let rate = table.rate(EFS, "ap-northeast-1", dimension::STANDARD).expect("Tokyo");
        assert_eq!(rate.usd.to_string(), "0.36");
        assert!(table.rate(EFS, "cn-north-1", dimension::STANDARD).is_err());
    }

    #[test]
    fn an_age_is_counted_in_days_and_a_month_from_its_first() {
        let at = "2026-11-21T03:04:05Z".parse().expect("a time");
        let mut provenance = PriceTable::embedded().provenance().clone();
        for (as_of, age) in
            [("2025-09-25", Some(422)), ("2026-11", Some(20)), ("2026-11-22", Some(-1)), ("", None), ("soon", None)]
        {
            as_of.clone_into(&mut provenance.as_of);
            provenance.aged(at);
            assert_eq!(provenance.age_days, age, "{as_of}");
        }
    }
}
