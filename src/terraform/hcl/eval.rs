//! Evaluates expressions on demand, as far as the configuration decides them.
//!
//! Nothing is evaluated that nobody asks for: the parts of lists and objects, inputs, locals and outputs wait until
//! something needs them. What depends on a data source, a variable without a value or a function that is not known here
//! is open, never guessed; where the answer hangs on it, [`Choices`] looks at it in every way that matters.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use super::choices::Choices;
use super::given::{Given, Mode};
use super::module::{Modules, Unread};
use super::scope::{Frame, Scope};
use super::source::{At, Problem};
use super::syntax::{Expr, Kind, Node};
use super::types::Type;
use super::value::{Open, Value};
use crate::rules::finding::terraform::Unseen;

/// How many expressions may be under evaluation at once: locals that refer to locals, and nesting.
const MAX_DEPTH: u32 = 250;

/// How much one picture may keep, in bytes.
const MEMORY: u64 = 48 << 20;

/// How the account of a provider's credentials is written as a symbol; the provider's name follows.
pub(crate) const ACCOUNT_OF: &str = "the account of provider ";
/// How the region of a provider is written as a symbol.
pub(crate) const REGION_OF: &str = "the region of provider ";

/// Something with a value of its own, evaluated once in a picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Slot {
    /// `local.name` of a module.
    Local(usize, Rc<str>),
    /// `var.name` of a module.
    Variable(usize, Rc<str>),
    /// An expression that waited.
    Thunk(usize),
}

/// What waits to be evaluated.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    Evaluate(Node, Rc<Scope>),
    /// Converts a value to a type; where it is null, takes the default instead.
    Convert(Value, Type, Option<Node>, Rc<Frame>),
}

/// How an expression is evaluated: handed in, for it takes everything that stands on the evaluator.
type Evaluate = fn(&mut Evaluator<'_>, &Rc<Scope>, &Expr) -> Value;

#[derive(Debug)]
pub(crate) struct Evaluator<'m> {
    pub(crate) choices: Choices,
    /// What keeps rules from deciding.
    pub(crate) problems: BTreeSet<Problem>,
    /// How much work is left.
    pub(crate) fuel: u64,
    /// Where modules come from.
    pub(crate) loader: &'m mut Modules,
    /// The values that files give the root's variables.
    pub(crate) given: &'m Given,
    pub(crate) mode: Mode,
    /// The root's position among the inputs.
    pub(crate) root: usize,
    /// A default was used that somebody could override.
    pub(crate) used_default: bool,
    /// Inside `try` and `can`, where what Terraform refuses is an answer.
    pub(crate) tolerant: usize,
    /// Modules as they are called, by caller, name and index.
    pub(crate) frames: HashMap<(usize, String), Result<Rc<Frame>, Unread>>,
    /// Who declares a provider, by its name in the root without an index.
    pub(crate) declared: BTreeMap<String, (Rc<Frame>, usize)>,
    /// The keys of providers that are several.
    pub(crate) provider_keys: BTreeMap<std::sync::Arc<str>, Value>,
    evaluate: Evaluate,
    waiting: Vec<Work>,
    values: HashMap<Slot, (usize, Value)>,
    active: BTreeSet<Slot>,
    memory: u64,
    depth: u32,
}

impl<'m> Evaluator<'m> {
    /// An evaluator with so much work to spend.
    pub(crate) fn new(
        evaluate: Evaluate,
        choices: Choices,
        fuel: u64,
        loader: &'m mut Modules,
        given: &'m Given,
        mode: Mode,
        root: usize,
    ) -> Self {
        Self {
            choices,
            problems: BTreeSet::new(),
            fuel,
            loader,
            given,
            mode,
            root,
            used_default: false,
            tolerant: 0,
            frames: HashMap::new(),
            declared: BTreeMap::new(),
            provider_keys: BTreeMap::new(),
            evaluate,
            waiting: Vec::new(),
            values: HashMap::new(),
            active: BTreeSet::new(),
            memory: MEMORY,
            depth: 0,
        }
    }

    /// Takes account of a collection or text that was made.
    pub(crate) fn charge(&mut self, elements: usize, bytes: usize) {
        self.fuel = self.fuel.saturating_sub(1 + elements as u64 / 4 + bytes as u64 / 256);
        self.memory = self.memory.saturating_sub(elements as u64 * 48 + bytes as u64);
        if self.memory == 0 {
            self.fuel = 0;
        }
    }

    /// Text that was put together.
    pub(crate) fn text(&mut self, text: &str) -> Value {
        self.charge(0, text.len());
        Value::text(text)
    }

    /// A list that was put together.
    pub(crate) fn list(&mut self, items: Vec<Value>) -> Value {
        self.charge(items.len(), 0);
        Value::list(items)
    }

    /// An object that was put together.
    pub(crate) fn object(&mut self, fields: BTreeMap<Rc<str>, Value>, rest: Option<Rc<str>>) -> Value {
        self.charge(fields.len() * 2, 0);
        Value::object(fields, rest)
    }

    /// A set of these elements, each once and in order.
    pub(crate) fn set(&mut self, items: Vec<Value>) -> Value {
        let mut sorted = BTreeMap::new();
        for item in items {
            let item = self.force(item);
            if let Value::Invalid(_) = item {
                return item;
            }
            // What is open may equal another one, but as a member of a set it says the same either way.
            let key = item.literal().map_or_else(|| Err(item.symbol()), Ok);
            sorted.insert(key, item);
        }
        self.charge(sorted.len(), 0);
        Value::sequence(sorted.into_values().collect(), true)
    }

    /// An expression that waits to be asked for; at once, where that costs nothing.
    pub(crate) fn later(&mut self, scope: &Rc<Scope>, expr: &Node) -> Value {
        match &expr.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(Some(number)) => Value::Number(*number),
            Kind::Text(text) => Value::Text(Rc::clone(text)),
            _ => self.suspend(Work::Evaluate(Rc::clone(expr), Rc::clone(scope))),
        }
    }

    /// Work that waits to be asked for.
    pub(crate) fn suspend(&mut self, work: Work) -> Value {
        self.charge(2, 0);
        let depth = match &work {
            Work::Evaluate(_, scope) => scope.depth,
            Work::Convert(value, ..) => value.depth(),
        };
        self.waiting.push(work);
        Value::lazy(self.waiting.len() - 1, depth)
    }

    /// What has a value of its own, evaluated when first asked for. What needs itself is open, and named.
    pub(crate) fn demand(
        &mut self,
        slot: Slot,
        named: impl FnOnce() -> (String, At),
        work: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        if let Some((choices, value)) = self.values.get(&slot)
            && (*choices == self.choices.count() || !matches!(value, Value::Open(_) | Value::Invalid(_)))
        {
            return value.clone();
        }
        if !self.active.insert(slot.clone()) {
            let (name, at) = named();
            self.problems.insert(Problem { at, what: Unseen::Circular { name: name.clone() } });
            return Value::unread(name);
        }
        if self.depth >= MAX_DEPTH || self.fuel == 0 {
            self.active.remove(&slot);
            return self.too_complex();
        }
        self.depth += 1;
        let value = work(self);
        self.depth -= 1;
        self.active.remove(&slot);
        self.values.insert(slot, (self.choices.count(), value.clone()));
        value
    }

    pub(super) fn too_complex(&mut self) -> Value {
        self.fuel = self.fuel.saturating_sub(1);
        Value::unread("an expression too complex to follow")
    }

    /// A value that is evaluated, if only at its surface.
    pub(crate) fn force(&mut self, value: Value) -> Value {
        let Value::Lazy(thunk) = value else { return value };
        let named = || ("a value".to_owned(), At::nowhere());
        self.demand(Slot::Thunk(thunk.id), named, |evaluator| match evaluator.waiting.get(thunk.id).cloned() {
            Some(Work::Evaluate(expr, scope)) => evaluator.eval(&scope, &expr),
            Some(Work::Convert(value, of, default, frame)) => {
                let mut value = evaluator.force(value);
                if let (Value::Null, Some(default)) = (&value, &default) {
                    value = evaluator.eval(&Scope::of(&frame), default);
                }
                evaluator.convert(value, &of, &frame)
            }
            None => Value::unread("a value of another picture"),
        })
    }

    /// What a value is in this picture: an open one that is bound, or can only be one of a few, becomes known.
    pub(crate) fn settle(&mut self, value: Value) -> Value {
        let value = self.force(value);
        let Value::Open(open) = &value else { return value };
        if open.spread {
            return value;
        }
        if let Some(default) = &open.default {
            let known = self.choices.candidates(open);
            let fixed = known.as_deref().filter(|known| known.len() == 1 && !matches!(open.of, Type::Bool));
            if fixed.is_none() && !matches!(default, Value::Bool(_)) {
                let excluded = default.literal().is_some_and(|literal| self.choices.excludes(open, &literal));
                if !excluded {
                    let default = default.clone();
                    if let Some(literal) = default.literal() {
                        self.choices.bind(open, literal);
                    }
                    return self.force(default);
                }
            }
        }
        let open = Rc::clone(open);
        self.choices.one(&open).map_or(value, |literal| literal.value())
    }

    /// The same for everything inside it, as long as there is work left.
    pub(crate) fn settle_all(&mut self, value: Value) -> Value {
        if self.depth >= MAX_DEPTH || self.fuel == 0 {
            return self.too_complex();
        }
        self.depth += 1;
        let settled = match self.settle(value) {
            Value::List(list) => {
                let items: Vec<Value> = list.items.iter().map(|item| self.settle_all(item.clone())).collect();
                self.charge(items.len(), 0);
                let invalid = items.iter().find(|item| matches!(item, Value::Invalid(_))).cloned();
                invalid.unwrap_or_else(|| Value::sequence(items, list.set))
            }
            Value::Object(object) => {
                let fields: BTreeMap<Rc<str>, Value> =
                    object.fields.iter().map(|(key, value)| (Rc::clone(key), self.settle_all(value.clone()))).collect();
                let invalid = fields.values().find(|field| matches!(field, Value::Invalid(_))).cloned();
                invalid.unwrap_or_else(|| self.object(fields, object.rest.clone()))
            }
            other => other,
        };
        self.depth -= 1;
        settled
    }

    /// A condition, chosen where nothing decides it; `None` where too many are open.
    pub(crate) fn decide(&mut self, value: &Value) -> Option<bool> {
        match self.settle(value.clone()) {
            Value::Open(open) => self.choices.boolean(&open),
            Value::Null | Value::List(_) | Value::Object(_) | Value::Lazy(_) => None,
            Value::Invalid(reason) => self.choices.boolean(&Open { unread: true, ..Open::new(reason) }),
            known => known.as_bool(),
        }
    }

    /// What an expression comes to.
    pub(crate) fn eval(&mut self, scope: &Rc<Scope>, expr: &Expr) -> Value {
        if self.depth >= MAX_DEPTH || self.fuel == 0 {
            return self.too_complex();
        }
        self.depth += 1;
        self.fuel = self.fuel.saturating_sub(1);
        let value = (self.evaluate)(self, scope, expr);
        self.depth -= 1;
        value
    }

    /// What Terraform makes of a value that is given for a type.
    pub(crate) fn convert(&mut self, value: Value, of: &Type, frame: &Rc<Frame>) -> Value {
        let wrong = |value: &Value| Value::invalid(format!("{} is of another type than its variable", value.symbol()));
        match (of, &value) {
            (Type::Any, _) | (_, Value::Null | Value::Invalid(_) | Value::Lazy(_)) => value,
            (_, Value::Open(open)) => {
                let of = if matches!(open.of, Type::Any) { of.clone() } else { open.of.clone() };
                Open { of, ..Open::clone(open) }.value()
            }
            (Type::Text, _) => value.as_text().map_or_else(|| wrong(&value), Value::Text),
            (Type::Number, _) => value.as_number().map_or_else(|| wrong(&value), Value::Number),
            (Type::Bool, _) => value.as_bool().map_or_else(|| wrong(&value), Value::Bool),
            (Type::List(of), Value::List(list)) => {
                let items = list.items.iter().map(|item| self.converted(item, of, None, frame)).collect();
                self.list(items)
            }
            (Type::Set(of), Value::List(list)) => {
                let items = list.items.iter().map(|item| self.converted(item, of, None, frame)).collect();
                self.set(items)
            }
            (Type::Map(of), Value::Object(object)) => {
                let fields = object.fields.iter();
                let fields =
                    fields.map(|(key, value)| (Rc::clone(key), self.converted(value, of, None, frame))).collect();
                self.object(fields, object.rest.clone())
            }
            (Type::Object(types), Value::Object(object)) => {
                let mut fields = BTreeMap::new();
                for (name, attribute) in types.iter() {
                    let value = match (object.fields.get(name), &object.rest) {
                        (Some(value), _) => value.clone(),
                        (None, Some(rest)) => Value::open(format!("{rest}.{name}")),
                        (None, None) if attribute.optional => Value::Null,
                        (None, None) => Value::invalid(format!("an object without the attribute {name}")),
                    };
                    let value = self.converted(&value, &attribute.of, attribute.default.as_ref(), frame);
                    fields.insert(Rc::clone(name), value);
                }
                self.object(fields, None)
            }
            _ => wrong(&value),
        }
    }

    fn converted(&mut self, value: &Value, of: &Type, default: Option<&Node>, frame: &Rc<Frame>) -> Value {
        match (of, default) {
            (Type::Any, None) => value.clone(),
            _ => self.suspend(Work::Convert(value.clone(), of.clone(), default.cloned(), Rc::clone(frame))),
        }
    }
}
