//! The least-privilege IAM policy for the chosen options, printed without a call.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::SectionName;
use crate::permissions::{ASSUME_ROLE, DESCRIBE_REGIONS, iam_actions};

/// The policy document.
///
/// None of the actions can be limited to resources that are known beforehand: they list, so their resource is `*`.
pub fn policy(sections: &BTreeSet<SectionName>, all_regions: bool, role_arns: &[String]) -> Value {
    let mut actions = iam_actions(sections);
    if all_regions {
        actions.insert(DESCRIBE_REGIONS.action);
    }
    let mut statements = vec![json!({
        "Sid": "InspectorAuditReads",
        "Effect": "Allow",
        "Action": actions,
        "Resource": "*",
    })];
    if !role_arns.is_empty() {
        let roles: BTreeSet<&String> = role_arns.iter().collect();
        statements.push(json!({
            "Sid": "InspectorAuditRoles",
            "Effect": "Allow",
            "Action": ASSUME_ROLE.action,
            "Resource": roles,
        }));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}
