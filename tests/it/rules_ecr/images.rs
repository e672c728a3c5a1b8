//! What images cost, and which are scanned too long or no longer.

use inspector_audit::model::{GapReason, Section, SectionName, SecurityHub, Target};
use inspector_audit::rules::{Basis, Severity, Verdict};
use rust_decimal::Decimal;

use super::builder::{World, gap};
use super::{blocked, decimal, evidence, finding, verdict};

#[test]
fn continuous_scanning_is_bounded_by_the_images() {
    // 1,000 images x 2, 10, 30 re-scans x 0.01.
    let finding = finding(&World::continuous().images(1_000, 0), "ecr-continuous-scan");
    let cost = finding.cost.as_ref().expect("a cost");
    assert_eq!(cost.basis, Basis::Estimate);
    assert_eq!(cost.monthly_usd.low.0, decimal("20"));
    assert_eq!(cost.monthly_usd.deciding().0, decimal("100"));
    assert_eq!(cost.monthly_usd.high.0, decimal("300"));
    assert_eq!(finding.severity, Severity::High);
    let [line] = cost.lines.as_slice() else { panic!("one line") };
    assert_eq!((line.quantity, line.unit_price_usd), (decimal("10000"), decimal("0.01")));
    assert_eq!(line.quantity * line.unit_price_usd, line.monthly_usd.0);
    assert!(cost.assumptions.iter().any(|text| text.contains("Security Hub")));
    assert!(finding.message.contains("by the filter `*`"), "{}", finding.message);
    assert_eq!(evidence(&finding, "repository"), ["prod/api: CONTINUOUS_SCAN"]);
}

#[test]
fn where_security_hub_bills_inspector_its_prices_make_no_figure() {
    let hub = |enabled, since: Option<&str>| {
        let hub = SecurityHub { enabled, subscribed_at: since.map(str::to_owned) };
        World::continuous().images(1_000, 0).with(|target| target.inspector.security_hub = Section::Complete(hub))
    };
    let found = finding(&hub(true, Some("2026-03-04")), "ecr-continuous-scan");
    assert_eq!((found.severity, found.cost.is_none()), (Severity::Info, true));
    assert!(found.message.contains("on in this account and region since 2026-03-04"), "{}", found.message);

    let found = finding(&hub(false, None), "ecr-continuous-scan");
    assert_eq!(found.severity, Severity::High);
    let cost = found.cost.expect("a cost");
    assert!(cost.assumptions.iter().any(|text| text.starts_with("Security Hub is off")), "{:?}", cost.assumptions);

    // What AWS meters is what AWS meters.
    let metered = hub(true, None).usage("ECR_RESCAN", "1234", "12.34", "USD");
    assert_eq!(finding(&metered, "ecr-continuous-scan").cost.expect("a cost").basis, Basis::Measured);
}

#[test]
fn a_metered_figure_goes_before_the_bound() {
    let world = World::continuous().images(1_000, 0).usage("ECR_RESCAN", "1234", "12.34", "USD");
    let finding = finding(&world, "ecr-continuous-scan");
    let cost = finding.cost.as_ref().expect("a cost");
    assert_eq!(cost.basis, Basis::Measured);
    assert_eq!(cost.monthly_usd.low, cost.monthly_usd.high);
    assert_eq!(cost.monthly_usd.deciding().0, decimal("12.34"));
    assert_eq!(finding.severity, Severity::Medium);
    let metered = World::continuous().usage("ECR_RESCAN", "1234", "12.34", "USD");
    let metered = metered.with(|target| target.inspector.ecr_images = gap(GapReason::AccessDenied));
    assert_eq!(blocked(&metered, "ecr-continuous-scan"), []);
}

#[test]
fn a_metered_figure_that_cannot_be_used_falls_back_to_the_bound() {
    for (kind, total, cost, currency) in
        [("ECR_RESCAN", "5", "1", "JPY"), ("ECR_RESCAN", "5", "-1", "USD"), ("ECR_INITIAL_SCAN", "5", "1", "USD")]
    {
        let world = World::continuous().images(10, 0).usage(kind, total, cost, currency);
        let finding = finding(&world, "ecr-continuous-scan");
        assert_eq!(finding.cost.expect("a cost").basis, Basis::Estimate, "{kind} {cost} {currency}");
    }
    let world = World::continuous().images(10, 0);
    let world = world.with(|target| target.inspector.usage_totals = gap(GapReason::AccessDenied));
    assert_eq!(verdict(&world, "ecr-continuous-scan"), Verdict::Findings);
    assert_eq!(blocked(&world, "ecr-continuous-scan"), []);
}

#[test]
fn without_image_counts_it_is_advice_and_the_gap_names_the_rule() {
    let world = World::continuous().with(|target| target.inspector.ecr_images = gap(GapReason::AccessDenied));
    let finding = finding(&world, "ecr-continuous-scan");
    assert_eq!((finding.severity, finding.cost.is_none()), (Severity::Info, true));
    assert_eq!(blocked(&world, "ecr-continuous-scan"), [SectionName::InspectorEcrImages]);
}

#[test]
fn without_a_price_there_is_no_figure_and_the_finding_says_which() {
    let mut world = World::continuous().images(1_000, 0);
    world.0.region = "eu-south-2".to_owned();
    let found = finding(&world, "ecr-continuous-scan");
    let source = &found.cost.expect("another region's price").lines[0].price_source;
    assert!(source.starts_with("us-east-2 list price; supply yours with --prices FILE ("), "{source}");
    // But not one in yuan.
    world.0.region = "cn-north-1".to_owned();
    let found = finding(&world, "ecr-continuous-scan");
    assert_eq!((found.severity, found.cost.is_none()), (Severity::Info, true));
    assert!(found.message.contains("ecr_image_rescan in cn-north-1"), "{}", found.message);
    assert!(found.message.contains("--prices FILE"), "{}", found.message);
    assert!(found.message.contains("Security Hub"), "{}", found.message);
    // Nothing to bill needs no price.
    let found = finding(&world.images(0, 0), "ecr-continuous-scan");
    assert_eq!(found.cost.expect("a cost").monthly_usd.high.0, Decimal::ZERO);
}

#[test]
fn continuous_scanning_says_when_it_is_everything_for_want_of_rules() {
    let world = World::continuous().registry("ENHANCED", &[]);
    assert!(finding(&world, "ecr-continuous-scan").message.contains("without rules"));
    let world = World::continuous().repository("dev", Some("SCAN_ON_PUSH"));
    let finding = finding(&world, "ecr-continuous-scan");
    assert!(!finding.message.contains("every repository"), "{}", finding.message);
    assert_eq!(finding.title, "1 repository scanned continuously");
}

#[test]
fn continuous_scanning_needs_enhanced_inspector_and_such_a_repository() {
    let id = "ecr-continuous-scan";
    assert_eq!(verdict(&World::continuous().registry("BASIC", &[]), id), Verdict::NotApplicable);
    assert_eq!(verdict(&World::continuous().inspector(&["ec2"]), id), Verdict::NotApplicable);
    let push = World::empty().registry("ENHANCED", &[("SCAN_ON_PUSH", &["*"])]).inspector(&["ecr"]);
    assert_eq!(verdict(&push, id), Verdict::NotApplicable);
    assert_eq!(verdict(&push.repository("a", Some("SCAN_ON_PUSH")), id), Verdict::Clean);
}

#[test]
fn stale_images_are_a_part_of_the_bill() {
    let id = "ecr-stale-images-scanned";
    let world = World::continuous().images(1_000, 0).image_use(400, 0, 0);
    let found = finding(&world, id);
    assert_eq!(found.severity, Severity::Medium);
    assert_eq!(found.cost.as_ref().expect("a cost").monthly_usd.deciding().0, decimal("40"));
    assert_eq!(evidence(&found, "repository"), ["prod/api: 400 stale images"]);
    assert_eq!(verdict(&World::continuous().images(1_000, 0).image_use(9, 0, 0), id), Verdict::Clean);
    let few = World::continuous().images(9, 0);
    let few = few.with(|target| target.inspector.ecr_image_use = gap(GapReason::AccessDenied));
    assert_eq!(verdict(&few, id), Verdict::NotApplicable);
    let denied = World::continuous().images(10, 0);
    let denied = denied.with(|target| target.inspector.ecr_image_use = gap(GapReason::AccessDenied));
    assert_eq!(blocked(&denied, id), [SectionName::InspectorEcrImageUse]);
    let uncounted = World::continuous().image_use(10, 0, 0);
    let uncounted = uncounted.with(|target| target.inspector.ecr_images = gap(GapReason::AccessDenied));
    assert_eq!(verdict(&uncounted, id), Verdict::Findings);
}

#[test]
fn expired_images_weigh_by_whether_they_still_run() {
    let id = "ecr-images-expired-from-scan";
    let world = World::continuous().images(5, 7);
    assert_eq!(finding(&world, id).severity, Severity::Info);
    let found = finding(&world.clone().image_use(0, 2, 0), id);
    assert_eq!(found.severity, Severity::Medium);
    assert_eq!(evidence(&found, "repository"), ["prod/api: 2 expired images in use"]);
    let denied = world.with(|target| target.inspector.ecr_image_use = gap(GapReason::AccessDenied));
    assert_eq!(finding(&denied, id).severity, Severity::Medium);
    assert_eq!(blocked(&denied, id), [SectionName::InspectorEcrImageUse]);
    assert_eq!(verdict(&World::continuous().images(5, 0), id), Verdict::Clean);
    assert_eq!(verdict(&World::continuous(), id), Verdict::NotApplicable);
    let old = World::continuous().images(5, 7).with(|target| {
        if let Section::Complete(images) = &mut target.inspector.ecr_images {
            images.by_reason.clear();
        }
    });
    assert_eq!(blocked(&old, id), [SectionName::InspectorEcrImages]);
}

#[test]
fn use_that_is_not_tracked_shows_in_expired_images_that_are_still_pulled() {
    let id = "ecr-in-use-untracked";
    let world = World::continuous().images(5, 7).image_use(0, 0, 3);
    assert_eq!(finding(&world, id).severity, Severity::Low);
    let by_pull = world.clone().windows("DAYS_14", "DAYS_14", "LAST_PULL_DATE");
    assert_eq!(verdict(&by_pull, id), Verdict::NotApplicable);
    assert_eq!(verdict(&World::continuous().images(5, 7), id), Verdict::Clean);
    let denied = world.with(|target| target.inspector.ecr_image_use = gap(GapReason::AccessDenied));
    assert_eq!(verdict(&denied, id), Verdict::Inconclusive);
}

#[test]
fn metered_figures_survive_the_snapshot_to_the_last_digit() {
    let world = World::continuous().usage("ECR_RESCAN", "12345678901234567", "0.1234567890123456789", "USD");
    let text = serde_json::to_string(&world.0).expect("JSON");
    assert!(text.contains("0.1234567890123456789"), "{text}");
    let back: Target = serde_json::from_str(&text).expect("a target");
    assert_eq!(back, world.0);
}

#[test]
fn a_snapshot_of_an_older_build_lacks_the_newer_sections_and_is_read() {
    let mut value = serde_json::to_value(&World::continuous().images(10, 0).0).expect("JSON");
    let inspector = value["inspector"].as_object_mut().expect("an object");
    for section in ["usage_totals", "free_trial", "delegated_administrator", "ecr_image_use"] {
        assert!(inspector.remove(section).is_some(), "{section}");
    }
    let world = World(serde_json::from_value(value).expect("a target"));
    assert_eq!(verdict(&world, "ecr-continuous-scan"), Verdict::Findings);
    assert_eq!(blocked(&world, "ecr-continuous-scan"), []);
    // What nobody asked for is no gap, and the rule that would read it is silent.
    let silent = super::judge(&world, "inspector-free-trial");
    assert!(silent.verdicts.is_empty() && silent.findings.is_empty());
    assert!(silent.gaps.iter().all(|gap| gap.section != SectionName::InspectorFreeTrial));
}
