//! A changed world, judged by the same rules.

use inspector_audit::model::{GapReason, Section, Target};
use inspector_audit::price::PriceTable;
use inspector_audit::rules::{Evaluation, RuleSettings, Verdict, evaluate};
use inspector_audit::what_if::{Changes, Excluded, Switch};

use crate::builders::efs::{account_status, exposed, gap, rules, with};

fn judge(target: &Target) -> Evaluation {
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &rules())
}

fn changed(mut target: Target, changes: &Changes) -> Evaluation {
    changes.apply(&mut target);
    judge(&target)
}

fn fires(evaluation: &Evaluation, rule: &str) -> bool {
    evaluation.verdicts.iter().any(|verdict| verdict.rule == rule && verdict.verdict == Verdict::Findings)
}

#[test]
fn no_change_changes_nothing() {
    let (before, after) = (judge(&exposed()), changed(exposed(), &Changes::default()));
    assert_eq!(before.findings, after.findings);
    assert_eq!(before.gaps, after.gaps);
}

#[test]
fn switching_inspector_on_exposes_what_the_scan_promised() {
    let off = with(exposed(), |target| {
        target.inspector.account_status = account_status("DISABLED", "DISABLED");
        target.inspector.deep_inspection = Section::Missing(gap(GapReason::NotEnabled));
        target.inspector.ec2_coverage = Section::Missing(gap(GapReason::NotEnabled));
    });
    let today = judge(&off);
    assert!(!fires(&today, "efs-tier-recall"));
    assert_eq!(today.inventory.file_systems_exposed_if_scanned, 1);
    let then = changed(off, &Changes { inspector_ec2: Some(Switch::On), ..Changes::default() });
    assert!(fires(&then, "efs-tier-recall"));
    assert_eq!(then.inventory.file_systems_exposed_if_scanned, 0);
}

#[test]
fn every_way_to_switch_the_scan_off_takes_the_finding_away() {
    for changes in [
        Changes { inspector_ec2: Some(Switch::Off), ..Changes::default() },
        Changes { deep_inspection: Some(Switch::Off), ..Changes::default() },
        Changes { exclude: vec![Excluded::Instance("i-0a".into())], ..Changes::default() },
        Changes { exclude: vec![Excluded::Tag { key: "Name".into(), value: "web-1".into() }], ..Changes::default() },
    ] {
        assert!(!fires(&changed(exposed(), &changes), "efs-tier-recall"), "{changes:?}");
    }
}

#[test]
fn files_that_stay_cold_are_paid_for_by_the_read_and_by_the_schedule() {
    let cold = Changes { transition_to_standard: Some(Switch::Off), ..Changes::default() };
    let slow = Changes { scan_schedule: Some("rate(12 hours)".into()), ..cold.clone() };
    let monthly = |changes: &Changes| {
        let evaluation = changed(exposed(), changes);
        assert!(fires(&evaluation, "efs-cold-read-charges"));
        evaluation.findings[0].likely_monthly().0.normalize().to_string()
    };
    assert_eq!(monthly(&cold), "14745.6");
    assert_eq!(monthly(&slow), "7372.8");
}
