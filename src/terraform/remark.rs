//! A comment in a configuration that speaks to this program.

use crate::rules::finding::Location;

/// What such a comment begins with.
pub(super) const REMARK: &str = "inspector-audit:";
/// More of them in one file than anybody writes.
pub(super) const MAX_REMARKS: usize = 1_000;

/// What it says, and the block that it stands in or directly above.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Remark {
    pub(crate) at: Location,
    /// Without the program's name: `ignore RULE …`.
    pub(crate) text: String,
    /// The first and the last line of that block; `None`: there is none.
    pub(crate) block: Option<(u32, u32)>,
}
