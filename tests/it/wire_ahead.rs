//! While a long list of managed nodes is read, what its beginning makes worth asking is asked beside it: nothing more than
//! otherwise, and with the same answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};
use crate::support::fake::FakeAws;
use crate::support::reply::Reply;
use crate::support::series::steady_runs;

const NODES: &str = "ssm:DescribeInstanceInformation";
const METRICS: &str = "cloudwatch:GetMetricData";
const RUNS: &str = "ssm:DescribeAssociationExecutions";
const TARGETS: &str = "ssm:DescribeAssociationExecutionTargets";

fn scan(aws: &FakeAws) -> Run {
    Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --format json --fail-on never --allow-gaps --save-snapshot world.json")
        .run()
        .expect(0)
}

/// How often each operation was called.
fn calls(aws: &FakeAws) -> BTreeMap<String, usize> {
    aws.operations().into_iter().map(|operation| (operation.clone(), aws.calls_of(&operation).len())).collect()
}

/// The evidence, but for the windows of time, which move with the clock.
fn evidence(run: &Run) -> Value {
    let mut evidence = run.json_file("world.json")["targets"][0]["evidence"].clone();
    for section in ["efs_metrics", "efs_reads"] {
        let series = &mut evidence[section]["complete"];
        assert!(series["requested"].as_u64().is_some_and(|metrics| metrics > 0), "{section}");
        *series = json!([
            series["requested"],
            series["file_systems"].as_object().expect("series").keys().collect::<Vec<_>>()
        ]);
    }
    for section in ["association_runs", "association_targets"] {
        let rows = evidence[section]["complete"]["rows"].as_array_mut().expect("rows");
        for row in rows {
            row["at"] = Value::Null;
        }
    }
    evidence
}

/// Two pages of nodes, `first` before the other; `held`: the second comes once something else has been asked.
fn world(first: &'static str, second: &'static str, held: Option<(&'static str, usize)>) -> FakeAws {
    let aws = FakeAws::start();
    let last = match held {
        Some((operation, calls)) => Reply::Once(operation, calls, Box::new(Reply::Case(second))),
        None => Reply::Case(second),
    };
    aws.on(NODES).reply(last);
    aws.on(NODES).with("NextToken", "").reply(Reply::Page(first, "more"));
    aws
}

#[test]
fn what_the_first_nodes_show_is_asked_before_the_last_ones_are_known() {
    let plain = world("small", "page-2", None);
    let expected = evidence(&scan(&plain));
    for held in [(METRICS, 2), (TARGETS, 8)] {
        let aws = world("small", "page-2", Some(held));
        assert_eq!(evidence(&scan(&aws)), expected, "{held:?}");
        assert_eq!(calls(&aws), calls(&plain), "{held:?}");
    }
}

#[test]
fn what_the_last_nodes_show_is_asked_after_them() {
    let plain = world("page-2", "small", None);
    let expected = evidence(&scan(&plain));
    // The first page has none of the instances that matter: only the series are asked beside the list.
    let aws = world("page-2", "small", Some((METRICS, 2)));
    assert_eq!(evidence(&scan(&aws)), expected);
    assert_eq!(calls(&aws), calls(&plain));
    let order: Vec<String> = aws.calls().into_iter().map(|call| call.operation).collect();
    let last = |operation: &str| order.iter().rposition(|one| one == operation).expect(operation);
    assert!(last(RUNS) > last(NODES), "{order:?}");
}

#[test]
fn series_that_are_denied_beside_the_list_are_one_gap_and_not_asked_again() {
    let aws = world("page-2", "small", Some((METRICS, 2)));
    aws.on(METRICS).reply(Reply::Denied);
    let run = scan(&aws);
    assert_eq!(aws.calls_of(METRICS).len(), 2);
    let evidence = &run.json_file("world.json")["targets"][0]["evidence"];
    for section in ["efs_metrics", "efs_reads"] {
        assert_eq!(evidence[section]["missing"]["reason"], "access_denied", "{section}");
    }
}

#[test]
fn a_run_on_more_instances_than_may_be_asked_about_is_not_asked_about_at_all() {
    for (counts, asked) in [("{Success=1990, Failed=11}", 0), ("{Success=1600, Failed=50}", 8), ("many", 8)] {
        let aws = FakeAws::start();
        let counted = move |call: &_| {
            let mut runs: Value = serde_json::from_str(&steady_runs(call)).expect("JSON");
            for run in runs["AssociationExecutions"].as_array_mut().expect("runs") {
                run["ResourceCountByStatus"] = counts.into();
            }
            runs.to_string()
        };
        aws.on(RUNS).reply(Reply::Made(Box::new(counted)));
        let run = scan(&aws);
        let found = &run.json_file("world.json")["targets"][0]["evidence"]["association_targets"]["complete"];
        assert_eq!(aws.calls_of(TARGETS).len(), asked, "{counts}");
        assert_eq!(found["truncated"].is_null(), asked > 0, "{counts}");
        if asked == 0 {
            assert!(found["truncated"].as_str().is_some_and(|why| why.contains("a run on 2001 instances")), "{found}");
        }
    }
}
