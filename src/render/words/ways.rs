//! The ways out of R1 in sentences.

use rust_decimal::Decimal;

use super::efs_money::instances;
use super::{advice, cost};
use crate::render::text::short_usd;
use crate::report::v1;
use crate::rules::finding::{
    AtRisk, Effect, MonthlyUsd, Obstacle, ProtectionLost, Recommendation, Slower, Way, WayOut,
};

/// The ways of one finding, said.
pub(super) fn ways_out(ways: Vec<WayOut>) -> Vec<v1::WayOut> {
    let nothing = ways.iter().find(|way| way.way == Way::DoNothing).and_then(|way| way.monthly_usd);
    ways.into_iter().map(|way| way_out(way, nothing)).collect()
}

fn way_out(way: WayOut, nothing: Option<MonthlyUsd>) -> v1::WayOut {
    v1::WayOut {
        way: way.way,
        recommended: way.recommended.is_some(),
        available: way.obstacle.is_none(),
        requires: requires(&way).map(str::to_owned),
        reason: reason(&way, nothing),
        monthly_usd: way.monthly_usd,
        one_time_usd: way.one_time_usd,
        protection_lost: protection_lost(way.protection_lost),
        instances_unprotected: way.instances_unprotected,
        who: advice::who(way.who).to_owned(),
        confidence: way.confidence,
        break_even_read_share: way.break_even_read_share,
        assumptions: way.assumptions.into_iter().map(cost::assumption).collect(),
    }
}

/// What has to be settled before the way can be taken.
fn requires(way: &WayOut) -> Option<&'static str> {
    let is_keys = |effect: &Effect| matches!(effect, Effect::KeysFirst { .. });
    way.effects.iter().any(is_keys).then_some("metadata-tags-blocked")
}

/// What to do about a finding, in a line or two: its recommended way.
pub(super) fn summary(way: &WayOut) -> String {
    let lost = protection_lost(way.protection_lost);
    let said = match way.way {
        Way::DoNothing => format!("Do nothing. {}", why_and_what(way)),
        Way::ExcludeInstances => advice::exclude(way.protection_lost != ProtectionLost::None),
        Way::StopReturningToStandard => "Stop files from returning to Standard when they are read: remove \
                                         TransitionToPrimaryStorageClass. Each scan then pays for cold reads instead."
            .to_owned(),
        Way::StopTiering => {
            "Stop tiering: remove the lifecycle policies. What is cold stays cold until it is written.".to_owned()
        }
        Way::DeactivateDeepInspection => format!("Deactivate deep inspection ({}). {lost}", advice::who(way.who)),
        Way::StopVmScanner => format!(
            "Switch the VM Scanner's timer off on the instances that it scans: systemctl disable --now \
             inspector-vm-scanner.timer. {lost}"
        ),
        Way::SlowSchedule => format!("Slow the schedule of the scan's association. {}", why_and_what(way)),
    };
    said.trim_end().to_owned()
}

/// Why it is the one to take, and what it does.
fn why_and_what(way: &WayOut) -> String {
    let why = way.recommended.as_ref().map(recommendation).map(|why| format!("{why}."));
    why.into_iter().chain(way.effects.iter().map(effect)).collect::<Vec<_>>().join(" ")
}

/// What it does, and why it stands where it stands or cannot be taken.
fn reason(way: &WayOut, nothing: Option<MonthlyUsd>) -> String {
    let why = way.recommended.as_ref().map(|why| format!("Recommended: {}.", recommendation(why)));
    let what = way.obstacle.as_ref().map(obstacle).into_iter().chain(way.effects.iter().map(effect));
    let dearer = nothing.zip(way.monthly_usd).filter(|(today, after)| after.is_more_than(*today));
    let dearer = dearer.map(|(today, after)| {
        format!(
            "This may cost more than doing nothing: {} a month, against {}.",
            likely_and_high(after),
            likely_and_high(today)
        )
    });
    let even = way.break_even_read_share.map(|share| {
        format!(
            "It costs more than doing nothing only if each scan reads more than {}% of the cold data.",
            (share * Decimal::ONE_HUNDRED).normalize()
        )
    });
    why.into_iter().chain(what).chain(dearer).chain(even).collect::<Vec<_>>().join(" ")
}

/// `likely $1.00 and up to $2.00`, or the latter alone.
fn likely_and_high(monthly: MonthlyUsd) -> String {
    let likely = monthly.likely.map(|likely| format!("likely {} and ", short_usd(likely))).unwrap_or_default();
    format!("{likely}up to {}", short_usd(monthly.high))
}

fn recommendation(why: &Recommendation) -> String {
    let said = match why {
        Recommendation::KeepsProtection(at_risk) => {
            return format!("{}, and gives up no protection", left(*at_risk));
        }
        Recommendation::LeavesLeast { at_risk, instances: 0 } => {
            return format!("no other way leaves less: {}, and gives up no protection", left(*at_risk));
        }
        Recommendation::LeavesLeast { at_risk, instances: number } => {
            return format!(
                "no other way leaves less: {}, and gives up protection on {}",
                left(*at_risk),
                instances(*number)
            );
        }
        Recommendation::NotWorthProtection(at_risk) => {
            return format!(
                "the best way out would remove {} a month at most, too little to give up protection for",
                short_usd(at_risk.removed())
            );
        }
        Recommendation::EndsReads => "whatever the missing price is, this ends the reads of the scan",
        Recommendation::NoPrice => "without a price nothing can be compared; supply it with --prices FILE",
        Recommendation::NothingShown => {
            "nothing shows yet that the scan costs anything; look at StorageBytes, or exclude one instance and see \
             whether files become cold"
        }
        Recommendation::NoneCheaper => "no way out is cheaper",
    };
    said.to_owned()
}

/// `it leaves at most $379.69 a month of the $3,407.87 at risk`.
fn left(at_risk: AtRisk) -> String {
    format!("it leaves at most {} a month of the {} at risk", short_usd(at_risk.left), short_usd(at_risk.today))
}

fn effect(effect: &Effect) -> String {
    let said = match effect {
        Effect::Excluded { instances: number } => {
            return format!(
                "Metadata tags, then the tag InspectorEc2Exclusion, on {}: the plugin is then no longer invoked there; \
                 the rest of the account is scanned as before.",
                instances(*number)
            );
        }
        Effect::OnlyInPart { owned } => return format!("Only in part: {}; these go on reading.", owned_keys(*owned)),
        Effect::KeysFirst { instances: number, all_needed } => {
            let why = if *all_needed { ", and nothing is gained before all are excluded" } else { "" };
            return format!(
                "First tag keys have to be renamed or removed on {}: they block metadata tags{why} (see \
                 metadata-tags-blocked).",
                instances(*number)
            );
        }
        Effect::VmScannerGoesOn { instances: number, every_hours: None } => {
            return format!("The VM Scanner goes on scanning {}, which this does not help.", instances(*number));
        }
        Effect::VmScannerGoesOn { instances: number, every_hours: Some(hours) } => {
            return format!("The VM Scanner goes on scanning {} every {hours} hours.", instances(*number));
        }
        Effect::VmScannerMayGoOn { instances: number } => {
            return format!(
                "Whether the VM Scanner scans {} was not seen: it is counted as going on there.",
                instances(*number)
            );
        }
        Effect::TimerOff { instances: number } => {
            return format!(
                "The VM Scanner's timer is switched off on {} (systemctl disable --now inspector-vm-scanner.timer, on each \
                 of them); opting the account out of the VM Scanner ends it everywhere, and may bring the SSM plugin back.",
                instances(*number)
            );
        }
        Effect::PluginGoesOn { instances: number } => {
            return format!("The plugin goes on scanning {}.", instances(*number));
        }
        Effect::TagMayNotStop { instances: number } => {
            return format!(
                "The VM Scanner scans {} by a timer of its own, which no document says that the tag stops: it is counted as \
                 going on there.",
                instances(*number)
            );
        }
        Effect::Slower(slower) => {
            return format!(
                "The plugin then runs {} instead of {} times in 30 days.",
                how_often(slower.days),
                slower.runs
            );
        }
        Effect::ReturnsAndCools => {
            "What the scan reads returns to Standard, and becomes cold again before the next scan."
        }
        Effect::ReturnsAndStays => "What the scan reads returns to Standard and is kept there.",
        Effect::BilledEachScan => "Each scan that reads the cold files is billed for it.",
        Effect::StaysInStandard => "What the scan reads stays in Standard.",
        Effect::StaysCold => {
            "Without TransitionToPrimaryStorageClass files stay cold when they are read; each scan then pays for cold \
             reads instead."
        }
        Effect::ProvisionedUnread => {
            "How much throughput is provisioned is not in this snapshot, so a scan counts with what one client reads, 500 \
             MiB/s; it reads three times what is provisioned at most. Collect again to see that figure."
        }
        Effect::NothingIsCold => {
            "Without TransitionToPrimaryStorageClass files stay cold when they are read, but nothing is cold: every read \
             in Standard restarts the timer, with or without it."
        }
        Effect::StandardByChoice => {
            "Without lifecycle policies everything stays in Standard, as it does now: the bill becomes a choice and no \
             longer depends on the scan."
        }
        Effect::NothingMoves => {
            "Without lifecycle policies nothing moves in either direction: what is cold stays cold, and each scan pays \
             for cold reads, until it is written; from then on it is billed as Standard."
        }
        Effect::PluginOff => "The plugin is then no longer invoked in this account and region.",
        Effect::AdministratorOnly => {
            "Only the organization's delegated administrator can do it for this member account."
        }
        Effect::CoolsBetweenScans => {
            "That is further apart than the transition age, so files become cold again between two scans; each scan \
             moves them to Standard again."
        }
    };
    said.to_owned()
}

fn owned_keys(owned: u64) -> String {
    format!(
        "{} tag keys that instance metadata cannot hold and that their owner needs (aws:, kubernetes.io/)",
        if owned == 1 { "1 of the instances has".to_owned() } else { format!("{owned} of the instances have") }
    )
}

fn obstacle(obstacle: &Obstacle) -> String {
    let said = match obstacle {
        Obstacle::OwnedKeys { owned, others } => {
            let why = if *others {
                "and one instance that goes on reading is enough to keep files in Standard"
            } else {
                "so metadata tags cannot be enabled"
            };
            return format!("Not available: {}, {why}.", owned_keys(*owned));
        }
        Obstacle::VmScannerKeeps { instances: number } => {
            return format!(
                "It would not help: the VM Scanner scans {} every 3 hours, which keeps files in Standard.",
                instances(*number)
            );
        }
        Obstacle::AgeTooLong { days } => {
            let days = super::super::text::count(days.unsigned_abs(), "day", "days");
            return format!(
                "It would not help: only scans further apart than the transition age of {days} let files become cold \
                 again, and no schedule here is slower than once a month."
            );
        }
        Obstacle::SlowAlready { days } => {
            return format!("Already so: the plugin runs {} or less often.", how_often(*days));
        }
        Obstacle::NoVmScanner => "Not needed: the VM Scanner scans none of these instances.",
        Obstacle::ExcludedAlready => {
            "Already so: every one of these instances is excluded in full, and no AWS document says that this stops the \
             VM Scanner."
        }
        Obstacle::ReturnsNot => "Already so: TransitionToPrimaryStorageClass is not set.",
        Obstacle::PolicyUnread => "The lifecycle configuration could not be read.",
        Obstacle::NoPolicy => "Already so: there is no lifecycle policy.",
        Obstacle::VmScannerNotThePlugin => {
            "It would not help: the VM Scanner scans these instances, and it is not the plugin that deep inspection \
             invokes."
        }
        Obstacle::VmScannerTimer => {
            "It would not help: the VM Scanner scans these instances by a timer of its own on each of them."
        }
        Obstacle::NoAssociation => "Not available: the account has no association that invokes the plugin.",
        Obstacle::NoAge => "It would not help: nothing says when files become cold again.",
    };
    said.to_owned()
}

fn protection_lost(lost: ProtectionLost) -> String {
    match lost {
        ProtectionLost::None => String::new(),
        ProtectionLost::Coverage => format!("{}.", advice::COVERAGE_LOST),
        ProtectionLost::LanguagePackages => "Inspector then finds no vulnerabilities in packages of programming \
                                             languages (Python, Java, Node.js and the like); those of the operating \
                                             system stay covered."
            .to_owned(),
        ProtectionLost::VmScanner => "The VM Scanner then finds nothing new on these instances.".to_owned(),
        ProtectionLost::Later(Slower { days, runs }) => format!(
            "New vulnerabilities in packages of programming languages are found {} instead of {runs} times in 30 days.",
            how_often(days)
        ),
    }
}

/// `once a week`: a schedule with so many days between two runs.
fn how_often(days: u32) -> &'static str {
    if days > 7 { "once a month" } else { "once a week" }
}
