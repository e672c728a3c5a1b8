//! Every AWS operation this program may call, with the IAM action each needs.
//!
//! One table serves three readers: the collectors name their calls from it, the read-only guard refuses what is not in
//! it, and `iam-policy` prints it. It is plain data, so the offline build has it too.

use std::collections::BTreeSet;

use crate::model::SectionName;

/// One operation of an AWS service.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// The service's name as the SDK knows it, e.g. `EFS`.
    pub service: &'static str,
    /// The operation, e.g. `DescribeFileSystems`.
    pub operation: &'static str,
    /// The IAM action, e.g. `elasticfilesystem:DescribeFileSystems`; also how gaps name the operation.
    pub action: &'static str,
    /// Members of which a genuine successful answer has at least one (for XML: the root element).
    ///
    /// AWS sends lists even when they are empty, so an answer without them did not come from the service. Empty: any
    /// JSON object may be genuine.
    pub answers_with: &'static [&'static str],
}

/// One section, and the operations that may be called to fill it.
#[derive(Debug)]
pub struct Collector {
    /// What is collected.
    pub section: SectionName,
    /// What may be called for it, the first choice first.
    pub calls: &'static [&'static Call],
}

/// Declares the operations, and the list of all of them.
macro_rules! calls {
    ($($name:ident: $service:literal $operation:literal $action:literal [$($member:literal),*];)+) => {
        $(
            #[doc = concat!("`", $action, "`.")]
            pub static $name: Call = Call {
                service: $service,
                operation: $operation,
                action: $action,
                answers_with: &[$($member),*],
            };
        )+

        /// Every operation on the allow-list.
        pub static ALLOWED: &[&Call] = &[$(&$name),+];
    };
}

calls! {
    GET_CALLER_IDENTITY: "STS" "GetCallerIdentity" "sts:GetCallerIdentity" ["GetCallerIdentityResponse"];
    ASSUME_ROLE: "STS" "AssumeRole" "sts:AssumeRole" ["AssumeRoleResponse"];
    DESCRIBE_REGIONS: "EC2" "DescribeRegions" "ec2:DescribeRegions" ["DescribeRegionsResponse"];
    DESCRIBE_INSTANCES: "EC2" "DescribeInstances" "ec2:DescribeInstances" ["DescribeInstancesResponse"];
    DESCRIBE_SECURITY_GROUPS: "EC2" "DescribeSecurityGroups" "ec2:DescribeSecurityGroups"
        ["DescribeSecurityGroupsResponse"];
    DESCRIBE_NETWORK_INTERFACES: "EC2" "DescribeNetworkInterfaces" "ec2:DescribeNetworkInterfaces"
        ["DescribeNetworkInterfacesResponse"];
    DESCRIBE_VPC_PEERING_CONNECTIONS: "EC2" "DescribeVpcPeeringConnections" "ec2:DescribeVpcPeeringConnections"
        ["DescribeVpcPeeringConnectionsResponse"];
    DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS: "EC2" "DescribeTransitGatewayVpcAttachments"
        "ec2:DescribeTransitGatewayVpcAttachments" ["DescribeTransitGatewayVpcAttachmentsResponse"];
    GET_MANAGED_PREFIX_LIST_ENTRIES: "EC2" "GetManagedPrefixListEntries" "ec2:GetManagedPrefixListEntries"
        ["GetManagedPrefixListEntriesResponse"];
    LOOKUP_EVENTS: "CloudTrail" "LookupEvents" "cloudtrail:LookupEvents" ["Events"];
    GET_METRIC_DATA: "CloudWatch" "GetMetricData" "cloudwatch:GetMetricData" ["MetricDataResults"];
    LIST_CLUSTERS: "ECS" "ListClusters" "ecs:ListClusters" ["clusterArns"];
    LIST_CONTAINER_INSTANCES: "ECS" "ListContainerInstances" "ecs:ListContainerInstances" ["containerInstanceArns"];
    DESCRIBE_CONTAINER_INSTANCES: "ECS" "DescribeContainerInstances" "ecs:DescribeContainerInstances"
        ["containerInstances"];
    LIST_TASKS: "ECS" "ListTasks" "ecs:ListTasks" ["taskArns"];
    DESCRIBE_TASKS: "ECS" "DescribeTasks" "ecs:DescribeTasks" ["tasks"];
    DESCRIBE_TASK_DEFINITION: "ECS" "DescribeTaskDefinition" "ecs:DescribeTaskDefinition" ["taskDefinition"];
    DESCRIBE_LOG_GROUPS: "CloudWatch Logs" "DescribeLogGroups" "logs:DescribeLogGroups" ["logGroups"];
    DESCRIBE_LOG_STREAMS: "CloudWatch Logs" "DescribeLogStreams" "logs:DescribeLogStreams" ["logStreams"];
    DESCRIBE_FILE_SYSTEMS: "EFS" "DescribeFileSystems" "elasticfilesystem:DescribeFileSystems" ["FileSystems"];
    DESCRIBE_LIFECYCLE_CONFIGURATION: "EFS" "DescribeLifecycleConfiguration"
        "elasticfilesystem:DescribeLifecycleConfiguration" ["LifecyclePolicies"];
    DESCRIBE_MOUNT_TARGETS: "EFS" "DescribeMountTargets" "elasticfilesystem:DescribeMountTargets" ["MountTargets"];
    DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS: "EFS" "DescribeMountTargetSecurityGroups"
        "elasticfilesystem:DescribeMountTargetSecurityGroups" ["SecurityGroups"];
    DESCRIBE_INSTANCE_INFORMATION: "SSM" "DescribeInstanceInformation" "ssm:DescribeInstanceInformation"
        ["InstanceInformationList"];
    LIST_ASSOCIATIONS: "SSM" "ListAssociations" "ssm:ListAssociations" ["Associations"];
    DESCRIBE_ASSOCIATION_EXECUTIONS: "SSM" "DescribeAssociationExecutions" "ssm:DescribeAssociationExecutions"
        ["AssociationExecutions"];
    GET_COMMAND_INVOCATION: "SSM" "GetCommandInvocation" "ssm:GetCommandInvocation" ["CommandId", "Status"];
    GET_DOCUMENT: "SSM" "GetDocument" "ssm:GetDocument" ["Content"];
    LIST_COMMAND_INVOCATIONS: "SSM" "ListCommandInvocations" "ssm:ListCommandInvocations" ["CommandInvocations"];
    GET_INVENTORY: "SSM" "GetInventory" "ssm:GetInventory" ["Entities"];
    GET_SERVICE_SETTING: "SSM" "GetServiceSetting" "ssm:GetServiceSetting" ["ServiceSetting"];
    BATCH_GET_ACCOUNT_STATUS: "Inspector2" "BatchGetAccountStatus" "inspector2:BatchGetAccountStatus"
        ["accounts", "failedAccounts"];
    GET_CONFIGURATION: "Inspector2" "GetConfiguration" "inspector2:GetConfiguration"
        ["ecrConfiguration", "ec2Configuration"];
    GET_EC2_DEEP_INSPECTION_CONFIGURATION: "Inspector2" "GetEc2DeepInspectionConfiguration"
        "inspector2:GetEc2DeepInspectionConfiguration" ["status"];
    LIST_COVERAGE: "Inspector2" "ListCoverage" "inspector2:ListCoverage" ["coveredResources"];
    LIST_COVERAGE_STATISTICS: "Inspector2" "ListCoverageStatistics" "inspector2:ListCoverageStatistics"
        ["totalCounts", "countsByGroup"];
    LIST_FINDINGS: "Inspector2" "ListFindings" "inspector2:ListFindings" ["findings"];
    LIST_USAGE_TOTALS: "Inspector2" "ListUsageTotals" "inspector2:ListUsageTotals" ["totals"];
    BATCH_GET_FREE_TRIAL_INFO: "Inspector2" "BatchGetFreeTrialInfo" "inspector2:BatchGetFreeTrialInfo"
        ["accounts", "failedAccounts"];
    GET_DELEGATED_ADMIN_ACCOUNT: "Inspector2" "GetDelegatedAdminAccount" "inspector2:GetDelegatedAdminAccount" [];
    GET_PRODUCTS: "Pricing" "GetProducts" "pricing:GetProducts" ["PriceList"];
    GET_COST_AND_USAGE: "Cost Explorer" "GetCostAndUsage" "ce:GetCostAndUsage" ["ResultsByTime"];
    GET_REGISTRY_SCANNING_CONFIGURATION: "ECR" "GetRegistryScanningConfiguration"
        "ecr:GetRegistryScanningConfiguration" ["scanningConfiguration"];
    DESCRIBE_REPOSITORIES: "ECR" "DescribeRepositories" "ecr:DescribeRepositories" ["repositories"];
    BATCH_GET_REPOSITORY_SCANNING_CONFIGURATION: "ECR" "BatchGetRepositoryScanningConfiguration"
        "ecr:BatchGetRepositoryScanningConfiguration" ["scanningConfigurations", "failures"];
}

/// The mount probe's command: no read, and so not in [`ALLOWED`]. It passes only in a run with `--probe-mounts`.
pub static SEND_COMMAND: Call =
    Call { service: "SSM", operation: "SendCommand", action: "ssm:SendCommand", answers_with: &["Command"] };

/// Every collector, sorted by section.
pub static COLLECTORS: &[Collector] = &[
    Collector { section: SectionName::BillingMonthlyUsage, calls: &[&GET_COST_AND_USAGE] },
    Collector { section: SectionName::CloudTrailEfsConnections, calls: &[&LOOKUP_EVENTS] },
    Collector { section: SectionName::CloudWatchEfsMetrics, calls: &[&GET_METRIC_DATA] },
    Collector { section: SectionName::Ec2Instances, calls: &[&DESCRIBE_INSTANCES] },
    Collector { section: SectionName::Ec2PrefixLists, calls: &[&GET_MANAGED_PREFIX_LIST_ENTRIES] },
    Collector { section: SectionName::Ec2SecurityGroups, calls: &[&DESCRIBE_SECURITY_GROUPS] },
    Collector {
        section: SectionName::Ec2TransitGatewayAttachments,
        calls: &[&DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS],
    },
    Collector { section: SectionName::Ec2VpcPeering, calls: &[&DESCRIBE_VPC_PEERING_CONNECTIONS] },
    Collector { section: SectionName::EcrRegistryScanning, calls: &[&GET_REGISTRY_SCANNING_CONFIGURATION] },
    Collector { section: SectionName::EcrRepositories, calls: &[&DESCRIBE_REPOSITORIES] },
    Collector {
        section: SectionName::EcrRepositoryScanning,
        calls: &[&BATCH_GET_REPOSITORY_SCANNING_CONFIGURATION, &DESCRIBE_REPOSITORIES],
    },
    Collector {
        section: SectionName::EcsEfsTasks,
        calls: &[
            &LIST_CLUSTERS,
            &LIST_CONTAINER_INSTANCES,
            &DESCRIBE_CONTAINER_INSTANCES,
            &LIST_TASKS,
            &DESCRIBE_TASKS,
            &DESCRIBE_TASK_DEFINITION,
        ],
    },
    Collector { section: SectionName::EfsFileSystems, calls: &[&DESCRIBE_FILE_SYSTEMS] },
    Collector {
        section: SectionName::EfsLifecycle,
        calls: &[&DESCRIBE_LIFECYCLE_CONFIGURATION, &DESCRIBE_FILE_SYSTEMS],
    },
    Collector {
        section: SectionName::EfsMountTargets,
        calls: &[
            &DESCRIBE_NETWORK_INTERFACES,
            &DESCRIBE_FILE_SYSTEMS,
            &DESCRIBE_MOUNT_TARGETS,
            &DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS,
        ],
    },
    Collector { section: SectionName::InspectorAccountStatus, calls: &[&BATCH_GET_ACCOUNT_STATUS] },
    Collector { section: SectionName::InspectorConfiguration, calls: &[&GET_CONFIGURATION] },
    Collector { section: SectionName::InspectorDeepInspection, calls: &[&GET_EC2_DEEP_INSPECTION_CONFIGURATION] },
    Collector {
        section: SectionName::InspectorDelegatedAdministrator,
        calls: &[&GET_DELEGATED_ADMIN_ACCOUNT, &BATCH_GET_ACCOUNT_STATUS],
    },
    Collector { section: SectionName::InspectorEc2Coverage, calls: &[&LIST_COVERAGE] },
    Collector {
        section: SectionName::InspectorEcrImageUse,
        calls: &[&LIST_COVERAGE_STATISTICS, &BATCH_GET_ACCOUNT_STATUS],
    },
    Collector { section: SectionName::InspectorEcrImages, calls: &[&LIST_COVERAGE_STATISTICS] },
    Collector { section: SectionName::InspectorFindingPaths, calls: &[&LIST_FINDINGS] },
    Collector {
        section: SectionName::InspectorFreeTrial,
        calls: &[&BATCH_GET_FREE_TRIAL_INFO, &BATCH_GET_ACCOUNT_STATUS],
    },
    Collector { section: SectionName::InspectorUsageTotals, calls: &[&LIST_USAGE_TOTALS, &BATCH_GET_ACCOUNT_STATUS] },
    Collector { section: SectionName::LogsEfsUtilsStreams, calls: &[&DESCRIBE_LOG_GROUPS, &DESCRIBE_LOG_STREAMS] },
    Collector { section: SectionName::MountsDeclared, calls: &[] },
    Collector { section: SectionName::MountsTables, calls: &[] },
    Collector {
        section: SectionName::SsmAssociationRuns,
        calls: &[&DESCRIBE_ASSOCIATION_EXECUTIONS, &LIST_ASSOCIATIONS],
    },
    Collector { section: SectionName::SsmDefaultHostManagement, calls: &[&GET_SERVICE_SETTING] },
    Collector { section: SectionName::SsmInspectorAssociation, calls: &[&LIST_ASSOCIATIONS] },
    Collector { section: SectionName::SsmManagedNodes, calls: &[&DESCRIBE_INSTANCE_INFORMATION] },
    Collector {
        section: SectionName::SsmMountProbe,
        calls: &[&SEND_COMMAND, &LIST_COMMAND_INVOCATIONS, &GET_COMMAND_INVOCATION, &GET_DOCUMENT],
    },
    Collector { section: SectionName::SsmNfsClients, calls: &[&GET_INVENTORY] },
    Collector { section: SectionName::StsIdentity, calls: &[&GET_CALLER_IDENTITY] },
];

/// The IAM actions that collecting `sections` may need.
///
/// Entering a target comes on top: `sts:AssumeRole` where roles are given ([`ASSUME_ROLE`]) and `ec2:DescribeRegions`
/// for `--all-regions` ([`DESCRIBE_REGIONS`]); so does [`GET_PRODUCTS`] for `--prices live`. `sts:GetCallerIdentity` needs no permission (STS API reference, 2026-10).
pub fn iam_actions(sections: &BTreeSet<SectionName>) -> BTreeSet<&'static str> {
    COLLECTORS
        .iter()
        .filter(|collector| collector.section != SectionName::StsIdentity && sections.contains(&collector.section))
        .flat_map(|collector| collector.calls.iter().map(|call| call.action))
        .collect()
}

/// The call with that service and operation, if it is on the allow-list.
pub fn allowed(service: &str, operation: &str) -> Option<&'static Call> {
    ALLOWED.iter().copied().find(|call| call.service == service && call.operation == operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_section_has_one_collector_in_order() {
        let listed: Vec<_> = COLLECTORS.iter().map(|collector| collector.section).collect();
        assert_eq!(listed, SectionName::ALL);
    }

    #[test]
    fn only_reads_are_allowed() {
        for call in ALLOWED {
            let reads =
                ["Get", "Describe", "List", "Lookup", "BatchGet"].iter().any(|verb| call.operation.starts_with(verb));
            assert!(reads || *call == &ASSUME_ROLE, "{}", call.action);
            assert!(call.action.ends_with(&format!(":{}", call.operation)), "{}", call.action);
        }
    }

    #[test]
    fn every_collector_calls_only_what_is_allowed() {
        for call in COLLECTORS.iter().flat_map(|collector| collector.calls) {
            let found = allowed(call.service, call.operation);
            assert_eq!(found, Some(*call).filter(|call| **call != SEND_COMMAND));
        }
        assert_eq!(allowed("EC2", "CreateTags"), None);
        assert_eq!(allowed("EFS", "PutLifecycleConfiguration"), None);
    }

    #[test]
    fn a_policy_names_only_what_the_sections_need() {
        let sections = BTreeSet::from([SectionName::SsmManagedNodes, SectionName::StsIdentity]);
        assert_eq!(iam_actions(&sections), BTreeSet::from(["ssm:DescribeInstanceInformation"]));
        let all = SectionName::ALL.iter().copied().collect();
        // Without the three of the way in and the prices, which are no section; with the probe's command.
        assert_eq!(iam_actions(&all).len(), ALLOWED.len() - 4 + 1);
    }
}
