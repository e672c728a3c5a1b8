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
    let by_vm_scanner = |target: &mut Target| {
        target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", "EC2_INSPECTOR_AGENT_BASED")]);
    };
    let schedule = of(by_vm_scanner, "schedule");
    assert!(!schedule.contains("rate(6 hours)") && !schedule.is_empty(), "the plugin scans nobody: {schedule}");
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

#[test]
fn the_conditions_count_what_ssm_has_online_and_what_the_vm_scanner_scans() {
    let target = with(exposed(), |target| {
        target.ec2.instances = Section::Complete(["i-0a", "i-0b", "i-0c"].map(instance).into());
        target.ssm.managed_nodes = Section::Complete(["i-0a", "i-0b"].map(|id| node(id, "Online")).into());
        target.inspector.ec2_coverage = Section::Complete(vec![
            coverage("i-0a", "EC2_SSM_AGENT_BASED"),
            coverage("i-0b", "EC2_INSPECTOR_AGENT_BASED"),
            coverage("i-0c", "EC2_INSPECTOR_AGENT_BASED"),
        ]);
    });
    let condition = &found(&target, RECALL).conditions[1];
    assert_eq!(condition.evidence, "1 of 3 Online in SSM, 2 scanned by the VM Scanner");
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

#[test]
fn without_a_throughput_mode_archive_data_decides_what_prices_hold() {
    let of = |archive: u64| {
        let target = with_file_system(exposed(), |one| {
            one.throughput_mode = None;
            one.size.archive = Some(archive);
        });
        found(&target, RECALL).cost.expect("a price")
    };
    // 10,240 x (0.36 - 0.0272), and under elastic throughput 10,240 x (0.36 - 0.02) + 1,024 x (0.36 - 0.01).
    assert_eq!(of(0).monthly_usd.high.0.normalize().to_string(), "3407.872");
    assert_eq!(of(1 << 40).monthly_usd.high.0.normalize().to_string(), "3840");
}

#[test]
fn elastic_reads_are_paid_once_or_each_time_that_files_come_back() {
    let lines = |schedule: &str, archive: u64| {
        let target = with_file_system(exposed(), |one| {
            one.throughput_mode = Some("elastic".into());
            one.size.archive = Some(archive);
        });
        let target = with(target, |target| {
            let Section::Complete(Some(association)) = &mut target.ssm.inspector_association else {
                panic!("association")
            };
            association.schedule_expression = Some(schedule.into());
            for policy in target.efs.lifecycle.values_mut() {
                policy.transition_to_ia = Some("AFTER_1_DAY".into());
                policy.transition_to_archive = Some("AFTER_90_DAYS".into());
            }
        });
        let cost = found(&target, RECALL).cost.expect("a price");
        let said = cost.assumptions.iter().filter(|said| said.contains("cold again before the next scan")).count();
        let lines = cost.lines.iter().filter(|line| line.item.contains("elastic"));
        let amounts = lines.map(|line| {
            (line.quantity.normalize().to_string(), line.monthly_usd.0.is_zero(), line.one_time_usd.0.is_zero())
        });
        (amounts.collect::<Vec<_>>(), said)
    };
    let (once, monthly) = (("10240".to_owned(), true, false), ("43885.714286".to_owned(), false, true));
    assert_eq!(lines("rate(6 hours)", 0), (vec![once], 0));
    // 10,240 GiB at each of 30 / 7 scans.
    assert_eq!(lines("rate(7 days)", 0), (vec![monthly.clone()], 1));
    // What takes 90 days to become cold again stays.
    let archive = ("1024".to_owned(), true, false);
    assert_eq!(lines("rate(7 days)", 1 << 40), (vec![archive, monthly], 1));
}

/// What mending a finding of `efs-elastic-reads` takes, where so many instances are scanned, some by the VM Scanner.
fn elastic_remedy(count: usize, by_vm_scanner: usize) -> Vec<String> {
    let ids: Vec<String> = (0..count).map(|number| format!("i-{number:02}")).collect();
    let target = with(crate::rules_alignment::all_standard(1_000 << 30), |target| {
        target.ec2.instances = Section::Complete(ids.iter().map(|id| instance(id)).collect());
        target.ssm.managed_nodes = Section::Complete(ids.iter().map(|id| node(id, "Online")).collect());
        let mode = |at: usize| if at < by_vm_scanner { "EC2_INSPECTOR_AGENT_BASED" } else { "EC2_SSM_AGENT_BASED" };
        target.inspector.ec2_coverage =
            Section::Complete(ids.iter().enumerate().map(|(at, id)| coverage(id, mode(at))).collect());
    });
    found(&target, "efs-elastic-reads").remediation.commands
}

#[test]
fn instances_are_excluded_from_the_plugin_and_the_vm_scanner_is_stopped() {
    let has = |commands: &[String], words: &str| commands.iter().filter(|command| command.contains(words)).count();
    let (tag, too) = ("ec2 create-tags", "the VM Scanner scans here too");
    let (stop, more) = ("as root: systemctl disable --now", "and the same for 1 more instance");
    for (count, by_vm_scanner, expected) in [
        (1, 0, [1, 0, 0, 0]),
        (2, 1, [2, 1, 0, 0]),
        (2, 2, [0, 0, 1, 0]),
        (20, 0, [20, 0, 0, 0]),
        (21, 0, [20, 0, 0, 1]),
    ] {
        let commands = elastic_remedy(count, by_vm_scanner);
        assert_eq!([tag, too, stop, more].map(|words| has(&commands, words)), expected, "{commands:#?}");
    }
}
