//! The binary against the small account: everything answers.

use std::collections::BTreeMap;

use inspector_audit::model::AskedBy;
use inspector_audit::rules::{RULES, Rule};
use serde_json::{Value, json};

use crate::support::audit::Audit;
use crate::support::fake::FakeAws;
use crate::support::live::SECRET;
use crate::support::operations::{OPERATIONS, operation_named};
use crate::support::reply::Reply;

const SCAN: &str = "--region ap-northeast-1 --format json";

#[test]
fn a_small_account_is_collected_judged_and_reported() {
    let aws = FakeAws::start();
    let report = Audit::against(&aws.url()).scan(SCAN).run().expect(1).report();
    assert!(report.complete());
    assert!(report.all_gaps().is_empty());
    assert_eq!(report.0["run"]["source"], "aws");
    assert_eq!(report.0["run"]["targets"], json!([{ "account": "111122223333", "region": "ap-northeast-1" }]));
    let inventory = &report.0["run"]["inventory"];
    assert_eq!((&inventory["instances"], &inventory["file_systems"]), (&json!(4), &json!(2)));
    assert_eq!(inventory["repositories"], 2);

    let [recall] = report.findings("efs-tier-recall")[..] else { panic!("one finding: {:#}", report.0) };
    assert_eq!(recall["resource"]["id"], "fs-0123456789abcde01");
    assert_eq!(recall["resource"]["name"], "home");
    assert_eq!(recall["severity"], "high", "critical, if it were proven");
    // 10 TiB in IA, Tokyo: 10240 x (0.36 - 0.0272) USD.
    assert_eq!(recall["cost"]["monthly_usd"]["high"].to_string(), "3407.872");
    let concerned: Vec<_> = recall["instances"].as_array().expect("a list").iter().map(|row| &row["id"]).collect();
    assert_eq!(concerned, ["i-0123456789abcde01", "i-0123456789abcde02"]);

    let [tag] = report.findings("exclusion-tag-ineffective")[..] else { panic!("one finding: {:#}", report.0) };
    assert_eq!(tag["resource"]["id"], "i-0123456789abcde02");
    let [drift] = report.findings("ecr-inspector-drift")[..] else { panic!("one finding: {:#}", report.0) };
    assert_eq!(drift["resource"]["id"], "111122223333");
}

#[test]
fn the_status_is_the_same_in_every_format() {
    let aws = FakeAws::start();
    for format in ["table", "json", "jsonl", "csv"] {
        let run = Audit::against(&aws.url()).scan("--region ap-northeast-1 --no-metrics --format").arg(format).run();
        let run = run.expect(1);
        assert!(run.stdout.contains("fs-0123456789abcde01"), "{format}: {}", run.stdout);
        assert_eq!(run.stderr, "", "{format}");
    }
}

#[test]
fn a_small_target_takes_at_most_nineteen_calls_and_one_per_file_system_and_batch() {
    let aws = FakeAws::start();
    Audit::against(&aws.url()).scan(SCAN).args("--no-metrics --no-mount-evidence").run().expect(1);
    let (total, repeated) = counted(&aws);
    let (file_systems, batches) = (2, 1);
    // Where Inspector is on, one of them asks who bills it.
    assert!(total <= 19 + file_systems + batches, "{total} calls");
    // One call each for metrics, reads in fine steps, runs of the association, inventory, clusters and log groups, and one
    // for a run of every other day and the oldest of two weeks.
    let evidence = FakeAws::start();
    Audit::against(&evidence.url()).scan(SCAN).run().expect(1);
    assert_eq!(counted(&evidence).0, total + 6 + 8);
    assert_eq!(repeated, [("elasticfilesystem:DescribeLifecycleConfiguration".to_owned(), 2)]);
}

#[test]
fn the_usage_of_images_takes_six_calls_more_on_request() {
    let (without, with) = (FakeAws::start(), FakeAws::start());
    Audit::against(&without.url()).scan(SCAN).run().expect(1);
    Audit::against(&with.url()).scan(SCAN).args("--ecr-usage").run().expect(1);
    let (total, repeated) = counted(&with);
    assert_eq!(total, counted(&without).0 + 6);
    // By status, by reason, and three times by repository.
    assert!(repeated.contains(&("inspector2:ListCoverageStatistics".to_owned(), 5)), "{repeated:?}");
}

#[test]
fn a_rule_that_is_named_brings_its_optional_sections_and_is_judged() {
    let optional =
        |rule: &&&Rule| rule.is_live() && rule.needs.iter().any(|section| section.asked_by() == AskedBy::EcrUsage);
    let rules: Vec<_> = RULES.iter().filter(optional).collect();
    assert!(rules.len() >= 3, "{}", rules.len());
    for rule in rules {
        let aws = FakeAws::start();
        let run = Audit::against(&aws.url()).scan(SCAN).args(&format!("--fail-on never --rule {}", rule.id)).run();
        let report = run.expect(0).report();
        assert_ne!(report.verdict("111122223333", "ap-northeast-1", rule.id), "inconclusive", "{}", rule.id);
    }
}

#[test]
fn an_inspector_that_scans_no_images_is_not_asked_about_them() {
    let aws = FakeAws::start();
    aws.on("inspector2:BatchGetAccountStatus").reply(Reply::Case("only-ec2"));
    aws.on("inspector2:ListCoverageStatistics").reply(Reply::Case("no-group"));
    let run = Audit::against(&aws.url()).scan(SCAN).args("--ecr-usage --fail-on never").run().expect(0);
    assert!(run.report().complete());
    for operation in ["inspector2:ListUsageTotals", "inspector2:GetDelegatedAdminAccount"] {
        assert!(aws.calls_of(operation).is_empty(), "{operation}");
    }
}

/// All calls, and the operations that were called more than once.
fn counted(aws: &FakeAws) -> (usize, Vec<(String, usize)>) {
    let mut counts = BTreeMap::<String, usize>::new();
    for call in aws.calls() {
        *counts.entry(call.operation).or_default() += 1;
    }
    (counts.values().sum(), counts.into_iter().filter(|(_, count)| *count > 1).collect())
}

#[test]
fn only_reads_arrive_in_the_largest_pages_and_about_the_own_account() {
    let aws = FakeAws::start();
    Audit::against(&aws.url()).scan(SCAN).args("--ecr-usage").run().expect(1);
    let calls = aws.calls();
    for call in &calls {
        let operation = operation_named(&call.operation)
            .unwrap_or_else(|| panic!("{} is on no list of reads: {call:#?}", call.operation));
        let (parameter, largest) = operation.page;
        if !parameter.is_empty() {
            assert_eq!(call.parameter(parameter), largest, "page size of {}", call.operation);
        }
        assert_eq!((call.account.as_str(), call.region.as_str()), ("111122223333", "ap-northeast-1"));
        let agent = call.headers.get("user-agent").map_or("", String::as_str);
        assert!(agent.contains("inspector-audit"), "{}: {agent}", call.operation);
    }
    let one = |name: &str| match aws.calls_of(name).as_slice() {
        [call] => call.clone(),
        calls => panic!("one {name}, not {}", calls.len()),
    };
    assert_eq!(one("ec2:DescribeInstances").parameter("IncludeManagedResources"), "true");
    let interfaces = one("ec2:DescribeNetworkInterfaces");
    assert_eq!(interfaces.parameter("IncludeManagedResources"), "true");
    assert_eq!(interfaces.parameter("Filter.1.Name"), "description");
    assert_eq!(interfaces.parameter("Filter.1.Value.1"), "EFS mount target for fs-*");
    assert_eq!(one("inspector2:BatchGetAccountStatus").texts("accountIds"), ["111122223333"]);
    for listing in calls.iter().filter(|call| call.operation.starts_with("inspector2:ListCoverage")) {
        let filter: Value = serde_json::from_str(listing.parameter("filterCriteria")).expect("a filter");
        assert_eq!(filter["accountId"], json!([{ "comparison": "EQUALS", "value": "111122223333" }]), "{listing:#?}");
    }
    for own in ["inspector2:ListUsageTotals", "inspector2:BatchGetFreeTrialInfo"] {
        assert_eq!(one(own).texts("accountIds"), ["111122223333"], "{own}");
    }
    let association = one("ssm:ListAssociations");
    assert!(association.parameter("AssociationFilterList").contains("InvokeInspectorLinuxSsmPlugin-do-not-delete"));
    // A fallback that nothing asked for would be a waste of calls.
    assert!(aws.calls_of("elasticfilesystem:DescribeMountTargets").is_empty());
    assert!(OPERATIONS.iter().any(|operation| operation.name == "ec2:DescribeInstances"));
}

#[test]
fn a_saved_snapshot_gives_the_same_report_without_aws() {
    let aws = FakeAws::start();
    aws.on("inspector2:GetConfiguration").reply(Reply::Denied);
    let live = Audit::against(&aws.url()).scan(SCAN).args("--save-snapshot world.json").run().expect(1);
    let calls = aws.calls().len();
    let saved = std::fs::read(live.path("world.json")).expect("the snapshot was written");
    let offline = Audit::new().file("world.json", saved).scan("--snapshot world.json --format json").run().expect(1);
    let (live, offline) = (live.report(), offline.report());
    for part in ["findings", "gaps", "verdicts", "summary", "complete"] {
        // A printed command carries the run that it goes on from.
        let goes_on =
            live.0[part].to_string().replace("fix --region ap-northeast-1 --", "fix --snapshot world.json --");
        assert_eq!(goes_on, offline.0[part].to_string(), "{part}");
    }
    assert_eq!(offline.0["run"]["source"], "snapshot");
    assert_eq!(live.0["run"]["taken_at"], offline.0["run"]["taken_at"]);
    assert_eq!(aws.calls().len(), calls, "a snapshot is judged without AWS");
}

#[test]
fn collect_writes_the_same_snapshot_as_scan_saves() {
    let aws = FakeAws::start();
    let scanned = Audit::against(&aws.url()).scan(SCAN).args("--save-snapshot world.json").run().expect(1);
    let collected =
        Audit::against(&aws.url()).args("collect --region ap-northeast-1 --output world.json").run().expect(0);
    let undated = |mut snapshot: Value| {
        snapshot["taken_at"].take();
        snapshot["targets"][0]["taken_at"].take();
        snapshot
    };
    assert_eq!(undated(scanned.json_file("world.json")), undated(collected.json_file("world.json")));
}

#[cfg(unix)]
#[test]
fn files_with_infrastructure_data_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let aws = FakeAws::start();
    let run = Audit::against(&aws.url()).scan(SCAN).args("--save-snapshot world.json --output report.json").run();
    let run = run.expect(1);
    for name in ["world.json", "report.json"] {
        let mode = std::fs::metadata(run.path(name)).expect("the file was written").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn secrets_are_in_no_log_report_or_snapshot() {
    let aws = FakeAws::start();
    aws.on("ssm:*").reply(Reply::Denied);
    let run = Audit::against(&aws.url())
        .scan("--region ap-northeast-1 -vvv --format json --save-snapshot world.json")
        .args("--role-arn arn:aws:iam::444455556666:role/auditor --external-id the-external-id")
        .run()
        .expect(3);
    let snapshot = std::fs::read_to_string(run.path("world.json")).expect("the snapshot was written");
    for secret in [SECRET, "role-secret-key-of-the-fixture", "role-session-token-of-the-fixture"] {
        for (name, text) in [("stdout", &run.stdout), ("stderr", &run.stderr), ("snapshot", &snapshot)] {
            assert!(!text.contains(secret), "{secret} in {name}:\n{text}");
        }
    }
    assert!(!run.stderr.is_empty(), "-vvv logs something");
}

#[test]
fn a_closed_pipe_is_a_quiet_success() {
    let aws = FakeAws::start();
    for format in ["table", "json", "jsonl", "csv"] {
        let run = Audit::against(&aws.url())
            .scan("--region ap-northeast-1 --fail-on never --quiet --format")
            .arg(format)
            .run_with_closed_stdout()
            .expect(0);
        assert_eq!(run.stderr, "", "{format}");
    }
}

#[test]
fn an_empty_account_says_what_was_looked_at() {
    let aws = FakeAws::start();
    aws.on("ec2:DescribeInstances").reply(Reply::Case("empty"));
    aws.on("ec2:DescribeNetworkInterfaces").reply(Reply::Case("empty"));
    aws.on("elasticfilesystem:DescribeFileSystems").reply(Reply::Case("empty"));
    aws.on("ecr:DescribeRepositories").reply(Reply::Case("empty"));
    aws.on("ssm:DescribeInstanceInformation").reply(Reply::Case("empty"));
    aws.on("ssm:ListAssociations").reply(Reply::Case("none"));
    aws.on("inspector2:ListCoverage").reply(Reply::Case("empty"));
    aws.on("inspector2:ListCoverageStatistics").reply(Reply::Case("no-group"));
    aws.on("inspector2:BatchGetAccountStatus").reply(Reply::Case("disabled"));
    let report = Audit::against(&aws.url()).scan(SCAN).run().expect(0).report();
    assert!(report.complete());
    assert_eq!(report.0["findings"], json!([]));
    assert_eq!(report.verdict("111122223333", "ap-northeast-1", "efs-tier-recall"), "not_applicable");
    assert!(aws.calls_of("ecr:BatchGetRepositoryScanningConfiguration").is_empty(), "there is no name to ask for");
    let table = Audit::against(&aws.url()).scan("--region ap-northeast-1").run().expect(0);
    assert!(table.stdout.contains("0 instances"), "{}", table.stdout);
}

#[test]
fn with_one_rule_only_its_sections_are_collected() {
    let aws = FakeAws::start();
    let run = Audit::against(&aws.url()).scan(SCAN).args("--rule ecr-inspector-drift").run();
    let report = run.expect(0).report();
    assert_eq!(report.findings("ecr-inspector-drift").len(), 1);
    assert_eq!(report.list("verdicts")[0]["rules"].as_object().map(serde_json::Map::len), Some(1));
    let asked = aws.operations();
    assert!(asked.contains("ecr:GetRegistryScanningConfiguration"));
    assert!(!asked.contains("ec2:DescribeInstances"), "{asked:?}");
}
