//! The values of variables: what files or the caller give, else their defaults, converted to their types.

use std::rc::Rc;

use super::declaration::Variable;
use super::eval::{Evaluator, Slot};
use super::given::Mode;
use super::scope::{Frame, Scope};
use super::source::At;
use super::types::Type;
use super::value::{Open, Value};

/// A variable of a module.
pub(crate) fn value(evaluator: &mut Evaluator<'_>, frame: &Rc<Frame>, name: &Rc<str>) -> Value {
    let module = Rc::clone(&frame.module);
    let declared = module.variables.get(&**name);
    let place = || declared.and_then(|variable| variable.at.clone()).unwrap_or_else(At::nowhere);
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
