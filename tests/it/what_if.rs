//! A changed world, judged by the same rules.

use inspector_audit::model::{Configuration, GapReason, Section, Target};
use inspector_audit::price::PriceTable;
use inspector_audit::report::{FeeLine, InspectorFees, Prospect, Report, ReportBuilder, TargetId, WhatIf};
use inspector_audit::rules::{Evaluation, RULES, RuleSettings, Verdict, evaluate};
use inspector_audit::what_if::{Changes, Excluded, ScanType, Switch, fees};
use proptest::prelude::*;

use crate::builders::ecr::World;
use crate::builders::efs::{account_status, exposed, gap, instance, node, rules, with};
use crate::support::audit::Audit;

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

fn all(target: &Target) -> Evaluation {
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), RULES)
}

fn scan_type(target: &Target) -> &str {
    &target.ecr.registry_scanning.complete().expect("a registry").scan_type
}

fn type_of<'t>(target: &'t Target, resource: &str) -> &'t str {
    target.inspector.account_status.complete().and_then(|status| status.of(resource)).expect("a status")
}

fn frequencies(target: &Target) -> Vec<&str> {
    let rows = target.ecr.repository_scanning.complete().expect("rows");
    rows.iter().map(|row| row.scan_frequency.as_deref().unwrap_or("none")).collect()
}

fn ecr(switch: Option<Switch>, scan_type: Option<ScanType>) -> Changes {
    Changes { inspector_ecr: switch, ecr_scan_type: scan_type, ..Changes::default() }
}

#[test]
fn switching_ecr_scanning_on_writes_the_registry_as_aws_does() {
    let mut target = World::empty().repository("a", Some("MANUAL")).repository("b", None).0;
    let changes = ecr(Some(Switch::On), None);
    let words = changes.prediction(&target).expect("something happens");
    assert!(words.contains("CONTINUOUS_SCAN on every repository"), "{words}");
    changes.apply(&mut target);
    assert_eq!((scan_type(&target), type_of(&target, "ecr")), ("ENHANCED", "ENABLED"));
    assert_eq!(frequencies(&target), ["CONTINUOUS_SCAN", "CONTINUOUS_SCAN"]);
    let evaluation = all(&target);
    let finding = evaluation.findings.iter().find(|finding| finding.rule == "ecr-continuous-scan").expect("it fires");
    assert_eq!(finding.cost, None, "images that nobody has counted are not free");
}

#[test]
fn what_inspector_counted_of_images_before_says_nothing_of_another_world() {
    let on = World::empty().registry("ENHANCED", &[("CONTINUOUS_SCAN", &["*"])]).inspector(&["ec2", "ecr"]);
    let mut target = on.repository("a", Some("CONTINUOUS_SCAN")).images(100, 0).0;
    assert!(all(&target).findings.iter().any(|finding| finding.cost.is_some()));
    ecr(Some(Switch::Off), None).apply(&mut target);
    assert_eq!(
        (scan_type(&target), type_of(&target, "ecr"), type_of(&target, "ec2")),
        ("BASIC", "DISABLED", "ENABLED")
    );
    assert!(all(&target).findings.iter().all(|finding| finding.cost.is_none()));
}

#[test]
fn a_basic_registry_switches_inspector_off_where_ecr_was_its_only_type() {
    let on = World::empty().registry("ENHANCED", &[("CONTINUOUS_SCAN", &["*"])]).inspector(&["ecr"]);
    let mut target = on.repository("a", Some("CONTINUOUS_SCAN")).0;
    let changes = ecr(None, Some(ScanType::Basic));
    changes.apply(&mut target);
    assert_eq!((scan_type(&target), type_of(&target, "ecr")), ("BASIC", "DISABLED"));
    let status =
        target.inspector.account_status.complete().and_then(|account| account.state.as_ref()).expect("a state");
    assert_eq!(status.status, "DISABLED");
    assert_eq!(frequencies(&target), ["MANUAL"], "ECR refuses continuous scanning under BASIC");
}

#[test]
fn an_enhanced_registry_keeps_the_rules_that_were_written() {
    let world = World::empty().registry("BASIC", &[("SCAN_ON_PUSH", &["prod"])]);
    let mut target = world.repository("prod/a", Some("SCAN_ON_PUSH")).repository("b", Some("MANUAL")).0;
    ecr(None, Some(ScanType::Enhanced)).apply(&mut target);
    assert_eq!((scan_type(&target), type_of(&target, "ecr")), ("ENHANCED", "ENABLED"));
    assert_eq!(frequencies(&target), ["SCAN_ON_PUSH", "MANUAL"]);
}

#[test]
fn who_asks_for_both_sides_gets_what_aws_settles_on() {
    let mut target = World::empty().repository("a", None).0;
    ecr(Some(Switch::On), Some(ScanType::Basic)).apply(&mut target);
    assert_eq!((scan_type(&target), type_of(&target, "ecr")), ("BASIC", "DISABLED"));
}

fn fee(today: &Target, changes: &Changes) -> Vec<FeeLine> {
    let mut then = today.clone();
    changes.apply(&mut then);
    fees::lines(today, &then, &PriceTable::embedded())
}

/// Four running instances, one of them tagged and one not managed, in a region with prices; Inspector off.
fn fleet(region: &str) -> Target {
    with(exposed(), |target| {
        region.clone_into(&mut target.region);
        target.inspector.account_status = account_status("DISABLED", "DISABLED");
        let mut tagged = instance("i-0c");
        tagged.tags.push(inspector_audit::model::Tag { key: "inspectorec2exclusion".into(), value: "x".into() });
        let mut stopped = instance("i-0e");
        stopped.state = "stopped".into();
        let fleet = vec![instance("i-0a"), instance("i-0b"), tagged, instance("i-0d"), stopped];
        target.ec2.instances = Section::Complete(fleet);
        let nodes = ["i-0a", "i-0b", "i-0c", "i-0e"].map(|id| node(id, "Online"));
        target.ssm.managed_nodes = Section::Complete(nodes.to_vec());
        target.inspector.ec2_coverage = Section::Missing(gap(GapReason::NotEnabled));
    })
}

fn mode(target: Target, mode: &str) -> Target {
    with(target, |target| {
        let configuration = Configuration { ec2_scan_mode: Some(mode.into()), ..Configuration::default() };
        target.inspector.configuration = Section::Complete(configuration);
    })
}

#[test]
fn inspectors_own_fees_count_what_would_be_scanned() {
    let on = Changes { inspector_ec2: Some(Switch::On), ..Changes::default() };
    let amounts = |target: Target| -> Vec<String> {
        let lines = fee(&target, &on);
        lines
            .iter()
            .map(|line| line.difference_usd.map_or("?".to_owned(), |usd| usd.0.normalize().to_string()))
            .collect()
    };
    // 2 x 720 x 0.00174, and one more without an agent: 720 x 0.00243.
    assert_eq!(amounts(mode(fleet("us-east-2"), "EC2_SSM_AGENT_BASED")), ["2.5056"]);
    assert_eq!(amounts(mode(fleet("us-east-2"), "EC2_HYBRID")), ["2.5056", "1.7496"]);
    assert_eq!(amounts(fleet("us-east-2")), ["2.5056", "?"], "which mode holds is not known");
    // By the month where the table has that.
    assert_eq!(amounts(mode(fleet("eu-west-1"), "EC2_SSM_AGENT_BASED")), ["2.5056"]);
    let lines = fee(&mode(fleet("ap-northeast-1"), "EC2_SSM_AGENT_BASED"), &on);
    let unknown = lines[0].unknown.as_deref().expect("no price of Tokyo");
    for word in ["ec2_agent_instance_hour", "ap-northeast-1", "--prices FILE"] {
        assert!(unknown.contains(word), "{word} in {unknown}");
    }
    let fees = InspectorFees::of(lines, Vec::new());
    assert_eq!((fees.then_usd, fees.difference_usd), (None, None));
    assert!(fees.today_usd.is_some());
}

#[test]
fn fees_that_could_not_be_seen_are_not_zero() {
    let on = Changes { inspector_ec2: Some(Switch::On), ..Changes::default() };
    for unseen in [
        with(fleet("us-east-2"), |target| target.ssm.managed_nodes = Section::Missing(gap(GapReason::AccessDenied))),
        with(fleet("us-east-2"), |target| target.ec2.instances = Section::Missing(gap(GapReason::Throttled))),
    ] {
        let fees = InspectorFees::of(fee(&unseen, &on), Vec::new());
        assert_eq!(fees.then_usd, None);
        assert!(fees.lines.iter().all(|line| line.unknown.is_some()), "{fees:#?}");
    }
    let ecr_on = Changes { inspector_ecr: Some(Switch::On), ..Changes::default() };
    let lines = fee(&World::empty().repository("a", None).0, &ecr_on);
    assert!(lines.len() == 1 && lines[0].once && lines[0].difference_usd.is_none());
    assert_eq!(lines[0].unit_price_usd.map(|usd| usd.to_string()).as_deref(), Some("0.09"));
    assert_eq!(fee(&World::empty().0, &ecr_on), vec![], "no repository, no image");
}

fn report(target: &Target) -> Report {
    let mut builder = ReportBuilder::new("test", PriceTable::embedded().provenance().clone());
    let id = TargetId { account: target.account.clone(), region: target.region.clone() };
    builder.add(id, target.taken_at, all(target));
    builder.build()
}

fn compare(today: &Target, changes: &Changes) -> WhatIf {
    let mut then = today.clone();
    changes.apply(&mut then);
    let fees = InspectorFees::of(fee(today, changes), Vec::new());
    WhatIf::compare(&report(today), &report(&then), changes.describe(), fees, Vec::new())
}

#[test]
fn a_finding_that_goes_and_one_that_comes_are_both_named() {
    let what_if = compare(&exposed(), &Changes { transition_to_standard: Some(Switch::Off), ..Changes::default() });
    let fates: Vec<_> = what_if
        .findings
        .iter()
        .filter(|one| one.fate != Prospect::Stays)
        .map(|one| (one.rule.as_str(), one.fate, one.difference_usd.map(|usd| usd.0.normalize().to_string())))
        .collect();
    assert_eq!(
        fates,
        [
            ("efs-cold-read-charges", Prospect::Appears, Some("14745.6".to_owned())),
            ("efs-tier-recall", Prospect::Disappears, Some("-3407.872".to_owned())),
        ]
    );
    assert_eq!(what_if.difference.monthly_usd.signed(), "+$11,337.73");
    assert_eq!(what_if.changes, ["files return to Standard when they are read: off"]);
}

#[test]
fn every_format_says_today_and_then() {
    let world = include_str!("../../fixtures/snapshots/inspector-off.json");
    for (format, words) in [
        (
            "table",
            &[
                "Today $0.00 a month, then $43,958.27: +$43,958.27",
                "Security Hub",
                "efs-tier-recall (new)",
                "--prices FILE",
            ][..],
        ),
        ("markdown", &["### What if", "+\\$3,407.87"]),
        ("html", &["What if", "+$3,407.87"]),
        ("json", &["\"what_if\": {"]),
        ("jsonl", &["\"what_if\":{"]),
        ("csv", &["efs-tier-recall"]),
        ("sarif", &["efs-tier-recall"]),
        ("junit", &["efs-tier-recall"]),
    ] {
        let run = Audit::new()
            .file("w.json", world)
            .args("what-if --snapshot w.json --inspector-ec2 on --fail-on never --allow-gaps --format")
            .arg(format)
            .run()
            .expect(0);
        for word in words {
            assert!(run.stdout.contains(word), "{format}: {word} in {}", run.stdout);
        }
    }
}

fn switches() -> impl Strategy<Value = Changes> {
    let switch = || prop_oneof![Just(None), Just(Some(Switch::On)), Just(Some(Switch::Off))];
    let scan_type = prop_oneof![Just(None), Just(Some(ScanType::Basic)), Just(Some(ScanType::Enhanced))];
    (switch(), switch(), scan_type, switch(), switch(), any::<bool>()).prop_map(
        |(inspector_ec2, inspector_ecr, ecr_scan_type, deep_inspection, transition_to_standard, exclude)| Changes {
            inspector_ec2,
            inspector_ecr,
            ecr_scan_type,
            deep_inspection,
            transition_to_standard,
            scan_schedule: None,
            exclude: exclude.then(|| Excluded::Instance("i-0a".into())).into_iter().collect(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_two_sides_of_ecr_end_up_equal_and_the_amounts_add_up(changes in switches(), off in any::<bool>()) {
        let target = if off { fleet("us-east-2") } else { exposed() };
        let mut then = target.clone();
        changes.apply(&mut then);
        if changes.inspector_ecr.is_some() || changes.ecr_scan_type.is_some() {
            prop_assert_eq!(type_of(&then, "ecr") == "ENABLED", scan_type(&then) == "ENHANCED");
        }
        let what_if = compare(&target, &changes);
        let sum = what_if.findings.iter().filter_map(|one| one.difference_usd).fold(inspector_audit::price::Usd::ZERO, |a, b| a.plus(b));
        prop_assert_eq!(sum.0.normalize(), what_if.difference.monthly_usd.0.normalize());
        if changes == Changes::default() {
            prop_assert!(what_if.findings.iter().all(|one| one.fate == Prospect::Stays));
        }
    }
}
