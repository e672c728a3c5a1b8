//! The second half of a target: evidence about the file systems and instances that can still matter, and no others.
//!
//! What they are is decided by the rules from the first half, without a call. Where there is none, nothing is asked and
//! every section is complete and empty.

use std::sync::Arc;

use chrono::TimeDelta;
use futures::join;

use super::site::{Site, section};
use super::{ProbeOptions, cloudtrail, ecs, finding_paths, logs, metrics, probe, ssm_evidence};
use crate::model::{EfsMetrics, MountEvidence, Observed, Section, SectionName, Target};
use crate::operator_mounts::OperatorMounts;
use crate::rules::efs::{EvidenceScope, evidence_scope};

/// How evidence is collected.
#[derive(Debug, Clone)]
pub struct EvidenceOptions {
    /// How many days of metrics and of the association's runs, 1 to 455: CloudWatch keeps no more.
    pub history_days: u16,
    /// What the operator says of mounts.
    pub mounts: Arc<OperatorMounts>,
    /// How the mount probe runs; without it the section is left out and nothing can be sent.
    pub probe: Option<ProbeOptions>,
}

impl EvidenceOptions {
    /// Days of history where nobody says otherwise.
    pub const DEFAULT_DAYS: u16 = 30;
}

impl Default for EvidenceOptions {
    fn default() -> Self {
        Self { history_days: Self::DEFAULT_DAYS, mounts: Arc::default(), probe: None }
    }
}

/// The evidence of a target whose other sections are there.
pub(super) async fn collect(
    site: &Site,
    target: &Target,
    wants: &impl Fn(SectionName) -> bool,
    options: &EvidenceOptions,
) -> MountEvidence {
    let EvidenceScope { file_systems, instances } = evidence_scope(target);
    // The operator's word is there already.
    let said = MountEvidence {
        declared: target.evidence.declared.clone(),
        tables: target.evidence.tables.clone(),
        ..MountEvidence::default()
    };
    if file_systems.is_empty() {
        return nothing(wants, said);
    }
    let from = target.taken_at - TimeDelta::days(i64::from(options.history_days));
    let association_runs = async {
        if wants(SectionName::SsmAssociationRuns) {
            ssm_evidence::association_runs(site, target, from).await
        } else {
            Section::default()
        }
    };
    let probe = async {
        match &options.probe {
            Some(options) if wants(SectionName::SsmMountProbe) => {
                probe::mount_probe(site, target, &instances, &said, options).await
            }
            _ => Section::default(),
        }
    };
    let (efs_connections, efs_metrics, efs_tasks, efs_utils_streams, association_runs, nfs_clients, probe) = join!(
        section(wants(SectionName::CloudTrailEfsConnections), cloudtrail::efs_connections(site, target.taken_at)),
        section(
            wants(SectionName::CloudWatchEfsMetrics),
            metrics::efs_metrics(site, &file_systems, options.history_days, target.taken_at)
        ),
        section(wants(SectionName::EcsEfsTasks), ecs::efs_tasks(site)),
        section(wants(SectionName::LogsEfsUtilsStreams), logs::efs_utils_streams(site, target.taken_at)),
        Box::pin(association_runs),
        section(wants(SectionName::SsmNfsClients), ssm_evidence::nfs_clients(site)),
        Box::pin(probe),
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
    let wanted = wants(SectionName::InspectorFindingPaths);
    evidence.finding_paths = section(wanted, finding_paths::finding_paths(site, &evidence)).await;
    evidence
}

/// The evidence where nothing can matter: everything that was wanted is there, and empty.
fn nothing(wants: &impl Fn(SectionName) -> bool, said: MountEvidence) -> MountEvidence {
    fn empty<T>(wanted: bool) -> Section<Observed<T>> {
        if wanted { Section::Complete(Observed::default()) } else { Section::default() }
    }
    let metrics = wants(SectionName::CloudWatchEfsMetrics);
    MountEvidence {
        efs_connections: empty(wants(SectionName::CloudTrailEfsConnections)),
        efs_metrics: if metrics { Section::Complete(EfsMetrics::default()) } else { Section::default() },
        efs_tasks: empty(wants(SectionName::EcsEfsTasks)),
        finding_paths: empty(wants(SectionName::InspectorFindingPaths)),
        efs_utils_streams: empty(wants(SectionName::LogsEfsUtilsStreams)),
        association_runs: empty(wants(SectionName::SsmAssociationRuns)),
        probe: empty(wants(SectionName::SsmMountProbe)),
        nfs_clients: empty(wants(SectionName::SsmNfsClients)),
        ..said
    }
}
