//! How to print what is meant for people.

use super::group_by::GroupBy;
use super::words::RunContext;
use crate::report::FailOn;

/// How to print what is meant for people; formats for programs ignore it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Style {
    /// The terminal's width in columns; `None` where the output is piped or a file.
    pub width: Option<usize>,
    /// Whether the table may use colour.
    pub color: bool,
    /// Print only the first so many findings; the totals still count all of them.
    pub top: Option<usize>,
    /// Print the table's findings in groups.
    pub group_by: Option<GroupBy>,
    /// Print all that the table knows: who mounts what, the ways out, verdicts, gaps, prices.
    pub verbose: bool,
    /// What printed commands repeat of the run.
    pub run: RunContext,
    /// What makes the run fail: JUnit's test cases fail for that and nothing else.
    pub fail_on: FailOn,
}
