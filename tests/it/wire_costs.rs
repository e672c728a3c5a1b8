//! Cost Explorer: asked on request alone, its price said before, its rows read exactly or not at all.

use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};
use crate::support::fake::FakeAws;
use crate::support::reply::Reply;

const COSTS: &str = "ce:GetCostAndUsage";

fn scan(aws: &FakeAws, more: &str) -> Run {
    Audit::against(&aws.url())
        .scan("--region ap-northeast-1 --format json --fail-on never --no-metrics --max-attempts 1")
        .args("--save-snapshot world.json")
        .args(more)
        .run()
}

fn measured(run: &Run) -> Value {
    run.report().0["measured"][0].clone()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn the_bills_show_the_share_of_cold_storage_falling() {
    let aws = FakeAws::start();
    let run = scan(&aws, "--cost-explorer").expect(0);
    assert!(run.report().all_gaps().is_empty());
    let measured = measured(&run);
    let bills = measured["bills"].as_array().expect("a list");
    let shares: Vec<_> = bills.iter().map(|bill| bill["cold_share_percent"].to_string()).collect();
    assert_eq!(shares, ["90", "20", "0"]);
    assert_eq!(measured["cold_share_falling"], true);
    assert_eq!(measured["bills_truncated"], Value::Null);
    // 54.4 + 2880 + 84.000000012 + 2.88, rounded to six places: nothing of S3 or of taxes.
    assert_eq!(measured["bills"][1]["amount_usd"].to_string(), "3021.28");
    assert_eq!(measured["findings_monthly_usd"]["at_risk"].to_string(), "3407.872");
    let snapshot = run.json_file("world.json");
    let rows = &snapshot["targets"][0]["billing"]["monthly_usage"]["complete"]["rows"];
    assert_eq!(rows.as_array().map(Vec::len), Some(8));
    assert!(rows.to_string().contains("84.000000012") && rows.to_string().contains("0.00000015"), "as billed: {rows}");
    assert!(!rows.to_string().contains("Simple Storage") && !rows.to_string().contains("Tax"));

    let table = Audit::new()
        .file("world.json", snapshot.to_string())
        .args("scan --snapshot world.json --fail-on never")
        .run()
        .expect(0);
    let words = table.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in ["2026-09", "90%", "20%"] {
        assert!(words.contains(word), "{word}: {}", table.stdout);
    }
}

#[test]
fn one_request_asks_for_four_months_of_the_account_and_the_region() {
    let aws = FakeAws::start();
    scan(&aws, "--cost-explorer").expect(0);
    let [call] = &aws.calls_of(COSTS)[..] else { panic!("one call: {:#?}", aws.calls_of(COSTS)) };
    assert_eq!(call.region, "us-east-1", "wherever the target is");
    assert_eq!(call.parameter("Granularity"), "MONTHLY");
    assert_eq!(parsed(call.parameter("Metrics")), json!(["UnblendedCost", "UsageQuantity"]));
    let groups = parsed(call.parameter("GroupBy"));
    assert_eq!((&groups[0]["Key"], &groups[1]["Key"]), (&json!("SERVICE"), &json!("USAGE_TYPE")));
    assert_eq!(
        parsed(call.parameter("Filter")),
        json!({ "And": [
            { "Dimensions": { "Key": "REGION", "Values": ["ap-northeast-1"] } },
            { "Dimensions": { "Key": "LINKED_ACCOUNT", "Values": ["111122223333"] } },
        ] })
    );
    let period = parsed(call.parameter("TimePeriod"));
    let day = |name: &str| period[name].as_str().and_then(|day| day.parse::<chrono::NaiveDate>().ok()).expect("a day");
    let days = (day("End") - day("Start")).num_days();
    assert!(period["Start"].as_str().is_some_and(|day| day.ends_with("-01")) && (90..=124).contains(&days), "{period}");
}

#[test]
fn each_region_is_asked_about_by_a_request_of_its_own() {
    let aws = FakeAws::start();
    let run = scan(&aws, "--region eu-west-1 --region cn-north-1 --cost-explorer").expect(0);
    let mut asked: Vec<_> = aws
        .calls_of(COSTS)
        .iter()
        .map(|call| {
            let filter = parsed(call.parameter("Filter"));
            (filter["And"][0]["Dimensions"]["Values"][0].as_str().unwrap_or("").to_owned(), call.region.clone())
        })
        .collect();
    asked.sort();
    let pair = |about: &str, at: &str| (about.to_owned(), at.to_owned());
    assert_eq!(
        asked,
        [pair("ap-northeast-1", "us-east-1"), pair("cn-north-1", "cn-northwest-1"), pair("eu-west-1", "us-east-1")]
    );
    assert_eq!(run.stderr.matches("Cost Explorer").count(), 3, "{}", run.stderr);
}

#[test]
fn the_price_is_said_before_unless_nothing_is_to_be_said() {
    let aws = FakeAws::start();
    let said = scan(&aws, "--cost-explorer").expect(0).stderr;
    assert!(said.contains("111122223333/ap-northeast-1") && said.contains("$0.01 for each request"), "{said}");
    assert_eq!(scan(&aws, "--cost-explorer --quiet").expect(0).stderr, "");
    let without = FakeAws::start();
    let run = scan(&without, "").expect(0);
    assert!(without.calls_of(COSTS).is_empty() && !run.stderr.contains("Cost Explorer"), "{}", run.stderr);
    // A snapshot has been paid for: nothing to ask.
    let run = Audit::new().args("scan --snapshot world.json --cost-explorer").run().expect(2);
    assert!(run.stderr.contains("--cost-explorer"), "{}", run.stderr);
}

#[test]
fn two_pages_are_one_bill() {
    let aws = FakeAws::start();
    let page = |token, reply| aws.on(COSTS).with("NextPageToken", token).reply(reply);
    page("", Reply::Page("first-month", "second"));
    page("second", Reply::Case("later-months"));
    let (paged, whole) =
        (scan(&aws, "--cost-explorer").expect(0), scan(&FakeAws::start(), "--cost-explorer").expect(0));
    assert_eq!(aws.calls_of(COSTS).len(), 2);
    assert_eq!(measured(&paged), measured(&whole));
}

#[test]
fn a_part_of_the_bill_says_so_and_shows_no_trend() {
    let aws = FakeAws::start();
    aws.on(COSTS).reply(Reply::Denied);
    aws.on(COSTS).with("NextPageToken", "").reply(Reply::Page("small", "second"));
    let measured_part = measured(&scan(&aws, "--cost-explorer").expect(0));
    let why = measured_part["bills_truncated"].as_str().expect("a reason").to_owned();
    assert!(why.contains("page 2") && why.contains("ce:GetCostAndUsage"), "{why}");
    assert_eq!(measured_part["cold_share_falling"], Value::Null);
    assert_eq!(measured_part["bills"].as_array().map(Vec::len), Some(3));

    // Every page names another: after ten it is enough.
    let endless = FakeAws::start();
    let answer = parsed(include_str!("../../fixtures/wire/ce/GetCostAndUsage/first-month.json"));
    endless.on(COSTS).reply(Reply::Made(Box::new(move |call| {
        let mut answer = answer.clone();
        answer["NextPageToken"] = json!(format!("{}x", call.parameter("NextPageToken")));
        answer.to_string()
    })));
    let run = scan(&endless, "--cost-explorer").expect(0);
    assert_eq!(endless.calls_of(COSTS).len(), 10);
    assert!(measured(&run)["bills_truncated"].as_str().is_some_and(|why| why.contains("10 pages")));
}

#[test]
fn a_cost_explorer_that_is_switched_off_is_told_from_a_missing_permission() {
    let advice = |reply| {
        let aws = FakeAws::start();
        aws.on(COSTS).reply(reply);
        scan(&aws, "--cost-explorer").expect(0).report().gap("billing.monthly_usage")["message"].to_string()
    };
    let off = advice(Reply::Error(400, "AccessDeniedException", "User not enabled for cost explorer access"));
    assert!(off.contains("switch Cost Explorer on"), "{off}");
    let denied = advice(Reply::Denied);
    assert!(!denied.contains("switch") && denied.contains("add ce:GetCostAndUsage to the role's policy"), "{denied}");
}

#[test]
fn a_denial_or_an_answer_that_cannot_be_one_is_a_gap_and_the_rest_stands() {
    let without = |answer: &str| {
        let answer = answer.to_owned();
        Reply::Made(Box::new(move |_| answer.clone()))
    };
    let small = include_str!("../../fixtures/wire/ce/GetCostAndUsage/small.json");
    for (reply, reason) in [
        (Reply::Denied, "access_denied"),
        (Reply::Html, "protocol"),
        (Reply::HalfBody("small"), "protocol"),
        (without("{}"), "protocol"),
        (without(&small.replace("\"USD\"", "\"CNY\"")), "protocol"),
        (without(&small.replace("\"244.8\"", "\"much\"")), "protocol"),
        (without(&small.replace("UnblendedCost", "BlendedCost")), "protocol"),
        (Reply::Throttled, "throttled"),
        (Reply::Error(400, "LimitExceededException", "You made too many calls in a short period of time"), "throttled"),
    ] {
        let aws = FakeAws::start();
        let name = format!("{reply:?}");
        aws.on(COSTS).reply(reply);
        let run = scan(&aws, "--cost-explorer").expect(0);
        let report = run.report();
        let gap = report.gap("billing.monthly_usage");
        assert_eq!((&gap["reason"], &gap["operation"]), (&json!(reason), &json!(COSTS)), "{name}: {gap}");
        assert_eq!(gap["rules"], json!([]), "{name}");
        assert!(report.complete(), "no rule reads bills: {name}");
        assert_eq!(report.findings("efs-tier-recall").len(), 1, "{name}");
        assert_eq!(measured(&run)["bills"], json!([]), "{name}");
    }
}
