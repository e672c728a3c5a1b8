//! Templates, filled in.

use std::rc::Rc;

use super::eval::Evaluator;
use super::parts::entries;
use super::scope::Scope;
use super::syntax::Part;
use super::types::Type;
use super::value::{Open, Value};

impl Evaluator<'_> {
    /// What a template comes to.
    pub(super) fn template(&mut self, scope: &Rc<Scope>, parts: &[Part]) -> Value {
        // `"${x}"` alone is x itself, not its text.
        if let [Part::Value(expr)] = parts {
            return self.eval(scope, expr);
        }
        let mut filled = Filled::default();
        self.fill(scope, parts, &mut filled);
        match filled.refused {
            Some(refused) => refused,
            None if filled.open => {
                Open { unread: filled.unread, ..Open::of(format!("{:?}", filled.text), Type::Text) }.value()
            }
            None => self.text(&filled.text),
        }
    }

    fn fill(&mut self, scope: &Rc<Scope>, parts: &[Part], filled: &mut Filled) {
        for part in parts {
            if self.fuel == 0 || filled.text.len() > 1 << 20 {
                (filled.open, filled.unread) = (true, true);
                return;
            }
            match part {
                Part::Literal(text) => filled.text.push_str(text),
                Part::Value(expr) => {
                    let value = self.eval(scope, expr);
                    let value = self.settle(value);
                    match value.as_text() {
                        Some(text) => filled.text.push_str(&text),
                        None => filled.gap(&value),
                    }
                }
                Part::If(condition, yes, no) => {
                    let condition = self.eval(scope, condition);
                    match self.decide(&condition) {
                        Some(choice) => self.fill(scope, if choice { yes } else { no }, filled),
                        None => filled.gap(&Value::unread(condition.symbol())),
                    }
                }
                Part::For(key, value, collection, body) => {
                    let collection = self.eval(scope, collection);
                    let collection = self.settle(collection);
                    let Some(entries) = entries(&collection) else {
                        filled.gap(&collection);
                        continue;
                    };
                    for (index, element) in entries {
                        let inner = key.as_ref().map_or_else(|| Rc::clone(scope), |key| scope.with(key, index));
                        let inner = inner.with(value, element);
                        self.fuel = self.fuel.saturating_sub(1);
                        self.fill(&inner, body, filled);
                    }
                }
            }
        }
    }
}

/// A template as it is filled in.
#[derive(Debug, Default)]
struct Filled {
    text: String,
    open: bool,
    unread: bool,
    refused: Option<Value>,
}

impl Filled {
    fn gap(&mut self, value: &Value) {
        match value {
            Value::Open(open) => {
                self.open = true;
                self.unread |= open.unread;
                self.text.push_str("${");
                self.text.push_str(&open.symbol);
                self.text.push('}');
            }
            Value::Invalid(_) => self.refused = Some(value.clone()),
            _ => self.refused = Some(Value::invalid("something that is no text in a template")),
        }
    }
}
