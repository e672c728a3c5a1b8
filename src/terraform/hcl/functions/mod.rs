//! The functions that configurations of these resources use. Any other one is open, and said not to be read.

mod collections;
mod files;
mod text;

use std::collections::BTreeSet;
use std::rc::Rc;

use super::choices::length_of;
use super::eval::Evaluator;
use super::operators::equal;
use super::parts::opaque;
use super::references::by_open;
use super::scope::Scope;
use super::syntax::{Call, Node};
use super::types::Type;
use super::value::{Literal, Open, Value};

/// What a call comes to.
pub(crate) fn call(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, call: &Call) -> Value {
    match &*call.name {
        "try" => return attempt(evaluator, scope, &call.arguments),
        "can" => {
            evaluator.tolerant += 1;
            let value = call.arguments.first().map_or(Value::Null, |expr| evaluator.eval(scope, expr));
            let value = evaluator.settle(value);
            evaluator.tolerant -= 1;
            return match value {
                Value::Invalid(_) => Value::Bool(false),
                Value::Open(open) => open.part(format!("can({})", open.symbol), Type::Bool),
                _ => Value::Bool(true),
            };
        }
        _ => {}
    }
    let mut arguments: Vec<Value> = Vec::new();
    for argument in &call.arguments {
        // Comparing functions must see an open value and not its default.
        let value = evaluator.eval(scope, argument);
        arguments.push(value);
    }
    if call.expands {
        let last = arguments.pop().unwrap_or(Value::Null);
        match evaluator.settle(last) {
            Value::List(known) if !known.items.iter().any(Value::is_spread) => {
                for item in &known.items {
                    arguments.push(evaluator.force(item.clone()));
                }
            }
            last => return opaque(&format!("{}({}...)", call.name, last.symbol()), &[last]),
        }
    }
    if let Some(refused) = arguments.iter().find(|argument| matches!(argument, Value::Invalid(_))) {
        return refused.clone();
    }
    match &*call.name {
        "contains" => return contains(evaluator, &arguments),
        "coalesce" => return coalesce(evaluator, &arguments),
        _ => {}
    }
    let arguments: Vec<Value> = arguments.into_iter().map(|argument| evaluator.settle(argument)).collect();
    shallow(evaluator, scope, &call.name, &arguments).unwrap_or_else(|| deep(evaluator, &call.name, arguments))
}

/// A function that looks at more than the surface of its arguments.
fn deep(evaluator: &mut Evaluator<'_>, name: &str, arguments: Vec<Value>) -> Value {
    let arguments: Vec<Value> = arguments.into_iter().map(|argument| evaluator.settle_all(argument)).collect();
    if let Some(refused) = arguments.iter().find(|argument| matches!(argument, Value::Invalid(_))) {
        return refused.clone();
    }
    if let Some(value) = text::known(evaluator, name, &arguments) {
        return value;
    }
    let symbols: Vec<String> = arguments.iter().map(Value::symbol).collect();
    opaque(&format!("{name}({})", symbols.join(", ")), &arguments)
}

fn attempt(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, arguments: &[Node]) -> Value {
    let mut refused = Value::invalid("try without an argument that can be evaluated");
    for (index, argument) in arguments.iter().enumerate() {
        evaluator.tolerant += 1;
        let value = evaluator.eval(scope, argument);
        let value = evaluator.force(value);
        evaluator.tolerant -= 1;
        match value {
            Value::Invalid(_) => refused = value,
            // It may be missing: then the next one is taken.
            Value::Open(open)
                if matches!(open.of, Type::Any)
                    && open.default.is_none()
                    && index + 1 < arguments.len()
                    && open.symbol.contains(['.', '['])
                    && !is_variable(&open.symbol) =>
            {
                let rest = attempt(evaluator, scope, arguments.get(index + 1..).unwrap_or_default());
                return opaque(&format!("try({}, {})", open.symbol, rest.symbol()), &[Value::Open(open)]);
            }
            value => return value,
        }
    }
    refused
}

/// Whether a symbol is a variable itself and no part of one.
fn is_variable(symbol: &str) -> bool {
    symbol == "terraform.workspace" || symbol.strip_prefix("var.").is_some_and(|name| !name.contains(['.', '[']))
}

fn contains(evaluator: &mut Evaluator<'_>, arguments: &[Value]) -> Value {
    let [list, wanted] = arguments else { return Value::invalid("contains with other than two arguments") };
    let list = evaluator.settle(list.clone());
    let symbol = |wanted: &Value| format!("contains({}, {})", list.symbol(), wanted.symbol());
    let Value::List(items) = &list else {
        let wanted = evaluator.settle(wanted.clone());
        if let (Value::Open(open), Some(text)) = (&list, wanted.as_text())
            && let Some(has) = evaluator.choices.has(open, &text)
        {
            return Value::Bool(has);
        }
        return opaque(&symbol(&wanted), &[list.clone(), wanted]);
    };
    let (spread, items): (Vec<Value>, Vec<Value>) = items.items.iter().cloned().partition(Value::is_spread);
    let items: Vec<Value> = items.into_iter().map(|item| evaluator.force(item)).collect();
    let literals: Option<BTreeSet<Literal>> = items.iter().map(Value::literal).collect();
    let wanted = evaluator.force(wanted.clone());
    if let (Value::Open(open), Some(literals), true) = (&wanted, literals, spread.is_empty())
        && literals.len() > 1
        && open.default.is_none()
    {
        return match evaluator.choices.class(open, &[literals], true) {
            Some(way) => Value::Bool(way == 0),
            None => opaque(&symbol(&wanted), std::slice::from_ref(&wanted)),
        };
    }
    // What is known decides before anything is chosen.
    if let Some(literal) = wanted.literal()
        && items.iter().any(|item| item.literal().is_some_and(|item| item == literal))
    {
        return Value::Bool(true);
    }
    for item in &items {
        match equal(evaluator, item, &wanted) {
            Some(true) => return Value::Bool(true),
            Some(false) => {}
            None => return opaque(&symbol(&wanted), &[item.clone(), wanted]),
        }
    }
    for item in spread {
        let (Value::Open(open), Some(text)) = (&item, wanted.as_text()) else {
            return opaque(&symbol(&wanted), &[item, wanted]);
        };
        match evaluator.choices.has(open, &text) {
            Some(true) => return Value::Bool(true),
            Some(false) => {}
            None => return opaque(&symbol(&wanted), &[item, wanted]),
        }
    }
    Value::Bool(false)
}

fn coalesce(evaluator: &mut Evaluator<'_>, arguments: &[Value]) -> Value {
    for argument in arguments {
        let argument = evaluator.settle(argument.clone());
        match &argument {
            Value::Null => {}
            Value::Text(text) if text.is_empty() => {}
            Value::Open(open) => match evaluator.choices.equals(open, &Literal::Null) {
                Some(true) => {}
                _ => return argument,
            },
            _ => return argument,
        }
    }
    Value::invalid("coalesce without an argument that is set")
}

/// A function that looks at the surface of its arguments only; `None` for any other.
fn shallow(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, name: &str, arguments: &[Value]) -> Option<Value> {
    if let Some(value) = collections::known(evaluator, name, arguments) {
        return Some(value);
    }
    if let Some(value) = files::known(evaluator, scope, name, arguments) {
        return Some(value);
    }
    let one = arguments.first().filter(|_| arguments.len() == 1);
    match (name, one) {
        ("lookup", _) => match arguments {
            [Value::Object(object), Value::Open(key), rest @ ..] if object.rest.is_none() => {
                let entries = object.fields.iter();
                let entries = entries.map(|(key, value)| (Literal::Text(Rc::clone(key)), value.clone())).collect();
                Some(by_open(evaluator, scope, entries, key, &[], rest.first().cloned()))
            }
            [Value::Object(object), key, rest @ ..] if object.rest.is_none() => {
                let found = object.fields.get(&*key.as_text()?).or(rest.first()).cloned();
                let found = found.unwrap_or_else(|| Value::invalid("lookup of a missing key"));
                Some(evaluator.force(found))
            }
            _ => None,
        },
        ("nonsensitive" | "sensitive" | "ephemeralasnull", Some(value)) => Some(value.clone()),
        // The members stay what they are.
        ("toset" | "tolist" | "distinct" | "sort" | "reverse" | "compact" | "tomap", Some(Value::Open(open))) => {
            Some(Value::Open(Rc::clone(open)))
        }
        ("tobool", Some(Value::Open(open))) => Some(Open { of: Type::Bool, ..Open::clone(open) }.value()),
        ("tostring" | "tonumber", Some(Value::Open(open))) => Some(Value::Open(Rc::clone(open))),
        ("length", Some(Value::Open(open))) => Some(length_of(open).value()),
        ("length", Some(Value::List(list))) => {
            let (spread, known): (Vec<&Value>, Vec<&Value>) = list.items.iter().partition(|item| item.is_spread());
            let open = match spread.as_slice() {
                [Value::Open(open)] => length_of(&Open { spread: false, ..Open::clone(open) }),
                _ => length_of(&Open::new(Value::List(Rc::clone(list)).symbol())),
            };
            if known.is_empty() {
                return Some(open.value());
            }
            let open = Open::of(format!("length({})", Value::List(Rc::clone(list)).symbol()), Type::Number);
            evaluator.choices.raise(&open, i64::try_from(known.len()).unwrap_or(i64::MAX));
            Some(open.value())
        }
        ("keys" | "values", Some(Value::Open(open))) => {
            Some(open.part(format!("{name}({})", open.symbol), Type::List(Rc::default())))
        }
        ("alltrue" | "anytrue", Some(Value::List(list))) if !list.items.iter().any(Value::is_spread) => {
            let any = name == "anytrue";
            for item in &list.items {
                match evaluator.decide(item) {
                    Some(value) if value == any => return Some(Value::Bool(any)),
                    Some(_) => {}
                    None => return None,
                }
            }
            Some(Value::Bool(!any))
        }
        _ => None,
    }
}
