//! A module: the blocks of one directory that the coupling depends on, and the modules it calls.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::super::error::TerraformError;
use super::super::reading::{MAX_CONFIGURATION_BYTES, read_text};
use super::super::remark::Remark;
use super::super::resources::{CONFIGURATION, ENABLER, ORGANIZATION, REGISTRY, REGISTRY_CC};
use super::declaration::Variable;
use super::source::{Attribute, Block, Problem};
use super::syntax::{Expr, Kind, Step};
use super::{files, json_syntax, merge};
use crate::rules::finding::terraform::NotEntered;

/// How many module directories one root may reach.
const MAX_MODULES: usize = 500;

/// How deep module calls are followed.
pub(crate) const MAX_CALLS: usize = 10;

/// A module's directory, read once however often it is called.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub(crate) dir: PathBuf,
    /// How many files it was read from.
    pub(crate) files: usize,
    pub(crate) variables: BTreeMap<String, Variable>,
    pub(crate) locals: BTreeMap<String, Attribute>,
    pub(crate) outputs: BTreeMap<String, Attribute>,
    /// Resources and data sources, in the order of the files.
    pub(crate) blocks: Vec<Block>,
    /// Where each of them is, by whether it is a data source, its type and its name.
    index: BTreeMap<(bool, String, String), usize>,
    pub(crate) calls: Vec<Block>,
    /// Provider configurations of AWS.
    pub(crate) providers: Vec<Block>,
    /// `removed` blocks.
    pub(crate) removed: Vec<Block>,
    /// What could not be read, and why.
    pub(crate) problems: Vec<Problem>,
    /// What the comments of its files say to this program.
    remarks: Vec<Remark>,
}

impl Module {
    /// Reads the files of a directory. One that cannot be read is a problem of the module, as long as another can.
    pub(crate) fn read(dir: &Path) -> Result<Self, TerraformError> {
        let mut module = Self { dir: dir.to_owned(), ..Self::default() };
        let (mut error, mut any, mut overrides) = (None, false, Vec::new());
        let mut blocks = Vec::new();
        for path in files::list(dir)? {
            match files::read(&path) {
                Ok(body) => {
                    module.remarks.extend(body.remarks);
                    if files::is_override(&path) { &mut overrides } else { &mut blocks }.extend(body.blocks);
                }
                Err(failed) => {
                    module.problems.push(files::unread(&path, &failed));
                    error = error.or(Some(failed));
                    continue;
                }
            }
            any = true;
            module.files += 1;
        }
        if let (Some(error), false) = (error, any) {
            return Err(error);
        }
        merge::overrides(&mut blocks, overrides);
        for block in blocks {
            module.add(block);
        }
        Ok(module)
    }

    fn add(&mut self, mut block: Block) {
        let label = |block: &Block, index: usize| block.labels.get(index).cloned().unwrap_or_default();
        match block.kind.as_str() {
            "variable" => {
                let name = label(&block, 0);
                self.variables.insert(name.clone(), Variable::of(&name, &block));
            }
            // `append` would rebuild the whole map for every block.
            "locals" => self.locals.extend(std::mem::take(&mut block.body.attributes)),
            "output" => {
                let value = block.body.attributes.remove("value");
                self.outputs.extend(value.map(|value| (label(&block, 0), value)));
            }
            "resource" | "data" => {
                let key = (block.kind == "data", label(&block, 0), label(&block, 1));
                self.index.insert(key, self.blocks.len());
                self.blocks.push(block);
            }
            "module" => self.calls.push(block),
            "provider" if matches!(label(&block, 0).as_str(), "aws" | "awscc") => self.providers.push(block),
            "removed" => self.removed.push(block),
            _ => {}
        }
    }

    /// A resource or data source.
    pub(crate) fn block(&self, data: bool, kind: &str, label: &str) -> Option<&Block> {
        self.blocks.get(*self.index.get(&(data, kind.to_owned(), label.to_owned()))?)
    }

    /// The resources that the rules look at.
    pub(crate) fn watched(&self) -> impl Iterator<Item = &Block> {
        let watched =
            |block: &&Block| block.kind == "resource" && block.labels.first().is_some_and(|kind| is_watched(kind));
        self.blocks.iter().filter(watched)
    }
}

fn is_watched(kind: &str) -> bool {
    matches!(kind, REGISTRY | REGISTRY_CC | ENABLER | ORGANIZATION | CONFIGURATION)
}

/// A reference as it is written, without indices and spaces: `aws_ecr_repository.this`; `None` for anything else.
pub(crate) fn reference_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        Kind::Name(name) | Kind::Text(name) => Some(name.to_string()),
        Kind::Steps(base, steps) => {
            let mut text = reference_text(base)?;
            for step in steps {
                if let Step::Attribute(name) = step {
                    text.push('.');
                    text.push_str(name);
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
    loaded: BTreeMap<PathBuf, Result<Rc<Module>, NotEntered>>,
    /// By the path that a call spells, so that the file system is asked once.
    reached: BTreeMap<PathBuf, Result<Rc<Module>, NotEntered>>,
    manifest: BTreeMap<String, PathBuf>,
    root: PathBuf,
    /// By directory: whether calling it may lead to what the rules look at.
    leads: BTreeMap<PathBuf, bool>,
    /// Addresses of calls whose module is not downloaded.
    missing: BTreeSet<String>,
}

/// Why a called module cannot be looked into.
#[derive(Debug, Clone)]
pub(crate) enum Unread {
    /// It is not downloaded.
    NotDownloaded,
    Because(NotEntered),
}

impl Modules {
    /// The modules of a root, with what `terraform init` has downloaded for it.
    pub(crate) fn of_root(root: &Path) -> Self {
        Self { manifest: manifest(root), root: root.to_owned(), ..Self::default() }
    }

    /// The root's own module.
    pub(crate) fn root_module(&mut self) -> Result<Rc<Module>, TerraformError> {
        let module = Rc::new(Module::read(&self.root)?);
        let identity = std::fs::canonicalize(&self.root).unwrap_or_else(|_| self.root.clone());
        self.loaded.insert(identity, Ok(Rc::clone(&module)));
        Ok(module)
    }

    /// Takes down a call whose module is not downloaded.
    pub(crate) fn misses(&mut self, address: String) {
        self.missing.insert(address);
    }

    /// The calls whose modules are not downloaded.
    pub(crate) fn missing(&self) -> &BTreeSet<String> {
        &self.missing
    }

    /// What comments say to this program, but for those of downloaded modules: other people decide nothing here.
    pub(crate) fn remarks(&self) -> Vec<Remark> {
        let is_own = |module: &&Rc<Module>| !module.dir.components().any(|part| part.as_os_str() == ".terraform");
        self.loaded.values().flatten().filter(is_own).flat_map(|module| module.remarks.iter().cloned()).collect()
    }

    /// How many files were read.
    pub(crate) fn files(&self) -> usize {
        self.loaded.values().flatten().map(|module| module.files).sum()
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A directory as it is seen from the root's.
    pub(crate) fn relative(&self, dir: &Path) -> String {
        match dir.strip_prefix(&self.root) {
            Ok(below) if below.as_os_str().is_empty() => ".".to_owned(),
            Ok(below) => below.display().to_string(),
            Err(_) => std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned()).display().to_string(),
        }
    }

    /// Whether a module, or one that it calls, holds anything that the rules look at; also where that cannot be told,
    /// because a module is not here or calls itself.
    pub(crate) fn lead_somewhere(&mut self, module: &Rc<Module>, key: &str) -> bool {
        self.leads_from(module, key, &mut Vec::new())
    }

    fn leads_from(&mut self, module: &Rc<Module>, key: &str, above: &mut Vec<PathBuf>) -> bool {
        if let Some(known) = self.leads.get(&module.dir) {
            return *known;
        }
        if above.contains(&module.dir) || above.len() > MAX_CALLS {
            return true;
        }
        let removed = |block: &Block| block.body.expr("from").and_then(|from| reference_text(from)).is_some();
        let mut leads =
            !module.problems.is_empty() || module.watched().next().is_some() || module.removed.iter().any(removed);
        above.push(module.dir.clone());
        for call in &module.calls {
            if leads {
                break;
            }
            let key = call_key(key, call);
            leads = match self.resolve(module, &key, source_of(call)) {
                Ok(callee) => self.leads_from(&callee, &key, above),
                Err(_) => true,
            };
        }
        above.pop();
        self.leads.insert(module.dir.clone(), leads);
        leads
    }

    /// The module that a call at `key` (`a.b` for module b in module a) means, or why it cannot be read.
    pub(crate) fn resolve(&mut self, caller: &Module, key: &str, source: Option<&str>) -> Result<Rc<Module>, Unread> {
        let dir = match source {
            Some(local) if local.starts_with("./") || local.starts_with("../") || local == "." || local == ".." => {
                caller.dir.join(local)
            }
            Some(_) => self.manifest.get(key).cloned().ok_or(Unread::NotDownloaded)?,
            None => return Err(Unread::Because(NotEntered::Source)),
        };
        if let Some(module) = self.reached.get(&dir) {
            return module.clone().map_err(Unread::Because);
        }
        let module = self.load(&dir);
        self.reached.insert(dir, module.clone());
        module.map_err(Unread::Because)
    }

    fn load(&mut self, dir: &Path) -> Result<Rc<Module>, NotEntered> {
        let identity =
            std::fs::canonicalize(dir).map_err(|error| NotEntered::Error(format!("{}: {error}", dir.display())))?;
        let shown = plain_path(dir, &identity);
        if !self.loaded.contains_key(&identity) && self.loaded.len() >= MAX_MODULES {
            return Err(NotEntered::Modules(MAX_MODULES));
        }
        let entry = self.loaded.entry(identity);
        entry
            .or_insert_with(|| Module::read(&shown).map(Rc::new).map_err(|error| NotEntered::Error(error.to_string())))
            .clone()
    }
}

/// The key of a module that is called: `a.b` for b in a.
pub(crate) fn call_key(key: &str, call: &Block) -> String {
    let name = call.labels.first().map_or("", String::as_str);
    if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") }
}

/// What a call calls.
pub(crate) fn source_of(call: &Block) -> Option<&str> {
    call.body.expr("source")?.as_text()
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
    let Ok(text) = read_text(&path, MAX_CONFIGURATION_BYTES) else {
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
