//! The rules that go by the meter alone: elastic throughput, data that others moved, S3 Files.

use chrono::Duration;
use inspector_audit::model::{HostMount, MountKind, Presence, Section, Tag, Target};
use inspector_audit::rules::{Basis, Confidence, Severity, Verdict};

use super::{
    ELASTIC, GIB, MIB, MOVED, OBSERVED, all_standard, backed_up, found, judge, read, reading, said, scanned, still,
    verdict,
};
use crate::builders::efs::{
    account_status, denied, exposed, from_group, group, instance, node, now, with, with_file_system, with_instance,
};
use crate::builders::metrics::{efs_mount, host, runs, seen};

#[test]
fn elastic_throughput_bills_what_is_not_cold_too() {
    let target = reading(all_standard(1000 * GIB), read(500 * MIB, 0), read(500 * MIB, 0));
    let evaluation = judge(&target);
    let finding = found(&evaluation, ELASTIC);
    let cost = finding.cost.as_ref().expect("a figure");
    assert_eq!((cost.basis, cost.monthly_usd.likely), (Basis::Bound, None));
    let quantities: Vec<String> = cost.lines.iter().map(|line| line.item.clone()).collect();
    assert_eq!(quantities.len(), 2, "data and metadata: {quantities:?}");
    // 250 MiB in each of 8,640 steps on average.
    let metadata = cost.lines[1].quantity.to_string().parse::<f64>().expect("a number");
    assert!((2_050.0..2_170.0).contains(&metadata), "{metadata}");
    assert_eq!(finding.confidence, Confidence::Low);
    // Walks are billed, and sure.
    let walked = judge(&reading(all_standard(1000 * GIB), read(500 * MIB, 0), read(MIB, GIB)));
    let walks = found(&walked, ELASTIC);
    let cost = walks.cost.as_ref().expect("a figure");
    assert_eq!((walks.confidence, cost.basis), (Confidence::High, Basis::Measured));
    assert!(cost.monthly_usd.likely.is_some_and(|likely| likely <= cost.monthly_usd.high));
    // So are aligned reads, by what a run reads of both.
    let aligned = judge(&reading(all_standard(1000 * GIB), read(5 * MIB, GIB), read(MIB, 0)));
    let cost = found(&aligned, ELASTIC).cost.as_ref().expect("a figure").clone();
    assert_eq!(cost.basis, Basis::Measured);
    let with_metadata = judge(&reading(all_standard(1000 * GIB), read(5 * MIB, GIB), read(MIB, GIB)));
    let both = found(&with_metadata, ELASTIC).cost.as_ref().expect("a figure");
    assert!(both.monthly_usd.likely > cost.monthly_usd.likely, "{:?} {:?}", both.monthly_usd, cost.monthly_usd);
}

#[test]
fn elastic_throughput_says_nothing_without_reads_metrics_or_exposure() {
    let fires = |target: &Target| judge(target).findings.iter().any(|finding| finding.rule == ELASTIC);
    assert!(fires(&all_standard(1000 * GIB)));
    assert!(!fires(&all_standard(GIB)), "less than a dollar");
    assert!(!fires(&with_file_system(all_standard(1000 * GIB), |fs| fs.throughput_mode = Some("bursting".into()))));
    let mut off = all_standard(1000 * GIB);
    off.inspector.account_status = account_status("DISABLED", "DISABLED");
    assert!(!fires(&off));
    let mut silent = all_standard(1000 * GIB);
    silent.evidence.efs_metrics = Section::NotAsked;
    assert_eq!(verdict(&judge(&silent), ELASTIC), None, "nobody asked");
    let mut gap = all_standard(1000 * GIB);
    gap.evidence.efs_metrics = denied();
    assert_eq!(verdict(&judge(&gap), ELASTIC), Some(Verdict::Inconclusive));
}

#[test]
fn data_that_moved_while_inspector_is_off_is_measured_and_not_its() {
    let mut target = backed_up();
    target.inspector.account_status = account_status("DISABLED", "DISABLED");
    let evaluation = judge(&target);
    assert_eq!(verdict(&evaluation, OBSERVED), Some(Verdict::Clean));
    let finding = found(&evaluation, MOVED);
    let cost = finding.cost.as_ref().expect("a figure");
    assert_eq!((finding.severity, finding.confidence, cost.basis), (Severity::High, Confidence::High, Basis::Measured));
    // 800 GiB x (0.36 - 0.0272) USD.
    assert_eq!(cost.monthly_usd.high.0.normalize().to_string(), "266.24");
    assert_eq!(cost.monthly_usd.low, cost.monthly_usd.high);
    assert!(finding.message.contains("scan of EC2 is off"), "{}", finding.message);
    assert!(finding.remediation.summary.contains("AIDE"), "{}", finding.remediation.summary);
    assert!(finding.remediation.commands.iter().any(|command| command.contains("put-lifecycle-configuration")));
}

/// The same, whose instance is excluded in full.
fn excluded() -> Target {
    with_instance(backed_up(), |one| {
        one.tags.push(Tag { key: "InspectorEc2Exclusion".into(), value: "".into() });
        one.metadata_options.as_mut().expect("options").instance_metadata_tags = Some("enabled".into());
    })
}

#[test]
fn data_that_moved_is_the_scans_or_others_never_both() {
    let rules = |target: &Target| -> Vec<&'static str> {
        let evaluation = judge(target);
        let has = |rule: &str| evaluation.findings.iter().any(|finding| finding.rule == rule);
        [OBSERVED, MOVED].into_iter().filter(|rule| has(rule)).collect()
    };
    assert_eq!(rules(&backed_up()), [OBSERVED], "not measured");
    let measured = |run: u64| reading(scanned(backed_up()), read(500 * MIB, run), read(MIB, 0));
    assert_eq!(rules(&measured(20 * GIB)), [OBSERVED], "aligned");
    assert_eq!(found(&judge(&measured(20 * GIB)), OBSERVED).confidence, Confidence::High);
    assert_eq!(rules(&measured(0)), [MOVED], "not aligned");
    let walked = reading(scanned(backed_up()), read(500 * MIB, 0), read(MIB, GIB));
    assert_eq!(rules(&walked), [MOVED], "a walk reads no data");
    assert_eq!(found(&judge(&measured(0)), MOVED).confidence, Confidence::Medium);
    let mut alone = backed_up();
    if let Section::Complete(groups) = &mut alone.ec2.security_groups {
        for group in groups {
            group.ingress.clear();
        }
    }
    assert_eq!(rules(&alone), [MOVED], "nobody is let in");
    assert_eq!(rules(&excluded()), [] as [&str; 0], "its files become cold by themselves");
    let mut stopped = scanned(backed_up());
    stopped.inspector.account_status = account_status("DISABLED", "DISABLED");
    assert_eq!(rules(&stopped), [] as [&str; 0], "it ran before, and may have been the reader");
    stopped.evidence.association_runs = runs(now() - Duration::days(10));
    assert_eq!(rules(&stopped), [MOVED], "its first run is later than the move's beginning");
    let mut denied_metrics = backed_up();
    denied_metrics.evidence.efs_metrics = denied();
    assert_eq!(rules(&denied_metrics), [] as [&str; 0]);
    assert_eq!(rules(&measured_still()), [] as [&str; 0]);
}

#[test]
fn who_moved_data_is_open_where_it_moved_and_whether_anybody_is_exposed_is_not_known() {
    let unread = |target: Target| with(target, |target| target.inspector.account_status = denied());
    let of = |target: &Target| verdict(&judge(target), MOVED).expect("the rule ran");
    assert_eq!(of(&unread(backed_up())), Verdict::Inconclusive);
    assert_eq!(of(&unread(still())), Verdict::Clean, "nothing has moved");
    let inside = with(unread(backed_up()), |target| {
        target.evidence.probe = seen(vec![host("i-0a", efs_mount(Some(3)))]);
    });
    assert_eq!(of(&inside), Verdict::Clean, "it is the scan that reads");
    // Whoever is excluded or asleep: were Inspector off, it would be a finding.
    let excluded = excluded();
    assert_eq!(of(&excluded), Verdict::Clean);
    assert_eq!(of(&unread(excluded)), Verdict::Inconclusive);
    let stopped = with_instance(backed_up(), |one| one.state = "stopped".into());
    assert_eq!(of(&stopped), Verdict::Clean, "it may have been the reader");
    assert_eq!(of(&unread(stopped.clone())), Verdict::Inconclusive);
    let unseen = with(stopped, |target| target.ec2.security_groups = denied());
    assert_eq!(of(&unseen), Verdict::Inconclusive);
    // A second gap hides nothing.
    let blind = with(backed_up(), |target| target.evidence.efs_metrics = denied());
    assert_eq!(of(&blind), Verdict::Clean, "somebody awake is exposed: the rule about recall is open");
    assert_eq!(of(&unread(blind)), Verdict::Inconclusive);
    // A scan that ran before, and reads that nobody asked for: none of the answers is a finding.
    let ran = unread(scanned(backed_up()));
    assert_eq!(of(&ran), Verdict::Clean);
    assert_eq!(of(&reading(ran, read(500 * MIB, 0), read(MIB, 0))), Verdict::Inconclusive);
    // One is exposed, of another it is not known: the rule about recall speaks.
    let one_of_two = with(backed_up(), |target| {
        let Section::Complete(groups) = &mut target.ec2.security_groups else { panic!("groups") };
        groups[1] = group("sg-efs", vec![from_group("sg-app"), from_group("sg-unlisted")], vec![]);
        let Section::Complete(instances) = &mut target.ec2.instances else { panic!("instances") };
        let mut other = instance("i-0b");
        other.network_interfaces[0].security_groups = vec!["sg-unlisted".into()];
        instances.push(other);
        target.ssm.managed_nodes = Section::Complete(["i-0a", "i-0b"].map(|id| node(id, "Online")).into());
    });
    assert_eq!(of(&one_of_two), Verdict::Clean);
}

fn measured_still() -> Target {
    let mut target = still();
    target.inspector.account_status = account_status("DISABLED", "DISABLED");
    target
}

#[test]
fn a_mount_of_s3_files_is_billed_by_a_walk_alone() {
    let mount = HostMount {
        kind: MountKind::S3Files,
        presence: Presence::Mounted,
        mount_point: Some("/usr/local/lib/models".into()),
        source: "fs-0c.s3files.us-east-1.amazonaws.com:/".into(),
        ..HostMount::default()
    };
    let target = with(exposed(), |target| target.evidence.tables = seen(vec![host("i-0a", mount)]));
    let evaluation = judge(&target);
    let finding = found(&evaluation, "s3-mount-scanned");
    assert!(finding.message.contains("to list a directory is one"), "{}", finding.message);
    assert!(said(finding, "s3_mount").contains("with Amazon S3 Files"), "{:?}", finding.evidence);
}
