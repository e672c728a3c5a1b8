//! `efs-elastic-reads`: under elastic throughput every read is billed, cold or not.

use super::exposure::Exposed;
use super::facts::Facts;
use super::figures::{ReadBytes, elastic_reads};
use super::finding_builder::{Draft, finding, scan_reads};
use super::needs::NEEDS_WITH_METRICS;
use super::outcome::outcome;
use super::remedy;
use super::storage::is_elastic;
use super::tri::Tri;
use crate::model::{Section, SectionName};
use crate::price::{MissingPrice, Usd, bytes_to_gib};
use crate::rules::finding::efs::{Reason, RunsRead, ScanReads};
use crate::rules::{Blocker, Confidence, Cost, Finding, Outcome, Rule};

pub(crate) static RULE: Rule = Rule {
    id: "efs-elastic-reads",
    title: "Elastic throughput bills what Inspector's scan reads",
    needs: NEEDS_WITH_METRICS,
    needs_one_of: &[],
    explain: "\
# What it finds

An EFS file system under elastic throughput that an instance scanned by Inspector's agent could mount (conditions 1 to 5 of \
efs-tier-recall), cold data or not, of which CloudWatch shows reads worth at least 1 USD a month.

# Why it costs

Elastic throughput bills each GiB that is read, data and metadata, from any storage class. A scan that walks the directories \
reads metadata; one that opens files reads data; both come back at each run.

# How the figure is made

By the meter alone: high = (DataReadIOBytes + MetadataReadIOBytes of 30 days) x the elastic read fee, whoever read: the scan \
cannot have read more. Metadata is measured over two weeks and scaled. Likely = what a run reads beyond what is read at other \
times x the runs of 30 days x the fee, where reads or metadata reads are aligned with the scan's runs; else it is unknown and \
the figure reads \"up to\". Low is 0. Without metrics the rule says nothing.

# What it cannot see

Who read, where reads are not aligned with the runs; another job with the scan's interval and times looks like the scan. What \
the first 1 MiB or so of small reads is rounded up to in a bill.

# Fix

Exclude the instances that mount it: enable metadata tags, then set the tag InspectorEc2Exclusion. Excluded instances get no \
findings. Or choose bursting or provisioned throughput, which do not bill reads.

# References

EFS pricing, \"Throughput\"; EFS user guide, \"CloudWatch metrics\" and \"Performance specifications\"; Inspector user guide, \
\"Deep inspection\". Read 2026-10.
",
};

/// Below this it is not worth a finding, USD a month.
const LEAST: i64 = 1;

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    let mut outcome = outcome(facts, |exposed| metered(facts, exposed));
    for exposed in &facts.exposure().file_systems {
        if !exposed.groups.is_empty() && is_elastic(exposed.file_system) {
            outcome.findings.extend(judge(facts, exposed));
        }
    }
    outcome
}

/// Whether the meter shows enough for a finding; where nobody asked there is nothing to say.
fn metered(facts: &Facts<'_>, exposed: &Exposed<'_>) -> Tri {
    if !is_elastic(exposed.file_system) {
        return Tri::not_met();
    }
    match facts.target.evidence.efs_metrics {
        Section::Missing(_) => Tri::unknown([Blocker::section(SectionName::CloudWatchEfsMetrics)]),
        Section::Complete(_) if bill(facts, exposed).is_some() => Tri::met(),
        Section::Complete(_) | Section::Absent(_) | Section::NotAsked => Tri::not_met(),
    }
}

/// What was read and what that costs, where it is worth a finding.
fn bill(facts: &Facts<'_>, exposed: &Exposed<'_>) -> Option<(ReadBytes, Result<Cost, MissingPrice>)> {
    let metered = facts.metered(exposed);
    let data = metered.history.as_ref()?.reads?.monthly;
    let per_run = per_run(metered.scan.reads, facts);
    let read = ReadBytes { data, metadata: metered.scan.metadata_a_month, per_run };
    let cost = elastic_reads(exposed.file_system, read, &facts.target.region, facts.prices);
    let is_little = cost.as_ref().is_ok_and(|cost| cost.monthly_usd.high < Usd(LEAST.into()));
    (!is_little).then_some((read, cost))
}

fn judge(facts: &Facts<'_>, exposed: &Exposed<'_>) -> Option<Finding> {
    let (ReadBytes { data, metadata, .. }, cost) = bill(facts, exposed)?;
    let reads = scan_reads(facts, exposed);
    let severity = facts.settings.severity(cost.as_ref().ok().map(|cost| cost.monthly_usd));
    let draft = Draft {
        rule: RULE.id,
        severity,
        reason: Reason::EfsElasticReads { data_bytes: data, metadata_bytes: metadata, reads },
        cost: &cost,
        groups: &exposed.groups,
        remedy: remedy::for_file_system(facts.target, facts.exposure(), exposed, &exposed.groups, None),
    };
    let mut finding = finding(facts, exposed, reads, draft);
    if matches!(reads, ScanReads::WalksOnly { .. }) {
        // Metadata is billed as data is.
        finding.confidence = Confidence::High;
    }
    Some(finding)
}

/// What a run reads of data and metadata together.
fn per_run(reads: Option<ScanReads>, facts: &Facts<'_>) -> Option<RunsRead> {
    let bytes = match reads? {
        ScanReads::ReadsAligned { data, metadata } => {
            data.bytes_per_run.saturating_add(metadata.map_or(0, |metadata| metadata.bytes_per_run))
        }
        ScanReads::WalksOnly { metadata, .. } => metadata.bytes_per_run,
        _ => return None,
    };
    let runs = facts.exposure().rate.per_month;
    Some(RunsRead { gib: bytes_to_gib(bytes), runs, measured: true })
}
