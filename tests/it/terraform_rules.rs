//! The rules as a list, and their pages.

use crate::support::evaluate;
use crate::terraform_support::analyse;
use inspector_audit::model::SectionName;
use inspector_audit::price::PriceTable;
use inspector_audit::rules::{EXPLAIN_HEADINGS, RULES, RuleSettings, live_rules, terraform_rules};
use inspector_audit::terraform::TerraformSettings;

use crate::terraform_support::{LOOP, NARROWER, fixture, run};

#[test]
fn the_list_of_rules_holds_every_rule_about_terraform_once_and_in_order() {
    let ids: Vec<&str> = terraform_rules().map(|rule| rule.id).collect();
    assert!(ids.is_sorted());
    assert!(ids.iter().all(|id| id.starts_with("terraform-")));
    assert_eq!(RULES.len(), ids.len() + live_rules().count());
}

#[test]
fn every_page_has_its_headings_in_order() {
    for rule in terraform_rules() {
        let headings: Vec<&str> = rule.explain.lines().filter_map(|line| line.strip_prefix("# ")).collect();
        assert_eq!(headings, EXPLAIN_HEADINGS, "{}", rule.id);
    }
}

#[test]
fn the_configuration_is_no_section_of_a_snapshot() {
    assert!(!SectionName::ALL.contains(&SectionName::TerraformConfiguration));
}

#[test]
fn a_target_is_never_judged_by_a_rule_about_terraform() {
    let target = inspector_audit::model::Target::unseen("111122223333", "eu-west-1", chrono::DateTime::UNIX_EPOCH);
    let evaluation = evaluate(&target, &PriceTable::embedded(), &RuleSettings::default(), &RULES);
    assert!(evaluation.verdicts.iter().all(|verdict| !verdict.rule.starts_with("terraform-")));
}

#[test]
fn only_selected_rules_speak() {
    let only: Vec<_> = terraform_rules().filter(|rule| rule.id != LOOP).collect();
    let analysis =
        analyse(&[fixture("hcl/article-loop")], &[], &TerraformSettings::default(), &only).expect("it can be read");
    assert!(analysis.findings.iter().all(|finding| finding.rule != LOOP));
    assert!(analysis.verdicts.iter().all(|verdict| verdict.rule != LOOP));
}

#[test]
fn without_a_snapshot_the_rule_that_needs_one_is_not_asked() {
    assert!(run("hcl/e-coherent").verdicts.iter().all(|verdict| verdict.rule != NARROWER));
    assert_eq!(run("hcl/e-coherent").verdicts.len(), terraform_rules().count() - 1);
}

#[test]
fn the_same_input_gives_the_same_analysis() {
    for name in ["hcl/article-loop", "hcl/same-variable", "plans/j-modules.json"] {
        assert_eq!(run(name), run(name), "{name}");
    }
}
