//! Plans and states in JSON: `terraform show -json` of either, and the state file itself.
//!
//! A plan of a large root is tens of megabytes, of which a handful of resources matter. The document is read once,
//! front to back, and only resources of the types in [`stream::WATCHED`] are kept.

mod common;
mod plan;
mod state;
mod stream;

use std::path::Path;

use super::error::TerraformError;
use super::reading::{self, MAX_JSON_BYTES};
use super::world::{Blind, Root};
use stream::Document;

/// Reads a plan or a state.
pub(crate) fn read_root(path: &Path, index: usize) -> Result<Root, TerraformError> {
    let bytes = reading::read_bytes(path, MAX_JSON_BYTES)?;
    parse(path, &bytes, index)
}

/// The same, of bytes that were read already; `path` is for messages only.
pub(crate) fn parse(path: &Path, bytes: &[u8], index: usize) -> Result<Root, TerraformError> {
    let bytes = text(path, bytes)?;
    let document: Document = serde_json::from_slice(bytes).map_err(|error| match std::str::from_utf8(bytes) {
        Ok(_) => reading::json_error(path, &error),
        Err(wrong) => reading::not_utf8(path, bytes, wrong.valid_up_to()),
    })?;
    let file = path.display().to_string();
    let world = if !document.is_known_format() {
        return Err(unsupported(path, &document));
    } else if document.is_plan() {
        plan::world(&document, &file, index)
    } else if document.is_state() {
        state::shown(&document, &file, index)
    } else if document.is_raw_state() {
        state::raw(&document, &file, index)
    } else {
        return Err(unsupported(path, &document));
    };
    let problems = document.shortfall().map(|what| Blind { place: file.clone(), what, only_free: false });
    Ok(Root {
        label: file,
        base: vec![world],
        free: Vec::new(),
        problems: problems.into_iter().collect(),
        remarks: Vec::new(),
        files: 1,
        directory: false,
    })
}

fn text<'b>(path: &Path, bytes: &'b [u8]) -> Result<&'b [u8], TerraformError> {
    let wrong = |message: &str| TerraformError::Unsupported { path: path.to_owned(), message: message.to_owned() };
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(wrong("this is a binary plan: give the output of `terraform show -json` on it"));
    }
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(wrong("this is gzip: unpack it first (`gunzip`)"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(wrong(
            "this is UTF-16, as PowerShell's `>` writes it: write it as UTF-8 (`Out-File -Encoding utf8`)",
        ));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => Ok(bytes),
        None => Err(wrong("the file is empty")),
        Some(_) => Err(wrong("not a JSON object: give the output of `terraform show -json`, a state, or a directory")),
    }
}

fn unsupported(path: &Path, document: &Document) -> TerraformError {
    let message = match document.version {
        Some(version) if version != 4 => format!("a state file of version {version}; only version 4 is read"),
        _ if !document.is_known_format() => {
            "a plan or state in a newer format than 1: use an older Terraform to show it".to_owned()
        }
        _ => "neither a plan nor a state: give the output of `terraform show -json`, or a state file".to_owned(),
    };
    TerraformError::Unsupported { path: path.to_owned(), message }
}
