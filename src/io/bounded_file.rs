//! Files that have an end, or are refused: what is given may be a device, a pipe that never ends, or made to fill the memory.

use std::cell::Cell;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use memchr::memchr2;

use super::input::{open, open_document};

/// The most MiB of a compressed snapshot, uncompressed.
const COMPRESSED: u64 = 256;
/// The most MiB of memory that one target of a snapshot may take, or a report: as [`Weight`] reckons it.
const MEMORY: u64 = 448;

/// A file's bytes, uncompressed where it is gzip. Reading fails where there are more than so many MiB of them.
///
/// # Errors
/// As [`open_document`].
pub(crate) fn open_bounded(path: &Path, mebibytes: u64) -> io::Result<Box<dyn Read>> {
    Ok(Box::new(AtMost::new(open_document(path)?.0, mebibytes)))
}

/// A snapshot's bytes. Reading fails where a compressed one unfolds to more than is sensible, or one part of it takes
/// too much memory.
///
/// # Errors
/// As [`open_document`].
pub(super) fn open_snapshot(path: &Path) -> io::Result<Weighed<Box<dyn Read>>> {
    let (text, is_compressed) = open_document(path)?;
    Ok(Weighed::new(if is_compressed { Box::new(AtMost::new(text, COMPRESSED)) } else { text }))
}

/// The whole text of a file of at most so many MiB.
///
/// # Errors
/// When the file cannot be read, has more, or is no UTF-8.
pub(crate) fn read_text(path: &Path, mebibytes: u64) -> io::Result<String> {
    let mut text = String::new();
    AtMost::new(open(path)?, mebibytes).read_to_string(&mut text)?;
    Ok(text)
}

/// The whole of a JSON file of at most so many MiB, that takes no more memory than is good when it is read.
///
/// # Errors
/// As [`open_document`], and when the file cannot be read or has more.
pub(crate) fn read_json(path: &Path, mebibytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    AtMost::new(Weighed::new(open_document(path)?.0), mebibytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A reader that fails where there is more than it may give, so that a cut is never taken for an end.
struct AtMost<R> {
    from: R,
    left: u64,
    mebibytes: u64,
}

impl<R> AtMost<R> {
    fn new(from: R, mebibytes: u64) -> Self {
        Self { from, left: mebibytes << 20, mebibytes }
    }
}

impl<R: Read> Read for AtMost<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.left = u64::try_from(read)
            .ok()
            .and_then(|read| self.left.checked_sub(read))
            .ok_or_else(|| io::Error::other(format!("it has more than {} MiB", self.mebibytes)))?;
        Ok(read)
    }
}

/// What JSON takes in memory at most, about: its texts, a structure with all of its fields for each object, however few of
/// them are given, and the place of each item of a list. It is read in pieces.
#[derive(Default)]
struct Weight {
    /// Whether a text is open, and whether its next character is taken as it stands.
    text: bool,
    escaped: bool,
    depth: u32,
    /// Which of the levels are lists, the innermost in the lowest bit.
    lists: u128,
}

impl Weight {
    /// The depth of a row in a list of a snapshot: `targets`, one of them, a service, a section, its rows.
    const ROW: u32 = 7;

    fn of(&mut self, mut piece: &[u8]) -> u64 {
        let mut sum = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        while let Some((byte, rest)) = piece.split_first() {
            sum += self.of_byte(*byte);
            // Most of it is text, which weighs what it is long.
            let further = if self.text && !self.escaped { memchr2(b'"', b'\\', rest).unwrap_or(rest.len()) } else { 0 };
            piece = rest.get(further..).unwrap_or_default();
        }
        sum
    }

    fn of_byte(&mut self, byte: u8) -> u64 {
        if self.text {
            self.text = self.escaped || byte != b'"';
            self.escaped = byte == b'\\' && !self.escaped;
            return 0;
        }
        match byte {
            b'"' => self.text = true,
            b'{' | b'[' => {
                self.depth = self.depth.saturating_add(1);
                self.lists = self.lists << 1 | u128::from(byte == b'[');
                return if byte == b'[' {
                    24
                } else if self.depth <= Self::ROW {
                    560
                } else {
                    160
                };
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.lists >>= 1;
            }
            b',' if self.lists & 1 == 1 => return 24,
            _ => {}
        }
        0
    }
}

/// A reader of JSON that fails where what was read since [`Self::relief`] was last called would take too much memory.
pub(super) struct Weighed<R> {
    from: R,
    weight: Weight,
    /// What is held at present.
    sum: Rc<Cell<u64>>,
}

impl<R> Weighed<R> {
    fn new(from: R) -> Self {
        Self { from, weight: Weight::default(), sum: Rc::default() }
    }

    /// What takes the weight off when a part has been dealt with and dropped.
    pub(super) fn relief(&self) -> impl Fn() + use<R> {
        let sum = Rc::clone(&self.sum);
        move || sum.set(0)
    }
}

impl<R: Read> Read for Weighed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        let sum = self.sum.get() + self.weight.of(buffer.get(..read).unwrap_or_default());
        self.sum.set(sum);
        if sum > MEMORY << 20 {
            return Err(io::Error::other(format!("one part of it would take more than {MEMORY} MiB of memory")));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_in_the_file_and_large_in_memory_is_refused() {
        let mut weighed = Weighed::new(io::repeat(b'['));
        let relief = weighed.relief();
        for _ in 0..30 {
            weighed.read_exact(&mut vec![0; 1 << 20]).expect("less than the limit since the last time");
            relief();
        }
        let error = io::copy(&mut weighed, &mut io::sink()).expect_err("it has no end");
        assert_eq!(error.to_string(), "one part of it would take more than 448 MiB of memory");
    }

    #[test]
    fn brackets_in_texts_weigh_nothing() {
        let of = |text: &str| Weight::default().of(text.as_bytes());
        assert_eq!(of(r#""{[,\"{[,""#), 10);
        assert_eq!(of(r#"{"a":1,"b":2}"#), 13 + 560);
        assert_eq!(of("[1,2,3]"), 7 + 24 + 2 * 24);
        // In pieces as in one.
        let (mut whole, text) = (Weight::default(), br#"{"a\\":["x{\"",{}]}"#);
        let pieces: u64 = text.chunks(1).map(|piece| whole.of(piece)).sum();
        assert_eq!(pieces, Weight::default().of(text));
    }
}
