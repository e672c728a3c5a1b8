//! Where a verdict turns: the last value on this side and the first on the other.

use inspector_audit::model::{Configuration, EcrImageCounts, GapReason, Section, Target};
use inspector_audit::rules::{Basis, Severity, Verdict};

use super::builder::{self, World, gap};
use super::{blocked, decimal, evidence, finding, verdict};

#[test]
fn only_a_member_is_told_that_its_administrator_decides() {
    for (types, id) in [(&["ecr"][..], "ecr-inspector-auto-disable"), (&["ec2", "ecr"], "ecr-inspector-drift")] {
        let world = World::empty().inspector(types);
        let is_told = |world: &World| finding(world, id).message.contains("This is a member account");
        assert!(!is_told(&world), "{id}");
        assert!(!is_told(&world.clone().administrator(builder::ACCOUNT, "ENABLED")), "{id}");
        assert!(is_told(&world.administrator("444455556666", "ENABLED")), "{id}");
    }
}

#[test]
fn what_a_refusal_was_judged_by_is_evidence() {
    let member = World::empty().inspector(&["ecr"]).administrator("444455556666", "ENABLED");
    let found = finding(&member, "ecr-change-blocked");
    for kind in ["registry", "inspector", "prediction"] {
        assert!(!evidence(&found, kind).is_empty(), "{kind}: {:?}", found.evidence);
    }
}

#[test]
fn images_that_nobody_could_count_keep_nothing_open_where_nothing_is_scanned_again() {
    let on_push = World::empty()
        .registry("ENHANCED", &[("SCAN_ON_PUSH", &["*"])])
        .inspector(&["ecr"])
        .repository("prod/api", Some("SCAN_ON_PUSH"))
        .with(|target| target.inspector.ecr_images = gap(GapReason::AccessDenied));
    assert_eq!(verdict(&on_push, "ecr-continuous-scan"), Verdict::Clean);
    assert_eq!(blocked(&on_push, "ecr-continuous-scan"), []);
}

#[test]
fn a_rule_takes_a_hundred_filters_and_not_one_more() {
    let names: Vec<String> = (0..101).map(|number| format!("team-{number}/*")).collect();
    let filters: Vec<&str> = names.iter().map(String::as_str).collect();
    let puts = |filters: &[&str]| {
        let world = World::continuous().registry("ENHANCED", &[("CONTINUOUS_SCAN", filters)]);
        let remediation = finding(&world, "ecr-continuous-scan").remediation;
        remediation.commands.iter().any(|command| command.contains("scanFrequency"))
    };
    assert!(puts(&filters[..100]));
    assert!(!puts(&filters));
}

#[test]
fn a_count_that_was_refused_is_told_from_one_that_inspector_does_not_keep() {
    let of = |reason| {
        let world = World::continuous().with(|target| target.inspector.ecr_images = gap(reason));
        finding(&world, "ecr-continuous-scan").message
    };
    assert!(of(GapReason::AccessDenied).contains("could be read"));
    assert!(of(GapReason::NotEnabled).contains("counts images only where it scans them"));
}

#[test]
fn nothing_metered_is_a_measured_nothing() {
    let world = World::continuous().images(1_000, 0).usage("ECR_RESCAN", "0", "0", "USD");
    let cost = finding(&world, "ecr-continuous-scan").cost.expect("a cost");
    assert_eq!((cost.basis, cost.monthly_usd.deciding().0), (Basis::Measured, decimal("0")));
}

#[test]
fn what_each_type_was_metered_with_is_evidence_where_everything_is_on() {
    let world = World::empty().inspector(&["ec2", "ecr", "lambda"]).usage("ECR_RESCAN", "1234", "12.34", "USD");
    let found = finding(&world, "inspector-all-types-enabled");
    assert_eq!(evidence(&found, "usage"), ["ECR_RESCAN: 1234 in 30 days, 12.34 USD a month by AWS's estimate"]);
}

#[test]
fn no_frequency_wins_where_both_rules_have_the_same() {
    let rules: [(&str, &[&str]); 2] = [("SCAN_ON_PUSH", &["prod/*"]), ("SCAN_ON_PUSH", &["*"])];
    let continuous: [(&str, &[&str]); 2] = [("CONTINUOUS_SCAN", &["prod/*"]), ("CONTINUOUS_SCAN", &["*"])];
    for rules in [rules, continuous] {
        let message = finding(&World::continuous().registry("ENHANCED", &rules), "ecr-scan-rules-overlap").message;
        assert!(!message.contains("wins"), "{message}");
    }
}

#[test]
fn a_row_of_a_repository_says_that_there_is_one() {
    let id = "ecr-repositories-unscanned";
    let unlisted = |world: World| world.with(|target| target.ecr.repositories = gap(GapReason::AccessDenied));
    let world = World::empty().registry("ENHANCED", &[("CONTINUOUS_SCAN", &["prod/*"])]).inspector(&["ecr"]);
    assert_eq!(verdict(&unlisted(world.clone().repository("dev", None)), id), Verdict::Findings);
    assert_eq!(verdict(&unlisted(world), id), Verdict::Inconclusive);
}

fn without_reasons(images: &mut EcrImageCounts) {
    images.by_reason.clear();
}

fn counted(world: World, change: fn(&mut EcrImageCounts)) -> World {
    world.with(|target| {
        let Section::Complete(images) = &mut target.inspector.ecr_images else { panic!("counts") };
        change(images);
    })
}

#[test]
fn expired_images_are_those_that_aws_counts_as_such() {
    let id = "ecr-images-expired-from-scan";
    let of = |active, inactive, change| verdict(&counted(World::continuous().images(active, inactive), change), id);
    assert_eq!(of(5, 0, without_reasons), Verdict::Clean, "all of them are scanned");
    assert_eq!(of(0, 0, without_reasons), Verdict::NotApplicable, "there is none");
    assert_eq!(of(0, 7, without_reasons), Verdict::Inconclusive, "why they are not is not told");
    let otherwise = |images: &mut EcrImageCounts| {
        images.by_reason = [("SUCCESSFUL".to_owned(), 5), ("UNSUPPORTED_OS".to_owned(), 7)].into();
    };
    assert_eq!(of(5, 7, otherwise), Verdict::Clean, "for another reason");
}

#[test]
fn images_that_run_and_expired_are_a_finding_without_the_count_of_all() {
    let id = "ecr-images-expired-from-scan";
    let uncounted = |world: World| world.with(|target| target.inspector.ecr_images = gap(GapReason::AccessDenied));
    assert_eq!(verdict(&uncounted(World::continuous().image_use(0, 1, 0)), id), Verdict::Findings);
    assert_eq!(verdict(&uncounted(World::continuous().image_use(0, 0, 0)), id), Verdict::Inconclusive);
}

#[test]
fn where_no_image_expired_nobody_asks_which_of_them_run() {
    let id = "ecr-images-expired-from-scan";
    let denied = |target: &mut Target| target.inspector.ecr_image_use = gap(GapReason::AccessDenied);
    let none = World::continuous().images(5, 0).with(denied);
    assert_eq!((verdict(&none, id), blocked(&none, id)), (Verdict::Clean, vec![]));
}

#[test]
fn a_repository_of_which_no_image_counts_is_no_evidence() {
    let world = World::continuous().images(5, 7).image_use(0, 2, 0).with(|target| {
        let Section::Complete(counts) = &mut target.inspector.ecr_image_use else { panic!("counts") };
        counts.expired_in_use.insert("dev/api".to_owned(), 0);
    });
    let found = finding(&world, "ecr-images-expired-from-scan");
    assert_eq!(evidence(&found, "repository"), ["prod/api: 2 expired images in use"]);
}

#[test]
fn use_that_is_not_tracked_matters_once_an_image_expired() {
    let id = "ecr-in-use-untracked";
    assert_eq!(verdict(&World::continuous().images(5, 0).image_use(0, 0, 3), id), Verdict::NotApplicable);
    assert_eq!(verdict(&World::continuous().images(5, 1).image_use(0, 0, 3), id), Verdict::Findings);
}

#[test]
fn windows_that_another_account_sets_are_shown_and_not_set() {
    let world = World::continuous().windows("DAYS_30", "DAYS_30", "LAST_PULL_DATE");
    let update = |world: &World| {
        let remediation = finding(world, "ecr-pull-renews-scan-window").remediation;
        remediation.commands.into_iter().find(|command| command.contains("update-configuration")).expect("a command")
    };
    let own = update(&world.clone().administrator(builder::ACCOUNT, "ENABLED"));
    assert_eq!(update(&world), own);
    let others = update(&world.administrator("444455556666", "ENABLED"));
    assert!(others.starts_with('#') && others.contains("444455556666"), "{others}");
    assert!(!own.starts_with('#'), "{own}");
}

#[test]
fn scanning_with_inspector_is_priced_where_the_registry_may_have_it() {
    let of = |scan_type: &str| {
        let world = World::empty().inspector(&["ecr"]).registry(scan_type, &[("SCAN_ON_PUSH", &["prod/*"])]);
        finding(&world.repository("dev", None), "ecr-repositories-unscanned")
    };
    let (basic, enhanced) = (of("BASIC"), of("ENHANCED"));
    assert_eq!((basic.severity, evidence(&basic, "price").is_empty()), (Severity::Low, true));
    assert_eq!((enhanced.severity, evidence(&enhanced, "price").is_empty()), (Severity::Medium, false));
}

#[test]
fn a_missing_pull_mode_matters_where_pulls_have_a_window() {
    let id = "ecr-pull-renews-scan-window";
    let of = |push: Option<&str>, pull: Option<&str>| {
        let world = World::continuous().with(|target| {
            target.inspector.configuration = Section::Complete(Configuration {
                ecr_rescan_duration: push.map(str::to_owned),
                ecr_pull_date_rescan_duration: pull.map(str::to_owned),
                ..Configuration::default()
            });
        });
        verdict(&world, id)
    };
    assert_eq!(of(Some("DAYS_30"), None), Verdict::Clean);
    assert_eq!(of(Some("DAYS_30"), Some("DAYS_30")), Verdict::Inconclusive);
    assert_eq!(of(None, None), Verdict::Inconclusive);
    assert_eq!(of(None, Some("DAYS_30")), Verdict::Inconclusive);
}

#[test]
fn the_windows_and_whom_they_concern_are_evidence() {
    let world = World::continuous().windows("LIFETIME", "DAYS_90", "LAST_PULL_DATE");
    for id in ["ecr-rescan-duration-long", "ecr-pull-renews-scan-window"] {
        let found = finding(&world, id);
        let details: Vec<&str> = found.evidence.iter().map(|evidence| evidence.detail.as_str()).collect();
        assert!(details.iter().any(|detail| detail.contains("LIFETIME") && detail.contains("DAYS_90")), "{details:?}");
        assert!(details.contains(&"prod/api: CONTINUOUS_SCAN"), "{details:?}");
    }
}
