//! From an instance of a registry's scanning configuration to the common form, with its rules and filters.

use std::rc::Rc;

use super::super::place::{Account, Region};
use super::super::resources::{Filter, OpenRules, REGISTRY_CC, Registry, ScanRule, Text};
use super::super::schema;
use super::attributes::{Expansion, Setting, as_text, faults, lifecycle, one_of, text, value};
use super::instances::Instance;
use super::module::reference_text;
use super::parts::entries;
use super::providers;
use super::scope::Scope;
use super::source::{Block, Body};
use super::value::Value;

pub(super) fn registry(
    expansion: &mut Expansion<'_>,
    scope: &Rc<Scope>,
    block: &Block,
    setting: Setting,
    instance: &Instance,
) -> Registry {
    let Setting { source, provider, region } = setting;
    let kind = block.labels.first().map_or("", String::as_str);
    let body = &block.body;
    let scan_type = value(expansion, scope, body, &schema::meant(kind, "scan_type", body.attributes.keys()));
    let scan_type = one_of(expansion, &scan_type, &["BASIC", "ENHANCED"]);
    let (mut rules, mut open_rules) = (Vec::new(), Vec::new());
    if kind == REGISTRY_CC {
        match value(expansion, scope, body, "rules") {
            Value::Null => {}
            written => match entries(&written) {
                Some(entries) => rules = entries.iter().map(|(_, rule)| rule_of(rule)).collect(),
                None => open_rules.push(OpenRules { over: written.symbol(), same_frequency: false }),
            },
        }
    } else {
        each_block(expansion, scope, body, "rule", &mut |expansion, scope, body, over| {
            let frequency = text(expansion, scope, body, "scan_frequency");
            if let Some(element) = over {
                let same_frequency = !matches!(&frequency, Text::Open(symbol) if symbol.contains(element));
                open_rules.push(OpenRules { over: element.to_owned(), same_frequency });
                return;
            }
            let (mut filters, mut open_filters) = (Vec::new(), false);
            each_block(expansion, scope, body, "repository_filter", &mut |expansion, scope, body, over| {
                if over.is_some() {
                    open_filters = true;
                } else {
                    let filter = as_text(&value(expansion, scope, body, "filter"));
                    let filter_type = text(expansion, scope, body, "filter_type");
                    filters.push(Filter { filter, filter_type });
                }
            });
            rules.push(ScanRule { frequency, filters, open_filters });
        });
    }
    let account = providers::facts(&mut expansion.evaluator, &provider).account;
    let apart = instance.each.as_deref().is_some_and(|each| {
        matches!(&region, Region::Expression(_, text) if text.contains(each)) || provider.name.contains(each)
    });
    Registry {
        source,
        account: account.map_or_else(|| Account::Of(provider.clone()), Account::Id),
        region,
        provider,
        scan_type,
        rules,
        open_rules,
        lifecycle: lifecycle(body, "scan_type"),
        kept: None,
        copies: if instance.several && !apart { 2 } else { 1 },
        faults: faults(kind, body),
    }
}

/// A rule that is written as an object, as `awscc` has them.
fn rule_of(rule: &Value) -> ScanRule {
    let at = |value: &Value, name: &str| match value {
        Value::Object(object) => object.fields.get(name).cloned().unwrap_or(Value::Null),
        other => other.clone(),
    };
    let filters = at(rule, "repository_filters");
    let known = entries(&filters);
    ScanRule {
        frequency: as_text(&at(rule, "scan_frequency")),
        open_filters: known.is_none() && !matches!(filters, Value::Null),
        filters: known
            .into_iter()
            .flatten()
            .map(|(_, filter)| Filter {
                filter: as_text(&at(&filter, "filter")),
                filter_type: as_text(&at(&filter, "filter_type")),
            })
            .collect(),
    }
}

/// What a nested block is handed to: its scope, its body and, where nobody knows how often it occurs, the symbol of
/// the element it is made for.
type OnBlock<'f> = dyn FnMut(&mut Expansion<'_>, &Rc<Scope>, &Body, Option<&str>) + 'f;

/// Every nested block of a kind, written out or dynamic.
fn each_block(expansion: &mut Expansion<'_>, scope: &Rc<Scope>, body: &Body, kind: &str, f: &mut OnBlock<'_>) {
    for block in body.blocks(kind) {
        f(expansion, scope, &block.body, None);
    }
    for dynamic in body.blocks("dynamic").filter(|block| block.labels.first().is_some_and(|label| label == kind)) {
        let Some(content) = dynamic.body.blocks("content").next() else { continue };
        let iterator = dynamic.body.expr("iterator").and_then(|iterator| reference_text(iterator));
        let iterator: Rc<str> = Rc::from(iterator.as_deref().unwrap_or(kind));
        let collection = dynamic.body.expr("for_each").map_or(Value::Null, |for_each| {
            let collection = expansion.evaluator.eval(scope, for_each);
            expansion.evaluator.settle(collection)
        });
        let Some(entries) = entries(&collection) else {
            let element = Value::open(format!("each of {}", collection.symbol()));
            // A long symbol is cut in the value; the cut form is the one to look for.
            let symbol = element.symbol();
            let scope = scope.with(&iterator, Value::pair(element.clone(), element));
            f(expansion, &scope, &content.body, Some(&symbol));
            continue;
        };
        for (key, value) in entries {
            if expansion.evaluator.fuel == 0 {
                return;
            }
            let scope = scope.with(&iterator, Value::pair(key, value));
            f(expansion, &scope, &content.body, None);
        }
    }
}
