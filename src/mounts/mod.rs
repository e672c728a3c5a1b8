//! What mounts what: text that hosts and operators wrote, turned into evidence.
//!
//! Owns the probe's script and the reading of its output ([`probe`]), of saved mount tables ([`table`]) and of the
//! operator's mount map ([`map`]). Pure: the edge brings the text, the instance and the time. It refuses to guess: a mount
//! whose server cannot be told is kept as [`Unresolved`](crate::model::MountKind::Unresolved), and absence counts as proof
//! only where [`HostMounts::incomplete`](crate::model::HostMounts::incomplete) is `None`.

mod clues;
mod document;
pub mod map;
mod on_demand;
pub mod probe;
mod resolve;
mod row;
mod server;
pub mod table;

use crate::text::is_id;

/// Whether a text is the id of a file system of EFS: `fs-` and 8 to 40 hexadecimal digits (EFS API reference,
/// `FileSystemDescription`, 2026-10).
fn is_file_system(text: &str) -> bool {
    is_id(text, "fs-", |length| (8..=40).contains(&length))
}
