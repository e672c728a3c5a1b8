//! `iam-policy`: what the chosen options need, and no more.

use inspector_audit::model::{AskedBy, SectionName};
use inspector_audit::rules::RULES;

use crate::support::audit::Audit;

fn policy(options: &str) -> String {
    Audit::new().args("iam-policy").args(options).run().expect(0).stdout
}

#[test]
fn prices_and_costs_are_allowed_where_they_are_asked_for() {
    assert!(policy("--prices live").contains("\"pricing:GetProducts\""));
    assert!(policy("--cost-explorer").contains("\"ce:GetCostAndUsage\""));
    for without in ["", "--prices prices.json"] {
        let policy = policy(without);
        assert!(!policy.contains("pricing:") && !policy.contains("\"ce:"), "{policy}");
    }
}

#[test]
fn the_policy_of_a_named_rule_allows_what_its_optional_sections_need() {
    let own = [
        (SectionName::InspectorDelegatedAdministrator, "inspector2:GetDelegatedAdminAccount"),
        (SectionName::InspectorFreeTrial, "inspector2:BatchGetFreeTrialInfo"),
    ];
    for (section, action) in own {
        assert_eq!(section.asked_by(), AskedBy::EcrUsage);
        assert!(!policy("").contains(action), "{section} is asked for by nobody");
        let mut reading = RULES.iter().filter(|rule| rule.needs.contains(&section)).peekable();
        assert!(reading.peek().is_some(), "no rule needs {section}");
        for rule in reading {
            assert!(policy(&format!("--rule {}", rule.id)).contains(action), "{}", rule.id);
        }
    }
}

#[test]
fn a_sweep_may_list_the_organization_and_assume_a_role_by_name() {
    let policy = policy("--organization --role-name audit/reader");
    assert!(policy.contains("organizations:ListAccounts") && policy.contains("organizations:ListRoots"), "{policy}");
    assert!(policy.contains("arn:*:iam::*:role/audit/reader"), "{policy}");
    assert!(!self::policy("").contains("organizations:"));
    assert!(self::policy("--config-aggregator").contains("config:SelectAggregateResourceConfig"));
}
