//! `s3-mount-scanned`: an instance that Inspector scans has a bucket mounted as a file system.

use std::collections::{BTreeMap, BTreeSet};

use super::companions::instance_finding;
use super::conditions::{Profile, seen};
use super::facts::Facts;
use super::remedy;
use super::tri::{Tri, both};
use crate::model::{
    BucketRequests, HostMount, HostMounts, Instance, MountKind, Observed, Presence, Section, SectionName, Target,
};
use crate::price::s3_requests;
use crate::rules::finding::efs::{self, OpenQuestion, Reason, S3Asked, S3Mount};
use crate::rules::finding::{Action, Advice, Note};
use crate::rules::{Blocker, Confidence, Evidence, Finding, Outcome, Remedy, Rule};

pub(super) static RULE: Rule = Rule {
    id: "s3-mount-scanned",
    title: "An instance that Inspector scans has an S3 bucket mounted",
    needs: &[
        SectionName::Ec2Instances,
        SectionName::InspectorAccountStatus,
        SectionName::InspectorDeepInspection,
        SectionName::InspectorEc2Coverage,
        SectionName::SsmManagedNodes,
    ],
    needs_one_of: &[SectionName::MountsTables, SectionName::SsmMountProbe],
    explain: "\
# What it finds

A running instance that Inspector's agent scans and that is not excluded in full, with an S3 bucket mounted through \
FUSE (Mountpoint for S3, s3fs, goofys and the like) or with a mount of Amazon S3 Files, now or on demand. Mounts are seen only by --probe-mounts \
or in a mount table given with --mount-table; without either the rule says nothing.

# Why it costs

S3 bills requests. Listing a mounted directory sends LIST requests, looking at a file HEAD, reading it GET; a scan that \
walks a bucket of many objects sends them anew every 3 or 6 hours. S3 Files bills access to its file system as EFS does \
under elastic throughput, and to list a directory is one: a scan that opens no file is billed too. The first listing of a \
directory writes 4 KiB of metadata for each file in it, and copies small files in, at least 32 KiB each, which are then \
stored for 30 days.

# How the figure is made

It has none: it depends on the number of objects below the mount point and on what the tool caches, and neither is \
known here. Where the bucket has request metrics in CloudWatch, the finding says what all its clients asked for in the \
window (--history) and what that comes to at S3 Standard's list price in us-east-1 ($0.005 per 1,000 LIST, $0.0004 per \
1,000 HEAD or GET): the scan's share is at most that. They are asked for unless --no-metrics.

# What it cannot see

Whether the scan walks the mount: AWS's documents say that it skips S3 mounts, field reports tell of request charges \
when it does not. Mounts on hosts that nobody probed. Mounts inside containers.

# Fix

Look at the bucket's request metrics, or at its Requests-Tier1 and Requests-Tier2 usage, around the scans. Exclude the \
instance: enable metadata tags, then set the tag InspectorEc2Exclusion. Excluded instances get no findings.

# References

Inspector user guide, \"Deep inspection\"; S3 pricing, \"Requests and data retrievals\"; Mountpoint for Amazon S3, \
\"Semantics\"; S3 user guide, \"Metrics and dimensions\" and \"How S3 Files is metered\". Read 2026-10.
",
};

/// The most buckets that one finding names.
const MAX_NAMED: usize = 20;

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    let target = facts.target;
    let exposure = facts.exposure();
    let mut undecided: BTreeSet<Blocker> = BTreeSet::new();
    let sources = [
        (SectionName::SsmMountProbe, &target.evidence.probe, OpenQuestion::Probe as fn(String) -> OpenQuestion),
        (SectionName::MountsTables, &target.evidence.tables, OpenQuestion::MountTable),
    ];
    let instances: BTreeMap<&str, &Instance> = seen(&target.ec2.instances)
        .unwrap_or_default()
        .iter()
        .map(|instance| (instance.id.as_str(), instance))
        .collect();
    let scanned = |id: &str| {
        let profile = instances.get(id).map(|instance| exposure.agents.profile(instance));
        profile.map(|profile| is_scanned(&profile, &exposure.agents.inspector))
    };
    for (section, source, question) in sources {
        undecided.extend(open(facts, section, source, question, |id| scanned(id).is_some_and(|it| !it.is_not_met())));
    }
    let mut by_instance: BTreeMap<&str, BTreeSet<S3Mount>> = BTreeMap::new();
    for host in target.evidence.hosts().filter(|host| host.failed.is_none()) {
        let buckets =
            host.mounts.iter().filter(|mount| matches!(mount.kind, MountKind::S3Fuse | MountKind::S3Files)).map(bucket);
        by_instance.entry(&host.instance_id).or_default().extend(buckets);
    }
    let applicable = !by_instance.is_empty();
    let mut findings = Vec::new();
    for (id, buckets) in by_instance.into_iter().filter(|(_, buckets)| !buckets.is_empty()) {
        let (Some(instance), Some(scanned)) = (instances.get(id), scanned(id)) else {
            // An instance that is gone is no problem any more; one that could not be listed may be.
            if seen(&target.ec2.instances).is_none() && !exposure.agents.switched_off() {
                undecided.insert(Blocker::section(SectionName::Ec2Instances));
            }
            continue;
        };
        if scanned.is_met() {
            findings.push(finding(facts, instance, buckets));
        } else {
            undecided.extend(scanned.blame);
        }
    }
    Outcome { findings, undecided: undecided.into_iter().collect(), applicable }
}

/// Whether an agent on the instance scans its file systems.
fn is_scanned(profile: &Profile, inspector: &Tri) -> Tri {
    if !profile.running || profile.is_excluded() {
        return Tri::not_met();
    }
    let agent = both(&profile.agent, &profile.managed);
    both(&agent, &both(inspector, &profile.scanned))
}

/// What a source leaves open: all of it, what was cut off, or hosts that could not be asked.
fn open(
    facts: &Facts<'_>,
    section: SectionName,
    source: &Section<Observed<HostMounts>>,
    question: fn(String) -> OpenQuestion,
    may_be_scanned: impl Fn(&str) -> bool,
) -> Vec<Blocker> {
    let off = facts.exposure().agents.switched_off();
    match source {
        _ if off => Vec::new(),
        Section::Missing(_) => vec![Blocker::section(section)],
        Section::Absent(_) | Section::NotAsked => Vec::new(),
        Section::Complete(observed) => {
            let cut = observed.truncated.iter().map(|why| Blocker::efs(section, None, question(why.clone())));
            let failed = observed.rows.iter().filter_map(|host| {
                let why = host.failed.as_ref().filter(|_| may_be_scanned(&host.instance_id))?;
                Some(Blocker::efs(section, Some(&host.instance_id), question(why.clone())))
            });
            cut.chain(failed).collect()
        }
    }
}

fn bucket(mount: &HostMount) -> S3Mount {
    S3Mount {
        bucket: mount.source.clone(),
        name: mount.s3_bucket().map(str::to_owned),
        mount_point: mount.mount_point.clone(),
        tool: mount.tool.clone(),
        is_s3_files: mount.kind == MountKind::S3Files,
        is_on_demand: mount.presence == Presence::OnDemand,
    }
}

/// What the buckets of these mounts were asked for, each once, as far as somebody counted.
fn requests<'a>(target: &Target, mounts: impl Iterator<Item = &'a S3Mount>) -> Vec<efs::Evidence> {
    let Some(known) = target.evidence.s3_requests.complete() else { return Vec::new() };
    let names: BTreeSet<&String> = mounts.filter_map(|mount| mount.name.as_ref()).collect();
    let days = known.from.zip(known.to).map_or(0, |(from, to)| (to - from).num_days());
    let of = |(bucket, asked): (&String, &BucketRequests)| match &asked.filter {
        None => efs::Evidence::NoS3Metrics { bucket: bucket.clone() },
        Some(filter) => efs::Evidence::S3Requests(S3Asked {
            bucket: bucket.clone(),
            filter: filter.clone(),
            days,
            list: asked.list,
            head: asked.head,
            get: asked.get,
            cost: s3_requests(asked.list, asked.head.saturating_add(asked.get)),
            incomplete: asked.incomplete.clone(),
        }),
    };
    names.into_iter().filter_map(|name| known.buckets.get_key_value(name)).map(of).collect()
}

fn finding(facts: &Facts<'_>, instance: &Instance, buckets: BTreeSet<S3Mount>) -> Finding {
    let target = facts.target;
    let vm_scanner = facts.exposure().agents.profile(instance).vm_scanner;
    let actions = remedy::exclude(&[instance], vm_scanner).into_iter().chain([Action::Note(Note::Plan)]);
    let mounts = buckets.len();
    let s3_files = buckets.iter().filter(|mount| mount.is_s3_files).count();
    let more = mounts.saturating_sub(MAX_NAMED);
    let asked = requests(target, buckets.iter().take(MAX_NAMED));
    let named = buckets.into_iter().take(MAX_NAMED).map(efs::Evidence::S3Mount);
    let evidence = named.chain((more > 0).then_some(efs::Evidence::MoreS3Mounts(more))).chain(asked);
    let evidence = evidence.chain((s3_files > 0).then_some(efs::Evidence::S3FilesMetering));
    Finding {
        // The mount was seen; whether the scan walks it was not.
        confidence: Confidence::Medium,
        evidence: evidence.map(Evidence::Efs).collect(),
        remedy: Remedy::Steps { advice: Advice::LookThenExclude, actions: actions.collect() },
        ..instance_finding(target, RULE.id, instance, Reason::S3MountScanned { mounts, s3_files })
    }
}
