//! The command itself: which finding, which report, what is said on standard error.

use std::path::Path;

use inspector_audit::price::PriceTable;
use inspector_audit::rules::{RuleSettings, live_rules};
use serde_json::Value;

use super::{assert_is_shell, fixture, run, snapshot};
use crate::builders::efs::exposed;
use crate::support::audit::Audit;
use crate::support::evaluate;

#[test]
fn every_story_gives_a_script_and_nothing_else_on_standard_output() {
    let stories =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots")).expect("a folder");
    for story in stories {
        let name = story.expect("an entry").file_name().into_string().expect("a name");
        for way in ["", " --way exclude", " --way keep-cold", " --way slow-schedule"] {
            let run = Audit::new().file("s.json", fixture(&name)).args(&format!("fix --snapshot s.json{way}")).run();
            let run = run.expect(0);
            assert!(run.stdout.starts_with("#!/bin/sh\n"), "{name}");
            assert_is_shell(&run.stdout);
        }
    }
}

#[test]
fn one_finding_is_chosen_by_the_beginning_of_its_fingerprint() {
    let fix = |arguments: &str| {
        Audit::new().file("s.json", snapshot(vec![exposed()])).args("fix --snapshot s.json").args(arguments).run()
    };
    let report =
        Audit::new().file("s.json", snapshot(vec![exposed()])).args("scan --format json --snapshot s.json").run();
    let report: Value = serde_json::from_str(&report.stdout).expect("JSON");
    let fingerprint = report["findings"][0]["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let one = fix(&format!("--finding {}", &fingerprint[..8])).expect(0);
    assert!(one.stdout.contains("Plan 1 of 1") && one.stdout.contains(&fingerprint));
    let last = if fingerprint.as_bytes()[9] == b'0' { '1' } else { '0' };
    let unknown = fix(&format!("--finding {}{last}", &fingerprint[..9])).expect(2);
    assert!(unknown.stderr.contains("the nearest is") && unknown.stdout.is_empty(), "{}", unknown.stderr);
    let cased = fix(&format!("--finding {}", fingerprint.to_uppercase())).expect(0);
    assert_eq!(cased.stdout, one.stdout);
}

#[test]
fn a_beginning_that_several_findings_share_lists_them() {
    let run = Audit::new()
        .file("s.json", fixture("cold-files-scanned.json"))
        .args("fix --snapshot s.json --finding")
        .arg("")
        .run()
        .expect(2);
    assert!(run.stderr.contains("efs-tier-recall") && run.stderr.contains("ecr-"), "{}", run.stderr);
}

#[test]
fn a_way_that_a_finding_does_not_have_is_refused() {
    let all = Audit::new()
        .file("s.json", fixture("cold-files-scanned.json"))
        .args("scan --format json --snapshot s.json")
        .run();
    let report: Value = serde_json::from_str(&all.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("a list");
    let registry = findings.iter().find(|one| one["rule"] == "ecr-filter-substring").expect("one");
    let run = Audit::new()
        .file("s.json", fixture("cold-files-scanned.json"))
        .args("fix --snapshot s.json --way keep-cold --finding")
        .arg(registry["fingerprint"].as_str().expect("text"))
        .run()
        .expect(2);
    assert!(run.stderr.contains("keep-cold"), "{}", run.stderr);
}

#[test]
fn a_report_narrows_the_plans_to_its_findings() {
    let scan = "scan --format json --snapshot s.json --rule efs-tier-recall";
    let report = Audit::new().file("s.json", fixture("cold-files-scanned.json")).args(scan).run().stdout;
    let fix = |report: &[u8]| {
        let audit = Audit::new().file("s.json", fixture("cold-files-scanned.json")).file("report.json", report);
        audit.args("fix --snapshot s.json --report report.json").run()
    };
    let narrowed = fix(report.as_bytes()).expect(0);
    assert!(narrowed.stdout.contains("Plan 1 of 1"), "{}", narrowed.stdout);
    let broken = fix(b"{}").expect(2);
    assert!(broken.stderr.contains("report.json"), "{}", broken.stderr);
}

#[test]
fn the_same_target_twice_is_planned_for_once() {
    let fix = |targets| Audit::new().file("s.json", snapshot(targets)).args("fix --snapshot s.json").run().expect(0);
    let run = fix(vec![exposed(), exposed()]);
    assert!(run.stderr.contains("more than once"), "{}", run.stderr);
    assert_eq!(run.stdout, fix(vec![exposed()]).stdout);
}

#[test]
fn a_suppressed_finding_gets_no_plan_unless_it_is_asked_for() {
    let config = "[[suppress]]\nrule = \"efs-tier-recall\"\nreason = \"known\"\n";
    let fix = |arguments: &str| {
        let audit = Audit::new().file("s.json", snapshot(vec![exposed()])).file("c.toml", config);
        audit
            .args("fix --snapshot s.json --config c.toml --rule efs-tier-recall")
            .args(arguments)
            .run()
            .expect(0)
            .stdout
    };
    assert!(fix("").contains("nothing to do"));
    let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
    let rules: Vec<_> = live_rules().filter(|rule| rule.id == "efs-tier-recall").collect();
    let fingerprint = &evaluate(&exposed(), &prices, &settings, &rules).findings[0].fingerprint;
    assert!(fix(&format!("--finding {fingerprint}")).contains("Plan 1 of 1"));
}

#[test]
fn what_a_report_names_and_cannot_be_planned_is_named() {
    let scan = "scan --format json --snapshot s.json --fail-on never --allow-gaps";
    let other = Audit::new().file("s.json", fixture("cold-data-moved.json")).args(scan).run().stdout;
    let audit = Audit::new().file("s.json", fixture("cold-files-scanned.json")).file("report.json", other.as_bytes());
    let run_of = audit.args("fix --snapshot s.json --report report.json").run().expect(0);
    assert!(run_of.stderr.contains("could not be seen or planned"), "{}", run_of.stderr);
    let listed = run(&run_of.stdout, &[], &[]).output.stdout;
    let listed = String::from_utf8(listed).expect("text");
    assert!(listed.contains("Not planned: efs-recall-observed on fs-0123456789abcdef0"), "{listed}");
    assert!(listed.contains("nothing to do"), "{listed}");
}

#[test]
fn gaps_that_may_hide_findings_are_named() {
    let run_of = Audit::new().file("s.json", fixture("half-denied.json")).args("fix --snapshot s.json").run().expect(0);
    let listed = String::from_utf8(run(&run_of.stdout, &[], &[]).output.stdout).expect("text");
    assert!(listed.contains("Not seen in ") && listed.contains("It may hide findings of "), "{listed}");
}
