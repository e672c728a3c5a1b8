//! What the rules of R1 read.

use std::cell::OnceCell;

use super::Exposure;
use crate::model::Target;
use crate::price::PriceTable;
use crate::rules::finding::{Case, RuleSettings};

/// What a rule reads.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The target.
    pub target: &'a Target,
    /// The prices.
    pub prices: &'a PriceTable,
    /// The settings.
    pub settings: &'a RuleSettings,
    exposure: OnceCell<Exposure<'a>>,
}

impl<'a> Facts<'a> {
    /// Facts about one target.
    pub fn new(case: Case<'a>) -> Self {
        let Case { target, prices, settings } = case;
        Self { target, prices, settings, exposure: OnceCell::new() }
    }

    /// Which instances expose which file systems: worked out once, for all R1 rules.
    pub fn exposure(&self) -> &Exposure<'a> {
        self.exposure.get_or_init(|| Exposure::of(self.target, self.prices, self.settings))
    }
}
