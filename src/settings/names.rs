//! Names of rules that were typed, and the nearest known one where one was mistyped.

use super::error::SettingsError;
use crate::rules::{self, RULES, Rule};
use crate::text::nearest;

/// The rule with that id.
///
/// # Errors
/// When there is none; the error has the nearest name.
pub(crate) fn rule(name: &str) -> Result<&'static Rule, SettingsError> {
    rules::rule(name).ok_or_else(|| {
        let ids: Vec<&'static str> = RULES.iter().map(|rule| rule.id).collect();
        SettingsError::UnknownRule { name: name.to_owned(), nearest: nearest(name, &ids) }
    })
}
