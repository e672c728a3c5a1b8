//! Organizations for the fake: many accounts, most of them empty.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::audit::Audit;
use super::fake::FakeAws;
use super::reply::Reply;

/// The first of the accounts with something in it; the others are empty.
pub(crate) const FULL: &str = "100000000000";

/// So many accounts, the full one first.
pub(crate) fn accounts(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("1{number:011}")).collect()
}

/// A fake in which every account but [`FULL`] is empty; `wrap` is put around every answer of it.
pub(crate) fn mostly_empty(aws: &FakeAws, wrap: &dyn Fn(Reply) -> Reply) {
    let made = |body: Value| wrap(Reply::Made(Box::new(move |_| body.to_string())));
    let every = |operation: &str, body: &Value, small: &'static str| {
        aws.on(operation).reply(made(body.clone()));
        aws.on(operation).account(FULL).reply(wrap(Reply::Case(small)));
    };
    every("elasticfilesystem:DescribeFileSystems", &json!({ "FileSystems": [] }), "small");
    every("ecr:DescribeRepositories", &json!({ "repositories": [] }), "small");
    every(
        "ecr:GetRegistryScanningConfiguration",
        &json!({ "registryId": "111122223333", "scanningConfiguration": { "scanType": "BASIC", "rules": [] } }),
        "small",
    );
    aws.on("inspector2:BatchGetAccountStatus").reply(wrap(Reply::Case("disabled")));
    aws.on("inspector2:BatchGetAccountStatus").account(FULL).reply(wrap(Reply::Case("small")));
    for operation in ["sts:AssumeRole", "sts:GetCallerIdentity", "ec2:DescribeRegions"] {
        aws.on(operation).reply(wrap(Reply::Case("small")));
    }
}

/// A file of these accounts, each with a role of its own.
pub(crate) fn accounts_file(accounts: &[String]) -> String {
    let rows = accounts.iter().map(|account| format!("{account},name-{account},arn:aws:iam::{account}:role/auditor\n"));
    std::iter::once("account,name,role_arn\n".to_owned()).chain(rows).collect()
}

/// The directory with every snapshot's time made one and the same, so that runs at different times can be compared.
pub(crate) fn at_one_time(directory: &Path) {
    for path in files(directory) {
        let mut text = String::new();
        GzDecoder::new(std::fs::File::open(&path).expect("a file")).read_to_string(&mut text).expect("a snapshot");
        let mut parts = text.split("\"taken_at\":\"");
        let mut same = parts.next().expect("a beginning").to_owned();
        for part in parts {
            let rest = part.split_once('"').expect("a time").1;
            same.push_str("\"taken_at\":\"2026-11-21T03:04:05Z\"");
            same.push_str(rest);
        }
        let mut file = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        file.write_all(same.as_bytes()).expect("a vector");
        std::fs::write(&path, file.finish().expect("gzip")).expect("a file");
    }
}

/// Every snapshot below a directory, sorted.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else { continue };
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(".json.gz") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The report of the sweep in `home/sweep` as JSON text, by a plan in `home` if there is one.
pub(crate) fn report_of(home: &Path, plan: Option<&str>) -> String {
    let audit = Audit::new().within(home).args("scan --format json --fail-on never --snapshot sweep");
    let audit = match plan {
        Some(plan) => audit.args("--expect").arg(plan),
        None => audit,
    };
    audit.run().stdout
}

/// Asserts that two reports are the same, and shows the first line that differs.
pub(crate) fn same(found: &str, expected: &str, what: &str) {
    let line = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert!(found == expected, "{what}: {line:#?}");
}

/// The fake's organization: the caller's account in the root, `lab` and a closed one in Workloads, `shop` in Production
/// below it. The second page is empty and not the last.
pub(crate) fn organization() -> FakeAws {
    let aws = FakeAws::start();
    let list = "organizations:ListAccounts";
    aws.on(list).with("NextToken", "").reply(Reply::Page("small", "2"));
    aws.on(list).with("NextToken", "2").reply(Reply::Page("empty", "3"));
    aws.on(list).with("NextToken", "3").reply(Reply::Case("page-2"));
    let of = |operation, parent, case| aws.on(operation).with("ParentId", parent).reply(Reply::Case(case));
    of("organizations:ListAccountsForParent", "ou-abcd-workload", "of-workloads");
    of("organizations:ListAccountsForParent", "ou-abcd-prod", "of-production");
    of("organizations:ListOrganizationalUnitsForParent", "ou-abcd-workload", "of-workloads");
    of("organizations:ListOrganizationalUnitsForParent", "ou-abcd-prod", "empty");
    aws
}

/// The lines of a plan.
pub(crate) fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// Account, region and state of each.
pub(crate) fn planned(lines: &[Value]) -> Vec<(&str, &str, &str)> {
    lines
        .iter()
        .map(|line| {
            let text = |name: &str| line[name].as_str().unwrap_or("");
            (text("account"), text("region"), text("state"))
        })
        .collect()
}
