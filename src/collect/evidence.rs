//! The second half of a target: evidence about the file systems and instances that can still matter, and no others.
//!
//! What they are the caller decides from the first half, without a call. Where there is none, nothing is asked and every
//! section is complete and empty.

use std::future::Future;

use chrono::TimeDelta;
use futures::join;

use super::clients::{TargetClients, section};
use super::request::EvidenceOptions;
use super::{cloudtrail, ecs, finding_paths, logs, metrics, probe, ssm_evidence};
use crate::model::{EvidenceScope, MountEvidence, Section, SectionName, Target};

/// The evidence of a target whose other sections are there.
pub(super) async fn collect(
    clients: &TargetClients,
    target: &Target,
    wants: &impl Fn(SectionName) -> bool,
    scope: &EvidenceScope,
    options: &EvidenceOptions,
) -> MountEvidence {
    let asked = |name| Asked { wanted: wants(name), worth_a_call: !scope.file_systems.is_empty() };
    // The operator's word is there already.
    let said = MountEvidence {
        declared: target.evidence.declared.clone(),
        tables: target.evidence.tables.clone(),
        ..MountEvidence::default()
    };
    let from = target.taken_at - TimeDelta::days(i64::from(options.history_days));
    let probe = async {
        match &options.probe {
            Some(options) => probe::mount_probe(clients, target, &scope.instances, &said, options).await,
            None => Section::NotAsked,
        }
    };
    let (efs_connections, efs_metrics, efs_tasks, efs_utils_streams, association_runs, nfs_clients, probe) = join!(
        asked(SectionName::CloudTrailEfsConnections).of(cloudtrail::efs_connections(clients, target.taken_at)),
        asked(SectionName::CloudWatchEfsMetrics).of(metrics::efs_metrics(
            clients,
            &scope.file_systems,
            options.history_days,
            target.taken_at
        )),
        asked(SectionName::EcsEfsTasks).of(ecs::efs_tasks(clients)),
        asked(SectionName::LogsEfsUtilsStreams).of(logs::efs_utils_streams(clients, target.taken_at)),
        asked(SectionName::SsmAssociationRuns).of(ssm_evidence::association_runs(clients, target, from)),
        asked(SectionName::SsmNfsClients).of(ssm_evidence::nfs_clients(clients)),
        asked(SectionName::SsmMountProbe).of(probe),
    );
    let mut evidence = MountEvidence {
        efs_connections,
        efs_metrics,
        efs_tasks,
        efs_utils_streams,
        association_runs,
        probe,
        nfs_clients,
        ..said
    };
    // The third step: what lies below the mount points that the second has found.
    let paths = finding_paths::finding_paths(clients, &evidence);
    evidence.finding_paths = asked(SectionName::InspectorFindingPaths).of(paths).await;
    evidence
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
