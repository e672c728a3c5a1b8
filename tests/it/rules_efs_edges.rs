//! R1 where a verdict turns: the last value on this side and the first on the other.

use chrono::Duration;
use inspector_audit::model::{
    EfsMetrics, FileSystemMetrics, HostMount, InstalledClient, Instance, ManagedNode, MountKind, Observed, Section,
    Tag, Target,
};
use inspector_audit::price::PriceTable;
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::rules::efs::evidence::{Kind, Network, combine};
use inspector_audit::rules::efs::evidence_scope;
use inspector_audit::rules::{HostSource, MountEvidence, MountItem, MountState, RULES, RuleSettings, Verdict};

use crate::builders::efs::{
    account_status, coverage, denied, exposed, file_system, from_group, group, instance, lifecycle, mount_target, node,
    now, with, with_file_system, with_instance,
};
use crate::rules_evidence_findings::{ago, all, host};
use crate::rules_evidence_sources::metrics;
use crate::support::evaluate;

const INEFFECTIVE: &str = "exclusion-tag-ineffective";
const RECALL: &str = "efs-tier-recall";

fn judge(target: &Target) -> Evaluation {
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &RULES)
}

fn verdict(target: &Target, rule: &str) -> Verdict {
    judge(target).verdicts.iter().find(|verdict| verdict.rule == rule).expect("the rule ran").verdict
}

fn found(target: &Target, rule: &str) -> Finding {
    judge(target).findings.into_iter().find(|finding| finding.rule == rule).expect("a finding")
}

fn said(finding: &Finding, kind: &str) -> Vec<String> {
    finding.evidence.iter().filter(|evidence| evidence.kind == kind).map(|evidence| evidence.detail.clone()).collect()
}

fn tagged(target: Target) -> Target {
    with_instance(target, |instance| instance.tags.push(Tag { key: "InspectorEc2Exclusion".into(), value: "".into() }))
}

#[test]
fn unlisted_file_systems_keep_a_rule_about_instances_open_where_there_is_such_a_one() {
    let unlisted = |target: Target| with(target, |target| target.efs.file_systems = denied());
    let of = |target: Target| verdict(&unlisted(target), INEFFECTIVE);
    assert_eq!(of(tagged(exposed())), Verdict::Inconclusive);
    assert_eq!(of(exposed()), Verdict::Clean, "no instance has the tag");
    let changed = |change: fn(&mut Instance)| of(with_instance(tagged(exposed()), change));
    assert_eq!(changed(|instance| instance.state = "terminated".into()), Verdict::Clean, "it does not run");
    assert_eq!(changed(|instance| instance.platform = Some("windows".into())), Verdict::Clean, "it mounts no EFS");
    let excluded = |instance: &mut Instance| {
        instance.metadata_options.as_mut().expect("options").instance_metadata_tags = Some("enabled".into());
    };
    assert_eq!(changed(excluded), Verdict::Clean, "the tag has its effect");
    let unmanaged = with(tagged(exposed()), |target| target.ssm.managed_nodes = Section::Complete(vec![]));
    assert_eq!(of(unmanaged), Verdict::Clean, "nothing scans it");
    let off = with(tagged(exposed()), |target| target.inspector.account_status = account_status("ENABLED", "DISABLED"));
    assert_eq!(of(off), Verdict::Clean, "EC2 is not scanned");
    let unseen = with(exposed(), |target| target.ec2.instances = denied());
    assert_eq!(of(unseen), Verdict::Inconclusive, "which instances there are is not known");
}

#[test]
fn an_instance_names_ten_file_systems_and_counts_the_others() {
    let of = |count: usize| {
        let ids: Vec<String> = (0..count).map(|number| format!("fs-{number:02}")).collect();
        let target = with(tagged(exposed()), |target| {
            target.efs.file_systems = Section::Complete(ids.iter().map(|id| file_system(id)).collect());
            target.efs.lifecycle = ids.iter().map(|id| (id.clone(), lifecycle(true))).collect();
            target.efs.mount_targets =
                Section::Complete(ids.iter().map(|id| mount_target(id, "vpc-1", &["sg-efs"])).collect());
        });
        said(&found(&target, INEFFECTIVE), "exposed_to").concat()
    };
    assert!(of(10).ends_with("fs-08, fs-09"), "{}", of(10));
    assert!(of(12).ends_with("fs-09 and 2 more"), "{}", of(12));
}

#[test]
fn the_vm_scanner_scans_whatever_state_the_ssm_agent_is_in() {
    let paused = |mode: &str| {
        with(exposed(), |target| {
            target.ssm.managed_nodes = Section::Complete(vec![ManagedNode { ..node("i-0a", "Paused") }]);
            target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", mode)]);
        })
    };
    assert_eq!(verdict(&paused("EC2_INSPECTOR_AGENT_BASED"), RECALL), Verdict::Findings);
    assert_eq!(verdict(&paused("EC2_SSM_AGENT_BASED"), RECALL), Verdict::Inconclusive);
}

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
fn elastic_throughput_is_open_where_much_was_read_and_the_network_was_not_seen() {
    let of = |gib: u64| {
        let target = crate::rules_alignment::all_standard(gib << 30);
        verdict(&with(target, |target| target.ec2.security_groups = denied()), "efs-elastic-reads")
    };
    assert_eq!(of(1_000), Verdict::Inconclusive);
    assert_eq!(of(1), Verdict::Clean, "less than a dollar, whoever reads");
    let bursting = with_file_system(crate::rules_alignment::all_standard(1_000 << 30), |one| {
        one.throughput_mode = Some("bursting".into());
    });
    let bursting = with(bursting, |target| target.ec2.security_groups = denied());
    assert_eq!(verdict(&bursting, "efs-elastic-reads"), Verdict::Clean);
}

#[test]
fn when_and_where_the_scan_runs_is_evidence_as_far_as_it_was_seen() {
    let of = |change: fn(&mut Target), kind: &str| said(&found(&with(exposed(), change), RECALL), kind).concat();
    assert!(of(|_| {}, "schedule").contains("rate(6 hours)"), "{}", of(|_| {}, "schedule"));
    assert_eq!(of(|_| {}, "scan_path"), "");
    let custom = |target: &mut Target| {
        let Section::Complete(deep) = &mut target.inspector.deep_inspection else { panic!("deep inspection") };
        deep.package_paths.push("/srv/apps".into());
        deep.org_package_paths.push("/opt".into());
    };
    assert_eq!(of(custom, "scan_path"), "custom paths of deep inspection: /srv/apps, /opt");
    let since = |activated: Option<bool>| {
        let target = with(exposed(), |target| {
            let Section::Complete(configuration) = &mut target.inspector.configuration else { panic!("configuration") };
            configuration.vm_scanner_activated = activated;
            configuration.vm_scanner_activated_at = Some(now() - Duration::days(40));
        });
        let finding = found(&target, RECALL);
        finding.evidence.iter().any(|evidence| evidence.detail.contains("2026-10-12"))
    };
    assert!(since(Some(true)));
    assert!(!since(Some(false)), "it was switched off since");
    assert!(!since(None));
}

#[test]
fn each_limit_of_what_is_read_is_said_where_it_limits() {
    let said = |change: &dyn Fn(&mut Target)| -> String {
        let target = with(exposed(), |target| {
            target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into();
            change(target);
        });
        found(&target, "efs-cold-read-charges").cost.expect("a price").assumptions.join("\n")
    };
    let sized = |ia: u64, archive: u64| {
        move |target: &mut Target| {
            let Section::Complete(all) = &mut target.efs.file_systems else { panic!("file systems") };
            (all[0].size.ia, all[0].size.archive) = (Some(ia), Some(archive));
        }
    };
    let by_vm_scanner = |target: &mut Target| {
        target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", "EC2_INSPECTOR_AGENT_BASED")]);
    };
    let (plugin, vm_scanner) = ("A scan by the plugin", "A scan by the VM Scanner");
    let large = said(&sized(10 << 40, 0));
    assert!(large.contains(plugin) && !large.contains(vm_scanner), "{large}");
    let small = said(&sized(100 << 30, 0));
    assert!(!small.contains(plugin), "all of it is read: {small}");
    let dearer = said(&by_vm_scanner);
    assert!(!dearer.contains(plugin) && dearer.contains(vm_scanner), "{dearer}");
    let alike = "IA and Archive are read alike";
    assert!(said(&sized(1 << 40, 1 << 40)).contains(alike));
    assert!(!large.contains(alike));
    assert!(!said(&sized(0, 1 << 40)).contains(alike));
    let month = "All scans of 30 days together read";
    assert!(dearer.contains(month) && !large.contains(month), "{dearer}");
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
