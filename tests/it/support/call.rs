//! One call as AWS would see it: which operation, of which account, in which region, with which parameters.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cbor;
use super::http::{Request, form_pairs, percent_decoded};

/// A call that reached the fake.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// With the IAM prefix; `unknown:…` where the request is none that the auditor may send.
    pub(crate) operation: String,
    /// From the credential scope of the signature; empty where the request is not signed.
    pub(crate) region: String,
    /// The account behind the access key, see [`access_key`]; empty where the request is not signed.
    pub(crate) account: String,
    /// Form fields, query parameters, path labels and the members of a JSON body (those that are no strings as
    /// JSON text).
    pub(crate) parameters: BTreeMap<String, String>,
    /// The headers, names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
}

/// The access key of a long-term user in an account: the fake reads the account back from it.
pub(crate) fn access_key(account: &str) -> String {
    format!("AKIA{account}EXAM")
}

/// The paths of the REST services; `{}` is a label.
const PATHS: &[(&str, &str, &str, &str)] = &[
    ("GET", "/2015-02-01/file-systems", "elasticfilesystem:DescribeFileSystems", ""),
    (
        "GET",
        "/2015-02-01/file-systems/{}/lifecycle-configuration",
        "elasticfilesystem:DescribeLifecycleConfiguration",
        "FileSystemId",
    ),
    ("GET", "/2015-02-01/mount-targets", "elasticfilesystem:DescribeMountTargets", ""),
    (
        "GET",
        "/2015-02-01/mount-targets/{}/security-groups",
        "elasticfilesystem:DescribeMountTargetSecurityGroups",
        "MountTargetId",
    ),
    ("POST", "/status/batch/get", "inspector2:BatchGetAccountStatus", ""),
    ("POST", "/freetrialinfo/batchget", "inspector2:BatchGetFreeTrialInfo", ""),
    ("POST", "/configuration/get", "inspector2:GetConfiguration", ""),
    ("POST", "/ec2deepinspectionconfiguration/get", "inspector2:GetEc2DeepInspectionConfiguration", ""),
    ("POST", "/delegatedadminaccounts/get", "inspector2:GetDelegatedAdminAccount", ""),
    ("POST", "/coverage/list", "inspector2:ListCoverage", ""),
    ("POST", "/coverage/statistics/list", "inspector2:ListCoverageStatistics", ""),
    ("POST", "/findings/list", "inspector2:ListFindings", ""),
    ("GET", "/hubv2", "securityhub:DescribeSecurityHubV2", ""),
    ("POST", "/usage/list", "inspector2:ListUsageTotals", ""),
];

impl Call {
    /// Reads a request as the service it is signed for would.
    pub(crate) fn of(request: &Request) -> Self {
        let credential = request
            .header("authorization")
            .split_once("Credential=")
            .map_or("", |(_, rest)| rest.split(',').next().unwrap_or(""));
        let mut scope = credential.split('/');
        let key = scope.next().unwrap_or("");
        let region = scope.nth(1).unwrap_or("").to_owned();
        // What is not signed is the exchange of a token for credentials.
        let service = scope.next().unwrap_or("sts");
        let mut call = Self {
            operation: format!("unknown:{} {}", request.method, request.path),
            region,
            account: key.get(4..16).unwrap_or("").to_owned(),
            parameters: request.query.iter().cloned().collect(),
            headers: request.headers.clone(),
        };
        let body = String::from_utf8_lossy(&request.body);
        if let Some((_, name)) = request.header("x-amz-target").split_once('.') {
            call.operation = format!("{service}:{name}");
            call.take_json(&body);
        } else if request.header("content-type").starts_with("application/x-www-form-urlencoded") {
            call.parameters.extend(form_pairs(&body));
            call.operation = format!("{service}:{}", call.parameter("Action"));
        } else if request.header("smithy-protocol") == "rpc-v2-cbor" {
            let name = request.path.rsplit('/').next().unwrap_or("");
            // CloudWatch signs as `monitoring`; its IAM prefix is another.
            call.operation = format!("cloudwatch:{name}");
            call.take(cbor::to_json(&request.body));
        } else if let Some((name, label)) = rest_operation(request) {
            name.clone_into(&mut call.operation);
            call.parameters.extend(label);
            call.take_json(&body);
        }
        call
    }

    /// A parameter, or nothing.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A parameter that is a JSON list of texts.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        serde_json::from_str(self.parameter(name)).unwrap_or_default()
    }

    fn take_json(&mut self, body: &str) {
        if let Ok(value) = serde_json::from_str(body) {
            self.take(value);
        }
    }

    fn take(&mut self, value: Value) {
        let Value::Object(members) = value else { return };
        for (name, value) in members {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            self.parameters.insert(name, text);
        }
    }
}

type Label = Option<(String, String)>;

fn rest_operation(request: &Request) -> Option<(&'static str, Label)> {
    PATHS.iter().filter(|(method, ..)| *method == request.method).find_map(|(_, pattern, name, label)| {
        let Some((before, after)) = pattern.split_once("{}") else {
            return (*pattern == request.path).then_some((*name, None));
        };
        let value = request.path.strip_prefix(before)?.strip_suffix(after)?;
        Some((*name, Some(((*label).to_owned(), percent_decoded(value)))))
    })
}
