//! What the operator's paths are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::TerraformError;
use super::hcl::{TERRAGRUNT, files};
use super::reading::STANDARD_INPUT;
use crate::rules::finding::terraform::TERRAGRUNT_PLAN;

/// One thing to analyse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    /// A plan or state in JSON.
    Json(PathBuf),
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
    if path.as_os_str() == STANDARD_INPUT {
        return Ok(Input::Json(path.to_owned()));
    }
    let metadata = std::fs::metadata(path).map_err(|source| TerraformError::Io { path: path.to_owned(), source })?;
    if metadata.is_dir() {
        if files::list(path)?.is_empty() && path.join(TERRAGRUNT).is_file() {
            let message = format!(
                "this directory is Terragrunt's, which writes the configuration: run `{TERRAGRUNT_PLAN}` in it, and give \
                 plan.json"
            );
            return Err(TerraformError::Unsupported { path: path.to_owned(), message });
        }
        if files::list(path)?.is_empty() {
            return Err(TerraformError::Unsupported {
                path: path.to_owned(),
                message: "no .tf, .tf.json or .tofu file in this directory; subdirectories are not searched, so name \
                          each root module"
                    .to_owned(),
            });
        }
        return Ok(Input::Directory(path.to_owned()));
    }
    if path.file_name().and_then(|name| name.to_str()).is_some_and(files::is_configuration) {
        // Terraform's unit is the directory: a file alone has no variables and no locals.
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        return Ok(Input::Directory(parent.unwrap_or_else(|| Path::new(".")).to_owned()));
    }
    Ok(Input::Json(path.to_owned()))
}
