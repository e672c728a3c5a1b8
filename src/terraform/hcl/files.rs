//! Which files of a directory are configuration, and reading them in either syntax.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::super::error::TerraformError;
use super::super::reading::{MAX_CONFIGURATION_BYTES, read_text};
use super::json_syntax;
use super::source::{self, At, Body, Problem};
use crate::rules::finding::terraform::Unseen;

/// The configuration files of a directory, sorted.
pub(crate) fn list(dir: &Path) -> Result<Vec<PathBuf>, TerraformError> {
    let io = |source| TerraformError::Io { path: dir.to_owned(), source };
    let mut names: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io)? {
        let entry = entry.map_err(io)?;
        // A name that is not UTF-8 cannot end in `.tf` as Terraform reads it.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let hidden = name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
        if !hidden && is_configuration(&name) && entry.path().is_file() {
            names.push(name);
        }
    }
    names.sort();
    // OpenTofu reads x.tofu instead of x.tf where both are there.
    let replaced: Vec<String> = names
        .iter()
        .filter_map(|name| name.strip_suffix(".tofu").map(|stem| format!("{stem}.tf")))
        .chain(names.iter().filter_map(|name| name.strip_suffix(".tofu.json").map(|stem| format!("{stem}.tf.json"))))
        .collect();
    Ok(names.into_iter().filter(|name| !replaced.contains(name)).map(|name| dir.join(name)).collect())
}

/// Whether Terraform or `OpenTofu` reads a file of this name.
pub(crate) fn is_configuration(name: &str) -> bool {
    [".tf", ".tf.json", ".tofu", ".tofu.json"].iter().any(|suffix| name.ends_with(suffix))
}

/// Whether the file's blocks are merged into those of other files rather than added.
pub(crate) fn is_override(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

/// Reads one file of either syntax.
pub(crate) fn read(path: &Path) -> Result<Body, TerraformError> {
    let text = read_text(path, MAX_CONFIGURATION_BYTES)?;
    if path.extension().is_some_and(|extension| extension == "json") {
        return json_syntax::body(path, &text);
    }
    source::parse(path, &text)
}

/// A file that could not be read, as a problem of its module.
pub(crate) fn unread(path: &Path, error: &TerraformError) -> Problem {
    let line = match error {
        TerraformError::Syntax { line, .. } | TerraformError::NotUtf8 { line, .. } => Some(*line),
        _ => None,
    };
    let at = At { file: Rc::from(path.display().to_string()), line };
    Problem { at, what: Unseen::File(error.to_string()) }
}
