# The role that inspector-audit assumes in an account: it reads, and nothing else. Once for each account:
#   terraform apply -var auditor=arn:aws:iam::111122223333:role/auditor -var external_id=YOURS

variable "auditor" {
  type        = string
  description = "The ARN of the role that runs inspector-audit"
}

variable "external_id" {
  type        = string
  description = "What --external-id gives"
}

variable "role_name" {
  type        = string
  default     = "inspector-audit"
  description = "What --role-name gives"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [var.auditor]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

# As `inspector-audit iam-policy --all-regions` prints it.
data "aws_iam_policy_document" "reads" {
  statement {
    sid       = "InspectorAuditReads"
    resources = ["*"]
    actions = [
      "cloudwatch:GetMetricData",
      "cloudwatch:ListMetrics",
      "ec2:DescribeInstances",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeRegions",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeTransitGatewayVpcAttachments",
      "ec2:DescribeVpcPeeringConnections",
      "ec2:GetManagedPrefixListEntries",
      "ecr:BatchGetRepositoryScanningConfiguration",
      "ecr:DescribeRepositories",
      "ecr:GetRegistryScanningConfiguration",
      "ecs:DescribeContainerInstances",
      "ecs:DescribeTaskDefinition",
      "ecs:DescribeTasks",
      "ecs:ListClusters",
      "ecs:ListContainerInstances",
      "ecs:ListTasks",
      "elasticfilesystem:DescribeFileSystems",
      "elasticfilesystem:DescribeLifecycleConfiguration",
      "elasticfilesystem:DescribeMountTargetSecurityGroups",
      "elasticfilesystem:DescribeMountTargets",
      "inspector2:BatchGetAccountStatus",
      "inspector2:GetConfiguration",
      "inspector2:GetEc2DeepInspectionConfiguration",
      "inspector2:ListCoverage",
      "inspector2:ListCoverageStatistics",
      "inspector2:ListFindings",
      "inspector2:ListUsageTotals",
      "logs:DescribeLogGroups",
      "logs:DescribeLogStreams",
      "securityhub:DescribeSecurityHubV2",
      "ssm:DescribeAssociationExecutionTargets",
      "ssm:DescribeAssociationExecutions",
      "ssm:DescribeInstanceInformation",
      "ssm:GetInventory",
      "ssm:GetServiceSetting",
      "ssm:ListAssociations",
    ]
  }
}

resource "aws_iam_role" "this" {
  name                 = var.role_name
  description          = "Read-only, for inspector-audit"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "inspector-audit"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.reads.json
}

output "role_arn" {
  value = aws_iam_role.this.arn
}
