//! The least-privilege IAM policy for the chosen options, printed without a call.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{ASSUME_ROLE, DESCRIBE_REGIONS, GET_DOCUMENT, GET_PRODUCTS, SEND_COMMAND, iam_actions};
use crate::model::SectionName;

/// The policy document.
///
/// None of the reads can be limited to resources that are known beforehand: they list, so their resource is `*`. The
/// mount probe's command is limited to its document: `probe_document`, or AWS's own for scripts.
pub(crate) fn policy(
    sections: &BTreeSet<SectionName>,
    all_regions: bool,
    live_prices: bool,
    role_arns: &[String],
    probe_document: Option<&str>,
) -> Value {
    let mut actions = iam_actions(sections);
    if all_regions {
        actions.insert(DESCRIBE_REGIONS.action);
    }
    if live_prices {
        actions.insert(GET_PRODUCTS.action);
    }
    let probes = actions.remove(SEND_COMMAND.action);
    if probe_document.is_none() {
        // Only the operator's own document is looked at.
        actions.remove(GET_DOCUMENT.action);
    }
    let mut statements = vec![json!({
        "Sid": "InspectorAuditReads",
        "Effect": "Allow",
        "Action": actions,
        "Resource": "*",
    })];
    if probes {
        let partition = role_arns.first().and_then(|arn| arn.split(':').nth(1)).unwrap_or("aws");
        let document = match probe_document {
            Some(name) => format!("arn:{partition}:ssm:*:*:document/{name}"),
            // Documents of AWS belong to no account.
            None => format!("arn:{partition}:ssm:*::document/AWS-RunShellScript"),
        };
        statements.push(json!({
            "Sid": "InspectorAuditProbe",
            "Effect": "Allow",
            "Action": SEND_COMMAND.action,
            "Resource": [document, format!("arn:{partition}:ec2:*:*:instance/*")],
        }));
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_allowed_where_they_are_asked_for() {
        let sections = BTreeSet::from([SectionName::SsmNfsClients]);
        let actions = |live| policy(&sections, false, live, &[], None)["Statement"][0]["Action"].to_string();
        assert!(actions(true).contains("pricing:GetProducts"));
        assert!(!actions(false).contains("pricing"));
    }

    #[test]
    fn the_probe_may_run_its_own_document_only() {
        let sections = BTreeSet::from([SectionName::SsmMountProbe]);
        let own = policy(&sections, false, false, &[], Some("Probe"));
        assert_eq!(own["Statement"][1]["Action"], "ssm:SendCommand");
        assert_eq!(own["Statement"][1]["Resource"][0], "arn:aws:ssm:*:*:document/Probe");
        assert!(own["Statement"][0].to_string().contains("ssm:GetDocument"));
        let shell = policy(&sections, false, false, &[], None);
        assert_eq!(shell["Statement"][1]["Resource"][0], "arn:aws:ssm:*::document/AWS-RunShellScript");
        assert!(!shell["Statement"][0].to_string().contains("ssm:GetDocument"));
        assert!(!shell["Statement"][0].to_string().contains("SendCommand"));
        let without = policy(&BTreeSet::from([SectionName::SsmNfsClients]), false, false, &[], None);
        assert_eq!(without["Statement"].as_array().map(Vec::len), Some(1));
    }

    #[test]
    fn the_probe_is_allowed_in_the_partition_of_the_roles() {
        let sections = BTreeSet::from([SectionName::SsmMountProbe]);
        for partition in ["aws", "aws-cn", "aws-us-gov"] {
            let role = format!("arn:{partition}:iam::111122223333:role/auditor");
            let policy = policy(&sections, false, false, std::slice::from_ref(&role), Some("Probe"));
            let expected = json!([
                format!("arn:{partition}:ssm:*:*:document/Probe"),
                format!("arn:{partition}:ec2:*:*:instance/*"),
            ]);
            assert_eq!(policy["Statement"][1]["Resource"], expected);
            assert_eq!(policy["Statement"][2]["Resource"], json!([role]));
        }
    }
}
