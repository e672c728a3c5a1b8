//! What was seen, and when it just does and just does not decide.

use chrono::Duration;
use inspector_audit::model::{
    EfsMetrics, FileSystemMetrics, HostMount, InstalledClient, Instance, MountKind, Observed, Section, Target,
};
use inspector_audit::rules::efs::evidence::{Kind, Network, combine};
use inspector_audit::rules::efs::evidence_scope;
use inspector_audit::rules::{HostSource, MountEvidence, MountItem, MountState, Verdict};

use crate::builders::efs::{denied, exposed, from_group, group, instance, now, with, with_file_system, with_instance};
use crate::rules_efs_edges::{RECALL, found, said, verdict};
use crate::rules_evidence_findings::{ago, all, host};
use crate::rules_evidence_sources::metrics;

#[test]
fn a_client_that_connects_is_no_side_of_a_conflict() {
    let connected = MountItem { evidence: MountEvidence::ClientsConnected, at: ago(1) };
    let absent = MountItem { evidence: MountEvidence::NotOnHost(HostSource::Probe), at: ago(1) };
    let on = MountItem { evidence: MountEvidence::EcsTask { volume: "home".into() }, at: None };
    assert_eq!(connected.kind(), Kind::ClientsConnected);
    let conflict = |items: &[MountItem]| combine(items, Network::Reachable, now()).conflict;
    assert!(!conflict(&[connected.clone(), absent.clone()]), "another may be the client");
    assert!(conflict(&[connected, absent, on]));
}

#[test]
fn a_mount_of_something_else_hides_nothing_on_a_host() {
    let other = |kind| HostMount { kind, source: "10.9.9.9:/exports".into(), ..HostMount::default() };
    let of = |mount: HostMount| {
        verdict(&with(exposed(), |target| target.evidence.probe = all(vec![host(vec![mount])])), RECALL)
    };
    assert_eq!(of(other(MountKind::OtherNfs)), Verdict::Clean);
    assert_eq!(of(other(MountKind::S3Fuse)), Verdict::Clean);
    assert_eq!(of(other(MountKind::Unresolved)), Verdict::Findings);
}

#[test]
fn the_mount_helper_is_named_before_any_nfs_client() {
    let client = |package: &str| InstalledClient {
        instance_id: "i-0a".into(),
        package: package.into(),
        version: None,
        captured_at: None,
    };
    let of = |packages: &[&str]| {
        let target = with(exposed(), |target| {
            target.evidence.nfs_clients = Section::Complete(Observed {
                rows: packages.iter().map(|package| client(package)).collect(),
                truncated: None,
            });
        });
        said(&found(&target, RECALL), "nfs_client")
    };
    let helper = "amazon-efs-utils is installed on 1 of the 1 instances listed, says SSM's inventory";
    assert_eq!(of(&["nfs-utils", "amazon-efs-utils"]), [helper]);
    assert_eq!(of(&["amazon-efs-utils", "nfs-utils"]), [helper]);
    assert_eq!(of(&["nfs-common"]), [helper.replace("amazon-efs-utils", "nfs-common")]);
    assert_eq!(of(&["mount-s3"]), [] as [&str; 0]);
}

/// The day without connections, with a change.
fn unconnected(change: impl FnOnce(&mut EfsMetrics)) -> Verdict {
    let target = with(exposed(), |target| {
        let mut section = metrics(&[0; 6]);
        let Section::Complete(seen) = &mut section else { panic!("metrics") };
        change(seen);
        target.evidence.efs_metrics = section;
    });
    verdict(&target, RECALL)
}

#[test]
fn nobody_was_connected_if_a_whole_recent_day_says_so() {
    let series = |metrics: &mut EfsMetrics, change: fn(&mut FileSystemMetrics)| {
        metrics.file_systems.values_mut().for_each(change);
    };
    assert_eq!(unconnected(|_| {}), Verdict::Clean);
    // The window may end six hours ago; the points of 24 hours before its end count.
    let ended = |hours: i64, seconds: i64| {
        unconnected(|metrics| {
            let by = Duration::hours(hours) + Duration::seconds(seconds);
            metrics.to = metrics.to.map(|end| end - by);
            for one in metrics.file_systems.values_mut() {
                for point in one.client_connections.iter_mut().chain(&mut one.standard) {
                    point.at -= by;
                }
            }
        })
    };
    assert_eq!(ended(6, 0), Verdict::Clean);
    assert_eq!(ended(6, 1), Verdict::Findings);
    assert_eq!(unconnected(|metrics| metrics.period = 0), Verdict::Findings, "how long a point is is not known");
    // Twenty hours of 24 are enough.
    assert_eq!(unconnected(|metrics| series(metrics, |one| one.client_connections.truncate(5))), Verdict::Clean);
    let two_less = |one: &mut FileSystemMetrics| one.client_connections.truncate(4);
    assert_eq!(unconnected(|metrics| series(metrics, two_less)), Verdict::Findings);
    assert_eq!(
        unconnected(|metrics| series(metrics, |one| one.incomplete = Some("partial data".into()))),
        Verdict::Findings
    );
    // What lies before the window says nothing of it: neither a connection nor a sign of life.
    let before = |one: &mut FileSystemMetrics| {
        let mut earlier = one.client_connections[0];
        earlier.at -= Duration::hours(4);
        earlier.value = 240;
        one.client_connections.insert(0, earlier);
    };
    assert_eq!(unconnected(|metrics| series(metrics, before)), Verdict::Clean);
    let dead = |one: &mut FileSystemMetrics| {
        one.standard.truncate(1);
        one.standard[0].at -= Duration::seconds(1);
    };
    assert_eq!(unconnected(|metrics| series(metrics, dead)), Verdict::Findings);
    let first_alone = |one: &mut FileSystemMetrics| one.standard.truncate(1);
    assert_eq!(unconnected(|metrics| series(metrics, first_alone)), Verdict::Clean);
    // The end is no part of the window.
    let at_the_end = |one: &mut FileSystemMetrics| {
        let mut last = one.client_connections[0];
        (last.at, last.value) = (now(), 240);
        one.client_connections.push(last);
    };
    assert_eq!(unconnected(|metrics| series(metrics, at_the_end)), Verdict::Clean);
}

#[test]
fn an_answer_of_the_host_decides_what_the_network_left_open() {
    let unseen = |target: Target| with(target, |target| target.ec2.security_groups = denied());
    assert_eq!(verdict(&unseen(exposed()), RECALL), Verdict::Inconclusive);
    let looked = with(unseen(exposed()), |target| target.evidence.probe = all(vec![host(vec![])]));
    assert_eq!(verdict(&looked, RECALL), Verdict::Clean);
    let without_interfaces = with_instance(exposed(), |instance| instance.network_interfaces.clear());
    let looked = with(without_interfaces, |target| target.evidence.probe = all(vec![host(vec![])]));
    assert_eq!(verdict(&looked, RECALL), Verdict::Clean);
}

#[test]
fn an_instance_of_which_the_network_says_nothing_may_be_the_client() {
    let of = |change: fn(&mut Instance)| {
        let target = with(exposed(), |target| {
            target.evidence.efs_metrics = metrics(&[240; 6]);
            // Whether sg-b lets its instances out was not seen.
            let Section::Complete(groups) = &mut target.ec2.security_groups else { panic!("groups") };
            groups[1] = group("sg-efs", vec![from_group("sg-app"), from_group("sg-b")], vec![]);
            let Section::Complete(instances) = &mut target.ec2.instances else { panic!("instances") };
            let mut other = instance("i-0b");
            other.network_interfaces[0].security_groups = vec!["sg-b".into()];
            change(&mut other);
            instances.push(other);
        });
        found(&target, RECALL).instances[0].mount
    };
    assert_eq!(of(|_| {}), MountState::Possible);
    assert_eq!(of(|other| other.state = "stopped".into()), MountState::Likely);
    assert_eq!(of(|other| other.platform = Some("windows".into())), MountState::Likely);
}

#[test]
fn whoever_may_be_exposed_is_asked_where_the_network_was_not_seen() {
    let asked = |target: &Target| evidence_scope(target).instances.into_iter().collect::<Vec<_>>();
    let other = |target: &mut Target| {
        let Section::Complete(instances) = &mut target.ec2.instances else { panic!("instances") };
        let mut other = instance("i-0b");
        other.network_interfaces[0].security_groups = vec!["sg-closed".into()];
        instances.push(other);
        let Section::Complete(groups) = &mut target.ec2.security_groups else { panic!("groups") };
        groups.push(group("sg-closed", vec![], vec![]));
    };
    assert_eq!(asked(&with(exposed(), other)), ["i-0a"]);
    let unseen = with(with(exposed(), other), |target| target.efs.mount_targets = denied());
    assert_eq!(asked(&unseen), ["i-0a", "i-0b"]);
}

#[test]
fn a_file_system_without_cold_data_needs_no_series_of_it() {
    let of = |ia: u64, archive: u64| {
        let mut series = crate::builders::metrics::classes(|_| (11 << 40, 0));
        series.ia.clear();
        series.archive.clear();
        let target = with_file_system(crate::builders::metrics::measured(series), |one| {
            (one.size.ia, one.size.archive) = (Some(ia), Some(archive));
        });
        verdict(&target, "efs-recall-observed")
    };
    assert_eq!(of(0, 0), Verdict::Clean);
    assert_eq!(of(1, 0), Verdict::Inconclusive);
    assert_eq!(of(0, 1), Verdict::Inconclusive);
}

#[test]
fn a_cold_series_that_ends_is_no_news_of_a_class_that_still_holds_data() {
    let of = |archive_now: u64| {
        let mut series = crate::builders::metrics::classes(|_| (1 << 40, 10 << 40));
        series.archive = crate::builders::metrics::points(150, |_| 1 << 30);
        let target = with_file_system(crate::builders::metrics::measured(series), |one| {
            one.size.archive = Some(archive_now);
        });
        verdict(&target, "efs-recall-observed")
    };
    assert_eq!(of(1 << 30), Verdict::Inconclusive);
    assert_eq!(of(0), Verdict::Clean, "a GiB went with the class that is empty now");
}
