//! A section: one part of a snapshot, and which of four things it is.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Gap, GapReason};

/// One part of a target: all of it, or which kind of nothing.
///
/// It is never half there. A listing that broke off after two pages is missing, because rules must never take the
/// absence of a row for the absence of a thing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Document<T>")]
pub enum Section<T> {
    /// Everything AWS had to say.
    Complete(T),
    /// The service does not exist here, or is not enabled, and that is how AWS said so: nothing is hidden.
    Absent(Gap),
    /// Nobody asked, or the snapshot is of a version that did not know the section.
    #[default]
    NotAsked,
    /// It could not be seen, and why: anything may be hidden.
    Missing(Gap),
}

/// A section as documents have it. The first edition wrote `missing` for everything that is not complete: what it meant
/// is told by the gap's reason, and by its operation, which is empty where nobody asked.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Document<T> {
    Complete(T),
    Absent(Gap),
    NotAsked,
    Missing(Gap),
}

impl<T> From<Document<T>> for Section<T> {
    fn from(document: Document<T>) -> Self {
        match document {
            Document::Complete(data) => Self::Complete(data),
            Document::Absent(gap) => Self::Absent(gap),
            Document::NotAsked => Self::NotAsked,
            Document::Missing(gap) if gap.reason == GapReason::Other && gap.operation.is_empty() => Self::NotAsked,
            Document::Missing(gap) => Self::from(gap),
        }
    }
}

impl<T> From<Gap> for Section<T> {
    /// Absent where the gap's reason says that there is nothing to see, else missing.
    fn from(gap: Gap) -> Self {
        if gap.reason.is_absence() { Self::Absent(gap) } else { Self::Missing(gap) }
    }
}

impl<T> Section<T> {
    /// The data, if it is there.
    pub fn complete(&self) -> Option<&T> {
        match self {
            Self::Complete(data) => Some(data),
            Self::Absent(_) | Self::NotAsked | Self::Missing(_) => None,
        }
    }

    /// What AWS said, if the data is not there though somebody asked.
    pub fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Complete(_) | Self::NotAsked => None,
            Self::Absent(gap) | Self::Missing(gap) => Some(gap),
        }
    }

    /// Whether the data is there.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Complete(_))
    }

    /// Whether the service does not exist here or is not enabled.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent(_))
    }

    /// The same state without the data.
    pub fn state(&self) -> SectionState<'_> {
        match self {
            Self::Complete(_) => SectionState::Complete,
            Self::Absent(gap) => SectionState::Absent(gap),
            Self::NotAsked => SectionState::NotAsked,
            Self::Missing(gap) => SectionState::Missing(gap),
        }
    }
}

/// Which of the four things a section is, whatever its data would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionState<'a> {
    /// See [`Section::Complete`].
    Complete,
    /// See [`Section::Absent`].
    Absent(&'a Gap),
    /// See [`Section::NotAsked`].
    NotAsked,
    /// See [`Section::Missing`].
    Missing(&'a Gap),
}

/// What a snapshot says of a section that it does not have, though every scan that needs it collects it.
pub(super) static NOT_IN_SNAPSHOT: LazyLock<Gap> = LazyLock::new(|| Gap {
    reason: GapReason::Other,
    operation: String::new(),
    message: "not in this snapshot: collect again without --rule/--skip-rule, or with a newer version".to_owned(),
    request_id: None,
});

/// The option that decides whether an optional section is collected. A section that nobody asked for is no gap, and
/// rules that need it say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskedBy {
    /// No option: always collected where a selected rule reads it.
    Always,
    /// `--ecr-usage`, or a rule named with `--rule`.
    EcrUsage,
    /// On unless `--no-metrics`: CloudWatch bills them.
    Metrics,
    /// On unless `--no-mount-evidence`.
    MountEvidence,
    /// `--cloudtrail`: two requests a second.
    CloudTrail,
    /// `--mount-map`, `--mount-table`: not from AWS.
    MountMap,
    /// `--cost-explorer`: billed by the request.
    CostExplorer,
    /// `--probe-mounts`: the only thing that touches a host.
    ProbeMounts,
}

/// The names of all sections, as they stand in reports and in `gaps[].section`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SectionName {
    /// What AWS billed by month and usage type, from Cost Explorer.
    #[serde(rename = "billing.monthly_usage")]
    BillingMonthlyUsage,
    /// Connections that EFS authorised, from CloudTrail.
    #[serde(rename = "cloudtrail.efs_connections")]
    CloudTrailEfsConnections,
    /// Storage classes, reads and connections of file systems over time.
    #[serde(rename = "cloudwatch.efs_metrics")]
    CloudWatchEfsMetrics,
    /// Instances with tags, metadata options and network interfaces.
    #[serde(rename = "ec2.instances")]
    Ec2Instances,
    /// The entries of managed prefix lists that security groups admit.
    #[serde(rename = "ec2.prefix_lists")]
    Ec2PrefixLists,
    /// Security groups with their rules.
    #[serde(rename = "ec2.security_groups")]
    Ec2SecurityGroups,
    /// Attachments of VPCs to transit gateways.
    #[serde(rename = "ec2.transit_gateway_attachments")]
    Ec2TransitGatewayAttachments,
    /// VPC peering connections.
    #[serde(rename = "ec2.vpc_peering")]
    Ec2VpcPeering,
    /// The registry's scanning configuration.
    #[serde(rename = "ecr.registry_scanning")]
    EcrRegistryScanning,
    /// The repositories of the registry.
    #[serde(rename = "ecr.repositories")]
    EcrRepositories,
    /// The effective scan frequency of each repository.
    #[serde(rename = "ecr.repository_scanning")]
    EcrRepositoryScanning,
    /// Running tasks with EFS volumes.
    #[serde(rename = "ecs.efs_tasks")]
    EcsEfsTasks,
    /// File systems with metered size and tags.
    #[serde(rename = "efs.file_systems")]
    EfsFileSystems,
    /// The lifecycle configuration of each file system.
    #[serde(rename = "efs.lifecycle")]
    EfsLifecycle,
    /// Mount targets with their security groups.
    #[serde(rename = "efs.mount_targets")]
    EfsMountTargets,
    /// Inspector's status per resource type.
    #[serde(rename = "inspector.account_status")]
    InspectorAccountStatus,
    /// Inspector's re-scan durations and scan mode.
    #[serde(rename = "inspector.configuration")]
    InspectorConfiguration,
    /// The state and the paths of deep inspection.
    #[serde(rename = "inspector.deep_inspection")]
    InspectorDeepInspection,
    /// The organization's delegated administrator for Inspector.
    #[serde(rename = "inspector.delegated_administrator")]
    InspectorDelegatedAdministrator,
    /// Coverage rows of EC2 instances.
    #[serde(rename = "inspector.ec2_coverage")]
    InspectorEc2Coverage,
    /// Counts of ECR images by use and repository.
    #[serde(rename = "inspector.ecr_image_use")]
    InspectorEcrImageUse,
    /// Counts of ECR images by scan status and reason.
    #[serde(rename = "inspector.ecr_images")]
    InspectorEcrImages,
    /// Packages that Inspector reported below known mount points.
    #[serde(rename = "inspector.finding_paths")]
    InspectorFindingPaths,
    /// The free trial of each scan type.
    #[serde(rename = "inspector.free_trial")]
    InspectorFreeTrial,
    /// What Inspector metered in the last 30 days.
    #[serde(rename = "inspector.usage_totals")]
    InspectorUsageTotals,
    /// Log streams of the EFS mount helper.
    #[serde(rename = "logs.efs_utils_streams")]
    LogsEfsUtilsStreams,
    /// The operator's mount map.
    #[serde(rename = "mounts.declared")]
    MountsDeclared,
    /// Mount tables that the operator saved on hosts.
    #[serde(rename = "mounts.tables")]
    MountsTables,
    /// Runs of the association that invokes the plugin.
    #[serde(rename = "ssm.association_runs")]
    SsmAssociationRuns,
    /// Default host management.
    #[serde(rename = "ssm.default_host_management")]
    SsmDefaultHostManagement,
    /// The association that runs the deep inspection plugin.
    #[serde(rename = "ssm.inspector_association")]
    SsmInspectorAssociation,
    /// Managed nodes.
    #[serde(rename = "ssm.managed_nodes")]
    SsmManagedNodes,
    /// What the mount probe saw on hosts.
    #[serde(rename = "ssm.mount_probe")]
    SsmMountProbe,
    /// NFS and S3 clients in SSM's inventory.
    #[serde(rename = "ssm.nfs_clients")]
    SsmNfsClients,
    /// The identity behind the credentials.
    #[serde(rename = "sts.identity")]
    StsIdentity,
    /// What Terraform inputs describe. No section of a snapshot, and so not in [`SectionName::ALL`]: gaps name it.
    #[serde(rename = "terraform.configuration")]
    TerraformConfiguration,
}

impl SectionName {
    /// Every section of a snapshot, sorted by name.
    pub const ALL: &'static [Self] = &[
        Self::BillingMonthlyUsage,
        Self::CloudTrailEfsConnections,
        Self::CloudWatchEfsMetrics,
        Self::Ec2Instances,
        Self::Ec2PrefixLists,
        Self::Ec2SecurityGroups,
        Self::Ec2TransitGatewayAttachments,
        Self::Ec2VpcPeering,
        Self::EcrRegistryScanning,
        Self::EcrRepositories,
        Self::EcrRepositoryScanning,
        Self::EcsEfsTasks,
        Self::EfsFileSystems,
        Self::EfsLifecycle,
        Self::EfsMountTargets,
        Self::InspectorAccountStatus,
        Self::InspectorConfiguration,
        Self::InspectorDeepInspection,
        Self::InspectorDelegatedAdministrator,
        Self::InspectorEc2Coverage,
        Self::InspectorEcrImageUse,
        Self::InspectorEcrImages,
        Self::InspectorFindingPaths,
        Self::InspectorFreeTrial,
        Self::InspectorUsageTotals,
        Self::LogsEfsUtilsStreams,
        Self::MountsDeclared,
        Self::MountsTables,
        Self::SsmAssociationRuns,
        Self::SsmDefaultHostManagement,
        Self::SsmInspectorAssociation,
        Self::SsmManagedNodes,
        Self::SsmMountProbe,
        Self::SsmNfsClients,
        Self::StsIdentity,
    ];

    /// Which option decides whether the section is collected.
    pub fn asked_by(self) -> AskedBy {
        match self {
            Self::InspectorDelegatedAdministrator | Self::InspectorEcrImageUse | Self::InspectorFreeTrial => {
                AskedBy::EcrUsage
            }
            Self::CloudWatchEfsMetrics | Self::SsmAssociationRuns => AskedBy::Metrics,
            Self::EcsEfsTasks | Self::InspectorFindingPaths | Self::LogsEfsUtilsStreams | Self::SsmNfsClients => {
                AskedBy::MountEvidence
            }
            Self::BillingMonthlyUsage => AskedBy::CostExplorer,
            Self::CloudTrailEfsConnections => AskedBy::CloudTrail,
            Self::MountsDeclared | Self::MountsTables => AskedBy::MountMap,
            Self::SsmMountProbe => AskedBy::ProbeMounts,
            _ => AskedBy::Always,
        }
    }

    /// Whether every scan that needs the section collects it, so that its absence is a gap.
    pub fn is_always_collected(self) -> bool {
        self.asked_by() == AskedBy::Always
    }

    /// The name as reports print it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BillingMonthlyUsage => "billing.monthly_usage",
            Self::CloudTrailEfsConnections => "cloudtrail.efs_connections",
            Self::CloudWatchEfsMetrics => "cloudwatch.efs_metrics",
            Self::Ec2Instances => "ec2.instances",
            Self::Ec2PrefixLists => "ec2.prefix_lists",
            Self::Ec2SecurityGroups => "ec2.security_groups",
            Self::Ec2TransitGatewayAttachments => "ec2.transit_gateway_attachments",
            Self::Ec2VpcPeering => "ec2.vpc_peering",
            Self::EcrRegistryScanning => "ecr.registry_scanning",
            Self::EcrRepositories => "ecr.repositories",
            Self::EcrRepositoryScanning => "ecr.repository_scanning",
            Self::EcsEfsTasks => "ecs.efs_tasks",
            Self::EfsFileSystems => "efs.file_systems",
            Self::EfsLifecycle => "efs.lifecycle",
            Self::EfsMountTargets => "efs.mount_targets",
            Self::InspectorAccountStatus => "inspector.account_status",
            Self::InspectorConfiguration => "inspector.configuration",
            Self::InspectorDeepInspection => "inspector.deep_inspection",
            Self::InspectorDelegatedAdministrator => "inspector.delegated_administrator",
            Self::InspectorEc2Coverage => "inspector.ec2_coverage",
            Self::InspectorEcrImageUse => "inspector.ecr_image_use",
            Self::InspectorEcrImages => "inspector.ecr_images",
            Self::InspectorFindingPaths => "inspector.finding_paths",
            Self::InspectorFreeTrial => "inspector.free_trial",
            Self::InspectorUsageTotals => "inspector.usage_totals",
            Self::LogsEfsUtilsStreams => "logs.efs_utils_streams",
            Self::MountsDeclared => "mounts.declared",
            Self::MountsTables => "mounts.tables",
            Self::SsmAssociationRuns => "ssm.association_runs",
            Self::SsmDefaultHostManagement => "ssm.default_host_management",
            Self::SsmInspectorAssociation => "ssm.inspector_association",
            Self::SsmManagedNodes => "ssm.managed_nodes",
            Self::SsmMountProbe => "ssm.mount_probe",
            Self::SsmNfsClients => "ssm.nfs_clients",
            Self::StsIdentity => "sts.identity",
            Self::TerraformConfiguration => "terraform.configuration",
        }
    }
}

impl std::fmt::Display for SectionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &str) -> Section<u8> {
        serde_json::from_str(document).expect("a section")
    }

    fn gap(reason: GapReason, operation: &str) -> Gap {
        Gap { reason, operation: operation.to_owned(), message: "why".to_owned(), request_id: None }
    }

    #[test]
    fn a_section_is_read_as_what_it_was_written() {
        let gap = || gap(GapReason::Unsupported, "ecr:DescribeRepositories");
        for section in [Section::Complete(7), Section::Absent(gap()), Section::NotAsked] {
            assert_eq!(read(&serde_json::to_string(&section).expect("JSON")), section);
        }
        let denied = Section::Missing(Gap { reason: GapReason::AccessDenied, ..gap() });
        assert_eq!(read(&serde_json::to_string(&denied).expect("JSON")), denied);
    }

    #[test]
    fn what_the_first_edition_wrote_is_read_as_what_it_meant() {
        let old = |reason, operation| {
            read(&format!("{{\"missing\":{}}}", serde_json::to_string(&gap(reason, operation)).expect("JSON")))
        };
        let call = "inspector2:ListCoverage";
        for reason in [GapReason::NotEnabled, GapReason::Unsupported] {
            assert_eq!(old(reason, call), Section::Absent(gap(reason, call)));
        }
        assert_eq!(old(GapReason::Other, ""), Section::NotAsked);
        for (reason, operation) in
            [(GapReason::Other, call), (GapReason::AccessDenied, call), (GapReason::NoCredentials, "")]
        {
            assert_eq!(old(reason, operation), Section::Missing(gap(reason, operation)));
        }
    }

    #[test]
    fn sections_are_sorted_by_name_and_by_order_of_declaration() {
        let names: Vec<_> = SectionName::ALL.iter().map(|section| section.as_str()).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(SectionName::ALL.is_sorted());
    }

    #[test]
    fn a_section_is_written_under_the_name_that_reports_print() {
        for section in SectionName::ALL {
            assert_eq!(serde_json::to_string(section).expect("JSON"), format!("\"{section}\""));
        }
    }
}
