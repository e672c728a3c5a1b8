//! Values of the configuration file: what may stand there, and in what words it is refused.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::report::fits;
use crate::rules::RULES;
use crate::settings::names::rule;
use crate::text::nearest;

/// A share, 0 to 1.
pub(super) fn fraction<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    between(deserializer, Decimal::ONE, "a number from 0 to 1, such as 0.25")
}

/// A percentage, 0 to 100.
pub(super) fn percentage<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    between(deserializer, Decimal::ONE_HUNDRED, "a percentage from 0 to 100, such as 12.5")
}

/// An amount in USD, not negative.
pub(super) fn dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    between(deserializer, Decimal::from(1_000_000_000), "an amount in USD, such as 250")
}

fn between<'de, D: Deserializer<'de>>(
    deserializer: D,
    most: Decimal,
    wanted: &str,
) -> Result<Option<Decimal>, D::Error> {
    // A float of TOML becomes the decimal that it is written as, not its binary neighbour.
    let value = <Decimal as Deserialize>::deserialize(deserializer)
        .map_err(|_| D::Error::custom(format!("expected {wanted}")))?;
    if value < Decimal::ZERO || value > most {
        return Err(D::Error::custom(format!("{value} is not {wanted}")));
    }
    Ok(Some(value))
}

pub(super) fn rules<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    for name in &names {
        rule(name).map_err(D::Error::custom)?;
    }
    Ok(names)
}

/// A rule's id, or a pattern that at least one has.
pub(super) fn rule_pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = text(deserializer)?;
    if !text.contains('*') {
        rule(&text).map_err(D::Error::custom)?;
    } else if !RULES.iter().any(|rule| fits(&text, rule.id)) {
        return Err(D::Error::custom(format!("no rule is called `{text}`; `inspector-audit explain` lists all rules")));
    }
    Ok(Some(text))
}

/// What to do about an account that is no text.
const ACCOUNT: &str = "an account id is a text, not a number: give twelve digits in quotes";

/// An account's id, or a pattern that one could have.
pub(super) fn account_pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer).map_err(|_| D::Error::custom(ACCOUNT))?;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let stars = text.bytes().filter(|byte| *byte == b'*').count();
    if digits + stars != text.len() || digits > 12 || (stars == 0 && digits != 12) {
        return Err(D::Error::custom(format!("`{text}` is no account id: give twelve digits in quotes")));
    }
    Ok(Some(text))
}

/// Any name or pattern.
pub(super) fn pattern<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text(deserializer).map(Some)
}

/// A reason: not empty, and short enough to print.
pub(super) fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer)
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("an empty text says nothing: fill it in, or leave the key out"));
    }
    Ok(text.trim().to_owned())
}

/// A date, with or without quotes.
pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Day {
        Toml(toml::value::Datetime),
        Text(String),
    }
    let wrong = || D::Error::custom("expected a date, such as 2026-12-31");
    let text = match Day::deserialize(deserializer).map_err(|_| wrong())? {
        Day::Toml(day) => day.to_string(),
        Day::Text(text) => text,
    };
    NaiveDate::parse_from_str(&text, "%Y-%m-%d").map(Some).map_err(|_| wrong())
}

/// An error of the parser in words for an operator: an unknown key with the nearest one. `line` is the line it is on.
///
/// The names come from serde's own sentence, "unknown field `x`, expected one of `a`, `b`": it is what a type that
/// refuses unknown keys says, and it always has the keys of the table that is wrong.
pub(super) fn explained(message: &str, line: &str) -> String {
    let value = line.trim_start().strip_prefix("account").and_then(|rest| rest.trim_start().strip_prefix('='));
    // TOML has no numbers that begin with 0, so that the parser stumbles before the value is looked at.
    if value.is_some_and(|value| value.trim_start().starts_with(|c: char| c.is_ascii_digit())) {
        return ACCOUNT.to_owned();
    }
    let (what, rest) = if let Some(rest) = message.strip_prefix("unknown field `") {
        ("key", rest)
    } else if let Some(rest) = message.strip_prefix("unknown variant `") {
        ("value", rest)
    } else {
        return message.split_whitespace().collect::<Vec<_>>().join(" ");
    };
    let Some((unknown, expected)) = rest.split_once("`, expected ") else { return message.to_owned() };
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let near = nearest(unknown, &known).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
    format!("there is no {what} `{unknown}` here{near} (known: {})", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_told_with_the_nearest() {
        assert_eq!(
            explained("unknown field `fail_onn`, expected one of `fail_on`, `rules`", ""),
            "there is no key `fail_onn` here: did you mean `fail_on`? (known: fail_on, rules)"
        );
        assert_eq!(
            explained("unknown variant `xyz`, expected `low` or `high`", ""),
            "there is no value `xyz` here (known: low, high)"
        );
        assert_eq!(explained("missing field `reason`", ""), "missing field `reason`");
    }
}
