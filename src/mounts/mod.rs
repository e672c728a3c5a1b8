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

/// Whether a text is an id such as `fs-0123456789abcdef0`: the prefix, then lower-case hexadecimal digits of such a length.
fn is_id(text: &str, prefix: &str, lengths: impl Fn(usize) -> bool) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| {
        lengths(digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
    })
}

/// Whether a text is the id of a file system of EFS: `fs-` and 8 to 40 hexadecimal digits (EFS API reference,
/// `FileSystemDescription`, 2026-10).
fn is_file_system(text: &str) -> bool {
    is_id(text, "fs-", |length| (8..=40).contains(&length))
}

/// Whether a text is the id of an instance: `i-` and 8 or 17 hexadecimal digits (EC2 user guide, resource ids, 2026-10).
fn is_instance(text: &str) -> bool {
    is_id(text, "i-", |length| length == 8 || length == 17)
}
