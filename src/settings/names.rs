//! Names that were typed, and the nearest known one where one was mistyped.

use super::error::SettingsError;
use crate::rules::{self, RULES, Rule};

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

/// The known name that is most like a mistyped one, if one is near.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), *known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}
