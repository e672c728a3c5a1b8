//! The binary against moto, an emulator that nobody here wrote: what it has is in the snapshot exactly, what it lacks
//! is a named gap, and the status follows from what was seeded.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::OnceLock;

use chrono::TimeDelta;
use inspector_audit::model::{FileSystem, Section, Snapshot, Target};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::audit::{Audit, Run};
use crate::support::moto::{Moto, moto};

const OFFICE: &str = "123456789012/ap-northeast-1";
const PAGES: &str = "123456789012/us-east-1";
const BRANCH: &str = "444455556666/ap-northeast-1";
const EMPTY: &str = "444455556666/us-east-1";

const ROLES: &str =
    "--role-arn arn:aws:iam::123456789012:role/auditor --role-arn arn:aws:iam::444455556666:role/auditor";

/// The sections that moto cannot answer for any target: it has none of their operations.
const LACKING: &[&str] = &[
    "inspector.configuration",
    "inspector.deep_inspection",
    "inspector.ec2_coverage",
    "inspector.ecr_images",
    "securityhub.hub",
    "ssm.default_host_management",
    "ssm.inspector_association",
    "ssm.managed_nodes",
];

fn audit(moto: &Moto) -> Audit {
    Audit::new()
        .env("AWS_ENDPOINT_URL", &moto.url)
        .env("AWS_ACCESS_KEY_ID", "AKIA123456789012EXAM")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
}

/// One scan of both accounts in both regions, its snapshot kept; the tests read it.
fn whole_scan(moto: &Moto) -> &'static (Run, Snapshot) {
    static SCAN: OnceLock<(Run, Snapshot)> = OnceLock::new();
    SCAN.get_or_init(|| {
        let run = audit(moto)
            .scan("--region ap-northeast-1 --region us-east-1 --format json --save-snapshot world.json")
            .args("--ecr-usage --max-attempts 1 --attempt-timeout 60")
            .args(ROLES)
            .run();
        let text = std::fs::read_to_string(run.path("world.json")).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
        let snapshot = serde_json::from_str(&text).expect("a snapshot");
        (run, snapshot)
    })
}

fn target<'s>(snapshot: &'s Snapshot, name: &str) -> &'s Target {
    let is = |target: &&Target| format!("{}/{}", target.account, target.region) == name;
    snapshot.targets.iter().find(is).unwrap_or_else(|| panic!("{name} is in the snapshot"))
}

/// Asserts that a section holds exactly what boto3 read.
fn same<T: DeserializeOwned + PartialEq + Debug>(seen: &Section<T>, expected: &Value, what: &str) {
    let expected: T = serde_json::from_value(expected.clone()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let seen = seen.complete().unwrap_or_else(|| panic!("{what} was collected: {seen:?}"));
    assert!(*seen == expected, "{what}\nseen:     {seen:#?}\nexpected: {expected:#?}");
}

#[test]
fn everything_moto_has_is_in_the_snapshot_exactly() {
    let Some(moto) = moto() else { return };
    let (_, snapshot) = whole_scan(moto);
    let names: Vec<_> = snapshot.targets.iter().map(|target| format!("{}/{}", target.account, target.region)).collect();
    let mut sorted = names.clone();
    sorted.sort();
    assert_eq!(sorted, [OFFICE, PAGES, BRANCH, EMPTY]);
    for name in &names {
        let (target, expected) = (target(snapshot, name), &moto.expected[name]);
        let what = |section: &str| format!("{name} {section}");
        let (ec2, efs, ecr) = (&target.ec2, &target.efs, &target.ecr);
        same(&ec2.instances, &expected["ec2.instances"], &what("ec2.instances"));
        same(&ec2.security_groups, &expected["ec2.security_groups"], &what("ec2.security_groups"));
        same(&ec2.vpc_peering, &expected["ec2.vpc_peering"], &what("ec2.vpc_peering"));
        let attachments = &expected["ec2.transit_gateway_attachments"];
        same(&ec2.transit_gateway_attachments, attachments, &what("ec2.transit_gateway_attachments"));
        same(&without_times(&efs.file_systems, expected), &expected["efs.file_systems"], &what("efs.file_systems"));
        same(&Section::Complete(efs.lifecycle.clone()), &expected["efs.lifecycle"], &what("efs.lifecycle"));
        assert!(efs.lifecycle_gaps.is_empty() && efs.mount_target_gaps.is_empty(), "{name}");
        // Its interfaces have no description, so these come from EFS itself.
        same(&efs.mount_targets, &expected["efs.mount_targets"], &what("efs.mount_targets"));
        same(&ecr.registry_scanning, &expected["ecr.registry_scanning"], &what("ecr.registry_scanning"));
        same(&ecr.repositories, &expected["ecr.repositories"], &what("ecr.repositories"));
        same(&ecr.repository_scanning, &expected["ecr.repository_scanning"], &what("ecr.repository_scanning"));
        assert!(ecr.repository_scanning_gaps.is_empty(), "{name}");
        same_status(target, &expected["inspector.account_status"]);
    }
}

/// File systems with the expected time of creation, where it is the same to a millisecond (boto3 keeps microseconds of
/// what EFS sends), and without the time of metering, which moto sets to that of the answer.
fn without_times(seen: &Section<Vec<FileSystem>>, expected: &Value) -> Section<Vec<FileSystem>> {
    let mut seen = seen.clone();
    let Section::Complete(systems) = &mut seen else { return seen };
    let expected: Vec<FileSystem> =
        serde_json::from_value(expected["efs.file_systems"].clone()).expect("the expected file systems");
    for (system, expected) in systems.iter_mut().zip(expected) {
        assert!(system.size.timestamp.take().is_some(), "{}: the size has a time", system.id);
        let (Some(seen), Some(expected)) = (system.creation_time, expected.creation_time) else {
            panic!("{}: created some time", system.id)
        };
        assert!((seen - expected).abs() < TimeDelta::milliseconds(1), "{}: {seen}, {expected}", system.id);
        system.creation_time = Some(expected);
    }
    seen
}

/// moto has no row for an account that never enabled Inspector.
fn same_status(target: &Target, expected: &Value) {
    let seen = target.inspector.account_status.complete().expect("the status was collected");
    let rows = expected.as_array().expect("a list");
    let state = rows.first().map(|row| row["state"].as_str().expect("a text"));
    assert_eq!(seen.state.as_ref().map(|state| state.status.as_str()), state);
    let expected: BTreeMap<&str, &str> = rows
        .first()
        .and_then(|row| row["resources"].as_object())
        .map(|resources| {
            resources.iter().map(|(kind, status)| (kind.as_str(), status.as_str().unwrap_or(""))).collect()
        })
        .unwrap_or_default();
    let resources = seen.resources.iter().map(|(kind, status)| (kind.as_str(), status.status.as_str())).collect();
    assert_eq!(expected, resources, "{}/{}", target.account, target.region);
}

#[test]
fn the_seeded_world_is_what_was_meant() {
    let Some(moto) = moto() else { return };
    let count = |name: &str, section: &str| moto.expected[name][section].as_array().map_or(0, Vec::len);
    assert_eq!(count(OFFICE, "ec2.instances"), 5);
    assert_eq!(count(OFFICE, "efs.mount_targets"), 3);
    assert_eq!(count(OFFICE, "ec2.vpc_peering"), 1);
    assert_eq!(count(OFFICE, "ec2.transit_gateway_attachments"), 1);
    assert_eq!(count(PAGES, "efs.file_systems"), 103, "more than a page of 100");
    assert_eq!(count(PAGES, "ecr.repositories"), 27, "more than a batch of 25");
    assert_eq!(count(EMPTY, "efs.file_systems"), 0);
    let instances = moto.expected[OFFICE]["ec2.instances"].as_array().expect("a list");
    let with = |pointer: &str, value: &str| {
        instances.iter().filter(|row| row.pointer(pointer).is_some_and(|found| found == value)).count()
    };
    assert_eq!((with("/state", "stopped"), with("/platform", "windows")), (1, 1));
    assert_eq!(with("/metadata_options/instance_metadata_tags", "enabled"), 1);
    assert_eq!(with("/metadata_options/http_endpoint", "disabled"), 1);
    assert_eq!(with("/network_interfaces/1/private_ipv4/1", "10.0.1.201"), 1);
}

#[test]
fn everything_moto_lacks_is_a_named_gap() {
    let Some(moto) = moto() else { return };
    let (run, _) = whole_scan(moto);
    let report = run.report();
    for name in [OFFICE, PAGES, BRANCH, EMPTY] {
        let (account, region) = name.split_once('/').expect("account and region");
        let here = report.all_gaps().into_iter().filter(|gap| gap["account"] == account && gap["region"] == region);
        let mut sections = BTreeSet::new();
        for gap in here {
            let section = gap["section"].as_str().expect("a text");
            sections.insert(section);
            let message = gap["message"].as_str().expect("a text");
            assert!(!message.is_empty() && !message.contains("<title>"), "{name} {section}: {message}");
            if section != "inspector.account_status" {
                assert_eq!(gap["reason"], "protocol", "{name} {section}: {message}");
                assert_eq!(gap["operation"].as_str().map(str::is_empty), Some(false));
            }
        }
        // Trials and images are asked about where Inspector may be on for them. Without a row of its own, an account's
        // status is open as well.
        let of_images = ["inspector.delegated_administrator", "inspector.ecr_image_use", "inspector.usage_totals"];
        let scans_images = name != PAGES;
        let more = of_images.into_iter().filter(|_| scans_images).chain(["inspector.free_trial"]);
        let open = (name == EMPTY).then_some("inspector.account_status");
        // Who may reach its elastic file system is open here, so its reads are asked for, and who has an NFS client.
        let reads = ["cloudwatch.efs_metrics", "cloudwatch.efs_reads", "ssm.nfs_clients"];
        let reads = reads.into_iter().filter(|_| name == OFFICE);
        let expected: BTreeSet<_> = LACKING.iter().copied().chain(more).chain(open).chain(reads).collect();
        assert_eq!(sections, expected, "{name}");
    }
}

#[test]
fn the_status_follows_from_the_seeded_world() {
    let Some(moto) = moto() else { return };
    let (run, _) = whole_scan(moto);
    // The branch has a basic registry and Inspector for ECR alone: a finding of severity high.
    assert_eq!(run.code(), 1, "{}", run.stderr);
    let report = run.report();
    let [finding] = report.findings("ecr-inspector-auto-disable")[..] else { panic!("one finding: {:#}", report.0) };
    assert_eq!(format!("{}/{}", finding["account"], finding["region"]).replace('"', ""), BRANCH);
    let verdict = |name: &str, rule: &str| {
        let (account, region) = name.split_once('/').expect("account and region");
        report.verdict(account, region, rule).to_owned()
    };
    // Nothing is cold there (moto meters nothing), so no gap can make it expensive.
    assert_eq!(verdict(OFFICE, "efs-tier-recall"), "clean");
    assert_eq!(verdict(EMPTY, "efs-tier-recall"), "not_applicable");
    assert_eq!(verdict(OFFICE, "ecr-continuous-scan"), "findings");
    assert_eq!(verdict(OFFICE, "ecr-rescan-duration-long"), "inconclusive", "the duration cannot be read");
    assert_eq!(verdict(PAGES, "ecr-repositories-unscanned"), "clean");
    assert!(!report.complete());
}

#[test]
fn one_account_alone_ends_with_the_status_of_its_own_world() {
    let Some(moto) = moto() else { return };
    let status = |region: &str, account: &str, more: &str| {
        let role = format!("--role-arn arn:aws:iam::{account}:role/auditor");
        let run = audit(moto)
            .scan("--format json --max-attempts 1 --attempt-timeout 60")
            .args(&format!("--region {region} {role} {more}"))
            .run();
        (run.code(), run.report().complete())
    };
    // Continuous scans whose duration cannot be read: open.
    assert_eq!(status("ap-northeast-1", "123456789012", ""), (3, false));
    assert_eq!(status("ap-northeast-1", "123456789012", "--allow-gaps"), (0, false));
    assert_eq!(status("ap-northeast-1", "123456789012", "--rule efs-tier-recall"), (0, true));
    // A basic registry that scans on push, with EC2 scanning on and nothing cold: clean, whatever moto lacks; but
    // not when the trials and the counts of images are asked for.
    assert_eq!(status("us-east-1", "123456789012", ""), (0, true));
    assert_eq!(status("us-east-1", "123456789012", "--ecr-usage"), (3, false));
    assert_eq!(
        status("ap-northeast-1", "444455556666", "--fail-on critical --rule ecr-inspector-auto-disable"),
        (0, true)
    );
}
