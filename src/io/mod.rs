//! What the process shares with the world around it: standard output and error, files, the clock.
//!
//! Bytes and files only: what is in a report is decided elsewhere, and whatever a run reads from AWS comes in through
//! `collect`.

#[cfg(feature = "aws")]
mod accounts_file;
mod bounded_file;
mod clock;
#[cfg(feature = "aws")]
mod confirm;
mod hint;
mod input;
mod leftovers;
mod log;
mod operator_mounts;
mod plan_file;
mod report_file;
mod row_lists;
#[cfg(test)]
mod row_lists_tests;
mod signals;
mod snapshot_error;
pub mod snapshot_file;
pub(crate) mod snapshot_files;
mod snapshot_writer;
mod sorted_snapshot;
mod sound_target;
mod stderr;
mod stdout;
mod sweep_directory;
mod whole_file;

#[cfg(feature = "aws")]
pub(crate) use accounts_file::{AccountsFileError, ListedAccount, read_accounts};
pub(crate) use bounded_file::{open_bounded, read_text};
pub(crate) use clock::now;
#[cfg(feature = "aws")]
pub(crate) use confirm::{agreed, can_ask};
pub use hint::Hint;
pub(crate) use hint::Several;
pub(crate) use input::{is_standard, named};
pub use log::init_log;
pub use operator_mounts::OperatorMounts;
pub(crate) use plan_file::{PlanFileError, read_plan};
pub(crate) use report_file::{ReportFileError, read_report};
pub use signals::on_termination;
pub(crate) use sorted_snapshot::SortedSnapshot;
pub use stderr::print_error;
pub(crate) use stderr::{note, warn};
pub(crate) use stdout::{print, print_bytes, quiet_if_closed};
pub(crate) use sweep_directory::SweepDirectory;
pub use whole_file::remove_unfinished;
pub(crate) use whole_file::{OutputError, WholeFile, resolved};
