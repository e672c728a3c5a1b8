//! The registry against Inspector: coherent and incoherent states, statuses, denials, who may change what.

use inspector_audit::model::{GapReason, Section, SectionName};
use inspector_audit::rules::{Confidence, Severity, Verdict};

use super::builder::{self, World, gap};
use super::{blocked, ecr_rules, evidence, finding, verdict};

#[test]
fn an_untouched_account_is_in_order() {
    for rule in ecr_rules() {
        let verdict = verdict(&World::empty(), rule.id);
        assert!(matches!(verdict, Verdict::NotApplicable | Verdict::Clean), "{}: {verdict:?}", rule.id);
    }
}

#[test]
fn a_coherent_account_is_clean() {
    let world = World::continuous()
        .repository("prod/web", Some("SCAN_ON_PUSH"))
        .registry("ENHANCED", &[("CONTINUOUS_SCAN", &["prod/a*"]), ("SCAN_ON_PUSH", &["prod/w*"])]);
    for rule in ecr_rules().filter(|rule| rule.id != "ecr-continuous-scan") {
        let verdict = verdict(&world, rule.id);
        assert!(matches!(verdict, Verdict::NotApplicable | Verdict::Clean), "{}: {verdict:?}", rule.id);
    }
}

#[test]
fn basic_with_ecr_alone_will_switch_inspector_off() {
    let world = World::empty().inspector(&["ecr"]);
    let finding = finding(&world, "ecr-inspector-auto-disable");
    assert_eq!((finding.severity, finding.confidence), (Severity::High, Confidence::Medium));
    assert_eq!(finding.resource.kind, "AWS::ECR::Registry");
    assert_eq!((finding.resource.id.as_str(), finding.resource.arn), (builder::ACCOUNT, None));
    let steps = "Predicted: registry BASIC, Inspector on for ECR alone -> [AWS by itself, after a while] registry BASIC, \
                 Inspector off -> [next apply enables ECR in Inspector] registry ENHANCED";
    assert!(finding.message.contains(steps), "{}", finding.message);
    assert!(finding.message.contains("and so on"), "{}", finding.message);
    assert!(finding.message.contains("Weakest evidence: article only"), "{}", finding.message);
    assert!(finding.remediation.commands[0].contains("list-filters --region us-east-2"));
    assert_eq!(verdict(&world, "ecr-inspector-drift"), Verdict::Clean);
}

#[test]
fn basic_with_ecr_and_others_is_drift() {
    let world = World::empty().inspector(&["ecr", "ec2"]);
    let finding = finding(&world, "ecr-inspector-drift");
    assert_eq!((finding.severity, finding.confidence), (Severity::Medium, Confidence::Medium));
    assert!(finding.message.contains("Inspector on for EC2 without ECR"), "{}", finding.message);
    assert_eq!(verdict(&world, "ecr-inspector-auto-disable"), Verdict::Clean);
}

#[test]
fn enhanced_without_inspector_looks_scanned_and_is_not() {
    for on in [&[][..], &["ec2"]] {
        let world = World::empty().registry("ENHANCED", &[]).inspector(on);
        let finding = finding(&world, "ecr-enhanced-without-inspector");
        assert_eq!((finding.severity, finding.confidence), (Severity::High, Confidence::High));
        assert!(finding.message.contains("Predicted: registry ENHANCED"), "{}", finding.message);
    }
    assert_eq!(verdict(&World::continuous(), "ecr-enhanced-without-inspector"), Verdict::Clean);
}

#[test]
fn the_coupling_matrix_has_one_verdict_for_each_cell() {
    let rules = ["ecr-inspector-auto-disable", "ecr-inspector-drift", "ecr-enhanced-without-inspector"];
    for (on, scan_type, expected) in [
        (&["ecr"][..], "ENHANCED", None),
        (&["ecr", "ec2"], "ENHANCED", None),
        (&[], "BASIC", None),
        (&["ec2"], "BASIC", None),
        (&["ecr", "lambda"], "BASIC", Some(1)),
        (&["ecr"], "BASIC", Some(0)),
        (&[], "ENHANCED", Some(2)),
        (&["ec2"], "ENHANCED", Some(2)),
    ] {
        let world = World::empty().registry(scan_type, &[]).inspector(on);
        for (index, id) in rules.into_iter().enumerate() {
            let found = verdict(&world, id);
            assert_eq!(found == Verdict::Findings, expected == Some(index), "{on:?} {scan_type} {id}");
            assert_ne!(found, Verdict::Inconclusive, "{on:?} {scan_type} {id}");
        }
    }
}

#[test]
fn transient_suspended_and_unknown_statuses_are_reported_and_not_judged() {
    for status in ["ENABLING", "DISABLING", "SUSPENDING", "SUSPENDED", "RESTING"] {
        let types = [("ec2", "DISABLED"), ("ecr", status)];
        for (id, ec2) in [("ecr-inspector-auto-disable", "DISABLED"), ("ecr-inspector-drift", "ENABLED")] {
            let basic = World::empty().statuses("ENABLED", &[("ec2", ec2), ("ecr", status)]);
            assert_eq!(verdict(&basic, id), Verdict::Inconclusive, "{id} {status}");
            assert_eq!(blocked(&basic, id), [SectionName::InspectorAccountStatus]);
        }
        let enhanced = World::continuous().statuses("ENABLED", &types);
        for id in ["ecr-enhanced-without-inspector", "ecr-continuous-scan"] {
            assert_eq!(verdict(&enhanced, id), Verdict::Inconclusive, "{id} {status}");
            assert_eq!(blocked(&enhanced, id), [SectionName::InspectorAccountStatus]);
        }
        let all = World::empty().statuses("ENABLED", &[("ec2", "ENABLED"), ("ecr", "ENABLED"), ("lambda", status)]);
        assert_eq!(verdict(&all, "inspector-all-types-enabled"), Verdict::Inconclusive, "{status}");
    }
}

#[test]
fn another_type_on_its_way_keeps_both_basic_rules_open() {
    let world = World::empty().statuses("ENABLED", &[("ecr", "ENABLED"), ("ec2", "ENABLING")]);
    assert_eq!(verdict(&world, "ecr-inspector-auto-disable"), Verdict::Inconclusive);
    assert_eq!(verdict(&world, "ecr-inspector-drift"), Verdict::Inconclusive);
    let world = World::empty().statuses("ENABLED", &[("ecr", "ENABLED"), ("ec2", "ENABLING"), ("lambda", "ENABLED")]);
    assert_eq!(verdict(&world, "ecr-inspector-drift"), Verdict::Findings);
}

#[test]
fn what_was_seen_decides_wherever_it_can() {
    let denied = World::continuous().with(|target| target.inspector.account_status = gap(GapReason::AccessDenied));
    assert_eq!(verdict(&denied, "ecr-inspector-auto-disable"), Verdict::Clean);
    assert_eq!(verdict(&denied, "ecr-inspector-drift"), Verdict::Clean);
    assert_eq!(verdict(&denied, "ecr-enhanced-without-inspector"), Verdict::Inconclusive);
    let no_registry = |on: &[&str]| {
        World::empty().inspector(on).with(|target| target.ecr.registry_scanning = gap(GapReason::AccessDenied))
    };
    assert_eq!(verdict(&no_registry(&["ecr"]), "ecr-enhanced-without-inspector"), Verdict::Clean);
    assert_eq!(verdict(&no_registry(&["ecr"]), "ecr-inspector-auto-disable"), Verdict::Inconclusive);
    assert_eq!(verdict(&no_registry(&["ec2"]), "ecr-inspector-auto-disable"), Verdict::NotApplicable);
    assert_eq!(verdict(&no_registry(&["ec2"]), "ecr-enhanced-without-inspector"), Verdict::Inconclusive);
}

#[test]
fn an_inspector_that_was_never_enabled_is_off_and_a_region_without_ecr_has_no_registry() {
    let world = World::empty().registry("ENHANCED", &[]);
    let world = world.with(|target| target.inspector.account_status = gap(GapReason::NotEnabled));
    assert_eq!(verdict(&world, "ecr-enhanced-without-inspector"), Verdict::Findings);
    let world = World::empty().inspector(&["ecr"]).with(|target| {
        target.ecr.registry_scanning = gap(GapReason::Unsupported);
        target.ecr.repositories = gap(GapReason::Unsupported);
        target.ecr.repository_scanning = gap(GapReason::Unsupported);
    });
    for rule in ecr_rules() {
        let verdict = verdict(&world, rule.id);
        assert!(matches!(verdict, Verdict::NotApplicable | Verdict::Clean), "{}: {verdict:?}", rule.id);
    }
}

#[test]
fn a_scan_type_that_aws_adds_decides_nothing() {
    let world = World::empty().inspector(&["ecr"]).registry("SUPREME", &[]).repository("a", Some("CONTINUOUS_SCAN"));
    for id in ["ecr-inspector-auto-disable", "ecr-continuous-scan"] {
        assert_eq!(verdict(&world, id), Verdict::Inconclusive, "{id}");
        assert_eq!(blocked(&world, id), [SectionName::EcrRegistryScanning]);
    }
}

#[test]
fn a_denied_service_never_reads_as_clean() {
    let ecr = World::continuous().with(|target| {
        target.ecr.registry_scanning = gap(GapReason::AccessDenied);
        target.ecr.repositories = gap(GapReason::AccessDenied);
        target.ecr.repository_scanning = gap(GapReason::AccessDenied);
    });
    for rule in ecr_rules().filter(|rule| rule.needs.contains(&SectionName::EcrRepositoryScanning)) {
        // The usual windows of a new account object to nothing, whatever the repositories are.
        let decided = ["ecr-rescan-duration-long", "ecr-pull-renews-scan-window", "ecr-in-use-untracked"];
        let expected = if decided.contains(&rule.id) { Verdict::NotApplicable } else { Verdict::Inconclusive };
        assert_eq!(verdict(&ecr, rule.id), expected, "{}", rule.id);
    }
    let inspector = World::continuous().images(20, 1).with(|target| {
        target.inspector.account_status = gap(GapReason::AccessDenied);
        target.inspector.configuration = gap(GapReason::AccessDenied);
        target.inspector.ecr_images = gap(GapReason::AccessDenied);
        target.inspector.ecr_image_use = gap(GapReason::AccessDenied);
        target.inspector.delegated_administrator = gap(GapReason::AccessDenied);
        target.inspector.free_trial = gap(GapReason::AccessDenied);
        target.inspector.usage_totals = gap(GapReason::AccessDenied);
    });
    for id in [
        "ecr-change-blocked",
        "ecr-continuous-scan",
        "ecr-enhanced-without-inspector",
        "ecr-images-expired-from-scan",
        "ecr-in-use-untracked",
        "ecr-pull-renews-scan-window",
        "ecr-rescan-duration-long",
        "ecr-stale-images-scanned",
        "inspector-all-types-enabled",
        "inspector-free-trial",
    ] {
        assert_eq!(verdict(&inspector, id), Verdict::Inconclusive, "{id}");
    }
}

#[test]
fn a_member_account_cannot_switch_image_scanning_off() {
    let id = "ecr-change-blocked";
    let half_off = World::empty().inspector(&["ecr"]);
    let member = half_off.clone().administrator("444455556666", "ENABLED");
    let found = finding(&member, id);
    assert_eq!(found.severity, Severity::Medium);
    assert!(found.message.contains("nothing changes"), "{}", found.message);
    assert!(found.remediation.commands[1].contains("--account-ids 111122223333"));
    assert_eq!(verdict(&half_off, id), Verdict::NotApplicable);
    let own = half_off.clone().administrator(builder::ACCOUNT, "ENABLED");
    assert_eq!(verdict(&own, id), Verdict::NotApplicable);
    let odd = half_off.clone().administrator("444455556666", "ACCOUNT_SUSPENDED");
    assert_eq!(blocked(&odd, id), [SectionName::InspectorDelegatedAdministrator]);
    let coherent = World::continuous().administrator("444455556666", "ENABLED");
    assert_eq!(verdict(&coherent, id), Verdict::Clean);
}

#[test]
fn an_organization_policy_that_refused_a_change_is_a_finding_whatever_the_registry() {
    let blocked_by = |mut world: World| {
        if let Section::Complete(status) = &mut world.0.inspector.account_status {
            let ecr = status.resources.get_mut("ecr").expect("ecr");
            ecr.error_code = Some("BLOCKED_BY_ORGANIZATION_POLICY".to_owned());
        }
        world
    };
    for world in [World::empty(), World::continuous()] {
        let finding = finding(&blocked_by(world), "ecr-change-blocked");
        assert!(finding.message.contains("BLOCKED_BY_ORGANIZATION_POLICY for ecr"), "{}", finding.message);
    }
    let alone = finding(&blocked_by(World::empty().inspector(&["ecr"])), "ecr-inspector-auto-disable");
    assert!(alone.message.contains("nothing changes"), "{}", alone.message);
}

#[test]
fn all_three_types_are_priced_where_prices_are_known() {
    let id = "inspector-all-types-enabled";
    let world = World::empty().inspector(&["ec2", "ecr", "lambda"]);
    let found = finding(&world, id);
    assert_eq!((found.severity, found.cost.is_none()), (Severity::Info, true));
    let prices = evidence(&found, "price").join("\n");
    for text in [
        "EC2: $1.2528 ",
        "$0.09 for an image's first scan ",
        "$0.01 for each re-scan ",
        "standard: $0.30024 ",
        "Security Hub's plan pay otherwise",
        "costs $3.75 a month: 1 EC2 instance, 18 ECR images, 12 Lambda functions or 125 IAM identities",
    ] {
        assert!(prices.contains(text), "{text}: {prices}");
    }
    let tokyo = World::empty_in("ap-northeast-1").inspector(&["ec2", "ecr", "lambda"]);
    let prices = evidence(&finding(&tokyo, id), "price").join("\n");
    assert!(prices.contains("$0.11 ") && !prices.contains("$0.09"), "its own: {prices}");
    assert!(
        prices.contains("EC2: $1.2528 for each instance and month of 720 hours (an estimate: us-east-2"),
        "{prices}"
    );
    // In yuan there is none.
    let beijing = World::empty_in("cn-north-1").inspector(&["ec2", "ecr", "lambda"]);
    let prices = evidence(&finding(&beijing, id), "price").join("\n");
    assert!(prices.contains("EC2: no price for") && !prices.contains("estimate"), "{prices}");
    assert_eq!(verdict(&World::empty().inspector(&["ec2", "ecr"]), id), Verdict::Clean);
}

#[test]
fn a_free_trial_counts_until_it_ends() {
    let id = "inspector-free-trial";
    let found = finding(&World::continuous().trial("ECR", "ACTIVE", 3), id);
    assert_eq!(found.severity, Severity::Info);
    let [trial] = evidence(&found, "free_trial")[..] else { panic!("one trial") };
    assert!(trial.starts_with("ECR until 2024-10-07; the type is on"), "{trial}");
    assert_eq!(verdict(&World::continuous().trial("ECR", "ACTIVE", 0), id), Verdict::Clean);
    assert_eq!(verdict(&World::continuous().trial("ECR", "INACTIVE", 3), id), Verdict::Clean);
    assert_eq!(verdict(&World::continuous().trial("ECR", "PAUSED", 3), id), Verdict::Inconclusive);
    assert_eq!(verdict(&World::continuous(), id), Verdict::NotApplicable);
}
