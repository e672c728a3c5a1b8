//! Files of one directory as blocks and attributes, each with its file and line.
//!
//! Native syntax is parsed by `hcl-edit`, which refuses input that nests deeper than 64 levels or chains more than
//! 128 operators, so neither it nor what walks its trees can exhaust the stack.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use hcl_edit::expr::Expression;
use hcl_edit::{Span as _, parser};

use super::super::error::TerraformError;
use super::super::inputs::{self, MAX_CONFIGURATION_BYTES};

/// The most assignments one file may hold. The parser compares each key of an object with all before it, so the time
/// grows with the square of this: 20,000 take about a second.
const MAX_ASSIGNMENTS: usize = 20_000;

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    /// The file as it was reached from the path the operator gave.
    pub(crate) file: Rc<str>,
    /// From 1; `None` in JSON syntax, whose parser keeps no positions.
    pub(crate) line: Option<u32>,
}

/// An attribute.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// Its expression.
    pub(crate) expr: Expression,
    /// Where.
    pub(crate) at: At,
}

/// The content of a block or file.
#[derive(Debug, Default)]
pub(crate) struct Body {
    /// By name.
    pub(crate) attributes: BTreeMap<String, Attribute>,
    /// In the order of the file.
    pub(crate) blocks: Vec<Block>,
}

/// A block.
#[derive(Debug)]
pub(crate) struct Block {
    /// Its type, e.g. `resource`.
    pub(crate) kind: String,
    /// Its labels.
    pub(crate) labels: Vec<String>,
    /// Its content.
    pub(crate) body: Body,
    /// Where it begins.
    pub(crate) at: At,
}

impl Body {
    /// The attribute's expression.
    pub(crate) fn expr(&self, name: &str) -> Option<&Expression> {
        self.attributes.get(name).map(|attribute| &attribute.expr)
    }

    /// The blocks of one type.
    pub(crate) fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }
}

/// The configuration files of a directory, sorted, and whether some of them are override files.
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
    let text = inputs::read_text(path, MAX_CONFIGURATION_BYTES)?;
    if path.extension().is_some_and(|extension| extension == "json") {
        return super::json_syntax::body(path, &text);
    }
    parse(path, &text)
}

/// Parses native syntax.
pub(crate) fn parse(path: &Path, text: &str) -> Result<Body, TerraformError> {
    check_assignments(path, text)?;
    let body = parser::parse_body(text).map_err(|error| TerraformError::Syntax {
        path: path.to_owned(),
        line: inputs::saturate(error.location().line()),
        column: inputs::saturate(error.location().column()),
        message: error.message().to_owned(),
    })?;
    let lines = Lines::of(path, text);
    Ok(lines.body(body))
}

/// Refuses a file with more assignments than can be parsed in reasonable time.
pub(crate) fn check_assignments(path: &Path, text: &str) -> Result<(), TerraformError> {
    let assignments = text.bytes().filter(|byte| matches!(byte, b'=' | b':')).count();
    if assignments <= MAX_ASSIGNMENTS {
        return Ok(());
    }
    Err(TerraformError::Unsupported {
        path: path.to_owned(),
        message: format!("{assignments} assignments in one file, more than {MAX_ASSIGNMENTS}: split the file"),
    })
}

/// Turns byte offsets into lines.
struct Lines {
    file: Rc<str>,
    starts: Vec<usize>,
}

impl Lines {
    fn of(path: &Path, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: Rc::from(path.display().to_string()), starts }
    }

    fn at(&self, span: Option<std::ops::Range<usize>>) -> At {
        let line = span.map(|span| inputs::saturate(self.starts.partition_point(|start| *start <= span.start)));
        At { file: Rc::clone(&self.file), line }
    }

    fn body(&self, parsed: hcl_edit::structure::Body) -> Body {
        let mut body = Body::default();
        for structure in parsed {
            match structure {
                hcl_edit::structure::Structure::Attribute(attribute) => {
                    let at = self.at(attribute.span());
                    body.attributes.insert(attribute.key.to_string(), Attribute { expr: attribute.value, at });
                }
                hcl_edit::structure::Structure::Block(block) => {
                    let at = self.at(block.span());
                    body.blocks.push(Block {
                        kind: block.ident.to_string(),
                        labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
                        body: self.body(block.body),
                        at,
                    });
                }
            }
        }
        body
    }
}
