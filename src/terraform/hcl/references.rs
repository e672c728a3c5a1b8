//! References: variables, locals, modules, resources, who and where we are; and the steps into a value.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::eval::{ACCOUNT_OF, Evaluator, REGION_OF, Slot};
use super::parts::{element, field};
use super::scope::{Frame, Scope};
use super::syntax::{Kind, Node, Step};
use super::types::Type;
use super::value::{List, Literal, Object, Open, Value};
use super::{instances, providers, variables};

/// What a reference with steps comes to.
pub(crate) fn steps(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, base: &Node, steps: &[Step]) -> Value {
    match &base.kind {
        Kind::Name(base) if scope.bound(base).is_none() => name(evaluator, scope, base, steps),
        _ => {
            let value = evaluator.eval(scope, base);
            walk(evaluator, scope, value, steps)
        }
    }
}

fn attribute(step: &Step) -> Option<&Rc<str>> {
    match step {
        Step::Attribute(name) => Some(name),
        _ => None,
    }
}

/// What a name that nothing around it binds comes to.
pub(crate) fn name(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, name: &str, steps: &[Step]) -> Value {
    let frame = &scope.frame;
    let (first, rest) = match steps.split_first() {
        Some((first, rest)) => (attribute(first), rest),
        None => (None, steps),
    };
    let value = match (name, first) {
        ("var", Some(variable)) => variables::value(evaluator, frame, variable),
        ("local", Some(local)) => self::local(evaluator, frame, local),
        ("module", Some(call)) => module(evaluator, frame, call),
        ("path", Some(kind)) => match &**kind {
            "module" => Value::text(evaluator.loader.relative(&frame.module.dir)),
            "root" | "cwd" => Value::text("."),
            _ => Value::open(format!("path.{kind}")),
        },
        // One workspace for the whole run, in whatever module it is asked for.
        ("terraform" | "tofu", Some(what)) if &**what == "workspace" => {
            Open::of("terraform.workspace", Type::Text).value()
        }
        ("data", Some(kind)) => {
            let Some((label, rest)) = rest.split_first().and_then(|(label, rest)| Some((attribute(label)?, rest)))
            else {
                return unknown(frame, "data");
            };
            if let Some(value) = who_or_where(evaluator, frame, kind, label, rest) {
                return value;
            }
            let value = resource(evaluator, frame, "data.", kind, label);
            return walk(evaluator, scope, value, rest);
        }
        (kind, Some(label)) if kind.contains('_') => resource(evaluator, frame, "", kind, label),
        _ => return walk(evaluator, scope, unknown(frame, name), steps),
    };
    walk(evaluator, scope, value, rest)
}

fn unknown(frame: &Frame, name: &str) -> Value {
    Value::unread(format!("{}{name}", frame.prefix))
}

fn local(evaluator: &mut Evaluator<'_>, frame: &Rc<Frame>, name: &Rc<str>) -> Value {
    let Some(attribute) = frame.module.locals.get(&**name) else {
        return unknown(frame, &format!("local.{name}"));
    };
    let named = || (format!("{}local.{name}", frame.prefix), attribute.at.clone());
    evaluator.demand(Slot::Local(frame.id, Rc::clone(name)), named, |evaluator| {
        evaluator.eval(&Scope::of(frame), &attribute.expr)
    })
}

/// A called module, as the object of its outputs.
fn module(evaluator: &mut Evaluator<'_>, frame: &Rc<Frame>, name: &str) -> Value {
    let symbol = format!("{}module.{name}", frame.prefix);
    let Some(call) = frame.module.calls.iter().find(|call| call.labels.first().is_some_and(|label| label == name))
    else {
        return Value::unread(symbol);
    };
    instances::each(evaluator, frame, call, &symbol, |evaluator, instance| {
        let symbol = format!("{symbol}{}", instance.suffix);
        let Ok(callee) = instances::callee(evaluator, frame, call, instance) else {
            return Value::open(symbol);
        };
        let scope = Scope::of(&callee);
        let outputs = callee.module.outputs.iter();
        let fields = outputs.map(|(name, output)| (Rc::from(name.as_str()), evaluator.later(&scope, &output.expr)));
        let fields: BTreeMap<Rc<str>, Value> = fields.collect();
        // A module of which a file could not be read may have other outputs.
        let rest = (!callee.module.problems.is_empty()).then(|| Rc::from(symbol));
        evaluator.object(fields, rest)
    })
}

/// A resource or data source: what is written of it, and otherwise what is known after apply.
fn resource(evaluator: &mut Evaluator<'_>, frame: &Rc<Frame>, prefix: &str, kind: &str, label: &str) -> Value {
    let symbol = format!("{}{prefix}{kind}.{label}", frame.prefix);
    let module = Rc::clone(&frame.module);
    let Some(block) = module.block(prefix == "data.", kind, label) else { return Value::open(symbol) };
    instances::each(evaluator, frame, block, &symbol, |evaluator, instance| {
        let scope = instance.scope(frame);
        let written = block.body.attributes.iter().filter(|(name, _)| !instances::META.contains(&name.as_str()));
        let mut fields: BTreeMap<Rc<str>, Value> = written
            .map(|(name, attribute)| (Rc::from(name.as_str()), evaluator.later(&scope, &attribute.expr)))
            .collect();
        // The id of a repository is its name, of a registry nothing that is written.
        if let ("aws_ecr_repository", Some(name)) = (kind, fields.get("name").cloned()) {
            fields.insert(Rc::from("id"), name);
        }
        evaluator.object(fields, Some(Rc::from(format!("{symbol}{}", instance.suffix))))
    })
}

/// `data.aws_caller_identity.x.account_id` and `data.aws_region.x.name`: facts about the provider they use.
fn who_or_where(
    evaluator: &mut Evaluator<'_>,
    frame: &Rc<Frame>,
    kind: &str,
    label: &str,
    steps: &[Step],
) -> Option<Value> {
    // With `count` there is an index in between; all instances answer the same.
    let asked = steps.iter().find_map(attribute)?;
    let account = match (kind, &**asked) {
        ("aws_caller_identity", "account_id" | "id") => true,
        ("aws_region", "name" | "region" | "id") => false,
        _ => return None,
    };
    let module = Rc::clone(&frame.module);
    let scope = Scope::of(frame);
    let block = module.block(true, kind, label);
    let region = block.and_then(|block| block.body.expr("region")).filter(|_| !account);
    if let Some(region) = region {
        return Some(evaluator.eval(&scope, region));
    }
    let named = block.and_then(|block| block.body.expr("provider"));
    let provider = providers::named(evaluator, &scope, named, "aws");
    let facts = providers::facts(evaluator, &provider);
    let known = if account { facts.account } else { facts.region };
    let prefix = if account { ACCOUNT_OF } else { REGION_OF };
    Some(known.map_or_else(|| Value::open(format!("{prefix}{}", provider.name)), Value::text))
}

/// Steps into a value.
pub(crate) fn walk(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, mut value: Value, steps: &[Step]) -> Value {
    for (index, step) in steps.iter().enumerate() {
        let settled = evaluator.settle(value);
        let rest = steps.get(index + 1..).unwrap_or_default();
        value = match step {
            Step::Attribute(name) => field(&settled, name),
            Step::Index(expr) => {
                let key = evaluator.eval(scope, expr);
                match (&settled, &key) {
                    (Value::Object(object), Value::Open(open)) if object.rest.is_none() => {
                        return by_open_key(evaluator, scope, object, open, rest);
                    }
                    (Value::List(list), Value::Open(open)) if !list.items.iter().any(Value::is_spread) => {
                        return by_open_index(evaluator, scope, list, open, rest);
                    }
                    _ => {
                        let key = evaluator.settle(key);
                        element(&settled, &key)
                    }
                }
            }
            Step::AttributeSplat | Step::FullSplat => return splat(evaluator, scope, settled, rest),
        };
    }
    evaluator.force(value)
}

fn splat(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, value: Value, rest: &[Step]) -> Value {
    match value {
        Value::Null => Value::list(Vec::new()),
        Value::List(list) => {
            let items = list.items.iter().map(|item| match item {
                Value::Open(open) if open.spread => {
                    let each = Open { spread: true, ..Open::clone(open) };
                    each.value()
                }
                item => walk(evaluator, scope, item.clone(), rest),
            });
            let items = items.collect();
            evaluator.list(items)
        }
        Value::Open(open) => {
            let each = open.part(format!("{}[*]", open.symbol), open.of.at(None));
            match walk(evaluator, scope, each, rest) {
                Value::Open(each) => Open { of: Type::List(Rc::default()), ..Open::clone(&each) }.value(),
                other => other,
            }
        }
        Value::Invalid(_) => value,
        // The splat of a single value is a list of it.
        single => {
            let single = walk(evaluator, scope, single, rest);
            evaluator.list(vec![single])
        }
    }
}

/// An entry of a known map by a key that is open: that can only be one of its keys.
fn by_open_key(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, object: &Object, key: &Open, rest: &[Step]) -> Value {
    let entries: Vec<(Literal, Value)> =
        object.fields.iter().map(|(name, value)| (Literal::Text(Rc::clone(name)), value.clone())).collect();
    by_open(evaluator, scope, entries, key, rest, None)
}

fn by_open_index(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, list: &List, key: &Open, rest: &[Step]) -> Value {
    let entries = list.items.iter().enumerate();
    let entries = entries.map(|(at, value)| (Literal::Number(at.into()), value.clone())).collect();
    by_open(evaluator, scope, entries, key, rest, None)
}

/// The value that an open key leads to: keys with equal values are one way, and so are all others, if there is a value
/// for them.
pub(crate) fn by_open(
    evaluator: &mut Evaluator<'_>,
    scope: &Rc<Scope>,
    entries: Vec<(Literal, Value)>,
    key: &Open,
    rest: &[Step],
    other: Option<Value>,
) -> Value {
    let settled = evaluator.settle(Value::Open(Rc::new(key.clone())));
    if let Some(known) = settled.literal() {
        let found = entries.into_iter().find(|(key, _)| *key == known).map(|(_, value)| value).or(other);
        let found = found.unwrap_or_else(|| Value::invalid(format!("no entry for {}", known.written())));
        return walk(evaluator, scope, found, rest);
    }
    // Only what follows is compared, so that entries which differ elsewhere are one way.
    let other =
        other.or_else(|| (evaluator.tolerant > 0).then(|| Value::invalid(format!("no entry for {}", key.symbol))));
    let plain = rest.iter().take_while(|step| matches!(step, Step::Attribute(_))).count();
    let (plain, rest) = rest.split_at(plain);
    let mut ways: Vec<(String, BTreeSet<Literal>, Value)> = Vec::new();
    let mut add = |evaluator: &mut Evaluator<'_>, key: Option<Literal>, value: Value| {
        let value = walk(evaluator, scope, value, plain);
        if matches!(value, Value::Invalid(_)) && evaluator.tolerant == 0 {
            return;
        }
        let symbol = distinct(&value);
        match ways.iter_mut().find(|(known, ..)| *known == symbol) {
            Some((_, keys, _)) => keys.extend(key),
            None => ways.push((symbol, key.into_iter().collect(), value)),
        }
    };
    for (key, value) in entries {
        add(evaluator, Some(key), value);
    }
    let classes: Vec<BTreeSet<Literal>> = ways.iter().map(|(_, keys, _)| keys.clone()).collect();
    let chosen = evaluator.choices.class(key, &classes, other.is_some());
    let value = match chosen {
        Some(index) if index == ways.len() => {
            let other = other.unwrap_or(Value::Null);
            walk(evaluator, scope, other, plain)
        }
        Some(index) => match ways.into_iter().nth(index) {
            Some((_, _, value)) => value,
            None => Value::invalid("no entry"),
        },
        None => Value::unread(format!("an entry chosen by {}", key.symbol)),
    };
    walk(evaluator, scope, value, rest)
}

/// A text by which equal values are found: what waits to be evaluated is equal to nothing else.
fn distinct(value: &Value) -> String {
    match value {
        Value::Lazy(thunk) => format!("{thunk:?}"),
        Value::List(list) if list.items.iter().any(|item| matches!(item, Value::Lazy(_))) => {
            format!("{:p}", Rc::as_ptr(list))
        }
        Value::Object(object) if object.fields.values().any(|field| matches!(field, Value::Lazy(_))) => {
            format!("{:p}", Rc::as_ptr(object))
        }
        other => other.symbol(),
    }
}
