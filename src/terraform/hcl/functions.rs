//! The functions that configurations of these resources use. Any other one is open.

use std::collections::BTreeMap;

use hcl_edit::expr::FuncCall;

use super::eval::{Evaluator, Scope};
use super::value::Value;

/// What a call comes to.
pub(crate) fn call(evaluator: &mut Evaluator, scope: Scope<'_>, call: &FuncCall) -> Value {
    let name = call.name.name.as_str();
    let mut arguments: Vec<Value> = call.args.iter().map(|argument| evaluator.eval(scope, argument)).collect();
    if call.args.expand_final() {
        let last = arguments.pop().unwrap_or(Value::Null);
        let last = evaluator.settle(last);
        match last.elements() {
            Some(items) => arguments.extend(items),
            None => arguments.push(Value::open(format!("{}...", last.symbol()))),
        }
    }
    if call.name.is_namespaced() {
        return opaque(name, &arguments);
    }
    // Membership is a comparison: it may be chosen, so it must see the open value and not its default.
    if name == "contains" {
        return contains(evaluator, &arguments);
    }
    if matches!(name, "alltrue" | "anytrue") {
        return all_or_any(evaluator, name == "anytrue", &arguments);
    }
    if matches!(name, "try" | "coalesce" | "nonsensitive" | "sensitive" | "tobool") {
        return first(evaluator, name, arguments);
    }
    let arguments: Vec<Value> = arguments.into_iter().map(|argument| evaluator.settle_all(argument)).collect();
    known(name, &arguments).unwrap_or_else(|| opaque(name, &arguments))
}

/// The call itself as a symbol: the same function of the same arguments is the same value.
fn opaque(name: &str, arguments: &[Value]) -> Value {
    let arguments: Vec<String> = arguments.iter().map(Value::symbol).collect();
    Value::open(format!("{name}({})", arguments.join(", ")))
}

fn contains(evaluator: &mut Evaluator, arguments: &[Value]) -> Value {
    let [list, wanted] = arguments else { return opaque("contains", arguments) };
    let list = evaluator.settle(list.clone());
    let Some(items) = list.elements() else {
        return Value::open(format!("contains({}, {})", list.symbol(), wanted.symbol()));
    };
    for item in items {
        match evaluator.equal(&item, wanted) {
            Some(true) => return Value::Bool(true),
            Some(false) => {}
            None => return opaque("contains", arguments),
        }
    }
    Value::Bool(false)
}

fn all_or_any(evaluator: &mut Evaluator, any: bool, arguments: &[Value]) -> Value {
    let list = evaluator.settle(arguments.first().cloned().unwrap_or(Value::Null));
    let Some(items) = list.elements() else { return opaque(if any { "anytrue" } else { "alltrue" }, &[list]) };
    for item in items {
        match evaluator.decide(&item) {
            Some(value) if value == any => return Value::Bool(any),
            Some(_) => {}
            None => return opaque("anytrue", &[item]),
        }
    }
    Value::Bool(!any)
}

/// The first argument that is usable; an open one may or may not be.
fn first(evaluator: &mut Evaluator, name: &str, arguments: Vec<Value>) -> Value {
    if matches!(name, "nonsensitive" | "sensitive" | "tobool") {
        return arguments.into_iter().next().unwrap_or(Value::Null);
    }
    let skip_empty = name == "coalesce";
    for argument in &arguments {
        match evaluator.settle(argument.clone()) {
            Value::Null if skip_empty => {}
            Value::Text(text) if skip_empty && text.is_empty() => {}
            Value::Open(_) => return opaque(name, &arguments),
            value => return value,
        }
    }
    opaque(name, &arguments)
}

/// The result, where the arguments decide it.
fn known(name: &str, arguments: &[Value]) -> Option<Value> {
    let one = || arguments.first().filter(|_| arguments.len() == 1);
    match name {
        "toset" | "distinct" => Some(distinct(one()?.elements()?, name == "toset")),
        "tolist" => one()?.elements().map(Value::list),
        "values" => match one()? {
            Value::Object(_) => one()?.elements().map(Value::list),
            _ => None,
        },
        "keys" => match one()? {
            Value::Object(object) => Some(Value::list(object.content.keys().map(Value::text).collect())),
            _ => None,
        },
        "tomap" => one().filter(|value| matches!(value, Value::Object(_))).cloned(),
        "tostring" => one()?.as_text().map(Value::text),
        "tonumber" => one()?.as_text()?.parse().ok().map(Value::Number),
        "lower" => one()?.as_text().map(|text| Value::text(text.to_lowercase())),
        "upper" => one()?.as_text().map(|text| Value::text(text.to_uppercase())),
        "trimspace" => one()?.as_text().map(|text| Value::text(text.trim())),
        "compact" => compact(&one()?.elements()?),
        "flatten" => flatten(&one()?.elements()?).map(Value::list),
        "length" => length(one()?),
        "one" => match one()?.elements()?.as_slice() {
            [] => Some(Value::Null),
            [single] => Some(single.clone()),
            _ => None,
        },
        "sort" => {
            let mut items = one()?.elements()?;
            (!items.iter().any(Value::has_open)).then(|| items.sort())?;
            Some(Value::list(items))
        }
        "reverse" => one()?.elements().map(|mut items| {
            items.reverse();
            Value::list(items)
        }),
        "concat" | "setunion" => {
            let lists: Option<Vec<Vec<Value>>> = arguments.iter().map(Value::elements).collect();
            let joined: Vec<Value> = lists?.into_iter().flatten().collect();
            Some(if name == "concat" { Value::list(joined) } else { distinct(joined, true) })
        }
        "setsubtract" | "setintersection" => sets(name == "setintersection", arguments),
        "merge" => merge(arguments),
        "lookup" => lookup(arguments),
        "element" => match arguments {
            [list, Value::Number(index)] => {
                let items = list.elements()?;
                let length = i64::try_from(items.len()).ok().filter(|length| *length > 0)?;
                items.get(usize::try_from(index.rem_euclid(length)).ok()?).cloned()
            }
            _ => None,
        },
        "join" => match arguments {
            [separator, list] => {
                let parts: Option<Vec<String>> = list.elements()?.iter().map(Value::as_text).collect();
                Some(Value::text(parts?.join(&separator.as_text()?)))
            }
            _ => None,
        },
        "split" => match arguments {
            [separator, text] => {
                let (separator, text) = (separator.as_text()?, text.as_text()?);
                (!separator.is_empty()).then(|| Value::list(text.split(&separator).map(Value::text).collect()))
            }
            _ => None,
        },
        "startswith" | "endswith" => match arguments {
            [Value::Text(text), Value::Text(part)] if name == "startswith" => {
                Some(Value::Bool(text.starts_with(&**part)))
            }
            [Value::Text(text), Value::Text(part)] => Some(Value::Bool(text.ends_with(&**part))),
            _ => None,
        },
        _ => None,
    }
}

/// Each element once. What is open may equal another one, but as a member of a set it says the same either way.
fn distinct(items: Vec<Value>, sorted: bool) -> Value {
    let mut kept: Vec<Value> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for item in items {
        if seen.insert(item.clone()) {
            kept.push(item);
        }
    }
    if sorted {
        kept.sort();
    }
    Value::list(kept)
}

/// Drops what is empty; an open element may turn out empty, and stays open.
fn compact(items: &[Value]) -> Option<Value> {
    let known = items.iter().all(|item| matches!(item, Value::Null | Value::Text(_) | Value::Open(_)));
    known.then(|| {
        let empty = |item: &Value| matches!(item, Value::Null) || matches!(item, Value::Text(text) if text.is_empty());
        Value::list(items.iter().filter(|item| !empty(item)).cloned().collect())
    })
}

fn flatten(items: &[Value]) -> Option<Vec<Value>> {
    let mut flat = Vec::new();
    for item in items {
        match item {
            Value::List(list) => flat.extend(flatten(&list.content)?),
            // An open element may be a list of any length.
            Value::Open(_) => return None,
            other => flat.push(other.clone()),
        }
    }
    Some(flat)
}

fn length(value: &Value) -> Option<Value> {
    let length = match value {
        Value::List(list) => list.content.len(),
        Value::Object(object) => object.content.len(),
        Value::Text(text) => text.chars().count(),
        _ => return None,
    };
    i64::try_from(length).ok().map(Value::Number)
}

fn sets(intersection: bool, arguments: &[Value]) -> Option<Value> {
    let [first, second] = arguments else { return None };
    let (first, second) = (first.elements()?, second.elements()?);
    if first.iter().chain(&second).any(Value::has_open) {
        return None;
    }
    let second: std::collections::BTreeSet<Value> = second.into_iter().collect();
    Some(distinct(first.into_iter().filter(|item| second.contains(item) == intersection).collect(), true))
}

fn merge(arguments: &[Value]) -> Option<Value> {
    let mut merged = BTreeMap::new();
    for argument in arguments {
        match argument {
            Value::Object(object) => merged.extend(object.content.clone()),
            Value::Null => {}
            _ => return None,
        }
    }
    Some(Value::object(merged))
}

fn lookup(arguments: &[Value]) -> Option<Value> {
    let (object, key, default) = match arguments {
        [Value::Object(object), key] => (object, key, None),
        [Value::Object(object), key, default] => (object, key, Some(default)),
        _ => return None,
    };
    object.content.get(&key.as_text()?).or(default).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(items: &[&str]) -> Value {
        Value::list(items.iter().map(Value::text).collect())
    }

    #[test]
    fn compact_drops_what_is_empty_and_keeps_what_is_open() {
        let list = Value::list(vec![Value::text("ECR"), Value::text(""), Value::Null, Value::open("var.x")]);
        assert_eq!(known("compact", &[list]), Some(Value::list(vec![Value::text("ECR"), Value::open("var.x")])));
    }

    #[test]
    fn sets_are_sorted_and_lists_keep_their_order() {
        assert_eq!(known("toset", &[texts(&["b", "a", "b"])]), Some(texts(&["a", "b"])));
        assert_eq!(known("distinct", &[texts(&["b", "a", "b"])]), Some(texts(&["b", "a"])));
    }

    #[test]
    fn an_open_element_keeps_flatten_from_guessing() {
        let nested = Value::list(vec![texts(&["a"]), Value::open("var.more")]);
        assert_eq!(known("flatten", &[nested]), None);
        let nested = Value::list(vec![texts(&["a"]), Value::list(vec![texts(&["b"])])]);
        assert_eq!(known("flatten", &[nested]), Some(texts(&["a", "b"])));
    }

    #[test]
    fn element_wraps_and_an_empty_list_has_none() {
        assert_eq!(known("element", &[texts(&["a", "b"]), Value::Number(3)]), Some(Value::text("b")));
        assert_eq!(known("element", &[texts(&[]), Value::Number(0)]), None);
    }

    #[test]
    fn a_function_that_is_not_known_is_open_and_equal_to_itself() {
        assert_eq!(opaque("uuidv5", &[Value::text("x")]), opaque("uuidv5", &[Value::text("x")]));
        assert_eq!(known("uuidv5", &[Value::text("x")]), None);
    }
}
