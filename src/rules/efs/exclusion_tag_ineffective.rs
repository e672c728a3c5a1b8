//! `exclusion-tag-ineffective`: looks excluded, reports nothing, is still scanned.

use super::companions::judge_excluded;
use super::facts::Facts;
use super::needs::NEEDS;
use crate::rules::finding::efs::Reason;
use crate::rules::{Advice, Exclusion, Outcome, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "exclusion-tag-ineffective",
    title: "An instance carries the exclusion tag and is still scanned",
    needs: NEEDS,
    needs_one_of: &[],
    explain: "\
# What it finds

An exposed instance with the tag InspectorEc2Exclusion whose tags are not readable in its instance metadata.

# Why it costs

The tag hides the instance's findings; the plugin goes on being invoked until it can read the tag in the metadata. So \
the instance has no coverage and all of the cost.

# How the figure is made

It has none of its own: the severity is that of the worst file system the instance is exposed to, at least medium; info \
where nothing on them is cold: the tag then hides findings and gains nothing.

# What it cannot see

What the tag does to the VM Scanner's own timer: no document says.

# Fix

Enable metadata tags on the instance (the metadata endpoint has to be on).

# References

Inspector user guide, \"Excluding EC2 instances\"; EC2 user guide, \"Work with instance tags in instance metadata\". \
Read 2026-10.
",
};

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    judge_excluded(facts, RULE.id, Exclusion::TagOnly, true, |exposed_to| {
        // Where nothing is at stake the tag still hides what Inspector would report.
        let nothing = exposed_to.worst == Severity::Info;
        let severity = if nothing { Severity::Info } else { exposed_to.worst.max(Severity::Medium) };
        (severity, Reason::ExclusionTagIneffective, Advice::CompleteByMetadataTags)
    })
}
