//! From blocks to instances: `count`, `for_each`, provider configurations, module calls.

use std::collections::BTreeMap;
use std::rc::Rc;

use hcl_edit::expr::{Expression, ObjectKey};

use super::super::place::Provider;
use super::super::resources::World;
use super::blocks;
use super::eval::{Binding, Evaluator, Frame, ProviderFacts, Scope};
use super::module::{Module, Modules, Problem, provider_name};
use super::source::{Block, Body};
use super::value::Value;
use super::variables::{self, Mode};

/// How deep module calls are followed.
const MAX_MODULE_DEPTH: usize = 10;

/// How many instances of one block are drawn; more than this in one account is a mistake or an attack.
const MAX_INSTANCES: usize = 500;

/// What one more module instance costs, in the evaluator's currency: some thousands of them use everything up.
const COST_OF_FRAME: u64 = 2_000;

/// What is no input in a module call.
const META: [&str; 6] = ["source", "version", "count", "for_each", "providers", "depends_on"];

/// Draws one picture of one root.
#[derive(Debug)]
pub(crate) struct Expansion<'m> {
    /// Evaluates.
    pub(crate) evaluator: Evaluator,
    /// The root's position among the inputs.
    pub(crate) root: usize,
    /// What was found so far.
    pub(crate) world: World,
    loader: &'m mut Modules,
    frames: usize,
}

/// One instance of a block with `count` or `for_each`.
#[derive(Debug)]
struct Instance {
    /// `[0]`, `["eu"]` or nothing.
    suffix: String,
    /// `each` or `count` with its value.
    binding: Option<(&'static str, Value)>,
    /// It stands for an unknown number of instances.
    repeated: bool,
}

impl<'m> Expansion<'m> {
    /// An empty picture.
    pub(crate) fn new(evaluator: Evaluator, loader: &'m mut Modules, root: usize) -> Self {
        Self { evaluator, root, world: World::default(), loader, frames: 0 }
    }

    /// The picture, with the choices behind it.
    pub(crate) fn finish(mut self) -> (World, Evaluator) {
        self.world.decisions = self.evaluator.world.decisions();
        (self.world, self.evaluator)
    }

    /// Draws a root module.
    pub(crate) fn root(&mut self, module: &Rc<Module>, given: &BTreeMap<String, Expression>, mode: Mode) {
        let mut frame = self.frame(module, String::new());
        frame.variables = variables::of_root(&mut self.evaluator, &frame, given, mode);
        frame.providers.insert("aws".to_owned(), self.provider("aws"));
        self.declare_providers(&mut frame);
        self.content(&frame, "", 0);
    }

    fn frame(&mut self, module: &Rc<Module>, prefix: String) -> Frame {
        self.frames += 1;
        self.evaluator.fuel = self.evaluator.fuel.saturating_sub(COST_OF_FRAME);
        Frame {
            id: self.frames,
            module: Rc::clone(module),
            prefix,
            variables: BTreeMap::new(),
            providers: BTreeMap::new(),
        }
    }

    fn provider(&self, name: &str) -> Provider {
        Provider { root: self.root, name: Rc::from(name) }
    }

    /// The provider configurations that a module writes itself.
    fn declare_providers(&mut self, frame: &mut Frame) {
        let module = Rc::clone(&frame.module);
        for block in &module.providers {
            let alias = block.body.expr("alias").map(provider_name);
            let name = alias.map_or_else(|| "aws".to_owned(), |alias| format!("aws.{alias}"));
            let provider = self.provider(&format!("{}{name}", frame.prefix));
            frame.providers.insert(name, provider.clone());
            let facts = self.facts(frame, &block.body);
            self.evaluator.facts.insert(provider, facts);
        }
    }

    fn facts(&mut self, frame: &Frame, body: &Body) -> ProviderFacts {
        let scope = Scope { frame, binding: None };
        let mut known = |expr: Option<&Expression>| {
            let value = self.evaluator.eval(scope, expr?);
            Some(self.evaluator.settle_all(value))
        };
        let region = known(body.expr("region")).and_then(|region| region.as_text());
        let allowed = known(body.expr("allowed_account_ids")).and_then(|ids| match ids.elements()?.as_slice() {
            [only] => only.as_text(),
            _ => None,
        });
        let roles: Vec<String> = body
            .blocks("assume_role")
            .filter_map(|block| known(block.body.expr("role_arn")))
            .filter_map(|arn| arn.as_text())
            .collect();
        // Roles are assumed one after the other; the last one decides where the provider ends up.
        let assumed = roles.last().and_then(|arn| arn.split(':').nth(4).map(str::to_owned));
        let is_account = |id: &String| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        ProviderFacts { account: allowed.or(assumed).filter(is_account), region }
    }

    /// Resources, `removed` blocks and module calls of one module.
    fn content(&mut self, frame: &Frame, key: &str, depth: usize) {
        self.evaluator.problems.extend(frame.module.problems.iter().cloned());
        for block in &frame.module.resources {
            let address = format!("{}{}", frame.prefix, block.labels.join("."));
            for instance in self.instances(frame, block, &address) {
                let binding = bind(&instance);
                let scope = Scope { frame, binding: binding.as_ref() };
                let address = format!("{address}{}", instance.suffix);
                blocks::resource(self, scope, block, address, instance.repeated);
            }
        }
        for block in &frame.module.removed {
            blocks::removed(self, frame, block);
        }
        for call in &frame.module.calls {
            self.call(frame, call, key, depth);
        }
    }

    fn call(&mut self, frame: &Frame, call: &Block, key: &str, depth: usize) {
        let name = call.labels.first().map_or("", String::as_str);
        let address = format!("{}module.{name}", frame.prefix);
        let instances = self.instances(frame, call, &address);
        if instances.is_empty() {
            return;
        }
        let key = if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
        let source = match call.body.expr("source") {
            Some(Expression::String(source)) => Some(source.value().as_str()),
            _ => None,
        };
        let resolved = if depth >= MAX_MODULE_DEPTH {
            Err(format!("module calls nest deeper than {MAX_MODULE_DEPTH}"))
        } else {
            self.loader.resolve(&frame.module, &key, source)
        };
        let module = match resolved {
            Ok(module) => module,
            Err(reason) => {
                let message = format!("{address} was not looked into: {reason}");
                self.evaluator.problems.insert(Problem { at: call.at.clone(), message });
                return;
            }
        };
        for instance in instances {
            if self.evaluator.fuel == 0 {
                return;
            }
            let binding = bind(&instance);
            let scope = Scope { frame, binding: binding.as_ref() };
            let mut callee = self.frame(&module, format!("{address}{}.", instance.suffix));
            callee.providers = self.passed_providers(frame, &call.body);
            self.declare_providers(&mut callee);
            let inputs = call.body.attributes.iter().filter(|(name, _)| !META.contains(&name.as_str()));
            let inputs = inputs.map(|(name, input)| (name.clone(), self.evaluator.eval(scope, &input.expr))).collect();
            callee.variables = variables::of_call(&mut self.evaluator, &module, &callee, inputs);
            self.content(&callee, &key, depth + 1);
        }
    }

    /// The provider configurations that a call hands over; without `providers`, the default one.
    fn passed_providers(&self, frame: &Frame, call: &Body) -> BTreeMap<String, Provider> {
        let Some(Expression::Object(map)) = call.expr("providers") else {
            return BTreeMap::from([("aws".to_owned(), self.provider_of(frame, "aws"))]);
        };
        map.iter()
            .map(|(key, value)| {
                let name = match key {
                    ObjectKey::Ident(name) => name.as_str().to_owned(),
                    ObjectKey::Expression(expr) => provider_name(expr),
                };
                (name, self.provider_of(frame, &provider_name(value.expr())))
            })
            .collect()
    }

    /// What a provider name means in a module. One that nobody handed over is its own.
    pub(crate) fn provider_of(&self, frame: &Frame, name: &str) -> Provider {
        let known = frame.providers.get(name).cloned();
        known.unwrap_or_else(|| self.provider(&format!("{}{name}", frame.prefix)))
    }

    /// The instances of a resource or module call.
    fn instances(&mut self, frame: &Frame, block: &Block, address: &str) -> Vec<Instance> {
        let scope = Scope { frame, binding: None };
        let single = |repeated| Instance { suffix: String::new(), binding: None, repeated };
        if let Some(count) = block.body.expr("count") {
            let count = self.evaluator.eval(scope, count);
            return match self.evaluator.settle(count) {
                Value::Number(number) => {
                    let number = usize::try_from(number).unwrap_or(0);
                    self.cap(block, address, number);
                    (0_i64..)
                        .take(number.min(MAX_INSTANCES))
                        .map(|index| Instance {
                            suffix: format!("[{index}]"),
                            binding: Some(("count", count_object(Value::Number(index)))),
                            repeated: false,
                        })
                        .collect()
                }
                open => self.maybe(&format!("count of {address}"), &open, "count", count_object),
            };
        }
        let Some(for_each) = block.body.expr("for_each") else { return vec![single(false)] };
        let collection = self.evaluator.eval(scope, for_each);
        let collection = self.evaluator.settle(collection);
        let Some(entries) = collection.entries() else {
            let each = |value: Value| Value::pair(value.clone(), value);
            return self.maybe(&format!("for_each of {address}"), &collection, "each", each);
        };
        self.cap(block, address, entries.len());
        let is_list = matches!(collection, Value::List(_));
        entries
            .into_iter()
            .take(MAX_INSTANCES)
            .map(|(key, value)| {
                let value = self.evaluator.settle_all(value);
                // The key of a set's element is the element.
                let key = if is_list { value.clone() } else { key };
                let suffix = key.as_text().map_or_else(|| format!("[{}]", key.symbol()), |key| format!("[{key:?}]"));
                Instance { suffix, binding: Some(("each", Value::pair(key, value))), repeated: false }
            })
            .collect()
    }

    fn cap(&mut self, block: &Block, address: &str, number: usize) {
        if number > MAX_INSTANCES {
            let message = format!("{address} has {number} instances, of which {MAX_INSTANCES} were looked at");
            self.evaluator.problems.insert(Problem { at: block.at.clone(), message });
        }
    }

    /// Nobody knows how many: none at all, or some.
    fn maybe(
        &mut self,
        what: &str,
        open: &Value,
        name: &'static str,
        object: impl Fn(Value) -> Value,
    ) -> Vec<Instance> {
        match self.evaluator.world.choose(&format!("{what} is not zero")) {
            Some(false) => Vec::new(),
            Some(true) | None => vec![Instance {
                suffix: String::new(),
                binding: Some((name, object(Value::open(format!("each of {}", open.symbol()))))),
                repeated: true,
            }],
        }
    }
}

fn count_object(index: Value) -> Value {
    Value::object(BTreeMap::from([("index".to_owned(), index)]))
}

fn bind(instance: &Instance) -> Option<Binding<'static>> {
    let (name, value) = instance.binding.as_ref()?;
    Some(Binding { name, value: value.clone(), outer: None })
}
