//! No way out leaves more than it promises: each is taken in seeded worlds, and what is left is judged anew.

use std::collections::BTreeMap;

use inspector_audit::model::{LifecycleConfiguration, Section, Target};
use inspector_audit::report::v1::{Finding, WayOut};
use inspector_audit::rules::Way;
use inspector_audit::what_if::{Changes, Excluded, Switch};
use rust_decimal::Decimal;

use crate::oracle_worlds::World;
use crate::rules_laws::judge;

/// How many worlds are looked at.
const WORLDS: u64 = 300;
const R1: [&str; 4] = ["efs-tier-recall", "efs-cold-read-charges", "efs-tiering-pinned", "efs-exposure-dormant"];
const VM: &str = "EC2_INSPECTOR_AGENT_BASED";

/// A seeded world, whose files become cold at ages that slower schedules can and cannot outlast.
fn world(seed: u64) -> Target {
    let mut target = World::seeded(seed).target();
    let ages = ["AFTER_1_DAY", "AFTER_7_DAYS", "AFTER_14_DAYS", "AFTER_30_DAYS"];
    for (age, policy) in
        ages.iter().cycle().skip(usize::try_from(seed % 4).expect("few")).zip(target.efs.lifecycle.values_mut())
    {
        policy.transition_to_ia = policy.transition_to_ia.as_ref().map(|_| (*age).to_owned());
    }
    target
}

/// The world in which a way was taken for one finding.
fn taken(target: &Target, finding: &Finding, way: &WayOut) -> Target {
    let mut world = target.clone();
    let changes = |changes: Changes, world: &mut Target| changes.apply(world);
    let policy = |world: &mut Target, change: fn(&mut LifecycleConfiguration)| {
        change(world.efs.lifecycle.get_mut(&finding.resource.id).expect("a policy that can be changed"));
    };
    match way.way {
        Way::DoNothing => {}
        Way::ExcludeInstances => {
            let exclude = finding.instances.iter().map(|one| Excluded::Instance(one.id.clone())).collect();
            changes(Changes { exclude, ..Changes::default() }, &mut world);
        }
        Way::DeactivateDeepInspection => {
            changes(Changes { deep_inspection: Some(Switch::Off), ..Changes::default() }, &mut world);
        }
        Way::SlowSchedule => {
            let weekly = way.reason.contains("once a week");
            assert!(weekly || way.reason.contains("once a month"), "{}", way.reason);
            let expression = if weekly { "cron(0 2 ? * SUN *)" } else { "cron(0 2 ? * SUN#1 *)" };
            changes(Changes { scan_schedule: Some(expression.to_owned()), ..Changes::default() }, &mut world);
        }
        Way::StopReturningToStandard => policy(&mut world, |policy| policy.transition_to_primary_storage_class = None),
        Way::StopTiering => policy(&mut world, |policy| *policy = LifecycleConfiguration::default()),
        // Deep inspection is for accounts that are not opted in to the VM Scanner: where only its timer ends, nothing
        // scans any more.
        Way::StopVmScanner => {
            let Section::Complete(rows) = &mut world.inspector.ec2_coverage else { panic!("nobody knows of one") };
            let ended = |id: &str| finding.instances.iter().any(|one| one.id == id);
            let (timers, others): (Vec<_>, Vec<_>) = std::mem::take(rows)
                .into_iter()
                .partition(|row| row.scan_mode.as_deref() == Some(VM) && ended(&row.instance_id));
            *rows = others;
            if let Section::Complete(nodes) = &mut world.ssm.managed_nodes {
                nodes.retain(|node| timers.iter().all(|row| row.instance_id != node.id));
            }
        }
    }
    world
}

/// What the findings on one file system cost at most.
fn left(target: &Target, finding: &Finding) -> Decimal {
    let evaluation = judge(target);
    // What sleeps costs nothing while it sleeps.
    let counts = |rule: &str| rule == finding.rule || R1.contains(&rule) && rule != "efs-exposure-dormant";
    let on = evaluation.findings.iter().filter(|one| one.resource.id == finding.resource.id && counts(&one.rule));
    on.filter_map(|one| one.cost.as_ref()).map(|cost| cost.monthly_usd.high.0).sum()
}

#[test]
fn no_way_that_is_taken_leaves_more_than_it_promised() {
    // By way: how often it was taken, how often something was left, how often more than nothing was promised.
    let mut seen: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut wrong = Vec::new();
    for seed in 0..WORLDS {
        let target = world(seed);
        for finding in judge(&target).findings.iter().filter(|one| R1.contains(&one.rule.as_str())) {
            for way in finding.ways_out.iter().filter(|way| way.available) {
                let promised = way.monthly_usd.expect("a price").high.0;
                let left = left(&taken(&target, finding, way), finding);
                let seen = seen.entry(format!("{:?}", way.way)).or_default();
                for (count, holds) in seen.iter_mut().zip([true, !left.is_zero(), !promised.is_zero()]) {
                    *count += usize::from(holds);
                }
                // Amounts are rounded line by line.
                if left > promised + promised * Decimal::new(1, 6) + Decimal::new(1, 2) {
                    let id = &finding.resource.id;
                    wrong.push(format!(
                        "{seed} {id} {} {:?}: {left} left, {promised} promised: {}",
                        finding.rule, way.way, way.reason
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} broken promises; the first: {:#?}", wrong.len(), &wrong[..wrong.len().min(12)]);
    for way in [
        "DoNothing",
        "ExcludeInstances",
        "StopReturningToStandard",
        "StopTiering",
        "DeactivateDeepInspection",
        "SlowSchedule",
        "StopVmScanner",
    ] {
        let [taken, left, promised] = seen.get(way).copied().unwrap_or_default();
        assert!(taken >= 30 && left >= 10 && promised >= 10, "{way}: {seen:?}");
    }
}
