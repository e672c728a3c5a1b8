//! Files that may come compressed, and may have no end.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// A file's bytes, uncompressed where it is gzip. Reading fails where there are more than `most` of them.
///
/// # Errors
/// When the file cannot be opened or read.
pub(crate) fn open_bounded(path: &Path, most: u64) -> io::Result<Box<dyn Read>> {
    Ok(Box::new(AtMost { reader: open(path, most)?, left: most, most }))
}

/// A file's bytes, uncompressed where it is gzip. Reading fails where a compressed file has more than `most` of them.
///
/// # Errors
/// When the file cannot be opened or read.
pub(super) fn open(path: &Path, most: u64) -> io::Result<Box<dyn Read>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut magic = Vec::new();
    file.by_ref().take(2).read_to_end(&mut magic)?;
    let is_gzip = magic == [0x1f, 0x8b];
    let whole = io::Cursor::new(magic).chain(file);
    if !is_gzip {
        return Ok(Box::new(whole));
    }
    let reader = MultiGzDecoder::new(whole);
    Ok(Box::new(AtMost { reader, left: most, most }))
}

/// A reader that fails where there is more than it may give, so that a cut is never taken for an end.
struct AtMost<R> {
    reader: R,
    left: u64,
    most: u64,
}

impl<R: Read> Read for AtMost<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.left = u64::try_from(read)
            .ok()
            .and_then(|read| self.left.checked_sub(read))
            .ok_or_else(|| io::Error::other(format!("it has more than {} MiB", self.most >> 20)))?;
        Ok(read)
    }
}
