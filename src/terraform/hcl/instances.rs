//! The instances of blocks: `count`, `for_each`, module calls.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::choices::length_of;
use super::eval::Evaluator;
use super::module::{self, MAX_CALLS, Unread};
use super::providers;
use super::scope::{Frame, Scope};
use super::source::{Block, Problem};
use super::value::{Open, Value};
use crate::rules::finding::terraform::{NotEntered, Unseen};

/// How many instances of one block are drawn; more than this in one account is a mistake or an attack.
const MAX_INSTANCES: usize = 500;

/// What one more module instance costs, in the evaluator's currency: some thousands of them use everything up.
const COST_OF_FRAME: u64 = 2_000;

/// What is no input in a module call, and no attribute of a resource.
pub(crate) const META: [&str; 7] = ["source", "version", "count", "for_each", "providers", "depends_on", "provider"];

/// One instance of a block.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    /// `[0]`, `["eu"]` or nothing.
    pub(crate) suffix: String,
    /// Its key in `for_each`.
    key: Option<Rc<str>>,
    /// `each` or `count` with its value.
    binding: Option<(Rc<str>, Value)>,
    /// It stands for others too: how each of them is written, e.g. `each of var.accounts`.
    pub(crate) each: Option<Rc<str>>,
    /// There are at least two of those.
    pub(crate) several: bool,
}

impl Instance {
    fn single() -> Self {
        Self { suffix: String::new(), key: None, binding: None, each: None, several: false }
    }

    /// Its scope in a module.
    pub(crate) fn scope(&self, frame: &Rc<Frame>) -> Rc<Scope> {
        let scope = Scope::of(frame);
        match &self.binding {
            Some((name, value)) => scope.with(name, value.clone()),
            None => scope,
        }
    }
}

/// What `count` or `for_each` of a block come to.
enum Number {
    Known(Vec<Instance>),
    /// Known ones, and those of something open: the number of those, and how each is written.
    Open(Vec<Instance>, Open, String),
}

/// The instances of a block, where an open number is chosen: none, or some; `pairs` where it matters whether there are
/// two.
pub(crate) fn of(
    evaluator: &mut Evaluator<'_>,
    frame: &Rc<Frame>,
    block: &Block,
    address: &str,
    pairs: bool,
) -> Vec<Instance> {
    let (mut known, number, each) = match number(evaluator, frame, block, address) {
        Number::Known(known) => return known,
        Number::Open(known, number, each) => (known, number, each),
    };
    if evaluator.choices.at_least(&number, 1) == Some(false) {
        return known;
    }
    let several = pairs && evaluator.choices.at_least(&number, 2) == Some(true);
    let element = Value::open(&each);
    let symbol = element.symbol();
    let binding = if block.body.expr("count").is_some() {
        (Rc::from("count"), Value::object([("index".into(), element)].into(), None))
    } else {
        (Rc::from("each"), Value::pair(element.clone(), element))
    };
    known.push(Instance { binding: Some(binding), each: Some(Rc::from(symbol)), several, ..Instance::single() });
    known
}

fn number(evaluator: &mut Evaluator<'_>, frame: &Rc<Frame>, block: &Block, address: &str) -> Number {
    let scope = Scope::of(frame);
    if let Some(count) = block.body.expr("count") {
        let count = evaluator.eval(&scope, count);
        let count = evaluator.settle(count);
        let known = count.as_number().map(|number| usize::try_from(number).unwrap_or(0));
        return match (known, count) {
            (Some(number), _) => {
                cap(evaluator, block, address, number);
                let index = |index: usize| Value::object([("index".into(), Value::number(index))].into(), None);
                let instances = (0..number.min(MAX_INSTANCES)).map(|at| Instance {
                    suffix: format!("[{at}]"),
                    binding: Some((Rc::from("count"), index(at))),
                    ..Instance::single()
                });
                Number::Known(instances.collect())
            }
            (None, Value::Open(open)) => {
                let each = format!("each of {}", open.symbol);
                Number::Open(Vec::new(), Open::clone(&open), each)
            }
            (None, refused) => unread(address, &refused),
        };
    }
    let Some(for_each) = block.body.expr("for_each") else { return Number::Known(vec![Instance::single()]) };
    let collection = evaluator.eval(&scope, for_each);
    let collection = evaluator.settle(collection);
    let (entries, open): (Vec<(Value, Value)>, Option<Rc<Open>>) = match &collection {
        Value::List(list) => {
            let open = list.items.iter().find_map(|item| match item {
                Value::Open(open) if open.spread => Some(Rc::clone(open)),
                _ => None,
            });
            let known = list.items.iter().filter(|item| !item.is_spread());
            // The key of a set's element is the element.
            (known.map(|item| (item.clone(), item.clone())).collect(), open)
        }
        Value::Object(object) if object.rest.is_none() => {
            (object.fields.iter().map(|(key, value)| (Value::Text(Rc::clone(key)), value.clone())).collect(), None)
        }
        Value::Open(open) => (Vec::new(), Some(Rc::clone(open))),
        other => return unread(address, other),
    };
    cap(evaluator, block, address, entries.len());
    let mut known = Vec::new();
    for (key, value) in entries.into_iter().take(MAX_INSTANCES) {
        let key = evaluator.settle(key);
        let is_set = matches!(collection, Value::List(_));
        let value = if is_set { key.clone() } else { value };
        let name = key.as_text();
        let suffix = name.as_ref().map_or_else(|| format!("[{}]", key.symbol()), |name| format!("[{name:?}]"));
        known.push(Instance {
            suffix,
            key: name,
            binding: Some((Rc::from("each"), Value::pair(key, value))),
            ..Instance::single()
        });
    }
    match open {
        Some(open) => {
            let each = format!("each of {}", open.symbol);
            Number::Open(known, length_of(&Open { spread: false, ..Open::clone(&open) }), each)
        }
        None => Number::Known(known),
    }
}

fn unread(address: &str, refused: &Value) -> Number {
    let number = Open { unread: true, ..Open::new(format!("the number of {address}")) };
    Number::Open(Vec::new(), number, format!("each of {}", refused.symbol()))
}

fn cap(evaluator: &mut Evaluator<'_>, block: &Block, address: &str, number: usize) {
    if number > MAX_INSTANCES {
        let what = Unseen::Instances { address: address.to_owned(), number, limit: MAX_INSTANCES };
        evaluator.problems.insert(Problem { at: block.at.clone(), what });
    }
}

/// All instances of a block as one value: itself, a list by `count`, an object by `for_each`.
pub(crate) fn each(
    evaluator: &mut Evaluator<'_>,
    frame: &Rc<Frame>,
    block: &Block,
    symbol: &str,
    mut value: impl FnMut(&mut Evaluator<'_>, &Instance) -> Value,
) -> Value {
    let Number::Known(known) = number(evaluator, frame, block, symbol) else { return Value::open(symbol) };
    if block.body.expr("count").is_some() {
        let items = known.iter().map(|instance| value(evaluator, instance)).collect();
        return evaluator.list(items);
    }
    if block.body.expr("for_each").is_none() {
        return known.first().map_or_else(|| Value::open(symbol), |instance| value(evaluator, instance));
    }
    let mut fields = BTreeMap::new();
    for instance in &known {
        let Some(key) = instance.key.clone() else { return Value::open(symbol) };
        let value = value(evaluator, instance);
        fields.insert(key, value);
    }
    evaluator.object(fields, None)
}

/// A module as it is called once, or why it cannot be looked into.
pub(crate) fn callee(
    evaluator: &mut Evaluator<'_>,
    frame: &Rc<Frame>,
    call: &Block,
    instance: &Instance,
) -> Result<Rc<Frame>, Unread> {
    let name = call.labels.first().map_or("", String::as_str);
    let slot = (frame.id, format!("{name}{}", instance.suffix));
    if let Some(known) = evaluator.frames.get(&slot) {
        return known.clone();
    }
    let made = make(evaluator, frame, call, instance, name);
    evaluator.frames.insert(slot, made.clone());
    made
}

fn make(
    evaluator: &mut Evaluator<'_>,
    frame: &Rc<Frame>,
    call: &Block,
    instance: &Instance,
    name: &str,
) -> Result<Rc<Frame>, Unread> {
    if frame.calls >= MAX_CALLS {
        return Err(Unread::Because(NotEntered::Depth(MAX_CALLS)));
    }
    let key = module::call_key(&frame.key, call);
    let module = evaluator.loader.resolve(&frame.module, &key, module::source_of(call))?;
    evaluator.fuel = evaluator.fuel.saturating_sub(COST_OF_FRAME);
    evaluator.problems.extend(module.problems.iter().cloned());
    let scope = instance.scope(frame);
    let handed = providers::handed(evaluator, &scope, call);
    let inputs = call.body.attributes.iter().filter(|(name, _)| !META.contains(&name.as_str()));
    let inputs = inputs.map(|(name, input)| (Rc::from(name.as_str()), evaluator.later(&scope, &input.expr))).collect();
    let prefix = format!("{}module.{name}{}.", frame.prefix, instance.suffix);
    let callee = Rc::new(Frame {
        id: evaluator.frames.len() + 1,
        providers: providers::of_frame(evaluator, &prefix, &module.providers, handed),
        module,
        prefix,
        key,
        calls: frame.calls + 1,
        inputs: Some(inputs),
    });
    providers::remember(evaluator, &callee);
    Ok(callee)
}
