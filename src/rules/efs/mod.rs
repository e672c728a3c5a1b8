//! R1: EFS file systems that Inspector's scan can make expensive.

use crate::model::Target;
use crate::price::PriceTable;
use crate::rules::RuleSettings;

/// Which instances expose which file systems.
#[derive(Debug)]
pub struct Exposure<'a> {
    target: &'a Target,
}

impl<'a> Exposure<'a> {
    pub(crate) fn of(target: &'a Target, _prices: &PriceTable, _settings: &RuleSettings) -> Self {
        Self { target }
    }

    pub(crate) fn exposed_if_scanned(&self) -> u64 {
        let _ = self.target;
        0
    }
}
