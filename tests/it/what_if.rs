//! A changed world, judged by the same rules.

use std::collections::BTreeSet;

use crate::support::evaluate;
use inspector_audit::model::{GapReason, Section, Target};
use inspector_audit::price::{PriceTable, Usd};
use inspector_audit::render::words;
use inspector_audit::report::v1::Evaluation;
use inspector_audit::report::{InspectorFees, Prospect, Report, ReportBuilder, TargetId, WhatIf};
use inspector_audit::rules::finding::coupling::Rules;
use inspector_audit::rules::{RULES, RuleSettings, Verdict};
use inspector_audit::what_if::{Changes, Excluded, ScanType, Switch};
use proptest::prelude::*;
use serde_json::Value;

use crate::builders::ecr::World;
use crate::builders::efs::{account_status, exposed, gap, rules, with};
use crate::support::audit::{Audit, Run};
use crate::what_if_fees::{fee, fleet};

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
        target.inspector.deep_inspection = Section::Absent(gap(GapReason::NotEnabled));
        target.inspector.ec2_coverage = Section::Absent(gap(GapReason::NotEnabled));
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
        evaluation.findings[0].deciding_monthly().0.normalize().to_string()
    };
    assert_eq!(monthly(&cold), "379.6875");
    assert_eq!(monthly(&slow), "189.84375");
}

fn all(target: &Target) -> Evaluation {
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &RULES)
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
    let prediction = changes.prediction(&target).expect("something happens");
    assert_eq!(prediction.steps[0].state.rules, Rules::ContinuousAll);
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
    WhatIf::compare(&report(today), &report(&then), words::changes::changes(changes), fees, Vec::new())
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
            ("efs-tier-recall", Prospect::Disappears, Some("-3407.872".to_owned())),
            ("efs-cold-read-charges", Prospect::Appears, Some("379.6875".to_owned())),
        ]
    );
    assert_eq!(what_if.difference.monthly_usd.at_risk.signed(), "-$3,028.18");
    assert_eq!(what_if.changes, ["files return to Standard when they are read: off"]);
}

#[test]
fn every_format_says_today_and_then() {
    let world = include_str!("../../fixtures/snapshots/inspector-off.json");
    for (format, words) in [
        (
            "table",
            &[
                "Today $0 a month, then up to $15,009 at risk: +$15,009 at risk",
                "scanned by an agent: +$2.51 a month; by another region's list price; -v shows how.",
                "new       efs-tier-recall fs-0123456789abcdef0",
                "+$3,408\n",
            ][..],
        ),
        (
            "table -v",
            &[
                "Today $0 a month, then up to $15,009 at risk: +$15,009 at risk",
                "Security Hub",
                "efs-tier-recall (new)",
                "--prices FILE",
            ],
        ),
        ("markdown", &["### What if", "+\\$3,408"]),
        ("html", &["What if", "+$3,408"]),
        ("json", &["\"what_if\": {"]),
        ("jsonl", &["\"what_if\":{"]),
        ("csv", &["efs-tier-recall"]),
        ("sarif", &["efs-tier-recall"]),
        ("junit", &["efs-tier-recall"]),
    ] {
        let run = Audit::new()
            .file("w.json", world)
            .args("what-if --snapshot w.json --inspector-ec2 on --fail-on never --allow-gaps --format")
            .args(format)
            .run()
            .expect(0);
        // Where a line breaks is the table's affair.
        let text = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(run.stdout.contains(word) || text.contains(word), "{format}: {word} in {}", run.stdout);
        }
    }
}

const OFF: &str = include_str!("../../fixtures/snapshots/inspector-off.json");
const COLD: &str = include_str!("../../fixtures/snapshots/cold-files-scanned.json");

/// `options` are separated by `|`, since schedules have spaces.
fn what_if(world: &str, options: &str) -> Run {
    let audit = Audit::new().file("w.json", world).args("what-if --snapshot w.json --fail-on never --allow-gaps");
    let mut run = options.split('|').fold(audit, Audit::arg).run();
    // Where a line breaks is the table's affair.
    run.stdout = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    run
}

#[test]
fn a_figure_that_is_not_known_is_no_zero() {
    let run = what_if(OFF, "--inspector-ecr|on").expect(0);
    for words in [
        "then at least $0: $0, plus what is not known; nothing changes in Inspector's fees for instances.",
        "1 finding then without a figure.",
        "Fees first scan of every image: not known (Inspector counts images only where it scans them",
        "give the number with --ecr-images N); -v shows how.",
        "No figure",
        "1 finding without a figure: the number of images is not known; give it with what-if --ecr-images N.",
        "Amounts are at least so much: 1 finding has no figure.",
    ] {
        assert!(run.stdout.contains(words), "{words} in {}", run.stdout);
    }
    let json = what_if(OFF, "--inspector-ecr|on|--format|json").expect(0).stdout;
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let then = &report["what_if"]["then"];
    assert_eq!((then["without_figure"].as_u64(), then["complete"].as_bool()), (Some(1), Some(false)));
    assert!(!json.contains("ListUsageTotals nor"), "nobody was refused anything in a supposed world");
}

#[test]
fn a_number_of_images_gives_their_first_scans_and_the_bound_of_their_re_scans() {
    let json = what_if(OFF, "--inspector-ecr|on|--ecr-images|400|--format|json").expect(0).stdout;
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let what_if = &report["what_if"];
    assert_eq!(what_if["inspector_fees"]["one_time_usd"].as_f64(), Some(44.0), "400 x 0.11");
    assert_eq!(
        (what_if["then"]["without_figure"].as_u64(), what_if["then"]["complete"].as_bool()),
        (Some(0), Some(true))
    );
    let finding = report["findings"].as_array().into_iter().flatten().find(|one| one["rule"] == "ecr-continuous-scan");
    let monthly = &finding.expect("it appears")["cost"]["monthly_usd"];
    let of = |name: &str| monthly[name].as_f64();
    assert_eq!(
        (of("low"), of("likely"), of("high")),
        (Some(8.0), Some(40.0), Some(120.0)),
        "2, 10 and 30 x 400 x 0.01"
    );
    assert!(json.contains("400 images given with --ecr-images"));
}

#[test]
fn an_option_that_concerns_nothing_is_refused() {
    for (options, words) in [
        ("--ecr-images|400", &["--ecr-images changes nothing", "--inspector-ecr on"][..]),
        ("--exclude|i-0a11111111111111b", &["excludes nothing", "the nearest is `i-0a11111111111111a`"]),
        ("--exclude|name=web-1", &["excludes nothing", "the nearest is `Name=web-1`"]),
        ("--exclude|i-0a11111111111111a|--exclude|Team=nobody", &["`Team=nobody` excludes nothing"]),
        ("--scan-schedule|rate(1 minute)", &["every 30 minutes", "rate(30 minutes)"]),
        ("--scan-schedule|cron(*/10 * * * ? *)", &["every 30 minutes"]),
        ("--scan-schedule|rate(60 days)", &["less than 31 days", "rate(30 days)"]),
        ("--scan-schedule|rate(31 days)", &["less than 31 days"]),
    ] {
        let run = what_if(COLD, options).expect(2);
        for word in words {
            assert!(run.stderr.contains(word), "{options}: {word} in {}", run.stderr);
        }
        assert_eq!(run.stdout, "");
    }
    for schedule in ["rate(30 minutes)", "rate(30 days)", "cron(0/30 * * * ? *)", "rate(12 hours)"] {
        what_if(COLD, &format!("--scan-schedule|{schedule}")).expect(0);
    }
}

#[test]
fn an_exclusion_that_a_tag_key_forbids_says_what_it_takes_for_granted() {
    let blocked = "--exclude|i-0b11111111111111d|--inspector-ec2|on";
    for format in ["table", "markdown", "html", "json"] {
        let run = what_if(COLD, &format!("{blocked}|--format|{format}")).expect(0);
        let text = run.stdout.replace('\\', "");
        for word in ["assumes that its tag keys", "cost center", "are renamed or removed first"] {
            assert!(text.contains(word), "{format}: {word} in {text}");
        }
    }
    let kubernetes = COLD.replace("cost center", "kubernetes.io/cluster/x");
    let run = what_if(&kubernetes, blocked).expect(0);
    assert!(run.stdout.contains("which Kubernetes or AWS needs: with them the exclusion is not possible"));
    let free = what_if(COLD, "--exclude|i-0a11111111111111a").expect(0);
    assert!(!free.stdout.contains("assumes that its tag keys"));
    assert!(free.stdout.contains(", less $1.25 of Inspector's own fees"), "{}", free.stdout);
    let free = what_if(COLD, "--exclude|i-0a11111111111111a|-v").expect(0);
    assert!(free.stdout.contains("(an estimate: us-east-2 list price; supply yours"), "{}", free.stdout);
}

#[test]
fn switching_off_is_less_and_the_meter_stands_beside_today() {
    let by_type = r#"{"EC2_INSTANCE_HOURS": {"total": 1440, "estimated_monthly_cost": 2.88, "currency": "USD"}}"#;
    let mut world: Value = serde_json::from_str(COLD).expect("JSON");
    world["targets"][0]["inspector"]["usage_totals"]["complete"]["by_type"] =
        serde_json::from_str(by_type).expect("JSON");
    let run = what_if(&world.to_string(), "--inspector-ec2|off|-v").expect(0);
    for word in [", less $", "of Inspector's own fees", "today's findings come to", "derived from AWS's own meter"] {
        assert!(run.stdout.contains(word), "{word} in {}", run.stdout);
    }
    assert!(!run.stdout.contains("today's findings come to $0.00"), "{}", run.stdout);
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
            ecr_images: None,
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
        let sum = what_if.findings.iter().filter_map(|one| one.difference_usd).fold(Usd::ZERO, Usd::plus);
        prop_assert_eq!(sum.0.normalize(), what_if.difference.monthly_usd.all().0.normalize());
        if changes == Changes::default() {
            prop_assert!(what_if.findings.iter().all(|one| one.fate == Prospect::Stays));
        }
    }
}

#[test]
fn gaps_of_both_worlds_stand_once_each() {
    let half = include_str!("../../fixtures/snapshots/half-denied.json");
    let gaps = |arguments: &str| -> Vec<String> {
        let report = Audit::new().file("s.json", half).args(arguments).run().json();
        let place = |gap: &Value| format!("{} {} {}", gap["section"], gap["resource"], gap["operation"]);
        report["gaps"].as_array().expect("gaps").iter().map(place).collect()
    };
    let today = gaps("scan --snapshot s.json --format json --fail-on never --allow-gaps");
    let both = gaps("what-if --snapshot s.json --deep-inspection off --format json --fail-on never --allow-gaps");
    assert!(today.len() > 1);
    let once: BTreeSet<&String> = both.iter().collect();
    assert_eq!(once.len(), both.len(), "{both:#?}");
    assert!(today.iter().all(|gap| once.contains(gap)), "{today:#?} {both:#?}");
}
