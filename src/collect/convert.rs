//! Small conversions from the SDK's types to the model's.

use std::collections::BTreeSet;
use std::str::FromStr;

use aws_smithy_types::DateTime as SmithyTime;
use chrono::{DateTime, Utc};

use super::failure::Failure;
use crate::model::{ShortText, Tag};
use crate::permissions::Call;

/// A time, `None` where it lies outside the calendar.
pub(super) fn time(time: Option<&SmithyTime>) -> Option<DateTime<Utc>> {
    time.and_then(|time| DateTime::from_timestamp(time.secs(), time.subsec_nanos()))
}

/// An enum's text as AWS sent it, known or not.
pub(super) fn text<T: AsRef<str>>(value: Option<&T>) -> Option<String> {
    value.map(|value| value.as_ref().to_owned())
}

/// The same where there may be a hundred thousand of them.
pub(super) fn short_text<T: AsRef<str>>(value: Option<&T>) -> Option<ShortText> {
    value.map(|value| value.as_ref().into())
}

/// An address, where there is one.
///
/// # Errors
/// Where it cannot be read: an address must not be lost, for then an instance would seem to reach less than it does.
pub(super) fn address<T: FromStr>(call: &'static Call, text: Option<&str>) -> Result<Option<T>, Failure> {
    text.filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|_| Failure::protocol(call, format!("`{text}` is not an IP address"))))
        .transpose()
}

/// Tags sorted by key.
pub(super) fn tags<'a>(pairs: impl Iterator<Item = (Option<&'a str>, Option<&'a str>)>) -> Vec<Tag> {
    let mut tags: Vec<Tag> = pairs
        .filter_map(|(key, value)| Some(Tag { key: key?.into(), value: value.unwrap_or_default().into() }))
        .collect();
    tags.sort();
    tags
}

/// Ids in order, each once.
pub(super) fn ids<'a>(ids: impl Iterator<Item = Option<&'a str>>) -> Vec<String> {
    let mut ids: Vec<String> = ids.flatten().filter(|id| !id.is_empty()).map(str::to_owned).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The most texts of one kind that are told one by one.
const MAX_TOLD: usize = 20;

/// The first of some texts, the others counted.
pub(super) fn some_of(texts: &BTreeSet<String>) -> String {
    let mut told: Vec<&str> = texts.iter().take(MAX_TOLD).map(String::as_str).collect();
    let more = format!("{} more", texts.len().saturating_sub(MAX_TOLD));
    if texts.len() > MAX_TOLD {
        told.push(&more);
    }
    told.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_texts_are_told_and_the_others_counted() {
        let texts = |count: usize| (0..count).map(|number| format!("{number:02}")).collect();
        assert_eq!(some_of(&texts(2)), "00; 01");
        assert!(some_of(&texts(20)).ends_with("; 19"));
        assert!(some_of(&texts(57)).ends_with("; 19; 37 more"));
    }
}
