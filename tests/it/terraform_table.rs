//! Terraform's findings on the terminal.

use std::path::PathBuf;
use std::process::Command;

use inspector_audit::price::PriceTable;
use inspector_audit::render::words::{RunContext, say};
use inspector_audit::render::{Format, Style, write};
use inspector_audit::report::{ReportBuilder, TerraformRead};
use inspector_audit::rules::{RULES, terraform_rules};
use inspector_audit::terraform::{TerraformSettings, analyse};
use unicode_width::UnicodeWidthStr as _;

use crate::builders::efs::now;
use crate::terraform_support::{FIXTURES, fixture, root};

/// What `terraform` prints about these paths, in the width of a pipe.
fn printed(paths: &[PathBuf]) -> String {
    printed_as("table", paths)
}

fn printed_as(format: &str, paths: &[PathBuf]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_inspector-audit"))
        .args(["terraform", "--format", format])
        .args(paths)
        .output()
        .expect("the program runs");
    String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8")
}

fn printed_files(files: &[(&str, &str)]) -> String {
    let dir = root(files);
    printed(&[dir.path().to_owned()]).replace(&dir.path().display().to_string(), "ROOT")
}

#[test]
fn a_loop_names_both_sides_with_their_conditions_and_costs_nothing() {
    let page = printed(&[PathBuf::from(FIXTURES).join("hcl/article-loop")]);
    let expected = "\
error[terraform-coupling-loop]: Terraform and AWS switch ECR scanning on and off in turn, for ever
  --> fixtures/terraform/hcl/article-loop/main.tf:13
   |  aws_ecr_registry_scanning_configuration.configuration: scan_type = \"BASIC\"  (var.enable_scanning = false)
  --> fixtures/terraform/hcl/article-loop/main.tf:4
   |  aws_inspector2_enabler.this: resource_types = [\"ECR\"]
   = then AWS switches Inspector off";
    assert!(page.starts_with(expected), "{page}");
    assert!(page.contains("\n   = inspector-audit explain terraform-coupling-loop\n"), "{page}");
    assert!(
        page.ends_with("\n1 finding: 1 high. Read 1 directory, 1 file, 2 resources. AWS was not asked.\n"),
        "{page}"
    );
    assert!(!page.contains('$') && !page.contains("Prices"), "{page}");
}

#[test]
fn other_formats_name_no_money_either() {
    for format in ["markdown", "junit"] {
        let page = printed_as(format, &[PathBuf::from(FIXTURES).join("hcl/article-loop")]);
        assert!(page.contains("1 finding: 1 high.") && !page.contains('$') && !page.contains("price"), "{page}");
    }
}

#[test]
fn a_finding_under_a_condition_is_a_warning_that_names_it() {
    let page = printed(&[PathBuf::from(FIXTURES).join("hcl/unknown-types")]);
    assert!(page.starts_with("warning[terraform-coupling-loop-conditional]: With some values"), "{page}");
    assert!(page.contains("\n   = when var.resource_types contains \"ECR\"\n"), "{page}");
    assert!(page.contains("(var.resource_types contains \"ECR\")\n"), "the side that varies says when: {page}");
}

/// An enabler per type and a registry: HCL in which every edit has to fit.
const PER_TYPE: &str = r#"
resource "aws_inspector2_enabler" "this" {
  for_each       = toset(["EC2", "ECR"])
  account_ids    = ["111122223333"]
  resource_types = [each.key]
}
resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = "BASIC"
}
"#;

#[test]
fn an_instance_of_for_each_leaves_the_state_alone() {
    let page = printed_files(&[("main.tf", PER_TYPE)]);
    assert!(page.contains("        terraform state rm 'aws_inspector2_enabler.this[\"ECR\"]'\n"), "{page}");
    assert!(!page.contains("removed {"), "a removed block would take all instances: {page}");
}

#[test]
fn a_tainted_enabler_is_untainted() {
    let plan = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}},
        "resource_changes": [{"address": "aws_inspector2_enabler.this", "type": "aws_inspector2_enabler",
        "action_reason": "replace_because_tainted", "change": {"actions": ["delete", "create"],
        "before": {"account_ids": ["111122223333"], "resource_types": ["EC2"]}, "after": null}}]}"#;
    let dir = root(&[("plan.json", plan)]);
    let page = printed(&[dir.path().join("plan.json")]);
    assert!(page.contains("        terraform untaint aws_inspector2_enabler.this\n"), "{page}");
    assert!(!page.contains("removed {"), "{page}");
}

#[test]
fn written_configuration_is_read_without_an_error() {
    let names = ["hcl/article-loop", "hcl/c-enhanced-without-ecr", "hcl/d-two-enablers", "plans/destroy.json"];
    let mut snippets = Vec::new();
    for name in names.into_iter().chain(["plans/invalid-rules.json", "plans/g-enabler-only.json"]) {
        let analysis = crate::terraform_support::run(name);
        snippets.extend(analysis.findings.into_iter().flat_map(|finding| finding.remediation.configuration));
    }
    assert!(snippets.len() >= 8, "{snippets:?}");
    for snippet in snippets {
        let is_block = snippet.hcl.starts_with("resource") || snippet.hcl.starts_with("removed");
        let file =
            if is_block { snippet.hcl.clone() } else { format!("resource \"x\" \"y\" {{\n{}\n}}\n", snippet.hcl) };
        let page = printed_files(&[("main.tf", &file)]);
        assert!(!page.contains("not read") && !page.contains("error:"), "{snippet:?}: {page}");
    }
}

/// What is printed about a fixture on a terminal of this width.
fn on_terminal(name: &str, width: usize) -> String {
    let selected: Vec<_> = terraform_rules().collect();
    let analysis = analyse(&[fixture(name)], &[], &TerraformSettings::default(), &selected).expect("an input");
    let said = say::evaluation(analysis.evaluation, &RunContext::default());
    let prices = PriceTable::embedded().provenance().clone();
    let report = ReportBuilder::terraform(said, TerraformRead::default(), prices, now());
    let mut out = Vec::new();
    let style = Style { width: Some(width), ..Style::default() };
    write(Format::Table, &report, &RULES, &style, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn nothing_but_places_and_what_is_pasted_is_wider_than_the_terminal() {
    let names = ["unknown-types", "d-for-each", "h-ignored-enabler", "cyclic-locals", "j-modules", "destroy-removed"];
    for (name, width) in names.iter().flat_map(|name| [60, 80, 120, 200].map(|width| (name, width))) {
        let page = on_terminal(&format!("hcl/{name}"), width);
        let pasted =
            ["resource ", "from =", "for_each", "resource_types", "depends_on", "terraform ", "#", "= inspector-audit"];
        let is_pasted = |line: &&str| pasted.iter().any(|word| line.trim_start().starts_with(word));
        for line in page.lines().filter(|line| !line.starts_with("  --> ") && !is_pasted(line)) {
            let words = line.trim_start_matches("warning: not decided: ").trim_start_matches([' ', '|', '=']);
            let is_one_word = !words.contains(' ');
            assert!(line.width() <= width || is_one_word, "{name} at {width}: {line:?} in {page}");
        }
    }
}

#[test]
fn what_is_written_refers_to_nothing_of_another_module() {
    let modules = printed(&[fixture("hcl/j-modules")]);
    assert!(modules.contains("scan_type = \"ENHANCED\"") && !modules.contains("depends_on"), "{modules}");
    let beside = printed(&[fixture("hcl/article-loop")]);
    assert!(beside.contains("        depends_on = [aws_inspector2_enabler.this]\n"), "{beside}");
}

#[test]
fn a_hidden_contradiction_has_its_ignore_changes_dropped() {
    let page = printed(&[fixture("hcl/h-ignored-registry")]);
    assert!(page.contains("   = fix: Let one resource own the setting, and drop ignore_changes.\n"), "{page}");
}

#[test]
fn a_removed_block_that_is_there_is_mended_in_place() {
    let page = printed(&[fixture("hcl/destroy-removed")]);
    assert!(page.contains("   = in the removed block of aws_ecr_registry_scanning_configuration.gone:\n"), "{page}");
    assert!(page.contains("        lifecycle {\n          destroy = false\n        }\n"), "{page}");
    assert!(!page.contains("removed {"), "a second one for the same address is an error: {page}");
}

#[test]
fn rules_are_written_into_the_registry_that_is_there() {
    let own = "resource \"aws_ecr_registry_scanning_configuration\" \"own\" {\n  scan_type = \"ENHANCED\"\n}\n";
    let page = printed_files(&[("main.tf", own)]);
    let way = "   = in aws_ecr_registry_scanning_configuration.own, for all rules that it has:\n        scan_type = ";
    assert!(page.contains(way) && !page.contains("        resource \""), "{page}");
}

#[test]
fn a_name_keeps_its_capital() {
    let page = printed(&[fixture("hcl/article-fixed")]);
    assert!(page.contains("With some values of the variables: Amazon ECR will reject"), "{page}");
}

#[test]
fn modules_that_are_not_there_are_told_once() {
    let calls: Vec<String> =
        (0..5).map(|n| format!("module \"m{n}\" {{\n  source = \"example/inspector/aws\"\n}}\n")).collect();
    let calls = calls.concat();
    let page = printed_files(&[("main.tf", &calls)]);
    assert_eq!(page.matches("terraform init").count(), 1, "{page}");
    assert!(page.contains("5 modules are not downloaded (module.m0, module.m1, module.m2 and 2 more)"), "{page}");
}

#[test]
fn terragrunts_directories_are_told_what_to_plan() {
    let alone = printed_files(&[("terragrunt.hcl", "inputs = {}\n")]);
    assert!(alone.contains("terragrunt show -json plan.out"), "{alone}");
    let beside = printed_files(&[("terragrunt.hcl", "inputs = {}\n"), ("main.tf", PER_TYPE)]);
    assert!(beside.contains("error[terraform-coupling-loop]") && beside.contains("terragrunt show -json"), "{beside}");
}

#[test]
fn foreign_text_ends_no_quote_and_commands_no_runner() {
    let hostile = r#"a\\\"]'; touch x; '::error::b ##[error]c"#;
    let plan = format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {{"root_module": {{}}}},
        "resource_changes": [{{"address": "aws_inspector2_enabler.this[\"{hostile}\"]", "type": "aws_inspector2_enabler",
        "change": {{"actions": ["delete"], "before": {{"resource_types": ["EC2", "::set-output name=a"]}}, "after": null}}}}]}}"#
    );
    let dir = root(&[("plan.json", &plan)]);
    let page = printed(&[dir.path().join("plan.json")]);
    assert!(page.contains("terraform-destroy-disables-scanning"), "{page}");
    assert!(!page.contains("##[") && !page.lines().any(|line| line.trim_start().starts_with("::")), "{page}");
    let command = page.lines().find(|line| line.trim_start().starts_with("terraform state rm ")).expect("a command");
    let words = shlex::split(command.trim()).expect("quotes are closed");
    assert_eq!(words.len(), 4, "{command}");
}
