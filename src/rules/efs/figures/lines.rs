//! The lines of a figure.

use rust_decimal::Decimal;

use crate::price::{Rate, Usd};
use crate::rules::finding::efs::Item;
use crate::rules::{CostItem, CostLine};

/// Gathers lines; a line of quantity zero asks for no price.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) lines: Vec<CostLine>,
}

impl Lines {
    /// A line paid each month.
    pub(super) fn add_monthly(&mut self, item: Item, unit: &str, quantity: Decimal, price: Decimal, from: &Rate) {
        self.push(item, unit, quantity, price, from, true);
    }

    /// A line paid once, per GiB.
    pub(super) fn add_once(&mut self, item: Item, quantity: Decimal, from: &Rate) {
        self.push(item, "GiB", quantity, from.usd, from, false);
    }

    fn push(&mut self, item: Item, unit: &str, quantity: Decimal, price: Decimal, from: &Rate, monthly: bool) {
        let amount = Usd::of(quantity, price);
        self.lines.push(CostLine {
            item: CostItem::Efs(item),
            quantity: quantity.round_dp(6).normalize(),
            unit: unit.to_owned(),
            unit_price_usd: price.normalize(),
            monthly_usd: if monthly { amount } else { Usd::ZERO },
            one_time_usd: if monthly { Usd::ZERO } else { amount },
            price_source: from.source.clone(),
            price_as_of: from.as_of.clone(),
        });
    }

    /// USD a month, added up.
    pub(super) fn monthly(&self) -> Usd {
        self.lines.iter().map(|line| line.monthly_usd).sum()
    }

    pub(super) fn once(&self) -> Usd {
        self.lines.iter().map(|line| line.one_time_usd).sum()
    }
}
