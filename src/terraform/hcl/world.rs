//! One consistent choice of everything that the configuration leaves open.
//!
//! A condition that nothing decides is looked at both ways. Whatever depends on the same condition sees the same
//! choice, so two resources that follow one variable never look as if they contradicted each other.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::value::{Open, Value};

/// How many open conditions one world may decide; the next one stays undecided, and the analysis says so.
const MAX_CHOICES: usize = 16;

/// The choices made so far.
#[derive(Debug, Default)]
pub(crate) struct World {
    script: Vec<bool>,
    taken: Vec<(Rc<str>, bool)>,
    decided: BTreeMap<Rc<str>, bool>,
    bound: BTreeMap<Rc<str>, Value>,
    overflowed: bool,
}

impl World {
    /// A world that repeats the choices of `script` and takes `true` from there on.
    pub(crate) fn following(script: Vec<bool>) -> Self {
        Self { script, ..Self::default() }
    }

    /// The choice for a condition; `None` where there are too many.
    pub(crate) fn choose(&mut self, condition: &str) -> Option<bool> {
        if let Some(choice) = self.decided.get(condition) {
            return Some(*choice);
        }
        if self.taken.len() >= MAX_CHOICES {
            self.overflowed = true;
            return None;
        }
        let choice = self.script.get(self.taken.len()).copied().unwrap_or(true);
        let condition: Rc<str> = Rc::from(condition);
        self.taken.push((Rc::clone(&condition), choice));
        self.decided.insert(condition, choice);
        Some(choice)
    }

    /// What an open value is in this world, if that is known.
    ///
    /// A boolean is chosen here and now, so that every use of it agrees. Anything else is its default, and stays
    /// its default for the rest of this world.
    pub(crate) fn resolve(&mut self, open: &Open) -> Option<Value> {
        if let Some(value) = self.bound.get(&open.symbol) {
            return Some(value.clone());
        }
        if let Some(choice) = self.decided.get(&open.symbol) {
            return Some(Value::Bool(*choice));
        }
        let default = open.default.as_deref()?;
        if matches!(default, Value::Bool(_)) {
            return self.choose(&open.symbol).map(Value::Bool);
        }
        if self.decided.get(equality(open, default).as_str()) == Some(&false) {
            return None;
        }
        self.bound.insert(Rc::clone(&open.symbol), default.clone());
        Some(default.clone())
    }

    /// Whether an open value equals a known one. Choosing "yes" makes it that value everywhere.
    pub(crate) fn equals(&mut self, open: &Open, known: &Value) -> Option<bool> {
        if let Some(value) = self.bound.get(&open.symbol) {
            return Some(value == known);
        }
        if let Some(choice) = self.decided.get(&open.symbol) {
            return Some(*known == Value::Bool(*choice));
        }
        if let Value::Bool(wanted) = known {
            return self.choose(&open.symbol).map(|choice| choice == *wanted);
        }
        let equal = self.choose(&equality(open, known))?;
        if equal {
            self.bound.insert(Rc::clone(&open.symbol), known.clone());
        }
        Some(equal)
    }

    /// The choices of the next world, depth first; `None` after the last one.
    pub(crate) fn next_script(&self) -> Option<Vec<bool>> {
        let mut script: Vec<bool> = self.taken.iter().map(|(_, choice)| *choice).collect();
        while let Some(last) = script.pop() {
            if last {
                script.push(false);
                return Some(script);
            }
        }
        None
    }

    /// Whether a condition had to stay undecided because there were too many.
    pub(crate) fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// The choices in words, e.g. `var.enable_scanning = false`.
    pub(crate) fn decisions(&self) -> Vec<String> {
        self.taken
            .iter()
            .map(|(condition, choice)| {
                let is_reference = condition.chars().all(|c| c.is_ascii_alphanumeric() || "._-[]\"".contains(c));
                if is_reference { format!("{condition} = {choice}") } else { format!("({condition}) = {choice}") }
            })
            .collect()
    }
}

fn equality(open: &Open, known: &Value) -> String {
    format!("{} == {}", open.symbol, known.symbol())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(symbol: &str, default: Option<Value>) -> Open {
        Open { symbol: Rc::from(symbol), default: default.map(Rc::new) }
    }

    #[test]
    fn every_combination_is_visited_once() {
        let mut seen = Vec::new();
        let mut script = Some(Vec::new());
        while let Some(current) = script {
            let mut world = World::following(current);
            let a = world.choose("a");
            let b = if a == Some(true) { world.choose("b") } else { None };
            seen.push((a, b));
            script = world.next_script();
        }
        assert_eq!(seen, [(Some(true), Some(true)), (Some(true), Some(false)), (Some(false), None)]);
    }

    #[test]
    fn a_value_chosen_once_excludes_all_others() {
        let mut world = World::default();
        let environment = open("var.env", None);
        assert_eq!(world.equals(&environment, &Value::text("prod")), Some(true));
        assert_eq!(world.equals(&environment, &Value::text("dev")), Some(false));
        assert_eq!(world.resolve(&environment), Some(Value::text("prod")));
    }

    #[test]
    fn a_default_that_was_ruled_out_is_not_used() {
        let mut world = World::following(vec![false]);
        let environment = open("var.env", Some(Value::text("prod")));
        assert_eq!(world.equals(&environment, &Value::text("prod")), Some(false));
        assert_eq!(world.resolve(&environment), None);
    }

    #[test]
    fn too_many_conditions_stay_undecided() {
        let mut world = World::default();
        let chosen = (0..100).filter(|index| world.choose(&format!("c{index}")).is_some()).count();
        assert_eq!(chosen, MAX_CHOICES);
        assert!(world.overflowed());
    }
}
