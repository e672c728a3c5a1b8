//! Where expressions stand: a module as it is called, and the names that hold inside a block.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::place::Provider;
use super::module::Module;
use super::value::Value;

/// A module as it is called: with its inputs.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Unique within a picture.
    pub(crate) id: usize,
    pub(crate) module: Rc<Module>,
    /// `module.a[0].module.b.`, empty for the root: the prefix of its addresses.
    pub(crate) prefix: String,
    /// `a.b`: the names of the calls, by which downloaded modules are listed.
    pub(crate) key: String,
    /// How many calls lead to it.
    pub(crate) calls: usize,
    /// What its caller sets; `None` for the root, whose variables come from files.
    pub(crate) inputs: Option<BTreeMap<Rc<str>, Value>>,
    /// Its provider names, and what they are in the root.
    pub(crate) providers: BTreeMap<String, Provider>,
}

/// Where an expression stands.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) frame: Rc<Frame>,
    /// `each`, `count`, iterators.
    pub(crate) binding: Option<Rc<Binding>>,
    /// How deep the values of its names nest.
    pub(crate) depth: u16,
}

/// A name that only holds inside a block or expression.
#[derive(Debug)]
pub(crate) struct Binding {
    name: Rc<str>,
    value: Value,
    outer: Option<Rc<Self>>,
}

impl Scope {
    pub(crate) fn of(frame: &Rc<Frame>) -> Rc<Self> {
        Rc::new(Self { frame: Rc::clone(frame), binding: None, depth: 0 })
    }

    /// The same with one more name.
    pub(crate) fn with(&self, name: &Rc<str>, value: Value) -> Rc<Self> {
        let depth = self.depth.max(value.depth()).saturating_add(1);
        let binding = Binding { name: Rc::clone(name), value, outer: self.binding.clone() };
        Rc::new(Self { frame: Rc::clone(&self.frame), binding: Some(Rc::new(binding)), depth })
    }

    /// The value of a name that a block or expression binds.
    pub(crate) fn bound(&self, name: &str) -> Option<&Value> {
        let mut binding = self.binding.as_deref();
        while let Some(current) = binding {
            if &*current.name == name {
                return Some(&current.value);
            }
            binding = current.outer.as_deref();
        }
        None
    }

    /// What tells two open results of one expression apart: where it stands, and what its names are bound to.
    pub(super) fn context(&self, expr: u32) -> String {
        let mut text = format!(" at {}{expr}", self.frame.prefix);
        let mut binding = self.binding.as_deref();
        while let Some(current) = binding {
            text = format!("{text} {} = {}", current.name, current.value.symbol());
            binding = current.outer.as_deref();
        }
        text
    }
}
