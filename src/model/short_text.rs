//! Texts that are many and short.

/// A short text of which there may be a hundred thousand: up to 24 bytes, the length of a subnet's id, need no memory of
/// their own.
pub type ShortText = compact_str::CompactString;
