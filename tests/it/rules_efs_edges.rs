//! Rules of EFS where a verdict turns: the last value on this side and the first on the other.

use chrono::Duration;
use inspector_audit::model::{Instance, LifecycleConfiguration, Section, Target};
use inspector_audit::report::v1::Finding;
use inspector_audit::rules::Verdict;

use crate::builders::efs::{
    account_status, coverage, denied, exposed, file_system, instance, lifecycle, mount_target, node, now, with,
    with_file_system, with_instance,
};
use crate::rules_history::judge;
use crate::ways::tagged;

const INEFFECTIVE: &str = "exclusion-tag-ineffective";
pub(crate) const RECALL: &str = "efs-tier-recall";

pub(crate) fn verdict(target: &Target, rule: &str) -> Verdict {
    judge(target).verdicts.iter().find(|verdict| verdict.rule == rule).expect("the rule ran").verdict
}

pub(crate) fn found(target: &Target, rule: &str) -> Finding {
    judge(target).findings.into_iter().find(|finding| finding.rule == rule).expect("a finding")
}

pub(crate) fn said(finding: &Finding, kind: &str) -> Vec<String> {
    finding.evidence.iter().filter(|evidence| evidence.kind == kind).map(|evidence| evidence.detail.clone()).collect()
}

/// The VM Scanner scans the instance instead of the plugin.
fn by_vm_scanner(target: &mut Target) {
    target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", "EC2_INSPECTOR_AGENT_BASED")]);
}

#[test]
fn unlisted_file_systems_keep_a_rule_about_instances_open_where_there_is_such_a_one() {
    let unlisted = |target: Target| with(target, |target| target.efs.file_systems = denied());
    let of = |target: Target| verdict(&unlisted(target), INEFFECTIVE);
    assert_eq!(of(tagged(exposed(), "InspectorEc2Exclusion")), Verdict::Inconclusive);
    assert_eq!(of(exposed()), Verdict::Clean, "no instance has the tag");
    let changed = |change: fn(&mut Instance)| of(with_instance(tagged(exposed(), "InspectorEc2Exclusion"), change));
    assert_eq!(changed(|instance| instance.state = "terminated".into()), Verdict::Clean, "it does not run");
    assert_eq!(changed(|instance| instance.platform = Some("windows".into())), Verdict::Clean, "it mounts no EFS");
    let excluded = |instance: &mut Instance| {
        instance.metadata_options.as_mut().expect("options").instance_metadata_tags = Some("enabled".into());
    };
    assert_eq!(changed(excluded), Verdict::Clean, "the tag has its effect");
    let unmanaged =
        with(tagged(exposed(), "InspectorEc2Exclusion"), |target| target.ssm.managed_nodes = Section::Complete(vec![]));
    assert_eq!(of(unmanaged), Verdict::Clean, "nothing scans it");
    let off = with(tagged(exposed(), "InspectorEc2Exclusion"), |target| {
        target.inspector.account_status = account_status("ENABLED", "DISABLED");
    });
    assert_eq!(of(off), Verdict::Clean, "EC2 is not scanned");
    let unseen = with(exposed(), |target| target.ec2.instances = denied());
    assert_eq!(of(unseen), Verdict::Inconclusive, "which instances there are is not known");
}

#[test]
fn an_instance_names_ten_file_systems_and_counts_the_others() {
    let of = |count: usize| {
        let ids: Vec<String> = (0..count).map(|number| format!("fs-{number:02}")).collect();
        let target = with(tagged(exposed(), "InspectorEc2Exclusion"), |target| {
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
            target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Paused")]);
            target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0a", mode)]);
        })
    };
    assert_eq!(verdict(&paused("EC2_INSPECTOR_AGENT_BASED"), RECALL), Verdict::Findings);
    assert_eq!(verdict(&paused("EC2_SSM_AGENT_BASED"), RECALL), Verdict::Inconclusive);
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
    let assumed = |change: &dyn Fn(&mut Target)| -> String {
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
    let (plugin, vm_scanner) = ("A scan by the plugin", "A scan by the VM Scanner");
    let large = assumed(&sized(10 << 40, 0));
    assert!(large.contains(plugin) && !large.contains(vm_scanner), "{large}");
    let small = assumed(&sized(100 << 30, 0));
    assert!(!small.contains(plugin), "all of it is read: {small}");
    let dearer = assumed(&by_vm_scanner);
    assert!(!dearer.contains(plugin) && dearer.contains(vm_scanner), "{dearer}");
    let alike = "IA and Archive are read alike";
    assert!(assumed(&sized(1 << 40, 1 << 40)).contains(alike));
    assert!(!large.contains(alike));
    assert!(!assumed(&sized(0, 1 << 40)).contains(alike));
    let month = "All scans of 30 days together read";
    assert!(dearer.contains(month) && !large.contains(month), "{dearer}");
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

#[test]
fn cold_data_is_enough_whatever_standard_holds() {
    let target = with_file_system(tagged(exposed(), "InspectorEc2Exclusion"), |one| {
        (one.size.standard, one.size.total) = (None, None);
    });
    let evaluation = judge(&target);
    assert!(evaluation.findings.iter().any(|finding| finding.rule == INEFFECTIVE));
    let open = evaluation.gaps.iter().filter(|gap| gap.rules.iter().any(|rule| rule == INEFFECTIVE));
    assert_eq!(open.count(), 0, "{:?}", evaluation.gaps);
}

#[test]
fn where_nothing_is_at_stake_a_tag_without_effect_matters_and_blocked_tags_do_not() {
    let nothing_at_stake = |target: Target| {
        let target = with_file_system(target, |one| (one.size.ia, one.size.archive) = (Some(0), Some(0)));
        with(target, |target| {
            target.efs.lifecycle = [("fs-0a".to_owned(), LifecycleConfiguration::default())].into();
            target.ec2.security_groups = denied();
        })
    };
    assert_eq!(
        verdict(&nothing_at_stake(tagged(exposed(), "InspectorEc2Exclusion")), INEFFECTIVE),
        Verdict::Inconclusive,
        "it hides findings"
    );
    assert_eq!(
        verdict(&nothing_at_stake(tagged(exposed(), "cost center")), "metadata-tags-blocked"),
        Verdict::Clean,
        "nothing to exclude"
    );
}
