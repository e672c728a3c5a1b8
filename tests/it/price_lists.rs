//! Saved price lists of AWS: bulk files and answers of `GetProducts`, plain and as gzip; and the weekly refresh of the
//! embedded table, which reads them.

use std::io::Write as _;
use std::path::Path;

use inspector_audit::price::{EFS, INSPECTOR, PriceTable, dimension};
use serde_json::Value;

use crate::support::audit::{Audit, Run};

const EFS_OFFER: &str = include_str!("../../fixtures/prices/offers/AmazonEFS/current/index.json");
const INSPECTOR_OFFER: &str = include_str!("../../fixtures/prices/offers/AmazonInspectorV2/current/index.json");
const EFS_ANSWER: &str = include_str!("../../fixtures/prices/efs.json");

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("a vector takes everything");
    encoder.finish().expect("a vector takes everything")
}

fn table(run: Run) -> PriceTable {
    PriceTable::from_json(&run.expect(0).stdout, "written").expect("a price file")
}

fn price(table: &PriceTable, service: &str, region: &str, dimension: &str) -> Option<String> {
    table.get(service, region, dimension).map(|rate| format!("{} per {}", rate.usd, rate.unit))
}

#[test]
fn a_saved_list_is_a_price_file_in_every_form_that_aws_gives_it() {
    let answer: Value = serde_json::from_str(EFS_ANSWER).expect("JSON");
    let alone = answer["PriceList"].to_string();
    let products: Vec<Value> = answer["PriceList"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|text| serde_json::from_str(text.as_str().expect("a text")).expect("JSON"))
        .collect();
    let products = Value::from(products).to_string();
    for (form, bytes, standard) in [
        ("a bulk file", EFS_OFFER.as_bytes().to_vec(), "0.31"),
        ("a bulk file as gzip", gzip(EFS_OFFER.as_bytes()), "0.31"),
        ("an answer", EFS_ANSWER.as_bytes().to_vec(), "0.3"),
        ("an answer as gzip", gzip(EFS_ANSWER.as_bytes()), "0.3"),
        ("a list alone", alone.into_bytes(), "0.3"),
        ("products", products.into_bytes(), "0.3"),
    ] {
        let table = table(Audit::new().file("p", bytes).args("prices --prices p --format json").run());
        let rate = table.get(EFS, "us-east-1", dimension::STANDARD).expect(form);
        assert_eq!((rate.usd.to_string().as_str(), rate.unit.as_str()), (standard, "GiB-month"), "{form}");
        assert_eq!(rate.source, "AWS price list file, AmazonEFS, published 2026-11-18", "{form}");
        assert_eq!(rate.as_of.as_deref(), Some("2026-11-18"), "{form}");
        let kept = table.get(EFS, "ap-southeast-1", dimension::STANDARD).expect("what the list has not stays");
        assert_eq!(kept.as_of.as_deref(), Some("2025-09-25"), "{form}");
    }
}

#[test]
fn a_refresh_reads_saved_lists_and_asks_nobody() {
    let audit = Audit::new().file("efs.json", EFS_OFFER).file("inspector.gz", gzip(INSPECTOR_OFFER.as_bytes()));
    let run = audit.args("prices --refresh new.json --offers efs.json --offers inspector.gz").run().expect(0);
    for line in [
        "AmazonEFS us-east-1 standard_storage: 0.3 -> 0.31 USD per GiB-month",
        "AmazonInspectorV2 ap-northeast-1 ec2_agent_instance_hour: new, 0.002 USD per Instance-hr",
        "2 rates have changed; written to new.json.",
    ] {
        assert!(run.stdout.lines().any(|said| said == line), "{line} in {}", run.stdout);
    }
    assert!(run.stdout.contains("AmazonInspectorV2 us-east-1 (2)"), "not listed: {}", run.stdout);
    let text = std::fs::read_to_string(run.path("new.json")).expect("written");
    let new = PriceTable::from_json(&text, "new").expect("a price file");
    let inspector = |region, name| price(&new, INSPECTOR, region, name);
    let said = |text: &str| Some(text.to_owned());
    // The list says `Hourly`.
    assert_eq!(inspector("us-east-2", dimension::LAMBDA_HOUR), said("0.000417 per Function-hr"));
    assert_eq!(inspector("us-east-2", dimension::EC2_CIS_CHECK), said("0.03 per check"));
    assert_eq!(inspector("eu-west-1", dimension::EC2_AGENT_MONTH), said("1.2528 per Instance-month(720h)"));
    assert_eq!(inspector("us-east-2", dimension::CODE_IAC), said("0.15 per scan"), "kept from before");
    let audit = Audit::new().file("efs.json", EFS_OFFER).file("old.json", text);
    let again = audit.args("prices --prices old.json --refresh new.json --offers efs.json").run().expect(0);
    assert!(again.stdout.starts_with("No rate that AWS listed has changed"), "{}", again.stdout);
}

#[test]
fn a_list_that_cannot_be_used_ends_the_run_and_writes_nothing() {
    let half = &EFS_OFFER[..EFS_OFFER.len() / 2];
    let own = PriceTable::embedded().to_json();
    let endless = " ".repeat(65 << 20);
    for (bytes, word) in [
        (half.as_bytes().to_vec(), "cannot be read"),
        (gzip(half.as_bytes()), "cannot be read"),
        (gzip(EFS_OFFER.as_bytes())[..900].to_vec(), "cannot be read"),
        (own.into_bytes(), "neither `products` nor a `PriceList`"),
        (EFS_OFFER.replace("USD", "CNY").into_bytes(), "only in CNY"),
        (Vec::new(), "cause: it is empty"),
        (gzip(endless.as_bytes()), "more than 64 MiB"),
    ] {
        let run = Audit::new().file("list", bytes).args("prices --refresh new.json --offers list").run().expect(2);
        assert!(run.stderr.contains(word) && run.stderr.contains("list"), "{word}: {}", run.stderr);
        assert!(run.stdout.is_empty() && !run.path("new.json").exists(), "{word}");
    }
    let run = Audit::new().args("prices --offers list").run().expect(2);
    assert!(run.stderr.contains("--refresh"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_an_error() {
    for line in ["prices --prices /dev/zero", "prices --refresh new.json --offers /dev/zero"] {
        let run = Audit::new().args(line).run().expect(2);
        assert!(run.stderr.contains("/dev/zero"), "{line}: {}", run.stderr);
    }
}

#[test]
fn the_embedded_table_is_written_as_a_refresh_writes_it() {
    let embedded = include_str!("../../src/price/embedded.json");
    assert!(PriceTable::embedded().to_json() == embedded, "a refresh would change lines whose rates are the same");
}

/// Runs the script of the weekly workflow on a table in `folder`; `None` where there is no curl.
#[cfg(unix)]
fn script(folder: &Path, offers: &str) -> Option<std::process::Output> {
    use std::process::Command;
    if Command::new("curl").arg("--version").output().is_err() {
        writeln!(std::io::stderr(), "skipped: curl is not installed").expect("a line");
        return None;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/refresh-prices.sh");
    let mut command = Command::new("bash");
    command.arg(script).arg(folder.join("table.json")).env("OFFERS", offers);
    Some(command.env("INSPECTOR_AUDIT", env!("CARGO_BIN_EXE_inspector-audit")).output().expect("bash runs"))
}

#[cfg(unix)]
#[test]
fn the_weekly_script_refreshes_the_table_in_place_or_leaves_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.json");
    let before = include_str!("../../src/price/embedded.json");
    std::fs::write(&path, before).expect("written");
    let lists = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/fixtures/prices/offers");
    let Some(failed) = script(folder.path(), &format!("{lists}/nowhere")) else { return };
    assert!(!failed.status.success());
    assert_eq!(std::fs::read_to_string(&path).expect("the table"), before);
    let Some(output) = script(folder.path(), lists) else { return };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("standard_storage: 0.3 -> 0.31") && said.contains("table.json."), "{said}");
    let after = std::fs::read_to_string(&path).expect("the table");
    let table = PriceTable::from_json(&after, "after").expect("a price file");
    assert_eq!(price(&table, EFS, "us-east-1", dimension::STANDARD).as_deref(), Some("0.31 per GiB-month"));
    assert_eq!(table.regions(EFS).count(), 36);
    let differing = before.lines().filter(|line| !after.contains(line)).count();
    assert!(differing < before.lines().count(), "what was not listed keeps its line");
}

#[test]
fn the_weekly_workflow_may_little_and_pins_what_it_uses() {
    let workflow = include_str!("../../.github/workflows/prices.yml");
    assert!(workflow.contains("\npermissions: {}\n"));
    let granted: Vec<_> = workflow.lines().filter(|line| line.contains(": write")).map(str::trim).collect();
    assert_eq!(granted.len(), 2, "{granted:?}");
    for used in workflow.lines().filter_map(|line| line.trim().strip_prefix("- uses: ")) {
        let commit = used.split_once('@').map_or("", |(_, rest)| rest.split_whitespace().next().unwrap_or(""));
        assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{used}");
    }
    assert!(workflow.contains("run: .github/refresh-prices.sh"));
}
