//! Plans and states in JSON.

use inspector_audit::report::TerraformRead;
use inspector_audit::report::v1;
use inspector_audit::rules::{Confidence, Severity, Verdict};

use crate::terraform_support::{
    Analysis, CONFLICT, DESTROY, FIXTURES, HIDDEN, IMPLICIT, INVALID, LOOP, finding, fixture, found, run, try_run,
    verdict,
};

const CONFIGURATION: &str = "aws_ecr_registry_scanning_configuration.configuration";
const THIS: &str = "aws_ecr_registry_scanning_configuration.this";
const ENABLER: &str = "aws_inspector2_enabler.this";

#[test]
fn the_articles_first_configuration_is_a_loop_in_each_of_its_plans_and_states() {
    for name in [
        "plans/article-loop-1.json",
        "plans/article-loop-2.json",
        "plans/article-loop-3.json",
        "states/article-loop.json",
        "states/article-loop.tfstate",
    ] {
        let analysis = run(name);
        assert_eq!(found(&analysis), [(LOOP, CONFIGURATION)], "{name}");
        let finding = finding(&analysis, LOOP);
        assert_eq!((finding.severity, finding.confidence), (Severity::High, Confidence::High), "{name}");
        assert_eq!(finding.account, "111122223333", "{name}");
        let location = finding.location.as_ref().expect("a location");
        assert_eq!((location.file.as_str(), location.line), (format!("{FIXTURES}/{name}").as_str(), None));
    }
}

#[test]
fn the_second_plan_shows_what_happened_behind_terraforms_back() {
    let analysis = run("plans/article-loop-2.json");
    let drift = finding(&analysis, LOOP).evidence.iter().find(|evidence| evidence.kind == "resource_drift");
    assert!(drift.is_some_and(|drift| drift.detail.contains("went from [\"ECR\"] to []")), "{drift:?}");
    assert_eq!(finding(&analysis, LOOP).region, "ap-northeast-1");
}

#[test]
fn the_articles_second_configuration_is_safe_but_its_rules_will_be_rejected() {
    let analysis = run("plans/article-fixed.json");
    assert_eq!(found(&analysis), [(INVALID, CONFIGURATION)]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Clean);
    let analysis = run("plans/article-fixed-basic.json");
    assert_eq!(found(&analysis), [], "with the default there is one rule");
}

#[test]
fn the_scenarios_of_the_model() {
    let expected: [(&str, &[(&str, &str)]); 22] = [
        ("plans/b-other-types.json", &[(LOOP, THIS)]),
        ("plans/c-enhanced-without-ecr.json", &[(LOOP, THIS)]),
        (
            "plans/d-two-enablers.json",
            &[(CONFLICT, "aws_inspector2_enabler.images"), (IMPLICIT, "aws_inspector2_enabler.images")],
        ),
        (
            "plans/d-for-each.json",
            &[(CONFLICT, "aws_inspector2_enabler.this[\"EC2\"]"), (IMPLICIT, "aws_inspector2_enabler.this[\"ECR\"]")],
        ),
        ("plans/e-coherent.json", &[]),
        ("plans/f-registry-basic.json", &[]),
        ("plans/f2-registry-enhanced.json", &[]),
        ("plans/g-enabler-only.json", &[(IMPLICIT, ENABLER)]),
        ("plans/h-ignored-enabler-2.json", &[(HIDDEN, THIS)]),
        ("plans/h-emptied-by-variable.json", &[(HIDDEN, ENABLER)]),
        ("plans/h-ignored-registry.json", &[(HIDDEN, THIS)]),
        ("plans/opentofu.json", &[(LOOP, THIS)]),
        ("plans/late-account.json", &[(LOOP, THIS)]),
        ("plans/aliases.json", &[(IMPLICIT, "aws_inspector2_enabler.tokyo")]),
        ("plans/invalid-rules.json", &[(INVALID, THIS)]),
        ("plans/no-rules.json", &[(IMPLICIT, THIS)]),
        ("plans/overlap.json", &[(IMPLICIT, THIS)]),
        ("plans/organization.json", &[(CONFLICT, "aws_inspector2_organization_configuration.this")]),
        ("states/e-coherent.json", &[]),
        ("states/emptied.json", &[(HIDDEN, ENABLER)]),
        ("states/empty.json", &[]),
        ("states/aliases.tfstate", &[(IMPLICIT, ENABLER)]),
    ];
    for (name, findings) in expected {
        let analysis = run(name);
        assert_eq!(found(&analysis), findings, "{name}: {:?}", analysis.gaps);
        assert!(analysis.gaps.is_empty(), "{name}: {:?}", analysis.gaps);
    }
}

#[test]
fn modules_with_count_and_for_each_and_an_account_that_is_known_after_apply_are_a_loop() {
    let analysis = run("plans/j-modules.json");
    let looped = finding(&analysis, LOOP);
    assert_eq!(looped.resource.id, "module.registry[0].aws_ecr_registry_scanning_configuration.this");
    assert!(looped.message.contains("module.inspector[\"main\"].aws_inspector2_enabler.this[0]"), "{}", looped.message);
}

#[test]
fn instances_of_a_state_file_have_their_index_in_the_address() {
    let analysis = run("states/modules.tfstate");
    let conflict = finding(&analysis, CONFLICT);
    assert_eq!(conflict.resource.id, "module.inspector[0].aws_inspector2_enabler.this[\"EC2\"]");
}

#[test]
fn what_is_known_only_after_apply_is_inconclusive() {
    for name in ["plans/unknown-types.json", "plans/unknown-registry.json", "states/several.json"] {
        let analysis = run(name);
        assert_eq!(found(&analysis), [], "{name}");
        let undecided = [LOOP, CONFLICT].map(|rule| verdict(&analysis, rule));
        assert!(undecided.contains(&Verdict::Inconclusive), "{name}: {:?}", analysis.gaps);
    }
    let analysis = run("plans/errored.json");
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
}

#[test]
fn destroying_is_reported_except_where_it_is_the_way_out() {
    let analysis = run("plans/destroy.json");
    assert_eq!(
        found(&analysis),
        [
            (DESTROY, "aws_ecr_registry_scanning_configuration.this"),
            (DESTROY, "aws_inspector2_configuration.this"),
            (DESTROY, ENABLER)
        ]
    );
    let medium = analysis.findings.iter().find(|finding| finding.severity == Severity::Medium);
    assert_eq!(medium.map(|finding| finding.resource.kind.as_str()), Some("aws_inspector2_configuration"));
    let analysis = run("plans/destroy-way-out.json");
    assert_eq!(found(&analysis), []);
    assert_eq!(verdict(&analysis, DESTROY), Verdict::Clean);
}

#[test]
fn every_reason_for_a_rejection_is_named() {
    let analysis = run("plans/invalid-rules.json");
    let message = &finding(&analysis, INVALID).message;
    for part in ["CONTINUOUS_SCAN under BASIC", "MANUAL", "\"Prod,Dev\"", "\"REPOSITORY\""] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
}

#[test]
fn one_root_per_plan_and_both_for_one_account_and_region_are_a_loop_together() {
    let paths = [fixture("plans/root-security.json"), fixture("plans/root-registry.json")];
    let analysis = try_run(&paths, &[]).expect("both can be read");
    assert_eq!(found(&analysis), [(LOOP, THIS)]);
    for path in paths {
        let alone = try_run(&[path], &[]).expect("it can be read");
        assert!(!found(&alone).iter().any(|(rule, _)| *rule == LOOP));
    }
}

#[test]
fn a_report_has_no_targets_and_keeps_the_location() {
    let prices = inspector_audit::price::PriceTable::embedded().provenance().clone();
    let at = "2026-11-21T03:04:05Z".parse().expect("a time");
    let report = {
        let Analysis { findings, verdicts, gaps, .. } = run("plans/article-loop-1.json");
        let evaluation = v1::Evaluation { findings, verdicts, gaps, ..v1::Evaluation::default() };
        inspector_audit::report::ReportBuilder::terraform(evaluation, TerraformRead::default(), prices, at)
    };
    let json = serde_json::to_value(&report).expect("it can be serialized");
    assert_eq!(json["run"]["source"], "terraform");
    assert_eq!(json["run"]["targets"], serde_json::json!([]));
    assert_eq!(json["complete"], true);
    assert_eq!(json["findings"][0]["location"]["line"], serde_json::Value::Null);
    assert_eq!(json["findings"][0]["location"]["file"], "fixtures/terraform/plans/article-loop-1.json");
}
