//! Denials: each operation denied alone is a named gap, and what it could still change is inconclusive.

use serde_json::{Value, json};

use crate::support::audit::Audit;
use crate::support::fake::FakeAws;
use crate::support::live::{ReportView, texts};
use crate::support::operations::OPERATIONS;
use crate::support::reply::Reply;

const ACCOUNT: &str = "111122223333";
const REGION: &str = "ap-northeast-1";

/// An operation, the section that its denial leaves open, and a rule that it keeps from deciding in the small account
/// (empty where what is seen decides every rule).
const DENIALS: &[(&str, &str, &str)] = &[
    ("cloudwatch:GetMetricData", "cloudwatch.efs_metrics", "efs-recall-observed"),
    ("ec2:DescribeInstances", "ec2.instances", "efs-tier-recall"),
    ("ec2:DescribeSecurityGroups", "ec2.security_groups", "efs-tier-recall"),
    ("ec2:DescribeTransitGatewayVpcAttachments", "ec2.transit_gateway_attachments", ""),
    ("ec2:DescribeVpcPeeringConnections", "ec2.vpc_peering", ""),
    ("ecr:BatchGetRepositoryScanningConfiguration", "ecr.repository_scanning", "ecr-repositories-unscanned"),
    ("ecr:DescribeRepositories", "ecr.repositories", "ecr-repositories-unscanned"),
    ("ecr:GetRegistryScanningConfiguration", "ecr.registry_scanning", "ecr-inspector-drift"),
    ("ecs:ListClusters", "ecs.efs_tasks", ""),
    ("elasticfilesystem:DescribeFileSystems", "efs.file_systems", "efs-tier-recall"),
    ("elasticfilesystem:DescribeLifecycleConfiguration", "efs.lifecycle", "efs-tier-recall"),
    ("inspector2:BatchGetAccountStatus", "inspector.account_status", "efs-tier-recall"),
    ("inspector2:BatchGetFreeTrialInfo", "inspector.free_trial", "inspector-free-trial"),
    ("inspector2:GetConfiguration", "inspector.configuration", ""),
    ("inspector2:GetDelegatedAdminAccount", "inspector.delegated_administrator", "ecr-change-blocked"),
    ("inspector2:GetEc2DeepInspectionConfiguration", "inspector.deep_inspection", "efs-tier-recall"),
    ("inspector2:ListCoverage", "inspector.ec2_coverage", ""),
    ("inspector2:ListUsageTotals", "inspector.usage_totals", ""),
    ("logs:DescribeLogGroups", "logs.efs_utils_streams", ""),
    ("securityhub:DescribeSecurityHubV2", "securityhub.hub", ""),
    ("ssm:DescribeAssociationExecutionTargets", "ssm.association_targets", ""),
    ("ssm:DescribeAssociationExecutions", "ssm.association_runs", "efs-recall-observed"),
    ("ssm:DescribeInstanceInformation", "ssm.managed_nodes", "efs-tier-recall"),
    ("ssm:GetInventory", "ssm.nfs_clients", ""),
    ("ssm:GetServiceSetting", "ssm.default_host_management", ""),
    ("ssm:ListAssociations", "ssm.inspector_association", "efs-recall-observed"),
];

/// The sections that are asked for only where a file system can still matter.
const EVIDENCE: &[&str] = &[
    "cloudwatch.efs_metrics",
    "ecs.efs_tasks",
    "logs.efs_utils_streams",
    "ssm.association_runs",
    "ssm.association_targets",
    "ssm.nfs_clients",
];

fn scan(aws: &FakeAws, more: &str) -> (i32, ReportView) {
    let run = Audit::against(&aws.url()).scan("--region ap-northeast-1 --format json").args(more).run();
    (run.code(), run.report())
}

#[test]
fn each_denial_alone_is_a_gap_with_its_iam_action() {
    for (operation, section, rule) in DENIALS {
        let aws = FakeAws::start();
        aws.on(operation).reply(Reply::Denied);
        let (status, report) = scan(&aws, "--ecr-usage --fail-on never");
        let gaps = report.gaps(section);
        assert!(!gaps.is_empty(), "{operation}: {:#}", report.0["gaps"]);
        for gap in gaps {
            assert_eq!(gap["reason"], "access_denied", "{operation}");
            assert_eq!(gap["operation"], *operation);
            let message = gap["message"].as_str().expect("a text");
            assert!(message.contains(operation), "the action to add: {message}");
            assert_eq!(gap["resource"].is_string(), *section == "efs.lifecycle", "{operation}: {gap}");
            if rule.is_empty() {
                assert_eq!(gap["rules"], json!([]), "{operation}");
            }
        }
        if rule.is_empty() {
            assert!(report.complete(), "{operation}: {:#}", report.0["gaps"]);
            assert_eq!(status, 0, "{operation}");
        } else {
            assert!(report.gaps(section).iter().any(|gap| texts(&gap["rules"]).contains(rule)), "{operation}: {rule}");
            assert_eq!(report.verdict(ACCOUNT, REGION, rule), "inconclusive", "{operation}");
            assert!(!report.complete(), "{operation}");
            assert_eq!(status, 3, "{operation}");
        }
        // What was denied in one section is no gap of another, but for the two that CloudWatch fills.
        let other = |gap: &&Value| gap["section"] != *section && gap["section"] != "cloudwatch.efs_reads";
        let named: Vec<_> = report.all_gaps().into_iter().filter(other).collect();
        assert!(named.is_empty(), "{operation}: {named:#?}");
    }
}

#[test]
fn the_table_of_denials_names_every_operation() {
    // Tried elsewhere: the way in, the lists of accounts and regions, mount targets, which have a second way, the counts of images,
    // which fill two sections, and the evidence that the small account gives no reason to ask for.
    let elsewhere = [
        "ce:GetCostAndUsage",
        "cloudtrail:LookupEvents",
        "cloudwatch:ListMetrics",
        "config:SelectAggregateResourceConfig",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeRegions",
        "ec2:GetManagedPrefixListEntries",
        "ecs:DescribeContainerInstances",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListContainerInstances",
        "ecs:ListTasks",
        "elasticfilesystem:DescribeMountTargetSecurityGroups",
        "elasticfilesystem:DescribeMountTargets",
        "inspector2:ListCoverageStatistics",
        "inspector2:ListFindings",
        "logs:DescribeLogStreams",
        "organizations:DescribeOrganizationalUnit",
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListRoots",
        "pricing:GetProducts",
        "ssm:GetCommandInvocation",
        "ssm:GetDocument",
        "ssm:ListCommandInvocations",
        "ssm:SendCommand",
        "sts:AssumeRole",
        "sts:AssumeRoleWithWebIdentity",
        "sts:GetCallerIdentity",
    ];
    let mut named: Vec<_> = DENIALS.iter().map(|(name, ..)| *name).chain(elsewhere).collect();
    named.sort_unstable();
    assert_eq!(named, OPERATIONS.iter().map(|operation| operation.name).collect::<Vec<_>>());
}

#[test]
fn denied_counts_leave_both_of_their_sections_open() {
    let aws = FakeAws::start();
    aws.on("inspector2:ListCoverageStatistics").reply(Reply::Denied);
    let (status, report) = scan(&aws, "--ecr-usage --fail-on never");
    for section in ["inspector.ecr_image_use", "inspector.ecr_images"] {
        let gap = report.gap(section);
        assert_eq!(
            (&gap["reason"], &gap["operation"]),
            (&json!("access_denied"), &json!("inspector2:ListCoverageStatistics"))
        );
    }
    assert!(texts(&report.gap("inspector.ecr_images")["rules"]).contains(&"ecr-images-expired-from-scan"));
    assert_eq!((status, report.all_gaps().len()), (3, 2));
}

#[test]
fn a_denial_that_matters_ends_with_three_and_allowed_gaps_with_zero() {
    let aws = FakeAws::start();
    aws.on("ssm:DescribeInstanceInformation").reply(Reply::Denied);
    assert_eq!(scan(&aws, "").0, 3);
    assert_eq!(scan(&aws, "--allow-gaps").0, 0);
}

#[test]
fn everything_denied_is_incomplete_and_never_clean() {
    let aws = FakeAws::start();
    for prefix in ["ec2:*", "ecr:*", "elasticfilesystem:*", "inspector2:*", "securityhub:*", "ssm:*"] {
        aws.on(prefix).reply(Reply::Denied);
    }
    let (status, report) = scan(&aws, "--ecr-usage");
    assert_eq!(status, 3);
    assert_eq!(report.list("findings"), [] as [Value; 0]);
    let verdicts: Vec<_> = report.verdicts(ACCOUNT, REGION).values().filter_map(Value::as_str).collect();
    assert!(!verdicts.is_empty() && verdicts.iter().all(|verdict| *verdict == "inconclusive"), "{verdicts:?}");
    for (operation, section, _) in DENIALS {
        // Nothing asks for the parts of lists that are not known, nor for evidence about them.
        let asked = !EVIDENCE.contains(section) && !section.ends_with("lifecycle");
        if asked && !section.ends_with("repository_scanning") {
            assert_eq!(report.gap(section)["operation"], *operation);
        }
    }
}

#[test]
fn denied_interfaces_are_read_from_efs_instead() {
    let aws = FakeAws::start();
    aws.on("ec2:DescribeNetworkInterfaces").reply(Reply::Denied);
    aws.on("elasticfilesystem:DescribeMountTargets")
        .with("FileSystemId", "fs-0123456789abcde02")
        .reply(Reply::Case("of-scratch"));
    let (status, report) = scan(&aws, "");
    assert_eq!(status, 1);
    assert_eq!(report.findings("efs-tier-recall").len(), 1);
    assert_eq!(aws.calls_of("elasticfilesystem:DescribeMountTargets").len(), 2);
    assert_eq!(aws.calls_of("elasticfilesystem:DescribeMountTargetSecurityGroups").len(), 3);
}

#[test]
fn mount_targets_that_nobody_may_read_keep_their_file_systems_open() {
    let aws = FakeAws::start();
    aws.on("ec2:DescribeNetworkInterfaces").reply(Reply::Denied);
    aws.on("elasticfilesystem:DescribeMountTargets").reply(Reply::Denied);
    let (status, report) = scan(&aws, "");
    assert_eq!(status, 3);
    assert_eq!(report.verdict(ACCOUNT, REGION, "efs-tier-recall"), "inconclusive");
    assert!(!report.gaps("efs.mount_targets").is_empty());
}

#[test]
fn an_interface_too_few_is_looked_up_for_that_file_system_alone() {
    let aws = FakeAws::start();
    aws.on("ec2:DescribeNetworkInterfaces").reply(Reply::Case("one-missing"));
    let page = |token, reply| aws.on("elasticfilesystem:DescribeMountTargets").with("Marker", token).reply(reply);
    page("", Reply::Page("page-1", "second"));
    page("second", Reply::Case("page-2"));
    let run = Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --format json --save-snapshot world.json")
        .run()
        .expect(1);
    assert!(run.report().complete());
    let asked = aws.calls_of("elasticfilesystem:DescribeMountTargets");
    assert!(asked.iter().all(|call| call.parameter("FileSystemId") == "fs-0123456789abcde01"), "{asked:#?}");
    assert_eq!(asked.len(), 2);
    let snapshot = run.json_file("world.json");
    let targets = snapshot["targets"][0]["efs"]["mount_targets"]["complete"].as_array().expect("a whole section");
    let ids: Vec<_> = targets.iter().map(|target| target["id"].as_str().unwrap_or("")).collect();
    assert_eq!(ids, ["fsmt-0123456789abcde01", "fsmt-0123456789abcde02", "fsmt-0123456789abcde03"]);
    assert!(targets.iter().all(|target| target["security_groups"] == json!(["sg-0123456789abcde02"])));
}

#[test]
fn a_denied_fallback_is_a_gap_of_that_file_system() {
    for denied in ["elasticfilesystem:DescribeMountTargets", "elasticfilesystem:DescribeMountTargetSecurityGroups"] {
        let aws = FakeAws::start();
        aws.on("ec2:DescribeNetworkInterfaces").reply(Reply::Case("one-missing"));
        aws.on(denied).reply(Reply::Denied);
        let (status, report) = scan(&aws, "");
        assert_eq!(status, 3, "{denied}");
        let gap = report.gap("efs.mount_targets");
        assert_eq!((&gap["resource"], &gap["reason"]), (&json!("fs-0123456789abcde01"), &json!("access_denied")));
        assert_eq!(gap["operation"], denied);
        assert_eq!(report.verdict(ACCOUNT, REGION, "efs-tier-recall"), "inconclusive");
    }
}
