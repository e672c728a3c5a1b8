//! From an instance's block to the common form.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::place::{Account, Provider, Region};
use super::super::predicate::ECR;
use super::super::resources::{
    CONFIGURATION, Deletion, ENABLER, Enabler, MODULE, ORGANIZATION, Organization, REGISTRY, REGISTRY_CC, TextSet,
};
use super::super::schema;
use super::attributes::{Expansion, Setting, faults, lifecycle, members, region, source};
use super::eval::ACCOUNT_OF;
use super::instances::Instance;
use super::module::reference_text;
use super::providers;
use super::registry::registry;
use super::scope::Scope;
use super::source::{Block, Body};
use super::value::{Literal, Value};

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
