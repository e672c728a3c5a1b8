//! Where there is nothing to collect, by sources that know many accounts at once.
//!
//! One rule holds for all of them: a target is skipped on positive evidence alone. What a source does not know stays
//! planned, and half an answer is none.

mod config;
mod costs;
mod inspector;

pub(crate) use config::recorded_empty;
pub(crate) use costs::{most_requests, unbilled};
pub(crate) use inspector::not_scanned;

use std::collections::BTreeSet;

use super::error::CollectError;
use super::failure::Failure;

/// An account and a region.
pub(crate) type Place = (String, String);

/// What a source says.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Where there is nothing.
    pub(crate) empty: BTreeSet<Place>,
    /// By which evidence, in the words of a plan.
    pub(crate) why: String,
    /// Where it could say nothing, and why: these targets stay planned.
    pub(crate) unsaid: Vec<String>,
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// An aggregator of AWS Config.
    Config,
    /// Cost Explorer at the account that pays.
    Costs,
    /// Inspector's delegated administrator.
    Inspector,
}

impl Source {
    /// That it denied, failed, or did not answer.
    fn refused(self, who: &str, failure: &Failure) -> CollectError {
        CollectError::Preselect {
            source_name: self.name(),
            advice: self.advice(),
            who: who.to_owned(),
            gap: Box::new(failure.gap()),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Config => "the aggregator of AWS Config",
            Self::Costs => "Cost Explorer",
            Self::Inspector => "Inspector's delegated administrator",
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::Config => {
                "ask in the account and region of the aggregator, or leave --preselect out: then everything is collected"
            }
            Self::Costs => {
                "ask with the credentials of the organization's management account, or leave --preselect out: then \
                 everything is collected"
            }
            Self::Inspector => {
                "ask with the credentials of Inspector's delegated administrator, or leave --preselect out: then \
                 everything is collected"
            }
        }
    }
}
