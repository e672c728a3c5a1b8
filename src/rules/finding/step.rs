//! What to do, one call at a time, in data. [`crate::aws_cli`] makes the words of a command of each.
//!
//! Sources, read 2026-10: API references of EC2, EC2 Auto Scaling, EFS, ECR, Inspector, Organizations and Systems
//! Manager; Inspector user guide, "Excluding EC2 instances".

use std::net::IpAddr;

use crate::model::{Configuration, LifecycleConfiguration, ScanningRule, Tag};

/// The tag that excludes an instance, its key compared without regard to case (Inspector user guide, "Excluding EC2
/// instances", 2026-10).
pub const EXCLUSION_TAG: &str = "InspectorEc2Exclusion";

/// A word of a call: known now, or given to the script when it runs, in a variable of that name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Given {
    /// Known now.
    Now(String),
    /// In the variable of that name.
    Later(String),
}

/// What a call asks of the association that invokes the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssociationPart {
    /// All that `UpdateAssociation` takes.
    Whole,
    /// Its schedule, and whether a change waits for it.
    Schedule,
}

/// One call of an AWS API.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Step {
    /// `ec2:DescribeInstances`: metadata options and tag keys.
    DescribeExclusion { instances: Vec<String> },
    /// `ec2:DescribeInstances`: the tags of one.
    DescribeTags { instance: String },
    /// `ec2:ModifyInstanceMetadataOptions`: tags in the instance metadata, and its endpoint where that is not on.
    EnableMetadataTags { instance: String, endpoint: bool },
    /// `ec2:ModifyInstanceMetadataOptions`: off again, each of the two that was.
    DisableMetadata { instance: String, tags: bool, endpoint: bool },
    /// `ec2:CreateTags`.
    SetTags { instance: String, tags: Vec<Tag> },
    /// `ec2:DeleteTags`.
    DeleteTags { instance: String, keys: Vec<String> },
    /// `ec2:DescribeLaunchTemplateVersions`: the metadata options.
    DescribeTemplate { template: String, version: String },
    /// `ec2:CreateLaunchTemplateVersion`, with other metadata options: a variable that holds them as JSON.
    CreateTemplateVersion { template: String, source: String, metadata_options: String },
    /// `ec2:DeleteLaunchTemplateVersions`.
    DeleteTemplateVersion { template: String, version: Given },
    /// `autoscaling:DescribeAutoScalingGroups`: what the group launches from.
    DescribeGroup { group: String },
    /// `autoscaling:CreateOrUpdateTags`: the exclusion tag, on what the group launches later too.
    TagGroup { group: String },
    /// `autoscaling:DeleteTags`: the exclusion tag.
    UntagGroup { group: String },
    /// `elasticfilesystem:DescribeLifecycleConfiguration`.
    DescribeLifecycle { file_system: String },
    /// `elasticfilesystem:PutLifecycleConfiguration`, which replaces all policies.
    PutLifecycle { file_system: String, policy: LifecycleConfiguration },
    /// `ssm:SendCommand`: what is mounted on an instance. Reads the mount table and touches no mount.
    /// Where the file system is named, only what may be it: by its id, its mount targets' addresses, a local proxy.
    ListMounts { instance: String, file_system: Option<String>, addresses: Vec<IpAddr> },
    /// Waits until that command has run.
    AwaitCommand { command: Given, instance: String },
    /// `ssm:GetCommandInvocation`: what it printed.
    GetCommandOutput { command: Given, instance: String },
    /// `ssm:ListAssociations`: the one that invokes the plugin.
    FindAssociation,
    /// `ssm:DescribeAssociation`.
    DescribeAssociation { association: Given, part: AssociationPart },
    /// `ssm:UpdateAssociation` with the whole association from a file, whose name is in a variable.
    UpdateAssociation { input: String },
    /// One on Inspector's own side or on the registry's.
    Scanning(ScanningStep),
}

/// One call of Inspector's API, or of the registry that follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum ScanningStep {
    /// `inspector2:GetEc2DeepInspectionConfiguration`, the status alone or all of it.
    GetDeepInspection { status_only: bool },
    /// `inspector2:UpdateEc2DeepInspectionConfiguration`.
    UpdateDeepInspection { activate: bool, package_paths: Vec<String> },
    /// `inspector2:BatchGetMemberEc2DeepInspectionStatus`.
    GetMemberDeepInspection { account: String },
    /// `inspector2:BatchUpdateMemberEc2DeepInspectionStatus`.
    UpdateMemberDeepInspection { account: String, activate: bool },
    /// `inspector2:GetDelegatedAdminAccount`.
    GetDelegatedAdministrator,
    /// `inspector2:ListCoverage` of some instances.
    ListInstanceCoverage { instances: Vec<String> },
    /// `inspector2:ListCoverage` of images that fell out of the re-scan window.
    ListExpiredImages,
    /// `inspector2:BatchGetAccountStatus`.
    GetAccountStatus,
    /// `inspector2:Enable`.
    EnableTypes { types: Vec<String> },
    /// `inspector2:Disable`, for another account by the delegated administrator.
    DisableTypes { types: Vec<String>, account: Option<String> },
    /// `inspector2:ListFilters`, into a file.
    ExportFilters,
    /// `inspector2:ListFindings`, into a file.
    ExportFindings,
    /// `inspector2:ListUsageTotals`.
    ListUsageTotals,
    /// `inspector2:GetConfiguration`, the part about ECR alone or all of it.
    GetConfiguration { ecr_only: bool },
    /// `inspector2:UpdateConfiguration` of ECR's re-scan windows, which sends all that is set.
    UpdateConfiguration { configuration: Configuration },
    /// `ecr:GetRegistryScanningConfiguration`.
    GetRegistryScanning,
    /// `ecr:PutRegistryScanningConfiguration`, which replaces the scan type and all rules; `None` sends no rules.
    PutRegistryScanning { scan_type: String, rules: Option<Vec<ScanningRule>> },
    /// `ecr:StartLifecyclePolicyPreview` of a policy that expires what is untagged after 14 days.
    PreviewLifecycle { repository: String },
    /// `ecr:GetLifecyclePolicyPreview`.
    GetLifecyclePreview { repository: String },
    /// `organizations:DescribeEffectivePolicy` of Inspector for an account.
    DescribeInspectorPolicy { account: String },
}

/// What a step replaces as a whole, so that a second one takes back what the first did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Replaced {
    /// The registry's scan type and rules.
    Registry,
    /// Inspector's re-scan windows.
    Windows,
}

impl From<ScanningStep> for Step {
    fn from(step: ScanningStep) -> Self {
        Self::Scanning(step)
    }
}

impl Step {
    /// Whether it changes nothing that the audit is about. Exports write a file, previews prepare one.
    pub fn only_reads(&self) -> bool {
        match self {
            Self::DescribeExclusion { .. }
            | Self::DescribeTags { .. }
            | Self::DescribeTemplate { .. }
            | Self::DescribeGroup { .. }
            | Self::DescribeLifecycle { .. }
            | Self::ListMounts { .. }
            | Self::AwaitCommand { .. }
            | Self::GetCommandOutput { .. }
            | Self::FindAssociation
            | Self::DescribeAssociation { .. } => true,
            Self::EnableMetadataTags { .. }
            | Self::DisableMetadata { .. }
            | Self::SetTags { .. }
            | Self::DeleteTags { .. }
            | Self::CreateTemplateVersion { .. }
            | Self::DeleteTemplateVersion { .. }
            | Self::TagGroup { .. }
            | Self::UntagGroup { .. }
            | Self::PutLifecycle { .. }
            | Self::UpdateAssociation { .. } => false,
            Self::Scanning(step) => !matches!(
                step,
                ScanningStep::UpdateDeepInspection { .. }
                    | ScanningStep::UpdateMemberDeepInspection { .. }
                    | ScanningStep::EnableTypes { .. }
                    | ScanningStep::DisableTypes { .. }
                    | ScanningStep::UpdateConfiguration { .. }
                    | ScanningStep::PutRegistryScanning { .. }
            ),
        }
    }

    /// What it replaces as a whole.
    pub fn replaces(&self) -> Option<Replaced> {
        match self {
            Self::Scanning(ScanningStep::PutRegistryScanning { .. }) => Some(Replaced::Registry),
            Self::Scanning(ScanningStep::UpdateConfiguration { .. }) => Some(Replaced::Windows),
            _ => None,
        }
    }
}

/// The parts of an exclusion, as they are on one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusionParts {
    /// The instance's id.
    pub instance: String,
    /// Whether its tags are readable in its metadata; `None`: not seen.
    pub metadata_tags: Option<bool>,
    /// Whether its metadata endpoint is on; `None`: not seen.
    pub endpoint: Option<bool>,
    /// Whether it has the exclusion tag.
    pub tagged: bool,
}

impl ExclusionParts {
    /// Whether tags have to be made readable, through an endpoint that may have to be turned on.
    pub fn needs_metadata(&self) -> bool {
        self.metadata_tags != Some(true) || self.needs_endpoint()
    }

    /// Whether the endpoint has to be turned on.
    pub fn needs_endpoint(&self) -> bool {
        self.endpoint != Some(true)
    }
}

/// Excludes some instances, each as far as it is not: first the metadata tags of all of them, then the tag on each.
///
/// The one place that knows this order, and nothing else makes these steps: the other way round an instance without
/// metadata tags would stop reporting and still be scanned.
pub fn exclusion<'p>(parts: impl IntoIterator<Item = &'p ExclusionParts> + Clone) -> Vec<Step> {
    let needs_metadata = parts.clone().into_iter().filter(|one| one.needs_metadata());
    let metadata = needs_metadata
        .map(|one| Step::EnableMetadataTags { instance: one.instance.clone(), endpoint: one.needs_endpoint() });
    let tag = || vec![Tag { key: EXCLUSION_TAG.into(), value: "".into() }];
    let untagged = parts.into_iter().filter(|one| !one.tagged);
    let tags = untagged.map(|one| Step::SetTags { instance: one.instance.clone(), tags: tag() });
    metadata.chain(tags).collect()
}

/// Takes back what [`exclusion`] did, in reverse: first the tag of all, then what of the metadata was off. What was not
/// seen is left alone.
pub fn undo_exclusion<'p>(parts: impl IntoIterator<Item = &'p ExclusionParts> + Clone) -> Vec<Step> {
    let untagged = parts.clone().into_iter().filter(|one| !one.tagged);
    let untag =
        untagged.map(|one| Step::DeleteTags { instance: one.instance.clone(), keys: vec![EXCLUSION_TAG.to_owned()] });
    let metadata = parts.into_iter().filter_map(|one| {
        let (tags, endpoint) = (one.metadata_tags == Some(false), one.endpoint == Some(false));
        (tags || endpoint).then(|| Step::DisableMetadata { instance: one.instance.clone(), tags, endpoint })
    });
    untag.chain(metadata).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(metadata_tags: Option<bool>, endpoint: Option<bool>, tagged: bool) -> ExclusionParts {
        ExclusionParts { instance: "i-0123456789abcdef0".to_owned(), metadata_tags, endpoint, tagged }
    }

    /// What is not seen is set too: setting it again harms nobody, leaving it out keeps the scan going.
    #[test]
    fn an_exclusion_sets_what_is_off_or_unseen_and_nothing_else() {
        for (metadata_tags, endpoint, enabled) in [
            (Some(true), Some(true), None),
            (Some(true), Some(false), Some(true)),
            (Some(true), None, Some(true)),
            (Some(false), Some(true), Some(false)),
            (None, Some(true), Some(false)),
        ] {
            let steps = exclusion([&parts(metadata_tags, endpoint, true)]);
            let endpoints: Vec<bool> = steps
                .iter()
                .map(|step| match step {
                    Step::EnableMetadataTags { endpoint, .. } => *endpoint,
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(endpoints, Vec::from_iter(enabled), "{metadata_tags:?} {endpoint:?}");
        }
        let steps = exclusion([&parts(Some(true), Some(true), false)]);
        assert!(matches!(steps.as_slice(), [Step::SetTags { .. }]), "{steps:?}");
    }

    #[test]
    fn only_what_was_seen_off_is_switched_off_again() {
        let undone = |metadata_tags, endpoint| undo_exclusion([&parts(metadata_tags, endpoint, true)]);
        assert!(undone(None, None).is_empty() && undone(Some(true), Some(true)).is_empty());
        for (metadata_tags, endpoint) in [(Some(false), Some(true)), (Some(true), Some(false))] {
            let steps = undone(metadata_tags, endpoint);
            let [Step::DisableMetadata { tags, endpoint: off, .. }] = steps.as_slice() else { panic!("{steps:?}") };
            assert_eq!((*tags, *off), (metadata_tags == Some(false), endpoint == Some(false)));
        }
    }
}
