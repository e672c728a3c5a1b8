//! Sources of evidence: what connections, prefix lists and unanswered questions decide, and which of them were used.

use chrono::Duration;
use inspector_audit::model::{
    AssociationRun, EfsMetrics, EfsTask, EfsUtilsStream, FileSystemMetrics, GapReason, HostMounts, Observed, Point,
    PrefixList, Section, SectionName, Target,
};
use inspector_audit::report::v1::Finding;
use inspector_audit::rules::efs::evidence::{SourceState, source_states};
use inspector_audit::rules::{Confidence, MountState, Verdict};

use crate::builders::efs::{denied, exposed, from_nets, gap, group, instance, now, with};
use crate::rules_evidence_findings::{ago, all, host, judge, recall, task, verdict};

fn points(values: &[u64]) -> Vec<Point> {
    let start = now() - Duration::hours(24);
    (0..).zip(values).map(|(number, value)| Point { at: start + Duration::hours(4 * number), value: *value }).collect()
}

pub(crate) fn metrics(connections: &[u64]) -> Section<EfsMetrics> {
    let series = FileSystemMetrics {
        standard: points(&[1; 6]),
        client_connections: points(connections),
        ..FileSystemMetrics::default()
    };
    Section::Complete(EfsMetrics {
        from: ago(24),
        to: Some(now()),
        period: 14_400,
        requested: 5,
        file_systems: [("fs-0a".to_owned(), series)].into(),
    })
}

#[test]
fn the_same_point_five_times_is_one_period() {
    let repeated = with(exposed(), |target| {
        target.evidence.efs_metrics = metrics(&[0]);
        if let Section::Complete(metrics) = &mut target.evidence.efs_metrics {
            for series in metrics.file_systems.values_mut() {
                series.client_connections = vec![series.client_connections[0]; 6];
            }
        }
    });
    assert!(recall(&repeated).is_some());
}

#[test]
fn nobody_connected_is_not_said_to_be_the_instance_s_own_word() {
    let target = with(exposed(), |target| {
        target.evidence.efs_metrics = metrics(&[0; 6]);
        target.evidence.efs_utils_streams = all(vec![EfsUtilsStream {
            file_system_id: "fs-0a".into(),
            instance_id: "i-0a".into(),
            group: "/aws/efs/utils".into(),
            last_event: ago(100),
        }]);
    });
    assert_eq!(recall(&target), None);
}

#[test]
fn a_day_without_connections_clears_and_a_short_or_dead_series_does_not() {
    let with_metrics = |section| judge(&with(exposed(), |target| target.evidence.efs_metrics = section));
    let evaluation = with_metrics(metrics(&[0; 6]));
    assert_eq!(verdict(&evaluation, "efs-tier-recall"), Verdict::Clean);
    let open = |section| with_metrics(section).findings.iter().any(|finding| finding.rule == "efs-tier-recall");
    assert!(open(metrics(&[0; 4])), "16 hours are no day");
    assert!(open(metrics(&[])), "no series says nothing");
    assert!(open(metrics(&[0, 0, 0, 240, 0, 0])));
    let mut dead = metrics(&[0; 6]);
    if let Section::Complete(metrics) = &mut dead {
        metrics.file_systems.values_mut().for_each(|series| series.standard.clear());
    }
    assert!(open(dead), "no other metric has data in the window");
    let mut old = metrics(&[0; 6]);
    if let Section::Complete(metrics) = &mut old {
        metrics.to = ago(48);
    }
    assert!(open(old), "an old window says nothing of now");
}

#[test]
fn the_only_instance_let_in_is_likely_while_somebody_is_connected() {
    let sole = with(exposed(), |target| target.evidence.efs_metrics = metrics(&[240; 6]));
    let finding = recall(&sole).expect("exposed");
    assert_eq!((finding.instances[0].mount, finding.confidence), (MountState::Likely, Confidence::Medium));
    let only = "let in this instance alone";
    let evidence = |finding: &Finding| finding.instances[0].evidence.clone().unwrap_or_default();
    assert!(evidence(&finding).contains(only), "{}", evidence(&finding));
    let two = with(sole.clone(), |target| {
        if let Section::Complete(instances) = &mut target.ec2.instances {
            instances.push(instance("i-0b"));
        }
    });
    let two = recall(&two).expect("exposed");
    assert_eq!(two.instances[0].mount, MountState::Possible, "an unmanaged one may be it");
    assert!(!evidence(&two).contains(only), "{}", evidence(&two));
    let by_range = with(sole, |target| {
        if let Section::Complete(groups) = &mut target.ec2.security_groups {
            groups[1] = group("sg-efs", vec![from_nets(&["10.0.0.0/8"])], vec![]);
        }
    });
    assert_eq!(
        recall(&by_range).expect("exposed").instances[0].mount,
        MountState::Possible,
        "anybody may be in a range"
    );
}

#[test]
fn a_denied_source_says_so_and_changes_no_state() {
    let seen = |target: &Target| {
        let evaluation = judge(target);
        (evaluation.verdicts, evaluation.findings.into_iter().map(|it| it.instance_counts).collect::<Vec<_>>())
    };
    let plain = seen(&exposed());
    let blind = with(exposed(), |target| {
        let evidence = &mut target.evidence;
        evidence.efs_connections = denied();
        evidence.efs_tasks = denied();
        evidence.efs_utils_streams = denied();
        evidence.probe = denied();
        evidence.nfs_clients = denied();
        evidence.finding_paths = denied();
    });
    assert_eq!(seen(&blind), plain);
    let states = source_states(&blind);
    let of = |name| states.iter().find(|(section, _)| *section == name).expect("every source").1;
    assert_eq!(of(SectionName::EcsEfsTasks), SourceState::Denied);
    assert_eq!(of(SectionName::MountsDeclared), SourceState::NotApplicable);
    let evidence = recall(&blind).expect("exposed").evidence;
    let sources = evidence.iter().find(|evidence| evidence.kind == "sources").expect("a line");
    assert!(sources.detail.contains("ecs.efs_tasks denied"), "{}", sources.detail);
}

#[test]
fn a_source_is_used_empty_truncated_or_not_there() {
    let state = |section: Section<Observed<AssociationRun>>, tasks: Section<Observed<EfsTask>>| {
        let target = with(exposed(), |target| {
            target.evidence.association_runs = section;
            target.evidence.efs_tasks = tasks;
        });
        source_states(&target).into_iter().find(|(name, _)| *name == SectionName::EcsEfsTasks).expect("every source").1
    };
    let runs = || all(vec![]);
    assert_eq!(state(runs(), all(vec![task()])), SourceState::Used);
    assert_eq!(state(runs(), all(vec![])), SourceState::Empty);
    let cut = Section::Complete(Observed { rows: vec![task()], truncated: Some("stopped after 200 pages".into()) });
    assert_eq!(state(runs(), cut), SourceState::Truncated);
    assert_eq!(state(runs(), Section::Absent(gap(GapReason::Unsupported))), SourceState::NotApplicable);
}

#[test]
fn hosts_that_did_not_answer_are_no_source() {
    let failed = || HostMounts { failed: Some("timed out".into()), ..host(vec![]) };
    let states = |hosts: Vec<HostMounts>| {
        let target = with(exposed(), |target| {
            target.evidence.probe = all(hosts.clone());
            target.evidence.tables = all(hosts);
        });
        let wanted = [SectionName::SsmMountProbe, SectionName::MountsTables];
        let states = source_states(&target).into_iter().filter(|(name, _)| wanted.contains(name));
        states.map(|(_, state)| state).collect::<Vec<_>>()
    };
    assert_eq!(states(vec![failed(), failed()]), [SourceState::Denied; 2]);
    assert_eq!(states(vec![failed(), host(vec![])]), [SourceState::Truncated; 2]);
    assert_eq!(states(vec![host(vec![])]), [SourceState::Used; 2]);
    assert_eq!(states(vec![]), [SourceState::Empty; 2]);
}

#[test]
fn a_managed_prefix_list_lets_in_whom_it_holds_and_keeps_open_what_was_not_read() {
    let by_list = |entries: &[&str], unread: Option<&str>| {
        with(exposed(), |target| {
            if let Section::Complete(groups) = &mut target.ec2.security_groups {
                groups[1].ingress[0].groups.clear();
                groups[1].ingress[0].prefix_lists = vec!["pl-0a".into()];
            }
            target.ec2.prefix_lists = Section::Complete(vec![PrefixList {
                id: "pl-0a".into(),
                ipv4: entries.iter().map(|entry| entry.parse().expect("a range")).collect(),
                ipv6: vec![],
                unread: unread.map(str::to_owned),
            }]);
        })
    };
    assert!(recall(&by_list(&["10.0.1.0/24"], None)).is_some());
    assert_eq!(verdict(&judge(&by_list(&["10.9.0.0/16"], None)), "efs-tier-recall"), Verdict::Clean);
    let open = judge(&by_list(&[], Some("it belongs to another account")));
    assert_eq!(verdict(&open, "efs-tier-recall"), Verdict::Inconclusive);
    assert!(open.gaps.iter().any(|gap| gap.section == SectionName::Ec2PrefixLists && !gap.rules.is_empty()));
}
