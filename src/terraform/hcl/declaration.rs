//! Declared variables: default, type, and the values that their validation allows.

use std::rc::Rc;

use super::source::{At, Block};
use super::syntax::{Kind, Node, Operator, Step};
use super::types::Type;
use super::value::Literal;

#[derive(Debug)]
pub(crate) struct Variable {
    /// Its default; `None` where a value is required.
    pub(crate) default: Option<Node>,
    pub(crate) of: Type,
    /// `null` is a value of it.
    pub(crate) nullable: bool,
    /// The only values that its validation allows, if it lists them.
    pub(crate) domain: Option<Rc<[Literal]>>,
    /// Where it is declared.
    pub(crate) at: Option<At>,
}

impl Default for Variable {
    fn default() -> Self {
        Self { default: None, of: Type::Any, nullable: true, domain: None, at: None }
    }
}

impl Variable {
    /// What a `variable` block declares.
    pub(super) fn of(name: &str, block: &Block) -> Self {
        let domain = block.body.blocks("validation").find_map(|rule| allowed(name, rule.body.expr("condition")?));
        Self {
            default: block.body.expr("default").cloned(),
            of: block.body.expr("type").map(|of| Type::parse(of)).unwrap_or_default(),
            nullable: !block.body.expr("nullable").is_some_and(|nullable| matches!(nullable.kind, Kind::Bool(false))),
            domain: domain.map(Rc::from),
            at: Some(block.at.clone()),
        }
    }
}

/// The values that `validation` blocks allow: `contains([…], var.x)` and `var.x == "a" || var.x == "b"`.
fn allowed(name: &str, condition: &Node) -> Option<Vec<Literal>> {
    let is_own = |node: &Node| match &node.kind {
        Kind::Steps(base, steps) => {
            matches!(&base.kind, Kind::Name(base) if &**base == "var")
                && matches!(steps.as_slice(), [Step::Attribute(own)] if &**own == name)
        }
        _ => false,
    };
    let literal = |node: &Node| match &node.kind {
        Kind::Text(text) => Some(Literal::Text(Rc::clone(text))),
        Kind::Number(Some(number)) => Some(Literal::Number(number.normalize())),
        Kind::Bool(value) => Some(Literal::Bool(*value)),
        Kind::Null => Some(Literal::Null),
        _ => None,
    };
    match &condition.kind {
        Kind::Call(call) if &*call.name == "contains" => match call.arguments.as_slice() {
            [list, own] if is_own(own) => match &list.kind {
                Kind::List(items) => items.iter().map(literal).collect(),
                Kind::Call(set) if matches!(&*set.name, "toset" | "tolist") => {
                    let Kind::List(items) = &set.arguments.first()?.kind else { return None };
                    items.iter().map(literal).collect()
                }
                _ => None,
            },
            _ => None,
        },
        Kind::Binary(Operator::Or, left, right) => {
            let mut values = allowed(name, left)?;
            values.extend(allowed(name, right)?);
            Some(values)
        }
        Kind::Binary(Operator::Equal, left, right) => match (is_own(left), is_own(right)) {
            (true, _) => Some(vec![literal(right)?]),
            (_, true) => Some(vec![literal(left)?]),
            _ => None,
        },
        _ => None,
    }
}
