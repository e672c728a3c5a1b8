//! One consistent choice of everything that the configuration leaves open.
//!
//! A value that nothing decides is looked at in every way that matters: each way is a picture of its own. Whatever
//! depends on the same value sees the same choice, so two resources that follow one variable never look as if they
//! contradicted each other.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::super::condition::{Condition, Relation, tightened};
use super::syntax::Operator;
use super::types::Type;
use super::value::{Literal, Open};

/// How many choices one picture may hold; the next one stays open, and the analysis says so.
const MAX_CHOICES: usize = 16;

/// What is known about an open value.
#[derive(Debug, Default)]
struct Facts {
    /// It is one of these.
    one_of: Option<BTreeSet<Literal>>,
    /// It is none of these.
    not: BTreeSet<Literal>,
    /// As a collection it has these members,
    has: BTreeSet<Rc<str>>,
    lacks: BTreeSet<Rc<str>>,
    /// As a number it is at least this,
    low: Option<i64>,
    /// and at most this.
    high: Option<i64>,
}

/// The choices made so far.
#[derive(Debug, Default)]
pub(crate) struct Choices {
    script: Vec<usize>,
    taken: Vec<(usize, usize)>,
    conditions: Vec<Condition>,
    facts: BTreeMap<Rc<str>, Facts>,
    overflowed: bool,
}

impl Choices {
    /// Repeats the choices of `script` and takes the first way from there on.
    pub(crate) fn following(script: Vec<usize>) -> Self {
        Self { script, ..Self::default() }
    }

    /// How many choices were made: what was evaluated before the last one may come out otherwise now.
    pub(crate) fn count(&self) -> usize {
        self.taken.len()
    }

    /// The choices of the next picture, depth first; `None` after the last one.
    pub(crate) fn next_script(&self) -> Option<Vec<usize>> {
        let mut taken = self.taken.clone();
        while let Some((choice, ways)) = taken.pop() {
            if choice + 1 < ways {
                return Some(taken.iter().map(|(choice, _)| *choice).chain([choice + 1]).collect());
            }
        }
        None
    }

    /// Whether something had to stay open because there were too many choices.
    pub(crate) fn overflowed(&self) -> bool {
        self.overflowed
    }

    pub(crate) fn into_conditions(self) -> Vec<Condition> {
        tightened(&self.conditions)
    }

    /// One of several ways; `None` where there are too many choices already.
    fn pick(&mut self, open: &Open, ways: Vec<Relation>) -> Option<usize> {
        if self.taken.len() >= MAX_CHOICES {
            self.overflowed = true;
            return None;
        }
        let choice = self.script.get(self.taken.len()).copied().unwrap_or(0);
        self.taken.push((choice, ways.len()));
        self.conditions.push(Condition {
            subject: open.symbol.to_string(),
            relation: ways.into_iter().nth(choice)?,
            place: open.at.as_ref().map(|at| (at.file.to_string(), at.line)),
            unread: open.unread || open.is_derived(),
        });
        Some(choice)
    }

    fn facts(&mut self, open: &Open) -> &mut Facts {
        self.facts.entry(Rc::clone(&open.symbol)).or_default()
    }

    /// The values that it can still have, where they are known.
    pub(crate) fn candidates(&mut self, open: &Open) -> Option<Vec<Literal>> {
        let booleans = [Literal::Bool(true), Literal::Bool(false)];
        let declared = match (&open.domain, &open.of) {
            (Some(domain), _) => Some(domain.to_vec()),
            (None, Type::Bool) => Some(booleans.to_vec()),
            _ => None,
        };
        let facts = self.facts(open);
        let narrowed = facts.one_of.as_ref().map(|values| values.iter().cloned().collect::<Vec<_>>());
        let mut values = narrowed.or(declared)?;
        values.retain(|value| !facts.not.contains(value));
        Some(values)
    }

    /// Whether it was ruled out that it is this.
    pub(crate) fn excludes(&mut self, open: &Open, value: &Literal) -> bool {
        let facts = self.facts(open);
        facts.not.contains(value) || facts.one_of.as_ref().is_some_and(|values| !values.contains(value))
    }

    pub(crate) fn bind(&mut self, open: &Open, value: Literal) {
        if let Literal::Number(number) = &value {
            let number = number.to_i64();
            let facts = self.facts(open);
            (facts.low, facts.high) = (number, number);
        }
        self.facts(open).one_of = Some([value].into());
    }

    /// A boolean, or a condition that nothing decides.
    pub(crate) fn boolean(&mut self, open: &Open) -> Option<bool> {
        let candidates = self.candidates(open).unwrap_or_default();
        let known: Vec<bool> = candidates
            .iter()
            .filter_map(|value| value.value().as_bool())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        if let [only] = known.as_slice() {
            return Some(*only);
        }
        let choice = self.pick(open, vec![Relation::is("true"), Relation::is("false")])? == 0;
        self.bind(open, Literal::Bool(choice));
        Some(choice)
    }

    /// Which of its possible values it is, where those are few.
    pub(crate) fn one(&mut self, open: &Open) -> Option<Literal> {
        let candidates = self.candidates(open)?;
        match candidates.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            several if several.len() <= 40 => {
                let ways = several.iter().map(|value| Relation::is(value.written())).collect();
                let value = several.get(self.pick(open, ways)?)?.clone();
                self.bind(open, value.clone());
                Some(value)
            }
            _ => None,
        }
    }

    /// Whether it equals a known value.
    pub(crate) fn equals(&mut self, open: &Open, value: &Literal) -> Option<bool> {
        if self.excludes(open, value) {
            return Some(false);
        }
        if let Literal::Number(number) = value
            && let Some(outside) = self.outside(open, *number)
        {
            return Some(!outside);
        }
        match self.candidates(open) {
            Some(values) if values.contains(value) && values.len() == 1 => return Some(true),
            Some(values) if !values.contains(value) => return Some(false),
            Some(_) if matches!(value, Literal::Bool(_)) => {
                return self.boolean(open).map(|choice| Literal::Bool(choice) == *value);
            }
            _ => {}
        }
        let written = value.written();
        let equal = self.pick(open, vec![Relation::is(&*written), Relation::is_not(&*written)])? == 0;
        if equal {
            self.bind(open, value.clone());
        } else {
            let facts = self.facts(open);
            facts.not.insert(value.clone());
            if let Literal::Number(number) = value {
                let number = number.to_i64();
                if number.is_some() && facts.low == number {
                    facts.low = number.and_then(|number| number.checked_add(1));
                }
            }
        }
        Some(equal)
    }

    /// Whether a number is outside of what it can be: `None` where it may be that number.
    fn outside(&mut self, open: &Open, number: Decimal) -> Option<bool> {
        let least = least(open);
        let facts = self.facts(open);
        let low = facts.low.or(least);
        if low.is_some_and(|low| number < Decimal::from(low))
            || facts.high.is_some_and(|high| number > Decimal::from(high))
        {
            return Some(true);
        }
        (low.is_some() && low == facts.high).then_some(false)
    }

    /// Whether a number compares with a known one as the operator says.
    pub(crate) fn compares(&mut self, open: &Open, operator: Operator, number: Decimal) -> Option<bool> {
        // As `open >= bound` or its opposite, over whole numbers.
        let floor = number.floor().to_i64()?;
        let exact = number.fract().is_zero();
        let (bound, wanted) = match operator {
            Operator::Greater => (floor.checked_add(1)?, true),
            Operator::AtLeast => (if exact { floor } else { floor.checked_add(1)? }, true),
            Operator::Less => (if exact { floor } else { floor.checked_add(1)? }, false),
            Operator::AtMost => (floor.checked_add(1)?, false),
            _ => return None,
        };
        Some(self.at_least(open, bound)? == wanted)
    }

    /// Whether a number is at least this.
    pub(crate) fn at_least(&mut self, open: &Open, bound: i64) -> Option<bool> {
        if let Some(values) = self.candidates(open)
            && let [only] = values.as_slice()
        {
            return only.value().as_number().map(|number| number >= Decimal::from(bound));
        }
        let least = least(open);
        let facts = self.facts(open);
        if facts.low.or(least).is_some_and(|low| low >= bound) {
            return Some(true);
        }
        if facts.high.is_some_and(|high| high < bound) {
            return Some(false);
        }
        let below = bound.checked_sub(1)?;
        let choice = self.pick(open, vec![Relation::AtLeast(bound), Relation::AtMost(below)])? == 0;
        let facts = self.facts(open);
        if choice {
            facts.low = Some(bound);
        } else {
            facts.high = Some(below);
        }
        Some(choice)
    }

    /// A number is known to be at least this.
    pub(crate) fn raise(&mut self, open: &Open, low: i64) {
        let facts = self.facts(open);
        facts.low = facts.low.max(Some(low));
    }

    /// Whether a collection has a member.
    pub(crate) fn has(&mut self, open: &Open, member: &Rc<str>) -> Option<bool> {
        let empty = {
            let length = length_of(open);
            self.facts(&length).high == Some(0)
        };
        let facts = self.facts(open);
        if facts.has.contains(member) {
            return Some(true);
        }
        if empty || facts.lacks.contains(member) {
            return Some(false);
        }
        let written = format!("{member:?}");
        let choice = self.pick(open, vec![Relation::Has(written.clone()), Relation::Lacks(written)])? == 0;
        let facts = self.facts(open);
        if choice {
            facts.has.insert(Rc::clone(member));
            let facts = self.facts(&length_of(open));
            facts.low = facts.low.max(Some(1));
        } else {
            facts.lacks.insert(Rc::clone(member));
        }
        Some(choice)
    }

    /// Which of several classes of values it belongs to; the last way is none of them, where that can be.
    pub(crate) fn class(&mut self, open: &Open, classes: &[BTreeSet<Literal>], others: bool) -> Option<usize> {
        let candidates = self.candidates(open);
        let left = |class: &BTreeSet<Literal>, not: &BTreeSet<Literal>| -> BTreeSet<Literal> {
            let can = |value: &&Literal| candidates.as_ref().is_none_or(|values| values.contains(value));
            class.iter().filter(can).filter(|value| !not.contains(value)).cloned().collect()
        };
        let not = self.facts(open).not.clone();
        let mut ways: Vec<(usize, BTreeSet<Literal>)> =
            classes.iter().enumerate().map(|(index, class)| (index, left(class, &not))).collect();
        ways.retain(|(_, class)| !class.is_empty());
        let all: BTreeSet<Literal> = classes.iter().flatten().cloned().collect();
        let outside =
            candidates.map(|values| values.into_iter().filter(|value| !all.contains(value)).collect::<BTreeSet<_>>());
        if others && outside.as_ref().is_none_or(|values| !values.is_empty()) {
            ways.push((classes.len(), outside.unwrap_or_default()));
        }
        let written = |values: &BTreeSet<Literal>| values.iter().map(Literal::written).collect();
        let relations = ways.iter().map(|(index, values)| {
            if *index == classes.len() { Relation::IsNot(written(&all)) } else { Relation::Is(written(values)) }
        });
        let way = match ways.as_slice() {
            [] => return None,
            [_] => 0,
            _ => self.pick(open, relations.collect())?,
        };
        let (index, values) = ways.get(way)?;
        if values.is_empty() {
            self.facts(open).not.extend(all);
        } else {
            self.facts(open).one_of = Some(values.clone());
        }
        Some(*index)
    }
}

/// The length of an open collection, as a number of its own.
pub(crate) fn length_of(open: &Open) -> Open {
    Open { unread: open.unread, at: open.at.clone(), ..Open::of(format!("{LENGTH}{})", open.symbol), Type::Number) }
}

const LENGTH: &str = "length(";

/// The least that it can be, as what it is says.
fn least(open: &Open) -> Option<i64> {
    open.symbol.starts_with(LENGTH).then_some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_is_visited_once() {
        let mut seen = Vec::new();
        let mut script = Some(Vec::new());
        while let Some(current) = script {
            let mut choices = Choices::following(current);
            let a = choices.boolean(&Open::new("a"));
            let b = if a == Some(true) { choices.boolean(&Open::new("b")) } else { None };
            seen.push((a, b));
            script = choices.next_script();
        }
        assert_eq!(seen, [(Some(true), Some(true)), (Some(true), Some(false)), (Some(false), None)]);
    }

    #[test]
    fn a_value_chosen_once_excludes_all_others() {
        let mut choices = Choices::default();
        let environment = Open::new("var.env");
        let text = |text: &str| Literal::Text(Rc::from(text));
        assert_eq!(choices.equals(&environment, &text("prod")), Some(true));
        assert_eq!(choices.equals(&environment, &text("dev")), Some(false));
        assert_eq!(choices.one(&environment), Some(text("prod")));
    }

    #[test]
    fn numbers_are_ranges() {
        let mut choices = Choices::following(vec![1]);
        let n = Open::of("var.n", Type::Number);
        assert_eq!(choices.at_least(&n, 1), Some(false));
        assert_eq!(choices.compares(&n, Operator::Greater, Decimal::ZERO), Some(false));
        assert_eq!(choices.compares(&n, Operator::Less, Decimal::ONE), Some(true));
        assert_eq!(choices.equals(&n, &Literal::Number(Decimal::from(3))), Some(false));
        assert_eq!(choices.count(), 1);
    }

    #[test]
    fn too_many_choices_stay_open() {
        let mut choices = Choices::default();
        let chosen = (0..100).filter(|index| choices.boolean(&Open::new(format!("c{index}"))).is_some()).count();
        assert_eq!(chosen, MAX_CHOICES);
        assert!(choices.overflowed());
    }
}
