//! The JSON syntax of the same language (`.tf.json`): objects stand for blocks, strings are templates.

use std::path::Path;
use std::rc::Rc;

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::super::error::TerraformError;
use super::super::reading::json_error;
use super::source::{At, Attribute, Block, Body};
use super::syntax::{self, Expr, Kind, Node};

/// Block types at the top of a file that matter here, with how many labels each has.
const TOP_LEVEL: [(&str, usize); 8] = [
    ("variable", 1),
    ("locals", 0),
    ("module", 1),
    ("output", 1),
    ("provider", 1),
    ("data", 2),
    ("resource", 2),
    ("removed", 0),
];

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
    // serde_json itself refuses what nests deeper than 128 levels.
    serde_json::from_str(text).map_err(|error| json_error(path, &error))
}

/// The expression that a JSON value stands for; `literal` where strings are no templates, as in tfvars.
pub(crate) fn expression(value: &Json, literal: bool) -> Node {
    let kind = match value {
        Json::Null => Kind::Null,
        Json::Bool(value) => Kind::Bool(*value),
        Json::Number(number) => {
            let text = number.to_string();
            Kind::Number(text.parse().or_else(|_| Decimal::from_scientific(&text)).ok())
        }
        Json::String(text) if literal => return Expr::text(text),
        Json::String(text) => return template(text),
        Json::Array(items) => Kind::List(items.iter().map(|item| expression(item, literal)).collect()),
        Json::Object(fields) => {
            let key = |key: &str| if literal { Expr::text(key) } else { template(key) };
            Kind::Object(fields.iter().map(|(name, value)| (key(name), expression(value, literal))).collect())
        }
    };
    Expr::node(kind, 0)
}

/// What does not parse is no known text either: a name that nothing declares.
fn template(text: &str) -> Node {
    syntax::template(text).unwrap_or_else(|_| unreadable(text))
}

fn unreadable(text: &str) -> Node {
    Expr::node(Kind::Name(Rc::from(format!("unparsable_{}", crate::rules::fingerprint(text, "", "", "")))), 0)
}

fn reference(text: &str) -> Node {
    syntax::expression(text).unwrap_or_else(|_| unreadable(text))
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
            let list = |items: Vec<Node>| Expr::node(Kind::List(items), 0);
            let plain = |value: &Json| value.as_str().map_or_else(|| expression(value, true), reference);
            let expr = match (name.as_str(), value) {
                // References, written as plain strings: `"provider": "aws.eu"`, `"ignore_changes": ["rule"]`.
                ("provider" | "from" | "ignore_changes" | "type", Json::String(text))
                    if name != "type" || kind == "variable" =>
                {
                    reference(text)
                }
                ("ignore_changes", Json::Array(items)) => list(items.iter().map(plain).collect()),
                ("providers", Json::Object(map)) => {
                    let pairs = map.iter().map(|(key, value)| (Expr::text(key), plain(value)));
                    Expr::node(Kind::Object(pairs.collect()), 0)
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
