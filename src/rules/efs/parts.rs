//! The parts that all findings about a file system share.

use chrono::{DateTime, SecondsFormat, Utc};

use super::begun::begun;
use super::conditions::Profile;
use super::evidence::{Combined, Polarity, scan_scope};
use super::evidence_lines;
use super::exposure::{Exposed, Exposure};
use super::history::History;
use super::listing::Listed;
use super::storage::describe_policy;
use crate::model::Target;
use crate::price::{MissingPrice, bytes_to_gib};
use crate::rules::efs::Facts;
use crate::rules::{
    Condition, ConditionState, Confidence, Cost, Finding, InstanceCounts, InstanceRef, MountEvidence, MountState,
    NoFigure, Reason, Remedy, Resource, ScanScope, Severity, fingerprint,
};

/// The conflict that every finding of R1 states.
const CONFLICT: &str = "AWS's documents say that Inspector's agent-based scan skips network mounts; AWS Support is \
                        quoted as saying that it reads them, and";

/// What is special about one finding.
pub(crate) struct Special<'s> {
    /// The rule's id.
    pub(crate) rule: &'static str,
    /// How bad.
    pub(crate) severity: Severity,
    /// The headline.
    pub(crate) title: String,
    /// The story, without the conflict and without the missing price.
    pub(crate) message: String,
    /// The figure.
    pub(crate) cost: &'s Result<Cost, MissingPrice>,
    /// The groups of instances it is about.
    pub(crate) groups: &'s [usize],
    /// What to do.
    pub(crate) remediation: Remedy,
}

/// A finding on a file system.
pub(crate) fn finding(facts: &Facts<'_>, exposed: &Exposed<'_>, special: Special<'_>) -> Finding {
    let exposure = facts.exposure();
    let target = facts.target;
    let file_system = exposed.file_system;
    let listing = exposure.list(exposed, special.groups);
    let known: Vec<Combined> = listing.instances.iter().map(|it| exposure.evidence_of(exposed, it)).collect();
    let instances: Vec<InstanceRef> =
        listing.instances.iter().zip(&known).map(|(listed, known)| instance(target, listed, known)).collect();
    let seen_inside = exposure.book.scanner_seen(exposed.number).next().is_some();
    let moved = begun(target, exposure, exposed).confidence(exposure, exposed) == Confidence::High;
    let proof = match (seen_inside, moved) {
        (true, _) => "here Inspector was seen inside the mount.",
        (false, true) => "here cold data has moved in step with the scan.",
        (false, false) => "which of the two holds here has not been measured.",
    };
    let mut message = format!("{} {CONFLICT} {proof} {}", special.message, scope_sentence(&instances));
    if let Err(missing) = special.cost {
        message.push_str(&price_remedy(missing));
    }
    let confidence = match listing.counts {
        _ if seen_inside || moved => Confidence::High,
        counts if counts.confirmed + counts.likely > 0 => Confidence::Medium,
        _ => Confidence::Low,
    };
    Finding {
        rule: special.rule,
        severity: special.severity,
        confidence,
        account: target.account.clone(),
        region: target.region.clone(),
        resource: resource(target, exposed),
        reason: Reason::Told { title: special.title, message },
        conditions: conditions(exposure, exposed, special.groups, instances.first()),
        instances,
        instance_counts: listing.counts,
        cost: special.cost.as_ref().ok().cloned(),
        // The figure of advice is in no total.
        no_figure: special
            .cost
            .as_ref()
            .err()
            .filter(|_| special.severity != Severity::Info)
            .cloned()
            .map(NoFigure::MissingPrice),
        evidence: evidence_lines::of(target, exposure, exposed, special.groups, &listing, &known),
        remedy: special.remediation,
        location: None,
        ways_out: Vec::new(),
        history: exposed.history.as_ref().map(History::for_report),
        fingerprint: fingerprint(special.rule, &target.account, &target.region, &file_system.id),
    }
}

/// Says which price is missing and how to supply it.
pub(crate) fn price_remedy(missing: &MissingPrice) -> String {
    format!(
        " No figure: the price table has no {} rate {} for {}. Supply it with --prices FILE.",
        missing.service, missing.dimension, missing.region
    )
}

fn resource(target: &Target, exposed: &Exposed<'_>) -> Resource {
    let file_system = exposed.file_system;
    let arn = file_system.arn.clone().unwrap_or_else(|| {
        format!(
            "arn:{}:elasticfilesystem:{}:{}:file-system/{}",
            target.partition(),
            target.region,
            target.account,
            file_system.id
        )
    });
    Resource {
        kind: "AWS::EFS::FileSystem".to_owned(),
        id: file_system.id.clone(),
        arn: Some(arn),
        name: file_system.name.clone().filter(|name| !name.is_empty()),
    }
}

/// `1 instance`, `3 instances`.
pub(crate) fn plural(count: u64, thing: &str) -> String {
    if count == 1 { format!("{count} {thing}") } else { format!("{count} {thing}s") }
}

/// All six conditions, summed up over the instances of `groups`.
fn conditions(
    exposure: &Exposure<'_>,
    exposed: &Exposed<'_>,
    groups: &[usize],
    strongest: Option<&InstanceRef>,
) -> Vec<Condition> {
    let tallies = exposure.tally(exposed, groups);
    let count = |holds: fn(&Profile) -> bool| -> u64 {
        tallies.iter().filter(|tally| holds(tally.profile)).map(|tally| tally.members).sum()
    };
    let all = count(|_| true);
    let state = |condition: fn(&Profile) -> ConditionState| {
        tallies.iter().map(|tally| condition(tally.profile)).max().unwrap_or(ConditionState::Unknown)
    };
    let vm_scanner = count(|profile| profile.vm_scanner);
    let online = count(|profile| !profile.vm_scanner && profile.managed.is_met());
    let storage = &exposed.storage;
    let parts: [(&str, ConditionState, String); 6] = [
        (
            "ssm_agent_installed",
            state(|profile| profile.agent.state),
            format!(
                "{} of {all} with a row in DescribeInstanceInformation or scanned by the VM Scanner",
                count(|p| p.agent.is_met())
            ),
        ),
        (
            "ssm_managed",
            state(|profile| profile.managed.state),
            format!("{online} of {all} Online in SSM, {vm_scanner} scanned by the VM Scanner"),
        ),
        ("inspector_enabled", exposure.agents.inspector.state, exposure.agents.inspector_evidence.clone()),
        ("ec2_scanning_enabled", state(|profile| profile.scanned.state), exposure.agents.scanning_evidence.clone()),
        ("efs_mounted", ConditionState::Met, mounted(exposure.counts(exposed, groups), strongest)),
        (
            "cold_data",
            storage.cold.state,
            format!(
                "{} GiB in IA, {} GiB in Archive; {}",
                bytes_to_gib(storage.ia),
                bytes_to_gib(storage.archive),
                describe_policy(storage.lifecycle)
            ),
        ),
    ];
    parts
        .into_iter()
        .zip(1..)
        .map(|((name, state, evidence), number)| Condition { number, name, state, evidence: evidence.into() })
        .collect()
}

/// Who mounts, or could mount, a file system.
pub(crate) fn who_mounts(counts: InstanceCounts, file_system: &str) -> String {
    let scanned = |count: u64, verb: &str| format!("{} scanned by Inspector {verb}", plural(count, "instance"));
    let known = counts.confirmed + counts.likely;
    let mut text = match (counts.confirmed, counts.likely) {
        (0, 0) => return format!("{} {file_system}", scanned(counts.possible, "could mount")),
        (0, 1) => format!("{} {file_system}", scanned(1, "most likely mounts")),
        (0, likely) => format!("{} {file_system}", scanned(likely, "most likely mount")),
        (1, 0) => format!("{} {file_system}", scanned(1, "mounts")),
        (confirmed, 0) => format!("{} {file_system}", scanned(confirmed, "mount")),
        (_, likely) => format!("{} {file_system}, {likely} of them most likely", scanned(known, "mount")),
    };
    if counts.possible > 0 {
        text = format!("{text}; {} more could", counts.possible);
    }
    text
}

/// Condition 5 in a few words.
fn mounted(counts: InstanceCounts, strongest: Option<&InstanceRef>) -> String {
    let parts = [(counts.confirmed, "confirmed for"), (counts.likely, "likely for"), (counts.possible, "possible for")];
    let mut parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{word} {}", plural(count, "instance")))
        .collect();
    if counts.confirmed + counts.likely == 0 {
        for part in &mut parts {
            part.push_str(" by network reachability");
        }
    }
    let mut text = parts.join(", ");
    if let Some((instance, evidence)) =
        strongest.and_then(|instance| instance.evidence.as_ref().map(|MountEvidence::Told(it)| (instance, it)))
    {
        let time = |at: DateTime<Utc>| format!(", {}", at.to_rfc3339_opts(SecondsFormat::Secs, true));
        let at = instance.observed_at.map(time).unwrap_or_default();
        text = format!("{text}; strongest: {}: {evidence}{at}", instance.id);
    }
    text
}

/// One listed instance with the strongest evidence of its mount.
fn instance(target: &Target, listed: &Listed<'_, '_>, known: &Combined) -> InstanceRef {
    let strongest = known.items.iter().find(|item| item.kind.polarity() == Polarity::Positive);
    let strongest = strongest.filter(|_| matches!(listed.mount, MountState::Confirmed | MountState::Likely));
    // Of several mount points the one nearest to the scan decides.
    let positive = known.items.iter().filter(|item| item.kind.polarity() == Polarity::Positive);
    let nearest = positive
        .filter_map(|item| item.mount_point.as_deref())
        .map(|point| (scan_scope(Some(point), &target.inspector.deep_inspection), point))
        .min_by_key(|(scope, _)| match scope {
            ScanScope::Inside => 0,
            ScanScope::Unknown => 1,
            ScanScope::Outside => 2,
        });
    InstanceRef {
        id: listed.instance.id.clone(),
        name: listed.instance.name().map(str::to_owned),
        mount: listed.mount,
        exclusion: listed.profile.exclusion,
        evidence: strongest.map(|item| item.detail.clone().into()),
        observed_at: strongest.and_then(|item| item.at),
        scan_scope: nearest.map_or(ScanScope::Unknown, |(scope, _)| scope),
        mount_point: nearest.map(|(_, point)| point.to_owned()),
    }
}

/// What is known of the mount points and the paths that are scanned.
fn scope_sentence(instances: &[InstanceRef]) -> String {
    let with = |scope: ScanScope| instances.iter().find(|instance| instance.scan_scope == scope);
    let named = |instance: &InstanceRef| {
        let point = instance.mount_point.as_deref().unwrap_or("its mount point");
        format!("The mount point {point} of {}", instance.id)
    };
    match (with(ScanScope::Inside), with(ScanScope::Outside)) {
        (Some(inside), _) => {
            format!("{} lies in a path that deep inspection is documented to scan.", named(inside))
        }
        (None, Some(outside)) => format!(
            "{} lies outside the documented scan paths: only the report from the field says that it is scanned.",
            named(outside)
        ),
        (None, None) => "Whether the mount point lies inside a scanned path is not known.".to_owned(),
    }
}
