//! Each way out on its own: what it does, what it costs afterwards, what it gives up, who may take it.
//!
//! Sources, all read 2026-10: EFS user guide, "Managing storage lifecycle"; EFS API reference,
//! `PutLifecycleConfiguration`; Inspector user guide, "Excluding EC2 instances" and "Deep inspection"; Systems Manager
//! user guide, "Cron and rate expressions".

use super::bill::Bill;
use super::scanning::{Slow, deactivate, slow, stop_vm_scanner};
use super::situation::{Reader, Situation};
use crate::price::Usd;
use crate::rules::efs::exposure::Picture;
use crate::rules::efs::storage::{Age, transition_age};
use crate::rules::finding::efs::Assumption;
use crate::rules::finding::{self, Effect, Obstacle, ProtectionLost, Who};
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

/// An assumption of R1.
pub(super) fn assume(assumption: Assumption) -> finding::Assumption {
    finding::Assumption::Efs(assumption)
}

/// A way after which the file system costs what it costs now.
pub(super) fn unchanged(situation: &Situation<'_>, way: Way, effects: Vec<Effect>) -> WayOut {
    WayOut {
        way,
        recommended: None,
        obstacle: None,
        effects,
        monthly_usd: situation.today.map(|(monthly, _)| monthly),
        one_time_usd: situation.today.map(|(_, once)| once),
        protection_lost: ProtectionLost::None,
        instances_unprotected: 0,
        who: Who::Member,
        confidence: situation.confidence,
        break_even_read_share: None,
        assumptions: Vec::new(),
    }
}

pub(super) fn unavailable(situation: &Situation<'_>, way: Way, obstacle: Obstacle) -> WayOut {
    WayOut { obstacle: Some(obstacle), ..unchanged(situation, way, Vec::new()) }
}

fn do_nothing(situation: &Situation<'_>) -> WayOut {
    let age = situation.policy.map_or(Age::None, transition_age);
    let comes_and_goes = situation.vm_scanner() == 0 && Slow::is_longer(situation.least_days, age);
    let effect = match situation.picture {
        Picture::Recall if comes_and_goes => Effect::ReturnsAndCools,
        Picture::Recall => Effect::ReturnsAndStays,
        Picture::ColdRead => Effect::BilledEachScan,
        Picture::Pinned => Effect::StaysInStandard,
    };
    unchanged(situation, Way::DoNothing, vec![effect])
}

/// What is left when only `remaining` go on reading.
pub(super) fn cost_with_readers(
    situation: &Situation<'_>,
    bill: &Bill<'_>,
    remaining: &[Reader],
) -> (Option<MonthlyUsd>, Option<Usd>) {
    if remaining.iter().all(|reader| reader.count == 0) {
        return (Some(MonthlyUsd::NOTHING), Some(Usd::ZERO));
    }
    let today = situation.today;
    match situation.picture {
        Picture::ColdRead => {
            let reads = bill.cold_reads(remaining).ok().zip(today);
            // Fewer readers never cost more than all of them.
            let capped = reads.map(|(reads, (today, _))| reads.min(today));
            (capped, today.map(|_| Usd::ZERO))
        }
        // One reader is enough to move every file, and to keep it from moving back.
        Picture::Recall | Picture::Pinned => (today.map(|(monthly, _)| monthly), today.map(|(_, once)| once)),
    }
}

fn exclude(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::ExcludeInstances;
    let sum = |part: fn(&Reader) -> u64| situation.readers.iter().map(part).sum::<u64>();
    let (count, blocked, owned) = (situation.count(), sum(|reader| reader.blocked), sum(|reader| reader.owned));
    let excludable = count.saturating_sub(owned);
    if excludable == 0 {
        return unavailable(situation, way, Obstacle::OwnedKeys { owned, others: false });
    }
    if owned > 0 && situation.picture != Picture::ColdRead {
        return unavailable(situation, way, Obstacle::OwnedKeys { owned, others: true });
    }
    // No document says that the tag stops the VM Scanner, so nothing is promised there.
    let goes_on = |reader: &Reader| if reader.vm_scanner { reader.count } else { reader.owned };
    let remaining = situation.readers.iter().map(|reader| Reader { count: goes_on(reader), ..reader.clone() });
    let remaining: Vec<Reader> = remaining.collect();
    let (monthly, once) = cost_with_readers(situation, bill, &remaining);
    let mut effects = vec![Effect::Excluded { instances: excludable }];
    if owned > 0 {
        effects.push(Effect::OnlyInPart { owned });
    }
    if blocked > 0 {
        effects.push(Effect::KeysFirst { instances: blocked, all_needed: situation.picture != Picture::ColdRead });
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
    WayOut {
        monthly_usd: monthly,
        one_time_usd: once,
        protection_lost: if unprotected > 0 { ProtectionLost::Coverage } else { ProtectionLost::None },
        instances_unprotected: unprotected,
        confidence: if vm_scanner > 0 { Confidence::Low } else { Confidence::High },
        assumptions,
        ..unchanged(situation, way, effects)
    }
}

fn stop_returning(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::StopReturningToStandard;
    if !situation.returns() {
        return unavailable(situation, way, Obstacle::ReturnsNot);
    }
    if situation.picture == Picture::Pinned {
        return WayOut { confidence: Confidence::Low, ..unchanged(situation, way, vec![Effect::NothingIsCold]) };
    }
    let reads = bill.cold_reads(&situation.readers).ok();
    WayOut {
        monthly_usd: reads,
        one_time_usd: reads.map(|_| Usd::ZERO),
        confidence: Confidence::Medium,
        break_even_read_share: situation.today.and_then(|(today, _)| bill.read_share(&situation.readers, today.high)),
        assumptions: vec![assume(Assumption::SameBytesAgain), assume(Assumption::EveryReaderPays)],
        ..unchanged(situation, way, vec![Effect::StaysCold])
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
    if situation.picture == Picture::Pinned {
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
        ..unchanged(situation, way, vec![Effect::NothingMoves])
    }
}
