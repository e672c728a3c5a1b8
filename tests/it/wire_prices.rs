//! Live prices: asked of the Price List API on request alone, whole or not at all, and never of a wrong partition.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};
use crate::support::fake::FakeAws;
use crate::support::live::SECRET;
use crate::support::reply::Reply;

const PRODUCTS: &str = "pricing:GetProducts";
const SCAN: &str = "--region ap-northeast-1 --format json --fail-on never --rule efs-tier-recall";

fn audit(aws: &FakeAws, command: &str) -> Run {
    Audit::against(&aws.url()).args(command).args("--max-attempts 1").run()
}

/// `prices` has no option for attempts.
fn prices(aws: &FakeAws, options: &str) -> Run {
    Audit::against(&aws.url()).env("AWS_MAX_ATTEMPTS", "1").args("prices").args(options).run()
}

fn rate<'v>(table: &'v Value, region: &str, dimension: &str) -> &'v Value {
    let rates = table["rates"].as_array().expect("a list");
    rates.iter().find(|rate| rate["region"] == region && rate["dimension"] == dimension).expect("the rate")
}

#[test]
fn a_scan_with_live_prices_makes_its_figures_with_them() {
    let aws = FakeAws::start();
    let report = Audit::against(&aws.url()).scan(SCAN).args("--prices live").run().expect(0).report();
    let [recall] = report.findings("efs-tier-recall")[..] else { panic!("one finding: {:#}", report.0) };
    // 10,240 GiB x (0.40 - 0.0272); the embedded rate of Standard is 0.36.
    assert_eq!(recall["cost"]["monthly_usd"]["high"].to_string(), "3817.472");
    assert_eq!(recall["cost"]["lines"][0]["price_source"], "AWS Price List API, AmazonEFS, published 2026-11-18");
    assert_eq!(report.0["run"]["prices"]["source"], "live");
    let calls = aws.calls_of(PRODUCTS);
    let asked: Vec<_> = calls.iter().map(|call| (call.parameter("ServiceCode"), call.region.as_str())).collect();
    assert_eq!(asked, [("AmazonEFS", "us-east-1"), ("AmazonInspectorV2", "us-east-1")], "wherever the target is");
    assert!(calls.iter().all(|call| call.parameter("FormatVersion") == "aws_v1"));
    assert!(calls.iter().all(|call| call.parameter("MaxResults") == "100" && call.parameter("Filters").is_empty()));
}

#[test]
fn neither_prices_nor_bills_are_asked_for_without_their_options() {
    let aws = FakeAws::start();
    Audit::against(&aws.url()).scan(SCAN).args("--ecr-usage").run().expect(0);
    let file = prices(&aws, "--format json").expect(0).stdout;
    Audit::against(&aws.url()).file("p.json", file).scan(SCAN).args("--prices p.json").run().expect(0);
    assert!(aws.calls_of("ec2:DescribeInstances").len() == 2, "both scans ran");
    assert_eq!(aws.calls_of(PRODUCTS).len() + aws.calls_of("ce:GetCostAndUsage").len(), 0);
}

#[test]
fn every_page_of_a_listing_is_read() {
    let aws = FakeAws::start();
    let page = |token, reply| aws.on(PRODUCTS).with("ServiceCode", "AmazonEFS").with("NextToken", token).reply(reply);
    page("", Reply::Page("small", "second"));
    page("second", Reply::Case("efs-more"));
    let table = prices(&aws, "--prices live --region ap-northeast-1 --format json").expect(0).json();
    let live = |rate: &Value| {
        table["sources"][rate["source"].as_u64().and_then(|at| usize::try_from(at).ok()).expect("a number")]["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("AWS Price List API"))
    };
    for (dimension, expected) in [
        ("standard_storage", true),
        ("ia_access_read", true),
        ("ia_access_write_tiering", true),
        ("archive_storage_elastic_only", false),
    ] {
        assert_eq!(live(rate(&table, "ap-northeast-1", dimension)), expected, "{dimension}");
    }
    assert_eq!(aws.calls_of(PRODUCTS).len(), 3);
}

#[test]
fn a_refresh_reports_the_changed_rate_and_the_file_serves_the_next_run() {
    let aws = FakeAws::start();
    let run = Audit::against(&aws.url())
        .profile("commercial", "444455556666")
        .args("prices --refresh new.json --profile commercial")
        .run()
        .expect(0);
    for line in [
        "AmazonEFS ap-northeast-1 standard_storage: 0.36 -> 0.4 USD per GiB-month",
        "AmazonInspectorV2 ap-northeast-1 ec2_agent_instance_hour: new, 0.002 USD per Instance-hr",
        "2 rates have changed; written to new.json.",
    ] {
        assert!(run.stdout.lines().any(|said| said == line), "{line}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("ap-northeast-1 ia_storage"), "what has not changed is not listed: {}", run.stdout);
    assert!(aws.calls_of(PRODUCTS).iter().all(|call| call.account == "444455556666"));
    let written = run.json_file("new.json");
    assert_eq!(rate(&written, "ap-northeast-1", "standard_storage")["usd"], "0.4");
    let report = Audit::new()
        .file("new.json", written.to_string())
        .file("w.json", include_str!("../../fixtures/snapshots/cold-files-scanned.json"))
        .args("scan --snapshot w.json --prices new.json --format json --fail-on never --rule efs-tier-recall")
        .run()
        .expect(0)
        .report();
    assert_eq!(report.findings("efs-tier-recall")[0]["cost"]["monthly_usd"]["high"].to_string(), "3817.472");
}

#[test]
fn a_denial_ends_the_run_before_anything_else_is_asked_and_says_what_to_type() {
    let aws = FakeAws::start();
    aws.on(PRODUCTS).reply(Reply::Denied);
    let scan = audit(&aws, "scan --region ap-northeast-1 --prices live").expect(2);
    let refresh = prices(&aws, "--refresh new.json").expect(2);
    for run in [&scan, &refresh] {
        for word in ["Price List API", "add pricing:GetProducts to the role's policy", "--prices FILE"] {
            assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
        }
        assert!(run.stderr.lines().any(|line| line.starts_with("help: ")), "{}", run.stderr);
        assert_eq!(run.stdout, "");
        assert!(!run.stderr.contains(SECRET));
    }
    assert!(!refresh.path("new.json").exists());
    assert_eq!(aws.operations(), BTreeSet::from([PRODUCTS.to_owned()]));
}

#[test]
fn an_answer_that_cannot_be_one_is_an_error_and_never_half_a_table() {
    let broken = || {
        [
            Reply::Html,
            Reply::HalfBody("small"),
            Reply::Truncated("small"),
            Reply::Page("small", "again"),
            Reply::Throttled,
            Reply::Made(Box::new(|_| json!({ "FormatVersion": "aws_v1" }).to_string())),
            Reply::Made(Box::new(|_| json!({ "PriceList": null }).to_string())),
            Reply::Made(Box::new(|_| json!({ "PriceList": ["{"] }).to_string())),
        ]
    };
    for (number, reply) in broken().into_iter().enumerate() {
        let aws = FakeAws::start();
        aws.on(PRODUCTS).reply(reply);
        let run = prices(&aws, "--refresh new.json").expect(2);
        assert!(run.stderr.contains("--prices FILE") && run.stdout.is_empty(), "{number}: {}", run.stderr);
        assert!(!run.path("new.json").exists(), "{number}");
    }
    for (number, reply) in broken().into_iter().enumerate() {
        let aws = FakeAws::start();
        aws.on(PRODUCTS).reply(reply);
        aws.on(PRODUCTS).with("NextToken", "").reply(Reply::Page("small", "second"));
        assert_eq!(prices(&aws, "--prices live").code(), 2, "{number}");
        assert!(aws.calls_of(PRODUCTS).len() >= 2, "{number}");
    }
}

#[test]
fn without_credentials_or_with_those_of_another_partition_nothing_is_asked() {
    let aws = FakeAws::start();
    let run = Audit::new().env("AWS_ENDPOINT_URL", aws.url()).args("prices --prices live").run().expect(2);
    for word in ["Price List API", "no usable credentials", "aws sso login", "--prices FILE"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    let run = audit(&aws, "scan --region us-gov-west-1 --prices live").expect(2);
    for word in ["us-gov-west-1", "prices --refresh FILE --profile NAME", "--prices FILE"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    let run =
        Audit::against(&aws.url()).env("AWS_REGION", "us-gov-east-1").args("prices --prices live").run().expect(2);
    assert!(run.stderr.contains("us-gov-east-1"), "{}", run.stderr);
    assert!(aws.calls().is_empty(), "{:#?}", aws.calls());
}

#[test]
fn china_is_asked_at_home_and_its_yuan_are_not_read_as_dollars() {
    let aws = FakeAws::start();
    let yuan = include_str!("../../fixtures/wire/pricing/GetProducts/small.json").replace("USD", "CNY");
    aws.on(PRODUCTS).reply(Reply::Made(Box::new(move |_| yuan.replace("ap-northeast-1", "cn-north-1"))));
    let run = audit(&aws, "scan --region cn-north-1 --prices live").expect(2);
    for word in ["CNY", "cn-north-1", "--prices FILE"] {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    assert!(aws.calls().iter().all(|call| call.region == "cn-northwest-1"));
}
