//! The exposed file system of the sample: who mounts it, what happened to it, what can be done.

use chrono::TimeDelta;
use inspector_audit::report::v1::{Finding, InstanceRef, WayOut};
use inspector_audit::rules::{
    Confidence, Exclusion, MonthlyUsd, MountState, ScanScope, StorageHistory, StoragePoint, Way,
};

use super::sample_report::{HOSTILE, sample, taken_at, usd};
use inspector_audit::price::Usd;

/// The finding of the sample that has a history, instances with evidence and ways out.
pub(crate) fn exposed() -> Finding {
    sample().findings.into_iter().find(|finding| finding.history.is_some()).expect("an exposed file system")
}

/// Two months by day: cold until the scan began to read, then half of it back in Standard.
pub(super) fn history() -> StorageHistory {
    let gib = |number: u64| number << 30;
    let first = taken_at() - TimeDelta::days(60);
    let point = |day: u64| {
        let moved = gib(day.saturating_sub(35).min(20) * 250);
        StoragePoint {
            at: first + TimeDelta::days(i64::try_from(day).expect("a day")),
            standard: gib(400 + day * 3) + moved,
            ia: gib(9_000) - moved,
            archive: gib(1_500),
        }
    };
    StorageHistory {
        points: (0..=60).map(point).collect(),
        moved_at: Some(first + TimeDelta::days(36)),
        moved_bytes: Some(gib(5_000)),
    }
}

/// Three instances, each known in another way.
pub(super) fn mounts() -> Vec<InstanceRef> {
    let instance = |number: u8, mount, evidence: &str, mount_point: &str, scan_scope| InstanceRef {
        id: format!("i-0aaaaaaaaaaaaaa{number:02}"),
        name: Some(format!("batch-{number}")),
        mount,
        exclusion: Exclusion::None,
        evidence: Some(evidence.to_owned()),
        observed_at: Some(taken_at() - TimeDelta::hours(i64::from(number))),
        mount_point: Some(mount_point.to_owned()),
        scan_scope,
    };
    vec![
        instance(1, MountState::Confirmed, "the host's mount table", "/usr/share/app", ScanScope::Inside),
        instance(2, MountState::Confirmed, HOSTILE[2], HOSTILE[0], ScanScope::Unknown),
        instance(3, MountState::Likely, "EFS authorised a client of this address", "/mnt/cold", ScanScope::Outside),
    ]
}

/// Five ways: one is the best, one has no price, one cannot be taken.
pub(super) fn ways_out() -> Vec<WayOut> {
    let way = |way, likely: Option<&str>, high: &str, reason: &str| WayOut {
        way,
        recommended: way == Way::ExcludeInstances,
        available: way != Way::StopReturningToStandard,
        requires: None,
        reason: reason.to_owned(),
        monthly_usd: likely.map(|likely| MonthlyUsd { low: Usd::ZERO, likely: Some(usd(likely)), high: usd(high) }),
        one_time_usd: likely.map(|_| Usd::ZERO),
        protection_lost: String::new(),
        instances_unprotected: 0,
        who: "member account".to_owned(),
        confidence: Confidence::Medium,
        break_even_read_share: None,
        assumptions: Vec::new(),
    };
    let mut exclude = way(Way::ExcludeInstances, Some("0"), "0", "The plugin is then not invoked on them.");
    exclude.protection_lost = "No findings about packages of these instances.".into();
    exclude.instances_unprotected = 43;
    let mut slower = way(Way::SlowSchedule, Some("40.5"), "164.86", HOSTILE[3]);
    slower.assumptions = vec![HOSTILE[1].to_owned(), "one scan reads every cold file once".to_owned()];
    vec![
        exclude,
        slower,
        way(Way::DoNothing, Some("288.5"), "1154.003217", "Every scan pays to read the cold files."),
        way(Way::StopTiering, None, "0", "All of it stays in Standard; no price for AmazonEFS standard_storage."),
        way(Way::StopReturningToStandard, Some("288.5"), "1154.003217", "It is not set: files stay cold already."),
    ]
}
