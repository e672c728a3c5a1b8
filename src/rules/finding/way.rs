//! The ways out of an exposed file system, as reports list them.

use serde::{Deserialize, Serialize};

use super::{Assumption, Confidence, MonthlyUsd};
use crate::price::Usd;

/// What can be done about an exposed file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Leave everything as it is.
    DoNothing,
    /// Metadata tags and the tag `InspectorEc2Exclusion` on the exposed instances.
    ExcludeInstances,
    /// Remove `TransitionToPrimaryStorageClass`: files stay cold when they are read.
    StopReturningToStandard,
    /// Remove every lifecycle policy: nothing is tiered any more.
    StopTiering,
    /// Deactivate deep inspection for the account.
    DeactivateDeepInspection,
    /// Run the plugin less often.
    SlowSchedule,
}

impl Way {
    /// What `fix --way` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::DoNothing => "do-nothing",
            Self::ExcludeInstances => "exclude",
            Self::StopReturningToStandard => "keep-cold",
            Self::StopTiering => "stop-tiering",
            Self::DeactivateDeepInspection => "deactivate-deep-inspection",
            Self::SlowSchedule => "slow-schedule",
        }
    }
}

/// One way out, with what it costs and what it gives up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    /// Which.
    pub way: Way,
    /// Whether this is the one to take; exactly one of a finding's ways is.
    pub recommended: bool,
    /// Whether it can be taken at all.
    pub available: bool,
    /// What it does, and why it stands where it stands or cannot be taken.
    pub reason: WayReason,
    /// What the file system costs a month more than cold storage left alone, once this is done; `None` without a price.
    pub monthly_usd: Option<MonthlyUsd>,
    /// What doing it costs once; `None` without a price.
    pub one_time_usd: Option<Usd>,
    /// What protection is lost; empty if none.
    pub protection_lost: String,
    /// On how many instances it is lost.
    pub instances_unprotected: u64,
    /// Who may do it: `member account`, `delegated administrator` or both.
    pub who: String,
    /// How sure it is that this ends the cost.
    pub confidence: Confidence,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
}

/// What a way does, and why it stands where it stands or cannot be taken.
pub type WayReason = String;
