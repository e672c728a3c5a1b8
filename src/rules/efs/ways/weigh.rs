//! Each way out on its own: what it does, what it costs afterwards, what it gives up, who may take it.
//!
//! Sources, all read 2026-10: EFS user guide, "Managing storage lifecycle"; EFS API reference,
//! `PutLifecycleConfiguration`; Inspector user guide, "Excluding EC2 instances" and "Deep inspection"; Systems Manager
//! user guide, "Cron and rate expressions".

use std::iter;

use super::bill::{Bill, Reader};
use super::draft::{assume, cost_with_readers, may_go_on, unavailable, unchanged};
use super::scanning::{Slow, deactivate, slow, stop_vm_scanner};
use super::situation::Situation;
use crate::price::Usd;
use crate::rules::efs::cost_pattern::CostPattern;
use crate::rules::efs::storage::{Age, transition_age};
use crate::rules::finding::efs::Assumption;
use crate::rules::finding::{self, Effect, Obstacle, ProtectionLost};
use crate::rules::{Confidence, MonthlyUsd, Way, WayOut};

/// All seven, in no order of merit.
pub(crate) fn all(situation: &Situation<'_>, bill: &Bill<'_>) -> Vec<WayOut> {
    let mut ways = vec![
        do_nothing(situation),
        exclude(situation, bill),
        stop_returning(situation, bill),
        stop_tiering(situation, bill),
        deactivate(situation, bill),
        slow(situation, bill),
        stop_vm_scanner(situation, bill),
    ];
    for way in &mut ways {
        if situation.dormant {
            way.assumptions.push(assume(Assumption::WhenItReturns));
        }
        way.assumptions.push(assume(Assumption::AsFound));
    }
    ways
}

fn do_nothing(situation: &Situation<'_>) -> WayOut {
    let age = situation.policy.map_or(Age::None, transition_age);
    let vm_scanner = situation.vm_scanner() + situation.vm_scanner_open();
    let comes_and_goes = vm_scanner == 0 && Slow::is_longer(situation.least_days, age);
    let effect = match situation.pattern {
        CostPattern::Recall if comes_and_goes => Effect::ReturnsAndCools,
        CostPattern::Recall => Effect::ReturnsAndStays,
        CostPattern::ColdRead => Effect::BilledEachScan,
        CostPattern::Pinned => Effect::StaysInStandard,
    };
    unchanged(situation, Way::DoNothing, vec![effect])
}

fn exclude(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::ExcludeInstances;
    let sum = |part: fn(&Reader) -> u64| situation.readers.iter().map(part).sum::<u64>();
    let (count, blocked, owned) = (situation.count(), sum(|reader| reader.blocked), sum(|reader| reader.owned));
    if situation.readers.iter().all(|reader| reader.excluded) {
        return unavailable(situation, way, Obstacle::ExcludedAlready);
    }
    let excludable = count.saturating_sub(owned);
    if excludable == 0 {
        return unavailable(situation, way, Obstacle::OwnedKeys { owned, others: false });
    }
    if owned > 0 && situation.pattern != CostPattern::ColdRead {
        return unavailable(situation, way, Obstacle::OwnedKeys { owned, others: true });
    }
    // No document says that the tag stops the VM Scanner, so nothing is promised there.
    let goes_on = |reader: &Reader| if reader.is_plugin() { reader.owned } else { reader.count };
    let remaining = situation.readers.iter().map(|reader| Reader { count: goes_on(reader), ..reader.clone() });
    let remaining: Vec<Reader> = remaining.collect();
    let (monthly, once) = cost_with_readers(situation, bill, &remaining);
    let mut effects = vec![Effect::Excluded { instances: excludable }];
    if owned > 0 {
        effects.push(Effect::OnlyInPart { owned });
    }
    if blocked > 0 {
        effects.push(Effect::KeysFirst { instances: blocked, all_needed: situation.pattern != CostPattern::ColdRead });
    }
    // Who has the tag already reports nothing now, and loses nothing.
    let unprotected = sum(|reader| if reader.tagged { 0 } else { reader.count.saturating_sub(reader.owned) });
    let vm_scanner = situation.vm_scanner();
    let assumptions = [Assumption::OtherReaders, Assumption::CoolingFeeApart, Assumption::InspectorFeeApart];
    let mut assumptions: Vec<finding::Assumption> = assumptions.into_iter().map(assume).collect();
    if vm_scanner > 0 {
        effects.push(Effect::TagMayNotStop { instances: vm_scanner });
        assumptions.push(assume(Assumption::VmScannerAndTag));
    }
    let open = may_go_on(situation);
    let confidence = if vm_scanner > 0 || open.is_some() { Confidence::Low } else { Confidence::High };
    effects.extend(open);
    WayOut {
        monthly_usd: monthly,
        one_time_usd: once,
        protection_lost: if unprotected > 0 { ProtectionLost::Coverage } else { ProtectionLost::None },
        instances_unprotected: unprotected,
        confidence,
        assumptions,
        ..unchanged(situation, way, effects)
    }
}

fn stop_returning(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::StopReturningToStandard;
    if !situation.returns() {
        return unavailable(situation, way, Obstacle::ReturnsNot);
    }
    if situation.pattern == CostPattern::Pinned {
        return WayOut { confidence: Confidence::Low, ..unchanged(situation, way, vec![Effect::NothingIsCold]) };
    }
    let reads = bill.cold_reads(&situation.readers).ok();
    WayOut {
        monthly_usd: reads,
        one_time_usd: reads.map(|_| Usd::ZERO),
        confidence: Confidence::Medium,
        break_even_read_share: situation.today.and_then(|(today, _)| bill.read_share(&situation.readers, today.high)),
        assumptions: vec![assume(Assumption::SameBytesAgain), assume(Assumption::EveryReaderPays)],
        ..unchanged(situation, way, reading(Effect::StaysCold, bill))
    }
}

/// An empty list of policies deletes the configuration: nothing moves any more, in either direction. What is cold stays
/// cold until it is written.
fn stop_tiering(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::StopTiering;
    let Some(policy) = situation.policy else {
        return unavailable(situation, way, Obstacle::PolicyUnread);
    };
    let any = [&policy.transition_to_ia, &policy.transition_to_archive, &policy.transition_to_primary_storage_class];
    if any.iter().all(|part| part.is_none()) {
        return unavailable(situation, way, Obstacle::NoPolicy);
    }
    let grows = assume(Assumption::GrowthApart);
    if situation.pattern == CostPattern::Pinned {
        let way = unchanged(situation, way, vec![Effect::StandardByChoice]);
        return WayOut { confidence: Confidence::High, assumptions: vec![grows], ..way };
    }
    let figures = bill.cold_reads(&situation.readers).ok().zip(bill.all_in_standard().ok());
    let monthly = figures.map(|(reads, standard)| MonthlyUsd { high: reads.high.max(standard), ..reads });
    WayOut {
        monthly_usd: monthly,
        one_time_usd: monthly.map(|_| Usd::ZERO),
        confidence: Confidence::Medium,
        assumptions: vec![assume(Assumption::ColdUntilWritten), grows],
        ..unchanged(situation, way, reading(Effect::NothingMoves, bill))
    }
}

/// What a way does after which scans pay for cold reads, and by what these are counted where that is not what is known to
/// limit them.
fn reading(effect: Effect, bill: &Bill<'_>) -> Vec<Effect> {
    let unread = bill.limits.is_provisioned_unread().then_some(Effect::ProvisionedUnread);
    iter::once(effect).chain(unread).collect()
}
