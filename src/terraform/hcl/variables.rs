//! The values of a root's variables: from the files that Terraform reads on its own, else their defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hcl_edit::expr::Expression;

use super::super::error::TerraformError;
use super::super::inputs::{self, MAX_CONFIGURATION_BYTES};
use super::eval::{Evaluator, Frame, Scope};
use super::json_syntax;
use super::module::Module;
use super::references::with_default;
use super::source;
use super::value::Value;

/// Whether defaults hold, or may be overridden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Every variable is what the files say.
    Base,
    /// A variable with a default may be something else: `-var`, `TF_VAR_…` and `-var-file` override it.
    Free,
}

/// The expressions of the variable files, later files first in line.
pub(crate) fn read_files(dir: &Path) -> Result<BTreeMap<String, Expression>, TerraformError> {
    let mut values = BTreeMap::new();
    for path in files(dir)? {
        let text = inputs::read_text(&path, MAX_CONFIGURATION_BYTES)?;
        if path.extension().is_some_and(|extension| extension == "json") {
            for (name, value) in json_syntax::document(&path, &text)? {
                values.insert(name, json_syntax::expression(&value, true));
            }
        } else {
            for (name, attribute) in source::parse(&path, &text)?.attributes {
                values.insert(name, attribute.expr);
            }
        }
    }
    Ok(values)
}

/// In the order in which Terraform reads them: a later one wins.
fn files(dir: &Path) -> Result<Vec<PathBuf>, TerraformError> {
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

/// The variables of a root module.
pub(crate) fn of_root(
    evaluator: &mut Evaluator,
    frame: &Frame,
    given: &BTreeMap<String, Expression>,
    mode: Mode,
) -> BTreeMap<String, Value> {
    let scope = Scope { frame, binding: None };
    let mut values = BTreeMap::new();
    for (name, default) in &frame.module.variables {
        let symbol = format!("var.{name}");
        let value = match (given.get(name), default) {
            (Some(expr), _) => evaluator.eval(scope, expr),
            (None, Some(default)) => {
                let default = evaluator.eval(scope, &default.expr);
                if mode == Mode::Free { with_default(&symbol, default) } else { default }
            }
            (None, None) => Value::open(symbol),
        };
        values.insert(name.clone(), value);
    }
    values
}

/// The variables of a called module: its inputs, else its defaults, which nobody outside can override.
pub(crate) fn of_call(
    evaluator: &mut Evaluator,
    module: &Module,
    callee: &Frame,
    inputs: BTreeMap<String, Value>,
) -> BTreeMap<String, Value> {
    let scope = Scope { frame: callee, binding: None };
    let mut values = inputs;
    for (name, default) in &module.variables {
        if !values.contains_key(name)
            && let Some(default) = default
        {
            let default = evaluator.eval(scope, &default.expr);
            values.insert(name.clone(), default);
        }
    }
    values
}
