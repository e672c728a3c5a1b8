//! Baselines and comparisons of two reports.

use serde_json::{Value, json};

use crate::support::audit::{Audit, Run};

const SNAPSHOT: &str = include_str!("../../fixtures/snapshots/cold-files-scanned.json");
const DENIED: &str = include_str!("../../fixtures/snapshots/half-denied.json");

/// The JSON report of a snapshot.
fn report(snapshot: &str) -> Value {
    Audit::new().file("s.json", snapshot).args("scan --snapshot s.json --format json").run().json()
}

/// The report without some of its findings.
fn without(mut report: Value, rule: &str) -> Value {
    report["findings"].as_array_mut().expect("a list").retain(|finding| finding["rule"] != rule);
    report
}

fn scan(baseline: &Value, options: &str) -> Run {
    Audit::new()
        .file("s.json", SNAPSHOT)
        .file("old.json", baseline.to_string())
        .args("scan --snapshot s.json --baseline old.json --format json")
        .args(options)
        .run()
}

#[test]
fn what_the_baseline_has_fails_no_run() {
    let old = report(SNAPSHOT);
    let now = scan(&old, "").expect(0).json();
    assert!(now["findings"].as_array().expect("a list").iter().all(|finding| finding["new"] == false));
    let baseline = &now["run"]["baseline"];
    assert_eq!((&baseline["gone"], &baseline["unseen"]), (&json!(0), &json!(0)));
    assert_eq!(baseline["taken_at"], "2026-11-21T03:04:05Z");
    assert_eq!(baseline["findings"].as_u64(), old["findings"].as_array().map(|all| all.len() as u64));
}

#[test]
fn what_the_baseline_has_fails_no_test_case_and_lights_no_lamp() {
    let format = |old: &Value, format: &str| {
        let audit = Audit::new().file("s.json", SNAPSHOT).file("old.json", old.to_string());
        audit.args("scan --snapshot s.json --baseline old.json --format").arg(format).run().stdout
    };
    let (all, fewer) = (report(SNAPSHOT), without(report(SNAPSHOT), "efs-tier-recall"));
    let xml = format(&all, "junit");
    assert_eq!(xml.matches("<failure").count(), 0, "{xml}");
    assert!(xml.contains("<skipped message=\"1 finding known in the baseline\">"), "{xml}");
    let xml = format(&fewer, "junit");
    assert_eq!(xml.matches("<failure").count(), 1, "{xml}");
    let markdown = format(&all, "markdown");
    assert!(!markdown.contains('🔴') && !markdown.contains('🟡'), "{markdown}");
    // Right below the headline.
    let below = markdown.lines().filter(|line| !line.is_empty()).nth(2).expect("three lines");
    assert!(below.starts_with("Against the baseline of"), "{markdown}");
    assert!(format(&fewer, "markdown").contains('🔴'));
}

#[test]
fn the_digest_is_that_of_the_file() {
    use sha2::Digest as _;
    let old = report(SNAPSHOT);
    let digest = sha2::Sha256::digest(old.to_string());
    let hex = digest.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    assert_eq!(scan(&old, "").json()["run"]["baseline"]["digest"], format!("sha256:{hex}"));
}

#[test]
fn what_the_baseline_lacks_is_new_and_fails() {
    let now = scan(&without(report(SNAPSHOT), "efs-tier-recall"), "").expect(1).json();
    let new: Vec<_> = now["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["new"] == true)
        .map(|finding| finding["rule"].clone())
        .collect();
    assert_eq!(new, ["efs-tier-recall"]);
    // The other finding is as bad, but known.
    scan(&without(report(SNAPSHOT), "no-such-rule"), "--fail-on info").expect(0);
}

#[test]
fn a_suppression_that_has_ended_makes_its_finding_news() {
    let mut old = report(SNAPSHOT);
    old["findings"][0]["suppressed"] = json!({ "reason": "x", "expires": "2026-11-01" });
    let now = scan(&old, "").expect(1).json();
    assert_eq!(now["findings"][0]["new"], true);
}

#[test]
fn without_a_baseline_nothing_is_new_or_known() {
    let now = report(SNAPSHOT);
    assert!(now["run"]["baseline"].is_null());
    assert!(now["findings"][0]["new"].is_null());
}

#[test]
fn an_incomplete_report_stays_incomplete_beside_a_baseline() {
    let old = report(DENIED);
    let run = Audit::new()
        .file("s.json", DENIED)
        .file("old.json", old.to_string())
        .args("scan --snapshot s.json --baseline old.json")
        .run();
    run.expect(3);
}

#[test]
fn what_is_no_report_is_refused_with_the_next_step() {
    for (content, word) in [
        (SNAPSHOT, "snapshot"),
        ("{}", "schema_version"),
        ("", "cause: it is empty"),
        ("[1]", "report"),
        ("{\"schema_version\": 2, \"findings\": []}", "upgrade"),
        ("{\"schema_version\": 1, \"findings\": []}", "missing field"),
    ] {
        for command in ["scan --snapshot s.json --baseline old.json", "diff s2.json old.json", "diff old.json s2.json"]
        {
            let run = Audit::new()
                .file("s.json", SNAPSHOT)
                .file("s2.json", report(SNAPSHOT).to_string())
                .file("old.json", content)
                .args(command)
                .run()
                .expect(2);
            assert!(run.stderr.contains(word) && run.stderr.contains("old.json"), "{command}: {}", run.stderr);
            assert!(run.stdout.is_empty());
        }
    }
    let run = Audit::new().args("diff a.json b.json").run().expect(2);
    assert!(run.stderr.contains("a.json"), "{}", run.stderr);
}

#[test]
fn terraform_takes_a_baseline_too() {
    let plan = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/terraform/hcl/article-loop");
    let first = Audit::new().args("terraform --one-account --format json").arg(plan).run().expect(1);
    let run = Audit::new()
        .file("old.json", &first.stdout)
        .args("terraform --one-account --baseline old.json --format json")
        .arg(plan)
        .run();
    assert!(run.json()["findings"].as_array().expect("a list").iter().all(|finding| finding["new"] == false));
    run.expect(0);
}
