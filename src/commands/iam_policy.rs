//! `iam-policy`: the least-privilege policy for the chosen options, printed without a call.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::IamPolicyArgs;
use crate::io::print;
use crate::permissions::{
    ASSUME_ROLE, DESCRIBE_ORGANIZATIONAL_UNIT, DESCRIBE_REGIONS, GET_DOCUMENT, GET_PRODUCTS, LIST_ACCOUNTS,
    LIST_ACCOUNTS_FOR_PARENT, LIST_ORGANIZATIONAL_UNITS_FOR_PARENT, LIST_ROOTS, SELECT_AGGREGATE_RESOURCE_CONFIG,
    SEND_COMMAND, iam_actions,
};
use crate::report::Status;
use crate::settings::PolicySettings;

pub(super) fn run(args: &IamPolicyArgs) -> anyhow::Result<Status> {
    print(&serde_json::to_string_pretty(&policy(&PolicySettings::of(args)?))?)?;
    Ok(Status::Clean)
}

/// The policy document.
///
/// None of the reads can be limited to resources that are known beforehand: they list, so their resource is `*`. The
/// mount probe's command is limited to its document: the operator's own, or AWS's own for scripts.
fn policy(settings: &PolicySettings) -> Value {
    let PolicySettings {
        sections,
        all_regions,
        live_prices,
        role_arns,
        organization,
        config_aggregator,
        probe_document,
    } = settings;
    let mut actions = iam_actions(sections);
    if *all_regions {
        actions.insert(DESCRIBE_REGIONS.action);
    }
    if *organization {
        let calls = [
            &LIST_ACCOUNTS,
            &LIST_ACCOUNTS_FOR_PARENT,
            &LIST_ORGANIZATIONAL_UNITS_FOR_PARENT,
            &LIST_ROOTS,
            &DESCRIBE_ORGANIZATIONAL_UNIT,
        ];
        actions.extend(calls.map(|call| call.action));
    }
    if *config_aggregator {
        actions.insert(SELECT_AGGREGATE_RESOURCE_CONFIG.action);
    }
    if *live_prices {
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
        let partition = role_arns.iter().filter_map(|arn| arn.split(':').nth(1)).find(|name| *name != "*");
        let partition = partition.unwrap_or("aws");
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
    use crate::model::SectionName;

    #[test]
    fn prices_are_allowed_where_they_are_asked_for() {
        let sections = BTreeSet::from([SectionName::SsmNfsClients]);
        let actions = |live_prices| {
            let settings = PolicySettings { sections: sections.clone(), live_prices, ..PolicySettings::default() };
            policy(&settings)["Statement"][0]["Action"].to_string()
        };
        assert!(actions(true).contains("pricing:GetProducts"));
        assert!(!actions(false).contains("pricing"));
    }

    #[test]
    fn the_probe_may_run_its_own_document_only() {
        let policy = |section, document: Option<&str>, role: Option<&str>| {
            policy(&PolicySettings {
                sections: BTreeSet::from([section]),
                probe_document: document.map(str::to_owned),
                role_arns: role.map(str::to_owned).into_iter().collect(),
                ..PolicySettings::default()
            })
        };
        let own = policy(SectionName::SsmMountProbe, Some("Probe"), None);
        assert_eq!(own["Statement"][1]["Action"], "ssm:SendCommand");
        assert_eq!(own["Statement"][1]["Resource"][0], "arn:aws:ssm:*:*:document/Probe");
        assert!(own["Statement"][0].to_string().contains("ssm:GetDocument"));
        let shell = policy(SectionName::SsmMountProbe, None, None);
        assert_eq!(shell["Statement"][1]["Resource"][0], "arn:aws:ssm:*::document/AWS-RunShellScript");
        assert!(!shell["Statement"][0].to_string().contains("ssm:GetDocument"));
        assert!(!shell["Statement"][0].to_string().contains("SendCommand"));
        let without = policy(SectionName::SsmNfsClients, None, None);
        assert_eq!(without["Statement"].as_array().map(Vec::len), Some(1));
        // In another partition every ARN is of that partition.
        let china = policy(SectionName::SsmMountProbe, None, Some("arn:aws-cn:iam::111122223333:role/auditor"));
        let arns = ["arn:aws-cn:ssm:*::document/AWS-RunShellScript", "arn:aws-cn:ec2:*:*:instance/*"];
        assert_eq!(china["Statement"][1]["Resource"], json!(arns));
    }
}
