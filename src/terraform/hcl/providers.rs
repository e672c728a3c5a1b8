//! Provider configurations: which one a resource uses, and what it says about account and region.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::super::place::Provider;
use super::eval::Evaluator;
use super::module::reference_text;
use super::parts::element;
use super::scope::{Frame, Scope};
use super::source::Block;
use super::syntax::{Expr, Kind, Node, Step};
use super::value::Value;

/// What a provider configuration says about itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// The account, where it is pinned or a role's ARN names it.
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
}

/// The name that a provider block declares: `aws`, `aws.eu`.
fn declared_name(block: &Block) -> String {
    let kind = block.labels.first().map_or("aws", String::as_str);
    match block.body.expr("alias").and_then(|alias| reference_text(alias)) {
        Some(alias) => format!("{kind}.{alias}"),
        None => kind.to_owned(),
    }
}

/// The providers of a module: those that it is handed, and those that it writes itself.
pub(crate) fn of_frame(
    evaluator: &Evaluator<'_>,
    prefix: &str,
    blocks: &[Block],
    mut handed: BTreeMap<String, Provider>,
) -> BTreeMap<String, Provider> {
    for block in blocks {
        let name = declared_name(block);
        let provider = Provider { root: evaluator.root, name: Arc::from(format!("{prefix}{name}")) };
        handed.insert(name, provider);
    }
    handed
}

/// Remembers which block declares each provider of a module.
pub(crate) fn remember(evaluator: &mut Evaluator<'_>, frame: &Rc<Frame>) {
    for (index, block) in frame.module.providers.iter().enumerate() {
        let name = format!("{}{}", frame.prefix, declared_name(block));
        evaluator.declared.insert(name, (Rc::clone(frame), index));
    }
}

/// The provider configurations that a call hands over; without `providers`, the default ones.
pub(crate) fn handed(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, call: &Block) -> BTreeMap<String, Provider> {
    let Some(Kind::Object(map)) = call.body.expr("providers").map(|expr| &expr.kind) else {
        let default = |kind: &str| (kind.to_owned(), of_name(evaluator, &scope.frame, kind));
        return [default("aws"), default("awscc")].into();
    };
    let named = map.iter().filter_map(|(key, value)| Some((reference_text(key)?, value)));
    named.map(|(key, value)| (key, named_by(evaluator, scope, value))).collect()
}

/// What a provider name means in a module. One that nobody handed over is its own.
fn of_name(evaluator: &Evaluator<'_>, frame: &Frame, name: &str) -> Provider {
    let known = frame.providers.get(name).cloned();
    known.unwrap_or_else(|| Provider { root: evaluator.root, name: Arc::from(format!("{}{name}", frame.prefix)) })
}

/// The provider that an attribute names; without it, the default one of a kind.
pub(crate) fn named(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, expr: Option<&Node>, kind: &str) -> Provider {
    match expr {
        Some(expr) => named_by(evaluator, scope, expr),
        None => of_name(evaluator, &scope.frame, kind),
    }
}

fn named_by(evaluator: &mut Evaluator<'_>, scope: &Rc<Scope>, expr: &Expr) -> Provider {
    let name = reference_text(expr).unwrap_or_else(|| "unknown provider".to_owned());
    let provider = of_name(evaluator, &scope.frame, &name);
    // One of several instances of a provider, as OpenTofu has them.
    let Kind::Steps(_, steps) = &expr.kind else { return provider };
    let Some(Step::Index(key)) = steps.iter().find(|step| matches!(step, Step::Index(_))) else { return provider };
    let key = evaluator.eval(scope, key);
    let key = evaluator.settle(key);
    let name: Arc<str> = Arc::from(format!("{}[{}]", provider.name, key.symbol()));
    evaluator.provider_keys.insert(Arc::clone(&name), key);
    Provider { name, ..provider }
}

/// What a provider's configuration says.
pub(crate) fn facts(evaluator: &mut Evaluator<'_>, provider: &Provider) -> Facts {
    let key = evaluator.provider_keys.get(&provider.name).cloned();
    let base = if key.is_some() { provider.name.rsplit_once('[').map_or("", |(base, _)| base) } else { &provider.name };
    // A key may hold a bracket of its own; such a provider says nothing.
    let Some((frame, index)) = evaluator.declared.get(base).cloned() else { return Facts::default() };
    let Some(block) = frame.module.providers.get(index) else { return Facts::default() };
    let mut scope = Scope::of(&frame);
    if let (Some(key), Some(for_each)) = (key, block.body.expr("for_each")) {
        let collection = evaluator.eval(&scope, for_each);
        let collection = evaluator.settle(collection);
        let value = match &collection {
            Value::List(list) if list.set => key.clone(),
            other => element(other, &key),
        };
        scope = scope.with(&Rc::from("each"), Value::pair(key, value));
    }
    let mut known = |expr: Option<&Node>| {
        let value = evaluator.eval(&scope, expr?);
        Some(evaluator.settle_all(value))
    };
    let region = known(block.body.expr("region")).and_then(|region| region.as_text());
    let allowed = known(block.body.expr("allowed_account_ids")).and_then(|ids| match &ids {
        Value::List(ids) => match ids.items.as_slice() {
            [only] => only.as_text(),
            _ => None,
        },
        _ => None,
    });
    let roles: Vec<Rc<str>> = block
        .body
        .blocks("assume_role")
        .filter_map(|block| known(block.body.expr("role_arn")))
        .filter_map(|arn| arn.as_text())
        .collect();
    // Roles are assumed one after the other; the last one decides where the provider ends up.
    let assumed = roles.last().and_then(|arn| arn.split(':').nth(4).map(Rc::from));
    let is_account = |id: &Rc<str>| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    let account = allowed.or(assumed).filter(is_account);
    Facts { account: account.map(|id| id.to_string()), region: region.map(|region| region.to_string()) }
}
