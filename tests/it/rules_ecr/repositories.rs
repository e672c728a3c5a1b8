//! What the registry does with each repository: frequencies, filters, windows.

use inspector_audit::model::{Configuration, GapReason, Section, SectionName};
use inspector_audit::rules::{Severity, Verdict};

use super::builder::{World, gap};
use super::{blocked, evidence, finding, judge, verdict};

#[test]
fn a_repository_without_an_answer_is_open_and_never_unscanned() {
    let world = World::empty().inspector(&["ecr"]).registry("ENHANCED", &[("SCAN_ON_PUSH", &["*"])]);
    let world = world.repository("a", Some("SCAN_ON_PUSH")).repository("b", Some("SCAN_ON_PUSH"));
    let lost = world.clone().with(|target| {
        target.ecr.repository_scanning =
            Section::Complete(target.ecr.repository_scanning.complete().expect("rows")[..1].to_vec());
    });
    let odd = World::empty()
        .inspector(&["ecr"])
        .registry("ENHANCED", &[("SCAN_ON_PUSH", &["*"])])
        .repository("b", Some("HOURLY"));
    for id in ["ecr-continuous-scan", "ecr-repositories-unscanned"] {
        assert_eq!(verdict(&world, id), Verdict::Clean);
        for world in [&lost, &odd] {
            let evaluation = judge(world, id);
            assert_eq!(evaluation.verdicts[0].verdict, Verdict::Inconclusive, "{id}");
            let gap = evaluation.gaps.iter().find(|gap| gap.rules == [id]).expect("a gap");
            assert_eq!((gap.section, gap.resource.as_deref()), (SectionName::EcrRepositoryScanning, Some("b")));
        }
    }
}

#[test]
fn long_windows_matter_where_something_is_scanned_continuously() {
    let id = "ecr-rescan-duration-long";
    for (push, pull, expected) in [
        ("LIFETIME", "DAYS_14", Verdict::Findings),
        ("DAYS_90", "DAYS_14", Verdict::Findings),
        ("DAYS_14", "DAYS_180", Verdict::Findings),
        ("DAYS_60", "DAYS_60", Verdict::Clean),
        ("DAYS_3", "DAYS_7", Verdict::Clean),
        ("WEEKS_2", "DAYS_14", Verdict::Inconclusive),
        ("WEEKS_2", "DAYS_90", Verdict::Findings),
    ] {
        let world = World::continuous().windows(push, pull, "LAST_IN_USE_AT");
        assert_eq!(verdict(&world, id), expected, "{push} {pull}");
    }
    let idle = World::empty().windows("LIFETIME", "DAYS_90", "LAST_IN_USE_AT");
    assert_eq!(verdict(&idle, id), Verdict::NotApplicable);
    assert_eq!(verdict(&idle.repository("a", Some("SCAN_ON_PUSH")), id), Verdict::NotApplicable);
    let silent = World::continuous().with(|target| {
        target.inspector.configuration = Section::Complete(Configuration::default());
    });
    assert_eq!(verdict(&silent, id), Verdict::Inconclusive);
}

#[test]
fn pulls_renew_the_window_under_last_pull_date() {
    let id = "ecr-pull-renews-scan-window";
    let world = World::continuous().windows("DAYS_30", "DAYS_30", "LAST_PULL_DATE");
    let finding = finding(&world, id);
    assert_eq!(finding.severity, Severity::Medium);
    let change = &finding.remediation.commands[1];
    assert!(
        change.contains("rescanDuration=DAYS_30,pullDateRescanDuration=DAYS_30,pullDateRescanMode=LAST_IN_USE_AT"),
        "{change}"
    );
    assert_eq!(verdict(&World::continuous(), id), Verdict::Clean);
    let odd = World::continuous().windows("DAYS_14", "DAYS_14", "FIRST_PULL");
    assert_eq!(verdict(&odd, id), Verdict::Inconclusive);
}

#[test]
fn unscanned_repositories_are_named_and_weigh_more_under_enhanced() {
    let id = "ecr-repositories-unscanned";
    let of = |scan_type: &str| {
        World::empty()
            .inspector(&["ecr"])
            .registry(scan_type, &[("SCAN_ON_PUSH", &["prod/*"])])
            .repository("dev", None)
            .repository("prod/api", Some("SCAN_ON_PUSH"))
            .repository("test", Some("MANUAL"))
    };
    let found = finding(&of("ENHANCED"), id);
    assert_eq!(found.severity, Severity::Medium);
    assert_eq!(evidence(&found, "repository"), ["dev: MANUAL or none", "test: MANUAL or none"]);
    let put = &found.remediation.commands[2];
    for filter in ["prod/*", "dev", "test"] {
        assert!(put.contains(&format!(r#"{{"filter":"{filter}","filterType":"WILDCARD"}}"#)), "{put}");
    }
    assert_eq!(finding(&of("BASIC"), id).severity, Severity::Low);
    let denied = of("BASIC").with(|target| target.ecr.registry_scanning = gap(GapReason::AccessDenied));
    assert_eq!(finding(&denied, id).severity, Severity::Medium);
    assert_eq!(blocked(&denied, id), [SectionName::EcrRegistryScanning]);
    assert_eq!(verdict(&World::empty(), id), Verdict::NotApplicable);
    assert_eq!(verdict(&World::continuous(), id), Verdict::Clean);
}

#[test]
fn more_repositories_than_a_rule_takes_filters_become_one_wildcard() {
    let mut world = World::empty().registry("ENHANCED", &[("CONTINUOUS_SCAN", &["prod/*"])]);
    for number in 0..101 {
        world = world.repository(&format!("dev-{number:03}"), None);
    }
    let finding = finding(&world, "ecr-repositories-unscanned");
    assert_eq!(evidence(&finding, "repository").len(), 101);
    let put = &finding.remediation.commands[2];
    assert!(put.contains(r#"{"scanFrequency":"SCAN_ON_PUSH","repositoryFilters":[{"filter":"*","#), "{put}");
}

#[test]
fn two_rules_on_one_repository_overlap() {
    let id = "ecr-scan-rules-overlap";
    let rules: [(&str, &[&str]); 2] = [("CONTINUOUS_SCAN", &["prod/*"]), ("SCAN_ON_PUSH", &["*"])];
    let world = World::continuous().registry("ENHANCED", &rules).repository("dev", Some("SCAN_ON_PUSH"));
    let found = finding(&world, id);
    assert_eq!(found.severity, Severity::Low);
    assert_eq!(evidence(&found, "repository"), ["prod/api: matched by both rules"]);
    assert!(found.message.contains("CONTINUOUS_SCAN wins"));
    assert!(evidence(&found, "disagreement").is_empty());
    let disjoint: [(&str, &[&str]); 2] = [("CONTINUOUS_SCAN", &["prod/*"]), ("SCAN_ON_PUSH", &["dev*"])];
    assert_eq!(verdict(&world.registry("ENHANCED", &disjoint), id), Verdict::Clean);
    assert_eq!(verdict(&World::continuous(), id), Verdict::NotApplicable);
}

#[test]
fn an_answer_of_aws_that_differs_from_the_filters_is_evidence() {
    let rules: [(&str, &[&str]); 2] = [("CONTINUOUS_SCAN", &["prod/*"]), ("SCAN_ON_PUSH", &["*"])];
    let world = World::empty().inspector(&["ecr"]).registry("ENHANCED", &rules);
    let finding = finding(&world.repository("prod/api", Some("SCAN_ON_PUSH")), "ecr-scan-rules-overlap");
    assert_eq!(
        evidence(&finding, "disagreement"),
        ["prod/api: AWS says SCAN_ON_PUSH, its filters say CONTINUOUS_SCAN"]
    );
}

#[test]
fn a_filter_of_an_unknown_type_keeps_an_overlap_open() {
    let rules: [(&str, &[&str]); 2] = [("CONTINUOUS_SCAN", &["prod/*"]), ("SCAN_ON_PUSH", &["^dev$"])];
    let world = World::continuous().registry("ENHANCED", &rules).with(|target| {
        if let Section::Complete(registry) = &mut target.ecr.registry_scanning {
            registry.rules[1].filters[0].filter_type = "REGEX".to_owned();
        }
    });
    assert_eq!(verdict(&world, "ecr-scan-rules-overlap"), Verdict::Inconclusive);
}

#[test]
fn a_filter_without_a_wildcard_matches_parts_of_names() {
    let id = "ecr-filter-substring";
    let world = World::empty()
        .registry("BASIC", &[("SCAN_ON_PUSH", &["prod"])])
        .repository("nonprod-api", Some("SCAN_ON_PUSH"))
        .repository("prod", Some("SCAN_ON_PUSH"))
        .repository("test", Some("MANUAL"));
    let found = finding(&world, id);
    assert_eq!(found.severity, Severity::Low);
    assert_eq!(evidence(&found, "repository"), ["nonprod-api: matched by the filter prod"]);
    let exact =
        World::empty().registry("BASIC", &[("SCAN_ON_PUSH", &["prod"])]).repository("prod", Some("SCAN_ON_PUSH"));
    assert_eq!(verdict(&exact, id), Verdict::Clean);
    let anchored =
        World::empty().registry("BASIC", &[("SCAN_ON_PUSH", &["prod*"])]).repository("prod-api", Some("SCAN_ON_PUSH"));
    assert_eq!(verdict(&anchored, id), Verdict::NotApplicable);
}

#[test]
fn a_repositorys_own_setting_is_ignored_where_the_registry_decides() {
    let id = "ecr-repository-setting-ignored";
    let of = |scan_type: &str, rules: &[(&str, &[&str])], frequency: Option<&str>| {
        World::empty().registry(scan_type, rules).repository("dev", frequency).asking_for_scan_on_push()
    };
    let rules: &[(&str, &[&str])] = &[("SCAN_ON_PUSH", &["prod/*"])];
    for scan_type in ["BASIC", "ENHANCED"] {
        let found = finding(&of(scan_type, rules, Some("MANUAL")), id);
        assert_eq!((found.severity, evidence(&found, "repository").len()), (Severity::Low, 1));
        assert_eq!(verdict(&of(scan_type, rules, Some("SCAN_ON_PUSH")), id), Verdict::Clean);
    }
    assert_eq!(verdict(&of("BASIC", &[], Some("SCAN_ON_PUSH")), id), Verdict::NotApplicable);
    let silent = World::empty().registry("ENHANCED", rules).repository("dev", None);
    assert_eq!(verdict(&silent, id), Verdict::NotApplicable);
}

#[test]
fn hostile_names_stay_inside_their_words() {
    let name = "x'; rm -rf ~ #\n$(id)";
    let mut world = World::empty().registry("ENHANCED", &[("SCAN_ON_PUSH", &["prod"])]).repository(name, None);
    let commands = finding(&world, "ecr-repositories-unscanned").remediation.commands;
    let words = shlex::split(commands.last().expect("a command")).expect("words");
    let rules: serde_json::Value = serde_json::from_str(words.last().expect("the rules")).expect("JSON");
    assert_eq!(rules[0]["repositoryFilters"][1]["filter"], name);
    // A region that is none is in no command.
    world.0.region = "us-east-2;\nreboot".to_owned();
    let half_off = world.registry("BASIC", &[]).inspector(&["ecr"]);
    for command in finding(&half_off, "ecr-inspector-auto-disable").remediation.commands {
        assert!(!command.contains('\n') && !command.starts_with("aws "), "{command}");
        let printed = command.starts_with("printf ") && command.contains("is no id of AWS");
        assert!(printed || command.starts_with('#') && !command.contains("reboot"), "{command}");
    }
}

#[test]
fn a_remedy_never_asks_a_basic_registry_for_continuous_scanning() {
    let rules: [(&str, &[&str]); 2] = [("CONTINUOUS_SCAN", &["prod"]), ("SCAN_ON_PUSH", &["web"])];
    let put = |scan_type: &str| {
        let world = World::empty().registry(scan_type, &rules).repository("dev", None);
        finding(&world, "ecr-repositories-unscanned").remediation.commands.pop().expect("a command")
    };
    assert!(!put("BASIC").contains("CONTINUOUS_SCAN") && put("BASIC").contains(r#""filter":"web""#));
    assert!(put("ENHANCED").contains("CONTINUOUS_SCAN"));
}
