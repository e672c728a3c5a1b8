//! What is parsed: expressions as trees.

use std::rc::Rc;

use rust_decimal::Decimal;

pub(crate) type Node = Rc<Expr>;

/// An expression, and where in its file it begins.
#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) kind: Kind,
    /// The byte where it begins: tells two expressions of one file apart.
    pub(crate) offset: u32,
}

/// What an expression is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number; `None` where it is too large or too fine to be kept exactly.
    Number(Option<Decimal>),
    /// Text without anything to fill in.
    Text(Rc<str>),
    /// Text with something to fill in.
    Template(Vec<Part>),
    /// `[a, b]`.
    List(Vec<Node>),
    /// `{ a = b }`: keys that are bare names are texts.
    Object(Vec<(Node, Node)>),
    /// `[for …]`, `{for …}`.
    For(For),
    /// A name: `var`, `local`, `each`, an iterator.
    Name(Rc<str>),
    /// Steps into a value.
    Steps(Node, Vec<Step>),
    Call(Call),
    /// `!a`.
    Not(Node),
    /// `-a`.
    Negate(Node),
    /// `a == b`.
    Binary(Operator, Node, Node),
    /// `a ? b : c`.
    Conditional(Node, Node, Node),
}

/// One step into a value.
#[derive(Debug)]
pub(crate) enum Step {
    /// `.name`.
    Attribute(Rc<str>),
    /// `[key]`, and `.0`.
    Index(Node),
    /// `.*`: the following attributes of each element.
    AttributeSplat,
    /// `[*]`: all following steps of each element.
    FullSplat,
}

/// A part of a template.
#[derive(Debug)]
pub(crate) enum Part {
    Literal(String),
    /// `${…}`.
    Value(Node),
    /// `%{ if }`, with the parts of both branches.
    If(Node, Vec<Self>, Vec<Self>),
    /// `%{ for }`: key, value, collection, body.
    For(Option<Rc<str>>, Rc<str>, Node, Vec<Self>),
}

/// A `for` expression.
#[derive(Debug)]
pub(crate) struct For {
    /// The name of the key, if it has one.
    pub(crate) key: Option<Rc<str>>,
    /// The name of the element.
    pub(crate) value: Rc<str>,
    /// What it runs over.
    pub(crate) collection: Node,
    /// The key of the result, where that is an object.
    pub(crate) result_key: Option<Node>,
    /// The element of the result.
    pub(crate) result: Node,
    /// `...`: results of one key are gathered in a list.
    pub(crate) grouping: bool,
    /// `if …`.
    pub(crate) condition: Option<Node>,
}

#[derive(Debug)]
pub(crate) struct Call {
    /// Its name, with its namespace.
    pub(crate) name: Rc<str>,
    pub(crate) arguments: Vec<Node>,
    /// The last argument is a list of arguments.
    pub(crate) expands: bool,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `||`.
    Or,
    /// `&&`.
    And,
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
    /// `+`.
    Plus,
    /// `-`.
    Minus,
    /// `*`.
    Times,
    /// `/`.
    Over,
    /// `%`.
    Modulo,
}

impl Operator {
    /// As it is written.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Over => "/",
            Self::Modulo => "%",
        }
    }
}

/// What is written where something else had to be.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl Expr {
    /// A shared expression that begins at a byte.
    pub(crate) fn node(kind: Kind, offset: usize) -> Node {
        Rc::new(Self { kind, offset: u32::try_from(offset).unwrap_or(u32::MAX) })
    }

    pub(crate) fn text(text: &str) -> Node {
        Self::node(Kind::Text(Rc::from(text)), 0)
    }

    /// The text, if the expression is one.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }
}
