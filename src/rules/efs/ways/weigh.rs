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
use crate::rules::efs::parts::plural;
use crate::rules::efs::remedy::COVERAGE_LOST;
use crate::rules::efs::storage::{Age, transition_age};
use crate::rules::{Assumption, Confidence, MonthlyUsd, Way, WayOut};

const MEMBER: &str = "member account";
/// Who alone may deactivate deep inspection for a member.
pub(crate) const ADMINISTRATOR: &str = "delegated administrator";
const EITHER: &str = "member account or delegated administrator";

const OTHER_READERS: &str = "Reads by others (other instances and accounts, containers, people) go on as before.";
const VM_SCANNER_OPEN: &str = "No AWS document says whether the tag also stops the VM Scanner's own timer.";
const AS_FOUND: &str = "Prices, scans and the share that a scan reads are those of the finding's own figure.";

/// A slower schedule of the association.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slow {
    /// The least days between two runs.
    pub(crate) days: u32,
    /// In the form that Systems Manager takes; cron, for only there may a change leave the next run where it is.
    pub(crate) expression: &'static str,
    /// In words.
    pub(crate) words: &'static str,
}

/// The slower schedules that are weighed, the milder one first.
pub(crate) const SLOW: [Slow; 2] = [
    Slow { days: 7, expression: "cron(0 2 ? * SUN *)", words: "once a week" },
    Slow { days: 28, expression: "cron(0 2 ? * SUN#1 *)", words: "once a month" },
];

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
            way.assumptions.push("The figures are those of the day when an instance returns.".into());
        }
        way.assumptions.push(AS_FOUND.into());
    }
    ways
}

/// A way that changes nothing about the cost.
fn unchanged(situation: &Situation<'_>, way: Way, reason: String) -> WayOut {
    WayOut {
        way,
        recommended: false,
        available: true,
        reason,
        monthly_usd: situation.today.map(|(monthly, _)| monthly),
        one_time_usd: situation.today.map(|(_, once)| once),
        protection_lost: String::new(),
        instances_unprotected: 0,
        who: MEMBER.to_owned(),
        confidence: situation.confidence,
        assumptions: Vec::new(),
    }
}

fn unavailable(situation: &Situation<'_>, way: Way, reason: impl Into<String>) -> WayOut {
    WayOut { available: false, ..unchanged(situation, way, reason.into()) }
}

fn do_nothing(situation: &Situation<'_>) -> WayOut {
    let age = situation.policy.map_or(Age::None, transition_age);
    let comes_and_goes = situation.vm_scanner() == 0 && Slow::is_longer(situation.least_days, age);
    let what = match situation.picture {
        Picture::Recall if comes_and_goes => {
            "What the scan reads returns to Standard, and becomes cold again before the next scan."
        }
        Picture::Recall => "What the scan reads returns to Standard and is kept there.",
        Picture::ColdRead => "Each scan that reads the cold files is billed for it.",
        Picture::Pinned => "What the scan reads stays in Standard.",
    };
    unchanged(situation, Way::DoNothing, what.to_owned())
}

/// What is left when only `remaining` go on reading.
fn left(situation: &Situation<'_>, bill: &Bill<'_>, remaining: &[Reader]) -> (Option<MonthlyUsd>, Option<Usd>) {
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
    let needed = format!(
        "{} tag keys that instance metadata cannot hold and that their owner needs (aws:, kubernetes.io/)",
        if owned == 1 { "1 of the instances has".to_owned() } else { format!("{owned} of the instances have") }
    );
    if excludable == 0 {
        return unavailable(situation, way, format!("Not available: {needed}, so metadata tags cannot be enabled."));
    }
    if owned > 0 && situation.picture != Picture::ColdRead {
        let why = "and one instance that goes on reading is enough to keep files in Standard";
        return unavailable(situation, way, format!("Not available: {needed}, {why}."));
    }
    let remaining: Vec<Reader> =
        situation.readers.iter().map(|reader| Reader { count: reader.owned, ..reader.clone() }).collect();
    let (monthly, once) = left(situation, bill, &remaining);
    let mut reason = vec![format!(
        "Metadata tags, then the tag InspectorEc2Exclusion, on {}: the plugin is then no longer invoked there; the rest \
         of the account is scanned as before.",
        plural(excludable, "instance")
    )];
    if owned > 0 {
        reason.push(format!("Only in part: {needed}; these go on reading."));
    }
    if blocked > 0 {
        let these = plural(blocked, "instance");
        let all = situation.picture != Picture::ColdRead;
        let why = if all { ", and nothing is gained before all are excluded" } else { "" };
        reason.push(format!(
            "First tag keys have to be renamed or removed on {these}: they block metadata tags{why} (see \
             metadata-tags-blocked)."
        ));
    }
    // Who has the tag already reports nothing now, and loses nothing.
    let unprotected = sum(|reader| if reader.tagged { 0 } else { reader.count.saturating_sub(reader.owned) });
    let vm_scanner = situation.vm_scanner();
    let mut assumptions: Vec<Assumption> = vec![
        OTHER_READERS.into(),
        "What has moved to Standard already becomes cold again at the policy's age, for one tiering fee; that fee is not \
         counted."
            .into(),
        "Inspector's own fee for these instances ends too and is not counted.".into(),
    ];
    if vm_scanner > 0 {
        assumptions.push(VM_SCANNER_OPEN.into());
    }
    WayOut {
        monthly_usd: monthly,
        one_time_usd: once,
        protection_lost: if unprotected > 0 { format!("{COVERAGE_LOST}.") } else { String::new() },
        instances_unprotected: unprotected,
        confidence: if vm_scanner > 0 { Confidence::Low } else { Confidence::High },
        assumptions,
        ..unchanged(situation, way, reason.join(" "))
    }
}

fn stop_returning(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::StopReturningToStandard;
    if !situation.returns() {
        let why = "Already so: TransitionToPrimaryStorageClass is not set.";
        return unavailable(situation, way, why);
    }
    if situation.picture == Picture::Pinned {
        let why = "Without TransitionToPrimaryStorageClass files stay cold when they are read, but nothing is cold: \
                   every read in Standard restarts the timer, with or without it.";
        return WayOut { confidence: Confidence::Low, ..unchanged(situation, way, why.to_owned()) };
    }
    let reads = bill.cold_reads(&situation.readers).ok();
    let why = "Without TransitionToPrimaryStorageClass files stay cold when they are read; each scan then pays for cold \
               reads instead.";
    WayOut {
        monthly_usd: reads,
        one_time_usd: reads.map(|_| Usd::ZERO),
        confidence: Confidence::Medium,
        assumptions: vec![
            "Each scan reads the same share of the cold bytes again; nothing is cached between scans.".into(),
            "It holds for every reader: people who open a cold file pay for the read each time, too.".into(),
        ],
        ..unchanged(situation, way, why.to_owned())
    }
}

/// An empty list of policies deletes the configuration: nothing moves any more, in either direction. What is cold stays
/// cold until it is written.
fn stop_tiering(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::StopTiering;
    let Some(policy) = situation.policy else {
        return unavailable(situation, way, "The lifecycle configuration could not be read.");
    };
    let any = [&policy.transition_to_ia, &policy.transition_to_archive, &policy.transition_to_primary_storage_class];
    if any.iter().all(|part| part.is_none()) {
        return unavailable(situation, way, "Already so: there is no lifecycle policy.");
    }
    let grows = "Files that would have become cold from now on stay in Standard; what that adds is not in the figure.";
    if situation.picture == Picture::Pinned {
        let why = "Without lifecycle policies everything stays in Standard, as it does now: the bill becomes a choice and \
                   no longer depends on the scan.";
        let way = unchanged(situation, way, why.to_owned());
        return WayOut { confidence: Confidence::High, assumptions: vec![grows.into()], ..way };
    }
    let figures = bill.cold_reads(&situation.readers).ok().zip(bill.all_in_standard().ok());
    let monthly = figures.map(|(reads, standard)| MonthlyUsd { high: reads.high.max(standard), ..reads });
    let why = "Without lifecycle policies nothing moves in either direction: what is cold stays cold, and each scan pays \
               for cold reads, until it is written; from then on it is billed as Standard.";
    WayOut {
        monthly_usd: monthly,
        one_time_usd: monthly.map(|_| Usd::ZERO),
        confidence: Confidence::Medium,
        assumptions: vec![
            "Likely: nothing cold is written, so scans pay for cold reads. High: that, or all that is cold now in \
             Standard, whichever is more."
                .into(),
            grows.into(),
        ],
        ..unchanged(situation, way, why.to_owned())
    }
}

fn deactivate(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::DeactivateDeepInspection;
    let vm_scanner = situation.vm_scanner();
    let who = match situation.administrator {
        Administrator::Itself => MEMBER,
        Administrator::Other => ADMINISTRATOR,
        Administrator::Unknown => EITHER,
    };
    if vm_scanner == situation.count() {
        let why = "It would not help: the VM Scanner scans these instances, and it is not the plugin that deep inspection \
                   invokes.";
        return WayOut { who: who.to_owned(), ..unavailable(situation, way, why) };
    }
    let remaining: Vec<Reader> = situation.readers.iter().filter(|reader| reader.vm_scanner).cloned().collect();
    let (monthly, once) = left(situation, bill, &remaining);
    let unprotected = situation.plugin_in_account.max(situation.plugin_reports());
    let mut reason = vec!["The plugin is then no longer invoked in this account and region.".to_owned()];
    if vm_scanner > 0 {
        let these = plural(vm_scanner, "instance");
        reason.push(format!("The VM Scanner goes on scanning {these}, which this does not help."));
    }
    let mut assumptions: Vec<Assumption> = vec![OTHER_READERS.into()];
    match situation.administrator {
        Administrator::Itself => {}
        Administrator::Other => {
            reason
                .push("Only the organization's delegated administrator can do it for this member account.".to_owned());
        }
        Administrator::Unknown => assumptions.push(
            "Whether this account is a member of an organization was not read: a member cannot deactivate deep \
             inspection, its delegated administrator can."
                .into(),
        ),
    }
    WayOut {
        monthly_usd: monthly,
        one_time_usd: once,
        protection_lost: if unprotected > 0 {
            "Inspector then finds no vulnerabilities in packages of programming languages (Python, Java, Node.js and \
             the like); those of the operating system stay covered."
                .to_owned()
        } else {
            String::new()
        },
        instances_unprotected: unprotected,
        who: who.to_owned(),
        confidence: if vm_scanner > 0 { Confidence::Low } else { Confidence::High },
        assumptions,
        ..unchanged(situation, way, reason.join(" "))
    }
}

fn slow(situation: &Situation<'_>, bill: &Bill<'_>) -> WayOut {
    let way = Way::SlowSchedule;
    let vm_scanner = situation.vm_scanner();
    if vm_scanner == situation.count() {
        let why = "It would not help: the VM Scanner scans these instances by a timer of its own on each of them.";
        return unavailable(situation, way, why);
    }
    if situation.association == Association::Absent {
        return unavailable(situation, way, "Not available: the account has no association that invokes the plugin.");
    }
    let only_reads = situation.picture == Picture::ColdRead;
    let age = situation.policy.map_or(Age::None, transition_age);
    let Some(slow) = Slow::for_age(age, only_reads) else {
        let why = match age {
            Age::Days(days) => format!(
                "It would not help: only scans further apart than the transition age of {} let files become cold \
                 again, and no schedule here is slower than once a month.",
                plural(u64::try_from(days).unwrap_or(0), "day")
            ),
            Age::None | Age::Unreadable(_) => {
                "It would not help: nothing says when files become cold again.".to_owned()
            }
        };
        return unavailable(situation, way, why);
    };
    if situation.runs <= slow.runs() || situation.least_days >= slow.days {
        return unavailable(situation, way, format!("Already so: the plugin runs {} or less often.", slow.words));
    }
    if !only_reads && vm_scanner > 0 {
        let why = format!(
            "It would not help: the VM Scanner scans {} every 3 hours, which keeps files in Standard.",
            plural(vm_scanner, "instance")
        );
        return unavailable(situation, way, why);
    }
    let unprotected = situation.plugin_in_account.max(situation.plugin_reports());
    let mut reason =
        vec![format!("The plugin then runs {} instead of {} times in 30 days.", slow.words, situation.runs)];
    let (monthly, once) = if only_reads {
        let slower: Vec<Reader> = situation
            .readers
            .iter()
            .map(|reader| Reader {
                scans: if reader.vm_scanner { reader.scans } else { reader.scans.min(slow.runs()) },
                ..reader.clone()
            })
            .collect();
        if vm_scanner > 0 {
            let these = plural(vm_scanner, "instance");
            reason.push(format!("The VM Scanner goes on scanning {these} every 3 hours."));
        }
        left(situation, bill, &slower)
    } else {
        reason.push(
            "That is further apart than the transition age, so files become cold again between two scans; each scan \
             moves them to Standard again."
                .to_owned(),
        );
        let pinned = situation.picture == Picture::Pinned;
        let figures = situation.policy.and_then(|policy| bill.comes_and_goes(policy, slow.days, pinned).ok());
        (figures.map(|(monthly, _)| monthly), figures.map(|(_, once)| once))
    };
    WayOut {
        monthly_usd: monthly,
        one_time_usd: once,
        protection_lost: if unprotected > 0 {
            format!(
                "New vulnerabilities in packages of programming languages are found {} instead of {} times in 30 days.",
                slow.words, situation.runs
            )
        } else {
            String::new()
        },
        instances_unprotected: unprotected,
        confidence: if only_reads { Confidence::Medium } else { Confidence::Low },
        assumptions: vec![
            OTHER_READERS.into(),
            "Every instance is scanned at the same time; scans apart from each other restart the timers more often."
                .into(),
            "Changing an association runs it at once unless it has a cron schedule and is told not to.".into(),
        ],
        ..unchanged(situation, way, reason.join(" "))
    }
}
