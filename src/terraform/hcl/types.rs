//! Type constraints of variables, and what Terraform makes of a value that is given for one.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::syntax::{Expr, Kind, Node};

#[derive(Debug, Clone, Default)]
pub(crate) enum Type {
    /// `any`, and whatever is not understood: values are taken as they are.
    #[default]
    Any,
    /// `string`.
    Text,
    /// `number`.
    Number,
    /// `bool`.
    Bool,
    /// `list(…)`, `tuple(…)`.
    List(Rc<Self>),
    /// `set(…)`.
    Set(Rc<Self>),
    /// `map(…)`.
    Map(Rc<Self>),
    /// `object({…})`.
    Object(Rc<BTreeMap<Rc<str>, Attribute>>),
}

/// An attribute of an object type.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) of: Type,
    /// It may be left out.
    pub(crate) optional: bool,
    /// What it then is; `null` without one.
    pub(crate) default: Option<Node>,
}

impl Type {
    /// The type that an expression writes.
    pub(crate) fn parse(expr: &Expr) -> Self {
        match &expr.kind {
            Kind::Name(name) => match &**name {
                "string" => Self::Text,
                "number" => Self::Number,
                "bool" => Self::Bool,
                "list" => Self::List(Rc::default()),
                "set" => Self::Set(Rc::default()),
                "map" => Self::Map(Rc::default()),
                _ => Self::Any,
            },
            // The form of Terraform 0.11: `type = "string"`.
            Kind::Text(name) => match &**name {
                "string" => Self::Text,
                "list" => Self::List(Rc::default()),
                "map" => Self::Map(Rc::default()),
                _ => Self::Any,
            },
            Kind::Call(call) => match (&*call.name, call.arguments.as_slice()) {
                ("list", [of]) => Self::List(Rc::new(Self::parse(of))),
                ("set", [of]) => Self::Set(Rc::new(Self::parse(of))),
                ("map", [of]) => Self::Map(Rc::new(Self::parse(of))),
                ("object", [fields]) => Self::object(fields),
                _ => Self::Any,
            },
            _ => Self::Any,
        }
    }

    fn object(fields: &Expr) -> Self {
        let Kind::Object(fields) = &fields.kind else { return Self::Any };
        let fields = fields.iter().filter_map(|(key, of)| {
            let name = Rc::from(key.as_text()?);
            let attribute = match &of.kind {
                Kind::Call(call) if &*call.name == "optional" => Attribute {
                    of: call.arguments.first().map_or(Self::Any, |of| Self::parse(of)),
                    optional: true,
                    default: call.arguments.get(1).cloned(),
                },
                _ => Attribute { of: Self::parse(of), optional: false, default: None },
            };
            Some((name, attribute))
        });
        Self::Object(Rc::new(fields.collect()))
    }

    /// The type of what is found at a name or index.
    pub(crate) fn at(&self, name: Option<&str>) -> Self {
        match (self, name) {
            (Self::List(of) | Self::Set(of) | Self::Map(of), _) => (**of).clone(),
            (Self::Object(fields), Some(name)) => fields.get(name).map_or(Self::Any, |field| field.of.clone()),
            _ => Self::Any,
        }
    }
}
