//! The second half of a target: evidence about the file systems and instances that can still matter, and no others.
//!
//! What they are the caller decides from the first half, without a call. Where there is none, nothing is asked and every
//! section is complete and empty.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use chrono::TimeDelta;
use futures::join;

use super::clients::{TargetClients, section};
use super::request::EvidenceOptions;
use super::ssm_evidence::Execution;
use super::{cloudtrail, ecs, finding_paths, logs, metrics, probe, s3_requests, ssm_evidence};
use crate::model::{
    AssociationReach, AssociationRun, EfsMetrics, EfsReads, EvidenceScope, Gap, InstalledClient, ManagedNode,
    MountEvidence, Observed, Section, SectionName, Target,
};

/// What is asked while the managed nodes are still being listed.
#[derive(Default)]
pub(super) struct Ahead {
    metered: Metered,
    /// Where the scan reaches somebody.
    runs: Option<Runs>,
}

/// Asks ahead what `nodes`, the first of the managed nodes, make worth a call. The others can only add to that: an instance
/// that is not managed is not exposed.
pub(super) async fn ahead(
    clients: &TargetClients,
    target: &mut Target,
    nodes: Vec<ManagedNode>,
    wants: &impl Fn(SectionName) -> bool,
    options: &EvidenceOptions,
) -> Ahead {
    target.ssm.managed_nodes = Section::Complete(nodes);
    let scope = (options.scope)(target);
    let runs = async {
        let is_reached = !scope.file_systems.is_empty() && !scope.instances.is_empty();
        if is_reached { Some(runs_of(clients, target, wants, &scope, options.history_days).await) } else { None }
    };
    let metered = Metered::default().and(clients, target, wants, &scope, options.history_days);
    let (metered, runs) = join!(Box::pin(metered), Box::pin(runs));
    Ahead { metered, runs }
}

/// The evidence of a target whose other sections are there.
pub(super) async fn collect(
    clients: &TargetClients,
    target: &Target,
    wants: &impl Fn(SectionName) -> bool,
    scope: &EvidenceScope,
    ahead: Ahead,
    options: &EvidenceOptions,
) -> MountEvidence {
    let (days, taken_at) = (options.history_days, target.taken_at);
    let file_systems = touching_nothing(scope);
    let passive = |name| Asked { wanted: wants(name), worth_a_call: !file_systems.is_empty() };
    let asked = Asked::of_exposed(wants, scope);
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
    let (efs_connections, metered, efs_tasks, efs_utils_streams, managed, probe) = join!(
        asked(SectionName::CloudTrailEfsConnections).of(cloudtrail::efs_connections(clients, taken_at)),
        Box::pin(ahead.metered.and(clients, target, wants, scope, days)),
        passive(SectionName::EcsEfsTasks).of(ecs::efs_tasks(clients)),
        passive(SectionName::LogsEfsUtilsStreams).of(logs::efs_utils_streams(clients, taken_at)),
        Box::pin(from_ssm(clients, target, wants, scope, ahead.runs, days)),
        asked(SectionName::SsmMountProbe).of(probe),
    );
    let Metered { series: efs_metrics, reads: efs_reads } = metered;
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
    let managed = Box::pin(from_ssm(clients, target, wants, scope, None, options.history_days)).await;
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
    known: Option<Runs>,
    days: u16,
) -> FromSsm {
    let asked = Asked::of_exposed(wants, scope);
    let runs = async {
        match known {
            Some(runs) => runs,
            None => runs_of(clients, target, wants, scope, days).await,
        }
    };
    let (Runs { executions, targets }, clients) =
        join!(runs, asked(SectionName::SsmNfsClients).of(ssm_evidence::nfs_clients(clients)));
    FromSsm { runs: ssm_evidence::runs(executions), targets: ssm_evidence::among(targets, &scope.instances), clients }
}

/// The runs of the scan's association.
struct Runs {
    executions: Section<Observed<Execution>>,
    /// With all instances.
    targets: Section<Observed<AssociationReach>>,
}

async fn runs_of(
    clients: &TargetClients,
    target: &Target,
    wants: &impl Fn(SectionName) -> bool,
    scope: &EvidenceScope,
    days: u16,
) -> Runs {
    let asked = Asked::of_exposed(wants, scope);
    let from = target.taken_at - TimeDelta::days(i64::from(days));
    let executions = asked(SectionName::SsmAssociationRuns).of(ssm_evidence::executions(clients, target, from)).await;
    let targets = ssm_evidence::association_targets(clients, &executions, scope.instances.is_empty(), target.taken_at);
    let targets = asked(SectionName::SsmAssociationTargets).of(targets).await;
    Runs { executions, targets }
}

/// The file systems that sources which touch nothing are asked about: those too that the network's model keeps from
/// everybody.
fn touching_nothing(scope: &EvidenceScope) -> BTreeSet<String> {
    scope.file_systems.union(&scope.unreached).cloned().collect()
}

/// CloudWatch's series. A section names every file system that it was asked about.
#[derive(Default)]
struct Metered {
    series: Section<EfsMetrics>,
    reads: Section<EfsReads>,
}

impl Metered {
    /// With the file systems of `scope` that are not here yet. What could not be read is not asked again.
    async fn and(
        self,
        clients: &TargetClients,
        target: &Target,
        wants: &impl Fn(SectionName) -> bool,
        scope: &EvidenceScope,
        days: u16,
    ) -> Self {
        let mut reads_of = touching_nothing(scope);
        let mut series_of: BTreeSet<String> = reads_of.union(&scope.metered).cloned().collect();
        series_of.retain(|id| self.series.complete().is_none_or(|known| !known.file_systems.contains_key(id)));
        reads_of.retain(|id| self.reads.complete().is_none_or(|known| !known.file_systems.contains_key(id)));
        let asked = |name, of: &BTreeSet<String>, gap: Option<&Gap>| Asked {
            wanted: wants(name),
            worth_a_call: !of.is_empty() && gap.is_none(),
        };
        let series = asked(SectionName::CloudWatchEfsMetrics, &series_of, self.series.gap());
        let reads = asked(SectionName::CloudWatchEfsReads, &reads_of, self.reads.gap());
        metrics::announce(clients, (series_of.len(), series.is_made()), (reads_of.len(), reads.is_made()));
        let (more_series, more_reads) = join!(
            series.of(metrics::efs_metrics(clients, &series_of, days, target.taken_at)),
            reads.of(metrics::efs_reads(clients, &reads_of, days, target.taken_at)),
        );
        Self {
            series: joined(self.series, more_series, |part| (&mut part.requested, &mut part.file_systems)),
            reads: joined(self.reads, more_reads, |part| (&mut part.requested, &mut part.file_systems)),
        }
    }
}

/// How many metrics a section was asked for, and what it holds of each file system.
type Parts<'p, T> = (&'p mut u64, &'p mut BTreeMap<String, T>);

/// A section that was asked for in two parts: a gap in either is one of the whole. A part that was asked about no file
/// system has no window either.
fn joined<S, T>(first: Section<S>, second: Section<S>, parts: fn(&mut S) -> Parts<'_, T>) -> Section<S> {
    match (first, second) {
        (Section::NotAsked, second) => second,
        (Section::Complete(mut all), Section::Complete(mut more)) => {
            let (requested, file_systems) = parts(&mut all);
            if file_systems.is_empty() {
                return Section::Complete(more);
            }
            let (more_requested, more_file_systems) = parts(&mut more);
            *requested += *more_requested;
            file_systems.append(more_file_systems);
            Section::Complete(all)
        }
        (Section::Complete(_), gap) | (gap, _) => gap,
    }
}

/// Whether a section of evidence is collected.
struct Asked {
    /// Somebody asks for it.
    wanted: bool,
    /// There is something that it could be about.
    worth_a_call: bool,
}

impl Asked {
    /// In a scope, of what matters as long as somebody may be exposed to some file system.
    fn of_exposed(wants: &impl Fn(SectionName) -> bool, scope: &EvidenceScope) -> impl Fn(SectionName) -> Self {
        let worth_a_call = !scope.file_systems.is_empty();
        move |name| Self { wanted: wants(name), worth_a_call }
    }

    /// Whether calls are made.
    fn is_made(&self) -> bool {
        self.wanted && self.worth_a_call
    }

    /// The section: collected, or complete and empty where nothing can matter.
    async fn of<T: Default>(self, collected: impl Future<Output: Into<Section<T>>>) -> Section<T> {
        if self.wanted && !self.worth_a_call {
            return Section::Complete(T::default());
        }
        section(self.wanted, collected).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileSystemMetrics, GapReason};

    fn part(from: &str, file_systems: &[&str]) -> EfsMetrics {
        EfsMetrics {
            from: from.parse().ok(),
            period: if from.is_empty() { 0 } else { 14_400 },
            requested: file_systems.len() as u64,
            file_systems: file_systems.iter().map(|id| ((*id).to_owned(), FileSystemMetrics::default())).collect(),
            ..EfsMetrics::default()
        }
    }

    fn put_together(first: Section<EfsMetrics>, second: Section<EfsMetrics>) -> Section<EfsMetrics> {
        joined(first, second, |part| (&mut part.requested, &mut part.file_systems))
    }

    #[test]
    fn a_part_that_was_asked_about_nothing_does_not_hide_the_window_of_the_other() {
        let (nothing, whole) = (|| part("", &[]), || part("2026-10-22T00:00:00Z", &["fs-1"]));
        for (first, second) in [(nothing(), whole()), (whole(), nothing())] {
            assert_eq!(put_together(Section::Complete(first), Section::Complete(second)), Section::Complete(whole()));
        }
        assert_eq!(put_together(Section::NotAsked, Section::Complete(whole())), Section::Complete(whole()));
    }

    #[test]
    fn both_parts_are_there_and_a_gap_in_one_is_a_gap() {
        let of = |ids: &[&str]| Section::Complete(part("2026-10-22T00:00:00Z", ids));
        assert_eq!(put_together(of(&["fs-1"]), of(&["fs-2"])), of(&["fs-1", "fs-2"]));
        let gap = || {
            let (operation, message) = ("cloudwatch:GetMetricData".to_owned(), "denied".to_owned());
            Section::Missing(Gap { reason: GapReason::AccessDenied, operation, message, request_id: None })
        };
        assert_eq!(put_together(gap(), of(&["fs-2"])), gap());
        assert_eq!(put_together(of(&["fs-1"]), gap()), gap());
    }
}
