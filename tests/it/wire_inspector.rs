//! Inspector's own states, and values that nobody has seen yet.

use serde_json::json;

use crate::support::audit::Audit;
use crate::support::fake::FakeAws;
use crate::support::live::{ReportView, texts};
use crate::support::reply::Reply;

const ACCOUNT: &str = "111122223333";
const REGION: &str = "ap-northeast-1";

fn scan(aws: &FakeAws) -> (i32, ReportView) {
    let run = Audit::against(&aws.url()).scan("--region ap-northeast-1 --format json --ecr-usage").run();
    (run.code(), run.report())
}

fn verdict<'r>(report: &'r ReportView, rule: &str) -> &'r str {
    report.verdict(ACCOUNT, REGION, rule)
}

#[test]
fn a_disabled_inspector_that_denies_its_coverage_names_no_rule() {
    let aws = FakeAws::start();
    aws.on("inspector2:*").reply(Reply::Denied);
    aws.on("inspector2:BatchGetAccountStatus").reply(Reply::Case("disabled"));
    let (status, report) = scan(&aws);
    assert_eq!(status, 0, "{:#}", report.0);
    assert!(report.complete());
    for section in ["inspector.configuration", "inspector.deep_inspection", "inspector.ec2_coverage"] {
        let gap = report.gap(section);
        assert_eq!((&gap["reason"], &gap["rules"]), (&json!("not_enabled"), &json!([])), "{section}");
    }
    assert_eq!(verdict(&report, "efs-tier-recall"), "clean");
    let inventory = &report.0["run"]["inventory"];
    assert_eq!(inventory["file_systems_exposed_if_scanned"], 1, "what switching it on would do");
}

#[test]
fn an_enabled_inspector_that_denies_is_a_denial() {
    let aws = FakeAws::start();
    aws.on("inspector2:*").reply(Reply::Denied);
    aws.on("inspector2:BatchGetAccountStatus").reply(Reply::Case("small"));
    let (status, report) = scan(&aws);
    assert_eq!(status, 3);
    assert_eq!(report.gap("inspector.ec2_coverage")["reason"], "access_denied");
    assert_eq!(verdict(&report, "efs-tier-recall"), "inconclusive");
}

#[test]
fn states_that_decide_nothing_are_gaps_of_the_account_status() {
    for case in ["suspended", "odd-values", "failed", "no-row"] {
        let aws = FakeAws::start();
        aws.on("inspector2:BatchGetAccountStatus").reply(Reply::Case(case));
        let (status, report) = scan(&aws);
        assert_eq!(status, 3, "{case}: {:#}", report.0);
        let gap = report.gap("inspector.account_status");
        assert_eq!(gap["reason"], "other", "{case}");
        assert_eq!(gap["operation"], "inspector2:BatchGetAccountStatus");
        for rule in ["efs-tier-recall", "ecr-inspector-auto-disable"] {
            assert!(texts(&gap["rules"]).contains(&rule), "{case}: {rule} in {gap:#}");
            assert_eq!(verdict(&report, rule), "inconclusive", "{case}");
        }
    }
}

#[test]
fn a_basic_registry_and_inspector_for_ecr_alone_is_found() {
    let aws = FakeAws::start();
    aws.on("inspector2:BatchGetAccountStatus").reply(Reply::Case("only-ecr"));
    let (status, report) = scan(&aws);
    assert_eq!(status, 1);
    let [finding] = report.findings("ecr-inspector-auto-disable")[..] else { panic!("one finding: {:#}", report.0) };
    assert_eq!((&finding["severity"], &finding["resource"]["type"]), (&json!("high"), &json!("AWS::ECR::Registry")));
    assert_eq!(verdict(&report, "efs-tier-recall"), "clean", "EC2 scanning is off");
}

#[test]
fn a_member_account_is_told_that_only_its_administrator_can_switch_images_off() {
    let aws = FakeAws::start();
    aws.on("inspector2:GetDelegatedAdminAccount").reply(Reply::Case("member"));
    let (_, report) = scan(&aws);
    assert_eq!(verdict(&report, "ecr-change-blocked"), "findings");
    assert!(
        report.findings("ecr-change-blocked")[0]["message"].as_str().is_some_and(|text| text.contains("123456789012"))
    );
    // No organization at all is an answer too.
    aws.on("inspector2:GetDelegatedAdminAccount").reply(Reply::Error(404, "ResourceNotFoundException", "none"));
    let (_, report) = scan(&aws);
    assert!(report.complete(), "{:#}", report.0["gaps"]);
    assert_eq!(verdict(&report, "ecr-change-blocked"), "not_applicable");
}

#[test]
fn who_bills_inspector_is_asked_where_it_is_on() {
    let hub = "securityhub:DescribeSecurityHubV2";
    let world = |aws: &FakeAws| {
        let run = Audit::against(&aws.url()).args("collect --region ap-northeast-1 --output world.json").run();
        run.json_file("world.json")["targets"][0]["inspector"]["security_hub"].clone()
    };
    let aws = FakeAws::start();
    assert_eq!(world(&aws), json!({ "complete": { "enabled": false, "subscribed_at": null } }));
    aws.on(hub).reply(Reply::Case("small"));
    let since = "2026-03-04T05:06:07.000Z";
    assert_eq!(world(&aws), json!({ "complete": { "enabled": true, "subscribed_at": since } }));

    let off = FakeAws::start();
    off.on("inspector2:BatchGetAccountStatus").reply(Reply::Case("disabled"));
    world(&off);
    assert!(off.calls_of(hub).is_empty());
}

#[test]
fn values_that_nobody_has_seen_are_carried_and_never_safe() {
    for (operation, section, pointer, value, rule) in [
        ("ec2:DescribeInstances", "", "/ec2/instances/complete/0/state", "hibernated-deep", ""),
        ("ssm:DescribeInstanceInformation", "", "/ssm/managed_nodes/complete/0/ping_status", "Dreaming", ""),
        ("inspector2:ListCoverage", "", "/inspector/ec2_coverage/complete/0/scan_mode", "EC2_BY_TELEPATHY", ""),
        (
            "inspector2:GetEc2DeepInspectionConfiguration",
            "inspector.deep_inspection",
            "/inspector/deep_inspection/complete/status",
            "DREAMING",
            "efs-tier-recall",
        ),
        (
            "inspector2:BatchGetFreeTrialInfo",
            "inspector.free_trial",
            "/inspector/free_trial/complete/0/status",
            "ETERNAL",
            "inspector-free-trial",
        ),
        ("elasticfilesystem:DescribeFileSystems", "", "/efs/file_systems/complete/0/state", "dreaming", ""),
        (
            "ecr:GetRegistryScanningConfiguration",
            "ecr.registry_scanning",
            "/ecr/registry_scanning/complete/scan_type",
            "CLAIRVOYANT",
            "ecr-inspector-drift",
        ),
    ] {
        let aws = FakeAws::start();
        aws.on(operation).reply(Reply::Case("odd-values"));
        let run = Audit::against(&aws.url())
            .scan("--region ap-northeast-1 --format json --save-snapshot world.json --ecr-usage")
            .run();
        let snapshot = run.json_file("world.json");
        let kept = snapshot.pointer(&format!("/targets/0{pointer}"));
        assert_eq!(kept, Some(&json!(value)), "{operation}");
        if !rule.is_empty() {
            let report = run.report();
            assert_eq!(verdict(&report, rule), "inconclusive", "{operation}");
            assert!(texts(&report.gap(section)["rules"]).contains(&rule), "{operation}");
        }
    }
}

#[test]
fn two_stories_hold_for_ever() {
    // Inspector has run for 60 days, the policy says 30, nothing is cold: the scan may be why.
    let aws = FakeAws::start();
    aws.on("elasticfilesystem:DescribeFileSystems").reply(Reply::Case("nothing-cold-any-more"));
    let (_, report) = scan(&aws);
    assert_eq!(verdict(&report, "efs-tiering-pinned"), "findings");

    // A file system with cold data in the VPC that nothing can reach.
    let aws = FakeAws::start();
    aws.on("ec2:DescribeSecurityGroups").reply(Reply::Case("efs-closed"));
    let (status, report) = scan(&aws);
    assert_eq!(status, 0, "{:#}", report.0);
    assert_eq!(verdict(&report, "efs-tier-recall"), "clean");
    assert!(report.complete());
}
