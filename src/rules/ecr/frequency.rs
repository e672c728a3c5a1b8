//! How often each repository is scanned, as AWS says it.

use std::collections::BTreeMap;

use super::registry::Known;
use crate::model::{Section, SectionName, Target};
use crate::rules::finding::Blocker;
use crate::rules::finding::ecr::{Frequency, OpenQuestion};

impl Frequency {
    /// The frequency of AWS's text; `None` for a text that nobody knows yet.
    pub(super) fn parse(text: Option<&str>) -> Option<Self> {
        match text {
            Some("CONTINUOUS_SCAN") => Some(Self::Continuous),
            Some("SCAN_ON_PUSH") => Some(Self::OnPush),
            Some("MANUAL") | None => Some(Self::Unscanned),
            Some(_) => None,
        }
    }
}

/// The frequencies of all repositories, and what keeps some of them unknown.
#[derive(Debug, Default)]
pub(super) struct Frequencies<'a> {
    pub(super) by_repository: BTreeMap<&'a str, Frequency>,
    /// What could not be seen.
    pub(super) open: Vec<Blocker>,
}

impl<'a> Frequencies<'a> {
    /// What `BatchGetRepositoryScanningConfiguration` says of the target's repositories.
    pub(super) fn of(target: &'a Target) -> Self {
        let mut frequencies = Self::default();
        let rows = match &target.ecr.repository_scanning {
            Section::Complete(rows) => rows.as_slice(),
            Section::Absent(_) => return frequencies,
            Section::Missing(_) | Section::NotAsked => {
                if repositories_exist(target) != Ok(false) {
                    frequencies.open.push(Blocker::section(SectionName::EcrRepositoryScanning));
                }
                return frequencies;
            }
        };
        for row in rows {
            if let Some(frequency) = Frequency::parse(row.scan_frequency.as_deref()) {
                frequencies.by_repository.insert(&row.name, frequency);
            } else {
                let unknown = OpenQuestion::ScanFrequency(row.scan_frequency.clone().unwrap_or_default());
                frequencies.open.push(Blocker::ecr(Some(&row.name), unknown));
            }
        }
        frequencies.note_missing_rows(target);
        frequencies
    }

    /// A repository without a row is unknown, never unscanned.
    fn note_missing_rows(&mut self, target: &Target) {
        let unknown = |name: &str| Blocker::resource(SectionName::EcrRepositoryScanning, name);
        let known: std::collections::BTreeSet<&str> =
            target.ecr.repository_scanning.complete().into_iter().flatten().map(|row| row.name.as_str()).collect();
        match &target.ecr.repositories {
            Section::Complete(repositories) => {
                let missing = repositories.iter().map(|repository| repository.name.as_str());
                let gaps = target.ecr.repository_scanning_gaps.keys().map(String::as_str);
                let names: std::collections::BTreeSet<&str> =
                    missing.chain(gaps).filter(|name| !known.contains(name)).collect();
                self.open.extend(names.into_iter().map(unknown));
            }
            Section::Absent(_) => {}
            Section::Missing(_) | Section::NotAsked => self.open.push(Blocker::section(SectionName::EcrRepositories)),
        }
    }

    /// The repositories of one frequency, sorted by name.
    pub(super) fn with(&self, frequency: Frequency) -> Vec<&'a str> {
        self.by_repository.iter().filter(|(_, found)| **found == frequency).map(|(name, _)| *name).collect()
    }
}

/// Whether the registry has a repository.
pub(super) fn repositories_exist(target: &Target) -> Known<bool> {
    let rows = target.ecr.repository_scanning.complete().is_some_and(|rows| !rows.is_empty());
    match &target.ecr.repositories {
        Section::Complete(repositories) => Ok(rows || !repositories.is_empty()),
        _ if rows => Ok(true),
        Section::Absent(_) => Ok(false),
        Section::Missing(_) | Section::NotAsked => Err(vec![Blocker::section(SectionName::EcrRepositories)]),
    }
}
