//! The configuration file: what it sets, what wins over it, what is wrong with it; suppressions in every format.

use std::collections::BTreeSet;
use std::path::Path;

use inspector_audit::cli::{ConfidenceChoice, FailOnChoice};
use inspector_audit::price::{PriceTable, Usd};
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::report::{FailOn, Report, ReportBuilder, Status, Suppression, SuppressionState, TargetId};
use inspector_audit::rules::{Confidence, RuleVerdict, Severity, Verdict};
use inspector_audit::settings::{Config, SAMPLE};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};
use crate::support::sample_report::{sample, taken_at};

const SNAPSHOT: &str = include_str!("../../fixtures/snapshots/cold-files-scanned.json");

/// Two findings of the shipped snapshot, both critical.
const TWO: &str = "--rule efs-tier-recall --rule exclusion-tag-ineffective";

/// A scan of the shipped snapshot beside that configuration: by two rules, unless it names its own.
fn scan(config: &str, options: &str) -> Run {
    Audit::new()
        .file("inspector-audit.toml", config)
        .file("account.json", SNAPSHOT)
        .args("scan --snapshot account.json --format json")
        .args(if config.contains("rules = ") { "" } else { TWO })
        .args(options)
        .run()
}

/// Asserts that a configuration is refused, in words that hold these.
fn refused(config: &str, words: &[&str]) {
    let run = scan(config, "").expect(2);
    for word in words {
        assert!(run.stderr.contains(word), "{word:?} is not in {}", run.stderr);
    }
    assert!(run.stdout.is_empty());
}

fn parsed(text: &str) -> Config {
    Config::parse(text, Path::new("inspector-audit.toml")).expect("a configuration")
}

/// The sample with every key set: a `#` right before a key or a table goes, explanations stay.
fn uncommented() -> String {
    let set = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '[') => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    SAMPLE.lines().map(set).collect()
}

/// What was said on standard error beside the line that the configuration was read.
fn complaints(run: &Run) -> Vec<&str> {
    run.stderr.lines().filter(|line| !line.starts_with("note: settings are read from")).collect()
}

#[test]
fn the_sample_as_it_stands_changes_nothing() {
    assert_eq!(parsed(SAMPLE), Config::default());
    assert_ne!(parsed(&uncommented()), Config::default());
    scan(SAMPLE, "").expect(1);
}

#[test]
fn the_sample_says_what_it_seems_to_say() {
    let config = parsed(&uncommented());
    assert_eq!(config.fail_on, Some(FailOnChoice::High));
    assert_eq!(config.min_confidence, Some(ConfidenceChoice::Low));
    assert_eq!(config.allow_gaps, Some(false));
    assert_eq!(config.outputs.len(), 2);
    assert_eq!(config.targets.regions, ["ap-northeast-1", "us-east-1"]);
    assert_eq!(config.prices.discount, Some("12.5".parse().expect("a number")));
    let settings = config.rule_settings();
    assert_eq!(settings.critical_from, Usd("1000".parse().expect("a number")));
    let [suppression] = &config.suppressions()[..] else { panic!("one suppression") };
    assert_eq!(suppression.expires, Some("2027-03-31".parse().expect("a date")));
}

/// The keys of a table: what one without any says of itself, since serde names all of them.
fn keys(table: &str) -> BTreeSet<String> {
    let text = format!("{table}\nno_such_key = 1\n");
    let error = Config::parse(&text, Path::new("x")).expect_err("an unknown key").to_string();
    let known = error.split("(known: ").nth(1).and_then(|rest| rest.split(')').next()).expect("the keys");
    known.split(", ").map(str::to_owned).collect()
}

#[test]
fn the_sample_has_every_key_and_explains_it() {
    let sample: toml::Table = uncommented().parse().expect("TOML");
    let of = |value: &toml::Value| value.as_table().expect("a table").keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(sample.keys().cloned().collect::<BTreeSet<_>>(), keys(""));
    for table in ["thresholds", "targets", "prices"] {
        assert_eq!(of(&sample[table]), keys(&format!("[{table}]")), "{table}");
    }
    assert_eq!(of(&sample["suppress"][0]), keys("[[suppress]]\nreason = \"x\""));
    let readable = include_str!("../../.github/docs/configuration.md");
    for key in keys("").into_iter().chain(keys("[targets]")).chain(keys("[prices]")) {
        assert!(readable.contains(&format!("`{key}`")), "the README does not name {key}");
    }
}

#[test]
fn config_example_prints_the_sample() {
    let run = Audit::new().args("config-example").run().expect(0);
    assert_eq!(run.stdout.trim_end(), SAMPLE.trim_end());
}

/// TOML as editors hold it against a JSON Schema: a date is its text.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Table(members) => members.iter().map(|(key, value)| (key.clone(), as_json(value))).collect(),
        toml::Value::Array(items) => items.iter().map(as_json).collect(),
        toml::Value::Datetime(date) => date.to_string().into(),
        other => serde_json::to_value(other).expect("JSON"),
    }
}

#[test]
fn the_schema_for_editors_has_every_key_and_takes_the_sample() {
    let printed = Audit::new().args("schema config").run().expect(0).json();
    let of = |pointer: &str| -> BTreeSet<String> {
        let found = printed.pointer(pointer).and_then(Value::as_object).expect("an object");
        found.keys().cloned().collect()
    };
    assert_eq!(of("/properties"), keys(""));
    for table in ["thresholds", "targets", "prices"] {
        let known = keys(&format!("[{table}]"));
        assert_eq!(of(&format!("/properties/{table}/properties")), known, "{table}");
    }
    let known = keys("[[suppress]]\nreason = \"x\"");
    assert_eq!(of("/properties/suppress/items/properties"), known);
    let all = uncommented();
    let sample = as_json(&toml::from_str(&all).expect("TOML"));
    assert_eq!(sample["suppress"][0]["expires"], "2027-03-31");
    crate::schema::assert_valid(&printed, &sample);
    for (wrong, right) in [("\"high\"", "\"hihg\""), ("fail_on", "fail_onn"), ("0.1", "1.5")] {
        let broken = as_json(&toml::from_str(&all.replacen(wrong, right, 1)).expect("TOML"));
        assert!(jsonschema::validator_for(&printed).expect("a schema").validate(&broken).is_err(), "{right}");
    }
}

#[test]
fn schemas_are_printed_as_they_are_published() {
    for of in ["report", "snapshot", "diff"] {
        let printed = Audit::new().args("schema").args(of).run().expect(0).json();
        assert_eq!(printed, crate::schema::schema(&format!("{of}-v1.json")));
        assert_eq!(printed["$id"], format!("urn:inspector-audit:schema:{of}:1"));
    }
}

#[test]
fn what_is_wrong_is_named_with_its_line_and_the_nearest_name() {
    refused("\nfail_onn = \"high\"", &["inspector-audit.toml:2", "fail_onn", "did you mean `fail_on`?"]);
    refused("fail_on = \"hihg\"", &["inspector-audit.toml:1", "did you mean `high`?"]);
    refused("[targets]\nregion = []", &["inspector-audit.toml:2", "did you mean `regions`?"]);
    refused("[threshold]\nhigh = 1", &["inspector-audit.toml:1", "did you mean `thresholds`?"]);
    refused("rules = [\"efs-tier-recal\"]", &["inspector-audit.toml:1", "did you mean `efs-tier-recall`?"]);
    refused("[[suppress]]\nrule = \"efs-tier-recall\"\nreson = \"x\"", &[":3", "did you mean `reason`?"]);
    refused("[[suppress]]\nrule = \"efs-tier-recall\"", &["missing field `reason`"]);
    refused("[[suppress]]\nrule = \"efs-tier-recall\"\nreason = \" \"", &[":3", "empty"]);
    refused("[[suppress]]\nrule = \"tls-*\"\nreason = \"x\"", &[":2", "tls-*"]);
    for account in ["111122223333", "011122223333"] {
        let config = format!("[[suppress]]\naccount = {account}\nreason = \"x\"");
        refused(&config, &["inspector-audit.toml:2", "give twelve digits in quotes"]);
    }
    refused("suppress = [{ account = 111122223333, reason = \"x\" }]", &["give twelve digits in quotes"]);
    refused("[[suppress]]\naccount = \"1111\"\nreason = \"x\"", &[":2", "1111"]);
    refused("[[suppress]]\nregion = \"x\"\nreason = \"x\"\nexpires = 2026-02-30", &[":4"]);
    refused("[[suppress]]\nregion = \"x\"\nreason = \"x\"\nexpires = \"soon\"", &[":4", "2026-12-31"]);
    refused("[[suppress]]\nreason = \"x\"", &["hide everything"]);
    refused("[[suppress]]\nregion = \"x\"\nreason = \"a\"\n[[suppress]]\nregion = \"x\"\nreason = \"b\"", &["2", "b"]);
    refused("read_fraction = 1.5", &[":1", "0 to 1"]);
    refused("[thresholds]\nmedium = -1", &[":2", "USD"]);
    refused("[thresholds]\nmedium = 500", &["thresholds"]);
    refused("[prices]\ndiscount = 101", &[":2", "100"]);
    refused("[targets]\nregions = [\"eu-west-1\"]\nall_regions = true", &["all_regions"]);
    refused("fail_on = ", &[":1"]);
    refused("outputs = [\"report.unknown\"]", &["report.unknown"]);
}

#[test]
fn a_configuration_that_was_found_writes_into_its_own_directory_alone() {
    let outputs = |path: &str| format!("outputs = [{path:?}]\nfail_on = \"never\"");
    let away = tempfile::tempdir().expect("a directory");
    let audit = |config: &str, name: &str| {
        let audit = Audit::new().file("account.json", SNAPSHOT).file(name, config);
        audit.args("scan --snapshot account.json")
    };
    let absolute = away.path().join("report.json");
    for path in ["../report.json", "nowhere/../../report.json", &absolute.display().to_string()] {
        let run = audit(&outputs(path), "inspector-audit.toml").run().expect(2);
        assert!(run.stderr.contains("outside this directory") && run.stdout.is_empty(), "{path}: {}", run.stderr);
    }
    assert!(!absolute.exists());
    // Who names it means it; what stays inside is written, and that the file was read is said.
    audit(&outputs(&absolute.display().to_string()), "mine.toml").args("--config mine.toml").run().expect(0);
    assert!(absolute.exists());
    let run = audit(&outputs("report.json"), "inspector-audit.toml").run().expect(0);
    assert!(run.stderr.contains("note: settings are read from inspector-audit.toml"), "{}", run.stderr);
    let quiet = audit(&outputs("report.json"), "inspector-audit.toml").args("--quiet").run().expect(0);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn a_file_that_is_named_has_to_be_there() {
    let audit = || Audit::new().file("account.json", SNAPSHOT).args("scan --snapshot account.json");
    let run = audit().args("--config other.toml").run().expect(2);
    assert!(run.stderr.contains("other.toml") && run.stderr.contains("--no-config"), "{}", run.stderr);
    audit().file("inspector-audit.toml", "broken").run().expect(2);
    audit().file("inspector-audit.toml", "broken").args("--no-config").run().expect(1);
    audit()
        .file("inspector-audit.toml", "broken")
        .file("good.toml", "fail_on = \"never\"")
        .args("--config good.toml")
        .run()
        .expect(0);
    audit().args("--config a.toml --no-config").run().expect(2);
}

#[test]
fn the_file_sets_what_is_not_typed() {
    scan("", "").expect(1);
    scan("fail_on = \"never\"", "").expect(0);
    scan("fail_on = \"never\"", "--fail-on high").expect(1);
    scan("min_confidence = \"high\"", "").expect(0);
    scan("min_confidence = \"high\"", "--min-confidence low").expect(1);
    let half = scan("read_fraction = 0.5", "").expect(1).json();
    let quarter = scan("read_fraction = 0.5", "--read-fraction 0.25").json();
    let likely = |report: &Value| report["summary"]["monthly_usd"]["projected"].as_f64().expect("a number");
    assert!((likely(&half) - 2.0 * likely(&quarter)).abs() < 0.01);
    let run = scan("outputs = [\"a.csv\"]", "").expect(1);
    assert!(run.path("a.csv").exists());
    let run = scan("outputs = [\"a.csv\"]", "--output b.csv").expect(1);
    assert!(!run.path("a.csv").exists() && run.path("b.csv").exists());
    let only = scan("rules = [\"efs-tier-recall\", \"terraform-coupling-loop\"]", "").expect(1).json();
    assert_eq!(only["verdicts"][0]["rules"].as_object().map(serde_json::Map::len), Some(1));
    let skipped = scan("skip_rules = [\"efs-tier-recall\"]", "").json();
    assert!(!skipped["verdicts"].to_string().contains("efs-tier-recall"));
    scan("rules = [\"terraform-coupling-loop\"]", "").expect(2);
}

#[test]
fn gaps_are_forgiven_by_the_file_and_taken_back_by_hand() {
    let half = include_str!("../../fixtures/snapshots/half-denied.json");
    let scan = |options: &str| {
        let audit = Audit::new().file("inspector-audit.toml", "allow_gaps = true").file("account.json", half);
        audit.args("scan --fail-on never --snapshot account.json").args(options).run()
    };
    scan("").expect(0);
    scan("--allow-gaps=false").expect(3);
    scan("--no-config").expect(3);
    scan("--no-config --allow-gaps").expect(0);
}

#[test]
fn thresholds_move_severity() {
    let severity = |config: &str| {
        let report = scan(config, "").json();
        let all = report["findings"].as_array().expect("a list");
        all.iter().find(|one| one["rule"] == "efs-tier-recall").expect("a finding")["severity"].clone()
    };
    // One step lower each: nothing shows that the scan touches the file system.
    assert_eq!(severity(""), "high");
    assert_eq!(severity("[thresholds]\ncritical = 5000"), "medium");
    assert_eq!(severity("[thresholds]\ncritical = 5000\nhigh = 4000.5\nmedium = \"3999.99\""), "low");
}

#[test]
fn targets_of_the_file_reach_the_policy() {
    let config = "[targets]\nall_regions = true\nrole_arns = [\"arn:aws:iam::111122223333:role/auditor\"]";
    let run = Audit::new().file("inspector-audit.toml", config).args("iam-policy").run().expect(0);
    assert!(run.stdout.contains("ec2:DescribeRegions") && run.stdout.contains("role/auditor"), "{}", run.stdout);
    // Beside a snapshot they mean nothing, and hinder nothing.
    scan(config, "").expect(1);
}

const ACCEPTED: &str =
    "[[suppress]]\nrule = \"efs-*\"\nresource = \"fs-0123456789abcdef0\"\nreason = \"accepted by data\"
expires = \"2026-11-21\"\n[[suppress]]\nrule = \"exclusion-tag-ineffective\"\nreason = \"known\"\n";

#[test]
fn suppressed_findings_fail_no_run_and_stay_in_the_report() {
    let plain = scan("", "").expect(1).json();
    let run = scan(ACCEPTED, "");
    let report = run.json();
    assert_eq!(plain["findings"].as_array().map(Vec::len), report["findings"].as_array().map(Vec::len));
    assert_eq!(report["summary"]["suppressed"], 2);
    assert_eq!(report["summary"]["monthly_usd"]["at_risk"], 0);
    assert_eq!(report["summary"]["findings"]["critical"], 0);
    let marked: Vec<_> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| !finding["suppressed"].is_null())
        .map(|finding| finding["suppressed"].clone())
        .collect();
    assert_eq!(
        marked,
        [
            json!({ "reason": "accepted by data", "expires": "2026-11-21", "comment": null }),
            json!({ "reason": "known", "expires": null, "comment": null })
        ]
    );
    assert_eq!(complaints(&run.expect(0)), [""; 0]);
}

#[test]
fn every_format_marks_what_is_suppressed() {
    for (format, mark) in [
        ("table", "efs-tier-recall fs-0123456789abcdef0: until 2026-11-21: accepted by data"),
        ("json", "\"reason\": \"accepted by data\""),
        ("jsonl", "\"suppressed\":{\"reason\":\"accepted by data\""),
        ("csv", "until 2026-11-21: accepted by data"),
        ("sarif", "\"justification\": \"until 2026-11-21: accepted by data\""),
        ("junit", "<skipped message=\"1 suppressed finding\">"),
        ("markdown", "<summary>2 suppressed findings</summary>"),
    ] {
        let run = Audit::new()
            .file("inspector-audit.toml", ACCEPTED)
            .file("account.json", SNAPSHOT)
            .args(&format!("scan {TWO} --snapshot account.json --format {format}"))
            .run()
            .expect(0);
        assert!(run.stdout.contains(mark), "{format}: {}", run.stdout);
    }
}

#[test]
fn a_suppression_holds_on_its_last_day_and_no_longer() {
    // The snapshot was taken on 2026-11-21.
    let on =
        |day: &str| scan(&format!("[[suppress]]\nrule = \"*\"\nreason = \"x\"\nexpires = {day}"), "--fail-on info");
    on("2026-11-21").expect(0);
    let run = on("2026-11-20").expect(1);
    assert!(run.stderr.contains("2026-11-20"), "{}", run.stderr);
    let report = run.json();
    assert_eq!(report["run"]["suppressions"][0]["state"], "expired");
    assert_eq!(report["run"]["suppressions"][0]["count"], 2);
    assert_eq!(report["summary"]["suppressed"], 0);
}

#[test]
fn a_suppression_that_matches_nothing_is_reported() {
    let config = "[[suppress]]\nrule = \"efs-tier-recall\"\nresource = \"fs-0dddddddddddddddd\"\nreason = \"old\"
[[suppress]]\nrule = \"terraform-coupling-loop\"\nreason = \"other command\"
[[suppress]]\nrule = \"efs-tier-recall\"\naccount = \"444455556666\"\nreason = \"other account\"\n";
    let run = scan(config, "").expect(1);
    assert_eq!(complaints(&run).len(), 2, "{}", run.stderr);
    assert!(run.stderr.contains("fs-0dddddddddddddddd"), "{}", run.stderr);
    assert!(run.stderr.contains("444455556666 hides nothing: no target of this run has its account"), "{}", run.stderr);
    let states: Vec<_> = run.json()["run"]["suppressions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|used| used["state"].clone())
        .collect();
    assert_eq!(states, ["unmatched", "not_judged", "not_judged"]);
}

#[test]
fn every_format_for_people_tells_what_hides_nothing() {
    let config = "[[suppress]]\nrule = \"efs-tier-recall\"\nreason = \"over\"\nexpires = 2026-11-20
[[suppress]]\nresource = \"fs-0dddddddddddddddd\"\nreason = \"old\"
[[suppress]]\nregion = \"ap-northeast-9\"\naccount = \"999999999999\"\nreason = \"typed wrongly\"
[[suppress]]\nrule = \"exclusion-tag-ineffective\"\nreason = \"of use\"\n";
    for format in ["table", "markdown", "junit", "csv"] {
        let run = Audit::new()
            .file("inspector-audit.toml", config)
            .file("account.json", SNAPSHOT)
            .args(&format!("scan {TWO} --snapshot account.json --format {format}"))
            .run();
        // A table breaks lines at words.
        let said = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [
            "efs-tier-recall ended on 2026-11-20 and hides nothing any more; it fits 1 finding",
            "fs-0dddddddddddddddd matches no finding",
            "no target of this run has its account, none its region",
        ] {
            assert!(said.contains(words), "{format}: {words}: {}", run.stdout);
        }
        assert!(!said.contains("exclusion-tag-ineffective matches"), "{format}: {}", run.stdout);
        assert_eq!(complaints(&run).len(), 3, "{}", run.stderr);
    }
    let scan = |config| Audit::new().file("inspector-audit.toml", config).file("account.json", SNAPSHOT);
    let run = scan(config).args("scan --snapshot account.json --format csv").run();
    let rows = run.stdout.lines().filter(|line| line.starts_with("\"suppression\",")).count();
    assert_eq!(rows, 3, "{}", run.stdout);
}

#[test]
fn a_price_file_that_the_configuration_names_is_blamed_on_it() {
    let run = scan("[prices]\nfile = \"no-such-prices.json\"", "").expect(2);
    assert!(
        run.stderr.contains("inspector-audit.toml") && run.stderr.contains("no-such-prices.json"),
        "{}",
        run.stderr
    );
    let run = scan("[prices]\nfile = \"no-such-prices.json\"", "--prices other.json").expect(2);
    let blamed = complaints(&run).join("\n");
    assert!(!blamed.contains("inspector-audit.toml") && blamed.contains("other.json"), "{blamed}");
}

#[test]
fn what_is_open_is_not_called_unmatched() {
    let mut builder = ReportBuilder::new("snapshot", PriceTable::embedded().provenance().clone());
    let verdict = RuleVerdict { rule: "efs-tier-recall".into(), verdict: Verdict::Inconclusive };
    let evaluation = Evaluation { verdicts: vec![verdict], ..Evaluation::default() };
    let id = TargetId { account: "111122223333".into(), region: "ap-northeast-1".into() };
    builder.add(id, taken_at(), evaluation);
    let mut report = builder.build();
    report.suppress(&[Suppression { rule: Some("efs-tier-recall".into()), ..Suppression::default() }]);
    assert_eq!(report.run.suppressions[0].state, SuppressionState::NotJudged);
}

#[test]
fn what_if_compares_two_worlds_without_what_is_suppressed() {
    let run = Audit::new()
        .file("inspector-audit.toml", ACCEPTED)
        .file("account.json", SNAPSHOT)
        .args(&format!("what-if --inspector-ec2 on {TWO} --snapshot account.json"))
        .run()
        .expect(0);
    assert!(run.stdout.contains("Today $0 a month, then $0: $0;"), "{}", run.stdout);
}

/// Everything at or above `info`.
fn strict() -> FailOn {
    FailOn { severity: Some(Severity::Info), confidence: Confidence::Low, allow_gaps: true }
}

fn fresh() -> Report {
    let mut report = sample();
    report.run.suppressions.clear();
    for finding in &mut report.findings {
        finding.suppressed = None;
    }
    Finding::rank(&mut report.findings);
    report
}

proptest! {
    #[test]
    fn suppressing_hides_from_totals_and_loses_nothing(
        patterns in proptest::collection::vec(("[a-z*-]{1,12}|\\*", "fs-\\*|\\*|[0-9]{12}", proptest::bool::ANY), 0..4),
    ) {
        let mut report = fresh();
        let all = report.findings.len();
        let suppressions: Vec<_> = patterns
            .into_iter()
            .map(|(rule, resource, expired)| Suppression {
                rule: Some(rule),
                resource: Some(resource),
                reason: "x".into(),
                expires: expired.then(|| "2026-01-01".parse().expect("a date")),
                ..Suppression::default()
            })
            .collect();
        report.suppress(&suppressions);
        prop_assert_eq!(report.findings.len(), all);
        let hidden = report.suppressed().count();
        prop_assert_eq!(u64::try_from(hidden).expect("small"), report.summary.suppressed);
        prop_assert_eq!(u64::try_from(all - hidden).expect("small"), report.summary.findings.total());
        let status = if hidden == all { Status::Clean } else { Status::Findings };
        prop_assert_eq!(strict().status(&report), status);
        prop_assert_eq!(report.run.suppressions.len(), suppressions.len());
        // The order within each half is the report's.
        let ranks: Vec<_> = report.counted().map(|finding| (finding.severity, finding.deciding_monthly())).collect();
        prop_assert!(ranks.windows(2).all(|pair| pair[0] >= pair[1]));
    }
}
