//! Functions of lists, sets and maps, which leave their elements as they are.

use std::collections::BTreeMap;
use std::rc::Rc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::super::choices::length_of;
use super::super::eval::Evaluator;
use super::super::operators::equal;
use super::super::value::{List, MAX_ELEMENTS, Open, Value};

/// The result, where the arguments decide it.
pub(super) fn known(evaluator: &mut Evaluator<'_>, name: &str, arguments: &[Value]) -> Option<Value> {
    let one = || arguments.first().filter(|_| arguments.len() == 1);
    match name {
        "toset" => {
            let items = list(one()?)?.items.clone();
            Some(evaluator.set(items))
        }
        "distinct" => {
            let items = list(one()?)?.items.clone();
            Some(distinct(evaluator, items))
        }
        "tolist" => {
            let items = list(one()?)?.items.clone();
            Some(evaluator.list(items))
        }
        "tomap" => one().filter(|value| matches!(value, Value::Object(_))).cloned(),
        "keys" => {
            let keys = object(one()?)?.keys().map(|key| Value::Text(Rc::clone(key))).collect();
            Some(evaluator.list(keys))
        }
        "values" => {
            let values = object(one()?)?.values().cloned().collect();
            Some(evaluator.list(values))
        }
        "length" => match one()? {
            Value::List(list) if list.items.iter().any(Value::is_spread) => None,
            Value::List(list) => Some(Value::number(list.items.len())),
            Value::Object(object) if object.rest.is_none() => Some(Value::number(object.fields.len())),
            Value::Text(text) => Some(Value::number(text.chars().count())),
            _ => None,
        },
        "concat" | "setunion" => concat(evaluator, arguments, name == "setunion"),
        "flatten" => {
            let mut flat = Vec::new();
            flatten(evaluator, one()?, &mut flat, 0)?;
            Some(evaluator.list(flat))
        }
        "compact" => {
            let items = list(one()?)?.items.clone();
            let mut kept = Vec::new();
            for item in items {
                let item = evaluator.settle(item);
                let empty = matches!(&item, Value::Null) || matches!(&item, Value::Text(text) if text.is_empty());
                if !empty {
                    kept.push(item);
                }
            }
            Some(evaluator.list(kept))
        }
        _ => picked(evaluator, name, arguments),
    }
}

/// Functions that pick elements or put collections together.
fn picked(evaluator: &mut Evaluator<'_>, name: &str, arguments: &[Value]) -> Option<Value> {
    let one = || arguments.first().filter(|_| arguments.len() == 1);
    match name {
        "merge" => merge(evaluator, arguments),
        "zipmap" => {
            let [keys, values] = arguments else { return None };
            let (keys, values) = (whole(keys)?, whole(values)?);
            let mut fields = BTreeMap::new();
            for (key, value) in keys.items.iter().zip(&values.items) {
                let key = evaluator.settle(key.clone());
                fields.insert(key.as_text()?, value.clone());
            }
            Some(evaluator.object(fields, None))
        }
        "element" => {
            let [items, Value::Number(index)] = arguments else { return None };
            let items = whole(items)?;
            let length = i64::try_from(items.items.len()).ok()?;
            if length == 0 {
                return Some(Value::invalid("element of an empty list"));
            }
            let index = usize::try_from(index.to_i64()?.rem_euclid(length)).ok()?;
            let item = items.items.get(index)?.clone();
            Some(evaluator.force(item))
        }
        "slice" => {
            let [items, Value::Number(from), Value::Number(to)] = arguments else { return None };
            let items = whole(items)?.items.get(from.to_usize()?..to.to_usize()?)?.to_vec();
            Some(evaluator.list(items))
        }
        "one" => {
            let items = whole(one()?)?;
            match items.items.as_slice() {
                [] => Some(Value::Null),
                [single] => {
                    let single = single.clone();
                    Some(evaluator.force(single))
                }
                _ => Some(Value::invalid("one of several")),
            }
        }
        "reverse" => {
            let mut items = list(one()?)?.items.clone();
            items.reverse();
            Some(evaluator.list(items))
        }
        "coalescelist" => {
            for argument in arguments {
                match argument {
                    Value::Null => {}
                    Value::List(list) if list.items.is_empty() => {}
                    Value::Open(open) => match evaluator.choices.at_least(&length_of(open), 1) {
                        Some(false) => {}
                        _ => return Some(argument.clone()),
                    },
                    _ => return Some(argument.clone()),
                }
            }
            Some(Value::invalid("coalescelist without a list that has elements"))
        }
        "setsubtract" | "setintersection" => sets(evaluator, name == "setintersection", arguments),
        "range" => {
            let numbers: Option<Vec<i64>> = arguments.iter().map(|number| number.as_number()?.to_i64()).collect();
            let (from, to, step) = match *numbers?.as_slice() {
                [to] => (0, to, if to < 0 { -1 } else { 1 }),
                [from, to] => (from, to, if to < from { -1 } else { 1 }),
                [from, to, step] if step != 0 => (from, to, step),
                _ => return None,
            };
            let mut items = Vec::new();
            let mut at = from;
            while (step > 0 && at < to) || (step < 0 && at > to) {
                if items.len() >= MAX_ELEMENTS / 10 {
                    return Some(Value::too_large());
                }
                items.push(Value::Number(Decimal::from(at)));
                at = at.checked_add(step)?;
            }
            Some(evaluator.list(items))
        }
        _ => None,
    }
}

fn list(value: &Value) -> Option<&List> {
    match value {
        Value::List(list) => Some(list),
        _ => None,
    }
}

/// A list of which every element is known.
fn whole(value: &Value) -> Option<&List> {
    list(value).filter(|list| !list.items.iter().any(Value::is_spread))
}

fn object(value: &Value) -> Option<&BTreeMap<Rc<str>, Value>> {
    match value {
        Value::Object(object) if object.rest.is_none() => Some(&object.fields),
        _ => None,
    }
}

/// What is open, as part of a list that is known otherwise.
fn spread(open: &Rc<Open>) -> Value {
    Open { spread: true, ..Open::clone(open) }.value()
}

fn distinct(evaluator: &mut Evaluator<'_>, items: Vec<Value>) -> Value {
    let mut seen = std::collections::BTreeSet::new();
    let mut kept = Vec::new();
    for item in items {
        let item = evaluator.settle_all(item);
        if seen.insert(item.literal().ok_or_else(|| item.symbol())) {
            kept.push(item);
        }
    }
    evaluator.list(kept)
}

fn concat(evaluator: &mut Evaluator<'_>, arguments: &[Value], set: bool) -> Option<Value> {
    let mut items = Vec::new();
    for argument in arguments {
        match argument {
            Value::List(list) => {
                evaluator.charge(list.items.len(), 0);
                if items.len() + list.items.len() > MAX_ELEMENTS || evaluator.fuel == 0 {
                    return Some(Value::too_large());
                }
                items.extend(list.items.iter().cloned());
            }
            Value::Open(open) => items.push(spread(open)),
            _ => return None,
        }
    }
    Some(if set { evaluator.set(items) } else { evaluator.list(items) })
}

fn flatten(evaluator: &mut Evaluator<'_>, value: &Value, flat: &mut Vec<Value>, depth: usize) -> Option<()> {
    let Value::List(list) = value else { return None };
    for item in &list.items {
        if flat.len() > MAX_ELEMENTS || evaluator.fuel == 0 || depth > 100 {
            return None;
        }
        evaluator.charge(1, 0);
        let item = evaluator.settle(item.clone());
        match &item {
            Value::List(_) => flatten(evaluator, &item, flat, depth + 1)?,
            // It may be a list of any length.
            Value::Open(open) => flat.push(spread(open)),
            _ => flat.push(item),
        }
    }
    Some(())
}

fn merge(evaluator: &mut Evaluator<'_>, arguments: &[Value]) -> Option<Value> {
    let mut merged = BTreeMap::new();
    let mut rest: Option<Rc<str>> = None;
    for argument in arguments {
        match argument {
            Value::Object(object) => {
                let bytes = object.fields.keys().map(|key| key.len().min(64)).sum();
                evaluator.charge(object.fields.len() * 2, bytes);
                if evaluator.fuel == 0 || merged.len() + object.fields.len() > 2 * MAX_ELEMENTS {
                    return Some(Value::too_large());
                }
                if object.rest.is_some() {
                    merged.clear();
                    rest.clone_from(&object.rest);
                }
                merged.extend(object.fields.iter().map(|(key, value)| (Rc::clone(key), value.clone())));
            }
            // What is open replaces what came before it; what comes after is certain.
            Value::Open(open) if !open.unread => {
                merged.clear();
                let before = rest.take().map_or_else(String::new, |rest| format!("{rest}, "));
                rest = Some(if before.is_empty() {
                    Rc::clone(&open.symbol)
                } else {
                    Rc::from(format!("merge({before}{})", open.symbol))
                });
            }
            Value::Null => {}
            _ => return None,
        }
    }
    Some(evaluator.object(merged, rest))
}

fn sets(evaluator: &mut Evaluator<'_>, intersection: bool, arguments: &[Value]) -> Option<Value> {
    let [first, second] = arguments else { return None };
    let items = whole(first)?.items.clone();
    let mut kept = Vec::new();
    for item in items {
        let item = evaluator.settle(item);
        let inside = match second {
            Value::List(list) => {
                let mut found = false;
                for other in list.items.clone() {
                    found = match &other {
                        Value::Open(open) if open.spread => evaluator.choices.has(open, &item.as_text()?)?,
                        _ => equal(evaluator, &item, &other)?,
                    };
                    if found {
                        break;
                    }
                }
                found
            }
            Value::Open(open) => evaluator.choices.has(open, &item.as_text()?)?,
            _ => return None,
        };
        if inside == intersection {
            kept.push(item);
        }
    }
    Some(evaluator.set(kept))
}
