//! Every dollar of every report again, in whole numbers and with nothing of the code under test: from the JSON, the
//! snapshot and the price table's file.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// All numbers here are whole multiples of 10^-12.
const ONE: i128 = 1_000_000_000_000;
const CENT: i128 = ONE / 100;

fn number(value: &Value) -> i128 {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        other => panic!("{other} is no number"),
    };
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().expect("an exponent");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let places = 12 + exponent - i32::try_from(fraction.len()).expect("short");
    let all: i128 = format!("{whole}{fraction}").parse().expect("digits");
    let factor = 10_i128.pow(places.unsigned_abs());
    if places < 0 { all / factor } else { all * factor }
}

fn times(a: i128, b: i128) -> i128 {
    // Quantities reach 10^10 and prices have few places: in two steps nothing overflows.
    a / ONE * b + a % ONE * (b / 1_000_000) / 1_000_000
}

fn same(a: i128, b: i128, what: &str) {
    assert!((a - b).abs() < CENT, "{what}: {a} and {b}");
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn read(path: &str) -> Value {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).expect("a file")).expect("JSON")
}

fn snapshots() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/snapshots");
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .expect("snapshots")
        .map(|entry| entry.expect("an entry").path().display().to_string())
        .filter(|path| Path::new(path).extension().is_some_and(|extension| extension == "json"))
        .collect();
    found.sort();
    found
}

fn report(command: &str, snapshot: &str, options: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_inspector-audit"))
        .args([command, "--snapshot", snapshot, "--format", "json", "--fail-on", "never", "--allow-gaps"])
        .args(options)
        .env_clear()
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "{snapshot}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What severity, rank and totals go by: likely, or high where there is no estimate.
fn deciding(monthly: &Value) -> i128 {
    number(if monthly["likely"].is_null() { &monthly["high"] } else { &monthly["likely"] })
}

/// Lines multiply out, add up to their finding, and the findings to the totals, each dollar once: of each part of a
/// resource's bill what is measured, else the largest figure.
fn adds_up(report: &Value, name: &str) {
    let mut bills: BTreeMap<Vec<String>, (bool, i128, i128, &'static str)> = BTreeMap::new();
    for finding in list(&report["findings"]) {
        let cost = &finding["cost"];
        if cost.is_null() {
            continue;
        }
        let what = format!("{name}: {} {}", finding["rule"], finding["resource"]["id"]);
        let (mut month_of_lines, mut once_of_lines) = (0, 0);
        for line in list(&cost["lines"]) {
            let amount = number(&line["monthly_usd"]) + number(&line["one_time_usd"]);
            same(times(number(&line["quantity"]), number(&line["unit_price_usd"])), amount, &format!("{what} {line}"));
            month_of_lines += number(&line["monthly_usd"]);
            once_of_lines += number(&line["one_time_usd"]);
        }
        let monthly = deciding(&cost["monthly_usd"]);
        if !list(&cost["lines"]).is_empty() {
            same(month_of_lines, monthly, &what);
            same(once_of_lines, number(&cost["one_time_usd"]), &what);
        }
        assert!(number(&cost["monthly_usd"]["low"]) <= monthly, "{what}");
        assert!(monthly <= number(&cost["monthly_usd"]["high"]), "{what}");
        let total = match cost["basis"].as_str() {
            Some("measured") => "measured",
            Some("list_price" | "estimate") => "projected",
            Some("bound") => "at_risk",
            other => panic!("{what}: {other:?}"),
        };
        assert_eq!(total == "at_risk", cost["monthly_usd"]["likely"].is_null(), "{what}: a bound has no estimate");
        let resource = &finding["resource"];
        let bill = [&finding["account"], &finding["region"], &resource["type"], &resource["id"], &cost["part"]];
        if finding["severity"] != "info" && finding["suppressed"].is_null() {
            let own = (total == "measured", monthly, number(&cost["one_time_usd"]), total);
            let other = bills.entry(bill.map(Value::to_string).to_vec()).or_insert(own);
            if (own.0, own.1) > (other.0, other.1) {
                *other = own;
            }
        }
    }
    let summary = &report["summary"];
    for total in ["measured", "projected", "at_risk"] {
        let sum = bills.values().filter(|(.., own)| *own == total).map(|(_, monthly, ..)| monthly).sum();
        same(sum, number(&summary["monthly_usd"][total]), &format!("{name} {total}"));
    }
    same(bills.values().map(|(_, _, once, _)| once).sum(), number(&summary["one_time_usd"]), name);
}

/// All parts of monthly totals.
fn all(totals: &Value) -> i128 {
    ["measured", "projected", "at_risk"].iter().map(|part| number(&totals[part])).sum()
}

/// The differences of `what-if` add up to its totals, and its fees multiply out.
fn what_if_adds_up(report: &Value, name: &str) {
    let what_if = &report["what_if"];
    let sum = |field: &str| -> i128 {
        list(&what_if["findings"]).iter().filter(|one| !one[field].is_null()).map(|one| number(&one[field])).sum()
    };
    for (field, world) in [("today_usd", "today"), ("then_usd", "then")] {
        same(sum(field), all(&what_if[world]["monthly_usd"]), &format!("{name} {world}"));
    }
    same(
        all(&what_if["then"]["monthly_usd"]) - all(&what_if["today"]["monthly_usd"]),
        all(&what_if["difference"]["monthly_usd"]),
        name,
    );
    let fees = &what_if["inspector_fees"];
    let mut difference = Some(0);
    for line in list(&fees["lines"]) {
        for (quantity, amount) in [("today_quantity", "today_usd"), ("then_quantity", "then_usd")] {
            if !line[amount].is_null() && number(&line[quantity]) != 0 {
                let product = times(number(&line[quantity]), number(&line["unit_price_usd"]));
                same(product, number(&line[amount]), &format!("{name} {line}"));
            }
        }
        assert!(!line["difference_usd"].is_null() || !line["unknown"].is_null(), "{name}: {line}");
        if line["once"] == false {
            let of_line = &line["difference_usd"];
            difference = difference.filter(|_| !of_line.is_null()).map(|sum| sum + number(of_line));
        }
    }
    match difference {
        Some(difference) => same(difference, number(&fees["difference_usd"]), name),
        None => assert!(fees["difference_usd"].is_null(), "{name}"),
    }
}

/// The embedded table, by (region, dimension) of EFS.
fn rates() -> BTreeMap<(String, String), i128> {
    let table = read("src/price/embedded.json");
    let efs = list(&table["rates"]).iter().filter(|row| row["service"] == "AmazonEFS");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    efs.map(|row| ((text(&row["region"]), text(&row["dimension"])), number(&row["usd"]))).collect()
}

/// What `efs-tier-recall` of one file system comes to by the design: monthly and once.
fn recall(file_system: &Value, region: &str, rates: &BTreeMap<(String, String), i128>) -> (i128, i128) {
    let rate = |name: &str| rates[&(region.to_owned(), name.to_owned())];
    let elastic = file_system["throughput_mode"] == "elastic";
    let one_zone = !file_system["availability_zone"].is_null();
    let bytes = |class: &str| number(&file_system["size"][class]) / ONE;
    let gib = |bytes: i128, price: i128| bytes * price / (1 << 30);
    let (ia, archive) = (bytes("ia"), bytes("archive"));
    let standard = rate(if one_zone { "onezone_standard_storage" } else { "standard_storage" });
    let cold = rate(match (one_zone, elastic) {
        (true, _) => "onezone_ia_storage",
        (false, true) => "ia_storage_elastic",
        (false, false) => "ia_storage_bursting_or_provisioned",
    });
    let mut monthly = gib(ia, standard - cold);
    let mut once = gib(ia, rate("ia_access_read") + rate("ia_access_write_tiering"));
    if archive > 0 {
        monthly += gib(archive, standard - rate("archive_storage_elastic_only"));
        once += gib(archive, rate("archive_access_read") + rate("archive_access_write_tiering"));
    }
    if elastic {
        once += gib(ia + archive, rate("elastic_throughput_read"));
    }
    (monthly, once)
}

#[test]
fn the_golden_report_adds_up() {
    let golden = read("fixtures/golden/report.json");
    adds_up(&golden, "golden");
    what_if_adds_up(&golden, "golden");
}

#[test]
fn every_snapshots_report_adds_up_and_recalls_what_the_table_says() {
    let rates = rates();
    let mut recalled = 0;
    for snapshot in snapshots() {
        let report = report("scan", &snapshot, &[]);
        adds_up(&report, &snapshot);
        let world: Value =
            serde_json::from_str(&std::fs::read_to_string(&snapshot).expect("a snapshot")).expect("JSON");
        for finding in list(&report["findings"]).iter().filter(|finding| finding["rule"] == "efs-tier-recall") {
            let targets = list(&world["targets"]);
            let file_systems = targets.iter().flat_map(|target| list(&target["efs"]["file_systems"]["complete"]));
            let file_system = file_systems.into_iter().find(|fs| fs["id"] == finding["resource"]["id"]).expect("there");
            let (monthly, once) = recall(file_system, finding["region"].as_str().expect("a region"), &rates);
            same(monthly, number(&finding["cost"]["monthly_usd"]["high"]), &snapshot);
            same(once, number(&finding["cost"]["one_time_usd"]), &snapshot);
            recalled += 1;
        }
    }
    assert!(recalled > 0, "no snapshot shows the rule");
}

/// GiB that the scans of a month read at most of a bursting file system with so many bytes in Standard, by the documents:
/// 300 MiB/s for each TiB in Standard (at least 300; a client 500) for 15 minutes, `scans` times.
fn scanned(standard: i128, cold: i128, scans: i128) -> i128 {
    let burst = (300 * standard / (1 << 40)).clamp(300, 500) * ONE;
    scans * (burst * 900 / 1024).min(cold * ONE / (1 << 30))
}

#[test]
fn keeping_the_samples_files_cold_costs_what_the_documents_allow_at_most() {
    let report =
        report("scan", concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/snapshots/cold-files-scanned.json"), &[]);
    let home = list(&report["findings"]).iter().find(|one| one["rule"] == "efs-tier-recall").expect("the sample");
    let keep_cold = list(&home["ways_out"]).iter().find(|way| way["way"] == "stop_returning_to_standard");
    let keep_cold = keep_cold.expect("a way");
    let world = read("fixtures/snapshots/cold-files-scanned.json");
    let file_systems = list(&world["targets"][0]["efs"]["file_systems"]["complete"]);
    let size = &file_systems.iter().find(|one| one["id"] == home["resource"]["id"]).expect("there")["size"];
    let bytes = |class: &str| number(&size[class]) / ONE;
    // 263.67 GiB a run, 120 runs by each of two instances that could mount it: 0.012 USD for each GiB, 379.69 USD each.
    let run = scanned(bytes("standard"), bytes("ia"), 1);
    same(run, 26_367 * CENT, "a run");
    let one = times(
        scanned(bytes("standard"), bytes("ia"), 120),
        rates()[&("ap-northeast-1".into(), "ia_access_read".into())],
    );
    same(one, 37_969 * CENT, "an instance");
    let instances = number(&home["instance_counts"]["possible"]) / ONE;
    same(one * instances, number(&keep_cold["monthly_usd"]["high"]), "keep cold");
    assert!(keep_cold["monthly_usd"]["likely"].is_null() && keep_cold["recommended"] == true, "{keep_cold}");
    same(number(&home["cost"]["monthly_usd"]["high"]), 340_787 * CENT, "at risk");
}

#[test]
fn the_samples_of_the_readme_say_what_the_table_says() {
    let rates = rates();
    let world = read("fixtures/snapshots/cold-files-scanned.json");
    let home = list(&world["targets"][0]["efs"]["file_systems"]["complete"])
        .iter()
        .find(|file_system| file_system["id"] == "fs-0123456789abcdef0")
        .expect("the sample's file system");
    let (monthly, once) = recall(home, "ap-northeast-1", &rates);
    let readme = include_str!("../../.github/docs/money.md");
    for amount in [monthly, once] {
        let cents = (amount + CENT / 2) / CENT;
        // Whole dollars from 1,000 on.
        let dollars = (cents + 50) / 100;
        let shown = if dollars < 1000 {
            format!("${}.{:02}", cents / 100, cents % 100)
        } else {
            format!("${},{:03}", dollars / 1000, dollars % 1000)
        };
        assert!(readme.contains(&shown), "{shown}");
    }
}

#[test]
fn what_if_adds_up_for_every_snapshot_and_change() {
    for snapshot in snapshots() {
        for options in [
            &["--inspector-ec2", "on"][..],
            &["--inspector-ec2", "off", "--inspector-ecr", "off"],
            &["--inspector-ecr", "on"],
            &["--ecr-scan-type", "basic"],
            &["--ecr-scan-type", "enhanced", "--transition-to-standard", "off"],
            &["--scan-schedule", "rate(12 hours)", "--deep-inspection", "on", "--read-fraction", "0.3"],
        ] {
            let name = format!("{snapshot} {options:?}");
            let report = report("what-if", &snapshot, options);
            adds_up(&report, &name);
            what_if_adds_up(&report, &name);
        }
    }
}

#[test]
fn what_if_of_what_is_so_already_is_the_scan() {
    let on = |snapshot: &String| !snapshot.ends_with("inspector-off.json");
    for snapshot in snapshots().into_iter().filter(on) {
        let options = ["--inspector-ec2", "on", "--deep-inspection", "on"];
        let (mut scan, mut same) = (report("scan", &snapshot, &[]), report("what-if", &snapshot, &options));
        // A world that is only thought of cannot be judged again: no command to repeat it is printed.
        for finding in
            [&mut scan, &mut same].into_iter().flat_map(|one| one["findings"].as_array_mut().expect("a list"))
        {
            finding["remediation"] = Value::Null;
        }
        let what_if = same["what_if"].take();
        assert_eq!(scan["findings"], same["findings"], "{snapshot}");
        assert_eq!(scan["summary"], same["summary"], "{snapshot}");
        assert_eq!(all(&what_if["difference"]["monthly_usd"]), 0);
        assert_eq!(number(&what_if["inspector_fees"]["difference_usd"]), 0, "{snapshot}");
    }
}

#[test]
fn excluding_everything_makes_r1_cost_nothing() {
    for snapshot in snapshots() {
        let world: Value =
            serde_json::from_str(&std::fs::read_to_string(&snapshot).expect("a snapshot")).expect("JSON");
        let instances = list(&world["targets"])
            .iter()
            .flat_map(|target| list(&target["ec2"]["instances"]["complete"]))
            .flat_map(|instance| ["--exclude", instance["id"].as_str().expect("an id")]);
        let mut options: Vec<&str> = vec!["--inspector-ec2", "on"];
        options.extend(instances);
        let report = report("what-if", &snapshot, &options);
        // No document says that an exclusion stops the VM Scanner.
        let rows = list(&world["targets"])
            .iter()
            .flat_map(|it| it["inspector"]["ec2_coverage"]["complete"].as_array().into_iter().flatten());
        let vm_scanner: Vec<&Value> =
            rows.filter(|row| row["scan_mode"] == "EC2_INSPECTOR_AGENT_BASED").map(|row| &row["instance_id"]).collect();
        let file_systems = list(&report["findings"]).iter().filter(|finding| {
            let by_plugin = list(&finding["instances"]).iter().any(|one| !vm_scanner.contains(&&one["id"]));
            finding["resource"]["type"] == "AWS::EFS::FileSystem" && finding["severity"] != "info" && by_plugin
        });
        assert_eq!(file_systems.count(), 0, "{snapshot}");
    }
}
