//! JSON Lines in tables: the queries of the page run in `DuckDB`, which nobody here wrote, and add up to the report.

use std::process::Command;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::audit::Audit;
use crate::support::moto::{SKIP, virtual_environment};

const PAGE: &str = include_str!("../../.github/docs/reports.md");

/// Runs the statements of standard input and prints each answer as a list of objects.
const RUN: &str = "\
import duckdb, json, sys
connection = duckdb.connect()
for statement in [part for part in sys.argv[1].split(';') if part.strip()]:
    cursor = connection.execute(statement)
    names = [column[0] for column in cursor.description]
    print(json.dumps([dict(zip(names, row)) for row in cursor.fetchall()], default=str))
";

/// The blocks of SQL on the page.
fn blocks() -> Vec<&'static str> {
    PAGE.split("```sql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

fn number(value: &Value) -> Decimal {
    let text = value.to_string();
    let text = text.trim_matches('"');
    text.parse().or_else(|_| Decimal::from_scientific(text)).unwrap_or_default()
}

fn length(list: &Value) -> Decimal {
    Decimal::from(list.as_array().expect("a list").len())
}

#[test]
fn duckdb_adds_up_to_the_report() {
    if std::env::var_os(SKIP).is_some() {
        return;
    }
    let [queries, _] = blocks()[..] else { panic!("two blocks of SQL") };
    let python = virtual_environment();
    let root = env!("CARGO_MANIFEST_DIR");
    for snapshots in
        ["fixtures/sweep", "fixtures/snapshots/cold-files-scanned.json", "fixtures/snapshots/half-denied.json"]
    {
        let scan = |format: &str| {
            Audit::new()
                .args("scan --no-config --fail-on never --allow-gaps --snapshot")
                .arg(format!("{root}/{snapshots}"))
                .args(format)
                .run()
                .expect(0)
        };
        let report = scan("--format json").json();
        let run = scan("--format jsonl --output findings.jsonl");
        let output =
            Command::new(&python).current_dir(run.path("")).args(["-c", RUN, queries]).output().expect("python starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let answers = String::from_utf8(output.stdout).expect("UTF-8");
        let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let [_, by_rule, worst, unseen] = &answers[..] else { panic!("four statements: {answers:#?}") };
        let rows = by_rule.as_array().expect("rows");
        for sum in ["measured", "projected", "at_risk"] {
            let added: Decimal = rows.iter().map(|row| number(&row[sum])).sum();
            let expected = number(&report["summary"]["monthly_usd"][sum]);
            assert_eq!(added, expected, "{snapshots} {sum}");
        }
        let findings: Decimal = rows.iter().map(|row| number(&row["findings"])).sum();
        assert_eq!(findings, length(&report["findings"]));
        let gaps: Decimal = unseen.as_array().expect("rows").iter().map(|row| number(&row["targets"])).sum();
        assert_eq!(gaps, length(&report["gaps"]), "{unseen:#}");
        let most = report["findings"].as_array().expect("a list").iter();
        let most = most
            .filter(|finding| finding["resource"]["id"].as_str().is_some_and(|id| id.starts_with("fs-")))
            .map(|finding| number(&finding["cost"]["monthly_usd"]["high"]))
            .max()
            .unwrap_or_default();
        if !most.is_zero() {
            assert_eq!(number(&worst[0]["monthly_usd_high"]), most, "{snapshots}: {worst:#}");
        }
    }
}

#[test]
fn every_column_of_the_tables_is_a_key_of_some_line() {
    let run = Audit::new()
        .args("scan --no-config --fail-on never --allow-gaps --format jsonl --snapshot")
        .arg(format!("{}/fixtures/snapshots/half-denied.json", env!("CARGO_MANIFEST_DIR")))
        .run()
        .expect(0);
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let [duckdb, athena] = blocks()[..] else { panic!("two blocks of SQL") };
    let of_duckdb = duckdb.split_once("columns = {").and_then(|(_, rest)| rest.split_once('}')).expect("columns").0;
    let of_duckdb = of_duckdb.replace("(18,6)", "");
    let of_athena = athena.split_once('(').and_then(|(_, rest)| rest.split_once(")\n")).expect("columns").0;
    let mut both = Vec::new();
    for columns in [of_duckdb.as_str(), of_athena] {
        let names: Vec<&str> = columns
            .split(',')
            .filter_map(|column| column.split([':', ' ', '\n']).find(|word| !word.is_empty()))
            .collect();
        assert!(names.len() > 10, "{names:?}");
        for name in &names {
            assert!(lines.iter().any(|line| line.get(name).is_some()), "{name} is in no line");
        }
        both.push(names.into_iter().map(str::to_owned).collect::<Vec<_>>());
    }
    assert_eq!(both[0], both[1], "one shape for both");
}
