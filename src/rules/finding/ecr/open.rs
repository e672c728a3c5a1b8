//! What a collected section leaves open for R2.

use crate::model::SectionName;

/// A question that a section answers in a way that decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenQuestion {
    /// A scan type of the registry that this version does not know.
    ScanType(String),
    /// A filter of a type that this version does not know.
    FilterType,
    /// A repository's scan frequency that this version does not know.
    ScanFrequency(String),
    /// A relationship with the delegated administrator that is neither on nor over.
    Relationship(String),
    /// A re-scan duration that this version does not know; `None` where AWS gave none at all.
    RescanDuration(Option<String>),
    /// A pull-date mode that this version does not know; `None` where AWS gave none.
    PullDateMode(Option<String>),
    /// Images are inactive, and there are no counts by reason.
    NoCountsByReason,
    /// A free trial's status that this version does not know.
    TrialStatus(String),
}

impl OpenQuestion {
    /// The section that leaves it open.
    pub fn section(&self) -> SectionName {
        match self {
            Self::ScanType(_) | Self::FilterType => SectionName::EcrRegistryScanning,
            Self::ScanFrequency(_) => SectionName::EcrRepositoryScanning,
            Self::Relationship(_) => SectionName::InspectorDelegatedAdministrator,
            Self::RescanDuration(_) | Self::PullDateMode(_) => SectionName::InspectorConfiguration,
            Self::NoCountsByReason => SectionName::InspectorEcrImages,
            Self::TrialStatus(_) => SectionName::InspectorFreeTrial,
        }
    }

    /// The operation whose answer leaves it open, with its IAM prefix.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::ScanType(_) | Self::FilterType => "ecr:GetRegistryScanningConfiguration",
            Self::ScanFrequency(_) => "ecr:BatchGetRepositoryScanningConfiguration",
            Self::Relationship(_) => "inspector2:GetDelegatedAdminAccount",
            Self::RescanDuration(_) | Self::PullDateMode(_) => "inspector2:GetConfiguration",
            Self::NoCountsByReason => "inspector2:ListCoverageStatistics",
            Self::TrialStatus(_) => "inspector2:BatchGetFreeTrialInfo",
        }
    }
}
