//! Answers that are none: pages of a proxy, half bodies, ends of connections, silence, throttling.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::audit::{Audit, Run};
use crate::support::fake::FakeAws;
use crate::support::live::ReportView;
use crate::support::reply::Reply;

/// One operation of each service (and protocol) that holds a section of its own, and that section.
const SERVICES: &[(&str, &str)] = &[
    ("ec2:DescribeInstances", "ec2.instances"),
    ("ecr:GetRegistryScanningConfiguration", "ecr.registry_scanning"),
    ("elasticfilesystem:DescribeFileSystems", "efs.file_systems"),
    ("inspector2:BatchGetAccountStatus", "inspector.account_status"),
    ("ssm:DescribeInstanceInformation", "ssm.managed_nodes"),
];

fn scan(aws: &FakeAws, more: &str) -> Run {
    Audit::against(&aws.url()).scan("--region ap-northeast-1 --format json --fail-on never").args(more).run()
}

/// Breaks one operation of each service in turn, and expects a gap with one of the reasons.
fn breaks(reply: impl Fn() -> Reply, more: &str, reasons: &[&str]) {
    for (operation, section) in SERVICES {
        let aws = FakeAws::start();
        aws.on(operation).reply(reply());
        let report = scan(&aws, &format!("--max-attempts 1 {more}")).expect(3).report();
        let gap = report.gap(section);
        let reason = gap["reason"].as_str().expect("a text");
        assert!(reasons.contains(&reason), "{operation}: {gap:#}");
        assert_eq!(gap["operation"], *operation);
        assert!(!gap["rules"].as_array().expect("a list").is_empty(), "{operation}: {gap:#}");
        assert_no_page(&report);
    }
}

/// Messages are for a line of a terminal: no page in them.
fn assert_no_page(report: &ReportView) {
    for gap in report.all_gaps() {
        let message = gap["message"].as_str().expect("a text");
        assert!(!message.contains('\n') && !message.contains("<h1>"), "{message}");
    }
}

#[test]
fn a_page_of_a_proxy_is_a_gap_and_no_empty_list() {
    breaks(|| Reply::Html, "", &["protocol"]);
}

#[test]
fn an_error_page_is_a_gap_of_the_same_kind() {
    breaks(|| Reply::HtmlError(404), "", &["protocol"]);
    breaks(|| Reply::HtmlError(500), "", &["protocol"]);
}

#[test]
fn a_body_that_does_not_end_is_a_gap_that_says_so_and_is_asked_for_once() {
    for (operation, section) in SERVICES {
        let aws = FakeAws::start();
        aws.on(operation).reply(Reply::Endless);
        let report = scan(&aws, "--attempt-timeout 60 --operation-timeout 100").expect(3).report();
        let gap = report.gap(section);
        assert_eq!(gap["reason"], "protocol", "{operation}: {gap:#}");
        let message = gap["message"].as_str().expect("a text");
        assert!(message.contains("larger than 64 MiB"), "{operation}: {message}");
        assert_eq!(aws.calls_of(operation).len(), 1, "{operation}");
    }
}

#[test]
fn a_gateway_that_denies_or_throttles_is_taken_by_its_status() {
    // As an API gateway, a proxy and nobody at all answer in place of the service.
    let bodies = ["", "Forbidden", r#"{"message":"Forbidden"}"#, "{", "<Forbidden/>"];
    let services = SERVICES.iter().copied().chain([("ecs:ListClusters", "ecs.efs_tasks")]);
    for (operation, section) in services {
        for (status, reason) in [(403, "access_denied"), (503, "throttled"), (429, "throttled")] {
            for body in bodies {
                let aws = FakeAws::start();
                aws.on(operation).reply(Reply::Foreign(status, body));
                let report = scan(&aws, "--max-attempts 1 --allow-gaps").expect(0).report();
                let gap = report.gap(section);
                assert_eq!(gap["reason"], reason, "{operation} {status} {body}: {gap:#}");
                let message = gap["message"].as_str().expect("a text");
                assert!(message.contains(&status.to_string()), "{operation} {body}: {message}");
            }
        }
    }
}

#[test]
fn half_a_body_is_a_gap() {
    breaks(|| Reply::HalfBody("small"), "", &["protocol"]);
}

#[test]
fn a_body_that_ends_early_is_a_gap() {
    breaks(|| Reply::Truncated("small"), "", &["protocol", "timeout"]);
}

#[test]
fn a_reset_connection_is_a_gap() {
    breaks(|| Reply::Reset, "", &["timeout", "protocol"]);
}

#[test]
fn silence_is_cut_by_the_attempts_timeout() {
    breaks(|| Reply::Hang, "--attempt-timeout 0.3 --operation-timeout 2", &["timeout"]);
}

#[test]
fn silence_is_cut_by_the_operations_timeout_over_all_attempts() {
    let aws = FakeAws::start();
    aws.on("ec2:DescribeInstances").reply(Reply::Hang);
    let began = Instant::now();
    let run = Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --format json --attempt-timeout 0.4 --operation-timeout 1")
        .run()
        .expect(3);
    assert_eq!(run.report().gap("ec2.instances")["reason"], "timeout");
    let calls = aws.calls_of("ec2:DescribeInstances").len();
    assert!((1..=3).contains(&calls), "{calls} attempts in one second");
    assert!(began.elapsed() < Duration::from_secs(30), "took {:?}", began.elapsed());
}

#[test]
fn a_slow_answer_is_no_gap() {
    let aws = FakeAws::start();
    aws.on("ec2:DescribeInstances").reply(Reply::Slow(Duration::from_millis(300), Box::new(Reply::Case("small"))));
    let report = scan(&aws, "--attempt-timeout 20").expect(0).report();
    assert!(report.complete());
}

#[test]
fn a_service_that_stays_down_is_a_gap() {
    breaks(|| Reply::Error(500, "InternalError", "An internal error has occurred"), "", &["other"]);
}

#[test]
fn an_empty_body_is_a_gap() {
    breaks(|| Reply::Made(Box::new(|_| String::new())), "", &["protocol"]);
}

#[test]
fn an_answer_to_another_question_is_a_gap() {
    // Well-formed, but without the list that was asked for.
    for (operation, section, body) in [
        ("ec2:DescribeInstances", "ec2.instances", "<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>"),
        ("elasticfilesystem:DescribeFileSystems", "efs.file_systems", r#"{"AccessPoints":[]}"#),
        ("ssm:DescribeInstanceInformation", "ssm.managed_nodes", r#"{"Parameters":[]}"#),
        ("inspector2:ListCoverage", "inspector.ec2_coverage", r#"{"findings":[]}"#),
        ("ecr:DescribeRepositories", "ecr.repositories", "{}"),
    ] {
        let aws = FakeAws::start();
        aws.on(operation).reply(Reply::Made(Box::new(move |_| body.to_owned())));
        let report = scan(&aws, "").report();
        assert_eq!(report.gap(section)["reason"], "protocol", "{operation}");
    }
}

#[test]
fn throttling_that_ends_leaves_no_trace() {
    let aws = FakeAws::start();
    for operation in
        ["ec2:DescribeInstances", "ssm:ListAssociations", "inspector2:ListCoverage", "sts:GetCallerIdentity"]
    {
        aws.on(operation).times(2).reply(Reply::Throttled);
    }
    aws.on("elasticfilesystem:DescribeFileSystems").times(1).reply(Reply::Reset);
    aws.on("ecr:DescribeRepositories").times(1).reply(Reply::Error(500, "ServerException", "try again"));
    let run = Audit::against(&aws.url()).scan("--region ap-northeast-1 --format json").run().expect(1);
    assert!(run.report().complete());
    assert_eq!(aws.calls_of("ec2:DescribeInstances").len(), 3);
    assert_eq!(aws.calls_of("elasticfilesystem:DescribeFileSystems").len(), 2);
}

#[test]
fn throttling_that_does_not_end_is_a_gap_after_the_set_number_of_attempts() {
    for (operation, section) in SERVICES {
        let aws = FakeAws::start();
        aws.on(operation).reply(Reply::Throttled);
        let report = scan(&aws, "--max-attempts 2").expect(3).report();
        assert_eq!(report.gap(section)["reason"], "throttled", "{operation}");
        assert_eq!(aws.calls_of(operation).len(), 2, "{operation}");
    }
}

#[test]
fn the_throttling_of_one_account_does_not_cost_another_its_retries() {
    let aws = FakeAws::start();
    // A budget has 500 tokens and a retry takes 5: sixty calls with two retries each use up one account's. The other
    // account is let in after that, and needs two retries.
    let systems: Vec<_> = (0..60).map(|number| file_system(&format!("fs-{number:017x}"))).collect();
    let many = json!({ "FileSystems": systems }).to_string();
    let (listing, lifecycle) =
        ("elasticfilesystem:DescribeFileSystems", "elasticfilesystem:DescribeLifecycleConfiguration");
    aws.on(listing).account("444455556666").reply(Reply::Made(Box::new(move |_| many.clone())));
    aws.on(lifecycle).account("444455556666").reply(Reply::Throttled);
    let late = Reply::Once(lifecycle, 155, Box::new(Reply::Case("small")));
    aws.on(listing).account("123456789012").reply(late);
    aws.on(lifecycle)
        .account("123456789012")
        .with("FileSystemId", "fs-0123456789abcde01")
        .times(2)
        .reply(Reply::Throttled);
    let run = Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --format json --max-attempts 3 --concurrency 64")
        .args("--attempt-timeout 60 --operation-timeout 100")
        .args("--role-arn arn:aws:iam::444455556666:role/auditor --role-arn arn:aws:iam::123456789012:role/auditor")
        .run();
    let report = run.report();
    let of = |account: &str| report.gaps("efs.lifecycle").iter().filter(|gap| gap["account"] == account).count();
    assert_eq!((of("444455556666"), of("123456789012")), (60, 0));
}

fn file_system(id: &str) -> serde_json::Value {
    json!({
        "OwnerId": "111122223333",
        "CreationToken": id,
        "FileSystemId": id,
        "CreationTime": 1_704_067_200.0,
        "LifeCycleState": "available",
        "NumberOfMountTargets": 0,
        "SizeInBytes": { "Value": 6144, "ValueInIA": 0, "ValueInStandard": 6144, "ValueInArchive": 0 },
        "PerformanceMode": "generalPurpose",
        "ThroughputMode": "bursting",
        "Tags": [],
    })
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_run_at_once_and_leaves_no_half_written_file() {
    let aws = FakeAws::start();
    aws.on("ec2:DescribeInstances").reply(Reply::Hang);
    let run = Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --save-snapshot world.json --output report.json")
        .args("--attempt-timeout 100 --operation-timeout 100")
        .interrupt(|| aws.wait_for("ec2:DescribeInstances", 1))
        .expect(130);
    assert_eq!(run.stdout, "");
    let left: Vec<_> = std::fs::read_dir(run.path(".")).expect("the run's directory").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn calls_side_by_side_stay_under_the_bound() {
    let aws = FakeAws::start();
    for prefix in ["ec2:*", "ecr:*", "elasticfilesystem:*", "inspector2:*", "ssm:*"] {
        // Every answer is held for a moment, so that calls meet.
        aws.on(prefix).reply(Reply::Slow(Duration::from_millis(60), Box::new(Reply::Case("small"))));
    }
    scan(&aws, "--concurrency 3");
    assert!((2..=3).contains(&aws.peak()), "{} at once", aws.peak());
}
