//! The ways out of an exposed file system, compared: figures by arithmetic of the test's own, and laws on random worlds.

use crate::support::evaluate;
use inspector_audit::model::{DelegatedAdministrator, LifecycleConfiguration, Section, Tag, Target};
use inspector_audit::price::{PriceTable, Usd};
use inspector_audit::report::v1::{Finding, WayOut};
use inspector_audit::rules::{Confidence, RuleSettings, Way};
use inspector_audit::what_if::{Changes, Excluded, Switch};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::builders::efs::{
    TIB, coverage, exposed, file_system, instance, lifecycle, mount_target, node, rules, with, with_file_system,
    with_instance,
};
use crate::builders::metrics::{classes, measured, step};
use crate::rules_laws::{judge, world};

const R1: [&str; 4] = ["efs-tier-recall", "efs-cold-read-charges", "efs-tiering-pinned", "efs-exposure-dormant"];

pub(crate) fn number(text: &str) -> Decimal {
    text.parse().expect("a number")
}

/// The finding on a file system of a target that has one.
pub(crate) fn finding(target: &Target) -> Finding {
    let found = judge(target).findings.into_iter().find(|finding| R1.contains(&finding.rule.as_str()));
    found.expect("an exposed file system")
}

pub(crate) fn way(finding: &Finding, wanted: Way) -> &WayOut {
    finding.ways_out.iter().find(|way| way.way == wanted).expect("every way is weighed")
}

/// At most, a month.
pub(crate) fn left(way: &WayOut) -> Decimal {
    way.monthly_usd.expect("a price").high.0.normalize()
}

/// Likely, a month.
fn likely(way: &WayOut) -> Option<Decimal> {
    way.monthly_usd.expect("a price").likely.map(|likely| likely.0.normalize())
}

/// What one scan by the plugin reads of the file system at most: 300 MiB/s for 15 minutes, in GiB.
fn scan() -> Decimal {
    number("300") * number("900") / number("1024")
}

/// What 120 of them pay, at 0.012 USD for reading a GiB from IA.
pub(crate) fn scans() -> Decimal {
    (scan() * number("120") * number("0.012")).normalize()
}

pub(crate) fn cold_reads() -> Target {
    with(exposed(), |target| {
        target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into();
    })
}

/// A second instance like the first.
pub(crate) fn two_instances(target: Target) -> Target {
    with(target, |target| {
        target.ec2.instances = Section::Complete(vec![instance("i-0a"), instance("i-0b")]);
        target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Online"), node("i-0b", "Online")]);
    })
}

pub(crate) fn vm_scanner(target: Target) -> Target {
    with(target, |target| {
        target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", "EC2_INSPECTOR_AGENT_BASED")]);
    })
}

pub(crate) fn tagged(target: Target, key: &str) -> Target {
    with_instance(target, |instance| instance.tags.push(Tag { key: key.into(), value: "x".into() }))
}

pub(crate) fn ages(ia: &str, returns: bool) -> impl FnOnce(&mut Target) {
    let policy = LifecycleConfiguration { transition_to_ia: Some(ia.to_owned()), ..lifecycle(returns) };
    move |target| target.efs.lifecycle = [("fs-0a".to_owned(), policy)].into()
}

#[test]
fn files_that_return_ten_tebibytes_in_tokyo() {
    let finding = finding(&exposed());
    // 10 TiB are 10240 GiB; Standard 0.36, IA 0.0272, reading IA 0.012; 120 scans a month.
    let recalled = number("10240") * (number("0.36") - number("0.0272"));
    assert_eq!(
        (likely(way(&finding, Way::DoNothing)), left(way(&finding, Way::DoNothing))),
        (None, recalled.normalize())
    );
    assert_eq!(way(&finding, Way::DoNothing).one_time_usd.expect("a price").0.normalize(), number("245.76"));
    let keep_cold = way(&finding, Way::StopReturningToStandard);
    assert_eq!((likely(keep_cold), left(keep_cold)), (None, scans()));
    assert_eq!(scans(), number("379.6875"));
    // All that is cold may be written one day.
    assert_eq!(left(way(&finding, Way::StopTiering)), recalled.normalize());
    for ends in [Way::ExcludeInstances, Way::DeactivateDeepInspection] {
        assert_eq!(
            (likely(way(&finding, ends)), left(way(&finding, ends))),
            (Some(Decimal::ZERO), Decimal::ZERO),
            "{ends:?}"
        );
    }
    // Eleven twelfths of what is at risk without losing protection.
    assert_eq!(finding.ways_out[0].way, Way::StopReturningToStandard);
    let said = "it leaves at most $379.69 a month of the $3,408 at risk, and gives up no protection";
    assert!(finding.ways_out[0].reason.contains(said), "{}", finding.ways_out[0].reason);
    // 3,407.872 of the 14,745.60 that 120 full reads would cost.
    assert_eq!(keep_cold.break_even_read_share, Some(number("0.2311")));
    assert!(keep_cold.reason.contains("more than 23.11% of the cold data"), "{}", keep_cold.reason);
    // Thirty days are the transition age: no schedule here is slower than that.
    let slow = way(&finding, Way::SlowSchedule);
    assert!(!slow.available && slow.reason.contains("30 days"), "{}", slow.reason);
}

/// The finding where each scan is said to read all that is cold.
fn reading_all(target: &Target, rule: &str) -> Finding {
    let settings = RuleSettings { read_fraction: Some(Decimal::ONE), ..RuleSettings::default() };
    let evaluation = evaluate(target, &PriceTable::embedded(), &settings, &rules());
    evaluation.findings.into_iter().find(|finding| finding.rule == rule).expect("an exposed file system")
}

#[test]
fn no_way_is_recommended_that_is_likely_to_cost_more_than_doing_nothing() {
    let mut dearer = 0;
    for fraction in ["0.001", "0.01", "0.1", "0.5", "1"] {
        let settings = RuleSettings { read_fraction: Some(number(fraction)), ..RuleSettings::default() };
        for target in [exposed(), cold_reads(), two_instances(exposed()), vm_scanner(exposed())] {
            let evaluation = evaluate(&target, &PriceTable::embedded(), &settings, &rules());
            for finding in evaluation.findings.iter().filter(|finding| !finding.ways_out.is_empty()) {
                let today = way(finding, Way::DoNothing).monthly_usd.expect("a price").likely.expect("an estimate");
                let then = |way: &WayOut| way.monthly_usd.and_then(|monthly| monthly.likely);
                let best = &finding.ways_out[0];
                assert!(then(best).is_none_or(|then| then <= today), "{fraction}: {:?} {}", best.way, best.reason);
                dearer += finding.ways_out.iter().filter(|way| then(way).is_some_and(|then| then > today)).count();
            }
        }
    }
    assert!(dearer > 0, "some way was dearer, and not recommended");
}

#[test]
fn a_slower_schedule_helps_against_tiering_only_beyond_the_transition_age() {
    let weekly = reading_all(&with(exposed(), ages("AFTER_1_DAY", true)), "efs-tier-recall");
    // Every seven days: one day in Standard, then read, moved out and moved in again.
    let held = number("10240") * number("0.3328") / number("7");
    let moved = number("10240") * (number("0.012") * number("3")) * number("30") / number("7");
    let slow = way(&weekly, Way::SlowSchedule);
    assert!(slow.available);
    assert_eq!(likely(slow).map(|usd| usd.round_dp(4)), Some((held + moved).round_dp(4)));
    // Others may read in between: the most it can be stays.
    assert_eq!(left(slow), left(way(&weekly, Way::DoNothing)));
    assert!(slow.reason.contains("once a week"));
    let monthly = reading_all(&with(exposed(), ages("AFTER_14_DAYS", true)), "efs-tier-recall");
    let slow = way(&monthly, Way::SlowSchedule);
    let held = number("10240") * number("0.3328") * number("14") / number("28");
    let moved = number("10240") * (number("0.012") * number("3")) * number("30") / number("28");
    assert_eq!(likely(slow).map(|usd| usd.round_dp(4)), Some((held + moved).round_dp(4)));
    assert!(slow.reason.contains("once a month"));
}

#[test]
fn coming_and_going_that_costs_more_than_staying_raises_the_bound() {
    // Every second day for a day: half the time in Standard, and fifteen times there and back.
    let often = with(with(exposed(), ages("AFTER_1_DAY", true)), |target| {
        if let Section::Complete(Some(association)) = &mut target.ssm.inspector_association {
            association.schedule_expression = Some("rate(2 days)".to_owned());
        }
    });
    let cost = finding(&often).cost.expect("a price");
    let expected = number("10240") * (number("0.3328") / number("2") + number("15") * number("0.036"));
    assert_eq!((cost.monthly_usd.likely, cost.monthly_usd.high.0.normalize()), (None, expected.normalize()));
    assert_eq!(cost.lines.iter().map(|line| line.monthly_usd).sum::<Usd>(), cost.monthly_usd.high);
}

#[test]
fn a_slower_schedule_is_weighed_on_what_was_measured_to_come_and_go() {
    let after = |target: Target| {
        let evaluation = judge(&with(target, ages("AFTER_14_DAYS", true)));
        let pinned = evaluation.findings.into_iter().find(|finding| finding.rule == "efs-tiering-pinned");
        let pinned = pinned.expect("nothing is cold");
        let slow = way(&pinned, Way::SlowSchedule);
        (likely(slow).map(|usd| usd.round_dp(4)), left(slow).round_dp(4))
    };
    // One of 28 days: 14 in Standard, then read, moved out and moved in again.
    let month = number("0.3328") / number("2") + number("0.036") * number("30") / number("28");
    let of = |gib: &str| (number(gib) * month).round_dp(4).normalize();
    let all = |gib: &str| (number(gib) * number("0.3328")).round_dp(4).normalize();
    assert_eq!(after(measured(step(90, 10 * TIB, 10 * TIB))), (Some(of("10240")), all("11264")));
    assert_eq!(after(measured(step(90, 10 * TIB, 5 * TIB))), (Some(of("5120")), all("6144")));
    let never = after(measured(classes(|_| (11 * TIB, 0))));
    assert_eq!(never, (None, all("11264")), "nothing shows yet that any of it was cold");
}

#[test]
fn a_slower_schedule_helps_against_cold_reads_in_proportion() {
    let finding = finding(&cold_reads());
    let slow = way(&finding, Way::SlowSchedule);
    // A weekday comes five times in 30 days at most.
    assert_eq!(left(slow).round_dp(5), (scan() * number("0.012") * number("5")).round_dp(5));
    assert!(!way(&finding, Way::StopReturningToStandard).available);
    let rare = with(cold_reads(), |target| {
        if let Section::Complete(Some(association)) = &mut target.ssm.inspector_association {
            association.schedule_expression = Some("rate(14 days)".to_owned());
        }
    });
    assert!(way(&self::finding(&rare), Way::SlowSchedule).reason.contains("Already so"));
}

#[test]
fn the_vm_scanner_is_helped_by_neither_deep_inspection_nor_the_schedule() {
    for target in [vm_scanner(exposed()), vm_scanner(cold_reads())] {
        let finding = finding(&target);
        for useless in [Way::DeactivateDeepInspection, Way::SlowSchedule] {
            let way = way(&finding, useless);
            assert!(!way.available && way.reason.contains("VM Scanner"), "{}", way.reason);
        }
        // No document says that the tag stops its timer, so nothing is promised; the timer itself can be stopped.
        let exclude = way(&finding, Way::ExcludeInstances);
        assert_eq!((exclude.confidence, left(exclude)), (Confidence::Low, left(way(&finding, Way::DoNothing))));
        assert!(exclude.reason.contains("no document says that the tag stops"), "{}", exclude.reason);
        let stop = way(&finding, Way::StopVmScanner);
        assert_eq!((stop.available, left(stop), stop.instances_unprotected), (true, Decimal::ZERO, 1));
        assert!(stop.reason.contains("systemctl disable --now inspector-vm-scanner.timer"), "{}", stop.reason);
    }
    // One of two: what is left is what the VM Scanner reads, which what bursting sustains limits, and the credits:
    // 150 MiB/s for 30 days and 6.3 TiB.
    let mixed = finding(&vm_scanner(two_instances(cold_reads())));
    let sustained = number("150") * number("2592000") / number("1024") + number("6451.2");
    assert_eq!(left(way(&mixed, Way::DeactivateDeepInspection)), (sustained * number("0.012")).normalize());
    assert_eq!(left(way(&mixed, Way::StopVmScanner)), scans());
    assert!(!way(&finding(&exposed()), Way::StopVmScanner).available);
}

#[test]
fn tags_that_their_owner_needs_keep_instances_from_being_excluded() {
    let owned = finding(&tagged(exposed(), "kubernetes.io/cluster/one"));
    let exclude = way(&owned, Way::ExcludeInstances);
    assert!(!exclude.available && exclude.reason.contains("owner"), "{}", exclude.reason);
    assert_eq!(owned.ways_out[0].way, Way::StopReturningToStandard);
    // One reader that stays is enough to keep files in Standard, but pays only for its own cold reads.
    assert!(!way(&finding(&tagged(two_instances(exposed()), "a b/kubernetes.io/c")), Way::ExcludeInstances).available);
    let part = finding(&tagged(two_instances(cold_reads()), "kubernetes.io/cluster/one"));
    let exclude = way(&part, Way::ExcludeInstances);
    assert!(exclude.available && exclude.reason.contains("Only in part"), "{}", exclude.reason);
    assert_eq!(exclude.instances_unprotected, 1);
    assert_eq!(left(exclude), scans());
    // A key that nobody is known to need stands in the way, but can be moved.
    let blocked = finding(&tagged(exposed(), "cost center"));
    let exclude = way(&blocked, Way::ExcludeInstances);
    assert!(exclude.available && exclude.reason.contains("renamed or removed"), "{}", exclude.reason);
}

#[test]
fn who_may_deactivate_deep_inspection_depends_on_the_organization() {
    let of = |account: Option<&str>| {
        let target = with(exposed(), |target| {
            target.inspector.delegated_administrator = Section::Complete(DelegatedAdministrator {
                account_id: account.map(str::to_owned),
                relationship_status: None,
            });
        });
        way(&finding(&target), Way::DeactivateDeepInspection).who.clone()
    };
    assert_eq!(of(Some("444455556666")), "delegated administrator");
    assert_eq!(of(Some("111122223333")), "member account");
    assert_eq!(of(None), "member account");
    let unread = finding(&exposed());
    assert_eq!(
        way(&unread, Way::DeactivateDeepInspection).who,
        "the account itself, or its delegated administrator where it is a member"
    );
}

#[test]
fn nothing_is_recommended_for_a_few_dollars_or_on_a_suspicion() {
    let small = finding(&with_file_system(exposed(), |one| one.size.ia = Some(10 << 30)));
    assert_eq!(small.ways_out[0].way, Way::DoNothing);
    assert!(small.ways_out[0].reason.contains("too little"), "{}", small.ways_out[0].reason);
    let pinned = finding(&with_file_system(exposed(), |one| one.size.ia = Some(0)));
    assert_eq!(pinned.rule, "efs-tiering-pinned");
    assert_eq!(pinned.ways_out[0].way, Way::DoNothing);
    let standard = number("1024") * number("0.3328");
    assert_eq!((likely(&pinned.ways_out[0]), left(&pinned.ways_out[0])), (None, standard.normalize()));
    assert_eq!(left(way(&pinned, Way::ExcludeInstances)), Decimal::ZERO);
}

#[test]
fn a_file_system_that_sleeping_instances_expose_has_ways_out_too() {
    let dormant = finding(&with_instance(exposed(), |instance| instance.state = "stopped".into()));
    assert_eq!(dormant.rule, "efs-exposure-dormant");
    assert_eq!(dormant.ways_out.len(), 7);
    assert!(dormant.ways_out.iter().all(|way| way.assumptions.iter().any(|one| one.contains("instance returns"))));
}

#[test]
fn without_a_price_there_is_no_figure_but_a_way_that_ends_the_reads() {
    let nowhere = with(exposed(), |target| target.region = "mars-north-1".into());
    let finding = finding(&nowhere);
    for unpriced in [Way::DoNothing, Way::StopReturningToStandard, Way::StopTiering] {
        assert_eq!(way(&finding, unpriced).monthly_usd, None, "{unpriced:?}");
    }
    assert_eq!(finding.ways_out[0].way, Way::ExcludeInstances);
    assert_eq!(left(&finding.ways_out[0]), Decimal::ZERO);
}

#[test]
fn elastic_throughput_one_zone_and_archive_are_priced_as_such() {
    let elastic = finding(&with_file_system(cold_reads(), |one| {
        one.throughput_mode = Some("elastic".into());
        one.size.archive = Some(1 << 40);
    }));
    // Reads of IA 0.012 and Archive 0.036, each with 0.04 of elastic throughput; 1,500 MiB/s for 15 minutes a week.
    let weekly = number("1500") * number("900") / number("1024") * number("5");
    let expected = (number("10") * number("0.052") + number("0.076")) / number("11") * weekly;
    assert_eq!(left(way(&elastic, Way::SlowSchedule)).round_dp(3), expected.round_dp(3));
    let recalls = finding(&with_file_system(exposed(), |one| {
        one.throughput_mode = Some("elastic".into());
        one.size.archive = Some(1 << 40);
    }));
    let all_in_standard = number("10240") * number("0.34") + number("1024") * number("0.35");
    let all_read = number("120") * (number("10240") * number("0.052") + number("1024") * number("0.076"));
    let share = (all_in_standard / all_read).round_dp(4);
    assert_eq!(way(&recalls, Way::StopReturningToStandard).break_even_read_share, Some(share));
    let zone = finding(&with_file_system(exposed(), |one| one.availability_zone = Some("ap-northeast-1a".into())));
    let recalled = number("10240") * (number("0.192") - number("0.0145"));
    assert_eq!(left(way(&zone, Way::DoNothing)), recalled.normalize());
    assert_eq!(left(way(&zone, Way::StopReturningToStandard)), scans());
}

#[test]
fn a_way_that_waits_for_tags_to_be_renamed_comes_after_one_that_costs_the_same_now() {
    let free = finding(&two_instances(cold_reads()));
    assert_eq!(free.ways_out[0].way, Way::ExcludeInstances);
    let blocked = finding(&tagged(two_instances(cold_reads()), "cost center"));
    assert_eq!(left(way(&blocked, Way::ExcludeInstances)), left(way(&blocked, Way::DeactivateDeepInspection)));
    assert_eq!(blocked.ways_out[0].way, Way::DeactivateDeepInspection);
    assert!(way(&blocked, Way::ExcludeInstances).reason.contains("metadata-tags-blocked"));
}

#[test]
fn who_reports_nothing_already_loses_nothing() {
    let half = finding(&tagged(two_instances(exposed()), "InspectorEc2Exclusion"));
    for lossy in [Way::ExcludeInstances, Way::DeactivateDeepInspection] {
        assert_eq!(way(&half, lossy).instances_unprotected, 1, "{lossy:?}");
    }
    let all = finding(&tagged(exposed(), "InspectorEc2Exclusion"));
    let exclude = way(&all, Way::ExcludeInstances);
    assert_eq!((exclude.instances_unprotected, exclude.protection_lost.as_str()), (0, ""));
    assert!(exclude.recommended && all.remediation.summary.starts_with("Exclude"), "{}", all.remediation.summary);
}

#[test]
fn the_remediation_is_that_of_the_recommended_way() {
    let read = finding(&cold_reads());
    let commands = read.remediation.commands.join("\n");
    assert!(read.remediation.summary.starts_with("Exclude the instances"));
    assert!(!commands.contains("--http-endpoint"), "the endpoint is on: {commands}");
    assert!(commands.contains(&format!(
        "inspector-audit fix --region ap-northeast-1 --finding {} --way exclude",
        read.fingerprint
    )));
    let recalled = finding(&exposed());
    assert!(recalled.remediation.summary.starts_with("Stop files from returning"), "{}", recalled.remediation.summary);
    assert!(recalled.remediation.commands.iter().any(|command| command.contains("put-lifecycle-configuration")));
    let pinned = finding(&with_file_system(exposed(), |one| one.size.ia = Some(0)));
    assert!(pinned.remediation.summary.starts_with("Do nothing"), "{}", pinned.remediation.summary);
    let changes = ["modify-instance", "create-tags", "put-lifecycle", "update-"];
    let changing = pinned.remediation.commands.iter().find(|command| changes.iter().any(|one| command.contains(one)));
    assert_eq!(changing, None);
    let blocked = finding(&tagged(cold_reads(), "kubernetes.io/cluster/one"));
    assert!(blocked.remediation.summary.starts_with("Deactivate deep inspection"), "{}", blocked.remediation.summary);
    assert!(blocked.remediation.commands.iter().any(|command| command.contains("--no-activate-deep-inspection")));
}

#[test]
fn a_slow_schedule_costs_the_same_as_a_way_out_as_what_if_and_as_found() {
    for elastic in [false, true] {
        for (age, archive) in [("AFTER_7_DAYS", None), ("AFTER_14_DAYS", Some("AFTER_90_DAYS"))] {
            let target = with_file_system(with(exposed(), ages(age, true)), |one| {
                one.throughput_mode = Some(if elastic { "elastic" } else { "bursting" }.into());
                one.size.archive = archive.map(|_| 1 << 40);
            });
            let target = with(target, |target| {
                for policy in target.efs.lifecycle.values_mut() {
                    policy.transition_to_archive = archive.map(str::to_owned);
                }
            });
            let of = |way: &WayOut| (likely(way), left(way));
            let promised = of(way(&reading_all(&target, "efs-tier-recall"), Way::SlowSchedule));
            let monthly = Changes { scan_schedule: Some("cron(0 2 ? * SUN#1 *)".to_owned()), ..Changes::default() };
            assert!(promised.0.is_some_and(|likely| likely < promised.1), "{age}: {promised:?}");
            assert_eq!(after(&target, "fs-0a", &monthly), Some(promised.1), "{age}");
            let mut world = target.clone();
            monthly.apply(&mut world);
            let found = reading_all(&world, "efs-tier-recall");
            assert_eq!(of(way(&found, Way::DoNothing)), promised);
            assert!(!way(&found, Way::SlowSchedule).available);
            let cost = found.cost.expect("a price");
            assert_eq!(Some(cost.lines.iter().map(|line| line.monthly_usd).sum::<Usd>()), cost.monthly_usd.likely);
            assert!(cost.assumptions.iter().any(|one| one.contains("28 days apart")), "{:?}", cost.assumptions);
        }
    }
    // The VM Scanner keeps files in Standard, whatever the association does.
    let scanner = vm_scanner(with(exposed(), ages("AFTER_7_DAYS", true)));
    let monthly = Changes { scan_schedule: Some("cron(0 2 ? * SUN#1 *)".to_owned()), ..Changes::default() };
    assert_eq!(after(&scanner, "fs-0a", &monthly), Some((number("10240") * number("0.3328")).normalize()));
}

/// What the finding on one file system costs at most after a change of the world, if there still is one.
fn after(target: &Target, id: &str, changes: &Changes) -> Option<Decimal> {
    let mut world = target.clone();
    changes.apply(&mut world);
    let evaluation = evaluate(&world, &PriceTable::embedded(), &RuleSettings::default(), &rules());
    let exposed = |finding: &&Finding| finding.resource.id == id && R1[..3].contains(&finding.rule.as_str());
    let cost = evaluation.findings.iter().find(exposed).and_then(|finding| finding.cost.clone());
    cost.map(|cost| cost.monthly_usd.high.0.normalize())
}

proptest! {
    #[test]
    fn exactly_one_way_is_recommended_and_it_comes_first(target in world()) {
        for finding in judge(&target).findings {
            if !R1.contains(&finding.rule.as_str()) {
                prop_assert!(finding.ways_out.is_empty());
                continue;
            }
            let mut ways: Vec<Way> = finding.ways_out.iter().map(|way| way.way).collect();
            prop_assert!(finding.ways_out[0].recommended && finding.ways_out[0].available);
            prop_assert_eq!(finding.ways_out.iter().filter(|way| way.recommended).count(), 1);
            ways.sort();
            ways.dedup();
            prop_assert_eq!(ways.len(), 7);
            let lifecycle = matches!(finding.ways_out[0].way, Way::StopReturningToStandard | Way::StopTiering);
            let sent = finding.remediation.commands.iter().any(|command| command.contains("put-lifecycle"));
            prop_assert_eq!(lifecycle, sent, "{:?}", finding.remediation);
            let cost = finding.cost.as_ref().expect("a price");
            prop_assert_eq!(way(&finding, Way::DoNothing).monthly_usd, Some(cost.monthly_usd));
            let protected = finding.ways_out.iter().all(|way| way.protection_lost.is_empty() == (way.instances_unprotected == 0));
            prop_assert!(protected);
        }
    }

    #[test]
    fn no_way_costs_more_than_doing_nothing_without_saying_so(target in world()) {
        for finding in judge(&target).findings.iter().filter(|finding| !finding.ways_out.is_empty()) {
            let high = left(way(finding, Way::DoNothing));
            for way in &finding.ways_out {
                let more = left(way) > high;
                prop_assert_eq!(more, way.reason.contains("may cost more than doing nothing"), "{:?}", way);
                prop_assert!(!(more && way.recommended));
            }
        }
    }

    #[test]
    fn what_a_way_promises_is_what_the_changed_world_costs(target in world()) {
        let instances = target.ec2.instances.complete().expect("instances");
        let everyone = instances.iter().map(|one| Excluded::Instance(one.id.clone())).collect();
        let changes = [
            (Way::ExcludeInstances, Changes { exclude: everyone, ..Changes::default() }),
            (Way::StopReturningToStandard, Changes { transition_to_standard: Some(Switch::Off), ..Changes::default() }),
            (Way::DeactivateDeepInspection, Changes { deep_inspection: Some(Switch::Off), ..Changes::default() }),
        ];
        for finding in judge(&target).findings.iter().filter(|one| R1[..2].contains(&one.rule.as_str())) {
            for (taken, changes) in &changes {
                let way = way(finding, *taken);
                if !way.available {
                    continue;
                }
                let monthly = way.monthly_usd.expect("a price");
                let found = after(&target, &finding.resource.id, changes).unwrap_or_default();
                // Where the VM Scanner scans, or may, a way promises less than it may do.
                let exact = !way.reason.contains("it is counted as going on there");
                prop_assert!(found <= monthly.high.0, "{:?}", taken);
                prop_assert!(!exact || found == monthly.high.0.normalize(), "{:?}", taken);
            }
        }
    }
}

#[test]
fn many_file_systems_are_weighed_on_one_look_at_the_instances() {
    let target = with(exposed(), |target| {
        let ids: Vec<String> = (0..50).map(|number| format!("fs-{number:08x}")).collect();
        target.efs.file_systems = Section::Complete(ids.iter().map(|id| file_system(id)).collect());
        target.efs.mount_targets =
            Section::Complete(ids.iter().map(|id| mount_target(id, "vpc-1", &["sg-efs"])).collect());
        target.efs.lifecycle = ids.into_iter().map(|id| (id, lifecycle(true))).collect();
    });
    let findings = judge(&target).findings;
    assert_eq!(findings.len(), 50);
    assert!(findings.iter().all(|finding| finding.ways_out == findings[0].ways_out));
}
