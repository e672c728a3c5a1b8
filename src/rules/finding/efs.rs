//! What the rules of R1 say, in data.

mod evidence;
mod open;
mod reason;

pub use super::efs_money::{
    Assumption, ColdClass, Item, MeasuredReads, MonthLimit, NoSchedule, PinnedEstimate, PluginSchedule, ScanBasis,
    ScanLimit, Scanner, Throughput, UnknownThroughput,
};
pub use evidence::{
    Admission, Admitted, ColdDataSeen, Evidence, Fall, NotExposed, NotRead, S3Mount, SeenInside, SourceState, TooLittle,
};
pub use open::OpenQuestion;
pub use reason::{ColdOnce, Onset, Reason, ScanReads, ScanSign, ScanStart};
