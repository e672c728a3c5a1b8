//! What the operator's paths are, and reading them within bounds.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::error::TerraformError;
use super::hcl::{PLAN_BY_TERRAGRUNT, TERRAGRUNT, source};

/// The most bytes that are read of one JSON document. A plan of this size describes some fifty thousand resources.
pub(crate) const MAX_JSON_BYTES: u64 = 256 << 20;

/// The most bytes that are read of one configuration file. People write these by hand; generated ones of 500 KiB exist.
pub(crate) const MAX_CONFIGURATION_BYTES: u64 = 2 << 20;

/// One thing to analyse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    /// A plan or state in JSON.
    Json(PathBuf),
    /// A root module.
    Directory(PathBuf),
}

/// What the paths are, each once, sorted. Paths that are nothing usable come back as errors beside the others.
pub(crate) fn classify(paths: &[PathBuf]) -> (Vec<Input>, Vec<TerraformError>) {
    let (mut inputs, mut errors) = (BTreeSet::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for path in paths {
        match classify_one(path) {
            Ok(input) => {
                let (Input::Json(path) | Input::Directory(path)) = &input;
                // The same directory under two names is one root module.
                let identity = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
                if seen.insert(identity) {
                    inputs.insert(input);
                }
            }
            Err(error) => errors.push(error),
        }
    }
    (inputs.into_iter().collect(), errors)
}

fn classify_one(path: &Path) -> Result<Input, TerraformError> {
    let metadata = std::fs::metadata(path).map_err(|source| TerraformError::Io { path: path.to_owned(), source })?;
    if metadata.is_dir() {
        if source::list(path)?.is_empty() && path.join(TERRAGRUNT).is_file() {
            let message =
                format!("this directory is Terragrunt's, which writes the configuration: {PLAN_BY_TERRAGRUNT}");
            return Err(TerraformError::Unsupported { path: path.to_owned(), message });
        }
        if source::list(path)?.is_empty() {
            return Err(TerraformError::Unsupported {
                path: path.to_owned(),
                message: "no .tf, .tf.json or .tofu file in this directory; subdirectories are not searched, so name \
                          each root module"
                    .to_owned(),
            });
        }
        return Ok(Input::Directory(path.to_owned()));
    }
    if path.file_name().and_then(|name| name.to_str()).is_some_and(source::is_configuration) {
        // Terraform's unit is the directory: a file alone has no variables and no locals.
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        return Ok(Input::Directory(parent.unwrap_or_else(|| Path::new(".")).to_owned()));
    }
    Ok(Input::Json(path.to_owned()))
}

/// The bytes of a regular file, if there are no more than `limit`.
pub(crate) fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>, TerraformError> {
    let io = |source| TerraformError::Io { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
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
