//! Parts of values, and what a result is of which a part is open: nothing here evaluates anything.

use std::rc::Rc;

use rust_decimal::prelude::ToPrimitive as _;

use super::types::Type;
use super::value::{Open, Value};

/// A field of a value.
pub(crate) fn field(value: &Value, name: &str) -> Value {
    match value {
        Value::Object(object) => match (object.fields.get(name), &object.rest) {
            (Some(value), _) => value.clone(),
            (None, Some(rest)) => Value::open(format!("{rest}.{name}")),
            (None, None) => Value::invalid(format!("an object without the attribute {name}")),
        },
        Value::Open(open) => open.part(format!("{}.{name}", open.symbol), open.of.at(Some(name))),
        Value::Invalid(_) => value.clone(),
        other => Value::invalid(format!("the attribute {name} of {}", other.symbol())),
    }
}

/// An element of a value.
pub(crate) fn element(value: &Value, key: &Value) -> Value {
    match (value, key) {
        (Value::Invalid(_), _) => value.clone(),
        (_, Value::Invalid(_)) => key.clone(),
        (Value::Open(open), _) => {
            let name = key.as_text();
            open.part(format!("{}[{}]", open.symbol, key.symbol()), open.of.at(name.as_deref()))
        }
        (_, Value::Open(open)) => open.part(format!("{}[{}]", value.symbol(), key.symbol()), Type::Any),
        (Value::List(list), key) => {
            let index = key.as_number().and_then(|number| number.to_usize());
            let before = list.items.iter().take(index.map_or(0, |index| index.saturating_add(1)));
            if before.into_iter().any(Value::is_spread) {
                return opaque(&format!("{}[{}]", value.symbol(), key.symbol()), std::slice::from_ref(value));
            }
            let item = index.filter(|_| !list.set).and_then(|index| list.items.get(index));
            item.cloned().unwrap_or_else(|| Value::invalid(format!("the element {} of a list", key.symbol())))
        }
        (Value::Object(_), key) => match key.as_text() {
            Some(name) => field(value, &name),
            None => Value::invalid("a key that is no text"),
        },
        _ => Value::invalid(format!("an element of {}", value.symbol())),
    }
}

/// Key and value of each element, as `for` sees them; `None` where they are not all known.
pub(crate) fn entries(value: &Value) -> Option<Vec<(Value, Value)>> {
    match value {
        Value::List(list) if list.items.iter().any(Value::is_spread) => None,
        Value::List(list) if list.set => Some(list.items.iter().map(|item| (item.clone(), item.clone())).collect()),
        Value::List(list) => {
            Some(list.items.iter().enumerate().map(|(at, item)| (Value::number(at), item.clone())).collect())
        }
        Value::Object(object) if object.rest.is_none() => {
            Some(object.fields.iter().map(|(key, value)| (Value::Text(Rc::clone(key)), value.clone())).collect())
        }
        _ => None,
    }
}

/// What a result of these operands is when it is not known: refused if one of them is, open otherwise; not read if
/// nothing in it is open.
pub(crate) fn opaque(symbol: &str, operands: &[Value]) -> Value {
    if let Some(refused) = operands.iter().find(|operand| matches!(operand, Value::Invalid(_))) {
        return refused.clone();
    }
    let open: Vec<&Rc<Open>> = operands
        .iter()
        .filter_map(|operand| match operand {
            Value::Open(open) => Some(open),
            _ => None,
        })
        .collect();
    let inside = operands.iter().any(|operand| has_open(operand, 4));
    let unread = open.iter().any(|open| open.unread || open.is_derived()) || !inside;
    Open { unread, ..Open::new(symbol) }.value()
}

fn has_open(value: &Value, depth: usize) -> bool {
    match value {
        Value::Open(_) => true,
        Value::List(list) if depth > 0 => list.items.iter().any(|item| has_open(item, depth - 1)),
        Value::Object(object) if depth > 0 => {
            object.rest.is_some() || object.fields.values().any(|field| has_open(field, depth - 1))
        }
        _ => false,
    }
}
