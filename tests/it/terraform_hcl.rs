//! Directories of configuration.

use inspector_audit::rules::{Confidence, Severity, Verdict};

use crate::terraform_support::{
    CONDITIONAL, CONFLICT, DESTROY, HIDDEN, IMPLICIT, INVALID, LOOP, finding, found, run, run_files, verdict,
};

const REGISTRY: &str = "aws_ecr_registry_scanning_configuration.this";

#[test]
fn the_articles_first_configuration_is_a_loop() {
    let analysis = run("hcl/article-loop");
    assert_eq!(found(&analysis), [(LOOP, "aws_ecr_registry_scanning_configuration.configuration")]);
    let finding = finding(&analysis, LOOP);
    assert_eq!((finding.severity, finding.confidence), (Severity::High, Confidence::High));
    let location = finding.location.as_ref().expect("a location");
    assert_eq!((location.file.as_str(), location.line), ("fixtures/terraform/hcl/article-loop/main.tf", Some(13)));
    assert!(finding.message.contains("aws_inspector2_enabler.this (fixtures/terraform/hcl/article-loop/main.tf:4)"));
    let evidence = |kind: &str| {
        let found = finding.evidence.iter().find(|evidence| evidence.kind == kind);
        found.map(|evidence| evidence.detail.clone()).unwrap_or_default()
    };
    assert_eq!(evidence("condition"), "it does not hold when var.enable_scanning = true");
    assert!(evidence("prevent_destroy").contains("protects nothing"));
    assert!(evidence("predicted_sequence").contains("BASIC again"));
    let ways: Vec<&str> = finding.remediation.configuration.iter().map(|one| one.hcl.as_str()).collect();
    assert!(ways[0].contains("  from = aws_inspector2_enabler.this") && ways[1].contains("scan_type = \"ENHANCED\""));
    assert_eq!(finding.reason["kind"], "terraform_coupling_loop");
    assert_eq!(finding.reason["clash"], "basic_against_ecr");
    let side = &finding.reason["sides"][0];
    assert_eq!((&side["attribute"], &side["value"]), (&"scan_type".into(), &"\"BASIC\"".into()));
    let when = serde_json::json!([{"subject": "var.enable_scanning", "relation": {"is": ["false"]}}]);
    assert_eq!(side["when"], when);
    assert!(analysis.gaps.is_empty(), "{:?}", analysis.gaps);
}

#[test]
fn the_articles_second_configuration_is_safe_but_its_rules_will_be_rejected() {
    let analysis = run("hcl/article-fixed");
    assert_eq!(found(&analysis), [(INVALID, "aws_ecr_registry_scanning_configuration.configuration")]);
    for rule in [LOOP, CONDITIONAL, HIDDEN, CONFLICT] {
        assert_eq!(verdict(&analysis, rule), Verdict::Clean, "{rule}");
    }
    let finding = finding(&analysis, INVALID);
    assert_eq!(finding.severity, Severity::Low, "nobody has switched it on yet");
    assert!(finding.title.starts_with("With some values of the variables: "), "{}", finding.title);
    assert!(finding.message.contains("there are 3 rules"), "{}", finding.message);
    assert!(finding.message.contains("var.enable_enhanced_scanning = true"), "{}", finding.message);
}

#[test]
fn a_rule_for_each_element_of_an_unknown_list_is_rejected_as_soon_as_there_are_two() {
    let analysis = run_files(&[(
        "main.tf",
        r#"
variable "repositories" { type = list(string) }
resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = "ENHANCED"
  dynamic "rule" {
    for_each = var.repositories
    content {
      scan_frequency = "SCAN_ON_PUSH"
      repository_filter {
        filter      = rule.value
        filter_type = "WILDCARD"
      }
    }
  }
}
"#,
    )]);
    assert!(finding(&analysis, INVALID).message.contains("each of var.repositories"));
    assert_eq!(verdict(&analysis, LOOP), Verdict::Clean);
    assert_eq!(verdict(&analysis, IMPLICIT), Verdict::Inconclusive, "the list may be empty");
}

#[test]
fn the_scenarios_of_the_model() {
    let expected: [(&str, &[(&str, &str)]); 14] = [
        ("hcl/b-other-types", &[(LOOP, REGISTRY)]),
        ("hcl/c-enhanced-without-ecr", &[(LOOP, REGISTRY)]),
        (
            "hcl/d-two-enablers",
            &[(CONFLICT, "aws_inspector2_enabler.instances"), (IMPLICIT, "aws_inspector2_enabler.images")],
        ),
        (
            "hcl/d-for-each",
            &[(CONFLICT, "aws_inspector2_enabler.this[\"EC2\"]"), (IMPLICIT, "aws_inspector2_enabler.this[\"ECR\"]")],
        ),
        ("hcl/e-coherent", &[]),
        ("hcl/f-registry-only", &[]),
        ("hcl/g-enabler-only", &[(IMPLICIT, "aws_inspector2_enabler.this")]),
        ("hcl/h-ignored-enabler", &[(HIDDEN, REGISTRY)]),
        ("hcl/h-ignored-registry", &[(HIDDEN, REGISTRY)]),
        ("hcl/j-modules", &[(LOOP, "module.registry[0].aws_ecr_registry_scanning_configuration.this")]),
        ("hcl/same-variable", &[]),
        ("hcl/variable-without-default", &[(CONDITIONAL, REGISTRY)]),
        ("hcl/tofu", &[(LOOP, REGISTRY)]),
        ("hcl/json-syntax", &[(LOOP, REGISTRY)]),
    ];
    for (name, findings) in expected {
        let analysis = run(name);
        assert_eq!(found(&analysis), findings, "{name}: {:?}", analysis.gaps);
        assert!(analysis.gaps.is_empty(), "{name}: {:?}", analysis.gaps);
    }
}

#[test]
fn a_loop_behind_a_variable_without_a_value_names_the_value() {
    let analysis = run("hcl/variable-without-default");
    let finding = finding(&analysis, CONDITIONAL);
    assert_eq!(finding.severity, Severity::Medium);
    assert!(finding.message.ends_with("This is so when var.enhanced = false."), "{}", finding.message);
    assert!(finding.remediation.summary.starts_with("Tie both resources to the same variable."));
}

#[test]
fn a_default_that_loops_only_when_overridden_is_conditional() {
    let files = |default: &str| {
        let text = std::fs::read_to_string("fixtures/terraform/hcl/article-loop/main.tf").expect("the fixture");
        text.replacen("default = false", &format!("default = {default}"), 1)
    };
    let analysis = run_files(&[("main.tf", &files("true"))]);
    assert_eq!(found(&analysis).first().map(|(rule, _)| *rule), Some(CONDITIONAL));
    // A value in a file that Terraform reads by itself is no default.
    let analysis = run_files(&[("main.tf", &files("true")), ("terraform.tfvars", "enable_scanning = true\n")]);
    assert_eq!(found(&analysis), []);
    let json = r#"{"enable_scanning": false}"#;
    let analysis = run_files(&[("main.tf", &files("true")), ("x.auto.tfvars.json", json)]);
    assert_eq!(found(&analysis).first().map(|(rule, _)| *rule), Some(LOOP));
}

#[test]
fn provider_aliases_and_regions_keep_resources_apart() {
    assert_eq!(found(&run("hcl/aliases")), []);
    let analysis = run("hcl/regions");
    let looped: Vec<_> = found(&analysis).into_iter().filter(|(rule, _)| *rule == LOOP).collect();
    assert_eq!(looped, [(LOOP, "aws_ecr_registry_scanning_configuration.ireland")]);
    assert_eq!(finding(&analysis, LOOP).region, "eu-west-1");
    assert!(finding(&analysis, LOOP).message.contains("aws_inspector2_enabler.this[\"eu-west-1\"]"));
    // The account is known from the role, and the enabler is for another one.
    let analysis = run("hcl/account-by-role");
    assert_eq!(verdict(&analysis, LOOP), Verdict::Clean);
}

#[test]
fn dynamic_filters_inside_two_rules_are_valid() {
    let analysis = run("hcl/dynamic-filters");
    assert_eq!(found(&analysis), []);
    assert_eq!(verdict(&analysis, INVALID), Verdict::Clean);
}

#[test]
fn what_is_not_known_is_inconclusive_and_says_why() {
    let analysis = run("hcl/unknown-types");
    // Either the variable lists ECR or it does not: both are looked at.
    assert_eq!(verdict(&analysis, LOOP), Verdict::Clean);
    let looped = finding(&analysis, CONDITIONAL);
    assert!(looped.message.ends_with("This is so when var.resource_types contains \"ECR\"."), "{}", looped.message);
    let analysis = run("hcl/remote-module");
    assert_eq!(verdict(&analysis, LOOP), Verdict::Inconclusive);
    let gap = analysis.gaps.first().expect("a gap");
    assert_eq!(gap.resource.as_deref(), Some("fixtures/terraform/hcl/remote-module"));
    let told =
        "1 module is not downloaded (module.scanning): run `terraform init` in fixtures/terraform/hcl/remote-module";
    assert!(gap.message.starts_with(told), "{}", gap.message);
    assert_eq!(gap.section.as_str(), "terraform.configuration");
}

#[test]
fn a_local_that_needs_itself_is_named_with_its_line() {
    let analysis = run("hcl/cyclic-locals");
    let gap = analysis.gaps.iter().find(|gap| gap.message.contains("refers to itself")).expect("the cycle is a gap");
    assert_eq!(gap.resource.as_deref(), Some("fixtures/terraform/hcl/cyclic-locals/main.tf:2"));
}

#[test]
fn a_downloaded_module_is_looked_into() {
    let inside = "resource \"aws_inspector2_enabler\" \"this\" {\n  account_ids = [\"111122223333\"]\n  resource_types = [\"ECR\"]\n}\n";
    let main = std::fs::read_to_string("fixtures/terraform/hcl/remote-module/main.tf").expect("the fixture");
    let manifest = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"scanning","Source":"x","Dir":".terraform/modules/scanning"}]}"#;
    let analysis = run_files(&[
        ("main.tf", &main),
        (".terraform/modules/modules.json", manifest),
        (".terraform/modules/scanning/main.tf", inside),
    ]);
    let finding = finding(&analysis, LOOP);
    assert_eq!(finding.confidence, Confidence::Medium, "one account through the same provider is likely the same");
    assert!(finding.message.contains("module.scanning.aws_inspector2_enabler.this"));
}

#[test]
fn a_removed_block_that_destroys_is_reported_and_one_that_forgets_is_not() {
    let analysis = run("hcl/destroy-removed");
    assert_eq!(found(&analysis), [(DESTROY, "aws_ecr_registry_scanning_configuration.gone")]);
    let analysis = run_files(&[("main.tf", "removed {\n  from = aws_inspector2_enabler.x\n}\n")]);
    assert_eq!(verdict(&analysis, DESTROY), Verdict::Inconclusive);
}

#[test]
fn without_anything_of_its_kind_a_rule_does_not_apply() {
    let analysis = run("hcl/no-coupling");
    assert!(
        analysis.verdicts.iter().all(|verdict| verdict.verdict == Verdict::NotApplicable),
        "{:?}",
        analysis.verdicts
    );
}

#[test]
fn the_workspace_decides_like_a_variable() {
    let analysis = run_files(&[(
        "main.tf",
        r#"
resource "aws_inspector2_enabler" "this" {
  count          = terraform.workspace == "prod" ? 1 : 0
  account_ids    = ["111122223333"]
  resource_types = ["ECR"]
}
resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = contains(["prod", "stage"], terraform.workspace) ? "BASIC" : "ENHANCED"
  rule {
    scan_frequency = "SCAN_ON_PUSH"
    repository_filter {
      filter      = "*"
      filter_type = "WILDCARD"
    }
  }
}
"#,
    )]);
    let finding = finding(&analysis, CONDITIONAL);
    assert!(finding.message.contains("This is so when terraform.workspace = \"prod\""), "{}", finding.message);
}

/// An enabler for ECR whose provider is handed to a module, beside a registry.
fn with_module(providers: &str, registry_provider: &str) -> Vec<(&'static str, String)> {
    vec![
        (
            "main.tf",
            format!(
                "provider \"aws\" {{}}\nprovider \"aws\" {{\n  alias = \"eu\"\n}}\n\
                 module \"inspector\" {{\n  source = \"./m\"\n  {providers}\n}}\n\
                 resource \"aws_ecr_registry_scanning_configuration\" \"this\" {{\n  {registry_provider}\n  scan_type = \"BASIC\"\n}}\n"
            ),
        ),
        (
            "m/main.tf",
            "data \"aws_caller_identity\" \"x\" {}\nresource \"aws_inspector2_enabler\" \"this\" {\n\
             account_ids = [data.aws_caller_identity.x.account_id]\n  resource_types = [\"ECR\"]\n}\n"
                .to_owned(),
        ),
    ]
}

#[test]
fn providers_that_are_handed_to_a_module_decide_where_it_acts() {
    for (providers, registry, expected) in [
        ("", "", Verdict::Findings),
        ("providers = { aws = aws.eu }", "", Verdict::Clean),
        ("providers = { aws = aws.eu }", "provider = aws.eu", Verdict::Findings),
        ("", "provider = aws.eu", Verdict::Clean),
    ] {
        let files = with_module(providers, registry);
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        assert_eq!(verdict(&run_files(&files), LOOP), expected, "{providers} {registry}");
    }
}

#[test]
fn ignoring_something_else_masks_nothing() {
    let text = std::fs::read_to_string("fixtures/terraform/hcl/h-ignored-enabler/main.tf").expect("the fixture");
    let analysis = run_files(&[("main.tf", &text.replace("[resource_types, account_ids]", "[account_ids]"))]);
    assert_eq!(found(&analysis), [(LOOP, REGISTRY)]);
    let analysis = run_files(&[("main.tf", &text.replace("[resource_types, account_ids]", "all"))]);
    assert_eq!(found(&analysis), [(HIDDEN, REGISTRY)]);
}

#[test]
fn defaults_that_are_too_many_to_combine_leave_only_the_conditional_rule_open() {
    let mut text = std::fs::read_to_string("fixtures/terraform/hcl/e-coherent/main.tf").expect("the fixture");
    let mut types = Vec::new();
    for index in 0..20 {
        text = format!("{text}variable \"v{index}\" {{\n  default = false\n}}\n");
        types.push(format!("var.v{index} ? \"EC2\" : \"ECR\""));
    }
    let analysis = run_files(&[("main.tf", &text.replace("[\"ECR\"]", &format!("[{}]", types.join(", "))))]);
    assert_eq!(verdict(&analysis, LOOP), Verdict::Clean);
    assert_eq!(verdict(&analysis, CONFLICT), Verdict::Clean);
    assert_eq!(verdict(&analysis, CONDITIONAL), Verdict::Inconclusive);
}

#[test]
fn an_enabler_repeated_for_a_list_that_is_not_known_is_inconclusive() {
    let text = std::fs::read_to_string("fixtures/terraform/hcl/d-for-each/main.tf").expect("the fixture");
    let analysis = run_files(&[("main.tf", &text.replace("default = [\"EC2\", \"ECR\"]", ""))]);
    assert_eq!(verdict(&analysis, CONFLICT), Verdict::Inconclusive);
}
