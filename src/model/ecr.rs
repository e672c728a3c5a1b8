//! Amazon ECR as the rules need it. Field names follow the ECR API (2015-09-21).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Gap, Section};

/// The ECR sections of a target.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ecr {
    /// `GetRegistryScanningConfiguration`.
    pub registry_scanning: Section<RegistryScanning>,
    /// `DescribeRepositories`, sorted by name.
    pub repositories: Section<Vec<Repository>>,
    /// `BatchGetRepositoryScanningConfiguration`, sorted by name.
    pub repository_scanning: Section<Vec<RepositoryScanning>>,
    /// Why a repository's effective configuration is missing, by repository name.
    pub repository_scanning_gaps: BTreeMap<String, Gap>,
}

/// The registry's scanning configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistryScanning {
    /// `BASIC`, `ENHANCED`, or what AWS adds.
    pub scan_type: String,
    /// At most two rules.
    pub rules: Vec<ScanningRule>,
}

/// One rule: a frequency and the filters it holds for.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct ScanningRule {
    /// `SCAN_ON_PUSH`, `CONTINUOUS_SCAN`, `MANUAL`, or what AWS adds.
    pub scan_frequency: String,
    /// At most 100.
    pub filters: Vec<ScanningFilter>,
}

/// One repository filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct ScanningFilter {
    /// With `*`: zero or more characters, anchored; without: a substring.
    pub filter: String,
    /// `WILDCARD`.
    pub filter_type: String,
}

/// One repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Repository {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// The repository-level (deprecated) setting.
    pub scan_on_push: bool,
}

/// The effective configuration of one repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RepositoryScanning {
    /// The repository's name.
    pub name: String,
    /// Whether it scans on push.
    pub scan_on_push: bool,
    /// `SCAN_ON_PUSH`, `CONTINUOUS_SCAN`, `MANUAL`; absent when nothing scans it.
    pub scan_frequency: Option<String>,
    /// The registry filters that AWS says apply.
    pub applied_filters: Vec<String>,
}
