//! Values in three states: known, open with a default that may be overridden, and open without one.

use std::collections::BTreeMap;
use std::rc::Rc;

/// The longest symbol that is kept as it is; a longer one is cut and told apart by its fingerprint.
const MAX_SYMBOL: usize = 300;

/// How deep lists and objects may nest. Everything that walks a value recurses, so a deeper one becomes open.
const MAX_DEPTH: u16 = 48;

/// How much a list or object may weigh (see [`Value::weight`]), shared parts counted as often as they occur: a few
/// lines of configuration can double a list forty times, and everything that walks it would never come back.
const MAX_WEIGHT: u64 = 200_000;

/// The longest text that is kept, in bytes: no name, filter or ARN comes near it, and templates can double.
const MAX_TEXT: usize = 65_536;

/// What an expression comes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// `null`, and what is not set.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number; a fraction is open, because nothing that decides here has one.
    Number(i64),
    /// Text.
    Text(Rc<str>),
    /// A list, tuple or set, in order.
    List(Rc<Nest<Vec<Self>>>),
    /// A map or object.
    Object(Rc<Nest<BTreeMap<String, Self>>>),
    /// Not decided by the configuration.
    Open(Open),
}

/// The content of a list or object, with how deep it nests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Nest<T> {
    /// The elements.
    pub(crate) content: T,
    depth: u16,
    weight: u64,
}

/// A value that the configuration does not decide.
///
/// Two open values with the same symbol are the same value: the symbol is the expression in canonical form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Open {
    /// The expression, e.g. `var.enable_scanning`.
    pub(crate) symbol: Rc<str>,
    /// What it is unless somebody overrides it.
    pub(crate) default: Option<Rc<Value>>,
}

impl Value {
    /// Text; open where it is too long.
    pub(crate) fn text(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        if text.len() > MAX_TEXT { Self::open(text) } else { Self::Text(Rc::from(text)) }
    }

    /// A list; open where it would be too deep or too large.
    pub(crate) fn list(content: Vec<Self>) -> Self {
        match measure(content.iter()) {
            Some((depth, weight)) => Self::List(Rc::new(Nest { content, depth, weight })),
            None => Self::too_large(),
        }
    }

    /// An object; open where it would be too deep or too large.
    pub(crate) fn object(content: BTreeMap<String, Self>) -> Self {
        match measure(content.values()) {
            Some((depth, weight)) => Self::Object(Rc::new(Nest { content, depth, weight })),
            None => Self::too_large(),
        }
    }

    /// An object with two fields, as `each` and the iterators of dynamic blocks are.
    pub(crate) fn pair(key: Self, value: Self) -> Self {
        Self::object(BTreeMap::from([("key".to_owned(), key), ("value".to_owned(), value)]))
    }

    /// A value that nothing decides.
    pub(crate) fn open(symbol: impl AsRef<str>) -> Self {
        let symbol = symbol.as_ref();
        let symbol = if symbol.len() > MAX_SYMBOL {
            let cut = (0..=MAX_SYMBOL).rev().find(|at| symbol.is_char_boundary(*at)).unwrap_or(0);
            format!("{}… ({})", &symbol[..cut], crate::rules::fingerprint(symbol, "", "", ""))
        } else {
            symbol.to_owned()
        };
        Self::Open(Open { symbol: Rc::from(symbol), default: None })
    }

    fn too_large() -> Self {
        Self::open("a value that is too large or nests too deep")
    }

    fn depth(&self) -> u16 {
        match self {
            Self::List(list) => list.depth,
            Self::Object(object) => object.depth,
            Self::Open(open) => open.default.as_ref().map_or(0, |default| default.depth()),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => 0,
        }
    }

    /// Whether the value, or anything in it, is open.
    pub(crate) fn has_open(&self) -> bool {
        match self {
            Self::Open(_) => true,
            Self::List(list) => list.content.iter().any(Self::has_open),
            Self::Object(object) => object.content.values().any(Self::has_open),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::Text(_) => false,
        }
    }

    /// The elements of a list, or the values of an object.
    pub(crate) fn elements(&self) -> Option<Vec<Self>> {
        match self {
            Self::List(list) => Some(list.content.clone()),
            Self::Object(object) => Some(object.content.values().cloned().collect()),
            _ => None,
        }
    }

    /// Key and value of each element, as `for` sees them.
    pub(crate) fn entries(&self) -> Option<Vec<(Self, Self)>> {
        match self {
            Self::List(list) => Some((0_i64..).map(Self::Number).zip(list.content.iter().cloned()).collect()),
            Self::Object(object) => {
                Some(object.content.iter().map(|(key, value)| (Self::text(key), value.clone())).collect())
            }
            _ => None,
        }
    }

    /// The text, converting what Terraform converts on its own.
    pub(crate) fn as_text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.to_string()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Number(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// How much work it is to print or copy it: its elements, and its text by the 32 bytes.
    pub(crate) fn weight(&self) -> u64 {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => 1,
            Self::Text(text) => 1 + text.len() as u64 / 32,
            Self::List(list) => list.weight,
            Self::Object(object) => object.weight,
            Self::Open(open) => 1 + open.symbol.len() as u64 / 32,
        }
    }

    /// The canonical form.
    pub(crate) fn symbol(&self) -> String {
        let mut out = String::new();
        self.write_symbol(&mut out);
        out
    }

    fn write_symbol(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(&value.to_string()),
            Self::Number(value) => out.push_str(&value.to_string()),
            Self::Text(text) => {
                out.push('"');
                out.extend(text.escape_debug());
                out.push('"');
            }
            Self::List(list) => {
                out.push('[');
                for (index, item) in list.content.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    item.write_symbol(out);
                }
                out.push(']');
            }
            Self::Object(object) => {
                out.push('{');
                for (index, (key, value)) in object.content.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { ", " });
                    out.extend(key.escape_debug());
                    out.push_str(" = ");
                    value.write_symbol(out);
                }
                out.push('}');
            }
            Self::Open(open) => out.push_str(&open.symbol),
        }
    }
}

/// Depth and weight of a collection, or `None` where one of them passes its limit.
fn measure<'v>(content: impl Iterator<Item = &'v Value>) -> Option<(u16, u64)> {
    let (mut depth, mut weight) = (0, 1_u64);
    for value in content {
        depth = depth.max(value.depth());
        weight = weight.saturating_add(value.weight());
    }
    (depth < MAX_DEPTH && weight <= MAX_WEIGHT).then_some((depth + 1, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_doubles_itself_becomes_open_before_it_becomes_endless() {
        let mut value = Value::list(vec![Value::text("x")]);
        for _ in 0..64 {
            value = Value::list(vec![value.clone(), value]);
        }
        assert!(value.has_open());
        assert!(value.symbol().len() < 100_000_000);
    }

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
        assert_eq!(Value::open(&long), Value::open(&long));
        assert_ne!(Value::open(&long), Value::open(format!("{long}y")));
    }
}
