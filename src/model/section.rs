//! A section: one part of a snapshot, whole or missing, never half.

use serde::{Deserialize, Serialize};

use super::{Gap, GapReason};

/// One collected part of a target: all of it, or the reason why it is not there.
///
/// There is no third form. A listing that broke off after two pages is missing, because rules must never take the
/// absence of a row for the absence of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section<T> {
    /// Everything AWS had to say.
    Complete(T),
    /// Nothing usable, and why.
    Missing(Gap),
}

impl<T> Section<T> {
    /// The data, if it is there.
    pub fn complete(&self) -> Option<&T> {
        match self {
            Self::Complete(data) => Some(data),
            Self::Missing(_) => None,
        }
    }

    /// The reason, if the data is not there.
    pub fn gap(&self) -> Option<&Gap> {
        match self {
            Self::Complete(_) => None,
            Self::Missing(gap) => Some(gap),
        }
    }

    /// Whether the data is there.
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Complete(_))
    }
}

impl<T> Default for Section<T> {
    /// What a snapshot that does not mention the section says about it: nothing.
    fn default() -> Self {
        Self::Missing(Gap {
            reason: GapReason::Other,
            operation: String::new(),
            message: "not in this snapshot: collect again without --rule/--skip-rule, or with a newer version"
                .to_owned(),
            request_id: None,
        })
    }
}

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
