//! Files that may come compressed, and may have no end.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// The most bytes that are read of such a file, uncompressed.
const MOST: u64 = 64 << 20;

/// A file's bytes, uncompressed where it is gzip. Reading fails where there are more than 64 MiB of them.
///
/// # Errors
/// When the file cannot be opened or read.
pub(crate) fn open_bounded(path: &Path) -> io::Result<Box<dyn Read>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut magic = Vec::new();
    file.by_ref().take(2).read_to_end(&mut magic)?;
    let is_gzip = magic == [0x1f, 0x8b];
    let whole = io::Cursor::new(magic).chain(file);
    Ok(if is_gzip { Box::new(AtMost(MultiGzDecoder::new(whole), MOST)) } else { Box::new(AtMost(whole, MOST)) })
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
