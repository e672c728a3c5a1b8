//! From an instance's block to the common form.

use std::collections::BTreeSet;

use hcl_edit::expr::Expression;

use super::super::place::{Account, Provider, Region};
use super::super::resources::{
    CONFIGURATION, Deletion, ENABLER, Enabler, Filter, Lifecycle, ORGANIZATION, OpenRules, Organization, REGISTRY,
    Registry, ScanRule, Source, Text, TextSet,
};
use super::eval::{ACCOUNT_OF, Binding, Frame, REGION_OF, Scope};
use super::expand::Expansion;
use super::module::{provider_name, reference_text};
use super::source::{At, Block, Body};
use super::value::Value;

/// Adds one instance of a resource to the picture.
pub(crate) fn resource(
    expansion: &mut Expansion<'_>,
    scope: Scope<'_>,
    block: &Block,
    address: String,
    repeated: bool,
) {
    let source = source(expansion, &block.at, address);
    let name = block.body.expr("provider").map_or_else(|| "aws".to_owned(), provider_name);
    let provider = expansion.provider_of(scope.frame, &name);
    let region = region(expansion, scope, &block.body, &provider);
    match block.labels.first().map(String::as_str) {
        Some(ENABLER) => {
            let enabler = enabler(expansion, scope, &block.body, (source, provider, region), repeated);
            expansion.world.enablers.push(enabler);
        }
        Some(REGISTRY) => {
            let registry = registry(expansion, scope, &block.body, (source, provider, region));
            expansion.world.registries.push(registry);
        }
        Some(ORGANIZATION) => {
            let ecr = block.body.blocks("auto_enable").next().and_then(|auto| auto.body.expr("ecr"));
            let auto_enables_ecr = match ecr {
                None => Some(false),
                Some(expr) => {
                    let value = expansion.evaluator.eval(scope, expr);
                    expansion.evaluator.decide(&value)
                }
            };
            expansion.world.organizations.push(Organization { source, region, auto_enables_ecr });
        }
        _ => {}
    }
}

fn source(expansion: &Expansion<'_>, at: &At, address: String) -> Source {
    Source { root: expansion.root, file: at.file.to_string(), line: at.line, address }
}

fn value(expansion: &mut Expansion<'_>, scope: Scope<'_>, body: &Body, name: &str) -> Value {
    let Some(expr) = body.expr(name) else { return Value::Null };
    let value = expansion.evaluator.eval(scope, expr);
    expansion.evaluator.settle_all(value)
}

fn text(expansion: &mut Expansion<'_>, scope: Scope<'_>, body: &Body, name: &str) -> Text {
    let value = value(expansion, scope, body, name);
    match value.as_text() {
        Some(text) => Text::Known(text),
        None => Text::Open(value.symbol()),
    }
}

fn region(expansion: &mut Expansion<'_>, scope: Scope<'_>, body: &Body, provider: &Provider) -> Region {
    match value(expansion, scope, body, "region") {
        Value::Null => {
            let facts = expansion.evaluator.facts.get(provider);
            let name = facts.and_then(|facts| facts.region.clone());
            name.map_or_else(|| Region::Of(provider.clone()), Region::Name)
        }
        Value::Text(name) => Region::Name(name.to_string()),
        open => match open.symbol().strip_prefix(REGION_OF) {
            Some(name) => Region::Of(Provider { root: expansion.root, name: name.into() }),
            None => Region::Expression(expansion.root, open.symbol()),
        },
    }
}

/// The members of a list attribute, and what the rest depends on if the list itself is open.
fn members(expansion: &mut Expansion<'_>, scope: Scope<'_>, body: &Body, name: &str) -> (Vec<Value>, Option<String>) {
    let value = value(expansion, scope, body, name);
    match value.elements() {
        Some(items) => (items, None),
        None => (Vec::new(), Some(value.symbol())),
    }
}

fn enabler(
    expansion: &mut Expansion<'_>,
    scope: Scope<'_>,
    body: &Body,
    (source, provider, region): (Source, Provider, Region),
    repeated: bool,
) -> Enabler {
    let (ids, more_accounts) = members(expansion, scope, body, "account_ids");
    let accounts = ids
        .into_iter()
        .map(|id| match (id.as_text(), id.symbol().strip_prefix(ACCOUNT_OF)) {
            (Some(id), _) => Account::Id(id),
            (None, Some(name)) => Account::Of(Provider { root: expansion.root, name: name.into() }),
            (None, None) => Account::Expression(expansion.root, id.symbol()),
        })
        .collect();
    let (types, more_types) = members(expansion, scope, body, "resource_types");
    let mut set = TextSet { known: BTreeSet::new(), open: more_types.into_iter().collect() };
    for item in types {
        match item.as_text() {
            Some(text) => set.known.insert(text),
            None => set.open.insert(item.symbol()),
        };
    }
    Enabler {
        source,
        accounts,
        more_accounts,
        types: set,
        region,
        provider,
        lifecycle: lifecycle(body, "resource_types"),
        emptied: false,
        repeated,
    }
}

fn registry(
    expansion: &mut Expansion<'_>,
    scope: Scope<'_>,
    body: &Body,
    (source, provider, region): (Source, Provider, Region),
) -> Registry {
    let scan_type = text(expansion, scope, body, "scan_type");
    let (mut rules, mut open_rules) = (Vec::new(), Vec::new());
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
                let filter = text(expansion, scope, body, "filter");
                let filter_type = text(expansion, scope, body, "filter_type");
                filters.push(Filter { filter, filter_type });
            }
        });
        rules.push(ScanRule { frequency, filters, open_filters });
    });
    let account = expansion.evaluator.facts.get(&provider).and_then(|facts| facts.account.clone());
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
    }
}

/// What a nested block is handed to: its scope, its body and, where nobody knows how often it occurs, the symbol of
/// the element it is made for.
type OnBlock<'f> = dyn FnMut(&mut Expansion<'_>, Scope<'_>, &Body, Option<&str>) + 'f;

/// Every nested block of a kind, written out or dynamic.
fn each_block(expansion: &mut Expansion<'_>, scope: Scope<'_>, body: &Body, kind: &str, f: &mut OnBlock<'_>) {
    for block in body.blocks(kind) {
        f(expansion, scope, &block.body, None);
    }
    for dynamic in body.blocks("dynamic").filter(|block| block.labels.first().is_some_and(|label| label == kind)) {
        let Some(content) = dynamic.body.blocks("content").next() else { continue };
        let iterator = dynamic.body.expr("iterator").and_then(reference_text);
        let iterator = iterator.as_deref().unwrap_or(kind);
        let collection = value(expansion, scope, &dynamic.body, "for_each");
        let Some(entries) = collection.entries() else {
            let element = format!("each of {}", collection.symbol());
            let each = Value::pair(Value::open(&element), Value::open(&element));
            // A long symbol is cut in the value; the cut form is the one to look for.
            let element = each.elements().and_then(|parts| parts.first().map(Value::symbol)).unwrap_or(element);
            let binding = Binding { name: iterator, value: each, outer: scope.binding };
            f(expansion, Scope { frame: scope.frame, binding: Some(&binding) }, &content.body, Some(&element));
            continue;
        };
        for (key, value) in entries {
            if expansion.evaluator.fuel == 0 {
                return;
            }
            let binding = Binding { name: iterator, value: Value::pair(key, value), outer: scope.binding };
            f(expansion, Scope { frame: scope.frame, binding: Some(&binding) }, &content.body, None);
        }
    }
}

/// The `lifecycle` of a resource whose one deciding attribute is this.
fn lifecycle(body: &Body, attribute: &str) -> Lifecycle {
    Lifecycle { masked: ignores(body, attribute), prevents_destroy: prevents_destroy(body) }
}

/// Whether `lifecycle.ignore_changes` covers an attribute.
fn ignores(body: &Body, attribute: &str) -> bool {
    body.blocks("lifecycle").filter_map(|lifecycle| lifecycle.body.expr("ignore_changes")).any(|ignored| {
        let covers = |expr: &Expression| reference_text(expr).is_some_and(|name| name == "all" || name == attribute);
        match ignored {
            Expression::Array(items) => items.iter().any(covers),
            other => covers(other),
        }
    })
}

fn prevents_destroy(body: &Body) -> bool {
    let mut settings = body.blocks("lifecycle").filter_map(|lifecycle| lifecycle.body.expr("prevent_destroy"));
    settings.any(|setting| setting.as_bool() == Some(true))
}

/// Adds what a `removed` block takes out of the state.
pub(crate) fn removed(expansion: &mut Expansion<'_>, frame: &Frame, block: &Block) {
    let Some(from) = block.body.expr("from").and_then(reference_text) else { return };
    let kind = [REGISTRY, ENABLER, CONFIGURATION].into_iter().find(|kind| from.split('.').any(|part| part == *kind));
    let Some(kind) = kind else { return };
    let destroy = block.body.blocks("lifecycle").find_map(|lifecycle| lifecycle.body.expr("destroy"));
    let certain = match destroy {
        // Terraform destroys unless told otherwise, OpenTofu forgets.
        None => None,
        Some(expr) => {
            let value = expansion.evaluator.eval(Scope { frame, binding: None }, expr);
            expansion.evaluator.decide(&value)
        }
    };
    let provider = expansion.provider_of(frame, "aws");
    let source = source(expansion, &block.at, format!("{}{from}", frame.prefix));
    let region = region(expansion, Scope { frame, binding: None }, &block.body, &provider);
    expansion.world.deletions.push(Deletion { source, kind: kind.to_owned(), certain, before: None, region, provider });
}
