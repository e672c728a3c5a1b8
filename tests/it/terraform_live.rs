//! Terraform's intent beside a snapshot.

use chrono::DateTime;
use inspector_audit::model::{Section, Target};
use inspector_audit::rules::{Confidence, Severity, Verdict};

use crate::terraform_support::{NARROWER, finding, fixture, try_run, verdict};

fn target(account: &str, region: &str, enabled: &[&str], scan_type: &str) -> Target {
    let mut target = Target::unseen(account, region, DateTime::UNIX_EPOCH);
    let mut status = inspector_audit::model::AccountStatus::default();
    for name in ["ec2", "ecr", "lambda"] {
        let text = if enabled.contains(&name) { "ENABLED" } else { "DISABLED" };
        let entry = inspector_audit::model::TypeStatus { status: text.to_owned(), ..Default::default() };
        status.resources.insert(name.to_owned(), entry);
    }
    target.inspector.account_status = Section::Complete(status);
    target.ecr.registry_scanning = Section::Complete(inspector_audit::model::RegistryScanning {
        scan_type: scan_type.to_owned(),
        rules: Vec::new(),
    });
    target
}

#[test]
fn an_enabler_that_lists_less_than_is_live_switches_the_rest_off() {
    let live = [target("111122223333", "ap-northeast-1", &["ec2", "ecr", "lambda"], "ENHANCED")];
    let analysis = try_run(&[fixture("plans/e-coherent.json")], &live).expect("it can be read");
    let finding = finding(&analysis, NARROWER);
    assert_eq!((finding.severity, finding.confidence), (Severity::High, Confidence::High));
    assert_eq!((finding.account.as_str(), finding.region.as_str()), ("111122223333", "ap-northeast-1"));
    assert!(finding.title.contains("EC2, LAMBDA"), "{}", finding.title);
    assert_eq!(finding.remediation.configuration[0].hcl, "resource_types = [\"EC2\", \"ECR\", \"LAMBDA\"]");
}

#[test]
fn an_enabler_that_lists_all_that_is_live_is_clean_and_another_account_is_no_concern() {
    let same = target("111122223333", "ap-northeast-1", &["ecr"], "ENHANCED");
    let other = target("444455556666", "ap-northeast-1", &["ec2", "ecr"], "ENHANCED");
    let analysis = try_run(&[fixture("plans/e-coherent.json")], &[same, other]).expect("it can be read");
    assert_eq!(verdict(&analysis, NARROWER), Verdict::Clean);
}

#[test]
fn a_configuration_without_an_account_is_compared_with_the_only_target() {
    let live = [target("123456789012", "eu-west-1", &["ec2", "ecr"], "ENHANCED")];
    let analysis = try_run(&[fixture("hcl/e-coherent")], &live).expect("it can be read");
    assert_eq!(finding(&analysis, NARROWER).confidence, Confidence::Medium);
    let live = [live[0].clone(), target("111122223333", "eu-west-1", &["ecr"], "ENHANCED")];
    let analysis = try_run(&[fixture("hcl/e-coherent")], &live).expect("it can be read");
    assert_eq!(verdict(&analysis, NARROWER), Verdict::Inconclusive, "which of the two is meant is not known");
}

#[test]
fn a_status_that_is_missing_or_on_the_move_is_inconclusive() {
    let unseen = Target::unseen("111122223333", "ap-northeast-1", DateTime::UNIX_EPOCH);
    let mut moving = target("111122223333", "ap-northeast-1", &["ecr"], "ENHANCED");
    if let Section::Complete(status) = &mut moving.inspector.account_status {
        status.resources.entry("ec2".to_owned()).or_default().status = "DISABLING".to_owned();
    }
    for live in [unseen, moving] {
        let analysis = try_run(&[fixture("plans/e-coherent.json")], &[live]).expect("it can be read");
        assert_eq!(verdict(&analysis, NARROWER), Verdict::Inconclusive);
    }
}

#[test]
fn a_registry_that_falls_back_to_basic_is_drift() {
    let live = [target("111122223333", "ap-northeast-1", &["ecr"], "ENHANCED")];
    let analysis = try_run(&[fixture("plans/f-registry-basic.json")], &live).expect("it can be read");
    let finding = finding(&analysis, NARROWER);
    assert_eq!(finding.severity, Severity::Medium);
    assert_eq!(finding.resource.kind, "aws_ecr_registry_scanning_configuration");
}
