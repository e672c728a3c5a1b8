//! What findings say of mounts: states, confidence, scope and the model's gaps.

use chrono::{DateTime, Duration, Utc};
use inspector_audit::model::{
    ClientConnection, DeclaredMount, DeepInspection, EfsTask, FindingPath, HostMount, HostMounts, MountKind, Observed,
    Presence, Section, Snapshot, Target,
};
use inspector_audit::price::PriceTable;
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::rules::efs::evidence::scan_scope;
use inspector_audit::rules::{Confidence, MountState, RuleSettings, ScanScope, Verdict};

use crate::builders::efs::{
    denied, exposed, file_system, instance, lifecycle, mount_target, node, now, rules, with, with_instance,
};
use crate::rules_evidence_sources::metrics;
use crate::support::evaluate;

#[expect(clippy::unnecessary_wraps, reason = "every use wants the optional time of an item")]
pub(crate) fn ago(hours: i64) -> Option<DateTime<Utc>> {
    Some(now() - Duration::hours(hours))
}

pub(crate) fn judge(target: &Target) -> Evaluation {
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &rules())
}

pub(crate) fn recall(target: &Target) -> Option<Finding> {
    judge(target).findings.into_iter().find(|finding| finding.rule == "efs-tier-recall")
}

pub(crate) fn verdict(evaluation: &Evaluation, rule: &str) -> Verdict {
    evaluation.verdicts.iter().find(|verdict| verdict.rule == rule).expect("the rule was asked").verdict
}

pub(crate) fn all<T>(rows: Vec<T>) -> Section<Observed<T>> {
    Section::Complete(Observed { rows, truncated: None })
}

pub(crate) fn host(mounts: Vec<HostMount>) -> HostMounts {
    HostMounts { instance_id: "i-0a".into(), observed_at: ago(1), mounts, ..HostMounts::default() }
}

pub(crate) fn mounted(point: &str) -> HostMount {
    HostMount {
        kind: MountKind::Efs,
        presence: Presence::Mounted,
        file_system_id: Some("fs-0a".into()),
        mount_point: Some(point.into()),
        source: "127.0.0.1:/".into(),
        ..HostMount::default()
    }
}

pub(crate) fn task() -> EfsTask {
    EfsTask { instance_id: "i-0a".into(), file_system_id: "fs-0a".into(), volume: "home".into(), ..EfsTask::default() }
}

#[test]
fn a_probe_confirms_with_mount_point_time_and_scope() {
    let finding =
        recall(&with(exposed(), |target| target.evidence.probe = all(vec![host(vec![mounted("/srv/data")])])))
            .expect("exposed");
    assert_eq!((finding.confidence, finding.instance_counts.confirmed), (Confidence::Medium, 1));
    let instance = &finding.instances[0];
    assert_eq!((instance.mount, instance.observed_at), (MountState::Confirmed, ago(1)));
    assert_eq!(instance.mount_point.as_deref(), Some("/srv/data"));
    assert_eq!(instance.scan_scope, ScanScope::Outside);
    assert!(instance.evidence.as_deref().is_some_and(|text| text.contains("probe")));
    assert!(
        finding.conditions[4].evidence.starts_with("confirmed for 1 instance"),
        "{}",
        finding.conditions[4].evidence
    );
    assert!(finding.message.contains("lies outside the documented scan paths"), "{}", finding.message);
}

#[test]
fn a_custom_path_of_deep_inspection_makes_the_mount_point_inside() {
    let target = with(exposed(), |target| {
        target.evidence.probe = all(vec![host(vec![mounted("/srv/data")])]);
        if let Section::Complete(deep) = &mut target.inspector.deep_inspection {
            deep.package_paths.push("/srv/data/apps".into());
        }
    });
    assert_eq!(recall(&target).expect("exposed").instances[0].scan_scope, ScanScope::Inside);
}

#[test]
fn scope_knows_default_paths_and_what_it_does_not_know() {
    let deep = |paths: &[&str]| {
        Section::Complete(DeepInspection {
            status: "ACTIVATED".into(),
            package_paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            ..DeepInspection::default()
        })
    };
    let scope = |point: Option<&str>, paths: &[&str]| scan_scope(point, &deep(paths));
    for inside in ["/usr/lib", "/usr/lib/", "/usr/lib/python3", "/usr", "/"] {
        assert_eq!(scope(Some(inside), &[]), ScanScope::Inside, "{inside}");
    }
    for outside in ["/usr/library", "/mnt/efs", "/home"] {
        assert_eq!(scope(Some(outside), &[]), ScanScope::Outside, "{outside}");
    }
    assert_eq!(scope(Some("/mnt/efs"), &["/mnt"]), ScanScope::Inside);
    assert_eq!(scope(None, &["/mnt"]), ScanScope::Unknown);
    assert_eq!(scope(Some("relative"), &[]), ScanScope::Unknown);
    assert_eq!(scan_scope(Some("/mnt/efs"), &denied()), ScanScope::Unknown);
    assert_eq!(scan_scope(Some("/usr/lib64"), &denied()), ScanScope::Inside);
}

#[test]
fn a_complete_probe_without_the_mount_clears_the_file_system() {
    let evaluation = judge(&with(exposed(), |target| target.evidence.probe = all(vec![host(vec![])])));
    assert!(evaluation.findings.is_empty());
    assert_eq!(verdict(&evaluation, "efs-tier-recall"), Verdict::Clean);
}

#[test]
fn a_probe_that_failed_was_cut_or_has_a_nameless_mount_clears_nothing() {
    let nameless = HostMount { kind: MountKind::Unresolved, source: "127.0.0.1:/".into(), ..HostMount::default() };
    for host in [
        HostMounts { failed: Some("timed out".into()), ..host(vec![]) },
        HostMounts { incomplete: Some("cut".into()), ..host(vec![]) },
        HostMounts { observed_at: ago(30), ..host(vec![]) },
        host(vec![nameless]),
    ] {
        let finding = recall(&with(exposed(), |target| target.evidence.probe = all(vec![host.clone()])));
        assert_eq!(finding.expect("still exposed").instance_counts.possible, 1, "{host:?}");
    }
}

#[test]
fn a_mount_target_s_address_names_the_file_system() {
    let by_address = HostMount {
        kind: MountKind::OtherNfs,
        presence: Presence::Mounted,
        address: Some("10.0.2.20".parse().expect("an address")),
        mount_point: Some("/mnt".into()),
        ..HostMount::default()
    };
    let finding = recall(&with(exposed(), |target| target.evidence.probe = all(vec![host(vec![by_address])])));
    assert_eq!(finding.expect("exposed").instances[0].mount, MountState::Confirmed);
}

#[test]
fn an_address_that_several_vpcs_use_is_that_of_the_instance_s_own() {
    let by_address = |kind| HostMount {
        kind,
        presence: Presence::Mounted,
        address: Some("10.0.2.20".parse().expect("an address")),
        mount_point: Some("/mnt".into()),
        ..HostMount::default()
    };
    let other = |vpc: &str| {
        let vpc = vpc.to_owned();
        with(exposed(), move |target| {
            if let Section::Complete(file_systems) = &mut target.efs.file_systems {
                file_systems.push(file_system("fs-0b"));
            }
            target.efs.lifecycle.insert("fs-0b".into(), lifecycle(true));
            if let Section::Complete(mounts) = &mut target.efs.mount_targets {
                mounts.push(mount_target("fs-0b", &vpc, &["sg-efs"]));
            }
            target.evidence.probe = all(vec![host(vec![by_address(MountKind::Unresolved)])]);
        })
    };
    let confirmed = |target: &Target| -> Vec<String> {
        let findings = judge(target).findings.into_iter().filter(|finding| finding.instance_counts.confirmed > 0);
        findings.map(|finding| finding.resource.id).collect()
    };
    assert_eq!(confirmed(&other("vpc-2")), ["fs-0a"]);
    // The same address twice in one VPC cannot be; whatever wrote it, it names nobody and clears nobody.
    let unclear = other("vpc-1");
    assert!(confirmed(&unclear).is_empty());
    assert_eq!(judge(&unclear).findings.iter().filter(|finding| finding.instance_counts.possible > 0).count(), 2);
    // A mount target that is only in another VPC is a guess.
    let elsewhere = with(exposed(), |target| {
        if let Section::Complete(mounts) = &mut target.efs.mount_targets {
            let mut far = mount_target("fs-0a", "vpc-2", &["sg-efs"]);
            far.ipv4 = Some("10.9.9.9".parse().expect("an address"));
            mounts.push(far);
        }
        let mount =
            HostMount { address: Some("10.9.9.9".parse().expect("an address")), ..by_address(MountKind::OtherNfs) };
        target.evidence.probe = all(vec![host(vec![mount])]);
    });
    assert_eq!(recall(&elsewhere).expect("exposed").instances[0].mount, MountState::Likely);
}

#[test]
fn a_connection_taken_back_from_one_access_point_stands_for_another() {
    let through = |point: &str, hours, client_mount| ClientConnection {
        instance_id: Some("i-0a".into()),
        access_point: Some(point.into()),
        ..event(ago(hours), client_mount)
    };
    let target = with(exposed(), |target| {
        target.evidence.efs_connections = all(vec![through("fsap-1", 9, true), through("fsap-2", 2, false)]);
    });
    assert_eq!(recall(&target).expect("exposed").instance_counts.confirmed, 1);
}

#[test]
fn the_mount_point_nearest_to_the_scan_decides() {
    let at = |point: &str| DeclaredMount {
        instance_id: "i-0a".into(),
        file_system_id: Some("fs-0a".into()),
        mount_point: Some(point.into()),
        origin: "map.csv".into(),
        ..DeclaredMount::default()
    };
    let target =
        with(exposed(), |target| target.evidence.declared = all(vec![at("/data"), at("/usr/local/lib/py"), at("/a")]));
    let instance = &recall(&target).expect("exposed").instances[0];
    assert_eq!((instance.scan_scope, instance.mount_point.as_deref()), (ScanScope::Inside, Some("/usr/local/lib/py")));
}

#[test]
fn a_package_in_the_volume_of_a_task_is_the_scanner_inside() {
    let found = |directory: &str, volumes: &[(&str, &str)]| {
        let target = with(exposed(), |target| {
            let tasks = volumes.iter().map(|(volume, fs)| EfsTask {
                volume: (*volume).into(),
                file_system_id: (*fs).into(),
                ..task()
            });
            target.evidence.efs_tasks = all(tasks.collect());
            target.evidence.finding_paths = all(vec![FindingPath {
                instance_id: "i-0a".into(),
                path: format!("/var/lib/ecs/volumes/{directory}/app/package.json"),
                last_observed: None,
            }]);
        });
        recall(&target).expect("exposed").confidence
    };
    assert_eq!(found("ecs-shop-4-home-0a1b2c", &[("home", "fs-0a")]), Confidence::High);
    assert_eq!(found("ecs-shop-4-cache-0a1b2c", &[("home", "fs-0a")]), Confidence::Medium);
    assert_eq!(found("home", &[("home", "fs-0a")]), Confidence::Medium);
}

#[test]
fn a_denied_list_of_mount_targets_is_no_gap_in_the_model() {
    let target = with(exposed(), |target| {
        target.efs.mount_targets = denied();
        target.evidence.efs_tasks = all(vec![task()]);
    });
    let finding = recall(&target).expect("a task runs");
    assert!(finding.evidence.iter().all(|evidence| evidence.kind != "model_gap"));
}

#[test]
fn a_task_on_an_instance_that_no_rule_lets_in_is_a_finding_and_a_model_gap() {
    let target = with(exposed(), |target| {
        if let Section::Complete(groups) = &mut target.ec2.security_groups {
            groups[1].ingress.clear();
        }
        target.evidence.efs_tasks = all(vec![task()]);
    });
    let finding = recall(&target).expect("exposed");
    assert_eq!(finding.instances[0].mount, MountState::Confirmed);
    assert!(finding.evidence.iter().any(|evidence| evidence.kind == "model_gap"));
}

#[test]
fn windows_stays_ruled_out_whatever_speaks_for_it() {
    let target = with_instance(exposed(), |instance| instance.platform = Some("windows".into()));
    assert_eq!(recall(&with(target, |target| target.evidence.efs_tasks = all(vec![task()]))), None);
}

#[test]
fn a_row_of_the_map_ends_when_it_expires() {
    let row = |expires: Option<DateTime<Utc>>| DeclaredMount {
        instance_id: "i-0a".into(),
        file_system_id: Some("fs-0a".into()),
        expires_at: expires,
        origin: "map.csv, line 2".into(),
        ..DeclaredMount::default()
    };
    let counts = |row| {
        recall(&with(exposed(), |target| target.evidence.declared = all(vec![row]))).expect("exposed").instance_counts
    };
    assert_eq!(counts(row(None)).confirmed, 1);
    assert_eq!(counts(row(Some(now()))).confirmed, 1);
    assert_eq!(counts(row(ago(1))).possible, 1);
    let none = DeclaredMount { file_system_id: None, ..row(None) };
    assert_eq!(recall(&with(exposed(), |target| target.evidence.declared = all(vec![none]))), None);
}

fn event(at: Option<DateTime<Utc>>, client_mount: bool) -> ClientConnection {
    ClientConnection {
        at: at.expect("a time"),
        file_system_id: "fs-0a".into(),
        instance_id: None,
        address: Some("10.0.1.10".parse().expect("an address")),
        client_mount: Some(client_mount),
        access_point: None,
    }
}

#[test]
fn an_event_counts_for_the_instance_that_had_the_address_then() {
    let counts = |events: Vec<ClientConnection>, launched: Option<DateTime<Utc>>| {
        let target = with_instance(exposed(), |instance| instance.launch_time = launched);
        recall(&with(target, |target| {
            target.evidence.efs_connections = all(events);
            target.evidence.efs_metrics = metrics(&[240; 6]);
            // A second client, so that nobody is the sole one.
            if let Section::Complete(instances) = &mut target.ec2.instances {
                let mut other = instance("i-0b");
                other.network_interfaces[0].private_ipv4 = vec!["10.0.1.11".parse().expect("an address")];
                instances.push(other);
            }
            if let Section::Complete(nodes) = &mut target.ssm.managed_nodes {
                nodes.push(node("i-0b", "Online"));
            }
        }))
        .expect("exposed")
        .instance_counts
    };
    assert_eq!(counts(vec![event(ago(10), true)], ago(100)).confirmed, 1);
    assert_eq!(counts(vec![event(ago(10), true)], None).likely, 1, "who had the address then is not known");
    assert_eq!(counts(vec![event(ago(10), true)], ago(5)).possible, 2, "launched after the event");
    assert_eq!(counts(vec![event(ago(10), true), event(ago(9), false)], ago(100)).possible, 2, "taken back");
    assert_eq!(counts(vec![event(ago(10), false), event(ago(9), true)], ago(100)).confirmed, 1);
}

#[test]
fn confirmed_instances_stand_first_and_alone_make_the_likely_figure() {
    let target = with(exposed(), |target| {
        target.efs.lifecycle.values_mut().for_each(|policy| policy.transition_to_primary_storage_class = None);
        if let (Section::Complete(instances), Section::Complete(nodes)) =
            (&mut target.ec2.instances, &mut target.ssm.managed_nodes)
        {
            for id in ["i-0b", "i-0c"] {
                instances.push(instance(id));
                nodes.push(node(id, "Online"));
            }
        }
        let on = |id: &str| EfsTask { instance_id: id.into(), ..task() };
        target.evidence.efs_tasks = all(vec![on("i-0b"), on("i-0c")]);
    });
    let evaluation = judge(&target);
    let finding = evaluation.findings.iter().find(|finding| finding.rule == "efs-cold-read-charges").expect("exposed");
    let ids: Vec<&str> = finding.instances.iter().map(|instance| instance.id.as_str()).collect();
    assert_eq!(ids, ["i-0b", "i-0c", "i-0a"]);
    let monthly = finding.cost.as_ref().expect("a figure").monthly_usd;
    // The two that are known count, not the one that could: 2 x 120 x 263.671875 GiB x 0.012.
    assert_eq!(monthly.high.0.normalize().to_string(), "759.375");
}

#[test]
fn a_snapshot_of_every_kind_gives_every_state_with_its_evidence() {
    let text = include_str!("../../fixtures/snapshots/mounts-of-every-kind.json");
    let snapshot: Snapshot = serde_json::from_str(text).expect("a snapshot");
    let evaluation = judge(&snapshot.targets[0]);
    let of = |name: &str| {
        evaluation
            .findings
            .iter()
            .find(|finding| finding.rule == "efs-tier-recall" && finding.resource.name.as_deref() == Some(name))
    };
    let expected = [
        ("probe", MountState::Confirmed, Confidence::High, ScanScope::Inside, "mount_probe"),
        ("task", MountState::Confirmed, Confidence::Medium, ScanScope::Unknown, "ecs_task"),
        ("map", MountState::Confirmed, Confidence::Medium, ScanScope::Outside, "mount_map"),
        ("cloudtrail", MountState::Confirmed, Confidence::Medium, ScanScope::Unknown, "cloudtrail"),
        ("log", MountState::Likely, Confidence::Medium, ScanScope::Unknown, "efs_utils_log"),
        ("sole", MountState::Likely, Confidence::Medium, ScanScope::Unknown, "client_connections"),
        ("conflict", MountState::Likely, Confidence::Medium, ScanScope::Outside, "conflict"),
        ("gap", MountState::Confirmed, Confidence::Medium, ScanScope::Outside, "model_gap"),
        ("ondemand", MountState::Likely, Confidence::Medium, ScanScope::Outside, "mount_probe"),
        ("possible", MountState::Possible, Confidence::Low, ScanScope::Unknown, "reachability"),
    ];
    for (name, mount, confidence, scope, kind) in expected {
        let finding = of(name).unwrap_or_else(|| panic!("{name} is exposed"));
        let first = &finding.instances[0];
        assert_eq!((first.mount, finding.confidence, first.scan_scope), (mount, confidence, scope), "{name}");
        assert!(finding.evidence.iter().any(|evidence| evidence.kind == kind), "{name}: {:?}", finding.evidence);
    }
    for cleared in ["absent", "empty"] {
        assert_eq!(of(cleared), None, "{cleared}");
    }
}
