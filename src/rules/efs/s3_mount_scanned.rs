//! `s3-mount-scanned`: an instance that Inspector scans has a bucket mounted as a file system.

use std::collections::{BTreeMap, BTreeSet};

use super::companions::instance_finding;
use super::conditions::{Profile, seen};
use super::facts::Facts;
use super::remedy;
use super::scan_activity::hosts;
use super::tri::{Tri, both};
use crate::model::{HostMount, HostMounts, Instance, MountKind, Observed, Presence, Section, SectionName};
use crate::rules::finding::efs::{self, OpenQuestion, Reason, S3Mount};
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
under elastic throughput, and to list a directory is one: a scan that opens no file is billed too.

# How the figure is made

It has none: it depends on the number of objects below the mount point and on what the tool caches, and neither is \
known here.

# What it cannot see

Whether the scan walks the mount: AWS's documents say that it skips S3 mounts, field reports tell of request charges \
when it does not. Mounts on hosts that nobody probed. Mounts inside containers.

# Fix

Look at the bucket's request metrics, or at its Requests-Tier1 and Requests-Tier2 usage, around the scans. Exclude the \
instance: enable metadata tags, then set the tag InspectorEc2Exclusion. Excluded instances get no findings.

# References

Inspector user guide, \"Deep inspection\"; S3 pricing, \"Requests and data retrievals\"; Mountpoint for Amazon S3, \
\"Semantics\". Read 2026-10.
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
    for host in hosts(target).filter(|host| host.failed.is_none()) {
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
        mount_point: mount.mount_point.clone(),
        tool: mount.tool.clone(),
        is_s3_files: mount.kind == MountKind::S3Files,
        is_on_demand: mount.presence == Presence::OnDemand,
    }
}

fn finding(facts: &Facts<'_>, instance: &Instance, buckets: BTreeSet<S3Mount>) -> Finding {
    let target = facts.target;
    let vm_scanner = facts.exposure().agents.profile(instance).vm_scanner;
    let actions = remedy::exclude(&[instance], vm_scanner).into_iter().chain([Action::Note(Note::Plan)]);
    let mounts = buckets.len();
    let s3_files = buckets.iter().filter(|mount| mount.is_s3_files).count();
    let more = mounts.saturating_sub(MAX_NAMED);
    let named = buckets.into_iter().take(MAX_NAMED).map(efs::Evidence::S3Mount);
    let evidence = named.chain((more > 0).then_some(efs::Evidence::MoreS3Mounts(more)));
    Finding {
        // The mount was seen; whether the scan walks it was not.
        confidence: Confidence::Medium,
        evidence: evidence.map(Evidence::Efs).collect(),
        remedy: Remedy::Steps { advice: Advice::LookThenExclude, actions: actions.collect() },
        ..instance_finding(target, RULE.id, instance, Reason::S3MountScanned { mounts, s3_files })
    }
}
