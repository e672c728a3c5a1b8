//! Prices: the right product out of the Price List API's answers, files laid over the table, discounts, and a figure or
//! a named missing price for every region.

use crate::support::evaluate;
use chrono::NaiveDate;
use inspector_audit::price::{EFS, INSPECTOR, PriceTable, changes, dimension, list};
use inspector_audit::rules::RuleSettings;
use serde_json::{Value, json};

use crate::builders::efs::{TIB, exposed, rules, with, with_file_system};
use crate::support::audit::Audit;

fn answer(name: &str) -> Vec<String> {
    let path = format!("{}/fixtures/prices/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let answer: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("the answer")).expect("JSON");
    answer["PriceList"].as_array().expect("a list").iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn today() -> NaiveDate {
    "2026-11-21".parse().expect("a date")
}

fn listed(names: &[&str]) -> list::Listed {
    let products: Vec<String> = names.iter().flat_map(|name| answer(name)).collect();
    list::table(products.iter().map(String::as_str), today()).expect("rates")
}

fn price(table: &PriceTable, service: &str, region: &str, dimension: &str) -> Option<String> {
    table.get(service, region, dimension).map(|rate| rate.usd.to_string())
}

#[test]
fn the_right_product_is_chosen_in_every_partition_that_has_dollars() {
    let list::Listed { table, notes } = listed(&["efs"]);
    assert_eq!(notes, Vec::<String>::new());
    let embedded = PriceTable::embedded();
    for region in ["ap-northeast-1", "us-east-1", "eu-west-1", "us-gov-west-1"] {
        let mut found = 0;
        for (service, name, unit) in dimension::ALL.iter().filter(|(service, _, _)| *service == EFS) {
            let Some(rate) = table.get(service, region, name) else {
                assert!(name.starts_with("onezone"), "{region} {name}");
                continue;
            };
            assert_eq!(Some(rate.usd), embedded.get(service, region, name).map(|rate| rate.usd), "{region} {name}");
            assert_eq!(Some(rate.unit.as_str()), *unit);
            assert_eq!(rate.as_of.as_deref(), Some("2026-11-21"));
            assert_eq!(rate.source, "AWS Price List API, AmazonEFS, published 2026-11-18");
            found += 1;
        }
        assert_eq!(found, if region.starts_with("us-gov") { 12 } else { 14 }, "{region}");
    }
    assert_eq!(table.provenance().source, "live");
    assert_eq!(table.provenance().as_of, "2026-11-21");
}

#[test]
fn a_product_that_leaves_room_for_doubt_gives_no_rate_and_says_why() {
    let list::Listed { table, notes } = listed(&["efs-odd"]);
    let efs = |region, name| price(&table, EFS, region, name);
    assert_eq!(efs("us-east-2", dimension::ELASTIC_READ).as_deref(), Some("0.03"));
    assert_eq!(efs("us-east-2", dimension::ELASTIC_WRITE).as_deref(), Some("0.06"));
    assert_eq!(efs("us-east-1", dimension::STANDARD).as_deref(), Some("0.3"));
    assert_eq!(efs("eu-north-1", dimension::STANDARD).as_deref(), Some("0.3"), "not the price of next year");
    assert_eq!(efs("eu-west-3", dimension::STANDARD).as_deref(), Some("0.33"), "the first tier");
    assert_eq!(efs("sa-east-1", dimension::STANDARD), None, "two prices");
    assert_eq!(table.iter().filter(|(_, region, _, _)| matches!(*region, "cn-north-1" | "us-west-2")).count(), 0);
    for word in
        ["several prices", "CNY", "names no region", "AWS Local Zone", "TB-Mo", "-0.16", "0.0000000000 USD", "free"]
    {
        assert!(notes.iter().any(|note| note.contains(word)), "{word} in {notes:#?}");
    }
    assert_eq!(notes.len(), 8, "{notes:#?}");
}

#[test]
fn inspector_is_priced_by_the_hour_or_by_the_month_as_its_unit_says() {
    let list::Listed { table, notes } = listed(&["inspector"]);
    assert_eq!(notes, Vec::<String>::new());
    let inspector = |region, name| price(&table, INSPECTOR, region, name);
    assert_eq!(inspector("us-east-2", dimension::EC2_AGENT_HOUR).as_deref(), Some("0.00174"));
    assert_eq!(inspector("us-east-2", dimension::EC2_AGENTLESS_HOUR).as_deref(), Some("0.00243"));
    assert_eq!(inspector("us-east-2", dimension::ECR_RESCAN).as_deref(), Some("0.01"));
    assert_eq!(inspector("us-east-2", dimension::LAMBDA_CODE_HOUR).as_deref(), Some("0.00084"));
    assert_eq!(inspector("eu-west-1", dimension::EC2_AGENT_MONTH).as_deref(), Some("1.2528"));
    assert_eq!(inspector("eu-west-1", dimension::EC2_AGENT_HOUR), None);
    assert_eq!(inspector("ap-northeast-1", dimension::ECR_RESCAN), None, "no region borrows another's price");
}

#[test]
fn an_answer_that_is_none_is_an_error_and_never_an_empty_table() {
    assert!(list::table(std::iter::empty(), today()).is_err());
    for broken in ["", "{}", "[]", "<html>", "{\"product\": 7}"] {
        let products = answer("inspector");
        let error = list::table(products.iter().map(String::as_str).chain([broken]), today()).expect_err(broken);
        assert!(error.to_string().contains("product 13"), "{error}");
    }
}

#[expect(clippy::needless_pass_by_value, reason = "every use makes the values where it calls")]
fn rates(rates: Value, overrides: Value) -> String {
    let sources = json!([{ "name": "our contract", "as_of": "2026-11-01" }]);
    json!({ "schema_version": 1, "currency": "USD", "sources": sources, "rates": rates, "overrides": overrides })
        .to_string()
}

fn row(region: &str, dimension: &str, usd: &str) -> Value {
    json!({ "service": EFS, "region": region, "dimension": dimension, "usd": usd, "unit": "GiB-month", "source": 0 })
}

#[test]
fn a_partial_file_replaces_what_it_names_and_each_rate_keeps_its_source() {
    let file = rates(
        json!([row("ap-northeast-1", dimension::STANDARD, "0.30"), row("cn-north-1", dimension::IA, "0.02")]),
        json!([
            { "service": EFS, "dimension": dimension::IA_READ, "discount_percent": "50" },
            { "service": EFS, "dimension": dimension::IA_READ, "region": "us-east-1", "usd": "0.001" },
        ]),
    );
    let table = PriceTable::embedded().with_file(&file, "ours.json").expect("a price file");
    let rate = |region, name| table.get(EFS, region, name).expect("a rate");
    assert_eq!(rate("ap-northeast-1", dimension::STANDARD).usd.to_string(), "0.30");
    assert_eq!(rate("ap-northeast-1", dimension::STANDARD).source, "our contract");
    assert_eq!(rate("ap-northeast-1", dimension::STANDARD).as_of.as_deref(), Some("2026-11-01"));
    assert_eq!(rate("ap-northeast-1", dimension::IA).as_of.as_deref(), Some("2025-09-25"));
    assert_eq!(rate("cn-north-1", dimension::IA).usd.to_string(), "0.02");
    assert_eq!(rate("ap-northeast-1", dimension::IA_READ).usd.to_string(), "0.006");
    assert!(rate("ap-northeast-1", dimension::IA_READ).source.ends_with("less 50% (ours.json)"));
    assert_eq!(rate("us-east-1", dimension::IA_READ).usd.to_string(), "0.001");
    assert_eq!(table.provenance().source, "ours.json");
    assert_eq!(table.provenance().as_of, "2025-09-25", "no younger than its oldest part");
    assert_eq!(table.provenance_in(["cn-north-1"].into_iter()).as_of, "2026-11-01");
    assert_eq!(changes(&PriceTable::embedded(), &table).len(), 2 + 36);
}

#[test]
fn a_file_that_means_nothing_is_refused_by_name() {
    let table = |text: &str| PriceTable::embedded().with_file(text, "x.json").expect_err(text).to_string();
    let one = |row: Value| rates(json!([row]), json!([]));
    let mut unit = row("us-east-1", dimension::STANDARD, "1");
    unit["unit"] = json!("TB-month");
    let mut source = row("us-east-1", dimension::STANDARD, "1");
    source["source"] = json!(3);
    let amend = |over: Value| rates(json!([]), json!([over]));
    for (text, word) in [
        ("not JSON".to_owned(), "not readable"),
        (json!({ "schema_version": 2, "anything": "else" }).to_string(), "schema_version 2"),
        (one(row("us-east-1", "standard", "1")), "standard_storage"),
        (one(row("us-east-1", dimension::STANDARD, "-1")), "no price"),
        (one(row("us-east-1", dimension::STANDARD, "1e12")), "1000000000000 is no price"),
        (one(unit), "TB-month"),
        (one(source), "source number 3"),
        (amend(json!({ "service": EFS, "dimension": dimension::IA })), "either"),
        (amend(json!({ "service": EFS, "dimension": dimension::IA, "discount_percent": "101" })), "0 to 100"),
        (
            amend(json!({ "service": EFS, "dimension": dimension::IA, "region": "xx", "discount_percent": "1" })),
            "no rate to discount",
        ),
        (amend(json!({ "service": "S3", "dimension": "x", "usd": "1" })), "no such service"),
    ] {
        let error = table(&text);
        assert!(error.contains(word), "{word:?} in {error}");
    }
    let other = rates(json!([]), json!([])).replace("USD", "EUR");
    assert!(table(&other).contains("EUR"));
}

#[test]
fn a_table_written_is_the_table_read() {
    let table = PriceTable::embedded();
    let again = PriceTable::from_json(&table.to_json(), "again").expect("its own form");
    assert_eq!(changes(&table, &again), vec![]);
    assert_eq!(table.to_json(), again.to_json());
}

#[test]
fn a_discount_is_taken_off_every_rate_and_said() {
    let (table, less) = (PriceTable::embedded(), PriceTable::embedded().discounted("12.5".parse().expect("a number")));
    assert_eq!(price(&less, EFS, "ap-northeast-1", dimension::STANDARD).as_deref(), Some("0.315"));
    for ((_, _, _, before), (_, _, _, after)) in table.iter().zip(less.iter()) {
        assert_eq!(after.usd * rust_decimal::Decimal::from(8), before.usd * rust_decimal::Decimal::from(7));
        assert!(after.source.ends_with("less 12.5% (--discount)"), "{}", after.source);
    }
    assert_eq!(less.provenance().discount_percent.to_string(), "12.5");
}

#[test]
fn every_region_has_a_figure_or_names_the_price_that_is_missing() {
    let prices = PriceTable::embedded();
    let settings = RuleSettings::default();
    let (mut figures, mut named) = (0, 0);
    for region in prices.regions(EFS) {
        for (elastic, one_zone, archive) in (0..8).map(|bits| (bits & 1 == 1, bits & 2 == 2, bits & 4 == 4)) {
            let target = with_file_system(with(exposed(), |target| region.clone_into(&mut target.region)), |fs| {
                fs.throughput_mode = Some(if elastic { "elastic" } else { "bursting" }.into());
                fs.availability_zone = one_zone.then(|| format!("{region}a"));
                fs.size.archive = Some(if archive { TIB } else { 0 });
            });
            let evaluation = evaluate(&target, &prices, &settings, &rules());
            let finding =
                evaluation.findings.iter().find(|finding| finding.rule == "efs-tier-recall").expect("exposed");
            let what = format!("{region} elastic {elastic} one zone {one_zone} archive {archive}");
            if let Some(cost) = &finding.cost {
                assert!(cost.monthly_usd.deciding().0 > rust_decimal::Decimal::ZERO, "{what}");
                assert!(!(one_zone && archive), "{what}: there is no One Zone Archive");
                figures += 1;
            } else {
                let missing = if prices.get(EFS, region, dimension::ONE_ZONE_STANDARD).is_none() {
                    dimension::ONE_ZONE_STANDARD
                } else {
                    dimension::ONE_ZONE_ARCHIVE
                };
                assert!(one_zone, "{what}: {}", finding.message);
                for word in [missing, region, "--prices FILE"] {
                    assert!(finding.message.contains(word), "{what}: {word} in {}", finding.message);
                }
                named += 1;
            }
        }
    }
    assert_eq!((figures + named, figures), (36 * 8, 36 * 4 + 24 * 2));
}

#[test]
fn the_command_shows_a_region_and_its_json_is_a_price_file() {
    let run = Audit::new().args("prices --region ap-northeast-1").run().expect(0);
    for word in ["standard_storage", "0.36", "GiB-month", "2025-09-25", "AWS public EFS price map"] {
        assert!(run.stdout.contains(word), "{word} in {}", run.stdout);
    }
    assert!(!run.stdout.contains("us-east-1"));
    let json = Audit::new().args("prices --region eu-west-1 --format json").run().expect(0).stdout;
    let again =
        Audit::new().file("p.json", &json).args("prices --region eu-west-1 --format json --prices p.json").run();
    assert_eq!(again.expect(0).stdout, json);
    let unknown = Audit::new().args("prices --region cn-north-1").run().expect(2);
    assert!(unknown.stderr.contains("cn-north-1") && unknown.stderr.contains("--prices FILE"), "{}", unknown.stderr);
}

#[test]
fn a_price_file_and_a_discount_reach_the_figures() {
    let world = include_str!("../../fixtures/snapshots/cold-files-scanned.json");
    let scan = |options: &str, file: &str| {
        let audit = Audit::new().file("w.json", world).file("p.json", file);
        audit.args("scan --snapshot w.json --format json --rule efs-tier-recall --fail-on never").args(options).run()
    };
    let file = rates(json!([row("ap-northeast-1", dimension::STANDARD, "0.1272")]), json!([]));
    let report = scan("--prices p.json --discount 50", &file).expect(0).json();
    // 10,240 GiB x (0.1272 - 0.0272) / 2.
    assert_eq!(report["summary"]["monthly_usd"]["at_risk"].to_string(), "512");
    assert_eq!(report["run"]["prices"]["source"], "p.json");
    assert_eq!(report["run"]["prices"]["discount_percent"].to_string(), "50");
    let line = &report["findings"][0]["cost"]["lines"][0];
    assert_eq!(line["price_source"], "our contract, less 50% (--discount)");
    for (options, word) in [
        ("--prices none.json", "none.json"),
        ("--prices w.json", "w.json"),
        ("--discount 101", "0 to 100"),
        ("--discount=-1", "0 to 100"),
        ("--discount much", "0 to 100"),
        ("--prices live", "Price List API"),
    ] {
        let run = scan(options, &file).expect(2);
        assert!(run.stderr.contains(word) && run.stdout.is_empty(), "{options}: {}", run.stderr);
    }
}

/// Where a line breaks is the table's affair.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_missing_price_is_said_under_the_total_which_is_then_a_least_one() {
    let world =
        include_str!("../../fixtures/snapshots/cold-files-scanned.json").replace("ap-northeast-1", "cn-north-1");
    for format in ["table", "markdown", "html"] {
        let line = format!("scan --snapshot w.json --fail-on never --allow-gaps --format {format}");
        let run = Audit::new().file("w.json", world.as_str()).args(&line).run().expect(0);
        let text = flat(&run.stdout.replace('\\', ""));
        for words in [
            "without a figure: ",
            "no AmazonEFS standard_storage for cn-north-1",
            "; supply it with --prices FILE",
            "at least",
        ] {
            assert!(text.contains(words), "{format}: {words} in {text}");
        }
    }
}

#[test]
fn a_file_of_overrides_alone_is_enough_and_the_report_says_that_prices_are_own() {
    let world = include_str!("../../fixtures/snapshots/cold-files-scanned.json");
    let own = r#"{"schema_version": 1, "currency": "USD", "overrides": [
        {"service": "AmazonEFS", "dimension": "standard_storage", "region": "ap-northeast-1", "usd": "0.30"},
        {"service": "AmazonEFS", "dimension": "ia_access_read", "region": "us-east-1", "discount_percent": "50"}]}"#;
    for (options, words) in [
        ("", "Not list prices: 1 rate is overridden by the price file."),
        ("--discount 10", "less your discount of 10%. Not list prices: 1 rate is overridden by the price file."),
    ] {
        let line = format!("scan --snapshot w.json --prices own.json {options} --fail-on never -v");
        let run = Audit::new().file("w.json", world).file("own.json", own).args(&line).run().expect(0);
        let text = flat(&run.stdout);
        assert!(text.contains(words), "{words} in {text}");
        assert!(!text.contains("List prices: your own"), "{text}");
    }
}

#[test]
fn a_discount_is_never_written_into_a_price_file() {
    let run = Audit::new().args("prices --discount 10 --format json").run().expect(2);
    assert!(run.stderr.contains("come off twice"), "{}", run.stderr);
    Audit::new().args("prices --discount 10 --region us-east-1").run().expect(0);
}

#[test]
fn a_refresh_takes_no_option_that_it_would_not_heed() {
    for options in ["--format json", "--region us-east-1", "--discount 10", "--prices live"] {
        let run = Audit::new().args(&format!("prices --refresh new.json {options}")).run().expect(2);
        assert!(run.stderr.contains("--refresh"), "{options}: {}", run.stderr);
    }
}
