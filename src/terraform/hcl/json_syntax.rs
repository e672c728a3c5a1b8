//! The JSON syntax of the same language (`.tf.json`): objects stand for blocks, strings are templates.

use std::path::Path;
use std::rc::Rc;

use hcl_edit::expr::{Array, Expression, Object, ObjectKey, ObjectValue};
use hcl_edit::template::{Element, StringTemplate, Template};
use hcl_edit::{Number, Spanned};
use serde_json::{Map, Value as Json};

use super::super::error::TerraformError;
use super::super::inputs;
use super::source::{At, Attribute, Block, Body};

/// Block types at the top of a file that matter here, with how many labels each has.
const TOP_LEVEL: [(&str, usize); 7] =
    [("variable", 1), ("locals", 0), ("module", 1), ("provider", 1), ("data", 2), ("resource", 2), ("removed", 0)];

/// What is a block, not an attribute, inside the blocks that matter here.
const NESTED: [(&str, usize); 8] = [
    ("lifecycle", 0),
    ("rule", 0),
    ("repository_filter", 0),
    ("auto_enable", 0),
    ("assume_role", 0),
    ("content", 0),
    ("dynamic", 1),
    ("validation", 0),
];

/// Reads a `.tf.json` file.
pub(crate) fn body(path: &Path, text: &str) -> Result<Body, TerraformError> {
    let json = document(path, text)?;
    let at = At { file: Rc::from(path.display().to_string()), line: None };
    let mut body = Body::default();
    for (kind, labels) in TOP_LEVEL {
        if let Some(value) = json.get(kind) {
            blocks(&mut body, kind, labels, Vec::new(), value, &at);
        }
    }
    Ok(body)
}

/// The object that a JSON file holds.
pub(crate) fn document(path: &Path, text: &str) -> Result<Map<String, Json>, TerraformError> {
    super::source::check_assignments(path, text)?;
    // serde_json itself refuses what nests deeper than 128 levels.
    serde_json::from_str(text).map_err(|error| inputs::json_error(path, &error))
}

/// The expression that a JSON value stands for; `literal` where strings are no templates, as in tfvars.
pub(crate) fn expression(value: &Json, literal: bool) -> Expression {
    match value {
        Json::Null => Expression::null(),
        Json::Bool(value) => Expression::from(*value),
        Json::Number(number) => {
            let exact = number.as_i64().map(Number::from);
            let number = exact.or_else(|| number.as_f64().and_then(Number::from_f64));
            number.map_or_else(Expression::null, Expression::from)
        }
        Json::String(text) if literal => Expression::from(text.as_str()),
        Json::String(text) => template(text),
        Json::Array(items) => {
            let mut array = Array::new();
            for item in items {
                array.push(expression(item, literal));
            }
            Expression::Array(array)
        }
        Json::Object(fields) => {
            let mut object = Object::new();
            for (key, value) in fields {
                object.insert(
                    ObjectKey::Expression(Expression::from(key.as_str())),
                    ObjectValue::new(expression(value, literal)),
                );
            }
            Expression::Object(object)
        }
    }
}

fn template(text: &str) -> Expression {
    if !text.contains("${") && !text.contains("%{") {
        return Expression::from(text);
    }
    let Ok(parsed) = text.parse::<Template>() else {
        // What does not parse is no known text either: a name that nothing declares.
        let name = format!("unparsable_{}", crate::rules::fingerprint(text, "", "", ""));
        return hcl_edit::Ident::try_new(name).map_or_else(|_| Expression::null(), Expression::from);
    };
    let elements: Vec<Element> = parsed.into_iter().collect();
    if let [Element::Literal(literal)] = elements.as_slice() {
        return Expression::from(Spanned::value(literal).as_str());
    }
    Expression::StringTemplate(StringTemplate::from(elements))
}

fn blocks(body: &mut Body, kind: &str, labels: usize, path: Vec<String>, value: &Json, at: &At) {
    match value {
        Json::Array(items) => {
            for item in items {
                blocks(body, kind, labels, path.clone(), item, at);
            }
        }
        Json::Object(fields) if path.len() < labels => {
            for (label, value) in fields {
                let mut path = path.clone();
                path.push(label.clone());
                blocks(body, kind, labels, path, value, at);
            }
        }
        Json::Object(fields) => {
            let body_of_block = content(kind, fields, at);
            body.blocks.push(Block { kind: kind.to_owned(), labels: path, body: body_of_block, at: at.clone() });
        }
        _ => {}
    }
}

fn content(kind: &str, fields: &Map<String, Json>, at: &At) -> Body {
    let mut body = Body::default();
    for (name, value) in fields {
        // Every key of `locals` and of a module call is an attribute, whatever it is called.
        let nested = NESTED.iter().find(|(block, _)| block == name && !matches!(kind, "locals" | "module"));
        if let Some((block, labels)) = nested {
            blocks(&mut body, block, *labels, Vec::new(), value, at);
        } else if name != "//" {
            let expr = match (name.as_str(), value) {
                // References, written as plain strings: `"provider": "aws.eu"`, `"ignore_changes": ["rule"]`.
                ("provider" | "from" | "ignore_changes", Json::String(text)) => reference(text),
                ("ignore_changes", Json::Array(items)) => {
                    let mut array = Array::new();
                    for item in items {
                        array.push(item.as_str().map_or_else(Expression::null, reference));
                    }
                    Expression::Array(array)
                }
                ("providers", Json::Object(map)) => {
                    let mut object = Object::new();
                    for (key, value) in map {
                        let value = value.as_str().map_or_else(Expression::null, reference);
                        object.insert(ObjectKey::Expression(reference(key)), ObjectValue::new(value));
                    }
                    Expression::Object(object)
                }
                // A variable's default is a literal, never a template.
                ("default", value) if kind == "variable" => expression(value, true),
                (_, value) => expression(value, false),
            };
            body.attributes.insert(name.clone(), Attribute { expr, at: at.clone() });
        }
    }
    body
}

fn reference(text: &str) -> Expression {
    text.parse::<Expression>().unwrap_or_else(|_| Expression::null())
}
