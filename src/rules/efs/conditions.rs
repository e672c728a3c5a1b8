//! Conditions 1 to 4: whether an agent on an instance scans at all.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::FastMap;
use super::exclusion::exclusion;
use super::schedule::VM_SCANNER_SCANS;
use crate::model::{AccountStatus, Ec2Coverage, Instance, ManagedNode, Section, SectionName, Target};
use crate::rules::{ConditionState, Exclusion, Undecided};

/// The scan mode of the VM Scanner in coverage rows (Inspector API reference, `CoveredResource`, 2026-10).
const VM_SCANNER: &str = "EC2_INSPECTOR_AGENT_BASED";
const ACCOUNT_STATUS: &str = "inspector2:BatchGetAccountStatus";

/// A condition's state, and what would decide it while it is unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Judged {
    /// The state.
    pub(crate) state: ConditionState,
    /// Empty unless the state is unknown.
    pub(crate) blame: BTreeSet<Undecided>,
}

impl Judged {
    /// It holds.
    pub(crate) fn met() -> Self {
        Self { state: ConditionState::Met, blame: BTreeSet::new() }
    }

    /// It does not hold.
    pub(crate) fn not_met() -> Self {
        Self { state: ConditionState::NotMet, blame: BTreeSet::new() }
    }

    /// It depends on what was not seen.
    pub(crate) fn unknown(blame: impl IntoIterator<Item = Undecided>) -> Self {
        Self { state: ConditionState::Unknown, blame: blame.into_iter().collect() }
    }

    /// Whether it holds.
    pub(crate) fn is_met(&self) -> bool {
        self.state == ConditionState::Met
    }

    /// Whether it does not hold.
    pub(crate) fn is_not_met(&self) -> bool {
        self.state == ConditionState::NotMet
    }
}

/// What instances have to share to be judged alike, but for the network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Profile {
    /// Whether the instance runs.
    pub(crate) running: bool,
    /// Whether it could run again (stopped or about to be), rather than being gone.
    pub(crate) returns: bool,
    /// Windows cannot mount EFS.
    pub(crate) windows: bool,
    /// How far it is excluded.
    pub(crate) exclusion: Exclusion,
    /// Condition 1.
    pub(crate) agent: Judged,
    /// Condition 2.
    pub(crate) managed: Judged,
    /// Condition 4.
    pub(crate) scanned: Judged,
    /// Whether the VM Scanner scans it.
    pub(crate) vm_scanner: bool,
    /// Whether it has a row in SSM that is not `Online`.
    pub(crate) offline: bool,
}

impl Profile {
    /// How often it is scanned in 30 days.
    pub(crate) fn scans(&self, plugin: Decimal) -> Decimal {
        if self.vm_scanner { VM_SCANNER_SCANS } else { plugin }
    }
}

/// What Inspector and SSM say about a target's account and instances.
#[derive(Debug)]
pub(crate) struct Agents<'a> {
    nodes: Option<FastMap<&'a str, &'a ManagedNode>>,
    coverage: Option<FastMap<&'a str, &'a Ec2Coverage>>,
    /// Condition 3, the same for every instance.
    pub(crate) inspector: Judged,
    /// `resourceState.ec2`, the part of condition 4 that is the same for every instance.
    ec2: Judged,
    /// Deep inspection, the other part.
    deep_inspection: Judged,
    /// Condition 3 in a few words.
    pub(crate) inspector_evidence: String,
    /// Condition 4 in a few words.
    pub(crate) scanning_evidence: String,
}

impl<'a> Agents<'a> {
    /// Reads the account's side.
    pub(crate) fn of(target: &'a Target) -> Self {
        let nodes = seen(&target.ssm.managed_nodes).map(|nodes| {
            let instances = nodes.iter().filter(|node| node.resource_type == "EC2Instance");
            instances.map(|node| (node.id.as_str(), node)).collect()
        });
        let coverage = seen(&target.inspector.ec2_coverage)
            .map(|rows| rows.iter().map(|row| (row.instance_id.as_str(), row)).collect());
        let (inspector, inspector_evidence) = inspector(&target.inspector.account_status);
        let (ec2, ec2_evidence) = ec2_scanning(&target.inspector.account_status);
        let (deep_inspection, deep_evidence) = deep_inspection(target);
        Self {
            nodes,
            coverage,
            inspector,
            ec2,
            deep_inspection,
            inspector_evidence,
            scanning_evidence: format!("{ec2_evidence}; {deep_evidence}"),
        }
    }

    /// Whether EC2 scanning is off for the whole account: a switch somebody could still turn on.
    pub(crate) fn switched_off(&self) -> bool {
        self.inspector.is_not_met() || self.ec2.is_not_met()
    }

    /// What is special about one instance.
    pub(crate) fn profile(&self, instance: &Instance) -> Profile {
        let id = instance.id.as_str();
        let row = self.coverage.as_ref().and_then(|rows| rows.get(id));
        let node = self.nodes.as_ref().and_then(|nodes| nodes.get(id));
        let vm_scanner = row.is_some_and(|row| row.scan_mode.as_deref() == Some(VM_SCANNER));
        let coverage_missing = self.coverage.is_none().then(|| Undecided::section(SectionName::InspectorEc2Coverage));
        let nodes_missing = self.nodes.is_none().then(|| Undecided::section(SectionName::SsmManagedNodes));
        let decide = |holds: bool| {
            if holds || vm_scanner {
                Judged::met()
            } else if coverage_missing.is_none() && nodes_missing.is_none() {
                Judged::not_met()
            } else {
                Judged::unknown(coverage_missing.clone().into_iter().chain(nodes_missing.clone()))
            }
        };
        let online = node.map(|node| node.ping_status.as_str());
        let managed = match online {
            Some("Online" | "ConnectionLost" | "Inactive") | None => decide(online == Some("Online")),
            Some(_) if vm_scanner => Judged::met(),
            Some(other) => Judged::unknown([Undecided::derived(
                SectionName::SsmManagedNodes,
                Some(id.to_owned()),
                "ssm:DescribeInstanceInformation",
                format!("the ping status {other:?} of {id} is not one this version knows"),
            )]),
        };
        Profile {
            running: instance.state == "running",
            returns: matches!(instance.state.as_str(), "stopped" | "stopping" | "pending"),
            windows: instance.is_windows(),
            exclusion: exclusion(instance),
            agent: decide(node.is_some()),
            managed,
            scanned: self.scanned(vm_scanner, coverage_missing),
            vm_scanner,
            offline: online.is_some_and(|status| status != "Online"),
        }
    }

    /// Condition 4 for one instance.
    fn scanned(&self, vm_scanner: bool, coverage_missing: Option<Undecided>) -> Judged {
        match self.ec2.state {
            ConditionState::NotMet => return Judged::not_met(),
            ConditionState::Unknown => return self.ec2.clone(),
            ConditionState::Met => {}
        }
        if vm_scanner {
            return Judged::met();
        }
        match (self.deep_inspection.state, coverage_missing) {
            (ConditionState::Met, _) => Judged::met(),
            (ConditionState::NotMet, None) => Judged::not_met(),
            (ConditionState::NotMet, Some(coverage)) => Judged::unknown([coverage]),
            (ConditionState::Unknown, coverage) => {
                Judged::unknown(self.deep_inspection.blame.iter().cloned().chain(coverage))
            }
        }
    }
}

/// A listing, or `None` where it could not be seen; empty where the service hides nothing by its absence.
pub(crate) fn seen<T>(section: &Section<Vec<T>>) -> Option<&[T]> {
    match section {
        Section::Complete(rows) => Some(rows),
        Section::Absent(_) => Some(&[]),
        Section::Missing(_) | Section::NotAsked => None,
    }
}

/// Condition 3.
fn inspector(section: &Section<AccountStatus>) -> (Judged, String) {
    let status = match section {
        Section::Complete(status) => status,
        Section::Absent(_) => {
            return (Judged::not_met(), "Inspector does not exist or is not enabled here".to_owned());
        }
        Section::Missing(_) | Section::NotAsked => {
            return (whole_status(), "Inspector's account status could not be read".to_owned());
        }
    };
    if let Some(failed) = &status.failed {
        let why = failed.error_message.as_deref().or(failed.error_code.as_deref()).unwrap_or("no reason given");
        return (open_status(format!("Inspector could not give the account's status: {why}")), "failed".to_owned());
    }
    let state = status.state.as_ref().map_or("", |state| state.status.as_str());
    (judge_status("the account", state), format!("account status {}", shown(state)))
}

/// The part of condition 4 that is the account's.
fn ec2_scanning(section: &Section<AccountStatus>) -> (Judged, String) {
    let status = match section {
        Section::Complete(status) if status.failed.is_none() => status,
        Section::Complete(_) => return inspector(section),
        Section::Absent(_) => {
            return (Judged::not_met(), "EC2 scanning off".to_owned());
        }
        Section::Missing(_) | Section::NotAsked => {
            return (whole_status(), "EC2 scanning could not be read".to_owned());
        }
    };
    let state = status.of("ec2").unwrap_or("");
    (judge_status("EC2 scanning", state), format!("EC2 scanning {}", shown(state)))
}

fn shown(state: &str) -> &str {
    if state.is_empty() { "missing" } else { state }
}

fn judge_status(what: &str, state: &str) -> Judged {
    match state {
        "ENABLED" | "ENABLING" => Judged::met(),
        "DISABLED" => Judged::not_met(),
        "" => open_status(format!("Inspector's answer has no status for {what}")),
        other => open_status(format!("Inspector's status of {what} is {other}: neither on nor off; look again later")),
    }
}

fn whole_status() -> Judged {
    Judged::unknown([Undecided::section(SectionName::InspectorAccountStatus)])
}

fn open_status(message: String) -> Judged {
    Judged::unknown([Undecided::derived(SectionName::InspectorAccountStatus, None, ACCOUNT_STATUS, message)])
}

/// Deep inspection: when it is deactivated, the plugin is not invoked (Inspector user guide, "Deep inspection",
/// 2026-10).
fn deep_inspection(target: &Target) -> (Judged, String) {
    let section = SectionName::InspectorDeepInspection;
    match &target.inspector.deep_inspection {
        Section::Complete(deep) => match deep.status.as_str() {
            "DEACTIVATED" => (Judged::not_met(), "deep inspection DEACTIVATED".to_owned()),
            known @ ("ACTIVATED" | "PENDING" | "FAILED") => (Judged::met(), format!("deep inspection {known}")),
            other => {
                let message = format!("the status {:?} of deep inspection is not one this version knows", shown(other));
                let operation = "inspector2:GetEc2DeepInspectionConfiguration";
                let blame = Undecided::derived(section, None, operation, message);
                (Judged::unknown([blame]), format!("deep inspection {}", shown(other)))
            }
        },
        Section::Absent(_) => (Judged::not_met(), "no deep inspection".to_owned()),
        Section::Missing(_) | Section::NotAsked => {
            (Judged::unknown([Undecided::section(section)]), "deep inspection could not be read".to_owned())
        }
    }
}
