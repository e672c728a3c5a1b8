//! A plan: which accounts and targets a sweep is to look at, written before it and held against what it brought.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One target of a plan: a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PlannedTarget {
    /// The account id.
    pub account: String,
    /// What the account is called.
    #[serde(default)]
    pub name: Option<String>,
    /// The organizational unit that the account is in.
    #[serde(default)]
    pub ou: Option<String>,
    /// The region.
    pub region: String,
    /// The role that enters the account.
    #[serde(default)]
    pub role_arn: Option<String>,
    /// Whether it is to be looked at.
    #[serde(default)]
    pub state: PlanState,
    /// Why it is skipped.
    #[serde(default)]
    pub why: Option<String>,
}

/// Whether a planned target is to be looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// It is.
    #[default]
    Planned,
    /// It is not, since there is evidence that it has nothing to judge.
    Skipped,
}

/// An account of a list, and who enters it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// The account id.
    pub account: String,
    /// What the account is called.
    pub name: Option<String>,
    /// The organizational unit that the account is in.
    pub ou: Option<String>,
    /// The role that enters it; `None`: the caller, whose own account it is.
    pub role_arn: Option<String>,
    /// The external id that the role wants: in no output.
    pub external_id: Option<String>,
    /// Its regions; empty: those of the run.
    pub regions: Vec<String>,
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member")
            .field("account", &self.account)
            .field("role_arn", &self.role_arn)
            .finish_non_exhaustive()
    }
}
