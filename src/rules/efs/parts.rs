//! The parts that all findings about a file system share.

use std::collections::BTreeSet;

use super::begun;
use super::conditions::Profile;
use super::exposure::{Exposed, Exposure};
use super::history::History;
use super::storage::describe_policy;
use crate::model::{Section, Target};
use crate::price::{MissingPrice, bytes_to_gib};
use crate::rules::{
    Condition, ConditionState, Confidence, Cost, Evidence, Facts, Finding, InstanceRef, Remediation, Resource,
    ScanScope, Severity, fingerprint,
};

/// The conflict that every finding of R1 states.
const CONFLICT: &str = "AWS's documents say that Inspector's agent-based scan skips network mounts; AWS Support is \
                        quoted as saying that it reads them, and which of the two holds here has not been measured. \
                        Whether the mount point lies inside a scanned path is not known.";

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
    pub(crate) remediation: Remediation,
}

/// A finding on a file system.
pub(crate) fn finding(facts: &Facts<'_>, exposed: &Exposed<'_>, special: Special<'_>) -> Finding {
    let exposure = facts.exposure();
    let target = facts.target;
    let file_system = exposed.file_system;
    let (listed, instance_counts) = exposure.list(special.groups);
    let mut message = format!("{} {CONFLICT}", special.message);
    if let Err(missing) = special.cost {
        message.push_str(&price_remedy(missing));
    }
    Finding {
        rule: special.rule.to_owned(),
        severity: special.severity,
        confidence: Confidence::Low,
        account: target.account.clone(),
        region: target.region.clone(),
        resource: resource(target, exposed),
        title: special.title,
        message,
        conditions: conditions(exposure, exposed, special.groups),
        instances: listed
            .into_iter()
            .map(|(instance, profile, mount)| InstanceRef {
                id: instance.id.clone(),
                name: instance.name().map(str::to_owned),
                mount,
                exclusion: profile.exclusion,
                evidence: None,
                observed_at: None,
                mount_point: None,
                scan_scope: ScanScope::Unknown,
            })
            .collect(),
        instance_counts,
        cost: special.cost.as_ref().ok().cloned(),
        evidence: evidence(target, exposure, exposed, special.groups),
        remediation: special.remediation,
        location: None,
        ways_out: Vec::new(),
        history: exposed.history.as_ref().map(History::for_report),
        suppressed: None,
        new: None,
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
fn conditions(exposure: &Exposure<'_>, exposed: &Exposed<'_>, groups: &[usize]) -> Vec<Condition> {
    let count = |holds: fn(&Profile) -> bool| -> u64 {
        let matching = groups.iter().map(|number| &exposure.groups[*number]).filter(|group| holds(&group.profile));
        matching.map(|group| group.members.len() as u64).sum()
    };
    let all = count(|_| true);
    let state = |condition: fn(&Profile) -> ConditionState| {
        groups
            .iter()
            .map(|number| condition(&exposure.groups[*number].profile))
            .max()
            .unwrap_or(ConditionState::Unknown)
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
        (
            "efs_mounted",
            ConditionState::Met,
            format!("possible for {} by network reachability", plural(all, "instance")),
        ),
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
        .map(|((name, state, evidence), number)| Condition { number, name: name.to_owned(), state, evidence })
        .collect()
}

/// The most admissions that the evidence of one finding names, and the most instances whose admissions are looked up.
const MAX_ADMISSIONS: usize = 5;

fn evidence(target: &Target, exposure: &Exposure<'_>, exposed: &Exposed<'_>, groups: &[usize]) -> Vec<Evidence> {
    let mut list = Vec::new();
    let index = exposure.file_systems.iter().position(|other| std::ptr::eq(other, exposed));
    if let Some(index) = index {
        // The rules that admit the instances listed first stand for those of all of them.
        let (listed, _) = exposure.list(groups);
        let sample = listed.iter().take(MAX_ADMISSIONS);
        let admissions: BTreeSet<String> =
            sample.flat_map(|(instance, _, _)| exposure.reach.describe(instance, index)).collect();
        let more = admissions.len().saturating_sub(MAX_ADMISSIONS);
        list.extend(admissions.into_iter().take(MAX_ADMISSIONS).map(|detail| Evidence::new("reachability", detail)));
        if more > 0 {
            list.push(Evidence::new("reachability", format!("and {more} more rules that admit instances")));
        }
        for account in &exposure.reach.foreign[index] {
            list.push(Evidence::new(
                "foreign_client",
                format!(
                    "a mount target's group admits a group of account {account}: its instances are judged only in \
                     that account"
                ),
            ));
        }
    }
    for (reason, count) in &exposed.not_exposed {
        list.push(Evidence::new("not_exposed", format!("{}: {}", plural(*count, "instance"), reason.describe())));
    }
    if let Section::Complete(setting) = &target.ssm.default_host_management
        && let Some(role) = &setting.role
    {
        list.push(Evidence::new(
            "default_host_management",
            format!(
                "default host management is on with the role {role}: new instances become managed nodes by themselves"
            ),
        ));
    }
    list.extend(begun::evidence(target, exposure, exposed));
    list.extend(scan_evidence(target, exposure, groups));
    list
}

/// How often the scan runs, since when, and over which paths.
fn scan_evidence(target: &Target, exposure: &Exposure<'_>, groups: &[usize]) -> Vec<Evidence> {
    let mut list = vec![Evidence::new("schedule", exposure.scans(groups).basis)];
    if let Section::Complete(Some(association)) = &target.ssm.inspector_association
        && let Some(last) = association.last_execution
    {
        list.push(Evidence::new("schedule", format!("the scan's association last ran at {}", last.to_rfc3339())));
    }
    if let Section::Complete(configuration) = &target.inspector.configuration
        && let Some(since) =
            configuration.vm_scanner_activated_at.filter(|_| configuration.vm_scanner_activated == Some(true))
    {
        list.push(Evidence::new("vm_scanner", format!("the VM Scanner has been active since {}", since.to_rfc3339())));
    }
    if let Section::Complete(deep) = &target.inspector.deep_inspection {
        let custom: Vec<&str> = deep.package_paths.iter().chain(&deep.org_package_paths).map(String::as_str).collect();
        if !custom.is_empty() {
            let paths = custom.join(", ");
            list.push(Evidence::new("scan_path", format!("custom paths of deep inspection: {paths}")));
        }
    }
    list.retain(|evidence| !evidence.detail.is_empty());
    list
}
