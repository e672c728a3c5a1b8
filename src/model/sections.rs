//! The one table of sections: everything that has to know all of them is made from it.

use serde::{Deserialize, Serialize};

/// The option that decides whether an optional section is collected. A section that nobody asked for is no gap, and
/// rules that need it say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskedBy {
    /// No option: always collected where a selected rule reads it.
    Always,
    /// No option: asked where Inspector is on and a rule with its prices is selected. Old snapshots are without it.
    InspectorPrices,
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

/// Hands all sections to the macro `$with`, sorted by name. One row is one section: what it is, its variant, its name in
/// reports, where a target keeps it (empty: by resource), the option that asks for it, and the calls that may be made
/// for it, the first choice first (see [`crate::permissions`]).
macro_rules! sections {
    ($with:ident) => {
        $with! {
            /// What AWS billed by month and usage type, from Cost Explorer.
            BillingMonthlyUsage "billing.monthly_usage" [billing.monthly_usage] CostExplorer [GET_COST_AND_USAGE];
            /// Connections that EFS authorised, from CloudTrail.
            CloudTrailEfsConnections "cloudtrail.efs_connections" [evidence.efs_connections] CloudTrail
                [LOOKUP_EVENTS];
            /// Storage classes, reads and connections of file systems over time.
            CloudWatchEfsMetrics "cloudwatch.efs_metrics" [evidence.efs_metrics] Metrics [GET_METRIC_DATA];
            /// Reads of the same file systems in fine steps.
            CloudWatchEfsReads "cloudwatch.efs_reads" [evidence.efs_reads] Metrics [GET_METRIC_DATA];
            /// Requests to buckets that a host has mounted.
            CloudWatchS3Requests "cloudwatch.s3_requests" [evidence.s3_requests] Metrics [GET_METRIC_DATA LIST_METRICS];
            /// Instances with tags, metadata options and network interfaces.
            Ec2Instances "ec2.instances" [ec2.instances] Always [DESCRIBE_INSTANCES];
            /// The entries of managed prefix lists that security groups admit.
            Ec2PrefixLists "ec2.prefix_lists" [ec2.prefix_lists] Always [GET_MANAGED_PREFIX_LIST_ENTRIES];
            /// Security groups with their rules.
            Ec2SecurityGroups "ec2.security_groups" [ec2.security_groups] Always [DESCRIBE_SECURITY_GROUPS];
            /// Attachments of VPCs to transit gateways.
            Ec2TransitGatewayAttachments "ec2.transit_gateway_attachments" [ec2.transit_gateway_attachments] Always
                [DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS];
            /// VPC peering connections.
            Ec2VpcPeering "ec2.vpc_peering" [ec2.vpc_peering] Always [DESCRIBE_VPC_PEERING_CONNECTIONS];
            /// The registry's scanning configuration.
            EcrRegistryScanning "ecr.registry_scanning" [ecr.registry_scanning] Always
                [GET_REGISTRY_SCANNING_CONFIGURATION];
            /// The repositories of the registry.
            EcrRepositories "ecr.repositories" [ecr.repositories] Always [DESCRIBE_REPOSITORIES];
            /// The effective scan frequency of each repository.
            EcrRepositoryScanning "ecr.repository_scanning" [ecr.repository_scanning] Always
                [BATCH_GET_REPOSITORY_SCANNING_CONFIGURATION DESCRIBE_REPOSITORIES];
            /// Running tasks with EFS volumes.
            EcsEfsTasks "ecs.efs_tasks" [evidence.efs_tasks] MountEvidence
                [LIST_CLUSTERS LIST_CONTAINER_INSTANCES DESCRIBE_CONTAINER_INSTANCES LIST_TASKS DESCRIBE_TASKS
                 DESCRIBE_TASK_DEFINITION];
            /// File systems with metered size and tags.
            EfsFileSystems "efs.file_systems" [efs.file_systems] Always [DESCRIBE_FILE_SYSTEMS];
            /// The lifecycle configuration of each file system.
            EfsLifecycle "efs.lifecycle" [] Always [DESCRIBE_LIFECYCLE_CONFIGURATION DESCRIBE_FILE_SYSTEMS];
            /// Mount targets with their security groups.
            EfsMountTargets "efs.mount_targets" [efs.mount_targets] Always
                [DESCRIBE_NETWORK_INTERFACES DESCRIBE_FILE_SYSTEMS DESCRIBE_MOUNT_TARGETS
                 DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS];
            /// Inspector's status per resource type.
            InspectorAccountStatus "inspector.account_status" [inspector.account_status] Always
                [BATCH_GET_ACCOUNT_STATUS];
            /// Inspector's re-scan durations and scan mode.
            InspectorConfiguration "inspector.configuration" [inspector.configuration] Always [GET_CONFIGURATION];
            /// The state and the paths of deep inspection.
            InspectorDeepInspection "inspector.deep_inspection" [inspector.deep_inspection] Always
                [GET_EC2_DEEP_INSPECTION_CONFIGURATION];
            /// The organization's delegated administrator for Inspector.
            InspectorDelegatedAdministrator "inspector.delegated_administrator" [inspector.delegated_administrator] EcrUsage
                [GET_DELEGATED_ADMIN_ACCOUNT BATCH_GET_ACCOUNT_STATUS];
            /// Coverage rows of EC2 instances.
            InspectorEc2Coverage "inspector.ec2_coverage" [inspector.ec2_coverage] Always [LIST_COVERAGE];
            /// Counts of ECR images by use and repository.
            InspectorEcrImageUse "inspector.ecr_image_use" [inspector.ecr_image_use] EcrUsage
                [LIST_COVERAGE_STATISTICS BATCH_GET_ACCOUNT_STATUS];
            /// Counts of ECR images by scan status and reason.
            InspectorEcrImages "inspector.ecr_images" [inspector.ecr_images] Always [LIST_COVERAGE_STATISTICS];
            /// Packages that Inspector reported below known mount points.
            InspectorFindingPaths "inspector.finding_paths" [evidence.finding_paths] MountEvidence [LIST_FINDINGS];
            /// The free trial of each scan type.
            InspectorFreeTrial "inspector.free_trial" [inspector.free_trial] EcrUsage
                [BATCH_GET_FREE_TRIAL_INFO BATCH_GET_ACCOUNT_STATUS];
            /// What Inspector metered in the last 30 days.
            InspectorUsageTotals "inspector.usage_totals" [inspector.usage_totals] Always
                [LIST_USAGE_TOTALS BATCH_GET_ACCOUNT_STATUS];
            /// Log streams of the EFS mount helper.
            LogsEfsUtilsStreams "logs.efs_utils_streams" [evidence.efs_utils_streams] MountEvidence
                [DESCRIBE_LOG_GROUPS DESCRIBE_LOG_STREAMS];
            /// The operator's mount map.
            MountsDeclared "mounts.declared" [evidence.declared] MountMap [];
            /// Mount tables that the operator saved on hosts.
            MountsTables "mounts.tables" [evidence.tables] MountMap [];
            /// Whether Security Hub is on, which then bills Inspector by its own plan.
            SecurityHub "securityhub.hub" [inspector.security_hub] InspectorPrices
                [DESCRIBE_SECURITY_HUB_V2 BATCH_GET_ACCOUNT_STATUS];
            /// Runs of the association that invokes the plugin.
            SsmAssociationRuns "ssm.association_runs" [evidence.association_runs] Metrics
                [DESCRIBE_ASSOCIATION_EXECUTIONS LIST_ASSOCIATIONS];
            /// Which instances some of these runs reached.
            SsmAssociationTargets "ssm.association_targets" [evidence.association_targets] Metrics
                [DESCRIBE_ASSOCIATION_EXECUTION_TARGETS DESCRIBE_ASSOCIATION_EXECUTIONS LIST_ASSOCIATIONS];
            /// Default host management.
            SsmDefaultHostManagement "ssm.default_host_management" [ssm.default_host_management] Always
                [GET_SERVICE_SETTING];
            /// The association that runs the deep inspection plugin.
            SsmInspectorAssociation "ssm.inspector_association" [ssm.inspector_association] Always
                [LIST_ASSOCIATIONS];
            /// Managed nodes.
            SsmManagedNodes "ssm.managed_nodes" [ssm.managed_nodes] Always [DESCRIBE_INSTANCE_INFORMATION];
            /// What the mount probe saw on hosts.
            SsmMountProbe "ssm.mount_probe" [evidence.probe] ProbeMounts
                [SEND_COMMAND LIST_COMMAND_INVOCATIONS GET_COMMAND_INVOCATION GET_DOCUMENT];
            /// NFS and S3 clients in SSM's inventory.
            SsmNfsClients "ssm.nfs_clients" [evidence.nfs_clients] MountEvidence [GET_INVENTORY];
            /// The identity behind the credentials.
            StsIdentity "sts.identity" [identity] Always [GET_CALLER_IDENTITY];
        }
    };
}
pub(crate) use sections;

macro_rules! section_names {
    ($($(#[$doc:meta])+ $name:ident $text:literal [$($field:ident).*] $asked:ident [$($call:ident)*];)+) => {
        /// The names of all sections, as they stand in reports and in `gaps[].section`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum SectionName {
            $($(#[$doc])+ #[serde(rename = $text)] $name,)+
            /// What Terraform inputs describe. No section of a snapshot, and so not in [`SectionName::ALL`]: gaps name it.
            #[serde(rename = "terraform.configuration")]
            TerraformConfiguration,
        }

        impl SectionName {
            /// Every section of a snapshot, sorted by name.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Which option decides whether the section is collected.
            pub fn asked_by(self) -> AskedBy {
                match self {
                    $(Self::$name => AskedBy::$asked,)+
                    Self::TerraformConfiguration => AskedBy::Always,
                }
            }

            /// The name as reports print it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                    Self::TerraformConfiguration => "terraform.configuration",
                }
            }
        }
    };
}

sections!(section_names);

impl SectionName {
    /// Whether every scan that needs the section collects it, so that its absence is a gap.
    pub fn is_always_collected(self) -> bool {
        self.asked_by() == AskedBy::Always
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
    fn sections_are_sorted_by_name() {
        let names: Vec<_> = SectionName::ALL.iter().map(|section| section.as_str()).collect();
        assert!(names.is_sorted(), "{names:?}");
    }
}
