//! `efs-recall-observed`: cold data has moved to Standard, in step with the scan or for a cause that is not known.

use std::collections::BTreeSet;

use super::begun::{Begun, begun, day, gib};
use super::conditions::Judged;
use super::exposure::Exposed;
use super::figures::observed;
use super::history::Drop;
use super::parts::{Special, finding, plural, who_mounts};
use super::storage::{Age, transition_age};
use super::{outcome, remedy};
use crate::model::SectionName;
use crate::rules::efs::Facts;
use crate::rules::{Confidence, Evidence, Finding, InstanceCounts, Outcome, Remedy, Rule, Severity, Undecided};

/// The rule.
pub static RULE: Rule = Rule {
    id: "efs-recall-observed",
    title: "Cold data has moved to Standard on a file system that Inspector scans",
    needs: &[
        SectionName::CloudWatchEfsMetrics,
        SectionName::Ec2Instances,
        SectionName::Ec2PrefixLists,
        SectionName::Ec2SecurityGroups,
        SectionName::Ec2TransitGatewayAttachments,
        SectionName::Ec2VpcPeering,
        SectionName::EfsFileSystems,
        SectionName::EfsLifecycle,
        SectionName::EfsMountTargets,
        SectionName::InspectorAccountStatus,
        SectionName::InspectorConfiguration,
        SectionName::InspectorDeepInspection,
        SectionName::InspectorEc2Coverage,
        SectionName::SsmDefaultHostManagement,
        SectionName::SsmInspectorAssociation,
        SectionName::SsmManagedNodes,
    ],
    needs_one_of: &[],
    explain: "\
# What it finds

A file system whose cold bytes (IA plus Archive in CloudWatch's StorageBytes) have fallen from their peak by at least \
1 GiB and 5 % while Standard rose by at least 80 % of that: the data was not deleted, it moved. Looked at are file \
systems that an instance is exposed to, and those that a stopped or offline instance would be exposed to again. One \
whose instances have all been excluded since is left out: its files become cold by themselves.

Confidence is high, and the severity critical, only if the scan shows too: the period of the first step begins \
within 24 hours after the VM Scanner's activation or the first run of the association, or holds it, or Inspector has listed packages below the mount \
point; and TransitionToPrimaryStorageClass is still set. A move without such a sign has the severity of its figure and \
confidence medium (one of these signs, or an exposed instance on which deep inspection met its limits) or low (none).

# Why it costs

The moved data is billed at Standard's price, and each scan that reads it keeps it there.

# How the figure is made

Monthly = GiB that came from IA x (Standard - IA) + GiB from Archive x (Standard - Archive), measured: low, likely and \
high are the same. The fees for reading and tiering were paid when the data moved and are named, not added up.

# What it cannot see

Who read. DataSync, rsync, backups, antivirus, updatedb, CIS scans and people move files in the same way. Data that \
moved before the window, or has become cold again since. Files written to or deleted from Standard in the meantime, \
which count as part of its rise. Without the VM Scanner, \"not seen\" takes eight known runs of the association. A drop of which Standard took between 20 and 80 % decides nothing. The thresholds are \
starting values, set on synthetic series.

# Fix

Stop the reads: exclude the instances that mount it (metadata tags, then the tag InspectorEc2Exclusion), or remove \
TransitionToPrimaryStorageClass before the files are cold again. Recovery takes the full TransitionToIA age from the \
last read of each file on.

# References

EFS user guide, \"CloudWatch metrics\" and \"Managing storage lifecycle\"; Inspector user guide, \"Inspector VM \
Scanner\" and \"Deep inspection\". Read 2026-10.
",
};

/// Who else moves files.
const RIVALS: &str = "every reader moves files, so DataSync tasks, rsync and backup jobs, antivirus, updatedb, CIS \
                      scans and people explain it as well";

pub(super) fn check(facts: &Facts<'_>) -> Outcome {
    let exposure = facts.exposure();
    let mut outcome = outcome(facts, |exposed| begun(facts.target, exposure, exposed).judged(exposed));
    let mut undecided: BTreeSet<Undecided> = outcome.undecided.drain(..).collect();
    for exposed in &exposure.file_systems {
        let groups = if exposed.groups.is_empty() { &exposed.dormant } else { &exposed.groups };
        let verdict = begun(facts.target, exposure, exposed);
        if exposed.groups.is_empty() && exposed.undecided.is_empty() {
            undecided.extend(asleep(exposed, verdict.judged(exposed)));
        }
        if let Begun::Moved(drop) = verdict
            && !groups.is_empty()
        {
            outcome.findings.push(observe(facts, exposed, groups, &verdict, drop));
        }
    }
    outcome.undecided = undecided.into_iter().collect();
    outcome
}

/// What keeps the rule open about a file system that nobody awake is exposed to.
fn asleep(exposed: &Exposed<'_>, moved: Judged) -> BTreeSet<Undecided> {
    if !exposed.dormant.is_empty() {
        return moved.blame.into_iter().collect();
    }
    if exposed.dormant_undecided.is_empty() || moved.is_not_met() {
        return BTreeSet::new();
    }
    exposed.dormant_undecided.iter().cloned().chain(moved.blame).collect()
}

fn observe(facts: &Facts<'_>, exposed: &Exposed<'_>, groups: &[usize], verdict: &Begun<'_>, drop: &Drop) -> Finding {
    let exposure = facts.exposure();
    let cost = observed(exposed, drop, &facts.target.region, facts.prices);
    let confidence = verdict.confidence(exposure, exposed);
    let likely = cost.as_ref().ok().map(|cost| cost.monthly_usd.likely);
    let is_scanned_now = !exposed.groups.is_empty();
    let severity = if confidence == Confidence::High && is_scanned_now {
        Severity::Critical
    } else {
        facts.settings.severity(likely)
    };
    let moved = gib(drop.moved());
    let paid = likely.map_or_else(String::new, |likely| format!(", {} a month more", likely.display()));
    let message = [
        format!(
            "{} GiB left IA and Archive on {} while Standard grew by {} GiB, beginning on {} (first step in the \
             period from {}){paid}. {}.",
            gib(drop.fallen),
            exposed.file_system.id,
            gib(drop.risen),
            day(drop.began),
            drop.first_period(),
            readers(exposure.counts(exposed, groups), is_scanned_now),
        ),
        cause(verdict, drop, exposed, facts),
        policy(exposed).to_owned(),
        recovery(exposed),
    ]
    .join(" ");
    let mut remediation = remedy::for_file_system(exposure, exposed, groups, &facts.target.region);
    if let Remedy::Told { summary, .. } = &mut remediation {
        *summary = format!("{summary} {}", recovery(exposed));
    }
    let mut finding = finding(
        facts,
        exposed,
        Special {
            rule: RULE.id,
            severity,
            title: format!("{} cold GiB have moved to Standard since {}{paid}", moved, day(drop.began)),
            message,
            cost: &cost,
            groups,
            remediation,
        },
    );
    let has_mount = finding.instance_counts.confirmed + finding.instance_counts.likely > 0;
    // A mount that is confirmed or likely makes a move without a sign of the scan medium, as it does elsewhere.
    finding.confidence = if has_mount { confidence.max(Confidence::Medium) } else { confidence };
    finding.evidence.push(Evidence::new("rival_explanation", RIVALS));
    finding
}

fn readers(counts: InstanceCounts, now: bool) -> String {
    if now {
        return who_mounts(counts, "it");
    }
    format!("{} stopped or not Online could mount it again", plural(counts.total(), "instance"))
}

/// What points to the scan, or that nothing does.
fn cause(verdict: &Begun<'_>, drop: &Drop, exposed: &Exposed<'_>, facts: &Facts<'_>) -> String {
    let signs = &facts.exposure().signs;
    let inside = facts.exposure().book.scanner_seen(exposed.number).next();
    match (verdict.onset(signs), inside) {
        (Some(start), _) => {
            let within = if start.at < drop.began { "at most 24 hours before it" } else { "within that period" };
            format!("In step with that, {} at {}, {within}; still, {RIVALS}.", start.what, start.at.to_rfc3339())
        }
        (None, Some(said)) => format!("The scanner was seen inside ({said}); still, {RIVALS}."),
        (None, None) => format!("No sign of the scan itself was seen at its beginning or inside: {RIVALS}."),
    }
}

/// A read moves a file only where the policy says so.
fn policy(exposed: &Exposed<'_>) -> &'static str {
    let returns = &exposed.storage.returns_on_read;
    if returns.is_met() {
        "TransitionToPrimaryStorageClass is AFTER_1_ACCESS, so one read of a file is enough."
    } else if returns.is_not_met() {
        "TransitionToPrimaryStorageClass is not set now, so reads move nothing: the policy was changed since, or the \
         files were rewritten."
    } else {
        "Whether a read moves a file is not known: the lifecycle configuration was not read or not understood."
    }
}

fn recovery(exposed: &Exposed<'_>) -> String {
    match exposed.storage.lifecycle.map(transition_age) {
        Some(Age::Days(days)) => {
            format!("After the last read of a file it takes the full {days} days of the policy until it is cold again.")
        }
        Some(Age::None) => "No policy tiers anything now, so the data stays in Standard until one does.".to_owned(),
        Some(Age::Unreadable(_)) | None => {
            "After the last read of a file it takes the policy's full age until it is cold again.".to_owned()
        }
    }
}
