//! Whose history is looked at, and what that asks of AWS.

use inspector_audit::model::{EfsMetrics, LifecycleConfiguration, Section, Target};
use inspector_audit::rules::efs::evidence_scope;
use inspector_audit::rules::{Confidence, Verdict, rule};

use crate::builders::efs::{
    account_status, denied, everything, exposed, file_system, group, lifecycle, mount_target, with, with_file_system,
    with_instance,
};
use crate::builders::metrics::at;
use crate::rules_history::{OBSERVED, activated, found, judge, moved, observed, quiet, said, verdict, why_open};

#[test]
fn a_dormant_exposure_is_observed_by_its_money_and_an_excluded_one_is_not() {
    let stopped = with_instance(activated(moved(), at(89)), |instance| instance.state = "stopped".into());
    let stopped = with(stopped, |target| target.ssm.managed_nodes = Section::Complete(vec![]));
    let evaluation = judge(&stopped);
    let finding = found(&evaluation, OBSERVED);
    assert_eq!(finding.confidence, Confidence::High);
    assert!(finding.message.contains("1 instance stopped or not Online"), "{}", finding.message);
    let excluded = with_instance(activated(moved(), at(89)), |instance| {
        instance.tags.push(inspector_audit::model::Tag { key: "InspectorEc2Exclusion".into(), value: "".into() });
        if let Some(options) = &mut instance.metadata_options {
            options.instance_metadata_tags = Some("enabled".into());
        }
    });
    assert_eq!(observed(&excluded), Verdict::Clean);
}

#[test]
fn a_file_system_that_the_network_alone_keeps_apart_is_worth_what_touches_nothing() {
    let nobody = || vec![group("sg-app", vec![], vec![everything()]), group("sg-efs", vec![], vec![])];
    let closed = |target: Target| with(target, |target| target.ec2.security_groups = Section::Complete(nobody()));
    let unreached = |target: &Target| {
        let wanted = evidence_scope(target);
        assert!(wanted.file_systems.is_empty() && wanted.instances.is_empty(), "{wanted:#?}");
        wanted.unreached.into_iter().collect::<Vec<_>>()
    };
    let target = closed(exposed());
    assert_eq!(unreached(&target), ["fs-0a"]);
    // Whatever a source said, nothing would come of it.
    let nothing = [] as [&str; 0];
    assert_eq!(
        unreached(&with_file_system(target.clone(), |file_system| file_system.number_of_mount_targets = 0)),
        nothing
    );
    assert_eq!(unreached(&with_instance(target.clone(), |instance| instance.state = "stopped".into())), nothing);
    assert_eq!(
        unreached(&with_instance(target.clone(), |instance| instance.platform = Some("windows".into()))),
        nothing
    );
    assert!(evidence_scope(&exposed()).unreached.is_empty());
}

#[test]
fn what_only_a_sleeping_instance_is_exposed_to_is_asked_about_and_missed() {
    let asleep = |target: Target| {
        let target = with_instance(target, |instance| instance.state = "stopped".into());
        with(target, |target| target.ssm.managed_nodes = Section::Complete(vec![]))
    };
    let wanted = evidence_scope(&asleep(exposed()));
    assert_eq!(wanted.file_systems.into_iter().collect::<Vec<_>>(), ["fs-0a"]);
    assert!(wanted.instances.is_empty(), "a stopped instance cannot be asked");
    let unread = with(asleep(exposed()), |target| target.evidence.efs_metrics = denied());
    assert_eq!(observed(&unread), Verdict::Inconclusive);
    let unasked = with(asleep(exposed()), |target| {
        target.evidence.efs_metrics = Section::Complete(EfsMetrics::default());
    });
    assert!(why_open(&unasked).contains("no metrics of it were collected"));
    assert_eq!(observed(&asleep(quiet())), Verdict::Clean);
    // Whether it would be exposed is open.
    let unknown = |target: Target| with(asleep(target), |target| target.ec2.security_groups = denied());
    assert!(evidence_scope(&unknown(exposed())).file_systems.contains("fs-0a"));
    assert_eq!(observed(&unknown(moved())), Verdict::Inconclusive);
    assert_eq!(observed(&unknown(quiet())), Verdict::Clean, "nothing moved, whoever comes back");
}

#[test]
fn without_metrics_the_rule_says_nothing_and_no_finding_mentions_them() {
    let evaluation = judge(&exposed());
    assert_eq!(verdict(&evaluation, OBSERVED), None);
    let recall = found(&evaluation, "efs-tier-recall");
    assert!(said(recall, "metrics").is_empty());
    assert_eq!(recall.history, None);
}

#[test]
fn the_rule_needs_what_every_rule_of_its_kind_needs_and_the_metrics() {
    let needs = rule(OBSERVED).expect("the rule").needs;
    let kin = rule("efs-tier-recall").expect("the rule").needs;
    assert!(kin.iter().all(|section| needs.contains(section)));
    assert_eq!(needs.len(), kin.len() + 1);
    assert!(needs.is_sorted());
}

#[test]
fn with_ec2_scanning_off_a_file_system_with_something_cold_is_asked_for_its_series_and_no_instance_for_anything() {
    // Twelve file systems, of which every third has nothing cold and no policy that would make it so.
    let account = |ec2: &str, cold: bool| {
        let ids: Vec<String> = (0..12).map(|number| format!("fs-{number:04x}")).collect();
        with(exposed(), |target| {
            target.inspector.account_status = account_status("ENABLED", ec2);
            let one = |(number, id): (usize, &String)| {
                let mut one = file_system(id);
                if !cold || number % 3 == 0 {
                    (one.size.ia, one.size.archive) = (Some(0), Some(0));
                }
                one
            };
            target.efs.file_systems = Section::Complete(ids.iter().enumerate().map(one).collect());
            let mounts = ids.iter().map(|id| mount_target(id, "vpc-1", &["sg-efs"]));
            target.efs.mount_targets = Section::Complete(mounts.collect());
            let policy = |(number, id): (usize, String)| {
                (id, if !cold || number % 3 == 0 { LifecycleConfiguration::default() } else { lifecycle(true) })
            };
            target.efs.lifecycle = ids.into_iter().enumerate().map(policy).collect();
        })
    };
    let asked = |target: &Target| {
        let scope = evidence_scope(target);
        (scope.file_systems.len(), scope.unreached.len(), scope.metered.len(), scope.instances.len())
    };
    assert_eq!(asked(&account("ENABLED", true)), (8, 0, 0, 1));
    assert_eq!(asked(&account("DISABLED", true)), (0, 0, 8, 0));
    for ec2 in ["ENABLED", "DISABLED"] {
        assert_eq!(asked(&account(ec2, false)), (0, 0, 0, 0), "nothing cold is worth no call");
    }
}
