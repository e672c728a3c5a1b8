//! Sweeps of many accounts: who they are, what stays of a run that was killed, and that one bad account costs its own time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::support::audit::Audit;
use crate::support::fake::FakeAws;
use crate::support::live::texts;
use crate::support::reply::Reply;
use crate::support::sweep::{
    FULL, accounts, accounts_file, at_one_time, files, lines, mostly_empty, organization, planned, report_of, same,
};

#[test]
fn the_organization_is_listed_to_its_last_page_with_names_and_units() {
    let aws = organization();
    let run = Audit::against(&aws.url())
        .args("targets --organization --role-name audit/reader --region us-east-1 --region eu-west-1")
        .run()
        .expect(0);
    let plan = lines(&run.stdout);
    let of = |account: &str| plan.iter().filter(|line| line["account"] == account).collect::<Vec<_>>();
    assert_eq!(plan.len(), 8, "{}", run.stdout);
    let shop = of("123456789012");
    let role = json!("arn:aws:iam::123456789012:role/audit/reader");
    assert_eq!(
        (&shop[0]["name"], &shop[0]["ou"], &shop[0]["role_arn"]),
        (&json!("shop"), &json!("Workloads/Production"), &role)
    );
    assert_eq!((&of("444455556666")[0]["ou"], &of("111122223333")[0]["ou"]), (&json!("Workloads"), &Value::Null));
    assert_eq!(of("111122223333")[0]["role_arn"], Value::Null, "no role is needed in the own account");
    let closed = of("777788889999");
    assert!(closed.iter().all(|line| line["state"] == "skipped" && line["why"].to_string().contains("SUSPENDED")));
    assert!(aws.calls_of("sts:AssumeRole").is_empty(), "with regions named nobody has to be entered");
    assert_eq!(aws.calls_of("organizations:ListAccounts").len(), 3);
}

#[test]
fn a_unit_has_what_is_below_it_and_an_excluded_account_is_named() {
    let aws = organization();
    let run = Audit::against(&aws.url())
        .args("targets --organization --ou ou-abcd-workload --role-name r --region us-east-1 --exclude-account 444455556666")
        .run()
        .expect(0);
    let plan = lines(&run.stdout);
    let expected = [
        ("123456789012", "us-east-1", "planned"),
        ("444455556666", "us-east-1", "skipped"),
        ("777788889999", "us-east-1", "skipped"),
    ];
    assert_eq!(planned(&plan), expected);
    assert_eq!(plan[0]["ou"], "Workloads/Production");
    assert!(aws.calls_of("organizations:ListAccounts").is_empty());
}

#[test]
fn a_plan_of_all_regions_asks_each_account_and_keeps_what_cannot_be_entered() {
    let aws = organization();
    aws.on("sts:AssumeRole").with("RoleArn", "arn:aws:iam::444455556666:role/r").reply(Reply::Denied);
    let run = Audit::against(&aws.url())
        .env("AWS_REGION", "us-east-1")
        .args("targets --organization --role-name r --all-regions")
        .run()
        .expect(3);
    let plan = lines(&run.stdout);
    let shop: Vec<_> = planned(&plan).into_iter().filter(|line| line.0 == "123456789012").map(|line| line.1).collect();
    assert_eq!(shop, ["ap-southeast-4", "us-east-1"]);
    let lab = plan.iter().find(|line| line["account"] == "444455556666").expect("a line");
    assert!(lab["state"] == "planned" && lab["why"].to_string().contains("sts:AssumeRole"), "{lab}");
    assert!(planned(&plan).contains(&("777788889999", "*", "skipped")));
    assert!(run.stderr.contains("444455556666"), "{}", run.stderr);
}

#[test]
fn a_denied_organization_says_who_may_ask_and_denied_units_cost_their_names_only() {
    let aws = organization();
    aws.on("organizations:ListAccounts").reply(Reply::Denied);
    let targets = "targets --organization --role-name r --region us-east-1";
    let run = Audit::against(&aws.url()).args(targets).run().expect(2);
    assert!(run.stderr.contains("management account") && run.stderr.contains("--accounts-file"), "{}", run.stderr);
    let aws = organization();
    aws.on("organizations:ListRoots").reply(Reply::Denied);
    let run = Audit::against(&aws.url()).args(targets).run().expect(0);
    assert!(run.stderr.contains("organizations:ListRoots"), "{}", run.stderr);
    assert!(lines(&run.stdout).iter().all(|line| line["ou"].is_null()));
    let aws = organization();
    aws.on("organizations:ListAccounts").with("NextToken", "3").reply(Reply::Page("empty", "2"));
    Audit::against(&aws.url()).args(targets).run().expect(2);
}

#[test]
fn one_process_scans_an_organization_with_names_and_units() {
    let aws = organization();
    let report = Audit::against(&aws.url())
        .scan("--organization --role-name r --region us-east-1 --format json --fail-on never")
        .run()
        .expect(0)
        .report();
    let called = &report.0["run"]["accounts"];
    assert_eq!(called[1], json!({ "account": "123456789012", "name": "shop", "ou": "Workloads/Production" }));
    assert_eq!(report.0["run"]["targets"].as_array().map(Vec::len), Some(3));
    let skipped = &report.0["run"]["skipped"][0];
    assert!(skipped["why"].to_string().contains("SUSPENDED"), "{skipped}");
    assert_eq!(aws.calls_of("sts:AssumeRole").len(), 2);
}

/// Runs a command of a sweep in a directory that others use too.
fn sweep(aws: &FakeAws, home: &Path, arguments: &str) -> Audit {
    Audit::against(&aws.url()).within(home).args(arguments)
}

fn home_of(accounts: &[String]) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("accounts.csv"), accounts_file(accounts)).expect("a file");
    home
}

const INTO: &str = "collect --accounts-file accounts.csv --region us-east-1 --region eu-west-1 --into sweep";

#[test]
fn a_plan_a_directory_and_a_report() {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let all = accounts(5);
    let home = home_of(&all);
    let external = "account,external_id\n100000000003,shared-secret-42\n";
    std::fs::write(home.path().join("external.csv"), external).expect("a file");
    let targets = "targets --accounts-file accounts.csv --region us-east-1 --region eu-west-1 --output targets.jsonl";
    sweep(&aws, home.path(), targets).run().expect(0);
    let collect = "collect --targets targets.jsonl --accounts-file external.csv --into sweep";
    let run = sweep(&aws, home.path(), collect).run().expect(0);
    assert!(run.stderr.contains("10 targets written to sweep"), "{}", run.stderr);
    let directory = home.path().join("sweep");
    assert_eq!(files(&directory).len(), 10);
    assert!(directory.join("100000000004/eu-west-1.json.gz").is_file());
    let secrets = aws.calls_of("sts:AssumeRole");
    let with: Vec<_> = secrets.iter().filter(|call| call.parameter("ExternalId") == "shared-secret-42").collect();
    assert!(with.len() == 1 && with[0].parameter("RoleArn").contains("100000000003"));
    let plan = home.path().join("targets.jsonl");
    let text = std::fs::read_to_string(&plan).expect("the plan");
    assert!(!text.contains("shared-secret-42") && !run.stderr.contains("shared-secret-42"));
    let report: Value = serde_json::from_str(&report_of(home.path(), Some("targets.jsonl"))).expect("a report");
    assert_eq!(report["complete"], true, "{:#}", report["gaps"]);
    assert_eq!(report["run"]["accounts"][4]["name"], "name-100000000004");
    let rows = report["verdicts"].as_array().expect("rows");
    let quiet = rows.iter().find(|row| texts(&row["targets"]).contains(&"100000000001/eu-west-1")).expect("a row");
    assert_eq!(texts(&quiet["targets"]).len(), 8, "the empty ones are all alike");
    std::fs::remove_file(directory.join("100000000002/us-east-1.json.gz")).expect("a file");
    let report: Value = serde_json::from_str(&report_of(home.path(), Some("targets.jsonl"))).expect("a report");
    assert_eq!((&report["complete"], &report["gaps"][0]["reason"]), (&json!(false), &json!("not_collected")));
}

#[test]
fn an_empty_target_takes_four_calls_and_its_account_two() {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let home = home_of(&accounts(3)[1..]);
    sweep(&aws, home.path(), INTO).run().expect(0);
    assert_eq!(aws.calls().len(), 2 * (2 + 2 * 4), "{:#?}", aws.operations());
}

#[test]
fn what_is_there_is_not_collected_again_unless_it_is_old_or_may_be_better_now() {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let home = home_of(&accounts(3));
    let run = |more: &str| {
        let before = aws.calls().len();
        let run = sweep(&aws, home.path(), INTO).args(more).args("--max-attempts 1").run();
        (run.code(), run.stderr, aws.calls().split_off(before))
    };
    let denied = "ecr:DescribeRepositories";
    aws.on(denied).account("100000000001").times(2).reply(Reply::Denied);
    aws.on("ecr:GetRegistryScanningConfiguration")
        .account("100000000002")
        .region("eu-west-1")
        .times(1)
        .reply(Reply::Throttled);
    let (code, said, _) = run("");
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("6 targets written") && said.contains("3 of them with gaps"), "{said}");
    let (code, said, calls) = run("");
    assert_eq!((code, calls.len()), (0, 0), "{said}");
    assert!(said.contains("0 targets written") && said.contains("6 were there"), "{said}");
    let (code, said, calls) = run("--retry-gaps");
    assert_eq!(code, 0, "{said}");
    let regions: BTreeSet<_> = calls
        .iter()
        .filter(|call| call.operation.starts_with("ecr"))
        .map(|call| (call.account.as_str(), call.region.as_str()))
        .collect();
    assert_eq!(regions, BTreeSet::from([("100000000002", "eu-west-1")]), "what was denied is not asked again");
    let (code, said, calls) = run("--max-age 0m");
    assert!(code == 0 && said.contains("6 targets written") && calls.len() > 20, "{said}");
}

/// An empty account that answers as `wrap` makes it.
fn bad(aws: &FakeAws, account: &str, wrap: &dyn Fn(Reply) -> Reply) {
    let made = |body: Value| wrap(Reply::Made(Box::new(move |_| body.to_string())));
    let basic = json!({ "registryId": "1", "scanningConfiguration": { "scanType": "BASIC", "rules": [] } });
    aws.on("elasticfilesystem:DescribeFileSystems").account(account).reply(made(json!({ "FileSystems": [] })));
    aws.on("ecr:DescribeRepositories").account(account).reply(made(json!({ "repositories": [] })));
    aws.on("ecr:GetRegistryScanningConfiguration").account(account).reply(made(basic));
    aws.on("inspector2:BatchGetAccountStatus").account(account).reply(wrap(Reply::Case("disabled")));
}

#[test]
fn a_throttled_account_keeps_nobody_from_asking() {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let all = accounts(30);
    // Two calls at once, and four targets, entered first, that are throttled until all the others have been entered.
    for account in &all[1..3] {
        bad(&aws, account, &|reply| {
            Reply::Until("sts:GetCallerIdentity", all.len(), Box::new(Reply::Throttled), Box::new(reply))
        });
    }
    let home = home_of(&all);
    let run = sweep(&aws, home.path(), INTO)
        .args("--concurrency 2 --max-attempts 50 --operation-timeout 110")
        .run()
        .expect(0);
    assert!(run.stderr.contains("60 targets written"), "{}", run.stderr);
}

#[test]
fn throttling_that_does_not_end_is_a_gap_of_its_account() {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let all = accounts(4);
    bad(&aws, &all[1], &|_| Reply::Throttled);
    let home = home_of(&all);
    let run = sweep(&aws, home.path(), INTO).args("--max-attempts 2").run().expect(3);
    assert!(run.stderr.contains("8 targets written") && run.stderr.contains("2 of them with gaps"), "{}", run.stderr);
    let report: Value = serde_json::from_str(&report_of(home.path(), None)).expect("a report");
    let gaps: Vec<_> = report["gaps"].as_array().expect("gaps").iter().collect();
    assert!(
        !gaps.is_empty() && gaps.iter().all(|gap| gap["account"] == all[1] && gap["reason"] == "throttled"),
        "{gaps:#?}"
    );
}

#[test]
fn an_account_that_hangs_or_denies_costs_its_own_time_only() {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let all = accounts(12);
    // Two hang until all targets but those of the one that hangs at its door and of the one that denies are looked at.
    let looked_at = |reply| Reply::Once("elasticfilesystem:DescribeFileSystems", 20, Box::new(reply));
    bad(&aws, &all[1], &looked_at);
    aws.on("sts:GetCallerIdentity").account(&all[2]).reply(looked_at(Reply::Case("small")));
    aws.on("sts:AssumeRole").with("RoleArn", &format!("arn:aws:iam::{}:role/auditor", all[3])).reply(Reply::Denied);
    let home = home_of(&all);
    let options = "--concurrency 4 --attempt-timeout 50 --operation-timeout 55 --max-attempts 1";
    let run = sweep(&aws, home.path(), INTO).args(options).run().expect(3);
    assert!(run.stderr.contains("24 targets written") && run.stderr.contains("2 of them with gaps"), "{}", run.stderr);
}

#[test]
fn shards_share_the_accounts_and_each_has_all_regions_of_its_own() {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let all = accounts(24);
    let home = home_of(&all);
    for shard in 1..=4 {
        let before = files(&home.path().join("sweep")).len();
        let run = match shard {
            1 => sweep(&aws, home.path(), INTO).args("--shard 1/4"),
            2 => sweep(&aws, home.path(), INTO).args("--shards 4").env("JOB_COMPLETION_INDEX", "1"),
            3 => sweep(&aws, home.path(), INTO)
                .args("--shard auto")
                .env("AWS_BATCH_JOB_ARRAY_INDEX", "2")
                .env("AWS_BATCH_JOB_ARRAY_SIZE", "4"),
            _ => sweep(&aws, home.path(), INTO)
                .args("--shard auto")
                .env("SLURM_ARRAY_TASK_ID", "14")
                .env("SLURM_ARRAY_TASK_MIN", "11")
                .env("SLURM_ARRAY_TASK_COUNT", "4"),
        };
        let run = run.run().expect(0);
        assert!(!run.stderr.contains("were there"), "no account is in two shards: {}", run.stderr);
        assert!(files(&home.path().join("sweep")).len() > before, "shard {shard}");
    }
    assert_eq!(files(&home.path().join("sweep")).len(), 48);
    for wrong in ["--shard 5/4", "--shard auto", "--shards 4"] {
        sweep(&aws, home.path(), INTO).args(wrong).run().expect(2);
    }
    let no_list = sweep(&aws, home.path(), "collect --region us-east-1 --into x --shard 1/4").run().expect(2);
    assert!(no_list.stderr.contains("--accounts-file"), "{}", no_list.stderr);
    let organization = "collect --organization --role-name r --region us-east-1 --into x --shard 1/4";
    let run = sweep(&aws, home.path(), organization).run().expect(2);
    assert!(run.stderr.contains("inspector-audit targets --organization"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_killed_run_goes_on_where_it_stopped_and_says_the_same() {
    let all = accounts(16);
    let whole = {
        let aws = FakeAws::start();
        mostly_empty(&aws, &|reply| reply);
        let home = home_of(&all);
        sweep(&aws, home.path(), INTO).run().expect(0);
        at_one_time(&home.path().join("sweep"));
        report_of(home.path(), None)
    };
    for moment in [1, 7, 23, 61, 97, 120] {
        let aws = FakeAws::start();
        mostly_empty(&aws, &|reply| reply);
        let home = home_of(&all);
        let directory = home.path().join("sweep");
        let running = sweep(&aws, home.path(), INTO).args("--concurrency 3").start();
        aws.wait_for_calls(moment);
        running.signal("KILL");
        running.end();
        let calls = aws.calls().len();
        let done: BTreeSet<_> = files(&directory).into_iter().collect();
        sweep(&aws, home.path(), INTO).run().expect(0);
        let mut again: BTreeMap<String, usize> = BTreeMap::new();
        for call in aws.calls().split_off(calls).iter().filter(|call| call.operation == "ecr:DescribeRepositories") {
            *again.entry(format!("{}/{}", call.account, call.region)).or_default() += 1;
        }
        assert_eq!(again.len(), 32 - done.len(), "only what was not there, at {moment}");
        assert!(again.values().all(|times| *times == 1), "{again:?}");
        let left: Vec<_> = walk(&directory).into_iter().filter(|name| name.starts_with(".inspector-audit-")).collect();
        assert!(left.len() <= 1, "what was in flight is cleaned up where its account is written again: {left:?}");
        at_one_time(&directory);
        same(&report_of(home.path(), None), &whole, &format!("killed after {moment} calls"));
        assert_eq!(mode_of(&files(&directory)[0]), 0o600);
    }
}

#[cfg(unix)]
fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().expect("a file").permissions().mode() & 0o777
}

#[cfg(unix)]
fn walk(directory: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        names.push(entry.file_name().to_string_lossy().into_owned());
        if entry.path().is_dir() {
            names.extend(walk(&entry.path()));
        }
    }
    names
}

#[test]
fn the_order_in_which_targets_are_done_decides_nothing() {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let home = home_of(&accounts(6));
    let scan = "--accounts-file accounts.csv --region us-east-1 --region eu-west-1 --format json --fail-on never";
    let of = |concurrency: u32, file: &str| {
        let audit = sweep(&aws, home.path(), "scan")
            .args(scan)
            .args(&format!("--concurrency {concurrency} --save-snapshot {file}"));
        let mut report = audit.run().expect(0).json();
        report["run"]["taken_at"] = Value::Null;
        let mut snapshot: Value =
            serde_json::from_str(&std::fs::read_to_string(home.path().join(file)).expect("a snapshot")).expect("JSON");
        let targets = snapshot["targets"].as_array_mut().expect("targets");
        let names =
            targets.iter().map(|target| format!("{}/{}", target["account"], target["region"])).collect::<Vec<_>>();
        (names, report["findings"].as_array().map(Vec::len), report["verdicts"].to_string())
    };
    let first = of(1, "a.json");
    assert!(first.0.is_sorted() && first.0.len() == 12, "{:?}", first.0);
    assert!(first.1 > Some(0), "the account {FULL} has findings");
    assert_eq!(of(64, "b.json"), first);
}

#[cfg(target_os = "linux")]
#[test]
fn few_open_files_are_said_and_enough() {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let home = home_of(&accounts(8));
    let file = home.path().join("accounts.csv");
    let run = Audit::against(&aws.url())
        .args("collect --region us-east-1 --into sweep --concurrency 256 --accounts-file")
        .arg(&file)
        .after("ulimit -n 128")
        .run()
        .expect(0);
    assert!(run.stderr.contains("at most 8 calls") && run.stderr.contains("128 files"), "{}", run.stderr);
}
