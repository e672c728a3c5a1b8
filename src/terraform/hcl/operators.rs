//! Operators: arithmetic, comparison, equality, logic.

use std::rc::Rc;

use rust_decimal::Decimal;

use super::eval::Evaluator;
use super::parts::opaque;
use super::scope::Scope;
use super::syntax::{Node, Operator};
use super::types::Type;
use super::value::{Literal, Open, Value};

/// What two operands come to.
pub(crate) fn binary(
    evaluator: &mut Evaluator<'_>,
    scope: &Rc<Scope>,
    operator: Operator,
    left: &Node,
    right: &Node,
) -> Value {
    let left = evaluator.eval(scope, left);
    if matches!(operator, Operator::And | Operator::Or) {
        let settles = operator == Operator::Or;
        return match evaluator.decide(&left) {
            Some(left) if left == settles => Value::Bool(settles),
            Some(_) => {
                let right = evaluator.eval(scope, right);
                match evaluator.decide(&right) {
                    Some(right) => Value::Bool(right),
                    None => opaque(&right.symbol(), &[right]),
                }
            }
            None => opaque(&left.symbol(), &[left]),
        };
    }
    let right = evaluator.eval(scope, right);
    if let Some(refused) = [&left, &right].into_iter().find(|side| matches!(side, Value::Invalid(_))) {
        return refused.clone();
    }
    if matches!(operator, Operator::Equal | Operator::NotEqual) {
        return match equal(evaluator, &left, &right) {
            Some(equal) => Value::Bool(equal == (operator == Operator::Equal)),
            None => opaque(&format!("{} {} {}", left.symbol(), operator.as_str(), right.symbol()), &[left, right]),
        };
    }
    let (left, right) = (evaluator.settle(left), evaluator.settle(right));
    if is_comparison(operator) {
        let compared = match (&left, &right) {
            (Value::Open(open), known) => {
                known.as_number().and_then(|number| evaluator.choices.compares(open, operator, number))
            }
            (known, Value::Open(open)) => {
                known.as_number().and_then(|number| evaluator.choices.compares(open, turned(operator), number))
            }
            (a, b) => a.as_number().zip(b.as_number()).map(|(a, b)| compare(operator, a, b)),
        };
        if let Some(compared) = compared {
            return Value::Bool(compared);
        }
    } else if let Some(number) = left.as_number().zip(right.as_number()).and_then(|(a, b)| arithmetic(operator, a, b)) {
        return Value::Number(number);
    }
    let symbol = format!("{} {} {}", left.symbol(), operator.as_str(), right.symbol());
    match opaque(&symbol, &[left, right]) {
        Value::Open(open) => {
            let of = if is_comparison(operator) { Type::Bool } else { Type::Number };
            Open { of, ..(*open).clone() }.value()
        }
        other => other,
    }
}

/// Whether two values are equal, chosen where nothing decides it.
pub(crate) fn equal(evaluator: &mut Evaluator<'_>, a: &Value, b: &Value) -> Option<bool> {
    let (a, b) = (evaluator.force(a.clone()), evaluator.force(b.clone()));
    match (&a, &b) {
        (Value::Open(open), Value::Open(other)) if open.symbol == other.symbol => return Some(true),
        (Value::Open(open), known) | (known, Value::Open(open)) => {
            if let Some(literal) = known.literal() {
                // A default that is compared is looked at both ways; anything else that can be one of few is that one.
                if open.domain.is_some() && open.default.is_none() {
                    let settled = evaluator.settle(Value::Open(Rc::clone(open)));
                    if let Some(settled) = settled.literal() {
                        return Some(settled == literal);
                    }
                }
                return evaluator.choices.equals(open, &converted(literal, &open.of));
            }
        }
        _ => {}
    }
    if let (Some(a), Some(b)) = (a.literal(), b.literal()) {
        return Some(a == b);
    }
    let (a, b) = (evaluator.settle_all(a), evaluator.settle_all(b));
    if let (Some(a), Some(b)) = (a.literal(), b.literal()) {
        return Some(a == b);
    }
    let same = same(&a, &b);
    if same.is_some() {
        return same;
    }
    let unread = a.is_unread() || b.is_unread();
    let (a, b) = (a.symbol(), b.symbol());
    let text = if a <= b { format!("{a} == {b}") } else { format!("{b} == {a}") };
    evaluator.choices.boolean(&Open { unread, ..Open::new(text) })
}

/// Whether two settled values are the same; `None` where something in them is open.
fn same(a: &Value, b: &Value) -> Option<bool> {
    let all = |mut pairs: Vec<Option<bool>>| {
        pairs.sort_unstable();
        // What differs decides, whatever else is open.
        if pairs.contains(&Some(false)) { Some(false) } else { pairs.first().copied().unwrap_or(Some(true)) }
    };
    match (a, b) {
        (Value::Open(a), Value::Open(b)) if a.symbol == b.symbol => Some(true),
        (Value::Open(_) | Value::Lazy(_) | Value::Invalid(_), _)
        | (_, Value::Open(_) | Value::Lazy(_) | Value::Invalid(_)) => None,
        (Value::List(a), Value::List(b)) => {
            if a.items.iter().chain(&b.items).any(Value::is_spread) {
                return None;
            }
            let length = a.items.len() == b.items.len();
            if length { all(a.items.iter().zip(&b.items).map(|(a, b)| same(a, b)).collect()) } else { Some(false) }
        }
        (Value::Object(a), Value::Object(b)) => {
            if a.rest.is_some() || b.rest.is_some() {
                return None;
            }
            let keys = a.fields.keys().eq(b.fields.keys());
            let pairs = a.fields.values().zip(b.fields.values());
            if keys { all(pairs.map(|(a, b)| same(a, b)).collect()) } else { Some(false) }
        }
        (a, b) => Some(a.literal().is_some() && a.literal() == b.literal()),
    }
}

/// A literal as the type of what it is compared with has it.
fn converted(literal: Literal, of: &Type) -> Literal {
    match (of, &literal) {
        (Type::Bool, Literal::Text(text)) => match &**text {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            _ => literal,
        },
        _ => literal,
    }
}

/// Whether an operator compares.
fn is_comparison(operator: Operator) -> bool {
    matches!(operator, Operator::Less | Operator::AtMost | Operator::Greater | Operator::AtLeast)
}

fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::AtMost => Operator::AtLeast,
        Operator::Greater => Operator::Less,
        Operator::AtLeast => Operator::AtMost,
        other => other,
    }
}

fn compare(operator: Operator, a: Decimal, b: Decimal) -> bool {
    match operator {
        Operator::Less => a < b,
        Operator::AtMost => a <= b,
        Operator::Greater => a > b,
        _ => a >= b,
    }
}

fn arithmetic(operator: Operator, a: Decimal, b: Decimal) -> Option<Decimal> {
    match operator {
        Operator::Plus => a.checked_add(b),
        Operator::Minus => a.checked_sub(b),
        Operator::Times => a.checked_mul(b),
        Operator::Over => a.checked_div(b),
        Operator::Modulo => a.checked_rem(b),
        _ => None,
    }
}
