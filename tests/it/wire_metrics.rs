//! CloudWatch metrics: asked in as few calls as there can be, in CBOR, and put in order whatever comes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};
use crate::support::call::Call;
use crate::support::cbor;
use crate::support::fake::FakeAws;
use crate::support::reply::Reply;
use crate::support::series::{answer, queries, quiet, window};

const METRICS: &str = "cloudwatch:GetMetricData";
const FILE_SYSTEM: &str = "fs-0123456789abcde01";

fn scan(aws: &FakeAws, more: &str) -> Run {
    Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --format json --fail-on never --allow-gaps --save-snapshot world.json")
        .args(more)
        .run()
}

/// The section of metrics.
fn metrics(run: &Run) -> Value {
    run.json_file("world.json")["targets"][0]["evidence"]["efs_metrics"].clone()
}

/// The series of the small account's exposed file system.
fn series(run: &Run) -> Value {
    metrics(run)["complete"]["file_systems"][FILE_SYSTEM].clone()
}

/// The calls for series over the whole history.
fn history(aws: &FakeAws) -> Vec<Call> {
    aws.calls_of(METRICS).into_iter().filter(|call| !is_fine(call)).collect()
}

/// Whether a call asks for reads in fine steps.
fn is_fine(call: &Call) -> bool {
    queries(call).iter().any(|query| query.metric == "MetadataReadIOBytes")
}

#[test]
fn one_call_asks_for_the_five_series_of_the_one_file_system_that_can_matter() {
    let aws = FakeAws::start();
    let run = scan(&aws, "").expect(0);
    let [call] = &history(&aws)[..] else { panic!("one call") };
    let asked: BTreeSet<_> =
        queries(call).into_iter().map(|query| (query.file_system, query.metric, query.statistic)).collect();
    let row = |metric: &str, statistic: &str| (FILE_SYSTEM.to_owned(), metric.to_owned(), statistic.to_owned());
    let wanted = [
        row("ClientConnections", "Sum"),
        row("DataReadIOBytes", "Sum"),
        row("StorageBytes Archive", "Average"),
        row("StorageBytes IA", "Average"),
        row("StorageBytes Standard", "Average"),
    ];
    assert_eq!(asked, BTreeSet::from(wanted));
    let (from, to) = window(call);
    assert_eq!((to - from, to % 14_400), (30 * 86_400, 0));
    let section = metrics(&run);
    assert_eq!((&section["complete"]["requested"], &section["complete"]["period"]), (&json!(5), &json!(14_400)));
    let found = series(&run);
    assert_eq!(found["standard"].as_array().map(Vec::len), Some(180));
    assert_eq!(found["standard"][0]["value"], 53_687_091_200_i64);
    assert_eq!(found["incomplete"], Value::Null);
    assert!(run.stderr.contains("7 metrics") && run.stderr.contains("$0.00007"), "{}", run.stderr);
    assert_eq!(run.stderr.matches("asking CloudWatch").count(), 1, "{}", run.stderr);
}

#[test]
fn one_more_call_asks_for_two_weeks_of_reads_in_steps_of_five_minutes() {
    let aws = FakeAws::start();
    // A run every six hours reads a MiB in its first two steps; of one step nothing is known.
    let reads = |call: &Call| {
        let text = answer(call, |query, step| match (query.metric.as_str(), step % 72) {
            ("DataReadIOBytes", 0 | 1) => json!(1_048_576),
            ("MetadataReadIOBytes", _) => json!(4_096),
            _ => json!(0),
        });
        let mut body: Value = serde_json::from_str(&text).expect("JSON");
        for list in ["Timestamps", "Values"] {
            body["MetricDataResults"][0][list].as_array_mut().expect("a list").pop();
        }
        body.to_string()
    };
    aws.on(METRICS).reply(Reply::Made(Box::new(reads)));
    let run = scan(&aws, "").expect(0);
    let [call] = &aws.calls_of(METRICS).into_iter().filter(is_fine).collect::<Vec<_>>()[..] else { panic!("one call") };
    let asked: BTreeSet<_> =
        queries(call).into_iter().map(|query| (query.metric, query.statistic, query.period)).collect();
    let wanted = ["DataReadIOBytes", "MetadataReadIOBytes"].map(|metric| (metric.to_owned(), "Sum".to_owned(), 300));
    assert_eq!(asked, BTreeSet::from(wanted));
    let (from, to) = window(call);
    assert_eq!((to - from, to % 300), (14 * 86_400, 0));
    let section = run.json_file("world.json")["targets"][0]["evidence"]["efs_reads"]["complete"].clone();
    assert_eq!((&section["requested"], &section["period"]), (&json!(2), &json!(300)));
    let found = &section["file_systems"][FILE_SYSTEM];
    let data = found["data"].as_str().expect("a series");
    assert!(data.starts_with("1048576*2 0*70 1048576*2") && data.ends_with(" 0*69 -"), "{data}");
    assert_eq!(found["metadata"], "4096*4032");
    assert_eq!(found["incomplete"], Value::Null);
    assert!(found.to_string().len() < 2_000, "{}", found.to_string().len());
}

#[test]
fn reads_that_are_denied_are_a_gap_that_opens_no_rule() {
    let aws = FakeAws::start();
    let denied = |call: &Call| if is_fine(call) { json!({ "Messages": [] }).to_string() } else { quiet(call) };
    aws.on(METRICS).reply(Reply::Made(Box::new(denied)));
    let report = scan(&aws, "").expect(0).report();
    let gap = report.gap("cloudwatch.efs_reads");
    assert_eq!((&gap["reason"], &gap["rules"]), (&json!("protocol"), &json!([])), "{gap:#}");
    assert!(report.gaps("cloudwatch.efs_metrics").is_empty());
}

#[test]
fn the_history_is_as_long_as_it_was_asked_for_and_quiet_says_nothing() {
    let aws = FakeAws::start();
    let run = scan(&aws, "--history 1 --quiet").expect(0);
    let call = &history(&aws)[0];
    let (from, to) = window(call);
    assert_eq!((to - from, queries(call)[0].period), (86_400, 900));
    let fine = aws.calls_of(METRICS).into_iter().find(is_fine).expect("a call");
    let (from, to) = window(&fine);
    assert_eq!((to - from, queries(&fine)[0].period), (86_400, 300));
    assert_eq!(run.stderr, "");
    assert_eq!(Audit::new().scan("--history 456 --region ap-northeast-1").run().code(), 2);
    assert_eq!(Audit::new().scan("--history 0 --region ap-northeast-1").run().code(), 2);
}

#[test]
fn without_metrics_nothing_is_asked_and_it_is_no_gap() {
    let aws = FakeAws::start();
    let run = scan(&aws, "--no-metrics").expect(0);
    assert!(aws.calls_of(METRICS).is_empty());
    assert!(aws.calls_of("ssm:DescribeAssociationExecutions").is_empty());
    assert!(run.report().gaps("cloudwatch.efs_metrics").is_empty());
    assert!(metrics(&run).get("complete").is_none());
}

/// An answer without a series.
fn answer_nothing() -> String {
    json!({ "MetricDataResults": [], "Messages": [] }).to_string()
}

/// The small account's file system a hundred and fifty times.
fn many_file_systems(_: &Call) -> String {
    let row = |number: usize| {
        json!({
            "OwnerId": "111122223333", "FileSystemId": format!("fs-{number:017x}"), "CreationTime": 1_704_067_200.0,
            "LifeCycleState": "available", "NumberOfMountTargets": 1, "PerformanceMode": "generalPurpose",
            "ThroughputMode": "bursting", "Tags": [],
            "SizeInBytes": { "Value": 1_u64 << 40, "ValueInIA": 1_u64 << 40, "ValueInStandard": 0 },
        })
    };
    json!({ "FileSystems": (0..150).map(row).collect::<Vec<_>>() }).to_string()
}

#[test]
fn five_hundred_metrics_go_into_each_call() {
    let aws = FakeAws::start();
    aws.on("elasticfilesystem:DescribeFileSystems").reply(Reply::Made(Box::new(many_file_systems)));
    // The mount targets could not be read: each of them could still matter.
    aws.on("ec2:DescribeNetworkInterfaces").reply(Reply::Denied);
    aws.on("elasticfilesystem:DescribeMountTargets").reply(Reply::Denied);
    // A million points more would show nothing.
    let coarse = |call: &Call| if is_fine(call) { answer_nothing() } else { quiet(call) };
    aws.on(METRICS).reply(Reply::Made(Box::new(coarse)));
    let run = scan(&aws, "--attempt-timeout 60 --operation-timeout 100");
    let mut sizes: Vec<_> = history(&aws).iter().map(|call| queries(call).len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [250, 500]);
    // An answer has room for 100,800 points, which are 25 series of two weeks: as many calls as there would be pages.
    let fine: Vec<_> =
        aws.calls_of(METRICS).iter().filter(|call| is_fine(call)).map(|call| queries(call).len()).collect();
    assert_eq!(fine, [25; 12]);
    assert_eq!(metrics(&run)["complete"]["file_systems"].as_object().map(serde_json::Map::len), Some(150));
    assert!(run.stderr.contains("1050 metrics"), "{}", run.stderr);
}

#[test]
fn pages_are_put_together_and_duplicates_and_disorder_undone() {
    let aws = FakeAws::start();
    let first = |call: &Call| {
        let mut body: Value = serde_json::from_str(&quiet(call)).expect("JSON");
        for result in body["MetricDataResults"].as_array_mut().expect("a list") {
            result["StatusCode"] = json!("PartialData");
            for list in ["Timestamps", "Values"] {
                let list = result[list].as_array_mut().expect("a list");
                list.reverse();
                list.truncate(100);
            }
        }
        body["NextToken"] = json!("more");
        body.to_string()
    };
    aws.on(METRICS).with("NextToken", "").reply(Reply::Made(Box::new(first)));
    aws.on(METRICS).with("NextToken", "more").reply(Reply::Made(Box::new(quiet)));
    let run = scan(&aws, "").expect(0);
    assert_eq!(history(&aws).len(), 2);
    let found = series(&run);
    let times: Vec<_> = found["standard"].as_array().expect("points").iter().map(|point| &point["at"]).collect();
    assert_eq!(times.len(), 180);
    assert!(times.is_sorted_by(|a, b| a.as_str() < b.as_str()), "{times:?}");
    assert_eq!(found["incomplete"], Value::Null);
}

#[test]
fn partial_data_and_messages_are_told_and_what_is_no_quantity_is_refused() {
    let aws = FakeAws::start();
    let odd = |call: &Call| {
        let values = ["float:NaN", "float:-1", "float:1e300", "float:2.6"];
        let text = answer(call, |_, step| json!(values[usize::try_from(step % 4).expect("small")]));
        let mut body: Value = serde_json::from_str(&text).expect("JSON");
        body["MetricDataResults"][0]["StatusCode"] = json!("PartialData");
        body["MetricDataResults"][1]["Messages"] = json!([{ "Code": "ArithmeticError", "Value": "one value" }]);
        if !is_fine(call) {
            body["MetricDataResults"].as_array_mut().expect("a list").remove(4);
        }
        body["Messages"] = json!([{ "Code": "MaxMetricsExceeded", "Value": "too many" }]);
        body.to_string()
    };
    aws.on(METRICS).reply(Reply::Made(Box::new(odd)));
    let run = scan(&aws, "").expect(0);
    let found = series(&run);
    let why = found["incomplete"].as_str().expect("a reason");
    for part in ["PartialData", "ArithmeticError", "did not answer", "MaxMetricsExceeded", "135 points"] {
        assert!(why.contains(part), "{part} in {why}");
    }
    let values: BTreeSet<_> =
        found["standard"].as_array().expect("points").iter().map(|point| point["value"].to_string()).collect();
    assert_eq!(values, BTreeSet::from(["3".to_owned()]));
    assert_eq!(found["client_connections"], json!([]));
}

#[test]
fn an_answer_that_cannot_be_one_is_a_gap_and_the_rest_stands() {
    let broken = || {
        [
            (Reply::Denied, "access_denied"),
            (Reply::Html, "protocol"),
            (Reply::HalfBody("small"), "protocol"),
            (Reply::Made(Box::new(|_| json!({ "Messages": [] }).to_string())), "protocol"),
            (Reply::Page("small", "again"), "protocol"),
            (Reply::Throttled, "throttled"),
        ]
    };
    for (reply, reason) in broken() {
        let aws = FakeAws::start();
        let name = format!("{reply:?}");
        aws.on(METRICS).reply(reply);
        let run = scan(&aws, "--max-attempts 1").expect(0);
        let report = run.report();
        for section in ["cloudwatch.efs_metrics", "cloudwatch.efs_reads"] {
            let gap = report.gap(section);
            assert_eq!((&gap["reason"], &gap["operation"]), (&json!(reason), &json!(METRICS)), "{name}: {gap}");
        }
        assert_eq!(report.findings("efs-tier-recall").len(), 1, "{name}");
    }
}

#[test]
fn what_the_fake_writes_by_hand_reads_as_what_the_library_writes() {
    let mut out = Vec::new();
    cbor::map(&mut out, 3);
    cbor::text(&mut out, "Id");
    cbor::text(&mut out, "a name of more than twenty-three bytes");
    cbor::text(&mut out, "Timestamps");
    cbor::array(&mut out, 300);
    (0..300).for_each(|step| cbor::time(&mut out, 1_795_219_200 + step * 300));
    cbor::text(&mut out, "Values");
    cbor::array(&mut out, 2);
    cbor::number(&mut out, 10_995_116_277_760);
    cbor::number(&mut out, 0);
    let times: Vec<i64> = (0..300).map(|step| 1_795_219_200 + step * 300).collect();
    let same = json!({
        "Id": "a name of more than twenty-three bytes",
        "Timestamps": times,
        "Values": [10_995_116_277_760_u64, 0],
    });
    // The library writes floats shorter where it can.
    assert_eq!(cbor::to_json(&out), cbor::to_json(&cbor::from_json(&same.to_string())));
}
