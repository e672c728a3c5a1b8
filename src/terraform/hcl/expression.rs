//! Every kind of expression, by the file that evaluates it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::eval::Evaluator;
use super::parts::opaque;
use super::scope::Scope;
use super::syntax::{Expr, Kind, Node};
use super::types::Type;
use super::value::Value;
use super::{functions, operators, references};

/// What an expression comes to, by its kind.
pub(crate) fn evaluate(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, expr: &Expr) -> Value {
    match &expr.kind {
        Kind::Null => Value::Null,
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Number(number) => number.map_or_else(|| Value::unread("a number too large"), Value::Number),
        Kind::Text(text) => Value::Text(Rc::clone(text)),
        Kind::Template(parts) => evaluator.template(scope, parts),
        Kind::List(items) => {
            let items = items.iter().map(|item| evaluator.later(scope, item)).collect();
            evaluator.list(items)
        }
        Kind::Object(fields) => object_of(evaluator, scope, fields),
        Kind::For(parsed) => evaluator.for_expression(scope, parsed, expr.offset),
        Kind::Name(name) => match scope.bound(name) {
            Some(value) => {
                let value = value.clone();
                evaluator.force(value)
            }
            None => references::name(evaluator, scope, name, &[]),
        },
        Kind::Steps(base, steps) => references::steps(evaluator, scope, base, steps),
        Kind::Call(call) => functions::call(evaluator, scope, call),
        Kind::Not(inner) => {
            let value = evaluator.eval(scope, inner);
            match evaluator.decide(&value) {
                Some(value) => Value::Bool(!value),
                None => opaque(&format!("!{}", value.symbol()), &[value]),
            }
        }
        Kind::Negate(inner) => {
            let value = evaluator.eval(scope, inner);
            match evaluator.settle(value) {
                Value::Open(open) => open.part(format!("-{}", open.symbol), Type::Number),
                value => value.as_number().map_or_else(|| Value::invalid("no number"), |number| Value::Number(-number)),
            }
        }
        Kind::Binary(operator, left, right) => operators::binary(evaluator, scope, *operator, left, right),
        Kind::Conditional(condition, yes, no) => {
            let condition = evaluator.eval(scope, condition);
            match evaluator.decide(&condition) {
                Some(true) => evaluator.eval(scope, yes),
                Some(false) => evaluator.eval(scope, no),
                None => Value::unread(format!("a choice by {}", condition.symbol())),
            }
        }
    }
}

fn object_of(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, fields: &[(Node, Node)]) -> Value {
    let mut content = BTreeMap::new();
    for (key, value) in fields {
        let key = evaluator.eval(scope, key);
        let key = evaluator.settle(key);
        let Some(key) = key.as_text() else {
            // A key that is not known could be any: then nothing is known about the whole object.
            return opaque(&format!("an object with the key {}", key.symbol()), &[key]);
        };
        evaluator.charge(1, key.len());
        let value = evaluator.later(scope, value);
        content.insert(key, value);
    }
    evaluator.object(content, None)
}
