//! The one table of services: clients, retry budgets and paces are made from it.

/// Hands all services to the macro `$with`: first those that are asked about a target, then those that are asked about
/// nothing in it.
///
/// One row is one service: its field among a target's clients, the SDK's crate, its name as the SDK knows it (the one that
/// [`crate::permissions`] uses) and its endpoint prefix; and for a target the region in which it is asked, and how often:
/// `[calls] requests per second / burst before that`, where no calls are named for all others. One bucket holds for one
/// account and region; without one the service's own throttling is all there is.
macro_rules! services {
    ($with:ident) => {
        $with! {
            of_target {
                /// Amazon CloudTrail. `LookupEvents`: 2 a second (CloudTrail API reference, 2026-10).
                cloudtrail aws_sdk_cloudtrail "CloudTrail" "cloudtrail" own_region [[] 2 / 1];
                /// Amazon CloudWatch. `GetMetricData`: 50 a second (CloudWatch user guide, "Service quotas", 2026-10).
                cloudwatch aws_sdk_cloudwatch "CloudWatch" "cloudwatch" own_region [[] 50 / 1];
                /// Cost Explorer, which each partition has in one region.
                costs aws_sdk_costexplorer "Cost Explorer" "ce" primary_region [];
                /// Amazon EC2. The bucket of its reads (EC2 developer guide, "Request throttling", 2026-10).
                ec2 aws_sdk_ec2 "EC2" "ec2" own_region [[] 20 / 100];
                /// Amazon ECR. Its quotas are several buckets: this is modest.
                ecr aws_sdk_ecr "ECR" "ecr" own_region [[] 20 / 40];
                /// Amazon ECS. Its quotas are several buckets: this is modest.
                ecs aws_sdk_ecs "ECS" "ecs" own_region [[] 20 / 40];
                /// Amazon EFS. Not published: this is modest.
                efs aws_sdk_efs "EFS" "elasticfilesystem" own_region [[] 100 / 200];
                /// Amazon Inspector. Not published: this is modest.
                inspector aws_sdk_inspector2 "Inspector2" "inspector2" own_region [[] 10 / 20];
                /// CloudWatch Logs. `DescribeLogGroups`: 10 a second, `DescribeLogStreams`: 25 (CloudWatch Logs user guide,
                /// "Quotas", 2026-10).
                logs aws_sdk_cloudwatchlogs "CloudWatch Logs" "logs" own_region [[DESCRIBE_LOG_GROUPS] 10 / 1, [] 25 / 1];
                /// Security Hub. Not published for this call: it is one for a target.
                security_hub aws_sdk_securityhub "SecurityHub" "securityhub" own_region [[] 10 / 10];
                /// Systems Manager. The association calls: 4 a second each (AWS general reference, "Systems Manager quotas",
                /// 2026-10). The others are not published: this is modest.
                ssm aws_sdk_ssm "SSM" "ssm" own_region
                    [[LIST_ASSOCIATIONS DESCRIBE_ASSOCIATION_EXECUTIONS] 4 / 1,
                     [DESCRIBE_ASSOCIATION_EXECUTION_TARGETS] 4 / 4, [] 20 / 40];
            }
            of_run {
                /// AWS Config, whose aggregator knows what other accounts have.
                config aws_sdk_config "config";
                /// AWS Organizations.
                organizations aws_sdk_organizations "organizations";
                /// The Price List API.
                pricing aws_sdk_pricing "api.pricing";
                /// AWS STS.
                sts aws_sdk_sts "sts";
            }
        }
    };
}
pub(super) use services;
