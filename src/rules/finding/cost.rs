//! Figures: quantity x unit price = amount, and what was assumed.

use rust_decimal::Decimal;

use super::{Basis, BillPart, MonthlyUsd, ecr, efs, terraform};
use crate::price::{MissingPrice, Usd};

/// One line of a figure: quantity x unit price = amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostLine {
    /// What is paid for.
    pub item: CostItem,
    /// How much of it.
    pub quantity: Decimal,
    /// The quantity's unit.
    pub unit: String,
    /// USD per unit; a difference of two rates where the item is a move.
    pub unit_price_usd: Decimal,
    /// USD a month, part of `monthly_usd.likely`, or of `high` where there is no estimate.
    pub monthly_usd: Usd,
    /// USD once, part of `one_time_usd`.
    pub one_time_usd: Usd,
    /// Where the rate comes from.
    pub price_source: String,
    /// The rate's date, if the source has one.
    pub price_as_of: Option<String>,
}

/// What a finding costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// A month.
    pub monthly_usd: MonthlyUsd,
    /// Once.
    pub one_time_usd: Usd,
    /// How it is known.
    pub basis: Basis,
    /// Which part of the resource's bill it is.
    pub part: BillPart,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// The lines; they add up to `monthly_usd.likely`, or `high` where there is no estimate, and `one_time_usd`.
    pub lines: Vec<CostLine>,
}

/// What is paid for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum CostItem {
    /// Of R1.
    Efs(efs::Item),
    /// Of R2.
    Ecr(ecr::Item),
    /// Of Terraform.
    Terraform(terraform::Item),
}

/// What was assumed to make a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {
    /// Of R1.
    Efs(efs::Assumption),
    /// Of R2.
    Ecr(ecr::Assumption),
    /// Of Terraform.
    Terraform(terraform::Assumption),
}

/// Why there is no figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoFigure {
    /// A price is missing.
    MissingPrice(MissingPrice),
    /// Of R2.
    Ecr(ecr::NoFigure),
}
