//! Files that a run reads: `-` is standard input, gzip is unpacked, a byte order mark is left out.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// What standard input and standard output are called where a file is named.
const STANDARD: &str = "-";
/// How many bytes tell what a file is.
const SIGNATURE: u64 = 4;

/// Whether a path stands for standard input, or for standard output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == STANDARD
}

/// A file that is read, as messages name it.
pub(crate) fn named(path: &Path) -> String {
    if is_standard(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Opens a text: plain, or as gzip.
///
/// # Errors
/// When the file cannot be opened or its first bytes cannot be read, or it is UTF-16.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    unpacked(path).map(|(text, _)| text)
}

/// The text, and whether it was compressed.
fn unpacked(path: &Path) -> io::Result<(Box<dyn Read>, bool)> {
    // A directory opens like a file on Unix and fails at the first read.
    let file: Box<dyn Read> =
        if is_standard(path) { Box::new(io::stdin().lock()) } else { Box::new(File::open(path)?) };
    let (start, file) = begin(file)?;
    if start.starts_with(&[0x1f, 0x8b]) {
        let (start, file) = begin(MultiGzDecoder::new(BufReader::new(Cursor::new(start).chain(file))))?;
        return Ok((text(start, file)?, true));
    }
    Ok((text(start, file)?, false))
}

/// The same, of a file that may not be empty; and whether it was compressed.
///
/// # Errors
/// As [`open`], and when it is empty.
pub(crate) fn open_document(path: &Path) -> io::Result<(Box<dyn Read>, bool)> {
    let (text, is_compressed) = unpacked(path)?;
    let (start, file) = begin(text)?;
    if start.is_empty() {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "it is empty"));
    }
    Ok((Box::new(Cursor::new(start).chain(file)), is_compressed))
}

fn begin<R: Read>(mut file: R) -> io::Result<(Vec<u8>, R)> {
    let mut start = Vec::new();
    file.by_ref().take(SIGNATURE).read_to_end(&mut start)?;
    Ok((start, file))
}

/// The text after its byte order mark, if it has one.
fn text(mut start: Vec<u8>, rest: impl Read + 'static) -> io::Result<Box<dyn Read>> {
    match start.as_slice() {
        [0xff, 0xfe, ..]
        | [0xfe, 0xff, ..]
        | [b'\t'..=b'~', 0, b'\t'..=b'~', 0]
        | [0, b'\t'..=b'~', 0, b'\t'..=b'~'] => {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "it is UTF-16, as PowerShell's `>` writes it: write it as UTF-8 (`Out-File -Encoding utf8`)",
            ));
        }
        [0xef, 0xbb, 0xbf, ..] => drop(start.drain(..3)),
        _ => {}
    }
    Ok(Box::new(Cursor::new(start).chain(rest)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(bytes)?;
        let mut text = String::new();
        open(file.path())?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn marks_and_gzip_are_taken_off_and_utf_16_is_named() {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all("\u{feff}{}".as_bytes()).expect("a vector takes everything");
        for bytes in [&b"{}"[..], "\u{feff}{}".as_bytes(), &gzip.finish().expect("gzip")] {
            assert_eq!(read(bytes).expect("text"), "{}");
        }
        for short in ["", "{", "\u{feff}"] {
            assert_eq!(read(short.as_bytes()).expect("text"), short.trim_start_matches('\u{feff}'));
        }
        for bytes in [&b"\xff\xfe{\0}\0"[..], b"\xfe\xff\0{\0}", b"{\0}\0", b"\0{\0}"] {
            assert!(read(bytes).expect_err("refused").to_string().contains("UTF-16"), "{bytes:?}");
        }
        assert_eq!(read(b"\0\0\0\0").expect("text"), "\0\0\0\0");
    }
}
