//! Listings: every page is read, and a listing that cannot be finished is missing, never short.

use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};
use crate::support::call::Call;
use crate::support::fake::FakeAws;
use crate::support::operations::{OPERATIONS, Operation};
use crate::support::reply::Reply;

/// The section that each listing fills, where it lies in a target of the snapshot, and what its second page adds.
const LISTINGS: &[(&str, &str, &str, &str)] = &[
    ("ec2:DescribeInstances", "ec2.instances", "/ec2/instances", "i-0123456789abcde05"),
    ("ec2:DescribeSecurityGroups", "ec2.security_groups", "/ec2/security_groups", "sg-0123456789abcde04"),
    ("ec2:DescribeVpcPeeringConnections", "ec2.vpc_peering", "/ec2/vpc_peering", "pcx-0123456789abcde02"),
    (
        "ec2:DescribeTransitGatewayVpcAttachments",
        "ec2.transit_gateway_attachments",
        "/ec2/transit_gateway_attachments",
        "tgw-attach-0123456789abcde02",
    ),
    ("ec2:DescribeNetworkInterfaces", "efs.mount_targets", "/efs/mount_targets", "fsmt-0123456789abcde04"),
    ("elasticfilesystem:DescribeFileSystems", "efs.file_systems", "/efs/file_systems", "fs-0123456789abcde03"),
    ("ssm:DescribeInstanceInformation", "ssm.managed_nodes", "/ssm/managed_nodes", "i-0123456789abcde05"),
    ("inspector2:ListCoverage", "inspector.ec2_coverage", "/inspector/ec2_coverage", "i-0123456789abcde05"),
    ("inspector2:ListUsageTotals", "inspector.usage_totals", "/inspector/usage_totals", "LAMBDA_FUNCTION_HOURS"),
    ("ecr:DescribeRepositories", "ecr.repositories", "/ecr/repositories", "tools/late"),
];

fn token_of(name: &str) -> &'static str {
    operation(name).token.0
}

fn operation(name: &str) -> &'static Operation {
    OPERATIONS.iter().find(|operation| operation.name == name).expect("an operation of the list")
}

fn scan(aws: &FakeAws) -> Run {
    Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --format json --fail-on never --save-snapshot world.json")
        .run()
}

/// One section of the run's only target.
fn section<'v>(snapshot: &'v Value, pointer: &str) -> &'v Value {
    snapshot.pointer(&format!("/targets/0{pointer}")).unwrap_or_else(|| panic!("{pointer} in {snapshot:#}"))
}

#[test]
fn every_listing_is_read_to_its_last_page() {
    let aws = FakeAws::start();
    let both = |name: &str| {
        aws.on(name).with(token_of(name), "").reply(Reply::Page("small", "the-next=page/2"));
        aws.on(name).with(token_of(name), "the-next=page/2").reply(Reply::Case("page-2"));
    };
    for (name, ..) in LISTINGS {
        both(name);
    }
    let statistics = "inspector2:ListCoverageStatistics";
    aws.on(statistics).with("groupBy", "SCAN_STATUS_CODE").with("nextToken", "").reply(Reply::Page("small", "2"));
    aws.on(statistics).with("nextToken", "2").reply(Reply::Case("page-2"));
    aws.on("ecr:BatchGetRepositoryScanningConfiguration").reply(Reply::Made(Box::new(scanning_of_names)));
    let run = scan(&aws).expect(0);
    let snapshot = run.json_file("world.json");
    for (name, _, pointer, late) in LISTINGS {
        let text = section(&snapshot, pointer)["complete"].to_string();
        assert!(text.contains(late), "{name}: {late} of page 2 in {text}");
        assert_eq!(aws.calls_of(name).len(), 2, "{name}");
    }
    // Page one counts 12 active images, page two 4.
    assert_eq!(section(&snapshot, "/inspector/ecr_images")["complete"]["by_status"]["ACTIVE"], 16);
    let count = |pointer: &str| section(&snapshot, pointer)["complete"].as_array().map_or(0, Vec::len);
    assert_eq!((count("/ec2/instances"), count("/efs/file_systems"), count("/efs/mount_targets")), (5, 3, 4));
    let lifecycles = aws.calls_of("elasticfilesystem:DescribeLifecycleConfiguration");
    assert_eq!(lifecycles.len(), 3, "also of the file system of page two");
}

#[test]
fn a_repeated_page_token_is_a_gap_and_no_short_list() {
    for (name, gap_section, pointer, _) in LISTINGS {
        let aws = FakeAws::start();
        aws.on(name).reply(Reply::Page("small", "again"));
        if *name == "ec2:DescribeNetworkInterfaces" {
            // Otherwise the mount targets are read from EFS.
            aws.on("elasticfilesystem:DescribeMountTargets").reply(Reply::Denied);
        }
        let run = scan(&aws);
        let gaps = run.report();
        let snapshot = run.json_file("world.json");
        if *name == "ec2:DescribeNetworkInterfaces" {
            assert!(!gaps.gaps(gap_section).is_empty(), "{name}");
            continue;
        }
        let gap = gaps.gap(gap_section);
        assert_eq!((&gap["reason"], &gap["operation"]), (&json!("protocol"), &json!(name)), "{name}");
        let missing = section(&snapshot, pointer);
        assert!(missing.get("complete").is_none() && missing["missing"]["reason"] == "protocol", "{name}: {missing}");
        let calls = aws.calls_of(name).len();
        assert!(calls <= 3, "{name} was called {calls} times");
    }
}

#[test]
fn a_second_page_that_fails_takes_the_first_with_it() {
    for (name, gap_section, pointer, _) in LISTINGS {
        if *name == "ec2:DescribeNetworkInterfaces" {
            continue;
        }
        let aws = FakeAws::start();
        aws.on(name).with(token_of(name), "").reply(Reply::Page("small", "more"));
        aws.on(name).with(token_of(name), "more").reply(Reply::Denied);
        let run = scan(&aws);
        assert_eq!(run.report().gap(gap_section)["reason"], "access_denied", "{name}");
        assert!(section(&run.json_file("world.json"), pointer).get("complete").is_none(), "{name}");
    }
}

#[test]
fn repositories_are_asked_for_in_batches_of_twenty_five() {
    let aws = FakeAws::start();
    aws.on("ecr:DescribeRepositories").reply(Reply::Made(Box::new(|_| repositories(60))));
    aws.on("ecr:BatchGetRepositoryScanningConfiguration").reply(Reply::Made(Box::new(scanning_of_names)));
    let run = scan(&aws);
    let mut sizes: Vec<_> = aws
        .calls_of("ecr:BatchGetRepositoryScanningConfiguration")
        .iter()
        .map(|call| call.texts("repositoryNames").len())
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [10, 25, 25]);
    let snapshot = run.json_file("world.json");
    assert_eq!(section(&snapshot, "/ecr/repository_scanning")["complete"].as_array().map_or(0, Vec::len), 60);
}

#[test]
fn a_repository_that_aws_fails_to_answer_for_is_a_gap_of_its_own() {
    let aws = FakeAws::start();
    aws.on("ecr:BatchGetRepositoryScanningConfiguration").reply(Reply::Case("one-failed"));
    let run = scan(&aws).expect(3);
    let report = run.report();
    let gap = report.gap("ecr.repository_scanning");
    assert_eq!(gap["resource"], "shop/web");
    assert_eq!(gap["operation"], "ecr:BatchGetRepositoryScanningConfiguration");
    assert!(gap["message"].as_str().expect("a text").contains("SOLAR_ECLIPSE"), "{gap}");
    assert_eq!(report.verdict("111122223333", "ap-northeast-1", "ecr-repositories-unscanned"), "inconclusive");
    let snapshot = run.json_file("world.json");
    let rows = section(&snapshot, "/ecr/repository_scanning")["complete"].as_array().map_or(0, Vec::len);
    assert_eq!(rows, 1, "the other one was answered for");
}

#[test]
fn a_repository_that_was_deleted_meanwhile_is_gone_without_a_gap() {
    let aws = FakeAws::start();
    aws.on("ecr:BatchGetRepositoryScanningConfiguration").reply(Reply::Case("one-deleted"));
    let run = scan(&aws).expect(0);
    assert!(run.report().all_gaps().is_empty());
    let snapshot = run.json_file("world.json");
    let left: Vec<_> = section(&snapshot, "/ecr/repositories")["complete"]
        .as_array()
        .expect("a whole section")
        .iter()
        .map(|repository| &repository["name"])
        .collect();
    assert_eq!(left, ["shop/api"]);
}

#[test]
fn an_association_on_the_second_page_is_found() {
    let aws = FakeAws::start();
    aws.on("ssm:ListAssociations").with("NextToken", "").reply(Reply::Page("none", "more"));
    let run = scan(&aws).expect(0);
    let snapshot = run.json_file("world.json");
    assert_eq!(section(&snapshot, "/ssm/inspector_association")["complete"]["schedule_expression"], "rate(6 hours)");
}

fn repositories(count: usize) -> String {
    let rows: Vec<_> = (0..count)
        .map(|number| {
            let name = format!("app-{number:02}");
            json!({
                "repositoryArn": format!("arn:aws:ecr:ap-northeast-1:111122223333:repository/{name}"),
                "registryId": "111122223333",
                "repositoryName": name,
                "imageScanningConfiguration": { "scanOnPush": false },
            })
        })
        .collect();
    json!({ "repositories": rows }).to_string()
}

/// `BatchGetRepositoryScanningConfiguration` for exactly the names that were asked for.
fn scanning_of_names(call: &Call) -> String {
    let rows: Vec<_> = call
        .texts("repositoryNames")
        .into_iter()
        .map(|name| {
            json!({
                "repositoryArn": format!("arn:aws:ecr:ap-northeast-1:111122223333:repository/{name}"),
                "repositoryName": name,
                "scanOnPush": true,
                "scanFrequency": "SCAN_ON_PUSH",
                "appliedScanFilters": [{ "filter": "*", "filterType": "WILDCARD" }],
            })
        })
        .collect();
    json!({ "scanningConfigurations": rows, "failures": [] }).to_string()
}
