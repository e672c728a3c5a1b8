//! `metadata-tags-blocked`: tag keys that make enabling metadata tags fail.

use super::companions::{Draft, judge};
use super::conditions::Trait;
use super::exclusion::{blocking_keys, is_owned_by_others};
use super::facts::Facts;
use super::needs::NEEDS;
use crate::rules::finding::efs::{Evidence, Reason};
use crate::rules::finding::{Action, Advice, Note, Step};
use crate::rules::{Exclusion, Outcome, Remedy, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "metadata-tags-blocked",
    title: "Tag keys keep metadata tags from being enabled, and so the instance from being excluded",
    needs: NEEDS,
    needs_one_of: &[],
    explain: "\
# What it finds

An exposed instance with a tag key that the instance metadata cannot hold: a key with any character other than \
letters, digits and + - = . , _ : @, or one that is exactly `.`, `..` or `_index`.

# Why it costs

Enabling metadata tags fails while such a key is there, so the instance cannot be excluded from the scan.

# How the figure is made

It has none.

# What it cannot see

Who needs the tag. Keys of AWS and of Kubernetes are taken as needed by their owner.

# Fix

Rename or remove the tags that nobody needs. Where a tag's owner needs it, excluding the instance is not available; \
choose another way out.

# References

EC2 user guide, \"Work with instance tags in instance metadata\". Read 2026-10.
",
};

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    // One with metadata tags has no such key.
    let concerns = |(exclusion, has_blocking_keys): Trait| {
        has_blocking_keys && matches!(exclusion, Exclusion::None | Exclusion::TagOnly)
    };
    judge(facts, RULE.id, concerns, false, |instance, _, exposed_to| {
        let keys = blocking_keys(instance);
        if keys.is_empty() {
            return None;
        }
        let tag_keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let needed: Vec<&&str> = keys.iter().filter(|key| is_owned_by_others(key)).collect();
        let remedy = if needed.is_empty() {
            let delete = Step::DeleteTags { instance: instance.id.clone(), keys: tag_keys.clone() };
            let steps = vec![Action::Run(delete), Action::Note(Note::SetTagsAgain)];
            Remedy::Steps {
                advice: Advice::RenameTagKeys,
                actions: exposed_to.verified_first(facts.target, instance, steps),
            }
        } else {
            Remedy::Steps { advice: Advice::TakeAnotherWay, actions: Vec::new() }
        };
        Some(Draft {
            severity: Severity::Low,
            reason: Reason::MetadataTagsBlocked { tag_keys: tag_keys.clone() },
            remedy,
            evidence: Some(Evidence::TagKeys(tag_keys)),
        })
    })
}
