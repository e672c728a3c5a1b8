//! Comments in the source that keep findings from being told, and those that look like such.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::rules::finding::Location;

/// A comment that can be honoured.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ignore {
    /// Where it stands.
    pub at: Location,
    /// The rule's id.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds, UTC.
    pub until: Option<NaiveDate>,
    /// The fingerprints of the findings that it is about.
    pub findings: BTreeSet<String>,
}

/// A comment that cannot be honoured.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BadIgnore {
    /// Where it stands.
    pub at: Location,
    /// What is wrong with it.
    pub why: WhyNot,
}

/// What is wrong with a comment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyNot {
    /// It says something else than `ignore`.
    Unknown(String),
    /// It names no rule.
    NoRule,
    /// No rule of Terraform has this name.
    NoSuchRule {
        /// What is written.
        rule: String,
        /// The rule that is most like it, if one is.
        near: Option<&'static str>,
    },
    /// It gives no reason.
    NoReason,
    /// What follows `until` is no date.
    NoDate(String),
    /// It stands neither in a block nor directly above one.
    NoBlock,
    /// There are more in one file than are read.
    TooMany,
}
