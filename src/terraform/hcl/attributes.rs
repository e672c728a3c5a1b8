//! The attributes of an instance's block, as the common form has them.

use std::path::PathBuf;
use std::rc::Rc;

use super::super::place::{Provider, Region};
use super::super::resources::{Lifecycle, Source, Text};
use super::super::schema;
use super::super::world::World;
use super::eval::{Evaluator, REGION_OF};
use super::module::reference_text;
use super::providers;
use super::scope::Scope;
use super::source::{At, Body};
use super::syntax::{Expr, Kind};
use super::value::{Literal, Open, Value};
use crate::rules::finding::terraform::Fault;

/// Draws one picture of one root.
#[derive(Debug)]
pub(crate) struct Expansion<'m> {
    pub(crate) evaluator: Evaluator<'m>,
    /// What was found so far.
    pub(crate) world: World,
    /// The directories of the modules whose calls lead here.
    pub(super) chain: Vec<PathBuf>,
}

impl<'m> Expansion<'m> {
    pub(crate) fn new(evaluator: Evaluator<'m>) -> Self {
        Self { evaluator, world: World::default(), chain: Vec::new() }
    }
}

/// The most characters that are kept of a text: more than any of these attributes may have.
const MAX_CHARACTERS: usize = 300;

/// Where an instance is and what it acts on.
pub(super) struct Setting {
    pub(super) source: Source,
    pub(super) provider: Provider,
    pub(super) region: Region,
}

pub(super) fn source(expansion: &Expansion<'_>, at: &At, address: String) -> Source {
    Source { root: expansion.evaluator.root, file: at.file.to_string(), line: at.line, address }
}

/// An attribute's value, as known as this picture makes it.
pub(super) fn value(expansion: &mut Expansion<'_>, scope: &Rc<Scope>, body: &Body, name: &str) -> Value {
    let Some(expr) = body.expr(name) else { return Value::Null };
    let value = expansion.evaluator.eval(scope, expr);
    expansion.evaluator.settle_all(value)
}

pub(super) fn as_text(value: &Value) -> Text {
    match value {
        Value::Null => Text::Open("null".to_owned()),
        value => match value.as_text() {
            Some(text) => Text::Known(text.chars().take(MAX_CHARACTERS).collect()),
            None => Text::Open(value.symbol()),
        },
    }
}

pub(super) fn text(expansion: &mut Expansion<'_>, scope: &Rc<Scope>, body: &Body, name: &str) -> Text {
    match value(expansion, scope, body, name) {
        // Required and not there: no text at all, whatever else is open.
        Value::Null => Text::Known("null".to_owned()),
        value => as_text(&value),
    }
}

/// One of a few texts: where it is open, each of them is looked at.
pub(super) fn one_of(expansion: &mut Expansion<'_>, value: &Value, texts: &[&str]) -> Text {
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

pub(super) fn region(expansion: &mut Expansion<'_>, scope: &Rc<Scope>, body: &Body, provider: &Provider) -> Region {
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
pub(super) fn members(
    expansion: &mut Expansion<'_>,
    scope: &Rc<Scope>,
    body: &Body,
    name: &str,
) -> (Vec<Value>, Vec<Value>) {
    match value(expansion, scope, body, name) {
        Value::List(list) => list.items.iter().cloned().partition(|item| !item.is_spread()),
        other => (Vec::new(), vec![other]),
    }
}

/// What is written in a block that its type does not have, and what is missing.
pub(super) fn faults(kind: &str, body: &Body) -> Vec<Fault> {
    let mut faults = schema::faults(kind, body.attributes.keys(), body.blocks.iter().map(|block| &block.kind));
    faults.extend(schema::missing(kind, &body.attributes.keys()));
    faults
}

/// The `lifecycle` of a resource whose one deciding attribute is this.
pub(super) fn lifecycle(body: &Body, attribute: &str) -> Lifecycle {
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
