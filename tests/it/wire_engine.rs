//! A sweep on an engine that was not written here: GNU parallel runs eight shards, one worker is killed with -9, the engine
//! runs it again, and the merged report is that of a run that nobody disturbed.

#![expect(clippy::print_stdout, reason = "what is skipped says so")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use crate::support::audit::Audit;
use crate::support::call::access_key;
use crate::support::fake::FakeAws;
use crate::support::live::SECRET;
use crate::support::reply::Reply;
use crate::support::sweep::{accounts, accounts_file, at_one_time, files, mostly_empty, report_of, same};

const SHARDS: u64 = 8;

/// The shard that an account is in: part of what workers of different versions agree on.
fn shard_of(account: &str) -> u64 {
    let digest = Sha256::digest(account);
    digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte)) % SHARDS + 1
}

fn parallel() -> Option<PathBuf> {
    let found = std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join("parallel"))
        .find(|path| path.is_file())?;
    // Others of that name take other options.
    let said = Command::new(&found).arg("--version").output().ok()?;
    String::from_utf8_lossy(&said.stdout).starts_with("GNU parallel").then_some(found)
}

fn sweep_of(aws: &FakeAws, home: &Path) {
    let accounts = accounts_file(&accounts(40));
    std::fs::write(home.join("accounts.csv"), accounts).expect("a file");
    let plan = "targets --accounts-file accounts.csv --region us-east-1 --region eu-west-1 --output targets.jsonl";
    Audit::against(&aws.url()).within(home).args(plan).run().expect(0);
}

#[test]
fn eight_shards_of_which_one_is_killed_say_what_one_run_says() {
    let Some(parallel) = parallel() else {
        println!("skipped: GNU parallel is not installed");
        return;
    };
    let whole = {
        let aws = FakeAws::start();
        mostly_empty(&aws, &|reply| reply);
        let home = tempfile::tempdir().expect("a directory");
        sweep_of(&aws, home.path());
        Audit::against(&aws.url())
            .within(home.path())
            .args("collect --targets targets.jsonl --into sweep")
            .run()
            .expect(0);
        at_one_time(&home.path().join("sweep"));
        report_of(home.path(), Some("targets.jsonl"))
    };

    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let home = tempfile::tempdir().expect("a directory");
    sweep_of(&aws, home.path());
    // One of the worker's targets does not come to an end, so that it is at work for certain when it is killed.
    let victim = accounts(40).pop().expect("an account");
    let shard = shard_of(&victim);
    let looked_at = "elasticfilesystem:DescribeFileSystems";
    aws.on(looked_at).account(&victim).region("us-east-1").times(1).reply(Reply::Hang);
    let worker = format!(
        "echo $$ >pid-$1.tmp && mv pid-$1.tmp pid-$1\nexec '{}' collect --targets targets.jsonl --into sweep --shard $1/{SHARDS}\n",
        env!("CARGO_BIN_EXE_inspector-audit")
    );
    std::fs::write(home.path().join("worker.sh"), worker).expect("a file");
    let mut engine = Command::new(parallel)
        .args(["--will-cite", "--jobs", "4", "--retries", "3", "--joblog", "jobs.log", "sh", "worker.sh", "{}", ":::"])
        .args((1..=SHARDS).map(|shard| shard.to_string()))
        .current_dir(home.path())
        .env("HOME", home.path())
        .env("AWS_ENDPOINT_URL", aws.url())
        .env("AWS_ACCESS_KEY_ID", access_key("111122223333"))
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .spawn()
        .expect("the engine starts");
    aws.wait_until(|calls| {
        calls.iter().any(|call| call.operation == looked_at && call.account == victim && call.region == "us-east-1")
    });
    let worker = std::fs::read_to_string(home.path().join(format!("pid-{shard}"))).expect("the worker said who it is");
    let killed = Command::new("kill").args(["-9", worker.trim()]).status();
    assert!(killed.is_ok_and(|status| status.success()), "the worker was at work");
    let began = Instant::now();
    let status = loop {
        if let Some(status) = engine.try_wait().expect("the engine can be waited for") {
            break status;
        }
        if began.elapsed() > Duration::from_mins(1) {
            let _ = engine.kill();
            panic!("the engine is not done after a minute");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let log = std::fs::read_to_string(home.path().join("jobs.log")).unwrap_or_default();
    assert!(status.success(), "{log}");
    assert_eq!(files(&home.path().join("sweep")).len(), 80, "{log}");
    at_one_time(&home.path().join("sweep"));
    same(&report_of(home.path(), Some("targets.jsonl")), &whole, "the merged report");
}
