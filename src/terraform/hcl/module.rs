//! A module: the blocks of one directory that the coupling depends on, and the modules it calls.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use hcl_edit::expr::Expression;

use super::super::error::TerraformError;
use super::super::resources::{CONFIGURATION, ENABLER, ORGANIZATION, REGISTRY};
use super::json_syntax;
use super::source::{self, At, Attribute, Block};

/// How many module directories one root may reach.
const MAX_MODULES: usize = 500;

/// A module's directory, read once however often it is called.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// Its directory.
    pub(crate) dir: PathBuf,
    /// The defaults of its variables; `None` where a value is required.
    pub(crate) variables: BTreeMap<String, Option<Attribute>>,
    /// Its locals.
    pub(crate) locals: BTreeMap<String, Attribute>,
    /// Resources of the types that matter.
    pub(crate) resources: Vec<Block>,
    /// Data sources that say who and where we are, with the `provider` they name.
    pub(crate) data: BTreeMap<(String, String), Option<String>>,
    /// Module calls.
    pub(crate) calls: Vec<Block>,
    /// Provider configurations of AWS.
    pub(crate) providers: Vec<Block>,
    /// `removed` blocks.
    pub(crate) removed: Vec<Block>,
    /// What could not be read, and why.
    pub(crate) problems: Vec<Problem>,
}

/// Something about the configuration that keeps rules from deciding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// Where.
    pub(crate) at: At,
    /// What, and what to do.
    pub(crate) message: String,
}

impl Module {
    /// Reads the files of a directory. A file that cannot be read spoils the directory, as it does for Terraform.
    pub(crate) fn read(dir: &Path) -> Result<Self, TerraformError> {
        let mut module = Self { dir: dir.to_owned(), ..Self::default() };
        for path in source::list(dir)? {
            let body = source::read(&path)?;
            let is_override = source::is_override(&path);
            for block in body.blocks {
                if is_override && matters(&block) {
                    module.problems.push(Problem {
                        at: block.at.clone(),
                        message: "override files are not merged: what this block changes is not known".to_owned(),
                    });
                }
                module.add(block);
            }
        }
        Ok(module)
    }

    fn add(&mut self, mut block: Block) {
        let label = |block: &Block, index: usize| block.labels.get(index).cloned().unwrap_or_default();
        match block.kind.as_str() {
            "variable" => {
                let default = block.body.attributes.remove("default");
                self.variables.insert(label(&block, 0), default);
            }
            // `append` would rebuild the whole map for every block.
            "locals" => self.locals.extend(std::mem::take(&mut block.body.attributes)),
            "resource" if is_watched(&label(&block, 0)) => self.resources.push(block),
            "data" if matches!(label(&block, 0).as_str(), "aws_caller_identity" | "aws_region") => {
                let provider = block.body.expr("provider").map(provider_name);
                self.data.insert((label(&block, 0), label(&block, 1)), provider);
            }
            "module" => self.calls.push(block),
            "provider" if label(&block, 0) == "aws" => self.providers.push(block),
            "removed" => self.removed.push(block),
            _ => {}
        }
    }
}

/// Whether a block could change what the rules see.
fn matters(block: &Block) -> bool {
    match block.kind.as_str() {
        "resource" => block.labels.first().is_some_and(|kind| is_watched(kind)),
        "variable" | "locals" | "module" | "provider" | "removed" => true,
        _ => false,
    }
}

fn is_watched(kind: &str) -> bool {
    matches!(kind, REGISTRY | ENABLER | ORGANIZATION | CONFIGURATION)
}

/// `aws.eu` of a `provider = aws.eu` (or of its old form in quotes).
pub(crate) fn provider_name(expr: &Expression) -> String {
    match expr {
        Expression::String(text) => text.value().clone(),
        other => reference_text(other).unwrap_or_else(|| "unknown provider".to_owned()),
    }
}

/// A reference as it is written, without indices and spaces: `aws_ecr_repository.this`; `None` for anything else.
pub(crate) fn reference_text(expr: &Expression) -> Option<String> {
    use hcl_edit::expr::TraversalOperator;
    match expr {
        Expression::Variable(name) => Some(name.as_str().to_owned()),
        Expression::String(text) => Some(text.value().clone()),
        Expression::Traversal(traversal) => {
            let mut text = reference_text(&traversal.expr)?;
            for operator in &traversal.operators {
                if let TraversalOperator::GetAttr(name) = operator.value() {
                    text.push('.');
                    text.push_str(name.as_str());
                }
            }
            Some(text)
        }
        _ => None,
    }
}

/// All modules that a root reaches, by the path of their directory.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// By directory, however it was reached.
    loaded: BTreeMap<PathBuf, Result<Rc<Module>, String>>,
    /// By the path that a call spells, so that the file system is asked once.
    reached: BTreeMap<PathBuf, Result<Rc<Module>, String>>,
    manifest: BTreeMap<String, PathBuf>,
}

impl Modules {
    /// The modules of a root, with what `terraform init` has downloaded for it.
    pub(crate) fn of_root(root: &Path) -> Self {
        Self { manifest: manifest(root), ..Self::default() }
    }

    /// The module that a call at `key` (`a.b` for module b in module a) means, or why it cannot be read.
    pub(crate) fn resolve(&mut self, caller: &Module, key: &str, source: Option<&str>) -> Result<Rc<Module>, String> {
        let dir = match source {
            Some(local) if local.starts_with("./") || local.starts_with("../") || local == "." || local == ".." => {
                caller.dir.join(local)
            }
            Some(remote) => self.manifest.get(key).cloned().ok_or_else(|| {
                format!("{remote} is not in this directory: run `terraform init` here, or give the plan in JSON")
            })?,
            None => return Err("its source is not a plain string".to_owned()),
        };
        if let Some(module) = self.reached.get(&dir) {
            return module.clone();
        }
        let module = self.load(&dir);
        self.reached.insert(dir, module.clone());
        module
    }

    fn load(&mut self, dir: &Path) -> Result<Rc<Module>, String> {
        let identity = std::fs::canonicalize(dir).map_err(|error| format!("{}: {error}", dir.display()))?;
        let shown = plain_path(dir, &identity);
        if !self.loaded.contains_key(&identity) && self.loaded.len() >= MAX_MODULES {
            return Err(format!("more than {MAX_MODULES} modules"));
        }
        let entry = self.loaded.entry(identity);
        entry.or_insert_with(|| Module::read(&shown).map(Rc::new).map_err(|error| error.to_string())).clone()
    }
}

/// The path without `x/..`, where that still leads to the same directory (behind a symbolic link it may not).
fn plain_path(dir: &Path, identity: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in dir.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(plain.components().next_back(), Some(Component::Normal(_))) => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    if std::fs::canonicalize(&plain).is_ok_and(|found| found == identity) { plain } else { dir.to_owned() }
}

/// What `terraform init` wrote down about downloaded modules; nothing where it has not run.
fn manifest(root: &Path) -> BTreeMap<String, PathBuf> {
    let path = root.join(".terraform/modules/modules.json");
    let Ok(text) = super::super::inputs::read_text(&path, super::super::inputs::MAX_CONFIGURATION_BYTES) else {
        return BTreeMap::new();
    };
    let Ok(document) = json_syntax::document(&path, &text) else { return BTreeMap::new() };
    let entries = document.get("Modules").and_then(serde_json::Value::as_array);
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let key = entry.get("Key")?.as_str()?;
            let dir = entry.get("Dir")?.as_str()?;
            (!key.is_empty()).then(|| (key.to_owned(), root.join(dir)))
        })
        .collect()
}
