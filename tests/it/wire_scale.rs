//! How a sweep scales, measured against the fake at 50 ms a call. Takes minutes, so it is run on request:
//! `cargo test --release --test it -- --ignored --nocapture wire_scale`, and prints what it measures.

#![expect(clippy::print_stdout, reason = "it reports to whoever runs it")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::call::access_key;
use crate::support::fake::FakeAws;
use crate::support::reply::Reply;
use crate::support::sweep::accounts_file;

const LATENCY: Duration = Duration::from_millis(50);

fn late(reply: Reply) -> Reply {
    Reply::Slow(LATENCY, Box::new(reply))
}

/// So many accounts, of which every tenth has something in it, all behind the latency.
fn organization(number: usize) -> (FakeAws, Vec<String>) {
    let aws = FakeAws::start();
    let accounts: Vec<String> = (0..number).map(|number| format!("1{number:011}")).collect();
    for operation in crate::support::operations::OPERATIONS {
        let case = match operation.name {
            "ecs:ListClusters" | "logs:DescribeLogGroups" => "empty",
            _ => "small",
        };
        aws.on(operation.name).reply(late(Reply::Case(case)));
    }
    aws.on("securityhub:DescribeSecurityHubV2").reply(late(Reply::Error(404, "ResourceNotFoundException", "no hub")));
    aws.on("ssm:DescribeAssociationExecutions").reply(late(Reply::Made(Box::new(crate::support::series::steady_runs))));
    aws.on("cloudwatch:GetMetricData").reply(late(Reply::Bytes(crate::support::series::quiet_bytes)));
    // One rule for the empty accounts, by their last digit, keeps the fake quick.
    let empty = |operation: &'static str, body: serde_json::Value| {
        let path = crate::support::reply::case_path(
            crate::support::operations::operation_named(operation).expect("an operation"),
            "small",
        );
        let small = std::fs::read_to_string(path).expect("a fixture");
        aws.on(operation).reply(late(Reply::Made(Box::new(move |call| {
            if call.account.ends_with('0') { small.clone() } else { body.to_string() }
        }))));
    };
    empty("elasticfilesystem:DescribeFileSystems", json!({ "FileSystems": [] }));
    empty("ecr:DescribeRepositories", json!({ "repositories": [] }));
    let basic = json!({ "registryId": "1", "scanningConfiguration": { "scanType": "BASIC", "rules": [] } });
    empty("ecr:GetRegistryScanningConfiguration", basic);
    let disabled = json!({ "status": "DISABLED", "errorCode": "ALREADY_ENABLED", "errorMessage": "" });
    aws.on("inspector2:BatchGetAccountStatus").reply(late(Reply::Made(Box::new(move |call| {
        let state = json!({ "ec2": disabled, "ecr": disabled });
        let on = json!({ "status": "ENABLED", "errorCode": "ALREADY_ENABLED", "errorMessage": "" });
        let (state, of_account) = if call.account.ends_with('0') {
            (json!({ "ec2": on, "ecr": disabled }), on)
        } else {
            (state, disabled.clone())
        };
        let row = json!({ "accountId": call.account, "state": of_account, "resourceState": state });
        json!({ "accounts": [row], "failedAccounts": [] }).to_string()
    }))));
    (aws, accounts)
}

struct Measured {
    wall: Duration,
    calls: usize,
    said: String,
}

/// One collection of the accounts in these regions.
fn collect(aws: &FakeAws, accounts: &[String], regions: usize, concurrency: usize, more: &str) -> Measured {
    let home = tempfile::tempdir().expect("a directory");
    std::fs::write(home.path().join("accounts.csv"), accounts_file(accounts)).expect("a file");
    let before = aws.calls().len();
    let program = std::env::var("MEASURED").unwrap_or_else(|_| env!("CARGO_BIN_EXE_inspector-audit").to_owned());
    let timed = Path::new("/usr/bin/time");
    let mut command = if timed.exists() {
        let mut command = Command::new(timed);
        command.args(["-f", "%U %S %M", &program]);
        command
    } else {
        Command::new(program)
    };
    command.args(["collect", "--accounts-file", "accounts.csv", "--into", "sweep", "--no-metrics"]);
    command.args(["--concurrency", &concurrency.to_string()]).args(more.split_whitespace());
    command.args((1..=regions).map(|number| format!("--region=us-east-{number}")));
    command.env_clear().env("AWS_ENDPOINT_URL", aws.url()).env("AWS_ACCESS_KEY_ID", access_key("111122223333"));
    command.env("AWS_SECRET_ACCESS_KEY", "secret").current_dir(home.path());
    let began = Instant::now();
    let output = command.output().expect("it starts");
    let wall = began.elapsed();
    let said = String::from_utf8_lossy(&output.stderr).lines().rev().take(2).collect::<Vec<_>>().join(" | ");
    Measured { wall, calls: aws.calls().len() - before, said }
}

fn told(what: &str, measured: &Measured, concurrency: u32) {
    let calls = u32::try_from(measured.calls).expect("fewer");
    let limit = LATENCY * calls / concurrency;
    println!(
        "{what}: wall {:.2?}, {calls} calls, limit {limit:.2?}, ratio {:.2}; user, system s, KiB: {}",
        measured.wall,
        measured.wall.as_secs_f64() / limit.as_secs_f64(),
        measured.said
    );
}

#[ignore = "takes minutes"]
#[test]
fn two_thousand_targets() {
    let (aws, accounts) = organization(200);
    let measured = collect(&aws, &accounts, 10, 64, "");
    told("2,000 targets, 90 % empty, concurrency 64", &measured, 64);
}

#[ignore = "takes minutes"]
#[test]
fn five_hundred_targets() {
    let (aws, accounts) = organization(500);
    for concurrency in [16_u32, 64, 256, 512] {
        let measured = collect(&aws, &accounts, 1, concurrency as usize, "");
        told(&format!("500 accounts of one target, concurrency {concurrency}"), &measured, concurrency);
    }
}

#[ignore = "takes minutes"]
#[test]
fn four_throttled_accounts_of_a_hundred() {
    let (aws, accounts) = organization(100);
    let undisturbed = collect(&aws, &accounts, 20, 64, "");
    told("100 accounts in 20 regions, undisturbed", &undisturbed, 64);
    for account in [11, 35, 62, 83] {
        for prefix in ["ecr:*", "elasticfilesystem:*", "inspector2:*", "ec2:*", "ssm:*"] {
            aws.on(prefix).account(&accounts[account]).reply(late(Reply::Throttled));
        }
    }
    let throttled = collect(&aws, &accounts, 20, 64, "");
    told("4 of them throttled", &throttled, 64);
    println!("throttled to undisturbed: {:.2}", throttled.wall.as_secs_f64() / undisturbed.wall.as_secs_f64());
}
