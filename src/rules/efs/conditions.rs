//! Conditions 1 to 4: whether an agent on an instance scans at all.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::FastMap;
use super::exclusion::exclusion;
use super::schedule::VM_SCANNER_SCANS;
use crate::model::{AccountStatus, Ec2Coverage, Instance, ManagedNode, Section, SectionName, Target};
use crate::rules::finding::efs::OpenQuestion;
use crate::rules::status::{Account, Open, Status};
use crate::rules::{Blocker, ConditionState, Exclusion, StatusSeen};

/// The scan mode of the VM Scanner in coverage rows (Inspector API reference, `CoveredResource`, 2026-10).
const VM_SCANNER: &str = "EC2_INSPECTOR_AGENT_BASED";

/// A condition's state, and what would decide it while it is unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tri {
    pub(crate) state: ConditionState,
    /// Empty unless the state is unknown.
    pub(crate) blame: BTreeSet<Blocker>,
}

impl Tri {
    pub(crate) fn met() -> Self {
        Self { state: ConditionState::Met, blame: BTreeSet::new() }
    }

    pub(crate) fn not_met() -> Self {
        Self { state: ConditionState::NotMet, blame: BTreeSet::new() }
    }

    /// It depends on what was not seen.
    pub(crate) fn unknown(blame: impl IntoIterator<Item = Blocker>) -> Self {
        Self { state: ConditionState::Unknown, blame: blame.into_iter().collect() }
    }

    pub(crate) fn is_met(&self) -> bool {
        self.state == ConditionState::Met
    }

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
    pub(crate) agent: Tri,
    /// Condition 2.
    pub(crate) managed: Tri,
    /// Condition 4.
    pub(crate) scanned: Tri,
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
    pub(crate) inspector: Tri,
    /// `resourceState.ec2`, the part of condition 4 that is the same for every instance.
    ec2: Tri,
    /// Deep inspection, the other part.
    deep_inspection: Tri,
    /// What condition 3 was judged by.
    pub(crate) account_seen: StatusSeen,
    /// What condition 4 was judged by.
    pub(crate) ec2_seen: StatusSeen,
    /// … for its other part.
    pub(crate) deep_inspection_seen: StatusSeen,
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
        let account = Account::of(target);
        let state = |status: &AccountStatus| status.state.as_ref().map(|state| state.status.clone());
        let account_seen = status_seen(account, state);
        let ec2_seen = status_seen(account, |status| status.of("ec2").map(str::to_owned));
        let (deep_inspection, deep_inspection_seen) = deep_inspection(target);
        Self {
            nodes,
            coverage,
            inspector: judge_status("the account", account.state()),
            ec2: judge_status("EC2 scanning", account.kind("ec2")),
            deep_inspection,
            account_seen,
            ec2_seen,
            deep_inspection_seen,
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
        let coverage_missing = self.coverage.is_none().then(|| Blocker::section(SectionName::InspectorEc2Coverage));
        let nodes_missing = self.nodes.is_none().then(|| Blocker::section(SectionName::SsmManagedNodes));
        let decide = |holds: bool| {
            if holds || vm_scanner {
                Tri::met()
            } else if coverage_missing.is_none() && nodes_missing.is_none() {
                Tri::not_met()
            } else {
                Tri::unknown(coverage_missing.clone().into_iter().chain(nodes_missing.clone()))
            }
        };
        let online = node.map(|node| node.ping_status.as_str());
        let managed = match online {
            Some("Online" | "ConnectionLost" | "Inactive") | None => decide(online == Some("Online")),
            Some(_) if vm_scanner => Tri::met(),
            Some(other) => Tri::unknown([Blocker::efs(
                SectionName::SsmManagedNodes,
                Some(id),
                OpenQuestion::PingStatus { instance: id.to_owned(), status: other.to_owned() },
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
    fn scanned(&self, vm_scanner: bool, coverage_missing: Option<Blocker>) -> Tri {
        match self.ec2.state {
            ConditionState::NotMet => return Tri::not_met(),
            ConditionState::Unknown => return self.ec2.clone(),
            ConditionState::Met => {}
        }
        if vm_scanner {
            return Tri::met();
        }
        match (self.deep_inspection.state, coverage_missing) {
            (ConditionState::Met, _) => Tri::met(),
            (ConditionState::NotMet, None) => Tri::not_met(),
            (ConditionState::NotMet, Some(coverage)) => Tri::unknown([coverage]),
            (ConditionState::Unknown, coverage) => {
                Tri::unknown(self.deep_inspection.blame.iter().cloned().chain(coverage))
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

/// Condition 3, or the part of condition 4 that is the account's.
fn judge_status(what: &str, status: Result<Status<'_>, Open>) -> Tri {
    match status.and_then(|status| status.on_or_coming().ok_or_else(|| status.open(what))) {
        Ok(true) => Tri::met(),
        Ok(false) => Tri::not_met(),
        Err(open) => Tri::unknown([open.undecided()]),
    }
}

/// One of an account's statuses as AWS gave it.
fn status_seen(account: Account<'_>, status: impl Fn(&AccountStatus) -> Option<String>) -> StatusSeen {
    match account {
        Account::Absent => StatusSeen::Absent,
        Account::Unread => StatusSeen::Unread,
        Account::Failed(_) => StatusSeen::Failed,
        Account::Given(given) => StatusSeen::Status(status(given).unwrap_or_default()),
    }
}

/// Deep inspection: when it is deactivated, the plugin is not invoked (Inspector user guide, "Deep inspection",
/// 2026-10).
fn deep_inspection(target: &Target) -> (Tri, StatusSeen) {
    let section = SectionName::InspectorDeepInspection;
    match &target.inspector.deep_inspection {
        Section::Complete(deep) => {
            let judged = match deep.status.as_str() {
                "DEACTIVATED" => Tri::not_met(),
                "ACTIVATED" | "PENDING" | "FAILED" => Tri::met(),
                other => {
                    let question = OpenQuestion::DeepInspectionStatus(other.to_owned());
                    Tri::unknown([Blocker::efs(section, None, question)])
                }
            };
            (judged, StatusSeen::Status(deep.status.clone()))
        }
        Section::Absent(_) => (Tri::not_met(), StatusSeen::Absent),
        Section::Missing(_) | Section::NotAsked => (Tri::unknown([Blocker::section(section)]), StatusSeen::Unread),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::status::tests::{TABLE, target};

    #[test]
    fn conditions_3_and_4_read_every_status_as_the_table_says() {
        for (account, kind, [expected, _, _]) in TABLE {
            let target = target(account, kind);
            let agents = Agents::of(&target);
            let read = if agents.switched_off() {
                Some(false)
            } else {
                (agents.inspector.is_met() && agents.ec2.is_met()).then_some(true)
            };
            assert_eq!(read, expected, "{account} {kind:?}");
        }
    }
}
