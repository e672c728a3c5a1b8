//! Every AWS operation this program may call, with the IAM action each needs.
//!
//! One table serves all readers: the collectors and the table of sections name their calls from it, the read-only guard
//! refuses what is not in it, and `iam-policy` prints it. It is plain data, so the offline build has it too.

use std::collections::BTreeSet;

use crate::model::{SectionName, sections};

/// One operation of an AWS service.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The service's name as the SDK knows it, e.g. `EFS`.
    pub(crate) service: &'static str,
    /// The operation, e.g. `DescribeFileSystems`.
    pub(crate) operation: &'static str,
    /// The IAM action, e.g. `elasticfilesystem:DescribeFileSystems`; also how gaps name the operation.
    pub(crate) action: &'static str,
    /// Members of which a genuine successful answer has at least one (for XML: the root element).
    ///
    /// AWS sends lists even when they are empty, so an answer without them did not come from the service. Empty: any
    /// JSON object may be genuine.
    pub(crate) answers_with: &'static [&'static str],
}

/// Declares the operations by service, with the service's name and the prefix of its IAM actions, and the list of all of
/// them. In brackets: [`Call::answers_with`].
macro_rules! calls {
    ($($service:literal $prefix:literal { $($name:ident $operation:ident [$($member:literal),*];)+ })+) => {
        $($(
            #[doc = concat!("`", $prefix, ":", stringify!($operation), "`.")]
            pub(crate) static $name: Call = Call {
                service: $service,
                operation: stringify!($operation),
                action: concat!($prefix, ":", stringify!($operation)),
                answers_with: &[$($member),*],
            };
        )+)+

        /// Every operation on the allow-list of the guard.
        #[cfg(any(feature = "aws", test))]
        pub(crate) static ALLOWED: &[&Call] = &[$($(&$name),+),+];
    };
}

calls! {
    "STS" "sts" {
        GET_CALLER_IDENTITY GetCallerIdentity ["GetCallerIdentityResponse"];
        ASSUME_ROLE AssumeRole ["AssumeRoleResponse"];
    }
    "EC2" "ec2" {
        DESCRIBE_REGIONS DescribeRegions ["DescribeRegionsResponse"];
        DESCRIBE_INSTANCES DescribeInstances ["DescribeInstancesResponse"];
        DESCRIBE_SECURITY_GROUPS DescribeSecurityGroups ["DescribeSecurityGroupsResponse"];
        DESCRIBE_NETWORK_INTERFACES DescribeNetworkInterfaces ["DescribeNetworkInterfacesResponse"];
        DESCRIBE_VPC_PEERING_CONNECTIONS DescribeVpcPeeringConnections ["DescribeVpcPeeringConnectionsResponse"];
        DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS DescribeTransitGatewayVpcAttachments
            ["DescribeTransitGatewayVpcAttachmentsResponse"];
        GET_MANAGED_PREFIX_LIST_ENTRIES GetManagedPrefixListEntries ["GetManagedPrefixListEntriesResponse"];
    }
    "CloudTrail" "cloudtrail" {
        LOOKUP_EVENTS LookupEvents ["Events"];
    }
    "CloudWatch" "cloudwatch" {
        GET_METRIC_DATA GetMetricData ["MetricDataResults"];
        LIST_METRICS ListMetrics ["Metrics"];
    }
    "ECS" "ecs" {
        LIST_CLUSTERS ListClusters ["clusterArns"];
        LIST_CONTAINER_INSTANCES ListContainerInstances ["containerInstanceArns"];
        DESCRIBE_CONTAINER_INSTANCES DescribeContainerInstances ["containerInstances"];
        LIST_TASKS ListTasks ["taskArns"];
        DESCRIBE_TASKS DescribeTasks ["tasks"];
        DESCRIBE_TASK_DEFINITION DescribeTaskDefinition ["taskDefinition"];
    }
    "CloudWatch Logs" "logs" {
        DESCRIBE_LOG_GROUPS DescribeLogGroups ["logGroups"];
        DESCRIBE_LOG_STREAMS DescribeLogStreams ["logStreams"];
    }
    "EFS" "elasticfilesystem" {
        DESCRIBE_FILE_SYSTEMS DescribeFileSystems ["FileSystems"];
        DESCRIBE_LIFECYCLE_CONFIGURATION DescribeLifecycleConfiguration ["LifecyclePolicies"];
        DESCRIBE_MOUNT_TARGETS DescribeMountTargets ["MountTargets"];
        DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS DescribeMountTargetSecurityGroups ["SecurityGroups"];
    }
    "SSM" "ssm" {
        DESCRIBE_INSTANCE_INFORMATION DescribeInstanceInformation ["InstanceInformationList"];
        LIST_ASSOCIATIONS ListAssociations ["Associations"];
        DESCRIBE_ASSOCIATION_EXECUTIONS DescribeAssociationExecutions ["AssociationExecutions"];
        DESCRIBE_ASSOCIATION_EXECUTION_TARGETS DescribeAssociationExecutionTargets ["AssociationExecutionTargets"];
        GET_COMMAND_INVOCATION GetCommandInvocation ["CommandId", "Status"];
        GET_DOCUMENT GetDocument ["Content"];
        LIST_COMMAND_INVOCATIONS ListCommandInvocations ["CommandInvocations"];
        GET_INVENTORY GetInventory ["Entities"];
        GET_SERVICE_SETTING GetServiceSetting ["ServiceSetting"];
    }
    "Inspector2" "inspector2" {
        BATCH_GET_ACCOUNT_STATUS BatchGetAccountStatus ["accounts", "failedAccounts"];
        GET_CONFIGURATION GetConfiguration ["ecrConfiguration", "ec2Configuration"];
        GET_EC2_DEEP_INSPECTION_CONFIGURATION GetEc2DeepInspectionConfiguration ["status"];
        LIST_COVERAGE ListCoverage ["coveredResources"];
        LIST_COVERAGE_STATISTICS ListCoverageStatistics ["totalCounts", "countsByGroup"];
        LIST_FINDINGS ListFindings ["findings"];
        LIST_USAGE_TOTALS ListUsageTotals ["totals"];
        BATCH_GET_FREE_TRIAL_INFO BatchGetFreeTrialInfo ["accounts", "failedAccounts"];
        GET_DELEGATED_ADMIN_ACCOUNT GetDelegatedAdminAccount [];
    }
    "SecurityHub" "securityhub" {
        DESCRIBE_SECURITY_HUB_V2 DescribeSecurityHubV2 ["HubV2Arn"];
    }
    "Pricing" "pricing" {
        GET_PRODUCTS GetProducts ["PriceList"];
    }
    "Cost Explorer" "ce" {
        GET_COST_AND_USAGE GetCostAndUsage ["ResultsByTime"];
    }
    "Organizations" "organizations" {
        LIST_ACCOUNTS ListAccounts ["Accounts"];
        LIST_ROOTS ListRoots ["Roots"];
        LIST_ORGANIZATIONAL_UNITS_FOR_PARENT ListOrganizationalUnitsForParent ["OrganizationalUnits"];
        LIST_ACCOUNTS_FOR_PARENT ListAccountsForParent ["Accounts"];
        DESCRIBE_ORGANIZATIONAL_UNIT DescribeOrganizationalUnit ["OrganizationalUnit"];
    }
    "Config Service" "config" {
        SELECT_AGGREGATE_RESOURCE_CONFIG SelectAggregateResourceConfig ["Results"];
    }
    "ECR" "ecr" {
        GET_REGISTRY_SCANNING_CONFIGURATION GetRegistryScanningConfiguration ["scanningConfiguration"];
        DESCRIBE_REPOSITORIES DescribeRepositories ["repositories"];
        BATCH_GET_REPOSITORY_SCANNING_CONFIGURATION BatchGetRepositoryScanningConfiguration
            ["scanningConfigurations", "failures"];
    }
}

/// The mount probe's command: no read, and so not in [`ALLOWED`]. It passes only in a run with `--probe-mounts`.
pub(crate) static SEND_COMMAND: Call =
    Call { service: "SSM", operation: "SendCommand", action: "ssm:SendCommand", answers_with: &["Command"] };

macro_rules! calls_of_sections {
    ($($(#[$doc:meta])+ $name:ident $text:literal [$($field:ident).*] $asked:ident [$($call:ident)*];)+) => {
        /// What may be called to collect a section.
        fn calls_of(section: SectionName) -> &'static [&'static Call] {
            match section {
                $(SectionName::$name => {
                    const CALLS: &[&Call] = &[$(&$call),*];
                    CALLS
                })+
                SectionName::TerraformConfiguration => &[],
            }
        }
    };
}

sections!(calls_of_sections);

/// The IAM actions that collecting `sections` may need.
///
/// Entering a target comes on top: `sts:AssumeRole` where roles are given ([`ASSUME_ROLE`]) and `ec2:DescribeRegions`
/// for `--all-regions` ([`DESCRIBE_REGIONS`]); so does [`GET_PRODUCTS`] for `--prices live`. `sts:GetCallerIdentity` needs
/// no permission (STS API reference, 2026-10).
pub(crate) fn iam_actions(sections: &BTreeSet<SectionName>) -> BTreeSet<&'static str> {
    let asked = sections.iter().filter(|section| **section != SectionName::StsIdentity);
    asked.flat_map(|section| calls_of(*section)).map(|call| call.action).collect()
}

/// The first section for which that action may be needed.
#[cfg(any(feature = "aws", test))]
pub(crate) fn section_of(action: &str) -> Option<SectionName> {
    SectionName::ALL.iter().copied().find(|section| calls_of(*section).iter().any(|call| call.action == action))
}

/// The call with that service and operation, if it is on the allow-list.
#[cfg(any(feature = "aws", test))]
pub(crate) fn allowed(service: &str, operation: &str) -> Option<&'static Call> {
    ALLOWED.iter().copied().find(|call| call.service == service && call.operation == operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_are_allowed() {
        for call in ALLOWED {
            let reads = ["Get", "Describe", "List", "Lookup", "BatchGet", "Select"]
                .iter()
                .any(|verb| call.operation.starts_with(verb));
            assert!(reads || *call == &ASSUME_ROLE, "{}", call.action);
        }
    }

    #[test]
    fn sections_call_only_what_is_allowed() {
        for call in SectionName::ALL.iter().flat_map(|section| calls_of(*section)) {
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
        // Without the three of the way in and the prices, and what says which accounts there are, which are no section;
        // with the probe's command.
        let of_sweeps =
            ALLOWED.iter().filter(|call| ["Organizations", "Config Service"].contains(&call.service)).count();
        assert_eq!(iam_actions(&all).len(), ALLOWED.len() - 4 - of_sweeps + 1);
    }
}
