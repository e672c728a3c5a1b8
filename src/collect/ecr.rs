//! Amazon ECR: the registry's scanning configuration, its repositories, and what holds for each of them.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecr::types as sdk;
use futures::future::join_all;
use futures::join;

use super::clients::{TargetClients, section};
use super::convert::text;
use super::failure::Failure;
use super::gate::{Gate, Part, Sign};
use super::pages::{Page, all_pages, by_id};
use crate::model::{
    Ecr, Gap, GapReason, RegistryScanning, Repository, RepositoryScanning, ScanningFilter, ScanningRule, Section,
    SectionName,
};
use crate::permissions::{
    BATCH_GET_REPOSITORY_SCANNING_CONFIGURATION, DESCRIBE_REPOSITORIES, GET_REGISTRY_SCANNING_CONFIGURATION,
};

/// The largest page of `DescribeRepositories` (ECR API reference, 2026-10).
const PAGE_SIZE: i32 = 1000;
/// How many repositories one `BatchGetRepositoryScanningConfiguration` may name (ECR API reference, 2026-10).
const BATCH_SIZE: usize = 25;

/// The ECR sections. The configuration of repositories needs their names, wanted or not.
pub(super) async fn collect(clients: &TargetClients, wants: &impl Fn(SectionName) -> bool, gate: &Gate) -> Ecr {
    let wants_scanning = wants(SectionName::EcrRepositoryScanning);
    let (registry_scanning, (repositories, scanning)) = join!(
        async {
            let registry = section(wants(SectionName::EcrRegistryScanning), registry_scanning(clients)).await;
            // ENHANCED is a wish that something be scanned, whatever is there.
            gate.said(Part::Registry, || Sign::of(&registry, |registry| registry.scan_type == "BASIC"));
            registry
        },
        async {
            let repositories =
                section(wants(SectionName::EcrRepositories) || wants_scanning, repositories(clients)).await;
            gate.said(Part::Repositories, || Sign::of(&repositories, Vec::is_empty));
            let scanning = match &repositories {
                Section::Complete(repositories) if wants_scanning => repository_scanning(clients, repositories).await,
                // Of the repositories that are known, none, nothing is missing: the gap is that of the list.
                _ if wants_scanning => Scanning::of(Vec::new()),
                _ => Scanning::unwanted(),
            };
            (repositories, scanning)
        },
    );
    let repositories = match repositories {
        Section::Complete(mut repositories) => {
            repositories.retain(|repository| !scanning.gone.contains(&repository.name));
            Section::Complete(repositories)
        }
        unseen => unseen,
    };
    Ecr {
        registry_scanning,
        repositories,
        repository_scanning: scanning.section,
        repository_scanning_gaps: scanning.gaps,
    }
}

/// The registry's own configuration.
async fn registry_scanning(clients: &TargetClients) -> Result<RegistryScanning, Failure> {
    let call = &GET_REGISTRY_SCANNING_CONFIGURATION;
    let answer = clients.call(call, clients.ecr().get_registry_scanning_configuration().send()).await?;
    let configuration =
        answer.scanning_configuration.ok_or_else(|| Failure::protocol(call, "the answer has no configuration"))?;
    let scan_type = text(configuration.scan_type()).ok_or_else(|| Failure::protocol(call, "there is no scan type"))?;
    let filter = |filter: &sdk::ScanningRepositoryFilter| ScanningFilter {
        filter: filter.filter().to_owned(),
        filter_type: filter.filter_type().as_str().to_owned(),
    };
    let rule = |rule: &sdk::RegistryScanningRule| ScanningRule {
        scan_frequency: rule.scan_frequency().as_str().to_owned(),
        filters: rule.repository_filters().iter().map(filter).collect(),
    };
    Ok(RegistryScanning { scan_type, rules: configuration.rules().iter().map(rule).collect() })
}

async fn repositories(clients: &TargetClients) -> Result<Vec<Repository>, Failure> {
    let call = &DESCRIBE_REPOSITORIES;
    let repository = |repository: sdk::Repository| Repository {
        name: repository.repository_name.unwrap_or_default(),
        arn: repository.repository_arn,
        scan_on_push: repository.image_scanning_configuration.is_some_and(|setting| setting.scan_on_push),
    };
    let rows = all_pages(call, async |token| {
        let request = clients.ecr().describe_repositories().max_results(PAGE_SIZE).set_next_token(token);
        let answer = clients.call(call, request.send()).await?;
        let rows = answer.repositories.map(|rows| rows.into_iter().map(repository).collect());
        Ok(Page { items: rows, next: answer.next_token })
    })
    .await?;
    by_id(call, rows, |repository: &Repository| &repository.name)
}

/// What was found out about repositories' configurations.
#[derive(Debug)]
struct Scanning {
    section: Section<Vec<RepositoryScanning>>,
    /// Repositories that are not in it, and why.
    gaps: BTreeMap<String, Gap>,
    /// Repositories that have been deleted meanwhile.
    gone: Vec<String>,
}

impl Scanning {
    fn unwanted() -> Self {
        Self { section: Section::NotAsked, gaps: BTreeMap::new(), gone: Vec::new() }
    }

    fn of(found: Vec<RepositoryScanning>) -> Self {
        Self { section: Section::Complete(found), ..Self::unwanted() }
    }

    /// Nothing could be found out.
    fn missing(gap: Gap) -> Self {
        Self { section: gap.into(), ..Self::unwanted() }
    }
}

/// The effective configuration of every repository, in batches side by side.
async fn repository_scanning(clients: &TargetClients, repositories: &[Repository]) -> Scanning {
    let names: Vec<String> = repositories.iter().map(|repository| repository.name.clone()).collect();
    let answers = join_all(names.chunks(BATCH_SIZE).map(|batch| scanning_of(clients, batch))).await;
    let mut found = Vec::new();
    let mut outcome = Scanning::unwanted();
    for (answer, batch) in answers.into_iter().zip(names.chunks(BATCH_SIZE)) {
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) => return Scanning::missing(failure.gap()),
        };
        let mut answered: BTreeSet<String> = answer.found.iter().map(|row| row.name.clone()).collect();
        found.extend(answer.found);
        for (name, code, reason) in answer.failed {
            answered.insert(name.clone());
            if code == "REPOSITORY_NOT_FOUND" {
                outcome.gone.push(name);
            } else {
                outcome.gaps.insert(name, unanswered(&format!("{code}: {reason}")));
            }
        }
        for name in batch.iter().filter(|name| !answered.contains(*name)) {
            outcome.gaps.insert(name.clone(), unanswered("the answer leaves this repository out"));
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.dedup_by(|a, b| a.name == b.name);
    Scanning { section: Section::Complete(found), ..outcome }
}

/// The gap of one repository within a batch that was answered.
fn unanswered(reason: &str) -> Gap {
    Gap {
        reason: GapReason::Other,
        operation: BATCH_GET_REPOSITORY_SCANNING_CONFIGURATION.action.to_owned(),
        message: super::error_class::clean(reason),
        request_id: None,
    }
}

/// What one batch says.
#[derive(Debug)]
struct Batch {
    found: Vec<RepositoryScanning>,
    /// The repositories without one: name, code, reason.
    failed: Vec<(String, String, String)>,
}

/// The configuration of up to [`BATCH_SIZE`] repositories.
async fn scanning_of(clients: &TargetClients, names: &[String]) -> Result<Batch, Failure> {
    let call = &BATCH_GET_REPOSITORY_SCANNING_CONFIGURATION;
    let request =
        clients.ecr().batch_get_repository_scanning_configuration().set_repository_names(Some(names.to_vec()));
    let answer = clients.call(call, request.send()).await?;
    let found = answer
        .scanning_configurations()
        .iter()
        .filter_map(|row| {
            Some(RepositoryScanning {
                name: row.repository_name().map(str::to_owned)?,
                scan_on_push: row.scan_on_push(),
                scan_frequency: text(row.scan_frequency()),
                applied_filters: row.applied_scan_filters().iter().map(|filter| filter.filter().to_owned()).collect(),
            })
        })
        .collect();
    let failed = answer
        .failures()
        .iter()
        .filter_map(|failure| {
            let code = text(failure.failure_code()).unwrap_or_default();
            let reason = failure.failure_reason().unwrap_or_default().to_owned();
            Some((failure.repository_name().map(str::to_owned)?, code, reason))
        })
        .collect();
    Ok(Batch { found, failed })
}
