//! Evaluates expressions as far as the configuration decides them.
//!
//! An expression that depends on something else (a data source, a variable without a value, a function that is not
//! known here) is open, never guessed. Only conditions are guessed, both ways, by [`World`].

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use hcl_edit::Span as _;
use hcl_edit::expr::{BinaryOp, BinaryOperator, Expression, ForExpr, Object, ObjectKey, UnaryOp, UnaryOperator};
use hcl_edit::template::Element;

use super::super::place::Provider;
use super::functions;
use super::module::{Module, Problem};
use super::value::{Open, Value};
use super::world::World;

/// How many expressions may be under evaluation at once: locals that refer to locals, and nesting.
const MAX_DEPTH: u32 = 200;

/// How the account of a provider's credentials is written as a symbol; the provider's name follows.
pub(crate) const ACCOUNT_OF: &str = "the account of provider ";
/// How the region of a provider is written as a symbol.
pub(crate) const REGION_OF: &str = "the region of provider ";

/// A module as it is called: with its inputs.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Unique within a world.
    pub(crate) id: usize,
    /// Its blocks.
    pub(crate) module: Rc<Module>,
    /// `module.a[0].module.b.`, empty for the root: the prefix of its addresses.
    pub(crate) prefix: String,
    /// Its variables: every declared one, and undeclared ones that were set.
    pub(crate) variables: BTreeMap<String, Value>,
    /// Its provider names, and what they are in the root.
    pub(crate) providers: BTreeMap<String, Provider>,
}

/// What a provider configuration says about itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProviderFacts {
    /// The account, where it is pinned or a role's ARN names it.
    pub(crate) account: Option<String>,
    /// Its region.
    pub(crate) region: Option<String>,
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'s> {
    /// The module.
    pub(crate) frame: &'s Frame,
    /// `each`, `count`, iterators.
    pub(crate) binding: Option<&'s Binding<'s>>,
}

/// A name that only holds inside a block or expression.
#[derive(Debug)]
pub(crate) struct Binding<'s> {
    /// The name.
    pub(crate) name: &'s str,
    /// Its value.
    pub(crate) value: Value,
    /// The names around it.
    pub(crate) outer: Option<&'s Self>,
}

/// Evaluates one world.
#[derive(Debug, Default)]
pub(crate) struct Evaluator {
    /// The choices.
    pub(crate) world: World,
    /// What keeps rules from deciding.
    pub(crate) problems: BTreeSet<Problem>,
    /// Facts about providers.
    pub(crate) facts: BTreeMap<Provider, ProviderFacts>,
    /// How much work is left.
    pub(crate) fuel: u64,
    locals: BTreeMap<(usize, String), Value>,
    active: BTreeSet<(usize, String)>,
    depth: u32,
}

impl Evaluator {
    /// An evaluator with so much work to spend.
    pub(crate) fn new(world: World, fuel: u64) -> Self {
        Self { world, fuel, ..Self::default() }
    }

    /// What an expression comes to.
    pub(crate) fn eval(&mut self, scope: Scope<'_>, expr: &Expression) -> Value {
        if self.depth >= MAX_DEPTH || self.fuel == 0 {
            self.fuel = self.fuel.saturating_sub(1);
            return Value::open(format!("{}an expression too complex to follow", scope.frame.prefix));
        }
        self.depth += 1;
        let value = self.dispatch(scope, expr);
        self.depth -= 1;
        self.fuel = self.fuel.saturating_sub(1 + value.weight() / 8);
        value
    }

    fn dispatch(&mut self, scope: Scope<'_>, expr: &Expression) -> Value {
        match expr {
            Expression::Null(_) => Value::Null,
            Expression::Bool(value) => Value::Bool(*value.value()),
            Expression::Number(number) => {
                let whole = number.value().as_i64().map(Value::Number);
                whole.unwrap_or_else(|| Value::open(number.value().to_string()))
            }
            Expression::String(text) => Value::text(text.value()),
            Expression::Array(array) => {
                let items = array.iter().map(|item| self.eval(scope, item)).collect();
                Value::list(items)
            }
            Expression::Object(object) => self.object(scope, object),
            Expression::StringTemplate(template) => self.template(scope, template.iter()),
            Expression::HeredocTemplate(heredoc) => self.template(scope, heredoc.template.iter()),
            Expression::Parenthesis(inner) => self.eval(scope, inner.inner()),
            Expression::Variable(name) => bound(scope, name.as_str())
                .unwrap_or_else(|| Value::open(format!("{}{}", scope.frame.prefix, name.as_str()))),
            Expression::Conditional(conditional) => {
                let condition = self.eval(scope, &conditional.cond_expr);
                match self.decide(&condition) {
                    Some(true) => self.eval(scope, &conditional.true_expr),
                    Some(false) => self.eval(scope, &conditional.false_expr),
                    None => Value::open(format!("a choice by {}", condition.symbol())),
                }
            }
            Expression::FuncCall(call) => functions::call(self, scope, call),
            Expression::Traversal(traversal) => super::references::traversal(self, scope, traversal),
            Expression::UnaryOp(operation) => self.unary(scope, operation),
            Expression::BinaryOp(operation) => self.binary(scope, operation),
            Expression::ForExpr(for_expr) => self.for_expr(scope, for_expr),
        }
    }

    /// What a value is in this world: open ones with a default or a choice become known.
    pub(crate) fn settle(&mut self, value: Value) -> Value {
        match &value {
            Value::Open(open) => match self.world.resolve(open) {
                Some(known) => known,
                None => Value::Open(Open { symbol: Rc::clone(&open.symbol), default: None }),
            },
            _ => value,
        }
    }

    /// The same for everything inside it.
    pub(crate) fn settle_all(&mut self, value: Value) -> Value {
        if !value.has_open() {
            return value;
        }
        match self.settle(value) {
            Value::List(list) => Value::list(list.content.iter().map(|item| self.settle_all(item.clone())).collect()),
            Value::Object(object) => {
                let fields = object.content.iter();
                Value::object(fields.map(|(key, value)| (key.clone(), self.settle_all(value.clone()))).collect())
            }
            settled => settled,
        }
    }

    /// A condition, chosen where nothing decides it; `None` where too many are open.
    pub(crate) fn decide(&mut self, value: &Value) -> Option<bool> {
        let settled = match value {
            // An open value without a default is chosen below; resolving it first would lose nothing.
            Value::Open(_) => self.settle(value.clone()),
            known => known.clone(),
        };
        match &settled {
            Value::Bool(value) => Some(*value),
            Value::Text(text) if &**text == "true" => Some(true),
            Value::Text(text) if &**text == "false" => Some(false),
            other => self.world.choose(&other.symbol()),
        }
    }

    /// Whether two values are equal, chosen where nothing decides it.
    pub(crate) fn equal(&mut self, a: &Value, b: &Value) -> Option<bool> {
        if a == b {
            return Some(true);
        }
        match (a, b) {
            (Value::Open(open), known) | (known, Value::Open(open)) if !known.has_open() => {
                self.world.equals(open, known)
            }
            _ => {
                let (a, b) = (self.settle_all(a.clone()), self.settle_all(b.clone()));
                if a == b {
                    Some(true)
                } else if a.has_open() || b.has_open() {
                    self.world.choose(&format!("{} == {}", a.symbol(), b.symbol()))
                } else {
                    Some(false)
                }
            }
        }
    }

    fn object(&mut self, scope: Scope<'_>, object: &Object) -> Value {
        let mut fields = BTreeMap::new();
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(name) => Value::text(name.as_str()),
                ObjectKey::Expression(expr) => {
                    let key = self.eval(scope, expr);
                    self.settle(key)
                }
            };
            let value = self.eval(scope, value.expr());
            // A key that is not known could be any: then nothing is known about the whole object.
            let Some(key) = key.as_text() else {
                return Value::open(format!("an object with the key {}", key.symbol()));
            };
            fields.insert(key, value);
        }
        Value::object(fields)
    }

    fn template<'t>(&mut self, scope: Scope<'_>, elements: impl Iterator<Item = &'t Element>) -> Value {
        let elements: Vec<&Element> = elements.collect();
        // `"${x}"` alone is x itself, not its text.
        if let [Element::Interpolation(interpolation)] = elements.as_slice() {
            return self.eval(scope, &interpolation.expr);
        }
        let (mut text, mut known) = (String::new(), true);
        for element in elements {
            match element {
                Element::Literal(literal) => text.push_str(literal),
                Element::Interpolation(interpolation) => {
                    let value = self.eval(scope, &interpolation.expr);
                    let value = self.settle(value);
                    if let Some(part) = value.as_text() {
                        text.push_str(&part);
                    } else {
                        known = false;
                        text.push_str("${");
                        text.push_str(&value.symbol());
                        text.push('}');
                    }
                }
                Element::Directive(directive) => {
                    known = false;
                    text.push_str(&context(scope, directive.span()));
                }
            }
        }
        if known { Value::text(text) } else { Value::open(format!("{text:?}")) }
    }

    fn unary(&mut self, scope: Scope<'_>, operation: &UnaryOp) -> Value {
        let value = self.eval(scope, &operation.expr);
        match operation.operator.value() {
            UnaryOperator::Not => match self.decide(&value) {
                Some(value) => Value::Bool(!value),
                None => Value::open(format!("!{}", value.symbol())),
            },
            UnaryOperator::Neg => match self.settle(value) {
                Value::Number(number) => number.checked_neg().map_or_else(|| Value::open("overflow"), Value::Number),
                other => Value::open(format!("-{}", other.symbol())),
            },
        }
    }

    fn binary(&mut self, scope: Scope<'_>, operation: &BinaryOp) -> Value {
        let operator = *operation.operator.value();
        let left = self.eval(scope, &operation.lhs_expr);
        if matches!(operator, BinaryOperator::And | BinaryOperator::Or) {
            let settles = operator == BinaryOperator::Or;
            return match self.decide(&left) {
                Some(left) if left == settles => Value::Bool(settles),
                Some(_) => {
                    let right = self.eval(scope, &operation.rhs_expr);
                    self.decide(&right).map_or_else(|| Value::open(right.symbol()), Value::Bool)
                }
                None => Value::open(left.symbol()),
            };
        }
        let right = self.eval(scope, &operation.rhs_expr);
        match operator {
            BinaryOperator::Eq | BinaryOperator::NotEq => match self.equal(&left, &right) {
                Some(equal) => Value::Bool(equal == (operator == BinaryOperator::Eq)),
                None => Value::open(format!("{} == {}", left.symbol(), right.symbol())),
            },
            _ => {
                let (left, right) = (self.settle(left), self.settle(right));
                let known = match (&left, &right) {
                    (Value::Number(a), Value::Number(b)) => arithmetic(operator, *a, *b),
                    _ => None,
                };
                known.unwrap_or_else(|| {
                    Value::open(format!("{} {} {}", left.symbol(), operator.as_str(), right.symbol()))
                })
            }
        }
    }

    fn for_expr(&mut self, scope: Scope<'_>, expr: &ForExpr) -> Value {
        let collection = self.eval(scope, &expr.intro.collection_expr);
        let collection = self.settle(collection);
        let Some(entries) = collection.entries() else {
            return Value::open(format!("a list over {}{}", collection.symbol(), context(scope, expr.span())));
        };
        let (mut items, mut fields) = (Vec::new(), BTreeMap::new());
        for (key, value) in entries {
            let key_binding = expr.intro.key_var.as_ref().map(|name| Binding {
                name: name.as_str(),
                value: key,
                outer: scope.binding,
            });
            let outer = key_binding.as_ref().or(scope.binding);
            let binding = Binding { name: expr.intro.value_var.as_str(), value, outer };
            let inner = Scope { frame: scope.frame, binding: Some(&binding) };
            if let Some(condition) = &expr.cond {
                let condition = self.eval(inner, &condition.expr);
                match self.decide(&condition) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return Value::open(format!("a list filtered by {}", condition.symbol())),
                }
            }
            let value = self.eval(inner, &expr.value_expr);
            let Some(key_expr) = &expr.key_expr else {
                items.push(value);
                continue;
            };
            let key = self.eval(inner, key_expr);
            match self.settle(key).as_text() {
                Some(key) if expr.grouping => match fields.entry(key).or_insert_with(|| Value::list(Vec::new())) {
                    group @ Value::List(_) => {
                        let mut members = group.elements().unwrap_or_default();
                        members.push(value);
                        *group = Value::list(members);
                    }
                    _ => return Value::open("a group that is too large"),
                },
                Some(key) => {
                    fields.insert(key, value);
                }
                None => return Value::open(format!("an object over {}", collection.symbol())),
            }
        }
        if expr.key_expr.is_some() { Value::object(fields) } else { Value::list(items) }
    }

    /// A local value. One that needs itself is a mistake Terraform reports too; here it is open, and named.
    pub(crate) fn local(&mut self, frame: &Frame, name: &str) -> Value {
        let key = (frame.id, name.to_owned());
        if let Some(value) = self.locals.get(&key) {
            return value.clone();
        }
        let Some(attribute) = frame.module.locals.get(name) else {
            return Value::open(format!("{}local.{name}", frame.prefix));
        };
        if !self.active.insert(key.clone()) {
            self.problems
                .insert(Problem { at: attribute.at.clone(), message: format!("local.{name} refers to itself") });
            return Value::open(format!("{}local.{name}", frame.prefix));
        }
        let value = self.eval(Scope { frame, binding: None }, &attribute.expr);
        self.active.remove(&key);
        self.locals.insert(key, value.clone());
        value
    }
}

/// The value of a name that a block or expression binds.
pub(crate) fn bound(scope: Scope<'_>, name: &str) -> Option<Value> {
    let mut binding = scope.binding;
    while let Some(current) = binding {
        if current.name == name {
            return Some(current.value.clone());
        }
        binding = current.outer;
    }
    None
}

/// What tells two open results of one expression apart: where it stands, and what its names are bound to.
fn context(scope: Scope<'_>, span: Option<std::ops::Range<usize>>) -> String {
    let mut text = format!(" at {}{}", scope.frame.prefix, span.map_or(0, |span| span.start));
    let mut binding = scope.binding;
    while let Some(current) = binding {
        text = format!("{text} {} = {}", current.name, current.value.symbol());
        binding = current.outer;
    }
    text
}

fn arithmetic(operator: BinaryOperator, a: i64, b: i64) -> Option<Value> {
    let number = |value: Option<i64>| value.map(Value::Number);
    match operator {
        BinaryOperator::Plus => number(a.checked_add(b)),
        BinaryOperator::Minus => number(a.checked_sub(b)),
        BinaryOperator::Mul => number(a.checked_mul(b)),
        BinaryOperator::Div if b != 0 && a.checked_rem(b) == Some(0) => number(a.checked_div(b)),
        BinaryOperator::Mod => number(a.checked_rem(b)),
        BinaryOperator::Less => Some(Value::Bool(a < b)),
        BinaryOperator::LessEq => Some(Value::Bool(a <= b)),
        BinaryOperator::Greater => Some(Value::Bool(a > b)),
        BinaryOperator::GreaterEq => Some(Value::Bool(a >= b)),
        _ => None,
    }
}
