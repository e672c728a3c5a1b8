//! `for` expressions.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::eval::Evaluator;
use super::parts::{entries, opaque};
use super::scope::Scope;
use super::syntax::{For, Kind, Step};
use super::types::Type;
use super::value::{DERIVED, Value};

impl Evaluator<'_> {
    /// What a `for` comes to.
    pub(super) fn for_expression(&mut self, scope: &Rc<Scope>, expr: &For, offset: u32) -> Value {
        let collection = self.eval(scope, &expr.collection);
        let collection = self.settle(collection);
        let Some(entries) = entries(&collection) else {
            return over_open(expr, &collection, || scope.context(offset));
        };
        let (mut items, mut fields) = (Vec::new(), BTreeMap::new());
        let mut groups: BTreeMap<Rc<str>, Vec<Value>> = BTreeMap::new();
        for (key, value) in entries {
            if self.fuel == 0 {
                return self.too_complex();
            }
            let inner = expr.key.as_ref().map_or_else(|| Rc::clone(scope), |name| scope.with(name, key));
            let inner = inner.with(&expr.value, value);
            if let Some(condition) = &expr.condition {
                let condition = self.eval(&inner, condition);
                match self.decide(&condition) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return Value::unread(format!("a list filtered by {}", condition.symbol())),
                }
            }
            let value = self.later(&inner, &expr.result);
            let Some(result_key) = &expr.result_key else {
                items.push(value);
                continue;
            };
            let key = self.eval(&inner, result_key);
            let key = self.settle(key);
            let Some(key) = key.as_text() else {
                return opaque(&format!("an object with the key {}", key.symbol()), &[key]);
            };
            self.charge(2, key.len());
            if expr.grouping {
                groups.entry(key).or_default().push(value);
            } else {
                fields.insert(key, value);
            }
        }
        if expr.grouping {
            fields = groups.into_iter().map(|(key, members)| (key, self.list(members))).collect();
        }
        if expr.result_key.is_some() { self.object(fields, None) } else { self.list(items) }
    }
}

/// A `for` over something that is not known: itself where it changes nothing, its parts where it takes one of each.
fn over_open(expr: &For, collection: &Value, context: impl FnOnce() -> String) -> Value {
    let Value::Open(open) = collection else {
        return opaque(&format!("{DERIVED}{}{}", collection.symbol(), context()), std::slice::from_ref(collection));
    };
    if expr.condition.is_none() && expr.result_key.is_none() {
        match &expr.result.kind {
            Kind::Name(name) if *name == expr.value => return collection.clone(),
            Kind::Steps(base, steps) if matches!(&base.kind, Kind::Name(name) if *name == expr.value) => {
                let names: Option<Vec<&str>> = steps
                    .iter()
                    .map(|step| match step {
                        Step::Attribute(name) => Some(&**name),
                        _ => None,
                    })
                    .collect();
                if let Some(names) = names {
                    return open.part(format!("{}[*].{}", open.symbol, names.join(".")), Type::List(Rc::default()));
                }
            }
            _ => {}
        }
    }
    open.part(format!("{DERIVED}{}{}", open.symbol, context()), Type::Any)
}
