//! A changed world beside today's.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::GapReport;
use crate::price::Usd;
use crate::report::totals::MonthlyTotals;
use crate::rules::finding::{Basis, Resource};

/// Today and then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// What was changed, a phrase each; empty where nothing was.
    pub changes: Vec<String>,
    /// The world as it is.
    pub today: World,
    /// The changed world, which the rest of the report is about.
    pub then: World,
    /// Then less today.
    pub difference: Difference,
    /// Every finding of either world, the largest difference first. Their amounts add up to the totals.
    pub findings: Vec<FindingDifference>,
    /// What Inspector itself charges for scanning; in no total above.
    pub inspector_fees: InspectorFees,
    /// What AWS does by itself after the change, by account and region.
    pub predictions: Vec<Predicted>,
    /// What the changed world takes for granted although it does not hold today, a sentence each, sorted.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// The totals of one world.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    /// What its findings come to a month, each dollar once.
    pub monthly_usd: MonthlyTotals,
    /// The one-time cost.
    pub one_time_usd: Usd,
    /// Findings, of whatever severity.
    pub findings: u64,
    /// Findings whose figure would count in the total and is not known, so that the total is a least one.
    pub without_figure: u64,
    /// Whether no gap could still change an outcome, and no figure is missing.
    pub complete: bool,
    /// The gaps that could still change an outcome in this world.
    #[serde(default)]
    pub gaps: Vec<GapReport>,
}

/// A difference of two worlds, USD; negative where the changed world is cheaper.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// A month.
    pub monthly_usd: MonthlyTotals,
    /// Once.
    pub one_time_usd: Usd,
    /// Whether today is not known in full: what was not seen may cost already, so the amounts are upper bounds.
    #[serde(default)]
    pub at_most: bool,
}

/// Whether a finding is in both worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prospect {
    /// Only in the changed world.
    Appears,
    /// Only in today's.
    Disappears,
    /// In both.
    Stays,
}

/// What becomes of one finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingDifference {
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// Its rule.
    pub rule: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// What it is about.
    pub resource: Resource,
    /// Whether it is in both worlds.
    pub fate: Prospect,
    /// What it adds to today's totals, USD a month, likely or else at most: zero where it is not there, is advice, or where
    /// another finding carries the same bill; `None` without a figure.
    pub today_usd: Option<Usd>,
    /// The same of the changed world.
    pub then_usd: Option<Usd>,
    /// Whether either amount is only an upper bound.
    #[serde(default)]
    pub at_most: bool,
    /// Whether a gap of today may hide that it is there already: the difference is then an upper bound.
    #[serde(default)]
    pub today_unseen: bool,
    /// Then less today; `None` where either is not known.
    pub difference_usd: Option<Usd>,
}

/// What AWS does by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Predicted {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The steps, with the rows of `explain ecr-coupling` that say so.
    pub steps: String,
}

/// Inspector's own charges in both worlds, USD.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectorFees {
    /// Today, a month; `None` where a part is not known.
    pub today_usd: Option<Usd>,
    /// In the changed world, a month.
    pub then_usd: Option<Usd>,
    /// Then less today; known where the unknown parts are the same in both worlds.
    pub difference_usd: Option<Usd>,
    /// Once, for what is scanned for the first time.
    pub one_time_usd: Option<Usd>,
    /// By account, region and item.
    pub lines: Vec<FeeLine>,
    /// What was assumed, a sentence each.
    pub assumptions: Vec<String>,
}

/// One charge of Inspector: quantity x unit price = amount, in both worlds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// What is paid for.
    pub item: String,
    /// The quantities' unit.
    pub unit: String,
    /// How much of it today; `None` if that is not known.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    pub today_quantity: Option<Decimal>,
    /// How much of it in the changed world.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    pub then_quantity: Option<Decimal>,
    /// USD per unit; `None` if the price is missing.
    #[serde(with = "rust_decimal::serde::arbitrary_precision_option")]
    pub unit_price_usd: Option<Decimal>,
    /// Today, USD.
    pub today_usd: Option<Usd>,
    /// In the changed world, USD.
    pub then_usd: Option<Usd>,
    /// Then less today.
    pub difference_usd: Option<Usd>,
    /// Whether this is paid once and not every month.
    pub once: bool,
    /// What is not known and what to do about it.
    pub unknown: Option<String>,
    /// How the price is known: `list_price`, `estimate` where another region's stands in, or `measured` where AWS's meter
    /// gives it; `None` if it is missing.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// Where the price comes from.
    pub price_source: Option<String>,
    /// The price's date, if the source has one.
    pub price_as_of: Option<String>,
}

impl InspectorFees {
    /// Adds the lines up. A line that is not known leaves the sums it belongs to unknown, the difference only where it
    /// is not the same in both worlds.
    pub fn of(lines: Vec<FeeLine>, assumptions: Vec<String>) -> Self {
        let sum = |once: bool, part: fn(&FeeLine) -> Option<Usd>| {
            lines.iter().filter(|line| line.once == once).map(part).sum::<Option<Usd>>()
        };
        Self {
            today_usd: sum(false, |line| line.today_usd),
            then_usd: sum(false, |line| line.then_usd),
            difference_usd: sum(false, |line| line.difference_usd),
            one_time_usd: sum(true, |line| line.difference_usd),
            lines,
            assumptions,
        }
    }
}
