//! The ways out that change how Inspector scans.

use rust_decimal::Decimal;

use super::bill::{Bill, Reader};
use super::draft::{assume, cost_with_readers, may_go_on, unavailable, unchanged};
use super::situation::{Administrator, Association, Situation};
use crate::rules::efs::cost_pattern::CostPattern;
use crate::rules::efs::storage::{Age, transition_age};
use crate::rules::finding::efs::Assumption;
use crate::rules::finding::{Effect, Obstacle, ProtectionLost, Slower, Who};
use crate::rules::{Confidence, Way, WayOut};

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
    /// The one to take where files are in that pattern: the mildest whose runs lie further apart than the transition
    /// age, or the mildest of all where only the number of reads counts. `None`: no schedule is slow enough.
    pub(crate) fn for_age(age: Age<'_>, only_reads: bool) -> Option<Self> {
        if only_reads {
            return SLOW.first().copied();
        }
        SLOW.into_iter().find(|slow| Self::is_longer(slow.days, age))
    }

    /// Whether scans that many days apart lie further apart than the transition age.
    pub(super) fn is_longer(days: u32, age: Age<'_>) -> bool {
        matches!(age, Age::Days(age) if i64::from(days) > age)
    }

    /// Its runs in 30 days at most: a week's day falls into them five times at times.
    fn runs(self) -> Decimal {
        (Decimal::from(30) / Decimal::from(self.days)).ceil()
    }
}

pub(super) fn deactivate(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::DeactivateDeepInspection;
    let vm_scanner = situation.vm_scanner();
    let who = match situation.administrator {
        Administrator::Itself => Who::Member,
        Administrator::Other => Who::Administrator,
        Administrator::Unknown => Who::Either,
    };
    if vm_scanner == situation.count() {
        return WayOut { who, ..unavailable(situation, way, Obstacle::VmScannerNotThePlugin) };
    }
    let remaining: Vec<Reader> = situation.readers.iter().filter(|reader| !reader.is_plugin()).cloned().collect();
    let (monthly, once) = cost_with_readers(situation, bill, &remaining);
    let unprotected = situation.plugin_in_account.max(situation.plugin_reports());
    let mut effects = vec![Effect::PluginOff];
    if vm_scanner > 0 {
        effects.push(Effect::VmScannerGoesOn { instances: vm_scanner, every_hours: None });
    }
    effects.extend(may_go_on(situation));
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
        confidence: if remaining.is_empty() { Confidence::High } else { Confidence::Low },
        assumptions,
        ..unchanged(situation, way, effects)
    }
}

pub(super) fn slow(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::SlowSchedule;
    let vm_scanner = situation.vm_scanner();
    if vm_scanner == situation.count() {
        return unavailable(situation, way, Obstacle::VmScannerTimer);
    }
    if situation.association == Association::Absent {
        return unavailable(situation, way, Obstacle::NoAssociation);
    }
    let only_reads = situation.pattern == CostPattern::ColdRead;
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
            .map(|reader| Reader { runs: reader.runs.min(slow.runs()), ..reader.clone() })
            .collect();
        if vm_scanner > 0 {
            effects.push(Effect::VmScannerGoesOn { instances: vm_scanner, every_hours: Some(3) });
        }
        effects.extend(may_go_on(situation));
        cost_with_readers(situation, bill, &readers)
    } else {
        effects.push(Effect::CoolsBetweenScans);
        effects.extend(may_go_on(situation));
        let pinned = situation.pattern == CostPattern::Pinned;
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

/// The timer on the host, `inspector-vm-scanner.timer` (Inspector user guide, "Inspector VM Scanner", 2026-10).
pub(super) fn stop_vm_scanner(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::StopVmScanner;
    let vm_scanner = situation.vm_scanner();
    if vm_scanner == 0 {
        return unavailable(situation, way, Obstacle::NoVmScanner);
    }
    let remaining: Vec<Reader> = situation.readers.iter().filter(|reader| !reader.is_vm_scanner()).cloned().collect();
    let (monthly, once) = cost_with_readers(situation, bill, &remaining);
    let mut effects = vec![Effect::TimerOff { instances: vm_scanner }];
    let plugin = situation.count() - vm_scanner;
    if plugin > 0 {
        effects.push(Effect::PluginGoesOn { instances: plugin });
    }
    let reporting = situation.readers.iter().filter(|reader| reader.is_vm_scanner() && !reader.tagged);
    let unprotected = reporting.map(|reader| reader.count).sum();
    WayOut {
        monthly_usd: monthly,
        one_time_usd: once,
        protection_lost: if unprotected > 0 { ProtectionLost::VmScanner } else { ProtectionLost::None },
        instances_unprotected: unprotected,
        confidence: Confidence::High,
        assumptions: vec![assume(Assumption::OtherReaders), assume(Assumption::InspectorFeeApart)],
        ..unchanged(situation, way, effects)
    }
}
