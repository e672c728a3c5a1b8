//! Registries as operators described them in public reports, each with the answer that helps.

use inspector_audit::model::{Configuration, Section};
use inspector_audit::report::{FailOn, ReportBuilder, Status, TargetId};
use inspector_audit::rules::{Basis, Confidence, RuleSettings, Severity, Verdict, live_rules};

use super::builder::{self, World};
use super::{PRICES, blocked, ecr_rules, evidence, finding, judge, verdict};
use crate::builders::efs::{account_status, exposed};
use crate::support::evaluate;

/// A pipeline starts scans by hand and is refused: the registry is ENHANCED and no rule matches the repository.
#[test]
fn under_enhanced_there_are_no_manual_scans_and_the_headline_says_so() {
    let id = "ecr-repositories-unscanned";
    let of = |scan_type: &str| {
        World::empty()
            .inspector(&["ec2", "ecr"])
            .registry(scan_type, &[("SCAN_ON_PUSH", &["shop/*"])])
            .repository("shop/cart", Some("SCAN_ON_PUSH"))
            .repository("pipeline/tools", Some("MANUAL"))
    };
    let found = finding(&of("ENHANCED"), id);
    assert!(found.title.contains("under ENHANCED there are no manual scans"), "{}", found.title);
    assert!(found.message.contains("a scan started by hand is refused"), "{}", found.message);
    assert_eq!(found.reason["kind"], "ecr_repositories_unscanned");
    assert_eq!(found.reason["repositories"], serde_json::json!(["pipeline/tools"]));
    assert_eq!(found.reason["scan_type"], "ENHANCED");
    let basic = finding(&of("BASIC"), id);
    assert!(basic.message.contains("somebody who starts a scan by hand gets one"), "{}", basic.message);
    assert!(!basic.title.contains("manual"), "{}", basic.title);
}

/// Both rules have the filter `*`: everything is scanned continuously, and the other rule does nothing.
#[test]
fn two_rules_for_everything_are_continuous_scanning_and_an_overlap() {
    let rules: [(&str, &[&str]); 2] = [("SCAN_ON_PUSH", &["*"]), ("CONTINUOUS_SCAN", &["*"])];
    let world = World::empty()
        .inspector(&["ec2", "ecr"])
        .registry("ENHANCED", &rules)
        .repository("gateway", Some("CONTINUOUS_SCAN"))
        .repository("web", Some("CONTINUOUS_SCAN"))
        .images(600, 0);
    let continuous = finding(&world, "ecr-continuous-scan");
    assert_eq!(continuous.reason["scope"], "all_by_wildcard");
    assert_eq!(continuous.reason["figure"]["images"], 600);
    assert_ne!(continuous.cost.expect("a cost").basis, Basis::Measured);
    let overlap = finding(&world, "ecr-scan-rules-overlap");
    assert_eq!((&overlap.reason["continuous_wins"], overlap.severity), (&true.into(), Severity::Low));
    assert_eq!(overlap.reason["repositories"], serde_json::json!(["gateway", "web"]));
    assert!(evidence(&overlap, "disagreement").is_empty());
}

/// A build script sets the registry to BASIC on every run while Inspector's ECR type is on beside EC2.
#[test]
fn a_build_that_forces_basic_is_drift() {
    let world = World::empty().inspector(&["ec2", "ecr"]).repository("agent", Some("MANUAL"));
    let found = finding(&world, "ecr-inspector-drift");
    assert_eq!((found.severity, found.confidence), (Severity::Medium, Confidence::Medium));
    let prediction = &found.reason["prediction"];
    assert_eq!(prediction["start"]["types"], serde_json::json!(["EC2", "ECR"]));
    assert_eq!(prediction["steps"][0]["event"]["kind"], "settle");
    assert_eq!(prediction["steps"][0]["rows"][0], serde_json::json!({"id": "T6", "grade": "indirect"}));
    assert_eq!(prediction["steps"][0]["state"]["types"], serde_json::json!(["EC2"]));
    assert_eq!(prediction["repeats"], true);
    assert_eq!(verdict(&world, "ecr-inspector-auto-disable"), Verdict::Clean);
}

/// AWS has suspended Inspector: nothing is judged by it, neither file systems nor registries, and the run says so.
#[test]
fn a_suspended_inspector_is_undecided_everywhere_and_the_status_is_3() {
    let mut target = exposed();
    target.inspector.account_status = account_status("SUSPENDED", "SUSPENDED");
    let registry = World::empty().registry("BASIC", &[]).0;
    target.ecr = registry.ecr;
    let rules: Vec<_> = live_rules().collect();
    let evaluation = evaluate(&target, &PRICES, &RuleSettings::default(), &rules);
    assert!(evaluation.findings.is_empty(), "{:?}", evaluation.findings);
    for rule in ["efs-tier-recall", "ecr-inspector-auto-disable", "ecr-inspector-drift"] {
        let verdict = evaluation.verdicts.iter().find(|verdict| verdict.rule == rule).expect("a verdict");
        assert_eq!(verdict.verdict, Verdict::Inconclusive, "{rule}");
    }
    let gap = evaluation.gaps.iter().find(|gap| gap.section.as_str() == "inspector.account_status").expect("a gap");
    assert!(gap.message.contains("SUSPENDED"), "{}", gap.message);
    let mut report = ReportBuilder::new("snapshot", PRICES.provenance().clone());
    let id = TargetId { account: target.account.clone(), region: target.region.clone() };
    report.add(id, target.taken_at, evaluation);
    let fail_on = FailOn { severity: Some(Severity::High), confidence: Confidence::Low, allow_gaps: false };
    assert_eq!(fail_on.status(&report.build()), Status::Incomplete);
}

/// Where nothing is scanned no window matters, however it is set.
#[test]
fn windows_say_nothing_while_inspector_does_not_scan_images() {
    for id in ["ecr-pull-renews-scan-window", "ecr-rescan-duration-long"] {
        let world = World::continuous().windows("LIFETIME", "DAYS_90", "LAST_PULL_DATE");
        assert_eq!(verdict(&world, id), Verdict::Findings);
        assert_eq!(verdict(&world.clone().inspector(&["ec2"]), id), Verdict::NotApplicable);
        assert_eq!(verdict(&world.clone().inspector(&[]), id), Verdict::NotApplicable);
        let suspended = world.statuses("SUSPENDED", &[("ecr", "ENABLED")]);
        assert_eq!(verdict(&suspended, id), Verdict::Inconclusive);
        assert_eq!(blocked(&suspended, id)[0].as_str(), "inspector.account_status");
    }
}

/// What is said in words is there in data, under the rule's own name.
#[test]
fn every_reason_is_an_object_of_the_rules_name() {
    let mut seen = std::collections::BTreeSet::new();
    for (world, rule) in builder::worlds().iter().flat_map(|world| ecr_rules().map(move |rule| (world, rule))) {
        for found in judge(world, rule.id).findings {
            let kind = found.reason["kind"].as_str().expect("a kind").to_owned();
            assert!(kind.starts_with(&rule.id.replace('-', "_")), "{kind} of {}", rule.id);
            seen.insert(kind);
        }
    }
    assert_eq!(seen.len(), ecr_rules().count() + 1, "{seen:?}");
}

/// Everything is on in a region whose prices of Inspector nobody has published: each type is priced, and another region's
/// price says that it is one.
#[test]
fn where_everything_is_on_each_type_is_priced_or_named() {
    let types = ["ec2", "ecr", "lambda", "lambda_code", "code_repository", "ami"];
    let mut world = World::empty_in("eu-central-1")
        .statuses("ENABLED", &types.map(|kind| (kind, "ENABLED")))
        .registry("ENHANCED", &[])
        .repository("app", Some("CONTINUOUS_SCAN"))
        .images(100, 0);
    let found = finding(&world, "inspector-all-types-enabled");
    let prices = evidence(&found, "price");
    for (what, from) in [
        ("EC2: $1.2528 for each instance and month of 720 hours", "us-east-2"),
        ("EC2, without an agent: $1.7496 for each instance and month of 720 hours", "us-east-2"),
        ("ECR: $0.09 for an image's first scan", "us-east-2"),
        ("ECR: $0.01 for each re-scan of an image", "us-east-2"),
        ("Lambda, standard: $0.30024 for each function and month of 720 hours", "us-east-1"),
        ("Lambda, code: $0.6048 for each function and month of 720 hours", "us-east-1"),
        ("Code repositories: $0.15 for each static analysis", "us-east-2"),
        ("Code repositories: $0.15 for each scan of dependencies", "us-east-2"),
        ("Code repositories: $0.15 for each scan of infrastructure as code", "us-east-2"),
    ] {
        let line = format!("{what} (an estimate: {from} list price; supply yours with --prices FILE (");
        assert!(prices.iter().any(|price| price.starts_with(&line)), "{line} in {prices:#?}");
    }
    assert!(prices.iter().any(|price| price.starts_with("Machine images: the price ")), "{prices:#?}");
    // What the account does not have on is not in the list, nor scanning without an agent where the mode rules it out.
    let three = World::empty_in("eu-central-1").inspector(&["ec2", "ecr", "lambda"]);
    let prices = evidence(&finding(&three, "inspector-all-types-enabled"), "price").join("\n");
    assert!(prices.contains("Lambda, standard") && !prices.contains("code"), "{prices}");
    let by_agent = Configuration { ec2_scan_mode: Some("EC2_SSM_AGENT_BASED".to_owned()), ..Configuration::default() };
    world.0.inspector.configuration = Section::Complete(by_agent);
    let prices = evidence(&finding(&world, "inspector-all-types-enabled"), "price").join("\n");
    assert!(prices.contains("EC2: $1.2528") && !prices.contains("without an agent"), "{prices}");
    // 100 images x 10 re-scans x 0.01.
    let cost = finding(&world, "ecr-continuous-scan").cost.expect("another region's price");
    assert_eq!(cost.lines[0].monthly_usd.0.to_string(), "10");
    assert!(cost.lines[0].price_source.starts_with("us-east-2 list price"), "{cost:?}");
    assert_ne!(cost.basis, Basis::ListPrice);
    let said = "The price is that of us-east-2: the region's own is not known; supply yours with --prices FILE.";
    assert!(cost.assumptions.iter().any(|assumption| assumption == said), "{:?}", cost.assumptions);
}

/// Whoever doubts a finding reads what AWS said.
#[test]
fn findings_about_the_registry_show_the_registry_and_the_status_they_were_judged_by() {
    let judged_by_both = ["ecr-enhanced-without-inspector", "ecr-inspector-auto-disable", "ecr-inspector-drift"];
    let mut met = std::collections::BTreeSet::new();
    for world in builder::worlds() {
        for rule in judged_by_both.into_iter().chain(["ecr-continuous-scan", "ecr-filter-substring"]) {
            for found in judge(&world, rule).findings.iter().filter(|found| found.rule == rule) {
                let kinds: Vec<&str> = found.evidence.iter().map(|evidence| evidence.kind.as_str()).collect();
                assert!(kinds.contains(&"registry"), "{rule}: {kinds:?}");
                assert!(!judged_by_both.contains(&rule) || kinds.contains(&"inspector"), "{rule}: {kinds:?}");
                let foretold = ["ecr-enhanced-without-inspector", "ecr-inspector-auto-disable"].contains(&rule);
                assert!(!foretold || kinds.contains(&"prediction"), "{rule}: {kinds:?}");
                met.insert(rule);
            }
        }
    }
    assert!(met.len() >= 4, "{met:?}");
}
