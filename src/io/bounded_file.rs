//! Files that may have no end.

use std::io::{self, Read};
use std::path::Path;

use super::input::open_document;

/// The most bytes that are read of such a file, uncompressed.
const MOST: u64 = 64 << 20;

/// A text, uncompressed where it is gzip. Reading fails where it has more than 64 MiB.
///
/// # Errors
/// As [`open_document`].
pub(crate) fn open_bounded(path: &Path) -> io::Result<Box<dyn Read>> {
    Ok(Box::new(AtMost(open_document(path)?, MOST)))
}

/// A reader that fails where there is more than it may give, so that a cut is never taken for an end.
struct AtMost<R>(R, u64);

impl<R: Read> Read for AtMost<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1 = u64::try_from(read)
            .ok()
            .and_then(|read| self.1.checked_sub(read))
            .ok_or_else(|| io::Error::other("it has more than 64 MiB"))?;
        Ok(read)
    }
}
