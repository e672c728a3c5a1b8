//! R1: every cell of the condition table, every exclusion, every companion, the figures.

use crate::support::evaluate;
use inspector_audit::model::{GapReason, Section, Target};
use inspector_audit::price::PriceTable;
use inspector_audit::report::v1::{Evaluation, Finding};
use inspector_audit::rules::{ConditionState, Confidence, Exclusion, RuleSettings, Severity, Verdict};

use crate::builders::efs::{
    account_status, coverage, deep_inspection, denied, exposed, file_system, gap, instance, lifecycle, mount_target,
    node, now, status, with, with_file_system, with_instance,
};

fn none<T>() -> Section<Vec<T>> {
    Section::Complete(vec![])
}

fn judge(target: &Target) -> Evaluation {
    let rules = crate::builders::efs::rules();
    evaluate(target, &PriceTable::embedded(), &RuleSettings::default(), &rules)
}

fn verdict(evaluation: &Evaluation, rule: &str) -> Verdict {
    evaluation.verdicts.iter().find(|verdict| verdict.rule == rule).expect("the rule ran").verdict
}

fn recall(target: &Target) -> Verdict {
    verdict(&judge(target), "efs-tier-recall")
}

fn only<'e>(evaluation: &'e Evaluation, rule: &str) -> &'e Finding {
    let found: Vec<&Finding> = evaluation.findings.iter().filter(|finding| finding.rule == rule).collect();
    assert_eq!(found.len(), 1, "findings of {rule}");
    found[0]
}

/// The sections whose gap names `rule`.
fn open(evaluation: &Evaluation, rule: &str) -> Vec<String> {
    let names = evaluation.gaps.iter().filter(|gap| gap.rules.iter().any(|named| named == rule));
    names.map(|gap| gap.section.to_string()).collect()
}

#[test]
fn ten_tebibytes_in_ia_cost_what_the_contract_says() {
    let evaluation = judge(&exposed());
    let finding = only(&evaluation, "efs-tier-recall");
    let cost = finding.cost.as_ref().expect("a price");
    assert_eq!(cost.monthly_usd.deciding().0.to_string(), "3407.872");
    assert_eq!(cost.monthly_usd.high.0.to_string(), "3407.872");
    assert!(cost.monthly_usd.low.0.is_zero());
    assert_eq!(cost.one_time_usd.0.to_string(), "245.76");
    assert_eq!(cost.monthly_usd.likely, None, "nobody says what a scan reads");
    assert_eq!(
        (finding.severity, finding.confidence),
        (Severity::High, Confidence::Low),
        "one step lower while unproven"
    );
    assert!(finding.conditions.iter().all(|condition| condition.state == ConditionState::Met));
    assert_eq!(finding.conditions.len(), 6);
    assert_eq!(finding.instances[0].exclusion, Exclusion::None);
    assert_eq!(finding.instance_counts.possible, 1);
    assert!(evaluation.gaps.is_empty());
}

#[test]
fn conditions_one_and_two_follow_the_table() {
    let nodes = |ping: &str| Section::Complete(vec![node("i-0a", ping)]);
    let rows = |mode: &str| Section::Complete(vec![coverage("i-0a", mode)]);
    let vm = "EC2_INSPECTOR_AGENT_BASED";
    for (what, managed, covered, expected, blamed) in [
        ("online", nodes("Online"), none(), Verdict::Findings, vec![]),
        ("online, coverage denied", nodes("Online"), denied(), Verdict::Findings, vec![]),
        ("vm scanner without a row", none(), rows(vm), Verdict::Findings, vec![]),
        ("vm scanner, nodes denied", denied(), rows(vm), Verdict::Findings, vec![]),
        ("vm scanner, connection lost", nodes("ConnectionLost"), rows(vm), Verdict::Findings, vec![]),
        ("connection lost", nodes("ConnectionLost"), none(), Verdict::Clean, vec![]),
        ("inactive", nodes("Inactive"), rows("EC2_AGENTLESS"), Verdict::Clean, vec![]),
        ("no row", none(), rows("EC2_SSM_AGENT_BASED"), Verdict::Clean, vec![]),
        ("online and agentless", nodes("Online"), rows("EC2_AGENTLESS"), Verdict::Findings, vec![]),
        (
            "connection lost, coverage denied",
            nodes("ConnectionLost"),
            denied(),
            Verdict::Inconclusive,
            vec!["inspector.ec2_coverage"],
        ),
        ("nodes denied", denied(), none(), Verdict::Inconclusive, vec!["ssm.managed_nodes"]),
        ("no row, coverage denied", none(), denied(), Verdict::Inconclusive, vec!["inspector.ec2_coverage"]),
        ("both denied", denied(), denied(), Verdict::Inconclusive, vec!["inspector.ec2_coverage", "ssm.managed_nodes"]),
        ("a ping status nobody knows", nodes("Dreaming"), none(), Verdict::Inconclusive, vec!["ssm.managed_nodes"]),
    ] {
        let target = with(exposed(), |target| {
            target.ssm.managed_nodes = managed;
            target.inspector.ec2_coverage = covered;
        });
        let evaluation = judge(&target);
        assert_eq!(verdict(&evaluation, "efs-tier-recall"), expected, "{what}");
        assert_eq!(open(&evaluation, "efs-tier-recall"), blamed, "{what}");
    }
}

#[test]
fn a_hybrid_node_is_no_instance() {
    let target = with(exposed(), |target| {
        let mut hybrid = node("i-0a", "Online");
        hybrid.resource_type = "ManagedInstance".into();
        target.ssm.managed_nodes = Section::Complete(vec![hybrid]);
    });
    assert_eq!(recall(&target), Verdict::Clean);
}

#[test]
fn conditions_three_and_four_follow_the_table() {
    for (account, ec2, deep, expected) in [
        ("ENABLED", "ENABLED", "ACTIVATED", Verdict::Findings),
        ("ENABLING", "ENABLING", "PENDING", Verdict::Findings),
        ("ENABLED", "ENABLED", "FAILED", Verdict::Findings),
        ("DISABLED", "DISABLED", "ACTIVATED", Verdict::Clean),
        ("ENABLED", "DISABLED", "ACTIVATED", Verdict::Clean),
        ("ENABLED", "ENABLED", "DEACTIVATED", Verdict::Clean),
        ("SUSPENDED", "ENABLED", "ACTIVATED", Verdict::Inconclusive),
        ("ENABLED", "SUSPENDING", "ACTIVATED", Verdict::Inconclusive),
        ("DISABLING", "DISABLING", "ACTIVATED", Verdict::Inconclusive),
        ("SUSPENDED", "DISABLED", "ACTIVATED", Verdict::Clean),
        ("ENABLED", "ENABLED", "DREAMING", Verdict::Inconclusive),
        ("DREAMING", "ENABLED", "ACTIVATED", Verdict::Inconclusive),
    ] {
        let target = with(exposed(), |target| {
            target.inspector.account_status = account_status(account, ec2);
            target.inspector.deep_inspection = deep_inspection(deep);
        });
        assert_eq!(recall(&target), expected, "{account} {ec2} {deep}");
    }
}

#[test]
fn a_status_that_decides_nothing_is_a_gap() {
    let suspended = with(exposed(), |target| target.inspector.account_status = account_status("SUSPENDED", "ENABLED"));
    let failed = with(exposed(), |target| {
        if let Section::Complete(account) = &mut target.inspector.account_status {
            account.failed = Some(status("FAILED"));
        }
    });
    let missing = with(exposed(), |target| {
        if let Section::Complete(account) = &mut target.inspector.account_status {
            account.state = None;
        }
    });
    for target in [suspended, failed, missing] {
        let evaluation = judge(&target);
        let gap = &evaluation.gaps[0];
        assert_eq!(gap.section.as_str(), "inspector.account_status");
        assert_eq!(gap.reason, GapReason::Other);
        assert!(gap.rules.contains(&"efs-tier-recall".to_owned()));
    }
}

#[test]
fn the_vm_scanner_keeps_condition_four_when_deep_inspection_is_off() {
    let off = |coverage: Section<_>| {
        with(exposed(), |target| {
            target.inspector.deep_inspection = deep_inspection("DEACTIVATED");
            target.inspector.ec2_coverage = coverage;
        })
    };
    let vm = Section::Complete(vec![coverage("i-0a", "EC2_INSPECTOR_AGENT_BASED")]);
    assert_eq!(recall(&off(vm)), Verdict::Findings);
    assert_eq!(recall(&off(Section::Complete(vec![]))), Verdict::Clean);
    assert_eq!(recall(&off(denied())), Verdict::Inconclusive);
    let deep_denied = with(exposed(), |target| target.inspector.deep_inspection = denied());
    assert_eq!(recall(&deep_denied), Verdict::Inconclusive);
}

#[test]
fn condition_six_follows_the_table() {
    let sizes = |ia: Option<u64>, archive: Option<u64>| {
        with_file_system(exposed(), |fs| {
            fs.size.ia = ia;
            fs.size.archive = archive;
        })
    };
    assert_eq!(recall(&sizes(Some(1 << 30), None)), Verdict::Findings);
    assert_eq!(recall(&sizes(None, Some(1 << 30))), Verdict::Findings);
    assert_eq!(recall(&sizes(Some(0), Some(0))), Verdict::Clean);
    assert_eq!(recall(&sizes(None, None)), Verdict::Inconclusive);
    let no_lifecycle = with(exposed(), |target| {
        target.efs.lifecycle.clear();
        target.efs.lifecycle_gaps = [("fs-0a".to_owned(), gap(GapReason::Throttled))].into();
    });
    let evaluation = judge(&no_lifecycle);
    assert_eq!(verdict(&evaluation, "efs-tier-recall"), Verdict::Inconclusive);
    assert_eq!(verdict(&evaluation, "efs-cold-read-charges"), Verdict::Inconclusive);
    assert_eq!(evaluation.gaps[0].resource.as_deref(), Some("fs-0a"));
    assert_eq!(evaluation.gaps[0].reason, GapReason::Throttled);
}

#[test]
fn one_condition_that_does_not_hold_decides_whatever_else_is_missing() {
    let target = with(exposed(), |target| {
        target.inspector.account_status = account_status("DISABLED", "DISABLED");
        target.inspector.ec2_coverage = denied();
        target.ssm.managed_nodes = denied();
        target.ec2.instances = denied();
        target.ec2.security_groups = denied();
        target.efs.file_systems = denied();
        target.efs.mount_targets = denied();
    });
    let evaluation = judge(&target);
    assert_eq!(verdict(&evaluation, "efs-tier-recall"), Verdict::Clean);
    assert!(open(&evaluation, "efs-tier-recall").is_empty());
    assert!(!evaluation.gaps.is_empty(), "the gaps are still listed");
}

#[test]
fn an_exclusion_needs_the_tag_and_applied_metadata_tags() {
    let options = |tag: Option<&str>, tags: &str, endpoint: &str, state: &str| {
        with_instance(exposed(), |instance| {
            if let Some(key) = tag {
                instance.tags.push(inspector_audit::model::Tag { key: key.into(), value: "".into() });
            }
            let metadata = instance.metadata_options.as_mut().expect("options");
            metadata.instance_metadata_tags = Some(tags.into());
            metadata.http_endpoint = Some(endpoint.into());
            metadata.state = Some(state.into());
        })
    };
    let tag = Some("inspectorec2EXCLUSION");
    for (what, (tag, tags, endpoint, state), expected) in [
        ("full", (tag, "enabled", "enabled", "applied"), None),
        ("pending", (tag, "enabled", "enabled", "pending"), Some(Exclusion::TagOnly)),
        ("endpoint off", (tag, "enabled", "disabled", "applied"), Some(Exclusion::TagOnly)),
        ("tag only", (tag, "disabled", "enabled", "applied"), Some(Exclusion::TagOnly)),
        ("metadata only", (None, "enabled", "enabled", "applied"), Some(Exclusion::MetadataOnly)),
        ("none", (None, "disabled", "enabled", "applied"), Some(Exclusion::None)),
    ] {
        let evaluation = judge(&options(tag, tags, endpoint, state));
        let found = evaluation.findings.iter().find(|finding| finding.rule == "efs-tier-recall");
        assert_eq!(found.map(|finding| finding.instances[0].exclusion), expected, "{what}");
        let fires = |rule: &str| verdict(&evaluation, rule) == Verdict::Findings;
        assert_eq!(fires("exclusion-tag-ineffective"), expected == Some(Exclusion::TagOnly), "{what}");
        assert_eq!(fires("exclusion-metadata-only"), expected == Some(Exclusion::MetadataOnly), "{what}");
    }
}

#[test]
fn a_tag_without_effect_is_as_bad_as_the_worst_file_system() {
    let target = with_instance(exposed(), |instance| {
        instance.tags.push(inspector_audit::model::Tag { key: "InspectorEc2Exclusion".into(), value: "x".into() });
    });
    assert_eq!(only(&judge(&target), "exclusion-tag-ineffective").severity, Severity::High);
    let small = with_file_system(target, |fs| fs.size.ia = Some(1 << 30));
    assert_eq!(only(&judge(&small), "exclusion-tag-ineffective").severity, Severity::Medium);
}

#[test]
fn tag_keys_that_block_metadata_tags_are_named() {
    let with_key = |key: &str| {
        with_instance(exposed(), |instance| {
            instance.tags.push(inspector_audit::model::Tag { key: key.into(), value: "".into() });
        })
    };
    let blocked = judge(&with_key("cost center"));
    let finding = only(&blocked, "metadata-tags-blocked");
    assert_eq!(finding.severity, Severity::Low);
    assert!(finding.message.contains("\"cost center\""), "{}", finding.message);
    assert!(finding.remediation.commands.iter().any(|command| command.contains("delete-tags")));
    let owned = judge(&with_key("kubernetes.io/cluster/prod"));
    let finding = only(&owned, "metadata-tags-blocked");
    assert!(finding.remediation.commands.is_empty(), "a tag that its owner needs is never advised away");
    assert_eq!(verdict(&judge(&with_key("team:web")), "metadata-tags-blocked"), Verdict::Clean);
}

#[test]
fn files_that_stay_cold_cost_their_reads() {
    let target = with(exposed(), |target| {
        target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into();
    });
    let evaluation = judge(&target);
    assert_eq!(verdict(&evaluation, "efs-tier-recall"), Verdict::Clean);
    let cost = only(&evaluation, "efs-cold-read-charges").cost.clone().expect("a price");
    // 120 scans x 300 MiB/s x 15 minutes x 0.012.
    assert_eq!((cost.monthly_usd.likely, cost.monthly_usd.high.0.to_string()), (None, "379.6875".to_owned()));
    assert!(cost.one_time_usd.0.is_zero());
}

#[test]
fn a_schedule_that_was_not_seen_keeps_a_read_charge_open() {
    let target = with(exposed(), |target| {
        target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into();
        target.ssm.inspector_association = denied();
    });
    assert_eq!(open(&judge(&target), "efs-cold-read-charges"), ["ssm.inspector_association"]);
    let recall = with(exposed(), |target| target.ssm.inspector_association = denied());
    assert!(open(&judge(&recall), "efs-tier-recall").is_empty(), "a recall does not depend on the schedule");
}

#[test]
fn every_instance_that_could_mount_it_counts_where_none_is_known_to() {
    let target = with(exposed(), |target| {
        target.efs.lifecycle = [("fs-0a".to_owned(), lifecycle(false))].into();
        target.ec2.instances = Section::Complete(vec![instance("i-0b"), instance("i-0a")]);
        target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "Online"), node("i-0b", "Online")]);
        target.inspector.ec2_coverage = Section::Complete(vec![coverage("i-0b", "EC2_INSPECTOR_AGENT_BASED")]);
    });
    let evaluation = judge(&target);
    let cost = only(&evaluation, "efs-cold-read-charges").cost.clone().expect("a price");
    // 120 by the plugin and 240 of up to 3 hours by the VM Scanner are more than bursting lets a month read: 150 MiB/s for
    // 30 days, and 6.3 TiB of credits; x 0.012.
    assert_eq!(cost.monthly_usd.high.0.to_string(), "4633.6644");
    assert!(cost.assumptions.iter().any(|said| said.contains("Scans in 30 days: 360")), "{:?}", cost.assumptions);
}

#[test]
fn sixty_days_of_inspector_and_nothing_cold_is_not_clean() {
    let target = with_file_system(exposed(), |fs| {
        fs.size.ia = Some(0);
        fs.size.standard = Some(100 << 30);
        fs.creation_time = Some(now() - chrono::Duration::days(60));
    });
    let evaluation = judge(&target);
    let finding = only(&evaluation, "efs-tiering-pinned");
    assert_eq!(finding.severity, Severity::Low, "33 dollars would be medium, if anything showed it");
    let cost = finding.cost.as_ref().expect("a price");
    assert_eq!(cost.monthly_usd.likely, None);
    assert_eq!(cost.monthly_usd.high.0.to_string(), "33.28");
    let young = with_file_system(target.clone(), |fs| fs.creation_time = Some(now() - chrono::Duration::days(29)));
    assert_eq!(verdict(&judge(&young), "efs-tiering-pinned"), Verdict::Clean);
    let small = with_file_system(target, |fs| fs.size.standard = Some((1 << 30) - 1));
    assert_eq!(verdict(&judge(&small), "efs-tiering-pinned"), Verdict::Clean);
}

#[test]
fn a_stopped_or_offline_instance_leaves_the_exposure_dormant() {
    let stopped = with_instance(exposed(), |instance| instance.state = "stopped".into());
    let stopped = with(stopped, |target| target.ssm.managed_nodes = Section::Complete(vec![]));
    let offline = with(exposed(), |target| {
        target.ssm.managed_nodes = Section::Complete(vec![node("i-0a", "ConnectionLost")]);
    });
    for target in [stopped, offline] {
        let evaluation = judge(&target);
        assert_eq!(verdict(&evaluation, "efs-tier-recall"), Verdict::Clean);
        let finding = only(&evaluation, "efs-exposure-dormant");
        assert_eq!(finding.severity, Severity::Info);
        assert_eq!(finding.cost.as_ref().expect("a price").monthly_usd.deciding().0.to_string(), "3407.872");
    }
}

#[test]
fn an_instance_that_is_gone_does_not_return() {
    for state in ["terminated", "shutting-down"] {
        let gone = with_instance(exposed(), |instance| instance.state = state.into());
        let evaluation = judge(&gone);
        assert_eq!(verdict(&evaluation, "efs-exposure-dormant"), Verdict::Clean, "{state}");
        assert!(evaluation.findings.is_empty(), "{state}: {:?}", evaluation.findings);
    }
}

#[test]
fn concerned_but_not_exposed_instances_are_counted_by_reason() {
    let target = with(exposed(), |target| {
        let mut stopped = instance("i-0b");
        stopped.state = "stopped".into();
        let mut windows = instance("i-0c");
        windows.platform = Some("windows".into());
        let offline = instance("i-0d");
        target.ec2.instances = Section::Complete(vec![instance("i-0a"), stopped, windows, offline]);
        target.ssm.managed_nodes =
            Section::Complete(vec![node("i-0a", "Online"), node("i-0c", "Online"), node("i-0d", "ConnectionLost")]);
    });
    let evaluation = judge(&target);
    let finding = only(&evaluation, "efs-tier-recall");
    let counted = finding.evidence.iter().filter(|evidence| evidence.kind == "not_exposed").count();
    assert_eq!(counted, 3, "{:?}", finding.evidence);
    assert_eq!(finding.instance_counts.possible, 1);
}

#[test]
fn a_missing_price_is_no_figure() {
    let target = with(exposed(), |target| target.region = "cn-north-1".into());
    let evaluation = judge(&target);
    let finding = only(&evaluation, "efs-tier-recall");
    assert!(finding.cost.is_none());
    assert_eq!(finding.severity, Severity::Low, "medium without a price, one step lower while unproven");
    assert!(finding.message.contains("--prices"), "{}", finding.message);
}

#[test]
fn one_zone_and_elastic_have_their_own_prices() {
    let one_zone = with_file_system(exposed(), |fs| {
        fs.availability_zone = Some("ap-northeast-1a".into());
        fs.throughput_mode = Some("elastic".into());
    });
    let evaluation = judge(&one_zone);
    let cost = only(&evaluation, "efs-tier-recall").cost.clone().expect("a price");
    // 10,240 x (0.192 - 0.0145); once 10,240 x (0.012 + 0.012 + 0.04).
    assert_eq!(cost.monthly_usd.deciding().0.to_string(), "1817.6");
    assert_eq!(cost.one_time_usd.0.to_string(), "655.36");
    let elastic = with_file_system(exposed(), |fs| {
        fs.throughput_mode = Some("elastic".into());
        fs.size.archive = Some(1 << 40);
    });
    let evaluation = judge(&elastic);
    let cost = only(&evaluation, "efs-tier-recall").cost.clone().expect("a price");
    // 10,240 x (0.36 - 0.02) + 1,024 x (0.36 - 0.01).
    assert_eq!(cost.monthly_usd.deciding().0.normalize().to_string(), "3840");
}

#[test]
fn nothing_of_its_kind_is_not_applicable() {
    let target = with(exposed(), |target| target.efs.file_systems = Section::Complete(vec![]));
    assert_eq!(recall(&target), Verdict::NotApplicable);
    let unsupported = with(exposed(), |target| {
        target.efs.file_systems = Section::Absent(gap(GapReason::Unsupported));
        target.efs.mount_targets = Section::Absent(gap(GapReason::Unsupported));
    });
    let evaluation = judge(&unsupported);
    assert_eq!(verdict(&evaluation, "efs-tier-recall"), Verdict::NotApplicable);
    assert!(evaluation.gaps.iter().all(|gap| gap.rules.is_empty()));
}

#[test]
fn a_target_that_could_not_be_entered_is_one_gap_and_inconclusive_throughout() {
    let target = with(exposed(), |target| target.identity = denied());
    let evaluation = judge(&target);
    assert!(evaluation.verdicts.iter().all(|verdict| verdict.verdict == Verdict::Inconclusive));
    assert_eq!(evaluation.gaps.len(), 1);
    assert_eq!(evaluation.gaps[0].rules.len(), crate::builders::efs::rules().len());
}

#[test]
fn instances_that_could_not_be_listed_leave_only_reachable_file_systems_open() {
    let target = with(exposed(), |target| target.ec2.instances = denied());
    assert_eq!(open(&judge(&target), "efs-tier-recall"), ["ec2.instances"]);
    let sealed = with(target, |target| {
        target.efs.mount_targets = Section::Complete(vec![mount_target("fs-0a", "vpc-1", &["sg-app"])]);
    });
    assert!(open(&judge(&sealed), "efs-tier-recall").is_empty(), "its mount target admits nothing");
}

#[test]
fn a_file_system_that_is_not_available_does_not_count() {
    let target = with_file_system(exposed(), |fs| fs.state = "deleting".into());
    assert_eq!(recall(&target), Verdict::Clean);
    let second = with(exposed(), |target| {
        target.efs.file_systems = Section::Complete(vec![file_system("fs-0a"), file_system("fs-0b")]);
    });
    assert_eq!(judge(&second).findings.len(), 1, "the second has no mount target");
}

#[test]
fn inspector_off_says_what_would_be_exposed() {
    let target = with(exposed(), |target| target.inspector.account_status = account_status("DISABLED", "DISABLED"));
    assert_eq!(judge(&target).inventory.file_systems_exposed_if_scanned, 1);
    assert_eq!(judge(&exposed()).inventory.file_systems_exposed_if_scanned, 0);
}
