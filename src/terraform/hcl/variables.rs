//! The values of variables: from the files that Terraform reads on its own and those that are named, else their
//! defaults, converted to their types.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::super::error::TerraformError;
use super::super::inputs::{self, MAX_CONFIGURATION_BYTES};
use super::eval::{Evaluator, Frame, Scope, Slot};
use super::json_syntax;
use super::module::{Problem, Variable};
use super::source;
use super::syntax::{Kind, Node};
use super::types::Type;
use super::value::{Literal, Open, Value, Work};

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
            Err(error) => problems.push(source::unread(&path, &error)),
        }
    }
    for path in named {
        values.extend(read(path)?);
    }
    Ok((values, problems))
}

fn read(path: &Path) -> Result<Given, TerraformError> {
    let text = inputs::read_text(path, MAX_CONFIGURATION_BYTES)?;
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

/// A variable of a module.
pub(crate) fn value(evaluator: &mut Evaluator<'_>, frame: &Rc<Frame>, name: &Rc<str>) -> Value {
    let module = Rc::clone(&frame.module);
    let declared = module.variables.get(&**name);
    let place = || declared.and_then(|variable| variable.at.clone()).unwrap_or_else(super::references::nowhere);
    let named = || (format!("{}var.{name}", frame.prefix), place());
    evaluator.demand(Slot::Variable(frame.id, Rc::clone(name)), named, |evaluator| {
        evaluate(evaluator, frame, name, declared)
    })
}

fn evaluate(evaluator: &mut Evaluator<'_>, frame: &Rc<Frame>, name: &str, declared: Option<&Variable>) -> Value {
    let plain = Variable::default();
    let variable = declared.unwrap_or(&plain);
    let scope = Scope::of(frame);
    let given = match &frame.inputs {
        Some(inputs) => inputs.get(name).cloned(),
        None => {
            let given = evaluator.given;
            given.get(name).map(|expr| evaluator.eval(&scope, expr))
        }
    };
    if let Some(given) = given {
        let given = evaluator.force(given);
        // `null` is a value, unless the variable says that it is none: then it is as if nothing had been set.
        if variable.nullable || !matches!(given, Value::Null) {
            return narrowed(evaluator.convert(given, &variable.of, frame), variable);
        }
    }
    let Some(default) = &variable.default else {
        return declare(format!("{}var.{name}", frame.prefix), variable, None);
    };
    let default = evaluator.eval(&scope, default);
    let default = evaluator.convert(default, &variable.of, frame);
    if frame.inputs.is_some() {
        return default;
    }
    evaluator.used_default = true;
    match evaluator.mode {
        Mode::Base => default,
        Mode::Free => declare(format!("var.{name}"), variable, Some(default)),
    }
}

fn declare(symbol: String, variable: &Variable, default: Option<Value>) -> Value {
    let of = match (&variable.of, &default) {
        (Type::Any, Some(Value::Bool(_))) => Type::Bool,
        (of, _) => of.clone(),
    };
    Open { domain: variable.domain.clone(), default, at: variable.at.clone(), ..Open::of(symbol, of) }.value()
}

/// What is passed on keeps its name; the callee's declaration may say what it can be.
fn narrowed(value: Value, variable: &Variable) -> Value {
    match (&value, &variable.domain) {
        (Value::Open(open), Some(domain)) if open.domain.is_none() && open.default.is_none() => {
            Open { domain: Some(Rc::clone(domain)), ..Open::clone(open) }.value()
        }
        _ => value,
    }
}

/// The values that `validation` blocks allow: `contains([…], var.x)` and `var.x == "a" || var.x == "b"`.
pub(crate) fn allowed(name: &str, condition: &Node) -> Option<Vec<Literal>> {
    let is_own = |node: &Node| match &node.kind {
        Kind::Steps(base, steps) => {
            matches!(&base.kind, Kind::Name(base) if &**base == "var")
                && matches!(steps.as_slice(), [super::syntax::Step::Attribute(own)] if &**own == name)
        }
        _ => false,
    };
    let literal = |node: &Node| match &node.kind {
        Kind::Text(text) => Some(Literal::Text(Rc::clone(text))),
        Kind::Number(Some(number)) => Some(Literal::Number(number.normalize())),
        Kind::Bool(value) => Some(Literal::Bool(*value)),
        Kind::Null => Some(Literal::Null),
        _ => None,
    };
    match &condition.kind {
        Kind::Call(call) if &*call.name == "contains" => match call.arguments.as_slice() {
            [list, own] if is_own(own) => match &list.kind {
                Kind::List(items) => items.iter().map(literal).collect(),
                Kind::Call(set) if matches!(&*set.name, "toset" | "tolist") => {
                    let Kind::List(items) = &set.arguments.first()?.kind else { return None };
                    items.iter().map(literal).collect()
                }
                _ => None,
            },
            _ => None,
        },
        Kind::Binary(super::syntax::Operator::Or, left, right) => {
            let mut values = allowed(name, left)?;
            values.extend(allowed(name, right)?);
            Some(values)
        }
        Kind::Binary(super::syntax::Operator::Equal, left, right) => match (is_own(left), is_own(right)) {
            (true, _) => Some(vec![literal(right)?]),
            (_, true) => Some(vec![literal(left)?]),
            _ => None,
        },
        _ => None,
    }
}

impl Evaluator<'_> {
    /// What Terraform makes of a value that is given for a type.
    pub(crate) fn convert(&mut self, value: Value, of: &Type, frame: &Rc<Frame>) -> Value {
        let wrong = |value: &Value| Value::invalid(format!("{} is of another type than its variable", value.symbol()));
        match (of, &value) {
            (Type::Any, _) | (_, Value::Null | Value::Invalid(_) | Value::Lazy(_)) => value,
            (_, Value::Open(open)) => {
                let of = if matches!(open.of, Type::Any) { of.clone() } else { open.of.clone() };
                Open { of, ..Open::clone(open) }.value()
            }
            (Type::Text, _) => value.as_text().map_or_else(|| wrong(&value), Value::Text),
            (Type::Number, _) => value.as_number().map_or_else(|| wrong(&value), Value::Number),
            (Type::Bool, _) => value.as_bool().map_or_else(|| wrong(&value), Value::Bool),
            (Type::List(of), Value::List(list)) => {
                let items = list.items.iter().map(|item| self.converted(item, of, None, frame)).collect();
                self.list(items)
            }
            (Type::Set(of), Value::List(list)) => {
                let items = list.items.iter().map(|item| self.converted(item, of, None, frame)).collect();
                self.set(items)
            }
            (Type::Map(of), Value::Object(object)) => {
                let fields = object.fields.iter();
                let fields =
                    fields.map(|(key, value)| (Rc::clone(key), self.converted(value, of, None, frame))).collect();
                self.object(fields, object.rest.clone())
            }
            (Type::Object(types), Value::Object(object)) => {
                let mut fields = BTreeMap::new();
                for (name, attribute) in types.iter() {
                    let value = match (object.fields.get(name), &object.rest) {
                        (Some(value), _) => value.clone(),
                        (None, Some(rest)) => Value::open(format!("{rest}.{name}")),
                        (None, None) if attribute.optional => Value::Null,
                        (None, None) => Value::invalid(format!("an object without the attribute {name}")),
                    };
                    let value = self.converted(&value, &attribute.of, attribute.default.as_ref(), frame);
                    fields.insert(Rc::clone(name), value);
                }
                self.object(fields, None)
            }
            _ => wrong(&value),
        }
    }

    fn converted(&mut self, value: &Value, of: &Type, default: Option<&Node>, frame: &Rc<Frame>) -> Value {
        match (of, default) {
            (Type::Any, None) => value.clone(),
            _ => self.suspend(Work::Convert(value.clone(), of.clone(), default.cloned(), Rc::clone(frame))),
        }
    }
}
