//! How far an instance is excluded from the scan, and what stands in the way of excluding it.

use crate::model::{Instance, ShortText};
use crate::rules::Exclusion;

pub(crate) use crate::rules::finding::EXCLUSION_TAG;

/// How far `instance` is excluded.
///
/// The tag alone hides findings and keeps the plugin running: only with the tags readable in the instance metadata,
/// through an endpoint that is on, with the options applied, does the plugin see the tag and stop (Inspector user
/// guide, "Excluding EC2 instances", 2026-10).
pub(crate) fn exclusion(instance: &Instance) -> Exclusion {
    let tagged = instance.tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(EXCLUSION_TAG));
    let is = |value: &Option<ShortText>, expected: &str| value.as_deref() == Some(expected);
    let readable = instance.metadata_options.as_ref().is_some_and(|options| {
        is(&options.instance_metadata_tags, "enabled")
            && is(&options.http_endpoint, "enabled")
            && options.state.as_deref().is_none_or(|state| state == "applied")
    });
    match (tagged, readable) {
        (true, true) => Exclusion::Full,
        (true, false) => Exclusion::TagOnly,
        (false, true) => Exclusion::MetadataOnly,
        (false, false) => Exclusion::None,
    }
}

/// Whether tag keys keep metadata tags from being enabled, see [`blocking_keys`]; where they are on already, no such key
/// is there.
pub(crate) fn is_blocked(instance: &Instance) -> bool {
    let options = instance.metadata_options.as_ref();
    let on = options.is_some_and(|options| options.instance_metadata_tags.as_deref() == Some("enabled"));
    !on && instance.tags.iter().any(|tag| !fits_metadata(&tag.key))
}

/// Why enabling metadata tags would fail on this instance: the tag keys that the metadata service does not take.
///
/// Keys may hold letters, digits and `+ - = . , _ : @`, and must not be exactly `.`, `..` or `_index` (EC2 user
/// guide, "Work with instance tags in instance metadata", 2026-10).
pub(crate) fn blocking_keys(instance: &Instance) -> Vec<&str> {
    instance.tags.iter().map(|tag| tag.key.as_str()).filter(|key| !fits_metadata(key)).collect()
}

fn fits_metadata(key: &str) -> bool {
    !matches!(key, "" | "." | ".." | "_index")
        && key.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'=' | b'.' | b',' | b'_' | b':' | b'@')
        })
}

/// Whether somebody else needs that tag, so that removing it is no way out.
pub(crate) fn is_owned_by_others(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("aws:") || key.contains("kubernetes.io/") || key.contains("k8s.io/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_with_spaces_slashes_and_reserved_names_block() {
        for (key, fits) in [
            ("Name", true),
            ("a.b,c_d:e@f+g-h=i", true),
            ("cost center", false),
            ("kubernetes.io/cluster/x", false),
            ("名前", false),
            (".", false),
            ("..", false),
            ("...", true),
            ("_index", false),
            ("", false),
        ] {
            assert_eq!(fits_metadata(key), fits, "{key:?}");
        }
    }
}
