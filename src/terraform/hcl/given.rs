//! What files say about the variables of a root: those that Terraform reads on its own and those that are named.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::error::TerraformError;
use super::super::reading::{MAX_CONFIGURATION_BYTES, read_text};
use super::source::Problem;
use super::syntax::Node;
use super::{files, json_syntax, source};

/// Whether defaults hold, or may be overridden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Every variable is what the files say.
    Base,
    /// A variable with a default may be something else: `-var`, `TF_VAR_…` and `-var-file` override it.
    Free,
}

/// The expressions that files give the root's variables.
pub(crate) type Given = BTreeMap<String, Node>;

/// Reads the variable files of a root, then those that the operator names: a later one wins. `TF_VAR_…` is no file, and
/// is not read.
pub(crate) fn read_files(dir: &Path, named: &[PathBuf]) -> Result<(Given, Vec<Problem>), TerraformError> {
    let (mut values, mut problems) = (Given::new(), Vec::new());
    for path in automatic(dir)? {
        match read(&path) {
            Ok(own) => values.extend(own),
            Err(error) => problems.push(files::unread(&path, &error)),
        }
    }
    for path in named {
        values.extend(read(path)?);
    }
    Ok((values, problems))
}

fn read(path: &Path) -> Result<Given, TerraformError> {
    let text = read_text(path, MAX_CONFIGURATION_BYTES)?;
    if path.extension().is_some_and(|extension| extension == "json") {
        let document = json_syntax::document(path, &text)?;
        return Ok(document.iter().map(|(name, value)| (name.clone(), json_syntax::expression(value, true))).collect());
    }
    Ok(source::parse(path, &text)?.attributes.into_iter().map(|(name, attribute)| (name, attribute.expr)).collect())
}

/// In the order in which Terraform reads them: `terraform.tfvars`, `terraform.tfvars.json`, then `*.auto.tfvars` and
/// `*.auto.tfvars.json` by name.
fn automatic(dir: &Path) -> Result<Vec<PathBuf>, TerraformError> {
    let io = |source| TerraformError::Io { path: dir.to_owned(), source };
    let mut automatic = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if (name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json")) && path.is_file() {
            automatic.push(path);
        }
    }
    automatic.sort();
    let named = ["terraform.tfvars", "terraform.tfvars.json"].map(|name| dir.join(name));
    Ok(named.into_iter().filter(|path| path.is_file()).chain(automatic).collect())
}
