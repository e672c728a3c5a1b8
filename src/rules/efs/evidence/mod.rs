//! From what was observed to the state of each pair of instance and file system.
//!
//! The network alone says only that a mount is possible. `MountItem`s say more: some name the pair (a probe, a task, an
//! authorised connection), some the file system alone (nobody is connected), some the instance alone (its mount table
//! does not have it). [`combine`] is the one place where they meet. What could not be asked adds no item, so a missing
//! permission never rules anything out.

mod apply;
mod combine;
mod hosts;
mod index;
mod item;
mod numbers;
mod scope;
mod sources;

pub use combine::{Combined, Network, combine};
pub use item::{Kind, Polarity};
pub use scope::{DEFAULT_PATHS, scan_scope};
pub use sources::source_states;

pub use crate::rules::finding::efs::SourceState;

pub(crate) use index::EvidenceIndex;
