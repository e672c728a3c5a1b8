//! Evidence of mounts: asked only where something can matter, read in pages, denied and broken without harm.

use chrono::Utc;
use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};
use crate::support::call::Call;
use crate::support::fake::FakeAws;
use crate::support::reply::Reply;

const FILE_SYSTEM: &str = "fs-0123456789abcde01";
const INSTANCE: &str = "i-0123456789abcde01";
/// What asks for evidence.
const EVIDENCE: &[&str] = &["cloudtrail:", "cloudwatch:", "ecs:", "logs:"];

fn scan(aws: &FakeAws, more: &str) -> Run {
    Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --format json --fail-on never --allow-gaps --save-snapshot world.json")
        .args(more)
        .run()
}

/// A section of evidence.
fn section(run: &Run, name: &str) -> Value {
    run.json_file("world.json")["targets"][0]["evidence"][name].clone()
}

/// The rows of a section that was read.
fn rows(run: &Run, name: &str) -> Vec<Value> {
    let section = section(run, name);
    section["complete"]["rows"].as_array().unwrap_or_else(|| panic!("{name} was read: {section:#}")).clone()
}

fn truncated(run: &Run, name: &str) -> String {
    section(run, name)["complete"]["truncated"].as_str().unwrap_or_default().to_owned()
}

/// Milliseconds since 1970, so many days ago.
fn days_ago(days: i64) -> i64 {
    Utc::now().timestamp_millis() - days * 86_400_000
}

#[test]
fn an_account_with_nothing_exposed_is_asked_for_no_evidence() {
    let nothing_cold = |aws: &FakeAws| aws.on("elasticfilesystem:DescribeFileSystems").reply(Reply::Case("empty"));
    let scans_nothing = |aws: &FakeAws| aws.on("inspector2:BatchGetAccountStatus").reply(Reply::Case("disabled"));
    for (name, change) in [("no file system", &nothing_cold as &dyn Fn(&FakeAws)), ("no scan", &scans_nothing)] {
        let aws = FakeAws::start();
        change(&aws);
        let run = scan(&aws, "--cloudtrail").expect(0);
        let mut asked = aws.operations();
        // While nothing scans, one call still tells whether somebody moves cold data.
        let series = aws.calls_of("cloudwatch:GetMetricData").len();
        assert_eq!(series, usize::from(name == "no scan"), "{name}");
        asked.remove("cloudwatch:GetMetricData");
        assert!(
            !asked.iter().any(|operation| EVIDENCE.iter().any(|prefix| operation.starts_with(prefix))),
            "{asked:?}"
        );
        assert!(!asked.contains("ssm:GetInventory") && !asked.contains("ssm:DescribeAssociationExecutions"), "{name}");
        assert!(!asked.contains("ssm:DescribeAssociationExecutionTargets"), "{name}");
        let parts = ["efs_connections", "efs_tasks", "efs_utils_streams", "association_runs", "association_targets"];
        for part in parts.into_iter().chain(["nfs_clients"]) {
            assert_eq!(rows(&run, part), [] as [Value; 0], "{name}");
        }
        assert!(run.report().complete(), "{name}");
    }
}

#[test]
fn without_mount_evidence_no_such_source_is_asked() {
    let aws = FakeAws::start();
    let run = scan(&aws, "--no-mount-evidence --no-metrics").expect(0);
    let asked = aws.operations();
    assert!(!asked.iter().any(|operation| EVIDENCE.iter().any(|prefix| operation.starts_with(prefix))), "{asked:?}");
    assert!(!asked.contains("ssm:GetInventory"), "{asked:?}");
    assert!(run.report().all_gaps().is_empty());
}

/// An account that runs one task with an EFS volume on an instance.
fn with_a_task() -> FakeAws {
    let aws = FakeAws::start();
    aws.on("ecs:ListClusters").reply(Reply::Case("small"));
    aws
}

#[test]
fn a_running_task_names_the_instance_the_file_system_and_the_volume() {
    let aws = with_a_task();
    let run = scan(&aws, "").expect(0);
    let [task] = &rows(&run, "efs_tasks")[..] else { panic!("one task") };
    assert_eq!((&task["instance_id"], &task["file_system_id"]), (&json!(INSTANCE), &json!(FILE_SYSTEM)));
    assert_eq!((&task["volume"], &task["root_directory"]), (&json!("data"), &json!("/srv")));
    for operation in ["ecs:ListTasks", "ecs:DescribeTasks", "ecs:DescribeTaskDefinition"] {
        assert_eq!(aws.calls_of(operation).len(), 1, "{operation}");
    }
    assert_eq!(aws.calls_of("ecs:ListTasks")[0].parameter("desiredStatus"), "RUNNING");
    // The third step: packages below the agent's mounts.
    let [path] = &rows(&run, "finding_paths")[..] else { panic!("one path") };
    assert_eq!(path["instance_id"], INSTANCE);
    assert!(path["path"].as_str().is_some_and(|path| path.ends_with("left-pad/package.json")), "{path}");
    let [findings] = &aws.calls_of("inspector2:ListFindings")[..] else { panic!("one call") };
    let filter: Value = serde_json::from_str(findings.parameter("filterCriteria")).expect("a filter");
    assert_eq!(filter["awsAccountId"], json!([{ "comparison": "EQUALS", "value": "111122223333" }]));
    let path = json!([{ "filePath": { "comparison": "PREFIX", "value": "/var/lib/ecs/volumes/ecs-" } }]);
    assert_eq!(filter["vulnerablePackages"], path);
}

#[test]
fn a_cluster_without_container_instances_is_left_alone() {
    let aws = with_a_task();
    aws.on("ecs:ListContainerInstances").reply(Reply::Case("empty"));
    let run = scan(&aws, "").expect(0);
    assert_eq!(rows(&run, "efs_tasks"), [] as [Value; 0]);
    assert!(aws.calls_of("ecs:ListTasks").is_empty());
    assert!(aws.calls_of("inspector2:ListFindings").is_empty(), "no mount point is known");
}

#[test]
fn tasks_come_in_pages_and_what_ecs_does_not_answer_for_is_told() {
    let aws = with_a_task();
    aws.on("ecs:ListTasks").with("nextToken", "").reply(Reply::Page("small", "more"));
    aws.on("ecs:ListTasks").with("nextToken", "more").reply(Reply::Case("page-2"));
    aws.on("ecs:DescribeTasks").reply(Reply::Case("one-failed"));
    let run = scan(&aws, "").expect(0);
    assert_eq!(aws.calls_of("ecs:DescribeTasks")[0].texts("tasks").len(), 2);
    let why = truncated(&run, "efs_tasks");
    assert!(why.contains("SOLAR_ECLIPSE") && !why.contains("MISSING"), "{why}");
    assert_eq!(rows(&run, "efs_tasks").len(), 1);
}

#[test]
fn a_denial_anywhere_on_the_way_is_a_gap_of_that_source_alone() {
    let paths: &[(&str, &str)] = &[
        ("ecs:ListContainerInstances", "ecs.efs_tasks"),
        ("ecs:ListTasks", "ecs.efs_tasks"),
        ("ecs:DescribeTasks", "ecs.efs_tasks"),
        ("ecs:DescribeTaskDefinition", "ecs.efs_tasks"),
        ("ecs:DescribeContainerInstances", "ecs.efs_tasks"),
        ("inspector2:ListFindings", "inspector.finding_paths"),
        ("logs:DescribeLogStreams", "logs.efs_utils_streams"),
        ("cloudtrail:LookupEvents", "cloudtrail.efs_connections"),
    ];
    for (operation, name) in paths {
        for (reply, reason) in [(Reply::Denied, "access_denied"), (Reply::Html, "protocol")] {
            let aws = with_a_task();
            aws.on("logs:DescribeLogGroups").reply(Reply::Case("small"));
            aws.on(operation).reply(reply);
            let run = scan(&aws, "--cloudtrail").expect(0);
            let report = run.report();
            let gap = report.gap(name);
            assert_eq!((&gap["reason"], &gap["operation"]), (&json!(reason), &json!(operation)), "{gap}");
            assert_eq!(report.all_gaps().len(), 1, "{operation}: {:#}", report.0["gaps"]);
        }
    }
}

#[test]
fn log_streams_name_the_pair_until_they_are_too_old() {
    let aws = FakeAws::start();
    aws.on("logs:DescribeLogGroups").reply(Reply::Case("small"));
    let stream = |name: &str, days| json!({ "logStreamName": name, "lastEventTimestamp": days_ago(days) });
    let streams = move |call: &Call| {
        let helper = format!("{FILE_SYSTEM} - {INSTANCE} - mount.log");
        let proxy = format!("{FILE_SYSTEM}-i-0123456789abcde02-efs-utils");
        let (rows, next) = match call.parameter("nextToken") {
            "" => (vec![stream(&helper, 1), stream("something else", 2)], "two"),
            _ => (vec![stream(&proxy, 3), stream(&helper.replace("de01 -", "de03 -"), 60)], "three"),
        };
        json!({ "logStreams": rows, "nextToken": next }).to_string()
    };
    aws.on("logs:DescribeLogStreams").reply(Reply::Made(Box::new(streams)));
    let run = scan(&aws, "").expect(0);
    let found = rows(&run, "efs_utils_streams");
    let pairs: Vec<_> = found.iter().map(|row| row["instance_id"].as_str().unwrap_or("")).collect();
    assert_eq!(pairs, [INSTANCE, "i-0123456789abcde02"]);
    let calls = aws.calls_of("logs:DescribeLogStreams");
    // The second page is older than four weeks at its end, so that a third is not asked for.
    assert_eq!(calls.len(), 2);
    assert_eq!((calls[0].parameter("orderBy"), calls[0].parameter("descending")), ("LastEventTime", "true"));
    assert_eq!(aws.calls_of("logs:DescribeLogGroups")[0].parameter("logGroupNamePattern"), "/aws/efs/utils");
    assert_eq!(truncated(&run, "efs_utils_streams"), "");
}

#[test]
fn runs_of_the_association_come_newest_first_and_no_older_than_the_history() {
    let aws = FakeAws::start();
    let runs = |call: &Call| {
        let from = if call.parameter("NextToken").is_empty() { 0 } else { 50 };
        let run = |number: i64| {
            let seconds = days_ago(0) / 1000 - number * 21_600;
            json!({ "ExecutionId": number.to_string(), "Status": "Success", "CreatedTime": seconds })
        };
        let rows: Vec<_> = (from..from + 50).map(run).collect();
        json!({ "AssociationExecutions": rows, "NextToken": format!("after-{from}") }).to_string()
    };
    aws.on("ssm:DescribeAssociationExecutions").reply(Reply::Made(Box::new(runs)));
    let run = scan(&aws, "--history 15").expect(0);
    let found = rows(&run, "association_runs");
    assert!((60..=61).contains(&found.len()), "{}", found.len());
    assert!(found.is_sorted_by(|a, b| a["at"].as_str() > b["at"].as_str()));
    assert_eq!(aws.calls_of("ssm:DescribeAssociationExecutions").len(), 2);
    assert_eq!(truncated(&run, "association_runs"), "");
}

const TARGETS: &str = "ssm:DescribeAssociationExecutionTargets";

#[test]
fn a_run_of_every_other_day_says_which_of_the_concerned_instances_it_reached() {
    let aws = FakeAws::start();
    let run = scan(&aws, "").expect(0);
    let calls = aws.calls_of(TARGETS);
    assert_eq!(calls.len(), 8);
    assert!(
        calls.iter().all(|call| call.parameter("AssociationId").len() == 36 && call.parameter("MaxResults") == "50")
    );
    let executions: Vec<usize> =
        calls.iter().map(|call| call.parameter("ExecutionId").parse().expect("a number")).collect();
    assert!(executions.is_sorted() && executions.last().is_some_and(|oldest| *oldest == 55), "{executions:?}");
    let found = rows(&run, "association_targets");
    // The second instance was not reached, and what else a run reaches does not matter.
    assert!(found.iter().all(|row| row["instances"] == json!([INSTANCE])), "{found:#?}");
    assert_eq!((found.len(), truncated(&run, "association_targets")), (8, String::new()));
}

#[test]
fn targets_come_in_pages_until_there_are_too_many() {
    let aws = FakeAws::start();
    aws.on(TARGETS).with("NextToken", "").reply(Reply::Page("small", "more"));
    let run = scan(&aws, "").expect(0);
    assert_eq!((rows(&run, "association_targets").len(), aws.calls_of(TARGETS).len()), (8, 16));

    let aws = FakeAws::start();
    let endless = |call: &Call| {
        let number: usize = call.parameter("NextToken").parse().unwrap_or(0);
        json!({ "AssociationExecutionTargets": [], "NextToken": (number + 1).to_string() }).to_string()
    };
    aws.on(TARGETS).reply(Reply::Made(Box::new(endless)));
    let run = scan(&aws, "").expect(0);
    assert_eq!(aws.calls_of(TARGETS).len(), 40);
    assert!(truncated(&run, "association_targets").contains("stopped after"));
}

#[test]
fn targets_that_are_denied_are_a_gap_of_their_own_and_a_run_that_is_gone_is_none() {
    let aws = FakeAws::start();
    aws.on(TARGETS).reply(Reply::Denied);
    let run = scan(&aws, "").expect(0);
    let report = run.report();
    let gap = report.gap("ssm.association_targets");
    assert_eq!(
        (&gap["reason"], &gap["operation"], &gap["rules"]),
        (&json!("access_denied"), &json!(TARGETS), &json!([]))
    );
    assert_eq!(report.all_gaps().len(), 1);
    assert!(rows(&run, "association_runs").len() > 100);

    let aws = FakeAws::start();
    let gone = "AssociationExecutionDoesNotExist";
    aws.on(TARGETS).with("ExecutionId", "55").reply(Reply::Error(400, gone, "it is not kept any more"));
    let run = scan(&aws, "").expect(0);
    assert_eq!(rows(&run, "association_targets").len(), 7);
    assert!(run.report().all_gaps().is_empty());

    let aws = FakeAws::start();
    aws.on(TARGETS).with("ExecutionId", "55").reply(Reply::Denied);
    let run = scan(&aws, "").expect(0);
    assert_eq!(rows(&run, "association_targets").len(), 7);
    assert!(truncated(&run, "association_targets").contains("broke off after 7 runs"));
}

/// The small account in which no security group lets anybody in to the file systems.
fn closed(aws: &FakeAws) {
    let closed = |_: &Call| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = path.join("fixtures/wire/ec2/DescribeSecurityGroups/small.xml");
        let text = std::fs::read_to_string(path).expect("a fixture");
        text.replace("<fromPort>2049</fromPort>", "<fromPort>443</fromPort>")
            .replace("<toPort>2049</toPort>", "<toPort>443</toPort>")
    };
    aws.on("ec2:DescribeSecurityGroups").reply(Reply::Made(Box::new(closed)));
}

#[test]
fn what_touches_nothing_is_asked_where_the_network_rules_every_pair_out() {
    let aws = FakeAws::start();
    closed(&aws);
    let run = scan(&aws, "--cloudtrail").expect(0);
    let asked = aws.operations();
    for operation in ["ecs:ListClusters", "logs:DescribeLogGroups", "cloudwatch:GetMetricData"] {
        assert!(asked.contains(operation), "{operation}: {asked:?}");
    }
    // The others would say nothing: nobody is known to mount it.
    for operation in ["cloudtrail:LookupEvents", "ssm:GetInventory", "ssm:DescribeAssociationExecutions", TARGETS] {
        assert!(!asked.contains(operation), "{operation}: {asked:?}");
    }
    let report = run.report();
    assert!(report.complete() && report.findings("efs-tier-recall").is_empty(), "{:#}", report.0["findings"]);
    let without = FakeAws::start();
    closed(&without);
    scan(&without, "--no-metrics --no-mount-evidence").expect(0);
    assert_eq!(aws.calls().len() - without.calls().len(), 4, "two for metrics, one for clusters, one for log groups");
}

#[test]
fn a_task_on_an_instance_that_no_visible_group_lets_in_is_a_mount_and_a_gap_of_the_model() {
    let aws = with_a_task();
    closed(&aws);
    let run = scan(&aws, "").expect(0);
    let report = run.report();
    let [recall] = report.findings("efs-tier-recall")[..] else { panic!("one finding: {:#}", report.0["findings"]) };
    assert_eq!((&recall["resource"]["id"], &recall["instance_counts"]["confirmed"]), (&json!(FILE_SYSTEM), &json!(1)));
    let [instance] = recall["instances"].as_array().expect("a list").as_slice() else { panic!("one instance") };
    assert_eq!((&instance["id"], &instance["mount"]), (&json!(INSTANCE), &json!("confirmed")));
    let gap = recall["evidence"].as_array().expect("a list").iter().find(|row| row["kind"] == "model_gap");
    assert!(gap.is_some(), "{:#}", recall["evidence"]);
    // Now that somebody mounts it, the scan's runs matter.
    assert!(rows(&run, "association_runs").len() > 100);
    assert_eq!(rows(&run, "association_targets").len(), 8);
}

#[test]
fn a_listing_without_end_is_cut_and_says_so() {
    let aws = FakeAws::start();
    let endless = |call: &Call| {
        let number: usize = call.parameter("NextToken").parse().unwrap_or(0);
        let row = json!({ "Status": "Success", "CreatedTime": days_ago(1) / 1000 });
        json!({ "AssociationExecutions": [row], "NextToken": (number + 1).to_string() }).to_string()
    };
    aws.on("ssm:DescribeAssociationExecutions").reply(Reply::Made(Box::new(endless)));
    let run = scan(&aws, "").expect(0);
    assert!(truncated(&run, "association_runs").contains("20 pages"), "{}", truncated(&run, "association_runs"));
    assert_eq!(aws.calls_of("ssm:DescribeAssociationExecutions").len(), 20);
}

#[test]
fn installed_clients_are_those_that_mount_and_pages_are_followed() {
    let aws = FakeAws::start();
    aws.on("ssm:GetInventory").with("NextToken", "").reply(Reply::Page("small", "more"));
    aws.on("ssm:GetInventory").with("NextToken", "more").reply(Reply::Case("page-2"));
    let run = scan(&aws, "").expect(0);
    let found = rows(&run, "nfs_clients");
    let packages: Vec<_> = found.iter().map(|row| row["package"].as_str().unwrap_or("")).collect();
    assert_eq!(packages, ["amazon-efs-utils", "nfs-common"]);
    assert!(aws.calls_of("ssm:GetInventory")[0].parameter("Filters").contains("mount-s3"));
}

#[test]
fn a_page_that_fails_later_leaves_what_was_seen_and_the_reason() {
    let aws = FakeAws::start();
    aws.on("ssm:GetInventory").with("NextToken", "").reply(Reply::Page("small", "more"));
    aws.on("ssm:GetInventory").with("NextToken", "more").reply(Reply::Denied);
    let run = scan(&aws, "").expect(0);
    assert_eq!(rows(&run, "nfs_clients").len(), 1);
    assert!(truncated(&run, "nfs_clients").contains("broke off at page 2"), "{}", truncated(&run, "nfs_clients"));
}

#[test]
fn cloudtrail_is_asked_on_request_only_and_bad_events_are_counted() {
    let aws = FakeAws::start();
    scan(&aws, "").expect(0);
    assert!(aws.calls_of("cloudtrail:LookupEvents").is_empty());

    aws.on("cloudtrail:LookupEvents").reply(Reply::Case("empty"));
    let connections = aws.on("cloudtrail:LookupEvents").with("NextToken", "");
    let attributes = r#"[{"AttributeKey":"EventName","AttributeValue":"NewClientConnection"}]"#;
    connections.with("LookupAttributes", attributes).reply(Reply::Page("broken", "more"));
    aws.on("cloudtrail:LookupEvents").with("NextToken", "more").reply(Reply::Case("page-2"));
    let run = scan(&aws, "--cloudtrail").expect(0);
    let found = rows(&run, "efs_connections");
    let seen: Vec<_> = found.iter().map(|row| (row["instance_id"].as_str(), row["address"].as_str())).collect();
    assert_eq!(seen.len(), 2, "{found:#?}");
    assert!(seen.contains(&(Some(INSTANCE), Some("10.0.1.11"))), "{seen:?}");
    assert!(truncated(&run, "efs_connections").contains("2 events could not be read"));
    // Two pages of new connections, one of changed ones.
    assert_eq!(aws.calls_of("cloudtrail:LookupEvents").len(), 3);
}

/// The small account with a rule for NFS that names two prefix lists.
fn with_prefix_lists(call: &Call) -> String {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/wire/ec2/DescribeSecurityGroups/small.xml");
    let text = std::fs::read_to_string(path).expect("a readable fixture");
    assert_eq!(call.operation, "ec2:DescribeSecurityGroups");
    let list = |id: &str| format!("<item><prefixListId>{id}</prefixListId></item>");
    let lists =
        format!("<prefixListIds>{}{}</prefixListIds>", list("pl-0123456789abcde01"), list("pl-0123456789abcde02"));
    text.replace("<prefixListIds/>", &lists)
}

#[test]
fn prefix_lists_of_rules_for_nfs_are_read_once_each_and_a_closed_one_is_no_lost_section() {
    let aws = FakeAws::start();
    let entries = "ec2:GetManagedPrefixListEntries";
    aws.on("ec2:DescribeSecurityGroups").reply(Reply::Made(Box::new(with_prefix_lists)));
    aws.on(entries).with("NextToken", "").reply(Reply::Page("small", "more"));
    aws.on(entries).with("NextToken", "more").reply(Reply::Case("page-2"));
    let foreign = Reply::Error(400, "InvalidPrefixListID.NotFound", "The prefix list ID does not exist");
    aws.on(entries).with("PrefixListId", "pl-0123456789abcde02").reply(foreign);
    let run = scan(&aws, "");
    let lists = run.json_file("world.json")["targets"][0]["ec2"]["prefix_lists"]["complete"].clone();
    assert_eq!((&lists[0]["ipv4"], &lists[0]["ipv6"]), (&json!(["10.0.1.0/24"]), &json!(["2001:db8::/56"])));
    assert!(lists[1]["unread"].as_str().is_some_and(|why| why.contains("NotFound")), "{lists:#}");
    assert_eq!(aws.calls_of(entries).len(), 3);

    aws.on(entries).reply(Reply::Denied);
    let denied = scan(&aws, "");
    assert_eq!(denied.report().gap("ec2.prefix_lists")["operation"], entries);
}
