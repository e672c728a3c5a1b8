//! A target of which only the first answers are known: there is nothing in it, and no rule says anything else of it than it
//! would if everything had been asked.

use std::collections::BTreeMap;

use inspector_audit::model::{Ec2, Section, Ssm, Target};
use inspector_audit::price::PriceTable;
use inspector_audit::rules::{RuleSettings, evaluate, live_rules};
use proptest::prelude::*;

use crate::builders::ecr::World;
use crate::rules_laws::world;

/// The target without a file system or a repository, with a BASIC registry and Inspector off.
fn emptied(mut target: Target) -> Target {
    let World(empty) = World::empty_in(&target.region);
    target.efs.file_systems = Section::Complete(Vec::new());
    target.efs.mount_targets = Section::Complete(Vec::new());
    target.efs.lifecycle = BTreeMap::new();
    target.ecr = empty.ecr;
    let inspector = std::mem::replace(&mut target.inspector, empty.inspector);
    target.inspector.ec2_coverage = inspector.ec2_coverage;
    target.inspector.deep_inspection = inspector.deep_inspection;
    target
}

/// What is kept of it where collecting stops after the first answers.
fn stopped(target: &Target) -> Target {
    let mut stopped = Target { nothing_here: true, ec2: Ec2::default(), ssm: Ssm::default(), ..target.clone() };
    stopped.inspector.configuration = Section::NotAsked;
    stopped.inspector.deep_inspection = Section::NotAsked;
    stopped.inspector.ec2_coverage = Section::NotAsked;
    stopped
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_was_not_asked_changes_no_verdict(target in world()) {
        let whole = emptied(target);
        let stopped = stopped(&whole);
        let (prices, settings) = (PriceTable::embedded(), RuleSettings::default());
        for rule in live_rules() {
            let judge = |target: &Target| evaluate(target, &prices, &settings, &[rule]);
            let (whole, stopped) = (judge(&whole), judge(&stopped));
            prop_assert_eq!(&whole.verdicts, &stopped.verdicts, "{}", rule.id);
            prop_assert!(stopped.findings.is_empty() && stopped.gaps.is_empty(), "{}: {:#?}", rule.id, stopped.gaps);
        }
    }
}

#[test]
fn a_gap_is_a_gap_all_the_same() {
    let World(empty) = World::empty();
    let mut target = stopped(&empty);
    assert!(target.gaps().is_empty(), "{:#?}", target.gaps());
    target.efs.file_systems = Section::NotAsked;
    target.nothing_here = false;
    assert!(target.gaps().len() > 5);
}
