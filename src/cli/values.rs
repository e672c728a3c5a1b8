//! Values that several options take: how they are read, and what completion offers of them.

use std::ffi::OsStr;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Command};

use crate::rules::RULES;

/// The most that are ever printed of anything.
pub(super) const MOST: usize = 1_000_000;

/// A parser of whole numbers that says what its bounds are.
pub(super) fn whole<T>(bounds: RangeInclusive<T>) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static,
{
    move |text| {
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        number.ok_or_else(|| format!("give a whole number from {} to {}", bounds.start(), bounds.end()))
    }
}

/// Names of rules: completion offers all of them, and whether one exists is said elsewhere, with the nearest one.
#[derive(Debug, Clone)]
pub(super) struct RuleNames {
    /// Names of other pages, each with what is on it.
    pub(super) beside: &'static [(&'static str, &'static str)],
}

impl TypedValueParser for RuleNames {
    type Value = String;

    fn parse_ref(&self, command: &Command, option: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, option, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let rules = RULES.iter().map(|rule| (rule.id, rule.title));
        let all = rules.chain(self.beside.iter().copied());
        Some(Box::new(all.map(|(name, about)| PossibleValue::new(name).help(about))))
    }
}
