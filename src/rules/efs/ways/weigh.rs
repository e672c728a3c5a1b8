//! Each way out on its own: what it does, what it costs afterwards, what it gives up, who may take it.
//!
//! Sources, all read 2026-10: EFS user guide, "Managing storage lifecycle"; EFS API reference,
//! `PutLifecycleConfiguration`; Inspector user guide, "Excluding EC2 instances" and "Deep inspection"; Systems Manager
//! user guide, "Cron and rate expressions".

use rust_decimal::Decimal;

use super::bill::{Bill, NOTHING};
use super::situation::{Administrator, Association, Reader, Situation};
use crate::price::Usd;
use crate::rules::efs::exposure::Picture;
use crate::rules::efs::storage::{Age, transition_age};
use crate::rules::finding::efs::Assumption;
use crate::rules::finding::{self, Effect, Obstacle, ProtectionLost, Slower, Who};
use crate::rules::{Confidence, MonthlyUsd, Way, WayOut};

/// A slower schedule of the association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slow {
    /// The least days between two runs.
    pub(crate) days: u32,
    /// In the form that Systems Manager takes; cron, for only there may a change leave the next run where it is.
    pub(crate) expression: &'static str,
}

/// The slower schedules that are weighed, the milder one first.
pub(crate) const SLOW: [Slow; 2] =
    [Slow { days: 7, expression: "cron(0 2 ? * SUN *)" }, Slow { days: 28, expression: "cron(0 2 ? * SUN#1 *)" }];

impl Slow {
    /// The one to take where files are in that picture: the mildest whose runs lie further apart than the transition
    /// age, or the mildest of all where only the number of reads counts. `None`: no schedule is slow enough.
    pub(crate) fn for_age(age: Age<'_>, only_reads: bool) -> Option<Self> {
        if only_reads {
            return SLOW.first().copied();
        }
        SLOW.into_iter().find(|slow| Self::is_longer(slow.days, age))
    }

    /// Whether scans that many days apart lie further apart than the transition age.
    fn is_longer(days: u32, age: Age<'_>) -> bool {
        matches!(age, Age::Days(age) if i64::from(days) > age)
    }

    /// Runs in 30 days.
    fn runs(self) -> Decimal {
        (Decimal::from(30) / Decimal::from(self.days)).round_dp(6).normalize()
    }
}

/// All six, in no order of merit.
pub(crate) fn all(situation: &Situation<'_>, bill: &Bill<'_>) -> Vec<WayOut> {
    let mut ways = vec![
        do_nothing(situation),
        exclude(situation, bill),
        stop_returning(situation, bill),
        stop_tiering(situation, bill),
        deactivate(situation, bill),
        slow(situation, bill),
    ];
    for way in &mut ways {
        if situation.dormant {
            way.assumptions.push(assume(Assumption::WhenItReturns));
        }
        way.assumptions.push(assume(Assumption::AsFound));
    }
    ways
}

/// A way that changes nothing about the cost.
fn assume(assumption: Assumption) -> finding::Assumption {
    finding::Assumption::Efs(assumption)
}

/// A way after which the file system costs what it costs now.
fn unchanged(situation: &Situation<'_>, way: Way, effects: Vec<Effect>) -> WayOut {
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
        assumptions: Vec::new(),
    }
}

fn unavailable(situation: &Situation<'_>, way: Way, obstacle: Obstacle) -> WayOut {
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
fn cost_with_readers(
    situation: &Situation<'_>,
    bill: &Bill<'_>,
    remaining: &[Reader],
) -> (Option<MonthlyUsd>, Option<Usd>) {
    if remaining.iter().all(|reader| reader.count == 0) {
        return (Some(NOTHING), Some(Usd::ZERO));
    }
    let today = situation.today;
    match situation.picture {
        Picture::ColdRead => {
            let reads = bill.cold_reads(remaining).ok().zip(today);
            // Fewer readers never cost more than all of them.
            let capped = reads.map(|(reads, (today, _))| MonthlyUsd {
                low: reads.low.min(today.low),
                likely: reads.likely.min(today.likely),
                high: reads.high.min(today.high),
            });
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
    let remaining: Vec<Reader> =
        situation.readers.iter().map(|reader| Reader { count: reader.owned, ..reader.clone() }).collect();
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

fn deactivate(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::DeactivateDeepInspection;
    let vm_scanner = situation.vm_scanner();
    let who = match situation.administrator {
        Administrator::Itself => Who::Member,
        Administrator::Other => Who::DelegatedAdministrator,
        Administrator::Unknown => Who::Either,
    };
    if vm_scanner == situation.count() {
        return WayOut { who, ..unavailable(situation, way, Obstacle::VmScannerNotThePlugin) };
    }
    let remaining: Vec<Reader> = situation.readers.iter().filter(|reader| reader.vm_scanner).cloned().collect();
    let (monthly, once) = cost_with_readers(situation, bill, &remaining);
    let unprotected = situation.plugin_in_account.max(situation.plugin_reports());
    let mut effects = vec![Effect::PluginOff];
    if vm_scanner > 0 {
        effects.push(Effect::VmScannerGoesOn { instances: vm_scanner, every_hours: None });
    }
    let mut assumptions = vec![assume(Assumption::OtherReaders)];
    match situation.administrator {
        Administrator::Itself => {}
        Administrator::Other => effects.push(Effect::AdministratorOnly),
        Administrator::Unknown => assumptions.push(assume(Assumption::MembershipUnread)),
    }
    WayOut {
        monthly_usd: monthly,
        one_time_usd: once,
        protection_lost: if unprotected > 0 { ProtectionLost::LanguagePackages } else { ProtectionLost::None },
        instances_unprotected: unprotected,
        who,
        confidence: if vm_scanner > 0 { Confidence::Low } else { Confidence::High },
        assumptions,
        ..unchanged(situation, way, effects)
    }
}

fn slow(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::SlowSchedule;
    let vm_scanner = situation.vm_scanner();
    if vm_scanner == situation.count() {
        return unavailable(situation, way, Obstacle::VmScannerTimer);
    }
    if situation.association == Association::Absent {
        return unavailable(situation, way, Obstacle::NoAssociation);
    }
    let only_reads = situation.picture == Picture::ColdRead;
    let age = situation.policy.map_or(Age::None, transition_age);
    let Some(slow) = Slow::for_age(age, only_reads) else {
        let why = match age {
            Age::Days(days) => Obstacle::AgeTooLong { days },
            Age::None | Age::Unreadable(_) => Obstacle::NoAge,
        };
        return unavailable(situation, way, why);
    };
    if situation.runs <= slow.runs() || situation.least_days >= slow.days {
        return unavailable(situation, way, Obstacle::SlowAlready { days: slow.days });
    }
    if !only_reads && vm_scanner > 0 {
        return unavailable(situation, way, Obstacle::VmScannerKeeps { instances: vm_scanner });
    }
    let unprotected = situation.plugin_in_account.max(situation.plugin_reports());
    let slower = Slower { days: slow.days, runs: situation.runs };
    let mut effects = vec![Effect::Slower(slower)];
    let (monthly, once) = if only_reads {
        let readers: Vec<Reader> = situation
            .readers
            .iter()
            .map(|reader| Reader {
                scans: if reader.vm_scanner { reader.scans } else { reader.scans.min(slow.runs()) },
                ..reader.clone()
            })
            .collect();
        if vm_scanner > 0 {
            effects.push(Effect::VmScannerGoesOn { instances: vm_scanner, every_hours: Some(3) });
        }
        cost_with_readers(situation, bill, &readers)
    } else {
        effects.push(Effect::CoolsBetweenScans);
        let pinned = situation.picture == Picture::Pinned;
        let figures = situation.policy.and_then(|policy| bill.comes_and_goes(policy, slow.days, pinned).ok());
        (figures.map(|(monthly, _)| monthly), figures.map(|(_, once)| once))
    };
    WayOut {
        monthly_usd: monthly,
        one_time_usd: once,
        protection_lost: if unprotected > 0 { ProtectionLost::Later(slower) } else { ProtectionLost::None },
        instances_unprotected: unprotected,
        confidence: if only_reads { Confidence::Medium } else { Confidence::Low },
        assumptions: [Assumption::OtherReaders, Assumption::OneScanTime, Assumption::ChangeRunsScan].map(assume).into(),
        ..unchanged(situation, way, effects)
    }
}
