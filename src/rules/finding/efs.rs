//! What the rules of R1 say, in data.

mod evidence;
mod open;
mod reason;
mod scan_reads;

pub use super::efs_money::{
    Assumption, ColdClass, Item, MeasuredReads, MonthLimit, NoSchedule, PinnedEstimate, PluginSchedule, RunsRead,
    ScanBasis, ScanLimit, Scanner, Throughput, UnknownThroughput,
};
pub use evidence::{
    Admission, Admitted, ColdDataSeen, Evidence, Fall, NotExposed, NotRead, S3Asked, S3Mount, SeenInside, SourceState,
    TooLittle,
};
pub use open::OpenQuestion;
pub use reason::{ColdOnce, NotTheReader, Onset, Reason, ScanSign, ScanStart};
pub use scan_reads::{RunReads, ScanReads, Unread};
