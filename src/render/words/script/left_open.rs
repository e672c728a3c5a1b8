//! What no plan is for, a sentence each.

use std::collections::BTreeMap;

use crate::model::SectionName;
use crate::report::v1;
use crate::rules::Way;

/// A rule and what it found something on.
pub fn about(said: &v1::Finding) -> String {
    format!("{} on {}", said.rule, said.resource.id)
}

/// A finding by what it is about and its fingerprint.
pub fn described(said: &v1::Finding) -> String {
    format!("{} ({})", about(said), said.fingerprint)
}

/// A finding without the way that was asked for.
pub fn without_way(said: &v1::Finding, way: Option<Way>) -> String {
    format!("Not planned: {} has no way out {}.", described(said), way.map_or("", Way::name))
}

/// A finding of a report that was not met; `about` says what it is about.
pub fn not_met(fingerprint: &str, about: &str) -> String {
    format!("Not planned: {about} ({fingerprint}) is in the report, but not in what was looked at here.")
}

/// What could not be seen and may hide findings: a sentence for all resources of a target that it is so of alike.
pub fn unseen(gaps: &[v1::GapReport]) -> Vec<String> {
    type Key<'g> = (&'g str, &'g str, SectionName, &'g str, &'g [String]);
    let mut alike: BTreeMap<Key<'_>, Vec<&str>> = BTreeMap::new();
    for gap in gaps.iter().filter(|gap| !gap.rules.is_empty()) {
        let key: Key<'_> = (&gap.account, &gap.region, gap.section, &gap.message, &gap.rules);
        alike.entry(key).or_default().extend(gap.resource.as_deref());
    }
    let sentence = |((account, region, section, message, rules), resources): (Key<'_>, Vec<&str>)| {
        let of = match resources.as_slice() {
            [] => String::new(),
            [one] => format!(" of {one}"),
            [first, others @ ..] => format!(" of {first} and {} more", others.len()),
        };
        format!(
            "Not seen in {account}/{region}: {section}{of}: {}. It may hide findings of {}.",
            message.trim_end_matches('.'),
            rules.join(", ")
        )
    };
    alike.into_iter().map(sentence).collect()
}
