//! Each operation under each fault, a region for each fault and one without: every run ends, says what it did not see, is
//! never clean where it was not before, and leaves the region without a fault alone.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use crate::support::audit::Audit;
use crate::support::fake::FakeAws;
use crate::support::live::ReportView;
use crate::support::reply::Reply;

const ACCOUNT: &str = "111122223333";
const SOUND: &str = "ap-northeast-1";

/// A region, and what happens to the operation there.
fn faults() -> [(&'static str, Reply); 9] {
    [
        ("eu-west-1", Reply::Denied),
        ("eu-west-2", Reply::Throttled),
        ("eu-west-3", Reply::Html),
        ("us-east-1", Reply::HtmlError(503)),
        ("us-east-2", Reply::HalfBody("small")),
        ("us-west-1", Reply::Truncated("small")),
        ("us-west-2", Reply::Reset),
        ("sa-east-1", Reply::Hang),
        ("ca-central-1", Reply::Foreign(403, "")),
    ]
}

fn scan(aws: &FakeAws) -> (i32, ReportView) {
    let mut options = format!("--region {SOUND}");
    for (region, _) in faults() {
        options = format!("{options} --region {region}");
    }
    let limits = "--max-attempts 2 --attempt-timeout 1 --operation-timeout 4";
    let run =
        Audit::against(&aws.url()).scan(&format!("{options} {limits} --ecr-usage --fail-on never --format json")).run();
    (run.code(), run.report())
}

/// What is found in a region, and what it costs. Evidence tells times, which go on from run to run.
fn findings(report: &ReportView, region: &str) -> Vec<String> {
    let own = report.list("findings").iter().filter(|finding| finding["region"] == region);
    own.map(|finding| {
        let parts = ["rule", "severity", "confidence", "fingerprint", "cost"].map(|part| finding[part].to_string());
        parts.join(" ")
    })
    .collect()
}

fn check(operation: &str, healthy: &ReportView) {
    let aws = FakeAws::start();
    for (region, fault) in faults() {
        aws.on(operation).region(region).reply(fault);
    }
    let (status, report) = scan(&aws);
    let is_open = report.all_gaps().iter().any(|gap| gap["rules"].as_array().is_some_and(|rules| !rules.is_empty()));
    assert_eq!(status, if is_open { 3 } else { 0 }, "{operation}");
    assert_eq!(findings(&report, SOUND), findings(healthy, SOUND), "{operation}");
    assert_eq!(report.verdicts(ACCOUNT, SOUND), healthy.verdicts(ACCOUNT, SOUND), "{operation}");
    for (region, fault) in faults() {
        // Where interfaces may not be listed, EFS is asked instead, and nothing is missing.
        let has_gap = report.all_gaps().into_iter().any(|gap| gap["region"] == region);
        assert!(
            has_gap || operation == "ec2:DescribeNetworkInterfaces",
            "{operation} in {region}, {fault:?}: nothing is said of it"
        );
        for (rule, verdict) in report.verdicts(ACCOUNT, region) {
            let before = healthy.verdict(ACCOUNT, region, rule);
            let is_honest = match before {
                "findings" => verdict == "findings" || verdict == "inconclusive",
                _ => verdict == before || verdict != "clean",
            };
            assert!(is_honest, "{operation} in {region}, {fault:?}: {rule} was {before} and is {verdict}");
        }
    }
}

#[test]
fn every_operation_under_every_fault_is_a_gap_and_touches_no_other_region() {
    let aws = FakeAws::start();
    let (status, healthy) = scan(&aws);
    assert_eq!((status, healthy.all_gaps().len()), (0, 0));
    // The way in is one for all regions, and tried elsewhere.
    let called: BTreeSet<String> = aws.operations().into_iter().filter(|name| !name.starts_with("sts:")).collect();
    assert!(called.len() > 20, "{called:?}");
    let left = Mutex::new(called.into_iter());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(operation) = left.lock().expect("nobody fails while it is held").next() else { break };
                    check(&operation, &healthy);
                }
            });
        }
    });
}
