//! A plan: which targets a sweep is to look at, written before it and held against what it brought.

use serde::{Deserialize, Serialize};

/// One target of a plan: a line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// It is.
    #[default]
    Planned,
    /// It is not, since there is evidence that it has nothing to judge.
    Skipped,
}
