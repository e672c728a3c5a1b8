//! Conditions 1 to 4: whether an agent on an instance scans at all.

use std::collections::BTreeSet;

use super::exclusion::{blocking_keys, exclusion};
use super::fast_map::FastMap;
use super::tri::{Tri, both};
use crate::model::{AccountStatus, Ec2Coverage, Instance, ManagedNode, Section, SectionName, Target};
use crate::rules::finding::efs::OpenQuestion;
use crate::rules::status::{Account, Status};
use crate::rules::{Blocker, ConditionState, Exclusion, StatusOf, StatusSeen, UnsettledStatus};

/// The scan mode of the VM Scanner in coverage rows (Inspector API reference, `CoveredResource`, 2026-10).
const VM_SCANNER: &str = "EC2_INSPECTOR_AGENT_BASED";
/// The modes that are not the VM Scanner's (the same source). Any other text may be a name of it that AWS added since.
const OTHER_MODES: [&str; 2] = ["EC2_SSM_AGENT_BASED", "EC2_AGENTLESS"];
/// The plugin never reported an inventory: the walk over the file system has not happened yet (Inspector user guide,
/// "Coverage status codes", 2026-10).
const NO_INVENTORY: &str = "DEEP_INSPECTION_NO_INVENTORY";

/// What rules about one instance ask of it: how far it is excluded, and whether tag keys stand in the way.
pub(crate) type Trait = (Exclusion, bool);

/// What instances have to share to be judged alike, but for the network.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Profile {
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
    /// What would say whether the VM Scanner scans it; empty where that is known.
    pub(crate) vm_scanner_open: BTreeSet<Blocker>,
    /// Whether it may turn out to have such a row, as far as was seen.
    pub(crate) may_be_offline: bool,
    /// Whether coverage says that the plugin has not walked it yet.
    pub(crate) not_walked: bool,
    /// Whether it carries tag keys that metadata tags do not take.
    pub(crate) has_blocking_keys: bool,
}

impl Profile {
    /// Whether it is certainly out of the scan by its exclusion: `Full` stops the plugin, and no document says that it
    /// stops the VM Scanner.
    pub(crate) fn is_excluded(&self) -> bool {
        self.exclusion == Exclusion::Full && !self.vm_scanner && self.vm_scanner_open.is_empty()
    }

    /// Whether it may be scanned, as far as is known, and could mount EFS.
    pub(crate) fn may_be_scanned(&self) -> bool {
        let conditions = [&self.agent, &self.managed, &self.scanned];
        let is_out = conditions.iter().any(|condition| condition.is_not_met());
        self.running && !self.windows && !self.is_excluded() && !is_out
    }

    /// What rules about one instance ask of it.
    pub(crate) fn traits(&self) -> Trait {
        (self.exclusion, self.has_blocking_keys)
    }

    /// Whether it is scanned though it is excluded: by the VM Scanner alone, if at all.
    pub(crate) fn is_scanned_despite_tag(&self) -> bool {
        self.exclusion == Exclusion::Full && self.vm_scanner
    }

    /// Whether the VM Scanner may scan it, of which nothing is known.
    pub(crate) fn may_be_vm_scanner(&self) -> bool {
        !self.vm_scanner && !self.vm_scanner_open.is_empty()
    }

    /// What scans it, as far as is known.
    pub(crate) fn scanned_by(&self) -> ScannedBy {
        match (self.vm_scanner, self.vm_scanner_open.is_empty()) {
            (true, _) => ScannedBy::VmScanner,
            (false, true) => ScannedBy::Plugin,
            (false, false) => ScannedBy::Either,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScannedBy {
    Plugin,
    VmScanner,
    /// One of the two, which is not known: what costs more counts.
    Either,
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
            inspector: judge_status(StatusOf::Account, account.state()),
            ec2: judge_status(StatusOf::Type("ec2".to_owned()), account.kind("ec2")),
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

    /// What would say whether it is off, where that is not known.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Blocker> {
        self.inspector.blame.iter().chain(&self.ec2.blame)
    }

    /// What is special about one instance.
    pub(crate) fn profile(&self, instance: &Instance) -> Profile {
        let id = instance.id.as_str();
        let row = self.coverage.as_ref().and_then(|rows| rows.get(id));
        let node = self.nodes.as_ref().and_then(|nodes| nodes.get(id));
        let vm_scanner = row.is_some_and(|row| is_vm_scanner(row.scan_mode.as_deref()) == Some(true));
        let coverage_missing = self.coverage.is_none().then(|| Blocker::section(SectionName::InspectorEc2Coverage));
        let nodes_missing = self.nodes.is_none().then(|| Blocker::section(SectionName::SsmManagedNodes));
        let odd_mode = row
            .and_then(|row| row.scan_mode.as_deref())
            .filter(|mode| is_vm_scanner(Some(mode)).is_none())
            .map(|mode| {
                let question = OpenQuestion::ScanMode { instance: id.to_owned(), mode: mode.to_owned() };
                Blocker::efs(SectionName::InspectorEc2Coverage, Some(id), question)
            });
        let vm_scanner_open: BTreeSet<Blocker> = coverage_missing.into_iter().chain(odd_mode).collect();
        let exclusion = exclusion(instance);
        let decide = |holds: bool| {
            if holds || vm_scanner {
                Tri::met()
            } else if vm_scanner_open.is_empty() && nodes_missing.is_none() {
                Tri::not_met()
            } else {
                Tri::unknown(vm_scanner_open.iter().cloned().chain(nodes_missing.clone()))
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
        let mut scanned = self.scanned(vm_scanner, &vm_scanner_open);
        let mut agent = decide(node.is_some());
        let mut managed = managed;
        if exclusion == Exclusion::Full && !vm_scanner && !vm_scanner_open.is_empty() {
            // The plugin is not invoked: all depends on whether the VM Scanner is there.
            let open = Tri::unknown(vm_scanner_open.iter().cloned());
            scanned = both(&self.ec2, &open);
            (agent, managed) = (open.clone(), open);
        }
        Profile {
            running: instance.state == "running",
            returns: matches!(instance.state.as_str(), "stopped" | "stopping" | "pending"),
            windows: instance.is_windows(),
            exclusion,
            agent,
            managed,
            scanned,
            vm_scanner,
            offline: online.is_some_and(|status| status != "Online"),
            vm_scanner_open,
            may_be_offline: nodes_missing.is_some() || online.is_some_and(|status| status != "Online"),
            not_walked: row.is_some_and(|row| row.reason.as_deref() == Some(NO_INVENTORY)),
            has_blocking_keys: !blocking_keys(instance).is_empty(),
        }
    }

    /// Condition 4 for one instance.
    fn scanned(&self, vm_scanner: bool, vm_scanner_open: &BTreeSet<Blocker>) -> Tri {
        let agent = match self.deep_inspection.state {
            _ if vm_scanner => Tri::met(),
            ConditionState::Met => Tri::met(),
            ConditionState::NotMet if vm_scanner_open.is_empty() => Tri::not_met(),
            ConditionState::NotMet | ConditionState::Unknown => {
                Tri::unknown(self.deep_inspection.blame.iter().chain(vm_scanner_open).cloned())
            }
        };
        both(&self.ec2, &agent)
    }
}

/// Whether a scan mode is the VM Scanner's; `None` for one that this version does not know.
pub(crate) fn is_vm_scanner(mode: Option<&str>) -> Option<bool> {
    match mode.unwrap_or_default() {
        VM_SCANNER => Some(true),
        // An empty text is no mode: AWS gave none.
        other => (other.is_empty() || OTHER_MODES.contains(&other)).then_some(false),
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
fn judge_status(of: StatusOf, status: Result<Status<'_>, UnsettledStatus>) -> Tri {
    match status.and_then(|status| status.on_or_coming().ok_or_else(|| status.open(of))) {
        Ok(true) => Tri::met(),
        Ok(false) => Tri::not_met(),
        Err(open) => Tri::unknown([Blocker::status(open)]),
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
