//! The steps on Inspector's own side and on the registry's, as calls.

use serde_json::{Value, json};

use super::call::Call;
use super::word::{NotAnId, ascii_json, is_id};
use crate::model::{Configuration, ScanningRule};
use crate::rules::finding::ScanningStep;

/// Rules of the registry as the API takes them.
fn rules(rules: &[ScanningRule]) -> Value {
    let rule = |rule: &ScanningRule| {
        let filters = rule.filters.iter().map(|filter| {
            let kind = if filter.filter_type.is_empty() { "WILDCARD" } else { filter.filter_type.as_str() };
            json!({ "filter": filter.filter, "filterType": kind })
        });
        json!({ "scanFrequency": rule.scan_frequency, "repositoryFilters": filters.collect::<Vec<_>>() })
    };
    rules.iter().map(rule).collect()
}

/// The same in the CLI's words, to be compared with what it prints.
pub(crate) fn rules_text(of: &[ScanningRule]) -> String {
    ascii_json(&rules(of))
}

/// The re-scan windows in the CLI's words: all that is set, since a call that leaves one out changes it.
///
/// # Errors
/// When a value has no form that AWS gives its settings.
pub(crate) fn windows_text(configuration: &Configuration) -> Result<String, NotAnId> {
    let parts = [
        ("rescanDuration", &configuration.ecr_rescan_duration),
        ("pullDateRescanDuration", &configuration.ecr_pull_date_rescan_duration),
        ("pullDateRescanMode", &configuration.ecr_pull_date_rescan_mode),
    ];
    let mut set = Vec::new();
    for (name, value) in parts {
        let Some(value) = value else { continue };
        if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err(NotAnId(value.clone()));
        }
        set.push(format!("{name}={value}"));
    }
    Ok(set.join(","))
}

fn strings(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(String::as_str)
}

/// What a step calls.
///
/// # Errors
/// When something in it has to be an id and is none.
pub(super) fn call(step: &ScanningStep) -> Result<Call, NotAnId> {
    const EXPIRES: &str = r#"{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":14},"action":{"type":"expire"}}]}"#;
    const EXPIRED: &str = r#"{"resourceType":[{"comparison":"EQUALS","value":"AWS_ECR_CONTAINER_IMAGE"}],"scanStatusReason":[{"comparison":"EQUALS","value":"SCAN_ELIGIBILITY_EXPIRED"}]}"#;
    const DEEP: &str = "inspector2 update-ec2-deep-inspection-configuration";
    let call = match step {
        ScanningStep::GetDeepInspection { status_only } => {
            Call::new("inspector2 get-ec2-deep-inspection-configuration")
                .own_if(*status_only, &["--query", "status", "--output", "text"])
        }
        ScanningStep::UpdateDeepInspection { activate, package_paths } => {
            let call = Call::new(DEEP);
            let call =
                call.own(&[if *activate { "--activate-deep-inspection" } else { "--no-activate-deep-inspection" }]);
            if package_paths.is_empty() { call } else { call.json("--package-paths", &json!(package_paths)) }
        }
        ScanningStep::GetMemberDeepInspection { account } => {
            Call::new("inspector2 batch-get-member-ec2-deep-inspection-status").id("--account-ids", account)?
        }
        ScanningStep::UpdateMemberDeepInspection { account, activate } => {
            if !is_id(account) {
                return Err(NotAnId(account.clone()));
            }
            let accounts = json!([{ "accountId": account, "activateDeepInspection": activate }]);
            Call::new("inspector2 batch-update-member-ec2-deep-inspection-status").json("--account-ids", &accounts)
        }
        ScanningStep::GetDelegatedAdministrator => Call::new("inspector2 get-delegated-admin-account"),
        ScanningStep::ListInstanceCoverage { instances } => {
            let equals: Value = instances.iter().map(|id| json!({ "comparison": "EQUALS", "value": id })).collect();
            let query = "coveredResources[].[resourceId,scanType,scanStatus.statusCode,scanStatus.reason]";
            Call::new("inspector2 list-coverage")
                .json("--filter-criteria", &json!({ "resourceId": equals }))
                .own(&["--query", query, "--output", "text"])
        }
        ScanningStep::ListExpiredImages => Call::new("inspector2 list-coverage").own(&["--filter-criteria", EXPIRED]),
        ScanningStep::GetAccountStatus => Call::new("inspector2 batch-get-account-status"),
        ScanningStep::EnableTypes { types } => {
            Call::new("inspector2 enable").ids("--resource-types", strings(types))?
        }
        ScanningStep::DisableTypes { types, account } => {
            let call = Call::new("inspector2 disable");
            let call = match account {
                Some(account) => call.id("--account-ids", account)?,
                None => call,
            };
            call.ids("--resource-types", strings(types))?
        }
        ScanningStep::ExportFilters => {
            Call { into: Some("inspector-filters.json"), ..Call::new("inspector2 list-filters") }
        }
        ScanningStep::ExportFindings => {
            Call { into: Some("inspector-findings.json"), ..Call::new("inspector2 list-findings") }
        }
        ScanningStep::ListUsageTotals => Call::new("inspector2 list-usage-totals"),
        ScanningStep::GetConfiguration { ecr_only } => {
            Call::new("inspector2 get-configuration").own_if(*ecr_only, &["--query", "ecrConfiguration"])
        }
        ScanningStep::UpdateConfiguration { configuration } => {
            Call::new("inspector2 update-configuration").own(&["--ecr-configuration", &windows_text(configuration)?])
        }
        ScanningStep::GetRegistryScanning => Call::new("ecr get-registry-scanning-configuration"),
        ScanningStep::PutRegistryScanning { scan_type, rules: sent } => {
            let call = Call::new("ecr put-registry-scanning-configuration").id("--scan-type", scan_type)?;
            match sent {
                Some(sent) => call.json("--rules", &rules(sent)),
                None => call,
            }
        }
        ScanningStep::PreviewLifecycle { repository } => Call::new("ecr start-lifecycle-policy-preview")
            .id("--repository-name", repository)?
            .own(&["--lifecycle-policy-text", EXPIRES]),
        ScanningStep::GetLifecyclePreview { repository } => {
            Call::new("ecr get-lifecycle-policy-preview").id("--repository-name", repository)?
        }
        ScanningStep::DescribeInspectorPolicy { account } => {
            let call = Call { regional: false, ..Call::new("organizations describe-effective-policy") };
            call.own(&["--policy-type", "INSPECTOR_POLICY"]).id("--target-id", account)?
        }
    };
    Ok(call)
}
