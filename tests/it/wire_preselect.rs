//! What leaves targets out of a plan: only what a source knows to be empty.

use serde_json::{Value, json};

use crate::support::audit::Audit;
use crate::support::call::Call;
use crate::support::fake::FakeAws;
use crate::support::reply::Reply;
use crate::support::sweep::{lines, organization, planned};

const TARGETS: &str = "targets --organization --role-name r --region us-east-1 --region eu-west-1";

/// Account and region of what is skipped, but for the closed account.
fn skipped(plan: &[Value]) -> Vec<(&str, &str)> {
    let open = planned(plan).into_iter().filter(|line| line.2 == "skipped" && line.0 != "777788889999");
    open.map(|line| (line.0, line.1)).collect()
}

#[test]
fn config_skips_only_what_it_records_and_has_none_of() {
    let aws = organization();
    let query = "config:SelectAggregateResourceConfig";
    aws.on(query).reply(Reply::Made(Box::new(|call| {
        let all = json!({ "Recording": true, "RecordingGroup": { "AllSupported": true } });
        let off = json!({ "Recording": false, "RecordingGroup": { "AllSupported": true } });
        let row = |account: &str, region: &str, more: Value| {
            json!({ "accountId": account, "awsRegion": region, "configuration": more }).to_string()
        };
        let results = if call.parameter("Expression").contains("COUNT(*)") {
            vec![json!({ "accountId": "123456789012", "awsRegion": "us-east-1", "COUNT(*)": 3 }).to_string()]
        } else {
            vec![
                row("123456789012", "us-east-1", all.clone()),
                row("123456789012", "eu-west-1", all.clone()),
                row("444455556666", "us-east-1", off),
                row("999999999999", "us-east-1", all),
            ]
        };
        json!({ "Results": results, "QueryInfo": { "SelectFields": [] } }).to_string()
    })));
    let targets = "targets --organization --role-name r --region us-east-1 --region eu-west-1";
    let run = Audit::against(&aws.url()).args(targets).args("--preselect config=all@eu-central-1").run().expect(0);
    let plan = lines(&run.stdout);
    let skipped: Vec<_> =
        planned(&plan).into_iter().filter(|line| line.2 == "skipped" && line.0 != "777788889999").collect();
    assert_eq!(skipped, [("123456789012", "eu-west-1", "skipped")]);
    assert!(
        run.stderr.contains("1 of 8 targets are skipped") && run.stdout.contains("aggregator all"),
        "{}",
        run.stderr
    );
    assert!(aws.calls_of(query).iter().all(|call| call.region == "eu-central-1"));
    aws.on(query).reply(Reply::Denied);
    let run = Audit::against(&aws.url()).args(targets).args("--preselect config=all@eu-central-1").run().expect(2);
    assert!(
        run.stderr.contains("config:SelectAggregateResourceConfig") && run.stderr.contains("--preselect"),
        "{}",
        run.stderr
    );
}

/// Cost Explorer's answer: a month with a group for each key.
fn month(keys: &[&str]) -> Value {
    let amount = json!({ "UnblendedCost": { "Amount": "0", "Unit": "USD" } });
    let groups: Vec<Value> = keys.iter().map(|key| json!({ "Keys": [key], "Metrics": amount })).collect();
    json!({ "TimePeriod": { "Start": "2026-10-01", "End": "2026-11-01" }, "Groups": groups, "Estimated": false })
}

const EFS: &str = "Amazon Elastic File System";
const ECR: &str = "Amazon EC2 Container Registry (ECR)";

/// A payer of two accounts: `shop` uses EFS or ECR in us-east-1, and in eu-west-1 nobody does; that answer may have a page
/// that leads to itself.
fn payer(services: &'static [&'static str], goes_round: bool) -> FakeAws {
    let aws = organization();
    aws.on("ce:GetCostAndUsage").reply(Reply::Made(Box::new(move |call: &Call| {
        let filter = call.parameter("Filter");
        if call.parameter("GroupBy").contains("SERVICE") {
            return json!({ "ResultsByTime": [month(services)] }).to_string();
        }
        if filter.is_empty() {
            let months = [month(&["123456789012"]), month(&["123456789012", "444455556666"])];
            return json!({ "ResultsByTime": months }).to_string();
        }
        assert!(filter.contains(EFS) && filter.contains(ECR), "{filter}");
        if filter.contains("us-east-1") {
            return json!({ "ResultsByTime": [month(&["123456789012"]), month(&[])] }).to_string();
        }
        let next = goes_round.then_some("more");
        json!({ "ResultsByTime": [month(&[]), month(&[])], "NextPageToken": next }).to_string()
    })));
    aws
}

#[test]
fn costs_skip_only_accounts_that_the_payer_pays_for_and_that_used_neither() {
    let aws = payer(&[EFS, "AWS Config", ECR], false);
    let run = Audit::against(&aws.url()).args(TARGETS).args("--preselect costs --yes").run().expect(0);
    let plan = lines(&run.stdout);
    let expected = [("123456789012", "eu-west-1"), ("444455556666", "eu-west-1"), ("444455556666", "us-east-1")];
    assert_eq!(skipped(&plan), expected, "the caller's own account is paid for by nobody that was named");
    let why = "nothing of Amazon EC2 Container Registry (ECR) and Amazon Elastic File System was used since";
    assert!(run.stdout.contains(why), "{}", run.stdout);
    assert!(run.stderr.contains("3 of 8 targets are skipped"), "{}", run.stderr);
    assert!(run.stderr.contains("at least 13 calls to AWS, 24 without --preselect"), "{}", run.stderr);
    // One for the services, one for the accounts, one a region: none a target.
    assert_eq!(aws.calls_of("ce:GetCostAndUsage").len(), 4);
}

#[test]
fn a_service_that_is_not_named_is_no_evidence() {
    let aws = payer(&["Amazon File Storage", ECR], false);
    let run = Audit::against(&aws.url()).args(TARGETS).args("--preselect costs --yes").run().expect(0);
    assert!(skipped(&lines(&run.stdout)).is_empty(), "{}", run.stdout);
    assert!(run.stderr.contains("EFS and ECR are not both among them"), "{}", run.stderr);
}

#[test]
fn half_an_answer_of_a_region_skips_nothing_there() {
    let aws = payer(&[EFS, ECR], true);
    let run = Audit::against(&aws.url()).args(TARGETS).args("--preselect costs --yes").run().expect(0);
    assert_eq!(skipped(&lines(&run.stdout)), [("444455556666", "us-east-1")]);
    assert!(run.stderr.contains("eu-west-1: nothing is skipped"), "{}", run.stderr);
}

#[test]
fn costs_are_not_asked_before_somebody_agreed() {
    let aws = payer(&[EFS, ECR], false);
    let run = Audit::against(&aws.url()).args(TARGETS).args("--preselect costs").run().expect(2);
    assert!(run.stderr.contains("add --yes") && run.stderr.contains("$0.01"), "{}", run.stderr);
    assert!(aws.calls_of("ce:GetCostAndUsage").is_empty());
    aws.on("ce:GetCostAndUsage").reply(Reply::Denied);
    let run = Audit::against(&aws.url()).args(TARGETS).args("--preselect costs --yes").run().expect(2);
    assert!(run.stderr.contains("ce:GetCostAndUsage") && run.stderr.contains("management account"), "{}", run.stderr);
}

/// What Inspector's administrator says of the accounts that are asked about.
fn administrator() -> FakeAws {
    let aws = organization();
    aws.on("inspector2:BatchGetAccountStatus").reply(Reply::Made(Box::new(|call: &Call| {
        let one = |status: &str| json!({ "status": status });
        let state = |account: &str, ec2: &str, ecr: &str| {
            json!({ "accountId": account, "state": one("ENABLED"),
                    "resourceState": { "ec2": one(ec2), "ecr": one(ecr), "lambda": one("ENABLED") } })
        };
        let asked = call.texts("accountIds");
        let accounts: Vec<Value> = asked
            .iter()
            .filter_map(|account| match account.as_str() {
                "123456789012" => Some(state(account, "DISABLED", "DISABLED")),
                "444455556666" => Some(state(account, "DISABLED", "SUSPENDED")),
                _ => None,
            })
            .chain([state("999999999999", "DISABLED", "DISABLED")])
            .collect();
        let failed = json!([{ "accountId": "111122223333", "errorCode": "ACCESS_DENIED", "errorMessage": "no" }]);
        json!({ "accounts": accounts, "failedAccounts": failed }).to_string()
    })));
    aws
}

#[test]
fn the_administrator_skips_where_neither_instances_nor_images_are_scanned() {
    let aws = administrator();
    let inspector = "inspector2:BatchGetAccountStatus";
    let run = Audit::against(&aws.url()).args(TARGETS).args("--preselect inspector").run().expect(0);
    let plan = lines(&run.stdout);
    assert_eq!(skipped(&plan), [("123456789012", "eu-west-1"), ("123456789012", "us-east-1")]);
    assert!(run.stdout.contains("Inspector scans neither EC2 nor ECR there"), "{}", run.stdout);
    assert!(run.stderr.contains("ACCESS_DENIED"), "{}", run.stderr);
    assert_eq!(aws.calls_of(inspector).len(), 2, "one a region");
    // A region that does not answer keeps its targets; where none answers, nobody is the administrator.
    aws.on(inspector).region("eu-west-1").reply(Reply::Denied);
    let run = Audit::against(&aws.url()).args(TARGETS).args("--preselect inspector").run().expect(0);
    assert_eq!(skipped(&lines(&run.stdout)), [("123456789012", "us-east-1")]);
    assert!(run.stderr.contains("eu-west-1: nothing is skipped"), "{}", run.stderr);
    aws.on(inspector).reply(Reply::Denied);
    let run = Audit::against(&aws.url()).args(TARGETS).args("--preselect inspector").run().expect(2);
    assert!(run.stderr.contains("delegated administrator"), "{}", run.stderr);
}
