//! Every operation that the auditor may send, and what a test needs to know of each.

/// How a service's requests and errors look on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Form in, XML out; errors in `<Response><Errors>` (Amazon EC2 API reference, "Query requests").
    Ec2Query,
    /// Form in, XML out; errors in `<ErrorResponse>` (AWS STS API reference).
    Query,
    /// JSON both ways, the operation in `X-Amz-Target`.
    Json,
    /// JSON both ways, the operation in method and path.
    Rest,
    /// CBOR both ways, the operation in the path. Fixtures are JSON and are translated.
    Cbor,
}

/// One operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation {
    /// With the IAM prefix, which is also the signing name: `elasticfilesystem:DescribeFileSystems`.
    pub(crate) name: &'static str,
    /// The folder of its service under `fixtures/wire`.
    pub(crate) folder: &'static str,
    /// The request parameter that sets the page size, and the largest value AWS takes; empty where it has none.
    pub(crate) page: (&'static str, &'static str),
    /// The page token in the request and in the answer; empty where it has none.
    pub(crate) token: (&'static str, &'static str),
}

impl Operation {
    /// The operation's name without the prefix.
    pub(crate) fn short(&self) -> &'static str {
        self.name.split_once(':').expect("every name has a prefix").1
    }

    /// The service's protocol.
    pub(crate) fn protocol(&self) -> Protocol {
        match self.folder {
            "ec2" => Protocol::Ec2Query,
            "sts" => Protocol::Query,
            "ce" | "cloudtrail" | "config" | "ecr" | "ecs" | "logs" | "organizations" | "pricing" | "ssm" => {
                Protocol::Json
            }
            "cloudwatch" => Protocol::Cbor,
            _ => Protocol::Rest,
        }
    }

    /// The extension of its fixtures.
    pub(crate) fn extension(&self) -> &'static str {
        match self.protocol() {
            Protocol::Ec2Query | Protocol::Query => "xml",
            Protocol::Json | Protocol::Rest | Protocol::Cbor => "json",
        }
    }
}

/// An operation that answers in one piece.
const fn whole(name: &'static str, folder: &'static str) -> Operation {
    Operation { name, folder, page: ("", ""), token: ("", "") }
}

/// An operation that answers page by page; `size` is the parameter of the page size and its largest value.
const fn paged(name: &'static str, folder: &'static str, size: (&'static str, &'static str)) -> Operation {
    let token = match folder.as_bytes() {
        b"ec2" => ("NextToken", "nextToken"),
        b"ce" => ("NextPageToken", "NextPageToken"),
        b"ssm" | b"cloudtrail" | b"cloudwatch" | b"config" | b"organizations" | b"pricing" => {
            ("NextToken", "NextToken")
        }
        b"efs" => ("Marker", "NextMarker"),
        _ => ("nextToken", "nextToken"),
    };
    Operation { name, folder, page: size, token }
}

/// Every operation, sorted by name. Anything else that reaches the fake is a mistake of the binary.
pub(crate) const OPERATIONS: &[Operation] = &[
    // Billed: only on request.
    paged("ce:GetCostAndUsage", "ce", ("", "")),
    paged("cloudtrail:LookupEvents", "cloudtrail", ("MaxResults", "50")),
    paged("cloudwatch:GetMetricData", "cloudwatch", ("", "")),
    paged("cloudwatch:ListMetrics", "cloudwatch", ("", "")),
    // Which accounts there are: asked once for a sweep.
    paged("config:SelectAggregateResourceConfig", "config", ("Limit", "100")),
    paged("ec2:DescribeInstances", "ec2", ("MaxResults", "1000")),
    paged("ec2:DescribeNetworkInterfaces", "ec2", ("MaxResults", "1000")),
    whole("ec2:DescribeRegions", "ec2"),
    paged("ec2:DescribeSecurityGroups", "ec2", ("MaxResults", "1000")),
    paged("ec2:DescribeTransitGatewayVpcAttachments", "ec2", ("MaxResults", "1000")),
    paged("ec2:DescribeVpcPeeringConnections", "ec2", ("MaxResults", "1000")),
    paged("ec2:GetManagedPrefixListEntries", "ec2", ("MaxResults", "100")),
    whole("ecr:BatchGetRepositoryScanningConfiguration", "ecr"),
    paged("ecr:DescribeRepositories", "ecr", ("maxResults", "1000")),
    whole("ecr:GetRegistryScanningConfiguration", "ecr"),
    whole("ecs:DescribeContainerInstances", "ecs"),
    whole("ecs:DescribeTaskDefinition", "ecs"),
    whole("ecs:DescribeTasks", "ecs"),
    paged("ecs:ListClusters", "ecs", ("maxResults", "100")),
    paged("ecs:ListContainerInstances", "ecs", ("maxResults", "100")),
    paged("ecs:ListTasks", "ecs", ("maxResults", "100")),
    paged("elasticfilesystem:DescribeFileSystems", "efs", ("MaxItems", "100")),
    whole("elasticfilesystem:DescribeLifecycleConfiguration", "efs"),
    whole("elasticfilesystem:DescribeMountTargetSecurityGroups", "efs"),
    paged("elasticfilesystem:DescribeMountTargets", "efs", ("MaxItems", "100")),
    whole("inspector2:BatchGetAccountStatus", "inspector2"),
    whole("inspector2:BatchGetFreeTrialInfo", "inspector2"),
    whole("inspector2:GetConfiguration", "inspector2"),
    whole("inspector2:GetDelegatedAdminAccount", "inspector2"),
    whole("inspector2:GetEc2DeepInspectionConfiguration", "inspector2"),
    paged("inspector2:ListCoverage", "inspector2", ("maxResults", "200")),
    paged("inspector2:ListCoverageStatistics", "inspector2", ("", "")),
    paged("inspector2:ListFindings", "inspector2", ("maxResults", "100")),
    paged("inspector2:ListUsageTotals", "inspector2", ("maxResults", "500")),
    paged("logs:DescribeLogGroups", "logs", ("limit", "50")),
    paged("logs:DescribeLogStreams", "logs", ("limit", "50")),
    whole("organizations:DescribeOrganizationalUnit", "organizations"),
    paged("organizations:ListAccounts", "organizations", ("MaxResults", "20")),
    paged("organizations:ListAccountsForParent", "organizations", ("MaxResults", "20")),
    paged("organizations:ListOrganizationalUnitsForParent", "organizations", ("MaxResults", "20")),
    paged("organizations:ListRoots", "organizations", ("MaxResults", "20")),
    paged("pricing:GetProducts", "pricing", ("MaxResults", "100")),
    whole("securityhub:DescribeSecurityHubV2", "securityhub"),
    paged("ssm:DescribeAssociationExecutionTargets", "ssm", ("MaxResults", "50")),
    paged("ssm:DescribeAssociationExecutions", "ssm", ("MaxResults", "50")),
    paged("ssm:DescribeInstanceInformation", "ssm", ("MaxResults", "50")),
    whole("ssm:GetCommandInvocation", "ssm"),
    whole("ssm:GetDocument", "ssm"),
    paged("ssm:GetInventory", "ssm", ("MaxResults", "50")),
    whole("ssm:GetServiceSetting", "ssm"),
    paged("ssm:ListAssociations", "ssm", ("MaxResults", "50")),
    paged("ssm:ListCommandInvocations", "ssm", ("MaxResults", "50")),
    // The mount probe, which is no read: only on request.
    whole("ssm:SendCommand", "ssm"),
    whole("sts:AssumeRole", "sts"),
    // Sent by the SDK's credentials chain alone.
    whole("sts:AssumeRoleWithWebIdentity", "sts"),
    whole("sts:GetCallerIdentity", "sts"),
];

/// The operation of that name, if the auditor may send it.
pub(crate) fn operation_named(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}
