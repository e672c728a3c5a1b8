//! What re-scans come to, and the list prices of Inspector.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::price::{MissingPrice, Usd};
use crate::rules::finding::MonthlyUsd;

/// What re-scans come to, or why that is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Figure {
    /// AWS metered them.
    Metered {
        /// Re-scans in the last 30 days.
        #[serde(with = "rust_decimal::serde::arbitrary_precision")]
        rescans: Decimal,
        /// AWS's own estimate, USD a month.
        monthly_usd: Usd,
    },
    /// Images x re-scans x price.
    Assumed {
        /// How many images.
        images: u64,
        /// Re-scans of each image a month.
        rescans: Assumed,
        /// USD.
        monthly_usd: MonthlyUsd,
    },
    /// Inspector counts images only where it scans them, and today it does not.
    NotCounted,
    /// Neither the meter nor the count could be read.
    Unreadable,
    /// Inspector is billed by Security Hub's plan, which has no price for re-scans.
    SecurityHubPlan,
    /// A price is missing.
    MissingPrice(MissingPrice),
}

/// A quantity that nobody knows: what is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Assumed {
    /// At least.
    pub low: u64,
    /// Likely.
    pub likely: u64,
    /// At most.
    pub high: u64,
}

/// Why a figure that would count in a total is missing, besides a missing price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoFigure {
    /// See [`Figure::NotCounted`].
    NotCounted,
    /// See [`Figure::Unreadable`].
    Unreadable,
    /// See [`Figure::SecurityHubPlan`].
    SecurityHubPlan,
}

/// A list price of Inspector, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListPrice {
    /// What it is.
    Known {
        /// Of what.
        of: Priced,
        /// Of one of them; of an instance or a function: for a month.
        price: Price,
        /// The hours of that month, where AWS's price is by the hour.
        hours: Option<u64>,
    },
    /// The table has no such price.
    Missing {
        /// Of what.
        of: Priced,
        /// Which.
        price: MissingPrice,
    },
    /// No list of AWS with it has been seen, so no table has it.
    Unlisted(Priced),
}

/// What a list price is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priced {
    /// An instance, scanned by an agent, a month.
    Ec2Agent,
    /// An instance, scanned without an agent, a month.
    Ec2Agentless,
    /// The first scan of an image.
    EcrFirstScan,
    /// A re-scan of an image.
    EcrRescan,
    /// A function, standard scanning, a month.
    Lambda,
    /// A function, code scanning, a month.
    LambdaCode,
    /// A static analysis of a code repository.
    CodeSast,
    /// A scan of a code repository's dependencies.
    CodeSca,
    /// A scan of a code repository's infrastructure as code.
    CodeIac,
    /// A scan of a machine image.
    Ami,
}

/// A unit price and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price {
    /// USD a unit.
    pub usd: Decimal,
    /// The source.
    pub source: String,
    /// The source's date, if it has one.
    pub as_of: Option<String>,
    /// Whether it is another region's, for want of the region's own.
    pub stands_in: bool,
}

/// What was assumed to make a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// The next 30 days are like the last 30.
    NextMonthAlike,
    /// AWS's estimate knows no discounts and no free trial.
    EstimateWithoutDiscounts,
    /// So many re-scans of each image a month.
    RescansOfEachImage(Assumed),
    /// Every active image is taken as one that is scanned continuously.
    EveryImageContinuous,
    /// The price is this region's, since the target's own is not known.
    PriceOf(&'static str),
    /// By whose prices Inspector is billed.
    Billing(InspectorBilling),
}

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// So many re-scans that AWS metered in 30 days.
    MeteredRescans(Decimal),
    /// Re-scans of active images.
    ActiveImages,
    /// Re-scans of images that nobody pulls or runs.
    StaleImages,
}

/// Who bills Inspector in an account and region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum InspectorBilling {
    /// Whether Security Hub is on was not seen.
    Unknown,
    /// Security Hub is off: Inspector, at its own prices.
    Inspector,
    /// Security Hub is on: its essentials plan, in which Inspector's prices do not apply.
    SecurityHub {
        /// Since when, in AWS's words, if it gave that.
        since: Option<String>,
    },
}
