//! References: variables, locals, data sources that say who and where we are, and the steps into a value.

use std::rc::Rc;

use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, Traversal, TraversalOperator};

use super::eval::{ACCOUNT_OF, Evaluator, Frame, REGION_OF, Scope, bound};
use super::value::Value;

type Steps = [Decorated<TraversalOperator>];

/// What a reference comes to.
pub(crate) fn traversal(evaluator: &mut Evaluator, scope: Scope<'_>, traversal: &Traversal) -> Value {
    let steps = traversal.operators.as_slice();
    let Expression::Variable(name) = &traversal.expr else {
        let value = evaluator.eval(scope, &traversal.expr);
        return walk(evaluator, scope, value, steps);
    };
    if let Some(value) = bound(scope, name.as_str()) {
        return walk(evaluator, scope, value, steps);
    }
    let frame = scope.frame;
    let (value, rest) = match (name.as_str(), steps) {
        ("var", [first, rest @ ..]) => match attribute(first) {
            Some(variable) => {
                let value = frame.variables.get(variable).cloned();
                (value.unwrap_or_else(|| Value::open(format!("{}var.{variable}", frame.prefix))), rest)
            }
            None => (unknown(frame, "var"), steps),
        },
        ("local", [first, rest @ ..]) => match attribute(first) {
            Some(local) => (evaluator.local(frame, local), rest),
            None => (unknown(frame, "local"), steps),
        },
        ("data", [kind, label, rest @ ..]) => match (attribute(kind), attribute(label)) {
            (Some(kind), Some(label)) => match who_or_where(evaluator, frame, kind, label, rest) {
                Some(value) => return value,
                None => (unknown(frame, &format!("data.{kind}.{label}")), rest),
            },
            _ => (unknown(frame, "data"), steps),
        },
        // One workspace for the whole run, in whatever module it is asked for.
        ("terraform" | "tofu", [first, ..]) if attribute(first) == Some("workspace") => {
            return Value::open("terraform.workspace");
        }
        (other, _) => (unknown(frame, other), steps),
    };
    walk(evaluator, scope, value, rest)
}

fn unknown(frame: &Frame, name: &str) -> Value {
    Value::open(format!("{}{name}", frame.prefix))
}

fn attribute(step: &Decorated<TraversalOperator>) -> Option<&str> {
    match step.value() {
        TraversalOperator::GetAttr(name) => Some(name.as_str()),
        _ => None,
    }
}

/// `data.aws_caller_identity.x.account_id` and `data.aws_region.x.name`: facts about the provider they use.
fn who_or_where(evaluator: &Evaluator, frame: &Frame, kind: &str, label: &str, steps: &Steps) -> Option<Value> {
    // With `count` there is an index in between; all instances answer the same.
    let asked = steps.iter().find_map(attribute)?;
    let prefix = match (kind, asked) {
        ("aws_caller_identity", "account_id" | "id") => ACCOUNT_OF,
        ("aws_region", "name" | "region" | "id") => REGION_OF,
        _ => return None,
    };
    let declared = frame.module.data.get(&(kind.to_owned(), label.to_owned()))?;
    let provider = frame.providers.get(declared.as_deref().unwrap_or("aws"))?;
    let facts = evaluator.facts.get(provider);
    let known =
        facts.and_then(|facts| if prefix == ACCOUNT_OF { facts.account.as_ref() } else { facts.region.as_ref() });
    Some(known.map_or_else(|| Value::open(format!("{prefix}{}", provider.name)), Value::text))
}

/// Steps into a value.
fn walk(evaluator: &mut Evaluator, scope: Scope<'_>, mut value: Value, steps: &Steps) -> Value {
    for (index, step) in steps.iter().enumerate() {
        let settled = evaluator.settle(value);
        value = match step.value() {
            TraversalOperator::GetAttr(name) => field(&settled, name.as_str()),
            TraversalOperator::LegacyIndex(number) => {
                element(&settled, &i64::try_from(*number.value()).map_or(Value::Null, Value::Number))
            }
            TraversalOperator::Index(expr) => {
                let key = evaluator.eval(scope, expr);
                let key = evaluator.settle(key);
                element(&settled, &key)
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => {
                let rest = steps.get(index + 1..).unwrap_or_default();
                return splat(evaluator, scope, settled, rest);
            }
        };
    }
    value
}

fn splat(evaluator: &mut Evaluator, scope: Scope<'_>, value: Value, rest: &Steps) -> Value {
    match value {
        Value::Null => Value::list(Vec::new()),
        Value::List(list) => {
            let items = list.content.iter().map(|item| walk(evaluator, scope, item.clone(), rest)).collect();
            Value::list(items)
        }
        Value::Open(open) => {
            let each = Value::open(format!("{}[*]", open.symbol));
            walk(evaluator, scope, each, rest)
        }
        // The splat of a single value is a list of it.
        single => Value::list(vec![walk(evaluator, scope, single, rest)]),
    }
}

fn field(value: &Value, name: &str) -> Value {
    match value {
        Value::Object(object) => match object.content.get(name) {
            Some(value) => value.clone(),
            // A typed object may have a default here, an untyped one ends in an error.
            None => Value::open(format!("{}.{name}", value.symbol())),
        },
        other => Value::open(format!("{}.{name}", other.symbol())),
    }
}

fn element(value: &Value, key: &Value) -> Value {
    let found = match (value, key) {
        (Value::List(list), Value::Number(index)) => {
            usize::try_from(*index).ok().and_then(|index| list.content.get(index)).cloned()
        }
        (Value::Object(object), key) => key.as_text().and_then(|key| object.content.get(&key).cloned()),
        _ => None,
    };
    found.unwrap_or_else(|| Value::open(format!("{}[{}]", value.symbol(), key.symbol())))
}

/// Keeps the name of an open value short where it is passed on: an input stays the variable it came from.
pub(crate) fn with_default(symbol: &str, default: Value) -> Value {
    match Value::open(symbol) {
        Value::Open(open) => Value::Open(super::value::Open { symbol: open.symbol, default: Some(Rc::new(default)) }),
        other => other,
    }
}
