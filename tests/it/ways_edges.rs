//! Ways out where what is counted turns: who is left, who cannot be excluded, which schedule there is.

use inspector_audit::model::{EfsTask, Instance, Observed, Section, Tag};
use inspector_audit::rules::Way;

use crate::builders::efs::{coverage, denied, everything, exposed, from_group, group, instance, node, with};
use crate::ways::{ages, cold_reads, finding, left, scans, tagged, two_instances, vm_scanner, way};

#[test]
fn where_nobody_known_to_mount_it_is_left_whoever_could_counts() {
    let on = |id: &str| EfsTask {
        instance_id: id.into(),
        file_system_id: "fs-0a".into(),
        volume: "home".into(),
        ..EfsTask::default()
    };
    let tasks = |rows| Section::Complete(Observed { rows, truncated: None });
    // The plugin scans i-0b, which is known to mount it; the VM Scanner, which no tag is known to stop, i-0a.
    let known =
        with(vm_scanner(two_instances(cold_reads())), |target| target.evidence.efs_tasks = tasks(vec![on("i-0b")]));
    let found = finding(&known);
    assert_eq!(left(way(&found, Way::DoNothing)), scans());
    assert!(left(way(&found, Way::ExcludeInstances)) > scans(), "{:?}", way(&found, Way::ExcludeInstances));
    // Where both are known to, fewer readers never cost more than all.
    let both = with(known, |target| target.evidence.efs_tasks = tasks(vec![on("i-0a"), on("i-0b")]));
    let found = finding(&both);
    assert!(left(way(&found, Way::ExcludeInstances)) <= left(way(&found, Way::DoNothing)));
}

#[test]
fn deep_inspection_protects_sleeping_instances_too() {
    let asleep = with(two_instances(exposed()), |target| {
        let Section::Complete(instances) = &mut target.ec2.instances else { panic!("instances") };
        for one in instances {
            one.state = "stopped".into();
        }
        target.ssm.managed_nodes = Section::Complete(vec![]);
    });
    let unprotected = |target| way(&finding(&target), Way::DeactivateDeepInspection).instances_unprotected;
    assert_eq!(unprotected(asleep.clone()), 2);
    assert_eq!(unprotected(tagged(asleep, "InspectorEc2Exclusion")), 1);
}

#[test]
fn a_schedule_can_be_slowed_where_there_is_one_or_nobody_could_look() {
    let of = |association| {
        let target = with(cold_reads(), |target| target.ssm.inspector_association = association);
        let finding = finding(&target);
        let slow = way(&finding, Way::SlowSchedule);
        (slow.available, slow.reason.clone())
    };
    assert!(of(denied()).0, "nobody could look");
    let (available, reason) = of(Section::Complete(None));
    assert!(!available && reason.contains("no association that invokes the plugin"), "{reason}");
}

#[test]
fn the_vm_scanner_keeps_files_in_standard_whatever_the_plugins_schedule() {
    let slow = |target| way(&finding(&target), Way::SlowSchedule).available;
    assert!(slow(with(exposed(), ages("AFTER_1_DAY", true))));
    assert!(!slow(with(vm_scanner(two_instances(exposed())), ages("AFTER_1_DAY", true))));
    assert!(slow(vm_scanner(two_instances(cold_reads()))), "each pays for its own reads");
}

#[test]
fn instances_that_cannot_get_metadata_tags_are_counted_across_groups() {
    let apart = |key: &str| {
        with(two_instances(exposed()), |target| {
            let Section::Complete(instances) = &mut target.ec2.instances else { panic!("instances") };
            for one in instances.iter_mut() {
                one.tags.push(Tag { key: key.into(), value: "x".into() });
            }
            instances[1].network_interfaces[0].security_groups = vec!["sg-b".into()];
            let Section::Complete(groups) = &mut target.ec2.security_groups else { panic!("groups") };
            groups[1] = group("sg-efs", vec![from_group("sg-app"), from_group("sg-b")], vec![]);
            groups.push(group("sg-b", vec![], vec![everything()]));
        })
    };
    for (key, words) in [
        ("cost center", "renamed or removed on 2 instances"),
        ("kubernetes.io/cluster/one", "2 of the instances have tag keys"),
    ] {
        let finding = finding(&apart(key));
        let reason = &way(&finding, Way::ExcludeInstances).reason;
        assert!(reason.contains(words), "{reason}");
    }
}

#[test]
fn deep_inspection_protects_the_whole_account_as_far_as_the_plugin_reports() {
    let of = |change: fn(&mut Instance), scanned_by: &str| {
        let target = with(exposed(), |target| {
            let Section::Complete(instances) = &mut target.ec2.instances else { panic!("instances") };
            // No rule lets it in to the file system.
            let mut other = instance("i-0b");
            other.network_interfaces[0].security_groups = vec!["sg-other".into()];
            change(&mut other);
            instances.push(other);
            let Section::Complete(groups) = &mut target.ec2.security_groups else { panic!("groups") };
            groups.push(group("sg-other", vec![], vec![everything()]));
            target.ssm.managed_nodes = Section::Complete(["i-0a", "i-0b"].map(|id| node(id, "Online")).into());
            let mode = "EC2_SSM_AGENT_BASED";
            target.inspector.ec2_coverage =
                Section::Complete(vec![coverage("i-0a", mode), coverage("i-0b", scanned_by)]);
        });
        way(&finding(&target), Way::DeactivateDeepInspection).instances_unprotected
    };
    let plugin = "EC2_SSM_AGENT_BASED";
    assert_eq!(of(|_| {}, plugin), 2);
    assert_eq!(of(|_| {}, "EC2_INSPECTOR_AGENT_BASED"), 1, "the VM Scanner goes on");
    assert_eq!(of(|other| other.state = "stopped".into(), plugin), 1);
    assert_eq!(of(|other| other.platform = Some("windows".into()), plugin), 1);
    let tag = |other: &mut Instance| other.tags.push(Tag { key: "InspectorEc2Exclusion".into(), value: "".into() });
    assert_eq!(of(tag, plugin), 1, "it reports nothing now");
}
