//! `metadata-tags-blocked`: tag keys that make enabling metadata tags fail.

use super::NEEDS;
use super::companions::{Said, judge};
use super::exclusion::{blocking_keys, is_owned_by_others};
use crate::rules::efs::Facts;
use crate::rules::shell::{ascii_json, word};
use crate::rules::{Evidence, Exclusion, Outcome, Remedy, Rule, Severity};

/// The rule.
pub static RULE: Rule = Rule {
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
    // An instance that is excluded in full is never in an exposed group, and one with metadata tags has no such key.
    let concerns = |exclusion: Exclusion| matches!(exclusion, Exclusion::None | Exclusion::TagOnly);
    judge(
        facts,
        RULE.id,
        |group| concerns(group.profile.exclusion),
        |instance, _, _| {
            let keys = blocking_keys(instance);
            if keys.is_empty() {
                return None;
            }
            let listed = keys.iter().map(|key| format!("{key:?}")).collect::<Vec<_>>().join(", ");
            let needed: Vec<&&str> = keys.iter().filter(|key| is_owned_by_others(key)).collect();
            let (summary, commands) = if needed.is_empty() {
                let removals = keys.iter().map(|key| {
                    format!(
                        "aws ec2 delete-tags --region {} --resources {} --tags {}",
                        word(&facts.target.region),
                        word(&instance.id),
                        // JSON: a key may hold what the CLI's shorthand would take apart.
                        word(&ascii_json(&serde_json::json!([{ "Key": key }])))
                    )
                });
                let note = "# set each tag again under a key that fits, if somebody uses it".to_owned();
                ("Rename or remove these tags, if nobody needs them.".to_owned(), removals.chain([note]).collect())
            } else {
                let owners = "Their owner needs some of these tags, so excluding this instance is not available; choose \
                          another way out (the lifecycle policy, or deep inspection).";
                (owners.to_owned(), Vec::new())
            };
            Some(Said {
                severity: Severity::Low,
                title: format!("{} cannot be excluded: its tag keys block metadata tags", instance.id),
                message: format!(
                    "Enabling metadata tags on {} would fail because of the tag keys {listed}, and without metadata tags \
                 the exclusion tag does not stop the scan.",
                    instance.id
                ),
                remediation: Remedy::Told { summary, commands },
                evidence: vec![Evidence::new("tag_keys", listed)],
            })
        },
    )
}
