//! Laws that hold for every R2 rule on every world.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::evaluate;
use inspector_audit::model::{GapReason, Section, Target};
use inspector_audit::price::Usd;
use inspector_audit::rules::{EXPLAIN_HEADINGS, RULES, RuleSettings, Verdict};

use super::builder::{World, gap};
use super::{PRICES, ecr_rules, judge};

/// Worlds in which each rule fires, is clean and has nothing of its kind, for the laws below.
fn worlds() -> Vec<World> {
    let rules: [(&str, &[&str]); 2] = [("CONTINUOUS_SCAN", &["prod"]), ("SCAN_ON_PUSH", &["*"])];
    vec![
        World::empty(),
        World::empty().inspector(&["ecr"]),
        World::empty().inspector(&["ecr", "ec2", "lambda"]),
        World::empty().inspector(&["ecr"]).administrator("444455556666", "ENABLED"),
        World::empty().registry("ENHANCED", &[]),
        World::empty().registry("BASIC", &rules[1..]).repository("a", Some("SCAN_ON_PUSH")),
        World::empty().registry("BASIC", &rules).repository("a", None).asking_for_scan_on_push(),
        World::continuous().images(1_000, 7).image_use(400, 2, 3).trial("ECR", "ACTIVE", 3),
        World::continuous().images(9, 0).usage("ECR_RESCAN", "10", "0.1", "USD").trial("ECR", "INACTIVE", 3),
        World::continuous().registry("ENHANCED", &rules).repository("dev", None).asking_for_scan_on_push(),
        World::continuous().windows("LIFETIME", "DAYS_90", "LAST_PULL_DATE").images(20, 0),
        World::continuous().inspector(&["ec2"]).images(0, 3).image_use(9, 0, 0),
    ]
}

/// Loses one section.
type Lose = fn(&mut Target);

/// Each section an R2 rule reads, denied.
const LOSSES: [Lose; 10] = [
    |target| target.ecr.registry_scanning = gap(GapReason::AccessDenied),
    |target| target.ecr.repositories = gap(GapReason::AccessDenied),
    |target| target.ecr.repository_scanning = gap(GapReason::AccessDenied),
    |target| target.inspector.account_status = gap(GapReason::AccessDenied),
    |target| target.inspector.configuration = gap(GapReason::AccessDenied),
    |target| target.inspector.delegated_administrator = gap(GapReason::AccessDenied),
    |target| target.inspector.ecr_image_use = gap(GapReason::AccessDenied),
    |target| target.inspector.ecr_images = gap(GapReason::AccessDenied),
    |target| target.inspector.free_trial = gap(GapReason::AccessDenied),
    |target| target.inspector.usage_totals = gap(GapReason::AccessDenied),
];

/// The verdict of every rule.
fn verdicts(world: &World) -> BTreeMap<String, Verdict> {
    let rules: Vec<_> = ecr_rules().collect();
    let evaluation = evaluate(&world.0, &PRICES, &RuleSettings::default(), &rules);
    evaluation.verdicts.into_iter().map(|verdict| (verdict.rule, verdict.verdict)).collect()
}

#[test]
fn losing_sections_never_makes_a_verdict_better() {
    for (number, world) in worlds().into_iter().enumerate() {
        let before = verdicts(&world);
        for mask in 0..1_usize << LOSSES.len() {
            let mut blind = world.clone();
            for (bit, lose) in LOSSES.iter().enumerate() {
                if mask >> bit & 1 == 1 {
                    lose(&mut blind.0);
                }
            }
            for (rule, after) in verdicts(&blind) {
                let before = before[&rule];
                let fine = match after {
                    Verdict::Clean => before == Verdict::Clean,
                    Verdict::NotApplicable => matches!(before, Verdict::Clean | Verdict::NotApplicable),
                    Verdict::Findings => before == Verdict::Findings,
                    Verdict::Inconclusive => true,
                };
                assert!(fine, "world {number}, losses {mask:010b}, {rule}: {before:?} became {after:?}");
            }
        }
    }
}

#[test]
fn the_order_of_repositories_never_changes_what_is_said() {
    for world in worlds() {
        let turned = world.clone().with(|target| {
            use Section::Complete;
            if let Complete(repositories) = &mut target.ecr.repositories {
                repositories.reverse();
            }
            if let Complete(rows) = &mut target.ecr.repository_scanning {
                rows.reverse();
            }
        });
        for rule in ecr_rules() {
            assert_eq!(judge(&world, rule.id).findings, judge(&turned, rule.id).findings, "{}", rule.id);
        }
    }
}

#[test]
fn every_rule_fires_somewhere_and_every_figure_adds_up() {
    let mut fired = BTreeSet::new();
    for world in worlds() {
        for rule in ecr_rules() {
            for finding in judge(&world, rule.id).findings {
                fired.insert(rule.id);
                assert!(finding.conditions.is_empty() && finding.instances.is_empty());
                assert!(!finding.remediation.summary.is_empty() && !finding.remediation.commands.is_empty());
                for text in [&finding.message, &finding.title, &finding.remediation.summary] {
                    assert!(!text.contains("  "), "{}: {text}", rule.id);
                }
                let Some(cost) = &finding.cost else { continue };
                let monthly = &cost.monthly_usd;
                let likely = monthly.likely.expect("metered or estimated");
                assert!(monthly.low <= likely && likely <= monthly.high);
                let sum: Usd = cost.lines.iter().map(|line| line.monthly_usd).sum();
                assert_eq!(sum, likely);
            }
        }
    }
    let all: BTreeSet<_> = ecr_rules().map(|rule| rule.id).collect();
    assert_eq!(fired, all);
}

#[test]
fn rules_are_sorted_and_their_pages_have_all_headings() {
    let ids: Vec<_> = RULES.iter().map(|rule| rule.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for rule in ecr_rules() {
        let found: Vec<_> = rule.explain.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        assert_eq!(found, EXPLAIN_HEADINGS, "{}", rule.id);
        assert!(!rule.explain.contains("  "), "{}: a line break left spaces behind", rule.id);
        assert!(rule.needs.is_sorted(), "{}", rule.id);
    }
}
