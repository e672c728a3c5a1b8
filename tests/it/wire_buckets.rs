//! Requests to mounted buckets: listed once, asked by the metric, and only where a bucket is known to be mounted.

use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};
use crate::support::call::Call;
use crate::support::fake::FakeAws;
use crate::support::reply::Reply;
use crate::support::series::{answer, queries, quiet};

const LIST: &str = "cloudwatch:ListMetrics";
const DATA: &str = "cloudwatch:GetMetricData";
const MOUNTS: &str = "\
/dev/nvme0n1p1 / xfs rw 0 0
assets-111122223333:/logs /data fuse.s3fs rw 0 0
quiet-111122223333 /quiet fuse.s3fs rw 0 0
";

fn scan(aws: &FakeAws, more: &str) -> Run {
    Audit::against(&aws.url())
        .file("mounts.txt", MOUNTS)
        .scan("--region ap-northeast-1 --format json --fail-on never --save-snapshot world.json")
        .args("--mount-table i-0123456789abcde01=mounts.txt")
        .args(more)
        .run()
}

fn section(run: &Run) -> Value {
    run.json_file("world.json")["targets"][0]["evidence"]["s3_requests"].clone()
}

/// A fake whose buckets are asked for ten LIST and a GET a step, and a hundred times that below one prefix.
fn counted() -> FakeAws {
    let aws = FakeAws::start();
    aws.on(LIST).with("NextToken", "").reply(Reply::Page("small", "2"));
    aws.on(LIST).with("NextToken", "2").reply(Reply::Case("page-2"));
    aws.on(DATA).reply(Reply::Made(Box::new(|call: &Call| {
        if !call.parameter("MetricDataQueries").contains("AWS/S3") {
            return quiet(call);
        }
        let of_prefix = |id: &str| call.parameter("MetricDataQueries").contains("a-prefix") && id.starts_with("s1_");
        answer(call, |query, _| {
            let times = if of_prefix(&query.id) { 100 } else { 1 };
            json!(
                times
                    * match query.metric.as_str() {
                        "ListRequests" => 10,
                        "GetRequests" => 1,
                        _ => 0,
                    }
            )
        })
    })));
    aws
}

fn of_buckets(aws: &FakeAws) -> Vec<Call> {
    aws.calls_of(DATA).into_iter().filter(|call| call.parameter("MetricDataQueries").contains("AWS/S3")).collect()
}

#[test]
fn a_mounted_bucket_is_counted_by_the_configuration_of_the_whole_of_it() {
    let aws = counted();
    let run = scan(&aws, "").expect(0);
    assert_eq!(aws.calls_of(LIST).len(), 2, "one listing, two pages");
    let [call] = &of_buckets(&aws)[..] else { panic!("one call for all of it") };
    assert_eq!(queries(call).len(), 6, "three sums of two configurations, none of a bucket that nobody mounts");
    let found = section(&run);
    let buckets = &found["complete"]["buckets"];
    // 30 days in steps of four hours.
    let expected = json!({ "filter": "EntireBucket", "list": 1800, "head": 0, "get": 180, "incomplete": null });
    assert_eq!(buckets["assets-111122223333"], expected, "{found:#}");
    assert_eq!(buckets["quiet-111122223333"]["filter"], Value::Null);
    let report = run.report();
    let [finding] = report.findings("s3-mount-scanned")[..] else { panic!("one: {:#}", report.0["findings"]) };
    let said = finding["evidence"].to_string();
    assert!(said.contains("1,800 LIST, 0 HEAD and 180 GET in 30 days"), "{said}");
    assert!(said.contains("quiet-111122223333 has no request metrics"), "{said}");
    assert!(run.stderr.contains("6 metrics") && run.stderr.contains("$0.00006"), "{}", run.stderr);
}

#[test]
fn a_denial_is_a_gap_that_keeps_nothing_open() {
    for operation in [LIST, DATA] {
        let aws = counted();
        aws.on(operation).reply(Reply::Denied);
        let run = scan(&aws, "--rule s3-mount-scanned").expect(0);
        let report = run.report();
        let gap = report.gap("cloudwatch.s3_requests");
        assert_eq!((&gap["operation"], &gap["rules"]), (&json!(operation), &json!([])));
        assert_eq!(report.findings("s3-mount-scanned").len(), 1);
    }
}

#[test]
fn without_metrics_or_a_mounted_bucket_nobody_is_asked() {
    let aws = counted();
    scan(&aws, "--no-metrics").expect(0);
    assert!(aws.calls_of(LIST).is_empty());
    let aws = counted();
    let none = Audit::against(&aws.url()).scan("--region ap-northeast-1 --format json --fail-on never").run();
    none.expect(0);
    assert!(aws.calls_of(LIST).is_empty() && of_buckets(&aws).is_empty());
}
