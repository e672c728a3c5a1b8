//! Files, read within bounds.

use std::io::Read;
use std::path::Path;

use super::error::TerraformError;

/// What standard input is called: a plan or a state may come from it.
pub(crate) const STANDARD_INPUT: &str = "-";

/// The most bytes that are read of one JSON document. A plan of this size describes some fifty thousand resources.
pub(crate) const MAX_JSON_BYTES: u64 = 256 << 20;

/// The most bytes that are read of one configuration file. People write these by hand; generated ones of 500 KiB exist.
pub(crate) const MAX_CONFIGURATION_BYTES: u64 = 2 << 20;

/// The bytes of a regular file, if there are no more than `limit`.
pub(crate) fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, TerraformError> {
    let io = |source| TerraformError::Io { path: path.to_owned(), source };
    let (file, length): (Box<dyn Read>, u64) = if path.as_os_str() == STANDARD_INPUT {
        (Box::new(std::io::stdin().lock()), 0)
    } else {
        let file = std::fs::File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        (Box::new(file), length)
    };
    if length > limit {
        return Err(TerraformError::TooLarge { path: path.to_owned(), limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    // A pipe has no length, and a file may grow: one byte over the limit tells.
    file.take(limit + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > limit {
        return Err(TerraformError::TooLarge { path: path.to_owned(), limit });
    }
    Ok(bytes)
}

/// The text of a file, if it is UTF-8 and has no more than `limit` bytes; without a byte order mark.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, TerraformError> {
    let bytes = read_bytes(path, limit)?;
    let text =
        String::from_utf8(bytes).map_err(|error| not_utf8(path, error.as_bytes(), error.utf8_error().valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

/// The error for bytes that are UTF-8 up to `good` only.
pub(crate) fn not_utf8(path: &Path, bytes: &[u8], good: usize) -> TerraformError {
    let lines = bytes.get(..good).unwrap_or_default().split(|byte| *byte == b'\n').count();
    TerraformError::NotUtf8 { path: path.to_owned(), line: saturate(lines) }
}

/// A JSON parser's error with its place.
pub(crate) fn json_error(path: &Path, error: &serde_json::Error) -> TerraformError {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or_default().to_owned();
    TerraformError::Syntax {
        path: path.to_owned(),
        line: saturate(error.line().max(1)),
        column: saturate(error.column().max(1)),
        message,
    }
}

/// A count as a line or column number.
pub(crate) fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
