//! What the rules of R1 read: a target, and what is worked out of it, stage by stage, each once.

use std::cell::OnceCell;

use super::assessment::Assessment;
use super::exposure::{Exposed, Exposure};
use super::meter::{Meter, Metered};
use crate::model::Target;
use crate::price::PriceTable;
use crate::rules::finding::{Case, RuleSettings};

#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) target: &'a Target,
    pub(crate) prices: &'a PriceTable,
    pub(crate) settings: &'a RuleSettings,
    exposure: OnceCell<Exposure<'a>>,
    meter: OnceCell<Meter>,
    assessments: OnceCell<Vec<Option<Assessment>>>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(Case { target, prices, settings }: Case<'a>) -> Self {
        Self {
            target,
            prices,
            settings,
            exposure: OnceCell::new(),
            meter: OnceCell::new(),
            assessments: OnceCell::new(),
        }
    }

    /// The same as they were handed in.
    pub(crate) fn case(&self) -> Case<'a> {
        Case { target: self.target, prices: self.prices, settings: self.settings }
    }

    /// Which instances are exposed to which file systems.
    pub(crate) fn exposure(&self) -> &Exposure<'a> {
        self.exposure.get_or_init(|| Exposure::of(self.target))
    }

    /// What the meter says of the target.
    pub(crate) fn meter(&self) -> &Meter {
        self.meter.get_or_init(|| Meter::of(self.target, self.exposure()))
    }

    /// … of one of its file systems.
    pub(crate) fn metered(&self, exposed: &Exposed<'_>) -> &Metered {
        &self.meter().file_systems[exposed.number]
    }

    /// What an exposed file system costs.
    pub(crate) fn assessment(&self, exposed: &Exposed<'_>) -> Option<&Assessment> {
        let of = |exposed| Assessment::of(self.case(), self.exposure(), exposed, self.metered(exposed));
        let all = self.assessments.get_or_init(|| self.exposure().file_systems.iter().map(of).collect());
        all[exposed.number].as_ref()
    }
}
