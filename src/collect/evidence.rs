//! The second half of a target: evidence about the file systems and instances that can still matter, and no others.
//!
//! What they are the caller decides from the first half, without a call. Where there is none, nothing is asked and every
//! section is complete and empty.

use std::collections::BTreeSet;
use std::future::Future;

use chrono::TimeDelta;
use futures::join;

use super::clients::{TargetClients, section};
use super::request::EvidenceOptions;
use super::{cloudtrail, ecs, finding_paths, logs, metrics, probe, s3_requests, ssm_evidence};
use crate::model::{
    AssociationReach, AssociationRun, EvidenceScope, InstalledClient, MountEvidence, Observed, Section, SectionName,
    Target,
};

/// The evidence of a target whose other sections are there.
pub(super) async fn collect(
    clients: &TargetClients,
    target: &Target,
    wants: &impl Fn(SectionName) -> bool,
    scope: &EvidenceScope,
    options: &EvidenceOptions,
) -> MountEvidence {
    let (days, taken_at) = (options.history_days, target.taken_at);
    // What touches nothing is asked of file systems too that the network's model keeps from everybody.
    let file_systems: BTreeSet<String> = scope.file_systems.union(&scope.unreached).cloned().collect();
    let metered: BTreeSet<String> = file_systems.union(&scope.metered).cloned().collect();
    let series = Asked { wanted: wants(SectionName::CloudWatchEfsMetrics), worth_a_call: !metered.is_empty() };
    let passive = |name| Asked { wanted: wants(name), worth_a_call: !file_systems.is_empty() };
    let asked = |name| Asked { wanted: wants(name), worth_a_call: !scope.file_systems.is_empty() };
    // The operator's word is there already.
    let said = MountEvidence {
        declared: target.evidence.declared.clone(),
        tables: target.evidence.tables.clone(),
        ..MountEvidence::default()
    };
    let probe = async {
        match &options.probe {
            Some(options) => probe::mount_probe(clients, target, &scope.instances, &said, options).await,
            None => Section::NotAsked,
        }
    };
    let wants_reads = wants(SectionName::CloudWatchEfsReads);
    metrics::announce(clients, (metered.len(), series.wanted), (file_systems.len(), wants_reads));
    let (efs_connections, efs_metrics, efs_reads, efs_tasks, efs_utils_streams, managed, probe) = join!(
        asked(SectionName::CloudTrailEfsConnections).of(cloudtrail::efs_connections(clients, taken_at)),
        series.of(metrics::efs_metrics(clients, &metered, days, taken_at)),
        passive(SectionName::CloudWatchEfsReads).of(metrics::efs_reads(clients, &file_systems, days, taken_at)),
        passive(SectionName::EcsEfsTasks).of(ecs::efs_tasks(clients)),
        passive(SectionName::LogsEfsUtilsStreams).of(logs::efs_utils_streams(clients, taken_at)),
        Box::pin(from_ssm(clients, target, wants, scope, days)),
        asked(SectionName::SsmMountProbe).of(probe),
    );
    let mut evidence =
        MountEvidence { efs_connections, efs_metrics, efs_reads, efs_tasks, efs_utils_streams, probe, ..said };
    managed.put_into(&mut evidence);
    // The third step: what lies below the mount points that the second has found, and in the buckets.
    let paths = finding_paths::finding_paths(clients, &evidence);
    let requests = s3_requests::s3_requests(clients, &evidence, days, taken_at);
    let (paths, requests) = join!(
        passive(SectionName::InspectorFindingPaths).of(paths),
        section(wants(SectionName::CloudWatchS3Requests), requests),
    );
    evidence.finding_paths = paths;
    evidence.s3_requests = requests;
    evidence
}

/// What Systems Manager says after all of file systems that a source has named a mount of, though no instance was let in.
pub(super) async fn complete(
    clients: &TargetClients,
    target: &mut Target,
    wants: &impl Fn(SectionName) -> bool,
    scope: &EvidenceScope,
    options: &EvidenceOptions,
) {
    let managed = Box::pin(from_ssm(clients, target, wants, scope, options.history_days)).await;
    managed.put_into(&mut target.evidence);
}

/// What Systems Manager says of the scan's runs and of installed clients.
struct FromSsm {
    runs: Section<Observed<AssociationRun>>,
    targets: Section<Observed<AssociationReach>>,
    clients: Section<Observed<InstalledClient>>,
}

impl FromSsm {
    fn put_into(self, evidence: &mut MountEvidence) {
        evidence.association_runs = self.runs;
        evidence.association_targets = self.targets;
        evidence.nfs_clients = self.clients;
    }
}

/// What Systems Manager says, where some file system can still matter.
async fn from_ssm(
    clients: &TargetClients,
    target: &Target,
    wants: &impl Fn(SectionName) -> bool,
    scope: &EvidenceScope,
    days: u16,
) -> FromSsm {
    let asked = |name| Asked { wanted: wants(name), worth_a_call: !scope.file_systems.is_empty() };
    let runs = async {
        let from = target.taken_at - TimeDelta::days(i64::from(days));
        let executions =
            asked(SectionName::SsmAssociationRuns).of(ssm_evidence::executions(clients, target, from)).await;
        let targets = ssm_evidence::association_targets(clients, &executions, &scope.instances, target.taken_at);
        let targets = asked(SectionName::SsmAssociationTargets).of(targets).await;
        (ssm_evidence::runs(executions), targets)
    };
    let ((runs, targets), clients) =
        join!(runs, asked(SectionName::SsmNfsClients).of(ssm_evidence::nfs_clients(clients)));
    FromSsm { runs, targets, clients }
}

/// Whether a section of evidence is collected.
struct Asked {
    /// Somebody asks for it.
    wanted: bool,
    /// There is something that it could be about.
    worth_a_call: bool,
}

impl Asked {
    /// The section: collected, or complete and empty where nothing can matter.
    async fn of<T: Default>(self, collected: impl Future<Output: Into<Section<T>>>) -> Section<T> {
        if self.wanted && !self.worth_a_call {
            return Section::Complete(T::default());
        }
        section(self.wanted, collected).await
    }
}
