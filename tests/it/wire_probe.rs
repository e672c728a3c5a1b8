//! The mount probe: sent only where it was asked for and agreed to, and no host that fails reads as one without mounts.

use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};
use crate::support::fake::FakeAws;
use crate::support::reply::Reply;

const SEND: &str = "ssm:SendCommand";
const ANSWERS: &str = "ssm:ListCommandInvocations";
const FIRST: &str = "i-0123456789abcde01";
const SECOND: &str = "i-0123456789abcde02";

fn scan(aws: &FakeAws, more: &str) -> Run {
    Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --format json --fail-on never --allow-gaps --save-snapshot world.json")
        .args(more)
        .run()
}

/// What the probe saw.
fn probe(run: &Run) -> Value {
    run.json_file("world.json")["targets"][0]["evidence"]["probe"].clone()
}

/// The hosts that the probe has a row for.
fn hosts(run: &Run) -> Vec<Value> {
    probe(run)["complete"]["rows"].as_array().unwrap_or_else(|| panic!("it ran: {:#}", probe(run))).clone()
}

#[test]
fn nothing_is_sent_unless_the_probe_is_asked_for_and_confirmed() {
    let aws = FakeAws::start();
    scan(&aws, "--cloudtrail").expect(0);
    assert!(aws.calls_of(SEND).is_empty());

    let silent = FakeAws::start();
    let run = Audit::against(&silent.url()).scan("--region ap-northeast-1 --probe-mounts").run().expect(2);
    assert!(run.stderr.contains("--yes"), "{}", run.stderr);
    assert!(silent.calls().is_empty(), "refused before the first call");
    assert_eq!(Audit::new().scan("--region ap-northeast-1 --yes").run().code(), 2, "agreed to nothing");
}

#[test]
fn one_command_asks_the_hosts_that_can_matter_and_nobody_else() {
    let aws = FakeAws::start();
    let run = scan(&aws, "--probe-mounts --yes").expect(0);
    let [command] = &aws.calls_of(SEND)[..] else { panic!("one command") };
    assert_eq!(command.texts("InstanceIds"), [FIRST, SECOND]);
    assert_eq!(command.parameter("DocumentName"), "AWS-RunShellScript");
    let parameters: Value = serde_json::from_str(command.parameter("Parameters")).expect("parameters");
    assert_eq!(parameters["commands"], json!([inspector_audit::mounts::probe::SCRIPT]));
    let found = hosts(&run);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0]["mounts"][0]["file_system_id"], "fs-0123456789abcde01");
    assert_eq!(
        (&found[1]["mounts"], &found[1]["failed"], &found[1]["incomplete"]),
        (&json!([]), &json!(null), &json!(null))
    );
    assert!(aws.calls_of("ssm:GetCommandInvocation").is_empty(), "no output was cut");
}

#[test]
fn what_is_not_done_is_asked_for_again_and_a_host_that_failed_says_why() {
    let aws = FakeAws::start();
    aws.on(ANSWERS).reply(Reply::Case("one-failed"));
    aws.on(ANSWERS).times(1).reply(Reply::Case("pending"));
    let run = scan(&aws, "--probe-mounts --yes").expect(0);
    assert_eq!(aws.calls_of(ANSWERS).len(), 2);
    let found = hosts(&run);
    assert_eq!(found[0]["failed"], json!(null));
    assert!(found[1]["failed"].as_str().is_some_and(|why| why.contains("DeliveryTimedOut")), "{found:#?}");
}

#[test]
fn a_cut_output_is_fetched_whole_and_stays_incomplete_where_that_is_denied() {
    let aws = FakeAws::start();
    aws.on(ANSWERS).reply(Reply::Case("cut"));
    let run = scan(&aws, "--probe-mounts --yes").expect(0);
    assert_eq!(aws.calls_of("ssm:GetCommandInvocation").len(), 1);
    assert_eq!(hosts(&run)[0]["incomplete"], json!(null));

    aws.on("ssm:GetCommandInvocation").reply(Reply::Denied);
    let denied = scan(&aws, "--probe-mounts --yes").expect(0);
    let first = &hosts(&denied)[0];
    assert!(first["incomplete"].as_str().is_some_and(|why| why.contains("AccessDenied")), "{first:#}");
}

#[test]
fn a_denied_command_is_a_gap_and_a_denied_answer_a_host_that_failed() {
    let aws = FakeAws::start();
    aws.on(SEND).reply(Reply::Denied);
    let run = scan(&aws, "--probe-mounts --yes").expect(0);
    let report = run.report();
    let gap = report.gap("ssm.mount_probe");
    assert_eq!((&gap["reason"], &gap["operation"]), (&json!("access_denied"), &json!(SEND)));

    let unheard = FakeAws::start();
    unheard.on(ANSWERS).reply(Reply::Denied);
    let run = scan(&unheard, "--probe-mounts --yes").expect(0);
    assert!(hosts(&run).iter().all(|host| host["failed"].is_string()), "{:#?}", hosts(&run));
}

#[test]
fn one_host_that_is_gone_does_not_cost_the_other_its_answer() {
    let aws = FakeAws::start();
    let gone = || Reply::Error(400, "InvalidInstanceId", "not in a valid state");
    aws.on(SEND).with("InstanceIds", &json!([FIRST, SECOND]).to_string()).reply(gone());
    aws.on(SEND).with("InstanceIds", &json!([SECOND]).to_string()).reply(gone());
    let run = scan(&aws, "--probe-mounts --yes").expect(0);
    let found = hosts(&run);
    assert_eq!(found[0]["failed"], json!(null), "{found:#?}");
    assert!(found[1]["failed"].as_str().is_some_and(|why| why.contains("InvalidInstanceId")), "{found:#?}");
}

#[test]
fn the_operators_document_is_looked_at_before_it_runs() {
    let aws = FakeAws::start();
    let run = scan(&aws, "--probe-mounts --yes --probe-document MountProbe").expect(0);
    assert!(aws.calls_of(SEND).is_empty(), "it is another document");
    assert_eq!(run.report().gap("ssm.mount_probe")["operation"], "ssm:GetDocument");

    let content = inspector_audit::mounts::probe::document().to_string();
    let body = json!({ "Name": "MountProbe", "DocumentVersion": "3", "Content": content }).to_string();
    aws.on("ssm:GetDocument").reply(Reply::Made(Box::new(move |_| body.clone())));
    let run = scan(&aws, "--probe-mounts --yes --probe-document MountProbe").expect(0);
    let [command] = &aws.calls_of(SEND)[..] else { panic!("one command") };
    assert_eq!((command.parameter("DocumentName"), command.parameter("DocumentVersion")), ("MountProbe", "3"));
    assert_eq!(command.parameter("Parameters"), "", "the script is in the document");
    assert_eq!(hosts(&run).len(), 2);
}

#[test]
fn a_saved_table_settles_its_host_and_a_map_says_what_no_target_has() {
    let aws = FakeAws::start();
    let map = "instance,file_system,mount_point\n\
               i-0123456789abcde02,fs-0123456789abcde01,/data\n\
               i-0123456789abcdeff,none,\n\
               nonsense,none,\n";
    let table = "/dev/nvme0n1p1 / xfs rw 0 0\nproc /proc proc rw 0 0\n\
                 fs-0123456789abcde01.efs.ap-northeast-1.amazonaws.com:/ /mnt/efs nfs4 rw,vers=4.1,addr=10.0.1.50 0 0\n";
    let run = Audit::against(&aws.url())
        .file("mounts.csv", map)
        .file("table.txt", table)
        .scan("--region ap-northeast-1 --format json --fail-on never --allow-gaps --save-snapshot world.json")
        .args("--mount-map mounts.csv --mount-table i-0123456789abcde01=table.txt --probe-mounts --yes --no-metrics")
        .run()
        .expect(0);
    assert_eq!(aws.calls_of(SEND)[0].texts("InstanceIds"), [SECOND]);
    let evidence = run.json_file("world.json")["targets"][0]["evidence"].clone();
    let declared = &evidence["declared"]["complete"]["rows"];
    assert_eq!((&declared[0]["instance_id"], &declared[0]["origin"]), (&json!(SECOND), &json!("mounts.csv, line 2")));
    assert_eq!(evidence["tables"]["complete"]["rows"][0]["instance_id"], FIRST);
    for part in ["line 4", "line 3", "i-0123456789abcdeff"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    let findings = aws.calls_of("inspector2:ListFindings");
    assert!(findings[0].parameter("filterCriteria").contains("/data/"), "{findings:#?}");

    let offline = Audit::new()
        .file("mounts.csv", map)
        .file("world.json", std::fs::read(run.path("world.json")).expect("the snapshot was written"))
        .scan("--snapshot world.json --mount-map mounts.csv --format json --fail-on never --allow-gaps")
        .run()
        .expect(0);
    assert!(offline.stderr.contains("i-0123456789abcdeff"), "{}", offline.stderr);
}
