//! Values: known, not evaluated yet, left open by the configuration, or refused by Terraform.

use std::collections::BTreeMap;
use std::rc::Rc;

use rust_decimal::Decimal;

use super::source::At;
use super::types::Type;

/// The longest symbol that is kept as it is; a longer one is cut and told apart by its fingerprint.
const MAX_SYMBOL: usize = 300;

/// How deep lists, objects and what their parts refer to may nest: everything that walks a value recurses.
const MAX_DEPTH: u16 = 400;

/// How many elements a list or object may have.
pub(crate) const MAX_ELEMENTS: usize = 100_000;

/// The longest text that is kept, in bytes: no name, filter or ARN comes near it, and templates can double.
const MAX_TEXT: usize = 65_536;

/// How the symbol of what a `for` makes of an open collection begins.
pub(crate) const DERIVED: &str = "a list over ";

/// What an expression comes to.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// `null`, and what is not set.
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Rc<str>),
    /// A list, tuple or set, in order.
    List(Rc<List>),
    /// A map or object.
    Object(Rc<Object>),
    /// Not evaluated yet: what nobody asks for costs nothing and decides nothing.
    Lazy(Thunk),
    /// Not decided by the configuration.
    Open(Rc<Open>),
    /// Terraform refuses it, for this reason; `try` passes over it.
    Invalid(Rc<str>),
}

/// A list, tuple or set.
#[derive(Debug)]
pub(crate) struct List {
    /// Its elements. One that is [open and spread](Open::spread) stands for any number of them.
    pub(crate) items: Vec<Value>,
    /// It is a set: the key of an element is the element.
    pub(crate) set: bool,
    depth: u16,
}

/// A map or object.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) fields: BTreeMap<Rc<str>, Value>,
    /// It has others, which are known after apply only; the symbol that they begin with.
    pub(crate) rest: Option<Rc<str>>,
    depth: u16,
}

/// Work that waits to be asked for; what it is, the evaluator knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thunk {
    /// Unique within a picture: what it came to is kept under it.
    pub(crate) id: usize,
    depth: u16,
}

/// A value that the configuration does not decide.
///
/// Two open values with the same symbol are the same value: the symbol is the expression in canonical form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Open {
    /// The expression, e.g. `var.enable_scanning`.
    pub(crate) symbol: Rc<str>,
    /// Its type, where it has one.
    pub(crate) of: Type,
    /// The only values it can have, where its declaration says so.
    pub(crate) domain: Option<Rc<[Literal]>>,
    /// What it is unless somebody overrides it.
    pub(crate) default: Option<Value>,
    /// The configuration may decide it; this program could not follow.
    pub(crate) unread: bool,
    /// As an element of a list it stands for any number of elements.
    pub(crate) spread: bool,
    /// Where it is declared.
    pub(crate) at: Option<At>,
}

/// A value without parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Literal {
    /// `null`.
    Null,
    Bool(bool),
    Number(Decimal),
    Text(Rc<str>),
}

impl Literal {
    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(*number),
            Self::Text(text) => Value::Text(Rc::clone(text)),
        }
    }

    /// As it is written.
    pub(crate) fn written(&self) -> String {
        self.value().symbol()
    }
}

impl Open {
    pub(crate) fn new(symbol: impl AsRef<str>) -> Self {
        let symbol = symbol.as_ref();
        let symbol: Rc<str> = if symbol.len() > MAX_SYMBOL {
            let cut = (0..=MAX_SYMBOL).rev().find(|at| symbol.is_char_boundary(*at)).unwrap_or(0);
            Rc::from(format!("{}… ({})", &symbol[..cut], crate::rules::fingerprint(symbol, "", "", "")))
        } else {
            Rc::from(symbol)
        };
        Self { symbol, ..Self::default() }
    }

    /// The same, of a type.
    pub(crate) fn of(symbol: impl AsRef<str>, of: Type) -> Self {
        Self { of, ..Self::new(symbol) }
    }

    /// Whether it was made of another open value in a way that is not followed: what is assumed about the one may
    /// contradict what is assumed about the other.
    pub(crate) fn is_derived(&self) -> bool {
        self.symbol.starts_with(DERIVED)
    }

    /// A part of it, under a symbol of its own.
    pub(crate) fn part(&self, symbol: impl AsRef<str>, of: Type) -> Value {
        Self { unread: self.unread, at: self.at.clone(), ..Self::of(symbol, of) }.value()
    }

    pub(crate) fn value(self) -> Value {
        Value::Open(Rc::new(self))
    }
}

impl Value {
    /// Text; open where it is too long.
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        if text.len() > MAX_TEXT { Self::too_large() } else { Self::Text(Rc::from(text)) }
    }

    /// Work to be done when asked for; a value that says so where it refers through too many others.
    pub(crate) fn lazy(id: usize, depth: u16) -> Self {
        if depth >= MAX_DEPTH { Self::too_large() } else { Self::Lazy(Thunk { id, depth: depth + 1 }) }
    }

    pub(crate) fn number(number: usize) -> Self {
        Self::Number(Decimal::from(number))
    }

    /// A list; open where it would be too deep or too large.
    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::sequence(items, false)
    }

    /// A list or set of elements that are in order and distinct already.
    pub(crate) fn sequence(items: Vec<Self>, set: bool) -> Self {
        match nested(items.iter(), items.len()) {
            Some(depth) => Self::List(Rc::new(List { items, set, depth })),
            None => Self::too_large(),
        }
    }

    /// An object; open where it would be too deep or too large.
    pub(crate) fn object(fields: BTreeMap<Rc<str>, Self>, rest: Option<Rc<str>>) -> Self {
        match nested(fields.values(), fields.len()) {
            Some(depth) => Self::Object(Rc::new(Object { fields, rest, depth })),
            None => Self::too_large(),
        }
    }

    /// An object with two fields, as `each` and the iterators of dynamic blocks are.
    pub(crate) fn pair(key: Self, value: Self) -> Self {
        Self::object([("key".into(), key), ("value".into(), value)].into(), None)
    }

    /// A value that nothing decides.
    pub(crate) fn open(symbol: impl AsRef<str>) -> Self {
        Open::new(symbol).value()
    }

    /// A value that this program could not follow.
    pub(crate) fn unread(symbol: impl AsRef<str>) -> Self {
        Open { unread: true, ..Open::new(symbol) }.value()
    }

    pub(crate) fn invalid(reason: impl AsRef<str>) -> Self {
        Self::Invalid(Rc::from(reason.as_ref()))
    }

    /// What is too large to be looked at.
    pub(crate) fn too_large() -> Self {
        Self::unread("a value that is too large or nests too deep")
    }

    /// How deep it nests.
    pub(crate) fn depth(&self) -> u16 {
        match self {
            Self::List(list) => list.depth,
            Self::Object(object) => object.depth,
            Self::Lazy(thunk) => thunk.depth,
            Self::Open(open) => open.default.as_ref().map_or(0, Self::depth),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) | Self::Invalid(_) => 0,
        }
    }

    pub(crate) fn literal(&self) -> Option<Literal> {
        match self {
            Self::Null => Some(Literal::Null),
            Self::Bool(value) => Some(Literal::Bool(*value)),
            Self::Number(number) => Some(Literal::Number(number.normalize())),
            Self::Text(text) => Some(Literal::Text(Rc::clone(text))),
            _ => None,
        }
    }

    /// The text, converting what Terraform converts on its own.
    pub(crate) fn as_text(&self) -> Option<Rc<str>> {
        match self {
            Self::Text(text) => Some(Rc::clone(text)),
            Self::Bool(value) => Some(Rc::from(if *value { "true" } else { "false" })),
            Self::Number(number) => Some(Rc::from(number.normalize().to_string())),
            _ => None,
        }
    }

    /// The number, converting what Terraform converts on its own.
    pub(crate) fn as_number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The boolean, converting what Terraform converts on its own.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Text(text) if &**text == "true" => Some(true),
            Self::Text(text) if &**text == "false" => Some(false),
            _ => None,
        }
    }

    /// Whether it stands for any number of elements.
    pub(crate) fn is_spread(&self) -> bool {
        matches!(self, Self::Open(open) if open.spread)
    }

    /// Whether this program could not follow it, or Terraform refuses it.
    pub(crate) fn is_unread(&self) -> bool {
        match self {
            Self::Open(open) => open.unread,
            Self::Invalid(_) => true,
            _ => false,
        }
    }

    /// The canonical form of what has been evaluated.
    pub(crate) fn symbol(&self) -> String {
        let mut out = String::new();
        self.write_symbol(&mut out);
        out
    }

    fn write_symbol(&self, out: &mut String) {
        // Nobody reads more than this, and Open::new cuts it.
        if out.len() > 4 * MAX_SYMBOL {
            return;
        }
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&number.normalize().to_string()),
            Self::Text(text) => {
                out.push('"');
                out.extend(text.chars().take(4 * MAX_SYMBOL).flat_map(char::escape_debug));
                out.push('"');
            }
            Self::List(list) => {
                out.push('[');
                for (index, item) in list.items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    item.write_symbol(out);
                }
                out.push(']');
            }
            Self::Object(object) => {
                out.push('{');
                for (index, (key, value)) in object.fields.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    out.extend(key.escape_debug());
                    out.push_str(" = ");
                    value.write_symbol(out);
                }
                out.push('}');
            }
            Self::Open(open) => out.push_str(&open.symbol),
            Self::Lazy(_) => out.push('…'),
            Self::Invalid(reason) => out.push_str(reason),
        }
    }
}

/// The depth of a collection, or `None` where it passes its limits.
fn nested<'v>(parts: impl Iterator<Item = &'v Value>, count: usize) -> Option<u16> {
    let depth = parts.map(Value::depth).max().unwrap_or(0);
    (depth < MAX_DEPTH && count <= MAX_ELEMENTS).then_some(depth + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_nests_only_so_deep() {
        let mut value = Value::Null;
        for _ in 0..100_000 {
            value = Value::list(vec![value]);
        }
        assert!(value.depth() <= MAX_DEPTH);
    }

    #[test]
    fn long_symbols_stay_apart() {
        let long = "x".repeat(1000);
        assert_eq!(Value::open(&long).symbol(), Value::open(&long).symbol());
        assert_ne!(Value::open(&long).symbol(), Value::open(format!("{long}y")).symbol());
    }

    #[test]
    fn a_list_that_doubles_itself_has_a_short_symbol() {
        let mut value = Value::list(vec![Value::text("x")]);
        for _ in 0..64 {
            value = Value::list(vec![value.clone(), value]);
        }
        assert!(value.symbol().len() < 10_000);
    }
}
