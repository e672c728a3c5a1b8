//! Comments in the source that look like suppressions and are none.

use crate::rules::finding::terraform::{BadIgnore, WhyNot};
use crate::text::clean;

/// What is wrong with one, and what to write instead.
pub(crate) fn bad_ignore(bad: &BadIgnore) -> String {
    const FORM: &str = "write `inspector-audit:ignore RULE reason` or `... reason until YYYY-MM-DD`";
    let why = match &bad.why {
        WhyNot::Unknown(verb) if verb.is_empty() => format!("this comment says nothing: {FORM}"),
        WhyNot::Unknown(verb) => format!("`{verb}` is nothing that a comment can ask for: {FORM}"),
        WhyNot::NoRule => format!("this comment names no rule: {FORM}"),
        WhyNot::NoSuchRule { rule, near: Some(near) } => {
            format!("there is no Terraform rule `{rule}`: did you mean {near}?")
        }
        WhyNot::NoSuchRule { rule, near: None } => {
            format!("there is no Terraform rule `{rule}`: `inspector-audit explain` lists them")
        }
        WhyNot::NoReason => format!("this comment gives no reason: {FORM}"),
        WhyNot::NoDate(text) => format!("`{text}` after `until` is no date: write YYYY-MM-DD"),
        WhyNot::NoBlock => "this comment stands neither in a block nor directly above one: move it there".to_owned(),
        WhyNot::TooMany => "there are more such comments in this file than are read".to_owned(),
    };
    clean(&format!("{}: ignored nothing: {why}", bad.at.place())).into_owned()
}
