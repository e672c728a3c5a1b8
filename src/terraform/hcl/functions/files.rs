//! Functions that read files of the configuration, and what is in them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use rust_decimal::Decimal;
use saphyr_parser::{Event, Parser, ScalarStyle};

use super::super::super::reading::read_text;
use super::super::eval::Evaluator;
use super::super::scope::Scope;
use super::super::syntax;
use super::super::value::Value;

/// The most bytes that are read of one such file.
const MAX_BYTES: u64 = 1 << 20;

/// How deep a document may nest.
const MAX_DEPTH: usize = 100;

/// The result, where the arguments decide it.
pub(super) fn known(
    evaluator: &mut Evaluator<'_>,
    scope: &Rc<Scope>,
    name: &str,
    arguments: &[Value],
) -> Option<Value> {
    let text = arguments.first()?.as_text();
    match name {
        "file" => Some(match read(evaluator, &text?) {
            Some(text) => Value::Text(Rc::from(text)),
            None => Value::unread(format!("file({})", arguments.first()?.symbol())),
        }),
        "fileexists" => Some(Value::Bool(path(evaluator, &text?).is_file())),
        "templatefile" => {
            let template = read(evaluator, &text?)?;
            let Value::Object(variables) = arguments.get(1)? else { return None };
            let template = syntax::template(&template).ok()?;
            let mut inner = Scope::of(&scope.frame);
            for (name, value) in &variables.fields {
                inner = inner.with(name, value.clone());
            }
            let value = evaluator.eval(&inner, &template);
            Some(value)
        }
        "jsondecode" => {
            let text = text?;
            evaluator.charge(text.len() / 8, text.len());
            match serde_json::from_str(&text) {
                Ok(json) => Some(from_json(&json)),
                Err(_) => Some(Value::invalid("text that is no JSON")),
            }
        }
        "yamldecode" => {
            let text = text?;
            evaluator.charge(text.len() / 4, text.len());
            Some(yaml(&text).unwrap_or_else(|| Value::unread("a YAML document that was not read")))
        }
        "basename" => Some(Value::text(text?.rsplit('/').next().unwrap_or_default())),
        "dirname" => Some(Value::text(text?.rsplit_once('/').map_or(".", |(dir, _)| dir))),
        _ => None,
    }
}

/// Where a path leads: Terraform runs in the root's directory.
fn path(evaluator: &Evaluator<'_>, path: &str) -> PathBuf {
    evaluator.loader.root().join(path)
}

fn read(evaluator: &mut Evaluator<'_>, name: &str) -> Option<String> {
    let path = path(evaluator, name);
    // A pipe or a device could keep the analysis waiting.
    let metadata = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
    if metadata.len() > MAX_BYTES {
        return None;
    }
    let text = read_text(&path, MAX_BYTES).ok()?;
    evaluator.charge(1, text.len());
    Some(text)
}

fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => decimal(&number.to_string()),
        serde_json::Value::String(text) => Value::text(text),
        serde_json::Value::Array(items) => Value::list(items.iter().map(from_json).collect()),
        serde_json::Value::Object(fields) => {
            Value::object(fields.iter().map(|(key, value)| (Rc::from(key.as_str()), from_json(value))).collect(), None)
        }
    }
}

fn decimal(text: &str) -> Value {
    let number = text.parse().or_else(|_| Decimal::from_scientific(text));
    number.map_or_else(|_| Value::unread("a number too large"), Value::Number)
}

/// The first document of a YAML text; `None` where it is broken, nests too deep or uses aliases, which can multiply
/// what is written once.
fn yaml(text: &str) -> Option<Value> {
    enum Open {
        List(Vec<Value>),
        Map(BTreeMap<Rc<str>, Value>, Option<Rc<str>>),
    }
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.ok()?;
        let done = match event {
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(BTreeMap::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => Some(match open.pop()? {
                Open::List(items) => Value::list(items),
                Open::Map(fields, _) => Value::object(fields, None),
            }),
            Event::Scalar(text, style, ..) => Some(scalar(&text, style == ScalarStyle::Plain)),
            Event::Alias(_) => return None,
            Event::DocumentEnd => return Some(Value::Null),
            _ => None,
        };
        if open.len() > MAX_DEPTH {
            return None;
        }
        let Some(value) = done else { continue };
        match open.last_mut() {
            None => return Some(value),
            Some(Open::List(items)) => items.push(value),
            Some(Open::Map(fields, key)) => match key.take() {
                None => *key = Some(value.as_text()?),
                Some(name) => drop(fields.insert(name, value)),
            },
        }
    }
    None
}

/// What a plain scalar is in YAML's core schema, as `yamldecode` has it.
fn scalar(text: &str, plain: bool) -> Value {
    match text {
        _ if !plain => Value::text(text),
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match text.parse() {
            Ok(number) => Value::Number(number),
            Err(_) => Value::text(text),
        },
    }
}
