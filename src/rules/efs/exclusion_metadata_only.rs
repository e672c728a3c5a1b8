//! `exclusion-metadata-only`: half a fix, without effect.

use super::companions::judge_excluded;
use super::facts::Facts;
use super::needs::NEEDS;
use crate::rules::finding::efs::Reason;
use crate::rules::{Advice, Exclusion, Outcome, Rule, Severity};

pub(super) static RULE: Rule = Rule {
    id: "exclusion-metadata-only",
    title: "An instance has metadata tags enabled but no exclusion tag",
    needs: NEEDS,
    needs_one_of: &[],
    explain: "\
# What it finds

An exposed instance whose tags are readable in its instance metadata, but that does not carry the tag \
InspectorEc2Exclusion.

# Why it costs

It does not: it is half of an exclusion, and half has no effect. Somebody may think that it has.

# How the figure is made

It has none.

# What it cannot see

Whether metadata tags were enabled for another reason.

# Fix

Set the tag InspectorEc2Exclusion, if the instance is meant to be excluded.

# References

Inspector user guide, \"Excluding EC2 instances\". Read 2026-10.
",
};

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    judge_excluded(facts, RULE.id, Exclusion::MetadataOnly, false, |_| {
        (Severity::Info, Reason::ExclusionMetadataOnly, Advice::CompleteByTag)
    })
}
