//! What each source of evidence could say: the difference between "no" and "not asked".

use crate::model::{HostMounts, Observed, Section, SectionName, Target};
use crate::rules::finding::efs::SourceState;

impl SourceState {
    fn of<T>(section: &Section<T>, rows: impl Fn(&T) -> (usize, bool)) -> Self {
        match section {
            Section::Complete(data) => match rows(data) {
                (_, true) => Self::Truncated,
                (0, false) => Self::Empty,
                _ => Self::Used,
            },
            Section::Absent(_) | Section::NotAsked => Self::NotApplicable,
            Section::Missing(_) => Self::Denied,
        }
    }
}

/// Hosts that could not be asked say nothing: a source in which every one failed was not read at all.
fn hosts(section: &Section<Observed<HostMounts>>) -> SourceState {
    let Section::Complete(observed) = section else {
        return SourceState::of(section, |observed| (observed.rows.len(), false));
    };
    let answered = observed.rows.iter().filter(|host| host.failed.is_none()).count();
    match (answered, observed.rows.len()) {
        (0, asked) if asked > 0 => SourceState::Denied,
        (answered, asked) => {
            SourceState::of(section, |observed| (answered, answered < asked || observed.truncated.is_some()))
        }
    }
}

/// Every source of evidence about mounts and about the scan with what became of it, sorted by section.
pub fn source_states(target: &Target) -> Vec<(SectionName, SourceState)> {
    fn rows<T>(section: &Section<Observed<T>>) -> SourceState {
        SourceState::of(section, |observed| (observed.rows.len(), observed.truncated.is_some()))
    }
    let evidence = &target.evidence;
    vec![
        (SectionName::CloudTrailEfsConnections, rows(&evidence.efs_connections)),
        (
            SectionName::CloudWatchEfsMetrics,
            SourceState::of(&evidence.efs_metrics, |metrics| {
                let series = metrics.file_systems.values();
                (metrics.file_systems.len(), series.into_iter().any(|series| series.incomplete.is_some()))
            }),
        ),
        (
            SectionName::CloudWatchEfsReads,
            SourceState::of(&evidence.efs_reads, |reads| {
                let series = reads.file_systems.values();
                (reads.file_systems.len(), series.into_iter().any(|series| series.incomplete.is_some()))
            }),
        ),
        (SectionName::EcsEfsTasks, rows(&evidence.efs_tasks)),
        (SectionName::InspectorFindingPaths, rows(&evidence.finding_paths)),
        (SectionName::LogsEfsUtilsStreams, rows(&evidence.efs_utils_streams)),
        (SectionName::MountsDeclared, rows(&evidence.declared)),
        (SectionName::MountsTables, hosts(&evidence.tables)),
        (SectionName::SsmAssociationRuns, rows(&evidence.association_runs)),
        (SectionName::SsmAssociationTargets, rows(&evidence.association_targets)),
        (SectionName::SsmMountProbe, hosts(&evidence.probe)),
        (SectionName::SsmNfsClients, rows(&evidence.nfs_clients)),
    ]
}
