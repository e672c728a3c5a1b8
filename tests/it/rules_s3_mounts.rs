//! Buckets that are mounted as file systems where the agent scans.

use chrono::TimeDelta;
use inspector_audit::model::{BucketRequests, MountKind, Presence, S3Requests, Section, Target};
use inspector_audit::rules::{Severity, Verdict};

use crate::builders::efs::{account_status, denied, exposed, instance, node, now, with, with_instance};
use crate::builders::metrics::{efs_mount, host, s3, seen};
use crate::rules_history::{found, judge, verdict};

#[test]
fn a_bucket_on_a_scanned_instance_is_one_finding_without_a_figure() {
    for presence in [Presence::Mounted, Presence::OnDemand, Presence::Likely] {
        let probed = with(exposed(), |target| {
            target.evidence.probe = seen(vec![host("i-0a", s3(presence))]);
            target.evidence.tables = seen(vec![host("i-0a", s3(presence))]);
        });
        let evaluation = judge(&probed);
        let finding = found(&evaluation, "s3-mount-scanned");
        assert_eq!((finding.severity, &finding.cost), (Severity::Info, &None));
        assert_eq!(finding.evidence.len(), 1, "the same mount once: {:?}", finding.evidence);
        assert!(finding.evidence[0].detail.starts_with("assets-111122223333 at /data with mount-s3"));
    }
}

#[test]
fn what_a_bucket_was_asked_for_stands_beside_the_mount_and_moves_nothing() {
    let requests = |filter: Option<&str>| S3Requests {
        from: Some(now() - TimeDelta::days(30)),
        to: Some(now()),
        requested: 3,
        buckets: [(
            "assets-111122223333".to_owned(),
            BucketRequests {
                filter: filter.map(str::to_owned),
                list: 1_200_000,
                head: 400,
                get: 35_000_000,
                incomplete: None,
            },
        )]
        .into(),
    };
    let probed = with(exposed(), |target| target.evidence.probe = seen(vec![host("i-0a", s3(Presence::Mounted))]));
    let of = |section: Section<S3Requests>| {
        let target = with(probed.clone(), |target| target.evidence.s3_requests = section);
        let evaluation = judge(&target);
        let finding = found(&evaluation, "s3-mount-scanned").clone();
        assert_eq!((finding.severity, &finding.cost), (Severity::Info, &None));
        finding.evidence.iter().skip(1).map(|one| one.detail.clone()).collect::<Vec<_>>()
    };
    // 1.2 million at $0.005 and 35,000,400 at $0.0004 a thousand: 6 and 14.00016 dollars.
    assert_eq!(
        of(Section::Complete(requests(Some("EntireBucket")))),
        [
            "assets-111122223333 was asked for 1,200,000 LIST, 400 HEAD and 35,000,000 GET in 30 days by all its clients, \
          about $20.00 at S3 Standard's list price in us-east-1: the scan's share is at most that"
        ]
    );
    let part = of(Section::Complete(requests(Some("logs-only"))));
    assert!(part[0].starts_with("assets-111122223333 (metrics configuration logs-only) was asked for"), "{part:?}");
    let none = of(Section::Complete(requests(None)));
    assert_eq!(
        none,
        ["assets-111122223333 has no request metrics in CloudWatch, so what it was asked for is not known"]
    );
    assert!(of(denied()).is_empty() && of(Section::NotAsked).is_empty());
}

#[test]
fn a_mount_of_s3_files_says_what_is_metered() {
    let mut mount = s3(Presence::Mounted);
    mount.kind = MountKind::S3Files;
    let target = with(exposed(), |target| target.evidence.probe = seen(vec![host("i-0a", mount)]));
    let evaluation = judge(&target);
    let evidence = &found(&evaluation, "s3-mount-scanned").evidence;
    let metered = |one: &inspector_audit::report::v1::Evidence| one.kind == "s3_files_metering";
    assert!(evidence.iter().any(|one| metered(one) && one.detail.contains("4 KiB")), "{evidence:?}");
    let fuse = with(exposed(), |target| target.evidence.probe = seen(vec![host("i-0a", s3(Presence::Mounted))]));
    let evaluation = judge(&fuse);
    assert!(!found(&evaluation, "s3-mount-scanned").evidence.iter().any(metered), "it is mounted another way");
}

#[test]
fn a_look_that_failed_keeps_nothing_open_while_nothing_is_scanned() {
    let unseen = with(exposed(), |target| target.evidence.probe = denied());
    assert_eq!(verdict(&judge(&unseen), "s3-mount-scanned"), Some(Verdict::Inconclusive));
    let off = with(unseen, |target| target.inspector.account_status = account_status("ENABLED", "DISABLED"));
    assert_ne!(verdict(&judge(&off), "s3-mount-scanned"), Some(Verdict::Inconclusive));
}

#[test]
fn a_bucket_matters_only_where_the_agent_scans() {
    let target = with(exposed(), |target| {
        target.evidence.tables = seen(vec![host("i-0a", s3(Presence::Mounted)), host("i-0b", s3(Presence::Mounted))]);
    });
    let s3 = |target: &Target| verdict(&judge(target), "s3-mount-scanned");
    assert_eq!(s3(&target), Some(Verdict::Findings));
    let one = |change: fn(&mut Target)| s3(&with(target.clone(), change));
    assert_eq!(one(|target| target.ssm.managed_nodes = Section::Complete(vec![])), Some(Verdict::Clean));
    assert_eq!(one(|target| target.ssm.managed_nodes = denied()), Some(Verdict::Inconclusive));
    assert_eq!(one(|target| target.ec2.instances = denied()), Some(Verdict::Inconclusive));
    assert_eq!(
        one(|target| target.inspector.account_status = account_status("ENABLED", "DISABLED")),
        Some(Verdict::Clean)
    );
    let stopped = with_instance(target.clone(), |instance| instance.state = "stopped".into());
    assert_eq!(s3(&stopped), Some(Verdict::Clean));
    let both = with(target, |target| {
        target.ec2.instances = Section::Complete(vec![instance("i-0a"), instance("i-0b")]);
        target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Online"), node("i-0b", "Online")]);
    });
    assert_eq!(judge(&both).findings.iter().filter(|finding| finding.rule == "s3-mount-scanned").count(), 2);
}

#[test]
fn the_rule_about_buckets_is_silent_without_a_source_and_open_where_one_failed() {
    let s3_verdict = |target: &Target| verdict(&judge(target), "s3-mount-scanned");
    assert_eq!(s3_verdict(&exposed()), None);
    let refused = with(exposed(), |target| target.evidence.probe = denied());
    assert_eq!(s3_verdict(&refused), Some(Verdict::Inconclusive));
    let failed = with(exposed(), |target| {
        let mut row = host("i-0a", s3(Presence::Mounted));
        row.failed = Some("the command timed out".into());
        target.evidence.probe = seen(vec![row]);
    });
    assert_eq!(s3_verdict(&failed), Some(Verdict::Inconclusive));
    let nothing = with(exposed(), |target| target.evidence.probe = seen(vec![host("i-0a", efs_mount(None))]));
    assert_eq!(s3_verdict(&nothing), Some(Verdict::Clean));
    let nobody = with(exposed(), |target| target.evidence.probe = seen(vec![]));
    assert_eq!(s3_verdict(&nobody), Some(Verdict::NotApplicable));
}
