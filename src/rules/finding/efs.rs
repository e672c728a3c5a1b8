//! What the rules of R1 say, in data.

mod evidence;
mod open;
mod reason;

pub use evidence::{
    Admission, Admitted, ColdDataSeen, Evidence, Fall, NotExposed, NotRead, S3Mount, SeenInside, SourceState, TooLittle,
};
pub use open::OpenQuestion;
pub use reason::{ColdOnce, Onset, Reason, ScanReads, ScanSign, ScanStart};

/// What was assumed to make a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumption {}

/// What is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {}
