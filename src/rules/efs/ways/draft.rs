//! What all ways out start from: nothing changes, something is in the way, or somebody goes on reading.

use super::bill::{Bill, Reader};
use super::situation::Situation;
use crate::price::Usd;
use crate::rules::efs::cost_pattern::CostPattern;
use crate::rules::finding::efs::Assumption;
use crate::rules::finding::{self, Effect, Obstacle, ProtectionLost, Who};
use crate::rules::{MonthlyUsd, Way, WayOut};

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

/// The VM Scanner may be there: what stops the plugin may not stop every scan.
pub(super) fn may_go_on(situation: &Situation<'_>) -> Option<Effect> {
    let instances = situation.vm_scanner_open();
    (instances > 0).then_some(Effect::VmScannerMayGoOn { instances })
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
    match situation.pattern {
        CostPattern::ColdRead => {
            let reads = bill.cold_reads(remaining).ok().zip(today);
            // Fewer readers never cost more than all of them, unless today's figure is of those that are known to mount
            // it and none of them is left: then it is whoever could mount it who counts.
            let known = |readers: &[Reader]| readers.iter().any(Reader::is_known);
            let alike = known(&situation.readers) == known(remaining);
            let capped = reads.map(|(reads, (today, _))| if alike { reads.min(today) } else { reads });
            (capped, today.map(|_| Usd::ZERO))
        }
        // One reader is enough to move every file, and to keep it from moving back.
        CostPattern::Recall | CostPattern::Pinned => (today.map(|(monthly, _)| monthly), today.map(|(_, once)| once)),
    }
}
