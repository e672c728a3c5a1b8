//! From an instance's block to the common form.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::destroy::MODULE;
use super::super::place::{Account, Provider, Region};
use super::super::predicate::ECR;
use super::super::resources::{
    CONFIGURATION, Deletion, ENABLER, Enabler, Filter, Lifecycle, ORGANIZATION, OpenRules, Organization, REGISTRY,
    REGISTRY_CC, Registry, ScanRule, Source, Text, TextSet,
};
use super::super::schema;
use super::drawing::Expansion;
use super::eval::{ACCOUNT_OF, REGION_OF, Scope, entries};
use super::instances::Instance;
use super::module::reference_text;
use super::providers;
use super::source::{At, Block, Body};
use super::syntax::{Expr, Kind};
use super::value::{Literal, Open, Value};
use crate::rules::finding::terraform::Fault;

/// The most characters that are kept of a text: more than any of these attributes may have.
const MAX_CHARACTERS: usize = 300;

/// Where an instance is and what it acts on.
struct Setting {
    source: Source,
    provider: Provider,
    region: Region,
}

/// Adds one instance of a resource to the picture.
pub(crate) fn resource(
    expansion: &mut Expansion<'_>,
    scope: &Rc<Scope>,
    block: &Block,
    address: String,
    instance: &Instance,
) {
    let source = source(expansion, &block.at, address);
    let kind = block.labels.first().map_or("", String::as_str);
    let default = if kind == REGISTRY_CC { "awscc" } else { "aws" };
    let provider = providers::named(&mut expansion.evaluator, scope, block.body.expr("provider"), default);
    let region = region(expansion, scope, &block.body, &provider);
    let setting = Setting { source, provider, region };
    match kind {
        ENABLER => {
            let enabler = enabler(expansion, scope, &block.body, setting, instance);
            expansion.world.enablers.push(enabler);
        }
        REGISTRY | REGISTRY_CC => {
            let registry = registry(expansion, scope, block, setting, instance);
            expansion.world.registries.push(registry);
        }
        ORGANIZATION => {
            let ecr = block.body.blocks("auto_enable").next().and_then(|auto| auto.body.expr("ecr"));
            let auto_enables_ecr = match ecr {
                None => Some(false),
                Some(expr) => {
                    let value = expansion.evaluator.eval(scope, expr);
                    expansion.evaluator.decide(&value)
                }
            };
            let Setting { source, region, .. } = setting;
            expansion.world.organizations.push(Organization { source, region, auto_enables_ecr });
        }
        _ => {}
    }
}

fn source(expansion: &Expansion<'_>, at: &At, address: String) -> Source {
    Source { root: expansion.evaluator.root, file: at.file.to_string(), line: at.line, address }
}

/// An attribute's value, as known as this picture makes it.
fn value(expansion: &mut Expansion<'_>, scope: &Rc<Scope>, body: &Body, name: &str) -> Value {
    let Some(expr) = body.expr(name) else { return Value::Null };
    let value = expansion.evaluator.eval(scope, expr);
    expansion.evaluator.settle_all(value)
}

fn as_text(value: &Value) -> Text {
    match value {
        Value::Null => Text::Open("null".to_owned()),
        value => match value.as_text() {
            Some(text) => Text::Known(text.chars().take(MAX_CHARACTERS).collect()),
            None => Text::Open(value.symbol()),
        },
    }
}

fn text(expansion: &mut Expansion<'_>, scope: &Rc<Scope>, body: &Body, name: &str) -> Text {
    match value(expansion, scope, body, name) {
        // Required and not there: no text at all, whatever else is open.
        Value::Null => Text::Known("null".to_owned()),
        value => as_text(&value),
    }
}

/// One of a few texts: where it is open, each of them is looked at.
fn one_of(expansion: &mut Expansion<'_>, value: &Value, texts: &[&str]) -> Text {
    match value {
        Value::Open(open) if !open.unread => {
            let domain: Rc<[Literal]> = texts.iter().map(|text| Literal::Text(Rc::from(*text))).collect();
            let open = Open { domain: open.domain.clone().or(Some(domain)), default: None, ..Open::clone(open) };
            let chosen = expansion.evaluator.choices.one(&open);
            chosen.map_or_else(|| as_text(value), |literal| as_text(&literal.value()))
        }
        value => as_text(value),
    }
}

fn region(expansion: &mut Expansion<'_>, scope: &Rc<Scope>, body: &Body, provider: &Provider) -> Region {
    match value(expansion, scope, body, "region") {
        Value::Null => {
            let name = providers::facts(&mut expansion.evaluator, provider).region;
            name.map_or_else(|| Region::Of(provider.clone()), Region::Name)
        }
        Value::Text(name) => Region::Name(name.to_string()),
        open => match open.symbol().strip_prefix(REGION_OF) {
            Some(name) => Region::Of(Provider { root: expansion.evaluator.root, name: name.into() }),
            None => Region::Expression(expansion.evaluator.root, open.symbol()),
        },
    }
}

/// The members of a list attribute, and what the rest depends on if the list itself is open.
fn members(expansion: &mut Expansion<'_>, scope: &Rc<Scope>, body: &Body, name: &str) -> (Vec<Value>, Vec<Value>) {
    match value(expansion, scope, body, name) {
        Value::List(list) => list.items.iter().cloned().partition(|item| !item.is_spread()),
        other => (Vec::new(), vec![other]),
    }
}

fn enabler(
    expansion: &mut Expansion<'_>,
    scope: &Rc<Scope>,
    body: &Body,
    Setting { source, provider, region }: Setting,
    instance: &Instance,
) -> Enabler {
    let root = expansion.evaluator.root;
    let (ids, more) = members(expansion, scope, body, "account_ids");
    let accounts: BTreeSet<Account> = ids
        .into_iter()
        .map(|id| match (id.as_text(), id.symbol().strip_prefix(ACCOUNT_OF)) {
            (Some(id), _) => Account::Id(id.to_string()),
            (None, Some(name)) => Account::Of(Provider { root, name: name.into() }),
            (None, None) => Account::Expression(root, id.symbol()),
        })
        .collect();
    let attribute = schema::meant(ENABLER, "resource_types", body.attributes.keys());
    let (types, own_types) = types(expansion, scope, body, &attribute, instance.each.as_deref());
    // An account of its own for each instance: they never meet.
    let mut faults = faults(ENABLER, body);
    faults.extend(schema::type_faults(&types));
    let each = instance.each.as_deref();
    let others = each.is_some_and(|each| {
        let own = |account: &Account| matches!(account, Account::Expression(_, text) if text.contains(each));
        !accounts.is_empty() && accounts.iter().all(own)
    });
    let elsewhere = each.is_some_and(|each| matches!(&region, Region::Expression(_, text) if text.contains(each)));
    Enabler {
        source,
        accounts,
        more_accounts: more.first().map(Value::symbol),
        types,
        region,
        provider,
        lifecycle: lifecycle(body, "resource_types"),
        emptied: false,
        others,
        was: BTreeSet::new(),
        repeated: own_types && !others && !elsewhere,
        copies: 1,
        faults,
    }
}

/// The resource types. Whether what is open among them holds ECR decides everything, so it is looked at both ways. And
/// whether they are others in each of several instances.
fn types(
    expansion: &mut Expansion<'_>,
    scope: &Rc<Scope>,
    body: &Body,
    attribute: &str,
    each: Option<&str>,
) -> (TextSet, bool) {
    let (known, rest) = members(expansion, scope, body, attribute);
    let own = each.is_some_and(|each| known.iter().chain(&rest).any(|item| item.symbol().contains(each)));
    let ecr: Rc<str> = Rc::from(ECR);
    let mut set = TextSet::default();
    for item in known {
        match (&item, item.as_text()) {
            (_, Some(text)) => drop(set.known.insert(text.to_string())),
            (Value::Open(open), None) if !open.unread => {
                match expansion.evaluator.choices.equals(open, &Literal::Text(Rc::clone(&ecr))) {
                    Some(true) => drop(set.known.insert(ECR.to_owned())),
                    Some(false) => {
                        set.open.insert(open.symbol.to_string());
                        set.absent.insert(ECR.to_owned());
                    }
                    None => drop(set.unread.insert(open.symbol.to_string())),
                }
            }
            _ => drop(set.unread.insert(item.symbol())),
        }
    }
    for item in rest {
        match &item {
            Value::Open(open) if !open.unread => {
                set.open.insert(open.symbol.to_string());
                if set.known.contains(ECR) {
                    continue;
                }
                match expansion.evaluator.choices.has(open, &ecr) {
                    Some(true) => drop(set.known.insert(ECR.to_owned())),
                    Some(false) => drop(set.absent.insert(ECR.to_owned())),
                    None => drop(set.unread.insert(open.symbol.to_string())),
                }
            }
            _ => drop(set.unread.insert(item.symbol())),
        }
    }
    (set, own)
}

fn registry(
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

/// What is written in a block that its type does not have, and what is missing.
fn faults(kind: &str, body: &Body) -> Vec<Fault> {
    let mut faults = schema::faults(kind, body.attributes.keys(), body.blocks.iter().map(|block| &block.kind));
    faults.extend(schema::missing(kind, &body.attributes.keys()));
    faults
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

/// The `lifecycle` of a resource whose one deciding attribute is this.
fn lifecycle(body: &Body, attribute: &str) -> Lifecycle {
    Lifecycle { masked: ignores(body, attribute), prevents_destroy: prevents_destroy(body) }
}

/// Whether `lifecycle.ignore_changes` covers an attribute.
fn ignores(body: &Body, attribute: &str) -> bool {
    body.blocks("lifecycle").filter_map(|lifecycle| lifecycle.body.expr("ignore_changes")).any(|ignored| {
        let covers = |expr: &Expr| reference_text(expr).is_some_and(|name| name == "all" || name == attribute);
        match &ignored.kind {
            Kind::List(items) => items.iter().any(|item| covers(item)),
            _ => covers(ignored),
        }
    })
}

fn prevents_destroy(body: &Body) -> bool {
    let mut settings = body.blocks("lifecycle").filter_map(|lifecycle| lifecycle.body.expr("prevent_destroy"));
    settings.any(|setting| matches!(setting.kind, Kind::Bool(true)))
}

/// Adds what a `removed` block takes out of the state.
pub(crate) fn removed(expansion: &mut Expansion<'_>, scope: &Rc<Scope>, block: &Block) {
    let Some(from) = block.body.expr("from").and_then(|from| reference_text(from)) else { return };
    let parts: Vec<&str> = from.split('.').collect();
    let kind = [REGISTRY, REGISTRY_CC, ENABLER, CONFIGURATION].into_iter().find(|kind| parts.contains(kind));
    // A whole module: what was in it, nobody can see here.
    let module = parts.len().is_multiple_of(2) && parts.iter().step_by(2).all(|part| *part == "module");
    let Some(kind) = kind.or(module.then_some(MODULE)) else { return };
    let destroy = block.body.blocks("lifecycle").find_map(|lifecycle| lifecycle.body.expr("destroy"));
    let certain = match destroy {
        // Terraform destroys unless told otherwise, OpenTofu forgets.
        None => None,
        Some(expr) => {
            let value = expansion.evaluator.eval(scope, expr);
            expansion.evaluator.decide(&value)
        }
    };
    let provider = providers::named(&mut expansion.evaluator, scope, None, "aws");
    let source = source(expansion, &block.at, format!("{}{from}", scope.frame.prefix));
    let region = region(expansion, scope, &block.body, &provider);
    expansion.world.deletions.push(Deletion {
        source,
        kind: kind.to_owned(),
        certain,
        tainted: false,
        before: None,
        region,
        provider,
    });
}
