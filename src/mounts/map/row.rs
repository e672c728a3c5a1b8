//! A row of a map, and what may be wrong with one.

use crate::model::DeclaredMount;

/// A row of the map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapRow {
    /// Where it begins, from 1.
    pub line: usize,
    /// The account that it is for; any where absent.
    pub account: Option<String>,
    /// The region that it is for; any where absent.
    pub region: Option<String>,
    /// What it says.
    pub declared: DeclaredMount,
}

/// Something wrong with a map.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MapProblem {
    /// Where, from 1.
    pub line: usize,
    /// What, with foreign text as it came.
    pub message: String,
    /// Whether the row was left out. What contradicts another row is taken over, for the rules show both sides.
    pub rejected: bool,
}

impl MapProblem {
    pub(super) fn rejected(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into(), rejected: true }
    }

    pub(super) fn noted(line: usize, message: String) -> Self {
        Self { line, message, rejected: false }
    }
}
