//! Which targets a run has: regions, roles, profiles, and credentials that do not work.

use serde_json::json;

use crate::support::audit::Audit;
use crate::support::fake::FakeAws;
use crate::support::live::ReportView;
use crate::support::reply::Reply;

const ROLES: &str =
    "--role-arn arn:aws:iam::444455556666:role/auditor --role-arn arn:aws:iam::123456789012:role/auditor";
const RULE: &str = "efs-tier-recall";

fn targets(report: &ReportView) -> Vec<(&str, &str)> {
    let rows = report.0["run"]["targets"].as_array().expect("a list");
    rows.iter().map(|row| (row["account"].as_str().unwrap_or(""), row["region"].as_str().unwrap_or(""))).collect()
}

#[test]
fn roles_and_regions_make_a_target_each() {
    let aws = FakeAws::start();
    let report = Audit::against(&aws.url())
        .scan("--format json --region us-east-1 --region ap-northeast-1 --external-id shared-secret-42")
        .args(ROLES)
        .run()
        .expect(1)
        .report();
    let all = [
        ("123456789012", "ap-northeast-1"),
        ("123456789012", "us-east-1"),
        ("444455556666", "ap-northeast-1"),
        ("444455556666", "us-east-1"),
    ];
    assert_eq!(targets(&report), all);
    assert!(report.complete());
    assert_eq!(report.findings(RULE).len(), 4);
    for call in aws.calls_of("sts:AssumeRole") {
        assert_eq!(call.parameter("ExternalId"), "shared-secret-42");
        assert_eq!(call.account, "111122223333");
    }
    let elsewhere: Vec<_> = aws
        .calls()
        .into_iter()
        .filter(|call| !call.operation.starts_with("sts:") && call.account == "111122223333")
        .collect();
    assert!(elsewhere.is_empty(), "the caller's own account is no target: {elsewhere:#?}");
}

#[test]
fn a_role_that_cannot_be_assumed_does_not_end_the_others() {
    let aws = FakeAws::start();
    aws.on("sts:AssumeRole").with("RoleArn", "arn:aws:iam::444455556666:role/auditor").reply(Reply::Denied);
    let report = Audit::against(&aws.url()).scan("--format json --region ap-northeast-1").args(ROLES).run().expect(1);
    let report = report.report();
    assert_eq!(targets(&report), [("123456789012", "ap-northeast-1"), ("444455556666", "ap-northeast-1")]);
    assert_eq!(report.verdict("123456789012", "ap-northeast-1", RULE), "findings");
    let gap = report.gap("sts.identity");
    assert_eq!((&gap["account"], &gap["operation"]), (&json!("444455556666"), &json!("sts:AssumeRole")));
    assert_eq!(gap["reason"], "access_denied");
    let of_other = report.verdicts("444455556666", "ap-northeast-1");
    assert!(of_other.len() > 5 && of_other.values().all(|verdict| verdict == "inconclusive"));
    assert!(!report.complete());
    assert_eq!(report.all_gaps().len(), 1, "one reason is enough: {:#}", report.0["gaps"]);
}

#[test]
fn no_role_that_can_be_assumed_is_a_failure() {
    let aws = FakeAws::start();
    aws.on("sts:AssumeRole").reply(Reply::Denied);
    let run = Audit::against(&aws.url()).scan("--format json --region ap-northeast-1").args(ROLES).run().expect(2);
    assert!(run.stderr.contains("arn:aws:iam::444455556666:role/auditor"), "{}", run.stderr);
    assert!(run.stderr.contains("sts:AssumeRole"), "{}", run.stderr);
}

#[test]
fn two_profiles_of_one_account_are_judged_once() {
    let aws = FakeAws::start();
    let report = Audit::new()
        .env("AWS_ENDPOINT_URL", aws.url())
        .profile("first", "111122223333")
        .profile("second", "111122223333")
        .profile("third", "444455556666")
        .scan("--format json --region ap-northeast-1 --profile first --profile second --profile third")
        .run()
        .expect(1)
        .report();
    assert_eq!(targets(&report), [("111122223333", "ap-northeast-1"), ("444455556666", "ap-northeast-1")]);
    assert_eq!(aws.calls_of("ec2:DescribeInstances").len(), 2);
    assert_eq!(report.findings(RULE).len(), 2);
}

#[test]
fn a_profile_that_does_not_exist_is_named() {
    let aws = FakeAws::start();
    let run = Audit::new()
        .env("AWS_ENDPOINT_URL", aws.url())
        .profile("known", "111122223333")
        .scan("--region ap-northeast-1 --profile unknown")
        .run()
        .expect(2);
    assert!(run.stderr.contains("unknown"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn the_region_may_come_from_the_environment_or_the_profile() {
    let aws = FakeAws::start();
    let scan = "--format json --fail-on never";
    let report = Audit::against(&aws.url()).env("AWS_REGION", "eu-west-1").scan(scan).run().expect(0).report();
    assert_eq!(targets(&report), [("111122223333", "eu-west-1")]);
    let config =
        "[profile p]\naws_access_key_id = AKIA111122223333EXAM\naws_secret_access_key = x\nregion = eu-north-1\n";
    let report = Audit::new()
        .env("AWS_ENDPOINT_URL", aws.url())
        .file(".aws/config", config)
        .scan(scan)
        .args("--profile p")
        .run()
        .expect(0)
        .report();
    assert_eq!(targets(&report), [("111122223333", "eu-north-1")]);
}

#[test]
fn no_region_is_a_usage_error_that_says_what_to_type() {
    let aws = FakeAws::start();
    let run = Audit::against(&aws.url()).scan("").run().expect(2);
    assert!(run.stderr.contains("--region"), "{}", run.stderr);
    assert_eq!((run.stdout.as_str(), aws.calls().len()), ("", 0));
}

#[test]
fn all_regions_are_those_that_the_account_has_enabled() {
    let aws = FakeAws::start();
    let report = Audit::against(&aws.url())
        .env("AWS_REGION", "ap-northeast-1")
        .scan("--format json --all-regions --fail-on never")
        .run()
        .report();
    let account = "111122223333";
    assert_eq!(targets(&report), [(account, "ap-northeast-1"), (account, "ap-southeast-4"), (account, "us-east-1")]);
    assert_eq!(aws.calls_of("ec2:DescribeRegions").len(), 1);
    for region in ["ap-northeast-1", "ap-southeast-4", "us-east-1"] {
        let here = aws.calls_of("ec2:DescribeInstances").into_iter().filter(|call| call.region == region);
        assert_eq!(here.count(), 1, "{region}");
    }
}

#[test]
fn a_region_that_is_off_is_a_gap_of_that_region_alone() {
    let aws = FakeAws::start();
    aws.on("*").region("ap-east-1").reply(Reply::NotOptedIn);
    let report = Audit::against(&aws.url())
        .scan("--format json --region ap-northeast-1 --region ap-east-1")
        .run()
        .expect(1)
        .report();
    assert_eq!(report.verdict("111122223333", "ap-northeast-1", RULE), "findings");
    assert_eq!(report.verdict("111122223333", "ap-east-1", RULE), "inconclusive");
    let gaps: Vec<_> = report.all_gaps().into_iter().filter(|gap| gap["region"] == "ap-east-1").collect();
    assert!(!gaps.is_empty() && gaps.iter().all(|gap| gap["reason"] == "region_disabled"), "{gaps:#?}");
    assert!(report.all_gaps().into_iter().all(|gap| gap["region"] == "ap-east-1"));
}

#[test]
fn no_credentials_are_a_failure_that_says_so() {
    let aws = FakeAws::start();
    let run = Audit::new().env("AWS_ENDPOINT_URL", aws.url()).scan("--region ap-northeast-1").run().expect(2);
    assert!(run.stderr.to_lowercase().contains("credentials"), "{}", run.stderr);
    assert_eq!((run.stdout.as_str(), aws.calls().len()), ("", 0));
}

#[test]
fn an_expired_token_is_a_failure_that_says_so() {
    let aws = FakeAws::start();
    aws.on("*").reply(Reply::Expired);
    let run = Audit::against(&aws.url()).scan("--region ap-northeast-1").run().expect(2);
    assert!(run.stderr.to_lowercase().contains("expired"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn a_token_that_expires_on_the_way_leaves_gaps() {
    let aws = FakeAws::start();
    for prefix in ["ec2:*", "ecr:*", "elasticfilesystem:*", "inspector2:*", "ssm:*"] {
        aws.on(prefix).reply(Reply::Expired);
    }
    let run = Audit::against(&aws.url()).scan("--format json --region ap-northeast-1").run().expect(3);
    let report = run.report();
    assert!(report.all_gaps().len() > 10);
    assert!(report.all_gaps().into_iter().all(|gap| gap["reason"] == "no_credentials"), "{:#}", report.0["gaps"]);
}

#[test]
fn an_endpoint_that_nobody_serves_is_a_failure_that_names_the_next_step() {
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port").local_addr().expect("an address");
    let run = Audit::against(&format!("http://{free}"))
        .scan("--region ap-northeast-1 --max-attempts 1 --connect-timeout 2")
        .run()
        .expect(2);
    assert!(run.stderr.contains("AWS_ENDPOINT_URL"), "{}", run.stderr);
}

#[test]
fn the_endpoint_of_one_service_can_be_set_alone() {
    let (aws, only_ssm) = (FakeAws::start(), FakeAws::start());
    Audit::against(&aws.url())
        .env("AWS_ENDPOINT_URL_SSM", only_ssm.url())
        .scan("--region ap-northeast-1 --format json")
        .run()
        .expect(1);
    assert!(only_ssm.operations().iter().all(|name| name.starts_with("ssm:")) && !only_ssm.calls().is_empty());
    assert!(aws.operations().iter().all(|name| !name.starts_with("ssm:")));
}
